"""住所 (address) for comparing: one place however it is spelt.

番, 号, 丁目, 番地 and の between numbers, widths, kanji numerals before them, 大字 and 字, ヶ and ケ, and the
prefecture left out are spellings of one place. What stands behind the house number (a building, a
room) may be left out, since people leave it out; two rooms that are both written are two places.

Source: 住居表示に関する法律2条; 住居表示の実施基準 (昭和38年自治省告示117号).

>>> same("東京都青葉区見本町一丁目2番3号 コーポ見本101", "青葉区見本町１－２－３")
True
>>> same("東京都青葉区見本町1-2-3", "東京都青葉区見本町1-2-4")
False
>>> same("見本町1-2-3 コーポ見本101号室", "見本町1-2-3-101"), same("見本町1-2-3 ハイツ101", "見本町1-2-3 ハイツ102")
(True, False)
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


_ROOM = re.compile(r"(?<![0-9])([0-9]+)(?:号室|号|室)?\Z")


def same(one: str, other: str) -> bool:
    """Whether two addresses may be one: the same place, and not two rooms of it."""
    (town, house, room), (their_town, their_house, their_room) = _parts(one), _parts(other)
    if town != their_town:
        return False
    if house == their_house:
        return not room or not their_room or room == their_room
    whole = {f"{house}-{room}", f"{their_house}-{their_room}"}
    return bool(whole & {house, their_house})


@lru_cache(maxsize=8192)
def _parts(address: str) -> tuple[str, str, str]:
    """(town without the prefecture, house number, number of the room at the end), for comparing only;
    without a house number the whole text, "" and ""."""
    text = without_spaces(unicodedata.normalize("NFKC", visible(address)[:_LONGEST]))
    name = prefecture.of(text)
    text = text.removeprefix(name) if name else text
    text = re.sub(r"大?字(?=.)", "", text).translate({ord("ケ"): "ヶ", ord("が"): "ヶ"})
    text = _COUNTED.sub(_number, text)
    text = _BETWEEN.sub("-", _DASHES.sub("-", text))
    house = _HOUSE.match(text)
    if house is None:
        return plain_hyphens(text), "", ""
    room = _ROOM.search(text[house.end() :])
    return house[1], house[2], room[1] if room else ""
