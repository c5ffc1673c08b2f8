"""任意継続: when it ends by itself, and when by the member's own request.

The two years are counted from the day of acquisition, that day included, and end the day before its
second anniversary; the loss is the day after, so the anniversary itself (健保法38条1号; 健保法194条・民法143条2項).
A 29 February has no anniversary then: the period ends with the month, and 1 March is the loss.
A request ends it with the month in which the insurer has received it (38条7号).

>>> ends(dt.date(2024, 4, 1)), ends(dt.date(2024, 2, 29))
(datetime.date(2026, 4, 1), datetime.date(2026, 3, 1))
>>> ends(dt.date(2022, 2, 28)), ends(dt.date(2023, 12, 31))
(datetime.date(2024, 2, 28), datetime.date(2025, 12, 31))
>>> ends_on_request(dt.date(2026, 1, 31)), ends_on_request(dt.date(2026, 12, 1))
(datetime.date(2026, 2, 1), datetime.date(2027, 1, 1))
"""

import datetime as dt

from shikaku.law import parameters


def ends(acquired: dt.date) -> dt.date:
    """資格喪失年月日 of a 任意継続 that runs its full time."""
    year = acquired.year + parameters.constant("voluntary.years")
    try:
        return acquired.replace(year=year)
    except ValueError:
        return dt.date(year, 3, 1)


def ends_on_request(received: dt.date) -> dt.date:
    """資格喪失年月日 after a request that the insurer received on a day from 2022 on: the first of the
    next month. ValueError before: there was no such end."""
    if parameters.value("voluntary.exit_on_request", received) is None:
        raise ValueError
    return dt.date(received.year + received.month // 12, received.month % 12 + 1, 1)
