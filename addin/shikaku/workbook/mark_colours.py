"""How a cell is marked, so that a mark is known again and what was under it comes back.

A mark is a solid fill. Its colour says the severity; the last five bits of its blue say what was
underneath: 0 no fill at all, 1 … 31 the fill kept under the hidden name ``_shikaku_fill_N`` of the
workbook. So a mark carries its own way back: it may be sorted, copied or moved with its cell, and
the file saved by Excel or LibreOffice in between. The cell itself and its style are otherwise left
alone. (The unused second colour of a solid fill would hold the same, but LibreOffice rewrites it.)

Both sessions use this module. Names hold the fill as XML without a namespace, in single quotes:
``<fill><patternFill patternType='solid'><fgColor theme='4' tint='0.79'/></patternFill></fill>``.
"""

import re

_BASE = {"error": 0xFFC2C0, "warning": 0xFFE8A0, "info": 0xCFE4E0}
_CODES = 0x1F
NAME = "_shikaku_fill_"
"""Prefix of the hidden names."""
NAMES = tuple(f"{NAME}{code}" for code in range(1, _CODES + 1))
"""All that there can be."""
_LONGEST = 250  # a text in a name's formula may have 255 characters


def colour(severity: str, code: int) -> str:
    """RRGGBB of a mark; code: 0 … 31.

    >>> colour("error", 0), colour("warning", 3)
    ('FFC2C0', 'FFE8A3')
    """
    return f"{_BASE[severity] | code:06X}"


def code_of(rgb: str) -> int | None:
    """What is under a fill of this colour (RRGGBB or AARRGGBB); None when it is no mark.

    >>> code_of("FFFFE8A3"), code_of("FFFF00")
    (3, None)
    """
    if not re.fullmatch(r"(?:[0-9A-Fa-f]{2})?[0-9A-Fa-f]{6}", rgb):
        return None
    value = int(rgb[-6:], 16)
    return value & _CODES if value & ~_CODES in _BASE.values() else None


class Underneath:
    """The fills under this run's marks, each with its code, in order of their first use."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def code(self, fill: str | None) -> int | None:
        """The code of a fill as XML (None: no fill). None when it can't be kept: over 31 fills,
        or one too long for a name; such a cell isn't marked."""
        if fill is None:
            return 0
        if fill not in self._codes:
            if len(fill) > _LONGEST or len(self._codes) == _CODES:
                return None
            self._codes[fill] = len(self._codes) + 1
        return self._codes[fill]

    def names(self) -> dict[str, str]:
        """Hidden name → its formula (a text), for the workbook to keep."""
        return {f"{NAME}{code}": f'"{fill}"' for fill, code in self._codes.items()}


def kept(names: dict[str, str]) -> dict[int, str]:
    """Code → fill as XML, from the workbook's names and their formulas."""
    found = {}
    for name, formula in names.items():
        number = name.removeprefix(NAME)
        if name.startswith(NAME) and number.isascii() and number.isdigit():
            text = formula.removeprefix("=")
            found[int(number)] = text[1:-1].replace('""', '"')
    return found
