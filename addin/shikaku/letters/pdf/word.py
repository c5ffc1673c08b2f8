"""Microsoft Word as PDF engine: an instance of our own, never the user's documents.

On Windows ``DispatchEx`` starts a second Word that the user doesn't see; it is set to ask
nothing and run no macro, a watchdog ends it when it hangs, and it quits whatever happens, unless
the user has come to work in it. On a Mac there is only one Word: our document is opened, saved and
closed by a name that no other has, and Word quits only if it wasn't running before.
"""

import contextlib
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from shikaku.letters.pdf.office_batch import BatchEngine
from shikaku.system.errors import PdfError

# Word's own constants (Word object model reference).
_EXPORT_PDF = 17
_OPTIMIZE_FOR_PRINT = 0
_ALL_DOCUMENT = 0
_CONTENT_ONLY = 0
_BOOKMARKS_OF_WORD = 2
_NO_ALERTS = 0
_ALL_ALERTS = -1
_NO_MACROS = 3
_DONT_SAVE = 0
_START, _PER_LETTER = 120, 5
_MAC_APP = Path("/Applications/Microsoft Word.app")

# The document is named, never "the active one": its name is nobody else's. Word quits only if we
# started it and nobody has opened anything in it since.
_MAC_SCRIPT = """
on run {sourcePath, targetPath, ourName}
  set wasRunning to application "Microsoft Word" is running
  set trouble to 0
  with timeout of 3600 seconds
    tell application "Microsoft Word"
      try
        open (POSIX file sourcePath)
        save as document ourName file name targetPath file format format PDF
      on error number problem
        set trouble to problem
      end try
      try
        close document ourName saving no
      end try
      if not wasRunning and (count of documents) is 0 then quit saving no
    end tell
  end timeout
  if trouble is not 0 then error number trouble
end run
"""


def available() -> str:
    """ "" when Word can be driven here, else the reason in Japanese."""
    if sys.platform == "win32":
        import importlib.util
        import winreg

        if importlib.util.find_spec("win32com") is None:
            return "pywin32が入っていません"
        try:
            winreg.CloseKey(winreg.OpenKey(winreg.HKEY_CLASSES_ROOT, r"Word.Application\CLSID"))
        except OSError:
            return "Wordが入っていません"
        return ""
    if sys.platform == "darwin":
        return "" if _MAC_APP.is_dir() else "Wordが入っていません"
    return "WordはWindowsかMacで使えます"


