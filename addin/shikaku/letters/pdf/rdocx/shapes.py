"""A letter's text without its values: which paragraphs a value may be exchanged in, and how.

Two letters whose XML differs in nothing but values have one shape. Paragraphs of plain text alone
are set anew; a value that stands elsewhere (beside a tab, in an underlined line) belongs to the
shape, so that letters with another one have another shape.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from shikaku.letters.docx import package
from shikaku.letters.docx.package import w
from shikaku.letters.docx.values import CLOSE, OPEN

_VALUE = re.compile(f"{OPEN}[^{CLOSE}]*{CLOSE}")
_PLAIN = frozenset(w(n) for n in ("p", "r", "t", "br", "sdt", "sdtContent"))
_PROPERTIES = frozenset(w(n) for n in ("pPr", "rPr", "sdtPr", "sdtEndPr"))
#: Looks that are drawn beside the text, or change its shape.
_DRAWN = frozenset(
    w(n)
    for n in (
        "u", "strike", "dstrike", "em", "highlight", "bdr", "shd", "spacing", "w", "vertAlign", "caps",
        "smallCaps", "fitText", "effect", "outline", "shadow", "emboss", "imprint", "i", "vanish",
        "eastAsianLayout", "rFonts",
    )
)  # fmt: skip
_LEFT, _CENTRE, _RIGHT, _BOTH = "left", "center", "right", "both"
_ALIGNED = {
    "left": _LEFT, "start": _LEFT, "center": _CENTRE, "right": _RIGHT, "end": _RIGHT, "both": _BOTH,
}  # fmt: skip
BREAK = "\n"
_BEHIND_JC = frozenset(
    w(n)
    for n in (
        "textDirection", "textAlignment", "textboxTightWrap", "outlineLvl", "divId", "cnfStyle",
        "rPr", "sectPr", "pPrChange",
    )
)  # fmt: skip


@dataclass(slots=True)
class ValueParagraph:
    """A paragraph with values. place: among the paragraphs of the body. pieces: its text; a
    number stands for that value of the letter. align: left, center, right or both."""

    place: int
    pieces: list[str | int]
    align: str

    def values(self, values: tuple[str, ...]) -> tuple[str, ...]:
        """Those of a letter's values that stand in it."""
        return tuple([values[p] for p in self.pieces if isinstance(p, int)])

    def text(self, values: tuple[str, ...]) -> tuple[str, list[int]]:
        """The text with these values, and for each character the piece that it comes from (-1: a
        line break)."""
        parts = [values[p] if isinstance(p, int) else p for p in self.pieces]
        origin = [-1 if part == BREAK else at for at, part in enumerate(parts) for _ in part]
        return "".join(parts), origin


@dataclass(slots=True)
class LetterShape:
    """What letters with the same key have in common.

    texts: of each paragraph of the body; None for one with values. fixed: numbers of the values
    that belong to the shape. uncertain: which value stands where stays open. steady: where lines may
    begin and end doesn't depend on what they say.
    """

    texts: list[str | None] = field(default_factory=list)
    settable: list[ValueParagraph] = field(default_factory=list)
    fixed: tuple[int, ...] = ()
    uncertain: bool = False
    steady: bool = True


def skeleton(body: str, pieces: int) -> str | None:
    """The XML with a mark for each value. None when the marks don't fit the values."""
    found, count = _VALUE.subn(OPEN, body)
    return found if count == pieces and found.count(OPEN) == count and CLOSE not in found else None


def shape(body: str, styles: bytes) -> LetterShape:
    """The shape of a skeleton. styles: the style sheet."""
    root = package.parse(body.encode())
    sheet = ParagraphStyles(styles)
    found = LetterShape()
    fixed: list[int] = []
    number = 0
    for place, paragraph in enumerate(root.iter(w("p"))):
        whole = "".join(map(str, paragraph.itertext()))
        count = whole.count(OPEN)
        numbers = list(range(number, number + count))
        if next(paragraph.iterancestors(w("p")), None) is not None:
            found.uncertain = found.uncertain or bool(count)
            found.texts.append(whole)
            continue
        number += count
        pieces = _pieces(paragraph, iter(numbers), sheet) if count else None
        align = sheet.align(paragraph)
        if pieces is None or not align or sum(isinstance(p, int) for p in pieces) != count:
            fixed += numbers
            text = "".join(e.text or "" for e in paragraph.iter(w("t")))
            found.texts.append(None if count else text)
        else:
            found.settable.append(ValueParagraph(place, pieces, align))
            found.texts.append(None)
    marks = "".join(map(str, root.itertext())).count(OPEN)
    found.uncertain = found.uncertain or marks != number or number != body.count(OPEN)
    found.fixed = tuple(fixed)
    found.steady = not (sheet.follows_text or _follows_text(root))
    return found


def _follows_text(part: etree._Element) -> bool:
    """Whether there are tables or frames as wide as their text. rdocx makes no others so."""
    layouts = part.iter(w("tblLayout"))
    frame = next(part.iter(w("framePr")), None)
    return frame is not None or any(one.get(w("type")) != "fixed" for one in layouts)


