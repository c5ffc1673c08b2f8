"""An unforeseen exception, reported without a traceback and without anybody's data.

The log gets the exception's type and the places in our code that it went through; its text is
left out, since it may quote a cell.
"""

import errno
import logging
import re
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path

from shikaku.system import commits, places
from shikaku.system.errors import cause

_DIGITS = re.compile(r"[0-9０-９][0-9０-９\s\-‐-―ー－]{2,}[0-9０-９]")

# The errors of Excel itself, by pywin32 and appscript. Mostly they say "not now": a cell is being
# edited, a dialog is open.
_EXCELS = ("com_error", "CommandError")
_NOT_NOW = -2146777998  # Excel's own code for that (VBA_E_IGNORE), where it gives reasons at all


class DigitFilter(logging.Filter):
    """Masks runs of four or more digits in whatever is logged, our own mistakes included."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's text; never drops one."""
        record.msg = _DIGITS.sub("****", record.getMessage())
        record.args = ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def logger() -> logging.Logger:
    """The program's log: 5 files of at most 512 KB in the user's log folder."""
    log = logging.getLogger("shikaku")
    # Others (a test's, a host's) may listen as well: only our own handler counts.
    if not any(isinstance(handler, RotatingFileHandler) for handler in log.handlers):
        log.addHandler(logging.NullHandler())
        log.propagate = False
        try:
            places.folder().mkdir(parents=True, exist_ok=True)
            handler = RotatingFileHandler(
                path(), maxBytes=512_000, backupCount=4, encoding="utf-8", delay=True
            )
        except OSError:
            return log
        handler.addFilter(DigitFilter())
        handler.setFormatter(logging.Formatter("{asctime} {levelname} {message}", style="{"))
        log.addHandler(handler)
        log.setLevel(logging.INFO)
    return log


def path() -> Path:
    """The log's file."""
    return places.folder() / "shikaku.log"


def note(error: BaseException) -> None:
    """Log the exception's type and its path through the code."""
    places = " < ".join(
        f"{Path(frame.filename).name}:{frame.lineno}({frame.name})"
        for frame in reversed(traceback.extract_tb(error.__traceback__))
    )
    logger().error("%s at %s", type(error).__name__, places)


def report(error: BaseException, book: str = "") -> str:
    """Log the exception; the sentences for the user. book: what has become of the workbook, by
    default what this run knows of it (``commits``)."""
    note(error)
    book = book or commits.outcome()
    record = f"  → この記録を担当の技術者に渡してください: {path()}"
    again = record.replace("→ ", "→ 続くときは、")
    if isinstance(error, ModuleNotFoundError) and error.name:
        name = error.name.partition(".")[0]
        if name != __name__.partition(".")[0]:  # a part of our own that is gone is our own fault
            return (
                f"ライブラリ「{name}」が入っていないため、続けられません。{book}\n"
                "  → shikakuを入れ直してください(pip install --force-reinstall shikaku)。"
            )
    if isinstance(error, MemoryError):
        return f"メモリーが足りません。{book}\n  → ほかのソフトを閉じるか、ブックを分けてください。"
    if isinstance(error, OSError):
        if error.errno == errno.ENAMETOOLONG:  # the user's choice, and nothing for a technician
            return (
                f"名前が長すぎます。{book}\n  → 短い名前のファイルやフォルダーを指定してください。"
            )
        return (
            f"ファイルを読み書きできません({cause(error)})。{book}\n"
            "  → 空き容量、権限、ファイルが開かれていないかを確かめてください。\n"
            f"{again}"
        )
    if type(error).__name__ in _EXCELS:
        return f"{_excels(error, book)}\n{again}"
    return f"思いがけない誤りが起きました({type(error).__name__})。{book}\n{record}"


def _excels(error: BaseException, book: str) -> str:
    """An error of Excel itself in words: why it refused, or that it is busy. book: what has
    become of the workbook."""
    # pywin32: (code, text, (…, …, Excel's sentence, …, …, Excel's code) or None, argument)
    reasons = error.args[2] if len(error.args) > 2 else None
    if isinstance(reasons, tuple) and len(reasons) > 5 and reasons[5] != _NOT_NOW and reasons[2]:
        return (
            f"Excelがこの操作を受け付けませんでした。{book}\n"
            f"  Excelの説明: {str(reasons[2]).strip()}\n"
            "  → 結合したセル・共有ブック・ブックの保護がないかを確かめてください。"
        )
    return (
        f"Excelが応答しません。{book}\n"
        "  → セルの入力を終え、開いているダイアログを閉じてから、もう一度押してください。"
    )
