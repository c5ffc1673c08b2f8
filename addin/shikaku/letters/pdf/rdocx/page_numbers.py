"""Page numbers in a line of text: rdocx leaves room for two digits whatever the number.

In the copy for rdocx the number gets a colour that nobody tells from black, another one for each
alignment of its paragraph. In the pages it is found by that colour, and the line is set as if its
numbers had been known.
"""

from collections.abc import Sequence

from lxml import etree

from shikaku.letters.docx.package import w
from shikaku.letters.pdf.rdocx.pages import DrawnDocument, PageGlyph
from shikaku.letters.pdf.rdocx.shapes import ParagraphStyles

_PAGES = ("PAGE", "NUMPAGES", "SECTIONPAGES")
_ROOM = 2
"""Digits that rdocx leaves room for."""
_COLOURS = {"left": "000001", "both": "000001", "center": "000002", "right": "000003"}
_MOVED = {1: 0.0, 2: 0.5, 3: 1.0}
"""The colour's blue → how much of a line's gain its start moves."""
_BLACK = b"0 0 0 rg\n"


def there(xml: bytes) -> bool:
    """Whether a part may have page numbers."""
    return b"PAGE" in xml


def mark(root: etree._Element, sheet: ParagraphStyles) -> None:
    """Colour the page numbers of a slim part, in place; not those that have a colour of their own."""
    for paragraph in root.iter(w("p")):
        colour = _COLOURS.get(sheet.align(paragraph))
        if colour is None or sheet.coloured(paragraph):
            continue
        for run in _numbers(paragraph):
            look = run.find(w("rPr"))
            if look is None:
                look = etree.Element(w("rPr"))
                run.insert(0, look)
            if look.find(w("color")) is None:
                etree.SubElement(look, w("color")).set(w("val"), colour)


def _numbers(paragraph: etree._Element) -> list[etree._Element]:
    """The runs that show a page number."""
    found: list[etree._Element] = []
    for simple in paragraph.iter(w("fldSimple")):
        if _is_number(simple.get(w("instr"), "")):
            found += simple.iter(w("r"))
    field: list[etree._Element] | None = None
    code = ""
    for run in paragraph.iter(w("r")):
        kind = next((c.get(w("fldCharType")) for c in run.iter(w("fldChar"))), None)
        if kind == "begin":
            field, code = [], ""
        if field is None:
            continue
        field.append(run)
        code += "".join(t.text or "" for t in run.iter(w("instrText")))
        if kind == "end":
            found += field if _is_number(code) else []
            field = None
    return found


def _is_number(code: str) -> bool:
    return code.split()[:1] in [[name] for name in _PAGES]


def set_numbers(document: DrawnDocument) -> None:
    """Set the lines with page numbers anew, in place."""
    for page in document.sheets:
        page.content = [
            _closed(i) if isinstance(i, list) and any(map(_kind, i)) else i for i in page.content
        ]


def _closed(glyphs: Sequence[PageGlyph]) -> list[PageGlyph]:
    """Glyphs that follow each other, line by line."""
    out: list[PageGlyph] = []
    start = 0
    for at in range(1, len(glyphs) + 1):
        if at == len(glyphs) or _line(glyphs[at]) != _line(glyphs[start]):
            out += _set(glyphs[start:at])
            start = at
    return out


def _line(glyph: PageGlyph) -> tuple[float, int | None]:
    return glyph.y, glyph.paragraph


def _set(line: Sequence[PageGlyph]) -> list[PageGlyph]:
    """One line."""
    kinds = [_kind(glyph) for glyph in line]
    share = next((_MOVED[kind] for kind in kinds if kind), None)
    if share is None:
        return list(line)
    moves, gain, room = [], 0.0, 0.0
    for at, (glyph, kind) in enumerate(zip(line, kinds, strict=True)):
        if kind and not (at and kinds[at - 1]):
            room = _ROOM * glyph.width
        moves.append(gain)
        if kind:
            room -= glyph.width
            if at + 1 == len(line) or not kinds[at + 1]:
                gain += room
    return [
        glyph._replace(x=glyph.x - moved + share * gain, colour=_BLACK if kind else glyph.colour)
        for glyph, kind, moved in zip(line, kinds, moves, strict=True)
    ]


def _kind(glyph: PageGlyph) -> int:
    """The number's mark; 0 for other text."""
    if not glyph.colour.startswith(b"0 0 0.0") or not glyph.char.isdigit():
        return 0
    blue = round(float(glyph.colour.split()[2]) * 255)
    return blue if blue in _MOVED else 0
