"""個人番号 (こじんばんごう, マイナンバー, individual number): 12 digits, the last one a check digit.

11 − (Σ Pn·Qn mod 11), but 0 when the remainder is 0 or 1; Pn is the n-th of the eleven digits
from the right, Qn is n+1 for n ≤ 6 and n−5 above. A fitting check digit proves the form only: it
never says that the number is this person's (「形式OK」). All zeros fit, so do some published
examples; a swap of digits six places apart is never caught.

``examine`` looks at what people really type, in the order of domain.md §4.2: blank or a word
instead; a number cell; exponent text; full width, hyphens (ー too), spaces and a label before it;
letters; length; check digit; a dummy. It repairs nothing in the book and shows nothing: no
error, no ``repr`` and no flag here carries a digit.

Source: 平成26年総務省令85号5条 (検査用数字を算出する算式);
番号法2条5項, 7条, 8条; domain.md §4.1, §4.2. Lists: individual_number.toml.

>>> validate("６２１４ー９８３２ー０２５７")
'621498320257'
>>> validate("621498320256")
Traceback (most recent call last):
    ...
shikaku.fields.errors.InvalidChecksum: 検査用数字が合いません。
>>> examine("後日提出"), examine(8700110005901), examine("1.23457E+11")
(<Examined pending>, <Examined corporate numeric>, <Examined exponent>)
>>> examine("000000000019"), examine(19).lost_zero, examine("０００００００００１９").normalised
(<Examined ok>, True, True)
>>> mask("621498320257")
'********0257'
"""

import math
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from itertools import compress
from operator import eq, mul
from pathlib import Path
from typing import NamedTuple

from shikaku.fields import corporate_number
from shikaku.fields.errors import (
    FieldError,
    InvalidChecksum,
    InvalidComponent,
    InvalidFormat,
    InvalidLength,
)
from shikaku.fields.text import half_width, plain_hyphens, visible, without_spaces

PROBLEMS = (
    "blank",
    "pending",
    "exponent",
    "not_digits",
    "length",
    "checksum",
    "corporate",
    "dummy",
)
"""What ``examine`` may find, at most one of them."""


@dataclass(slots=True, repr=False)
class Examined:
    """What a cell of the column 個人番号 holds; ``repr`` shows no digit of it.

    ok: the form is right (12 digits, check digit, no dummy).
    problem: one of PROBLEMS, None when ok.
    detail: more about the problem: the wrong length (``length 11``: 住民票コード or a lost zero;
        ``length 10``: 基礎年金番号), ``residence_card`` (在留カード番号), ``rounded`` (a number cell
        made from exponent text), ``fraction``, ``negative``, ``other_type``; "" for nothing.
    numeric: a number cell. lost_zero: a number cell with fewer than 12 digits.
    normalised: full width, hyphens, spaces or a label had to be seen through.
    labelled: one of these was a label before the number.
    """

    ok: bool
    problem: str | None = None
    detail: str = ""
    numeric: bool = False
    lost_zero: bool = False
    normalised: bool = False
    labelled: bool = False
    _digits: str = field(default="", compare=False)

    @property
    def canonical(self) -> str:
        """The twelve digits, zeros put back for reading only. ValueError unless ok."""
        if not self.ok:
            raise InvalidFormat
        return self._digits

    @property
    def respelled(self) -> str:
        """The digits as typed, in half width without spaces and hyphens; "" unless they are 12.

        Nothing is repaired or put back: only the spelling is unified (for ``tidy``).
        """
        right = len(self._digits) == 12 and not self.lost_zero and not self.labelled
        return self._digits if right else ""

    def __repr__(self) -> str:
        flags = ("numeric", "lost_zero", "normalised")
        words = [self.problem or "ok", *(f for f in flags if getattr(self, f))]
        return f"<Examined {' '.join(words)}>"


class _NumberLists(NamedTuple):
    """individual_number.toml; ``prefix``: labels before a number, the longest first."""

    dummy: frozenset[str]
    pending: frozenset[str]
    prefix: tuple[str, ...]


@cache
def _lists() -> _NumberLists:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    longest_first = sorted(data["prefix"], key=len, reverse=True)
    return _NumberLists(frozenset(data["dummy"]), frozenset(data["pending"]), tuple(longest_first))


_EXPONENT = re.compile(r"\d(?:\.\d*)?E[+]?\d+")
_RESIDENCE_CARD = re.compile(r"[A-Z]{2}\d{8}[A-Z]{2}")
_FRAME = "()[]「」【】<>《》。.:;'\"“”‘’"
_AFTER_LABEL = _FRAME + "=は"
_ROUNDED = "0" * 6


