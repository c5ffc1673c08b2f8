"""The gate of every part: XML in any spelling goes in, one plain spelling comes out.

The plain form is what makes reading and patching exact. A part in it is well formed UTF-8 without
BOM, document type, comments, CDATA and processing instructions; each tag is written
``<name a="v" b="w">``, ``<name/>`` or ``</name>`` with single spaces; text holds no bare ``>``;
for a character of ASCII none but ``&amp; &lt; &gt; &quot; &apos; &#9; &#10; &#13;`` stand; the
elements of the root's namespace, and they alone, carry the root's prefix. In a worksheet, moreover, rows come in
order, each once, and rows and cells carry their addresses, first of their attributes.

What Excel and most libraries write is in that form already: ``_is_plain`` and ``_plain_rows`` accept
exactly it (``plain_patterns``), byte by byte, and such a part is left alone. Everything else is read by libxml2 and written
anew (``_serialised``), which settles quotes, references, comments, encodings and white space in one
go; what is still not in the form then (addresses, rows in pieces, prefixes) is spelt anew element by
element (``respelling``): the same content, so that nothing that is read or written depends on a
spelling.
"""

import io
import re
from codecs import getincrementaldecoder
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from lxml import etree

from shikaku.ooxml import respelling
from shikaku.ooxml.addresses import column_letters, column_number
from shikaku.ooxml.bare_rows import BareRows
from shikaku.ooxml.plain_patterns import ATTRIBUTES, NAME, TEXT, VALUE
from shikaku.ooxml.row_blocks import BlockedRows
from shikaku.ooxml.xml_bytes import MAIN, BadMarkup

_DECLARATION = re.compile(
    rb"<\?xml version=[\"']1\.0[\"'](?: encoding=[\"'](?:UTF|utf)-8[\"'])?"
    rb"(?: standalone=[\"'](?:yes|no)[\"'])? ?\?>\s*"
)
_PLAIN = re.compile(rb"(?:<(?:%s%s/?+|/%s)>|%s)*+" % (NAME, ATTRIBUTES, NAME, TEXT[:-2] + b"+"))
_ROOT = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?+)([A-Za-z_][\w.-]*)(%s)/?>" % ATTRIBUTES)
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
    return checked_and_lean(data).data


@dataclass(frozen=True, slots=True)
class CheckedPart:
    """A part in plain form: data; lean, the same for reading: of a sheet without the texts of long formulas
    that stand in row after row (``<f/>`` in their place; most of a prepared sheet is such texts); rows: of a
    sheet, as the lean part has them, None where they have not been taken apart; bare: in their place where the
    rows needn't be. only_rows: a sheet whose body is known to hold rows and nothing else."""

    data: bytes
    lean: bytes
    rows: BlockedRows | None = None
    bare: BareRows | None = None
    only_rows: bool = False


_SMALL = 1 << 14
"""A sheet of so few bytes is read before the pattern of all its rows is made."""


def checked_and_lean(data: bytes, *, ours: bool = False) -> CheckedPart:
    """The part in plain form, likewise for reading. ours: a sheet that we fill, whose rows are bare as a
    rule. Raises as ``checked``."""
    data = _as_utf8(data)
    if _declares(data):
        raise BadMarkup(doctype=True)
    if ours and len(data) > _SMALL:
        bare = _plain_rows(data, BareRows)
        if bare is not None and _sound(data, bare):
            return CheckedPart(data, data, bare=bare.taken, only_rows=True)
    # In plain form "<" begins a tag and nothing else: what is plain with <f/> is so with <f>…</f>, too,
    # when that text is.
    lean = _without_long_formulas(data)
    rows = _plain_rows(lean, BlockedRows)
    if rows is not None and _sound(lean, rows):
        return CheckedPart(data, lean, rows.taken, only_rows=True)
    if rows is None and _plain_strings(data):
        return CheckedPart(data, data)
    if rows is None and _is_plain(data):
        if not _well_formed(data):
            raise BadMarkup
        return CheckedPart(data, data)
    return _spelt_anew(data)


def _declares(data: bytes) -> bool:
    """Whether a part has a DOCTYPE."""
    # A single byte is found in a tenth of the time, and few parts have it; links have it at a sheet's end.
    mark = data.find(b"!")
    if mark <= 0 or data.find(b"<!", mark - 1) < 0:
        return False
    return b"<!DOCTYPE" in data or b"<!ENTITY" in data


def _spelt_anew(data: bytes) -> CheckedPart:
    settled = _serialised(data)
    rows = _plain_rows(settled, BlockedRows)
    if rows is not None and _plain_around(settled, rows):
        return CheckedPart(settled, settled, rows.taken, only_rows=True)
    if rows is not None or not _is_plain(settled):
        settled = _without_aliases(respelling.respelt(data))
    return CheckedPart(settled, settled)


