"""What a whole number looks like under Excel's number formats of zeros: 0000, 000-0000, and the
three-part one of Excel's 郵便番号 ([<=999]000;[<=9999]000\\-00;000\\-0000).

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
    """(operator or "", limit, pattern) of each section; the pattern in 0 and -, "" for another."""
    found = []
    for section in code.split(";"):
        condition = _CONDITION.search(section)
        plain = _OTHER_BRACKETS.sub("", section)
        plain = _LITERAL.sub(lambda m: m[1] or m[2] or m[3] or "", plain)
        pattern = plain if plain and set(plain) <= {"0", "-"} and "0" in plain else ""
        operator, limit = (condition[1], int(condition[2])) if condition else ("", 0)
        found.append((operator, limit, pattern))
    return tuple(found)


def shown(value: int, code: str) -> str | None:
    """The text that Excel shows for a whole number from 0 on; None when the format is none of zeros
    and hyphens alone (it then shows the number in some other way)."""
    if value < 0 or not code or len(code) > _LONGEST:
        return None
    sections = _sections(code)
    conditional = any(operator for operator, _, _ in sections)
    for operator, limit, pattern in sections:
        if not conditional or not operator or _TESTS[operator](value, limit):
            return _filled(value, pattern) if pattern else None
    return None


def _filled(value: int, pattern: str) -> str:
    zeros = pattern.count("0")
    digits = str(value).zfill(zeros)
    extra, digits = digits[:-zeros], digits[-zeros:]
    rest = iter(digits)
    return extra + "".join(next(rest) if char == "0" else char for char in pattern)