_WEIGHTS = tuple(n + 1 if n <= 6 else n - 5 for n in range(11, 0, -1))
"""Of the eleven digits, from the left (総務省令85号5条)."""

_OF_ZEROS = ord("0") * sum(_WEIGHTS)
"""What eleven zeros weigh as the bytes of their text."""


def calc_check_digit(eleven: str) -> str:
    """The check digit after eleven digits.

    >>> calc_check_digit("12345678901"), calc_check_digit("10000063352")
    ('8', '0')
    """
    remainder = (sum(map(mul, eleven.encode(), _WEIGHTS)) - _OF_ZEROS) % 11
    return str(11 - remainder if remainder > 1 else 0)


def _fits(twelve: str) -> bool:
    return calc_check_digit(twelve[:11]) == twelve[11]


_RUNS = frozenset(
    "".join(str((first + step * i) % 10) for i in range(12))
    for first in range(10)
    for step in (0, 1, -1)
)
"""All the same digit, or each one above or below the digit before it."""


def _is_dummy(twelve: str) -> bool:
    return twelve in _RUNS or twelve in _lists().dummy


def _spelling(text: str) -> str:
    """The text in half-width capitals without spaces."""
    text = half_width(without_spaces(visible(text))).upper()
    return text.replace("ﾏｲﾅﾝﾊﾞｰ", "マイナンバー").replace("ｶｰﾄﾞ", "カード")


def _without_label(text: str) -> str:
    """What stands behind labels (個人番号(マイナンバー):), the text itself when there is none."""
    rest = text.lstrip(_FRAME)
    labelled = False
    for label in _lists().prefix * 2:
        if rest.startswith(label):
            rest = rest.removeprefix(label).lstrip(_AFTER_LABEL)
            labelled = True
    return rest if labelled and rest[:1].isdigit() else text


_LONGEST = 100
"""More digits than this are no number with a slip in it: only their count is kept."""


def _judge(
    digits: str,
    *,
    numeric: bool = False,
    lost_zero: bool = False,
    normalised: bool = False,
    labelled: bool = False,
) -> Examined:
    """Twelve or any other count of digits, after the spelling."""
    problem, detail = _problem(digits)
    kept = digits if len(digits) <= _LONGEST else ""
    return Examined(
        problem is None, problem, detail, numeric, lost_zero, normalised, labelled, kept
    )


def _problem(digits: str) -> tuple[str | None, str]:
    if len(digits) == 13 and corporate_number.is_valid(digits):
        return "corporate", ""
    if len(digits) != 12:
        return "length", f"length {len(digits)}"
    if not _fits(digits):
        return "checksum", ""
    return ("dummy" if _is_dummy(digits) else None), ""


def _examine_number(value: float) -> Examined:
    if isinstance(value, float) and not (math.isfinite(value) and value.is_integer()):
        return Examined(False, "not_digits", "fraction", numeric=True)
    if value < 0:
        return Examined(False, "not_digits", "negative", numeric=True)
    digits = str(int(value))
    if len(digits) == 12 and digits.endswith(_ROUNDED):
        # 1.23457E+11 of a CSV file read back by Excel as a number: six digits are gone.
        return Examined(False, "exponent", "rounded", numeric=True)
    if len(digits) >= 12:
        return _judge(digits, numeric=True)
    # Excel drops leading zeros. The padded number is a candidate only: whoever reads it must look.
    padded = digits.zfill(12)
    if _fits(padded):
        return _judge(padded, numeric=True, lost_zero=True)
    return _judge(digits, numeric=True, lost_zero=True)


def examine(value: object) -> Examined:
    """What a cell holds. value: None, str, int, float or whatever a reader gives. Never raises."""
    if value is None:
        return Examined(False, "blank")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _examine_number(value)
    if not isinstance(value, str):
        return Examined(False, "not_digits", "other_type")
    if value.isascii() and value.isdigit():
        return _judge(value)
    spelling = _spelling(value)
    if not spelling:
        return Examined(False, "blank")
    text = _without_label(spelling)
    labelled = text != spelling
    digits = plain_hyphens(text).replace("-", "").strip("'")
    if not digits or text.strip(_FRAME) in _lists().pending:
        return Examined(False, "pending")
    if _EXPONENT.fullmatch(text):
        return Examined(False, "exponent", labelled=labelled)
    normalised = digits != value
    if not (digits.isascii() and digits.isdigit()):
        detail = "residence_card" if _RESIDENCE_CARD.fullmatch(digits) else ""
        return Examined(False, "not_digits", detail, normalised=normalised, labelled=labelled)
    return _judge(digits, normalised=normalised, labelled=labelled)


