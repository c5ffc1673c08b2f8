"""A day in Japanese or western spelling (元号・西暦の日付).

Eras and their days (R R8.4.1 is 2026-04-01):

====  =====  ===========  ===========
元号  略号   first day    last day
====  =====  ===========  ===========
明治  M      1868-10-23   1912-07-30
大正  T      1912-07-30   1926-12-25
昭和  S      1926-12-25   1989-01-07
平成  H      1989-01-08   2019-04-30
令和  R      2019-05-01
====  =====  ===========  ===========

The eras up to 昭和 began on the very day on which the old one ended, so that day has both names;
昭和64年1月7日 and 平成元年1月8日 touch, likewise 平成31年4月30日 and 令和元年5月1日. A 平成 date after
that is out of its era, yet papers printed before 2019 carry such dates: it is read and flagged.
昭和64年1月8日 or 令和0年 never were: rejected.

Sources: 元号法 (昭和54年法律43号); 元号を改める政令 (昭和64年政令1号, 平成31年政令143号); the rescripts of
明治45年7月30日 and 大正15年12月25日; domain.md §3.1.

Read: Excel dates and serials, 2026-04-01, 2026/4/1, 2026.4.1, 20260401, 2026年4月1日, R8.4.1,
R08.04.01, R080401, r8/4/1, 令8.4.1, 令和8年4月1日, 令和元年5月1日, 令和八年四月一日, ㋿8年4月1日, in full or half width,
with spaces, with a time of day, with a weekday, the other spelling or its year alone in brackets
(平成2年3月4日(1990), 平成2(1990)年3月4日). Not read, since nobody knows which part is the year:
26/4/1, 4/1/2026.

>>> from_cell("令和８年４月１日"), from_cell("S63/1/7"), from_cell(20260401)
(datetime.date(2026, 4, 1), datetime.date(1988, 1, 7), datetime.date(2026, 4, 1))
>>> parse("H31.5.1")
Parsed(day=datetime.date(2019, 5, 1), outdated_era=True)
>>> from_cell("S64.1.8")
Traceback (most recent call last):
    ...
shikaku.fields.errors.ImpossibleEra: その元号にはない日付です。
>>> from_cell("2026-02-30")
Traceback (most recent call last):
    ...
shikaku.fields.errors.NoSuchDay: 暦にない日付です。
>>> format(dt.date(2019, 5, 1)), both(dt.date(2026, 4, 1)), format(dt.date(2026, 4, 1), weekday=True)
('令和元年5月1日', '令和8年4月1日(2026/4/1)', '令和8年4月1日(水)')
"""

import datetime as dt
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from shikaku.fields.errors import Contradiction, ImpossibleEra, NoSuchDay, NotADate, OutOfRange
from shikaku.fields.text import plain_hyphens, visible, without_spaces

FIRST = dt.date(1910, 1, 1)
"""The first sane day. Nobody born before is alive, and a year typed alone into a date cell
(2026) becomes a day of 1905 there."""

LAST = dt.date(2099, 12, 31)
"""The last sane day; the formulas for the equinoxes hold until then."""

WEEKDAYS = "月火水木金土日"


class Era(NamedTuple):
    """One era: letter, name, first and last day (None: it goes on)."""

    letter: str
    name: str
    first: dt.date
    last: dt.date | None


ERAS = (
    Era("M", "明治", dt.date(1868, 10, 23), dt.date(1912, 7, 30)),
    Era("T", "大正", dt.date(1912, 7, 30), dt.date(1926, 12, 25)),
    Era("S", "昭和", dt.date(1926, 12, 25), dt.date(1989, 1, 7)),
    Era("H", "平成", dt.date(1989, 1, 8), dt.date(2019, 4, 30)),
    Era("R", "令和", dt.date(2019, 5, 1), None),
)

# 令和 was announced on 1 April 2019. Papers of before that count on in 平成 for ten years at most
# (a card's or a licence's last day); a higher year is a slip of the pen.
_LAST_OUTDATED = dt.date(2029, 12, 31)


def last_day(era: Era) -> dt.date:
    """The last day that may be written in an era; for 平成 that is later than its own last day."""
    return _LAST_OUTDATED if era.letter == "H" else era.last or LAST


