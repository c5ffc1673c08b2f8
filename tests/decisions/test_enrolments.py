"""One enrolment has one decision, whatever rows speak of it (contract §6, People)."""

import pytest
from case_files import by_name, load
from decision_cases import everybody_case

FILE = load("decisions/enrolments")


@pytest.mark.parametrize("case", FILE["case"], ids=by_name)
def test_enrolment(case: dict) -> None:
    everybody_case(case, FILE["base"])
