"""One sheet while it is changed: its table, its patch, its Excel table, the tail of its XML."""

from collections.abc import Collection

from shikaku.model.tables import Table
from shikaku.ooxml.addresses import Area
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.ooxml.sheet_patch import SheetPatch
from shikaku.ooxml.table_part import TablePart
from shikaku.workbook import other_tables
from shikaku.workbook.common_parts import SheetPart


class EditedSheet:
    """A sheet being changed. head: None while it is the file's; next_row: the first free one below
    the table's rows; others: the tables beside ours, (name, where it stands)."""

    def __init__(self, sheet: SheetPart, table: Table | None, xml: SheetXml, date1904: bool):
        self.sheet = sheet
        self.has_table = table is not None
        self._table = table
        self.patch = SheetPatch(xml, date1904)
        self.tail = xml.data[slice(*xml.tail)]
        self.head: bytes | None = None
        self.excel_table: TablePart | None = None
        self.others: list[tuple[str, Area]] = []
        self.next_row = table.last_row + 1 if table else 0

    @property
    def table(self) -> Table:
        """The table of a sheet that has one: of all but 設定 and 表紙."""
        if self._table is None:
            raise ValueError(self.sheet.part)
        return self._table

    def columns(self) -> list[int]:
        """The Excel columns of the table, and those of ours beside it."""
        ours = self.table.columns.values()
        if self.excel_table:
            return sorted({*range(self.excel_table.first, self.excel_table.last + 1), *ours})
        edges = (*ours, *self.table.unknown_labels.values())
        return list(range(min(edges), max(edges) + 1))

    def refuse_others(self, last: int) -> None:
        """Raise BookError when another table stands where ours is to be down to a row."""
        rows = range(self.table.header_row, last + 1)
        other_tables.refuse_in(self.sheet.name, self.columns(), rows, self.others)

    def formulas(self) -> dict[int, str]:
        """Calculated columns of the Excel table that are the user's own: column → formula."""
        ours = set(self.table.columns.values())
        columns = self.excel_table.columns if self.excel_table else {}
        return {c: formula for c, formula in columns.items() if formula and c not in ours}

    def formula_above(self, row: int, column: int) -> str | None:
        """A column's formula as it reads in that row: the table's own, else the cell's."""
        excel = self.excel_table
        return excel and excel.columns.get(column) or self.patch.formula(row, column)

    def live(self) -> set[str]:
        """The keys of the columns that hold our formulas."""
        columns = self.table.spec.columns.items()
        return {key for key, column in columns if column.type == "formula"}

    def result_columns(self) -> set[int] | None:
        """Where our formulas stand; None where the whole sheet is one form."""
        if not self.has_table:
            return None
        places = self.table.columns
        return {places[key] for key in self.live() if key in places}

    def move_totals(self, row: int) -> None:
        """Put the Excel table's row of totals into another row."""
        if excel := self.excel_table:
            for column in range(excel.first, excel.last + 1):
                self.patch.move_cell(excel.end, column, row)

    def clear(self, top: int, columns: Collection[int], but: Collection[int] = ()) -> int:
        """Empty the cells of these columns from row ``top`` on, ``but`` those of rows that are about to be
        written whole; gives the last row that had any."""
        end = 0
        for raw in self.patch.rows.filled_from(top, but):
            for column, _, _ in raw.cells:
                if column in columns:
                    self.patch.put(raw.number, column, None)
                    end = max(end, raw.number)
            if raw.hidden:
                self.patch.open_row(raw.number, raw.number)
        return end
