"""What a row of 返納管理 leaves blank, and the sheets know of its holder."""

import dataclasses
import datetime as dt

from shikaku.identity import ends
from shikaku.identity.holders import Holder
from shikaku.identity.matching import person_key
from shikaku.model.ledger import LedgerEntry

UNFILED = {ends.AGE_75: "75歳", ends.TWO_YEARS: "任意継続の2年"}
"""Cause of an end without a filing → the words in 次回対応 by which 資格喪失年月日 is known to be ours."""


def completed(entry: LedgerEntry, holder: Holder) -> LedgerEntry:
    """The row with 枝番, 区分 and 所属, where they are blank, of a holder who still has the row's name."""
    person = holder.person
    if entry.branch and entry.kind and entry.department:
        return entry
    if person is None or person.sheet == "loss" or person_key(person) != person_key(entry):
        return entry
    return dataclasses.replace(
        entry,
        branch=entry.branch or person.branch,
        kind=entry.kind or person.kind,
        department=entry.department or person.department,
    )


def lost(entry: LedgerEntry, holder: Holder) -> dt.date | None:
    """資格喪失年月日 by the sheets; without a loss there, the row's own, unless we had put it there for an
    end that nobody files and that is no more."""
    if holder.loss:
        return holder.loss.day
    ours = any(words in entry.next_action for words in UNFILED.values())
    return None if ours else entry.lost
