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
    Application.StatusBar = TextOf("running")
    On Error GoTo Failed
    If RunPython(PythonCommand) = -1 Then Say "python_failed"
    Application.StatusBar = False
    Exit Sub
Failed:
    ' A security rule that forbids Office to start programs ends up here.
    Application.StatusBar = False
    Say "not_started", " (" & Err.Number & ")"
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

Private Sub Say(ByVal Key As String, Optional ByVal Detail As String = "")
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
