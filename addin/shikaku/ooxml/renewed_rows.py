"""Rows of a sheet written whole, behind its others or in the place of one that looks alike."""

from collections.abc import Iterator, Mapping, Sequence

from shikaku.ooxml.row_shapes import RowShapes
from shikaku.ooxml.row_xml import NewCell, new_tag
from shikaku.ooxml.sheet_data import SheetXml


class RenewedRows:
    """Keeps the new rows. Those that the file has just so are only counted."""

    def __init__(self, xml: SheetXml, spans: Mapping[int, Sequence[int]]) -> None:
        """spans: of each row where it starts, its start tag ends, it ends."""
        self._p = xml.p
        self.shapes = RowShapes(xml, spans)
        self._rows: dict[int, tuple[bytes, int]] = {}  # each with its last column
        self.same = (0, 0)  # the last row and column of those that the file has just so

    def __contains__(self, row: int) -> bool:
        return row in self._rows

    def put_new(
        self, row: int, kept: bytes, cells: Sequence[NewCell], points: float | None
    ) -> None:
        """Make a row that isn't there yet. kept: what its start tag takes over (``row_xml.kept_of``).
        cells: from the left. points: a height of its own, None for the sheet's usual one."""
        self._rows[row] = self._row(row, new_tag(self._p, kept, points), cells), cells[-1].column

    def put_over(self, row: int, cells: Sequence[NewCell], points: float | None) -> None:
        """Write a row anew that has a shape, in the place of all its cells, with its style."""
        data = self._row(row, self.shapes.tag(row, points), cells)
        if self.shapes.same(row, data):
            self.same = max(self.same[0], row), max(self.same[1], cells[-1].column)
        else:
            self._rows[row] = data, cells[-1].column

    def take(self, row: int) -> bytes:
        """A new row, for somebody who changes more of it: it is no longer kept here."""
        return self._rows.pop(row)[0]

    def row(self, number: int) -> bytes:
        """A new row."""
        return self._rows[number][0]

    def items(self) -> Iterator[tuple[int, bytes]]:
        """Row number, new row."""
        return ((number, row) for number, (row, _) in self._rows.items())

    def last_columns(self) -> dict[int, int]:
        """Row → its last column."""
        return {number: column for number, (_, column) in self._rows.items()}

    def _row(self, row: int, tag: tuple[bytes, bytes], cells: Sequence[NewCell]) -> bytes:
        """A row with these cells. tag: before and behind its number."""
        digits = b"%d" % row
        out = [tag[0], digits, tag[1]]
        for _, opening, behind in cells:
            out += (opening, digits, behind)
        out.append(b"</%srow>" % self._p)
        return b"".join(out)
