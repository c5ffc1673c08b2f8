"""Whole workbooks through ``decide_all``, case by case, and what holds for every entry."""

import datetime as dt

import decision_cases as data
import pytest
from case_files import by_name, cases, load
from decision_cases import is_one_sentence
from hypothesis import given, settings
from hypothesis import strategies as st
from shikaku.decisions import everybody
from shikaku.model.schema import schema

BASE = load("decisions/everybody")["base"]
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
    "also": list,
}


def decide(sheets: dict, as_of: dt.date, **values) -> list[everybody.Decision]:
    return data.decide(sheets, as_of, BASE, values)


@pytest.mark.parametrize("case", cases("decisions/everybody"), ids=by_name)
def test_people(case):
    data.everybody_case(case, BASE)


def test_entry_is_the_contracts_object():
    case = cases("decisions/everybody")[0]
    for decision in decide(case, case["as_of"]):
        entry = decision.to_json()
        assert list(entry) == list(KEYS)
        for key, kind in KEYS.items():
            assert isinstance(entry[key], kind), key
        assert entry["sheet"] == schema().sheets[decision.person.sheet].name


def test_the_other_rows_of_the_contracts_object():
    sheets = {"members": [{}], "acquisition": [{"number": "1", "name": "健保 太郎"}]}
    sheets["acquisition"][0] |= {"birth": dt.date(1980, 5, 5), "acquired": dt.date(2020, 4, 1)}
    (found,) = decide(sheets, dt.date(2026, 4, 15))
    name = schema().sheets["acquisition"].name
    assert found.to_json()["also"] == [{"sheet": name, "row": 2}]


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


START = dt.date(2024, 12, 2)


def _new(d: everybody.Decision) -> bool:
    return d.person.acquired is not None and d.person.acquired >= START


def _issues(d: everybody.Decision, *reasons: str) -> bool:
    return d.certificate.outcome == "issue" and d.certificate.reason in reasons


CARRIES = {
    "R10": lambda d: d.notice.kind == "I",
    "R13": lambda d: d.notice.kind == "II-1",
    "R14": lambda d: d.notice.kind == "II-2",
    "R8": lambda d: d.notice.kind == "II-1",
    "C1": lambda d: d.notice.kind == "II-1" and d.person.acquired == dt.date(2024, 8, 31),
    "R11": lambda d: d.notice.kind and not d.person.direct,
    "C15": lambda d: d.notice.kind and d.person.direct,
    "R9": lambda d: d.notice.kind is None and _new(d),
    "R21": lambda d: d.certificate.outcome == "issue" and (d.person.direct or not _before(d)),
    "R28": lambda d: d.certificate.ground == "bulk" and not d.person.direct,
    "R22": lambda d: _issues(d, *"ABCDEFG", "K6") or (_new(d) and d.certificate.outcome == "issue"),
    "R23": lambda d: d.certificate.ground == "bulk" or "一斉交付" in d.certificate.why,
    "R24": lambda d: _issues(d, "K1", "K2", "K3", "K4", "K5") or "職権" in d.certificate.why,
    "R25": lambda d: _issues(d, "K6"),
    "C4": lambda d: _issues(d, "K6"),
    "C5": lambda d: d.certificate.ground == "ex_officio" and d.person.want is None,
    "C12": lambda d: d.certificate.ground == "application" and not _new(d),
    "R6": lambda d: d.old_card.required,
    "R7": lambda d: not d.old_card.required and d.person.lost and d.person.lost >= START,
    "R32": lambda d: "返納" in d.certificate.why,
    "R33": lambda d: d.burden is not None and d.certificate.outcome == "issue",
    "R1": lambda d: "予定" in d.certificate.why,
    "R37": lambda d: d.person.e_certificate_expiry is not None,
}
"""Rule → what must hold where it is cited: without the rule the entry would be another one."""

ONLY_ELSEWHERE = {"R2", "R15", "R16", "R17", "R18", "R20", "R26", "R27", "R30", "R34", "R35"}
ONLY_ELSEWHERE |= {
    "R42",
    "R43",
    "R44",
    "R46",
    "C8",
    "C10",
    "C11",
    "C14",
    "C16",
    "C17",
    "C18",
    "C19",
}
"""Rules of letters, filings, returns and data: nothing in an entry hangs on them."""


def _before(d: everybody.Decision) -> bool:
    return d.person.acquired is not None and d.person.acquired < START


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
    assert sum(1 + len(decision.also) for decision in found) == 3
    for decision in found:
        certificate = decision.certificate
        assert certificate.outcome in lists["certificate"]
        issued = certificate.outcome == "issue"
        assert (certificate.ground is not None) == issued
        assert (certificate.reason is not None) == issued
        if issued:
            given_on_application = certificate.ground == "application"
            by_law = certificate.reason in lists["ex_officio_reason"]
            assert by_law or certificate.reason in lists["want_reason"]
            assert by_law != given_on_application or certificate.reason in ("K6", "G")
            assert as_of >= dt.date(2024, 12, 2)
            lost = decision.person.lost
            assert lost is None or lost > as_of
        assert decision.notice.kind in (*lists["notice"], None)
        assert decision.rules
        assert is_one_sentence(decision.why)
        cited = set(decision.to_json()["rules"])
        assert not cited & ONLY_ELSEWHERE
        for rule in cited & set(CARRIES):
            assert CARRIES[rule](decision), rule
