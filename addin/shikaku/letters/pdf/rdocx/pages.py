"""What rdocx drew, read back: each glyph with its place, each paragraph with its glyphs.

Knows rdocx 0.16's way of writing: one text object for each piece that may not be parted, its mark
around it, and everything else (borders, shading, clipping) between them. A page written otherwise
is not understood (``NotUnderstood``), and its letter stays as rdocx made it.
"""

import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import NamedTuple

import pikepdf

from shikaku.letters.pdf.inspect import plain_string, to_unicode
from shikaku.letters.pdf.writer.document import Picture

_PIECE = re.compile(
    rb"(?:/[A-Za-z0-9]+ <<\n  /MCID (?P<mark>\d+)\n>> BDC\n|/Artifact BMC\n)?q\n"
    rb"(?:1 0 0 -1 (?P<out>-?[\d.]+ [\d.]+) cm\n)?"
    rb"(?:/Span <<\n  /ActualText (?:<[0-9A-F]*>|\((?:[^()\\]|\\.)*\))\n>> BDC\n)?"
    rb"(?:1 0 0 -1 (?P<back>-?[\d.]+ [\d.]+) cm\n)?"
    rb"(?P<colour>(?:[\d.]+ ){3}rg\n)(?P<slant>1 0 -[\d.]+ 1 -?[\d.]+ 0 cm\n)?"
    rb"BT\n/(?P<font>F\d+) (?P<size>[\d.]+) Tf\n1 0 0 -1 (?P<x>-?[\d.]+) (?P<y>-?[\d.]+) Tm\n"
    rb"\[(?P<shown>[^\]\\(]*(?:(?:\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|\\.)[^\]\\(]*)*)\] TJ\nET\n"
    rb"(?:EMC\n)?Q\n(?:EMC\n)?",
    re.DOTALL,
)
_PICTURE = re.compile(
    rb"(?:/Figure <<\n  /MCID (\d+)\n>> BDC\n|/Artifact BMC\n)q\n"
    rb"((?:-?[\d.]+ ){6}cm\n)/(Im\w+) Do\nQ\nEMC\n"
)
_SHOWN = re.compile(
    rb"\(((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*)\)|<([0-9A-Fa-f]*)>|(-?[\d.]+)", re.DOTALL
)
_MARKS = re.compile(rb"^(?:/Artifact BMC|EMC)\n", re.MULTILINE)
_ELEMENT = re.compile(
    rb"\n(\d+) 0 obj\n<<\n  /Type /StructElem\n  /S /(\w+)\n  /P \d+ 0 R\n(.*?)>>\nendobj\n",
    re.DOTALL,
)
_ROOT = re.compile(rb"/Type /StructTreeRoot\n  /K (\d+) 0 R\n")
_KIDS = re.compile(rb"^  /K \[(.*?)\]\n|^  /K (\d+) 0 R\n", re.DOTALL | re.MULTILINE)
_KID = re.compile(rb"(\d+) 0 R(?!\n)|/Pg (\d+) 0 R\n\s+/MCID (\d+)")
_SCOPE = re.compile(rb"/Scope /(\w+)")
_ALT = re.compile(rb"/Alt (\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f]*>)", re.DOTALL)
_SLANTED = "-SyntheticItalic"
_HOLDERS = ("TD", "TH", "TR", "Table", "Document", "L", "LI")


class NotUnderstood(Exception):
    """A page that isn't written as we know it."""


