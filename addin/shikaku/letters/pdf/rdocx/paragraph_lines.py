"""One paragraph with values: what rdocx's lines of it have shown, and the lines of other values.

Where lines begin and end, how each piece looks and on which baseline Latin lines stand is noted
from what rdocx drew. With that a text is broken by the rules that rdocx keeps; where these leave a
doubt (a width at the limit, a character without a class, an edge not seen yet) there is no answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import NamedTuple

from shikaku.letters.fonts.face import Face
from shikaku.letters.pdf.rdocx.line_breaks import asian, line_ends
from shikaku.letters.pdf.rdocx.pages import NotUnderstood, PageGlyph
from shikaku.letters.pdf.rdocx.shapes import BREAK, ValueParagraph

CLOSE = 0.02
"""Points within which two places on a page are one."""
_FITS, _OVER = 0.003, 0.02
"""rdocx lets a line be a hundredth of a point too long. Between these it is asked."""


class TextLine(NamedTuple):
    """Characters start to end of a paragraph's text; width without spaces at the end; last: the
    paragraph, or the part of it before a line break, ends here."""

    start: int
    end: int
    width: float
    last: bool


class ParagraphLines(NamedTuple):
    """A letter's paragraph in lines. origin: of each character, its piece. asian: with Japanese."""

    text: str
    origin: list[int]
    lines: list[TextLine]
    asian: bool


class PieceLook(NamedTuple):
    """How a piece is drawn. font: the face's name in a PDF."""

    font: str
    size: float
    colour: bytes


class TextSlot(NamedTuple):
    """Where a paragraph's text goes in a page. number: in the shape's settable ones; mark: MCID;
    baselines: of its lines; asian: there was Japanese in it."""

    number: int
    mark: int
    role: bytes
    baselines: tuple[float, ...]
    asian: bool


