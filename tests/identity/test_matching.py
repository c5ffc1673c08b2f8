"""How spellings are compared, and which rows are one person, by cases on both sides."""

import decision_cases as data
import pytest
from case_files import by_name, cases, load
from shikaku.identity import matching

BASE = load("identity/matching")["base"]["one"]
FOLD = {
    "name": matching.fold_name,
    "number": matching.fold_number,
    "kana": matching.fold_kana,
}


@pytest.mark.parametrize("case", cases("identity/matching", "fold"), ids=by_name)
def test_fold(case: dict) -> None:
    fold = FOLD[case["kind"]]
    assert (fold(case["one"]) == fold(case["other"])) is case["same"]


@pytest.mark.parametrize("case", cases("identity/matching", "pair"), ids=by_name)
def test_same_person(case: dict) -> None:
    one = BASE | case.get("one", {})
    people = data.person(one), data.person(one | case["other"])
    for pair in (people, people[::-1]):
        assert matching.same_person(*pair) is case["same"]
