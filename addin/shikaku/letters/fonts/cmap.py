"""Which glyph stands for which character in a font file, read from its ``cmap`` table.

Only what a letter needs: characters (formats 4 and 12) and variation sequences (format 14), by
glyph number. fontTools reads all of a CJK font's tables and names, which takes ten times as long.
"""

import struct
from functools import lru_cache

_FULL, _BASIC, _VARIANTS = 12, 4, 14
#: Best first: full Unicode, then the basic plane; Windows' and Unicode's own numbers.
_PLACES = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3), (0, 2), (0, 1), (0, 0))


@lru_cache(maxsize=2)
def read(table: bytes) -> tuple[dict[int, int], dict[tuple[int, int], int]]:
    """(character → glyph, (character, selector) → glyph) of a ``cmap`` table.

    A sequence whose glyph is the usual one is there with that glyph. Raises ValueError for a
    table without Unicode characters, struct.error for a broken one.
    """
    places = _places(table)
    offset = _unicode(table)
    form = struct.unpack_from(">H", table, offset)[0]
    if form == _FULL:
        codes = _full(table, offset)
    elif form == _BASIC:
        codes = _basic(table, offset)
    else:
        raise ValueError(f"cmap format {form}")
    sequences = {}
    if (0, 5) in places and struct.unpack_from(">H", table, places[0, 5])[0] == _VARIANTS:
        sequences = _variants(table, places[0, 5], codes)
    return codes, sequences


def has(table: bytes, code: int) -> bool:
    """Whether a ``cmap`` table names a glyph for a character, without reading all of it. False for
    a table that ``read`` would refuse."""
    try:
        offset = _unicode(table)
        form = struct.unpack_from(">H", table, offset)[0]
        if form == _FULL:
            count = struct.unpack_from(">I", table, offset + 12)[0]
            numbers = struct.unpack_from(f">{3 * count}I", table, offset + 16)
            return any(
                first <= code <= last
                for first, last in zip(numbers[::3], numbers[1::3], strict=True)
            )
        if form != _BASIC or code > 0xFFFF:
            return False
        count = struct.unpack_from(">H", table, offset + 6)[0] // 2
        ends = struct.unpack_from(f">{count}H", table, offset + 14)
        starts = struct.unpack_from(f">{count}H", table, offset + 16 + 2 * count)
    except (struct.error, ValueError):
        return False
    return any(first <= code <= last for first, last in zip(starts, ends, strict=True))


def _unicode(table: bytes) -> int:
    """Where the best of the table's Unicode maps begins. ValueError when there is none."""
    places = _places(table)
    offset = next((places[p] for p in _PLACES if p in places), None)
    if offset is None:
        raise ValueError("no Unicode cmap")
    return offset


def _places(table: bytes) -> dict[tuple[int, int], int]:
    places = {}
    for i in range(struct.unpack_from(">H", table, 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHI", table, 4 + 8 * i)
        places[platform, encoding] = offset
    return places


def _full(table: bytes, offset: int) -> dict[int, int]:
    codes: dict[int, int] = {}
    count = struct.unpack_from(">I", table, offset + 12)[0]
    numbers = struct.unpack_from(f">{3 * count}I", table, offset + 16)
    for first, last, glyph in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True):
        codes.update(
            zip(range(first, last + 1), range(glyph, glyph + last - first + 1), strict=True)
        )
    return codes


def _basic(table: bytes, offset: int) -> dict[int, int]:
    length, _, doubled = struct.unpack_from(">HHH", table, offset + 2)
    count = doubled // 2
    words = struct.unpack_from(f">{(length - 14) // 2}H", table, offset + 14)
    ends, starts = words[:count], words[count + 1 : 2 * count + 1]
    deltas, ranges = words[2 * count + 1 : 3 * count + 1], words[3 * count + 1 : 4 * count + 1]
    codes: dict[int, int] = {}
    for i in range(count):
        for code in range(starts[i], ends[i] + 1):
            glyph = code
            if ranges[i]:
                glyph = words[3 * count + 1 + i + ranges[i] // 2 + code - starts[i]]
            if glyph or not ranges[i]:
                glyph = (glyph + deltas[i]) & 0xFFFF
            if glyph and code != 0xFFFF:
                codes[code] = glyph
    return codes


def _variants(table: bytes, start: int, codes: dict[int, int]) -> dict[tuple[int, int], int]:
    sequences = {}
    for i in range(struct.unpack_from(">I", table, start + 6)[0]):
        at = start + 10 + 11 * i
        selector = int.from_bytes(table[at : at + 3], "big")
        usual, special = struct.unpack_from(">II", table, at + 3)
        if usual:
            at = start + usual
            for j in range(struct.unpack_from(">I", table, at)[0]):
                first = int.from_bytes(table[at + 4 + 4 * j : at + 7 + 4 * j], "big")
                for code in range(first, first + table[at + 7 + 4 * j] + 1):
                    sequences[code, selector] = codes.get(code, 0)
        if special:
            at = start + special
            for j in range(struct.unpack_from(">I", table, at)[0]):
                code = int.from_bytes(table[at + 4 + 5 * j : at + 7 + 5 * j], "big")
                glyph = struct.unpack_from(">H", table, at + 7 + 5 * j)[0]
                sequences[code, selector] = glyph
    return sequences
