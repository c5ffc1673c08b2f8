"""A row of the ledger with whose it is, and what follows from that: must it come back, by when."""

import dataclasses
import datetime as dt
from dataclasses import dataclass

from shikaku.decisions import returns
from shikaku.identity.holders import Holder, Losses
from shikaku.identity.matching import PersonKey, person_key
from shikaku.law import parameters
from shikaku.law.closed_days import ClosedDays
from shikaku.model.ledger import LedgerEntry
from shikaku.model.people import Person
from shikaku.model.settings import Settings
from shikaku.returns import manual_entries

AGE_75 = "〔75歳に到達。資格喪失届がまだない〕"
STILL_MEMBER = "〔届がなく、加入者台帳では加入中。喪失の取消しなら、この行の資格喪失年月日を消す〕"
"""What 次回対応 adds where a person has to settle something."""


@dataclass(slots=True)
class Case:
    """before: the row as it is; entry: the same with its blank cells filled. typed: 返納要否 is a
    person's. returned, remarks: what a filing says of the certificate; note: what it leaves open.
    """

    before: LedgerEntry
    entry: LedgerEntry
    holder: Holder
    decision: returns.ReturnDecision
    lost: dt.date | None
    required: str | None
    typed: bool
    due: dt.date | None
    returned: dt.date | None = None
    remarks: str = ""
    note: str = ""

    @property
    def who(self) -> PersonKey:
        """The holder for comparing, by the 記号・番号 that he has now."""
        return person_key(self.holder.person or self.entry)


def look_up(
    entry: LedgerEntry, losses: Losses, settings: Settings, as_of: dt.date, closed: ClosedDays
) -> Case:
    """A row with its holder, his loss, and what follows from them: 返納要否 and the limit."""
    holder = losses.holder(entry)
    before, entry = entry, _filled(entry, holder.person)
    loss = holder.loss
    member = holder.person if holder.person and holder.person.sheet == "members" else None
    lost = loss.day if loss else None if AGE_75 in entry.next_action else entry.lost
    ours = {
        "expiry": entry.expiry,
        "issued": entry.issued,
        "as_of": as_of,
        "registered": member is not None and member.myna_status == "registered",
        "settings": settings,
    }
    decision = returns.required(entry.document, lost=lost, **ours)
    as_it_was = returns.required(entry.document, lost=entry.lost, **ours).required
    typed = manual_entries.required_is_typed(entry, as_it_was)
    required = entry.required if typed else decision.required

    def due_of(day: dt.date | None, by_event: bool) -> dt.date | None:
        return returns.due(day, settings, closed, by_event=by_event) if day else None

    due = due_of(lost, bool(loss and loss.by_event)) if required == "yes" else None
    # A limit that we would have put there ourselves, from the row as it stands, is ours to renew.
    # Anything else was typed by a person and stays, but for that of a return no longer asked for.
    taken_back = lost is None and entry.required == "yes" and required != "yes"
    typed_due = entry.due not in (None, due_of(entry.lost, False), due_of(entry.lost, True))
    if typed_due and not taken_back:
        due = entry.due
    if required == "yes" and lost is None and entry.due is None:
        due = due_of(as_of, False)  # return on registration: five days from the day we learn it
    note = _open_question(lost, holder, member)
    return Case(before, entry, holder, decision, lost, required, typed, due, note=note)


def _open_question(lost: dt.date | None, holder: Holder, member: Person | None) -> str:
    """What a person has to settle: a loss that no filing reports, or that the register denies.

    The ledger keeps a loss whose filing has gone, as last month's do: only a person knows whether
    it was withdrawn.
    """
    loss = holder.loss
    if loss is not None:
        return AGE_75 if loss.unfiled else ""
    if lost is None or member is None or member.lost is not None:
        return ""
    joined_again = member.acquired is not None and member.acquired >= lost
    return "" if joined_again else STILL_MEMBER


def _filled(entry: LedgerEntry, person: Person | None) -> LedgerEntry:
    """What a row pasted in from the insurer's list leaves blank, and the sheets know."""
    found = {}
    if not entry.written and entry.document is None:
        starts = parameters.constant("certificate.starts")
        old = entry.expiry is None and entry.issued is not None and entry.issued < starts
        found["document"] = "old_card" if old else "certificate"
    if person is not None and person.sheet != "loss" and person_key(person) == person_key(entry):
        for key in ("branch", "kind", "department"):
            if not getattr(entry, key) and getattr(person, key):
                found[key] = getattr(person, key)
    return dataclasses.replace(entry, **found) if found else entry
