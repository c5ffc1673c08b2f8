"""The pages of one layout: what stays as rdocx drew it, and slots for the paragraphs with values."""

import itertools
import zlib
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from shikaku.letters.docx import barcode
from shikaku.letters.pdf.rdocx.pages import (
    DrawnDocument,
    NotUnderstood,
    PageGlyph,
    PagePicture,
    StructureElement,
)
from shikaku.letters.pdf.rdocx.paragraph_lines import (
    CLOSE,
    KnownParagraph,
    ParagraphLines,
    TextLine,
    TextSlot,
)
from shikaku.letters.pdf.rdocx.shapes import BREAK
from shikaku.letters.pdf.writer import content
from shikaku.letters.pdf.writer.content import GlyphRun
from shikaku.letters.pdf.writer.document import PageForm, Picture, SharedForm, StructureNode
from shikaku.letters.pdf.writer.programs import FontCache, FontProgram

_DIGITS = "0123456789-"
_TO_BITS = bytes.maketrans(b"\0\xff", b"01")

Code = tuple[bytes, bytes]
"""Font resource and hexadecimal code of a character."""
_Part = tuple[bytes | list[PageGlyph] | TextSlot | PagePicture, int | None, int | None]
"""What is drawn, its MCID and its paragraph in the structure."""


@dataclass(frozen=True, slots=True)
class SetLetter:
    """A letter that is set: its content streams, own fonts and QR codes, ready for the form."""

    form: SharedForm
    contents: list[bytes]
    own: dict[bytes, FontProgram]
    codes: list[tuple[str, Picture]]


class PageLayout:
    """A laid-out document whose paragraphs ``known`` may be filled with other lines.

    glyphs, lines: of these paragraphs in the document. programs: of our faces. archive: for
    PDF/A. Raises NotUnderstood for a document that can't be written anew.
    """

    def __init__(
        self,
        document: DrawnDocument,
        known: Sequence[KnownParagraph],
        glyphs: Sequence[Sequence[PageGlyph]],
        lines: Sequence[ParagraphLines],
        programs: FontCache,
        archive: bool,
    ):
        self._known, self._programs = known, programs
        self._coded = name_codes(document)
        numbers = {id(g): n for n, several in enumerate(glyphs) for g in several}
        pages = [_parts(sheet.content, numbers, lines, document) for sheet in document.sheets]
        self.slots = _slots(pages)
        pairs = zip(known, lines, strict=True)
        self._settable = sorted(
            {k.looks[o].font for k, own in pairs for o in set(own.origin) - {-1}}
        )
        chars = _characters(pages, self._settable, programs)
        names = {font: b"%d" % at for at, font in enumerate(sorted(chars))}
        self._own = {font: b"V" + names[font] for font in self._settable}
        fixed = {font: programs.program(font, chars[font]) for font in names}
        self._codes: dict[str, dict[str, Code]] = {
            font: {char: (b"F" + names[font], code) for char, code in program.codes.items()}
            for font, program in fixed.items()
        }
        self.form = SharedForm(
            [PageForm(sheet.box, sheet.start) for sheet in document.sheets],
            _tree(document, pages, self._coded),
            {b"F" + names[font]: program for font, program in fixed.items()},
            list(self._own.values()),
            document.pictures,
            archive,
            list(self._coded),
        )
        self._pages = [_joined(page, self._codes, document) for page in pages]
        self._still = _places(document, numbers)
        # Of the letter before, by paragraph: its lines, what the fixed fonts lack; what was drawn.
        self._seen: dict[int, tuple[ParagraphLines, frozenset[tuple[str, str]]]] = {}
        self._drawn: dict[int, bytes] = {}

    def keeps(self, document: DrawnDocument, glyphs: Sequence[Sequence[PageGlyph]]) -> bool:
        """Whether everything else stands in another document where it stands here."""
        other = _places(document, {id(g): 0 for several in glyphs for g in several})
        return len(other) == len(self._still) and all(
            abs(a - b) < CLOSE for a, b in zip(self._still, other, strict=True)
        )

    def fill(self, lines: Sequence[ParagraphLines], qr: Sequence[str] = ()) -> SetLetter:
        """The pages with these lines in their slots, and these texts as QR codes. Raises NotUnderstood."""
        if len(qr) != len(self._coded):
            raise NotUnderstood("a QR code that isn't there")
        extra: dict[str, set[str]] = {font: set() for font in self._settable}
        for number, own in enumerate(lines):
            for font, char in self._lacking(number, own):
                extra[font].add(char)
        programs = {font: self._programs.program(font, chars) for font, chars in extra.items()}
        codes = {
            font: {char: (self._own[font], code) for char, code in program.codes.items()}
            for font, program in programs.items()
        }
        contents = []
        for page, start in zip(self._pages, self.form.starts, strict=True):
            parts = [start]
            for item in page:
                if isinstance(item, TextSlot):
                    item = self._slot(item, lines[item.number], codes)
                parts.append(item)
            parts.append(b"Q\n")
            contents.append(b"".join(parts))
        own_fonts = {self._own[font]: program for font, program in programs.items()}
        drawn = [(barcode.words(code), _drawn(code)) for code in qr]
        return SetLetter(self.form, contents, own_fonts, drawn)

    def _lacking(self, number: int, own: ParagraphLines) -> frozenset[tuple[str, str]]:
        """The characters (each with its font) of a paragraph that the fonts of the fixed text lack."""
        seen = self._seen.get(number)
        if seen is None or seen[0] is not own:
            looks = self._known[number].looks
            used = set(zip(own.text, own.origin, strict=True))
            found = {(looks[piece].font, char) for char, piece in used if char != BREAK}
            lacking = frozenset((f, char) for f, char in found if char not in self._codes[f])
            seen = self._seen[number] = own, lacking
            self._drawn.pop(number, None)
        return seen[1]

    def _slot(
        self, slot: TextSlot, own: ParagraphLines, codes: Mapping[str, Mapping[str, Code]]
    ) -> bytes:
        """The text of a slot. What says the same as in the letter before, in the fonts of the fixed
        text, is drawn the same."""
        number = slot.number
        data = self._drawn.get(number)
        if data is None:
            data = self._text(self._known[number], own, slot, codes)
            if not self._lacking(number, own):
                self._drawn[number] = data
        return data

    def _text(
        self,
        known: KnownParagraph,
        own: ParagraphLines,
        slot: TextSlot,
        codes: Mapping[str, Mapping[str, Code]],
    ) -> bytes:
        rows = []
        for row, line in enumerate(own.lines):
            more = known.stretch(own, row)
            runs = list(self._runs(known, own, line, codes))
            space = self._space(known, own, line, codes) if more else b""
            x, y = known.start(row, line), known.baseline(own, row, slot)
            rows.append(content.line(x, y, runs, more, space))
        return content.marked(content.text_object(rows), slot.mark, slot.role)

    def _space(
        self,
        known: KnownParagraph,
        own: ParagraphLines,
        line: TextLine,
        codes: Mapping[str, Mapping[str, Code]],
    ) -> bytes:
        """The one code that spaces of a line have."""
        fonts = {
            known.looks[own.origin[at]].font
            for at in range(line.start, line.end)
            if own.text[at] == " "
        }
        found = {self._codes[font].get(" ") or codes[font][" "] for font in fonts}
        if len(found) != 1:
            raise NotUnderstood("spaces of several fonts")
        return found.pop()[1]

    def _runs(
        self,
        known: KnownParagraph,
        own: ParagraphLines,
        line: TextLine,
        codes: Mapping[str, Mapping[str, Code]],
    ) -> Iterator[GlyphRun]:
        at = line.start
        while at < line.end:
            look = known.looks[own.origin[at]]
            end = at + 1
            while end < line.end and known.looks[own.origin[end]] == look:
                end += 1
            fixed, extra = self._codes[look.font], codes[look.font]
            some = [fixed.get(char) or extra[char] for char in own.text[at:end]]
            yield GlyphRun(look.size, look.colour, some)
            at = end


