"""氏名カナ (a name's reading) in katakana.

Filed in full width with one full-width space (年金機構 e-Gov 喪失届の記入例), or in half width with one
half-width space (CSV); here the full width is canonical. Both widths count as kana. A hyphen for
the long vowel mark (スズキ エリ－) does not: ー is a letter, － is not. Hiragana does not either: the
form asks for katakana, and the reading must equal that of the 住民票.

A hyphen after a kana is read as ー, with one exception: the narrow - between two kana may as well
part two names (スミス-ジョーンズ), so it stays as it is.

Source: 健保則24条1項・様式第3号; domain.md §3.1, §6.

>>> is_kana("ヤマダ　ハナコ"), is_kana("ﾔﾏﾀﾞ ﾊﾅｺ"), is_kana("やまだ はなこ"), is_kana("スズキ エリ－")
(True, True, False, False)
>>> to_full("ﾔﾏﾀﾞ ﾊﾅｺ"), to_full("スズキ  エリ－")
('ヤマダ\\u3000ハナコ', 'スズキ\\u3000エリー')
>>> to_full("スミス-ジョ－ンズ ﾏﾘ-")
'スミス-ジョーンズ\\u3000マリー'
"""

import re
import unicodedata
from collections.abc import Collection

from shikaku.fields.errors import InvalidFormat
from shikaku.fields.text import HYPHENS, SPACES, matching_lines, single_spaces, visible

_KANA = re.compile(rf"[ァ-ヺー・{SPACES}]+")
_LETTER = re.compile(r"[ァ-ヺ]")
_HALF = re.compile(r"[･-ﾟ]+")
_VOICED = re.compile("[ぁ-ヿ][\u3099\u309a]")
_NARROW = "-\u00ad\u2010\u2011"
# 一 (the numeral) looks the same too, but is left alone: in a name it may be meant.
_WIDE = "".join(c for c in HYPHENS if c not in _NARROW + "ー一")
_LONG_VOWELS = re.compile(
    rf"(?<=[ァ-ヺー])(?:[{re.escape(_WIDE)}]|[{re.escape(_NARROW)}](?=[{SPACES}]|$))+"
)
# A voicing mark typed or decomposed as a character of its own.
_MARKS = {ord("゛"): "\u3099", ord("゜"): "\u309a"}


def full_width(text: str) -> str:
    """Half-width katakana in full width, a voicing mark joined to its kana; all else untouched.

    Safe for a name, since no kanji is looked at (Unicode's own forms would change some).

    >>> full_width("ﾊﾟｰｸ渡邉"), full_width("\ufa19カ\u3099") == "\ufa19ガ"
    ('パーク渡邉', True)
    """
    text = _HALF.sub(lambda m: unicodedata.normalize("NFKC", m.group()), text)
    return _VOICED.sub(lambda m: unicodedata.normalize("NFC", m.group()), text)


_HIRAGANA = {0x3041 + i: 0x30A1 + i for i in range(86)}


def from_hiragana(text: str) -> str:
    """Hiragana as katakana, letter for letter; all else untouched.

    >>> from_hiragana("やまだ　はなこ"), from_hiragana("山田ハナ")
    ('ヤマダ\u3000ハナコ', '山田ハナ')
    """
    return text.translate(_HIRAGANA)


def _wide(text: str) -> str:
    return full_width(visible(text).translate(_MARKS))


def compact(text: str) -> str:
    """Full width, one full-width space between the parts, hyphens after a kana as ー.

    Characters that are no kana stay for the caller to object to.
    """
    text = _LONG_VOWELS.sub(lambda match: "ー" * len(match[0]), _wide(text))
    return single_spaces(text, "\u3000")


to_full = compact


def is_kana(text: str) -> bool:
    """Whether the text is katakana (either width), with spaces and ー and at least one letter."""
    if not _KANA.fullmatch(text):  # nearly every reading is what ``_wide`` makes of it
        text = _wide(text)
    return bool(_KANA.fullmatch(text) and _LETTER.search(text))


_PLAIN = re.compile("[ァ-ヺー・ \u3000]*")


def is_plain(text: str) -> bool:
    """Whether there is nothing but katakana in full width, ー, ・ and spaces, as in nearly every reading.

    >>> is_plain("ヤマダハナコ"), is_plain("ﾔﾏﾀﾞ ﾊﾅｺ"), is_plain("やまだ")
    (True, False, False)
    """
    return _PLAIN.fullmatch(text) is not None


_TWO_PARTS = "[ァ-ヺー・]++[ \u3000][ァ-ヺー・]++"
_PARTED = re.compile(_TWO_PARTS)


def is_parted(text: str) -> bool:
    """Whether a text is two parts in full width with one space between, as nearly every reading is.

    >>> is_parted("ヤマダ　ハナコ"), is_parted("ヤマダハナコ"), is_parted("ﾔﾏﾀﾞ ﾊﾅｺ")
    (True, False, False)
    """
    return _PARTED.fullmatch(text) is not None


_ODD_LINE = re.compile(rf"^(?!{_TWO_PARTS}$).+|^[ー・ \u3000]+$", re.MULTILINE)


def odd_ones(texts: Collection[str]) -> set[str]:
    """Of many texts those that aren't two parts (``is_parted``) of kana (``is_kana``).

    >>> sorted(odd_ones(["ヤマダ　ハナコ", "ヤマダハナコ", "ー ー"]))
    ['ヤマダハナコ', 'ー ー']
    """
    return matching_lines(_ODD_LINE, texts)


is_valid = is_kana


def validate(text: str) -> str:
    """The canonical form. Raises InvalidFormat when the text isn't katakana as it stands."""
    if not is_kana(text):
        raise InvalidFormat
    return compact(text)


def format(text: str) -> str:
    """ヤマダ　ハナコ."""
    return validate(text)
