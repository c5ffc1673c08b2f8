"""What every button of the ribbon has in common: Excel, the workbook in front, and an end that is reported.

Nothing goes up from here as an exception: what a user can mend is said as it is, the rest becomes a
sentence and an entry in the log. No workbook is ever saved.
"""

import contextlib
import io
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shikaku.excel import dialogs, host
from shikaku.model.schema import schema
from shikaku.system import error_report, masking, temporary_files
from shikaku.system.errors import BookError, ShikakuError

if TYPE_CHECKING:
    import xlwings as xw

    from shikaku.excel.session import OpenBook
    from shikaku.excel.status_bar import StatusBar

_VISIBLE, _VERY_HIDDEN = -1, 2  # Excel's own answers on Windows; xlwings hands them on


_BECAME = {
    "untouched": "ブックは変わっていません。",
    "written": "ブックへの書き込みは済んでいます(保存はしていません)。",
    "torn": "ブックに書きかけの内容が残りました。保存せずに閉じて、開き直してください。",
}


@dataclass
class Front:
    """What a button works on: Excel, the workbook in front, where it lies."""

    app: "xw.App"
    book: "xw.Book"
    where: host.Location
    sessions: "list[OpenBook]" = field(default_factory=list)

    def session(self, step: str = "") -> "OpenBook":
        """The workbook as the jobs take it. step: what a write is called that 元に戻す takes back."""
        from shikaku.excel.session import OpenBook

        self.sessions.append(OpenBook(self.book, self.where.path, step))
        return self.sessions[-1]

    def became(self) -> str:
        """What has become of the workbook: untouched | written | torn."""
        states = {session.state for session in self.sessions}
        return next((state for state in ("torn", "written") if state in states), "untouched")

    def here(self) -> tuple[str, int]:
        """The sheet in front and the row under the cursor. Raises BookError without one."""
        selection = host.selected_cells(self.app)
        if selection is None:
            raise BookError(
                "行が選ばれていません。", "人のいる行のセルを選んでから押してください。"
            )
        return self.book.sheets.active.name, selection.row

    def listed(self) -> tuple[str, int] | None:
        """The person that the row under the cursor of 資格確認書判定 names: sheet and row."""
        sheet, row = self.here()
        if sheet != schema().sheets["decisions"].name:
            return None
        table = self.session().read().tables["decisions"]
        found = next((one for one in table.rows if one.number == row), None)
        return (found.text("sheet"), found.count("row") or 0) if found else None

    def unsaved(self) -> str:
        """What is to be said after a write: what else was done to the sheets, and of saving."""
        remarks = "".join(text for session in self.sessions for text in session.remarks)
        if any(session.autosave_stopped for session in self.sessions):
            return (
                f"{remarks}ブックは保存していません(自動保存をオフにしました。内容を確かめて保存し、"
                "必要なら自動保存をオンに戻してください)。"
            )
        return f"{remarks}ブックは保存していません。"

    def show(self, key: str) -> None:
        """Bring a sheet of ours to the front (schema key). Raises BookError when it is gone or
        hidden."""
        from shikaku.excel.reading import OpenWorkbook

        name = schema().sheets[key].name
        found = OpenWorkbook(self.book).find(name)
        if found is not None:
            if found.sheet.visible not in (True, _VISIBLE):
                very = found.sheet.visible == _VERY_HIDDEN
                raise BookError(
                    f"シート「{found.name}」は非表示になっています。",
                    "画面からは再表示できない隠し方です(xlSheetVeryHidden)。ブックを配った人に頼んでください。"
                    if very
                    else "シート見出しを右クリックして「再表示」で表示してから、もう一度押してください。",
                )
            found.sheet.activate()
            return
        raise BookError(
            f"このブックにはシート「{name}」がありません。",
            "届出のブックを前に出してから押すか、「新規ブック」で作ってください。",
        )


def run_on_book(work: Callable[[Front], None]) -> None:
    """Run a button that needs a workbook."""

    fronts: list[Front] = []

    def with_book(app: "xw.App") -> None:
        book = host.active_book(app)
        fronts.append(Front(app, book, host.location(book)))
        work(fronts[0])

    run_in_excel(with_book, lambda: fronts[0].became() if fronts else "untouched")


def run_in_excel(
    work: Callable[["xw.App"], None], became: Callable[[], str] = lambda: "untouched"
) -> None:
    """Run a button that needs Excel, if not a workbook."""

    def with_app(app: "xw.App | None") -> None:
        work(host.active_app() if app is None else app)

    run(with_app, became)


def run(
    work: Callable[["xw.App | None"], None], became: Callable[[], str] = lambda: "untouched"
) -> None:
    """Run a button; whatever happens ends in a message.

    work: takes the Excel whose button was pressed, None when it can't be reached. became: how the
    workbook is now.
    """
    app = None
    temporary_files.sweep()
    try:
        # What a job tells the terminal has no reader here; on the Mac, xlwings would show it as
        # an error.
        with contextlib.redirect_stderr(io.StringIO()):
            with contextlib.suppress(Exception):  # who needs it asks again, and says why not
                app = host.active_app()
            with host.only_one():
                work(app)
    except (ShikakuError, KeyboardInterrupt) as error:
        error_report.note(error)
        text = str(error) or "中止しました。もう一度押すと、通知書はできたところから続けます。"
        _failed(app, text if became() == "untouched" else f"{text}\n\n{_BECAME[became()]}")
    except Exception as error:  # nobody is above us who could say it
        refused = host.refusal(error)
        if refused is not None:
            error_report.note(refused)
            _failed(None, f"{refused}\n\n{_BECAME[became()]}")
        else:
            _failed(app, error_report.report(error, _BECAME[became()]))


def _failed(app: "xw.App | None", text: str) -> None:
    """Say it in Excel; where Excel can't, leave it to the add-in's own message."""
    try:
        dialogs.tell(app, f"できませんでした。\n\n{text}", bad=True)
    except Exception:  # Excel is busy, or there is neither Excel nor a box of the system's
        if sys.platform == "win32":
            # The macro reads it in the system's code page, which Python may have left (UTF-8 mode).
            sys.stderr.reconfigure(encoding="mbcs", errors="replace")
        print(masking.shown_lines(text), file=sys.stderr)
        raise SystemExit(1) from None


@contextlib.contextmanager
def busy(app: "xw.App", text: str) -> "Iterator[StatusBar]":
    """A text in the status bar while something is done; Esc ends it (KeyboardInterrupt)."""
    from shikaku.excel import stopping
    from shikaku.excel.status_bar import quiet

    with quiet(app, text + stopping.HINT) as bar, stopping.watched(app):
        yield bar
