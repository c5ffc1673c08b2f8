"""What the user is shown and asked while a button runs."""

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from shikaku.excel import onedrive
from shikaku.system import masking
from shikaku.system.errors import BookError

if TYPE_CHECKING:
    import xlwings as xw


TITLE = "資格確認"


_MAX_MESSAGE = 1500


def tell(app: "xw.App | None", text: str, *, bad: bool = False) -> None:
    """Show a message; without an Excel (app None) in a box of the system's own. Raises OSError
    where the system has none."""
    if sys.platform == "darwin":
        _mac_alert(_short(text), ("OK",), bad=bad)
        return
    if app is None:
        _system_box(_short(text), bad=bad)
        return
    app.alert(_short(text), TITLE, mode="critical" if bad else "info")


def confirm(app: "xw.App", text: str) -> bool:
    """Ask yes or no."""
    if sys.platform == "darwin":
        return _mac_alert(_short(text), ("いいえ", "はい")) == "はい"
    return app.alert(_short(text), TITLE, buttons="yes_no") == "yes"


def ask_secret(app: "xw.App", prompt: str) -> str | None:
    """A password from the user; None when they cancel. It is kept nowhere."""
    if sys.platform == "darwin":
        return _mac_text(prompt, hidden=True)
    try:
        return _hidden_text(prompt)
    except ImportError:  # a Python without tkinter, which Excel's own box has to stand in for
        answer = app.api.InputBox(f"{prompt}\n(入力した文字は画面に見えます)", TITLE)
        return None if answer is False or answer == "" else str(answer)


def ask_save_path(app: "xw.App", title: str, name: str) -> Path | None:
    """A place for a new workbook; None when the user cancels. name: what to propose. Raises
    BookError for a place on the web, which Excel's dialog offers as well."""
    if sys.platform == "darwin":
        return _mac_save(title, name)
    answer = app.api.GetSaveAsFilename(name, "Excel ブック (*.xlsx), *.xlsx", 1, title)
    if answer is False or not answer:
        return None
    if onedrive.is_url(str(answer)):
        raise BookError(
            "保存先が、このパソコンのフォルダではなくOneDriveかSharePointのWeb上の場所です。",
            "もう一度押して、このパソコンのフォルダ(同期されているOneDriveのフォルダも使えます)"
            "を選んでください。",
        )
    path = Path(str(answer))
    return path if path.suffix.lower() == ".xlsx" else path.with_name(path.name + ".xlsx")


def ask_open_path(app: "xw.App", title: str) -> Path | None:
    """A list to be read; None when the user cancels. Raises BookError for a place on the web."""
    if sys.platform == "darwin":
        found = _osascript(
            "on run argv\nreturn POSIX path of (choose file with prompt (item 1 of argv))\nend run",
            title,
        )
        return Path(found) if found else None
    kinds = "*.csv;*.xlsx;*.xlsm;*.xls;*.txt"
    answer = app.api.GetOpenFilename(f"一覧 ({kinds}), {kinds}", 1, title)
    if answer is False or not answer:
        return None
    if onedrive.is_url(str(answer)):
        raise BookError(
            "一覧が、このパソコンのフォルダではなくOneDriveかSharePointのWeb上の場所にあります。",
            "このパソコンのフォルダ(同期されているOneDriveのフォルダも使えます)から選んでください。",
        )
    return Path(str(answer))


def open_in_system(target: Path) -> None:
    """Open a folder or page with what the system has for it."""
    if sys.platform == "win32":
        os.startfile(target)
    else:
        command = "open" if sys.platform == "darwin" else "xdg-open"
        subprocess.run([command, str(target)], check=False, capture_output=True)


def _system_box(text: str, *, bad: bool) -> None:
    if sys.platform != "win32":
        raise OSError("this system has no message box")
    import ctypes

    in_front = 0x10000 | 0x40000  # MB_SETFOREGROUND, MB_TOPMOST
    ctypes.windll.user32.MessageBoxW(0, text, TITLE, (0x10 if bad else 0x40) | in_front)


def _hidden_text(prompt: str) -> str | None:
    """A text typed in a window of Python's, each letter shown as ●; None when given up. Excel's
    own InputBox would show it to whoever stands by. Raises ImportError without a window system."""
    import tkinter
    from tkinter import simpledialog

    try:
        root = tkinter.Tk()
    except tkinter.TclError as error:
        raise ImportError("no screen") from error
    try:
        root.withdraw()
        root.attributes("-topmost", True)
        return simpledialog.askstring(TITLE, prompt, show="●", parent=root) or None
    finally:
        root.destroy()


def _short(text: str) -> str:
    safe = masking.shown_lines(text)
    if len(safe) <= _MAX_MESSAGE:
        return safe
    return safe[:_MAX_MESSAGE].rpartition("\n")[0] + "\n… (続きはシートをご覧ください)"


def _mac_alert(text: str, buttons: tuple[str, ...], *, bad: bool = False) -> str:
    """A message of the system's own, the last button proposed; which one was pressed. xlwings
    would have Excel show it, and give up waiting for the answer after a minute."""
    names = ", ".join(f'"{name}"' for name in buttons)
    pressed = _osascript(
        "on run argv\n"
        "tell current application to activate\n"
        "return button returned of (display alert (item 2 of argv) message (item 1 of argv)"
        f" as {'critical' if bad else 'informational'} buttons {{{names}}}"
        f" default button {len(buttons)})\n"
        "end run",
        text,
        TITLE,
    )
    if pressed is None:
        raise OSError("osascript shows no message")
    return pressed


def _mac_text(prompt: str, *, hidden: bool) -> str | None:
    end = ' default answer ""' + (" with hidden answer" if hidden else "")
    return _osascript(
        "on run argv\n"
        f"return text returned of (display dialog (item 1 of argv) with title (item 2 of argv){end})"
        "\nend run",
        prompt,
        TITLE,
    )


def _mac_save(title: str, name: str) -> Path | None:
    found = _osascript(
        "on run argv\n"
        "return POSIX path of (choose file name with prompt (item 1 of argv)"
        " default name (item 2 of argv))\nend run",
        title,
        name,
    )
    return Path(found) if found else None


def _osascript(script: str, *arguments: str) -> str | None:
    """Run AppleScript; texts go as arguments, never into the script. None when cancelled."""
    done = subprocess.run(
        ["osascript", "-e", script, *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout.rstrip("\n") or None if done.returncode == 0 else None
