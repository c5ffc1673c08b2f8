"""The decision for everybody on 加入者台帳, 資格取得届 and 被扶養者異動届, an entry an enrolment.

What the sheets say about one person is brought together first (``enrolled``). Certificates in hand
are the rows of 返納管理 (not returned, not 返不能 or 滅失, no other one ordered in their place).
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

from shikaku.decisions import (
    burden,
    certificate,
    delivery,
    in_hand,
    notice,
    old_card,
    registration,
    reissue,
)
from shikaku.decisions.certificate_decision import CertificateDecision
from shikaku.decisions.enrolled import Enrolled, enrolled
from shikaku.decisions.facts import Disagreement, Place
from shikaku.decisions.in_hand import CardsInHand
from shikaku.decisions.notice import NoticeDecision
from shikaku.decisions.old_card import OldCardDecision
from shikaku.law import parameters
from shikaku.law.closed_days import ClosedDays
from shikaku.model.ledger import LedgerEntry
from shikaku.model.people import Person, known_record
from shikaku.model.schema import schema
from shikaku.model.settings import Settings
from shikaku.model.tables import Book


@dataclass(slots=True, unsafe_hash=True)  # never changed; not frozen, as Person
class Decision:
    """Everything decided for one enrolment.

    person: the listed row with what the other rows say, and 資格喪失年月日. burden: the share to print,
    None below 70. expected_use: from when the Myna card should work, for those who join by a
    filing, else None. also: the other rows, (sheet key, row). differences: what rows say
    differently, for 差異. cover_end: the first day without cover that is known by now. replaces: the
    管理番号 of certificates in whose place the one issued now is ordered.
    """

    person: Person
    certificate: CertificateDecision
    notice: NoticeDecision
    delivery: delivery.Delivery
    old_card: OldCardDecision
    burden: burden.Burden | None
    expected_use: registration.ExpectedUse | None
    also: tuple[tuple[str, int], ...] = ()
    differences: tuple[Disagreement, ...] = ()
    cover_end: dt.date | None = None
    replaces: tuple[str, ...] = ()

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that led to it, certificate first, each once.

        A rule is cited where the entry without it would be another one: its outcome, ground or
        reason, the notice, the route, the old card, the share on the certificate, or what the
        sentence says. Where two rules say the same, the one that speaks of this very person.
        """
        return _each_once(
            self.certificate.rules,
            self.notice.rules,
            self.delivery.rules,
            self.old_card.rules,
            self.burden.rules if self.burden and self.certificate.outcome == "issue" else (),
        )

    @property
    def why(self) -> str:
        """One sentence: the certificate's, with what a clerk would ask about notice and old card."""
        if not self.old_card.required and "R45" not in self.notice.rules:  # nearly everybody
            return self.certificate.why
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

    def to_json(self) -> dict[str, Any]:
        """The object of contract §3."""
        sheets, person, certificate = schema().sheets, self.person, self.certificate
        return {
            "sheet": sheets[person.sheet].name,
            "row": person.row,
            "record": known_record(person.record),
            "name": person.name,
            "certificate": certificate.outcome,
            "ground": certificate.ground,
            "reason": certificate.reason,
            "notice": self.notice.kind,
            "delivery": self.delivery.route,
            "old_card_return": self.old_card.required,
            "rules": [*_of_guide(self.rules)],
            "why": self.why,
            "also": [{"sheet": sheets[sheet].name, "row": row} for sheet, row in self.also],
        }


@lru_cache(maxsize=4096)  # thousands of people have few rules
def _each_once(*rules: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(rules)))


@lru_cache(maxsize=4096)
def _of_guide(rules: tuple[str, ...]) -> tuple[str, ...]:
    """The codes of the guide and its readings (contract §3); an article of law stands in the sentence."""
    return tuple(rule for rule in rules if rule[0] in "RC")


def decide_all(
    book: Book,
    settings: Settings,
    as_of: dt.date,
    closed: ClosedDays,
    *,
    unusable: Collection[Place] | None = None,
) -> list[Decision]:
    """The decision for every enrolment, in the sheet and row order of the listed rows.

    unusable: the rows whose 個人番号 is another person's, where the book is only a part; else they are
    looked for in it.
    """
    people = enrolled(book, settings, as_of, unusable)
    rows = reissue.in_ledger(book, settings, as_of, closed)
    cards = CardsInHand(rows, [one.person for one in people])
    return [_decide(one, cards.of(one.person), settings, as_of, closed) for one in people]


def _decide(
    one: Enrolled,
    cards: list[LedgerEntry],
    settings: Settings,
    as_of: dt.date,
    closed: ClosedDays,
) -> Decision:
    person = one.person
    certificates = in_hand.certificates(cards) if cards else []  # most people hold none
    holdings = in_hand.holdings(certificates, as_of) if certificates else []
    ordered = reissue.pending(certificates) if certificates else []
    found = certificate.decide(
        person,
        as_of,
        holdings=holdings,
        settings=settings,
        differences=one.differences,
        cover_end=one.cover_end,
        reissue=ordered[-1].handling if ordered else None,
        with_insured=one.with_insured,
    )
    # Who has a certificate, or gets one now, gets no notice (R9 to the letter), so that the answer
    # is the same before and after it is issued. One that has gone back since counts only if it
    # was issued at joining.
    at_joining = found.outcome == "issue" or bool(
        certificates
        and (
            any(held.good_on(as_of) for held in holdings)
            or any(_issued_at_joining(c, person, as_of) for c in certificates)
        )
    )
    sent = notice.decide(person, as_of, at_joining, one.cover_end)
    joins = one.filing is not None
    return Decision(
        person,
        found,
        sent,
        delivery.decide(person, certificate=found, notice=bool(sent.kind)),
        _old_card(person, cards, as_of),
        burden.decide(person, as_of, settings),
        registration.expected_use(person, settings, closed) if joins else None,
        one.also,
        one.differences,
        one.cover_end,
        tuple(c.control_no for c in ordered) if found.outcome == "issue" else (),
    )


def _old_card(person: Person, cards: list[LedgerEntry], as_of: dt.date) -> OldCardDecision:
    """R6, R7, by the rows of 返納管理 that are old cards."""
    if not cards:  # most people
        return old_card.decide(old_card.held(person, False), person.lost, as_of, settled=False)
    cards = [card for card in cards if card.document == "old_card"]
    open_ = any(c.out_on(as_of) and c.required != "no" for c in cards)
    held = old_card.held(person, bool(cards))
    return old_card.decide(held, person.lost, as_of, settled=bool(cards) and not open_)


def _issued_at_joining(entry: LedgerEntry, person: Person, as_of: dt.date) -> bool:
    """R9: issued within the joining's window; a certificate without a day counts as one."""
    if entry.issued is None or person.acquired is None:
        return True
    window = parameters.value("notice.joining_window_days", as_of) or 0
    return entry.issued <= as_of and entry.issued <= person.acquired + dt.timedelta(window)
