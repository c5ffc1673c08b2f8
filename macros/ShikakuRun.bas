Attribute VB_Name = "ShikakuRun"
Option Explicit
Option Private Module

' From a button to Python. What can go wrong before Python runs is said here; everything else
' is said by Python. This source is ASCII on purpose: VBA text depends on the system's code page.
' Settings are in columns A and B of the add-in's own sheet, the Japanese sentences in D and E.
'
' Nothing of the user's workbook (name, path, content) ever gets into the command line, and no
' workbook, file or variable beside the add-in says which program is started. There is no public
' function here, so that no formula can call one; a Sub that one would reach leaves at once.
' The command line follows RunPython of xlwings (BSD licence), without what is not needed here.

Private Const OWN_SHEET As String = "shikaku.conf"
Private Const SETTING_COLUMN As Long = 1
Private Const KEY_COLUMN As Long = 4

Public Sub RunOnBook(ByVal Part As String, ByVal Button As String, Optional ByVal Kind As String = "")
    ' For the buttons that work on the active workbook.
    If InProtectedView() Then
        Say "protected_view"
    ElseIf ActiveWorkbook Is Nothing Then
        Say "no_workbook"
    Else
        RunAnywhere Part, Button, Kind
    End If
End Sub

Public Sub RunAnywhere(ByVal Part As String, ByVal Button As String, Optional ByVal Kind As String = "")
    ' For the buttons that need no workbook, too.
    Dim PythonCommand As String
    Dim Events As Boolean
    Dim Calculation As Long
    Dim Grow As Long
    Dim Blank As Workbook
    If FromCell() Then Exit Sub
    PythonCommand = CommandOf(Part, Button, Kind)
    If PythonCommand = "" Then Exit Sub
    If Not InterpreterFound() Then
        Say "no_interpreter"
        Exit Sub
    End If
    Events = Application.EnableEvents
    Calculation = CalculationNow()
    Grow = TablesGrow()
    On Error GoTo Failed
    ' Python reaches an Excel for Windows only through the window of a workbook.
    If NeedsWindow() Then Set Blank = Workbooks.Add
    Application.StatusBar = TextOf("running")
    ' Esc is for Python, which ends its work where that is safe; Excel forgets this by itself.
    Application.EnableCancelKey = xlDisabled
    If RunPython(PythonCommand) <> 0 Then GiveBack Events, Calculation, Grow
    PutAway Blank
    Exit Sub
Failed:
    ' A security rule that forbids Office to start programs ends up here.
    Dim Number As Long
    Number = Err.Number
    Application.StatusBar = False
    PutAway Blank
    Say "not_started", " (" & Number & ")"
End Sub

Public Sub CleanUp()
    ' Excel for Mac does not wait for Python: xlwings, which is why the command begins with its
    ' import, runs this when Python has ended.
    Dim Content As String
    On Error Resume Next
    Content = LogText(MacLog())
    Kill MacLog()
    Application.StatusBar = False
    Application.ScreenUpdating = True
    On Error GoTo 0
    If Content <> "" Then Say "python_failed", vbCrLf & vbCrLf & Right$(Content, 600)
End Sub

Public Sub Say(ByVal Key As String, Optional ByVal Detail As String = "")
    MsgBox TextOf(Key) & Detail, vbExclamation, TextOf("title")
End Sub

Public Sub GetText(ByVal Key As String, ByRef Text As String)
    ' A sentence or a word of the add-in's own sheet, for the other modules.
    Text = TextOf(Key)
End Sub

Private Function FromCell() As Boolean
    ' Whether a formula is what has called; a button's caller is no range.
    FromCell = (TypeName(Application.Caller) = "Range")
End Function

Private Function CommandOf(ByVal Part As String, ByVal Button As String, ByVal Kind As String) As String
    ' Python's one line for a button: a function of ours, with a word or nothing. A picture in any
    ' workbook may name a macro with arguments, to be run by a click: it can press a button, no more.
    If Part <> "ribbon" And Part <> "ribbon_row" Then Exit Function
    If Button = "" Or Not IsWord(Button) Or Not IsWord(Kind) Then Exit Function
    CommandOf = "import shikaku." & Part & "; shikaku." & Part & "." & Button & "("
    If Kind <> "" Then CommandOf = CommandOf & "'" & Kind & "'"
    CommandOf = CommandOf & ")"
End Function

Private Function IsWord(ByVal Text As String) As Boolean
    ' Small letters, underscores and hyphens alone.
    Dim At As Long
    IsWord = True
    For At = 1 To Len(Text)
        If InStr("abcdefghijklmnopqrstuvwxyz_-", Mid$(Text, At, 1)) = 0 Then IsWord = False
    Next
End Function

Private Function RunPython(ByVal PythonCommand As String) As Long
    ' 0 when Python has done its work (on the Mac: has been started).
    #If Mac Then
        RunPython = StartOnMac(PythonCommand)
    #Else
        RunPython = RunOnWindows(PythonCommand)
        Application.StatusBar = False
    #End If
End Function

