"""Households over all sheets, the same human being twice, and a filing's row in 加入者台帳.

Everything is compared folded, as ``matching`` says.
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property

from shikaku.identity import ends
from shikaku.identity.matching import (
    Household,
    fold_names,
    fold_number,
    fold_readings,
    folded_home,
)
from shikaku.model.people import Person
from shikaku.model.schema import schema

Place = tuple[str, int]
"""Sheet key and row."""

Trait = tuple[object, ...]
"""What two rows of one person have in common: ("name", 氏名), ("branch", 枝番), ("birth", …) …"""

_ROWS_OF_ONE = 20
"""So many rows of a sheet are looked at for one human being: more are copies, not lives."""


class Family:
    """Everybody under one 記号・番号. What is looked up again and again is worked out when it is asked for
    first: of most families nothing ever is."""

    def __init__(self) -> None:
        self.insured: list[Person] = []
        self.dependants: list[Person] = []
        self._rows: list[tuple[Person, str]] = []

    def add(self, person: Person, name: str) -> None:
        """Take a row. Rows come in the order of the sheets, then of their lines."""
        (self.dependants if person.is_dependant else self.insured).append(person)
        self._rows.append((person, name))

    @cached_property
    def insured_names(self) -> dict[str, Person]:
        """The names of the insured, each with its first row."""
        found: dict[str, Person] = {}
        for person, name in self._rows:
            if not person.is_dependant:
                found.setdefault(name, person)
        return found

    @cached_property
    def birth_of(self) -> Person | None:
        """A row that has the insured's birth; None where the rows disagree or say nothing."""
        born = [person for person in self.insured if person.birth]
        return born[-1] if len({person.birth for person in born}) == 1 else None

    @cached_property
    def _starts(self) -> list[dt.date]:
        return sorted(person.acquired for person in self.insured if person.acquired)

    @cached_property
    def _ends(self) -> list[dt.date]:
        return sorted(end for person in self.insured if (end := _end(person)))

    @cached_property
    def _members(self) -> dict[Trait, Person]:
        return {
            (person.is_dependant, *key): person
            for person, name in self._rows
            if person.sheet == "members"
            for key in (*_traits(person, name), ("birth", name, person.birth), ("role",))
        }

    @cached_property
    def _enrolled(self) -> set[Trait]:
        found: set[Trait] = set()
        for person, name in self._rows:
            if person.is_dependant and person.event not in ("removed", "changed"):
                found.update(_traits(person, name))
                if person.birth:
                    found.add(("birth", person.birth))
        return found

    @cached_property
    def _removals(self) -> dict[Trait, list[dt.date]]:
        found: dict[Trait, list[dt.date]] = defaultdict(list)
        for person, name in self._rows:
            if person.is_dependant and person.event == "removed" and person.lost:
                for key in _traits(person, name):
                    found[key].append(person.lost)
        for days in found.values():
            days.sort()
        return found

    def member(self, person: Person, name: str) -> Person | None:
        """See ``Register.member``."""
        role = person.is_dependant
        keys: list[Trait] = [("birth", name, person.birth), *_traits(person, name)]
        keys += [] if role else [("role",)]
        found = (self._members.get((role, *key)) for key in keys)
        return next((member for member in found if member), None)

    def covered(self, day: dt.date) -> bool:
        """Whether the insured is a member on that day, as far as the sheets say, and the ends that come
        by themselves."""
        if len(self.insured) == 1:  # nearly every family
            start, end = self.insured[0].acquired, _end(self.insured[0])
            if end is None or day < end:
                return start is None or start <= day
        begun = bisect_right(self._starts, day)
        if self._starts and not begun:
            return False
        over = bisect_right(self._ends, day)
        last = self._starts[begun - 1] if begun else dt.date.min
        return not over or self._ends[over - 1] <= last

    def final_losses(self, strangers: Collection[Place]) -> list[Person]:
        """The losses of the insured after which nobody is insured, filings first, one a day. Those
        of ``strangers``, (sheet, row), are left out."""
        losing = [p for p in self.insured if p.lost]
        if not losing:  # nearly every family
            return []
        last = self._starts[-1] if self._starts else dt.date.min
        losing = [p for p in losing if p.lost and p.lost > last]
        losing = [p for p in losing if (p.sheet, p.row) not in strangers]
        losing.sort(key=lambda p: (p.lost or last, p.sheet != "loss", p.row))
        return list({p.lost: p for p in reversed(losing)}.values())[::-1]

    def removal(self, person: Person, name: str, since: dt.date) -> dt.date | None:
        """The first day of 非該当 of a dependant from a day on, by the name or the 枝番; None for none."""
        days = (self._removals.get(key, ()) for key in _traits(person, name))
        places = ((each, bisect_left(each, since)) for each in days)
        return min((each[at] for each, at in places if at < len(each)), default=None)

    def enrols(self, person: Person, name: str) -> bool:
        """Whether a row other than 非該当, 変更 and 資格喪失届 shows that this person is a member."""
        if not person.is_dependant:
            return any(p.sheet != "loss" for p in self.insured[:1])
        traits = {*_traits(person, name), ("birth", person.birth)}
        return bool(traits & self._enrolled)


