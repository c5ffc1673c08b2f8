"""A workbook cut by 記号, and further by 番号 where one 記号 has too many rows.

What must not be parted: the rows of one 記号・番号, those that leave the 記号 out and those of 設定's
事業所記号 (the one may stand for the other), and a row without a 番号 with the people whom it may be about
(contract §6: of one 記号 and name; the birth is left to the rules).
"""

import dataclasses
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from shikaku.identity.matching import fold_name, fold_number
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
    own = {fold_number(part) for part in settings.employer_symbol.split("、") if part.strip()}
    units: dict[_Unit, list[Row]] = defaultdict(list)
    loose: dict[_Unit, list[Row]] = {}
    for sheet in KEYED:
        for row in book.rows(sheet):
            unit = _unit(row, own)
            units[unit].append(row)
            if sheet in PEOPLE and not (record_part(row, "number") and record_part(row, "symbol")):
                loose.setdefault(unit, []).append(row)
    others = {key: list(table.rows) for key, table in book.tables.items() if key not in KEYED}
    found = [Partition(others, first=True)]
    count = 0
    for together in _united(units, loose):
        if count >= rows:
            found.append(Partition())
            count = 0
        for unit in together:
            count += len(units[unit])
            for row in units[unit]:
                found[-1].rows.setdefault(row.sheet, []).append(row)
    for partition in found:
        for own_rows in partition.rows.values():
            own_rows.sort(key=lambda row: row.number)
    return found


def _unit(row: Row, own: set[str]) -> _Unit:
    symbol, number = (
        fold_number(record_part(row, "symbol")),
        fold_number(record_part(row, "number")),
    )
    return ("" if symbol in own else symbol), number


def _united(units: dict[_Unit, list[Row]], loose: dict[_Unit, list[Row]]) -> Iterator[list[_Unit]]:
    """The units that must stay together, by 記号 in the order in which they come."""
    parents = {unit: unit for unit in units}

    def root(unit: _Unit) -> _Unit:
        while parents[unit] != unit:
            parents[unit] = parents[parents[unit]]
            unit = parents[unit]
        return unit

    names: dict[tuple[str, str], _Unit] = {}
    for unit, rows in loose.items():
        for row in rows:
            key = unit[0], _name(row)
            parents[root(unit)] = root(names.setdefault(key, unit))
    symbols = {symbol for symbol, _ in loose}
    for unit, rows in units.items():
        if unit[0] in symbols:
            for row in rows:
                other = names.get((unit[0], _name(row)))
                if other is not None:
                    parents[root(unit)] = root(other)
    groups: dict[_Unit, list[_Unit]] = defaultdict(list)
    by_symbol: dict[str, dict[_Unit, None]] = defaultdict(dict)
    for unit in units:
        groups[root(unit)].append(unit)
        by_symbol[unit[0]][root(unit)] = None
    for roots in by_symbol.values():
        yield from (groups[one] for one in roots)


def _name(row: Row) -> str:
    return fold_name(row.text("name"))


def book_of(partition: Partition, book: Book) -> Book:
    """The partition as a workbook: its rows under the sheets, columns and settings of the whole."""
    tables = {
        key: dataclasses.replace(table, rows=partition.rows.get(key, []))
        for key, table in book.tables.items()
    }
    return dataclasses.replace(book, tables=tables, desk={})


def frame_of(book: Book) -> Book:
    """The workbook without a row: what every partition needs of it."""
    return book_of(Partition(), book)
