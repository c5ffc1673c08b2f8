"""What the checks look at: a book as filled rows, columns, people, numbers and the ledger, each
worked out once for all checks of a run.
"""

import datetime as dt
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from typing import TypeVar, cast

from shikaku.fields.individual_number import Examined
from shikaku.identity.register import Register
from shikaku.law.closed_days import ClosedDays
from shikaku.model import people
from shikaku.model.employers import symbols_of
from shikaku.model.ledger import LedgerEntry, ledger
from shikaku.model.people import Person, persons
from shikaku.model.schema import schema
from shikaku.model.settings import Settings
from shikaku.model.tables import BLANK, Book, Cell, Columns, Row, picked, turned, without_cells

T = TypeVar("T")

PEOPLE = people.SHEETS
"""The four sheets of people, as the checks go through them."""

FILLED_IN = (*PEOPLE, "ledger", "closed_days")
"""The sheets whose cells people type."""


@dataclass
class Context:
    """What checks may look at. ``closed`` are the workbook's closed days."""

    book: Book
    settings: Settings
    as_of: dt.date
    closed: ClosedDays
    _memory: dict[Hashable, object] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def once(self, work: Callable[["Context"], T]) -> T:
        """``work(self)``, worked out once for all checks of this run."""
        if work not in self._memory:
            self._memory[work] = work(self)
        return cast(T, self._memory[work])

    def rows(self, *sheets: str) -> Iterator[Row]:
        """Filled rows of the sheets named, those missing left out.

        A row whose input cells are all empty (the template's formulas stand in such rows too)
        is no row: nothing is ever found in it. Nor is a remark below the people (ST14).
        """
        rows = self.once(_sorted_out).rows
        return chain.from_iterable(rows.get(sheet, ()) for sheet in sheets)

    def filled_keys(self, sheet: str) -> list[str]:
        """The columns that people fill in and in which any row of the sheet has a cell, in the order of
        the schema."""
        spec, inputs = schema().sheets[sheet], input_keys(sheet)
        columns = self.columns(sheet)
        there = ((key, columns.get(key)) for key in (*spec.columns, *spec.extra) if key in inputs)
        return [key for key, cells in there if cells is not None and not _is_empty(cells)]

    def columns(self, sheet: str) -> Columns:
        """The rows of a sheet as columns."""
        found = self.once(_sorted_out).columns.get(sheet)
        return turned(sheet, []) if found is None else found

    def column(self, sheet: str, key: str) -> Sequence[Cell]:
        """The cells of a column, by row; BLANK where a row has none, and of a column that the sheet hasn't."""
        found = self.columns(sheet).get(key)
        return [BLANK] * len(self.once(_sorted_out).rows.get(sheet, [])) if found is None else found

    def texts(self, sheet: str, key: str) -> list[str]:
        """The texts of a column, by row: to see at a glance whether a check has anything to look for."""
        known = self.once(_texts)
        if (sheet, key) not in known:
            column = self.column(sheet, key)
            none = without_cells(column)  # a glance beside asking each cell
            known[sheet, key] = [""] * len(column) if none else [cell.text for cell in column]
        return known[sheet, key]

    def days(self, sheet: str, key: str) -> list[dt.date | None]:
        """The days of a column, by row, likewise."""
        known = self.once(_days)
        if (sheet, key) not in known:
            column = self.column(sheet, key)
            none = without_cells(column)
            known[sheet, key] = [None] * len(column) if none else [cell.day for cell in column]
        return known[sheet, key]

    def cells(self, sheet: str, key: str) -> Collection[Cell]:
        """The different cells of a column, BLANK among them where a row has none: each object once, since
        readers share one where cells are equal."""
        known = self.once(_different)
        if (sheet, key) not in known:
            known[sheet, key] = {id(cell): cell for cell in self.column(sheet, key)}.values()
        return known[sheet, key]

    def each(
        self, sheet: str, key: str, judge: Callable[[Cell], T | None]
    ) -> Iterator[tuple[Row, T]]:
        """The rows of a sheet with what ``judge`` says of their cell of a column, those left out of
        which it says nothing (None or False)."""
        return (
            (row, word)
            for row, word in zip(self.rows(sheet), self.judged(sheet, key, judge), strict=True)
            if word
        )

    def judged(self, sheet: str, key: str, judge: Callable[[Cell], T]) -> Iterable[T]:
        """What ``judge`` says of the cells of a column, by row. It is asked once of each different cell, of
        which most columns of thousands of rows have few."""
        column, cells = self.column(sheet, key), self.cells(sheet, key)
        if len(cells) > len(column) * _MOSTLY:
            return map(judge, column)
        answers = {id(cell): judge(cell) for cell in cells}
        return map(answers.__getitem__, map(id, column))

    def may_be_computed(self, sheet: str) -> bool:
        """Whether a cell of the sheet may be a formula's or an error."""
        table = self.book.tables.get(sheet)
        return table is not None and table.computed

    def has(self, sheet: str, key: str) -> bool:
        """Whether the sheet is there and has that column."""
        return sheet in self.book.tables and key in self.book.tables[sheet].columns

    def examined(self) -> Iterator[Examined]:
        """What stands in 個人番号, row by row of all four sheets of people."""
        return chain.from_iterable(self._examined.values())

    @cached_property
    def _examined(self) -> dict[str, list[Examined]]:
        """The same by row, for each of them."""
        found: dict[str, list[Examined]] = dict.fromkeys(PEOPLE, [])
        for sheet, places in self.once(_sorted_out).places.items():
            if sheet in PEOPLE:
                numbers = people.examined(self.book.tables[sheet])
                found[sheet] = [numbers[at] for at in places]
        return found

    @cached_property
    def people(self) -> dict[tuple[str, int], Person]:
        """(sheet key, row) → Person, for all four sheets of people."""
        found = chain.from_iterable(self._persons.values())
        return {(person.sheet, person.row): person for person in found}

    def with_people(self, *sheets: str) -> Iterator[tuple[Row, Person]]:
        """The filled rows of these sheets of people, each with its person."""
        for sheet in sheets:
            yield from zip(self.rows(sheet), self._persons[sheet], strict=True)

    @cached_property
    def dependants(self) -> list[Person]:
        """The 被扶養者 of all four sheets, as ``people`` has them."""
        return [person for person in self.people.values() if person.is_dependant]

    @cached_property
    def _persons(self) -> dict[str, list[Person]]:
        found: dict[str, list[Person]] = {}
        numbers = self._examined  # kept by then, and not looked at twice
        for sheet in PEOPLE:
            rows = self.once(_sorted_out).rows.get(sheet, [])
            own = people.of_table(self.book.tables[sheet]) if rows else []
            if len(own) != len(rows):  # nearly always of the same rows
                own = persons(sheet, rows, self.columns(sheet), numbers[sheet])
            found[sheet] = own
        return found

    @cached_property
    def register(self) -> Register:
        """The same people, found again."""
        symbol = self.settings.employer_symbol
        single = len(symbols_of(symbol)) == 1
        return Register(self.people.values(), symbol if single else "")

    @cached_property
    def ledger(self) -> list[LedgerEntry]:
        """The filled rows of 返納管理."""
        filled = {row.number for row in self.rows("ledger")}
        return [entry for entry in ledger(self.book) if entry.row in filled]


