"""Households over all sheets, the same human being, and whose row a filing speaks of, case by case."""

import decision_cases as data
import pytest
from case_files import by_name, cases, load
from shikaku.identity import register
from shikaku.identity.register import Register
from shikaku.model.people import Person
from shikaku.model.schema import schema

BASE = load("identity/register")["base"]
SHEETS = ("members", "acquisition", "dependants", "loss")


def made(case: dict) -> tuple[Register, dict[tuple[str, int], Person]]:
    """The register of a case, and its rows by their places."""
    people, count = [], dict.fromkeys(SHEETS, 1)
    for row in sorted(case["rows"], key=lambda row: SHEETS.index(row["sheet"])):
        count[row["sheet"]] += 1
        people.append(data.person(BASE | row | {"row": count[row["sheet"]]}))
    return Register(people, "101"), {(p.sheet, p.row): p for p in people}


def places(people) -> list:
    return [[p.sheet, p.row] for p in people]


@pytest.mark.parametrize("case", cases("identity/register", "register"), ids=by_name)
def test_register(case: dict) -> None:
    found, rows = made(case)
    for question, about, answer in case["asks"]:
        if question == "groups":
            assert sorted(map(places, found.groups(about))) == answer
            continue
        person = rows[tuple(about)]
        if question == "member":
            one = found.member(person)
            assert ([one.sheet, one.row] if one else []) == answer, about
        elif question == "same":
            assert places(found.same(person, *SHEETS)) == answer
            assert places(found.same(person, "loss")) == [p for p in answer if p[0] == "loss"]
        elif question == "ended":
            assert found.ended(person, case["as_of"]) is answer, about
        elif question == "home":
            assert (found.home(person) is not None) is answer
            assert (found.family(person) is not None) is answer
        else:
            assert found.insured(found.home(person)) is answer
    assert not found.insured(None) and not found.insured(("0", "0"))


@pytest.mark.parametrize("case", cases("identity/register", "family"), ids=by_name)
def test_family(case: dict) -> None:
    found, rows = made(case)
    (family,) = found.families.values()
    for question, *given, answer in case["asks"]:
        if question == "covered":
            assert family.covered(*given) is answer, given
        elif question == "final_losses":
            strangers = {tuple(place) for place in given[0]}
            assert places(family.final_losses(strangers)) == answer
        elif question == "losing":
            assert found.losing == ([family] if answer else [])
        elif question == "birth_of":
            one = family.birth_of
            assert (one.birth if one else "") == answer
        elif question == "insured_names":
            assert places(family.insured_names.values()) == answer
        else:
            person = rows[tuple(given[0])]
            assert getattr(family, question)(person, found.name(person)) == answer, given


def test_of_a_thousand_copies_the_first_twenty_are_looked_at() -> None:
    people = [data.person(BASE | {"sheet": "members", "row": n}) for n in range(2, 50)]
    found = Register(people, "")
    assert found.same(people[-1], "members") == people[:20]
    assert [len(group) for group in found.groups("members")] == [48]


def test_people_without_a_number_have_no_home() -> None:
    person = data.person(BASE | {"sheet": "members", "row": 7, "number": ""})
    found = Register([person], "101")
    assert not found.families and list(found.homed()) == [(person, None)]
    assert register.place(person) == {"other": schema().sheets["members"].name, "line": 7}
