Attribute VB_Name = "ShikakuMarks"
Option Explicit
Option Private Module

' Fills of many cells in one call from Python: cell by cell from outside, thousands take minutes.
' Python calls these by Application.Run, which finds private ones, too; no formula can.
' Places and fills are tables of numbers, a row each, counted from the first index there is.

Private Const NO_FILL As Long = -4142

Private Function Ready() As Boolean
    ' Whether Python reaches this module.
    Ready = True
End Function

Private Function MarkedCells(ByVal BookName As String, ByVal SheetName As String, ByVal Colours As Variant) As Variant
    ' Row, column and colour of every cell whose fill has one of these colours, as one text
    ' ("row column colour;...").
    Dim Found As New Collection
    Dim Sought As Object
    Dim One As Variant
    Dim Used As Range
    Dim ColumnNo As Long
    Set Sought = CreateObject("Scripting.Dictionary")
    For Each One In Colours
        Sought(CLng(One)) = True
    Next
    Set Used = Workbooks(BookName).Worksheets(SheetName).UsedRange
    For ColumnNo = 1 To Used.Columns.Count
        LookInto Used.Columns(ColumnNo), 1, Used.Rows.Count, Sought, Found
    Next
    MarkedCells = Joined(Found)
End Function

Private Function Joined(ByVal Found As Collection) As String
    Dim Texts() As String
    Dim Number As Long
    Dim One As Variant
    If Found.Count = 0 Then Exit Function
    ReDim Texts(1 To Found.Count)
    For Each One In Found
        Number = Number + 1
        Texts(Number) = One
    Next
    Joined = Join(Texts, ";")
End Function

Private Sub LookInto(ByVal Column As Range, ByVal First As Long, ByVal Last As Long, ByVal Sought As Object, ByVal Found As Collection)
    ' A stretch without any fill is settled at once, another one by its halves. Only the pattern
    ' tells a mixture (Null): the colour of one is a number like any other.
    Dim Pattern As Variant
    Dim Middle As Long
    Dim Place As String
    With Column.Worksheet
        Pattern = .Range(Column.Cells(First, 1), Column.Cells(Last, 1)).Interior.Pattern
    End With
    If Not IsNull(Pattern) Then
        If Pattern = NO_FILL Then Exit Sub
    End If
    If First < Last Then
        Middle = (First + Last) \ 2
        LookInto Column, First, Middle, Sought, Found
        LookInto Column, Middle + 1, Last, Sought, Found
    ElseIf Sought.Exists(CLng(Column.Cells(First, 1).Interior.Color)) Then
        Place = Column.Row + First - 1
        Place = Place & " " & Column.Column & " " & CLng(Column.Cells(First, 1).Interior.Color)
        Found.Add Place
    End If
End Sub

Private Function StruckAreas(ByVal BookName As String, ByVal SheetName As String, ByVal Area As String) As Variant
    ' First row and column, last row and column of every part of an area whose text is struck
    ' through, as one text ("2 4 2 4;...").
    Dim Found As New Collection
    StruckWithin Workbooks(BookName).Worksheets(SheetName).Range(Area), Found
    StruckAreas = Joined(Found)
End Function

Private Sub StruckWithin(ByVal Area As Range, ByVal Found As Collection)
    ' A mixture (Null) is settled by its halves; a cell that is one in itself is not struck.
    Dim Struck As Variant
    Dim Place As String
    Dim Last As Long
    Dim Width As Long
    Struck = Area.Font.Strikethrough
    Last = Area.Rows.Count
    Width = Area.Columns.Count
    If IsNull(Struck) Then
        If Last > 1 Then
            StruckWithin PartOf(Area, 1, 1, Last \ 2, Width), Found
            StruckWithin PartOf(Area, Last \ 2 + 1, 1, Last, Width), Found
        ElseIf Width > 1 Then
            StruckWithin PartOf(Area, 1, 1, 1, Width \ 2), Found
            StruckWithin PartOf(Area, 1, Width \ 2 + 1, 1, Width), Found
        End If
    ElseIf Struck Then
        Place = Area.Row & " " & Area.Column
        Place = Place & " " & (Area.Row + Last - 1) & " " & (Area.Column + Width - 1)
        Found.Add Place
    End If
