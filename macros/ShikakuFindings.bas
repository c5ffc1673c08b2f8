Attribute VB_Name = "ShikakuFindings"
Option Explicit
Option Private Module

' From finding to finding of the list that the last check wrote, without starting Python. What is
' read here is text of a workbook: it is shown, and never run or written anywhere.

Private Const HEADER_WITHIN As Long = 20

' Where the last step has led: the row of the list, and the cell.
Private LastRowNo As Long
Private LastPlace As String

' Whether a finding stands in the status bar.
Private Told As Boolean

' The list as ReadList has read it: its cells, the rows that count, its columns.
Private ListName As String
Private Data As Variant
Private First As Long
Private Final As Long
Private SheetColumn As Long
Private RowColumn As Long
Private ItemColumn As Long
Private SeverityColumn As Long
Private MessageColumn As Long
Private HintColumn As Long

Public Sub NextFinding()
    StepBy 1
End Sub

Public Sub PreviousFinding()
    StepBy -1
End Sub

Public Sub LeaveFinding()
    ' Another cell is selected: Excel gets its status bar back, which it doesn't take by itself.
    If Not Told Then Exit Sub
    Told = False
    Application.StatusBar = False
End Sub

Public Sub RowFindings()
    ' Everything that the list says of the row under the cursor.
    Dim Text As String
    Dim RowNo As Long
    If Not ReadList() Then Exit Sub
    For RowNo = First To Final
        If IsHere(RowNo) And Val(Shown(RowNo, RowColumn)) = CursorRow() Then
            Text = Text & vbLf & Sentence(RowNo)
        End If
    Next
    If Text = "" Then
        Say "no_finding_here"
    Else
        Text = Mid$(Text, 2)
        ' A message box shows about 500 wide characters; what is left out stands in the list.
        If Len(Text) > 500 Then Text = Left$(Text, 500) & "..." & vbLf & LabelOf("more_in_list")
        MsgBox Text, vbInformation, LabelOf("title")
    End If
End Sub

Public Sub NeedFindings(ByRef There As Boolean)
    ' Whether there is a list; says so where there is none.
    There = ReadList()
End Sub

Public Sub TakeFindings(ByVal Severity As String, ByRef Lines As Variant, ByRef Count As Long)
    ' The findings of a severity ("": all), a line each: severity, place, message, row of the list.
    Dim RowNo As Long
    Count = 0
    If Not FoundList() Then Exit Sub
    ReDim Lines(0 To Final - First, 0 To 3)
    For RowNo = First To Final
        If Severity = "" Or Shown(RowNo, SeverityColumn) = Severity Then
            Lines(Count, 0) = Shown(RowNo, SeverityColumn)
            Lines(Count, 1) = Place(RowNo)
            Lines(Count, 2) = Shown(RowNo, ItemColumn) & ": " & Shown(RowNo, MessageColumn)
            Lines(Count, 3) = RowNo
            Count = Count + 1
        End If
    Next
    ShortenTo Lines, Count
End Sub

Public Sub GoToListRow(ByVal RowNo As Long, ByVal OfPlace As String, ByRef Done As Boolean)
    ' To the cell of a row of the list; not done when another finding stands there by now.
    Done = False
    If Not FoundList() Then Exit Sub
    If RowNo > Final Then Exit Sub
    If Place(RowNo) <> OfPlace Then Exit Sub
    Done = True
    If Not GoToFinding(RowNo) Then Say "no_such_cell"
End Sub

Public Sub SentenceOf(ByVal RowNo As Long, ByVal OfPlace As String, ByRef Text As String)
    Text = ""
    If Not FoundList() Then Exit Sub
    If RowNo > Final Then Exit Sub
    If Place(RowNo) = OfPlace Then Text = Sentence(RowNo)
End Sub

Public Sub ShowListSheet()
    Dim List As Worksheet
    Set List = SheetOf(LabelOf("findings_sheet"))
    If Not List Is Nothing Then List.Activate
End Sub

Private Sub ShortenTo(ByRef Lines As Variant, ByVal Count As Long)
    ' A list shows a table whole: so it gets one without the lines that weren't filled.
    Dim Short As Variant
    Dim Number As Long
    Dim Part As Long
    If Count = 0 Or Count > UBound(Lines, 1) Then Exit Sub
    ReDim Short(0 To Count - 1, 0 To 3)
    For Number = 0 To Count - 1
        For Part = 0 To 3
            Short(Number, Part) = Lines(Number, Part)
        Next
    Next
    Lines = Short
