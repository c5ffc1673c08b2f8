"""What the plain form (``plain_form``) is made of, as patterns: texts, names, attributes, rows of a worksheet."""

import re
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


def _cell(p: bytes, row: bytes, numbered: bytes) -> bytes:
    """A cell. row: how its row is written in its address; numbered: what else may stand in its place."""
    text = rb"<%st(?: xml:space=\"preserve\")?+(?:/>|>%s</%st>)" % (p, TEXT, p)
    inner = rb"%s(?:<%sv(?:/>|>%s</%sv>)|<%sis(?:/>|>%s</%sis>))?+" % (
        *(_formula(p), p, TEXT, p),
        *(p, text, p),
    )
    return (
        rb'<%sc r="%s%s"(?:%s%s'
        rb"(?:><%sv>[0-9]++</%sv></%sc>|/>|>%s</%sc>))"  # a number or an index: nearly all, so first
        % (*(p, _COLUMN, row, numbered, _in_either_order(_STYLE, _KIND)), *(p, p, p, inner, p))
    )


@cache
def rows(p: bytes) -> re.Pattern[bytes]:
    """Rows one after the other, of a sheet with this prefix."""
    return re.compile(
        rb'(?:<%srow r="([1-9]\d{0,6}+)"%s(?:/>|>(?:%s)*+</%srow>))*+'
        % (p, OWN_ATTRIBUTES, _cell(p, rb"\1", b""), p)
    )


@cache
def frame(p: bytes) -> re.Pattern[bytes]:
    """A row behind its number and without its end, ``\\0`` for the number in its cells' addresses and
    ``\\1`` for numbers that cells hold: 1 the attributes of its tag."""
    kinds = _in_either_order(_STYLE, rb' t="[sn]"')
    numbered = rb"%s>%s\x01</%sc>|" % (kinds, _formula(p), p)
    return re.compile(rb"(%s)>(?:%s)*+" % (OWN_ATTRIBUTES, _cell(p, rb"\x00", numbered)))
