"""The day in a cell as formulas see it, also when it is text: R8.4.1, 令和8年4月1日, 2026-04-01, 20260401.

Excel turns most spellings into a day while they are typed; what is pasted, what stands in a text
cell, and an era in an Excel that isn't Japanese stay text. ``live.day`` reads the same spellings.

The steps are defined names, since a formula without LET would repeat them. LibreOffice puts a
name's formula in the place of the name, in every cell that uses it, and allows 8,192 tokens for the
whole: so each step uses the one before it as seldom as can be.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from shikaku.fields.era_date import ERAS, FIRST, LAST, Era, last_day
from shikaku.live import typed_days

NAME, _CHARACTERS, _VALUE = "日付_", "日付の字_", "日付の値_"
STEPS = (_CHARACTERS, _VALUE)
"""How the names of the steps begin that people needn't see."""

_NO_NUMBER = {"E": "x", ",": "x"}
"""What a program might take for part of a number: 2E3, 2,026."""

_GAP = 20  # wider than any day in text
_ERA = 10**8  # an era's number times this, plus yyyymmdd, is a day with its era as one number


def text(value: str) -> str:
    """A text as a formula writes it."""
    return '"' + value.replace('"', '""') + '"'


def replaced(expression: str, pairs: dict[str, str]) -> str:
    """SUBSTITUTE after SUBSTITUTE, in the order of the pairs."""
    for old, new in pairs.items():
        expression = f"SUBSTITUTE({expression},{text(old)},{text(new)})"
    return expression


def chain(cell: str, label: str) -> Iterator[tuple[str, str]]:
    """(name, formula) of the steps for a cell and, last, of its day: a serial number, an error for
    whatever is none. ``cell``: its reference with the sheet, the row counted from row 1."""
    characters, value = _CHARACTERS + label, _VALUE + label
    yield characters, f"={_plain(cell)}"
    yield value, f"={_value(characters)}"
    first, last = typed_days.serial(FIRST), typed_days.serial(LAST)
    # Below this it is a serial number of Excel's, above it may be yyyymmdd.
    serial = f"IF(ISNUMBER({cell}),{cell}<{typed_days.LEAST_DIGITS},FALSE)"
    sane = f"IF(({late(cell)}>={first})*({late(cell)}<{last + 1}),INT({late(cell)}),NA())"
    yield NAME + label, f"=IF({serial},{sane},IFERROR({_digits(characters)},{value}))"


def late(cell: str) -> str:
    """A serial number with what a formula leaves just below midnight beyond it."""
    return f"{cell}+1/{round(1 / typed_days.HALF_A_SECOND)}"


def _plain(cell: str) -> str:
    """2026-4-1 as it is, R8.4.1 as 2018-8-4-1: the year before the era's first, then its own."""
    wide = dict(zip(typed_days.DIGITS[10:], typed_days.DIGITS[:10], strict=True))
    narrow = dict.fromkeys(typed_days.SPACES.replace(" ", ""), " ") | wide
    # A time of day makes parts that are none: each program would read it in its own way.
    narrow |= dict.fromkeys(typed_days.SEPARATORS.replace("-", "") + "年月:：", "-") | {"日": ""}
    eras: dict[str, str] = {}
    for era in ERAS:
        marks = (era.letter, chr(ord(era.letter) + 0xFEE0), era.name)
        eras |= dict.fromkeys(marks, f"{_before(era)}-")
    return replaced(f"UPPER({replaced(cell, narrow)})", eras | _NO_NUMBER | {"-元": "-1"})


def _before(era: Era) -> int:
    return era.first.year - 1


def _digits(characters: str) -> str:
    """The serial number of yyyymmdd; an error for anything else (what Excel reads as a day by
    itself is a number below all of those)."""
    limits = f'[<{FIRST:%Y%m%d}]""-"";[>{LAST:%Y%m%d}]""-"";0000-00-00'
    return f'DATEVALUE(TEXT({characters}+0,"{limits}"))'


def _value(characters: str) -> str:
    """The serial number of a sane day that its era knows (S64.1.8 and R0.1.1 never were), else an
    error. With hyphens it is year, month and day in every language.

    What stands between hyphens is had as one array of four: the year before the era's first (or
    nothing), year, month, day.
    """
    limits = {0: 0}
    for before, first, last in _eras():
        limits |= {_number(before, first): 1, _number(before, last) + 1: 0}
    spread = f'REPT(" ",{4 * _GAP})&SUBSTITUTE({characters},"-",REPT(" ",{_GAP}))'
    places = _array(place * _GAP for place in (4, 3, 2, 1))
    parts = f"TRIM(LEFT(RIGHT({spread},{places}),{_GAP}))"
    number = f'SUMPRODUCT(("0"&{parts})*{_array((_ERA, 10000, 100, 1))})'
    known = f"LOOKUP({number},{_array(limits)},{_array(limits.values())})"
    # Of era and year one has more than two digits, of month and day none.
    long = f"SUMPRODUCT((LEN({parts})>2)*{_array((1, 1, 2, 2))})=1"
    day = f'SUMPRODUCT(("0"&{parts})*{_array((10000, 10000, 100, 1))})'
    return f'IF({known}*({long}),DATEVALUE(TEXT({day},"0000-00-00")),NA())'


def _eras() -> Iterator[tuple[int, dt.date, dt.date]]:
    """The year before the first (0 for western years), the first day and the last, by that year."""
    yield 0, FIRST, LAST
    for era in ERAS:
        yield _before(era), max(era.first, FIRST), min(last_day(era), LAST)


def _number(before: int, day: dt.date) -> int:
    return before * _ERA + (day.year - before) * 10000 + day.month * 100 + day.day


def _array(values: Iterable[int]) -> str:
    return "{" + ",".join(str(value) for value in values) + "}"
