"""One row's and one cell's tags, and the rows that are taken apart or made anew."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from shikaku.ooxml import xml_bytes

_KEPT_OF_A_ROW = (b"s", b"customFormat", b"ht", b"customHeight", b"x14ac:dyDescent")
STYLE = re.compile(rb'\ss="(\d{1,6})"')


class PatchedRow:
    """One row taken apart: start tag, raw ``<c>`` elements by column, whatever follows them."""

    __slots__ = ("cells", "grown", "rest", "tag")

    def __init__(self, tag: bytes, cells: dict[int, bytes], rest: bytes):
        self.tag = tag
        self.cells = cells
        self.rest = rest
        self.grown = False  # a cell was added where there was none


class RowCells(NamedTuple):
    """The cells of a row from the left, and its end: pieces between which its number stands. last: the
    column of the last one."""

    pieces: Sequence[bytes]
    last: int


class RowSeries(NamedTuple):
    """Rows that differ in nothing but their values. opening: what they begin with, up to their number; columns: in
    each, by row, what stands from there to the next number, or to the end; points: their heights, None for the
    usual one; last: their last column."""

    opening: bytes
    columns: Sequence[Sequence[bytes]]
    points: Sequence[float | None]
    last: int

    def first(self, count: int) -> "RowSeries":
        """So many of them, from the first on."""
        if count == len(self.points):
            return self
        columns = [column[:count] for column in self.columns]
        return RowSeries(self.opening, columns, self.points[:count], self.last)


@lru_cache(maxsize=256)  # thousands of rows are made like one
def kept_of(tag: bytes) -> bytes:
    """What a row made like another takes over from its start tag."""
    kept = xml_bytes.attributes(tag)
    return b"".join(b' %s="%s"' % (k, kept[k]) for k in _KEPT_OF_A_ROW if k in kept)


@lru_cache(maxsize=256)
def new_tag(p: bytes, kept: bytes, points: float | None) -> tuple[bytes, bytes]:
    """The start tag of a new row before and behind its number."""
    start = b'<%srow r="' % p
    tag = with_height(start + b'0"%s>' % kept, points)
    return start, tag[len(start) + 1 :]


def with_height(tag: bytes, points: float | None) -> bytes:
    """A row's start tag with a height of its own, or (None) without; not hidden."""
    height = None if points is None else f"{points:g}".encode()
    own = None if points is None else b"1"
    for name, value in ((b"hidden", None), (b"ht", height), (b"customHeight", own)):
        tag = xml_bytes.set_attribute(tag, name, value)
    return tag


def restyled(tag: bytes, style: int) -> bytes:
    """A cell's start tag with another style, behind the address, where the plain form has it."""
    bare = xml_bytes.set_attribute(tag, b"s", None)
    at = bare.index(b'"', bare.index(b' r="') + 4) + 1
    return b'%s s="%d"%s' % (bare[:at], style, bare[at:])


def style_of(element: bytes) -> int:
    """The style that a cell or a row names, 0 for none."""
    found = STYLE.search(element, 0, element.index(b">"))
    return int(found[1]) if found else 0


def behind_address(p: bytes, style: int, kind: bytes | None, inner: bytes) -> bytes:
    """A cell from the end of its address on. style: 0 for none. kind: its ``t``. inner: its content."""
    tag = b'"'
    if style:
        tag += b' s="%d"' % style
    if kind:
        tag += b' t="%s"' % kind
    return tag + (b">%s</%sc>" % (inner, p) if inner else b"/>")