class Word(BatchEngine):
    """``word``: see the module. Raises PdfError when Word can't be used.

    dispatch, process_of, kill: how to start Word, find its process and end that; for tests.
    """

    name = "word"
    label = "Microsoft Word"

    def __init__(
        self,
        dispatch: Callable[[], Any] | None = None,
        process_of: Callable[[Any], int | None] | None = None,
        kill: Callable[[int], None] | None = None,
        limit: float | None = None,
    ):
        if dispatch is None:
            reason = available()
            if reason:
                raise PdfError(
                    f"Wordを使えません({reason})。",
                    "--pdf-engine で embedded か libreoffice を選んでください。",
                )
        self._mac = dispatch is None and sys.platform == "darwin"
        self._dispatch = dispatch or _dispatch
        self._process_of = process_of or _process_of
        self._kill = kill or _kill
        self._limit = limit

    def workplace(self) -> Path | None:
        """On a Mac the folder where Office may read and write without asking the user."""
        shared = Path.home() / "Library/Group Containers/UBF8T346G9.Office"
        return shared if self._mac and shared.is_dir() else None

    def run(self, sources: Sequence[Path], folder: Path, letters: int) -> None:
        """Print the files. Raises PdfError when Word doesn't start, or hangs."""
        limit = self._limit or _START + _PER_LETTER * letters
        if self._mac:
            self._run_mac(sources, folder, limit)
        else:
            self._run_windows(sources, folder, limit)

    def _run_windows(self, sources: Sequence[Path], folder: Path, limit: float) -> None:
        hung = threading.Event()
        app, process = self._start()

        def end() -> None:
            hung.set()
            if process:
                self._kill(process)

        timer = threading.Timer(limit, end)
        timer.daemon = True
        timer.start()
        try:
            for source in sources:
                # A letter that Word refuses has no PDF, which the batch sees; the others go on.
                with contextlib.suppress(Exception):
                    self._print(app, source, folder / f"{source.stem}.pdf")
                if hung.is_set():
                    raise PdfError(
                        f"Wordが{limit:.0f}秒たっても終わりませんでした。",
                        "Wordを手で起動して確認画面が出ていないか確かめるか、"
                        "--pdf-engine embedded を選んでください。",
                    )
        finally:
            timer.cancel()
            with contextlib.suppress(Exception):
                _leave(app)

    def _start(self) -> tuple[Any, int | None]:
        """A Word that asks nothing and runs no macro, and its process."""
        app = None
        try:
            app = self._dispatch()
            app.Visible = False
            app.DisplayAlerts = _NO_ALERTS
            app.AutomationSecurity = _NO_MACROS
            return app, self._process_of(app)
        except Exception as error:
            # pywin32 raises its own com_error; which one doesn't help the user.
            if app is not None:
                with contextlib.suppress(Exception):
                    app.Quit(_DONT_SAVE)
            raise PdfError(
                f"Wordを起動できませんでした({type(error).__name__})。",
                "Wordを一度手で起動し、ライセンス認証などの画面を閉じてからやり直してください。",
            ) from None

    @staticmethod
    def _print(app: Any, source: Path, target: Path) -> None:
        document = app.Documents.Open(
            FileName=str(source),
            ConfirmConversions=False,
            ReadOnly=True,
            AddToRecentFiles=False,
            Visible=False,
        )
        try:
            document.ExportAsFixedFormat(
                OutputFileName=str(target),
                ExportFormat=_EXPORT_PDF,
                OpenAfterExport=False,
                OptimizeFor=_OPTIMIZE_FOR_PRINT,
                Range=_ALL_DOCUMENT,
                Item=_CONTENT_ONLY,
                IncludeDocProps=False,
                KeepIRM=False,
                CreateBookmarks=_BOOKMARKS_OF_WORD,
                DocStructureTags=True,
                BitmapMissingFonts=False,
                UseISO19005_1=False,
            )
        finally:
            document.Close(_DONT_SAVE)

    def _run_mac(self, sources: Sequence[Path], folder: Path, limit: float) -> None:
        for source in sources:
            target = folder / f"{source.stem}.pdf"
            # Word knows documents by name, and the user may have a batch.docx of his own.
            ours = source.rename(folder / f"shikaku-{secrets.token_hex(8)}.docx")
            words = ["osascript", "-e", _MAC_SCRIPT, str(ours), str(target), ours.name]
            try:
                with _one_at_a_time():
                    done = subprocess.run(words, capture_output=True, timeout=limit, check=False)
            except subprocess.TimeoutExpired:
                raise PdfError(
                    f"Wordが{limit:.0f}秒たっても終わりませんでした。",
                    "Wordに確認画面が出ていないか見るか、--pdf-engine embedded を選んでください。",
                ) from None
            if done.returncode and b"-1743" in done.stderr:
                raise PdfError(
                    "Wordの操作が許可されていません。",
                    "「システム設定 > プライバシーとセキュリティ > オートメーション」で許可してください。",
                )


def _leave(app: Any) -> None:
    """End our Word, unless somebody has opened a document of his own in it: Windows may hand one
    to a Word that is running unseen. Then it is shown, and is his."""
    if app.Documents.Count:
        app.DisplayAlerts = _ALL_ALERTS
        app.Visible = True
    else:
        app.Quit(_DONT_SAVE)


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """On a Mac all our workers share the one Word."""
    import fcntl

    with open(Path(tempfile.gettempdir()) / "shikaku-word.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _dispatch() -> Any:
    import pythoncom
    import win32com.client

    pythoncom.CoInitialize()
    return win32com.client.DispatchEx("Word.Application")


def _process_of(app: Any) -> int | None:
    """Word's process id, by the window of an empty document of our own."""
    import win32process

    blank = app.Documents.Add()
    try:
        return win32process.GetWindowThreadProcessId(app.ActiveWindow.Hwnd)[1]
    finally:
        blank.Close(_DONT_SAVE)


def _kill(process: int) -> None:
    subprocess.run(["taskkill", "/F", "/PID", str(process)], capture_output=True, check=False)
