"""返納管理: one row a document, brought up to date from the sheets, never shortened.

What people own in a row: 返納日, 備考, and every value that differs from what we would have put
there. What we own: 資格喪失年月日, 返納要否, 返納期限, 次回対応, and rows for documents that the
ledger doesn't know yet. Updating twice changes nothing.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from shikaku.book.tables import Book
from shikaku.decisions import returns
from shikaku.decisions.matching import digits
from shikaku.fields import era_date
from shikaku.law.closed_days import ClosedDays
from shikaku.records import LedgerEntry, known_record, ledger, record
from shikaku.returns import stages
from shikaku.returns.losses import Loss, Losses, identity, same_name
from shikaku.schema import schema
from shikaku.settings import Settings

_PREFIX = "K"
_FIELDS = tuple(f.name for f in dataclasses.fields(LedgerEntry))


@dataclass(slots=True)
class LedgerRow:
    """A row of the ledger as it will be: the entry with our values filled in.

    entry: all values; ``entry.row`` is 0 for a new row. loss: where the loss stands, None while a
    member. decision: must it come back, and why. state, stage: keys of ``return_state`` and
    ``stages.STAGES``.
    """

    entry: LedgerEntry
    loss: Loss | None
    decision: returns.ReturnDecision
    state: str
    stage: str


@dataclass
class LedgerPlan:
    """The ledger brought up to date.

    rows: every row by schema key with ``row`` (Excel's, None for a new one). changes: (row, key,
    value) for cells of existing rows. entries: the same rows with decision and stage. issued: the
    管理番号 of the certificates passed in as just issued, in their order.
    """

    rows: list[dict] = field(default_factory=list)
    changes: list[tuple[int, str, object]] = field(default_factory=list)
    entries: list[LedgerRow] = field(default_factory=list)
    issued: list[str] = field(default_factory=list)

    @property
    def added(self) -> int:
        """How many rows are new."""
        return sum(1 for row in self.rows if row["row"] is None)

    def items(self) -> list[dict]:
        """The items of contract §3's JSON; ``required`` is null while undecided."""
        documents, states = schema().lists["document"], schema().lists["return_state"]
        return [
            {
                "control_no": item.entry.control_no,
                "document": documents.get(item.entry.document, ""),
                "record": known_record(item.entry.record),
                "name": item.entry.name,
                "required": {"yes": True, "no": False}.get(item.entry.required),
                "due": _iso(item.entry.due),
                "returned": _iso(item.entry.returned),
                "state": states[item.state],
                "stage": item.stage,
                "next_action": item.entry.next_action,
            }
            for item in self.entries
        ]


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def update(
    book: Book,
    settings: Settings,
    as_of: dt.date,
    closed: ClosedDays,
    issued: Iterable[dict] = (),
) -> LedgerPlan:
    """The ledger brought up to date on a day.

    issued: certificates that a letter run has just issued, as rows by schema key of 返納管理
    (symbol, number, branch, name, kind, department, issued, expiry). Sources: domain.md §1.8,
    §2.6; contract §2.
    """
    losses = Losses(book)
    sent = stages.sent_letters(book)
    entries = ledger(book)
    numbers = _Numbers(entries)
    plan = LedgerPlan()
    for i, entry in enumerate(entries):
        if not entry.control_no:  # typed or pasted in from the insurer's own list
            entries[i] = dataclasses.replace(entry, control_no=numbers.next())
            plan.changes.append((entry.row, "control_no", entries[i].control_no))
    lost_rows = _from_history(book, entries, settings)
    known = {_document_key(e): e.control_no for e in entries}
    for values in (*lost_rows, *issued):
        key = (
            "certificate",
            digits(values["symbol"]),
            digits(values["number"]),
            same_name(values["name"]),
            values["issued"],
        )
        if key not in known:
            entries.append(_blank(values, numbers, "certificate"))
            known[key] = entries[-1].control_no
        plan.issued.append(known[key])
    del plan.issued[: len(lost_rows)]
    entries += _old_cards(book, entries, numbers, losses, as_of)
    latest = _latest_certificates(entries)
    for entry in entries:
        _bring_up_to_date(plan, entry, losses, sent, settings, as_of, closed, latest)
    return plan


