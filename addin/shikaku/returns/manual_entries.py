"""What in a row of the ledger a person typed, and what we had put there.

返納要否 is ours as long as 次回対応, which only we write, says the same; a value that was typed over
is marked there, so that it still counts as typed after whatever else in the row was corrected.
"""

from shikaku.model.ledger import LedgerEntry
from shikaku.model.schema import schema
from shikaku.returns import stages

MARK = "〔返納要否は手入力〕"
UNKNOWN = {
    "unknown": "加入者台帳に見つからない。記号・番号と氏名を確かめる",
    "namesakes": "同じ氏名の人が何人かいる。記号・番号を確かめる",
}
"""次回対応 of a document whose holder no sheet has: the doubt of ``holders.Holder``."""

_UNDECIDED = (
    stages.MEMBER,
    stages.REPLACED,
    stages.TO_REPLACE,
    stages.GIVEN_UP,
    *UNKNOWN.values(),
)


def required_is_typed(entry: LedgerEntry, computed: str) -> bool:
    """Whether a person typed 返納要否. computed: what the row as it stands comes to."""
    if entry.required in (None, "undecided"):
        return False
    if MARK in entry.next_action:
        return True
    return entry.required not in (computed, _of_last_run(entry))


def _of_last_run(entry: LedgerEntry) -> str | None:
    """The 返納要否 that our words of the last run stand for; None for a row new to us."""
    action = entry.next_action
    if not action:
        return None
    if action.startswith(stages.NOT_NEEDED):
        return "no"
    if action.startswith(_UNDECIDED):
        return "undecided"
    if action.startswith(stages.RETURNED):  # the same words whatever 返納要否 was
        return entry.required
    if stages.UNREADABLE in action:
        unread = schema().sheets["ledger"].label("required") in action
        return None if unread else entry.required
    return "yes"
