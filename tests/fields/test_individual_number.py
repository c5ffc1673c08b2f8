"""個人番号: every cell of the case file, the check digit against python-stdnum, and silence."""

import datetime as dt

import pytest
from case_files import cases
from hypothesis import given
from hypothesis import strategies as st
from shikaku.fields import corporate_number, individual_number
from shikaku.fields.errors import FieldError, InvalidChecksum, InvalidComponent, InvalidLength
from stdnum.jp import cn, in_

DIGITS = st.text("0123456789", min_size=11, max_size=11)


def by_name(kind):
    return [pytest.param(case, id=case["name"]) for case in cases("fields/individual_number", kind)]


@pytest.mark.parametrize("case", by_name("check_digits"))
def test_check_digit(case):
    assert individual_number.calc_check_digit(case["eleven"]) == case["digit"]


@pytest.mark.parametrize("case", by_name("cells"))
def test_cell(case):
    result = individual_number.examine(case["value"])
    assert (result.problem or "") == case["problem"]
    assert result.ok == (case["problem"] == "")
    assert result.detail == case.get("detail", "")
    flags = ("numeric", "lost_zero", "normalised", "labelled")
    assert [f for f in flags if getattr(result, f)] == case.get("flags", [])


@pytest.mark.parametrize("case", by_name("digits"))
def test_digits(case):
    assert individual_number.compact(case["value"]) == case["digits"]
    assert not individual_number.rises_by_one(case["value"], case["value"])


@pytest.mark.parametrize("case", by_name("cells"))
def test_nothing_shows_a_digit(case):
    digits = [c for c in str(case["value"]) if c.isdigit()]
    result = individual_number.examine(case["value"])
    shown = f"{result!r}{result}"
    assert not any(c.isdigit() for c in shown)
    try:
        individual_number.validate(case["value"])
    except FieldError as error:
        assert not any(d in f"{error!r}{error.args}" for d in digits)
        assert error.__cause__ is None


def test_no_cell_and_cells_that_are_no_number():
    assert individual_number.examine(None).problem == "blank"
    for value in (True, dt.date(2026, 4, 1), object()):
        result = individual_number.examine(value)
        assert (result.problem, result.detail) == ("not_digits", "other_type")


@given(DIGITS)
def test_our_check_digit_is_the_one_of_stdnum(eleven):
    assert individual_number.calc_check_digit(eleven) == in_.calc_check_digit(eleven)


@given(DIGITS, st.sampled_from("0123456789"))
def test_valid_where_stdnum_says_so_except_dummies(eleven, digit):
    number = eleven + digit
    dummy = individual_number.examine(number).problem == "dummy"
    assert individual_number.is_valid(number) == (in_.is_valid(number) and not dummy)


@given(st.text("0123456789", min_size=12, max_size=12))
def test_corporate_check_digit_is_the_one_of_stdnum(twelve):
    assert corporate_number.calc_check_digit(twelve) == cn.calc_check_digit(twelve)


@given(DIGITS, st.integers(0, 11), st.sampled_from("123456789"))
def test_one_wrong_digit_slips_through_only_by_the_zero_branch(eleven, place, step):
    """domain.md §4.1: remainders 0 and 1 share the check digit 0; nothing else is missed."""
    number = eleven + individual_number.calc_check_digit(eleven)
    digit = str((int(number[place]) + int(step)) % 10)
    wrong = number[:place] + digit + number[place + 1 :]
    if individual_number.examine(wrong).problem != "checksum":
        assert number[11] == wrong[11] == "0"


@given(DIGITS, st.sampled_from("-－‐−ーｰ–—― 　\u00a0"))
def test_spelling_changes_nothing_but_the_flag(eleven, mark):
    number = eleven + individual_number.calc_check_digit(eleven)
    plain = individual_number.examine(number)
    spelled = individual_number.examine(f"{number[:4]}{mark}{number[4:8]}{mark}{number[8:]}")
    wide = individual_number.examine(number.translate({0x30 + i: 0xFF10 + i for i in range(10)}))
    assert plain.problem == spelled.problem == wide.problem
    assert (plain.normalised, spelled.normalised, wide.normalised) == (False, True, True)
    assert spelled.respelled == wide.respelled == number


