"""Fills of cells as Excel's objects name them and as our marks store them."""

import re
from collections.abc import Callable, Sequence

from lxml import etree

NO_FILL, SOLID = -4142, 1


# Excel's XlPattern ↔ the pattern's name in a file. Gradients have no place in a mark's memory.
PATTERNS = {
    "solid": SOLID,
    "mediumGray": -4125,
    "darkGray": -4126,
    "lightGray": -4124,
    "darkHorizontal": -4128,
    "darkVertical": -4166,
    "darkDown": -4121,
    "darkUp": -4162,
    "darkGrid": 9,
    "darkTrellis": 10,
    "lightHorizontal": 11,
    "lightVertical": 12,
    "lightDown": 13,
    "lightUp": 14,
    "lightGrid": 15,
    "lightTrellis": 16,
    "gray125": 17,
    "gray0625": 18,
}


PATTERN_NAMES = {number: name for name, number in PATTERNS.items()}


OLD_PALETTE = range(
    8, 64
)  # the palette of Excel 2003, counted from 8 in a file and from 1 in Excel


class Unkept(Exception):
    """A fill that can't be put into words and so couldn't be brought back."""


def to_excel_colour(rgb: str) -> int:
    """RRGGBB as Excel's colour number."""
    return int(rgb[4:6] + rgb[2:4] + rgb[0:2], 16)


def from_excel_colour(number: float) -> str:
    value = int(number)
    return f"{value & 255:02X}{value >> 8 & 255:02X}{value >> 16 & 255:02X}"


def parsed_fill(fill: str) -> tuple[str, dict[str, dict[str, str]]]:
    """Pattern and colours (``fgColor``, ``bgColor`` → attributes) of a kept fill."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        pattern = etree.fromstring(fill, parser).find("patternFill")
    except etree.XMLSyntaxError:
        pattern = None
    if pattern is None:  # a gradient, or a name that somebody has edited
        return "none", {}
    return pattern.get("patternType", "none"), {c.tag: dict(c.attrib) for c in pattern}


UNKEPT = "unkept"
"""Stands for a fill that couldn't be brought back."""


def kept_or_not(ask: Callable[[], str | None]) -> str | None:
    """What ``ask`` gives, UNKEPT where it raises Unkept."""
    try:
        return ask()
    except Unkept:
        return UNKEPT


def fill_of(numbers: Sequence[float]) -> str | None:
    """A fill as the marks keep it, from Excel's numbers; None for no fill.

    numbers: Pattern, Color, ThemeColor, TintAndShade, and the pattern's own last three; a theme of
    0 is none. Raises Unkept for a gradient.
    """
    pattern = int(numbers[0])
    if pattern == NO_FILL:
        return None
    name = PATTERN_NAMES.get(pattern)
    if name is None:
        raise Unkept
    ground = _colour(*numbers[1:4])
    if name == "solid":
        return f"<fill><patternFill patternType='solid'><fgColor {ground}/></patternFill></fill>"
    line = _colour(*numbers[4:7])
    return (
        f"<fill><patternFill patternType='{name}'><fgColor {line}/><bgColor {ground}/>"
        "</patternFill></fill>"
    )


def _colour(colour: float, theme: float, tint: float) -> str:
    if theme > 0:
        # The file counts themes from 0, Excel's object model from 1.
        return f"theme='{int(theme) - 1}'" + (f" tint='{tint:g}'" if tint else "")
    return f"rgb='FF{from_excel_colour(colour)}'"


def fill_numbers(fill: str | None) -> tuple[float, ...]:
    """The other way round: Excel's seven numbers of a fill. A negative theme is the index of a
    colour of the old palette."""
    name, colours = parsed_fill(fill) if fill else ("none", {})
    if name not in PATTERNS:
        return (NO_FILL, 0, 0, 0, 0, 0, 0)
    ground = colours.get("fgColor" if name == "solid" else "bgColor", {})
    return (PATTERNS[name], *_numbers(ground), *_numbers(colours.get("fgColor", {})))


def _numbers(colour: dict[str, str]) -> tuple[float, float, float]:
    if re.fullmatch(r"\d{1,2}", colour.get("theme", "")):
        return 0, int(colour["theme"]) + 1, float(colour.get("tint", 0))
    if re.fullmatch("[0-9A-Fa-f]{8}", colour.get("rgb", "")):
        return to_excel_colour(colour["rgb"][2:]), 0, 0
    index = colour.get("indexed", "")
    if re.fullmatch(r"\d{1,2}", index) and int(index) in OLD_PALETTE:
        return 0, 7 - int(index), 0
    return 0xFFFFFF, 0, 0


def mark_fill(rgb: str) -> str:
    """A solid fill of a colour (RRGGBB)."""
    return f"<fill><patternFill patternType='solid'><fgColor rgb='FF{rgb}'/></patternFill></fill>"


def areas_of(
    fills: Sequence[tuple[int, int, str | None]],
) -> list[tuple[int, int, int, str | None]]:
    """Cells (row, column, fill) as (first row, last row, column, fill) of those that lie one below
    the other and get the same.

    >>> areas_of([(2, 1, None), (4, 1, None), (3, 1, None), (3, 2, None)])
    [(2, 4, 1, None), (3, 3, 2, None)]
    """
    found: list[tuple[int, int, int, str | None]] = []
    for row, column, fill in sorted(fills, key=lambda one: (one[1], one[0])):
        if found and found[-1][1:] == (row - 1, column, fill):
            found[-1] = (found[-1][0], row, column, fill)
        else:
            found.append((row, row, column, fill))
    return found
