"""How spellings are compared, and which rows are one person, by cases on both sides."""

import decision_cases as data
import pytest
from case_files import by_name, load
from shikaku.identity import matching

CASES = load("identity/matching")
FOLD = {
    "name": matching.fold_name,
    "number": matching.fold_number,
    "kana": matching.fold_kana,
}


@pytest.mark.parametrize("case", CASES["fold"], ids=by_name)
def test_fold(case: dict) -> None:
    fold = FOLD[case["kind"]]
    assert (fold(case["one"]) == fold(case["other"])) is case["same"]


@pytest.mark.parametrize("case", CASES["pair"], ids=by_name)
def test_same_person(case: dict) -> None:
    one = CASES["defaults"]["one"] | case.get("one", {})
    people = data.person(one), data.person(one | case["other"])
    for pair in (people, people[::-1]):
        assert matching.same_person(*pair) is case["same"]
