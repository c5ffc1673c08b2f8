"""A sheet's rows in blocks, column by column.

The rows of a table are filled alike: thousands of them differ in nothing but their own number and the values in
their cells, most of which point to shared texts. What cells look like is learnt from the first rows and put
into one pattern; it looks at each byte of the others and takes them apart at once.
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter, lt
from typing import Any, NamedTuple, Protocol

from shikaku.ooxml import plain_patterns, xml_bytes
from shikaku.ooxml.addresses import COLUMN_NUMBERS, LAST_ROW
from shikaku.ooxml.known_rows import KnownRow, KnownRows, Stretch
from shikaku.ooxml.xml_bytes import BadMarkup

_TO_LEARN, _AT_ONCE = 1 << 14, 1 << 18
"""Bytes of rows to learn from, and that are taken apart together."""

_RARE = 100
"""Of so many rows one that the pattern doesn't fit is not worth a lesson."""

_TOGETHER = 1000
"""Rows that are looked at one by one in a block."""


@dataclass(slots=True)
class RawRow:
    """One ``<row>`` that has at least one cell with content: Excel row, whether it is hidden (by hand or by a
    filter), its cells by column from left to right, each as it stands behind its address (attributes,
    ``>``, content)."""

    number: int
    hidden: bool
    packed: Sequence[tuple[int, bytes]]

    @property
    def cells(self) -> list[tuple[int, bytes, bytes]]:
        """(column, attributes behind its address, content) of each cell."""
        parts = ((column, one.partition(b">")) for column, one in self.packed)
        return [(column, attributes, content) for column, (attributes, _, content) in parts]


class PlacedRow(Protocol):
    """A row as blocks take it: of a file ``RawRow``, of Excel one whose cells are ready."""

    @property
    def number(self) -> int:
        """Excel row."""

    @property
    def hidden(self) -> bool:
        """By hand or by a filter."""

    @property
    def packed(self) -> Sequence[tuple[int, Any]]:
        """(column, cell), from left to right."""