def name_codes(document: DrawnDocument) -> dict[bytes, int | None]:
    """Give each picture that stands for a QR code a name of its own, in place; the names in their
    order, each with its paragraph."""
    standing = {name for name, one in document.pictures.items() if _stands_in(one)}
    found: dict[bytes, int | None] = {}
    for page in document.sheets:
        for at, item in enumerate(page.content):
            if isinstance(item, PagePicture) and item.name in standing:
                name = b"Q%d" % len(found)
                found[name] = item.paragraph
                page.content[at] = replace(item, name=name)
    document.pictures = {n: p for n, p in document.pictures.items() if n not in standing}
    return found


def _stands_in(picture: Picture) -> bool:
    """Whether it is the one picture that the copy for rdocx has for all QR codes."""
    code = barcode.stand_in_pixels()
    entries = picture.entries.split()
    if b"%d" % code.size not in entries or b"/FlateDecode" not in entries:
        return False
    try:
        return zlib.decompress(picture.data) == b"".join(code.rows)
    except zlib.error:
        return False


def _drawn(code: str) -> Picture:
    """A QR code, a bit a pixel."""
    size, rows = barcode.pixels(code)
    entries = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray" % (size, size)
    bits = b"".join(_bits(row) for row in rows)
    return Picture(entries + b"/BitsPerComponent 1/Filter/FlateDecode", zlib.compress(bits))


