"""Whose an individual number is that several rows have, by cases on both sides."""

import decision_cases as data
import pytest
from case_files import by_name, cases
from shikaku.identity import shared_numbers


@pytest.mark.parametrize("case", cases("identity/shared_numbers"), ids=by_name)
def test_shared_number(case: dict) -> None:
    rows = [
        data.person({"number_mark": "1", **row, "row": i}) for i, row in enumerate(case["rows"])
    ]
    same = [person for person in rows if person.number_mark == "1"]
    found = [[person.row for person in group] for group in shared_numbers.parted(same)]
    assert sorted(found) == case["people"]
    assert sorted(row for _, row in shared_numbers.unusable(rows)) == case["unusable"]
