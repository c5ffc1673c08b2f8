"""What a whole number looks like under Excel's number formats of zeros: 0000, 000-0000, 〒000-0000,
0000 0000 0000, and the three-part one of Excel's 郵便番号 ([<=999]000;[<=9999]000\\-00;000\\-0000).

Source: ECMA-376 part 1, 18.8.31 (numFmts: sections, conditions, literal characters).

>>> shown(600001, "000\\\\-0000"), shown(12, "0000"), shown(12, "General"), shown(12, "#,##0")
('060-0001', '0012', None, None)
>>> shown(600001, "[<=999]000;[<=9999]000\\\\-00;000\\\\-0000")
'060-0001'
"""

import re
from functools import lru_cache

_LONGEST = 100
_CONDITION = re.compile(r"\[(<=|<|>=|>|=|<>)(\d+)\]")
_OTHER_BRACKETS = re.compile(r"\[[^\[\]]*\]")
_LITERAL = re.compile(r"\\(.)|\"([^\"]*)\"|([-( )])|_.|(@)")
_BETWEEN = frozenset("- \u3000〒")
"""What parts the digits of a number or names it and is no part of what it means; other letters (0枚) are."""
_TESTS = {
    "<=": lambda value, limit: value <= limit,
    "<": lambda value, limit: value < limit,
    ">=": lambda value, limit: value >= limit,
    ">": lambda value, limit: value > limit,
    "=": lambda value, limit: value == limit,
    "<>": lambda value, limit: value != limit,
}


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[tuple[str, int, str], ...]:
    """(operator or "", limit, pattern) of each section; the pattern in 0 and what may stand between
    them, "" for another."""
    found = []
    for section in code.split(";"):
        condition = _CONDITION.search(section)
        plain = _OTHER_BRACKETS.sub("", section)
        plain = _LITERAL.sub(lambda m: m[1] or m[2] or m[3] or "", plain)
        pattern = plain.strip() if set(plain) <= {"0", *_BETWEEN} and "0" in plain else ""
        operator, limit = (condition[1], int(condition[2])) if condition else ("", 0)
        found.append((operator, limit, pattern))
    return tuple(found)


def shown(value: int, code: str) -> str | None:
    """The text that Excel shows for a whole number from 0 on; None when the format is none of zeros
    with hyphens, spaces and 〒 (it then shows the number in some other way)."""
    pattern = _pattern(value, code)
    return _filled(value, pattern) if pattern else None


def pads(value: int, code: str) -> bool:
    """Whether a format shows the zeros before a whole number. One of a single zero (0) shows none."""
    return _pattern(value, code).count("0") > 1


def _pattern(value: int, code: str) -> str:
    """The zeros that a whole number is shown under, "" for a format of another kind."""
    if value < 0 or not code or len(code) > _LONGEST:
        return ""
    sections = _sections(code)
    conditional = any(operator for operator, _, _ in sections)
    for operator, limit, pattern in sections:
        if not conditional or not operator or _TESTS[operator](value, limit):
            return pattern
    return ""


def _filled(value: int, pattern: str) -> str:
    zeros = pattern.count("0")
    digits = str(value).zfill(zeros)
    # Digits beyond the zeros stand with the first of them.
    more = len(digits) - zeros
    rest = iter([digits[: more + 1], *digits[more + 1 :]])
    return "".join(next(rest) if char == "0" else char for char in pattern)
