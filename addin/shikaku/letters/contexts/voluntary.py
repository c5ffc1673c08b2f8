"""任意継続の終了と返納のご案内: two years are over soon; what ends, what comes back, what to do next.

No filing ends them (健保法38条1号), so nobody would hear of it but from the insurer.
"""

import datetime as dt

from shikaku.letters.contexts import base, returns
from shikaku.letters.contexts.notices import person_fields
from shikaku.letters.contexts.source import LetterSource
from shikaku.letters.model import Letter
from shikaku.model.ledger import LedgerEntry
from shikaku.model.people import Person
from shikaku.returns.stages import VOLUNTARY_END

TITLE = "任意継続の終了と返納のご案内"


def voluntary_end(case: LetterSource, per: str, again: bool) -> list[Letter]:
    """A letter a family, to the insured at home: all that it has to return when the two years end
    (健保則51条2項). The ledger's pre-notice says when."""
    families: dict[tuple[str, str], list[tuple[LedgerEntry, Person]]] = {}
    for due in returns.due(VOLUNTARY_END, case, again):
        person = case.holder(due.entry)
        families.setdefault((person.symbol, person.number), []).append((due.entry, person))
    if families:
        base.require(case, "insurer_address", "書類の返納先になります。入力してください。")
    return [_letter(case, documents) for documents in families.values()]


def _letter(case: LetterSource, documents: list[tuple[LedgerEntry, Person]]) -> Letter:
    entries = [entry for entry, _ in documents]
    person = documents[0][1]
    insured = (case.insured_of(person) if person.is_dependant else person) or person
    lost = min(entry.lost for entry in entries if entry.lost)
    context = {
        **base.heading(case, "NK", base.reference(case, insured)),
        **base.to_member(case, insured),
        **person_fields(insured),
        "last_day": base.day(lost - dt.timedelta(1), True),
        "lost": base.day(lost, True),
        **returns.listed(case, entries),
        "return_by": base.day(max((e.due for e in entries if e.due), default=lost), True),
    }
    letter = base.member_letter(case, VOLUNTARY_END, TITLE, insured, context)
    return returns.about(case, letter, documents)
