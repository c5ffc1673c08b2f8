"""The add-in's VBA run without Excel, by pyOpenVBA's interpreter, up to what it would start.

Only the system is played: the shell that starts programs (``Shell``), the disk, AppleScript.
"""

import functools
from dataclasses import dataclass
from pathlib import Path

from pyopenvba.apps.excel import ExcelApplication
from pyopenvba.apps.excel._model import Application
from pyopenvba.interpreter import _runtime
from pyopenvba.interpreter._objects import VBAObject, member, method, setter
from pyopenvba.interpreter._preprocess import strip_directives
from pyopenvba.interpreter._values import MISSING, NOTHING, VBAArray, VBAInt, error

from xlengine.vba_window import Window

# Every test opens an Excel of its own with the same macros: they are parsed once.
_runtime.parse_module = functools.cache(_runtime.parse_module)

# What pyOpenVBA can't do, and what is run in its place.
_PLAYED = {
    'Environ("HOME")': '"/Users/yamada"',
    "AppleScriptTask(": 'CreateObject("test.mac").AppleScriptTask(',
    "FindingList.Show vbModeless": 'CreateObject("test.window").Show',
    "FillList FindingList": 'FillList CreateObject("test.window")',
    "WithEvents Host": "Host",
    "Kill MacLog()": "Rem Kill MacLog()",
    "LogText(MacLog())": 'CreateObject("test.disk").Read(MacLog())',
}


class Shell(VBAObject):
    """``WScript.Shell``: keeps the command lines; ``exit_code`` None refuses like a security rule."""

    vba_type_name = "WshShell"
    vba_library = "wsh"

    def __init__(self):
        self.commands: list[str] = []
        self.exit_code: int | None = 0
        self.meanwhile = lambda: None  # what the program does to Excel
        self.environment = {"%TEMP%": r"C:\Temp"}

    @method
    def Run(self, Command: object, WindowStyle: object = MISSING, Wait: object = MISSING) -> object:
        if self.exit_code is None:
            raise error(70, "Permission denied")
        self.commands.append(str(Command))
        self.meanwhile()
        return VBAInt(self.exit_code, "Long")

    @method
    def ExpandEnvironmentStrings(self, Text: object) -> object:
        text = str(Text)
        for name, value in self.environment.items():
            text = text.replace(name, value)
        return text


class Text(VBAObject):
    """``Scripting.TextStream``."""

    vba_type_name = "TextStream"
    vba_library = "Scripting"

    def __init__(self, said: str):
        self.said = said

    @method
    def ReadAll(self) -> object:
        return self.said


class Disk(VBAObject):
    """``Scripting.FileSystemObject``: the files that there are, by full path."""

    vba_type_name = "FileSystemObject"
    vba_library = "Scripting"

    def __init__(self):
        self.files: set[str] = set()
        self.said = "Traceback"
        self.deleted: list[str] = []

    @method
    def FileExists(self, Path: object) -> object:
        return str(Path) in self.files

    @method
    def GetTempName(self) -> object:
        return "rad1A2B3.tmp"

    @method
    def OpenTextFile(self, Path: object) -> object:
        return Text(self.said)

    @method
    def DeleteFile(self, Path: object) -> object:
        self.deleted.append(str(Path))
        return None

    @method
    def Read(self, Path: object) -> object:
        return self.said


class Mac(VBAObject):
    """AppleScript on the Mac: keeps what would be run."""

    vba_type_name = "Mac"
    vba_library = "test"

    def __init__(self):
        self.tasks: list[tuple[str, str, str]] = []
        self.refuses = lambda: None

    @method
    def AppleScriptTask(self, File: object, Handler: object, Parameter: object) -> object:
        self.refuses()
        self.tasks.append((str(File), str(Handler), str(Parameter)))
        return "0"


class AutoCorrect(VBAObject):
    """``Application.AutoCorrect``: whether tables grow and fill their columns by themselves."""

    vba_type_name = "AutoCorrect"
    vba_library = "Excel"

    def __init__(self):
        self.grow = self.fill = True

    @member
    def AutoExpandListRange(self) -> object:
        return self.grow

    @setter("AutoExpandListRange")
    def _set_grow(self, value: object) -> None:
        self.grow = bool(value)

    @member
    def AutoFillFormulasInLists(self) -> object:
        return self.fill

    @setter("AutoFillFormulasInLists")
    def _set_fill(self, value: object) -> None:
        self.fill = bool(value)