@dataclass(slots=True)
class KnownParagraph:
    """What is known of a paragraph; None: not seen yet.

    faces: by their names in a PDF. first, rest: where its first and its other lines begin; right:
    where lines end at most; middle: of centred lines. looks: of each piece. drop: by how much of
    its size a line without Japanese stands lower.
    """

    paragraph: ValueParagraph
    faces: Mapping[str, Face]
    first: float | None = None
    rest: float | None = None
    right: float | None = None
    middle: float | None = None
    looks: dict[int, PieceLook] = field(default_factory=dict)
    drop: float | None = None
    _last: tuple[tuple[str, ...], ParagraphLines] | None = None
    _advances: dict[tuple[str, int], float] = field(default_factory=dict)

    def observe(
        self, values: tuple[str, ...], glyphs: Sequence[PageGlyph], *, turned: bool = False
    ) -> ParagraphLines:
        """The lines as rdocx broke them; looks and edges are noted. turned: it was aligned the other
        way, which shows the edge that its own doesn't.

        Raises NotUnderstood for a paragraph that isn't plain text in lines.
        """
        text, origin = self.paragraph.text(values)
        shown = [at for at, char in enumerate(text) if char != BREAK]
        if len(shown) != len(glyphs) or text[:1] == BREAK or BREAK * 2 in text:
            raise NotUnderstood("other text")
        lines: list[TextLine] = []
        start, last = 0, len(glyphs) - 1
        for number, (at, glyph) in enumerate(zip(shown, glyphs, strict=True)):
            look = PieceLook(glyph.font, glyph.size, glyph.colour)
            if self.looks.setdefault(origin[at], look) != look or glyph.font not in self.faces:
                raise NotUnderstood("a piece of several looks")
            if number < last and abs(glyphs[number + 1].y - glyph.y) < CLOSE:
                continue
            end = at + 1
            forced = text[end : end + 1] == BREAK
            width = self._width(text, origin, start, end)
            lines.append(TextLine(start, end, width, forced or number == last))
            start = end + forced
        if start != len(text):
            raise NotUnderstood("an empty line")
        found = ParagraphLines(text, origin, lines, asian(text))
        self._note(found, glyphs, turned)
        return found

    @property
    def turned(self) -> str:
        """The alignment that shows the edge which its own doesn't."""
        return "right" if self.paragraph.align in ("left", "both") else "left"

    def _note(self, found: ParagraphLines, glyphs: Sequence[PageGlyph], turned: bool) -> None:
        align = self.turned if turned else self.paragraph.align
        number = 0
        for row, line in enumerate(found.lines):
            x = glyphs[number].x
            number += line.end - line.start
            if align in ("left", "both"):
                self._agree("first" if row == 0 else "rest", x)
            elif align == "right":
                self._agree("right", x + line.width)
            else:
                self._agree("middle", x + line.width / 2)
        if number != len(glyphs):
            raise NotUnderstood("other text")
        if turned and self.middle is not None and self.first is not None:
            self.right = round(2 * self.middle - self.first, 3)

    def _agree(self, name: str, value: float) -> None:
        """Note an edge, to a thousandth. Raises NotUnderstood when it was elsewhere before."""
        before = getattr(self, name)
        if before is None:
            setattr(self, name, round(value, 3))
        elif abs(before - value) > CLOSE:
            raise NotUnderstood("an edge that moves")

    def note_drop(self, lines: ParagraphLines, y: float, slot: TextSlot) -> None:
        """See how much lower lines without Japanese stand. y: of the first line."""
        if self.drop is None and lines.asian != slot.asian:
            self.drop = round(abs(y - slot.baselines[0]) / self._size(lines, 0), 4)

    def _size(self, lines: ParagraphLines, row: int) -> float:
        """The biggest size of a line."""
        line = lines.lines[row]
        return max(self.looks[o].size for o in lines.origin[line.start : line.end])

    def _width(self, text: str, origin: Sequence[int], start: int, end: int) -> float:
        end = start + len(text[start:end].rstrip(" "))
        # As rdocx adds, one after the other: since Python 3.12 sum rounds otherwise, and a letter set by a layout
        # would differ from the one laid out.
        return reduce(add, (self.advance(text[at], origin[at]) for at in range(start, end)), 0.0)

    def advance(self, char: str, piece: int) -> float:
        """The width of a character of a piece, in points."""
        known = self._advances.get((char, piece))
        if known is None:
            look = self.looks[piece]
            face = self.faces[look.font]
            known = face.advance(char) * look.size / face.units
            self._advances[char, piece] = known
        return known

    def broken(self, values: tuple[str, ...]) -> ParagraphLines | None:
        """The lines of these values; None when that isn't certain. The same object as for the letter
        before where that says the same here."""
        pieces = self.paragraph.values(values)
        if self._last is not None and self._last[0] == pieces:
            return self._last[1]
        found = self._set(values)
        self._last = None if found is None else (pieces, found)
        return found

    def _set(self, values: tuple[str, ...]) -> ParagraphLines | None:
        text, origin = self.paragraph.text(values)
        if not text:
            return ParagraphLines(text, origin, [], False)
        ends = line_ends(text.replace(BREAK, " "))
        known = all(piece in self.looks for piece in set(origin) - {-1})
        if ends is None or not known or self.right is None or self.first is None:
            return None
        lines = self._break(text, origin, ends, self.right)
        return None if lines is None else ParagraphLines(text, origin, lines, asian(text))

    def _break(
        self, text: str, origin: Sequence[int], ends: Sequence[bool], right: float
    ) -> list[TextLine] | None:
        lines: list[TextLine] = []
        left, count, advances = self.first, len(text), self._advances
        start = at = good = 0  # good: the last place where the line may end
        width = trimmed = good_width = 0.0
        while at < count:
            char = text[at]
            if char == BREAK:
                if at == start:
                    return None
                lines.append(TextLine(start, at, trimmed, True))
                start = good = at = at + 1
                left, width, trimmed = self.rest, 0.0, 0.0
                continue
            piece = origin[at]
            if left is None:
                return None
            advance = advances.get((char, piece))
            if advance is None:
                if ord(char) not in self.faces[self.looks[piece].font].cmap:
                    return None
                advance = self.advance(char, piece)
            width += advance
            if char != " ":
                over = left + width - right
                if over > _FITS:
                    if over < _OVER or good <= start:
                        return None
                    lines.append(TextLine(start, good, good_width, False))
                    start = at = good
                    left, width, trimmed = self.rest, 0.0, 0.0
                    continue
                trimmed = width
            at += 1
            if ends[at - 1] or at == count or text[at] == BREAK:
                good, good_width = at, trimmed
        if start == count:
            return None
        lines.append(TextLine(start, count, trimmed, True))
        return lines

    def start(self, row: int, line: TextLine, *, turned: bool = False) -> float:
        """Where a line begins. Raises NotUnderstood."""
        align = self.turned if turned else self.paragraph.align
        if align == "right":
            return _sure(self.right) - line.width
        if align == "center":
            return _sure(self.middle) - line.width / 2
        return _sure(self.first if row == 0 else self.rest)

    def stretch(self, lines: ParagraphLines, row: int) -> float:
        """How much wider each space of a justified line is. Raises NotUnderstood."""
        line = lines.lines[row]
        if self.paragraph.align != "both" or line.last:
            return 0.0
        spaces = lines.text[line.start : line.end].rstrip(" ").count(" ")
        if not spaces:
            return 0.0
        return (_sure(self.right) - self.start(row, line) - line.width) / spaces

    def stands(self, lines: ParagraphLines, slot: TextSlot) -> bool:
        """Whether it is known on which baselines these lines stand."""
        return self.drop is not None or lines.asian == slot.asian

    def baseline(self, lines: ParagraphLines, row: int, slot: TextSlot) -> float:
        """Where a line stands. Raises NotUnderstood."""
        y = slot.baselines[row]
        if lines.asian == slot.asian:
            return y
        lower = _sure(self.drop) * self._size(lines, row)
        return y - lower if lines.asian else y + lower

    def agrees(
        self,
        lines: ParagraphLines,
        glyphs: Sequence[PageGlyph],
        slot: TextSlot | None,
        *,
        turned: bool = False,
    ) -> bool:
        """Whether each glyph of rdocx's stands where ours would."""
        if slot is None or not lines.lines:
            return not glyphs
        number = 0
        for row, line in enumerate(lines.lines):
            x, y = self.start(row, line, turned=turned), self.baseline(lines, row, slot)
            more = 0.0 if turned else self.stretch(lines, row)
            for at in range(line.start, line.end):
                glyph = glyphs[number]
                number += 1
                if abs(glyph.x - x) > CLOSE or abs(glyph.y - y) > CLOSE:
                    return False
                x += self.advance(lines.text[at], lines.origin[at])
                if lines.text[at] == " ":
                    x += more
        return True


def _sure(value: float | None) -> float:
    if value is None:
        raise NotUnderstood("an unknown place")
    return value
