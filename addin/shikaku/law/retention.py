"""How long an individual number is kept after its filing is done: two years by law, more if the
insurer says so (健保則34条, 番号法20条)."""

import datetime as dt

from shikaku.law import parameters


def last_day(completed: dt.date, years: int) -> dt.date:
    """The last day of keeping: ``years`` from the day after completion (民法140条・143条).

    >>> last_day(dt.date(2024, 4, 1), 2), last_day(dt.date(2024, 2, 28), 2)
    (datetime.date(2026, 4, 1), datetime.date(2026, 2, 28))
    >>> last_day(dt.date(2024, 2, 29), 2)
    datetime.date(2026, 2, 28)
    """
    first = completed + dt.timedelta(1)
    try:
        return first.replace(year=first.year + years) - dt.timedelta(1)
    except ValueError:  # 29 February: without such a day the period ends with the month
        return dt.date(first.year + years, 3, 1) - dt.timedelta(1)


def years(wanted: int, on: dt.date) -> int:
    """The years of keeping, given the insurer's own: never below those of the law (before which there
    were none).

    >>> years(0, dt.date(2026, 4, 1)), years(5, dt.date(2026, 4, 1)), years(0, dt.date(1926, 6, 30))
    (2, 5, 0)
    """
    by_law = parameters.value("filing.retention_years", on)
    return max(wanted, by_law if isinstance(by_law, int) else 0)


def is_over(completed: dt.date, wanted: int, as_of: dt.date) -> bool:
    """Whether a number whose paper was completed that day is to be erased: from the day after the
    last day of keeping.

    >>> [is_over(dt.date(2024, 4, 1), 2, dt.date(2026, 4, day)) for day in (1, 2)]
    [False, True]
    """
    return last_day(completed, years(wanted, as_of)) < as_of
