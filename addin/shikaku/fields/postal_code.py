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

import re
import tomllib
from collections.abc import Collection
from functools import cache
from pathlib import Path

from shikaku.fields.errors import InvalidComponent, InvalidFormat, InvalidLength
from shikaku.fields.text import digits_only, matching_lines

_USUAL = re.compile("([0-9]{3})-?([0-9]{4})")


def compact(value: object) -> str:
    """The digits in half width, without 〒, spaces and hyphens."""
    return digits_only(value.replace("〒", "") if isinstance(value, str) else value)


def validate(value: object) -> str:
    """The seven digits. Raises InvalidFormat, InvalidLength or InvalidComponent.

    A number cell that has lost its leading zero is too short: nothing is put back.
    """
    usual = _USUAL.fullmatch(value) if isinstance(value, str) else None
    digits = usual[1] + usual[2] if usual else compact(value)
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


_ODD_LINE = re.compile("^(?!(?!000)[0-9]{3}-?[0-9]{4}$).+", re.MULTILINE)


def odd_ones(texts: Collection[str]) -> set[str]:
    """Of many texts those that aren't seven digits as they are usually typed (060-0001, 0600001), blank ones left
    out: all others are postal codes.

    >>> sorted(odd_ones(["060-0001", "0600001", "", "000-0001", "０６０－０００１"]))
    ['000-0001', '０６０－０００１']
    """
    return matching_lines(_ODD_LINE, texts)


def all_prefectures(texts: Collection[str]) -> dict[str, frozenset[str] | None]:
    """``prefectures`` of each of many texts; None for what is no postal code."""
    prefixes, none = _prefixes(), frozenset[str]()
    found: dict[str, frozenset[str] | None] = {text: prefixes.get(text[:3], none) for text in texts}
    for text in odd_ones(texts) | {""}:
        try:
            found[text] = prefectures(text)
        except ValueError:
            found[text] = None
    return found


def format(value: object) -> str:
    """100-0001."""
    digits = validate(value)
    return f"{digits[:3]}-{digits[3:]}"


@cache
def _prefixes() -> dict[str, frozenset[str]]:
    data = tomllib.loads(Path(__file__).with_name("postal_prefix.toml").read_text("utf-8"))
    found: dict[str, set[str]] = {}
    for prefecture, spans in data["ranges"].items():
        for span in spans:
            first, _, last = span.partition("-")
            for number in range(int(first), int(last or first) + 1):
                found.setdefault(f"{number:03}", set()).add(prefecture)
    return {prefix: frozenset(names) for prefix, names in found.items()}


def prefectures(value: object) -> frozenset[str]:
    """The prefectures in which the first three digits lie: one, on a border two or three, of a
    prefix that nobody has none. Raises as ``validate`` does.

    Source: postal_prefix.toml.

    >>> sorted(prefectures("100-0001")), sorted(prefectures("618-0001")), sorted(prefectures("009-0001"))
    (['東京都'], ['京都府', '大阪府'], [])
    """
    return _prefixes().get(validate(value)[:3], frozenset())
