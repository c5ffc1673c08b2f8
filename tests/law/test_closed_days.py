"""The closed days that a new workbook starts with."""

import pytest
from case_files import by_name, cases
from shikaku.law.closed_days import ClosedDays, built_in


@pytest.mark.parametrize("case", cases("law/closed_days", "day"), ids=by_name)
def test_day(case):
    year = case["on"].year
    days = ClosedDays(built_in(year, year), saturday_closed=False)
    assert (case["on"] in built_in(year, year)) is case["closed"]
    assert days.is_open(case["on"]) is not case["closed"]


@pytest.mark.parametrize("case", cases("law/closed_days", "count"), ids=by_name)
def test_open_days(case):
    days = ClosedDays(built_in(2026, 2026), saturday_closed=True)
    for start, count, end in case["counts"]:
        assert days.add_open_days(start, count) == end
