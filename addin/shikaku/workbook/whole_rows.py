"""Rows of ours that are written whole, since most of their cells are in other rows, too: those that
aren't there yet, and those there that hold nothing but our cells."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import compress, takewhile
from operator import getitem

from shikaku.model.tables import CellValue
from shikaku.ooxml.row_shapes import RowShape
from shikaku.ooxml.row_xml import RowCells, RowSeries
from shikaku.system.masking import Shown
from shikaku.workbook.edited_sheet import EditedSheet
from shikaku.workbook.session import OutRow

Look = Callable[[int, int], int]
"""Column and the style that a cell has (0: none) → the style that it gets."""

MakeCells = Callable[
    [int, Sequence[CellValue], int, bool, bytes], tuple[Sequence[bytes], Sequence[float]]
]
"""Column, values of one type, style, whether they carry a link and what stands behind them → the cells from the end of
their address on, and the points that each needs (0: no more than usual; none: none of them does)."""

_TOLD_APART = frozenset((str, Shown, int, type(None)))
"""Types of which no value is equal to one of another type that is written otherwise, as True is to 1."""

_AT_ONCE = 500
"""Cells of a column that are made together: one of them that needs a closer look costs the others little."""

_FEW, _MANY = 2, 1024
"""So many rows are compared with the file's, or written, at once: more each time that all go the same way."""

_MOST_LOOKS = 8
"""Of so many looks the cells of all rows are made before the first is written."""


class _ColumnCells(dict[CellValue, bytes]):
    """The cells that a column has in rows that look alike, by value: from the end of their address to the
    number in the next one's. points: of the values that need more than the usual height."""

    def __init__(
        self, make: Callable[[Sequence[CellValue]], tuple[Sequence[bytes], Sequence[float]]]
    ) -> None:
        """make: makes cells up to the number in the next cell's address, or the row's end."""
        self._make = make
        self.points: dict[CellValue, float] = {}

    def __missing__(self, value: CellValue) -> bytes:
        self.learn([value])
        return self[value]

    def learn(self, values: Sequence[CellValue]) -> None:
        """Make the cells with these values, all of one type."""
        cells, points = self._make(values)
        self.update(zip(values, cells, strict=True))
        if any(points):
            self.points.update(compress(zip(values, points, strict=True), points))


class _Alike:
    """Rows that look alike and carry a link or don't: their columns from the left."""

    def __init__(
        self, columns: Mapping[str, int], opening: bytes, cells: Sequence[_ColumnCells]
    ) -> None:
        """columns: from the left; opening: of the first cell, up to the number in its address."""
        self._names, self._last = list(columns), max(columns.values())
        self._opening, self._cells = opening, cells

    def learn(self, columns: Iterable[Iterable[CellValue]]) -> None:
        """Make the cells of rows. columns: their values, from the left."""
        for column, cells in zip(columns, self._cells, strict=True):
            values = set(column)
            for kind in _TOLD_APART.intersection(map(type, values)):
                alike = [value for value in values if type(value) is kind]
                for at in range(0, len(alike), _AT_ONCE):
                    cells.learn(alike[at : at + _AT_ONCE])

    def row(self, row: OutRow) -> tuple[RowCells, float | None] | None:
        """A row's cells, and its height (None: the usual one). None for values that aren't told apart."""
        values = list(map(row.values.get, self._names))
        if not _TOLD_APART.issuperset(map(type, values)):
            return None
        pieces = [self._opening, *map(getitem, self._cells, values)]
        high = [
            cells.points.get(value, 0.0)
            for cells, value in zip(self._cells, values, strict=True)
            if cells.points
        ]
        return RowCells(pieces, self._last), max(high, default=0.0) or None

    def rows(self, columns: Sequence[Sequence[CellValue]]) -> RowSeries | None:
        """Many rows at once, by their columns; None where one of them has values that aren't told apart."""
        pieces: list[Sequence[bytes]] = []
        high: list[Iterable[float]] = []
        for values, cells in zip(columns, self._cells, strict=True):
            if not _TOLD_APART.issuperset(map(type, values)):
                return None
            pieces.append([*map(cells.__getitem__, values)])
            if cells.points:
                high.append([cells.points.get(value, 0.0) for value in values])
        points: list[float | None] = [None] * len(columns[0])
        if high:
            points = [max(one) or None for one in zip(*high, strict=True)]
        return RowSeries(self._opening, pieces, points, self._last)


Looks = tuple[tuple[int, int], ...]
"""(column, style) of the cells that a row has before it is written."""


