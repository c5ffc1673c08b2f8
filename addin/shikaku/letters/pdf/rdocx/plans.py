"""Letters of one template set from the layout of another one, where nothing but values differs.

rdocx lays out the first letters of each shape. Their pages are read back: what no value touches
stays as it is, and of each paragraph with values it is known where its lines begin and end. The
next letter's values are put into these lines by the same rules of line breaking; when each
paragraph has as many lines as before, the page is finished without rdocx. Anything else (a line
more, a width at the limit, a character without a class) is laid out by rdocx, and remembered.

A shape is used only after rdocx has confirmed it: the second letter is laid out with its lines
aligned the other way, which shows where they must end, and all other text must stand where the
first one's stands, each glyph of its lines where these let expect it. Where a table or frame follows its
text, and where its paragraphs have other numbers of lines, it is laid out as it is, too. What rdocx laid out is written by the same
hand, so that a letter's bytes don't depend on the letters before it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from shikaku.letters.docx.template import Draft
from shikaku.letters.pdf.rdocx import shapes
from shikaku.letters.pdf.rdocx.page_layout import PageLayout, SetLetter
from shikaku.letters.pdf.rdocx.pages import DrawnDocument, NotUnderstood, PageGlyph
from shikaku.letters.pdf.rdocx.paragraph_lines import KnownParagraph, ParagraphLines
from shikaku.letters.pdf.rdocx.shapes import BREAK, LetterShape
from shikaku.letters.pdf.writer.programs import FontCache

_MANY = 64
"""Shapes, and layouts of a shape, that a worker keeps for a template."""
_CONFIRMED = 2
"""Letters of a shape that rdocx lays out before others are set from them."""

_LineCounts = tuple[tuple[int, tuple[int, ...]], ...]
"""Of each paragraph with values, its lines and the pieces that have text: what decides where
everything else stands."""


@dataclass(slots=True)
class ShapeFamily:
    """Letters of one shape and equal fixed values. seen: how many of them rdocx laid out; first: the
    pieces and lines of the first one; broken: it did otherwise than we thought."""

    shape: LetterShape
    known: list[KnownParagraph]
    layouts: dict[_LineCounts, PageLayout] = field(default_factory=dict)
    seen: int = 0
    first: tuple[tuple[str, ...], list[ParagraphLines]] = (), []
    broken: bool = False


Key = TypeVar("Key")
Thing = TypeVar("Thing")
LayOut = Callable[[Draft], DrawnDocument]


class LayoutPlans:
    """What a worker has learned about one template.

    styles: the template's slim style sheet; programs: of our faces; archive: for PDF/A.
    """

    def __init__(self, styles: bytes, programs: FontCache, archive: bool):
        self._styles, self._programs, self._archive = styles, programs, archive
        self._shapes: dict[str, LetterShape] = {}
        self._families: dict[tuple, ShapeFamily] = {}

    def set(self, draft: Draft, lay_out: LayOut) -> SetLetter | None:
        """The pages of a letter. None when it can only be printed as rdocx made it.

        lay_out: asks rdocx; what it raises is raised, NotUnderstood aside.
        """
        family = self._family(draft)
        if family is None or family.broken:
            return None
        try:
            return self._from_layouts(family, draft) or self._learn(family, draft, lay_out)
        except NotUnderstood:
            family.broken = True
            return None

    def _from_layouts(self, family: ShapeFamily, draft: Draft) -> SetLetter | None:
        """The letter set from what is known; None when that isn't enough."""
        lines = self._broken(family, draft) if family.seen >= _CONFIRMED else None
        if lines is None or (layout := _used(family.layouts, _counts(lines))) is None:
            return None
        for number, slot in layout.slots.items():
            if not family.known[number].stands(lines[number], slot):
                return None
        return layout.fill(lines, draft.codes)

    @staticmethod
    def _broken(family: ShapeFamily, draft: Draft) -> list[ParagraphLines] | None:
        found = []
        for known in family.known:
            lines = known.broken(draft.pieces)
            if lines is None:
                return None
            found.append(lines)
        return found

    def _family(self, draft: Draft) -> ShapeFamily | None:
        body = draft.parts.get(draft.body, "")
        bare = shapes.skeleton(body, len(draft.pieces)) if body else None
        if bare is None:
            return None
        if _used(self._shapes, bare) is None:
            _make_room(self._shapes)
            self._shapes[bare] = shapes.shape(bare, self._styles)
        shape = self._shapes[bare]
        if shape.uncertain:
            return None
        fixed = tuple(draft.pieces[n] for n in shape.fixed)
        others = tuple(
            xml
            for part, xml in draft.parts.items()
            if part != draft.body and not part.startswith("docProps/")
        )
        key = bare, fixed, others
        if _used(self._families, key) is None:
            _make_room(self._families)
            known = [KnownParagraph(p, self._programs.faces) for p in shape.settable]
            self._families[key] = ShapeFamily(shape, known)
        return self._families[key]

    def _learn(self, family: ShapeFamily, draft: Draft, lay_out: LayOut) -> SetLetter:
        """Let rdocx lay out a letter, note what it shows, and set the letter from that.

        Raises NotUnderstood when it is otherwise than we would have thought.
        """
        turned = None
        if family.seen == _CONFIRMED - 1:
            turned = self._seen(family, draft, lay_out, turned=True)
            if family.shape.steady and turned.counts in family.layouts:
                return self._noted(family, draft, turned)
        expected = (
            self._broken(family, draft) if family.seen >= _CONFIRMED else turned and turned.lines
        )
        seen = self._seen(family, draft, lay_out)
        if expected is not None and _counted(expected) != _counted(seen.lines):
            raise NotUnderstood("lines that end elsewhere")
        if _used(family.layouts, seen.counts) is None:
            _make_room(family.layouts)
            family.layouts[seen.counts] = PageLayout(
                seen.document, family.known, seen.glyphs, seen.lines, self._programs, self._archive
            )
        return self._noted(family, draft, seen)

    @staticmethod
    def _seen(
        family: ShapeFamily, draft: Draft, lay_out: LayOut, *, turned: bool = False
    ) -> "_SeenLetter":
        """What rdocx makes of a letter. turned: its paragraphs are aligned the other way: where lines
        end shows on the right of those that begin on the left, and the other way round."""
        shown = draft
        if turned:
            ways = {known.paragraph.place: known.turned for known in family.known}
            body = shapes.turned(draft.parts[draft.body], ways)
            shown = draft._replace(parts={**draft.parts, draft.body: body})
        document = lay_out(shown)
        glyphs = _owned(document, family.shape, draft.pieces)
        lines = [
            known.observe(draft.pieces, own, turned=turned)
            for known, own in zip(family.known, glyphs, strict=True)
        ]
        return _SeenLetter(document, glyphs, lines, _counts(lines), turned)

    def _noted(self, family: ShapeFamily, draft: Draft, seen: "_SeenLetter") -> SetLetter:
        """The letter, when all stands where its layout lets expect it. Raises NotUnderstood."""
        layout = family.layouts[seen.counts]
        if not layout.keeps(seen.document, seen.glyphs):
            raise NotUnderstood("other text that moves")
        family.seen += 1
        if family.seen == _CONFIRMED:
            self._compare_lines(family, draft.pieces, seen.lines)
            self._compare_lines(family, *family.first)
        elif family.seen < _CONFIRMED:
            family.first = draft.pieces, seen.lines
        for number, (known, own) in enumerate(zip(family.known, seen.glyphs, strict=True)):
            slot = layout.slots.get(number)
            if slot is not None and own:
                known.note_drop(seen.lines[number], own[0].y, slot)
            if not known.agrees(seen.lines[number], own, slot, turned=seen.turned):
                raise NotUnderstood("a glyph that stands elsewhere")
        return layout.fill(seen.lines, draft.codes)

    @staticmethod
    def _compare_lines(
        family: ShapeFamily, pieces: tuple[str, ...], lines: list[ParagraphLines]
    ) -> None:
        """Raise NotUnderstood unless our rules break a letter's lines as rdocx did, as far as they say."""
        for known, own in zip(family.known, lines, strict=True):
            ours = known.broken(pieces)
            if ours is not None and _counted([ours]) != _counted([own]):
                raise NotUnderstood("lines that end elsewhere")


