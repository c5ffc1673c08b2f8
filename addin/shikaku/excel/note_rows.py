"""The rows of a sheet open in Excel in which somebody typed what is no result of ours (``own_rows``)."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from shikaku.excel.native import native
from shikaku.excel.reading import extent_of, rows_in
from shikaku.model.tables import Table
from shikaku.workbook.own_rows import Cells, OwnRows

if TYPE_CHECKING:
    import xlwings as xw

_AT_ONCE = 50
"""Rows of the table's end that are read together: nearly always the last one is ours."""


class NoteRows:
    """The notes on a sheet, found before anything is changed on it. notes: their rows, below the headings;
    last_own: the last row that is ours to clear, that of our Excel table where there is one."""

    def __init__(
        self,
        sheet: "xw.Sheet",
        table: Table,
        excel: "xw.main.Table | None",
        columns: Sequence[int],
    ) -> None:
        """columns: those that we fill and clear; excel: our Excel table."""
        self._sheet, self._excel, self._columns = sheet, excel, columns
        self._top = table.header_row + 1
        self._own = OwnRows(table, columns, has_table=excel is not None)
        self._date1904 = native().date1904(sheet.book)
        self.last_own = self._top
        self.notes = self._find()

    def _find(self) -> set[int]:
        first, _, nrows, _ = extent_of(self._sheet, any_number=True)
        last = first + nrows - 1
        if self._excel is None:
            rows = [(n, self._own.below(cells)) for n, cells in self._rows(self._top, last)]
            self.last_own = max((n for n, note in rows if not note), default=self._top)
            return {n for n, note in rows if note}
        area = self._excel.range
        self.last_own = area.row + area.shape[0] - 1
        totals = int(bool(self._excel.show_totals))
        found = self._own.notes_at_the_end(self._upwards(self.last_own - totals))
        below = self._rows(self.last_own + 1, last)
        return found | {number for number, cells in below if self._own.below(cells)}

    def _upwards(self, last: int) -> Iterator[tuple[int, Cells]]:
        while last >= self._top:
            first = max(self._top, last - _AT_ONCE + 1)
            yield from reversed([*self._rows(first, last)])
            last = first - 1

    def _rows(self, first: int, last: int) -> Iterator[tuple[int, Cells]]:
        """Number and cells of the rows with content from one to another."""
        if last < first:
            return
        left, right = self._columns[0], self._columns[-1]
        extent = (first, left, last - first + 1, right - left + 1)
        for row in rows_in(self._sheet, extent, self._date1904):
            yield row.number, dict(row.packed)