@lru_cache(maxsize=256)
def _bits(row: bytes) -> bytes:
    """A row of black and white pixels, eight a byte."""
    width = -(-len(row) // 8)
    number = int(row.translate(_TO_BITS).ljust(width * 8, b"0"), 2)
    return number.to_bytes(width, "big")


def _slots(pages: Sequence[Sequence[_Part]]) -> dict[int, TextSlot]:
    found = [part for page in pages for part, *_ in page if isinstance(part, TextSlot)]
    slots = {slot.number: slot for slot in found}
    if len(slots) != len(found):
        raise NotUnderstood("a paragraph in two places")
    return slots


def _characters(
    pages: Sequence[Sequence[_Part]], settable: Sequence[str], programs: FontCache
) -> dict[str, set[str]]:
    """Font → the characters of the text that stays, and digits where values come."""
    chars = {font: set(_DIGITS) for font in settable}
    for page in pages:
        for part, *_ in page:
            for glyph in part if isinstance(part, list) else ():
                chars.setdefault(glyph.font, set()).add(glyph.char)
    if not all(programs.has(font, several) for font, several in chars.items()):
        raise NotUnderstood("a font of somebody else's")
    return chars


def _places(document: DrawnDocument, moving: Mapping[int, int]) -> "array[float]":
    """Where the glyphs stand that belong to no value's paragraph."""
    places = (
        (g.x, g.y) for sheet in document.sheets for g in sheet.glyphs() if id(g) not in moving
    )
    return array("d", (value for place in places for value in place))


def _parts(
    drawn: Sequence[bytes | list[PageGlyph] | PagePicture],
    numbers: Mapping[int, int],
    lines: Sequence[ParagraphLines],
    document: DrawnDocument,
) -> list[_Part]:
    """A page as drawing, text that stays, and slots."""
    parts: list[_Part] = []
    mark = 0
    for item in drawn:
        if isinstance(item, bytes):
            parts.append((content.drawing(item), None, None))
            continue
        if isinstance(item, PagePicture):
            parts.append((item, None if item.paragraph is None else mark, item.paragraph))
            mark += item.paragraph is not None
            continue
        for glyphs in _by_paragraph(item):
            owner, number = glyphs[0].paragraph, numbers.get(id(glyphs[0]))
            own = None if owner is None else mark
            if number is None or owner is None:
                parts.append((glyphs, own, owner))
            else:
                rows = tuple(dict.fromkeys(g.y for g in glyphs))
                if len(rows) != len(lines[number].lines):
                    raise NotUnderstood("a paragraph in two places")
                role = document.paragraphs[owner].role.encode()
                parts.append((TextSlot(number, mark, role, rows, lines[number].asian), own, owner))
            mark += owner is not None
    return parts


def _by_paragraph(glyphs: Sequence[PageGlyph]) -> Iterator[list[PageGlyph]]:
    start = 0
    for at in range(1, len(glyphs) + 1):
        if at == len(glyphs) or glyphs[at].paragraph != glyphs[start].paragraph:
            yield list(glyphs[start:at])
            start = at


def _joined(
    page: Sequence[_Part],
    codes: Mapping[str, Mapping[str, Code]],
    document: DrawnDocument,
) -> list[bytes | TextSlot]:
    """A page ready to be filled: neighbouring bytes are one."""
    out: list[bytes | TextSlot] = []
    for part, mark, owner in page:
        if isinstance(part, TextSlot):
            out.append(part)
            continue
        role = b"P" if owner is None else document.paragraphs[owner].role.encode()
        if isinstance(part, PagePicture):
            data = content.marked(b"q\n%s/%s Do\nQ\n" % (part.place, part.name), mark, role)
        else:
            data = part if isinstance(part, bytes) else _still_text(part, mark, role, codes)
        last = out[-1] if out else None
        if isinstance(last, bytes):
            out[-1] = last + data
        else:
            out.append(data)
    return out


def _still_text(
    glyphs: Sequence[PageGlyph],
    mark: int | None,
    role: bytes,
    codes: Mapping[str, Mapping[str, Code]],
) -> bytes:
    """Text that stays where rdocx put it."""
    objects: list[bytes] = []
    for slant, several in itertools.groupby(glyphs, key=lambda glyph: glyph.slant):
        some, rows, start = list(several), [], 0
        for at in range(1, len(some) + 1):
            if at < len(some) and _continues(some[at - 1], some[at]):
                continue
            first = some[start]
            run = [codes[g.font][g.char] for g in some[start:at]]
            rows.append(content.line(first.x, first.y, [GlyphRun(first.size, first.colour, run)]))
            start = at
        objects.append(content.text_object(rows, slant))
    return content.marked(b"".join(objects), mark, role)


def _continues(last: PageGlyph, glyph: PageGlyph) -> bool:
    return (
        content.same(glyph.y, last.y)
        and content.same(glyph.x, last.x + last.width)
        and (glyph.font, glyph.size, glyph.colour) == (last.font, last.size, last.colour)
    )


def _tree(
    document: DrawnDocument, pages: Sequence[Sequence[_Part]], coded: Mapping[bytes, int | None]
) -> StructureNode:
    """The structure with the marks of the pages; paragraphs without text are left out."""
    marks: dict[int, list[tuple[int, int]]] = {}
    for number, page in enumerate(pages):
        for _, mark, owner in page:
            if mark is not None and owner is not None:
                marks.setdefault(owner, []).append((number, mark))
    own_words = {owner: name for name, owner in coded.items() if owner is not None}
    order = {id(element): at for at, element in enumerate(document.paragraphs)}

    def node(element: StructureElement) -> StructureNode:
        at = order.get(id(element), -1)
        own = marks.get(at, [])
        kids = [node(kid) for kid in element.kids]
        kept = [k for k in kids if k.marks or k.kids or k.role in ("TD", "TH")]
        name = own_words.get(at, b"")
        return StructureNode(element.role, element.scope, element.words, own, kept, name)

    return node(document.root)
