"""The gate of every part: XML in any spelling goes in, one plain spelling comes out.

The plain form is what makes reading and patching exact. A part in it is well formed UTF-8 without
BOM, document type, comments, CDATA and processing instructions; each tag is written
``<name a="v" b="w">``, ``<name/>`` or ``</name>`` with single spaces; text holds no bare ``>``;
for a character of ASCII none but ``&amp; &lt; &gt; &quot; &apos; &#9; &#10; &#13;`` stand; the
elements of the root's namespace, and they alone, carry the root's prefix. In a worksheet, moreover, rows come in
order, each once, and rows and cells carry their addresses, first of their attributes.

What Excel and most libraries write is in that form already: ``_is_plain`` and ``_plain_rows`` accept
exactly it, byte by byte, and such a part is left alone. Everything else is read by expat and spelt anew
(``respelling``): the same content, so that nothing that is read or written depends on a spelling.
"""

import re
from codecs import getincrementaldecoder
from collections import Counter
from dataclasses import dataclass
from functools import cache
from operator import lt

from lxml import etree

from shikaku.ooxml import respelling
from shikaku.ooxml.addresses import LAST_ROW
from shikaku.ooxml.xml_bytes import MAIN, BadMarkup

# Beyond ASCII numbers may stand for characters: openpyxl writes all of Japanese so. 128 to 999999,
# without a stretch around the surrogates and the end of the basic plane, which the parser looks at.
_BEYOND = (
    rb"#(?:12[89]|1[3-9]\d|[2-9]\d\d|[1-9]\d{3}|[1-4]\d{4}|5[0-489]\d{3}|6[0-4]\d{3}"
    rb"|65[0-4]\d\d|655[0-2]\d|[1-9]\d{5})"
)
_ENTITY = rb"&(?:amp|lt|gt|quot|apos|#9|#10|#13|%s);" % _BEYOND
_TEXT = rb"(?:[^<>&\x00-\x08\x0b-\x1f]++|%s)*+" % _ENTITY
_VALUE = rb'(?:[^"<>&\x00-\x1f]++|%s)*+' % _ENTITY
_NAME = rb"[A-Za-z_][\w.-]*+(?::[A-Za-z_][\w.-]*+)?+"
_ATTRIBUTES = rb'(?: %s="%s")*+' % (_NAME, _VALUE)
_DECLARATION = re.compile(
    rb"<\?xml version=[\"']1\.0[\"'](?: encoding=[\"'](?:UTF|utf)-8[\"'])?"
    rb"(?: standalone=[\"'](?:yes|no)[\"'])? ?\?>\s*"
)
_PLAIN = re.compile(rb"(?:<(?:%s%s/?+|/%s)>|%s)*+" % (_NAME, _ATTRIBUTES, _NAME, _TEXT[:-2] + b"+"))
_ROOT = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?+)([A-Za-z_][\w.-]*)(%s)/?>" % _ATTRIBUTES)
_SPACES = re.compile(rb' xmlns(?::([\w.-]+))?="([^"]*)"')
_ENCODING = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_ENCODINGS = {"utf-16", "utf-16le", "utf-16be", "us-ascii", "iso-8859-1", "shift_jis", "euc-jp"}


class _Silent:
    """A parser target that wants no events: libxml2 checks the text and builds nothing."""

    def close(self) -> None: ...


def checked(data: bytes) -> bytes:
    """The part in plain form, the very same bytes when it already is in it.

    Raises BadMarkup: not well formed, unknown encoding, nested deeper than 256, a DOCTYPE, or a
    worksheet whose rows and cells can't be told apart (an address that is none, a cell twice).
    """
    return checked_and_lean(data)[0]


