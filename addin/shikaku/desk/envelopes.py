"""The day's direct letters by envelope: what 発行履歴 says went straight home, and where to.

A family's letters go into one envelope; letters by the employer need none.
"""

import datetime as dt
from dataclasses import dataclass, field

from shikaku.fields import stray_number
from shikaku.identity.matching import PersonKey, fold_name, fold_number, person_key
from shikaku.letters.catalogue import KINDS
from shikaku.letters.contexts import base
from shikaku.letters.contexts.hand_out import HandOutOrder
from shikaku.letters.contexts.source import LetterSource
from shikaku.model.ledger import LedgerEntry
from shikaku.model.people import Person, record_part
from shikaku.model.tables import Row

FAMILY = "ご遺族様"


@dataclass
class Envelope:
    """One envelope. postal: 100-0001, "" when none is known; name: without 様; honorific: 様, or
    様 ご遺族様; person: the insured, or whom the first letter is about; letters: kinds."""

    postal: str
    address: str
    name: str
    honorific: str
    person: Person
    letters: list[str] = field(default_factory=list)


def envelopes(source: LetterSource, day: dt.date) -> list[Envelope]:
    """The envelopes of the letters that were issued on a day, in the order of the direct pile."""
    known: dict[PersonKey, Person] = {}
    for person in source.people.values():
        known.setdefault(person_key(person), person)
    entries: dict[PersonKey, LedgerEntry] = {}
    for entry in source.ledger:
        entries.setdefault(person_key(entry), entry)
    found: dict[tuple[str, str, str], Envelope] = {}
    for row in source.book.rows("history"):
        if row.date("issued") != day:
            continue
        whom = _person(row, known, entries, source)
        if whom is None or not _goes_home(row, whom):
            continue
        one = _envelope(source, whom, family=FAMILY in row.text("addressee"))
        envelope = found.setdefault((one.name + one.honorific, one.postal, one.address), one)
        envelope.letters.append(row.word("letter"))
    order = HandOutOrder(source)
    return sorted(found.values(), key=lambda one: order.turn(one.person)[2:])


def _person(
    row: Row,
    known: dict[PersonKey, Person],
    entries: dict[PersonKey, LedgerEntry],
    source: LetterSource,
) -> Person | None:
    """Whom a row of 発行履歴 is about: a person of the sheets, else the holder by 返納管理."""
    wanted = _key(row)
    if wanted in known:
        return known[wanted]
    return source.holder(entries[wanted]) if wanted in entries else None


def _key(row: Row) -> PersonKey:
    symbol, number = (fold_number(record_part(row, part)) for part in ("symbol", "number"))
    return symbol, number, fold_name(stray_number.hide(row.text("name")))


def _goes_home(row: Row, person: Person) -> bool:
    kind = KINDS.get(row.word("letter"))
    to_insurer = kind is not None and kind.to == "insurer"
    return not to_insurer and (person.direct or FAMILY in row.text("addressee"))


def _envelope(source: LetterSource, person: Person, *, family: bool) -> Envelope:
    home = base.home(source, person)
    insured = source.insured_of(person) if person.is_dependant else person
    honorific = f"様 {FAMILY}" if family else "様"
    return Envelope(
        home.postal.removeprefix("〒"), home.address, home.name, honorific, insured or person
    )