def _end(person: Person) -> dt.date | None:
    """The loss of a row or, without one, the end that comes by itself."""
    if person.lost is not None or person.sheet not in ("members", "acquisition"):
        return person.lost
    end = ends.by_itself(person)
    return end[0] if end else None


def _traits(person: Person, name: str) -> list[Trait]:
    found: list[Trait] = [("name", name)] if name else []
    return found + ([("branch", fold_number(person.branch))] if person.branch else [])


class _Linked:
    """Rows joined to groups, by their places in a list. rows: those that stand in a group with others."""

    def __init__(self, count: int) -> None:
        self.rows: set[int] = set()
        self._parents = list(range(count))

    def root(self, i: int) -> int:
        """One row for the whole group."""
        parents = self._parents
        while parents[i] != i:
            parents[i] = parents[parents[i]]
            i = parents[i]
        return i

    def join(self, i: int, other: int) -> None:
        """Make the groups of two rows one."""
        self._parents[self.root(i)] = self.root(other)
        self.rows |= {i, other}


def _again(keys: Sequence[tuple[str, dt.date | None]]) -> Iterator[tuple[int, int]]:
    """(place, first place) of what stands in a list before, but for what is blank in part."""
    count = len(keys)
    first = dict(zip(reversed(keys), range(count - 1, -1, -1), strict=True))
    if len(first) < count:
        for i, at in enumerate(map(first.__getitem__, keys)):
            if at != i and all(keys[i]):
                yield i, at


