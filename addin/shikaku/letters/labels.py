"""Address labels: sheets of A4 with 12 or 24 die-cut labels.

Long addresses are set smaller, then on more lines, never cut off. The postal code is at least
2.4 mm high and stands 2 mm above the address, as sorting machines read it.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import fsum

from shikaku.letters.contexts.fit import two_lines
from shikaku.letters.fonts import subset
from shikaku.letters.fonts.coverage import describe
from shikaku.letters.pdf.drawing import POINTS, Drawing
from shikaku.letters.pdf.finish import Finish
from shikaku.letters.pdf.lettering import Lettering
from shikaku.letters.pdf.writer.document import PageForm, SharedForm, StructureNode
from shikaku.system.errors import PdfError

_WIDTH, _HEIGHT = 210.0, 297.0


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """Labels on a sheet, in millimetres: columns and rows, the first label's corner, its size."""

    columns: int
    rows: int
    left: float
    top: float
    width: float
    height: float

    @property
    def count(self) -> int:
        """Labels on a sheet."""
        return self.columns * self.rows


SHEETS = {
    12: LabelSheet(2, 6, 18.6, 21.6, 86.4, 42.3),
    24: LabelSheet(3, 8, 6.0, 12.9, 66.0, 33.9),
}


@dataclass(frozen=True, slots=True)
class LabelText:
    """One label. postal: 〒100-0001; name: with its honorific."""

    postal: str
    address: str
    name: str


@dataclass(frozen=True, slots=True)
class _SetLabel:
    """A label whose lines are known. sizes: points."""

    text: LabelText
    lines: tuple[str, ...]
    size: float
    name_lines: tuple[str, ...]
    name_size: float


# (points, lines): the first that holds the address is taken.
_ADDRESS = ((10.5, 2), (9.0, 2), (9.0, 3), (8.0, 3), (7.0, 4), (6.0, 6))
_NAMES = ((14.0, 1), (12.0, 1), (10.5, 1), (10.5, 2), (8.0, 2), (7.0, 3))
_POSTAL = 10.5
_PITCH = 1.3
_INSET = 5.0  # millimetres at each side: a sheet never lies quite straight in a printer
_MARGIN = 1.5
_GAP = 1.0


class TooLong(PdfError):
    """An address or a name that no label holds."""


def labels(texts: Sequence[LabelText], sheet: LabelSheet, start: int, how: Finish) -> bytes:
    """The PDF. start: the first label to be used of the first sheet, from 1.

    Raises PdfError: a character that no font has, an address that no label holds.
    """
    ready = [_fitted(text, sheet) for text in texts]
    shown = {line for one in ready for line in (one.text.postal, *one.lines, *one.name_lines)}
    lettering = Lettering(shown, subset.load())
    if lettering.missing:
        chars = "、".join(describe(char) for char in sorted(lettering.missing))
        raise PdfError(
            f"宛名の文字{chars}の字形が、PDFのフォントにありません。",
            f"その文字を含むフォントを「{subset.extra_folder()}」に置いてください。",
        )
    places = [place + start - 1 for place in range(len(ready))]
    root, contents = StructureNode("Document"), []
    for number in range(places[-1] // sheet.count + 1):
        drawing, marks = Drawing(_HEIGHT * POINTS, lettering), itertools.count()
        for one, place in zip(ready, places, strict=True):
            if place // sheet.count == number:
                texts_of = _draw(drawing, one, sheet, place % sheet.count, marks)
                kids = [StructureNode("P", marks=[(number, m) for m in some]) for some in texts_of]
                root.kids.append(StructureNode("Sect", kids=kids))
        contents.append(drawing.content)
    fonts = {name.encode(): program for name, program in lettering.programs.items()}
    box = b"[0 0 %.3f %.3f]" % (_WIDTH * POINTS, _HEIGHT * POINTS)
    form = SharedForm([PageForm(box, b"")] * len(contents), root, fonts, [], {}, how.archive)
    return form.write(contents, {}, "宛名ラベル", how.day)


def fault(text: LabelText, sheet: LabelSheet) -> str:
    """Why there can be no label of a text: Japanese; "" when there can."""
    try:
        one = _fitted(text, sheet)
    except TooLong:
        return "住所か氏名が長く、ラベルに入りません"
    missing = Lettering((one.text.postal, *one.lines, *one.name_lines), subset.load()).missing
    chars = "、".join(describe(char) for char in sorted(missing))
    return f"文字{chars}の字形がPDFのフォントにありません" if chars else ""


def _fitted(text: LabelText, sheet: LabelSheet) -> _SetLabel:
    """The label in the largest type that its width and its height hold. Raises TooLong."""
    room = (sheet.width - 2 * _INSET) * POINTS
    for size, most in _ADDRESS:
        lines = _lines(text.address, room / size, most)
        for name_size, name_most in _NAMES if lines else ():
            names = _lines(text.name, room / name_size, name_most)
            one = _SetLabel(text, lines, size, names, name_size)
            if names and _needed(one) <= sheet.height - 2 * _MARGIN:
                return one
    raise TooLong(f"「{text.name[:20]}」の宛名はラベルに入りません。", "短く書き直してください。")


def _lines(text: str, em: float, most: int) -> tuple[str, ...]:
    """A text on so many lines of so many em at most; () when it doesn't fit."""
    for whole in (text, text.replace(" ", "\u00a0")):  # then also within a word
        lines: list[str] = []
        rest = whole
        while rest and len(lines) < most:
            first, rest = two_lines(rest, em)
            lines.append(first.replace("\u00a0", " ").strip())
        if not rest:
            return tuple(lines)
    return ()


def _steps(one: _SetLabel) -> list[list[tuple[str, float, float]]]:
    """Text by text its lines: text, points, millimetres of space above."""
    texts = ((one.lines, one.size), (one.name_lines, one.name_size))
    return [[(one.text.postal, _POSTAL, 0.0)]] + [
        [(line, size, 0.0 if number else _GAP) for number, line in enumerate(lines)]
        for lines, size in texts
    ]


def _needed(one: _SetLabel) -> float:
    """The label's height in millimetres."""
    return fsum(size * _PITCH / POINTS + gap for text in _steps(one) for _, size, gap in text)


def _draw(
    drawing: Drawing, one: _SetLabel, sheet: LabelSheet, place: int, marks: Iterator[int]
) -> list[list[int]]:
    """A label's lines, in the middle of its height; of each text the marks of its lines."""
    column, row = place % sheet.columns, place // sheet.columns
    x = sheet.left + column * sheet.width + _INSET
    y = sheet.top + row * sheet.height + (sheet.height - _needed(one)) / 2
    drawn: list[list[int]] = []
    for text in _steps(one):
        drawn.append([])
        for line, size, gap in text:
            y += gap
            drawn[-1].append(next(marks))
            drawing.text(x, y + size * _PITCH * 0.8 / POINTS, line, size, mark=drawn[-1][-1])
            y += size * _PITCH / POINTS
    return drawn
