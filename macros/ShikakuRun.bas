Attribute VB_Name = "ShikakuRun"
Option Explicit

' From a button to Python. What can go wrong before Python runs is said here; everything else
' is said by Python. This source is ASCII on purpose: VBA text depends on the system's code page.
' The Japanese sentences are in columns D and E of the add-in's own sheet.
'
' Nothing of the user's workbook (name, path, content) ever gets into the command line.

Private Const OWN_SHEET As String = "shikaku.conf"
Private Const KEY_COLUMN As Long = 4
Private Const TEXT_COLUMN As Long = 5

Public Sub RunOnBook(ByVal PythonCommand As String)
    ' For the buttons that work on the active workbook.
    If InProtectedView() Then
        Say "protected_view"
    ElseIf ActiveWorkbook Is Nothing Then
        Say "no_workbook"
    Else
        RunAnywhere PythonCommand
    End If
End Sub

Public Sub RunAnywhere(ByVal PythonCommand As String)
    If Not InterpreterFound() Then
        Say "no_interpreter"
        Exit Sub
    End If
    Dim Events As Boolean
    Dim Calculation As Long
    Events = Application.EnableEvents
    Calculation = CalculationNow()
    Application.StatusBar = TextOf("running")
    On Error GoTo Failed
    If RunPython(PythonCommand) = -1 Then GiveBack Events, Calculation
    Application.StatusBar = False
    Exit Sub
Failed:
    ' A security rule that forbids Office to start programs ends up here.
    Application.StatusBar = False
    Say "not_started", " (" & Err.Number & ")"
End Sub

Public Sub ShowError(FileName As String)
    ' The xlwings module calls this when Python ends with an error; the file is what it said.
    Dim Content As String
    On Error Resume Next
    Content = ReadFile(FileName)
    On Error GoTo 0
    ' A message box shows about a thousand characters, and the reason comes last.
    Say "python_failed", vbCrLf & vbCrLf & Right$(Content, 600)
End Sub

Private Function CalculationNow() As Long
    ' Without a workbook Excel has no calculation mode, and an error instead: 0.
    On Error Resume Next
    CalculationNow = Application.Calculation
End Function

Private Sub GiveBack(ByVal Events As Boolean, ByVal Calculation As Long)
    ' What a Python that was killed couldn't give back itself.
    Application.ScreenUpdating = True
    Application.DisplayAlerts = True
    Application.EnableEvents = Events
    If Calculation <> 0 Then Application.Calculation = Calculation
End Sub

Private Function InProtectedView() As Boolean
    #If Mac Then
        InProtectedView = False
    #Else
        InProtectedView = Not (Application.ActiveProtectedViewWindow Is Nothing)
    #End If
End Function

Private Function InterpreterFound() As Boolean
    #If Mac Then
        ' Excel's sandbox on the Mac can't look there.
        InterpreterFound = True
    #Else
        InterpreterFound = FileExists(GetConfig("INTERPRETER_WIN"))
    #End If
End Function

Public Sub Say(ByVal Key As String, Optional ByVal Detail As String = "")
    MsgBox TextOf(Key) & Detail, vbExclamation, TextOf("title")
End Sub

Private Function TextOf(ByVal Key As String) As String
    Dim Own As Worksheet
    Dim RowNo As Long
    Set Own = ThisWorkbook.Worksheets(OWN_SHEET)
    RowNo = 1
    Do While Own.Cells(RowNo, KEY_COLUMN).Value <> ""
        If Own.Cells(RowNo, KEY_COLUMN).Value = Key Then
            TextOf = Own.Cells(RowNo, TEXT_COLUMN).Value
            Exit Function
        End If
        RowNo = RowNo + 1
    Loop
    TextOf = Key
End Function
