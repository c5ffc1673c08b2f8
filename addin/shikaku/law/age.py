"""年齢: when somebody attains an age, and what begins then.

The day of birth counts from its beginning, so an age is attained as the day before the birthday
ends. Whoever is born on 29 February has the birthday on 1 March in other years: the year is over
as 28 February ends (民法143条2項).

Source: 年齢計算ニ関スル法律 (明治35年法律50号); 民法143条; 健保法74条1項 (70歳に達する日の属する月の翌月以後);
高齢者の医療の確保に関する法律50条・52条 (75歳); domain.md §2.4.

>>> birth = dt.date(1956, 2, 29)
>>> birthday(birth, 75), attains(birth, 70), burden_start(birth)
(datetime.date(2031, 3, 1), datetime.date(2026, 2, 28), datetime.date(2026, 3, 1))
>>> burden_start(dt.date(1956, 4, 1)), burden_start(dt.date(1956, 4, 2))
(datetime.date(2026, 4, 1), datetime.date(2026, 5, 1))
"""

import datetime as dt
from functools import cache, lru_cache

from shikaku.law import parameters


@lru_cache(maxsize=65536)
def birthday(birth: dt.date, age: int) -> dt.date:
    """The birthday on which somebody is ``age`` years old; 29 February becomes 1 March."""
    try:
        return birth.replace(year=birth.year + age)
    except ValueError:
        return dt.date(birth.year + age, 3, 1)


def months_on(day: dt.date, months: int) -> dt.date:
    """The same day some months later, the end of a period of months (民法143条2項): without such a day
    the first of the month after.

    >>> months_on(dt.date(2026, 11, 30), 2), months_on(dt.date(2025, 12, 31), 2)
    (datetime.date(2027, 1, 30), datetime.date(2026, 3, 1))
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return day.replace(year=year, month=month + 1)
    except ValueError:
        return dt.date(year, month + 2, 1)  # never past December, which has every day


def attains(birth: dt.date, age: int) -> dt.date:
    """The day on which the law says the age is attained: the one before the birthday."""
    return birthday(birth, age) - dt.timedelta(1)


def on(birth: dt.date, day: dt.date) -> int:
    """Completed years on a day, counted by birthdays as everybody does; negative before birth.

    >>> on(dt.date(1956, 4, 2), dt.date(2026, 4, 1)), on(dt.date(1956, 4, 2), dt.date(2026, 4, 2))
    (69, 70)
    """
    years = day.year - birth.year
    return years if birthday(birth, years) <= day else years - 1


@lru_cache(maxsize=65536)
def burden_start(birth: dt.date) -> dt.date:
    """The first day of the share of the 70–74 (発効年月日): the first of the month after the age is
    attained, so for a birthday on the first of a month that very day."""
    day = attains(birth, burden())
    return dt.date(day.year + day.month // 12, day.month % 12 + 1, 1)


@lru_cache(maxsize=65536)
def leaves(birth: dt.date) -> dt.date:
    """The day on which membership ends by age: the 75th birthday itself (LS02)."""
    return birthday(birth, leaving())


@cache
def burden() -> int:
    """The age on attaining which the share of the 70–74 begins."""
    return parameters.count("ages.burden")


@cache
def leaving() -> int:
    """The age on attaining which membership ends."""
    return parameters.count("ages.leaving")
