"""What was issued before, read from 発行履歴, so that a second run issues nothing twice."""

import datetime as dt
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict

from shikaku.identity.matching import fold_name, fold_number
from shikaku.model.people import Person
from shikaku.model.tables import Book
from shikaku.returns.stages import PRE_NOTICE

_Named = tuple[str, str, str]
"""Kind of letter, 記号 and name, folded."""


class _Days:
    """The days of one kind of letter about people of one 記号 and name, by 番号 and 枝番, each in order:
    there may be thousands of them."""

    def __init__(self) -> None:
        self._days: dict[tuple[str | None, str | None], list[dt.date]] = defaultdict(list)

    def add(self, number: str, branch: str, day: dt.date) -> None:
        """Note a letter, also as one of whichever 番号 and 枝番."""
        for key in ((number, branch), (number, None), (None, None)):
            insort(self._days[key], day)

    def of(self, person: Person) -> list[list[dt.date]]:
        """Those about one of the people: of everybody who may be meant."""
        keys: list[tuple[str | None, str | None]] = [(None, None)]
        if person.number:
            number = fold_number(person.number)
            keys = [("", None), *((number, branch) for branch in _same_branches(person))]
        return [self._days[key] for key in keys if key in self._days]


class History:
    """Days of issue by kind of letter and person, and by kind and 管理番号."""

    def __init__(self, book: Book) -> None:
        self._kinds: set[str] = set()
        self._people: dict[_Named, _Days] = defaultdict(_Days)
        self._cases: dict[tuple[str, str], list[tuple[dt.date, str]]] = defaultdict(list)
        self._records: set[tuple[str, str, str, str]] = set()
        self._early: set[tuple[str, dt.date]] = set()
        self._about: set[tuple[str, str, str, str]] = set()
        self._things: set[tuple[str, str]] = set()
        for row in book.rows("history"):
            kind, day = row.word("letter"), row.date("issued") or dt.date.min
            name = fold_name(row.text("name"))
            symbol, number, branch = (
                fold_number(row.text(p)) for p in ("symbol", "number", "branch")
            )
            self._kinds.add(kind)
            self._records.add((kind, symbol, number, branch))
            self._people[kind, symbol, name].add(number, branch, day)
            self._about.add((kind, symbol, name, row.text("remarks")))
            self._things.add((kind, row.text("remarks")))
            control_no = row.text("control_no")
            if not control_no:
                continue
            self._cases[control_no, kind].append((day, row.text("addressee")))
            if PRE_NOTICE in row.text("remarks"):
                self._early.add((control_no, day))

    def days(self, kind: str, person: Person) -> list[dt.date]:
        """When a kind of letter was issued about a person, earliest first.

        A new employee's letter is issued before the 番号 is known: a row without one, or a person
        without one, is compared by 記号 and name alone. Zeros that Excel has eaten and another form
        of a kanji (髙橋, 高橋) make nobody somebody else.
        """
        return sorted(day for days in self._of(kind, person) for day in days)

    def _of(self, kind: str, person: Person) -> list[list[dt.date]]:
        if kind not in self._kinds:
            return []  # everybody is asked for some kinds that nobody has had
        key = kind, fold_number(person.symbol), fold_name(person.name)
        known = self._people.get(key)
        return known.of(person) if known else []

    def has_record(self, kind: str, person: Person) -> bool:
        """Whether the kind was issued to this 記号・番号・枝番, under whatever name: people marry."""
        if kind not in self._kinds:
            return False
        parts = [fold_number(p) for p in (person.symbol, person.number, _branch(person))]
        return all(parts) and (kind, *parts) in self._records

    def has_person_about(self, kind: str, person: Person, about: str) -> bool:
        """Whether the kind was issued about this very thing of a person's."""
        return (kind, fold_number(person.symbol), fold_name(person.name), about) in self._about

    def has_about(self, kind: str, about: str) -> bool:
        """Whether the kind was issued about this very thing, whichever person's it is."""
        return (kind, about) in self._things

    def last(self, kind: str, person: Person) -> dt.date | None:
        """The last of the days, or None."""
        return max((days[-1] for days in self._of(kind, person)), default=None)

    def between(self, kind: str, person: Person, first: dt.date, last: dt.date) -> bool:
        """Whether a kind of letter was issued about a person from one day to another."""
        return any(
            bisect_left(days, first) < bisect_right(days, last) for days in self._of(kind, person)
        )

    def of_case(self, control_no: str, kind: str) -> list[tuple[dt.date, str]]:
        """(day, addressee) of a kind of letter about a document, earliest first."""
        return sorted(self._cases[control_no, kind])

    def is_pre_notice(self, control_no: str, day: dt.date) -> bool:
        """Whether the request of that day went out before the loss."""
        return (control_no, day) in self._early

    def last_of_case(self, control_no: str, kinds: tuple[str, ...]) -> str | None:
        """The kind of the last letter about a document; of one day, the last of ``kinds``."""
        sent = [
            (day, kinds.index(kind)) for kind in kinds for day, _ in self.of_case(control_no, kind)
        ]
        return kinds[max(sent)[1]] if sent else None


def _same_branches(person: Person) -> list[str | None]:
    """The 枝番 that are a person's, None for whichever. The insured's 00 may be left out; a dependant's
    blank one says nothing."""
    mine, own = fold_number(_branch(person)), fold_number("00")
    if not person.is_dependant:
        return [mine, ""] if mine == own else [mine] if mine else []
    return ["", mine] if mine else [None]


def _branch(person: Person) -> str:
    """枝番; an insured's blank one is 00."""
    return person.record.rsplit("-", 1)[1]
