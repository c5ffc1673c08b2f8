"""A workbook open in Excel: read and written through xlwings, never saved.

Saving is the user's: after a button the workbook has unsaved changes like after typing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, cast

from shikaku.excel import stopping
from shikaku.excel.native import native
from shikaku.excel.protection import Protection
from shikaku.excel.reading import OpenWorkbook
from shikaku.excel.status_bar import quiet
from shikaku.excel.undo import UndoSteps
from shikaku.excel.writing import Writer
from shikaku.model.schema import schema
from shikaku.model.tables import Book, CellValue
from shikaku.system.errors import BookError
from shikaku.workbook.reader import read_book
from shikaku.workbook.session import (
    FREE,
    Mark,
    OutRow,
    cell_value,
    column_of,
    mark_places,
    row_values,
)

if TYPE_CHECKING:
    import xlwings as xw

    from shikaku.workbook.reader import Workbook


class OpenBook:
    """The session of a workbook open in Excel (``session.Session``).

    Writes are collected; ``commit`` makes them with the screen still and puts everything back
    when Excel refuses in the middle. path: where the workbook is on this disk, when it is.
    autosave_stopped: whether Excel saved by itself before we wrote, and no more.
    state: untouched | written | torn (a refusal that Excel didn't let us take back wholly).
    """

    def __init__(self, book: "xw.Book", path: Path | None = None):
        self.target = book
        self.path = path
        self.state = "untouched"
        self.autosave_stopped = False
        self._book: Book | None = None
        self._writes: list[tuple[str, Callable[[Writer], None]]] = []
        self._wrote: set[str] = set()

    def read(self) -> Book:
        """The workbook's tables as Excel has them now. Raises BookError."""
        with quiet(self.target.app, "ブックを読んでいます…"):
            # It answers all that the reader asks of a closed file's workbook.
            book = read_book(cast("Workbook", OpenWorkbook(self.target)))
        book.path = str(self.path or self.target.name)
        self._book = book
        self._writes.clear()
        return book

    def _later(self, text: str, write: Callable[[Writer], None]) -> None:
        self._read_once()
        self._refuse_read_only()
        self._writes.append((text, write))

    def _read_once(self) -> Book:
        return self.read() if self._book is None else self._book

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
            protection = Protection(UndoSteps())
            protection.lift(found.sheet)
            protection.restore()

    def replace_rows(self, sheet: str, rows: Sequence[OutRow]) -> None:
        """Fill a sheet that only we write with these rows alone."""
        self._wrote.add(sheet)
        text = f"「{schema().sheets[sheet].name}」を書いています…"
        self._later(text, lambda w: w.replace_rows(sheet, rows))

    def mark(self, cells: Sequence[Mark]) -> None:
        """Colour these cells; the colours of an earlier run go, and only those."""
        self._later("セルに印を付けています…", lambda w: w.mark(mark_places(w.book, cells)))

    def append_rows(self, sheet: str, rows: Sequence[Mapping[str, CellValue]]) -> None:
        """Add rows, by schema key, at the end of a sheet of ours. No rows: only ask whether it
        takes any, before work is done for them. Raises BookError when it doesn't."""
        values = [row_values(sheet, row) for row in rows]
        if values:
            self._wrote.add(sheet)
        else:
            self._refuse_protected(sheet)
        self._later("記録を書いています…", lambda w: w.append_rows(sheet, values))

    def set_cells(self, cells: Iterable[tuple[str, int, str, CellValue]]) -> None:
        """Set single cells (sheet key, Excel row, column key, value); their look stays. A column
        of formulas is left to its formula."""
        wanted = [
            (sheet, row, key, value if sheet in FREE else cell_value(sheet, key, value))
            for sheet, row, key, value in cells
            if sheet in FREE or column_of(sheet, key).type != "formula"
        ]
        self._wrote.update(sheet for sheet, _, _, _ in wanted)
        self._later("セルを書き換えています…", lambda w: w.set_cells(wanted))

    def commit(self, *, keep_old: bool = True) -> None:
        """Make the writes, all or none. Raises BookError, or what Excel raises, after undoing;
        KeyboardInterrupt, also after undoing, when the user has pressed Esc.

        keep_old: of no account here, since nothing is saved and so nothing kept.
        """
        if not self._writes:
            return
        writer = Writer(self.target, self._read_once())
        app = self.target.app
        try:
            with quiet(app) as bar, stopping.shielded(), still(self.target), self._unsaved():
                try:
                    for text, write in self._writes:
                        bar.say(text + stopping.HINT)
                        stopping.check()
                        write(writer)
                    stopping.check()
                    writer.finish()
                    writer.protection.restore()
                    if self.state != "torn":
                        self.state = "written"
                    self._show()
                except BaseException:
                    bar.say("元に戻しています…")
                    if not writer.journal.undo():
                        self.state = "torn"
                    raise
        finally:
            self._writes.clear()
            self._wrote.clear()
            self._book = None

    def _show(self) -> None:
        """Let the ribbon tell what was written: the list of findings anew, or cells that the
        checks read."""
        checked = "findings" in self._wrote
        changed = any(schema().sheets[key].role != "output" for key in self._wrote)
        native().tell(self.target, "ShikakuState.Written", checked, changed, False)

    @contextmanager
    def _unsaved(self) -> Iterator[None]:
        """AutoSave (OneDrive, SharePoint) off: it would save our writes at once. It stays off when
        they are made, since saving is the user's, and comes back on when they aren't."""
        api, on = self.target.api, False
        with suppress(Exception):  # before Excel 2016 and on the Mac there is no such property
            on = api.AutoSaveOn is True
            if on:
                api.AutoSaveOn = False
        try:
            yield
        except BaseException:
            if on:
                with suppress(Exception):  # the reason is told, not this
                    api.AutoSaveOn = True
            raise
        self.autosave_stopped = self.autosave_stopped or on


@contextmanager
def still(book: "xw.Book") -> Iterator[None]:
    """Screen, events, messages, calculation and tables held, and given back as they were; the same sheet
    and cells selected before and after."""
    app = book.app
    system = native()
    tables = system.hold_tables(app)
    names = ("screen_updating", "enable_events", "display_alerts", "calculation")
    before = {name: getattr(app, name) for name in names}
    sheet, selection = book.sheets.active.name, app.selection
    try:
        for name, value in zip(names, (False, False, False, "manual"), strict=True):
            setattr(app, name, value)
        yield
    finally:
        system.free_tables(app, tables)
        for name in reversed(names):
            with suppress(Exception):  # the others must still be given back
                setattr(app, name, before[name])
        with suppress(Exception):
            if book.sheets.active.name != sheet:
                book.sheets[sheet].activate()
                if selection is not None:
                    selection.select()