def checked_and_lean(data: bytes) -> tuple[bytes, bytes]:
    """The part in plain form, and the same for reading: of a sheet without the texts of long formulas that
    stand in row after row (``<f/>`` in their place; most of a prepared sheet is such texts). Raises as ``checked``.
    """
    data = _as_utf8(data)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise BadMarkup(doctype=True)
    # In plain form "<" begins a tag and nothing else: what is plain with <f/> is so with <f>…</f>, too,
    # when that text is.
    lean = _without_long_formulas(data)
    rows = _plain_rows(lean)
    if rows is not None:
        around = _well_formed(lean[: rows.start] + rows.tags + lean[rows.end :])
        if around and _plain_around(lean, rows):
            return data, lean
    if not _well_formed(data):
        raise BadMarkup
    plain = data if rows is None and _is_plain(data) else respelling.respelt(data)
    return plain, plain


_LONG_FORMULA = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?+)f>([^<]{100,32767})</\1f>")
_FORMULA_TEXT = re.compile(_TEXT)
_FIRST_ROWS = 1 << 17
"""Bytes in which a sheet's rows begin to repeat themselves."""


def _without_long_formulas(data: bytes) -> bytes:
    """A sheet without the long formulas that stand in its first rows again and again, if they are in plain
    form themselves."""
    root = _root(data)
    if root is None or root[2] != b"worksheet":
        return data
    opening, closing, empty = (form % root[1] for form in (b"<%sf>", b"</%sf>", b"<%sf/>"))
    start = root.end()
    found = Counter(
        text
        for prefix, text in _LONG_FORMULA.findall(data, start, start + _FIRST_ROWS)
        if prefix == root[1]
    )
    again = {
        text
        for text, count in found.items()
        if count > 1 and _FORMULA_TEXT.fullmatch(text) and _legal(text, 0, len(text))
    }
    if not again:
        return data
    first, *rest = data.split(opening)
    out = [first]
    for piece in rest:
        text, _, behind = piece.partition(closing)
        out += (empty, behind) if text in again else (opening, piece)
    return b"".join(out)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        target=_Silent(),  # type: ignore[arg-type]  # any events may be left out
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
    )


def _well_formed(data: bytes) -> bool:
    try:
        etree.fromstring(data, _parser())
    except (etree.XMLSyntaxError, ValueError):
        return False
    return True


def _as_utf8(data: bytes) -> bytes:
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encoding = "utf-16"
    elif data[:2] in (b"<\0", b"\0<"):
        encoding = "utf-16le" if data[1] == 0 else "utf-16be"
    else:
        named = _ENCODING.match(data.lstrip())
        encoding = named[1].decode().lower() if named else "utf-8"
        if encoding in ("utf-8", "utf8"):
            return data
        if encoding not in _ENCODINGS:
            raise BadMarkup
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        raise BadMarkup from None
    body = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff"))
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{body.strip()}'.encode()


def _root(data: bytes) -> re.Match[bytes] | None:
    """The root's start tag in plain form: 1 its prefix, 2 its local name."""
    declaration = _DECLARATION.match(data)
    return _ROOT.match(data, declaration.end() if declaration else 0)


def _is_plain(data: bytes) -> bool:
    """Whether a well-formed part is in the plain form; a worksheet with rows never is."""
    root = _root(data)
    if root is None or root[2] == b"worksheet" and b"<%srow" % root[1] in data:
        return False
    return _plain_text(data, root.start(), len(data), root[1])


def _plain_text(
    data: bytes, start: int, end: int, prefix: bytes, *, declared: bool = False
) -> bool:
    """Whether a stretch is in plain form. declared: the root's tag, which declares the root's
    namespace, stands elsewhere."""
    if not _PLAIN.fullmatch(data, start, end):
        return False
    spaces = _SPACES.findall(data, start, end)
    own = [space for name, space in spaces if name == prefix[:-1]]
    if declared:
        return not own and not any(space in MAIN for _, space in spaces)
    # A part without a namespace has no prefix either; a prefix is declared once, at the root.
    if not own:
        return not prefix and not any(space in MAIN for _, space in spaces)
    same = MAIN if own[0] in MAIN else (own[0],)
    return len(own) == 1 and sum(space in same for _, space in spaces) == 1


