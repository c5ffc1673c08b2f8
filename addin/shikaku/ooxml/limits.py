"""What Excel bears, beyond which it repairs a file, drops what is in it, or refuses a call.

Numbers of Microsoft's published "Excel specifications and limits" (Excel 2013 and later), but for
the ones that say otherwise. Whatever we write stays within them, in a file and through Excel alike.
"""

ROWS, COLUMNS = 1_048_576, 16_384
CELL_TEXT = 32_767
"""Characters of a cell's text, counted as UTF-16 units."""

LINKS = 65_530
"""Hyperlinks of a sheet. Beyond them Excel repairs the file and drops them all."""

CELL_FORMATS = 65_490
"""Combinations of formats of a workbook (``cellXfs``); Excel counts its own few among them."""

FONTS = 1_024
NUMBER_FORMATS = 200
"""A workbook's own number formats (200 to 250, by the language of Excel)."""

ROW_HEIGHT, COLUMN_WIDTH = 409.5, 255
"""Points; characters of the usual font."""

SHEET_NAME = 31
FORMULA = 8_192
"""Characters of a formula."""

NESTING = 64
"""Functions within functions."""

FORMULA_TEXT = 255
"""Characters of a text inside a formula, of an entry of a validation's list, of its message."""

LINK = 2_083
"""Characters of a link's address (Windows' own limit for addresses)."""

BLOCK_TEXT = 8_203
"""Characters of one text in an array given to a range (Excel's answer is an error 1004 or a cut;
seen from 8,204 on, KB 818808 tells of 911 in older ones): a longer one is written by itself."""

VALIDATION_TITLE = 32
HEADER_FOOTER = 255
"""Characters of a page's header, of its footer."""

_CUT = "…(長いため、ここまで)"


def cell_text(text: str) -> str:
    """A text as a cell takes it: what is beyond Excel's limit goes, and the end says so.

    >>> cell_text("短い")
    '短い'
    """
    if len(text) * 2 <= CELL_TEXT or units(text) <= CELL_TEXT:
        return text
    room = (CELL_TEXT - len(_CUT)) * 2
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + _CUT


def units(text: str) -> int:
    """How Excel counts characters: one beyond U+FFFF is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
