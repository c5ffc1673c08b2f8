"""The decision for everybody on 加入者台帳, 資格取得届 and 被扶養者異動届, an entry a row.

What the sheets say about one person is brought together first: a loss on 資格喪失届 counts for the
row in the ledger and in 資格取得届, a 非該当 for the dependant's row, and who is insured takes the
dependants along (domain.md §2.3: on the same day), also by the 75th birthday. A row of 変更 or
非該当 has no day of acquisition and often no status: it takes them from the person's row in the
ledger. Certificates in hand are the rows of 返納管理 (not returned, not 返不能 or 滅失).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from shikaku.decisions import burden, certificate, delivery, notice, old_card, registration
from shikaku.decisions.certificate import CertificateDecision
from shikaku.decisions.holdings import Holding
from shikaku.decisions.notice import NoticeDecision
from shikaku.decisions.old_card import OldCardDecision
from shikaku.identity import matching
from shikaku.identity.matching import Household as Family
from shikaku.law import age, parameters
from shikaku.law.closed_days import ClosedDays
from shikaku.model.ledger import LedgerEntry, ledger
from shikaku.model.people import DEPENDANTS, VOLUNTARY, Person, known_record, people
from shikaku.model.schema import schema
from shikaku.model.settings import Settings
from shikaku.model.tables import Book

INSURED = ("insured", "voluntary")


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything decided for one row.

    person: as on the row, with 区分, 資格喪失年月日 and, for 変更 and 非該当, what the ledger knows.
    burden: the share to print, None below 70. expected_use: from when the Myna card should work,
    for those who join by the row, else None.
    """

    person: Person
    certificate: CertificateDecision
    notice: NoticeDecision
    delivery: delivery.Delivery
    old_card: OldCardDecision
    burden: burden.Burden | None
    expected_use: registration.ExpectedUse | None

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that led to it, certificate first, each once."""
        found = (
            *self.certificate.rules,
            *self.notice.rules,
            *self.delivery.rules,
            *self.old_card.rules,
            *(self.burden.rules if self.burden and self.certificate.outcome == "issue" else ()),
        )
        return tuple(dict.fromkeys(found))

    @property
    def why(self) -> str:
        """One sentence: the certificate's, with what a clerk would ask about notice and old card."""
        notes = []
        if self.notice.kind is None and "R45" in self.notice.rules:
            notes.append(self.notice.why)
        if self.old_card.required:
            notes.append(self.old_card.why)
        inner = "、".join(note.removesuffix("。") for note in notes)
        return (
            f"{self.certificate.why.removesuffix('。')}({inner})。"
            if notes
            else self.certificate.why
        )

    def to_json(self) -> dict:
        """The object of contract §3."""
        return {
            "sheet": schema().sheets[self.person.sheet].name,
            "row": self.person.row,
            "record": known_record(self.person.record),
            "name": self.person.name,
            "certificate": self.certificate.outcome,
            "ground": self.certificate.ground,
            "reason": self.certificate.reason,
            "notice": self.notice.kind,
            "delivery": self.delivery.route,
            "old_card_return": self.old_card.required,
            "rules": list(self.rules),
            "why": self.why,
        }


def decide_all(
    book: Book, settings: Settings, as_of: dt.date, closed: ClosedDays
) -> list[Decision]:
    """The decision for every row of the three sheets, in sheet and row order."""
    cards = defaultdict(list)
    for entry in ledger(book):
        for key in matching.card_keys(entry):
            cards[key].append(entry)
    return [
        _decide(person, _cards_of(person, cards), settings, as_of, closed)
        for person in effective(book, as_of)
    ]


def _cards_of(person: Person, cards: dict[tuple, list[LedgerEntry]]) -> list[LedgerEntry]:
    near = {e.row: e for key in matching.card_keys(person) for e in cards.get(key, ())}
    return [near[row] for row in sorted(near) if matching.is_card_of(near[row], person)]


def _decide(
    person: Person,
    cards: list[LedgerEntry],
    settings: Settings,
    as_of: dt.date,
    closed: ClosedDays,
) -> Decision:
    certificates = [c for c in cards if c.document == "certificate"]
    holdings = [Holding(c.issued, c.expiry) for c in certificates if in_hand(c, as_of)]
    found = certificate.decide(person, as_of, holdings=holdings, settings=settings)
    # Who has a certificate, or gets one now, gets no notice (R9 to the letter), so that the answer
    # is the same before and after it is issued. One that has gone back since counts only if it
    # was issued at joining.
    at_joining = (
        found.outcome == "issue"
        or any(held.good_on(as_of) for held in holdings)
        or any(_issued_at_joining(c, person, as_of) for c in certificates)
    )
    told = notice.decide(person, as_of, at_joining)
    old = [c for c in cards if c.document == "old_card"]
    return Decision(
        person,
        found,
        told,
        delivery.decide(person, certificate=found.outcome == "issue", notice=bool(told.kind)),
        old_card.decide(
            person.old_card or bool(old),
            person.lost,
            as_of,
            settled=bool(old) and not any(in_hand(c, as_of) for c in old),
        ),
        burden.decide(person, as_of, settings),
        registration.expected_use(person, settings, closed) if registration.joins(person) else None,
    )


