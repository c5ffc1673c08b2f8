"""返納管理: one row a document, brought up to date from the sheets, never shortened.

What people own in a row: 返納日, 備考, and every value that differs from what we would have put
there (``owned``); words that can't be read stay, too, and hold the letters. What we own:
資格喪失年月日, 返納要否, 返納期限, 次回対応, what a pasted row left blank, and rows for documents
that the ledger doesn't know yet. Updating twice changes nothing.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from shikaku.decisions import reissue, returns
from shikaku.fields import era_date
from shikaku.identity.holders import Holder, near_losses
from shikaku.identity.matching import PersonKey, person_key
from shikaku.law.closed_days import ClosedDays
from shikaku.model.ledger import CERTIFICATE, LedgerEntry, ledger
from shikaku.model.people import known_record, record
from shikaku.model.schema import schema
from shikaku.model.settings import Settings
from shikaku.model.tables import Book, CellValue
from shikaku.returns import filings, manual_entries, stages
from shikaku.returns.case import STILL_MEMBER, LedgerCase, look_up, who
from shikaku.returns.missing_rows import ControlNumbers, blank, from_history, old_cards

RowValues = dict[str, CellValue]
"""A row by schema key."""

_COLUMNS = tuple(
    f.name
    for f in dataclasses.fields(LedgerEntry)
    if f.name not in ("written", "unclear", "printed")
)
_FILLED = ("branch", "kind", "department")
_OURS = (*_FILLED, "lost", "required", "due", "returned", "remarks", "next_action")
_values_of, _ours_of = attrgetter(*_COLUMNS), attrgetter(*_OURS)


@dataclass(slots=True)
class LedgerRow:
    """A row of the ledger as it will be: the entry with our values filled in.

    entry: all values; ``entry.row`` is 0 for a new row. holder: whose it is, and his loss.
    decision: must it come back, and why. state, stage: keys of ``return_state`` and
    ``stages.STAGES``. doubt: the column to be settled before a letter may go, "" for none. replaced:
    the holder has got another certificate in place of this one.
    """

    entry: LedgerEntry
    holder: Holder
    decision: returns.ReturnDecision
    state: str
    stage: str
    doubt: str = ""
    replaced: bool = False


@dataclass
class LedgerPlan:
    """The ledger brought up to date.

    rows: every row by schema key with ``row`` (Excel's, None for a new one). changes: (row, key,
    value) for cells of existing rows. entries: the same rows with decision and stage. issued: the
    管理番号 of the certificates that were just issued, in their order.
    """

    rows: list[RowValues] = field(default_factory=list)
    changes: list[tuple[int, str, CellValue]] = field(default_factory=list)
    entries: list[LedgerRow] = field(default_factory=list)
    issued: list[str] = field(default_factory=list)
    reading: "_LedgerInput | None" = field(default=None, repr=False, compare=False)

    def with_issued(
        self,
        certificates: Iterable[Mapping[str, Any]],
        letters: Iterable[stages.SentLetter] = (),
    ) -> "LedgerPlan":
        """The ledger after a run of letters of the same day.

        certificates: issued in it, as rows by schema key of 返納管理 (symbol, number, branch, name,
        kind, department, issued, expiry). letters: the steps of returns that went out in it.
        """
        if self.reading is None:
            raise ValueError("this plan was not made by update()")
        certificates, letters = list(certificates), list(letters)
        if not certificates and not letters and not self.reading.grown:
            return self
        self.reading.grown = True
        self.reading.add(certificates)
        self.reading.send(letters)
        return self.reading.plan()

    def reserve(self, certificate: Mapping[str, Any]) -> str:
        """The 管理番号 that a certificate will get by ``with_issued``, to be printed on it.

        certificate: as there.
        """
        if self.reading is None:
            raise ValueError("this plan was not made by update()")
        return self.reading.reserve(certificate)

    @property
    def added(self) -> int:
        """How many rows are new."""
        return sum(1 for row in self.rows if row["row"] is None)

    def items(self) -> list[dict[str, object]]:
        """The items of contract §3's JSON; ``required`` is null while undecided."""
        states = schema().lists["return_state"]
        return [
            {
                "control_no": item.entry.control_no,
                "document": item.entry.document_name,
                "record": known_record(item.entry.record),
                "name": item.entry.name,
                "required": {"yes": True, "no": False}.get(item.entry.required or ""),
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
    issued: Iterable[Mapping[str, Any]] = (),
) -> LedgerPlan:
    """The ledger brought up to date on a day.

    issued: certificates that have just been issued, see ``LedgerPlan.with_issued``. Sources:
    domain.md §1.8, §2.6; contract §2.
    """
    reading = _LedgerInput(book, settings, as_of, closed)
    reading.add(issued)
    return reading.plan()


class _LedgerInput:
    """What an update reads from the workbook: the rows of the ledger with those that it lacks.

    A run of letters adds what it has made and asks for the plan again; nothing is read twice, and
    every row keeps the 管理番号 that a letter may have printed. grown: by a run of letters.
    """

    def __init__(self, book: Book, settings: Settings, as_of: dt.date, closed: ClosedDays) -> None:
        self._settings, self._as_of, self._closed = settings, as_of, closed
        self._losses = near_losses(book, settings, as_of, closed)
        self._sent = stages.sent_letters(book)
        self._entries = ledger(book)
        self._reserved: dict[Any, str] = {}
        self._numbers = ControlNumbers(book, self._entries)
        self._changes: list[tuple[int, str, CellValue]] = [
            (entry.row, "document", entry.document) for entry in self._entries if not entry.written
        ]
        for i, control_no in self._numbers.missing(self._entries):
            self._entries[i] = dataclasses.replace(self._entries[i], control_no=control_no)
            self._changes.append((self._entries[i].row, "control_no", control_no))
        gone = [blank(v, CERTIFICATE) for v in from_history(book, self._entries, settings, as_of)]
        gone = self._put_orders(gone)
        # One that is void, gone or to be replaced gives its place to another of the same day.
        self._known = {
            _document_key(e): e.control_no
            for e in self._entries
            if e.document != CERTIFICATE or (e.out and not e.to_replace)
        }
        self._issued: list[str] = []
        self.grown = False
        for entry in gone:
            if _document_key(entry) not in self._known:
                control_no = entry.control_no or self._numbers.next()
                self._known[_document_key(entry)] = control_no
                self._entries.append(dataclasses.replace(entry, control_no=control_no))
        self._entries += old_cards(self._entries, self._numbers, self._losses, settings, as_of)

    def _put_orders(self, gone: list[LedgerEntry]) -> list[LedgerEntry]:
        """The order for an insured's certificate, also for the family's rows; those of ``gone`` with it,
        which the ledger will get back."""
        before = self._entries + gone
        after = reissue.with_family(before, self._settings, lambda: self._losses)
        self._changes += [
            (entry.row, "handling", entry.handling)
            for entry, was in zip(after, before, strict=True)
            if entry.row and entry.handling != was.handling
        ]
        count = len(self._entries)
        self._entries = after[:count]
        return after[count:]

    def add(self, issued: Iterable[Mapping[str, Any]]) -> None:
        """Rows for certificates that the ledger doesn't have yet."""
        for values in issued:
            draft = blank(values, CERTIFICATE)
            key = _document_key(draft)
            if key not in self._known:
                if not draft.control_no:
                    draft = dataclasses.replace(draft, control_no=self.reserve(values))
                self._entries.append(draft)
                self._known[key] = draft.control_no
            self._issued.append(self._known[key])

    def reserve(self, values: Mapping[str, Any]) -> str:
        """The number that a certificate has, or will have."""
        key = _document_key(blank(values, CERTIFICATE))
        if key in self._known:
            return self._known[key]
        if key not in self._reserved:
            self._reserved[key] = self._numbers.next()
        return self._reserved[key]

    def send(self, letters: Iterable[stages.SentLetter]) -> None:
        """Letters that have gone out on this day and aren't in 発行履歴 yet."""
        for letter in letters:
            self._sent[letter.control_no][letter.step].append(self._as_of)

    def plan(self) -> LedgerPlan:
        """The ledger as it will be."""
        plan = LedgerPlan(changes=list(self._changes), issued=list(self._issued), reading=self)
        holders = [self._losses.holder(entry) for entry in self._entries]
        replaced = _replaced(self._entries, holders)
        cases = [
            look_up(entry, holder, self._settings, self._as_of, self._closed, replaced=later)
            for entry, holder, later in zip(self._entries, holders, replaced, strict=True)
        ]
        filings.settle(cases, self._as_of)
        for case in cases:
            _bring_up_to_date(
                plan,
                case,
                self._sent,
                self._settings,
                self._as_of,
                self._closed,
                self._losses.registered,
            )
        return plan


DocumentKey = tuple[str | None, PersonKey, dt.date | None]


def _document_key(entry: LedgerEntry) -> DocumentKey:
    return entry.document, person_key(entry), entry.issued


def _replaced(entries: Sequence[LedgerEntry], holders: Sequence[Holder]) -> list[bool]:
    """Of each row whether it is a certificate after which its holder has got another."""
    latest: dict[PersonKey, LedgerEntry] = {}
    owners = [who(entry, holder) for entry, holder in zip(entries, holders, strict=True)]
    for entry, owner in zip(entries, owners, strict=True):
        if entry.document == CERTIFICATE and entry.issued and not entry.void:
            last = latest.get(owner)
            latest[owner] = entry if last is None or entry.follows(last) else last
    return [
        entry.document == CERTIFICATE
        and entry.issued is not None
        and not entry.void
        and _takes_the_place(latest[owner], entry)
        for entry, owner in zip(entries, owners, strict=True)
    ]


def _takes_the_place(last: LedgerEntry, entry: LedgerEntry) -> bool:
    """Two of one day are both in use, unless one was ordered in place of the other."""
    if entry.to_replace:
        return last.follows(entry)
    return (last.issued or dt.date.min) > (entry.issued or dt.date.min)


def _bring_up_to_date(
    plan: LedgerPlan,
    case: LedgerCase,
    sent: "stages.Sent",
    settings: Settings,
    as_of: dt.date,
    closed: ClosedDays,
    registered: bool,
) -> None:
    entry = case.entry
    updated = _changed(
        entry,
        lost=case.lost,
        required=case.required,
        due=case.due,
        returned=case.returned or entry.returned,
        remarks=case.remarks or entry.remarks,
    )
    state = returns.state(
        required=updated.required,
        lost=updated.lost,
        due=updated.due,
        returned=updated.returned,
        remarks=updated.remarks,
        as_of=as_of,
    )
    step = stages.next_step(updated, state, sent, settings, as_of, closed)
    action = _action(case, updated, step.action, registered)
    if state in ("not_yet", "waiting", "overdue", "not_returnable"):
        action += case.note
    if case.typed:
        action += manual_entries.MARK
    updated = _changed(updated, next_action=action)
    doubt = "lost" if case.note == STILL_MEMBER else ""
    plan.entries.append(
        LedgerRow(
            updated, case.holder, case.decision, state, step.reached, doubt, replaced=case.replaced
        )
    )
    plan.rows.append(_as_row(updated, state))
    if entry.row and _ours_of(updated) != _ours_of(case.before):
        plan.changes += [
            (entry.row, name, getattr(updated, name))
            for name in _OURS
            if getattr(updated, name) != getattr(case.before, name)
            and name not in case.before.unclear  # words that we can't read stay as they are
        ]


def _changed(entry: LedgerEntry, **values: Any) -> LedgerEntry:
    """The row with these values: itself where it has them, as most rows have on most days."""
    if all(getattr(entry, name) == value for name, value in values.items()):
        return entry
    return dataclasses.replace(entry, **values)


def _action(case: LedgerCase, updated: LedgerEntry, action: str, registered: bool) -> str:
    """次回対応 by what the schedule doesn't know: 処理, another certificate since, an unknown holder.

    A member's certificate that another has replaced is called back, or only wanted when it turns up.
    """
    if updated.void:
        return stages.NEVER_SENT
    if case.replaced and case.lost is None and not updated.returned:
        called_back = updated.to_replace and updated.required == "yes"
        return action if called_back else stages.REPLACED
    if action != stages.MEMBER:
        return action
    if updated.to_replace:
        return stages.TO_REPLACE
    doubtful = registered and case.holder.doubt
    return manual_entries.UNKNOWN[case.holder.doubt] if doubtful else action


def _as_row(entry: LedgerEntry, state: str) -> RowValues:
    values: RowValues = dict(zip(_COLUMNS, _values_of(entry), strict=True))
    values["row"] = entry.row or None
    values["state"] = schema().lists["return_state"][state]
    return values


def change_lines(plan: LedgerPlan) -> list[str]:
    """What an update changes, cell by cell, in Japanese."""
    sheet = schema().sheets["ledger"]
    by_row = {item.entry.row: item.entry for item in plan.entries}
    lines = []
    for row, key, value in plan.changes:
        shown = era_date.format(value) if isinstance(value, dt.date) else str(value or "")
        column = sheet.columns[key]
        if column.list:
            shown = schema().lists[column.list].get(shown, shown)
        entry = by_row[row]
        lines.append(f"{entry.control_no} {entry.name}「{column.label}」→ {shown or '(空欄)'}")
    for item in plan.entries:
        if not item.entry.row:
            entry = item.entry
            document = entry.document_name
            who = known_record(record(entry.symbol, entry.number, entry.branch, entry.kind))
            named = " ".join(filter(None, (entry.control_no, who, entry.name, document)))
            lines.append(f"{named}: 新しい行")
    return lines