_BY_MARK = {mark: era for era in ERAS for mark in (era.letter, era.name, era.name[0])}


class Parsed(NamedTuple):
    """A day read from text. ``outdated_era``: 平成 was written for a day of 令和."""

    day: dt.date
    outdated_era: bool = False


_YEAR_MONTH_DAY = re.compile(
    r"(?:西暦)?(?P<year>\d{4})(?P<sep>[-/.年])(?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
)
_ERA = re.compile(
    r"(?P<mark>明治|大正|昭和|平成|令和|[明大昭平令MTSHR])[.]?(?P<year>元|\d{1,2})"
    r"[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
)
_ERA_DIGITS = re.compile(r"(?P<mark>[MTSHR])(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)")
_DIGITS = re.compile(r"(?:西暦)?(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)")
_LONGEST = 80
"""No spelling of a day is longer; of what is, nothing is read."""

_TIME = re.compile(r"(?<=[\d日])(?:T|\s+)\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$")
_BRACKETS = re.compile(r"[(\[](.*?)[)\]]")
_WEEKDAY_END = re.compile(rf"(?<=[\d日])([{WEEKDAYS}])曜日?$")
_WEEKDAY = re.compile(rf"([{WEEKDAYS}])(?:曜日?)?")
_YEAR = re.compile(
    r"(?P<year>\d{4})年?|(?P<mark>明治|大正|昭和|平成|令和|[明大昭平令MTSHR])(?P<of_era>元|\d{1,2})年?"
)
_KANJI_NUMBER = re.compile(r"[〇零一二三四五六七八九十]+(?=[年月日])")
_KANJI_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0}


def _arabic(match: re.Match[str]) -> str:
    """三十一 or 二〇二六 as digits."""
    text = match.group()
    if "十" not in text:
        return "".join(str(_KANJI_DIGITS[c]) for c in text)
    tens, _, ones = text.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        raise NotADate
    return str((_KANJI_DIGITS[tens] if tens else 1) * 10 + (_KANJI_DIGITS[ones] if ones else 0))


def compact(text: str) -> str:
    """The text in half width, era letters in capitals, without spaces and time of day. Raises
    NotADate for a text that is too long for any day.

    >>> compact(" ｒ８／４／１　（水） ")
    'R8/4/1(水)'
    """
    # NFKC is safe here: a date has no name characters, and it opens up ㋿, ㍻ and half-width 年.
    text = visible(text).strip()
    if len(text) > _LONGEST:
        raise NotADate
    text = unicodedata.normalize("NFKC", text)
    text = without_spaces(_TIME.sub("", text))
    text = _KANJI_NUMBER.sub(_arabic, text).upper()
    return plain_hyphens(text).replace("、", ".").replace(",", ".").replace("・", ".")


