"""Number formats and day numbers: when a number in a cell is a date, and which."""

import datetime as dt
import re
from functools import cache

BUILT_IN = {
    0: "",
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "yyyy/m/d",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "yyyy/m/d h:mm",
    27: "[$-411]ge.m.d",
    28: '[$-411]ggge"年"m"月"d"日"',
    29: '[$-411]ggge"年"m"月"d"日"',
    30: "m/d/yy",
    31: 'yyyy"年"m"月"d"日"',
    32: 'h"時"mm"分"',
    33: 'h"時"mm"分"ss"秒"',
    34: 'yyyy"年"m"月"',
    35: 'm"月"d"日"',
    36: "[$-411]ge.m.d",
    37: "#,##0;-#,##0",
    38: "#,##0;[Red]-#,##0",
    39: "#,##0.00;-#,##0.00",
    40: "#,##0.00;[Red]-#,##0.00",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
    50: "[$-411]ge.m.d",
    51: '[$-411]ggge"年"m"月"d"日"',
    52: 'yyyy"年"m"月"',
    53: 'm"月"d"日"',
    54: '[$-411]ggge"年"m"月"d"日"',
    55: 'yyyy"年"m"月"',
    56: 'm"月"d"日"',
    57: "[$-411]ge.m.d",
    58: '[$-411]ggge"年"m"月"d"日"',
}
"""Format codes by number, as a Japanese Excel shows them (ECMA-376 part 1, 18.8.30)."""

_LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]|general|am/pm|a/p', re.IGNORECASE)


@cache
def is_date(code: str) -> bool:
    """Whether a format shows a day: year, month, day or era; a mere time of day isn't one.

    >>> is_date('[$-411]ggge"年"m"月"d"日"'), is_date("[h]:mm"), is_date('0"個"'), is_date("@")
    (True, False, False, False)
    """
    letters = _LITERAL.sub("", code.split(";")[0]).lower()
    if any(mark in letters for mark in "yde"):
        return "e" not in letters or not re.search(r"[0#?]\.?e|e[+-]", letters)
    return "aaa" in letters or "m" in letters and not any(mark in letters for mark in "hs[")


_DAY_ZERO = dt.date(1899, 12, 30)
_DAY_ZERO_1904 = dt.date(1904, 1, 1)
_LAST = 2958465  # 9999-12-31
SINCE_1904 = 1462
"""The number that day 0 of the 1904 system has in the 1900 system."""
_HAIR = (
    1 / 172_800
)  # half a second, as the workbook's formulas have it: what sums of times leave below midnight


def from_serial(number: float, date1904: bool = False) -> dt.date | None:
    """The day of an Excel day number, its time dropped; None when Excel has no such day. A hair
    below midnight is the new day, as Excel shows it.

    Serial 60 of the 1900 system is 29 February 1900, a day that never was.

    >>> from_serial(59), from_serial(60), from_serial(61), from_serial(46113.75)
    (datetime.date(1900, 2, 28), None, datetime.date(1900, 3, 1), datetime.date(2026, 4, 1))
    >>> from_serial(44651, date1904=True), from_serial(46112.99999999999)
    (datetime.date(2026, 4, 1), datetime.date(2026, 4, 1))
    """
    if not 0 <= number <= _LAST:
        return None
    days = int(number + _HAIR)
    if date1904:
        return _DAY_ZERO_1904 + dt.timedelta(days) if days <= _LAST - SINCE_1904 else None
    if days in (0, 60):
        return None
    return _DAY_ZERO + dt.timedelta(days + (days < 60))


def to_serial(day: dt.date, date1904: bool = False) -> int:
    """The Excel day number of a day (the reverse of ``from_serial``).

    >>> to_serial(dt.date(2026, 4, 1)), to_serial(dt.date(1900, 2, 28))
    (46113, 59)
    """
    if date1904:
        return (day - _DAY_ZERO_1904).days
    days = (day - _DAY_ZERO).days
    return days - (days <= 60)
