"""The ledger brought up to date, workbook by workbook: whose a row is, what filings say of it, and
what a person typed. The cases are data; each is run twice, since updating twice changes nothing."""

import datetime as dt

import pytest
from books import book, carry_out, closed_days
from case_files import by_name, cases
from decision_cases import rules_exist
from shikaku.model.settings import Settings
from shikaku.returns.ledger import update
from shikaku.returns.stages import due_letters, held_letters

CASES = cases("returns/people")
CLOSED = closed_days()

WHO = {"symbol": "10", "number": "7", "name": "返納　太郎"}
DEFAULTS = {
    "members": {**WHO, "branch": "00", "kind": "insured", "acquired": dt.date(2020, 4, 1)},
    "acquisition": {**WHO, "kind": "insured"},
    "dependants": {**WHO},
    "loss": {**WHO, "lost": dt.date(2026, 4, 1), "cause": "leaving"},
    "ledger": {
        **WHO,
        "document": "certificate",
        "branch": "00",
        "kind": "insured",
        "issued": dt.date(2025, 11, 1),
        "expiry": dt.date(2029, 11, 30),
    },
    "history": {},
}


def workbook(rows: dict):
    """The case's rows over the defaults; a blank takes a default away. Ledger rows are numbered."""
    filled = {}
    for sheet, given in rows.items():
        filled[sheet] = []
        for i, values in enumerate(given, 1):
            number = {"control_no": f"K{i:05d}"} if sheet == "ledger" else {}
            row = {**DEFAULTS[sheet], **number, **values}
            filled[sheet].append({k: v for k, v in row.items() if v != ""})
    return book(filled)


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_row(case):
    made = workbook(case["rows"])
    as_of = case.get("as_of", dt.date(2026, 4, 15))
    settings = Settings(**case.get("settings", {}))
    plan = update(made, settings, as_of, CLOSED)
    assert len(plan.entries) == len(case["expect"])
    for item, expected in zip(plan.entries, case["expect"], strict=True):
        rules_exist(item.decision.rules)
        found = {
            **{k: getattr(item.entry, k) for k in expected if hasattr(item.entry, k)},
            "state": item.state,
            "stage": item.stage,
            "died": item.holder.died,
        }
        for key, value in expected.items():
            if key == "action":
                assert value in item.entry.next_action
            elif key == "not_action":
                assert value not in item.entry.next_action
            elif key == "rules":
                assert set(value) <= set(item.decision.rules)
            else:
                assert ("" if found[key] is None else found[key]) == value, key
    letters = due_letters(plan, made, settings, as_of, CLOSED)
    assert all(letter.control_no == letter.entry.control_no for letter in letters)
    if "letters" in case:
        assert len(letters) == case["letters"]
    if "kinds" in case:
        assert [[letter.kind, letter.cause] for letter in letters] == case["kinds"]
    assert all(tuple(change) in plan.changes for change in case.get("changes", ()))
    if "held" in case:
        held = held_letters(plan, made, settings, as_of, CLOSED)
        assert [[kind, e.control_no, list(columns)] for kind, e, columns in held] == case["held"]
    carry_out(made, plan)
    for key, words in case.get("kept", ()):
        assert made.tables["ledger"].rows[0].text(key) == words
    again = update(made, settings, as_of, CLOSED)
    assert (again.changes, again.added) == ([], 0)
