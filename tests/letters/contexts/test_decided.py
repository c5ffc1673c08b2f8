"""Whose row of 加入者台帳 a filing is in: looked up as if each were compared with each."""

import datetime as dt
import random

import decision_cases as data
import pytest
from shikaku.identity.matching import fold_name, is_registered_as, same_person
from shikaku.letters.contexts.decided import _Members
from shikaku.model.people import Person

DAYS = [dt.date(2026, 4, 1), dt.date(2026, 4, 2)]
SYMBOLS = ("101",)


def some_person(dice: random.Random, **values: object) -> Person:
    """Few names, days and numbers, so that many agree."""
    dependant = dice.random() < 0.5
    some = {
        "kind": "dependant" if dependant else "insured",
        "symbol": dice.choice(("101", "101", "102")),
        "number": dice.choice(("1", "1", "2", "")),
        "branch": dice.choice(("", "01", "02")),
        "name": dice.choice(("健保 太郎", "健保　太郎", "健保 花子", "国保 花子")),
        "birth": dice.choice((dt.date(1990, 1, 1), dt.date(1991, 2, 2), None)),
        "number_mark": dice.choice((b"one", b"two", None)),
        "acquired": dice.choice((*DAYS, None)),
        "lost": dice.choice((*DAYS, None, None)),
    }
    return data.person(some | values)


def by_comparing(filing: Person, day: dt.date, members: list[Person]) -> Person | None:
    """The first that is the filing's person, one of its name before others."""

    def is_same(member: Person) -> bool:
        if filing.number:
            return same_person(filing, member)
        return is_registered_as(filing, member, SYMBOLS)

    found = [m for m in members if m.number and day in (m.acquired, m.lost) and is_same(m)]
    return min(found, key=lambda m: fold_name(m.name) != fold_name(filing.name), default=None)


@pytest.mark.parametrize("seed", range(20))
def test_as_comparing_each_with_each(seed):
    dice = random.Random(seed)
    members = [some_person(dice, sheet="members", row=n) for n in range(2, 40)]
    known = _Members(members, set(DAYS))
    filings = [some_person(dice, sheet="acquisition", row=n) for n in range(2, 60)]
    found = [
        (known.of(filing, day, SYMBOLS), by_comparing(filing, day, members))
        for filing in filings
        for day in DAYS
    ]
    assert all(one is other for one, other in found)
    assert {one is None for one, _ in found} == {True, False}
