"""Who is who across the sheets: households, the same human being twice, a filing's row in 加入者台帳.

People spell one thing in several ways, so everything here is compared folded (widths, spaces,
leading zeros, 髙 as 高); whether a spelling is right is for other checks to say.
"""

import datetime as dt
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from shikaku.checks.catalogue import Context
from shikaku.decisions import matching
from shikaku.fields import kana, person_name
from shikaku.fields.text import visible, without_spaces
from shikaku.records import Person
from shikaku.schema import schema

Household = tuple[str, str]


def fold_name(text: str) -> str:
    """A name as it is compared: without spaces, widths unified, 髙 as 高."""
    return unicodedata.normalize("NFKC", matching.plain_name(visible(text))).upper()


_KATAKANA = {0x3041 + i: 0x30A1 + i for i in range(86)}


def fold_kana(text: str) -> str:
    """A reading as it is compared: full-width katakana without spaces; hiragana counts as such."""
    return without_spaces(kana.to_full(text.translate(_KATAKANA)))


def given_name(text: str) -> str:
    """The part after the space, folded; "" when the name is in one piece."""
    parts = person_name.split(text)
    return fold_name(parts[1]) if parts else ""


fold_number = matching.digits


class Register:
    """The people of all sheets, found again. Take it by ``context.once(Register)``."""

    def __init__(self, context: Context):
        self._symbol = context.settings.employer_symbol
        self.people = list(context.people.values())
        self.names: dict[tuple[str, int], str] = {}
        self.kana: dict[tuple[str, int], str] = {}
        self.household_of: dict[tuple[str, int], Household | None] = {}
        self.insured: dict[Household, list[Person]] = defaultdict(list)
        self.dependants: dict[Household, list[Person]] = defaultdict(list)
        for person in self.people:
            place = (person.sheet, person.row)
            self.names[place] = fold_name(person.name)
            self.kana[place] = fold_kana(person.kana)
            household = self.household(person.symbol, person.number)
            self.household_of[place] = household
            if household:
                group = self.dependants if person.is_dependant else self.insured
                group[household].append(person)
        self._humans = self._union()

    def household(self, symbol: str, number: str) -> Household | None:
        """記号・番号 for comparison; the 記号 of 設定 for an empty one; None without 番号."""
        if not number:
            return None
        return fold_number(symbol or self._symbol), fold_number(number)

    def _union(self) -> dict[tuple[str, int], list[Person]]:
        """Place → all rows of the same human being: birth and name, or birth and reading."""
        parents: dict[tuple, tuple] = {}

        def root(key: tuple) -> tuple:
            parents.setdefault(key, key)
            while parents[key] != key:
                parents[key] = parents[parents[key]]
                key = parents[key]
            return key

        keys: dict[tuple[str, int], tuple] = {}
        for person in self.people:
            place = (person.sheet, person.row)
            found = [
                (kind, value, person.birth)
                for kind, value in (("name", self.names[place]), ("kana", self.kana[place]))
                if value and person.birth
            ]
            if not found:
                continue
            keys[place] = found[0]
            for other in found[1:]:
                parents[root(other)] = root(found[0])
        groups: dict[tuple, list[Person]] = defaultdict(list)
        for person in self.people:
            if (person.sheet, person.row) in keys:
                groups[root(keys[person.sheet, person.row])].append(person)
        return {(p.sheet, p.row): group for group in groups.values() for p in group}

    def same(self, person: Person, *sheets: str) -> list[Person]:
        """The rows of the same human being on the sheets named, itself included."""
        group = self._humans.get((person.sheet, person.row), [person])
        return [p for p in group if p.sheet in sheets]

    def groups(self, sheet: str) -> Iterable[list[Person]]:
        """The rows of a sheet that belong to one human being, where there are two or more."""
        seen: set[int] = set()
        for group in self._humans.values():
            if id(group) not in seen:
                seen.add(id(group))
                here = [p for p in group if p.sheet == sheet]
                if len(here) > 1:
                    yield here

    def name(self, person: Person) -> str:
        """The folded name."""
        return self.names[person.sheet, person.row]

    def home(self, person: Person) -> Household | None:
        """The household of a row."""
        return self.household_of[person.sheet, person.row]

    def member(self, person: Person) -> Person | None:
        """The row of 加入者台帳 that a filing's row speaks of, by 記号・番号 and then by the name,
        the 枝番 or being the insured; None when there is none. A row under the 記号・番号 that
        fits by the 枝番 or the role only may turn out to be somebody else: that is a finding.
        """
        household = self.home(person)
        if household is None:
            return next(iter(self.same(person, "members")), None)
        group = self.dependants if person.is_dependant else self.insured
        members = [m for m in group.get(household, ()) if m.sheet == "members"]
        name = self.name(person)
        for fits in (
            [m for m in members if self.name(m) == name and m.birth == person.birth],
            [m for m in members if self.name(m) == name],
            [m for m in members if self._same_branch(m, person)],
            members if not person.is_dependant else [],
        ):
            if fits:
                return fits[-1]
        return None

    @staticmethod
    def _same_branch(member: Person, person: Person) -> bool:
        return bool(person.branch) and fold_number(member.branch) == fold_number(person.branch)

    def ended(self, person: Person, as_of: dt.date) -> bool:
        """Whether that row's membership is over on the day, as far as any sheet says."""
        if person.sheet == "loss" or person.event == "removed":
            return True
        ends = [person.lost] if person.lost else []
        ends += [p.lost for p in self.same(person, "loss") if p.lost]
        ends += [p.lost for p in self.same(person, "dependants") if p.lost]
        start = person.acquired
        return any(end <= as_of and (start is None or start < end) for end in ends)

    def covered(self, household: Household, day: dt.date) -> bool:
        """Whether the household's insured is a member on that day, as far as the sheets say."""
        insured = self.insured.get(household, ())
        starts = [p.acquired for p in insured if p.acquired]
        ends = [p.lost for p in insured if p.lost]
        begun = [start for start in starts if start <= day]
        if starts and not begun:
            return False
        last = max(begun, default=None)
        return not any(end <= day and (last is None or last < end) for end in ends)


def place(person: Person) -> dict[str, object]:
    """Where a row stands, for a message's templates: ``other`` (the tab's name) and ``line``."""
    return {"other": schema().sheets[person.sheet].name, "line": person.row}
