"""The people of all sheets by 記号・番号 and by name, and which of a family's rows are one person's."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import islice

from shikaku.identity.matching import (
    Household,
    branch,
    fold_name,
    fold_number,
    folded_home,
    given_name,
    same_person,
)
from shikaku.model.people import Person

_ROWS_OF_ONE = 20
"""So many rows under other names are looked at for one human being."""


class Families:
    """Rows of people, in the order of the sheets.

    rows: by 記号・番号; named: by 記号・番号 and name; homes: of a name the 記号・番号 that it is under;
    without_number: of a name the births of rows that have no 番号 yet.
    """

    def __init__(self, people: Sequence[Person]) -> None:
        self.rows: dict[Household, list[Person]] = defaultdict(list)
        self.named: dict[tuple[Household, str], list[Person]] = defaultdict(list)
        self.homes: dict[str, dict[Household, None]] = defaultdict(dict)
        self.without_number: dict[str, set[dt.date]] = defaultdict(set)
        self._people = people
        self._traits: dict[Household, dict[tuple[object, ...], list[Person]]] = {}
        self._births: dict[Household, Counter[dt.date | None]] = {}
        self._misspelt: dict[tuple[object, ...], list[Person]] = {}
        self._insured: dict[Household, list[Person]] = {}
        for person in people:
            if person.number:
                home, name = folded_home(person.symbol, person.number), fold_name(person.name)
                self.rows[home].append(person)
                self.homes[name][home] = None
                self.named[home, name].append(person)
            elif person.birth:
                self.without_number[fold_name(person.name)].add(person.birth)

    @cached_property
    def _place(self) -> dict[tuple[str, int], int]:
        """Of each row which it is of all."""
        return {(p.sheet, p.row): at for at, p in enumerate(self._people)}

    def insured(self, household: Household) -> list[Person]:
        """The rows of a family that are no dependant's."""
        if household not in self._insured:
            rows = self.rows.get(household, ())
            self._insured[household] = [p for p in rows if not p.is_dependant]
        return self._insured[household]

    def called(self, household: Household, own_branch: str, given: str) -> list[Person]:
        """The rows of a family with this 枝番 and given name."""
        return self._born(household).get(("called", own_branch, given), [])

    def printed(self, household: Household, own_branch: str, birth: dt.date | None) -> list[Person]:
        """The rows of a family with this 枝番 and birth date."""
        return self._born(household).get(("printed", own_branch, birth), [])

    def in_order(self, rows: Sequence[Person]) -> list[Person]:
        """These rows, each once, as the sheets have them."""
        once = {(p.sheet, p.row): p for p in rows}
        return sorted(once.values(), key=lambda p: self._place[p.sheet, p.row])

    def misspelt(self, household: Household, own: list[Person]) -> list[Person]:
        """The rows of a family under another name that are the same person as one of his own; they
        have his birth date. The first twenty: more are copies, not slips."""
        if not self._others_of_one_birth(household, own):  # nearly everybody
            return []
        # Copied down a sheet one family may have thousands of rows, but few that differ in this.
        name = fold_name(own[0].name)
        models = {(q.birth, q.branch, q.name, q.is_dependant): q for q in own if q.birth}
        key = household, name, frozenset(models)
        if key not in self._misspelt:
            found: dict[tuple[str, int], Person] = {}
            for trait in dict.fromkeys(t for q in models.values() for t in _born_traits(q)):
                rows = self._born(household).get(trait, ())
                others = (p for p in rows if fold_name(p.name) != name)
                found |= {(p.sheet, p.row): p for p in islice(others, _ROWS_OF_ONE)}
            births = [q.birth for q in models.values()]
            slips = [p for p in found.values() if any(same_person(p, q) for q in models.values())]
            slips.sort(key=lambda p: (births.index(p.birth), self._place[p.sheet, p.row]))
            self._misspelt[key] = slips[:_ROWS_OF_ONE]
        return self._misspelt[key]

    def _others_of_one_birth(self, household: Household, own: list[Person]) -> bool:
        """Whether the family has further rows with the birth date of one of his own."""
        if household not in self._births:
            self._births[household] = Counter(p.birth for p in self.rows[household])
        births = [p.birth for p in own if p.birth]
        return sum(self._births[household][birth] for birth in set(births)) > len(births)

    def _born(self, household: Household) -> Mapping[tuple[object, ...], list[Person]]:
        """The rows of a family by what they may have in common; of most families nobody asks."""
        if household not in self._traits:
            found: dict[tuple[object, ...], list[Person]] = defaultdict(list)
            for person in self.rows.get(household, ()):
                for trait in _traits(person):
                    found[trait].append(person)
            self._traits[household] = found
        return self._traits[household]


def _born_traits(person: Person) -> list[tuple[object, ...]]:
    """Of two rows of one family with one birth and two names one of these is the same, if they are
    one person's (``matching.same_in_household``)."""
    if person.birth is None:
        return []
    if not person.is_dependant:
        return [("insured", person.birth)]
    given = given_name(person.name)
    found: list[tuple[object, ...]] = [("given", person.birth, given)] if given else []
    written = fold_number(person.branch) if person.branch else ""
    return found + ([("branch", person.birth, written)] if written else [])


def _traits(person: Person) -> list[tuple[object, ...]]:
    """By what a row of a family is looked up, besides its name."""
    own, given = branch(person.branch, insured=not person.is_dependant), given_name(person.name)
    found = _born_traits(person)
    found += [("called", own, given)] if own and given else []
    return found + ([("printed", own, person.birth)] if own and person.birth else [])