class _Numbers:
    """The next free 管理番号: one more than the largest, never one that was used before."""

    def __init__(self, entries: list[LedgerEntry]):
        found = [re.fullmatch(rf"{_PREFIX}(\d+)", e.control_no) for e in entries]
        self._last = max((int(m[1]) for m in found if m), default=0)

    def next(self) -> str:
        self._last += 1
        return f"{_PREFIX}{self._last:05d}"


def _document_key(entry: LedgerEntry) -> tuple:
    return (entry.document, *identity(entry), entry.issued)


def _blank(values: dict, numbers: _Numbers, document: str) -> LedgerEntry:
    return LedgerEntry(
        row=0,
        control_no=numbers.next(),
        document=document,
        symbol=values["symbol"],
        number=values["number"],
        branch=values["branch"],
        name=values["name"],
        kind=values["kind"],
        department=values["department"],
        issued=values["issued"],
        expiry=values["expiry"],
        lost=None,
        required=None,
        due=None,
        returned=None,
        reminders=0,
        last_reminder=None,
        next_action="",
        remarks="",
    )


def _from_history(book: Book, entries: list[LedgerEntry], settings: Settings) -> list[dict]:
    """Certificates that 発行履歴 has and the ledger hasn't: a run was cut between the two, or the
    row was deleted by hand. The 管理番号 in the history says which row it would be."""
    known = {e.control_no for e in entries}
    missing = []
    for row in book.rows("history"):
        if row.text("letter") != "certificate" or row.text("control_no") in known:
            continue
        if row.date("issued") is None:
            continue
        missing.append(
            {
                "symbol": row.text("symbol"),
                "number": row.text("number"),
                "branch": row.text("branch"),
                "name": row.text("name"),
                "kind": None,
                "department": "",
                "issued": row.date("issued"),
                "expiry": settings.certificate_expiry,
            }
        )
    return missing


def _old_cards(
    book: Book, entries: list[LedgerEntry], numbers: _Numbers, losses: Losses, as_of: dt.date
) -> list[LedgerEntry]:
    """A row for each old card that is still due, or may become so (R5–R7)."""
    known = {identity(e) for e in entries if e.document == "old_card"}
    rows = []
    for person in losses.people:
        if person.sheet != "members" or not person.old_card:
            continue
        if identity(person) in known:
            continue
        values = {
            "symbol": person.symbol,
            "number": person.number,
            "branch": person.branch,
            "name": person.name,
            "kind": person.kind,
            "department": person.department,
            "issued": None,
            "expiry": None,
        }
        draft = _blank(values, _Numbers([]), "old_card")
        loss = losses.of(draft)
        decision = returns.required(
            "old_card", lost=loss and loss.day, expiry=None, as_of=as_of, settings=Settings()
        )
        if decision.required != "no":
            rows.append(dataclasses.replace(draft, control_no=numbers.next()))
    return rows


def _latest_certificates(entries: list[LedgerEntry]) -> dict[tuple, dt.date]:
    """(記号, 番号, name) → day of the latest certificate, to tell one that was replaced."""
    latest: dict[tuple, dt.date] = {}
    for entry in entries:
        if entry.document == "certificate" and entry.issued:
            key = identity(entry)
            latest[key] = max(latest.get(key, entry.issued), entry.issued)
    return latest