class WholeRows:
    """Writes rows below the first one, which they are like.

    there: the rows of the file that can be written whole, and how they are filled; standing: those that
    are already as they would be written.
    """

    def __init__(
        self,
        sheet: EditedSheet,
        rows: Sequence[OutRow],
        top: int,
        linked: Mapping[str, int],
        look: Look,
        make: MakeCells,
    ) -> None:
        """rows: all that are to be written, from row ``top`` on; linked: the columns of a row's link."""
        self._patch, self._rows, self._top, self._linked = sheet.patch, rows, top, linked
        self._look, self._make = look, make
        self._columns = sorted((column, name) for name, column in sheet.table.columns.items())
        self._known: dict[tuple[Looks, bool], _Alike] = {}
        self._ahead = _FEW
        self.there: dict[int, RowShape] = {}
        self.standing: set[int] = set()

    @cached_property
    def _links(self) -> list[bool]:
        """Of each row whether it carries a link."""
        return [row.link is not None for row in self._rows]

    @cached_property
    def _values(self) -> list[list[CellValue]]:
        """The rows' values by column, from the left."""
        return [[row.values.get(name) for row in self._rows] for _, name in self._columns]

    def find(self) -> None:
        """Look which of the rows below the first can be written whole: they have cells of ours alone, and
        the sheet no formula that others of its cells may share."""
        patch, ours = self._patch, {column for column, _ in self._columns}
        if patch.has_formulas():
            return
        looks: Looks = ()  # of a row that stands: the next one will look so, too
        at, ahead = 1, _FEW
        while at < len(self._rows):
            if looks:
                count, wanted = self._standing_from(at, ahead, looks)
                at += count
                if count == wanted:
                    ahead = min(ahead * 2, _MANY)
                    continue
                ahead = _FEW
            looks = self._look_at(self._top + at, self._rows[at], ours)
            at += 1

    def _look_at(self, number: int, row: OutRow, ours: set[int]) -> Looks:
        """Look whether one row can be written whole. How it looks, if it stands as it would be written."""
        rows = self._patch.rows
        shape = rows.shape(number)
        if shape is None or not shape.columns <= ours:
            return ()
        if len(shape.columns) < len(ours):
            if not rows.has_spans(number):
                self.there[number] = shape
            return ()
        self.there[number] = shape
        stands = all(style for _, style in shape.styles) and self._stands(number, row, shape.styles)
        return shape.styles if stands else ()

    def _standing_from(self, at: int, most: int, looks: Looks) -> tuple[int, int]:
        """How many of the next rows look so and are there as they would be written, and of how many: with a link
        all or without."""
        linked = self._links[at]
        end = at + sum(1 for _ in takewhile(linked.__eq__, self._links[at : at + most]))
        written = self._alike(looks, linked).rows([column[at:end] for column in self._values])
        count = self._patch.standing(self._top + at, written) if written else 0
        self.standing.update(range(self._top + at, self._top + at + count))
        return count, end - at

    def _stands(self, number: int, row: OutRow, looks: Looks) -> bool:
        """Whether a row that looks so is there as it would be written. looks: without a cell that takes
        after the first row, which isn't written yet."""
        written = self._alike(looks, row.link is not None).row(row)
        if written is None or not self._patch.stands(number, *written):
            return False
        self.there.pop(number, None)
        self.standing.add(number)
        return True

    def last_filled(self) -> int:
        """The last of the rows of the file that has anything in it."""
        filled = (number for number, shape in self.there.items() if shape.filled)
        return max(*filled, *self.standing, 0, 0)

    def put_from(self, number: int) -> int:
        """Write the row that belongs here, and some of those below it, as high as their texts need; how many. 0 where
        it is there and holds something else."""
        if number in self.standing:
            rows = range(number, self._top + len(self._rows))
            return sum(1 for _ in takewhile(self.standing.__contains__, rows))
        return self._put_new(number) or self._put(number, self._rows[number - self._top])

    def _put_new(self, number: int) -> int:
        """Write the rows from this one on that the sheet hasn't, with a link all or without; how many."""
        at = number - self._top
        missing = self._patch.rows.missing_from(number, self._ahead)
        links = self._links[at : at + missing]
        count = sum(1 for _ in takewhile(lambda link: link is links[0], links))
        written = None
        if count >= _FEW:
            columns = [column[at : at + count] for column in self._values]
            written = self._alike((), links[0]).rows(columns)
        whole = written is not None and count == self._ahead
        self._ahead = min(self._ahead * 2, _MANY) if whole else _FEW
        if written is None:
            return 0
        self._patch.put_series(number, self._top, written)
        return count

    def _put(self, number: int, row: OutRow) -> bool:
        shape = self.there.get(number)
        if shape is None and number in self._patch.rows:
            return False
        written = self._alike(shape.styles if shape else (), row.link is not None).row(row)
        if written is None:
            return False
        if shape is None:
            self._patch.put_new(number, self._top, *written)
        else:
            self._patch.put_over(number, *written)
        return True

    def _alike(self, looks: Looks, linked: bool) -> _Alike:
        """The rows with these looks."""
        if (looks, linked) not in self._known:
            self._known[looks, linked] = alike = self._new(looks, linked)
            if len(self._known) <= _MOST_LOOKS:
                mine = [link is linked for link in self._links]
                alike.learn(compress(column, mine) for column in self._values)
        return self._known[looks, linked]

    def _new(self, looks: Looks, linked: bool) -> _Alike:
        styles, patch = dict(looks), self._patch
        behind = [patch.cell_opening(column) for column, _ in self._columns[1:]]
        cells = [
            self._cells(column, styles.get(column, 0), linked and name in self._linked, between)
            for (column, name), between in zip(
                self._columns, [*behind, patch.row_closing()], strict=True
            )
        ]
        opening = patch.cell_opening(self._columns[0][0])
        return _Alike({name: column for column, name in self._columns}, opening, cells)

    def _cells(self, column: int, style: int, linked: bool, behind: bytes) -> _ColumnCells:
        look = self._look(column, style)
        return _ColumnCells(lambda values: self._make(column, values, look, linked, behind))
