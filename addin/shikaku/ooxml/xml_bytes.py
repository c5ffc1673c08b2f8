"""XML in plain form as bytes: read and patched where it stands.

A part goes through ``plain_form.checked`` before anything here looks at it. Where its elements begin
and end is expat's word (byte offsets), so a patch can change three bytes and leave the rest of the
part as its author wrote it. Patterns are for single tags and texts: the plain form knows one
spelling of those.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from xml.parsers import expat


class BadMarkup(ValueError):
    """A part isn't XML that we accept. ``doctype``: it carries a document type or entities.
    ``place``: the row or cell that can't be read, "" when it is the part as a whole."""

    def __init__(self, doctype: bool = False, place: str = ""):
        super().__init__("document type" if doctype else "not well formed")
        self.doctype = doctype
        self.place = place


MAIN = (
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/spreadsheetml/main",
)
"""The namespaces of SpreadsheetML, transitional and strict."""

TRUE = (b"1", b"true")
"""How XML Schema spells yes."""

_DECLARATION = re.compile(rb"\s*<\?xml\s[^>]*\?>")


def _quoted(text: str) -> str:
    for char, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(char, name)
    return text.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")


_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def legal(text: str) -> str:
    """Text without the characters that XML, and so a workbook's file, has no place for."""
    return _ILLEGAL.sub("", text)


def is_bare(text: str) -> bool:
    """Whether there is nothing to leave out or to escape in element content, as in most texts: what is
    printable holds no control, surrogate or code without a character."""
    return text.replace("\u3000", "").isprintable() and not (
        "&" in text or "<" in text or ">" in text
    )


def escape(text: str) -> bytes:
    """Text as element content; characters that XML forbids are left out."""
    if is_bare(text):
        return text.encode()
    text = legal(text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;").encode()


def quote(text: str) -> bytes:
    """Text as an attribute's value (without the quotes)."""
    if is_bare(text) and '"' not in text:
        return text.encode()
    return _quoted(legal(text)).encode()


_REFERENCE = re.compile(rb"&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));")
_NAMED = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}
_known: dict[bytes, bytes] = {}
"""Reference → character in UTF-8, since a Japanese text has the same few thousand again and again."""


def _resolve(match: re.Match[bytes]) -> bytes:
    found = _known.get(match[0])
    if found is None:
        if match[1]:
            found = _NAMED[match[1]]
        else:
            code = int(match[2]) if match[2] else int(match[3], 16)
            found = chr(code).encode("utf-8", "replace")
        if len(_known) < 20_000:
            _known[match[0]] = found
    return found


def plain(data: bytes) -> str:
    """Element content or an attribute's value as text."""
    if b"&" in data:
        data = _REFERENCE.sub(_resolve, data)
    return data.decode("utf-8", "replace")


def whole(value: bytes) -> int:
    """An attribute's value as a whole number of at least 0. Raises BadMarkup."""
    value = value.strip()
    if not value.isdigit() or len(value) > 9:
        raise BadMarkup
    return int(value)


def resolved(text: str) -> str:
    """The same of content that is decoded already."""
    return plain(text.encode()) if "&" in text else text


_ATTRIBUTE = re.compile(rb'\s([^\s=]+)="([^"]*)"')


def attributes(tag: bytes) -> dict[bytes, bytes]:
    """The attributes of a start tag, names with their prefix, values as they stand."""
    return dict(_ATTRIBUTE.findall(tag))


@cache
def _of_name(name: bytes) -> re.Pattern[bytes]:
    return re.compile(rb'\s+%s="[^"]*"' % re.escape(name))


def set_attribute(tag: bytes, name: bytes, value: bytes | None) -> bytes:
    """A start tag with one attribute set (at its old place, else last) or, for None, removed."""
    pattern = _of_name(name)
    new = b"" if value is None else b' %s="%s"' % (name, value)
    if pattern.search(tag):
        return pattern.sub(lambda _: new, tag, count=1)
    end = -2 if tag.endswith(b"/>") else -1
    return tag[:end].rstrip() + new + tag[end:]


@dataclass(frozen=True, slots=True)
class ElementSpan:
    """One element inside a part: local name, and where it starts, its start tag ends, it ends;
    full: the name with its prefix."""

    name: bytes
    start: int
    inner: int
    end: int
    full: bytes


_FIRST_FEED, _MOST_FEED = 1 << 10, 1 << 20
"""Bytes for the parser at once, doubled each time: of a long part often only the beginning is wanted."""


class _Spans:
    """expat over a stretch of a part: the elements in it that are wanted, each when it ends.

    wanted: asked for (depth, full name); depth 0 are those side by side.
    """

    def __init__(self, data: bytes, start: int, end: int, wanted: Callable[[int, str], bool]):
        self._data, self._start, self._end, self._wanted = data, start, end, wanted
        self._found: list[ElementSpan] = []
        self._open: list[int] = []
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._opened
        self._parser.EndElementHandler = self._closed
        self._before = len(_AROUND[0])

    def _at(self) -> int:
        return self._parser.CurrentByteIndex - self._before + self._start

    def _opened(self, name: str, _: object) -> None:
        self._open.append(self._at())

    def _closed(self, name: str) -> None:
        start = self._open.pop()
        depth = len(self._open) - 1  # without the element around it all
        if depth < 0 or not self._wanted(depth, name):
            return
        inner = end = self._data.index(b">", start) + 1
        if self._data[inner - 2] != 0x2F:  # "/>"
            end = self._data.index(b">", self._at()) + 1
        full = name.encode()
        self._found.append(ElementSpan(full.rpartition(b":")[2], start, inner, end, full))

    def __iter__(self) -> Iterator[ElementSpan]:
        feed, at = _FIRST_FEED, self._start
        try:
            if self._end - at <= feed:
                self._parser.Parse(self._data[at : self._end].join(_AROUND), True)
                yield from self._found
                return
            self._parser.Parse(_AROUND[0], False)
            while at < self._end:
                self._parser.Parse(self._data[at : min(at + feed, self._end)], False)
                at, feed = at + feed, min(2 * feed, _MOST_FEED)
                yield from self._found
                self._found.clear()
            self._parser.Parse(_AROUND[1], True)
        except expat.ExpatError:
            raise BadMarkup from None
        yield from self._found


