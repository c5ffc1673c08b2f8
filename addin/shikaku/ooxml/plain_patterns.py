"""What the plain form (``plain_form``) is made of, as patterns: texts, names, attributes, rows of a worksheet."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

# Beyond ASCII numbers may stand for characters: openpyxl writes all of Japanese so. 128 to 999999,
# without a stretch around the surrogates and the end of the basic plane, which the parser looks at.
_BEYOND = (
    rb"#(?:12[89]|1[3-9]\d|[2-9]\d\d|[1-9]\d{3}|[1-4]\d{4}|5[0-489]\d{3}|6[0-4]\d{3}"
    rb"|65[0-4]\d\d|655[0-2]\d|[1-9]\d{5})"
)
_ENTITY = rb"&(?:amp|lt|gt|quot|apos|#9|#10|#13|%s);" % _BEYOND
TEXT = rb"(?:[^<>&\x00-\x08\x0b-\x1f]++|%s)*+" % _ENTITY
VALUE = rb'(?:[^"<>&\x00-\x1f]++|%s)*+' % _ENTITY
NAME = rb"[A-Za-z_][\w.-]*+(?::[A-Za-z_][\w.-]*+)?+"
ATTRIBUTES = rb'(?: %s="%s")*+' % (NAME, VALUE)

_COLUMN = rb"(?:[A-Z]{1,2}|[A-W][A-Z]{2}|X[A-E][A-Z]|XF[A-D])"
_STYLE, _KIND = rb' s="\d{1,6}+"', rb' t="(?:s|n|b|e|d|str|inlineStr)"'
OWN_ATTRIBUTES = rb'(?: (?!xmlns)%s="%s")*+' % (NAME, VALUE)


def _in_either_order(one: bytes, other: bytes) -> bytes:
    return rb'(?:%s(?:%s)?+|%s(?:%s)?+)?+(?: cm="\d++")?+' % (one, other, other, one)


def _formula(p: bytes) -> bytes:
    return rb"(?:<%sf%s(?:/>|>%s</%sf>))?+" % (p, OWN_ATTRIBUTES, TEXT, p)


def _cell(p: bytes) -> bytes:
    """A cell of the row whose number is the first group."""
    text = rb"<%st(?: xml:space=\"preserve\")?+(?:/>|>%s</%st>)" % (p, TEXT, p)
    inner = rb"%s(?:<%sv(?:/>|>%s</%sv>)|<%sis(?:/>|>%s</%sis>))?+" % (
        *(_formula(p), p, TEXT, p),
        *(p, text, p),
    )
    return (
        rb'<%sc r="%s\1"(?:%s'
        rb"(?:><%sv>[0-9]++</%sv></%sc>|/>|>%s</%sc>))"  # a number or an index: nearly all, so first
        % (*(p, _COLUMN, _in_either_order(_STYLE, _KIND)), *(p, p, p, inner, p))
    )


@cache
def rows(p: bytes) -> re.Pattern[bytes]:
    """Rows one after the other, of a sheet with this prefix."""
    return re.compile(
        rb'(?:<%srow r="([1-9]\d{0,6}+)"%s(?:/>|>(?:%s)*+</%srow>))*+'
        % (p, OWN_ATTRIBUTES, _cell(p), p)
    )


NUMBER, WORDS = rb"[1-9][0-9]{0,14}+", rb"[^<>&\x00-\x1f]++"
"""What differs in cells that are otherwise alike: a number or the index of a text; any value without a reference."""

INLINE = b"<is>"
"""In the place of these: a text that stands in the cell itself, as our own cells have it."""

Form = tuple[bytes, bytes]
"""What stands in a cell before its value, and what the value may be. Without a value: b"" and the whole of it."""


def inline_text(p: bytes) -> bytes:
    """A text in the cell itself, without references."""
    return rb"<%sis><%st>%s</%st></%sis>" % (p, p, WORDS, p, p)


@cache
def row_tag() -> re.Pattern[bytes]:
    """What a row's start tag says behind its number."""
    return re.compile(OWN_ATTRIBUTES + b"/?+")


def known_row(p: bytes, columns: Iterable[tuple[bytes, Sequence[Form], Sequence[bytes]]]) -> bytes:
    """A row whose cells are known, of a sheet with this prefix: 1 its number, 2 what its tag says behind that
    (``row_tag``), then a group for each form of a column, in their order. The last group is a row that is
    otherwise, as it stands, or what remains. columns: from left to right the letters, the forms of cells with
    content, and empty cells as they stand behind their address."""
    # No quantifier around a group is possessive: not every Python keeps the groups in those.
    cells = []
    for letters, forms, empty in columns:
        alike = [_alike(p, head, value) for head, value in forms]
        ways = b"|".join((*alike, *map(re.escape, empty)))
        cells.append(rb'(?:<%sc r="%s\1"(?:%s))?' % (p, letters, ways))
    return rb'<%srow r="([1-9]\d{0,6}+)"([^<>]*+)(?:(?<!/)>%s</%srow>|(?<=/)>)|(%s)' % (
        *(p, b"".join(cells), p),
        rb"(?s:.)+?</%srow>|(?s:.)++" % p,
    )


def _alike(p: bytes, head: bytes, value: bytes) -> bytes:
    """Cells of one form behind their address; the group is the value, else all but the end tag."""
    if value == INLINE:
        return rb"(%s%s)</%sc>" % (re.escape(head), inline_text(p), p)
    if head:
        return rb"%s<%sv>(%s)</%sv></%sc>" % (re.escape(head), p, value, p, p)
    return rb"(%s)</%sc>" % (re.escape(value), p)
