Attribute VB_Name = "ShikakuState"
Option Explicit
Option Private Module

' What the ribbon shows of the workbook in front: how many errors its list has, whether a cell was
' edited since, whether a write of ours can be taken back. Events only set flags here (no cell is
' read while the user types), and no workbook is ever written. After an error that resets VBA the
' ribbon is lost, as Excel has it: buttons then stay as they were last shown, and all still work.

Private Ribbon As IRibbonUI
Private Watch As ShikakuEvents

' Names of workbooks (Excel opens no two of one name), each between two tabs: those edited since
' their list was made, those whose last write can be taken back; the one that is being saved.
Private EditedBooks As String
Private UndoBooks As String
Private SavingName As String

' Of the workbook in front: errors and findings of its list (-1 without a list), documents that
' are still out.
Private ErrorCount As Long
Private FindingCount As Long
Private OutCount As Long

Public Sub RibbonLoaded(ByVal Loaded As Object)
    ' Excel is just starting: what fails here must not stand in its way.
    On Error Resume Next
    Set Ribbon = Loaded
    Set Watch = New ShikakuEvents
    Set Watch.Host = Application
    FrontChanged
End Sub

Public Sub FrontChanged()
    ' Another workbook or sheet is in front, or ours has been written. A ribbon that has gone stops
    ' nobody's work.
    On Error Resume Next
    CountFront
    If Not Ribbon Is Nothing Then Ribbon.Invalidate
End Sub

Public Sub CellsEdited(ByVal BookName As String, ByVal SheetName As String)
    If IsIn(EditedBooks, BookName) Then Exit Sub
    If IsIn(LabelOf("output_sheets"), SheetName) Then Exit Sub
    Remember EditedBooks, BookName, True
    If Not Ribbon Is Nothing Then Ribbon.InvalidateControl "shikakuCheck"
End Sub

Public Sub BookOpened(ByVal BookName As String)
    Remember EditedBooks, BookName, False
    Remember UndoBooks, BookName, False
End Sub

Public Sub BookSaving(ByVal BookName As String)
    SavingName = BookName
End Sub

Public Sub BookSaved(ByVal BookName As String, ByVal Success As Boolean)
    ' Saved, there is no way back; under another name it is as much edited as it was.
    If Not Success Then Exit Sub
    If IsIn(EditedBooks, SavingName) Then Remember EditedBooks, BookName, True
    Remember UndoBooks, SavingName, False
    Remember UndoBooks, BookName, False
    If Not Ribbon Is Nothing Then Ribbon.Invalidate
End Sub

Private Sub Written(ByVal BookName As String, ByVal Checked As Boolean, ByVal Changed As Boolean, ByVal CanUndo As Boolean)
    ' Python says what it has written: the list anew, cells that a check reads, a way back. The work
    ' is done: an error here must not be shown.
    On Error Resume Next
    If Checked Or Changed Then Remember EditedBooks, BookName, Not Checked
    Remember UndoBooks, BookName, CanUndo
    FrontChanged
    If Checked Then RefreshList
End Sub

Public Sub LabelOfCheck(ByVal Plain As String, ByRef Text As Variant)
    ' The label with its count of errors, and a word where cells were edited since.
    Text = Plain
    If ErrorCount < 0 Then Exit Sub
    Text = Plain & " " & ErrorCount
    If FrontIsIn(EditedBooks) Then Text = Text & " " & LabelOf("label_stale")
End Sub

Public Sub EnabledByRule(ByVal Rule As String, ByRef Enabled As Variant)
    ' Whether there is something to do for a button. Where that can't be told, it can be pressed.
    Enabled = True
    On Error Resume Next
    Select Case Rule
        Case "findings"
            Enabled = (FindingCount > 0)
        Case "out"
            Enabled = (OutCount > 0)
        Case "undo"
            Enabled = FrontIsIn(UndoBooks)
        Case "person"
            Enabled = IsIn(LabelOf("person_sheets"), ActiveSheet.Name)
        Case "letters"
            Enabled = IsIn(LabelOf("person_sheets") & vbTab & LabelOf("ledger_sheet"), ActiveSheet.Name)
        Case "ledger"
            Enabled = (ActiveSheet.Name = LabelOf("ledger_sheet"))
    End Select
End Sub

Private Sub CountFront()
    ErrorCount = -1
    FindingCount = -1
    OutCount = 0
    If ActiveWorkbook Is Nothing Then Exit Sub
    On Error GoTo Unknown
    CountSheet LabelOf("findings_sheet"), LabelOf("severity_error"), ErrorCount
    If ErrorCount >= 0 Then
        FindingCount = ErrorCount
        CountSheet LabelOf("findings_sheet"), LabelOf("severity_warning"), FindingCount
        CountSheet LabelOf("findings_sheet"), LabelOf("severity_info"), FindingCount
    End If
    CountSheet LabelOf("ledger_sheet"), LabelOf("state_overdue"), OutCount
    CountSheet LabelOf("ledger_sheet"), LabelOf("state_waiting"), OutCount
    Exit Sub
Unknown:
    ' Nothing is said of a list that can't be read, and no button is kept from being pressed.
    ErrorCount = -1
    FindingCount = 1
    OutCount = 1
End Sub

Private Sub CountSheet(ByVal SheetName As String, ByVal Word As String, ByRef Count As Long)
    ' Adds the cells of a sheet that hold a word; leaves the count without such a sheet.
    Dim One As Worksheet
    For Each One In ActiveWorkbook.Worksheets
        If One.Name = SheetName Then
            If Count < 0 Then Count = 0
            Count = Count + Application.WorksheetFunction.CountIf(One.UsedRange, Word)
            Exit Sub
        End If
    Next
End Sub

Private Function FrontIsIn(ByVal Names As String) As Boolean
    FrontIsIn = False
    If Not ActiveWorkbook Is Nothing Then FrontIsIn = IsIn(Names, ActiveWorkbook.Name)
End Function

Private Function IsIn(ByVal Names As String, ByVal Name As String) As Boolean
    IsIn = (InStr(1, vbTab & Names & vbTab, vbTab & Name & vbTab, vbTextCompare) > 0)
End Function

Private Sub Remember(ByRef Names As String, ByVal Name As String, ByVal Yes As Boolean)
    If Yes Then
        If Not IsIn(Names, Name) Then Names = Names & vbTab & Name & vbTab
    Else
        Names = Replace(Names, vbTab & Name & vbTab, "", 1, -1, vbTextCompare)
    End If
End Sub

Private Function LabelOf(ByVal Key As String) As String
    GetText Key, LabelOf
End Function