@dataclass(frozen=True, slots=True)
class _Rows:
    """A worksheet's rows that are in plain form: where the root, where they begin and end, the
    root's prefix, and each start tag that carries more than an address once (what else a parser has to look at)."""

    root: int
    start: int
    end: int
    prefix: bytes
    tags: bytes


@cache
def _row_pattern(p: bytes) -> re.Pattern[bytes]:
    """Matches rows in plain form, one after the other."""
    attribute = rb'(?: (?!xmlns)%s="%s")*+' % (_NAME, _VALUE)
    text = rb"<%st(?: xml:space=\"preserve\")?+>%s</%st>" % (p, _TEXT, p)
    inner = rb"(?:<%sf%s(?:/>|>%s</%sf>))?+(?:<%sv>%s</%sv>|<%sis>%s</%sis>)?+" % (
        *(p, attribute, _TEXT, p),
        *(p, _TEXT, p),
        *(p, text, p),
    )
    cell = (
        rb'<%sc r="(?:[A-Z]{1,2}|[A-W][A-Z]{2}|X[A-E][A-Z]|XF[A-D])\1"(?: s="\d{1,6}+")?+(?: t="(?:s|n|b|e|d|str|inlineStr)")?+'
        rb'(?: cm="\d++")?+(?:/>|>%s</%sc>)' % (p, inner, p)
    )
    return re.compile(
        rb'(?:<%srow r="([1-9]\d{0,6}+)"%s(?:/>|>(?:%s)*+</%srow>))*+' % (p, attribute, cell, p)
    )


def _plain_rows(data: bytes) -> _Rows | None:
    """The rows of a worksheet, when each byte of them is as the plain form has it.

    What such rows could still hold against the rules of XML is looked for here (characters) or
    handed to the parser (attributes, by ``tags``), so it need not see a hundred thousand cells.
    """
    root = _root(data)
    if root is None or root[2] != b"worksheet":
        return None
    p = root[1]
    opening, end = data.find(b"<%ssheetData>" % p), data.rfind(b"</%ssheetData>" % p)
    start = opening + len(p) + 11
    if opening < 0 or end < start:
        return None
    if not _row_pattern(p).fullmatch(data, start, end):
        return None
    numbers, tags = [], set()
    for number, attributes in re.findall(rb'<%srow r="(\d+)"([^>]*+)>' % p, data[start:end]):
        numbers.append(int(number))
        tags.add(attributes)
    ascending = all(map(lt, numbers, numbers[1:])) and (not numbers or numbers[-1] <= LAST_ROW)
    if not ascending or not _legal(data, start, end):
        return None
    row = b'<%srow r="1"' % p
    formulas = set(re.findall(rb"<%sf( [^>]+)>" % p, data[start:end]))
    tags = {row + tag.removesuffix(b"/") for tag in tags}
    tags |= {b"<%sf%s" % (p, tag.removesuffix(b"/")) for tag in formulas}
    return _Rows(root.start(), start, end, p, b"".join(tag + b"/>" for tag in sorted(tags)))


def _legal(data: bytes, start: int, end: int) -> bool:
    """Whether a stretch is UTF-8 without the two characters that XML forbids beyond the controls."""
    decoder = getincrementaldecoder("utf-8")()
    try:
        for at in range(start, end, 1 << 20):
            decoder.decode(data[at : min(at + (1 << 20), end)])
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return data.find(b"\xef\xbf\xbe", start, end) < 0 and data.find(b"\xef\xbf\xbf", start, end) < 0


def _plain_around(data: bytes, rows: _Rows) -> bool:
    """Whether what stands before and behind plain rows is in plain form, too."""
    return _plain_text(data, rows.root, rows.start, rows.prefix) and _plain_text(
        data, rows.end, len(data), rows.prefix, declared=True
    )
