"""pywin32's cache of Excel's types (``gen_py``), and whether it is broken.

xlwings lets pywin32 write it at the first click. A write that was cut short, or two at once, leave
a folder that every later click fails on (``has no attribute 'CLSIDToClassMap'``), until somebody
deletes it: pywin32 makes it anew.
"""

import sys
from pathlib import Path

_EXCEL = "00020813-0000-0000-C000-000000000046"  # Excel's type library
_NEEDED = "CLSIDToClassMap"


def folder() -> Path | None:
    """Where pywin32 keeps the cache; None where there is no pywin32."""
    if sys.platform != "win32":
        return None
    try:
        import win32com
    except ImportError:
        return None
    return Path(win32com.__gen_path__)


def broken(cache: Path) -> list[Path]:
    """What is broken of Excel's part of a cache: a module without its table of classes."""
    modules = [*cache.glob(f"{_EXCEL}*.py"), *cache.glob(f"{_EXCEL}*/__init__.py")]
    return [path for path in sorted(modules) if _NEEDED not in _text(path)]


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""


def examine() -> list[tuple[str, str, str]]:
    """For ``doctor``: (ok | bad, topic, Japanese text); nothing where there is no cache."""
    cache = folder()
    if cache is None or not cache.is_dir():
        return []
    topic = "Excelとの接続(pywin32)"
    if broken(cache):
        text = f"一時ファイルが壊れています。Excelを閉じて、フォルダ {cache} を削除してください(自動で作り直します)"
        return [("bad", topic, text)]
    return [("ok", topic, str(cache))]
