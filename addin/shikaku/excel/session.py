"""A workbook open in Excel: read and written through xlwings, never saved.

Saving is the user's: after a button the workbook has unsaved changes like after typing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from shikaku.excel import last_write, stopping
from shikaku.excel.host import selected_cells
from shikaku.excel.last_write import LastWrite, TakenBack
from shikaku.excel.native import native
from shikaku.excel.open_sheet import OpenSheet
from shikaku.excel.protection import Protection
from shikaku.excel.reading import OpenWorkbook
from shikaku.excel.status_bar import StatusBar, quiet
from shikaku.excel.undo import UndoSteps
from shikaku.excel.writing import Writer
from shikaku.model.schema import schema
from shikaku.model.tables import Book, CellValue
from shikaku.system import snapshots
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

    from shikaku.workbook.common_parts import Workbook


_NOT_WRITTEN = {
    "ReadOnly": (
        "読み取り専用で開かれています。",
        "ほかの人が開いていないかを確かめるか、「名前を付けて保存」してください。",
    ),
    "Final": (
        "最終版として設定されています。",
        "上の黄色い帯の「編集する」を押してから、もう一度押してください。",
    ),
    "MultiUserEditing": (
        "「共有ブック」(以前の形の共有)になっています。表や結合の変更、シートの削除ができず、"
        "書き込みを元に戻せません。",
        "「校閲」タブの「ブックの共有の解除」で共有をやめてから、もう一度押してください"
        "(OneDriveやSharePointでの共同編集は、そのまま使えます)。",
    ),
}
"""What Excel says of a workbook that takes no write, or none that could be taken back, and the way
out. In a legacy shared workbook most of what we do, and undo, is forbidden (Microsoft, "Features that
are unavailable in shared workbooks")."""


class OpenBook:
    """The session of a workbook open in Excel (``session.Session``).

    Writes are collected; ``commit`` makes them with the screen still and puts everything back
    when Excel refuses in the middle. path: where the workbook is on this disk, when it is.
    autosave_stopped: whether Excel saved by itself before we wrote, and no more.
    state: untouched | written | torn (a refusal that Excel didn't let us take back wholly).
    remarks: what there is to say beside the result of what was written.
    step: what the write is called where it can be taken back later, "" where it can't.
    """

    def __init__(self, book: "xw.Book", path: Path | None = None, step: str = ""):
        self.target = book
        self.path = path
        self.step = step
        self.state = "untouched"
        self.autosave_stopped = False
        self.remarks: list[str] = []
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
        for fact, (message, hint) in _NOT_WRITTEN.items():
            if native().is_marked(self.target, fact):
                raise BookError(f"「{self.target.name}」は{message}", hint)

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

    def ask_room(self, sheet: str, count: int) -> None:
        """Whether so many rows fit into a sheet that only we write. Raises BookError when they don't."""
        table = self._read_once().tables.get(sheet)
        found = OpenWorkbook(self.target).find(schema().sheets[sheet].name)
        if found is not None and table is not None and table.columns:
            OpenSheet.of(found.sheet, table).room_for(count)

    def mark(self, cells: Sequence[Mark]) -> None:
        """Colour these cells; the colours of an earlier run go, and only those."""
        self._later("セルに印を付けています…", lambda w: w.mark(mark_places(w.book, cells)))

    def append_rows(self, sheet: str, rows: Sequence[Mapping[str, CellValue]]) -> None:
        """Add rows, by schema key, at the end of a sheet of ours. No rows: only ask whether it
        takes any, before work is done for them. Raises BookError when it doesn't."""
        values = row_values(sheet, rows)
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

        def make(bar: StatusBar) -> None:
            for text, write in self._writes:
                bar.say(text + stopping.HINT)
                stopping.check()
                write(writer)
            stopping.check()
            writer.finish()
            writer.protection.restore()

        try:
            self._whole(make, writer.journal)
            self.remarks += writer.remarks
            self._show(self._keep_step(writer))
        finally:
            self._writes.clear()
            self._wrote.clear()
            self._book = None

    def take_back(self, write: LastWrite) -> TakenBack:
        """Take the last write back, all or nothing of what can be. Raises like ``commit``."""
        self._refuse_read_only()
        steps, taken = UndoSteps(), [TakenBack()]

        def make(bar: StatusBar) -> None:
            bar.say("元に戻しています…")
            taken[0] = last_write.take_back(write, self.target, steps)

        self._whole(make, steps)
        self._book = None
        with suppress(OSError):  # it would be found to fit nothing any more
            snapshots.forget_step(self._place)
        native().tell(self.target, "ShikakuState.Written", False, True, False)
        return taken[0]

    def last_write(self) -> LastWrite | None:
        """The last write, when it was ours and the workbook was not saved since."""
        try:
            data = snapshots.step(self._place)
            found = LastWrite.of_bytes(data) if data else None
        except (OSError, ValueError):
            return None
        return found if found and found.saved == self._on_disk() else None

    def _whole(self, make: Callable[[StatusBar], None], steps: UndoSteps) -> None:
        """Make changes with Excel still, all or none."""
        with (
            quiet(self.target.app) as bar,
            stopping.shielded(),
            still(self.target),
            self._unsaved(),
        ):
            try:
                make(bar)
                if self.state != "torn":
                    self.state = "written"
            except BaseException:
                bar.say("元に戻しています…")
                if not steps.undo():
                    self.state = "torn"
                raise

    @property
    def _place(self) -> Path:
        return self.path or Path(self.target.name)

    def _on_disk(self) -> str:
        """The file's state, which every save changes; "" without a file."""
        try:
            found = self._place.stat()
        except OSError:
            return ""
        return f"{found.st_mtime_ns} {found.st_size}"

    def _keep_step(self, writer: Writer) -> bool:
        """Keep how to take the write back; whether there is something that could go back."""
        try:
            if self.step:
                book = self._read_once()
                write = last_write.of_steps(
                    self.step, self._on_disk(), writer.journal, self.target, book
                )
                if write.anything:
                    snapshots.keep_step(self._place, write.as_bytes())
                    return True
            snapshots.forget_step(self._place)
        except Exception:  # the write is done: what fails here costs the way back alone
            with suppress(OSError):
                snapshots.forget_step(self._place)
        return False

    def _show(self, can_undo: bool) -> None:
        """Let the ribbon tell what was written: the list of findings anew, or cells that the
        checks read; and whether it can be taken back."""
        checked = "findings" in self._wrote
        changed = any(schema().sheets[key].role != "output" for key in self._wrote)
        native().tell(self.target, "ShikakuState.Written", checked, changed, can_undo)

    @contextmanager
    def _unsaved(self) -> Iterator[None]:
        """AutoSave (OneDrive, SharePoint) off: it would save our writes at once. It stays off when
        they are made, since saving is the user's, and comes back on when they aren't."""
        api = self.target.api
        on = _autosaves(api)
        if on:
            with suppress(Exception):  # asked again, and reported, below
                api.AutoSaveOn = False
            if _autosaves(api):
                raise BookError(
                    "ブックの「自動保存」がオンで、オフにできません。書き込むと、すぐに保存されてしまいます。",
                    "Excelの左上の「自動保存」をオフにしてから、もう一度押してください。",
                )
        try:
            yield
        except BaseException:
            if on:
                with suppress(Exception):  # the reason is reported, not this
                    api.AutoSaveOn = True
            raise
        self.autosave_stopped = self.autosave_stopped or on


def _autosaves(api: Any) -> bool:
    """Whether Excel saves by itself; before Excel 2016 and on the Mac there is no such property."""
    try:
        return api.AutoSaveOn is True
    except Exception:  # each system has an error of its own for that
        return False


@contextmanager
def still(book: "xw.Book") -> Iterator[None]:
    """Screen, events, messages, calculation and tables held, and given back as they were; the same sheet
    and cells selected before and after."""
    app = book.app
    system = native()
    tables = system.hold_tables(app)
    names = ("screen_updating", "enable_events", "display_alerts", "calculation")
    before = {name: getattr(app, name) for name in names}
    sheet, selection = book.sheets.active.name, selected_cells(app)
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
