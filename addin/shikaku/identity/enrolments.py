"""One enrolment of one person, with all the rows that are about it (contract §6, People).

The rows of one person under one 記号・番号 are one enrolment, unless a 資格喪失年月日 lies between their
資格取得年月日. A filing may lack the 番号: it is about the person of another row where 記号, name, birth
and, if both have one, 個人番号 agree, and about nobody else's where two people fit.
"""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice, product

from shikaku.identity import person_keys
from shikaku.identity.matching import (
    Household,
    fold_name,
    fold_number,
    given_name,
    household,
)
from shikaku.model.people import Person

ORDER = ("members", "acquisition", "dependants", "loss")
"""The sheets in which a person is looked for; the first that has him gives the row that is listed."""


@dataclass(slots=True)
class Enrolment:
    """rows: of 加入者台帳, 資格取得届 and 被扶養者異動届, the one to be listed first. losses: the person's
    rows of 資格喪失届, whichever enrolment they end; loss_days: their days, in order, of all enrolments one
    list: somebody may have come and gone a thousand times."""

    rows: list[Person]
    losses: list[Person] = field(default_factory=list)
    loss_days: Sequence[dt.date] = ()

    @property
    def listed(self) -> Person:
        """The row by which the person is listed."""
        return self.rows[0]

    def first_loss(self, acquired: dt.date | None) -> dt.date | None:
        """The first day of 資格喪失届 after a day (None: of all); None without one."""
        at = 0 if acquired is None else bisect_right(self.loss_days, acquired)
        return self.loss_days[at] if at < len(self.loss_days) else None


_FIRST_PLACE = {sheet: i << 40 for i, sheet in enumerate(ORDER)}

_FEW = 20
"""So many people who may be one with a row are looked at."""


class _PersonRows:
    """Everything about one person: rows with few that differ, and those that only repeat."""

    __slots__ = ("_models", "_taken", "rows")

    def __init__(self, first: Person) -> None:
        self.rows = [first]
        self._models: dict[Spelling, Person] = {}
        self._taken = 0  # so many of the rows have been looked at for models

    def add(self, person: Person) -> None:
        self.rows.append(person)

    @property
    def models(self) -> "dict[Spelling, Person]":
        """The rows that differ; of most people nobody ever asks."""
        for person in self.rows[self._taken :]:
            self._models.setdefault(_spelling(person), person)
        self._taken = len(self.rows)
        return self._models


Spelling = tuple[str, dt.date | None, str, bool]
Trait = Spelling | tuple[str, str] | tuple[str, dt.date, str]
"""What two rows of one person may have in common: all, the name, the birth with another trait."""


def _traits(person: Person) -> list[Trait]:
    """One of these at least is the same in any two rows that ``same_in_household`` takes for one."""
    found: list[Trait] = [("name", fold_name(person.name))]
    if person.birth is None:
        return found
    if not person.is_dependant:  # of whom there is one
        return [*found, ("birth", person.birth, "")]
    found.append(("given", person.birth, given_name(person.name)))
    if person.branch:
        found.append(("branch", person.birth, fold_number(person.branch)))
    return found


def _spelling(person: Person) -> Spelling:
    branch = fold_number(person.branch) if person.branch else ""
    return fold_name(person.name), person.birth, branch, person.is_dependant


def enrolments(people: Iterable[Person], symbols: Sequence[str] = ()) -> list[Enrolment]:
    """Every enrolment that a row of the sheets is about, those of 資格喪失届 alone left out, in the
    order of their listed rows.

    symbols: 設定's 事業所記号, for filings that leave the 記号 out.
    """
    rows = sorted(people, key=_place)
    groups = _by_person(rows, symbols)
    found = [one for group in groups for one in (_alone if len(group) == 1 else _parted)(group)]
    return sorted(found, key=lambda one: _place(one.listed))


def _place(person: Person) -> int:
    """A number that grows with the sheets, in their order, and with the rows in each."""
    return _FIRST_PLACE[person.sheet] + person.row


def _by_person(rows: Sequence[Person], symbols: Sequence[str]) -> list[list[Person]]:
    """The rows of each person, in the order given."""
    families: dict[Household | None, list[Person]] = defaultdict(list)
    for person in rows:
        families[household(person)].append(person)
    without_number = families.pop(None, [])
    groups = [group for family in families.values() for group in _of_family(family)]
    if without_number:
        _without_number(without_number, groups, symbols)
    return [group.rows for group in groups]


def _of_family(rows: Sequence[Person]) -> list[_PersonRows]:
    """The people under one 記号・番号."""
    if _all_differ(rows):
        return [_PersonRows(person) for person in rows]
    groups: list[_PersonRows] = []
    known = _FamilyRows()
    for person in rows:
        group = known.fitting(person)
        if group is None:
            group = _PersonRows(person)
            groups.append(group)
        else:
            group.add(person)
        known.add(group, person)
    return groups


