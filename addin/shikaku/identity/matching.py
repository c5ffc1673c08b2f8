"""Who is who across the sheets: the same person, the same family, whose card.

Numbers are compared as their digits (an Excel cell may have eaten leading zeros), names in the
form that is filed (髙橋 and 高橋 are the same person here) and without spaces.
"""

import datetime as dt
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from shikaku.fields import person_name
from shikaku.fields.text import without_spaces
from shikaku.model.ledger import LedgerEntry
from shikaku.model.people import Person

Family = tuple[str, str]


@lru_cache(maxsize=65536)
def digits(text: str) -> str:
    """記号, 番号 or 枝番 for comparing: half width, no leading zeros (of zeros only: "0")."""
    text = without_spaces(unicodedata.normalize("NFKC", text)).upper()
    return text.lstrip("0") or text[:1]


def family(person: Person | LedgerEntry) -> Family | None:
    """記号 and 番号, which the insured and the dependants share; None when either is blank."""
    if not person.symbol or not person.number:
        return None
    return digits(person.symbol), digits(person.number)


@lru_cache(maxsize=65536)
def plain_name(name: str) -> str:
    """A name for comparing."""
    return without_spaces(person_name.filing_name(name) or name)


def same_person(one: Person, other: Person) -> bool:
    """The same 記号・番号, and the name or the birth date: where one of the two differs it is a slip or
    a new family name (RF04 tells), where both differ it is somebody else.

    Under one number there is one insured, but many dependants: of these a slip is believed only
    under the same written 枝番, a new family name also with the given name. Nobody is taken for two
    by a birth date that one side leaves out (RQ01).
    """
    if family(one) is None or family(one) != family(other):
        return False
    known = one.birth is not None and other.birth is not None
    named = plain_name(one.name) == plain_name(other.name)
    born = known and one.birth == other.birth
    if named and (born or not known):
        return True
    if one.is_dependant is not other.is_dependant or not (named or born):
        return False
    if not one.is_dependant or _same_branch(one, other):
        return True
    given = [person_name.split(p.name) for p in (one, other)]
    return born and all(given) and plain_name(given[0][1]) == plain_name(given[1][1])


def _same_branch(one: Person, other: Person) -> bool:
    return bool(one.branch and other.branch) and digits(one.branch) == digits(other.branch)


def is_card_of(entry: LedgerEntry, person: Person) -> bool:
    """Whether a row of 返納管理 is this person's, in this enrolment.

    記号・番号 are the same, and the name; after a change of the family name the written 枝番 and the
    given name do. Different 枝番 part two people of one name. A card issued before the day of
    acquisition, or one that ended by a loss up to then, belongs to an earlier enrolment.
    """
    if family(entry) is None or family(entry) != family(person):
        return False
    mine, theirs = _branch(person.branch, person), _branch(entry.branch, person)
    if mine and theirs and mine != theirs:
        return False
    if plain_name(entry.name) != plain_name(person.name):
        given = [person_name.split(e.name) for e in (entry, person)]
        if not (mine and mine == theirs and all(given) and given[0][1] == given[1][1]):
            return False
    if person.acquired is None:
        return True
    earlier = entry.issued is not None and entry.issued < person.acquired
    return not earlier and not (entry.lost is not None and entry.lost <= person.acquired)


def card_keys(who: LedgerEntry | Person) -> list[tuple]:
    """What a card and its person have in common, one of these at least: for finding the cards that
    ``is_card_of`` is asked of. By 記号・番号 alone it would be asked of all, where every row of a
    workbook has the same."""
    parts = person_name.split(who.name)
    home = family(who)
    return [(home, "name", plain_name(who.name))] + ([(home, "given", parts[1])] if parts else [])


def _branch(text: str, person: Person) -> str:
    """枝番 for comparing; the insured's may be left out (00), a dependant's says nothing then."""
    if text:
        return digits(text)
    return "" if person.is_dependant else "0"


def coverage_end(
    enrolments: Iterable[tuple[dt.date | None, dt.date | None]], after: dt.date | None
) -> dt.date | None:
    """The first day after ``after`` on which an insured is no member any more, for the dependants.

    enrolments: (acquired, lost) of the insured, None for unknown and for still a member. Leaving
    and joining again on the same day (同日得喪) under the same number is no gap.
    """
    spans = list(enrolments)
    ends = sorted(lost for _, lost in spans if lost is not None and (after is None or lost > after))
    for end in ends:
        if not any(
            (acquired is None or acquired <= end) and (lost is None or lost > end)
            for acquired, lost in spans
        ):
            return end
    return None
