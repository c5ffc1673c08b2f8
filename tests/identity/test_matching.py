"""How spellings are compared, and which rows are one person, by cases on both sides."""

import decision_cases as data
import pytest
from case_files import by_name, cases, load
from shikaku.identity import matching

BASE = load("identity/matching")["base"]["one"]
CARD = load("identity/matching")["base"]["card"]
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


@pytest.mark.parametrize("case", cases("identity/matching", "card"), ids=by_name)
def test_card(case: dict) -> None:
    entry, person = data.card(CARD | case["card"]), data.person(BASE | case["who"])
    assert matching.is_card_of(entry, person) is case["same"]
    assert matching.is_moved_card_of(entry, person) is case["moved"]
    if case["same"]:  # it is found, too
        assert set(matching.card_keys(entry)) & set(matching.card_keys(person))


@pytest.mark.parametrize("case", cases("identity/matching", "cover"), ids=by_name)
def test_coverage_end(case: dict) -> None:
    spans = [(acquired or None, lost or None) for acquired, lost in case["spans"]]
    for order in (spans, spans[::-1]):
        assert matching.coverage_end(order, case["after"] or None) == (case["gives"] or None)
