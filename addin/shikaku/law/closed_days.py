"""Closed days (休業日): Sundays, Saturdays if the insurer is closed then, and a list of days.

The list is the workbook's sheet 休日; ``built_in`` makes its first version: the public holidays and
the days around New Year.

Source: 民法142条 (日曜日、国民の祝日に関する法律の休日その他の休日に取引をしない慣習); 健保法194条 (民法の期間の規定の準用).
Saturdays and 12/29–1/3 are no holidays by that law: they are the insurer's own, as offices of the
state have them (行政機関の休日に関する法律1条), and both can be changed in the workbook.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

_DAY = dt.timedelta(1)
SATURDAY, SUNDAY = 5, 6


class Rolling(Protocol):
    """What 設定 says of a last day on a closed day: ``roll``, 休業日の扱い (next_open_day | …)."""

    @property
    def roll(self) -> str: ...


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """A calendar. ``days``: closed days and their names; ``saturday_closed``: 土曜日の扱い."""

    days: Mapping[dt.date, str]
    saturday_closed: bool = True

    def is_open(self, day: dt.date) -> bool:
        """Whether the insurer takes filings on that day.

        >>> ClosedDays({}).is_open(dt.date(2026, 6, 6)), ClosedDays({}, False).is_open(dt.date(2026, 6, 6))
        (False, True)
        """
        weekday = day.weekday()
        if weekday == SUNDAY or weekday == SATURDAY and self.saturday_closed:
            return False
        return day not in self.days

    def next_open(self, day: dt.date) -> dt.date:
        """The day itself if open, else the first open day after it.

        >>> ClosedDays(built_in(2026, 2026)).next_open(dt.date(2026, 5, 3))
        datetime.date(2026, 5, 7)
        """
        while not self.is_open(day):
            day += _DAY
        return day

    def add_open_days(self, day: dt.date, count: int) -> dt.date:
        """The ``count``-th open day after a day (before it when negative; 0: the day itself).

        >>> days = ClosedDays(built_in(2026, 2026))
        >>> days.add_open_days(dt.date(2026, 4, 28), 2), days.add_open_days(dt.date(2026, 5, 1), 1)
        (datetime.date(2026, 5, 1), datetime.date(2026, 5, 7))
        >>> days.add_open_days(dt.date(2026, 5, 7), -1)
        datetime.date(2026, 5, 1)
        """
        step = _DAY if count > 0 else -_DAY
        for _ in range(abs(count)):
            day += step
            while not self.is_open(day):
                day += step
        return day

    def covers(self, year: int) -> bool:
        """Whether the list holds that year: 元日 is in every list of public holidays."""
        return dt.date(year, 1, 1) in self.days


def built_in(first_year: int, last_year: int) -> dict[dt.date, str]:
    """Public holidays (祝日法2条・3条, with 振替休日 and 国民の休日) and 12/29–1/3 of the years, by day.

    >>> days = built_in(2026, 2026)
    >>> days[dt.date(2026, 9, 22)], days[dt.date(2026, 1, 1)], days[dt.date(2026, 12, 29)]
    ('国民の休日', '元日', '年末年始')
    """
    import jpholiday  # only who makes a calendar needs it

    days: dict[dt.date, str] = {}
    for year in range(first_year, last_year + 1):
        new_year = [(1, 2), (1, 3), (12, 29), (12, 30), (12, 31)]
        days |= {dt.date(year, month, day): "年末年始" for month, day in new_year}
        days |= {day: name for day, name in jpholiday.year_holidays(year)}
    return dict(sorted(days.items()))
