"""New rows at the end of a table, which look and calculate as the one above them."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from operator import itemgetter

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


_Content = tuple[bool, CellValue, object]
"""Of a cell: whether the column's formula stands in it, the value (the formula's last result), and what tells this
from an equal one that is written otherwise."""


class AppendedRows:
    """Writes rows below the last one. Those that the sheet doesn't have are written whole, but for formulas that
    speak of other rows: a run of letters leaves thousands of them in 発行履歴, ``collect`` in the filings."""

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
        there = self._sheet.patch.rows
        alike = all(column in self._steady for column, f in self._formulas.items() if f)

        def is_whole(item: tuple[int, Row]) -> bool:
            return alike and item[0] not in there and item[0] != self._above

        for whole, some in groupby(rows.items(), key=is_whole):
            if whole:
                self._put_whole(dict(some))
                continue
            for number, row in some:
                self._put_cells(number, row)

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
        contents = [[self._content(column, row) for row in rows.values()] for column in columns]
        styles = self._styles(contents)
        cells = []
        for column, style, own, between in zip(columns, styles, contents, behind, strict=True):
            made = self._made(column, style, set(own), between)
            cells.append(map(made.__getitem__, own))
        opening = patch.cell_opening(columns[0])
        for number, pieces in zip(rows, zip(*cells, strict=True), strict=True):
            patch.put_like(number, self._above, RowCells([opening, *pieces], columns[-1]))

    def _content(self, column: int, row: Row) -> _Content:
        """What a row gets in a column."""
        name = self._keys.get(column, "")
        value = row.get(name)
        computed = name in self._live or name not in row
        if computed and not self._formulas[column]:
            value = None
        # True is no 1, and -0.0 is written otherwise than 0.0
        told_by = repr(value) if isinstance(value, float) else type(value)
        return computed and bool(self._formulas[column]), value, told_by

    def _styles(self, contents: Sequence[Sequence[_Content]]) -> list[int]:
        """The looks of the columns. Those that days need are made in the order in which one cell after the
        other would ask for them."""
        styles = [self._look(self._sheet, 0, self._above, column) for column in self._columns]
        days = [
            (at, column, style, value)
            for column, style, own in zip(self._columns, styles, contents, strict=True)
            for at, value in islice(_days(own), 1)
        ]
        for _, column, style, day in sorted(days, key=itemgetter(0, 1)):
            self._written(self._sheet, column, day, style)
        return styles

    def _made(
        self, column: int, style: int, contents: Iterable[_Content], behind: bytes
    ) -> dict[_Content, bytes]:
        """The cells with these contents. behind: what stands between a cell and the number in the next one's
        address, or the row's end."""
        patch, formula = self._sheet.patch, self._formulas[column]
        together: dict[int, list[tuple[_Content, CellValue]]] = {}
        made: dict[_Content, bytes] = {}
        for content in contents:
            if content[0] and formula:
                made[content] = patch.formula_behind_address(formula, content[1], style) + behind
                continue
            value, own = self._written(self._sheet, column, content[1], style)
            together.setdefault(own, []).append((content, value))
        for own, same in together.items():
            cells = patch.behind_addresses([value for _, value in same], own, behind)
            made |= zip((content for content, _ in same), cells, strict=True)
        return made


def _days(contents: Iterable[_Content]) -> Iterator[tuple[int, CellValue]]:
    """Where a day is to stand, and the day."""
    for at, (computed, value, _) in enumerate(contents):
        if isinstance(value, dt.date) and not computed:
            yield at, value


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
