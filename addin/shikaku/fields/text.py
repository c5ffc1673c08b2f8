"""Spelling that carries no meaning: widths, spaces, hyphens, invisible characters.

Unicode's NFKC is deliberately not used for whole values: it turns ① into 1, ㈱ into (株) and
touches name characters. Here only the forms that a Japanese keyboard or a copied cell makes are
unified: full-width ASCII, and every kind of space and hyphen.
"""

import re
from collections.abc import Collection

HYPHENS = "-\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u207b\u2212\u2500\u2501\u30fc\u4e00\ufe58\ufe63\uff0d\uff70"
"""Everything people type for a hyphen between digits: - ‐ ‑ ‒ – — ― ⁃ − ─ ━ ー 一 ﹣ － ｰ."""

SPACES = " \t\n\r\u00a0\u2000-\u200a\u202f\u205f\u3000"
"""Spaces, as the inside of a regular expression's class."""

INVISIBLE = "\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
"""Characters without width that come along when a cell is copied, likewise."""

DITTO = ("〃", "〟", "″", '"', "””", "''", "々", "同上", "同", "上に同じ", "上記同様", "同じ", "↑")
"""What people write for „as above“ (RQ04)."""

_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)}
_DIGITS = {0xFF10 + i: str(i) for i in range(10)}
_HYPHEN = {ord(c): "-" for c in HYPHENS}
_CODE = re.compile(rf"(?!一+\Z)[0-9A-Za-z{re.escape(HYPHENS)}]*")
_SPACE = re.compile(f"[{SPACES}]")
_SPACE_RUN = re.compile(f"[{SPACES}]+")
_INVISIBLE = re.compile(f"[{INVISIBLE}]")


def half_width(text: str) -> str:
    """Full-width ASCII (！ … ～) as ASCII; spaces, kana and kanji stay.

    >>> half_width("Ｒ８．４．１　令和")
    'R8.4.1\\u3000令和'
    """
    return text.translate(_WIDTH)


def ascii_digits(text: str) -> str:
    """Full-width digits as ASCII; all else stays.

    >>> ascii_digits("１２日")
    '12日'
    """
    return text.translate(_DIGITS)


def visible(text: str) -> str:
    """Without characters of no width (zero-width space, direction marks, byte order mark)."""
    # Nothing invisible is printable; nor is a full-width space, which every other name has.
    usual = text.isprintable() or text.replace("\u3000", "").isprintable()
    return text if usual else _INVISIBLE.sub("", text)


def plain_hyphens(text: str) -> str:
    """Every hyphen, dash, minus and ー as ``-``. Only for values made of digits and letters.

    >>> plain_hyphens("100－0001"), plain_hyphens("100ー0001"), plain_hyphens("100―0001")
    ('100-0001', '100-0001', '100-0001')
    """
    return text.translate(_HYPHEN)


def is_code(text: str) -> bool:
    """Whether letters and digits in half width and hyphens of any kind are all that there is."""
    return _CODE.fullmatch(text) is not None


def code_hyphens(text: str) -> str:
    """``plain_hyphens`` of a code: a 記号 in kana keeps its ー, and 一 alone is no hyphen.

    >>> code_hyphens("12ー01"), code_hyphens("カー1"), code_hyphens("一")
    ('12-01', 'カー1', '一')
    """
    return text if text.isascii() or not is_code(text) else plain_hyphens(text)


def without_spaces(text: str) -> str:
    """Without any space, also full-width and no-break."""
    text = text.replace(" ", "").replace("\u3000", "")  # of the others none is printable
    return text if text.isprintable() else _SPACE.sub("", text)


def matching_lines(pattern: re.Pattern[str], texts: Collection[str]) -> set[str]:
    """The texts in which a pattern of whole lines (``re.MULTILINE``, from ``^``, no groups) finds itself:
    looked for in all at once. A text of several lines is found in any case."""
    lines = "\n".join(texts)
    if lines.count("\n") < len(texts):
        return set(pattern.findall(lines))
    several = {text for text in texts if "\n" in text}
    return several | set(pattern.findall("\n".join(set(texts) - several)))


def single_spaces(text: str, space: str) -> str:
    """Runs of spaces as one ``space``, none at the ends."""
    return _SPACE_RUN.sub(space, text).strip(space)


_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def is_risky(text: str) -> bool:
    """Whether a spreadsheet that opens a CSV could take the value for a formula: it begins with
    ``= + - @``, a tab or a line's end, of either width, be it after spaces or unseen characters.

    >>> [is_risky(t) for t in ("=1+1", " +81", "＠SUM(A1)", "\u200b-1", "山田", "")]
    [True, True, True, True, False, False]
    """
    seen = visible(text)
    return any(half_width(t[:1]).startswith(_RISKY) for t in (seen, seen.lstrip()))


def guarded(text: str) -> str:
    """The value for a CSV, with an apostrophe in front where it needs one: spreadsheets and people
    read it as "this is text"."""
    return f"'{text}" if is_risky(text) else text


def bare(text: str) -> str:
    """The value that was ``guarded``.

    >>> bare(guarded("=1+1")), bare("'=1+1"), bare("'a"), bare("山田")
    ('=1+1', '=1+1', "'a", '山田')
    """
    return text[1:] if text.startswith("'") and is_risky(text[1:]) else text


def digits_only(value: object) -> str:
    """A number cell's or a text cell's digits: half width, no spaces, no hyphens.

    value: str, or int/float without a fraction (Excel's numbers). Other characters stay, for the
    caller to object to; anything else gives "".

    >>> digits_only("１００−０００１"), digits_only(1000001.0), digits_only(1.5)
    ('1000001', '1000001', '1.5')
    """
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, str):
        return ""
    return plain_hyphens(half_width(without_spaces(visible(value)))).replace("-", "")