@given(DIGITS)
def test_a_number_cell_is_never_changed_into_another_number(eleven):
    number = eleven + individual_number.calc_check_digit(eleven)
    result = individual_number.examine(float(number))
    assert result.lost_zero == number.startswith("0")
    if result.ok:
        assert result.canonical == number
    if result.lost_zero:
        assert result.respelled == "", "zeros are never put back into the book"


@given(st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.binary()))
def test_examine_never_raises(value):
    result = individual_number.examine(value)
    assert result.ok == (result.problem is None)
    assert result.problem is None or result.problem in individual_number.PROBLEMS


def test_runs_that_fit_are_dummies():
    """Each digit one more (or one less) than the one before, also over 9 and 0."""
    up = ["".join(str((start + i) % 10) for i in range(12)) for start in range(10)]
    down = [number[::-1] for number in up]
    fitting = [n for n in up + down if individual_number.calc_check_digit(n[:11]) == n[11]]
    assert fitting, "no run fits: this test would show nothing"
    assert all(individual_number.examine(n).problem == "dummy" for n in fitting)


def test_validate_says_what_is_wrong():
    with pytest.raises(InvalidLength):
        individual_number.validate(19)
    with pytest.raises(InvalidLength):
        individual_number.validate("8700110005901")
    with pytest.raises(InvalidChecksum):
        individual_number.validate("000000000018")
    with pytest.raises(InvalidComponent):
        individual_number.validate("123456789018")
    assert individual_number.validate("マイナンバー:0000-0000-0019") == "000000000019"


def test_canonical_only_when_the_form_is_right():
    assert individual_number.examine(19).canonical == "000000000019"
    with pytest.raises(FieldError):
        _ = individual_number.examine("000000000018").canonical


def test_respelled_keeps_what_was_typed():
    respelled = {
        "０000-0000－0018": "000000000018",  # a wrong check digit is not our business
        "00000000019": "",
        19: "",
        621498320257.0: "621498320257",
        "マイナンバー:000000000019": "",
        "後日": "",
    }
    for typed, expected in respelled.items():
        assert individual_number.examine(typed).respelled == expected


def test_mask_and_last_four_for_the_notice_only():
    assert individual_number.mask("000000000019") == "********0019"
    assert individual_number.last_four("０００００００００１２３") == ""
    assert individual_number.mask("000000000018") == ""
    assert individual_number.last_four(None) == ""


def test_fingerprint_finds_the_same_number_in_any_spelling():
    key = b"a key for this test"
    same = {individual_number.fingerprint(v, key) for v in ("0000-0000-0019", 19, "000000000019")}
    assert len(same) == 1 and None not in same
    assert individual_number.fingerprint("000000000019", b"another key") not in same
    assert individual_number.fingerprint("000000000027", key) not in same
    assert "0019" not in same.pop()
    copied_down = individual_number.fingerprint("000000000018", key)
    assert copied_down == individual_number.fingerprint("0000 0000 0018", key) is not None
    for nothing in (None, "", "後日", "123456789018", "00000000019", "8700110005901"):
        assert individual_number.fingerprint(nothing, key) is None


def test_fill_handle():
    assert individual_number.rises_by_one("000000000019", "０00000000020")
    assert not individual_number.rises_by_one("000000000019", "000000000019")
    assert not individual_number.rises_by_one("000000000019", "000000000018")
    assert not individual_number.rises_by_one("", "1")


TWELVE = st.text("0123456789", min_size=12, max_size=12)
FITTING = DIGITS.map(lambda eleven: eleven + individual_number.calc_check_digit(eleven))
RUN = st.sampled_from("0123456789").map(lambda digit: digit * 12)


@given(st.lists(TWELVE | FITTING | RUN | st.text(max_size=14) | st.none() | st.integers()))
def test_many_cells_are_examined_as_each_is(values):
    alone = [individual_number.examine(value) for value in values]
    together = individual_number.examine_all(values)
    assert together == alone
    assert [one.respelled for one in together] == [one.respelled for one in alone]


@pytest.mark.parametrize("case", by_name("check_digits"))
def test_check_digits_together(case):
    numbers = [case["eleven"] + digit for digit in "0123456789"]
    good = [one.problem != "checksum" for one in individual_number.examine_all(numbers)]
    assert good == [digit == case["digit"] for digit in "0123456789"]
