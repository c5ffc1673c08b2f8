"""A workbook as a closed file: read at part level, written so that every other part stays."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from shikaku.model.schema import schema
from shikaku.model.tables import Book, CellValue
from shikaku.ooxml.package import Package
from shikaku.ooxml.xml_bytes import BadMarkup
from shikaku.system import commits, saving
from shikaku.workbook.common_parts import Workbook
from shikaku.workbook.editor import Editor
from shikaku.workbook.origin_columns import widened
from shikaku.workbook.orphan_strings import without_orphans
from shikaku.workbook.reader import read_book
from shikaku.workbook.session import FREE, Mark, OutRow, cell_value, mark_places, row_values


def read_bytes(data: bytes, name: str) -> Book:
    """The tables of a workbook that is in memory (a decrypted one). Raises BookError.

    name: the file's name for messages.
    """
    return read_book(Workbook(Package(data, name)))


def _has_columns(book: Book, sheet: str, keys: Sequence[str]) -> bool:
    """Whether a sheet was read with all of these columns that belong to it."""
    table, spec = book.tables.get(sheet), schema().sheets[sheet]
    known = [key for key in keys if key in spec.columns or key in spec.extra]
    return table is not None and all(key in table.columns for key in known)


class ClosedBook:
    """The session of a closed file (``session.Session``).

    Writes are collected in memory; ``commit`` puts the file in the old one's place. Formulas are
    told to recalculate when the file is next opened; until then other programs see the results
    that were stored last.
    """

    def __init__(self, path: Path | str):
        self.path = Path(path)
        self._editor: Editor | None = None
        self._before = b""

    def read(self) -> Book:
        """The workbook's tables as the file has them now. Raises BookError."""
        return self._opened().book

    def _opened(self) -> Editor:
        saving.recover(self.path)
        package = Package.open(self.path)
        self._before = package.data
        return self._edited(package)

    def _edited(self, package: Package) -> Editor:
        workbook = Workbook(package)
        book = read_book(workbook)
        book.path = str(self.path)
        self._editor = Editor(workbook, book)
        return self._editor

    def add_columns(self, sheets: Sequence[str], keys: Sequence[str]) -> None:
        """Make columns (schema keys) that sheets lack, at the right of their tables, before any
        other write. Raises BookError."""
        editor = self._editor or self._opened()
        lacking = [sheet for sheet in sheets if not _has_columns(editor.book, sheet, keys)]
        if not lacking:
            return
        data = widened(editor.package.data, self.path.name, dict.fromkeys(lacking, keys))
        if data != editor.package.data:
            self._edited(Package(data, self.path.name))

    @contextmanager
    def _writing(self) -> Iterator[Editor]:
        """The editor; refuses early when the file is open elsewhere or read-only. A write that fails half way
        takes all writes since ``read`` with it, so that no half is ever committed."""
        saving.refuse_if_open(self.path)
        saving.refuse_if_read_only(self.path)
        editor = self._editor or self._opened()
        try:
            yield editor
        except BaseException as problem:
            self._editor = None
            if isinstance(problem, BadMarkup):
                raise editor.package.damaged() from None
            raise

    def replace_rows(self, sheet: str, rows: Sequence[OutRow]) -> None:
        """Fill a sheet that only we write with these rows alone."""
        with self._writing() as editor:
            editor.replace_rows(sheet, rows)

    def ask_room(self, sheet: str, count: int) -> None:
        """Whether so many rows fit into a sheet that only we write. Raises BookError when they don't."""
        with self._writing() as editor:
            editor.ask_room(sheet, count)

    def mark(self, cells: Sequence[Mark]) -> None:
        """Colour these cells; the colours of an earlier run go, and only those."""
        with self._writing() as editor:
            editor.mark(mark_places(editor.book, cells))

    def append_rows(self, sheet: str, rows: Sequence[Mapping[str, CellValue]]) -> None:
        """Add rows, by schema key, at the end of a sheet of ours."""
        values = row_values(sheet, rows, computed=True)
        with self._writing() as editor:
            editor.append_rows(sheet, values)

    def set_cells(self, cells: Iterable[tuple[str, int, str, CellValue]]) -> None:
        """Set single cells (sheet key, Excel row, column key, value); their look stays."""
        with self._writing() as editor:
            for sheet, row, key, value in cells:
                value = value if sheet in FREE else cell_value(sheet, key, value)
                editor.set_cell(sheet, row, key, value)

    def commit(self, *, keep_old: bool = True) -> None:
        """Write the file, all or nothing; without a write nothing is touched. Raises BookError.

        keep_old: the old file stays as a state to go back to; else none stays, and texts that no
        cell uses any more go from the table of strings, too.
        """
        editor = self._editor
        if editor is None:
            return
        changed, added, removed = editor.parts()
        if not keep_old:
            changed |= without_orphans(editor.workbook, changed)
        if changed or added or removed or editor.package.data != self._before:
            data = editor.package.rewritten(changed, added, removed)
            saving.save(self.path, data, self._before, keep_old=keep_old)
        for text in editor.remarks:
            commits.remark(text)
        self._editor = None