class PageGlyph(NamedTuple):
    """A character on a page. font: the name of its face in the PDF. x, y: from the upper left, y
    of the baseline. width: to the next one. paragraph: number of its element, or None. slant: the
    operator that slants it, for a face without an italic one."""

    char: str
    font: str
    size: float
    colour: bytes
    x: float
    y: float
    width: float
    paragraph: int | None
    slant: bytes = b""


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A picture on a page. name: of its resource; place: the operator that puts it there;
    paragraph: number of its element, None for decoration."""

    name: bytes
    place: bytes
    paragraph: int | None


@dataclass(slots=True)
class DrawnPage:
    """A page. box: its MediaBox; start: how its content begins. content: glyphs that follow each other, and what is drawn between them."""

    box: bytes
    start: bytes
    content: list[bytes | list[PageGlyph] | PagePicture] = field(default_factory=list)

    def glyphs(self) -> Iterator[PageGlyph]:
        """All glyphs in the order of the content."""
        for item in self.content:
            if isinstance(item, list):
                yield from item


@dataclass(slots=True)
class StructureElement:
    """A piece of the structure: Document, Table, TR, TH, TD, P … scope: of a TH; words: instead of
    a Figure.

    kids: elements; a paragraph's text isn't among them (its glyphs name it).
    """

    role: str
    number: int
    scope: str = ""
    words: str = ""
    kids: list["StructureElement"] = field(default_factory=list)


@dataclass(slots=True)
class DrawnDocument:
    """A letter as rdocx laid it out. paragraphs: the pieces of the structure that have content, in
    their order; pictures: by the names of their resources."""

    sheets: list[DrawnPage]
    root: StructureElement
    paragraphs: list[StructureElement]
    pictures: dict[bytes, Picture]


@dataclass(slots=True)
class DrawnFace:
    name: str
    table: Mapping[int, str]
    widths: Mapping[int, float]


def read(raw: bytes, pdf: pikepdf.Pdf) -> DrawnDocument:
    """The pages of a file of rdocx. raw: the same file. Raises NotUnderstood."""
    owners: dict[tuple[int, int], int] = {}
    root, paragraphs = _structure(raw, owners)
    faces: dict[tuple[int, int], DrawnFace] = {}
    pictures: dict[tuple[int, int], tuple[bytes, Picture]] = {}
    sheets = [_sheet(page, owners, faces, pictures) for page in pdf.pages]
    wordless = {at for at, p in enumerate(paragraphs) if p.role == "Figure" and not p.words}
    for sheet in sheets:
        sheet.content = [_plain_if(item, wordless) for item in sheet.content]
    return DrawnDocument(sheets, root, paragraphs, dict(pictures.values()))


def _plain_if(
    item: bytes | list[PageGlyph] | PagePicture, wordless: set[int]
) -> bytes | list[PageGlyph] | PagePicture:
    """A picture that nobody has described is decoration."""
    if isinstance(item, PagePicture) and item.paragraph in wordless:
        return replace(item, paragraph=None)
    return item


def _structure(
    raw: bytes, owners: dict[tuple[int, int], int]
) -> tuple[StructureElement, list[StructureElement]]:
    """The tree and its paragraphs; which paragraph owns which mark (page object, MCID)."""
    found = _ROOT.search(raw)
    if found is None:
        raise NotUnderstood("no structure")
    elements: dict[int, tuple[StructureElement, list[int]]] = {}
    for number, role, rest in _ELEMENT.findall(raw):
        element = StructureElement(role.decode(), int(number))
        scope = _SCOPE.search(rest)
        element.scope = scope[1].decode() if scope else ""
        words = _ALT.search(rest)
        element.words = _words(words[1]) if words else ""
        kids = _KIDS.search(rest)
        numbers: list[int] = []
        if kids is not None:
            for kid, page, mark in _KID.findall(kids[1] or kids[2] + b" 0 R"):
                if kid:
                    numbers.append(int(kid))
                else:
                    owners[int(page), int(mark)] = int(number)
        elements[int(number)] = element, numbers
    top = int(found[1])
    if top not in elements:
        raise NotUnderstood("no document")
    paragraphs: list[StructureElement] = []
    _grow(top, elements, paragraphs, 0)
    order = {element.number: at for at, element in enumerate(paragraphs)}
    for mark, owner in owners.items():
        if owner not in order:
            raise NotUnderstood("text outside a paragraph")
        owners[mark] = order[owner]
    return elements[top][0], paragraphs


def _grow(
    number: int,
    elements: Mapping[int, tuple[StructureElement, list[int]]],
    paragraphs: list[StructureElement],
    depth: int,
) -> StructureElement:
    if number not in elements or depth > 100:
        raise NotUnderstood("a broken structure")
    element, kids = elements[number]
    if element.role not in _HOLDERS:
        paragraphs.append(element)
    element.kids = [_grow(kid, elements, paragraphs, depth + 1) for kid in kids]
    return element


def _sheet(
    page: pikepdf.Page,
    owners: Mapping[tuple[int, int], int],
    faces: dict[tuple[int, int], DrawnFace],
    pictures: dict[tuple[int, int], tuple[bytes, Picture]],
) -> DrawnPage:
    box = page.MediaBox
    if float(str(box[0])) or float(str(box[1])):
        raise NotUnderstood("a page that begins elsewhere")
    resources = page.get("/Resources", pikepdf.Dictionary())
    fonts = {
        name[1:].encode(): _face(font, faces)
        for name, font in resources.get("/Font", pikepdf.Dictionary()).items()
    }
    if not set(resources.keys()) <= {"/Font", "/ProcSet", "/XObject"}:
        raise NotUnderstood("other resources")
    named = {
        name[1:].encode(): _picture(image, pictures)
        for name, image in resources.get("/XObject", pikepdf.Dictionary()).items()
    }
    data = page.Contents.read_bytes()
    start = b"q\n1 0 0 -1 0 %s cm\n" % str(box[3]).encode()
    if not (data.startswith(start) and data.rstrip().endswith(b"Q")):
        raise NotUnderstood("other coordinates")
    data = data[len(start) : data.rstrip().rindex(b"Q")]
    sheet = DrawnPage(b"[0 0 %s %s]" % (str(box[2]).encode(), str(box[3]).encode()), start)
    number = int(str(page.objgen[0]))
    at = 0
    for found in _PIECE.finditer(data):
        if at < found.start():
            _between(data[at : found.start()], sheet, number, owners, named)
        at = found.end()
        glyphs = _glyphs(found, fonts, _owner(found["mark"], number, owners))
        if sheet.content and isinstance(sheet.content[-1], list):
            sheet.content[-1].extend(glyphs)
        else:
            sheet.content.append(glyphs)
    _between(data[at:], sheet, number, owners, named)
    return sheet


def _owner(mark: bytes | None, page: int, owners: Mapping[tuple[int, int], int]) -> int | None:
    """Whose mark it is; None for decoration."""
    if mark is None:
        return None
    owner = owners.get((page, int(mark)))
    if owner is None:
        raise NotUnderstood("a mark of nobody")
    return owner


def _between(
    data: bytes,
    sheet: DrawnPage,
    page: int,
    owners: Mapping[tuple[int, int], int],
    named: Mapping[bytes, bytes],
) -> None:
    """What is drawn between two texts: pictures, lines and areas."""
    at = 0
    for found in _PICTURE.finditer(data):
        _lines(data[at : found.start()], sheet)
        at = found.end()
        name = named.get(found[3])
        if name is None:
            raise NotUnderstood("a picture that isn't there")
        sheet.content.append(PagePicture(name, found[2], _owner(found[1], page, owners)))
    _lines(data[at:], sheet)


def _lines(data: bytes, sheet: DrawnPage) -> None:
    data = _MARKS.sub(b"", data)
    if b" Tf" in data or b"BDC" in data or b" Do" in data or b" gs" in data or b"BMC" in data:
        raise NotUnderstood("another way of drawing")
    if not data:
        return
    if sheet.content and isinstance(sheet.content[-1], bytes):
        sheet.content[-1] += data
    else:
        sheet.content.append(data)


def _glyphs(
    found: re.Match[bytes], fonts: Mapping[bytes, DrawnFace], owner: int | None
) -> list[PageGlyph]:
    if not _turned_back(found["out"], found["back"]):
        raise NotUnderstood("other coordinates")
    face = fonts.get(found["font"])
    if face is None:
        raise NotUnderstood("a font that isn't there")
    size, x, y = float(found["size"]), float(found["x"]), float(found["y"])
    name, table, widths = face.name, face.table, face.widths
    colour, slant = found["colour"], found["slant"] or b""
    glyphs: list[PageGlyph] = []
    for literal, hexes, shift in _SHOWN.findall(found["shown"]):
        if shift:
            x -= float(shift) / 1000 * size
            continue
        for code in _codes(literal, hexes):
            char = table.get(code, "")
            if not char or not code:
                raise NotUnderstood("a glyph without its character")
            width = widths.get(code, 0.0) / 1000 * size
            glyphs.append(PageGlyph(char, name, size, colour, x, y, width, owner, slant))
            x += width
    return glyphs


@lru_cache(maxsize=2048)
def _codes(literal: bytes, hexes: bytes) -> tuple[int, ...]:
    """The codes of a string; rdocx shows most characters alone."""
    data = bytes.fromhex(hexes.decode()) if hexes else plain_string(literal)
    return struct.unpack(f">{len(data) // 2}H", data)


@lru_cache(maxsize=64)
def _turned_back(out: bytes | None, back: bytes | None) -> bool:
    """Whether the page, turned upside down, is turned back at the same place."""
    return _turned(out) == _turned(back, -1)


def _turned(place: bytes | None, sign: int = 1) -> tuple[float, float] | None:
    if place is None:
        return None
    x, y = map(float, place.split())
    return sign * x + 0.0, y


def _face(font: pikepdf.Object, faces: dict[tuple[int, int], DrawnFace]) -> DrawnFace:
    key = font.objgen
    if key not in faces:
        if font.get("/Subtype") != "/Type0" or font.get("/Encoding") != "/Identity-H":
            raise NotUnderstood("another kind of font")
        inner = font.DescendantFonts[0]
        table = to_unicode(font.ToUnicode.read_bytes())
        name = str(font.BaseFont)[1:].removesuffix(_SLANTED)
        faces[key] = DrawnFace(name, table, _widths(inner.get("/W")))
    return faces[key]


def _widths(array: pikepdf.Object | None) -> dict[int, float]:
    widths: dict[int, float] = {}
    items: Sequence = list(array) if array is not None else []
    at = 0
    while at < len(items):
        first = int(items[at])
        if not isinstance(items[at + 1], pikepdf.Array):
            widths |= dict.fromkeys(range(first, int(items[at + 1]) + 1), float(items[at + 2]))
            at += 3
            continue
        widths |= {first + i: float(w) for i, w in enumerate(items[at + 1])}
        at += 2
    return widths


def _picture(
    image: pikepdf.Object, pictures: dict[tuple[int, int], tuple[bytes, Picture]]
) -> bytes:
    """The name that a picture has in all pages."""
    key = image.objgen
    if key not in pictures:
        pictures[key] = b"I%d" % len(pictures), _copied(image)
    return pictures[key][0]


def _copied(image: pikepdf.Object) -> Picture:
    if not isinstance(image, pikepdf.Stream) or image.get("/Subtype") != "/Image":
        raise NotUnderstood("another kind of picture")
    entries, mask = b"", None
    for name, value in image.items():
        if name == "/SMask":
            mask = _copied(value)
        elif isinstance(value, pikepdf.Object) and value.is_indirect:
            raise NotUnderstood("a picture in parts")
        elif name != "/Length":
            entries += name.encode() + b" " + pikepdf.Object.unparse(pikepdf.Array([value]))[1:-1]
    return Picture(entries, image.read_raw_bytes(), mask)


def _words(text: bytes) -> str:
    """A text string."""
    data = bytes.fromhex(text[1:-1].decode()) if text[:1] == b"<" else plain_string(text[1:-1])
    if data[:2] == b"\xfe\xff":
        return data[2:].decode("utf-16-be", "replace")
    return data.decode("latin-1")
