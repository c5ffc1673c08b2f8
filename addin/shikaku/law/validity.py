"""How long an eligibility certificate may be valid (R31)."""

import calendar
import datetime as dt

from shikaku.law import parameters


def last_day(issued: dt.date) -> dt.date:
    """The last 有効期限 that a certificate issued on that day may have: five years, 民法143条 (a
    29 February without a counterpart ends with the month)."""
    year = issued.year + parameters.count("certificate.validity_years_max")
    return issued.replace(
        year=year, day=min(issued.day, calendar.monthrange(year, issued.month)[1])
    )
