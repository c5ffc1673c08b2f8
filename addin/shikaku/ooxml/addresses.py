"""Addresses of cells as the file format writes them, the only place that turns them about."""

import re
from functools import cache

from shikaku.ooxml.limits import COLUMNS as LAST_COLUMN
from shikaku.ooxml.limits import ROWS as LAST_ROW

_AREA = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?\Z")
_CELL = re.compile(r"([A-Za-z]{1,3})0*([1-9][0-9]{0,6})\Z")

Area = tuple[int, int, int, int]
"""(first column, first row, last column, last row) in Excel's numbers."""


@cache
def column_letters(number: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """A → 1, AA → 27. letters: A to Z only."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def cell(text: str) -> tuple[int, int] | None:
    """(column, row) of the address of one cell, in small letters too; None when it is none, or of
    a cell that no sheet has.

    >>> cell("B12"), cell("d2"), cell("$A$1"), cell("C"), cell("XFE1")
    ((2, 12), (4, 2), None, None, None)
    """
    match = _CELL.match(text)
    if not match:
        return None
    column, row = column_number(match[1].upper()), int(match[2])
    return (column, row) if column <= LAST_COLUMN and row <= LAST_ROW else None


def area(text: str) -> Area | None:
    """(first column, first row, last column, last row) of an A1 range; None when it is none.

    >>> area("B2:AA9"), area("C3")
    ((2, 2, 27, 9), (3, 3, 3, 3))
    """
    match = _AREA.match(text)
    if not match:
        return None
    first, last = column_number(match[1]), column_number(match[3] or match[1])
    return first, int(match[2]), last, int(match[4] or match[2])


def area_text(item: Area) -> str:
    """The reverse of ``area``.

    >>> area_text((2, 2, 27, 9)), area_text((3, 3, 3, 3))
    ('B2:AA9', 'C3')
    """
    start = f"{column_letters(item[0])}{item[1]}"
    end = f"{column_letters(item[2])}{item[3]}"
    return start if start == end else f"{start}:{end}"


class _Columns(dict[bytes, int]):
    """Column letters → number."""

    def __missing__(self, letters: bytes) -> int:
        self[letters] = number = column_number(letters.decode())
        return number


COLUMN_NUMBERS = _Columns()
"""Column letters as bytes → number, each worked out once."""
