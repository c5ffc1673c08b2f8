"""New rows at the end of a table, which look and calculate as the one above them."""

from collections.abc import Callable, Iterable, Mapping

from shikaku.model.tables import CellValue
from shikaku.ooxml.formula_shift import moved_down
from shikaku.ooxml.row_xml import RowCells
from shikaku.workbook.edited_sheet import EditedSheet

Row = Mapping[str, CellValue]

StyleFor = Callable[[EditedSheet, int, int, int], int]
"""Sheet, row, row above, column → the style of a cell to write."""

Look = Callable[[EditedSheet, int, int, int], int]
"""Sheet, style of a cell (0: it isn't there), row above, column → likewise."""

Written = Callable[[EditedSheet, int, CellValue, int], tuple[CellValue, int]]
"""Sheet, column, value and style → the last two as they go into a cell."""


class AppendedRows:
    """Writes rows below the last one. Where nothing is calculated they are written whole: a run of letters leaves
    thousands of them in 発行履歴."""

    def __init__(
        self, sheet: EditedSheet, above: int, style_for: StyleFor, look: Look, written: Written
    ) -> None:
        self._sheet, self._above = sheet, above
        self._style_for, self._look, self._written = style_for, look, written
        self._columns = sheet.columns()
        self._keys = {column: name for name, column in sheet.table.columns.items()}
        self._live = sheet.live()
        self._formulas = {c: sheet.formula_above(above, c) for c in self._columns}
        # Those of a table speak of "this row": the same text in every row, and long.
        self._steady = {c for c, f in self._formulas.items() if f and moved_down(f, 1) == f}

    def repeated_formulas(self) -> Iterable[str | None]:
        """The formulas that each row gets as they stand."""
        return map(self._formulas.get, self._steady)

    def put(self, rows: Mapping[int, Row]) -> None:
        """Write rows, by Excel row."""
        whole: dict[int, Row] = {}
        if not self._live and not any(self._formulas.values()):
            there = self._sheet.patch.rows
            whole = {n: row for n, row in rows.items() if n not in there and n != self._above}
        for number, row in rows.items():
            if number not in whole:
                self._put_cells(number, row)
        if whole:
            self._put_whole(whole)

    def _put_cells(self, number: int, row: Row) -> None:
        sheet, patch = self._sheet, self._sheet.patch
        patch.open_row(number, self._above)
        for column in self._columns:
            name = self._keys.get(column, "")
            style = self._style_for(sheet, number, self._above, column)
            if name in row and name not in self._live:
                patch.put(number, column, *self._written(sheet, column, row[name], style))
                continue
            formula = self._formulas[column]
            if (
                not name and not formula
            ):  # a column that isn't ours: what stands there isn't, either
                patch.restyle(number, column, style)
                continue
            if formula and column not in self._steady:
                formula = moved_down(formula, number - self._above)
            stored = row.get(name) if name in self._live else None
            _calculate(sheet, (number, column), formula, stored, style)

    def _put_whole(self, rows: Mapping[int, Row]) -> None:
        """Write rows that the sheet doesn't have, column by column."""
        patch, columns = self._sheet.patch, self._columns
        behind = [*(patch.cell_opening(column) for column in columns[1:]), patch.row_closing()]
        cells = []
        for column, between in zip(columns, behind, strict=True):
            values = [row.get(self._keys.get(column, "")) for row in rows.values()]
            made = self._made(column, {(type(v), v) for v in values})
            cells.append([made[type(v), v] + between for v in values])
        opening = patch.cell_opening(columns[0])
        for number, own in zip(rows, zip(*cells, strict=True), strict=True):
            patch.put_like(number, self._above, RowCells([opening, *own], columns[-1]))

    def _made(
        self, column: int, values: Iterable[tuple[type, CellValue]]
    ) -> dict[tuple[type, CellValue], bytes]:
        """The cells with these values, each with its type: True is no 1."""
        style = self._look(self._sheet, 0, self._above, column)
        together: dict[int, list[tuple[tuple[type, CellValue], CellValue]]] = {}
        for key in values:
            value, own = self._written(self._sheet, column, key[1], style)
            together.setdefault(own, []).append((key, value))
        made: dict[tuple[type, CellValue], bytes] = {}
        for own, same in together.items():
            cells = self._sheet.patch.behind_addresses([value for _, value in same], own)
            made |= zip((key for key, _ in same), cells, strict=True)
        return made


def _calculate(
    sheet: EditedSheet, place: tuple[int, int], formula: str | None, stored: CellValue, style: int
) -> None:
    """Give a cell (row, column) that nobody fills its formula and result; one that has its formula, the result."""
    if sheet.patch.put_cached(*place, stored):
        return
    if formula:
        sheet.patch.put_formula(*place, formula, stored, style)
    else:
        sheet.patch.put(*place, None, style)
