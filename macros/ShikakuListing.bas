Attribute VB_Name = "ShikakuListing"
Option Explicit
Option Private Module

' The window with the findings (FindingList.frm): filled, filtered, and from a line to its cell.
' It stays open beside the sheet. Its controls are reached by name, so that tests can play them.

' Columns of the window's list: severity, place, message, and out of sight the row of the sheet.
Private Const PLACE As Long = 1
Private Const LIST_ROW As Long = 3

Private Window As Object
Private BookName As String

Public Sub ShowFindings()
    ' Where Excel can't show the window, the sheet with the same list comes to the front.
    Dim There As Boolean
    NeedFindings There
    If Not There Then Exit Sub
    On Error GoTo NoWindow
    FindingList.Show vbModeless
    FillList FindingList
    Exit Sub
NoWindow:
    ShowListSheet
End Sub

Public Sub PrepareList(ByVal Form As Object)
    Set Window = Form
    Form.Caption = LabelOf("title") & " - " & LabelOf("findings_sheet")
    Form.Found.ColumnCount = LIST_ROW + 1
    Form.Found.ColumnWidths = "45 pt;140 pt;260 pt;0 pt"
    ' Chosen from, not typed into (fmStyleDropDownList).
    Form.Severity.Style = 2
    Form.Severity.AddItem LabelOf("severity_all")
    Form.Severity.AddItem LabelOf("severity_error")
    Form.Severity.AddItem LabelOf("severity_warning")
    Form.Severity.AddItem LabelOf("severity_info")
    Form.Severity.ListIndex = 0
End Sub

Public Sub CloseList()
    ' As the window closes, not when it has gone: that would wait for the last reference, this one.
    Set Window = Nothing
End Sub

Public Sub RefreshList()
    ' The list has been written anew, maybe while the window shows another workbook's.
    If Not Window Is Nothing Then FillList Window
End Sub

Public Sub FillList(ByVal Form As Object)
    ' Every finding of the severity that is chosen above the list.
    Dim Lines As Variant
    Dim Count As Long
    Dim Chosen As String
    Form.Found.Clear
    Form.Detail.Caption = ""
    BookName = ""
    If ActiveWorkbook Is Nothing Then Exit Sub
    BookName = ActiveWorkbook.Name
    If Form.Severity.ListIndex > 0 Then Chosen = Form.Severity.Text
    TakeFindings Chosen, Lines, Count
    If Count > 0 Then Form.Found.List = Lines
End Sub

Public Sub DescribeListed(ByVal Form As Object)
    ' The whole sentence of the line that is chosen, and what to do.
    Dim Text As String
    If Not ListIsThere(Form) Then Exit Sub
    SentenceOf ListedRow(Form), ListedPlace(Form), Text
    Form.Detail.Caption = Text
End Sub

Public Sub GoToListed(ByVal Form As Object)
    ' To the cell, unless the list was sorted or written anew: then it is filled anew first.
    Dim Done As Boolean
    If Not ListIsThere(Form) Then Exit Sub
    GoToListRow ListedRow(Form), ListedPlace(Form), Done
    If Not Done Then FillList Form
End Sub

Private Function ListIsThere(ByVal Form As Object) As Boolean
    ' Whether a line is chosen, and the workbook that it is of is in front or could be brought there.
    ListIsThere = False
    If Form.Found.ListIndex < 0 Or BookName = "" Then Exit Function
    On Error GoTo Gone
    If ActiveWorkbook.Name <> BookName Then Workbooks(BookName).Activate
    ListIsThere = True
    Exit Function
Gone:
    Form.Found.Clear
End Function

Private Function ListedRow(ByVal Form As Object) As Long
    ListedRow = CLng(Form.Found.List(Form.Found.ListIndex, LIST_ROW))
End Function

Private Function ListedPlace(ByVal Form As Object) As String
    ListedPlace = CStr(Form.Found.List(Form.Found.ListIndex, PLACE))
End Function

Private Function LabelOf(ByVal Key As String) As String
    GetText Key, LabelOf
End Function