End Sub

Private Sub StepBy(ByVal Steps As Long)
    Dim RowNo As Long
    Dim Tried As Long
    If Not ReadList() Then Exit Sub
    RowNo = StartRow(Steps)
    For Tried = First To Final
        RowNo = RowNo + Steps
        If RowNo > Final Then RowNo = First
        If RowNo < First Then RowNo = Final
        If GoToFinding(RowNo) Then
            Application.StatusBar = Left$(LabelOf("title") & " " & (RowNo - First + 1) & "/" & _
                (Final - First + 1) & ": " & Sentence(RowNo), 250)
            Told = True
            Exit Sub
        End If
    Next
    Say "no_findings"
End Sub

Private Function ReadList() As Boolean
    ' Whether there is a list with a row; says so where there is none.
    ReadList = False
    If ActiveWorkbook Is Nothing Then
        Say "no_workbook"
        Exit Function
    End If
    ReadList = FoundList()
    If Not ReadList Then Say "no_findings"
End Function

Private Function FoundList() As Boolean
    Dim List As Worksheet
    Dim Used As Range
    Dim LastRow As Long
    Dim LastColumn As Long
    FoundList = False
    Set List = SheetOf(LabelOf("findings_sheet"))
    If List Is Nothing Then Exit Function
    ListName = List.Name
    Set Used = List.UsedRange
    ' One more than is used, so that there is always a table; a format may be used to the very end.
    LastRow = Least(Used.Row + Used.Rows.Count, List.Rows.Count)
    LastColumn = Least(Used.Column + Used.Columns.Count, List.Columns.Count)
    Data = List.Range(List.Cells(1, 1), List.Cells(LastRow, LastColumn)).Value
    FoundList = FoundRows()
End Function

Private Function FoundRows() As Boolean
    FoundRows = False
    First = 0
    Do
        First = First + 1
        If First > HEADER_WITHIN Or First > UBound(Data, 1) Then Exit Function
        SheetColumn = ColumnIn(First, "label_sheet")
        RowColumn = ColumnIn(First, "label_row")
    Loop While SheetColumn = 0 Or RowColumn = 0
    ItemColumn = ColumnIn(First, "label_item")
    SeverityColumn = ColumnIn(First, "label_severity")
    MessageColumn = ColumnIn(First, "label_message")
    HintColumn = ColumnIn(First, "label_hint")
    First = First + 1
    Final = UBound(Data, 1)
    Do While Final >= First
        If Shown(Final, SheetColumn) <> "" Then Exit Do
        Final = Final - 1
    Loop
    FoundRows = (Final >= First)
End Function

Private Function StartRow(ByVal Steps As Long) As Long
    ' The row of the list from which to step.
    Dim RowNo As Long
    If ActiveSheet.Name = ListName Then
        StartRow = CursorRow()
        If StartRow > Final + 1 Then StartRow = Final + 1
        If StartRow < First - 1 Then StartRow = First - 1
        Exit Function
    End If
    If LastPlace = HereNow() And LastRowNo >= First And LastRowNo <= Final Then
        StartRow = LastRowNo
        Exit Function
    End If
    StartRow = First - 1
    If Steps < 0 Then StartRow = Final + 1
    For RowNo = First To Final
        If IsHere(RowNo) Then
            If Steps > 0 And Val(Shown(RowNo, RowColumn)) >= CursorRow() Then
                StartRow = RowNo - 1
                Exit Function
            ElseIf Steps < 0 And Val(Shown(RowNo, RowColumn)) <= CursorRow() Then
                StartRow = RowNo + 1
            End If
        End If
    Next
End Function

Private Function GoToFinding(ByVal RowNo As Long) As Boolean
    ' Whether the cell could be brought to the front: not one of a hidden sheet, of none, or of one
    ' whose protection lets nobody select it.
    Dim Target As Worksheet
    Dim CellRow As Long
    GoToFinding = False
    Set Target = SheetOf(Shown(RowNo, SheetColumn))
    If Target Is Nothing Then Exit Function
    If Target.Visible <> xlSheetVisible Then Exit Function
    CellRow = Val(Shown(RowNo, RowColumn))
    If CellRow < 1 Then CellRow = 1
    On Error GoTo Refused
    Target.Activate
    Target.Cells(CellRow, ColumnOf(Target, Shown(RowNo, ItemColumn))).Select
    LastRowNo = RowNo
    LastPlace = HereNow()
    GoToFinding = True