_LONG_FORMULA = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?+)f>([^<]{100,32767})</\1f>")
_FORMULA_TEXT = re.compile(TEXT)
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
    return b"".join(_without(data, again, opening, closing, empty))


_TOLD_BY = 100
"""So many bytes of a long formula tell it from nearly all others."""


def _without(
    data: bytes, texts: Iterable[bytes], opening: bytes, closing: bytes, empty: bytes
) -> Iterator[bytes]:
    """What remains of a part without elements with these texts, which are of that length at least, but with empty
    ones, piece by piece. The texts are megabytes: they are compared where they stand."""
    known: dict[bytes, list[bytes]] = defaultdict(list)
    for text in texts:
        known[text[:_TOLD_BY]].append(text + closing)
    at = start = 0
    while (start := data.find(opening, start)) >= 0:
        start += len(opening)
        for element in known.get(data[start : start + _TOLD_BY], ()):
            if data.startswith(element, start):
                yield data[at : start - len(opening)] + empty
                at = start = start + len(element)
                break
    yield data[at:]


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


def _serialised(data: bytes) -> bytes:
    """A well-formed part as libxml2 writes it: double quotes, single spaces, UTF-8, no comments,
    CDATA and instructions; of a worksheet without white space around its rows and cells, the
    address first among their attributes. b"" where something else stands between rows."""
    events = etree.iterparse(
        io.BytesIO(data),
        events=("end",),
        tag=[f"{{{space.decode()}}}row" for space in MAIN],
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        strip_cdata=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return _settled(events)
    except etree.XMLSyntaxError:
        raise BadMarkup from None


def _settled(events: etree.iterparse) -> bytes:
    rows: list[bytes] = []
    outer = None
    for _, row in events:
        parent = row.getparent()
        if parent is None or not _holds_rows(parent):
            continue
        outer = parent
        rows.append(etree.tostring(row, encoding="UTF-8", xml_declaration=False, with_tail=False))
        row.clear(keep_tail=True)  # one by one: the tree of a large sheet would take a gigabyte
        while (before := row.getprevious()) is not None:
            if _more_than(row.tag, before):
                return b""
            parent.remove(before)
    if outer is not None:
        left = list(outer)
        if (outer.text or "").strip() or any(_more_than(left[-1].tag, row) for row in left):
            return b""
        outer.text = _ROWS
        for row in left:
            outer.remove(row)
    text = etree.tostring(events.root, encoding="UTF-8", xml_declaration=False)
    data = respelling.DECLARATION + text
    return _without_aliases(data if outer is None else _with_rows(data, rows))


def _more_than(tag: str, element: etree._Element) -> bool:
    """Whether it is something else than an element of that name, or has text behind it."""
    return element.tag != tag or bool((element.tail or "").strip())


_ROWS = "\ue000rows\ue000"


def _holds_rows(element: etree._Element) -> bool:
    """Whether an element is the sheetData of a worksheet."""
    name, parent = etree.QName(element), element.getparent()
    return (
        name.localname == "sheetData"
        and parent is not None
        and parent.getparent() is None
        and etree.QName(parent) == f"{{{name.namespace}}}worksheet"
    )


def _with_rows(data: bytes, rows: list[bytes]) -> bytes:
    """A worksheet with its rows where ``_ROWS`` stands. Behind libxml2 a tag has one spelling, so
    that patterns are exact."""
    root, place = _root(data), _ROWS.encode()
    if root is None or data.count(place) != 1:
        return b""
    p = root[1]
    # Each row was written by itself and declares the root's namespaces once more.
    opening = b"<%srow" % p
    first = (
        re.match(rb"%s((?: xmlns(?::[\w.-]+)?=\"[^\"]*\")*+)" % opening, rows[0]) if rows else None
    )
    known = (
        first[0] if first and sorted(_SPACES.findall(first[1])) == sorted(_declared(root)) else b""
    )
    whole = b"".join(
        opening + row[len(known) :] if known and row.startswith(known) else row for row in rows
    )
    whole = re.sub(rb">[ \t\n]+<(?!/%s[tvf]>)" % p, b"><", whole)
    whole = re.sub(
        rb'<(%s(?:row|c))((?: (?!r=)%s="%s")++) (r="%s")' % (p, NAME, VALUE, VALUE),
        rb"<\1 \3\2",
        whole,
    )
    if re.search(rb'<%sc r="[A-Z]*+[a-z]' % p, whole):
        whole = re.sub(rb'(?<=<%sc r=")[A-Za-z]{1,3}(?=\d)' % p, lambda m: m[0].upper(), whole)
    if re.search(rb"<%s(?:row|c)(?! r=)[ />]" % p, whole):
        whole = _addressed(whole, p)
    return data.replace(place, whole)


def _addressed(rows: bytes, p: bytes) -> bytes:
    """Rows in which each row and each cell has its address: one without follows the one before it.
    Addresses that are none are left as they stand, for ``respelling`` to refuse."""
    row = column = 0

    def tag(match: re.Match[bytes]) -> bytes:
        nonlocal row, column
        if match[1]:
            row, column = int(match[2]) if match[2] else row + 1, 0
            return b'<%srow r="%d"' % (p, row)
        if match[3]:
            column = column_number(match[3].decode())
            return match[0]
        column += 1
        return b'<%sc r="%s%d"' % (p, column_letters(column).encode(), row)

    number = rb"[1-9][0-9]{0,6}"
    of_row = rb'(row)(?: r="(%s)"|(?! r="))' % number
    of_cell = rb'c(?: r="([A-Z]{1,3})%s"|(?! r="))' % number
    return re.sub(rb"<%s(?:%s|%s)(?=[ />])" % (p, of_row, of_cell), tag, rows)


def _without_aliases(data: bytes) -> bytes:
    """A part whose root declares its namespace under one prefix alone, as far as nothing stands
    under another one."""
    root = _root(data)
    if root is None:
        return data
    tag = root[0]
    own = dict(_declared(root)).get(root[1][:-1])
    same = MAIN if own in MAIN else (own,)
    for prefix, space in _declared(root):
        if prefix and prefix != root[1][:-1] and space in same and data.count(prefix + b":") == 0:
            shorter = tag.replace(b' xmlns:%s="%s"' % (prefix, space), b"")
            if not re.search(rb'[" ]%s[" ]' % re.escape(prefix), shorter):  # mc:Ignorable
                tag = shorter
    return data.replace(root[0], tag, 1)


def _declared(root: re.Match[bytes]) -> list[tuple[bytes, bytes]]:
    """(prefix, namespace) as the root declares them."""
    return _SPACES.findall(root[0])


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


def _plain_strings(data: bytes) -> bool:
    """Whether a part is a table of shared texts in plain form, well formed and without runs and readings:
    tens of thousands of texts that a parser need not see."""
    root = _root(data)
    if root is None or root[2] != b"sst":
        return False
    p = root[1]
    start, end = root.end(), data.rfind(b"</%ssst>" % p)
    texts = rb'(?:<%ssi><%st(?: xml:space="preserve")?+>%s</%st></%ssi>)++' % (p, p, TEXT, p, p)
    if end < start or not re.compile(texts).fullmatch(data, start, end):
        return False
    around = data[:start] + data[end:]
    return _legal(data, start, end) and _is_plain(around) and _well_formed(around)


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


Taken = TypeVar("Taken", BlockedRows, BareRows)


@dataclass(frozen=True, slots=True)
class _Rows(Generic[Taken]):
    """A worksheet's rows that are in plain form: where the root, where they begin and end, the
    root's prefix, and the rows as they were taken."""

    root: int
    start: int
    end: int
    prefix: bytes
    taken: Taken

    def tags(self) -> bytes:
        """The start tags in them that carry more than an address, each once: what a parser has to look at."""
        return b"".join(sorted(self.taken.tags))


def _plain_rows(
    data: bytes, take: Callable[[bytes, int, int, bytes], Taken]
) -> _Rows[Taken] | None:
    """The rows of a worksheet, when each byte of them is as the plain form has it. take: what takes them.

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
    taken = take(data, start, end, p)
    if not taken.plain or not _legal(data, start, end):
        return None
    return _Rows(root.start(), start, end, p, taken)


_AT_FIRST = 1 << 14
"""Bytes that tell whether it is worth while to look at all of them for ASCII."""


def _legal(data: bytes, start: int, end: int) -> bool:
    """Whether a stretch is UTF-8 without the two characters that XML forbids beyond the controls."""
    # Most sheets' texts stand elsewhere; a copy of the rows is made where those of the head do not.
    if data.isascii() or data[start : start + _AT_FIRST].isascii() and data[start:end].isascii():
        return True
    decoder = getincrementaldecoder("utf-8")()
    try:
        for at in range(start, end, 1 << 20):
            text = decoder.decode(data[at : min(at + (1 << 20), end)])
            if "\ufffe" in text or "\uffff" in text:  # faster found than their bytes
                return False
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _sound(data: bytes, rows: _Rows[Taken]) -> bool:
    """Whether a part with plain rows is well formed and in plain form."""
    around = data[: rows.start] + rows.tags() + data[rows.end :]
    return _well_formed(around) and _plain_around(data, rows)


def _plain_around(data: bytes, rows: _Rows[Taken]) -> bool:
    """Whether what stands before and behind plain rows is in plain form, too."""
    return _plain_text(data, rows.root, rows.start, rows.prefix) and _plain_text(
        data, rows.end, len(data), rows.prefix, declared=True
    )
