"""The add-in's VBA as text: ours from macros/, xlwings' from the installed xlwings, edited.

xlwings looks for its settings first in the workbook that is open: whoever sends a workbook with a
sheet ``shikaku.conf`` could choose the program that our buttons start. It also puts the
workbook's folder on Python's path and its name on a command line that cmd.exe or a shell reads.
None of this is needed here, so the edits below take it out. The cuts take out worksheet functions,
which load a DLL and keep a server running: without them no Windows API is declared, and rules that
forbid this to macros have nothing to stop. A text that xlwings no longer has exactly once stops
the build instead of leaving a hole.
"""

from pathlib import Path

from shikaku.system.errors import ShikakuError
from shikaku.system.resources import folder

PROJECT = "shikaku"
CLASS_BASE = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"

# (what it is for, text in xlwings' module, what takes its place)
EDITS = (
    (
        "a note for readers (BSD licence: changed sources say so)",
        "'xlwings is distributed under a BSD 3-clause license.\n",
        "'Changed for shikaku: see install/sources.py there.\n"
        "'xlwings is distributed under a BSD 3-clause license.\n",
    ),
    (
        "the add-in's own name, for its settings sheet",
        'PROJECT_NAME As String = "myaddin"',
        f'PROJECT_NAME As String = "{PROJECT}"',
    ),
    (
        "no settings from the workbook that is open",
        'If SheetExists(ActiveWorkbook, PROJECT_NAME & ".conf") = True Then',
        "If False Then",
    ),
    (
        "no settings from the folder of the workbook that is open",
        'If GetFullName(ActiveWorkbook) <> "" Then',
        "If False Then",
    ),
    (
        "no Python code from sheets of the workbook that is open",
        "For i = 1 To 2",
        "For i = 2 To 2",
    ),
    (
        "no path of a workbook on the command line (Windows), nor a stop without a workbook",
        "    #Else\n        ActiveFullName = ActiveWorkbook.FullName\n"
        "        ThisFullName = ThisWorkbook.FullName\n    #End If\n",
        '    #Else\n        ActiveFullName = ""\n        ThisFullName = ""\n    #End If\n',
    ),
    (
        "no path of a workbook in AppleScript or on the command line (Mac)",
        '        If InStr(ActiveWorkbook.FullName, "://") = 0 Then\n'
        "            ActiveFullName = ToPosixPath(ActiveWorkbook.FullName)\n"
        "            ThisFullName = ToPosixPath(ThisWorkbook.FullName)\n"
        "        Else\n"
        "            ActiveFullName = ActiveWorkbook.FullName\n"
        "            ThisFullName = ThisWorkbook.FullName\n"
        "        End If\n",
        '        ActiveFullName = ""\n        ThisFullName = ""\n',
    ),
    (
        "no name of a workbook on the command line (Windows)",
        '" --wb=" & """" & ActiveWorkbook.Name & """ --from_xl=1"',
        '" --wb=" & """" & PROJECT_NAME & """ --from_xl=1"',
    ),
    (
        "no name of a workbook on the command line (Mac)",
        'ParameterString = ParameterString + "|" + ActiveWorkbook.Name\n',
        'ParameterString = ParameterString + "|" + PROJECT_NAME\n',
    ),
    (
        "the add-in's settings also with no sheet active (no workbook open, a chart sheet)",
        'For Each cell In Range(sht.Range("A1"), lastCell)',
        'For Each cell In sht.Range(sht.Range("A1"), lastCell)',
    ),
    (
        "xlwings without pandas (Windows): see excel/xlwings_alone.py",
        '-c ""import xlwings.utils;xlwings.utils.prepare_sys_path(\\""" & PYTHONPATH & "\\""); "'
        " & PythonCommand",
        '-c ""import shikaku.excel.xlwings_alone as alone;alone.load();'
        'import xlwings.utils;xlwings.utils.prepare_sys_path(\\""" & PYTHONPATH & "\\""); "'
        " & PythonCommand",
    ),
    (
        "no server for worksheet functions",
        "        If OPTIMIZED_CONNECTION = True Then\n"
        '            XLPy.SetAttr XLPy.Module("xlwings._xlwindows"), "BOOK_CALLER", ActiveWorkbook\n'
        "            \n"
        "            On Error GoTo err_handling\n"
        "            \n"
        '            XLPy.Exec "" & PythonCommand & ""\n'
        "            GoTo end_err_handling\n"
        "err_handling:\n"
        '            ShowError "", Err.Description\n'
        "            RunPython = -1\n"
        "            On Error GoTo 0\n"
        "end_err_handling:\n"
        "        Else\n"
        "            RunPython = ExecuteWindows(False, PythonCommand, interpreter, PYTHONPATH)\n"
        "        End If\n",
        "        RunPython = ExecuteWindows(False, PythonCommand, interpreter, PYTHONPATH)\n",
    ),
    (
        "an interpreter is found also where its path has letters beyond the system's code page",
        "   Attr = GetAttr(FileSpec)\n",
        '   Attr = CreateObject("Scripting.FileSystemObject").GetFile(FileSpec).Attributes\n',
    ),
    (
        "a missing AppleScript is told in Japanese, and how it is put back",
        "    MsgBox \"To enable RunPython, please run 'xlwings runpython install'"
        ' in a terminal once and try again.", vbCritical\n',
        '    Say "no_script"\n',
    ),
    (
        "our own copy of the AppleScript, so that removing it disturbs nobody else",
        'AppleScriptTask("xlwings-" & XLWINGS_VERSION & ".applescript"',
        'AppleScriptTask(PROJECT_NAME & "-" & XLWINGS_VERSION & ".applescript"',
    ),
)

