"""Who is who across the sheets: households, the same human being twice, a filing's row in 加入者台帳.

People spell one thing in several ways, so everything here is compared folded (widths, spaces,
leading zeros, 髙 as 高); whether a spelling is right is for other checks to say.
"""

import datetime as dt
import unicodedata
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import lru_cache

from shikaku.fields import kana, person_name
from shikaku.fields.text import visible, without_spaces
from shikaku.identity import matching
from shikaku.model.people import Person
from shikaku.model.schema import schema

Household = tuple[str, str]


@lru_cache(maxsize=65536)
def fold_name(text: str) -> str:
    """A name as it is compared: without spaces, widths unified, 髙 as 高."""
    return unicodedata.normalize("NFKC", matching.plain_name(visible(text))).upper()


def fold_kana(text: str) -> str:
    """A reading as it is compared: full-width katakana without spaces; hiragana counts as such."""
    return without_spaces(kana.to_full(kana.from_hiragana(text)))


def given_name(text: str) -> str:
    """The part after the space, folded; "" when the name is in one piece."""
    parts = person_name.split(text)
    return fold_name(parts[1]) if parts else ""


fold_number = matching.digits


_ROWS_OF_ONE = 20
"""So many rows of a sheet are looked at for one human being: more are copies, not lives."""


class Family:
    """Everybody under one 記号・番号, with what is looked up again and again."""

    def __init__(self):
        self.insured: list[Person] = []
        self.dependants: list[Person] = []
        self.insured_names: dict[str, Person] = {}
        self.birth_of: Person | None = None
        """A row that has the insured's birth; None where the rows disagree or say nothing."""
        self._births: set[dt.date] = set()
        self._starts: list[dt.date] = []
        self._ends: list[dt.date] = []
        self._members: dict[tuple, Person] = {}
        self._enrolled: set[tuple] = set()
        self._removals: dict[tuple, list[dt.date]] = defaultdict(list)

    def add(self, person: Person, name: str) -> None:
        """Take a row. Rows come in the order of the sheets, then of their lines."""
        if person.is_dependant:
            self.dependants.append(person)
            if person.event == "removed" and person.lost:
                for key in _marks(person, name):
                    self._removals[key].append(person.lost)
            if person.event not in ("removed", "changed"):
                self._enrolled.update(_marks(person, name))
                if person.birth:
                    self._enrolled.add(("birth", person.birth))
        else:
            self.insured.append(person)
            self.insured_names.setdefault(name, person)
            if person.birth:
                self._births.add(person.birth)
                self.birth_of = person if len(self._births) == 1 else None
            if person.acquired:
                insort(self._starts, person.acquired)
            if person.lost:
                insort(self._ends, person.lost)
        if person.sheet == "members":
            role = person.is_dependant
            for key in (*_marks(person, name), ("birth", name, person.birth), ("role",)):
                self._members[role, *key] = person

    def member(self, person: Person, name: str) -> Person | None:
        """See ``Register.member``."""
        role = person.is_dependant
        keys = [("birth", name, person.birth), *_marks(person, name)]
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

    def final_losses(self, strangers: Collection[tuple[str, int]]) -> list[Person]:
        """The losses of the insured after which nobody is insured, filings first, one a day. Those
        of ``strangers``, (sheet, row), are left out."""
        last = self._starts[-1] if self._starts else dt.date.min
        ends = [p for p in self.insured if p.lost and p.lost > last]
        ends = [p for p in ends if (p.sheet, p.row) not in strangers]
        ends.sort(key=lambda p: (p.lost, p.sheet != "loss", p.row))
        return list({p.lost: p for p in reversed(ends)}.values())[::-1]

    def removals(self, person: Person, name: str) -> list[dt.date]:
        """The days of 非該当 of a dependant, by the name or the 枝番."""
        return [day for key in _marks(person, name) for day in self._removals.get(key, ())]

    def enrols(self, person: Person, name: str) -> bool:
        """Whether a row other than 非該当, 変更 and 資格喪失届 shows that this person is a member."""
        if not person.is_dependant:
            return any(p.sheet != "loss" for p in self.insured[:1])
        marks = {*_marks(person, name), ("birth", person.birth)}
        return bool(marks & self._enrolled)


def _marks(person: Person, name: str) -> list[tuple]:
    marks = [("name", name)] if name else []
    return marks + ([("branch", fold_number(person.branch))] if person.branch else [])


class Register:
    """The people of all sheets, found again.

    people: in sheet and row order; employer_symbol: 事業所記号, for filings that leave 記号 out.
    """

    def __init__(self, people: Iterable[Person], employer_symbol: str):
        self._symbol = employer_symbol
        self.people = list(people)
        self.names: dict[tuple[str, int], str] = {}
        self.kana: dict[tuple[str, int], str] = {}
        self.homes: dict[tuple[str, int], Household | None] = {}
        self.families: dict[Household, Family] = defaultdict(Family)
        for person in self.people:
            at = person.sheet, person.row
            self.names[at] = fold_name(person.name)
            self.kana[at] = fold_kana(person.kana)
            self.homes[at] = self.household(person.symbol, person.number)
            if self.homes[at]:
                self.families[self.homes[at]].add(person, self.names[at])
        self.families.default_factory = None
        self._humans = self._union()

    def household(self, symbol: str, number: str) -> Household | None:
        """記号・番号 for comparison; the 記号 of 設定 for an empty one; None without 番号."""
        if not number:
            return None
        return fold_number(symbol or self._symbol), fold_number(number)

    def _union(self) -> dict[tuple[str, int], dict[str, list[Person]]]:
        """Place → the rows, by sheet, of that human being: birth and name, or birth and reading."""
        parents: dict[tuple, tuple] = {}

        def root(key: tuple) -> tuple:
            parents.setdefault(key, key)
            while parents[key] != key:
                parents[key] = parents[parents[key]]
                key = parents[key]
            return key

        keys: dict[tuple[str, int], tuple] = {}
        for person in self.people:
            at = person.sheet, person.row
            found = [
                (kind, value, person.birth)
                for kind, value in (("name", self.names[at]), ("kana", self.kana[at]))
                if value and person.birth
            ]
            if found:
                keys[at] = found[0]
                parents[root(found[-1])] = root(found[0])
        groups: dict[tuple, dict[str, list[Person]]] = defaultdict(lambda: defaultdict(list))
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
