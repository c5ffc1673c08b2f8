"""Which rows of 返納管理 are whose: the certificates and old cards of each person."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from shikaku.decisions.holdings import Holding
from shikaku.identity import matching
from shikaku.identity.matching import CardKey, fold_number
from shikaku.model.ledger import CERTIFICATE, LedgerEntry
from shikaku.model.people import Person

_ANY = object()
"""In the place of a 枝番: whichever."""

_Key = tuple[CardKey, object]
"""What a card and its person have in common, with the 枝番."""

_MANY = 20
"""So many people of one household who are alike but for the day of birth, each with as many cards that
may be theirs: nobody can tell whose they are."""


class CardsInHand:
    """The rows of 返納管理, found by what they have in common with a person. people: everybody who may
    ask."""

    def __init__(self, entries: Sequence[LedgerEntry], people: Sequence[Person]) -> None:
        self._near: dict[_Key, list[LedgerEntry]] = defaultdict(list)
        self._moved: dict[tuple[str, dt.date], list[LedgerEntry]] = defaultdict(list)
        self._homes = {matching.household(entry) for entry in entries}
        here = {matching.person_key(person) for person in people} if entries else set()
        for entry in entries:
            written = fold_number(entry.branch) if entry.branch else ""
            for key in product(matching.card_keys(entry), (written, _ANY)):
                self._near[key].append(entry)
            if entry.birth and matching.person_key(entry) not in here:
                self._moved[matching.fold_name(entry.name), entry.birth].append(entry)
        self._leave_the_newest(people)

    def _leave_the_newest(self, people: Iterable[Person]) -> None:
        """Of cards that each of many people may have the newest are looked at, which say what there is in
        hand: all of them would be looked at by all."""
        many = {key for key, cards in self._near.items() if len(cards) > _MANY}
        if not many:
            return
        asked = Counter(key for person in people for key in _wanted(person) if key in many)
        for key, askers in asked.items():
            if askers > _MANY:
                newest = sorted(self._near[key], key=lambda e: (e.issued or dt.date.min, e.row))
                self._near[key] = newest[-_MANY:]

    def of(self, person: Person) -> list[LedgerEntry]:
        """A person's rows, in their order; also those under 記号・番号 that nobody of the name has any
        more, because they were corrected after the printing."""
        if not self._homes or not self._moved and matching.household(person) not in self._homes:
            return []  # most people
        near = {
            e.row: e
            for key in _wanted(person)
            for e in self._near.get(key, ())
            if matching.is_card_of(e, person)
        }
        if person.birth:
            moved = self._moved.get((matching.fold_name(person.name), person.birth), ())
            near |= {e.row: e for e in moved if matching.is_moved_card_of(e, person)}
        return [near[row] for row in sorted(near)]


def _wanted(person: Person) -> Iterator[_Key]:
    """The keys under which a person's cards are: with another 枝番 none is theirs."""
    own = matching.branch(person.branch, insured=not person.is_dependant)
    return product(matching.card_keys(person), (own, "") if own else (_ANY,))


def certificates(cards: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """The certificates that went out."""
    return [card for card in cards if card.document == CERTIFICATE and not card.void]


def kept(issued: Iterable[LedgerEntry], as_of: dt.date) -> list[LedgerEntry]:
    """Those in hand on a day that are to stay there: no other one is ordered in their place."""
    return [card for card in issued if card.out_on(as_of) and not card.to_replace]


def holdings(issued: Iterable[LedgerEntry], as_of: dt.date) -> list[Holding]:
    """The same as their days."""
    return [Holding(card.issued, card.expiry) for card in kept(issued, as_of)]
