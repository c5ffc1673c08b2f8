"""How many lines a text takes in a cell that wraps: Excel fits no row that a program has written."""

import math
import unicodedata
from functools import lru_cache


def columns_of(text: str) -> int:
    """Width in half-width characters.

    >>> columns_of("生年月日 DT01")
    13
    """
    return sum(map(_WIDTHS.__getitem__, text))


class _Widths(dict[str, int]):
    """Character → its width, each looked up once."""

    def __missing__(self, char: str) -> int:
        found = self[char] = 2 if unicodedata.east_asian_width(char) in "WFA" else 1
        return found


_WIDTHS = _Widths()


def lines_of(text: str, width: float) -> int:
    """Lines that a text takes in a cell of ``width`` half-width characters.

    A wide character never stands half in a line, and a line may not begin with 、 or 。; so a
    line holds a little less than the cell is wide.

    >>> lines_of("届出の期限を過ぎています。", 52), lines_of("届出の期限を過ぎています。", 14)
    (1, 3)
    """
    room = max(width - 2, 2)
    most = len(text) if text.isascii() else len(text) * 2
    if most <= room and "\n" not in text:  # most texts, however wide their characters
        return 1
    return _counted(text, room)


@lru_cache(maxsize=16_384)  # thousands of findings say the same
def _counted(text: str, room: float) -> int:
    return sum(max(1, math.ceil(columns_of(part) / room)) for part in text.split("\n"))
