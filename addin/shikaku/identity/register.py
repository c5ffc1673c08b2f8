"""Households over all sheets, the same human being twice, and a filing's row in 加入者台帳.

Everything is compared folded, as ``matching`` says.
"""

import datetime as dt
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Collection, Iterable

from shikaku.identity.matching import Household, fold_kana, fold_name, fold_number
from shikaku.model.people import Person
from shikaku.model.schema import schema

Place = tuple[str, int]
"""Sheet key and row."""

Trait = tuple[object, ...]
"""What two rows of one person have in common: ("name", 氏名), ("branch", 枝番), ("birth", …) …"""

_ROWS_OF_ONE = 20
"""So many rows of a sheet are looked at for one human being: more are copies, not lives."""


class Family:
    """Everybody under one 記号・番号, with what is looked up again and again."""

    def __init__(self) -> None:
        self.insured: list[Person] = []
        self.dependants: list[Person] = []
        self.insured_names: dict[str, Person] = {}
        self.birth_of: Person | None = None
        """A row that has the insured's birth; None where the rows disagree or say nothing."""
        self._births: set[dt.date] = set()
        self._starts: list[dt.date] = []
        self._ends: list[dt.date] = []
        self._members: dict[Trait, Person] = {}
        self._enrolled: set[Trait] = set()
        self._removals: dict[Trait, list[dt.date]] = defaultdict(list)

    def add(self, person: Person, name: str) -> None:
        """Take a row. Rows come in the order of the sheets, then of their lines."""
        if person.is_dependant:
            self._add_dependant(person, name)
        else:
            self._add_insured(person, name)
        if person.sheet == "members":
            role = person.is_dependant
            for key in (*_traits(person, name), ("birth", name, person.birth), ("role",)):
                self._members[role, *key] = person

    def _add_dependant(self, person: Person, name: str) -> None:
        self.dependants.append(person)
        if person.event == "removed" and person.lost:
            for key in _traits(person, name):
                self._removals[key].append(person.lost)
        if person.event not in ("removed", "changed"):
            self._enrolled.update(_traits(person, name))
            if person.birth:
                self._enrolled.add(("birth", person.birth))

    def _add_insured(self, person: Person, name: str) -> None:
        self.insured.append(person)
        self.insured_names.setdefault(name, person)
        if person.birth:
            self._births.add(person.birth)
            self.birth_of = person if len(self._births) == 1 else None
        if person.acquired:
            insort(self._starts, person.acquired)
        if person.lost:
            insort(self._ends, person.lost)

    def member(self, person: Person, name: str) -> Person | None:
        """See ``Register.member``."""
        role = person.is_dependant
        keys: list[Trait] = [("birth", name, person.birth), *_traits(person, name)]
        keys += [] if role else [("role",)]
        found = (self._members.get((role, *key)) for key in keys)
        return next((member for member in found if member), None)

    def covered(self, day: dt.date) -> bool:
        """Whether the insured is a member on that day, as far as the sheets say."""
        begun = bisect_right(self._starts, day)
        if self._starts and not begun:
            return False
        over = bisect_right(self._ends, day)
        last = self._starts[begun - 1] if begun else dt.date.min
        return not over or self._ends[over - 1] <= last

    def final_losses(self, strangers: Collection[Place]) -> list[Person]:
        """The losses of the insured after which nobody is insured, filings first, one a day. Those
        of ``strangers``, (sheet, row), are left out."""
        last = self._starts[-1] if self._starts else dt.date.min
        ends = [p for p in self.insured if p.lost and p.lost > last]
        ends = [p for p in ends if (p.sheet, p.row) not in strangers]
        ends.sort(key=lambda p: (p.lost or last, p.sheet != "loss", p.row))
        return list({p.lost: p for p in reversed(ends)}.values())[::-1]

    def removals(self, person: Person, name: str) -> list[dt.date]:
        """The days of 非該当 of a dependant, by the name or the 枝番."""
        return [day for key in _traits(person, name) for day in self._removals.get(key, ())]

    def enrols(self, person: Person, name: str) -> bool:
        """Whether a row other than 非該当, 変更 and 資格喪失届 shows that this person is a member."""
        if not person.is_dependant:
            return any(p.sheet != "loss" for p in self.insured[:1])
        traits = {*_traits(person, name), ("birth", person.birth)}
        return bool(traits & self._enrolled)


def _traits(person: Person, name: str) -> list[Trait]:
    found: list[Trait] = [("name", name)] if name else []
    return found + ([("branch", fold_number(person.branch))] if person.branch else [])


class Register:
    """The people of all sheets, found again.

    people: in sheet and row order; employer_symbol: 事業所記号, for filings that leave 記号 out.
    """

    def __init__(self, people: Iterable[Person], employer_symbol: str) -> None:
        self._symbol = employer_symbol
        self.people = list(people)
        self.names: dict[Place, str] = {}
        self.kana: dict[Place, str] = {}
        self.homes: dict[Place, Household | None] = {}
        self.families: dict[Household, Family] = {}
        for person in self.people:
            at = person.sheet, person.row
            self.names[at] = fold_name(person.name)
            self.kana[at] = fold_kana(person.kana)
            home = self.homes[at] = self.household(person.symbol, person.number)
            if home:
                self.families.setdefault(home, Family()).add(person, self.names[at])
        self._humans = self._by_human_being()

    def household(self, symbol: str, number: str) -> Household | None:
        """記号・番号 for comparison; the 記号 of 設定 for an empty one; None without 番号."""
        if not number:
            return None
        return fold_number(symbol or self._symbol), fold_number(number)

    def _by_human_being(self) -> dict[Place, dict[str, list[Person]]]:
        """Place → the rows, by sheet, of that human being: birth and name, or birth and reading."""
        parents: dict[Trait, Trait] = {}

        def root(key: Trait) -> Trait:
            parents.setdefault(key, key)
            while parents[key] != key:
                parents[key] = parents[parents[key]]
                key = parents[key]
            return key

        keys: dict[Place, Trait] = {}
        for person in self.people:
            at = person.sheet, person.row
            found: list[Trait] = [
                (kind, value, person.birth)
                for kind, value in (("name", self.names[at]), ("kana", self.kana[at]))
                if value and person.birth
            ]
            if found:
                keys[at] = found[0]
                parents[root(found[-1])] = root(found[0])
        groups: dict[Trait, dict[str, list[Person]]] = defaultdict(lambda: defaultdict(list))
        for person in self.people:
            at = person.sheet, person.row
            if at in keys:
                groups[root(keys[at])][person.sheet].append(person)
        return {at: groups[root(key)] for at, key in keys.items()}

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
        others = self.same(person, "loss", "dependants")
        return any(p.lost is not None and start < p.lost <= as_of for p in others)


def place(person: Person) -> dict[str, object]:
    """Where a row stands, for a message's templates: ``other`` (the tab's name) and ``line``."""
    return {"other": schema().sheets[person.sheet].name, "line": person.row}
