"""処理 of 返納管理: 再交付 and 発行取消, by cases; and what a run of letters makes of them."""

import datetime as dt

import pytest
from books import book, carry_out, cell, closed_days
from case_files import by_name, cases, load
from decision_cases import is_one_sentence, rules_exist
from shikaku.decisions.everybody import decide_all
from shikaku.model.settings import Settings
from shikaku.returns import stages
from shikaku.returns.ledger import change_lines, update
from shikaku.returns.stages import due_letters

CLOSED = closed_days()
DAY = dt.date(2026, 4, 15)
BASE = load("returns/reissue")["base"]


def made(case):
    """The workbook of a case, and the settings."""
    cards = [
        BASE["ledger"] | {k: v for k, v in c.items() if k != "handling_text"} for c in case["cards"]
    ]
    person = {k: BASE["members"][k] for k in ("symbol", "number", "name", "birth")}
    printed = ("symbol", "number", "branch", "name", "issued")
    history = [
        {"letter": "certificate", **{k: BASE["ledger"][k] for k in printed}, **row}
        for row in case.get("printed", ())
    ]
    target = book(
        members=[BASE["members"] | row for row in case.get("members", [{}])],
        loss=[person | row for row in case.get("loss", ())],
        ledger=cards,
        history=history,
    )
    for row, values in zip(target.tables["ledger"].rows, case["cards"], strict=True):
        if "handling_text" in values:
            row.cells["handling"] = cell(values["handling_text"])
    settings = Settings(certificate_expiry=dt.date(2030, 11, 30), **case.get("settings", {}))
    return target, settings


@pytest.mark.parametrize("case", cases("returns/reissue"), ids=by_name)
def test_case(case):
    target, settings = made(case)
    decisions = decide_all(target, settings, DAY, CLOSED)
    plan = update(target, settings, DAY, CLOSED)
    found = {
        "decision": decisions[0].certificate.outcome,
        "ground": decisions[0].certificate.ground,
        "reason": decisions[0].certificate.reason,
        "replaces": list(decisions[0].replaces),
        "decisions": [d.certificate.outcome for d in decisions],
        "wanted": [item.entry.required for item in plan.entries],
        "state": [item.state for item in plan.entries],
        "handling": [item.entry.handling or "" for item in plan.entries],
        "unclear": list(plan.entries[0].entry.unclear),
        "letters": [
            [s.kind, s.control_no] for s in due_letters(plan, target, settings, DAY, CLOSED)
        ],
    }
    for key, value in found.items():
        assert value == case.get(key, value), key
    assert set(case.get("cites", ())) <= set(decisions[0].certificate.rules)
    assert all(is_one_sentence(d.certificate.why) for d in decisions)
    for rules in (*(d.rules for d in decisions), *(i.decision.rules for i in plan.entries)):
        rules_exist(rules)
    actions = [getattr(stages, name) for name in case.get("action", ())]
    assert all(
        item.entry.next_action.startswith(action)
        for item, action in zip(plan.entries, actions, strict=False)
    )
    others = [getattr(stages, name) for name in case.get("not_action", ())]
    assert not any(
        item.entry.next_action.startswith(other)
        for item, other in zip(plan.entries, others, strict=False)
    )


@pytest.mark.parametrize("case", cases("returns/reissue"), ids=by_name)
def test_a_second_update_changes_nothing(case):
    target, settings = made(case)
    before = [d.certificate.outcome for d in decide_all(target, settings, DAY, CLOSED)]
    carry_out(target, update(target, settings, DAY, CLOSED))
    again = update(target, settings, DAY, CLOSED)
    assert (again.changes, again.added, change_lines(again)) == ([], 0, [])
    if not case.get("printed"):  # what only 発行履歴 has of a certificate, decisions don't see yet
        assert before == [d.certificate.outcome for d in decide_all(target, settings, DAY, CLOSED)]