def _pieces(
    paragraph: etree._Element, numbers: Iterator[int], sheet: "ParagraphStyles"
) -> list[str | int] | None:
    """The text in pieces of one look; None for a paragraph with more than plain text."""
    pieces: list[str | int] = []
    stack = list(reversed(paragraph))
    if sheet.drawn(paragraph):
        return None
    while stack:
        element = stack.pop()
        if element.tag in _PROPERTIES:
            if any(isinstance(e.tag, str) and e.tag in _DRAWN for e in _run_looks(element)):
                return None
        elif element.tag == w("t"):
            _add(element, numbers, pieces)
        elif element.tag == w("br"):
            if element.get(w("type"), "textWrapping") != "textWrapping":
                return None
            pieces.append(BREAK)
        elif element.tag in _PLAIN:
            stack += reversed(element)
        else:
            return None
    return pieces


def _run_looks(properties: etree._Element) -> list[etree._Element]:
    """The children that change a run's looks (a paragraph's own may be what they like)."""
    return list(properties) if properties.tag == w("rPr") else []


def _add(element: etree._Element, numbers: Iterator[int], pieces: list[str | int]) -> None:
    text = element.text or ""
    if BREAK in text or "\t" in text:
        text = text.replace(BREAK, " ").replace("\t", " ")
    for at, part in enumerate(text.split(OPEN)):
        if at:
            pieces.append(next(numbers))
        if part:
            pieces.append(part)


class ParagraphStyles:
    """What styles say of alignment, and of looks that are drawn."""

    def __init__(self, xml: bytes):
        root = package.parse(xml)
        self._by_id = {s.get(w("styleId"), ""): s for s in root.iter(w("style"))}
        self._default = next(
            (
                i
                for i, s in self._by_id.items()
                if s.get(w("type")) == "paragraph" and s.get(w("default")) in ("1", "true")
            ),
            None,
        )
        self._defaults = root.find(w("docDefaults"))
        self.follows_text = _follows_text(root)
        self._known: dict[str | None, tuple[str, bool]] = {}

    def _chain(self, name: str | None) -> list[etree._Element]:
        found: list[etree._Element] = []
        while name in self._by_id and self._by_id[name] not in found:
            found.append(self._by_id[name])
            base = found[-1].find(w("basedOn"))
            name = base.get(w("val")) if base is not None else None
        return found

    def _paragraph_style(self, name: str | None) -> tuple[str, bool]:
        if name not in self._known:
            chain = self._chain(name if name in self._by_id else self._default)
            holders = [*chain, *([self._defaults] if self._defaults is not None else [])]
            aligned = next((j.get(w("val"), "") for h in holders for j in h.iter(w("jc"))), "left")
            drawn = any(e.tag in _DRAWN for h in holders for e in _looks(h))
            self._known[name] = _ALIGNED.get(aligned, ""), drawn
        return self._known[name]

    def align(self, paragraph: etree._Element) -> str:
        """How a paragraph is aligned; "" for a way that we don't know."""
        own = paragraph.find(f"{w('pPr')}/{w('jc')}")
        if own is not None:
            return _ALIGNED.get(own.get(w("val"), ""), "")
        for table in paragraph.iterancestors(w("tbl")):
            style = table.find(f"{w('tblPr')}/{w('tblStyle')}")
            for one in self._chain(style.get(w("val")) if style is not None else None):
                if next(one.iter(w("jc")), None) is not None:
                    return ""
        return self._paragraph_style(_name(paragraph.find(f"{w('pPr')}/{w('pStyle')}")))[0]

    def coloured(self, paragraph: etree._Element) -> bool:
        """Whether the styles of a paragraph or its runs give the text a colour."""
        style = _name(paragraph.find(f"{w('pPr')}/{w('pStyle')}"))
        names = [style if style in self._by_id else self._default]
        names += [_name(one) for one in paragraph.iter(w("rStyle"))]
        holders = [one for name in names for one in self._chain(name)]
        holders += [self._defaults] if self._defaults is not None else []
        return any(next(one.iter(w("color")), None) is not None for one in holders)

    def drawn(self, paragraph: etree._Element) -> bool:
        """Whether the styles of a paragraph or its runs draw something beside the text."""
        if self._paragraph_style(_name(paragraph.find(f"{w('pPr')}/{w('pStyle')}")))[1]:
            return True
        for table in paragraph.iterancestors(w("tbl")):
            for one in self._chain(_name(table.find(f"{w('tblPr')}/{w('tblStyle')}"))):
                if any(e.tag in _DRAWN for e in _looks(one)):
                    return True
        return any(
            e.tag in _DRAWN
            for style in paragraph.iter(w("rStyle"))
            for one in self._chain(style.get(w("val")))
            for e in _looks(one)
        )


def _looks(holder: etree._Element) -> list[etree._Element]:
    """The looks of characters that a style sets, switched on or off; our own font aside."""
    return [
        e
        for properties in holder.iter(w("rPr"))
        for e in properties
        if e.tag != w("rFonts") and e.get(w("val")) not in ("0", "false", "none", "nil")
    ]


def _name(element: etree._Element | None) -> str | None:
    return element.get(w("val")) if element is not None else None


def turned(body: str, settable: Mapping[int, str]) -> str:
    """The XML with these paragraphs (place → alignment) aligned otherwise, to see where their
    lines end."""
    root = package.parse(body.encode())
    for place, paragraph in enumerate(root.iter(w("p"))):
        if place not in settable:
            continue
        properties = paragraph.find(w("pPr"))
        if properties is None:
            properties = etree.Element(w("pPr"))
            paragraph.insert(0, properties)
        align = properties.find(w("jc"))
        if align is None:
            at = next((i for i, c in enumerate(properties) if c.tag in _BEHIND_JC), len(properties))
            align = etree.Element(w("jc"))
            properties.insert(at, align)
        align.set(w("val"), settable[place])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True).decode()
