"""When a membership ends by itself, without a filing: at 75, and after two years of 任意継続."""

import datetime as dt

from shikaku.law import age, voluntary
from shikaku.model.people import VOLUNTARY, Person

AGE_75, TWO_YEARS = "age_75", "two_years"
"""Causes of such an end (the first is a key of loss_cause, too)."""

End = tuple[dt.date, str]
"""The day of loss and the cause."""


def birthday_75(person: Person) -> dt.date | None:
    """The 75th birthday; None for somebody who joined after it: his birth date is wrong."""
    if person.birth is None:
        return None
    day = age.leaves(person.birth)
    return day if person.acquired is None or person.acquired < day else None


def two_years(person: Person) -> dt.date | None:
    """The end of 任意継続's two years. A dependant joins with the insured or later, so that his own
    two years are the latest end that the insured's can have."""
    if person.kind not in VOLUNTARY or person.acquired is None:
        return None
    return voluntary.ends(person.acquired)


def all_by_itself(person: Person) -> list[End]:
    """Both of them, as far as they come, the earlier one first."""
    ends = ((birthday_75(person), AGE_75), (two_years(person), TWO_YEARS))
    return sorted((day, cause) for day, cause in ends if day is not None)


def by_itself(person: Person) -> End | None:
    """The first of them."""
    return next(iter(all_by_itself(person)), None)


def is_over(person: Person, day: dt.date) -> bool:
    """Whether a membership has ended by itself by that day."""
    young = person.birth is None or person.birth.year + age.leaving() > day.year
    if young and person.kind not in VOLUNTARY:  # nearly everybody
        return False
    end = by_itself(person)
    return end is not None and end[0] <= day
