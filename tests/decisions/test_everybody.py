"""Whole workbooks through ``decide_all``, case by case, and what holds for every entry."""

import datetime as dt

import books
import decision_cases as data
import pytest
from case_files import by_name, cases, load
from decision_cases import is_one_sentence
from hypothesis import given, settings
from hypothesis import strategies as st
from shikaku.decisions import everybody
from shikaku.model.schema import schema

SHEETS = ("members", "acquisition", "dependants", "loss", "ledger")
BASE = load("decisions/everybody")["base"]
PERSON = ("kind", "department", "employer", "postal_code", "address")
KEYS = {
    "sheet": str,
    "row": int,
    "record": str,
    "name": str,
    "certificate": str,
    "ground": (str, type(None)),
    "reason": (str, type(None)),
    "notice": (str, type(None)),
    "delivery": str,
    "old_card_return": bool,
    "rules": list,
    "why": str,
}


def decide(sheets: dict, as_of: dt.date, **values) -> list[everybody.Decision]:
    rows = {key: [{**BASE[key], **row} for row in sheets[key]] for key in SHEETS if key in sheets}
    return everybody.decide_all(books.book(rows), data.settings(values), as_of, books.closed_days())


@pytest.mark.parametrize("case", cases("decisions/everybody"), ids=by_name)
def test_people(case):
    found = decide(case, case["as_of"])
    by_place = {(d.person.sheet, d.person.row): d for d in found}
    assert len(by_place) == len(found)
    if "order" in case:
        assert [[d.person.sheet, d.person.row] for d in found] == case["order"]
    for expected in case["gives"]:
        decision = by_place[tuple(expected["at"])]
        actual = decision.to_json() | {
            "lost": decision.person.lost,
            **{key: getattr(decision.person, key) for key in PERSON},
            "usable_from": decision.expected_use and decision.expected_use.day,
            "burden_from": decision.burden and decision.burden.effective,
        }
        for key, value in expected.items():
            if key == "rules":
                assert set(value) <= set(actual["rules"])
            elif key == "not_rules":
                assert not set(value) & set(actual["rules"])
            elif key != "at":
                assert (actual[key] or "" if value == "" else actual[key]) == value, key


def test_entry_is_the_contracts_object():
    case = cases("decisions/everybody")[0]
    for decision in decide(case, case["as_of"]):
        entry = decision.to_json()
        assert list(entry) == list(KEYS)
        for key, kind in KEYS.items():
            assert isinstance(entry[key], kind), key
        assert entry["sheet"] == schema().sheets[decision.person.sheet].name


def test_the_sentence_names_what_else_a_clerk_would_ask():
    found = decide({"members": [{"myna_status": "number_unregistered"}]}, dt.date(2026, 4, 15))
    assert found[0].notice.why.removesuffix("。") in found[0].why
    found = decide(
        {"members": [{"old_card": "yes", "lost": dt.date(2025, 11, 1)}]}, dt.date(2026, 4, 15)
    )
    assert found[0].old_card.why.removesuffix("。") in found[0].why
    found = decide({"members": [{"lost": dt.date(2026, 4, 1)}]}, dt.date(2026, 4, 15))
    assert found[0].notice.kind is None
    assert found[0].why == found[0].certificate.why


def test_settings_reach_the_decisions():
    member = {"members": [{"birth": dt.date(1955, 4, 1), "kind": "dependant"}]}
    day = dt.date(2026, 4, 15)
    assert decide(member, day)[0].burden
    assert decide(member, day, burden_scope="insured_only")[0].burden is None


days = st.dates(dt.date(2024, 8, 30), dt.date(2031, 12, 31))
maybe_day = st.one_of(st.just(""), st.dates(dt.date(2023, 1, 1), dt.date(2031, 12, 31)))
lists = schema().lists


def one_of(name: str):
    return st.sampled_from(["", *lists[name]])


row = st.fixed_dictionaries(
    {
        "birth": st.one_of(st.just(""), st.dates(dt.date(1940, 1, 1), dt.date(2026, 4, 1))),
        "acquired": maybe_day,
        "myna_status": one_of("myna_status"),
        "status_checked": maybe_day,
        "want": one_of("want"),
        "want_reason": one_of("want_reason"),
        "no_number_reason": one_of("no_number_reason"),
    }
)
member = st.builds(
    lambda row, **more: row | more,
    row,
    kind=one_of("kind"),
    lost=maybe_day,
    e_certificate_expiry=maybe_day,
    old_card=one_of("old_card"),
)
acquisition = st.builds(lambda row, **more: row | more, row, filed=maybe_day)
dependant = st.builds(
    lambda row, event, filed: (
        {k: v for k, v in row.items() if k != "acquired"}
        | {"event_date": row["acquired"], "event": event, "filed": filed}
    ),
    row,
    one_of("event"),
    maybe_day,
)
card = st.fixed_dictionaries(
    {
        "issued": maybe_day,
        "expiry": maybe_day,
        "returned": maybe_day,
        "document": one_of("document"),
    }
)


@settings(max_examples=300)
@given(days, member, acquisition, dependant, card)
def test_whatever_the_rows_hold(as_of, member, acquisition, dependant, card):
    """Never an exception; ground and reason exactly where something is issued; one sentence."""
    found = decide(
        {
            "members": [member],
            "acquisition": [acquisition],
            "dependants": [dependant],
            "ledger": [card],
        },
        as_of,
    )
    assert len(found) == 3
    for decision in found:
        certificate = decision.certificate
        assert certificate.outcome in lists["certificate"]
        issued = certificate.outcome == "issue"
        assert (certificate.ground is not None) == issued
        assert (certificate.reason is not None) == issued
        if issued:
            given_on_application = certificate.ground == "application"
            assert (certificate.reason in lists["want_reason"]) == given_on_application
            assert (certificate.reason in lists["ex_officio_reason"]) != given_on_application
            assert as_of >= dt.date(2024, 12, 2)
            lost = decision.person.lost
            assert lost is None or lost > as_of
        assert decision.notice.kind in (*lists["notice"], None)
        assert decision.rules
        assert is_one_sentence(decision.why)
