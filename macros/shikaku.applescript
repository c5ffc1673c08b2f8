-- How Excel for Mac starts Python: its sandbox lets a macro run only scripts of this folder.
-- Parameter: interpreter|command|file for what Python has to say. Every part is quoted for the
-- shell; the user's profile is not read, and Excel does not wait.

on VbaHandler(ParameterString)
    set {PythonInterpreter, PythonCommand, LogFile} to SplitString(ParameterString, "|")
    set ShellCommand to (quoted form of PythonInterpreter) & " -B -u -W ignore -c " & (quoted form of PythonCommand) & " > /dev/null 2> " & (quoted form of LogFile) & " &"
    do shell script ShellCommand
    return "0"
end VbaHandler

on SplitString(TheString, Separator)
    set Before to AppleScript's text item delimiters
    set AppleScript's text item delimiters to Separator
    set TheItems to text items of TheString
    set AppleScript's text item delimiters to Before
    return TheItems
end SplitString
