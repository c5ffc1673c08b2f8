"""Which rows are one enrolment, by cases on both sides."""

import decision_cases as data
import pytest
from case_files import by_name, cases, load
from shikaku.identity.enrolments import enrolments

BASE = load("identity/enrolments")["base"]


@pytest.mark.parametrize("case", cases("identity/enrolments"), ids=by_name)
def test_enrolments(case: dict) -> None:
    base = {key: value for key, value in BASE.items() if key != "dependant"}
    base |= BASE["dependant"] if case.get("of_dependant") else {}
    found = enrolments(data.person({**base, **row, "row": i}) for i, row in enumerate(case["rows"]))
    assert [[person.row for person in one.rows] for one in found] == case["gives"]
    assert [[person.row for person in one.losses] for one in found] == case["losses"]
