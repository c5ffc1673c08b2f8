"""How spellings are compared, and which rows are one person, by cases on both sides."""

import decision_cases as data
import pytest
from case_files import by_name, cases, load
from hypothesis import given
from hypothesis import strategies as st
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


LETTERS = st.sampled_from(
    "見本太郎髙𠮷﨑か゛ガｶﾞﾔヤーｰ－ßAａ \u3000\t|\u3099\u0338\u200b葛\U000e0100"
)
TEXTS = st.lists(st.text(LETTERS, max_size=6), max_size=40)


@given(TEXTS)
def test_many_texts_are_folded_as_each_is(texts: list[str]) -> None:
    assert matching.fold_names(texts) == [matching.fold_name(text) for text in texts]
    assert matching.fold_readings(texts) == [matching.fold_kana(text) for text in texts]


def test_one_odd_text_among_many() -> None:
    texts = ["見本　太郎"] * 50 + ["髙見 \u0338見本"] + ["見本　花子"] * 50
    assert matching.fold_names(texts) == [matching.fold_name(text) for text in texts]


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
