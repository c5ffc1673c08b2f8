"""The Excel in front of the user: which one it is, its active workbook, messages and questions.

Messages and questions go through xlwings and Excel on Windows, and through the system's own dialogs
on the Mac: there Excel offers none for texts and files, and waits for no answer beyond a minute.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import platformdirs

from shikaku.excel import engine, onedrive
from shikaku.system import file_locks, places
from shikaku.system.errors import BookError

if TYPE_CHECKING:
    import xlwings as xw


@dataclass(frozen=True, slots=True)
class Location:
    """Where a workbook is.

    full_name: what Excel says (a path, a web address, or just a name before the first save).
    path: the file on this disk, None when there is none. changed: there are unsaved changes.
    """

    full_name: str
    path: Path | None
    changed: bool

    @property
    def stem(self) -> str:
        """The name without folder and ending."""
        if self.path is not None:
            return self.path.stem
        name = self.full_name.replace("\\", "/").rpartition("/")[2]
        if onedrive.is_url(self.full_name):
            name = unquote(name)
        return name.rpartition(".")[0] or name


def active_app() -> "xw.App":
    """The Excel whose button was pressed. Raises BookError when it can't be told or reached.

    The button passes the number of the window it was pressed in. Windows come and go while one
    Excel runs, and xlwings lists one of each Excel: so their processes are compared. The
    workbook's name is not used, since xlwings garbles some (``A=B``).
    """
    xlwings = engine.xlwings()
    number = next((a.partition("=")[2] for a in sys.argv if a.startswith("--hwnd=")), "").strip()
    running: list[xw.App] = list(xlwings.apps) if xlwings.engines.active is not None else []
    process = _process_of(int(number)) if number.isdigit() else None
    for app in running:
        if process is not None and app.pid == process:
            return app
    if running and (not number or len(running) == 1):
        return running[0]
    if running:
        raise BookError(
            "Excelが2つ以上起動していて、どちらのボタンが押されたのかが分かりません。",
            "使わないほうのExcelを閉じてから、もう一度ボタンを押してください。",
        )
    raise BookError("Excelが開かれていません。", "Excelで届出のブックを開いてください。")


def _process_of(window: int) -> int | None:
    """The process that a window of Windows belongs to; None when there is no such window."""
    if sys.platform != "win32":
        return None
    import win32process

    try:
        return win32process.GetWindowThreadProcessId(window)[1] or None
    except Exception:  # pywin32's own error, which only Windows can name
        return None


_BUSY = (-2147418111, -2147417846, -2146777998)
"""RPC_E_CALL_REJECTED, RPC_E_SERVERCALL_RETRYLATER, VBA_E_IGNORE: Excel takes no calls just now."""
_GONE = (-2147023174, -2147023170, -2147417848)
"""RPC_S_SERVER_UNAVAILABLE, RPC_S_CALL_FAILED, RPC_E_DISCONNECTED: that Excel has ended."""


def refusal(error: BaseException) -> BookError | None:
    """What an error of COM's or an Apple event's means, with the way out; None for any other.

    On the Mac -1743: the user hasn't allowed to steer Excel; -600: Excel has ended; -1712: no
    answer in time.
    """
    number = getattr(error, "errornumber", None) or getattr(error, "hresult", None)
    if type(error).__name__ == "ExcelBusyError":  # xlwings' own, without a number
        number = _BUSY[0]
    if number == -1743:
        return BookError(
            "macOSが、Excelの操作を許可していません。",
            "「システム設定 > プライバシーとセキュリティ > オートメーション」を開き、"
            "「Microsoft Excel」の下(または「Python」「ターミナル」の下)の"
            "「Microsoft Excel」をオンにしてから、もう一度ボタンを押してください。",
        )
    if number == -600 or number in _GONE:
        return BookError("Excelが終了しました。", "Excelで届出のブックを開き直してください。")
    if number == -1712 or number in _BUSY:
        return BookError(
            "Excelから返事がありません。",
            "セルの編集中なら確定し、計算や保存が終わるのを待ち、開いているダイアログを閉じてから、"
            "もう一度押してください。",
        )
    return None


def active_book(app: "xw.App") -> "xw.Book":
    """The workbook in front. Raises BookError when none is open."""
    try:
        book = app.books.active
        if book.name:
            return book
    except Exception:  # every engine has an error of its own for "none"
        pass
    raise BookError(
        "ブックが開かれていません。", "届出のブックを開いてから、もう一度ボタンを押してください。"
    )


def selected_cells(app: "xw.App") -> "xw.Range | None":
    """The selected cells; None where a chart, a picture or nothing is selected."""
    try:
        return app.selection
    except Exception:  # of these, xlwings knows a picture only
        return None


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """One button at a time. Raises BookError while another one is at work.

    On the Mac Excel stays usable meanwhile, and a second click would write into the same workbook
    between the first one's reading and writing. On Windows Excel itself waits for the first.
    """
    if sys.platform != "darwin":
        yield
        return
    try:
        places.folder().mkdir(parents=True, exist_ok=True)
        handle = os.open(places.folder() / "button.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:  # where no lock can be kept, the work must not fail for it
        yield
        return
    try:
        if not file_locks.take(handle):
            raise BookError(
                "前に押したボタンの処理が、まだ続いています。",
                "画面の下の表示が消えるか、結果のメッセージに答えてから、もう一度押してください。",
            )
        yield
    finally:
        os.close(handle)


def location(book: "xw.Book") -> Location:
    """Where a workbook is; ``Book.fullname`` would raise for web addresses it can't resolve."""
    api = book.api
    if hasattr(api, "FullName"):  # Windows
        full_name, changed = str(api.FullName), not api.Saved
    else:
        full_name, changed = api.full_name.get(), not api.saved.get()
    if onedrive.is_url(full_name):
        return Location(full_name, onedrive.local_path(full_name), changed)
    path = Path(full_name)
    return Location(full_name, path if path.is_absolute() and path.exists() else None, changed)


def require_saved(where: Location) -> Path:
    """The file that holds the workbook as the user sees it.

    Raises BookError for a workbook never saved, changed since, or not on this disk: saving is
    the user's, never ours.
    """
    if where.path is None and onedrive.is_url(where.full_name):
        raise BookError(
            "このブックはOneDriveかSharePointにあり、このパソコン上のファイルが見つかりません。",
            "「名前を付けて保存」でこのパソコンに保存してから、もう一度押してください。",
        )
    if where.path is None:
        raise _never_saved()
    if where.changed:
        raise BookError(
            "このブックには保存していない変更があります。",
            "内容を確かめて上書き保存(Ctrl+S)してから、もう一度押してください。",
        )
    return where.path


def output_folder(where: Location) -> Path:
    """The folder for letters: beside the workbook, else in the user's documents.

    Raises BookError for a workbook never saved: nobody would find the letters again.
    """
    if where.path is not None:
        return where.path.parent / f"{where.stem}_通知書"
    if onedrive.is_url(where.full_name):
        return Path(platformdirs.user_documents_dir()) / f"{where.stem}_通知書"
    raise _never_saved()


def _never_saved() -> BookError:
    return BookError(
        "このブックはまだ一度も保存されていません。",
        "名前を付けて保存してから、もう一度押してください。",
    )
