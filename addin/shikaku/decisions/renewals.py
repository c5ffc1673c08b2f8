"""Certificates that run out in the days to come, and the 有効期限 that a new one would get (R31, C13).

The day of issue is the first on which ``certificate`` renews: 設定's 資格確認書の更新の日数 before the end,
for a short one not within as many days of its own issue; with 0 the day after the end.
"""

import datetime as dt
from dataclasses import dataclass, replace

from shikaku.decisions import certificate, in_hand, reissue
from shikaku.decisions.certificate_decision import CertificateDecision
from shikaku.decisions.enrolled import Enrolled, enrolled
from shikaku.decisions.in_hand import CardsInHand
from shikaku.law.closed_days import ClosedDays
from shikaku.model.ledger import LedgerEntry
from shikaku.model.people import Person
from shikaku.model.settings import Settings
from shikaku.model.tables import Book


@dataclass(frozen=True, slots=True)
class Renewal:
    """A certificate that runs out. person: its holder; card: its row of 返納管理; expiry: its last day;
    on: the day from which a new one is issued; decision: that of this day by what is known today,
    with the new 有効期限 where it issues one.
    """

    person: Person
    card: LedgerEntry
    expiry: dt.date
    on: dt.date
    decision: CertificateDecision


def renewals(
    book: Book, settings: Settings, as_of: dt.date, closed: ClosedDays, within: int
) -> list[Renewal]:
    """The members' certificates whose last good day is one of the next ``within`` days, today's
    included, by that day. Of several in hand the one that lasts longest counts."""
    everybody = enrolled(book, settings, as_of)
    rows = reissue.in_ledger(book, settings, as_of, closed)
    cards = CardsInHand(rows, [one.person for one in everybody])
    found = []
    for one in everybody:
        issued = in_hand.certificates(cards.of(one.person))
        last = _last(in_hand.kept(issued, as_of))
        if last is None or last.expiry is None or not _member(one.person, as_of):
            continue
        if as_of <= last.expiry <= as_of + dt.timedelta(within):
            found.append(_renewal(one, last, last.expiry, issued, settings, as_of))
    return sorted(found, key=lambda item: (item.expiry, item.person.sheet, item.person.row))


def _last(cards: list[LedgerEntry]) -> LedgerEntry | None:
    return max(cards, key=lambda card: card.expiry or dt.date.max, default=None)


def _member(person: Person, as_of: dt.date) -> bool:
    joined = person.acquired is None or person.acquired <= as_of
    return joined and (person.lost is None or as_of < person.lost)


def _renewal(
    one: Enrolled,
    card: LedgerEntry,
    expiry: dt.date,
    issued: list[LedgerEntry],
    settings: Settings,
    as_of: dt.date,
) -> Renewal:
    day = max(as_of, _first_day(card, expiry, settings))
    days = [end for end in (one.person.lost, one.cover_end) if end is not None]
    decision = certificate.decide(
        replace(one.person, lost=min(days, default=None)),
        day,
        holdings=in_hand.holdings(issued, as_of),
        settings=settings,
        differences=one.differences,
        cover_end=one.cover_end,
    )
    return Renewal(one.person, card, expiry, day, decision)


def _first_day(card: LedgerEntry, expiry: dt.date, settings: Settings) -> dt.date:
    after = expiry + dt.timedelta(1)
    if not settings.renewal_days:
        return after
    window = dt.timedelta(settings.renewal_days)
    first = expiry - window
    if card.issued is not None:
        first = max(first, card.issued + window + dt.timedelta(1))
    return min(first, after)
