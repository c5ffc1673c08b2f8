"""Cells of rows that are not taken apart, and their start tags: most marks change nothing else of a sheet,
most writes nothing else of a row."""

import re
from collections.abc import Iterator, Mapping, Sequence

from shikaku.ooxml.addresses import COLUMN_NUMBERS, column_letters
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
        # Row, column → where the tag stands (or where it is to be put in) and the new one.
        self._new: dict[int, dict[int, tuple[int, int, bytes]]] = {}

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
        """Where a cell stands, to be written anew in its place; None without such a cell, where it has a new
        tag already, in a row whose cells don't follow each other from left to right, and where taking
        the row apart is less work than looking for one cell after the other."""
        _, inner, end = self._spans[row]
        new = self._new.get(row, ())
        if column in new or len(new) >= _FEW or end - inner > _WIDE or not self.in_order(row):
            return None
        data, close = self._data, b"</%sc>" % self._p
        start = data.find(self.opening(row, column), inner, end)
        if start < 0:
            return None
        to = data.index(b">", start) + 1
        return start, to if data[to - 2] == 0x2F else data.index(close, to) + len(close)

    def in_order(self, row: int) -> bool:
        """Whether a row's cells follow each other from left to right."""
        _, inner, end = self._spans[row]
        found = self._address.findall(self._data, inner, end)
        columns = [COLUMN_NUMBERS[letters] for letters in found]
        return columns == sorted(columns)

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
        cell = data.endswith((b"/>", b"</%sc>" % self._p), inner, place)
        return place if cell and self.last_column(row) < column else None

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
        for _, (start, to, tag) in sorted(
            self._new[number].items(), key=lambda item: (*item[1][:2], item[0])
        ):
            out += (data[at:start], tag)
            at = to
        return b"".join((*out, data[at:end]))

    def take(self, number: int) -> bytes:
        """A row with its new tags, for somebody who changes more of it: it is no longer kept here."""
        row = self.row(number)
        del self._new[number]
        return row

    def opening(self, row: int, column: int) -> bytes:
        """What a cell's start tag begins with."""
        return b'<%sc r="%s%d"' % (self._p, column_letters(column).encode(), row)