class _SeenLetter(NamedTuple):
    """What rdocx drew: the glyphs of each settable paragraph and its lines."""

    document: DrawnDocument
    glyphs: list[list[PageGlyph]]
    lines: list[ParagraphLines]
    counts: _LineCounts
    turned: bool


def _counts(lines: list[ParagraphLines]) -> _LineCounts:
    return tuple((len(one.lines), tuple(sorted(set(one.origin)))) for one in lines)


def _counted(lines: list[ParagraphLines]) -> list[list[tuple[int, int]]]:
    return [[(line.start, line.end) for line in one.lines] for one in lines]


def _used(things: dict[Key, Thing], key: Key) -> Thing | None:
    """What is known under a key, which now is the latest used."""
    if key not in things:
        return None
    things[key] = found = things.pop(key)
    return found


def _make_room(things: dict) -> None:
    """Forget what hasn't been used for the longest time."""
    if len(things) >= _MANY:
        del things[next(iter(things))]


def _owned(
    document: DrawnDocument, shape: LetterShape, values: tuple[str, ...]
) -> list[list[PageGlyph]]:
    """The glyphs of each settable paragraph. Raises NotUnderstood when some paragraph isn't the
    text that it should be."""
    printed = iter(_printed(document))
    wanted = {p.place: p for p in shape.settable}
    found: dict[int, list[PageGlyph]] = {}
    for place, still in enumerate(shape.texts):
        text = still
        if place in wanted:
            text = wanted[place].text(values)[0].replace(BREAK, "")
            found[place] = []
        if text == "":
            continue
        glyphs = next(printed, [])
        shown = "".join(g.char for g in glyphs)
        # The head of a table stands on each of its pages.
        times = 1 if place in wanted or text is None else max(1, len(shown) // len(text))
        if text is not None and shown != text * times:
            raise NotUnderstood("other text")
        if place in wanted:
            found[place] = glyphs
    if next(printed, None) is not None:
        raise NotUnderstood("more text")
    return [found[p.place] for p in shape.settable]


def _printed(document: DrawnDocument) -> list[list[PageGlyph]]:
    """The glyphs of each paragraph that has some."""
    drawn: list[list[PageGlyph]] = [[] for _ in document.paragraphs]
    for sheet in document.sheets:
        for glyph in sheet.glyphs():
            if glyph.paragraph is not None:
                drawn[glyph.paragraph].append(glyph)
    return [glyphs for glyphs in drawn if glyphs]