End Sub

Private Function PartOf(ByVal Area As Range, ByVal First As Long, ByVal FirstColumn As Long, ByVal Last As Long, ByVal LastColumn As Long) As Range
    Set PartOf = Area.Worksheet.Range(Area.Cells(First, FirstColumn), Area.Cells(Last, LastColumn))
End Function

Private Function FillsOf(ByVal BookName As String, ByVal SheetName As String, ByVal Places As Variant) As Variant
    ' Places: row, column. Pattern, colour, theme, tint and the pattern's own three, of each.
    Dim Fills() As Variant
    Dim Number As Long
    Dim First As Long
    First = LBound(Places, 1)
    ReDim Fills(0 To UBound(Places, 1) - First, 0 To 6)
    With Workbooks(BookName).Worksheets(SheetName)
        For Number = First To UBound(Places, 1)
            OneFill .Cells(Places(Number, LBound(Places, 2)), Places(Number, LBound(Places, 2) + 1)).Interior, Fills, Number - First
        Next
    End With
    FillsOf = Fills
End Function

Private Sub OneFill(ByVal Look As Interior, ByRef Fills() As Variant, ByVal Number As Long)
    Dim Part As Long
    For Part = 0 To 6
        Fills(Number, Part) = 0
    Next
    Fills(Number, 0) = Look.Pattern
    If Look.Pattern = NO_FILL Then Exit Sub
    ' A colour that is not of the theme has no theme: an error, and 0 stays.
    On Error Resume Next
    Fills(Number, 1) = Look.Color
    Fills(Number, 2) = Look.ThemeColor
    Fills(Number, 3) = Look.TintAndShade
    Fills(Number, 4) = Look.PatternColor
    Fills(Number, 5) = Look.PatternThemeColor
    Fills(Number, 6) = Look.PatternTintAndShade
End Sub

Private Sub PaintCells(ByVal BookName As String, ByVal SheetName As String, ByVal Places As Variant)
    ' Places: first row, last row, column, and the seven numbers of a fill.
    Dim Number As Long
    Dim At As Long
    Dim RowNo As Long
    At = LBound(Places, 2)
    With Workbooks(BookName).Worksheets(SheetName)
        For Number = LBound(Places, 1) To UBound(Places, 1)
            ' Row by row: under a filter Excel paints of a block only what is in sight.
            For RowNo = Places(Number, At) To Places(Number, At + 1)
                OnePaint .Cells(RowNo, Places(Number, At + 2)).Interior, Places, Number, At + 3
            Next
        Next
    End With
End Sub

Private Sub OnePaint(ByVal Look As Interior, ByRef Places As Variant, ByVal Number As Long, ByVal At As Long)
    Look.Pattern = Places(Number, At)
    If Places(Number, At) = NO_FILL Then Exit Sub
    If Places(Number, At + 2) < 0 Then
        Look.ColorIndex = -Places(Number, At + 2)
    ElseIf Places(Number, At + 2) > 0 Then
        Look.ThemeColor = Places(Number, At + 2)
        Look.TintAndShade = Places(Number, At + 3)
    Else
        Look.Color = Places(Number, At + 1)
    End If
    If Places(Number, At) = 1 Then Exit Sub
    If Places(Number, At + 5) < 0 Then
        Look.PatternColorIndex = -Places(Number, At + 5)
    ElseIf Places(Number, At + 5) > 0 Then
        Look.PatternThemeColor = Places(Number, At + 5)
        Look.PatternTintAndShade = Places(Number, At + 6)
    Else
        Look.PatternColor = Places(Number, At + 4)
    End If
End Sub