Refused:
End Function

Private Function HereNow() As String
    ' Without a cell where a chart is in front.
    HereNow = ActiveWorkbook.Name & vbTab & ActiveSheet.Name
    On Error Resume Next
    HereNow = HereNow & vbTab & ActiveCell.Row & vbTab & ActiveCell.Column
End Function

Private Function CursorRow() As Long
    ' 0 where a chart is in front: there is no cell then, and Excel has an error instead.
    On Error Resume Next
    CursorRow = ActiveCell.Row
End Function

Private Function Least(ByVal One As Long, ByVal Another As Long) As Long
    Least = One
    If Another < One Then Least = Another
End Function

Private Function IsHere(ByVal RowNo As Long) As Boolean
    IsHere = (Shown(RowNo, SheetColumn) = ActiveSheet.Name)
End Function

Private Function ColumnOf(ByVal Target As Worksheet, ByVal Label As String) As Long
    ' The column under a heading; else that of the name, else the first. On the sheet of settings
    ' the labels stand in column A and the values beside them.
    If Target.Name = LabelOf("settings_sheet") Then
        ColumnOf = 2
        Exit Function
    End If
    ColumnOf = HeadingColumn(Target, Label)
    If ColumnOf = 0 Then ColumnOf = HeadingColumn(Target, LabelOf("label_name"))
    If ColumnOf = 0 Then ColumnOf = 1
End Function

Private Function HeadingColumn(ByVal Target As Worksheet, ByVal Label As String) As Long
    Dim Top As Variant
    Dim RowNo As Long
    Dim ColumnNo As Long
    Dim Width As Long
    HeadingColumn = 0
    If Label = "" Then Exit Function
    Width = Least(Target.UsedRange.Column + Target.UsedRange.Columns.Count, Target.Columns.Count)
    Top = Target.Range(Target.Cells(1, 1), Target.Cells(HEADER_WITHIN, Width)).Value
    For RowNo = 1 To UBound(Top, 1)
        For ColumnNo = 1 To UBound(Top, 2)
            If TextIn(Top(RowNo, ColumnNo)) = Label Then
                HeadingColumn = ColumnNo
                Exit Function
            End If
        Next
    Next
End Function

Private Function ColumnIn(ByVal RowNo As Long, ByVal Key As String) As Long
    Dim ColumnNo As Long
    Dim Label As String
    Label = LabelOf(Key)
    ColumnIn = 0
    For ColumnNo = 1 To UBound(Data, 2)
        If TextIn(Data(RowNo, ColumnNo)) = Label Then
            ColumnIn = ColumnNo
            Exit Function
        End If
    Next
End Function

Private Function Shown(ByVal RowNo As Long, ByVal ColumnNo As Long) As String
    Shown = ""
    If ColumnNo > 0 Then Shown = TextIn(Data(RowNo, ColumnNo))
End Function

Private Function TextIn(ByVal Value As Variant) As String
    TextIn = ""
    If Not IsError(Value) Then TextIn = CStr(Value)
End Function

Private Function Place(ByVal RowNo As Long) As String
    Place = Shown(RowNo, SheetColumn) & " " & Shown(RowNo, RowColumn)
End Function

Private Function Sentence(ByVal RowNo As Long) As String
    Sentence = "[" & Shown(RowNo, SeverityColumn) & "] " & Shown(RowNo, ItemColumn) & ": " & _
        Shown(RowNo, MessageColumn) & " > " & Shown(RowNo, HintColumn)
End Function

Private Function SheetOf(ByVal Name As String) As Worksheet
    Dim One As Worksheet
    Set SheetOf = Nothing
    For Each One In ActiveWorkbook.Worksheets
        If One.Name = Name Then
            Set SheetOf = One
            Exit Function
        End If
    Next
End Function

Private Function LabelOf(ByVal Key As String) As String
    GetText Key, LabelOf
End Function