class _Application(Application):
    """Excel's ``Application`` with the few members that pyOpenVBA leaves out."""

    protected_view: object = NOTHING
    caller: object = VBAInt(2023, "Error")

    auto_correct: object = NOTHING
    cancel_key = 1  # xlInterrupt

    @member
    def EnableCancelKey(self) -> object:
        return VBAInt(self.cancel_key, "Long")

    @setter("EnableCancelKey")
    def _set_cancel_key(self, value: object) -> None:
        self.cancel_key = int(value)

    @member
    def AutoCorrect(self) -> object:
        return self.auto_correct

    chart: object = None  # the sheet that is a chart

    @member
    def ActiveCell(self) -> object:
        if self.chart is not None and self.active_book.active_sheet is self.chart:
            raise error(1004, "the window shows no worksheet")
        return Application.ActiveCell(self)

    @member
    def Caller(self) -> object:
        return self.caller

    @member
    def ActiveProtectedViewWindow(self) -> object:
        return self.protected_view

    @member
    def Path(self) -> object:
        return r"C:\Program Files\Microsoft Office\root\Office16"

    @member
    def Hwnd(self) -> object:
        return VBAInt(4711, "Long")


@dataclass
class Excel:
    """One Excel without a screen, the add-in loaded and no workbook open."""

    addin: Path
    mac: bool = False

    def __post_init__(self):
        self.app = ExcelApplication.open(self.addin, with_vba=False)
        application = self.app.application
        application.__class__ = _Application
        application._this_workbook = application.active_book
        application.active_book = None
        application.auto_correct = AutoCorrect()
        self.shell = Shell()
        self.disk, self.apple = Disk(), Mac()
        self.window = Window(self.app.run)
        played = {
            "WScript.Shell": self.shell,
            "Scripting.FileSystemObject": self.disk,
            "test.disk": self.disk,
            "test.mac": self.apple,
            "test.window": self.window,
        }
        create = self.app.interpreter.host.create
        own = ("Scripting.Dictionary",)  # the interpreter has it
        self.app.interpreter.host.create = lambda name: (
            create(name) if name in own else played.get(name) or _refuse(name)
        )
        for name, kind, text in self.modules():
            self.app.add_module(text, name=name, kind=kind)

    def modules(self) -> list[tuple[str, str, str]]:
        """(name, kind, source) of the modules in the file, preprocessed as this system would. The
        window's own is played."""
        return _modules(self.addin, self.addin.read_bytes(), self.mac)

    def open_book(self, name: str):
        """A workbook with this name becomes the active one."""
        book = self.app.add_workbook()
        book.name = name
        return book

    def run(self, sub: str) -> None:
        """Click the button whose Sub this is."""
        self.app.run(sub)

    def call(self, macro: str, *arguments: object) -> object:
        """What ``Application.Run`` from outside gives; tuples arrive as arrays counted from 0."""
        return self.app.run(macro, *map(_array, arguments))

    @property
    def messages(self) -> list[str]:
        """The text of every MsgBox so far."""
        return [prompt for kind, prompt, _title, _style in self.app.dialogs if kind == "MsgBox"]


def _array(value: object) -> object:
    if not isinstance(value, tuple):
        return value
    if not isinstance(value[0], tuple):
        return VBAArray([(0, len(value) - 1)], items=[_number(one) for one in value])
    found = VBAArray([(0, len(value) - 1), (0, len(value[0]) - 1)])
    for row, items in enumerate(value):
        for column, item in enumerate(items):
            found.set([row, column], _number(item))
    return found


def _number(value: object) -> object:
    return VBAInt(value, "Long") if isinstance(value, int) else value


def _refuse(name: str) -> object:
    raise error(429, f"ActiveX component can't create object: {name}")


@functools.cache
def _modules(addin: Path, data: bytes, mac: bool) -> list[tuple[str, str, str]]:
    """data: the file's, which a test may build anew."""
    from pyopenvba import ExcelFile
    from pyopenvba.vba import VBAModuleKind

    found = []
    constants = {"Mac": mac, "Win64": not mac, "Win32": not mac}
    with ExcelFile(addin) as file:
        for module in file.vba_project().modules:
            if module.name in ("ThisWorkbook", "Sheet1", "FindingList"):
                continue
            text = strip_directives(module.source.replace("\r\n", "\n"), constants=constants)
            for ours, theirs in _PLAYED.items():
                text = text.replace(ours, theirs)
            kind = "standard" if module.kind == VBAModuleKind.standard else "class"
            found.append((module.name, kind, text))
    return found