class BlockColumn(NamedTuple):
    """The cells of a column, form by form: what stands in a cell behind its address and before its value, and
    these values by row, b"" where a row has no such cell. Without a value: b"" and the cells as a whole."""

    number: int
    forms: Sequence[tuple[bytes, Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Block:
    """Rows one after the other: Excel rows, which are hidden, and the columns that have cells with content, from left
    to right. p: the sheet's prefix."""

    numbers: Sequence[int]
    hidden: Sequence[bool]
    columns: Sequence[BlockColumn]
    p: bytes = b""

    def picked(self, places: Sequence[int]) -> "Block":
        """The block with the rows at these places alone."""

        def of(items: Sequence[Any]) -> list[Any]:
            return [items[at] for at in places]

        columns = [
            BlockColumn(column.number, [(head, of(values)) for head, values in column.forms])
            for column in self.columns
        ]
        return Block(of(self.numbers), of(self.hidden), columns, self.p)

    def rows(self) -> Iterator[RawRow]:
        """The rows that have a cell with content, one by one."""
        for at, (number, hidden) in enumerate(zip(self.numbers, self.hidden, strict=True)):
            packed = [
                (column.number, self._packed(head, values[at]))
                for column in self.columns
                for head, values in column.forms
                if values[at]
            ]
            if packed:
                yield RawRow(number, hidden, packed)

    def _packed(self, head: bytes, value: bytes) -> bytes:
        return head + b"<%sv>%s</%sv>" % (self.p, value, self.p) if head else value


def block_of(rows: Sequence[PlacedRow]) -> Block:
    """Rows that come one by one as a block."""
    cells: dict[int, list[Any]] = {}
    for at, row in enumerate(rows):
        for column, packed in row.packed:
            known = cells.get(column) or cells.setdefault(column, [b""] * len(rows))
            known[at] = packed
    columns = [BlockColumn(column, [(b"", cells[column])]) for column in sorted(cells)]
    return Block([row.number for row in rows], [row.hidden for row in rows], columns)


def blocks_of(rows: Iterable[PlacedRow]) -> Iterator[Block]:
    """Rows that come one by one in blocks."""
    left = iter(rows)
    while together := list(islice(left, _TOGETHER)):
        yield block_of(together)


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


def adjoining_spans(
    data: bytes, start: int, end: int, p: bytes
) -> Iterator[tuple[int, int, int, int]]:
    """The same, where data[start:end] is in plain form and holds nothing but rows."""
    tags = re.compile(rb'<%srow r="(\d++)"[^>]*+>' % p).finditer(data, start, end)
    found = [(int(match[1]), *match.span()) for match in tags]
    ends = [*(at for _, at, _ in found[1:]), end]
    return ((*tag, behind) for tag, behind in zip(found, ends, strict=False))


def rows_one_by_one(
    data: bytes, start: int, end: int, p: bytes, but: Container[int] = ()
) -> Iterator[RawRow]:
    """The rows in data[start:end] that have a cell with content, ``but`` those with these numbers. Raises
    BadMarkup when two cells share a place."""
    pattern = re.compile(
        rb'<%sc r="([A-Z]{1,3})\d++"([^>]*+(?<!/)>'
        rb"(?:<%sv>[^<]*+</%sv>|(?:[^<]++|<(?!/%sc>))*+))</%sc>" % (p, p, p, p, p)
    )
    skipped = len(p) + len(b'<row r="')
    for number, at, inner, behind in row_spans(data, start, end, p):
        found = pattern.findall(data, inner, behind) if number not in but else ()
        if found:
            tag = data[data.index(b'"', at + skipped) + 1 : inner]
            yield RawRow(number, is_hidden(tag), _placed(found))


def _placed(cells: Iterable[tuple[bytes, bytes]]) -> list[tuple[int, bytes]]:
    """(column letters, cell) as (column, cell), from left to right."""
    found = [(COLUMN_NUMBERS[letters], packed) for letters, packed in cells]
    columns = [column for column, _ in found]
    if not all(map(lt, columns, columns[1:])):
        if len(set(columns)) < len(columns):
            raise BadMarkup
        found.sort(key=itemgetter(0))
    return found


def is_hidden(tag: bytes) -> bool:
    """Whether a row is hidden, by what its start tag says."""
    hidden = xml_bytes.attributes(tag).get(b"hidden") if b"hidden" in tag else None
    return hidden in xml_bytes.TRUE


class _Kept(NamedTuple):
    """A block until it is asked for, its values as one text: hundreds of thousands would be 15 MB more."""

    numbers: Sequence[int]
    hidden: Sequence[bool]
    columns: Sequence[tuple[int, Sequence[tuple[bytes, bytes]]]]

    def block(self, p: bytes) -> Block:
        columns = [
            BlockColumn(number, [(head, text.split(_BETWEEN)) for head, text in forms])
            for number, forms in self.columns
        ]
        return Block(self.numbers, self.hidden, columns, p)


_BETWEEN = b"\0"
"""Between values kept together. XML has none."""


class BlockedRows:
    """The rows of a worksheet, data[start:end], taken apart, when each byte of them is as the plain form has
    it. p: the sheet's prefix.

    plain: whether it is. tags: the start tags of rows and formulas that carry more than an address, as
    elements, each once: what a parser still has to look at.
    """

    def __init__(self, data: bytes, start: int, end: int, p: bytes) -> None:
        self._p = p
        self.tags: set[bytes] = set()
        self._numbers: list[int] = []
        self._parts: list[_Kept | Stretch] = []
        self._known = KnownRows(p)
        self._formula = re.compile(rb"<%sf( [^>]+)>" % p)
        self._tag = re.compile(rb'<%srow r="(\d+)"([^>]*+)>' % p)
        self.plain = self._take(data, start, end)

    def __iter__(self) -> Iterator[RawRow]:
        """The rows that have a cell with content. Raises BadMarkup as ``rows_one_by_one``."""
        for part in self._parts:
            if isinstance(part, Stretch):
                yield from rows_one_by_one(*part, self._p)
            else:
                yield from part.block(self._p).rows()

    def blocks(self) -> Iterator[Block]:
        """The same rows in blocks, with some that have no such cell. Raises BadMarkup likewise."""
        for part in self._parts:
            if isinstance(part, Stretch):
                yield from blocks_of(rows_one_by_one(*part, self._p))
            else:
                yield part.block(self._p)

    def _take(self, data: bytes, start: int, end: int) -> bool:
        closing = b"</%srow>" % self._p
        while start < end:
            size = _TO_LEARN if self._known.now is None else _AT_ONCE
            last = data.find(closing, min(start + size, end), end)
            stop = end if last < 0 else last + len(closing)
            if not self._stretch(Stretch(data, start, stop)):
                return False
            start = stop
        numbers = self._numbers
        ascending = all(map(lt, numbers, numbers[1:]))
        return ascending and (not numbers or numbers[-1] <= LAST_ROW)

    def _stretch(self, whole: Stretch) -> bool:
        """Take some rows apart; False when they aren't in plain form."""
        known, found, others = self._look(whole)
        while known and len(others) * 2 < len(found) and len(others) * _RARE > len(found):
            text = b"".join(row[-1] for row in others)  # learnt at once, before they part the rest
            lesson = Stretch(text, 0, len(text))
            if not plain_patterns.rows(self._p).fullmatch(*lesson):
                return False
            if not self._known.learn(lesson):
                break
            known, found, others = self._look(whole)
        if known is None or len(others) * 2 >= len(found):
            if not self._one_by_one(whole):
                return False
            self._known.learn(whole)
            return True
        for fits, group in groupby(found, key=_fits):
            rows = list(group)
            if fits:
                done = self._add(rows, known.columns)
            else:
                text = b"".join(row[-1] for row in rows)
                done = self._one_by_one(Stretch(text, 0, len(text)))
            if not done:
                return False
        return True

    def _look(
        self, rows: Stretch
    ) -> tuple[KnownRow | None, list[tuple[bytes, ...]], list[tuple[bytes, ...]]]:
        """What is known, what its pattern finds in some rows, and those of them that it doesn't fit."""
        known = self._known.now
        found = known.pattern.findall(*rows) if known else []
        return known, found, [row for row in found if not _fits(row)]

    def _add(
        self, rows: Sequence[tuple[bytes, ...]], known: Sequence[tuple[int, Sequence[bytes]]]
    ) -> bool:
        """Take rows that the pattern fits; False when their tags aren't in plain form."""
        digits, tags, *groups, _ = zip(*rows, strict=True)
        tag_form, hiding = plain_patterns.row_tag(), {}
        for tag in set(tags):
            if not tag_form.fullmatch(tag):
                return False
            self._note(tag)
            hiding[tag] = is_hidden(tag)
        columns, values = [], iter(groups)
        for number, heads in known:
            own = list(zip(heads, values, strict=False))
            forms = [(head, _BETWEEN.join(one)) for head, one in own if any(one)]
            if forms:
                columns.append((number, forms))
        numbers = list(map(int, digits))
        self._numbers += numbers
        self._parts.append(_Kept(numbers, [hiding[tag] for tag in tags], columns))
        return True

    def _one_by_one(self, rows: Stretch) -> bool:
        """Take rows as they stand; False when they aren't in plain form."""
        if not plain_patterns.rows(self._p).fullmatch(*rows):
            return False
        for number, tag in self._tag.findall(*rows):
            self._numbers.append(int(number))
            self._note(tag)
        text = rows.data[rows.start : rows.end]
        if b"<%sf " % self._p in text:
            starts = (one.removesuffix(b"/") for one in self._formula.findall(text))
            self.tags.update(b"<%sf%s/>" % (self._p, one) for one in starts)
        self._parts.append(rows)
        return True

    def _note(self, tag: bytes) -> None:
        """Keep for the parser what a start tag of a row says."""
        self.tags.add(b'<%srow r="1"%s/>' % (self._p, tag.removesuffix(b"/")))


def _fits(row: tuple[bytes, ...]) -> bool:
    """Whether the pattern fits a row that it has found."""
    return not row[-1]
