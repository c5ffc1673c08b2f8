"""A sheet of ours in a workbook open in Excel: where its rows stand, and what else stands there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shikaku.excel.note_rows import NoteRows
from shikaku.model.tables import Table
from shikaku.ooxml.addresses import LAST_ROW, Area
from shikaku.workbook import other_tables, own_rows

if TYPE_CHECKING:
    import xlwings as xw


@dataclass
class OpenSheet:
    """One sheet being written: in Excel, as read, its Excel table, where the next row goes."""

    sheet: "xw.Sheet"
    read: Table | None
    excel: "xw.main.Table | None"
    next_row: int
    others: Sequence[tuple[str, Area]] = ()  # other Excel tables, (name, where it stands)

    @classmethod
    def of(cls, sheet: "xw.Sheet", table: Table | None) -> "OpenSheet":
        """A sheet of the workbook. table: as it was read."""
        found = cls(sheet, table, None, table.last_row + 1 if table else 0)
        if table is not None:
            found.excel, found.others = _tables(sheet, table)
        return found

    @property
    def table(self) -> Table:
        """The table as read; 設定 alone has none and is never asked."""
        assert self.read is not None, self.sheet.name
        return self.read

    def columns(self) -> list[int]:
        """The Excel columns of the table, and those of ours beside it."""
        ours = self.table.columns.values()
        if self.excel:
            area = self.excel.range
            return sorted({*range(area.column, area.column + area.shape[1]), *ours})
        edges = (*ours, *self.table.unknown_labels.values())
        return list(range(min(edges), max(edges) + 1))

    def own_columns(self) -> list[int]:
        """Those of them that are filled anew and cleared with our rows."""
        return self.columns() if self.excel else own_rows.region(self.table)

    def refuse_others(self, last: int) -> None:
        """Raise BookError when another table stands where ours is to be down to a row."""
        rows = range(self.table.header_row, last + 1)
        other_tables.refuse_in(self.sheet.name, self.columns(), rows, self.others)

    def room_for(self, count: int) -> NoteRows:
        """The notes on a sheet that is to be filled anew with so many rows. Raises BookError when what somebody
        else put there is in their way."""
        self.refuse_others(LAST_ROW)
        top = self.table.header_row + 1
        there = NoteRows(self.sheet, self.table, self.excel, self.own_columns())
        own_rows.refuse_notes(self.sheet.name, range(top, top + max(count, 1)), there.notes)
        return there

    def end(self) -> int:
        """The last row of the Excel table; 0 without one."""
        area = self.excel.range if self.excel else None
        return area.row + area.shape[0] - 1 if area else 0

    def block(self, first: int, last: int, left: int, right: int) -> "xw.Range":
        """Rows first … last of columns left … right."""
        return self.sheet.range((first, left), (last, right))


def _tables(
    sheet: "xw.Sheet", table: Table
) -> tuple["xw.main.Table | None", list[tuple[str, Area]]]:
    """The Excel table that holds a table's headings, and (name, where it stands) of the sheet's others."""
    found, others = None, []
    for one in sheet.tables:
        area = one.range
        first, last = area.column, area.column + area.shape[1] - 1
        ours = any(first <= column <= last for column in table.columns.values())
        if found is None and ours and area.row == table.header_row:
            found = one
        else:
            others.append((one.name, (first, area.row, last, area.row + area.shape[0] - 1)))
    return found, others
