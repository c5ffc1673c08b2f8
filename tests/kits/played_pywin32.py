"""A Windows that isn't there: pywin32 and the system's calls as xlwings' Windows module asks them.

Run in a process of its own (``sys.platform`` is changed before anything is imported). EXCELS says
which EXCEL.EXE there are: process → its windows, a window with or without a workbook. ENDED keeps
what was ended, and how.
"""

import datetime as dt
import subprocess
import sys
from types import ModuleType, SimpleNamespace
from unittest import mock

EXCELS: dict[int, dict[int, bool]] = {}
ENDED: list[str] = []
ALERTS: list[str] = []


BUSY: list[int] = [0]
"""How many calls Excel rejects before it takes one."""


class ComError(Exception):
    """``pywintypes.com_error``."""

    hresult = -2147352567


class Rejected(ComError):
    """RPC_E_CALL_REJECTED: Excel calculates, saves, or has a dialog open."""

    hresult = -2147418111


class Workbook:
    """A workbook's window as a COM object: only what leads to the application."""

    def __init__(self, process: int):
        self.Application = Application(process)


class Application:
    """``Excel.Application`` of one process; its window's number changes with the window in front."""

    def __init__(self, process: int):
        self.process = process
        self.Version = "16.0"

    @property
    def Path(self) -> str:
        if BUSY[0]:
            BUSY[0] -= 1
            raise Rejected("Call was rejected by callee.")
        return "here"

    def GetSaveAsFilename(self, *_: object) -> bool:
        return False  # the user gives up

    @property
    def Hwnd(self) -> int:
        return next(iter(EXCELS[self.process]))


def _window(number: int) -> tuple[int, bool]:
    for process, windows in EXCELS.items():
        if number in windows:
            return process, windows[number]
    raise ComError(number)


def _all_windows() -> list[int]:
    return [number for windows in EXCELS.values() for number in windows]


def _child(parent: int, _after: int, kind: str, _title: object) -> int:
    # XLDESK of a window is the window's number again, EXCEL7 is there only with a workbook.
    if kind == "XLDESK":
        return parent
    return parent if _window(parent)[1] else 0


def _run(command: list[str], **_: object) -> SimpleNamespace:
    if command[0] == "tasklist":
        rows = [f"EXCEL.EXE {process} Console 1 100 K" for process in EXCELS]
        return SimpleNamespace(stdout="\n".join(["", "Image", "=====", *rows]))
    ENDED.append(" ".join(command))
    return SimpleNamespace(stdout="")


def _module(name: str, **members: object) -> ModuleType:
    module = ModuleType(name)
    vars(module).update(members)
    sys.modules[name] = module
    return module


def play() -> None:
    """Make this process a Windows."""
    import ctypes
    import pydoc  # noqa: F401  # of which pandas makes use: it looks where this system's Python is

    sys.platform = "win32"
    windows = _all_windows

    def top(_parent: object) -> int:
        return next(iter(windows()), 0)

    def following(number: int, _relation: int) -> int:
        rest = windows()[windows().index(number) + 1 :]
        return rest[0] if rest else 0

    pointers: list[int] = []

    def accessible(number: int, *_: object) -> int:
        if not number:
            raise OSError("no window")
        pointers.append(number)
        return 0

    dispatch = type("CDispatch", (), {})
    user32 = SimpleNamespace(GetTopWindow=top, GetWindow=following, MessageBoxW=_box)
    ctypes.windll = SimpleNamespace(user32=user32)
    ctypes.oledll = SimpleNamespace(
        ole32=SimpleNamespace(CLSIDFromString=lambda *_: 0),
        oleacc=SimpleNamespace(AccessibleObjectFromWindow=accessible),
    )
    ctypes.PyDLL = lambda _: SimpleNamespace(
        PyCom_PyObjectFromIUnknown=_Callable(lambda *_: pointers[-1])
    )
    _module("pywintypes", TimeType=dt.datetime, com_error=ComError, error=ComError, IID=str)
    _module("pythoncom", CoInitialize=lambda: None, __file__="pythoncom", ole_error=ComError)
    _module("win32api", OpenProcess=_ended, TerminateProcess=_ended, MessageBox=_box)
    _module("win32con", __getattr__=lambda _: 0)
    _module("win32gui", FindWindowEx=_child)
    _module("win32process", GetWindowThreadProcessId=lambda number: (1, _window(number)[0]))
    _module("win32timezone")
    # xlwings' server for worksheet functions: imported by it, used by none of our buttons.
    _module("xlwings.com_server", serve=None)
    names = ("get_udf_module", "import_udfs", "xlarg", "xlfunc", "xlret", "xlsub")
    _module("xlwings.udfs", **dict.fromkeys(names))
    client = _module(
        "win32com.client",
        CDispatch=dispatch,
        CoClassBaseClass=dispatch,
        DispatchBaseClass=dispatch,
        Dispatch=lambda number: Workbook(_window(number)[0]),
        DispatchEx=mock.Mock(side_effect=AssertionError("a new Excel was started")),
    )
    _module("win32com", client=client, __path__=[])
    subprocess.CREATE_NO_WINDOW = 0
    subprocess.run = _run


class _Callable:
    """A function of a DLL: it has a result type, too."""

    def __init__(self, function: object):
        self.function = function
        self.restype = None

    def __call__(self, *arguments: object) -> object:
        return self.function(*arguments)


def _ended(*arguments: object) -> None:
    ENDED.append(f"TerminateProcess{arguments}")


def _box(_owner: int, text: str, *_: object) -> int:
    ALERTS.append(text)
    return 1
