"""XML as bytes: checked once, then read and patched where it stands.

A part goes through ``checked`` before anything else looks at it. What comes out is well formed,
UTF-8, free of document types, comments, CDATA and processing instructions, with every attribute
in double quotes and no ``>`` inside one. On that form plain byte patterns are exact, so a patch
can change three bytes and leave the rest of the part as its author wrote it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.parsers import expat

from lxml import etree


class BadMarkup(ValueError):
    """A part isn't XML that we accept. ``doctype``: it carries a document type or entities."""

    def __init__(self, doctype: bool = False):
        super().__init__("document type" if doctype else "not well formed")
        self.doctype = doctype


MAIN = (
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    b"http://purl.oclc.org/ooxml/spreadsheetml/main",
)
"""The namespaces of SpreadsheetML, transitional and strict."""

_DECLARATION = re.compile(rb"\s*<\?xml\s[^>]*\?>")
_ENCODING = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_ENCODINGS = {"utf-16", "utf-16le", "utf-16be", "us-ascii", "iso-8859-1", "shift_jis", "euc-jp"}
_NAME = rb"[A-Za-z_\x80-\xff][^\s<>\"'=/]*"
_ODD_TAG = re.compile(rb'<(?!/%s>|%s(?:\s+%s="[^"<>]*")*\s?/?>)' % (_NAME, _NAME, _NAME))
"""Anything between angle brackets that isn't a tag in the plain form."""


_PARSER = {"resolve_entities": False, "no_network": True, "huge_tree": False, "load_dtd": False}


class _Silent:
    """A parser target that wants no events: libxml2 checks the text and builds nothing."""

    def close(self) -> None: ...


def checked(data: bytes) -> bytes:
    """The part in the form described above, untouched when it already is in it.

    Raises BadMarkup: not well formed, unknown encoding, nested deeper than 256, a DOCTYPE.
    """
    data = _as_utf8(data)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise BadMarkup(doctype=True)
    try:
        etree.fromstring(data, etree.XMLParser(target=_Silent(), **_PARSER))
    except (etree.XMLSyntaxError, ValueError):
        raise BadMarkup from None
    declaration = _DECLARATION.match(data)
    if _ODD_TAG.search(data, declaration.end() if declaration else 0):
        data = _rewritten(data)
    return data


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


def _rewritten(data: bytes) -> bytes:
    """The same content in plain form, written as a stream so that size costs no tree."""
    out = [b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n']
    parser = expat.ParserCreate()
    parser.ordered_attributes = True
    parser.buffer_text = True

    def start(name, attributes):
        pairs = zip(attributes[::2], attributes[1::2], strict=True)
        inner = "".join(f' {key}="{_quoted(value)}"' for key, value in pairs)
        out.append(f"<{name}{inner}>".encode())

    def end(name):
        out.append(f"</{name}>".encode())

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = lambda text: out.append(escape(text))
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise BadMarkup from None
    return b"".join(out)


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


def _resolve(match: re.Match) -> bytes:
    if match[1]:
        return _NAMED[match[1]]
    code = int(match[2]) if match[2] else int(match[3], 16)
    return chr(code).encode("utf-8", "replace")


def plain(data: bytes) -> str:
    """Element content or an attribute's value as text."""
    if b"&" in data:
        data = _REFERENCE.sub(_resolve, data)
    return data.decode("utf-8", "replace")


_ATTRIBUTE = re.compile(rb'\s([^\s=]+)="([^"]*)"')


def attributes(tag: bytes) -> dict[bytes, bytes]:
    """The attributes of a start tag, names with their prefix, values as they stand."""
    return dict(_ATTRIBUTE.findall(tag))


def set_attribute(tag: bytes, name: bytes, value: bytes | None) -> bytes:
    """A start tag with one attribute set (at its old place, else last) or, for None, removed."""
    pattern = re.compile(rb'\s+%s="[^"]*"' % re.escape(name))
    new = b"" if value is None else b' %s="%s"' % (name, value)
    if pattern.search(tag):
        return pattern.sub(lambda _: new, tag, count=1)
    end = -2 if tag.endswith(b"/>") else -1
    return tag[:end].rstrip() + new + tag[end:]


@dataclass(frozen=True, slots=True)
class Piece:
    """One element inside a part: local name, and where it starts, its start tag ends, it ends."""

    name: bytes
    start: int
    inner: int
    end: int


_TAG = re.compile(rb"<(/?)([^\s/>]+)[^>]*?(/?)>")


def pieces(data: bytes, start: int, end: int) -> Iterator[Piece]:
    """The elements that stand side by side in data[start:end]."""
    depth, opened, inner, name = 0, 0, 0, b""
    for match in _TAG.finditer(data, start, end):
        if match[1]:
            depth -= 1
            if depth == 0:
                yield Piece(name, opened, inner, match.end())
        else:
            if depth == 0:
                opened, inner, name = match.start(), match.end(), match[2].rpartition(b":")[2]
            if not match[3]:
                depth += 1
            elif depth == 0:
                yield Piece(name, opened, inner, match.end())


def root(data: bytes) -> Piece:
    """The root element."""
    declaration = _DECLARATION.match(data)
    match = _TAG.search(data, declaration.end() if declaration else 0)
    if match is None:
        raise BadMarkup
    return Piece(match[2].rpartition(b":")[2], match.start(), match.end(), len(data.rstrip()))


def prefix(data: bytes) -> bytes:
    """The prefix of SpreadsheetML's elements in a part, ``b""`` or ``b"x:"``.

    Raises BadMarkup when the root isn't SpreadsheetML.
    """
    top = root(data)
    tag = data[top.start : top.inner]
    name = re.match(rb"<([^\s/>]+)", tag)[1]
    before, colon, _ = name.rpartition(b":")
    space = attributes(tag).get(b"xmlns:" + before if colon else b"xmlns")
    if space not in MAIN:
        raise BadMarkup
    return before + colon


def inside(data: bytes, top: Piece) -> tuple[int, int]:
    """Where the content of the root stands (start, end); an empty ``<a/>`` has none."""
    close = data.rfind(b"</", top.inner, top.end)
    return (top.inner, close) if close >= 0 else (top.inner, top.inner)


def splice(data: bytes, edits: list[tuple[int, int, bytes]]) -> bytes:
    """data with each (start, end) replaced; the places may not overlap."""
    out, at = [], 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        out += (data[at:start], new)
        at = end
    return b"".join((*out, data[at:]))


def insert_child(data: bytes, start: int, end: int, new: bytes, before: frozenset[bytes]) -> bytes:
    """data with an element put among those in data[start:end], before the first one named in
    ``before`` (local names), else last."""
    place = next((p.start for p in pieces(data, start, end) if p.name in before), end)
    return data[:place] + new + data[place:]