_AROUND = b"<stretch>", b"</stretch>"


def pieces(data: bytes, start: int, end: int) -> Iterator[ElementSpan]:
    """The elements that stand side by side in data[start:end]. Raises BadMarkup."""
    return iter(_Spans(data, start, end, lambda depth, _: depth == 0))


def within(
    data: bytes, wanted: Callable[[bytes], bool], start: int = 0, end: int = -1
) -> list[ElementSpan]:
    """The elements anywhere in data[start:end] whose full name is wanted, in the order of their
    starts. A whole part may be given (its declaration is passed over); end: -1 for the data's."""
    declaration = _DECLARATION.match(data, start)
    start, end = declaration.end() if declaration else start, len(data) if end < 0 else end
    found = _Spans(data, start, end, lambda _, full: wanted(full.encode()))
    return sorted(found, key=lambda element: element.start)


def named(data: bytes, *names: bytes) -> list[ElementSpan]:
    """The elements of these full names anywhere in a part or a stretch of one."""
    return within(data, names.__contains__)


def retagged(data: bytes, change: Callable[[bytes], bytes], *names: bytes) -> bytes:
    """A part, or a stretch, with the start tags of the elements of these full names changed; b""
    leaves an (empty) element out."""
    edits = [(e.start, e.inner, change(data[e.start : e.inner])) for e in named(data, *names)]
    return splice(data, edits)


def without(data: bytes, full: bytes) -> bytes:
    """A part, or a stretch, without the elements of a full name; none stands in another."""
    return splice(data, [(e.start, e.end, b"") for e in named(data, full)])


def root(data: bytes) -> ElementSpan:
    """The root element."""
    declaration = _DECLARATION.match(data)
    start = data.find(b"<", declaration.end() if declaration else 0)
    inner = data.find(b">", start) + 1
    if start < 0 or not inner:
        raise BadMarkup
    full = re.split(rb"[\s/>]", data[start + 1 : inner], maxsplit=1)[0]
    return ElementSpan(full.rpartition(b":")[2], start, inner, len(data.rstrip()), full)


def prefix(data: bytes) -> bytes:
    """The prefix of SpreadsheetML's elements in a part, ``b""`` or ``b"x:"``.

    Raises BadMarkup when the root isn't SpreadsheetML.
    """
    top = root(data)
    tag = data[top.start : top.inner]
    before, colon, _ = top.full.rpartition(b":")
    space = attributes(tag).get(b"xmlns:" + before if colon else b"xmlns")
    if space not in MAIN:
        raise BadMarkup
    return before + colon


def inside(data: bytes, element: ElementSpan) -> tuple[int, int]:
    """Where the content of an element stands (start, end); an empty ``<a/>`` has none."""
    if data[element.inner - 2] == 0x2F:  # "/>"
        return element.inner, element.inner
    return element.inner, data.rindex(b"</", element.inner, element.end)


def children(data: bytes, element: ElementSpan, name: bytes) -> Iterator[ElementSpan]:
    """The elements of a local name right inside another; of its namespace, by its prefix."""
    full = element.full.removesuffix(element.name) + name
    return (piece for piece in pieces(data, *inside(data, element)) if piece.full == full)


def balanced(data: bytes, start: int, end: int) -> bool:
    """Whether every element that begins in data[start:end] ends there, too."""
    try:
        for _ in _Spans(data, start, end, lambda *_: False):
            pass
    except BadMarkup:
        return False
    return True


def start_tag(element: bytes) -> bytes:
    """The start tag of an element's bytes."""
    return element[: element.index(b">") + 1]


def prefixed(element: bytes, p: bytes) -> bytes:
    """An element without prefix, and all in it, with a prefix (``b""`` or ``b"x:"``)."""
    if not p:
        return element
    edits = []
    for one in within(element, lambda _: True):
        edits.append((one.start + 1, one.start + 1, p))
        if one.inner != one.end:
            close = element.rindex(b"</", one.inner, one.end) + 2
            edits.append((close, close, p))
    return splice(element, edits)


def splice(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    """data with each (start, end) replaced. Raises BadMarkup when two of the places overlap."""
    out: list[bytes] = []
    at = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        if start < at:
            raise BadMarkup
        out += (data[at:start], new)
        at = end
    return b"".join((*out, data[at:]))


def insert_child(data: bytes, start: int, end: int, new: bytes, before: frozenset[bytes]) -> bytes:
    """data with an element put among those in data[start:end], before the first one named in
    ``before`` (local names), else last."""
    place = next((p.start for p in pieces(data, start, end) if p.name in before), end)
    return data[:place] + new + data[place:]
