"""Esc while a button works: asked of the keyboard beside the work, acted on where it is safe.

Excel itself waits for us and takes no key, so a thread looks at the key, as long as Excel is in
front. Between two steps of Python the work then ends with KeyboardInterrupt, as by Ctrl+C in a
terminal; writes into the workbook are shielded, and end where all of them can be taken back.
"""

import _thread
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xlwings as xw

HINT = "(Escで中止)"

_PAUSE = 0.05  # seconds between two looks: a key is down for longer
_ESCAPE_WINDOWS, _ESCAPE_MAC = 0x1B, 53
_DOWN = 0x8000

_lock = threading.Lock()
_shields = 0
_pressed = threading.Event()


def check() -> None:
    """Raises KeyboardInterrupt when Esc was pressed since the work began."""
    if _pressed.is_set():
        raise KeyboardInterrupt


@contextmanager
def watched(app: "xw.App") -> Iterator[None]:
    """Esc ends the work meanwhile. Not around questions to the user, which it answers."""
    key = _key(app)
    _pressed.clear()
    done = threading.Event()
    thread = threading.Thread(target=_look, args=(key, done), name="shikaku-esc", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        with suppress(KeyboardInterrupt):  # pressed at the very end: the work is done
            time.sleep(0)
        _pressed.clear()


@contextmanager
def shielded() -> Iterator[None]:
    """No interruption but by ``check`` meanwhile."""
    global _shields
    with _lock:
        _shields += 1
    try:
        time.sleep(0)  # an interruption on its way arrives here, before anything is written
        yield
    finally:
        with _lock:
            _shields -= 1


def _look(key: Callable[[], bool], done: threading.Event) -> None:
    while not done.wait(_PAUSE):
        if not key():
            continue
        _pressed.set()
        with _lock:
            if not _shields and not done.is_set():
                _thread.interrupt_main()
        return


def _key(app: "xw.App") -> Callable[[], bool]:
    """Whether Esc is down while this Excel is in front, asked of the system; where it can't be
    asked, never."""
    if sys.platform == "win32":
        return _windows_key(app)
    if sys.platform == "darwin":
        return _mac_key()
    return _never


def _never() -> bool:
    return False


def _windows_key(app: "xw.App") -> Callable[[], bool]:
    import ctypes

    try:
        import win32process

        user32 = ctypes.windll.user32  # type: ignore[attr-defined]
    except (ImportError, AttributeError):
        return _never
    process = app.pid

    def down() -> bool:
        if not user32.GetAsyncKeyState(_ESCAPE_WINDOWS) & _DOWN:
            return False
        front = user32.GetForegroundWindow()
        try:
            return bool(win32process.GetWindowThreadProcessId(front)[1] == process)
        except Exception:  # between two windows none is in front, which pywin32 has an error for
            return False

    return down


def _mac_key() -> Callable[[], bool]:
    """The Mac tells a key's state without asking for a permission; which program is in front, only
    the system's own command does, and that is asked when the key is down."""
    import ctypes
    import subprocess

    library = "/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics"
    try:
        state = ctypes.CDLL(library).CGEventSourceKeyState
    except (OSError, AttributeError):
        return _never
    state.argtypes, state.restype = (ctypes.c_int32, ctypes.c_uint16), ctypes.c_bool

    def down() -> bool:
        if not state(1, _ESCAPE_MAC):  # kCGEventSourceStateHIDSystemState
            return False
        front = subprocess.run(["lsappinfo", "front"], capture_output=True, text=True, check=False)
        answer = subprocess.run(
            ["lsappinfo", "info", "-only", "name", front.stdout.strip()],
            capture_output=True,
            text=True,
            check=False,
        )
        return "Microsoft Excel" in answer.stdout

    return down
