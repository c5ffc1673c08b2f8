"""Postal codes, insurer numbers and corporate numbers: the case file and their check digits."""

import importlib

import pytest
from case_files import cases
from hypothesis import given
from hypothesis import strategies as st
from shikaku.fields import errors, insurer_number
from shikaku.fields.text import HYPHENS, digits_only
from stdnum import luhn


@pytest.mark.parametrize(
    "case", [pytest.param(c, id=f"{c['of']}: {c['name']}") for c in cases("fields/numbers")]
)
def test_number(case):
    module = importlib.import_module(f"shikaku.fields.{case['of']}")
    assert module.is_valid(case["value"]) == ("canonical" in case)
    if "canonical" in case:
        assert module.validate(case["value"]) == case["canonical"]
        assert module.validate(case["canonical"]) == case["canonical"]
        assert module.format(case["value"]) == case["shown"]
    else:
        with pytest.raises(errors.FieldError) as caught:
            module.validate(case["value"])
        assert type(caught.value).__name__ == case["error"]


@given(st.text("0123456789", min_size=7, max_size=7))
def test_the_insurer_check_digit_is_luhns(seven):
    assert insurer_number.calc_check_digit(seven) == luhn.calc_check_digit(seven)


@given(st.text("0123456789", min_size=1, max_size=13), st.sampled_from(HYPHENS))
def test_no_hyphen_hides_a_digit(digits, hyphen):
    assert digits_only(hyphen.join(digits)) == digits
    assert digits_only(" ".join(digits)) == digits


def test_other_cells_have_no_digits():
    assert digits_only(None) == digits_only(True) == digits_only(b"1") == ""


def test_a_length_error_is_a_format_error():
    """Who only wants to know whether it can be read catches one class."""
    assert issubclass(errors.InvalidLength, errors.InvalidFormat)
    assert issubclass(errors.NoSuchDay, errors.NotADate)
    for name in ("InvalidFormat", "InvalidChecksum", "InvalidComponent", "NotADate", "OutOfRange"):
        assert issubclass(getattr(errors, name), ValueError)
        assert str(getattr(errors, name)()), "a sentence for the user"
