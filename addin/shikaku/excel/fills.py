"""Fills of cells as Excel's objects name them and as our marks store them."""

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
