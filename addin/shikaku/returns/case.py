"""A row of the ledger with whose it is, and what follows from that: must it come back, by when."""

import datetime as dt
from dataclasses import dataclass

from shikaku.decisions import returns
from shikaku.identity import ends, ledger_rows
from shikaku.identity.holders import Holder
from shikaku.identity.losses import Loss
from shikaku.identity.matching import PersonKey, person_key
from shikaku.law.closed_days import ClosedDays
from shikaku.model.ledger import LedgerEntry
from shikaku.model.people import Person
from shikaku.model.settings import Settings
from shikaku.returns import manual_entries

_UNFILED = {
    ends.AGE_75: (
        "〔75歳に到達。資格喪失届がまだない〕",
        "〔75歳に到達する日。資格喪失届がまだない〕",
    ),
    ends.TWO_YEARS: (
        "〔任意継続の2年が満了。届は不要〕",
        "〔任意継続の2年が満了する日。届は不要〕",
    ),
}
"""Cause of an end without a filing → the note from the day on, and before it; both have the words of
``ledger_rows.UNFILED``."""

STILL_MEMBER = "〔届がなく、加入者台帳では加入中。喪失の取消しなら、この行の資格喪失年月日を消す〕"
SURVIVORS = "〔死亡。埋葬料の請求とあわせて返納。期限は、求めるときだけ返納期限に記入〕"
MAYBE_NONE = "〔旧被保険者証の欄が空欄。お持ちか確かめ、なければ返納要否を否に〕"
"""What 次回対応 adds where a person has to settle something, or should know."""


@dataclass(slots=True)
class LedgerCase:
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
    replaced: bool = False


def who(entry: LedgerEntry, holder: Holder) -> PersonKey:
    """The holder of a row for comparing, by the 記号・番号 and the name that he has now."""
    return person_key(holder.person or entry)


def look_up(
    entry: LedgerEntry,
    holder: Holder,
    settings: Settings,
    as_of: dt.date,
    closed: ClosedDays,
    *,
    replaced: bool,
) -> LedgerCase:
    """A row with its holder's loss, and what follows from them: 返納要否 and the limit.

    replaced: the holder has got another certificate after this one.
    """
    before, entry = entry, ledger_rows.completed(entry, holder)
    member = holder.person if holder.person and holder.person.sheet == "members" else None
    lost = ledger_rows.lost(entry, holder)
    registered = member is not None and member.myna_status == "registered"

    def required_by(day: dt.date | None) -> returns.ReturnDecision:
        return returns.required(
            entry.document,
            lost=day,
            expiry=entry.expiry,
            issued=entry.issued,
            as_of=as_of,
            registered=registered,
            settings=settings,
            handling=entry.handling,
            replaced=replaced,
        )

    decision = required_by(lost)
    typed = manual_entries.required_is_typed(entry, required_by(entry.lost).required)
    typed = typed and not entry.void  # what never went out can't come back, whoever asked for it
    required = entry.required if typed else decision.required
    due = _due(entry, holder, lost, required, settings, as_of, closed)
    note = _note(entry, lost, holder, member, as_of)
    return LedgerCase(
        before,
        entry,
        holder,
        decision,
        lost,
        required,
        typed,
        due,
        note=note,
        replaced=replaced,
    )


def _due(
    entry: LedgerEntry,
    holder: Holder,
    lost: dt.date | None,
    required: str | None,
    settings: Settings,
    as_of: dt.date,
    closed: ClosedDays,
) -> dt.date | None:
    """返納期限: with the filing of the loss; a family that leaves together has the insured's day.

    After a death there is none (健保則51条5項) but one that a person enters. A limit that we would have
    put there ourselves, from the row as it stands, is ours to renew. Anything else was typed by a
    person and stays, but for that of a return no longer asked for.
    """

    if _is_typed_limit(entry, holder, settings, closed):
        taken_back = lost is None and entry.required == "yes" and required != "yes"
        if not taken_back:
            return entry.due
    asked = required == "yes"
    if lost is None:
        if asked and entry.due is None:  # on registration: five days from the day we learn it
            return returns.due(as_of, settings, closed)
        return None
    # until the day of loss is there
    coming = required == "undecided" and returns.asked_on_loss(entry.document, lost, entry.expiry)
    if _after_death(holder.loss) or not (asked or coming):
        return None
    by_event = bool(holder.loss and holder.loss.by_event) and not holder.with_insured
    return returns.due(lost, settings, closed, by_event=by_event)


def _is_typed_limit(
    entry: LedgerEntry, holder: Holder, settings: Settings, closed: ClosedDays
) -> bool:
    if entry.due is None:
        return False
    if _after_death(holder.loss) and SURVIVORS in entry.next_action:
        return True  # we had left it blank
    if entry.lost is None:
        return True
    ours = [returns.due(entry.lost, settings, closed, by_event=event) for event in (False, True)]
    return entry.due not in ours


def _after_death(loss: Loss | None) -> bool:
    return loss is not None and loss.cause == "death"


def _note(
    entry: LedgerEntry,
    lost: dt.date | None,
    holder: Holder,
    member: Person | None,
    as_of: dt.date,
) -> str:
    """What a person has to settle or should know: a loss that no filing reports, or that the register
    denies; a death; an old card that nobody has said is there.

    The ledger keeps a loss whose filing has gone, as last month's do: only a person knows whether
    it was withdrawn.
    """
    loss = holder.loss
    maybe = entry.document == "old_card" and member is not None and not member.old_card
    asked = MAYBE_NONE if maybe and loss is not None and not entry.returned else ""
    return _of_loss(loss, as_of) + asked if loss else _denied(lost, member)


def _of_loss(loss: Loss, as_of: dt.date) -> str:
    if _after_death(loss):
        return SURVIVORS
    if not loss.unfiled:
        return ""
    over, coming = _UNFILED[loss.cause or ends.AGE_75]
    return over if loss.day <= as_of else coming


def _denied(lost: dt.date | None, member: Person | None) -> str:
    """A loss in the ledger that no sheet has any more."""
    if lost is None or member is None or member.lost is not None:
        return ""
    joined_again = member.acquired is not None and member.acquired >= lost
    return "" if joined_again else STILL_MEMBER
