"""A workbook open in Excel: read and written through xlwings, never saved.

Saving is the user's: after a button the workbook has unsaved changes like after typing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from shikaku.book.excel_bar import quiet
from shikaku.book.excel_journal import Journal
from shikaku.book.excel_protection import Protection
from shikaku.book.excel_read import OpenWorkbook
from shikaku.book.excel_write import Writer
from shikaku.book.reader import read_book
from shikaku.book.session import (
    CellValue,
    cell_value,
    decision_rows,
    finding_rows,
    ledger_writes,
    marks,
    row_values,
)
from shikaku.book.tables import Book
from shikaku.errors import BookError
from shikaku.schema import schema

if TYPE_CHECKING:
    import xlwings as xw

    from shikaku.checks.catalogue import Finding
    from shikaku.decisions.people import Decision
    from shikaku.returns.ledger import LedgerPlan


class OpenBook:
    """The session of a workbook open in Excel (``session.Session``).

    Writes are collected; ``commit`` makes them with the screen still and puts everything back
    when Excel refuses in the middle. path: where the workbook is on this disk, when it is.
    state: untouched | written | torn (a refusal that Excel didn't let us take back wholly).
    """

    def __init__(self, book: "xw.Book", path: Path | None = None):
        self.target = book
        self.path = path
        self.state = "untouched"
        self._book: Book | None = None
        self._writes: list[tuple[str, Callable[[Writer], None]]] = []

    def read(self) -> Book:
        """The workbook's tables as Excel has them now. Raises BookError."""
        with quiet(self.target.app, "ブックを読んでいます…"):
            self._book = read_book(OpenWorkbook(self.target))
        self._book.path = str(self.path or self.target.name)
        self._writes.clear()
        return self._book

    def _later(self, text: str, write: Callable[[Writer], None]) -> None:
        if self._book is None:
            self.read()
        self._refuse_read_only()
        self._writes.append((text, write))

    def _refuse_read_only(self) -> None:
        with suppress(AttributeError):  # the Mac doesn't tell
            if self.target.api.ReadOnly:
                raise BookError(
                    f"「{self.target.name}」は読み取り専用で開かれています。",
                    "ほかの人が開いていないかを確かめるか、「名前を付けて保存」してください。",
                )

    def _refuse_protected(self, key: str) -> None:
        found = OpenWorkbook(self.target).find(schema().sheets[key].name)
        if found is not None:
            protection = Protection(Journal())
            protection.lift(found.sheet)
            protection.restore()

    def write_findings(self, findings: Sequence["Finding"]) -> None:
        """Fill 検証結果 and mark the cells; marks of an earlier run go, and only those."""
        rows = finding_rows(findings)
        self._later("検証結果を書いています…", lambda w: w.replace_rows("findings", rows))
        self._later("セルに印を付けています…", lambda w: w.mark(marks(self._book, findings)))

    def write_decisions(self, decisions: Sequence["Decision"]) -> None:
        """Fill 資格確認書判定."""
        rows = decision_rows(decisions)
        self._later("判定を書いています…", lambda w: w.replace_rows("decisions", rows))

    def write_ledger(self, plan: "LedgerPlan") -> None:
        """Bring 返納管理 up to date: changed cells in place, new rows at the end, none deleted."""
        changed, new = ledger_writes(plan)
        self._later("返納管理を書いています…", lambda w: w.set_cells(changed))
        self._later("返納管理を書いています…", lambda w: w.append_rows("ledger", new))

    def append_history(self, rows: Sequence[Mapping[str, CellValue]]) -> None:
        """Add rows, by schema key, at the end of 発行履歴."""
        self.append_rows("history", rows)

    def append_rows(self, sheet: str, rows: Sequence[Mapping[str, CellValue]]) -> None:
        """Add rows, by schema key, at the end of any sheet of ours. No rows: only ask whether it
        takes any, before work is done for them. Raises BookError when it doesn't."""
        values = [row_values(sheet, row) for row in rows]
        if not values:
            self._refuse_protected(sheet)
        self._later("記録を書いています…", lambda w: w.append_rows(sheet, values))

    def set_cells(self, cells: Iterable[tuple[str, int, str, CellValue]]) -> None:
        """Set single cells (sheet key, Excel row, column key, value); their look stays."""
        wanted = [
            (sheet, row, key, value if sheet == "settings" else cell_value(sheet, key, value))
            for sheet, row, key, value in cells
        ]
        self._later("セルを書き換えています…", lambda w: w.set_cells(wanted))

    def commit(self, *, keep_old: bool = True) -> None:
        """Make the writes, all or none. Raises BookError, or what Excel raises, after undoing.

        keep_old: of no account here, since nothing is saved and so nothing kept.
        """
        if not self._writes:
            return
        writer = Writer(self.target, self._book)
        app = self.target.app
        try:
            with quiet(app) as bar, still(self.target):
                try:
                    for text, write in self._writes:
                        bar.say(text)
                        write(writer)
                    writer.protection.restore()
                    if self.state != "torn":
                        self.state = "written"
                except BaseException:
                    bar.say("元に戻しています…")
                    if not writer.journal.undo():
                        self.state = "torn"
                    raise
        finally:
            self._writes.clear()
            self._book = None


@contextmanager
def still(book: "xw.Book") -> Iterator[None]:
    """Screen, events, messages and calculation held, and given back as they were; the same sheet
    and cells selected before and after."""
    app = book.app
    names = ("screen_updating", "enable_events", "display_alerts", "calculation")
    before = {name: getattr(app, name) for name in names}
    sheet, selection = book.sheets.active.name, app.selection
    try:
        for name, value in zip(names, (False, False, False, "manual"), strict=True):
            setattr(app, name, value)
        yield
    finally:
        for name in reversed(names):
            with suppress(Exception):  # the others must still be given back
                setattr(app, name, before[name])
        with suppress(Exception):
            if book.sheets.active.name != sheet:
                book.sheets[sheet].activate()
                if selection is not None:
                    selection.select()
