"""Decisions and ledger plans for the writers, without the rules that make them."""

import datetime as dt
from types import SimpleNamespace

from findings import finding
from shikaku.jobs.output_rows import append_history, write_decisions, write_findings, write_ledger
from shikaku.model.schema import schema
from shikaku.returns.ledger import LedgerPlan


def decision(row: int, name: str = "架空 太郎", **changes):
    """A decision on a person of 資格取得届."""
    item = {
        "sheet": schema().sheets["acquisition"].name,
        "row": row,
        "record": f"0012-{row:06d}-00",
        "name": name,
        "certificate": "issue",
        "ground": "ex_officio",
        "reason": "K1",
        "notice": "II-2",
        "delivery": "employer",
        "old_card_return": False,
        "rules": ["R22", "R24"],
        "why": "マイナンバーカードを持っていないため、職権で交付します。",
    } | changes
    person = SimpleNamespace(
        sheet="acquisition", kind="insured", row=row, name=name, record=item["record"]
    )
    said = {key: item[key] for key in ("ground", "reason")}
    return SimpleNamespace(
        to_json=lambda: item,
        person=person,
        certificate=SimpleNamespace(outcome=item["certificate"], **said),
        notice=SimpleNamespace(kind=item["notice"]),
        delivery=SimpleNamespace(route=item["delivery"]),
        old_card=SimpleNamespace(required=item["old_card_return"]),
        rules=tuple(item["rules"]),
        why=item["why"],
    )


def planned_row(number: int, row: int | None = None, **changes) -> dict:
    """A row of a plan."""
    return {
        "row": row,
        "control_no": f"K-{number:04d}",
        "document": "certificate",
        "symbol": "0012",
        "number": f"{number:06d}",
        "branch": "00",
        "name": f"架空 {number}号",
        "kind": "insured",
        "required": "yes",
        "state": "返納待ち",
        "reminders": 0,
        "next_action": "返納を待つ",
    } | changes


def plan(rows: list[dict], changes: list[tuple] = ()) -> LedgerPlan:
    """A ledger plan."""
    return LedgerPlan(rows=rows, changes=list(changes))


def everything_in(session) -> None:
    """Every kind of write, into a session that was read."""
    write_findings(
        session,
        [
            finding("acquisition", 2, "name"),
            finding("acquisition", 3, "individual_number", "warning", "MN02"),
        ],
    )
    write_decisions(session, [decision(2)])
    write_ledger(session, plan([planned_row(1), planned_row(2)]))
    append_history(
        session, [{"issued": dt.date(2026, 4, 15), "letter": "notice", "symbol": "0012"}]
    )
    session.set_cells([("acquisition", 4, "remarks", "確認済"), ("acquisition", 3, "name", None)])
