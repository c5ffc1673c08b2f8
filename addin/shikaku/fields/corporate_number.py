"""法人番号 (ほうじんばんごう, corporate number): 13 digits, the first one a check digit.

9 − (Σ Pn·Qn mod 9) over the twelve digits after it, counted from the right: Qn is 1 for odd n
and 2 for even n. Every 会社・官公庁 has one; it is public, and is often put where a person's
individual number belongs (MN06).

Source: 法人番号の指定等に関する省令 (平成26年財務省令70号) 2条; 番号法39条.

>>> validate("8700110005901")
'8700110005901'
>>> validate("８−７００１１−０００５９０１")
'8700110005901'
>>> validate("8700110005902")
Traceback (most recent call last):
    ...
shikaku.fields.errors.InvalidChecksum: 検査用数字が合いません。
>>> format("8700110005901")
'8-7001-1000-5901'
"""

from shikaku.fields.errors import InvalidChecksum, InvalidFormat, InvalidLength
from shikaku.fields.text import digits_only


def compact(value: object) -> str:
    """The digits in half width, without spaces and hyphens."""
    return digits_only(value)


def calc_check_digit(twelve: str) -> str:
    """The check digit that stands before twelve digits.

    >>> calc_check_digit("700110005901")
    '8'
    """
    total = sum(int(c) * (1 + i % 2) for i, c in enumerate(reversed(twelve)))
    return str(9 - total % 9)


def validate(value: object) -> str:
    """The 13 digits. Raises InvalidFormat, InvalidLength or InvalidChecksum."""
    digits = compact(value)
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidFormat
    if len(digits) != 13:
        raise InvalidLength
    if calc_check_digit(digits[1:]) != digits[0]:
        raise InvalidChecksum
    return digits


def is_valid(value: object) -> bool:
    """Whether it is a 法人番号 by its form.

    >>> is_valid(8700110005901.0), is_valid("1234567890123")
    (True, False)
    """
    try:
        validate(value)
    except ValueError:
        return False
    return True


def format(value: object) -> str:
    """8-7001-1000-5901."""
    digits = validate(value)
    return "-".join((digits[0], digits[1:5], digits[5:9], digits[9:]))
