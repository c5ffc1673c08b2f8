"""住所 (address) for comparing: one place however it is spelt.

番, 号, 丁目, 番地 and の between numbers, widths, kanji numerals before them, 大字 and 字, ヶ and ケ, and the
prefecture left out are spellings of one place. What stands behind the house number (a building, a
room) is left out, since people leave it out.

Source: 住居表示に関する法律2条; 住居表示の実施基準 (昭和38年自治省告示117号).

>>> place("東京都青葉区見本町一丁目2番3号 コーポ見本101") == place("青葉区見本町１－２－３")
True
>>> place("東京都青葉区見本町1-2-3") == place("東京都青葉区見本町1-2-4")
False
"""

import re
import unicodedata
from functools import lru_cache

from shikaku.fields import prefecture
from shikaku.fields.text import plain_hyphens, visible, without_spaces

_LONGEST = 300
_KANJI = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")}
_COUNTED = re.compile(r"[〇一二三四五六七八九十百]+(?=丁目|番地?|号|の[0-9〇一二三四五六七八九十])")
_BETWEEN = re.compile(r"(?<=[0-9])(?:丁目|番地?の?|号|の|-)+(?=[0-9])")
_DASHES = re.compile(r"(?<=[0-9])[ーｰ−―‐－─一](?=[0-9])")
_HOUSE = re.compile(r"(.*?)([0-9]+(?:-[0-9]+)*)")


def _number(match: re.Match[str]) -> str:
    text = match.group()
    if "十" not in text and "百" not in text:
        return "".join(_KANJI[c] for c in text)
    total = digit = 0
    for char in text:
        if char in "十百":
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
        else:
            digit = int(_KANJI[char])
    return str(total + digit)


@lru_cache(maxsize=8192)
def place(address: str) -> tuple[str, str]:
    """(town without the prefecture, house number) of an address, for comparing only; without a
    number the whole text and ""."""
    text = without_spaces(unicodedata.normalize("NFKC", visible(address)[:_LONGEST]))
    name = prefecture.of(text)
    text = text.removeprefix(name) if name else text
    text = re.sub(r"大?字(?=.)", "", text).translate({ord("ケ"): "ヶ", ord("が"): "ヶ"})
    text = _COUNTED.sub(_number, text)
    text = _BETWEEN.sub("-", _DASHES.sub("-", text))
    house = _HOUSE.match(text)
    return (house[1], house[2]) if house else (plain_hyphens(text), "")