class _FamilyRows:
    """The people under one 記号・番号, found by a further row."""

    def __init__(self) -> None:
        self._by: dict[person_keys.Key, dict[int, _PersonRows]] = defaultdict(dict)
        self._spelt: dict[Spelling, _PersonRows] = {}
        self._places: dict[Trait, dict[int, int]] = defaultdict(dict)

    def add(self, group: _PersonRows, row: Person) -> None:
        """Note a person by one of the rows."""
        self._spelt.setdefault(_spelling(row), group)
        for key in person_keys.stored(row):
            self._by[key].setdefault(id(group), group)
        for trait in _traits(row):
            self._places[trait].setdefault(id(group), len(self._places[trait]))

    def fitting(self, row: Person) -> _PersonRows | None:
        """Whose row it is (``same_in_household``): of several the one of whom it is a copy, then the
        first who has the same name, the same given name and birth, the same 枝番."""
        if group := self._spelt.get(_spelling(row)):
            return group
        near = (self._by.get(key, {}) for key in person_keys.wanted(row))
        found = {id(g): g for groups in near for g in islice(groups.values(), _FEW)}
        return min(found.values(), key=lambda g: self._place(g, row), default=None)

    def _place(self, group: _PersonRows, row: Person) -> tuple[int, int]:
        places = (self._places[trait].get(id(group)) for trait in _traits(row))
        return next((rank, place) for rank, place in enumerate(places) if place is not None)


def _all_differ(rows: Sequence[Person]) -> bool:
    """Whether no two rows have a name or a birth in common: then nobody is the same person
    (``same_in_household``)."""
    if len(rows) == 1:
        return True
    births = [person.birth for person in rows if person.birth is not None]
    if len(set(births)) < len(births):
        return False
    return len({fold_name(person.name) for person in rows}) == len(rows)


def _without_number(
    rows: Sequence[Person], groups: list[_PersonRows], symbols: Sequence[str]
) -> None:
    """Add the rows that have no 番号 to the person whom they are about, else as a person of their
    own."""
    known = _Registered(symbols)
    for group in groups:
        known.add(group, group.models.values())
    for person in rows:
        fitting = known.fitting(person)
        if len(fitting) == 1:
            group = fitting[0]
            new = _spelling(person) not in group.models
            group.add(person)
        else:
            group, new = _PersonRows(person), not fitting
            groups.append(group)
        if new:
            known.add(group, [person])


class _Registered:
    """Whom a row that has no 番号 may be about, looked up by all that ``is_registered_as`` asks for: where
    everybody has one name and birth, these alone would be everybody's."""

    def __init__(self, symbols: Sequence[str]) -> None:
        self._symbols = symbols
        self._by: dict[tuple[object, ...], dict[int, _PersonRows]] = defaultdict(dict)
        self._kinds: dict[tuple[object, ...], set[bool]] = defaultdict(set)

    def add(self, group: _PersonRows, rows: Collection[Person]) -> None:
        """Note a person by these rows; somebody may be a dependant on one and the insured on another."""
        for row in rows:
            self._kinds[id(group), fold_name(row.name), row.birth].add(row.is_dependant)
        for row in rows:
            who = fold_name(row.name), row.birth
            for dependant, mark in product(self._kinds[id(group), *who], {row.number_mark, _ANY}):
                self._by[*who, dependant, fold_number(row.symbol), mark][id(group)] = group

    def fitting(self, person: Person) -> list[_PersonRows]:
        """The people whom a row may be about: of several two."""
        if person.birth is None:
            return []
        own = (person.symbol,) if person.symbol else tuple(self._symbols)
        marks = (_ANY,) if person.number_mark is None else (person.number_mark, None)
        found: dict[int, _PersonRows] = {}
        for symbol, mark in product(own, marks):
            key = fold_name(person.name), person.birth, person.is_dependant
            near = self._by.get((*key, fold_number(symbol), mark), {})
            found |= dict(islice(near.items(), 2))
        return list(found.values())[:2]


_ANY = object()
"""In the place of a 個人番号: whichever, or none."""


def _alone(rows: list[Person]) -> list[Enrolment]:
    """``_parted`` of a person with one row, as most have."""
    return [] if rows[0].sheet == "loss" else [Enrolment(rows)]


def _parted(rows: list[Person]) -> list[Enrolment]:
    """One person's rows, parted where a loss lies between two days of acquisition."""
    about = [person for person in rows if person.sheet != "loss"]
    parts = _by_acquisition(about, {person.lost for person in rows if person.lost})
    begun = [part[0].acquired or dt.date.min for part in parts]
    for person in about:
        if not person.acquired:
            _running(parts, begun, person).append(person)
    for part in parts:
        part.sort(key=_place)  # a row that has no 番号 came last
    losses = [person for person in rows if person.sheet == "loss"]
    loss_days = sorted(person.lost for person in losses if person.lost)
    return [Enrolment(part, losses, loss_days) for part in parts]


def _by_acquisition(rows: Iterable[Person], ends: Iterable[dt.date]) -> list[list[Person]]:
    """The rows with a day of acquisition, earliest first, parted where an end lies between."""
    parts: list[list[Person]] = []
    days = sorted(ends)
    last: dt.date | None = None
    for begun, person in sorted(
        ((p.acquired, p) for p in rows if p.acquired), key=lambda pair: pair[0]
    ):
        if last is None or bisect_right(days, last) < bisect_right(days, begun):
            parts.append([])
        parts[-1].append(person)
        last = begun
    return parts


def _running(parts: list[list[Person]], begun: list[dt.date], person: Person) -> list[Person]:
    """The enrolment that a row without a day of acquisition is about: a 非該当 ends the one that was
    running then, else one before them all; 変更, and a row whose day can't be read, are about the
    latest. A new one is added where there is none. begun: their first days, in order."""
    running = len(parts) if person.lost is None else bisect_left(begun, person.lost)
    if not running:
        parts.insert(0, [])
        begun.insert(0, dt.date.min)
        return parts[0]
    return parts[running - 1]
