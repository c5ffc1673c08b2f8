"""検証 in partitions: the findings of one machine, to the byte.

Checks that look at a whole column, or at the ledger's rows wherever their people have gone, run here
over the whole workbook meanwhile; all others run where the rows are, each partition with the rows of
others that share a human being or a number with its own (``joins``).
"""

import datetime as dt
import secrets
from collections import defaultdict
from dataclasses import dataclass

from shikaku.checks import catalogue
from shikaku.checks.catalogue import Finding, Hit
from shikaku.checks.context import Context
from shikaku.cluster import joins
from shikaku.cluster.connection import Cluster
from shikaku.cluster.partitions import Partition, Place, book_of, cut, frame_of, issues, size
from shikaku.law.closed_days import ClosedDays
from shikaku.model.settings import Settings
from shikaku.model.tables import Book

WHOLE = frozenset(
    (
        # sheets, columns, and what is counted over a column
        *("ST01", "ST02", "ST03", "ST04", "ST06", "ST07", "ST12", "ST13"),
        # rows one below the other
        *("ST09", "ST10", "ST11", "MN11"),
        # whether anybody, or a year, is there at all
        *("MN16", "DL06", "RF13"),
        # certificates of the ledger, under whatever 記号・番号 their holder is now
        *("LS03", "LS09", "LS12", "KK18", "KK19"),
    )
)
"""Codes of checks that need the whole workbook."""

Found = list[tuple[str, Hit]]


@dataclass(frozen=True, slots=True)
class CheckWork:
    """What a worker needs to check one partition. frame: the workbook without rows; own: whose
    findings are wanted, None for those of the first partition, too, that are on no row."""

    frame: Book
    partition: Partition
    own: frozenset[Place]
    settings: Settings
    as_of: dt.date
    closed: ClosedDays


def findings(cluster: Cluster, context: Context) -> list[Finding]:
    """What ``catalogue.run`` finds, worked out on the cluster. Raises ShikakuError when it fails."""
    book = context.book
    partitions = cut(book, context.settings, size(book, cluster.workers))
    traits = joined(cluster, partitions)
    frame = frame_of(book)
    works = [
        CheckWork(
            frame,
            partition.with_guests([*guests, *issued]),
            frozenset(partition.places()),
            context.settings,
            context.as_of,
            context.closed,
        )
        for partition, guests, issued in zip(
            partitions, joins.guests(partitions, traits), issues(partitions, book), strict=True
        )
    ]
    pending = cluster.start(check, works)
    here = catalogue.hits(context, WHOLE)
    hits: dict[str, list[Hit]] = defaultdict(list)
    for part in pending.results():
        for code, hit in part:
            hits[code].append(hit)
    for item, hit in here:
        hits[item.code].append(hit)
    return catalogue.settled(
        [(item, hit) for item in catalogue.catalogue() for hit in hits.get(item.code, ())]
    )


def joined(cluster: Cluster, partitions: list[Partition]) -> list[list[joins.Traits]]:
    """What the rows of each partition are joined by."""
    key = secrets.token_bytes(32)
    works = [(joins.people(partition), key) for partition in partitions]
    return list(cluster.start(traits, works).results())


def traits(work: tuple[list, bytes]) -> list[joins.Traits]:
    """A worker's part of the join."""
    return joins.traits(*work)


def check(work: CheckWork) -> Found:
    """A worker's part: (code, hit) of the partition's own rows."""
    book = book_of(work.partition, work.frame)
    context = Context(book, work.settings, work.as_of, work.closed)
    codes = [item.code for item in catalogue.catalogue() if item.code not in WHOLE]
    return [
        (item.code, hit)
        for item, hit in catalogue.hits(context, codes)
        if (hit.sheet, hit.row) in work.own or (work.partition.first and _on_no_row(book, hit))
    ]


def _on_no_row(book: Book, hit: Hit) -> bool:
    table = book.tables.get(hit.sheet)
    return table is None or hit.row <= table.header_row
