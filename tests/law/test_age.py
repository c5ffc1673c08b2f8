"""Ages: the vectors of domain.md §2.4, and what holds for every birth."""

import datetime as dt

import pytest
from case_files import cases
from hypothesis import given
from hypothesis import strategies as st
from shikaku.law import age

CASES = cases("law/age")
BIRTHS = st.dates(dt.date(1926, 1, 1), dt.date(2026, 12, 31))


@pytest.mark.parametrize("case", [pytest.param(c, id=c["name"]) for c in CASES])
def test_age(case):
    birth = case["birth"]
    assert age.attains(birth, 70) == case["attains_70"]
    assert age.burden_start(birth) == case["burden_start"]
    assert age.leaves(birth) == case["leaves"]


@given(BIRTHS, st.integers(1, 110))
def test_an_age_is_attained_on_the_day_before_the_birthday(birth, years):
    birthday = age.birthday(birth, years)
    assert age.attains(birth, years) == birthday - dt.timedelta(1)
    assert age.on(birth, birthday) == years
    assert age.on(birth, birthday - dt.timedelta(1)) == years - 1
    assert (birthday.month, birthday.day) in ((birth.month, birth.day), (3, 1))


@given(BIRTHS)
def test_the_share_begins_on_the_first_of_the_month_after(birth):
    start, attained = age.burden_start(birth), age.attains(birth, 70)
    assert start.day == 1 and attained < start <= attained + dt.timedelta(31)
    assert (start == age.birthday(birth, 70)) or birth.day != 1


def test_leap_day_births_in_a_leap_year():
    birth = dt.date(1952, 2, 29)
    assert age.birthday(birth, 72) == dt.date(2024, 2, 29)
    assert age.attains(birth, 72) == dt.date(2024, 2, 28)
    assert age.on(birth, dt.date(2025, 2, 28)) == 72
    assert age.on(birth, dt.date(2025, 3, 1)) == 73


def test_before_birth():
    assert age.on(dt.date(2026, 4, 2), dt.date(2026, 4, 1)) == -1
    assert age.on(dt.date(2026, 4, 2), dt.date(2026, 4, 2)) == 0
