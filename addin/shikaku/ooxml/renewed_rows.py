"""Rows of a sheet written whole, behind its others or in the place of one that looks alike."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat

from shikaku.ooxml.addresses import column_letters
from shikaku.ooxml.row_shapes import RowShapes
from shikaku.ooxml.row_xml import RowCells, RowSeries, new_tag
from shikaku.ooxml.sheet_data import SheetXml


class RenewedRows:
    """Keeps the new rows, in pieces that thousands of them have in common: a row with its formulas has twelve
    thousand bytes. Those that the file has just so are only counted."""

    def __init__(self, xml: SheetXml, spans: Mapping[int, Sequence[int]]) -> None:
        """spans: of each row where it starts, its start tag ends, it ends."""
        self._p = xml.p
        self.shapes = RowShapes(xml, spans)
        self._rows: dict[int, tuple[tuple[bytes, bytes], RowCells]] = {}  # each with its tag
        self.same = (0, 0)  # the last row and column of those that the file has just so

    def __contains__(self, row: int) -> bool:
        return row in self._rows

    def __iter__(self) -> Iterator[int]:
        """The new rows."""
        return iter(self._rows)

    def put_new(self, row: int, kept: bytes, cells: RowCells, points: float | None) -> None:
        """Make a row that isn't there yet. kept: what its start tag takes over (``row_xml.kept_of``).
        points: a height of its own, None for the sheet's usual one."""
        self._rows[row] = new_tag(self._p, kept, points), cells

    def put_series(self, top: int, kept: bytes, rows: RowSeries) -> None:
        """``put_new`` for many rows one below the other, from this one on."""
        tags = {height: new_tag(self._p, kept, height) for height in set(rows.points)}
        pieces = zip(repeat(rows.opening), *rows.columns, strict=False)
        cells = map(RowCells, pieces, repeat(rows.last))
        made = zip(map(tags.__getitem__, rows.points), cells, strict=True)
        self._rows.update(enumerate(made, top))

    def put_like(self, row: int, kept: bytes, cells: RowCells) -> None:
        """Make a row that isn't there yet, as high as the one that its tag takes after."""
        self._rows[row] = (b'<%srow r="' % self._p, b'"%s>' % kept), cells

    def put_over(self, row: int, cells: RowCells, points: float | None) -> None:
        """Write a row anew that has a shape, in the place of all its cells, with its style."""
        if not self.stands(row, cells, points):
            self._rows[row] = self.shapes.tag(row, points), cells

    def stands(self, row: int, cells: RowCells, points: float | None) -> bool:
        """Whether the file has a row just as it would be written over it: then it is only counted."""
        stands = self.shapes.same(row, _row(row, self.shapes.tag(row, points), cells))
        if stands:
            self.same = max(self.same[0], row), max(self.same[1], cells.last)
        return stands

    def standing(self, top: int, rows: RowSeries) -> int:
        """How many of these rows from the first on the file has just so, one behind the other, in tags like the
        first one's; they are counted."""
        tags = {height: self.shapes.tag(top, height) for height in set(rows.points)}
        starts = [tags[height][0] for height in rows.points]
        openings = [tags[height][1] + rows.opening for height in rows.points]
        numbers = map(b"%d".__mod__, range(top, top + len(starts)))
        pieces = zip(starts, openings, *rows.columns, strict=True)
        count = self.shapes.same_from(top, [*map(bytes.join, numbers, pieces)])
        if count:
            self.same = max(self.same[0], top + count - 1), max(self.same[1], rows.last)
        return count

    def take(self, row: int) -> bytes:
        """A new row, for somebody who changes more of it: it is no longer kept here."""
        return _row(row, *self._rows.pop(row))

    def row(self, number: int) -> bytes:
        """A new row."""
        return _row(number, *self._rows[number])

    def cell_from(self, number: int, column: int) -> bytes:
        """A new row from a cell of it on; b"" where there is no such row or cell."""
        row = self.row(number) if number in self._rows else b""
        opening = b'<%sc r="%s%d"' % (self._p, column_letters(column).encode(), number)
        return row[row.index(opening) :] if opening in row else b""

    def last_columns(self) -> dict[int, int]:
        """Row → its last column."""
        return {number: cells.last for number, (_, cells) in self._rows.items()}


def _row(row: int, tag: tuple[bytes, bytes], cells: RowCells) -> bytes:
    """A row with these cells. tag: before and behind its number."""
    first, *others = cells.pieces
    return (b"%d" % row).join((tag[0], tag[1] + first, *others))
