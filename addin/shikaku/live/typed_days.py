"""The days that people type, as the workbook's formulas read them, and a row's days as one text.

Each filing has a hidden column 「日付の値」: five characters a day, its serial number, ``-----`` for a
blank cell, ``?????`` for what is no day. The other live columns look only there, so that a day in
text costs a formula once. The end of a day is rounded as ``era_date.from_cell`` rounds it: what a
formula leaves just below midnight is the next day.
"""

import datetime as dt
import math
import re

from shikaku.fields import era_date
from shikaku.fields.era_date import ERAS, FIRST, LAST
from shikaku.model.schema import EVENT
from shikaku.model.tables import TEXT, Cell, Row

SPACES = " 　\u00a0"

SEPARATORS = "-－ー‐−/／.．"
"""What may stand between year, month and day, besides 年 and 月."""

LEAST_DIGITS = 10_000_000
"""From here on a number in a cell for a day is yyyymmdd, not a serial number."""

DIGITS = "0123456789０１２３４５６７８９"

HALF_A_SECOND = 1 / 172_800
"""Of a day: so much below midnight is midnight."""

DAYS = {
    "acquisition": ("birth", EVENT["acquisition"], "filed", "status_checked"),
    "dependants": ("birth", EVENT["dependants"], "filed", "status_checked"),
    "loss": ("birth", EVENT["loss"], "filed", "left"),
}
"""Filing → the columns of days in its 「日付の値」, in their order there."""

WIDTH = 5
BLANK_DAY, BAD_DAY = "-" * WIDTH, "?" * WIDTH

_SERIAL_ZERO = dt.date(1899, 12, 30)
_ALMOST_MIDNIGHT = dt.time(23, 59, 59, 500_000)


def serial(day: dt.date) -> int:
    """Excel's serial number of a day (1900 system, right from 1900-03-01 on)."""
    return (day - _SERIAL_ZERO).days


def without(text: str, characters: str) -> str:
    """The text without some characters."""
    return text.translate(dict.fromkeys(map(ord, characters)))


def blank(cell: Cell) -> bool:
    """Nothing but spaces."""
    return cell.value is None or (cell.kind == TEXT and not without(cell.typed, SPACES))


class Unreadable:
    """Its only instance stands for everything in a cell that is no day."""


BAD = Unreadable()

Day = dt.date | Unreadable | None

_MARK = "|".join(mark for era in ERAS for mark in (era.letter, era.name))
_SPELLED = re.compile(
    rf" *(?:(?:{_MARK})(?:元| *\d{{1,2}})|\d{{4}}) *[{SEPARATORS}年] *"
    rf"\d{{1,2}} *[{SEPARATORS}月] *\d{{1,2}} *日? *",
    re.ASCII,
)
_YYYYMMDD = re.compile(r" *\d{8} *", re.ASCII)
_NARROW = {0xFF01 + i: 0x21 + i for i in range(94)} | dict.fromkeys(map(ord, SPACES), " ")


def day(cell: Cell) -> Day:
    """The day of a cell that people type, None when blank, BAD for everything that is none."""
    if cell.kind == TEXT and not blank(cell):
        spelled = cell.typed.translate(_NARROW).upper()
        if not (_SPELLED.fullmatch(spelled) or _YYYYMMDD.fullmatch(spelled)):
            return BAD
    elif (number := _number(cell)) is None or number < LEAST_DIGITS:
        return serial_day(cell)
    try:
        return era_date.from_cell(cell.value)
    except ValueError:
        return BAD


def serial_day(cell: Cell) -> Day:
    """The same for a cell that only we write: a real date."""
    if blank(cell):
        return None
    found = cell.value
    if isinstance(found, dt.datetime):
        late = found.time() >= _ALMOST_MIDNIGHT
        found = found.date() + dt.timedelta(late)
    elif not isinstance(found, dt.date):
        number = _number(cell)
        if number is None or not serial(FIRST) <= number + HALF_A_SECOND < serial(LAST) + 1:
            return BAD
        found = _SERIAL_ZERO + dt.timedelta(math.floor(number + HALF_A_SECOND))
    return found if FIRST <= found <= LAST else BAD


def _number(cell: Cell) -> float | None:
    """A number that isn't shown as a day; None for anything else."""
    value = cell.value
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def packed(row: Row) -> str:
    """「日付の値」 of a row of a filing."""
    return "".join(map(_packed, (day(row.cell(key)) for key in DAYS[row.sheet])))


def _packed(found: Day) -> str:
    if isinstance(found, dt.date):
        return f"{serial(found):05}"
    return BLANK_DAY if found is None else BAD_DAY
