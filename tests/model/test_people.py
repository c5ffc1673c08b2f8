"""A row of a sheet of people as a person."""

import datetime as dt

import books
import pytest
from case_files import by_name, cases
from shikaku.model import people


@pytest.mark.parametrize("case", cases("model/people"), ids=by_name)
def test_person(case):
    person = people.person(books.row(case["sheet"], 7, case["values"]))
    found = {key: getattr(person, key) for key in case["gives"]}
    assert {key: "" if value is None else value for key, value in found.items()} == case["gives"]
    assert (person.sheet, person.row) == (case["sheet"], 7)


@pytest.mark.parametrize("case", cases("model/asides"), ids=by_name)
def test_aside(case):
    row = books.row(case.get("sheet", "members"), 7, case["values"])
    assert list(people.aside(row) or ()) == case["gives"]


@pytest.mark.parametrize(
    ("acquired", "lost", "on", "member"),
    [
        ("2026-04-01", None, "2026-03-31", False),
        ("2026-04-01", None, "2026-04-01", True),
        ("2026-04-01", "2026-05-01", "2026-04-30", True),
        ("2026-04-01", "2026-05-01", "2026-05-01", False),
        (None, None, "2026-05-01", False),
    ],
)
def test_insured_on(acquired, lost, on, member):
    """From the day of the acquisition to the day before the loss."""
    days = {"acquired": acquired, "lost": lost}
    cells = {key: dt.date.fromisoformat(day) for key, day in days.items() if day}
    person = people.person(books.row("members", 2, cells))
    assert person.insured_on(dt.date.fromisoformat(on)) is member
