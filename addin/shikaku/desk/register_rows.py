"""加入者台帳 while filings are taken in: whose rows are still open, whose were closed on which day.

Looked up by what the rows of one person have in common (``identity.person_keys``), so that a family of
which everybody in the workbook is costs no more than another.
"""

import datetime as dt
from bisect import insort
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from heapq import merge
from operator import attrgetter

from shikaku.desk.first_rows import MOST, FirstRows
from shikaku.identity import person_keys
from shikaku.identity.matching import household
from shikaku.identity.person_keys import Key
from shikaku.model.people import Person

_ENOUGH = MOST + 1
_order = attrgetter("order")


@dataclass(slots=True, eq=False)
class Member:
    """A row of the register. place: its Excel row, for the n-th row that is only to be added -n; order:
    of the rows, counted from 0."""

    person: Person
    place: int
    lost: dt.date | None
    order: int

    def joined_before(self, day: dt.date | None) -> bool:
        """Whether the membership began before a day; unknown days prove nothing against it."""
        acquired = self.person.acquired
        return acquired is None or day is None or acquired < day


@dataclass(slots=True)
class _Bucket:
    """The rows of one key, each list in their order."""

    members: list[Member] = field(default_factory=list)
    open: dict[int, Member] = field(default_factory=dict)
    closed: dict[dt.date, list[Member]] = field(default_factory=lambda: defaultdict(list))

    def close(self, member: Member, day: dt.date) -> None:
        self.open.pop(member.order, None)
        insort(self.closed[day], member, key=_order)

    def fitting(self, day: dt.date | None) -> Iterator[Member]:
        """Those still open, or closed on that very day."""
        closed = self.closed.get(day, ()) if day is not None else ()
        return merge(self.open.values(), closed, key=_order)


class RegisterRows:
    """The rows of 加入者台帳, and those that filings have added."""

    def __init__(self) -> None:
        self._count = 0
        self._buckets: dict[Key, _Bucket] = defaultdict(_Bucket)
        self._insured: dict[object, deque[Member]] = defaultdict(deque)
        self._dependants: dict[object, dict[int, Member]] = defaultdict(dict)

    def add(self, person: Person, place: int, lost: dt.date | None) -> None:
        """Note a row."""
        member = Member(person, place, None, self._count)
        self._count += 1
        family = household(person)
        if person.is_dependant:
            self._dependants[family][member.order] = member
        else:
            self._insured[family].append(member)
        for key in person_keys.stored(person):
            bucket = self._buckets[key]
            bucket.members.append(member)
            bucket.open[member.order] = member
        if lost is not None:
            self.close(member, lost)

    def close(self, member: Member, day: dt.date | None) -> None:
        """Note the day of loss of an open row, None for a filing that doesn't say it."""
        member.lost = day
        if day is None:
            return
        self._dependants[household(member.person)].pop(member.order, None)
        for key in person_keys.stored(member.person):
            self._buckets[key].close(member, day)

    def insured_of(self, filing: Person) -> Member | None:
        """The first row of the filing's 記号・番号 that is an insured's and open."""
        found = self._insured[household(filing)]
        while found and found[0].lost is not None:
            found.popleft()
        return found[0] if found else None

    def dependants_of(self, filing: Person) -> list[Member]:
        """The open rows of its 記号・番号 that are dependants'."""
        return list(self._dependants[household(filing)].values())

    def is_open(self, filing: Person) -> bool:
        """Whether the filing's person has an open row."""
        return any(bucket.open for bucket in self._same(filing))

    def is_current(self, filing: Person) -> bool:
        """Whether he has a row that is open, or was closed after the filing's 資格取得年月日."""
        day = filing.acquired
        return any(
            bucket.open or any(day is None or closed > day for closed in bucket.closed)
            for bucket in self._same(filing)
        )

    def rows_of(self, filing: Person, *, dependants: bool) -> FirstRows:
        """His rows as a dependant, or as an insured."""
        return places(_merged(bucket.members for bucket in self._same(filing, dependants)))

    def fitting(self, filing: Person, *, dependants: bool) -> list[Member]:
        """Those of them that are open or closed on the filing's day, of these the ones that joined
        before it, if any: all of them, or enough to name the first ones."""
        joined: list[Member] = []
        later: list[Member] = []
        buckets = self._same(filing, dependants)
        for member in _merged(bucket.fitting(filing.lost) for bucket in buckets):
            (joined if member.joined_before(filing.lost) else later).append(member)
            if len(joined) == _ENOUGH:
                break
        return joined or later[:_ENOUGH]

    def _same(self, filing: Person, dependants: bool | None = None) -> list[_Bucket]:
        keys = person_keys.wanted(filing, dependants=dependants)
        return [self._buckets[key] for key in keys if key in self._buckets]


def places(members: Iterable[Member]) -> FirstRows:
    """The Excel rows of those that stand on the sheet already."""
    return FirstRows.of(member.place for member in members if member.place > 0)


def _merged(lists: Iterable[Iterable[Member]]) -> Iterator[Member]:
    """Each of them once, in their order."""
    last = None
    for member in merge(*lists, key=_order):
        if member is not last:
            yield member
        last = member
