"""One sheet while it is changed: its table, its patch, its Excel table, the tail of its XML."""

from collections.abc import Collection, Iterable, Iterator

from shikaku.model.tables import Table
from shikaku.ooxml import sheet_tail
from shikaku.ooxml.addresses import Area
from shikaku.ooxml.cell_values import Values
from shikaku.ooxml.row_blocks import RawRow
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.ooxml.sheet_patch import SheetPatch
from shikaku.ooxml.table_part import TablePart
from shikaku.workbook import other_tables, own_rows, shown_rows
from shikaku.workbook.common_parts import SheetPart
from shikaku.workbook.own_rows import Cells, OwnRows


class EditedSheet:
    """A sheet being changed. head: None while it is the file's; next_row: the first free one below
    the table's rows; others: the tables beside ours, (name, where it stands); any_tables: whether it has Excel
    tables at all."""

    def __init__(self, sheet: SheetPart, table: Table | None, xml: SheetXml, date1904: bool):
        self.sheet = sheet
        self.has_table = table is not None
        self._table = table
        self.patch = SheetPatch(xml, date1904)
        self.tail = xml.data[slice(*xml.tail)]
        self.head: bytes | None = None
        self.excel_table: TablePart | None = None
        self.others: list[tuple[str, Area]] = []
        self.any_tables = False
        self.next_row = table.last_row + 1 if table else 0
        self._notes: set[int] | None = None

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

    def own_columns(self) -> list[int]:
        """Those of them that are filled anew and cleared with our rows."""
        return self.columns() if self.excel_table else own_rows.region(self.table)

    def notes(self, values: Values) -> set[int]:
        """The rows of the file below the headings in which somebody typed what is no result of ours."""
        if self._notes is None:  # later the table ends elsewhere, and the file's rows tell nothing
            excel, rows = self.excel_table, self.patch.rows
            own = OwnRows(self.table, self.own_columns(), has_table=excel is not None)
            top = self.table.header_row + 1
            self._notes = set()
            if own.any_notes:
                below = rows.filled_from(excel.end + 1 if excel else top, ())
                self._notes |= {n for n, cells in _decoded(below, values) if own.below(cells)}
            if own.any_notes and excel:
                upwards = rows.filled_upwards(excel.last_data_row(), top)
                self._notes |= own.notes_at_the_end(_decoded(upwards, values))
        return self._notes

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

    def show_rows(self, rows: range, but: Collection[int]) -> str:
        """Put all rows of these in sight ``but`` notes, before the filter over them is taken off; what there is
        to say of it."""
        excel, columns = self.excel_table, self.own_columns()
        hidden = self.patch.rows.hidden(rows.start, rows.stop - 1).difference(but)
        for number in hidden:
            self.patch.open_row(number, number)
        filtered = (
            excel.is_filtered
            if excel
            else sheet_tail.is_filtered(self.tail, self.patch.p, columns[0], columns[-1])
        )
        return shown_rows.message(self.sheet.name, len(hidden), filtered=filtered)

    def clear(self, top: int, columns: Collection[int], but: Collection[int] = ()) -> int:
        """Empty the cells of these columns from row ``top`` on, ``but`` those of rows that are about to be
        written whole and of notes; gives the last row that had any."""
        end = 0
        for raw in self.patch.rows.filled_from(top, but):
            for column, _, _ in raw.cells:
                if column in columns:
                    self.patch.put(raw.number, column, None)
                    end = max(end, raw.number)
        return end


def _decoded(rows: Iterable[RawRow], values: Values) -> Iterator[tuple[int, Cells]]:
    """Number and cells of rows."""
    for raw in rows:
        yield raw.number, {c: values.cell(attributes, text) for c, attributes, text in raw.cells}
