"""A workbook cut by 記号, and further by 番号 where one 記号 has too many rows.

What must not be parted: the rows of one 記号・番号, those that leave the 記号 out and those of 設定's
事業所記号 (the one may stand for the other), a row without a 番号 with the people whom it may be about
(contract §6: of one 記号 and name; the birth is left to the rules), and a certificate with everybody of
the name and birth that are printed on it, since his 記号・番号 may have been corrected.
"""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from shikaku.fields import stray_number
from shikaku.identity.matching import fold_name, fold_number
from shikaku.model import employers
from shikaku.model.employers import symbols_of
from shikaku.model.ledger import printed
from shikaku.model.people import record_part
from shikaku.model.settings import Settings
from shikaku.model.tables import Book, Row

PEOPLE = ("members", "acquisition", "dependants", "loss")
KEYED = (*PEOPLE, "ledger")
"""The sheets whose rows belong to a 記号."""

_PIECES = 4
"""Pieces for each worker: the last to finish should not be waited for long."""
_LEAST, _MOST = 250, 4000
"""Rows of a piece."""

Place = tuple[str, int]
"""Sheet key and row."""

_Unit = tuple[str, str]
"""記号 and 番号 as they are compared, all of 設定's 記号 as one."""


@dataclass(slots=True)
class Partition:
    """Rows by sheet key, in the order of the sheet. first: the one that has the other sheets' rows,
    and for which what is found on no row counts."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    first: bool = False

    def places(self) -> set[Place]:
        """Where its rows stand."""
        return {(row.sheet, row.number) for rows in self.rows.values() for row in rows}

    def with_guests(self, guests: Iterable[Row]) -> "Partition":
        """The same with rows of other partitions among its own, in the order of the sheets."""
        rows = {sheet: list(own) for sheet, own in self.rows.items()}
        for row in guests:
            rows.setdefault(row.sheet, []).append(row)
        for mixed in rows.values():
            mixed.sort(key=lambda row: row.number)
        return Partition(rows, self.first)


def size(book: Book, workers: int) -> int:
    """How many rows a piece should have."""
    rows = sum(len(book.tables[sheet].rows) for sheet in KEYED if sheet in book.tables)
    return min(max(rows // (_PIECES * workers), _LEAST), _MOST)


def cut(book: Book, settings: Settings, rows: int) -> list[Partition]:
    """The partitions, each of at least so many rows but the last; one 記号・番号 may make it more."""
    units = _Units(book, settings)
    others = {key: list(table.rows) for key, table in book.tables.items() if key not in KEYED}
    found = [Partition(others, first=True)]
    count = 0
    for together in units.groups():
        if count >= rows:
            found.append(Partition())
            count = 0
        for row in together:
            found[-1].rows.setdefault(row.sheet, []).append(row)
        count += len(together)
    for partition in found:
        for own_rows in partition.rows.values():
            own_rows.sort(key=lambda row: row.number)
    return found


class _Units:
    """The rows by 記号・番号, and which of these must stay together."""

    def __init__(self, book: Book, settings: Settings) -> None:
        self._own = set(map(fold_number, symbols_of(settings.employer_symbol)))
        self._rows: dict[_Unit, list[Row]] = defaultdict(list)
        for sheet in KEYED:
            for row in book.rows(sheet):
                self._rows[self._unit(row)].append(row)
        self._parents = {unit: unit for unit in self._rows}
        self._join_loose()
        self._join_printed(book)

    def groups(self) -> Iterator[list[Row]]:
        """The rows that must stay together, by 記号 in the order in which they come."""
        together: dict[_Unit, list[Row]] = defaultdict(list)
        for unit, rows in self._rows.items():
            together[self._root(unit)] += rows
        by_symbol: dict[str, list[_Unit]] = defaultdict(list)
        for unit in together:
            by_symbol[unit[0]].append(unit)
        for units in by_symbol.values():
            yield from (together[unit] for unit in units)

    def _unit(self, row: Row) -> _Unit:
        symbol = fold_number(record_part(row, "symbol"))
        return "" if symbol in self._own else symbol, fold_number(record_part(row, "number"))

    def _root(self, unit: _Unit) -> _Unit:
        parents = self._parents
        while parents[unit] != unit:
            parents[unit] = parents[parents[unit]]
            unit = parents[unit]
        return unit

    def _unite(self, one: _Unit, others: Iterable[_Unit]) -> None:
        for other in others:
            self._parents[self._root(other)] = self._root(one)

    def _join_loose(self) -> None:
        """Rows without 番号 or 記号, with those of one name under the 記号."""
        loose: dict[tuple[str, str], _Unit] = {}
        for unit, rows in self._rows.items():
            for row in rows:
                if row.sheet in PEOPLE and not _is_numbered(row):
                    self._unite(unit, [loose.setdefault((unit[0], _name(row)), unit)])
        symbols = {symbol for symbol, _ in loose}
        for unit, rows in self._rows.items():
            for row in rows if unit[0] in symbols else ():
                other = loose.get((unit[0], _name(row)))
                self._unite(unit, [other] if other else ())

    def _join_printed(self, book: Book) -> None:
        """Certificates with everybody of the name and birth that are printed on them; a birth that is
        blank in one row of a person another one may know."""
        cards: dict[tuple[str, dt.date | None], set[_Unit]] = defaultdict(set)
        faces = printed(book)
        for row in book.rows("ledger") if faces else ():
            face = faces.get(row.text("control_no"))
            if face is not None and face.birth is not None:
                for birth in (face.birth, None):
                    cards[_name(row), birth].add(self._unit(row))
        for unit, rows in self._rows.items() if cards else ():
            for row in rows:
                self._unite(unit, cards.get((_name(row), row.date("birth")), ()))


def _is_numbered(row: Row) -> bool:
    return bool(record_part(row, "number") and record_part(row, "symbol"))


def issues(partitions: Iterable[Partition], book: Book) -> list[list[Row]]:
    """For each partition the rows of 発行履歴 that say what its certificates have printed on them."""
    by_number: dict[str, list[Row]] = defaultdict(list)
    for row in book.rows("history"):
        if row.text("control_no"):
            by_number[row.text("control_no")].append(row)
    return [
        []
        if partition.first
        else [
            row
            for number in {row.text("control_no") for row in partition.rows.get("ledger", ())}
            for row in by_number.get(number, ())
        ]
        for partition in partitions
    ]


def _name(row: Row) -> str:
    return fold_name(stray_number.hide(row.text("name")))


def book_of(partition: Partition, book: Book) -> Book:
    """The partition as a workbook: its rows under the sheets, columns and settings of the whole, with
    the sheet 事業所, by which people have their employer."""
    tables = {
        key: dataclasses.replace(table, rows=partition.rows.get(key, []))
        for key, table in book.tables.items()
    }
    desk = {key: table for key, table in book.desk.items() if key == employers.SHEET}
    return dataclasses.replace(book, tables=tables, desk=desk)


def frame_of(book: Book) -> Book:
    """The workbook without a row: what every partition needs of it."""
    return book_of(Partition(), book)
