"""How long an eligibility certificate may be valid (R31)."""

import calendar
import datetime as dt

from shikaku.law import parameters


def last_day(issued: dt.date) -> dt.date:
    """The last 有効期限 that a certificate issued on that day may have: five years, 民法143条 (a
    29 February without a counterpart ends with the month).

    >>> last_day(dt.date(2025, 1, 31)), last_day(dt.date(2028, 2, 29))
    (datetime.date(2030, 1, 31), datetime.date(2033, 2, 28))
    """
    return months_on(issued, 12 * parameters.count("certificate.validity_years_max"))


def months_on(issued: dt.date, months: int) -> dt.date:
    """有効期限 of a certificate for so many months: the same day of the month, or its last one.

    >>> months_on(dt.date(2026, 1, 31), 3), months_on(dt.date(2026, 11, 15), 3)
    (datetime.date(2026, 4, 30), datetime.date(2027, 2, 15))
    """
    total = issued.month - 1 + months
    year, month = issued.year + total // 12, total % 12 + 1
    return dt.date(year, month, min(issued.day, calendar.monthrange(year, month)[1]))
