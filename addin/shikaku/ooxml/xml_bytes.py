"""XML in plain form as bytes: read and patched where it stands.

A part goes through ``plain_form.checked`` before anything here looks at it. On the form that comes
out there byte patterns are exact, so a patch can change three bytes and leave the rest of the part
as its author wrote it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache


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

_DECLARATION = re.compile(rb"\s*<\?xml\s[^>]*\?>")


def _quoted(text: str) -> str:
    for char, name in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(char, name)
    return text.replace("\t", "&#9;").replace("\n", "&#10;").replace("\r", "&#13;")


_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def legal(text: str) -> str:
    """Text without the characters that XML, and so a workbook's file, has no place for."""
    return _ILLEGAL.sub("", text)


def escape(text: str) -> bytes:
    """Text as element content; characters that XML forbids are left out."""
    text = legal(text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;").encode()


def quote(text: str) -> bytes:
    """Text as an attribute's value (without the quotes)."""
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


_TAG = re.compile(rb"<(/?)([^\s/>]+)[^>]*?(/?)>")


def pieces(data: bytes, start: int, end: int) -> Iterator[ElementSpan]:
    """The elements that stand side by side in data[start:end]."""
    depth, opened, inner, full = 0, 0, 0, b""
    for match in _TAG.finditer(data, start, end):
        if match[1]:
            depth -= 1
        else:
            if depth == 0:
                opened, inner, full = match.start(), match.end(), match[2]
            depth += not match[3]
            if not match[3]:
                continue
        if depth == 0:
            yield ElementSpan(full.rpartition(b":")[2], opened, inner, match.end(), full)


def root(data: bytes) -> ElementSpan:
    """The root element."""
    declaration = _DECLARATION.match(data)
    match = _TAG.search(data, declaration.end() if declaration else 0)
    if match is None:
        raise BadMarkup
    end = len(data.rstrip())
    return ElementSpan(match[2].rpartition(b":")[2], match.start(), match.end(), end, match[2])


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
    depth = 0
    for match in _TAG.finditer(data, start, end):
        depth += -1 if match[1] else not match[3]
        if depth < 0:
            return False
    return depth == 0


def splice(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    """data with each (start, end) replaced; the places may not overlap."""
    out: list[bytes] = []
    at = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        out += (data[at:start], new)
        at = end
    return b"".join((*out, data[at:]))


def insert_child(data: bytes, start: int, end: int, new: bytes, before: frozenset[bytes]) -> bytes:
    """data with an element put among those in data[start:end], before the first one named in
    ``before`` (local names), else last."""
    place = next((p.start for p in pieces(data, start, end) if p.name in before), end)
    return data[:place] + new + data[place:]
