"""A sheet's rows as frames with numbers in them.

The rows of a table are filled alike: thousands of them differ in nothing but their own number and the numbers
in their cells, most of which point to shared texts. What is the same, the frame, is checked and taken apart
once; a row is its number, its frame and the numbers that its cells hold.
"""

import re
from array import array
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest
from operator import lt
from typing import NamedTuple

from shikaku.ooxml import plain_patterns, xml_bytes
from shikaku.ooxml.addresses import LAST_ROW, column_number
from shikaku.ooxml.xml_bytes import BadMarkup

_OWN, _NUMBER = b"\0", b"\1"
"""In a frame: the row's number in the address of a cell, the number that a cell holds. XML has neither."""

_AT_ONCE = 1 << 16
"""Bytes of rows that are taken apart together."""

_MOST_FRAMES = 10_000

_ALIKE = 4
"""Rows of which more than one in so many has a frame of its own are looked at one by one."""

_ZERO = ord("0")


@dataclass(slots=True, eq=False)
class Frame:
    """What rows have in common that are filled alike.

    tag: what their start tags say behind the number. columns: of the cells that have content, from left to
    right. packed: each as it stands behind its address (attributes, ``>``, content). slots: the cells whose
    number is the row's, in the order of these numbers; what is packed ends where it comes.
    """

    tag: bytes
    columns: tuple[int, ...]
    packed: tuple[bytes, ...]
    slots: tuple[int, ...] = ()
    hidden: bool = field(init=False)

    def __post_init__(self) -> None:
        said = xml_bytes.attributes(self.tag).get(b"hidden") if b"hidden" in self.tag else None
        self.hidden = said in xml_bytes.TRUE


@dataclass(slots=True)
class RawRow:
    """One ``<row>`` that has at least one cell with content: Excel row, what it shares with others, and the
    numbers for the frame's slots. p: the sheet's prefix."""

    number: int
    frame: Frame
    values: Sequence[int] = ()
    p: bytes = b""

    @property
    def columns(self) -> tuple[int, ...]:
        """The columns of the cells that have content, from left to right."""
        return self.frame.columns

    @property
    def hidden(self) -> bool:
        """Hidden by hand or by a filter."""
        return self.frame.hidden

    @property
    def cells(self) -> list[tuple[int, bytes, bytes]]:
        """(column, attributes behind its address, content) of each cell."""
        packed = list(self.frame.packed)
        for at, value in zip(self.frame.slots, self.values, strict=True):
            packed[at] += with_number(self.p, value)
        parts = (one.partition(b">") for one in packed)
        pairs = zip(self.frame.columns, parts, strict=True)
        return [(column, attributes, content) for column, (attributes, _, content) in pairs]


def with_number(p: bytes, value: int) -> bytes:
    """What stands in a cell for the number of its slot."""
    return b"<%sv>%d</%sv>" % (p, value, p)


def row_spans(data: bytes, start: int, end: int, p: bytes) -> Iterator[tuple[int, int, int, int]]:
    """(Excel row, start, end of the start tag, end) of each ``<row>`` in data[start:end], from the top down."""
    opening, closing, at = b'<%srow r="' % p, b"</%srow>" % p, start
    while (start := data.find(opening, at, end)) >= 0:
        inner = data.index(b">", start, end) + 1
        digits = start + len(opening)
        number = int(data[digits : data.index(b'"', digits)])
        at = inner
        if data[inner - 2] != 0x2F:  # "/>"
            at = data.index(closing, inner, end) + len(closing)
        yield number, start, inner, at


def rows_one_by_one(
    data: bytes, start: int, end: int, p: bytes, but: Container[int] = ()
) -> Iterator[RawRow]:
    """The rows in data[start:end] that have a cell with content, ``but`` those with these numbers, each with
    a frame of its own. Raises BadMarkup when two cells share a place."""
    pattern = _cells(p, rb"\d++")
    skipped = len(p) + len(b'<row r="')
    for number, at, inner, behind in row_spans(data, start, end, p):
        found = pattern.findall(data, inner, behind) if number not in but else ()
        if found:
            tag = data[data.index(b'"', at + skipped) + 1 : inner]
            yield RawRow(number, _frame(tag, found), (), p)


