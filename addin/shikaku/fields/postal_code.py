"""郵便番号 (postal code): seven digits, three and four; the first three are never 000.

Source: 内国郵便約款 別冊 (郵便番号簿の7桁); 年金機構 CSV仕様書 第16.2版 (親番号 ≠ 000), domain.md §3.1.

>>> validate("〒１００－０００１"), validate("100ー0001"), validate(1000001.0)
('1000001', '1000001', '1000001')
>>> format("1000001")
'100-0001'
>>> validate("100-001")
Traceback (most recent call last):
    ...
shikaku.fields.errors.InvalidLength: 桁数が違います。
"""

from shikaku.fields.errors import InvalidComponent, InvalidFormat, InvalidLength
from shikaku.fields.text import digits_only


def compact(value: object) -> str:
    """The digits in half width, without 〒, spaces and hyphens."""
    return digits_only(value.replace("〒", "") if isinstance(value, str) else value)


def validate(value: object) -> str:
    """The seven digits. Raises InvalidFormat, InvalidLength or InvalidComponent.

    A number cell that has lost its leading zero is too short: nothing is put back.
    """
    digits = compact(value)
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidFormat
    if len(digits) != 7:
        raise InvalidLength
    if digits.startswith("000"):
        raise InvalidComponent
    return digits


def is_valid(value: object) -> bool:
    """Whether it is a postal code by its form.

    >>> is_valid("060-0001"), is_valid(600001), is_valid("000-0000"), is_valid("東京")
    (True, False, False, False)
    """
    try:
        validate(value)
    except ValueError:
        return False
    return True


def format(value: object) -> str:
    """100-0001."""
    digits = validate(value)
    return f"{digits[:3]}-{digits[3:]}"
