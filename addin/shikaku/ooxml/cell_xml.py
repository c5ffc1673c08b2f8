"""A value as the content of a ``<c>`` element.

Text is written as inline strings: they need no shared-strings part, leave it untouched where
there is one, and Excel turns them into shared strings when it saves. Text is never a formula.
"""

import datetime as dt
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from shikaku.model.tables import CellValue
from shikaku.ooxml import limits, xml_bytes
from shikaku.ooxml.number_formats import to_serial

_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def content_of(value: CellValue, p: bytes, date1904: bool) -> tuple[bytes | None, bytes]:
    """(the cell's ``t``, its content) of a typed value; p: the sheet's prefix.

    >>> content_of("=1+1", b"", False)
    (b'inlineStr', b'<is><t>=1+1</t></is>')
    """
    return _text(value, p) if isinstance(value, str) else stored(value, p, date1904)


_OUTER_SPACE = re.compile(r"^[^\S\n]|[^\S\n]$", re.MULTILINE)


class PlainContents(NamedTuple):
    """Contents of cells that differ in nothing but their values. kind: the cells' ``t``; opening and closing: what
    stands around each value; values: a line for each."""

    kind: bytes | None
    opening: bytes
    values: bytes
    closing: bytes

    def within(self, start: bytes, end: bytes) -> list[bytes]:
        """Each content between these."""
        start, end = start + self.opening, self.closing + end
        return (start + self.values.replace(b"\n", end + b"\n" + start) + end).split(b"\n")


def plain_contents(values: Sequence[CellValue], p: bytes) -> PlainContents | None:
    """``content_of`` many values at once, where all are whole numbers or texts that hold nothing to escape,
    to keep or to cut; None for others.

    >>> plain_contents(["a", "b"], b"")
    PlainContents(kind=b'inlineStr', opening=b'<is><t>', values=b'a\\nb', closing=b'</t></is>')
    >>> plain_contents([1, 2], b""), plain_contents(["a", "b "], b"")
    (PlainContents(kind=None, opening=b'<v>', values=b'1\\n2', closing=b'</v>'), None)
    >>> plain_contents([1, 2], b"").within(b"<c>", b"</c>")
    [b'<c><v>1</v></c>', b'<c><v>2</v></c>']
    """
    numbers = [str(value) for value in values if type(value) is int]
    if values and len(numbers) == len(values):
        return PlainContents(None, b"<%sv>" % p, "\n".join(numbers).encode(), b"</%sv>" % p)
    texts = [value for value in values if isinstance(value, str) and value]
    if not texts or len(texts) < len(values) or max(map(len, texts)) * 2 > limits.CELL_TEXT:
        return None
    joined = "\n".join(texts)
    if (
        joined.count("\n") != len(texts) - 1
        or "_x" in joined
        or _OUTER_SPACE.search(joined)
        or not xml_bytes.is_bare(joined.replace("\n", ""))
    ):
        return None
    start, end = b"<%sis><%st>" % (p, p), b"</%st></%sis>" % (p, p)
    return PlainContents(b"inlineStr", start, joined.encode(), end)


@lru_cache(maxsize=16_384)  # thousands of rows of ours say the same
def _text(value: str, p: bytes) -> tuple[bytes | None, bytes]:
    # What looks like one of Excel's own escapes (_x000D_) is escaped itself.
    text = limits.cell_text(value.replace("\r\n", "\n"))
    if "_x" in text:
        text = _ESCAPE_LIKE.sub("_x005F_", text)
    data = xml_bytes.escape(text)
    if not data:
        return None, b""
    space = b' xml:space="preserve"' if text != text.strip() or "\n" in text else b""
    return b"inlineStr", b"<%sis><%st%s>%s</%st></%sis>" % (p, p, space, data, p, p)


def stored(value: CellValue, p: bytes, date1904: bool) -> tuple[bytes | None, bytes]:
    """(the cell's ``t``, ``<v>``) of a formula's last result, or of a value that is no text."""
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, dt.date):
        value = to_serial(value, date1904)
    if value is None:
        return None, b""
    if isinstance(value, bool):
        kind, data = b"b", b"%d" % value
    elif isinstance(value, int | float):
        kind, data = None, repr(value).encode()
    else:
        kind, data = b"str", xml_bytes.escape(limits.cell_text(value))
    return kind, b"<%sv>%s</%sv>" % (p, data, p)


@lru_cache(maxsize=256)  # thousands of rows calculate alike
def formula_element(formula: str, p: bytes) -> bytes:
    """A formula (without ``=``) as the ``<f>`` of a cell."""
    return b"<%sf>%s</%sf>" % (p, xml_bytes.escape(formula), p)
