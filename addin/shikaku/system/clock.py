"""Which day it is: the day in Japan, where every limit runs, whatever zone the machine is set to."""

import datetime as dt

JAPAN = dt.timezone(dt.timedelta(hours=9), "JST")
"""Asia/Tokyo; Japan keeps no summer time, so no table of zones is needed."""


def now() -> dt.datetime:
    """The moment in Japan, with its zone."""
    return dt.datetime.now(JAPAN)


def today() -> dt.date:
    """The day in Japan."""
    return now().date()