def examine_all(values: Sequence[object]) -> list[Examined]:
    """``examine`` of each of many, the check digits of what is typed as it should be worked out together."""
    plain = [
        value
        for value in values
        if type(value) is str and len(value) == 12 and value.isascii() and value.isdigit()
    ]
    good = set(compress(plain, _fitting("".join(plain)))) - _RUNS - _lists().dummy
    return [
        Examined(True, None, "", False, False, False, False, value)
        if value in good
        else examine(value)
        for value in values
    ]


def _fitting(digits: str) -> Iterator[bool]:
    """Of numbers of twelve digits, one behind the other, whether each fits (``_fits``). Their first digits stand
    as the bytes of one great number, and so on, so that one sum is all of theirs: of eleven remainders up
    to 10 each none gets into the byte beside it."""
    numbers = digits.encode()
    total = sum(
        int.from_bytes(numbers[at::12].translate(_WEIGHED[at]), "big")
        for at in range(len(_WEIGHTS))
    )
    wanted = total.to_bytes(len(numbers) // 12, "big").translate(_CHECK_DIGITS)
    return map(eq, wanted, numbers[11::12])


_WEIGHED = [
    bytes(
        (byte - ord("0")) * weight % 11 if chr(byte).isdigit() else 0 for byte in range(128)
    ).ljust(256)
    for weight in _WEIGHTS
]
"""Of each place the digits, as bytes of a text → their part of the sum."""

_CHECK_DIGITS = bytes(
    ord("0") + (11 - total % 11 if total % 11 > 1 else 0) for total in range(111)
).ljust(256)
"""The sum → the check digit, as a byte of a text."""


def compact(value: object) -> str:
    """The digits of a cell in half width, without label, spaces and hyphens; "" for none."""
    return examine(value)._digits


_ERRORS: dict[str, type[FieldError]] = {
    "length": InvalidLength,
    "corporate": InvalidLength,
    "checksum": InvalidChecksum,
    "dummy": InvalidComponent,
}


def validate(value: object) -> str:
    """The twelve digits of a text. Raises InvalidFormat, InvalidLength, InvalidChecksum or
    InvalidComponent (a dummy); a number cell that has lost its zeros is InvalidLength."""
    result = examine(value)
    if result.lost_zero:
        raise InvalidLength
    if not result.ok:
        raise _ERRORS.get(result.problem or "", InvalidFormat)
    return result.canonical


def is_valid(value: object) -> bool:
    """Whether the form is right. It never says that the number is this person's.

    >>> is_valid("621498320257"), is_valid("000000000000"), is_valid(None)
    (True, False, False)
    """
    try:
        validate(value)
    except ValueError:
        return False
    return True


def last_four(value: object) -> str:
    """The last four digits, for the notice with digits (R15) only; "" unless the form is right."""
    result = examine(value)
    return result.canonical[-4:] if result.ok else ""


def mask(value: object) -> str:
    """``********1234``, for the notice with digits (R15) only; "" unless the form is right."""
    four = last_four(value)
    return "*" * 8 + four if four else ""


format = mask
"""How an individual number is written for people: masked."""


def fingerprint(value: object, key: bytes) -> str | None:
    """A keyed hash (BLAKE2b, RFC 7693, hex) of the twelve digits, to find the same number twice.

    key: up to 64 random bytes of this run, never stored. None unless there are twelve digits that are no
    dummy. A wrong check digit has a fingerprint too: a slip copied down is still the same number.
    """
    return fingerprint_of(examine(value), key)


def fingerprint_of(result: Examined, key: bytes) -> str | None:
    """``fingerprint`` of a cell that has been examined already."""
    if len(result._digits) != 12 or result.problem == "dummy":
        return None
    mark = _keyed(key).copy()
    mark.update(result._digits.encode())
    return mark.hexdigest()


@cache
def _keyed(key: bytes) -> blake2b:
    """The hash that has taken in its key: that takes as long as the digits."""
    return blake2b(key=key, digest_size=24)


def rises_by_one(before: object, after: object) -> bool:
    """Whether ``after`` is ``before`` plus one: the trace of Excel's fill handle (MN11).

    >>> rises_by_one("621498320257", "621498320258"), rises_by_one("621498320257", 621498320257)
    (True, False)
    """
    first, second = examine(before)._digits, examine(after)._digits
    return bool(first and second) and int(second) - int(first) == 1