def in_hand(entry: LedgerEntry, as_of: dt.date) -> bool:
    """A card that is still out on the day: not yet returned, and not 返不能 or 滅失 by 備考."""
    gone = schema().lists["collected"]
    returned = entry.returned is not None and entry.returned <= as_of
    return not returned and not any(
        gone[key] in entry.remarks for key in ("not_returnable", "destroyed")
    )


def _issued_at_joining(entry: LedgerEntry, person: Person, as_of: dt.date) -> bool:
    """R9: issued within the joining's window; a certificate without a day counts as one."""
    if entry.issued is None or person.acquired is None:
        return True
    window = parameters.value("notice.joining_window_days", as_of) or 0
    return entry.issued <= as_of and entry.issued <= person.acquired + dt.timedelta(window)


# ------------------------------------------------------------------ bringing the sheets together


def effective(book: Book, as_of: dt.date) -> list[Person]:
    """The people of the three sheets with what the other sheets say about them, in row order."""
    rows = list(people(book, "members", "acquisition", "dependants"))
    losses = _by_family(people(book, "loss"))
    removals = _by_family(p for p in rows if p.event == "removed")
    members = _by_family(p for p in rows if p.sheet == "members")
    rows = [_from_ledger(p, members) for p in rows]
    rows = [_own_loss(p, losses, removals, as_of) for p in rows]
    insured = _by_family(p for p in rows if p.kind in INSURED)
    return [_with_insured(p, insured, losses, as_of) for p in rows]


def _by_family(rows: Iterable[Person]) -> dict[Family | None, list[Person]]:
    found = defaultdict(list)
    for person in rows:
        found[matching.household(person)].append(person)
    return found


def _same(person: Person, rows: dict[Family | None, list[Person]]) -> list[Person]:
    near = rows.get(matching.household(person), ())
    return [other for other in near if matching.same_person(person, other)]


def _from_ledger(person: Person, members: dict[Family | None, list[Person]]) -> Person:
    """変更 and 非該当 with what the ledger knows; the row's own entries win."""
    if person.event not in ("changed", "removed"):
        return person
    known = max(_same(person, members), key=lambda m: m.acquired or dt.date.min, default=None)
    if known is None:
        return person
    own_status = person.myna_status is not None
    home = person if person.address else known  # never the code of one and the street of another
    return replace(
        person,
        kind=known.kind if known.kind in DEPENDANTS else person.kind,
        acquired=known.acquired,
        department=person.department or known.department,
        employer=person.employer or known.employer,
        postal_code=home.postal_code,
        address=home.address,
        myna_status=person.myna_status if own_status else known.myna_status,
        status_checked=person.status_checked if own_status else known.status_checked,
        e_certificate_expiry=known.e_certificate_expiry,
        want=person.want or known.want,
        want_reason=person.want_reason if person.want else known.want_reason,
        old_card=known.old_card,
        no_old_card=known.no_old_card,
        burden_share=known.burden_share,
    )


def _own_loss(
    person: Person,
    losses: dict[Family | None, list[Person]],
    removals: dict[Family | None, list[Person]],
    as_of: dt.date,
) -> Person:
    """The earliest loss after the acquisition, of the row, 資格喪失届, 非該当 and the 75th birthday."""
    days = [person.lost]
    days += [other.lost for other in _same(person, losses)]
    if person.is_dependant:
        days += [other.lost for other in _same(person, removals)]
    if person.birth is not None and age.leaves(person.birth) <= as_of:
        days.append(age.leaves(person.birth))
    return _lose(person, days)


def _lose(person: Person, days: Iterable[dt.date | None]) -> Person:
    later = [d for d in days if d and (person.acquired is None or d > person.acquired)]
    # A loss typed on the row itself stays even if it can't be (DT04 says so): nothing is repaired.
    lost = min(later, default=person.lost)
    return person if lost == person.lost else replace(person, lost=lost)


def _with_insured(
    person: Person,
    insured: dict[Family | None, list[Person]],
    losses: dict[Family | None, list[Person]],
    as_of: dt.date,
) -> Person:
    """A dependant with the end of the insured's membership and, on the filing, 任意継続 or not."""
    if not person.is_dependant or matching.household(person) is None:
        return person
    heads = insured.get(matching.household(person), [])
    if person.sheet == "dependants":
        day = {"added": person.acquired, "removed": person.lost}.get(person.event) or as_of
        if any(head.kind in VOLUNTARY and _member_around(head, day) for head in heads):
            person = replace(person, kind="voluntary_dependant")
    spans = [(head.acquired, head.lost) for head in heads]
    if not heads:  # the insured is on 資格喪失届 only
        spans = [
            (None, loss.lost)
            for loss in losses.get(matching.household(person), ())
            if loss.lost is not None
        ]
    return _lose(person, [person.lost, matching.coverage_end(spans, person.acquired)])


def _member_around(head: Person, day: dt.date) -> bool:
    """A member on the day or the one before: a dependant may go on the day the insured goes."""
    begun = head.acquired is None or head.acquired <= day
    return begun and (head.lost is None or day <= head.lost)
