"""How much room a text takes, so that long names get smaller type and addresses break well.

Widths are in em, of the widest of the fonts in use: a full-width character is 1, any other 0.62.
"""

import re
import unicodedata

_NARROW = 0.62
_NUMBERS = ("0123456789０１２３４５６７８９-－ー‐−", "〇一二三四五六七八九十百千")
# A counter stays with its number, and no line begins with a small kana.
_NO_HEAD = "丁目番地号階室条、。ーぁぃぅぇぉっゃゅょァィゥェォッャュョ"
_INVISIBLE = {"Mn", "Me", "Cf"}
_POSTAL = re.compile(r"^〒?\s*(\d{3})[-－ー‐]?(\d{4})\s*")


def width(text: str) -> float:
    """The width of a line in em; marks and variation selectors take no room."""
    total = 0.0
    for char in text:
        if unicodedata.category(char) in _INVISIBLE:
            continue
        total += 1 if unicodedata.east_asian_width(char) in "WFA" else _NARROW
    return total


def two_lines(text: str, em: float) -> tuple[str, str]:
    """An address on one line, or on two: before the building, else where the line is full.

    The second line holds all the rest; whether it is too long for full size is the caller's to ask.
    """
    text = " ".join(text.split())
    if width(text) <= em:
        return text, ""
    words = text.split(" ")
    for count in range(len(words) - 1, 0, -1):
        first = " ".join(words[:count])
        if width(first) <= em:
            return first, " ".join(words[count:])
    end = len(text)
    while end > 1 and width(text[:end]) > em:
        end -= 1
    # not within a house number, and no variation selector at the head of a line
    cut = end
    while cut > end // 2 and not (_breaks(text[cut - 1], text[cut])):
        cut -= 1
    cut = cut if cut > end // 2 else end
    return text[:cut], text[cut:].lstrip()


def _breaks(before: str, after: str) -> bool:
    if any(before in number and after in number for number in _NUMBERS):
        return False
    return unicodedata.category(after) not in _INVISIBLE and after not in _NO_HEAD


def postal_and_address(text: str) -> tuple[str, str]:
    """「〒100-0000」 and the rest of an address that may begin with its postal code."""
    found = _POSTAL.match(text)
    if not found:
        return "", text.strip()
    return f"〒{found[1]}-{found[2]}", text[found.end() :].strip()
