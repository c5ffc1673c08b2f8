"""What Excel makes of what is written to a cell: text that looks like something else becomes it.

After the behaviour of a Japanese Excel: full-width digits count, eras are dates, ``1-2`` is a
day of this year, a leading ``=`` ``+`` or ``-`` starts a formula. A cell formatted as text (``@``)
keeps text as it is. The rules lean to the greedy side, so that a test sees every text that some
Excel would change.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

TEXT_FORMAT = "@"
GENERAL = "General"
_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"}
_NUMBER = re.compile(r"[-+]?[¥$]?(?:\d{1,3}(?:,\d{3})+|\d+)?\.?\d*(?:E[-+]?\d+)?%?")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{1,2})[-/月](\d{1,2})日?")
_ERA = re.compile(
    r"([MTSHR]|明治|大正|昭和|平成|令和)(元|\d{1,2})[./年-](\d{1,2})[./月-](\d{1,2})日?"
)
_TIME = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
_ERA_START = dict(zip("MTSHR明大昭平令", (1867, 1911, 1925, 1988, 2018) * 2, strict=True))


_ESCAPED = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPE = re.compile(r"_x(?!D[89A-F])([0-9A-F]{4})_", re.I)  # half a surrogate pair is no character


def escaped(text: str) -> str:
    """A cell's text as a file has it, where XML forbids a character or it looks like an escape."""
    return _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def unescaped(text: str) -> str:
    """A cell's text as Excel shows it; openpyxl leaves the file's escapes be."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


@dataclass(frozen=True)
class Written:
    """What the cell holds afterwards. kind: empty text number date bool error formula."""

    kind: str
    value: object = None
    number_format: str | None = None  # the format that Excel gives the cell by itself
    quoted: bool = False  # a leading apostrophe was taken as the mark for text


def written(value: object, number_format: str) -> Written:
    """The outcome of ``Range.Value = value`` for a cell with that number format."""
    if value is None or value == "":
        return Written("empty")
    if isinstance(value, bool):
        return Written("bool", value)
    if number_format == TEXT_FORMAT and not isinstance(value, str):
        return Written("text", str(value))
    if isinstance(value, int | float):
        return Written("number", float(value))
    if isinstance(value, dt.datetime | dt.date):
        given = "yyyy/m/d" if number_format == GENERAL else None
        return Written("date", value, given)
    assert isinstance(value, str), type(value)
    if value.startswith("'"):
        return Written("text", value[1:], quoted=True)
    if number_format == TEXT_FORMAT:
        return Written("text", value)
    return _typed(value, number_format)


def _typed(text: str, number_format: str) -> Written:
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain[:1] == "=" and len(plain) > 1:
        return Written("formula", text)
    if plain.upper() in ("TRUE", "FALSE"):
        return Written("bool", plain.upper() == "TRUE")
    if plain.upper() in _ERRORS:
        return Written("error", plain.upper())
    number = plain[1:-1] if plain[:1] == "(" and plain[-1:] == ")" else plain
    if re.search(r"\d", number) and _NUMBER.fullmatch(number.upper()):
        digits = re.sub(r"[,¥$]", "", number.upper())
        value = float(digits.rstrip("%")) / (100 if digits.endswith("%") else 1)
        return Written("number", -value if number != plain else value)
    day = _day(plain)
    if day is not None:
        return Written("date", day, "yyyy/m/d" if number_format == GENERAL else None)
    if _TIME.fullmatch(plain):
        return Written("number", 0.5, "h:mm")
    if plain[:1] in "+-@" and len(plain) > 1:
        return Written("formula", "=" + plain.lstrip("@"))
    return Written("text", text)


def _day(text: str) -> dt.datetime | None:
    try:
        if found := _DAY.fullmatch(text):
            if found[1]:
                return dt.datetime(int(found[1]), int(found[2]), int(found[3]))
            return dt.datetime(dt.date.today().year, int(found[4]), int(found[5]))
        if found := _ERA.fullmatch(text.upper()):
            year = _ERA_START[found[1][0]] + (1 if found[2] == "元" else int(found[2]))
            return dt.datetime(year, int(found[3]), int(found[4]))
    except ValueError:
        return None
    return None
