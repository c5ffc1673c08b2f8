"""How the rows of a sheet are filled, seen without taking them apart: which may be written anew whole."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shikaku.ooxml.addresses import COLUMN_NUMBERS
from shikaku.ooxml.row_xml import STYLE, with_height
from shikaku.ooxml.sheet_data import SheetXml


@dataclass(frozen=True, slots=True)
class RowShape:
    """The cells of rows that look alike. styles: (column, style, 0 for none) from left to right; filled:
    the columns of cells with content."""

    styles: tuple[tuple[int, int], ...]
    columns: frozenset[int]
    filled: frozenset[int]


def ends_in_a_cell(data: bytes, prefix: bytes, inner: int, end: int) -> bool:
    """Whether nothing stands behind the last cell of a row (there may stand what newer versions know).
    inner, end: where the row's start tag ends, and the row."""
    place = end - len(b"</%srow>" % prefix)
    if data.endswith(b"</%sc>" % prefix, inner, place):
        return True
    last = data.rfind(b'<%sc r="' % prefix, inner, place)
    return last >= 0 and data.find(b">", last) + 1 == place


class RowShapes:
    """The shapes of a sheet's rows as the file has them."""

    def __init__(self, xml: SheetXml, spans: Mapping[int, Sequence[int]]) -> None:
        """spans: of each row where it starts, its start tag ends, it ends."""
        self._data, self._p = xml.data, xml.p
        self._spans = spans
        self._cell = re.compile(rb'<%sc r="([A-Z]{1,3})\d++"([^>]*+)>' % xml.p)
        self._known: dict[tuple[tuple[bytes, bytes], ...], RowShape | None] = {}

    def of(self, number: int) -> RowShape | None:
        """The shape of a row; None where the file has no such row, or none that is nothing but cells."""
        if number not in self._spans:
            return None
        _, inner, end = self._spans[number]
        cells = tuple(self._cell.findall(self._data, inner, end))
        if cells not in self._known:
            if len(self._known) > _MOST_SHAPES:
                self._known.clear()
            self._known[cells] = _shape(cells)
        return self._known[cells] if ends_in_a_cell(self._data, self._p, inner, end) else None

    def tag(self, number: int, points: float | None) -> tuple[bytes, bytes]:
        """The start tag of a row, shown, at a height of its own or (None) the sheet's usual one: before
        and behind its number."""
        start, inner, _ = self._spans[number]
        opening = b'<%srow r="' % self._p
        rest = self._data[self._data.index(b'"', start + len(opening)) : inner]
        return opening, _shown(opening, rest, points)

    def has_spans(self, number: int) -> bool:
        """Whether a row says from which column to which its cells reach."""
        start, inner, _ = self._spans[number]
        return self._data.find(b" spans=", start, inner) >= 0

    def same(self, number: int, row: bytes) -> bool:
        """Whether a row is already written so."""
        start, _, end = self._spans[number]
        return end - start == len(row) and self._data.startswith(row, start)

    def same_from(self, number: int, rows: Sequence[bytes]) -> int:
        """How many of these rows are already written so, one behind the other from this row on."""
        place, count = self._spans[number][0], 0
        if self._data.startswith(b"".join(rows), place):  # nearly always
            return len(rows)
        for row in rows:
            if not self._data.startswith(row, place):
                break
            place += len(row)
            count += 1
        return count


_MOST_SHAPES = 10_000


def _shape(cells: tuple[tuple[bytes, bytes], ...]) -> RowShape | None:
    columns = [COLUMN_NUMBERS[letters] for letters, _ in cells]
    if not columns or columns != sorted(set(columns)):
        return None
    styles = (STYLE.search(attributes) for _, attributes in cells)
    filled = (c for c, (_, at) in zip(columns, cells, strict=True) if not at.endswith(b"/"))
    return RowShape(
        tuple((c, int(s[1]) if s else 0) for c, s in zip(columns, styles, strict=True)),
        frozenset(columns),
        frozenset(filled),
    )


@lru_cache(maxsize=1024)  # thousands of rows have few heights
def _shown(opening: bytes, rest: bytes, points: float | None) -> bytes:
    return with_height(opening + b"0" + rest, points)[len(opening) + 1 :]
