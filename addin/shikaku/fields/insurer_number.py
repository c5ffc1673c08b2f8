"""保険者番号 (insurer number) of a 健康保険: eight digits.

法別番号 2 (01 協会けんぽ, 06 健康保険組合, 63 特定健康保険組合 …), prefecture 2 (01–47), insurer 3, check
digit 1. The check digit: the seven digits before it, weighted 2, 1, 2, 1 … from the right, the
digits of each product added up; what is missing to the next ten.

Source: 保険者番号等の設定について (昭和51年8月7日 保発45号・庁保発34号) 別添; domain.md §3.1.

>>> validate("０６１３９４６３")
'06139463'
>>> validate("06139464")
Traceback (most recent call last):
    ...
shikaku.fields.errors.InvalidChecksum: 検査用数字が合いません。
"""

from shikaku.fields.errors import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength
from shikaku.fields.text import digits_only


def compact(value: object) -> str:
    """The digits in half width, without spaces and hyphens."""
    return digits_only(value)


def calc_check_digit(seven: str) -> str:
    """The check digit after seven digits.

    >>> calc_check_digit("0613946")
    '3'
    """
    products = (int(c) * (2 - i % 2) for i, c in enumerate(reversed(seven)))
    return str(-sum(p // 10 + p % 10 for p in products) % 10)


def validate(value: object) -> str:
    """The eight digits. Raises InvalidFormat, InvalidLength, InvalidChecksum or
    InvalidComponent (a prefecture that isn't there)."""
    digits = compact(value)
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidFormat
    if len(digits) != 8:
        raise InvalidLength
    if calc_check_digit(digits[:7]) != digits[7]:
        raise InvalidChecksum
    if not 1 <= int(digits[2:4]) <= 47:
        raise InvalidComponent
    return digits


def is_valid(value: object) -> bool:
    """Whether it is an insurer number by its form.

    >>> is_valid("06139463"), is_valid(6139463), is_valid("00000000")
    (True, False, False)
    """
    try:
        validate(value)
    except ValueError:
        return False
    return True


def format(value: object) -> str:
    """The eight digits, as they stand on a 資格確認書."""
    return validate(value)
