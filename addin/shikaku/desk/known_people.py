"""Whether the person of a list's line is on the sheet, or in another line, already.

Looked up by what two rows of one person must have in common, so that a list in which all are called
alike, or have one 記号・番号, costs no more than another.
"""

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import nsmallest
from itertools import product
from typing import NamedTuple

from shikaku.desk.first_rows import MOST, FirstRows
from shikaku.desk.import_mapping import SHEETS
from shikaku.identity import person_keys
from shikaku.identity.matching import fold_name, fold_number
from shikaku.identity.person_keys import Key
from shikaku.model.people import Person, person
from shikaku.model.schema import EVENT
from shikaku.model.tables import Book, CellValue, Row

_ANY = object()
"""In the place of a part of a key: whichever."""


class _Traits(NamedTuple):
    """What a row says of somebody, as far as two rows are compared by it: the keys under which it is found
    and by which others are, the event, whether that ends a membership, and its day."""

    stored: tuple[Key, ...]
    wanted: tuple[Key, ...]
    event: str | None
    ends: bool
    day: dt.date | None

    @classmethod
    def of(cls, row: Row, who: Person) -> "_Traits":
        return cls(
            tuple(_stored(who)),
            tuple(_wanted(who)),
            who.event,
            row.sheet == "loss" or who.event == "removed",
            row.date(EVENT.get(row.sheet, "acquired")),
        )


# Two rows are alike, and a person should look before both become rows of a sheet, when they are the same
# person's to ``identity``, or have the same name and birth date and nothing in 記号 and 番号 against it
# (two people of one name and birthday are two to ``identity``; here they are only listed).


def _stored(one: Person) -> Iterator[Key]:
    """The keys under which a row is found."""
    for symbol, number in product(*((part, _ANY) for part in _record(one))):
        yield fold_name(one.name), one.birth, symbol, number
    yield from person_keys.stored(one)


def _wanted(one: Person) -> Iterator[Key]:
    """The keys by which a row finds those that are alike."""
    parts = ((_ANY,) if part is None else (part, None) for part in _record(one))
    for symbol, number in product(*parts):
        yield fold_name(one.name), one.birth, symbol, number
    yield from person_keys.wanted(one)


def _record(one: Person) -> tuple[str | None, str | None]:
    """記号 and 番号, None for a blank one."""
    symbol, number = (fold_number(part) if part else None for part in (one.symbol, one.number))
    return symbol, number


_Texts = frozenset[tuple[str, CellValue]]


@dataclass(slots=True)
class _AlikeRows:
    """The rows of one sheet, or lines of the list, that say the same of somebody. texts: all that they
    say."""

    traits: _Traits
    rows: list[int] = field(default_factory=list)
    texts: set[_Texts] = field(default_factory=set)


class _AlikeLookup:
    """Groups of rows, looked up by what a row that is alike has in common with them."""

    def __init__(self) -> None:
        self._by_traits: dict[_Traits, _AlikeRows] = {}
        self._by_key: dict[tuple[Key, str | None], list[_AlikeRows]] = defaultdict(list)

    def add(self, row: int, traits: _Traits, texts: _Texts = frozenset()) -> None:
        """Note a row, in the order of their numbers."""
        group = self._by_traits.get(traits)
        if group is None:
            group = self._by_traits[traits] = _AlikeRows(traits)
            for key in traits.stored:
                self._by_key[key, traits.event].append(group)
        group.rows.append(row)
        group.texts.add(texts)

    def alike(self, traits: _Traits) -> Iterator[_AlikeRows]:
        """The groups of the same event that are alike, each once."""
        seen: set[int] = set()
        for key in traits.wanted:
            for group in self._by_key.get((key, traits.event), ()):
                if id(group) not in seen:
                    seen.add(id(group))
                    yield group


class _Same(NamedTuple):
    """The rows of the same event of the same person: the first ones, one more than are ever named;
    whether two of them say different things."""

    rows: list[int]
    differ: bool


class KnownPeople:
    """The people of a sheet and of a list."""

    def __init__(self, book: Book, sheet: str, listed: Sequence[tuple[Row, _Texts]]) -> None:
        """listed: the rows that the list's lines would be, and all that they say."""
        self._there, self._new = _AlikeLookup(), _AlikeLookup()
        for row in book.rows(sheet):
            self._there.add(row.number, _Traits.of(row, person(row)))
        self._lines: dict[int, _Traits] = {}
        for row, texts in listed:
            traits = self._lines[row.number] = _Traits.of(row, person(row))
            self._new.add(row.number, traits, texts)
        self._rows = [*book.rows(*SHEETS), *(row for row, _ in listed)]
        self._known: dict[tuple[bool, _Traits], _Same] = {}

    def on_sheet(self, line: int) -> FirstRows:
        """Rows of the sheet that say the same event of the same person as a line of the list."""
        return FirstRows.of(self._same(line, self._there).rows)

    def in_list(self, line: int) -> tuple[FirstRows, bool]:
        """Other lines that do; whether any two of them all say different things."""
        found = self._same(line, self._new)
        return FirstRows.of(other for other in found.rows if other != line), found.differ

    def _same(self, line: int, groups: _AlikeLookup) -> _Same:
        traits = self._lines[line]
        key = groups is self._new, traits
        if key not in self._known:
            self._known[key] = self._looked_up(groups, traits)
        return self._known[key]

    def _looked_up(self, groups: _AlikeLookup, traits: _Traits) -> _Same:
        """Enough of the groups to name the first rows: where all rows of one birth and 記号・番号 are of
        different names, there are as many groups as rows."""
        found: list[_AlikeRows] = []
        count = 0
        for group in groups.alike(traits):
            if not self._apart(group.traits, traits):
                found.append(group)
                count += len(group.rows)
            if count > _ENOUGH and len(found) > 1:
                break
        rows = nsmallest(_ENOUGH, (row for group in found for row in group.rows))
        return _Same(rows, len(found) > 1 or any(len(group.texts) > 1 for group in found))

    def _apart(self, one: _Traits, other: _Traits) -> bool:
        """Whether two rows of one person are two events: joined again after a loss, lost again
        after an acquisition, changed on another day."""
        if one.day is None or other.day is None or one.day == other.day:
            return False
        if one.event == "changed":
            return True
        first, last = sorted((one.day, other.day))
        days = self._acquisitions if one.ends else self._losses
        between = (days[key] for key in one.wanted if key in days)
        return any(bisect_right(each, first) < bisect_right(each, last) for each in between)

    @cached_property
    def _acquisitions(self) -> dict[Key, list[dt.date]]:
        return _sorted((who, who.acquired) for who in map(person, self._rows))

    @cached_property
    def _losses(self) -> dict[Key, list[dt.date]]:
        return _sorted((who, who.lost) for who in map(person, self._rows))


def _sorted(days: Iterable[tuple[Person, dt.date | None]]) -> dict[Key, list[dt.date]]:
    """Key → the days of all rows that are found under it, in order."""
    found: dict[Key, list[dt.date]] = defaultdict(list)
    for who, day in days:
        if day is not None:
            for key in _stored(who):
                found[key].append(day)
    for each in found.values():
        each.sort()
    return found


_ENOUGH = MOST + 2
"""The line itself, those that are named, one more to know of others."""