# (what it is for, the text where it begins, the text before which it ends)
CUTS = (
    (
        "no declarations of Windows' and the Mac's own functions",
        "#If VBA7 Then\n    #If Mac Then\n        Private Declare PtrSafe Function system",
        "Public Const XLWINGS_VERSION As String",
    ),
    (
        "no list of modules with worksheet functions",
        '#If App = "Microsoft Excel" Then\nFunction GetUdfModules(',
        "Private Sub CleanUp()",
    ),
    (
        "no server, no DLL, no import of worksheet functions",
        "Function XLPyCommand()",
        '\'Attribute VB_Name = "Config"',
    ),
    (
        "errors are told by our own ShowError, in Japanese and never on a sheet of a workbook",
        "Sub ShowError(FileName As String, Optional Message As String",
        "Function ExpandEnvironmentStrings(",
    ),
)

# What xlwings' AppleScript for the Mac is changed in: (what it is for, old, new).
SCRIPT_EDITS = (
    (
        "an interpreter whose path has spaces or quotes",
        "set ShellCommand to PythonInterpreter & ",
        "set ShellCommand to (quoted form of PythonInterpreter) & ",
    ),
    (
        "no commands of the user's profile before ours: the interpreter needs none",
        '        do shell script "source ~/.bash_profile"\n'
        '        return do shell script "source ~/.bash_profile;" & ShellCommand\n'
        "    on error errMsg number errNumber\n"
        "        try\n"
        "            # Try again without sourcing .bash_profile\n"
        "            return do shell script ShellCommand\n"
        "        on error errMsg number errNumber\n"
        "            return 1\n"
        "        end try\n",
        "        return do shell script ShellCommand\n"
        "    on error errMsg number errNumber\n"
        "        return 1\n",
    ),
    (
        "xlwings without pandas (Mac): see excel/xlwings_alone.py",
        '-c \\"import xlwings.utils;',
        '-c \\"import shikaku.excel.xlwings_alone as alone;alone.load();import xlwings.utils;',
    ),
    (
        "a note for readers (BSD licence: changed sources say so)",
        "# Allows to run the script from Script Editor for testing\n",
        "# From xlwings (BSD 3-clause licence), changed for shikaku: see install/sources.py there\n"
        "# Allows to run the script from Script Editor for testing\n",
    ),
)


