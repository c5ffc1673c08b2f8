"""任意継続: who is meant, the days for applying, and the two years after which it ends by itself.

Source: 健保法37条1項 (二十日以内), 38条1号 (二年を経過したとき), 194条 (民法の期間の規定の準用).
"""

import datetime as dt

from shikaku.law import age, parameters
from shikaku.law.closed_days import ClosedDays, Rolling

KINDS = ("voluntary", "voluntary_dependant")
"""The entries of the list ``kind`` for 任意継続被保険者 and the family; the first is the insured."""


def application_limit(acquired: dt.date, settings: Rolling, closed: ClosedDays) -> dt.date:
    """The last day to apply: twenty days, the day of loss (the same as 資格取得年月日) counted as the
    first (健保法37条1項、民法140条ただし書). settings: 休業日の扱い alone."""
    days = parameters.count("voluntary.application_days")
    day = acquired + dt.timedelta(days - 1)
    return closed.next_open(day) if settings.roll == "next_open_day" else day


def ends(acquired: dt.date) -> dt.date:
    """The 資格喪失年月日 after the two years. The day of acquisition counts, so the last day of cover is
    the one before the same date two years on (民法143条2項); without such a date the month's last.

    >>> ends(dt.date(2024, 4, 1)), ends(dt.date(2024, 2, 29)), ends(dt.date(2022, 2, 28))
    (datetime.date(2026, 4, 1), datetime.date(2026, 3, 1), datetime.date(2024, 2, 28))
    """
    return age.birthday(acquired, parameters.count("voluntary.years"))


def ends_on_request(received: dt.date) -> dt.date:
    """The 資格喪失年月日 after a request to leave (申出): the first of the month after the one in which
    the insurer received it (健保法38条7号). Raises ValueError before 2022: there was no such end.

    >>> ends_on_request(dt.date(2026, 12, 31)), ends_on_request(dt.date(2026, 3, 1))
    (datetime.date(2027, 1, 1), datetime.date(2026, 4, 1))
    """
    if parameters.value("voluntary.exit_on_request", received) is None:
        raise ValueError
    return dt.date(received.year + received.month // 12, received.month % 12 + 1, 1)