def _cells(p: bytes, row: bytes) -> re.Pattern[bytes]:
    """Cells with content: 1 the letters of the address, 2 what stands behind it. row: as addresses have it."""
    return re.compile(
        rb'<%sc r="([A-Z]{1,3})%s"([^>]*+(?<!/)>'
        rb"(?:<%sv>[^<]*+</%sv>|(?:[^<]++|<(?!/%sc>))*+))</%sc>" % (p, row, p, p, p, p)
    )


def _frame(tag: bytes, cells: Sequence[tuple[bytes, bytes]]) -> Frame:
    letters, packed = zip(*cells, strict=True)
    columns, order = _PLACES[letters]
    slots = tuple(i for i, one in enumerate(packed) if one.endswith(_NUMBER))
    if order:
        packed = tuple(packed[i] for i in order)
        slots = tuple(order.index(i) for i in slots)
    if slots:
        packed = tuple(one.removesuffix(_NUMBER) for one in packed)
    return Frame(tag, columns, packed, slots)


class _Columns(dict[bytes, int]):
    """Column letters → number."""

    def __missing__(self, letters: bytes) -> int:
        self[letters] = number = column_number(letters.decode())
        return number


class _Places(dict[tuple[bytes, ...], tuple[tuple[int, ...], tuple[int, ...]]]):
    """The letters of a row's cells → (columns from left to right, the cells in that order; () where they
    stand so). Most rows of a sheet are filled alike. Raises BadMarkup when two share a place."""

    def __missing__(self, letters: tuple[bytes, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        columns = [COLUMN_NUMBERS[one] for one in letters]
        order = tuple(sorted(range(len(columns)), key=columns.__getitem__))
        found = tuple(columns[i] for i in order)
        if not all(map(lt, found, found[1:])):
            raise BadMarkup
        if len(self) > _MOST_FRAMES:
            self.clear()
        self[letters] = known = found, () if list(found) == columns else order
        return known


COLUMN_NUMBERS = _Columns()
_PLACES = _Places()


class _Stretch(NamedTuple):
    """Rows that are like no others, as they stand in data[start:end]."""

    data: bytes
    start: int
    end: int


class FramedRows:
    """The rows of a worksheet, data[start:end], taken apart, when each byte of them is as the plain form has
    it. p: the sheet's prefix.

    plain: whether it is. tags: the start tags of rows and formulas that carry more than an address, as
    elements, each once: what a parser still has to look at.
    """

    def __init__(self, data: bytes, start: int, end: int, p: bytes) -> None:
        self._p = p
        self.tags: set[bytes] = set()
        self._numbers: list[int] = []
        self._rows: list[tuple[int, Frame] | _Stretch] = []
        self._values = array("q")  # of the framed rows, one after the other
        self._opening, self._closing = b'<%srow r="' % p, b"</%srow>" % p
        self._value = re.compile(rb"<%sv>([1-9][0-9]{0,14}+)</%sv>" % (p, p))
        self._formula = re.compile(rb"<%sf( [^>]+)>" % p)
        self._tag = re.compile(rb'<%srow r="(\d+)"([^>]*+)>' % p)
        self._own_cells = _cells(p, _OWN)
        self._known: dict[bytes, Frame | None] = {}
        self.plain = self._take(data, start, end)

    def __iter__(self) -> Iterator[RawRow]:
        """The rows that have a cell with content. Raises BadMarkup as ``rows_one_by_one``."""
        at, values, p = 0, self._values, self._p
        for row in self._rows:
            if isinstance(row, _Stretch):
                yield from rows_one_by_one(*row, p)
                continue
            number, frame = row
            behind = at + len(frame.slots)
            yield RawRow(number, frame, values[at:behind], p)
            at = behind

    def _take(self, data: bytes, start: int, end: int) -> bool:
        while start < end:
            last = data.find(self._closing, min(start + _AT_ONCE, end), end)
            stop = end if last < 0 else last + len(self._closing)
            if not self._stretch(_Stretch(data, start, stop)):
                return False
            start = stop
        numbers = self._numbers
        ascending = all(map(lt, numbers, numbers[1:]))
        return ascending and (not numbers or numbers[-1] <= LAST_ROW)

    def _stretch(self, whole: _Stretch) -> bool:
        """Take some rows apart; False when they aren't in plain form."""
        data = whole.data[whole.start : whole.end]
        if _OWN in data or _NUMBER in data:
            return False
        parts = self._value.split(data)
        digits = parts[1::2]
        rows = _NUMBER.join(parts[::2]).split(self._closing)
        behind = rows.pop()  # rows without cells have no end of their own
        texts = [self._without_number(row) for row in rows]
        new = {text for _, text in texts}.difference(self._known)
        if len(new) * _ALIKE > len(rows):
            return self._one_by_one(whole)
        values = list(map(int, digits))
        at = 0
        for row, (number, text) in zip(rows, texts, strict=True):
            frame = self._known[text] if text in self._known else self._seen(text)
            count = row.count(_NUMBER) if frame is None else len(frame.slots)
            if frame is None:
                own = self._with_values(row, digits[at : at + count])
                if not self._one_by_one(_Stretch(own, 0, len(own))):
                    return False
            else:
                self._numbers.append(number)
                if frame.columns:
                    self._rows.append((number, frame))
                    self._values.extend(values[at : at + count])
            at += count
        return not behind or self._one_by_one(_Stretch(behind, 0, len(behind)))

    def _without_number(self, row: bytes) -> tuple[int, bytes]:
        """(Excel row, what stands behind it with a sign in its place); (0, "") where there is none."""
        start = len(self._opening)
        end = row.find(b'"', start) + 1
        own = row[start:end]
        number = own[:-1]
        if not row.startswith(self._opening) or not number.isdigit() or number[0] == _ZERO:
            return 0, b""
        return int(number), row[end:].replace(own, _OWN + b'"')

    def _seen(self, text: bytes) -> Frame | None:
        """The frame of rows of which one is met first; None when they have to be looked at one by one."""
        if len(self._known) > _MOST_FRAMES:
            self._known.clear()
        match = plain_patterns.frame(self._p).fullmatch(text)
        self._known[text] = frame = None if match is None else self._made(match[1], text)
        if match is not None:
            self._note(match[1], text)
        return frame

    def _made(self, tag: bytes, text: bytes) -> Frame | None:
        cells = self._own_cells.findall(text)
        try:
            return _frame(tag, cells) if cells else Frame(tag, (), ())
        except BadMarkup:  # for whoever reads the row to say
            return None

    def _one_by_one(self, rows: _Stretch) -> bool:
        """Take rows as they stand; False when they aren't in plain form."""
        if not plain_patterns.rows(self._p).fullmatch(*rows):
            return False
        for number, tag in self._tag.findall(*rows):
            self._numbers.append(int(number))
            self._note(tag.removesuffix(b"/"), b"")
        self._note(b"", rows.data[rows.start : rows.end])
        self._rows.append(rows)
        return True

    def _note(self, tag: bytes, text: bytes) -> None:
        """Keep for the parser what a start tag of a row says, and the formulas' in a text."""
        self.tags.add(b'<%srow r="1"%s/>' % (self._p, tag))
        if b"<%sf " % self._p in text:
            said = (one.removesuffix(b"/") for one in self._formula.findall(text))
            self.tags.update(b"<%sf%s/>" % (self._p, one) for one in said)

    def _with_values(self, row: bytes, digits: Sequence[bytes]) -> bytes:
        values = [b"<%sv>%s</%sv>" % (self._p, one, self._p) for one in digits]
        parts = zip_longest(row.split(_NUMBER), values, fillvalue=b"")
        return b"".join(chain.from_iterable(parts)) + self._closing
