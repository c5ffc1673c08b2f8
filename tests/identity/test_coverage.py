"""When an insured is a member, for the dependants: by cases, and against looking at every enrolment."""

import datetime as dt
import random

import pytest
from case_files import by_name, cases
from shikaku.identity.coverage import Coverage, Span


@pytest.mark.parametrize("case", cases("identity/coverage"), ids=by_name)
def test_end_after(case: dict) -> None:
    spans = [(acquired or None, lost or None) for acquired, lost in case["spans"]]
    for order in (spans, spans[::-1]):
        assert Coverage(order).end_after(case["after"] or None) == (case["gives"] or None)


def goes_on(span: Span, day: dt.date) -> bool:
    """Whether an enrolment has begun by a day and ends later."""
    acquired, lost = span
    return (acquired is None or acquired <= day) and (lost is None or lost > day)


@pytest.mark.parametrize("seed", range(20))
def test_as_looking_at_every_enrolment(seed: int) -> None:
    dice = random.Random(seed)
    days = [dt.date(2026, 4, 1) + dt.timedelta(n) for n in range(12)]
    for _ in range(100):
        count = dice.randint(0, 5)
        spans = [(dice.choice([*days, None]), dice.choice([*days, None])) for _ in range(count)]
        cover, after = Coverage(spans), dice.choice([*days, None])
        ends = [lost for _, lost in spans if lost and (after is None or lost > after)]
        left = [end for end in ends if not any(goes_on(span, end) for span in spans)]
        if count > 1:
            assert cover.end_after(after) == min(left, default=None)
        for day in days:
            before = day - dt.timedelta(1)
            assert cover.is_around(day) is any(
                (acquired is None or acquired <= day) and (lost is None or lost > before)
                for acquired, lost in spans
            )
