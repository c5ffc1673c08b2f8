"""Keys against the comparing that they stand for."""

import datetime as dt
import random
from itertools import product

import decision_cases as data
import pytest
from shikaku.identity import person_keys
from shikaku.identity.matching import is_registered_as

SYMBOLS = ("101", "１０２")


def some_person(dice: random.Random) -> dict:
    """Few names, days and 記号, so that many agree."""
    return {
        "symbol": dice.choice(("101", "１０１", "102", "")),
        "name": dice.choice(("健保 太郎", "健保　太郎", "健保 花子")),
        "birth": dice.choice((dt.date(1990, 1, 1), dt.date(1991, 2, 2), None)),
        "number_mark": dice.choice((b"one", b"two", None)),
    }


@pytest.mark.parametrize("seed", range(10))
def test_keys_say_what_is_registered_as_says(seed):
    dice = random.Random(seed)
    filings, members = ([data.person(some_person(dice)) for _ in range(40)] for _ in range(2))
    for filing, member in product(filings, members):
        found = {*person_keys.registered(member)}
        same = is_registered_as(filing, member, SYMBOLS)
        assert same is not found.isdisjoint(person_keys.joining(filing, SYMBOLS))
