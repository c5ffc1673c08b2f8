"""Filing limits: the vectors, and an independent count with another holiday package."""

import datetime as dt
from dataclasses import replace
from functools import cache

import holidays
import pytest
from case_files import cases
from hypothesis import given
from hypothesis import strategies as st
from shikaku.law import filing_limit
from shikaku.law.closed_days import ClosedDays, built_in
from shikaku.model.schema import FILINGS, schema
from shikaku.model.settings import Settings

YEARS = range(2024, 2032)
HOLIDAYS = built_in(YEARS[0], YEARS[-1])
DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2031, 12, 1))


def by_name(kind):
    return [pytest.param(case, id=case["name"]) for case in cases("law/filing_limit", kind)]


@pytest.mark.parametrize("case", by_name("limits"))
def test_limit(case):
    settings = replace(Settings(), **case.get("settings", {}))
    closed = ClosedDays(HOLIDAYS, settings.saturday == "closed")
    found = filing_limit.limit(case["sheet"], case.get("kind"), case["event"], settings, closed)
    assert found == case["limit"]


@pytest.mark.parametrize("case", by_name("states"))
def test_state(case):
    state = filing_limit.state(case["limit"], case.get("filed"), case["as_of"])
    assert state == (case["state"], case.get("left"))
    assert state[0] in schema().lists["limit_state"]


def test_a_sheet_without_limit():
    with pytest.raises(KeyError):
        filing_limit.limit("members", None, dt.date(2026, 4, 1), Settings(), ClosedDays({}))


@cache
def office_holidays():
    """行政機関の休日, made without our code: public holidays of another package, 12/29–1/3."""
    days = set(holidays.country_holidays("JP", years=YEARS))
    for year in YEARS:
        days |= {dt.date(year, 12, d) for d in (29, 30, 31)}
        days |= {dt.date(year, 1, d) for d in (1, 2, 3)}
    return days


def independent(sheet, event, count, strict, roll, saturday_open):
    """Counts days one by one, as a person does with a calendar."""
    day = event
    counted = 1 if sheet == "loss" or strict else 0
    while counted < count:
        day += dt.timedelta(1)
        counted += 1
    while roll and (
        day.isoweekday() == 7
        or (day.isoweekday() == 6 and not saturday_open)
        or day in office_holidays()
    ):
        day += dt.timedelta(1)
    return day


@given(
    st.sampled_from(FILINGS), DAYS, st.integers(1, 20), st.booleans(), st.booleans(), st.booleans()
)
def test_limits_agree_with_an_independent_count(sheet, event, count, strict, roll, saturday_open):
    settings = replace(
        Settings(),
        filing_days=count,
        count_first_day="yes" if strict else "no",
        roll="next_open_day" if roll else "none",
    )
    limit = filing_limit.limit(
        sheet, None, event, settings, ClosedDays(HOLIDAYS, not saturday_open)
    )
    assert limit == independent(sheet, event, count, strict, roll, saturday_open)


@given(DAYS)
def test_a_loss_is_due_as_if_counted_from_the_last_day_of_work(lost):
    """資格喪失日 + 4 = 退職日 + 5 (民法140条とただし書)."""
    closed = ClosedDays(HOLIDAYS)
    left = lost - dt.timedelta(1)
    loss = filing_limit.limit("loss", None, lost, Settings(), closed)
    assert loss == filing_limit.limit("acquisition", None, left, Settings(), closed)


@given(DAYS, DAYS)
def test_states_follow_the_days(limit, as_of):
    key, left = filing_limit.state(limit, None, as_of)
    assert left == (limit - as_of).days
    assert key == ("overdue" if left < 0 else "soon" if left <= 3 else "in_time")


def test_closed_days_agree_with_another_package():
    assert set(HOLIDAYS) == office_holidays()


@pytest.mark.parametrize("year", [2019, 2020, 2021, 2033, 2050, 2099])
def test_public_holidays_of_other_years(year):
    """The enthronement and the Olympics moved days by law; later years are computed."""
    own = {day for day, name in built_in(year, year).items() if name != "年末年始"}
    assert own == set(holidays.country_holidays("JP", years=year))


@given(DAYS, st.integers(-15, 15), st.booleans())
def test_open_days_are_counted(day, count, saturday_closed):
    closed = ClosedDays(HOLIDAYS, saturday_closed)
    end = closed.add_open_days(day, count)
    if count == 0:
        assert end == day
        return
    assert closed.is_open(end)
    first, last = (day, end) if count > 0 else (end, day)
    between = [first + dt.timedelta(i) for i in range((last - first).days + 1)]
    assert sum(closed.is_open(d) for d in between if d != day) == abs(count)


@given(DAYS)
def test_next_open_day(day):
    closed = ClosedDays(HOLIDAYS)
    found = closed.next_open(day)
    assert closed.is_open(found) and found >= day
    assert not any(closed.is_open(day + dt.timedelta(i)) for i in range((found - day).days))


def test_an_employers_own_closed_day():
    own = dt.date(2026, 4, 6)
    closed = ClosedDays({**HOLIDAYS, own: "創立記念日"})
    limit = filing_limit.limit("acquisition", None, dt.date(2026, 4, 1), Settings(), closed)
    assert limit == dt.date(2026, 4, 7)


def test_years_covered():
    closed = ClosedDays({**HOLIDAYS, dt.date(2033, 4, 6): "創立記念日"})
    assert all(closed.covers(year) for year in YEARS)
    assert not closed.covers(2023) and not closed.covers(2032) and not closed.covers(2033)
    assert ClosedDays({dt.date(2033, 1, 1): "元日"}).covers(2033)
    assert {day.year for day in built_in(2026, 2027)} == {2026, 2027}
