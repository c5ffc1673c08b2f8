"""Whatever stands in a cell (32,767 characters at most) is looked at in no time."""

import time

import pytest
from shikaku.fields import (
    corporate_number,
    era_date,
    individual_number,
    insurer_number,
    kana,
    person_name,
    postal_code,
    prefecture,
    stray_number,
    text,
)

LONGEST = 32_767
UNITS = {
    "kanji digits": "一",
    "brackets": "(",
    "two kinds of brackets": "[(",
    "hyphens of full width": "－",
    "hyphens": "-",
    "digits": "1",
    "digits and spaces": "1 ",
    "spaces": " ",
    "no-break spaces": "\u00a0",
    "zero-width spaces": "\u200b",
    "voicing marks": "\u3099\u0301",
    "marks of two classes": "\u0301\u0316",
    "variation selectors": "\ufe00",
    "labels": "個人番号",
    "half-width kana": "ｶﾞ",
    "hex digits": "a",
    "digits one by one among letters": "丁目1",
    "digits with hyphens": "1-",
    "a ligature of eighteen letters": "\ufdfa",
    "a day with its time": "2026-04-01 ",
}
LOOKS = (
    era_date.is_valid,
    individual_number.examine,
    individual_number.is_valid,
    kana.is_kana,
    kana.compact,
    person_name.outside_jis,
    person_name.filing_name,
    person_name.is_valid,
    postal_code.is_valid,
    prefecture.of,
    stray_number.hide,
    insurer_number.is_valid,
    corporate_number.is_valid,
    text.digits_only,
)


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_long_texts_are_looked_at_in_no_time(unit):
    for start, end in (("", ""), ("ア", ""), ("葛", "年"), ("2026-04-01", "x")):
        value = start + unit * (LONGEST // len(unit)) + end
        for look in LOOKS:
            begun = time.process_time()
            look(value)
            assert time.process_time() - begun < 1.0, look.__qualname__


def test_two_numbers_of_thousands_of_digits_can_be_held_against_each_other():
    one, two = "1" * 5000, "1" * 4999 + "2"
    assert not individual_number.rises_by_one(one, two)
    assert individual_number.examine(one).problem == "length"