def _is_empty(column: Sequence[Cell]) -> bool:
    """Whether no row has a cell in a column: as a rule the cells are then one and the same BLANK."""
    return without_cells(column) or all(cell == BLANK for cell in column)


def is_blank(row: Row, key: str) -> bool:
    """Whether a cell is empty or holds nothing but spaces. An error cell is not blank."""
    return row.cell(key).blank


def input_keys(sheet: str) -> set[str]:
    """The keys of a sheet's columns that people fill in, in a collected book too."""
    spec = schema().sheets[sheet]
    return {c.key for c in spec.columns.values() if c.type != "formula"} | set(spec.extra)


@dataclass(slots=True)
class _Sorted:
    """rows, columns, places: the filled rows of each sheet, row by row and as columns, and where they stand
    in its table. others: (row, kind, column key) of those that are nobody's."""

    rows: dict[str, list[Row]]
    columns: dict[str, Columns]
    places: dict[str, list[int]]
    others: list[tuple[Row, str, str]]


def _sorted_out(context: Context) -> _Sorted:
    found = _Sorted({}, {}, {}, [])
    for sheet in (*PEOPLE, *(key for key in context.book.tables if key not in PEOPLE)):
        table = context.book.tables.get(sheet)
        if table is None or table.spec.role == "output":  # what we say, not what people say
            continue
        rows, columns = table.rows, table.turned()
        nobodys = people.asides(sheet, rows, columns) if sheet in PEOPLE else {}
        found.others += [(rows[at], *kind) for at, kind in nobodys.items()]
        left = nobodys.keys() | _blank_rows(sheet, len(rows), columns)
        places = [at for at in range(len(rows)) if at not in left]
        found.rows[sheet], found.places[sheet] = [rows[at] for at in places], places
        found.columns[sheet] = picked(columns, places) if left else columns
    return found


def _blank_rows(sheet: str, count: int, columns: Columns) -> set[int]:
    """The places of the rows in which nobody has filled in anything."""
    inputs, left = input_keys(sheet), [*range(count)]
    for key, column in columns.items():
        if key in inputs and left:  # as a rule none is left after the first column
            left = [at for at in left if column[at].blank]
    return set(left)


def asides(context: Context) -> list[tuple[Row, str, str]]:
    """(row, kind, column key) of the rows that are nobody's (``people.aside``), by sheet and line."""
    return context.once(_sorted_out).others


_MOSTLY = 0.8
"""Where so many cells of a column are different, noting which are would take longer than asking of each."""


def _texts(_: Context) -> dict[tuple[str, str], list[str]]:
    return {}


def _days(_: Context) -> dict[tuple[str, str], list[dt.date | None]]:
    return {}


def _different(_: Context) -> dict[tuple[str, str], Collection[Cell]]:
    return {}
