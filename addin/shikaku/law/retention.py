"""How long an individual number is kept after its filing is done (R46)."""

import datetime as dt


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
