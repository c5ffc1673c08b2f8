"""提出期限: the last day for a filing, and how a filing stands to it.

取得届 and 被扶養者異動届: within 5 days of the event. The first day does not count (民法140条), since the
event happens during the day: event + 5. 喪失届: the status ends as its day begins, at 0:00, so that
day counts (民法140条ただし書): 資格喪失年月日 + 4, the same day as 退職日 + 5. A last day on a closed day
moves to the next open day (民法142条) unless the workbook says otherwise.

Source: 健保則24条1項, 29条1項, 38条1項 (5日); 健保法194条 (民法の期間の規定の準用); R43; domain.md §2.2.
"""

import datetime as dt
from typing import Protocol

from shikaku.law import parameters
from shikaku.law.closed_days import ClosedDays


class LimitSettings(Protocol):
    """What 設定 says of limits: 届出期限日数, 初日算入 (yes | no) and 休業日の扱い (next_open_day | …)."""

    @property
    def filing_days(self) -> int: ...
    @property
    def count_first_day(self) -> str: ...
    @property
    def roll(self) -> str: ...


def limit(
    sheet_key: str, event_day: dt.date, settings: LimitSettings, closed: ClosedDays
) -> dt.date:
    """The last day for the filing.

    sheet_key: acquisition | dependants | loss (KeyError for another). event_day: 資格取得年月日,
    異動年月日 or 資格喪失年月日. settings: 届出期限日数, 初日算入 and 休業日の扱い.
    """
    if _FIRST_DAY_COUNTS[sheet_key] or settings.count_first_day == "yes":
        day = event_day + dt.timedelta(settings.filing_days - 1)
    else:
        day = event_day + dt.timedelta(settings.filing_days)
    return closed.next_open(day) if settings.roll == "next_open_day" else day


_FIRST_DAY_COUNTS = {"acquisition": False, "dependants": False, "loss": True}


def state(limit: dt.date, filed: dt.date | None, as_of: dt.date) -> tuple[str, int | None]:
    """The key of the list ``limit_state``, and the calendar days left until the limit.

    Filed: in_time (filed on the limit or before) or late, and None. Not filed: overdue (the limit
    is over), soon (3 days or fewer left: filing.soon_days), else in_time; days left may be
    negative.

    >>> day = dt.date(2026, 4, 6)
    >>> state(day, None, dt.date(2026, 4, 3)), state(day, None, dt.date(2026, 4, 2))
    (('soon', 3), ('in_time', 4))
    >>> state(day, None, dt.date(2026, 4, 7)), state(day, dt.date(2026, 4, 7), dt.date(2026, 4, 8))
    (('overdue', -1), ('late', None))
    """
    if filed is not None:
        return ("in_time" if filed <= limit else "late"), None
    left = (limit - as_of).days
    if left < 0:
        return "overdue", left
    return ("soon" if left <= parameters.constant("filing.soon_days") else "in_time"), left


def voluntary_limit(acquired: dt.date, settings: LimitSettings, closed: ClosedDays) -> dt.date:
    """The last day to ask for 任意継続: twenty days, the day of loss (the same as 資格取得年月日) counted
    as the first (健保法37条1項、民法140条ただし書). settings: 休業日の扱い alone."""
    days = parameters.constant("filing.voluntary_application_days")
    day = acquired + dt.timedelta(days - 1)
    return closed.next_open(day) if settings.roll == "next_open_day" else day
