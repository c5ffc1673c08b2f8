"""Rectangles of cells of the played Excel: where they are, what of them is in sight or merged."""

import itertools
from collections.abc import Iterator

from openpyxl.utils import get_column_letter
from xlwings import base_classes


class Interrupted(Exception):
    """Excel refuses: a cell is being edited, a sheet is protected."""


class Area(base_classes.Range):
    """A rectangle of cells; nrows or ncols 0 for none at all."""

    options = None
    max_cells_per_read = None
    max_cells_per_write = 100_000
    sheet = row = column = shape = None
    arg1_input = ""

    def __init__(self, sheet, row: int, column: int, nrows: int = 1, ncols: int = 1):
        self.sheet = sheet
        self.row, self.column = row, column
        self.shape = (nrows, ncols)

    @property
    def app(self):
        return self.sheet.book.app

    @property
    def api(self):
        from xlengine.com import RangeApi  # com.py builds on cells.py, and that on this

        return RangeApi(self)

    def __len__(self):
        return self.shape[0] * self.shape[1]

    def __call__(self, *args):
        if len(args) == 1:
            row, column = divmod(args[0] - 1, self.shape[1])
        else:
            row, column = args[0] - 1, args[1] - 1
        return type(self)(self.sheet, self.row + row, self.column + column)

    @property
    def address(self):
        return self.get_address(True, True, False)

    def get_address(self, row_absolute, col_absolute, external):
        def one(row, column):
            letters = get_column_letter(column)
            return f"{'$' * col_absolute}{letters}{'$' * row_absolute}{row}"

        first = one(self.row, self.column)
        if len(self) == 1:
            return first
        last = one(self.row + self.shape[0] - 1, self.column + self.shape[1] - 1)
        return f"{first}:{last}"

    def places(self) -> Iterator[tuple[int, int]]:
        rows = range(self.row, self.row + self.shape[0])
        return itertools.product(rows, range(self.column, self.column + self.shape[1]))

    def cells(self):
        return (self.sheet.content.cell(row, column) for row, column in self.places())

    def _there(self, row, column):
        """The cell, when there is one: openpyxl's own way to ask for it makes it."""
        return self.sheet.content._cells.get((row, column))

    def _block(self, get):
        found = tuple(
            tuple(get(row, column) for column in range(self.column, self.column + self.shape[1]))
            for row in range(self.row, self.row + self.shape[0])
        )
        return found[0][0] if len(self) == 1 else found

    def _out_of_sight(self, row) -> bool:
        dimensions = self.sheet.content.row_dimensions
        return row in dimensions and bool(dimensions[row].hidden)

    def _crossed(self) -> bool:
        """Whether the range is more than one row, and some are hidden."""
        rows = range(self.row, self.row + self.shape[0])
        return len(rows) > 1 and any(map(self._out_of_sight, rows))

    def changed(self):
        """The cells that a change of their look reaches."""
        crossed = self._crossed()
        return (c for c in self.cells() if not (crossed and self._out_of_sight(c.row)))

    @property
    def merge_cells(self):
        return same(self._merged(row, column) is not None for row, column in self.places())

    @property
    def merge_area(self):
        area = self._merged(self.row, self.column)
        if area is None:
            return self
        return type(self)(
            self.sheet,
            area.min_row,
            area.min_col,
            area.max_row - area.min_row + 1,
            area.max_col - area.min_col + 1,
        )

    def _merged(self, row, column):
        return next(
            (
                area
                for area in self.sheet.content.merged_cells.ranges
                if area.min_row <= row <= area.max_row and area.min_col <= column <= area.max_col
            ),
            None,
        )

    @property
    def row_hidden(self):
        return same(map(self._out_of_sight, range(self.row, self.row + self.shape[0])))

    @row_hidden.setter
    def row_hidden(self, value):
        for row in range(self.row, self.row + self.shape[0]):
            if value or row in self.sheet.content.row_dimensions:
                self.sheet.content.row_dimensions[row].hidden = value

    def get_special_cells(self, cell_type, value_type):
        assert (cell_type, value_type) == ("visible", None)
        if self.sheet.content.protection.sheet:
            raise Interrupted("保護されたシートでは、このコマンドは使用できません。")
        widths = self.sheet.content.column_dimensions
        hidden = {letter for letter, column in widths.items() if column.hidden}
        rows = range(self.row, self.row + self.shape[0])
        columns = range(self.column, self.column + self.shape[1])
        shown = (
            _runs(row for row in rows if not self._out_of_sight(row)),
            _runs(c for c in columns if get_column_letter(c) not in hidden),
        )
        areas = [
            type(self)(self.sheet, top, left, bottom - top + 1, right - left + 1)
            for (top, bottom), (left, right) in itertools.product(*shown)
        ]
        if not areas:
            raise Interrupted("該当するセルが見つかりません。")  # a Japanese Excel's words
        return areas

    def select(self):
        if self.sheet.book.active_sheet != self.sheet.name:
            raise Interrupted("cells can be selected on the sheet in front only")
        self.app.selected = self

    @property
    def rows(self):
        return self


def _runs(numbers) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def same(values):
    found = set(values)
    return found.pop() if len(found) == 1 else None