def _bring_up_to_date(
    plan: LedgerPlan,
    entry: LedgerEntry,
    losses: Losses,
    sent: "stages.Sent",
    settings: Settings,
    as_of: dt.date,
    closed: ClosedDays,
    latest: dict[tuple, dt.date],
) -> None:
    loss = losses.of(entry)
    member = losses.current(entry)
    registered = member is not None and member.myna_status == "registered"
    lost = loss.day if loss else entry.lost
    ours = {"as_of": as_of, "registered": registered, "settings": settings}
    decision = returns.required(entry.document, lost=lost, expiry=entry.expiry, **ours)
    before = returns.required(entry.document, lost=entry.lost, expiry=entry.expiry, **ours)
    # A value that we would have put there ourselves, from the row as it stands, is ours to renew.
    # Anything else was typed by a person and stays.
    typed = entry.required not in (None, "undecided", before.required)
    required = entry.required if typed else decision.required

    def due_of(day: dt.date | None, by_event: bool) -> dt.date | None:
        return returns.due(day, settings, closed, by_event=by_event) if day else None

    by_event = bool(loss and loss.by_event)
    due = due_of(lost, by_event) if required == "yes" else None
    if entry.due not in (None, due_of(entry.lost, False), due_of(entry.lost, True)):
        due = entry.due
    if required == "yes" and lost is None and entry.due is None:
        due = due_of(as_of, False)  # return on registration: five days from the day we learn it
    returned, remarks = entry.returned, entry.remarks
    if loss and loss.filed and entry.document == "certificate" and required == "yes":
        if returned is None and loss.proof == "attached" and not returns.given_up(remarks):
            returned = loss.filed
        if not remarks and returned is None and loss.proof in ("not_returnable", "destroyed"):
            word = schema().lists["collected"][loss.proof]
            remarks = f"{word}({schema().sheets[loss.sheet].name} {loss.row}行目)"
    state = returns.state(
        required=required, lost=lost, due=due, returned=returned, remarks=remarks, as_of=as_of
    )
    values = {
        "lost": lost,
        "required": required,
        "due": due,
        "returned": returned,
        "remarks": remarks,
    }
    key = identity(entry)
    replaced = (
        entry.document == "certificate"
        and lost is None
        and bool(entry.issued)
        and latest.get(key, entry.issued) > entry.issued
    )
    changed = any(getattr(entry, name) != value for name, value in values.items())
    updated = dataclasses.replace(entry, **values) if changed else entry
    step = stages.next_step(updated, state, sent, settings, as_of, closed)
    action = (
        "再交付済み。見つかったときは返納してもらう" if replaced and not returned else step.action
    )
    if action != updated.next_action:
        updated = dataclasses.replace(updated, next_action=action)
    plan.entries.append(LedgerRow(updated, loss, decision, state, step.reached))
    plan.rows.append(_as_row(updated, state))
    if entry.row:
        plan.changes += [
            (entry.row, name, getattr(updated, name))
            for name in ("lost", "required", "due", "returned", "remarks", "next_action")
            if getattr(updated, name) != getattr(entry, name)
        ]


def _as_row(entry: LedgerEntry, state: str) -> dict:
    values = {name: getattr(entry, name) for name in _FIELDS}
    values["row"] = entry.row or None
    values["state"] = schema().lists["return_state"][state]
    return values


def change_lines(plan: LedgerPlan) -> list[str]:
    """What an update changes, cell by cell, in Japanese."""
    sheet = schema().sheets["ledger"]
    by_row = {item.entry.row: item.entry for item in plan.entries}
    lines = []
    for row, key, value in plan.changes:
        shown = era_date.format(value) if isinstance(value, dt.date) else value
        column = sheet.columns[key]
        if column.list:
            shown = schema().lists[column.list].get(value, value)
        entry = by_row[row]
        lines.append(f"{entry.control_no} {entry.name}「{column.label}」→ {shown or '(空欄)'}")
    for item in plan.entries:
        if not item.entry.row:
            entry = item.entry
            document = schema().lists["document"][entry.document]
            who = known_record(record(entry.symbol, entry.number, entry.branch, entry.kind))
            named = " ".join(filter(None, (entry.control_no, who, entry.name, document)))
            lines.append(f"{named}: 新しい行")
    return lines
