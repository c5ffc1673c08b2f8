"""Rows that belong together across partitions: one human being, one 個人番号.

Each partition gives a short keyed hash of what its rows are compared by; equal hashes in two
partitions are the join. The key is of one run, so that no hash says anything afterwards. Two things
with one hash only bring rows together that nobody then takes for the same.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence

from shikaku.cluster.partitions import PEOPLE, Partition
from shikaku.fields import individual_number, stray_number
from shikaku.identity.matching import fold_kana, fold_name, fold_number
from shikaku.model.people import record_part
from shikaku.model.tables import Row

Traits = tuple[int, int, int, int]
"""Hashes of (氏名, 生年月日), (氏名カナ, 生年月日), (番号, 氏名) and the 個人番号; 0 where there is none."""


def people(partition: Partition) -> list[Row]:
    """The rows that are joined, in an order that both sides know."""
    return [row for sheet in PEOPLE for row in partition.rows.get(sheet, ())]


def traits(rows: Iterable[Row], key: bytes) -> list[Traits]:
    """The hashes of rows of people, under the run's key."""
    return [_traits(row, key) for row in rows]


def _traits(row: Row, key: bytes) -> Traits:
    birth = row.date("birth")
    name = fold_name(stray_number.hide(row.text("name")))
    kana = fold_kana(stray_number.hide(row.text("kana")))
    cell = row.cells.get("individual_number")
    number = fold_number(record_part(row, "number"))
    mark = individual_number.fingerprint(cell.value, key) if cell is not None else None
    return (
        _hash(key, "name", name, birth) if name and birth else 0,
        _hash(key, "kana", kana, birth) if kana and birth else 0,
        _hash(key, "record", number, name) if number and name else 0,
        _hash(key, "number", mark) if mark else 0,
    )


def _hash(key: bytes, *things: object) -> int:
    digest = hashlib.blake2b(repr(things).encode("utf-8", "replace"), key=key, digest_size=8)
    return int.from_bytes(digest.digest(), "little")


def guests(partitions: Sequence[Partition], found: Sequence[Sequence[Traits]]) -> list[list[Row]]:
    """For each partition the rows of others that share a human being or a number with its own."""
    groups: dict[int, list[tuple[int, Row]]] = defaultdict(list)
    roots = _humans(found)
    for i, (partition, all_traits) in enumerate(zip(partitions, found, strict=True)):
        for row, hashes in zip(people(partition), all_traits, strict=True):
            if any(hashes):
                groups[roots[_first(hashes)]].append((i, row))
    wanted: list[dict[tuple[str, int], Row]] = [{} for _ in partitions]
    for rows in groups.values():
        homes = {i for i, _ in rows}
        if len(homes) > 1:
            for i, row in rows:
                for other in homes - {i}:
                    wanted[other][row.sheet, row.number] = row
    return [list(rows.values()) for rows in wanted]


def _humans(found: Iterable[Iterable[Traits]]) -> dict[int, int]:
    """Hash → that of its human being: what one row has is one's. 記号・番号 and 個人番号 are among it, since
    a row without a birth is by these somebody's (``Register``)."""
    parents: dict[int, int] = {}

    def root(one: int) -> int:
        parents.setdefault(one, one)
        while parents[one] != one:
            parents[one] = parents[parents[one]]
            one = parents[one]
        return one

    for all_traits in found:
        for hashes in all_traits:
            first = _first(hashes)
            for one in filter(None, hashes):
                parents[root(one)] = root(first)
    return {one: root(one) for one in list(parents)}


def _first(hashes: Traits) -> int:
    return next(filter(None, hashes), 0)


def shared_numbers(partitions: Sequence[Partition], found: Sequence[Sequence[Traits]]) -> list[Row]:
    """The rows whose 個人番号 stands in another row, too."""
    rows: dict[int, list[Row]] = defaultdict(list)
    for partition, all_traits in zip(partitions, found, strict=True):
        for row, (*_, number) in zip(people(partition), all_traits, strict=True):
            if number:
                rows[number].append(row)
    return [row for several in rows.values() if len(several) > 1 for row in several]
