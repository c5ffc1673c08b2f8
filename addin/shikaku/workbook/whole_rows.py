"""Rows of ours that are written whole, since most of their cells are in other rows, too: those that
aren't there yet, and those there that hold nothing but our cells."""

from collections.abc import Callable
from dataclasses import dataclass

from shikaku.model.tables import CellValue
from shikaku.ooxml.row_shapes import RowShape
from shikaku.ooxml.row_xml import NewCell
from shikaku.workbook.edited_sheet import EditedSheet
from shikaku.workbook.session import OutRow

Look = Callable[[int, int], int]
"""Column and the style that a cell has (0: none) → the style that it gets."""

MakeCell = Callable[[int, CellValue, int, bool], tuple[NewCell, float]]
"""Column, value, style and whether it carries a link → the cell, and the points that it needs (0: no more
than usual)."""


_KnownCell = tuple[type, NewCell, float]
"""The type of a value, its cell, and the points that it needs."""


@dataclass(frozen=True, slots=True)
class _KnownColumn:
    """A column of rows that look alike, and the cells that it has had. linked: whether they carry a
    link."""

    name: str
    column: int
    style: int
    linked: bool
    cells: dict[CellValue, _KnownCell]


Looks = tuple[tuple[int, int], ...]
"""(column, style) of the cells that a row has before it is written."""


class WholeRows:
    """Writes rows below the first one, which they are like.

    there: the rows of the file that can be written whole, and how they are filled.
    """

    def __init__(
        self, sheet: EditedSheet, top: int, linked: set[str], look: Look, make: MakeCell
    ) -> None:
        """top: the first row, written before any other; linked: the columns of a row's link."""
        self._patch, self._top, self._linked = sheet.patch, top, linked
        self._look, self._make = look, make
        self._columns = sorted((column, name) for name, column in sheet.table.columns.items())
        self._known: dict[tuple[Looks, bool], list[_KnownColumn]] = {}
        self.there: dict[int, RowShape] = {}

    def find(self, count: int) -> None:
        """Look which of so many rows can be written whole: they have cells of ours alone, and the sheet no
        formula that others of its cells may share."""
        patch, ours = self._patch, {column for column, _ in self._columns}
        if patch.has_formulas():
            return
        for number in range(self._top + 1, self._top + count):
            shape = patch.rows.shape(number)
            if shape is None or not shape.columns <= ours:
                continue
            if len(shape.columns) == len(ours) or not patch.rows.has_spans(number):
                self.there[number] = shape

    def put(self, number: int, row: OutRow) -> bool:
        """Write a row, as high as its texts need; False where it is there and holds something else."""
        shape = self.there.get(number)
        if shape is None and number in self._patch.rows:
            return False
        cells, height = self._cells(row, shape.styles if shape else ())
        if shape is None:
            self._patch.put_new(number, self._top, cells, height)
        else:
            self._patch.put_over(number, cells, height)
        return True

    def _cells(self, row: OutRow, looks: Looks) -> tuple[list[NewCell], float | None]:
        """A row's cells from the left, and its height (None: the usual one)."""
        linked = row.link is not None
        known = self._known.get((looks, linked)) or self._alike(looks, linked)
        cells, height = [], 0.0
        get = row.values.get
        for one in known:
            value = get(one.name)
            found = one.cells.get(value)
            if found is None or found[0] is not type(value):  # True is 1, and 1.0
                made = self._make(one.column, value, one.style, one.linked)
                found = one.cells[value] = (type(value), *made)
            _, cell, points = found
            cells.append(cell)
            if points > height:
                height = points
        return cells, height or None

    def _alike(self, looks: Looks, linked: bool) -> list[_KnownColumn]:
        """The columns of rows with these looks."""
        styles = dict(looks)
        found = self._known[looks, linked] = [
            _KnownColumn(
                name,
                column,
                self._look(column, styles.get(column, 0)),
                linked and name in self._linked,
                {},
            )
            for column, name in self._columns
        ]
        return found
