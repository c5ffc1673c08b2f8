"""The add-in's sources as text: the VBA and the AppleScript of macros/, the ribbon's XML.

All VBA is ours and starts Python as xlwings' ``RunPython`` does; xlwings' own module isn't used. It
looks for its settings in the workbook that is open first (whoever sends one could choose the
program that our buttons start), puts the workbook's folder on Python's path and its name on a
command line that cmd.exe reads, has some 30 public functions that a formula of any workbook can
call, and imports xlwings before anything else, which may end the user's Excel
(``excel.engine``).
"""

from pathlib import Path

from shikaku.install import forms
from shikaku.system.errors import ShikakuError
from shikaku.system.resources import folder

PROJECT = "shikaku"
SCRIPT = f"{PROJECT}.applescript"
"""The name under which Excel for Mac looks for our AppleScript."""

_RIGHT_CLICKS = (b"ListRange", b"Row", b"CellLayout", b"ListRangeLayout", b"RowLayout")
"""Besides a cell: a cell of a table and the head of a row, and all three where Excel shows pages
(Microsoft's list of Excel's controls, 2013 to 365)."""


def xlwings_version() -> str:
    """The version of the installed xlwings, e.g. ``0.37.8``; "" when there is none."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("xlwings")
    except PackageNotFoundError:
        return ""


def standard_modules() -> dict[str, str]:
    """Standard modules by name, with CRLF line ends. Raises ShikakuError for text beyond ASCII."""
    modules = {path.stem: _read(path) for path in sorted(folder("macros").glob("*.bas"))}
    return {name: text.replace("\n", "\r\n") for name, text in modules.items()}


def class_modules() -> dict[str, str]:
    """Class modules by name, as the VBA editor exports them, with CRLF line ends."""
    modules = {path.stem: _read(path) for path in sorted(folder("macros").glob("*.cls"))}
    return {name: text.replace("\n", "\r\n") for name, text in modules.items()}


def windows() -> list[forms.Form]:
    """The add-in's own windows. Raises ShikakuError for a definition that isn't right."""
    return [forms.parse(_read(path)) for path in sorted(folder("macros").glob("*.frm"))]


def script() -> bytes:
    """The AppleScript by which Excel for Mac starts Python."""
    return _read(folder("macros") / SCRIPT).encode()


def ribbon() -> bytes:
    """The ribbon's XML; a checkout on Windows may have given it other line ends. What a right click
    on a cell offers, one on a row offers, too, wherever in Excel it is made."""
    xml = (folder("addin") / "ribbon.xml").read_bytes().replace(b"\r\n", b"\n")
    start, end = xml.index(b"    <contextMenu "), xml.index(b"  </contextMenus>")
    menu = xml[start:end]
    more = [
        menu.replace(b"ContextMenuCell", b"ContextMenu" + kind).replace(
            b'id="shikakuCell', b'id="shikakuClick' + kind
        )
        for kind in _RIGHT_CLICKS
    ]
    return xml[:end] + b"".join(more) + xml[end:]


def _read(path: Path) -> str:
    try:
        return path.read_text("ascii")
    except UnicodeDecodeError as error:
        # VBA stores text in the code page of a system: anything else would arrive garbled.
        raise ShikakuError(
            f"{path.name} にASCII以外の文字があります({error.start}バイト目)。",
            "日本語はリボンの定義かアドインのシート(texts.py)に書いてください。",
        ) from None