def xlwings_folder() -> Path:
    """Where the installed xlwings is. Raises ShikakuError when it isn't installed."""
    from importlib.util import find_spec

    spec = find_spec("xlwings")
    if spec is None or not spec.submodule_search_locations:
        raise ShikakuError(
            "xlwingsが入っていないため、アドインを組み立てられません。",
            "shikakuを入れ直してください(pip install --force-reinstall shikaku)。",
        )
    return Path(spec.submodule_search_locations[0])


def xlwings_version() -> str:
    """The version of the installed xlwings, e.g. ``0.37.8``."""
    from importlib.metadata import version

    return version("xlwings")


def script_name() -> str:
    """The name under which Excel for Mac looks for our AppleScript."""
    return f"{PROJECT}-{xlwings_version()}.applescript"


def standard_modules() -> dict[str, str]:
    """Standard modules by name, with CRLF line ends: ours and the edited xlwings module.

    Raises ShikakuError when xlwings' module isn't the one the edits know.
    """
    modules = {"xlwings": edited(_read(xlwings_folder() / "xlwings_custom_addin.bas"))}
    for path in sorted(folder("macros").glob("*.bas")):
        modules[path.stem] = _read(path)
    return {name: text.replace("\n", "\r\n") for name, text in modules.items()}


def class_modules() -> dict[str, str]:
    """Class modules by name, as the VBA project stores them (no VERSION block, a VB_Base line)."""
    text = _read(xlwings_folder() / "addin" / "Dictionary.cls")
    start = text.index("Attribute VB_Name")
    head, rest = text[start:].split("\n", 1)
    # Excel gives a class without these three lines no way to be created.
    text = f'{head}\nAttribute VB_Base = "{CLASS_BASE}"\n' + _insert_after(
        rest, "Attribute VB_Exposed", "Attribute VB_TemplateDerived = False\n"
    )
    return {"Dictionary": text.replace("\n", "\r\n")}


def edited(text: str) -> str:
    """xlwings' module with every edit and cut made. Raises ShikakuError when one has no single
    place."""
    for purpose, old, new in EDITS:
        _single(text, old, purpose)
        text = text.replace(old, new)
    for purpose, begin, end in CUTS:
        start = _single(text, begin, purpose)
        stop = _single(text, end, purpose)
        if stop < start:
            raise _unknown(end, "別の場所", purpose)
        text = text[:start] + text[stop:]
    return text


def _single(text: str, part: str, purpose: str) -> int:
    found = text.count(part)
    if found != 1:
        raise _unknown(part, f"{found}か所", purpose)
    return text.index(part)


def _unknown(part: str, found: str, purpose: str) -> ShikakuError:
    return ShikakuError(
        f"xlwings {xlwings_version()} のVBAが想定と違うため、アドインを組み立てません"
        f"(「{part.strip().splitlines()[0]}」が{found}。目的: {purpose})。",
        "shikakuが指定する版のxlwingsを入れ直してください(pip install --force-reinstall shikaku)。",
    )


def script() -> bytes:
    """The AppleScript by which Excel for Mac starts Python: xlwings' with our edits. Raises
    ShikakuError when it isn't the one that the edits know."""
    (path,) = xlwings_folder().glob("xlwings-*.applescript")
    text = path.read_text("utf-8").replace("\t", " " * 4)
    for purpose, old, new in SCRIPT_EDITS:
        _single(text, old, purpose)
        text = text.replace(old, new)
    return text.encode()


def ribbon() -> bytes:
    """The ribbon's XML; a checkout on Windows may have given it other line ends."""
    return (folder("addin") / "ribbon.xml").read_bytes().replace(b"\r\n", b"\n")


def _insert_after(text: str, prefix: str, lines: str) -> str:
    at = text.index("\n", text.index(prefix)) + 1
    return text[:at] + lines + "Attribute VB_Customizable = False\n" + text[at:]


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except UnicodeDecodeError as error:
        # VBA stores text in the code page of a system: anything else would arrive garbled.
        raise ShikakuError(
            f"{path.name} にASCII以外の文字があります({error.start}バイト目)。",
            "日本語はリボンの定義かアドインのシート(texts.py)に書いてください。",
        ) from None
