"""Rows of ours below what a sheet has, all like one row: most of their cells are in the rows before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shikaku.model.tables import CellValue
from shikaku.ooxml.row_xml import NewCell
from shikaku.workbook.edited_sheet import EditedSheet
from shikaku.workbook.session import OutRow

MakeCell = Callable[[int, CellValue, bool], tuple[NewCell, float]]
"""Column, value and whether it carries a link → the cell, and the points that it needs (0: no more than
usual)."""


@dataclass(frozen=True, slots=True)
class _KnownCell:
    """A cell of new rows. kind: of its value."""

    kind: type
    cell: NewCell
    height: float


@dataclass(frozen=True, slots=True)
class _KnownColumn:
    """A column of new rows, and the cells that it has had. linked: whether they carry a link."""

    name: str
    column: int
    linked: bool
    cells: dict[CellValue, _KnownCell]


class NewRows:
    """Writes rows that aren't there yet."""

    def __init__(
        self, sheet: EditedSheet, like: int, linked: Mapping[str, int], make: MakeCell
    ) -> None:
        """like: the row that they look like; linked: the columns of a row's link."""
        self._patch, self._like, self._make = sheet.patch, like, make
        columns = sorted((column, name) for name, column in sheet.table.columns.items())
        self._without, self._with = (
            [_KnownColumn(name, column, link and name in linked, {}) for column, name in columns]
            for link in (False, True)
        )

    def put(self, number: int, row: OutRow) -> None:
        """Write a row, as high as its texts need."""
        cells, height = [], 0.0
        get = row.values.get
        for known in self._with if row.link else self._without:
            value = get(known.name)
            found = known.cells.get(value)
            if found is None or found.kind is not type(value):  # True is 1, and 1.0
                made = self._make(known.column, value, known.linked)
                found = known.cells[value] = _KnownCell(type(value), *made)
            cells.append(found.cell)
            if found.height > height:
                height = found.height
        self._patch.put_new(number, self._like, cells, height or None)