Private Function RunOnWindows(ByVal PythonCommand As String) As Long
    Dim Python As String
    Dim Folder As String
    Dim Enter As String
    Dim LogFile As String
    Dim Files As Object
    Dim Host As Object
    Set Files = CreateObject("Scripting.FileSystemObject")
    Set Host = CreateObject("WScript.Shell")
    Python = SettingOf("INTERPRETER_WIN")
    Folder = Left$(Python, InStrRev(Python, "\") - 1)
    If Left$(Python, 2) = "\\" Then
        Enter = "pushd """ & Folder & """"
    Else
        Enter = Left$(Python, 2) & " & cd """ & Folder & """"
    End If
    LogFile = Host.ExpandEnvironmentStrings("%TEMP%") & "\shikaku-" & Files.GetTempName() & ".log"
    RunOnWindows = Host.Run("cmd.exe /C " & Enter & " & """ & Python & """ -B -c """ & PythonCommand & _
        """ --hwnd=" & Application.Hwnd & " 2> """ & LogFile & """", 0, True)
    If RunOnWindows <> 0 Then
        ' A message box shows about a thousand characters, and the reason comes last.
        Say "python_failed", vbCrLf & vbCrLf & Right$(LogText(LogFile), 600)
    End If
    On Error Resume Next
    Files.DeleteFile LogFile
    On Error GoTo 0
End Function

Private Function StartOnMac(ByVal PythonCommand As String) As Long
    Dim Started As String
    On Error Resume Next
    Kill MacLog()
    On Error GoTo NoScript
    Started = AppleScriptTask(SettingOf("SCRIPT_MAC"), "VbaHandler", _
        SettingOf("INTERPRETER_MAC") & "|from shikaku.excel import engine; engine.xlwings(); " & PythonCommand & "|" & MacLog())
    Exit Function
NoScript:
    Application.StatusBar = False
    Say "no_script"
    StartOnMac = -1
End Function

Private Function MacLog() As String
    ' In the one folder that Excel's sandbox may read without asking.
    MacLog = Environ("HOME") & "/shikaku.log"
End Function

Private Function LogText(ByVal FileName As String) As String
    ' What Python said in a file; empty when there is none.
    On Error Resume Next
    #If Mac Then
        Dim Number As Integer
        Dim One As String
        Number = FreeFile
        Open FileName For Input As #Number
        Do While Not EOF(Number)
            Line Input #Number, One
            LogText = LogText & One & vbLf
        Loop
        Close #Number
    #Else
        LogText = CreateObject("Scripting.FileSystemObject").OpenTextFile(FileName).ReadAll()
    #End If
End Function

Private Function CalculationNow() As Long
    ' Without a workbook Excel has no calculation mode, and an error instead: 0.
    On Error Resume Next
    CalculationNow = Application.Calculation
End Function

Private Function TablesGrow() As Long
    ' Whether tables grow (1) and fill their columns (2) by themselves; Python holds them still.
    On Error Resume Next
    If Application.AutoCorrect.AutoExpandListRange Then TablesGrow = 1
    If Application.AutoCorrect.AutoFillFormulasInLists Then TablesGrow = TablesGrow + 2
End Function

Private Sub GiveBack(ByVal Events As Boolean, ByVal Calculation As Long, ByVal Grow As Long)
    ' What a Python that was killed couldn't give back itself.
    Application.ScreenUpdating = True
    Application.DisplayAlerts = True
    Application.EnableEvents = Events
    If Calculation <> 0 Then Application.Calculation = Calculation
    On Error Resume Next
    Application.AutoCorrect.AutoExpandListRange = ((Grow And 1) <> 0)
    Application.AutoCorrect.AutoFillFormulasInLists = ((Grow And 2) <> 0)
End Sub

Private Function NeedsWindow() As Boolean
    #If Mac Then
        NeedsWindow = False
    #Else
        NeedsWindow = (ActiveWorkbook Is Nothing)
    #End If
End Function

Private Sub PutAway(ByVal Blank As Workbook)
    ' The empty workbook that was there for its window alone.
    If Blank Is Nothing Then Exit Sub
    On Error Resume Next
    Blank.Close False
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
        ' Not GetAttr: it does not know letters beyond the system's code page.
        InterpreterFound = CreateObject("Scripting.FileSystemObject").FileExists(SettingOf("INTERPRETER_WIN"))
    #End If
End Function

Private Function SettingOf(ByVal Key As String) As String
    SettingOf = ValueBeside(Key, SETTING_COLUMN)
End Function

Private Function TextOf(ByVal Key As String) As String
    TextOf = ValueBeside(Key, KEY_COLUMN)
    If TextOf = "" Then TextOf = Key
End Function

Private Function ValueBeside(ByVal Key As String, ByVal KeyColumn As Long) As String
    ' The text to the right of a key on the add-in's own sheet; empty when there is no such key.
    Dim Own As Worksheet
    Dim RowNo As Long
    Set Own = ThisWorkbook.Worksheets(OWN_SHEET)
    RowNo = 1
    Do While Own.Cells(RowNo, KeyColumn).Value <> ""
        If Own.Cells(RowNo, KeyColumn).Value = Key Then
            ValueBeside = Own.Cells(RowNo, KeyColumn + 1).Value
            Exit Function
        End If
        RowNo = RowNo + 1
    Loop
End Function
