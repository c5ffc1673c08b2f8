"""The simulated year, small enough for every run; ``python tests/simulate_year.py`` is the whole."""

import dataclasses

import pytest
import simulate_year


@pytest.mark.slow
def test_every_case_ends_where_the_recount_says():
    wrong, _, letters = simulate_year.run(500, choice=simulate_year.each_kind)
    assert wrong == []
    assert letters > 100


def test_the_recount_would_notice_a_missing_and_a_doubled_letter():
    closed = set()
    card = next(
        c for c in simulate_year.population(500) if c.lost and not c.returned and not c.destroyed
    )
    letters, state = simulate_year.recount(dataclasses.replace(card, letters=[]), closed)
    assert letters and state
    assert letters[:-1] != letters and letters + letters[-1:] != letters
    late = dataclasses.replace(card, returned=letters[-1][1])
    assert simulate_year.recount(late, closed)[0] != letters
