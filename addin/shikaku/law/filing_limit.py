"""提出期限: the last day for a filing, and how a filing stands to it.

取得届 and 被扶養者異動届: within 5 days of the event. The first day does not count (民法140条), since the
event happens during the day: event + 5. 喪失届: the status ends as its day begins, at 0:00, so that
day counts (民法140条ただし書): 資格喪失年月日 + 4, the same day as 退職日 + 5. A last day on a closed day
moves to the next open day (民法142条) unless the workbook says otherwise.

任意継続 is applied for by the person, within twenty days (``voluntary``).

Source: 健保則24条1項, 29条1項, 38条1項 (5日); 健保法194条 (民法の期間の規定の準用); R43; domain.md §2.2.
"""

import datetime as dt
from typing import Protocol

from shikaku.law import parameters, voluntary
from shikaku.law.closed_days import ClosedDays, Rolling


class LimitSettings(Rolling, Protocol):
    """What 設定 says of limits: 届出期限日数, 初日算入 (yes | no) and 休業日の扱い (next_open_day | …)."""

    @property
    def filing_days(self) -> int: ...
    @property
    def count_first_day(self) -> str: ...


def is_application(sheet_key: str, kind: str | None) -> bool:
    """Whether a row is no filing of the employer's but the person's own application: 任意継続 on
    資格取得届. kind: key of the list ``kind``, None when blank."""
    return sheet_key == "acquisition" and kind in voluntary.KINDS


def limit(
    sheet_key: str,
    kind: str | None,
    event_day: dt.date,
    settings: LimitSettings,
    closed: ClosedDays,
) -> dt.date:
    """The last day for the row's filing, or for the application (``is_application``).

    sheet_key: acquisition | dependants | loss (KeyError for another). kind: 区分. event_day:
    資格取得年月日, 異動年月日 or 資格喪失年月日. settings: 届出期限日数, 初日算入 and 休業日の扱い.
    """
    if is_application(sheet_key, kind):
        return voluntary.application_limit(event_day, settings, closed)
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
    return ("soon" if left <= parameters.count("filing.soon_days") else "in_time"), left