class Register:
    """The people of all sheets, found again.

    people: in sheet and row order; employer_symbol: 事業所記号, for filings that leave 記号 out.
    """

    def __init__(self, people: Iterable[Person], employer_symbol: str) -> None:
        self._symbol = employer_symbol
        self.people = list(people)
        places = [(person.sheet, person.row) for person in self.people]
        names = fold_names([person.name for person in self.people])
        self.names: dict[Place, str] = dict(zip(places, names, strict=True))
        readings = fold_readings([person.kana for person in self.people])
        self.kana: dict[Place, str] = dict(zip(places, readings, strict=True))
        homes = [self.household(person.symbol, person.number) for person in self.people]
        self.homes: dict[Place, Household | None] = dict(zip(places, homes, strict=True))
        self.families: dict[Household, Family] = {}
        for person, name, home in zip(self.people, names, homes, strict=True):
            if home:
                family = self.families.get(home)
                if family is None:
                    family = self.families[home] = Family()
                family.add(person, name)
        self._humans = self._by_human_being()

    def household(self, symbol: str, number: str) -> Household | None:
        """記号・番号 for comparison; the 記号 of 設定 for an empty one; None without 番号."""
        if not number:
            return None
        return folded_home(symbol or self._symbol, number)

    @cached_property
    def losing(self) -> list[Family]:
        """The families of which an insured loses."""
        homes = (home for person, home in self.homed() if person.lost and not person.is_dependant)
        lost = {home for home in homes if home}
        return [family for home, family in self.families.items() if home in lost] if lost else []

    def homed(self) -> Iterator[tuple[Person, Household | None]]:
        """Everybody, with the 記号・番号 for comparison."""
        return zip(self.people, self.homes.values(), strict=True)

    def _by_human_being(self) -> dict[Place, dict[str, list[Person]]]:
        """Place → the rows, by sheet, of that human being: birth and name, or birth and reading; a row
        without a birth is whose ``_unborn`` says. Rows that have nothing in common with another one are
        left out."""
        joined = _Linked(len(self.people))
        births = [person.birth for person in self.people]
        for values in (self.names.values(), self.kana.values()):
            for i, other in _again(list(zip(values, births, strict=True))):
                joined.join(i, other)
        unborn = [
            i
            for i, (birth, name) in enumerate(zip(births, self.names.values(), strict=True))
            if birth is None and name
        ]
        if unborn:
            self._place_unborn(unborn, joined)
        groups: dict[int, dict[str, list[Person]]] = defaultdict(dict)
        found: dict[Place, dict[str, list[Person]]] = {}
        for i in sorted(joined.rows):
            person = self.people[i]
            group = groups[joined.root(i)]
            group.setdefault(person.sheet, []).append(person)
            found[person.sheet, person.row] = group
        return found

    def _place_unborn(self, unborn: Iterable[int], joined: "_Linked") -> None:
        """Join the rows that have a name but no birth with the one human being who has their name and
        記号・番号, else with the one who has their name and 個人番号: a birth that one side leaves out proves
        nothing. Where it may be two people's it is neither's."""
        left = set(unborn)
        names = list(self.names.values())
        homes, marks = list(self.homes.values()), [person.number_mark for person in self.people]
        for values, each_other in ((homes, False), (marks, False), (homes, True), (marks, True)):
            wanted = {(values[i], names[i]) for i in left if values[i]}
            humans: dict[Trait, set[int]] = defaultdict(set)
            for i, key in enumerate(zip(values, names, strict=True)):
                if key in wanted and i not in left:
                    humans[key].add(joined.root(i))
            for i in sorted(left):
                key = values[i], names[i]
                known = humans[key] if key in wanted else set()
                if len(known) == 1:
                    joined.join(i, *known)
                    left.discard(i)
                elif key in wanted and each_other and not known:
                    known.add(joined.root(i))

    def same(self, person: Person, *sheets: str) -> list[Person]:
        """The rows of the same human being on the sheets named, itself included; of each sheet
        the first twenty."""
        group = self._humans.get((person.sheet, person.row))
        if group is None:
            return [person] if person.sheet in sheets else []
        return [p for sheet in sheets if sheet in group for p in group[sheet][:_ROWS_OF_ONE]]

    def groups(self, sheet: str) -> Iterable[list[Person]]:
        """The rows of a sheet that belong to one human being, where there are two or more."""
        seen: set[int] = set()
        for group in self._humans.values():
            if id(group) not in seen:
                seen.add(id(group))
                if len(group.get(sheet, ())) > 1:
                    yield group[sheet]

    def name(self, person: Person) -> str:
        """The folded name."""
        return self.names[person.sheet, person.row]

    def home(self, person: Person) -> Household | None:
        """The 記号・番号 of a row, for comparison."""
        return self.homes[person.sheet, person.row]

    def family(self, person: Person) -> Family | None:
        """Everybody under the 記号・番号 of a row; None without 番号."""
        home = self.home(person)
        return self.families[home] if home else None

    def insured(self, home: Household | None) -> bool:
        """Whether any sheet has an insured under that 記号・番号."""
        return home in self.families and bool(self.families[home].insured)

    def member(self, person: Person) -> Person | None:
        """The row of 加入者台帳 that a filing's row speaks of, by 記号・番号 and then by the name (with
        the same birth first), the 枝番 or being the insured; None when there is none. A row that
        fits by the 枝番 or the role only may turn out to be somebody else: that is a finding.
        """
        family = self.family(person)
        if family is None:
            return next(iter(self.same(person, "members")), None)
        return family.member(person, self.name(person))

    def ended(self, person: Person, as_of: dt.date) -> bool:
        """Whether that row's membership is over on the day, as far as any sheet says."""
        if person.sheet == "loss" or person.event == "removed":
            return True
        start = person.acquired or dt.date.min
        if person.lost and start < person.lost <= as_of:
            return True
        if (person.sheet, person.row) not in self._humans:  # nobody else's row can end it
            return False
        others = self.same(person, "loss", "dependants")
        return any(p.lost is not None and start < p.lost <= as_of for p in others)


def place(person: Person) -> dict[str, object]:
    """Where a row stands, for a message's templates: ``other`` (the tab's name) and ``line``."""
    return {"other": schema().sheets[person.sheet].name, "line": person.row}
