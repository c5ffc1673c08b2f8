"""判定 in partitions: the decisions of one machine, to the byte.

A partition has everybody under its 記号・番号, so that only one question looks across: whether a
個人番号 is another person's (MN08). It is answered first, by a join.
"""

import datetime as dt
from dataclasses import dataclass

from shikaku.cluster import joins
from shikaku.cluster.checking import joined
from shikaku.cluster.connection import Cluster
from shikaku.cluster.partitions import Partition, Place, book_of, cut, frame_of, issues, size
from shikaku.decisions import everybody
from shikaku.decisions.everybody import Decision
from shikaku.identity import shared_numbers
from shikaku.identity.enrolments import ORDER
from shikaku.law.closed_days import ClosedDays
from shikaku.model.people import aside, person
from shikaku.model.settings import Settings
from shikaku.model.tables import Book


@dataclass(frozen=True, slots=True)
class DecideWork:
    """What a worker needs to decide for one partition. unusable: rows whose number is another's."""

    frame: Book
    partition: Partition
    unusable: frozenset[Place]
    settings: Settings
    as_of: dt.date
    closed: ClosedDays


def decisions(
    cluster: Cluster, book: Book, settings: Settings, as_of: dt.date, closed: ClosedDays
) -> list[Decision]:
    """What ``everybody.decide_all`` decides, worked out on the cluster. Raises ShikakuError."""
    partitions = cut(book, settings, size(book, cluster.workers))
    several = joins.shared_numbers(partitions, joined(cluster, partitions))
    several.sort(key=lambda row: (ORDER.index(row.sheet), row.number))
    unusable = shared_numbers.unusable(person(row) for row in several if aside(row) is None)
    frame = frame_of(book)
    works = [
        DecideWork(
            frame,
            one.with_guests(issued),
            frozenset(unusable & one.places()),
            settings,
            as_of,
            closed,
        )
        for one, issued in zip(partitions, issues(partitions, book), strict=True)
    ]
    found = [one for part in cluster.start(decide, works).results() for one in part]
    return sorted(found, key=lambda one: (ORDER.index(one.person.sheet), one.person.row))


def decide(work: DecideWork) -> list[Decision]:
    """A worker's part."""
    book = book_of(work.partition, work.frame)
    return everybody.decide_all(
        book, work.settings, work.as_of, work.closed, unusable=work.unusable
    )