def _day(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise NoSuchDay from None


def _sane(day: dt.date) -> dt.date:
    if not FIRST <= day <= LAST:
        raise OutOfRange
    return day


def _bare(text: str) -> Parsed:
    """A compacted text without brackets and weekday."""
    match = _YEAR_MONTH_DAY.fullmatch(text) or _DIGITS.fullmatch(text)
    if match:
        year, month, day = (int(match[name]) for name in ("year", "month", "day"))
        if not FIRST.year <= year <= LAST.year and 1 <= month <= 12 and 1 <= day <= 31:
            raise OutOfRange
        return Parsed(_sane(_day(year, month, day)))
    match = _ERA.fullmatch(text) or _ERA_DIGITS.fullmatch(text)
    if not match:
        raise NotADate
    era = _BY_MARK[match["mark"]]
    year = 1 if match["year"] == "元" else int(match["year"])
    month, day = int(match["month"]), int(match["day"])
    if year == 0:
        raise ImpossibleEra
    result = _day(era.first.year + year - 1, month, day)
    if result < era.first:
        raise ImpossibleEra
    if era.last is not None and result > last_day(era):
        raise ImpossibleEra
    return Parsed(_sane(result), era.last is not None and result > era.last)


@lru_cache(maxsize=8192)
def parse(text: str) -> Parsed:
    """A day from text, in any of the spellings above.

    Raises NotADate (NoSuchDay, Contradiction), ImpossibleEra or OutOfRange.
    """
    text = compact(text)
    extras = _BRACKETS.findall(text)
    text = _BRACKETS.sub("", text)
    match = _WEEKDAY_END.search(text)
    if match:
        extras.append(match[1])
        text = text[: match.start()]
    result = _bare(text)
    if not all(_agrees(extra, result.day) for extra in extras):
        raise Contradiction
    return result


def _agrees(extra: str, day: dt.date) -> bool:
    """Whether what stands in brackets is said of that day: a weekday, the year in the other
    spelling, or the whole day in it."""
    if weekday := _WEEKDAY.fullmatch(extra):
        return WEEKDAYS[day.weekday()] == weekday[1]
    if year := _YEAR.fullmatch(extra):
        if year["year"]:
            return day.year == int(year["year"])
        first = _BY_MARK[year["mark"]].first.year
        return day.year == first - 1 + (1 if year["of_era"] == "元" else int(year["of_era"]))
    return _bare(extra).day == day


_SERIAL_ZERO = dt.date(1899, 12, 30)
_FIRST_SERIAL = (FIRST - _SERIAL_ZERO).days
_LAST_SERIAL = (LAST - _SERIAL_ZERO).days


def from_cell(value: object) -> dt.date:
    """The day that a cell holds.

    value: str, int, float, date or datetime, as a reader of workbooks gives it. A number of
    eight digits is read as yyyymmdd, otherwise as Excel's serial (1900 system), whose time of day
    is dropped after rounding to the second (what formulas leave may lie just below midnight).
    Raises NotADate (NoSuchDay, Contradiction), ImpossibleEra or OutOfRange.

    >>> from_cell(46113), from_cell(dt.datetime(2026, 4, 1, 9, 30))
    (datetime.date(2026, 4, 1), datetime.date(2026, 4, 1))
    """
    if isinstance(value, str):
        if len(value) == 10 and value[4] == value[7] == "-" and value.isascii():
            try:
                return _sane(dt.date.fromisoformat(value))
            except OutOfRange:
                raise
            except ValueError:
                pass  # 2026-02-30 or 2026-1 -2: the long way says what is wrong
        return parse(value).day
    if isinstance(value, dt.datetime):
        day = _sane(value.date())
        return _sane(day + _DAY) if value.time() >= _ALMOST_MIDNIGHT else day
    if isinstance(value, dt.date):
        return _sane(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value)
    raise NotADate


_DAY = dt.timedelta(1)
_ALMOST_MIDNIGHT = dt.time(23, 59, 59, 500_000)
_SECONDS = 86_400


def _from_number(value: float) -> dt.date:
    if not 0 < value < 1e8:  # also refuses nan
        raise NotADate
    whole = round(value * _SECONDS) // _SECONDS
    if whole >= 10_000_000:
        if int(value) != value:
            raise NotADate
        return _bare(str(whole)).day
    if whole < _FIRST_SERIAL:
        raise NotADate  # a year, a month or a count, not a day
    if whole > _LAST_SERIAL:
        raise OutOfRange
    return _SERIAL_ZERO + dt.timedelta(whole)


validate = from_cell


def is_valid(value: object) -> bool:
    """Whether a day can be read from the cell's value.

    >>> is_valid("R0.1.1"), is_valid("令元.5.1")
    (False, True)
    """
    try:
        from_cell(value)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=8192)
def era_of(day: dt.date) -> tuple[Era, int]:
    """The era of a day and the year in it; on a day with two names, the new one.

    Raises OutOfRange before 明治6年 (1873): until then Japan kept another calendar.
    """
    if day < dt.date(1873, 1, 1):
        raise OutOfRange
    era = next(era for era in reversed(ERAS) if era.first <= day)
    return era, day.year - era.first.year + 1


@lru_cache(maxsize=65536)
def format(day: dt.date, weekday: bool = False) -> str:
    """令和8年4月1日, with ``weekday`` 令和8年4月1日(水); the first year of an era is 元年."""
    era, year = era_of(day)
    text = f"{era.name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return f"{text}({WEEKDAYS[day.weekday()]})" if weekday else text


@lru_cache(maxsize=65536)
def both(day: dt.date) -> str:
    """令和8年4月1日(2026/4/1)."""
    return f"{format(day)}({day.year}/{day.month}/{day.day})"
