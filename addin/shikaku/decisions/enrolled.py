"""The people to decide for: every enrolment with what all sheets say of it, its end among that.

A loss on 資格喪失届 counts for the row in the ledger and in 資格取得届, a 非該当 for the dependant's row,
and who is insured takes the dependants along (domain.md §2.3: on the same day), also by the 75th
birthday and by the end of 任意継続's two years. A row of 変更 or 非該当 has no day of acquisition and often no status: it takes them from
the person's row in the ledger.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from shikaku.decisions.facts import Disagreement, Place, of_enrolment
from shikaku.identity import ends, shared_numbers
from shikaku.identity.coverage import Coverage
from shikaku.identity.enrolments import Enrolment, enrolments
from shikaku.identity.matching import Household, household
from shikaku.law import age
from shikaku.model.employers import symbols_of
from shikaku.model.people import VOLUNTARY, Person, people
from shikaku.model.settings import Settings
from shikaku.model.tables import Book

INSURED = ("insured", "voluntary")


@dataclass(slots=True, unsafe_hash=True)  # never changed; not frozen, as Person
class Enrolled:
    """person: the listed row with what the other rows add, and the day of loss that counts. cover_end:
    the first day without cover, as far as it is known by now: that loss, or an end that comes by
    itself (75, 任意継続's two years), of a dependant the insured's, too; None for no end in sight.
    also: the other rows. differences: what a person must settle. filing: the row by which he
    joins. with_insured: that loss is the insured's, and no earlier one is a dependant's own."""

    person: Person
    cover_end: dt.date | None = None
    also: tuple[tuple[str, int], ...] = ()
    differences: tuple[Disagreement, ...] = ()
    filing: Person | None = None
    with_insured: bool = False


def enrolled(
    book: Book,
    settings: Settings,
    as_of: dt.date,
    unusable: Collection[Place] | None = None,
) -> list[Enrolled]:
    """Every enrolment of the three sheets, in the sheet and row order of the listed rows. unusable:
    as of ``everybody.decide_all``."""
    rows = list(people(book))
    if unusable is None:
        unusable = shared_numbers.unusable(rows)
    found = [
        _with_own_loss(one, unusable, as_of)
        for one in enrolments(rows, symbols_of(settings.employer_symbol))
    ]
    homes = _Homes(found, rows)
    return [_with_insured(one, homes, as_of) for one in found]


def _with_own_loss(one: Enrolment, unusable: Collection[Place], as_of: dt.date) -> Enrolled:
    """The earliest loss after the acquisition, of the rows, 資格喪失届 and the ends that have come by
    themselves."""
    facts = of_enrolment(one, unusable)
    person = facts.person
    by_age = age.leaves(person.birth) if person.birth else None
    coming = [day for day in (by_age, ends.two_years(person)) if day]
    days = [day for day in coming if day <= as_of]
    if person.lost or one.losses or len(one.rows) > 1:
        lost = (one.first_loss(person.acquired), *(row.lost for row in one.rows))
        days += filter(None, lost)
    if days:  # of most people no end is known
        person = _lose(person, days)
    return Enrolled(person, _first(person, coming), facts.also, facts.differences, facts.filing)


def _first(person: Person, coming: Iterable[dt.date | None]) -> dt.date | None:
    """The first day without cover: the loss, or an end that is coming."""
    days = [day for day in (person.lost, *coming) if day]
    return min(days) if days else None


def _lose(person: Person, days: Iterable[dt.date | None]) -> Person:
    later = [d for d in days if d and (person.acquired is None or d > person.acquired)]
    # A loss typed on the row itself stays even if it can't be (DT04 says so): nothing is repaired.
    lost = min(later, default=person.lost)
    return person if lost == person.lost else replace(person, lost=lost)


class _Insured:
    """What the dependants of one 記号・番号 take from the insured. cover: the enrolments; known: with the ends that
    are known by now; voluntary: those of 任意継続 alone."""

    def __init__(self, rows: Sequence[Enrolled], losses: Iterable[Person]) -> None:
        """losses: the household's rows of 資格喪失届."""
        if rows:
            self.cover = Coverage((one.person.acquired, one.person.lost) for one in rows)
            self.known = Coverage((one.person.acquired, one.cover_end) for one in rows)
        else:  # the insured is on 資格喪失届 only
            self.cover = self.known = Coverage((None, row.lost) for row in losses if row.lost)
        people = (one.person for one in rows)
        self.voluntary = Coverage((p.acquired, p.lost) for p in people if p.kind in VOLUNTARY)


class _Homes(dict[Household, _Insured]):
    """記号・番号 → the insured, worked out when a dependant asks."""

    def __init__(self, everybody: Iterable[Enrolled], rows: Iterable[Person]) -> None:
        self._insured: dict[Household, list[Enrolled]] = defaultdict(list)
        for one in everybody:
            if one.person.kind in INSURED and (home := household(one.person)):
                self._insured[home].append(one)
        self._losses: dict[Household, list[Person]] = defaultdict(list)
        for row in rows:
            if row.sheet == "loss" and (home := household(row)):
                self._losses[home].append(row)

    def __missing__(self, home: Household) -> _Insured:
        found = self[home] = _Insured(self._insured.get(home, ()), self._losses.get(home, ()))
        return found


def _with_insured(one: Enrolled, homes: _Homes, as_of: dt.date) -> Enrolled:
    """A dependant with the end of the insured's membership and, on the filing, 任意継続 or not."""
    person = one.person
    home = household(person) if person.is_dependant else None
    if home is None:
        return one
    insured = homes[home]
    if person.sheet == "dependants":
        days = {"added": person.acquired, "removed": person.lost}
        if insured.voluntary.is_around(days.get(person.event or "") or as_of):
            person = replace(person, kind="voluntary_dependant")
    own, gone = person.lost, insured.cover.end_after(person.acquired)
    if gone is not None:
        person = _lose(person, [person.lost, gone])
    coming = [one.cover_end, insured.known.end_after(person.acquired)]
    return Enrolled(
        person,
        _first(person, coming),
        one.also,
        one.differences,
        one.filing,
        with_insured=person.lost != own,
    )
