"""Cells of rows that are not taken apart, and their start tags: most marks change nothing else of a sheet,
most writes nothing else of a row."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence

from shikaku.ooxml.addresses import COLUMN_NUMBERS, column_letters
from shikaku.ooxml.row_shapes import ends_in_a_cell
from shikaku.ooxml.row_xml import style_of
from shikaku.ooxml.sheet_data import SheetXml

_LETTERS = re.compile(rb"[A-Z]{1,3}")
_SPANS = re.compile(rb'\sspans="(\d{1,5}):(\d{1,5})"')
_NEAR = 16
"""Columns in which the next cell of a row is looked for."""
_FEW, _WIDE = 4, 1 << 16
"""Cells of a row that are written anew one by one, and bytes of such a row."""


class CellTags:
    """Finds tags and cells in a sheet's rows as the file has them, and keeps what they are to be."""

    def __init__(self, xml: SheetXml, spans: Mapping[int, Sequence[int]]) -> None:
        """spans: of each row where it starts, its start tag ends, it ends."""
        self._data, self._p = xml.data, xml.p
        self._spans = spans
        self._address = re.compile(rb'<%sc r="([A-Z]{1,3})' % xml.p)
        self._calculated = re.compile(
            rb'(<%sc r="([A-Z]{1,3})\d++"[^>]*+>)'
            rb"<%sf(?: [^>]*)?(?:/>|>[^<]*+</%sf>)(<%sv(?:/>|>[^<]*+</%sv>))?</%sc>"
            % ((xml.p,) * 6)
        )
        # Row, column → where the tag stands (or where it is to be put in) and the new one.
        self._new: dict[int, dict[int, tuple[int, int, bytes]]] = {}
        self._left_out: dict[int, list[tuple[int, int]]] = {}  # of such rows, what else goes
        self._in_order = 0, True  # the row looked at last

    def __contains__(self, row: int) -> bool:
        return row in self._new

    def __iter__(self) -> Iterator[int]:
        """The rows with new tags."""
        return iter(self._new)

    def find(self, row: int, column: int) -> tuple[int, int, bytes] | None:
        """Where a cell's start tag stands, and how it reads now; None without such a cell."""
        if column in (tags := self._new.get(row, {})):
            return tags[column]
        _, inner, end = self._spans[row]
        data = self._data
        start = data.find(self.opening(row, column), inner, end)
        if start < 0:
            return None
        to = data.index(b">", start) + 1
        return start, to, data[start:to]

    def cell(self, row: int, column: int) -> tuple[int, int] | None:
        """Where a cell stands, or belongs, to be written anew in its place; None where that can't be known, where
        it has a new tag already, in a row whose cells don't follow each other from left to right, and where
        taking the row apart is less work than looking for one cell after the other."""
        _, inner, end = self._spans[row]
        new = self._new.get(row, ())
        if column in new or len(new) >= _FEW or end - inner > _WIDE or not self.in_order(row):
            return None
        data, close = self._data, b"</%sc>" % self._p
        start = data.find(self.opening(row, column), inner, end)
        if start < 0:
            gap = self.gap(row, column)
            return None if gap is None else (gap, gap)
        to = data.index(b">", start) + 1
        return start, to if data[to - 2] == 0x2F else data.index(close, to) + len(close)

    def in_order(self, row: int) -> bool:
        """Whether a row's cells follow each other from left to right."""
        if self._in_order[0] != row:
            _, inner, end = self._spans[row]
            found = self._address.findall(self._data, inner, end)
            columns = [COLUMN_NUMBERS[letters] for letters in found]
            self._in_order = row, columns == sorted(columns)
        return self._in_order[1]

    def forget_results(self, row: int, columns: Container[int] | None) -> bool:
        """Take away what formulas gave last, in some columns or (None) in any; False where the row has to be
        taken apart for that."""
        _, inner, end = self._spans[row]
        formulas = self._data.count(b"<%sf" % self._p, inner, end)
        if not formulas:
            return True
        cells = [*self._calculated.finditer(self._data, inner, end)]
        if len(cells) < formulas or not self.in_order(row):
            return False
        for cell in cells:
            column = COLUMN_NUMBERS[cell[2]]
            if cell[3] and (columns is None or column in columns):
                old = self._new.get(row, {}).get(column, (*cell.span(1), cell[1]))
                style = style_of(old[2])
                tag = self.opening(row, column) + (b' s="%d">' % style if style else b">")
                self.put(row, column, *old[:2], tag)
                self._left_out.setdefault(row, []).append(cell.span(3))
        return True

    def gap(self, row: int, column: int) -> int | None:
        """Where a cell that isn't there belongs; None where that can't be known without taking the row
        apart."""
        start, inner, end = self._spans[row]
        spans = _SPANS.search(self._data, start, inner)
        if spans and not int(spans[1]) <= column <= int(spans[2]):
            return None
        opening, digits, data = b'<%sc r="' % self._p, b'%d"' % row, self._data
        for other in range(column + 1, column + 1 + _NEAR):
            place = data.find(opening + column_letters(other).encode() + digits, inner, end)
            if place >= 0:
                return place
        place = end - len(b"</%srow>" % self._p)
        if not ends_in_a_cell(data, self._p, inner, end) or self.last_column(row) >= column:
            return None
        return place

    def put(self, row: int, column: int, start: int, to: int, tag: bytes) -> None:
        """Note a new tag, or cell, for what stands from start to to."""
        self._new.setdefault(row, {})[column] = start, to, tag

    def last_column(self, row: int) -> int:
        """Where the last cell of a row stands, those to be put in among them."""
        _, inner, end = self._spans[row]
        opening = b'<%sc r="' % self._p
        at = self._data.rfind(opening, inner, end)
        letters = _LETTERS.match(self._data, at + len(opening)) if at >= 0 else None
        column = COLUMN_NUMBERS[letters[0]] if letters else 0
        return max(column, *self._new.get(row, ()), 0)

    def row(self, number: int) -> bytes:
        """A row with its new tags."""
        data, (at, _, end) = self._data, self._spans[number]
        out: list[bytes] = []
        edits = [(start, to, c, tag) for c, (start, to, tag) in self._new[number].items()]
        edits += [(start, to, 0, b"") for start, to in self._left_out.get(number, ())]
        for start, to, _, tag in sorted(edits):
            out += (data[at:start], tag)
            at = to
        return b"".join((*out, data[at:end]))

    def take(self, number: int) -> bytes:
        """A row with its new tags, for somebody who changes more of it: it is no longer kept here."""
        row = self.row(number)
        del self._new[number]
        self._left_out.pop(number, None)
        return row

    def opening(self, row: int, column: int) -> bytes:
        """What a cell's start tag begins with."""
        return b'<%sc r="%s%d"' % (self._p, column_letters(column).encode(), row)
