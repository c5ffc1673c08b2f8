"""Which of many cases a slow test goes through: as few as bring everything that all of them bring.

``SHIKAKU_EVERY_CASE=1`` in the environment lets all of them through.
"""

import heapq
import os
import re
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

T = TypeVar("T")


def telling(items: Iterable[T], brings: Callable[[T], Iterable[Hashable]]) -> list[T]:
    """Items that together bring everything that ``brings`` gives of any, in their order: each time the
    one is taken that brings the most that is missing, of several the first."""
    listed = list(items)
    if os.environ.get("SHIKAKU_EVERY_CASE"):
        return listed
    brought = [set(brings(item)) for item in listed]
    missing = set[Hashable]().union(*brought)
    # What an item brings only shrinks: the first of the heap is the best once its count is a fresh one.
    heap = [(-len(found), number) for number, found in enumerate(brought)]
    heapq.heapify(heap)
    chosen = []
    while missing:
        _, number = heapq.heappop(heap)
        brought[number] &= missing
        now = -len(brought[number]), number
        if heap and now > heap[0]:
            heapq.heappush(heap, now)
            continue
        chosen.append(number)
        missing -= brought[number]
    return [listed[number] for number in sorted(chosen)]


def shape(value: object) -> str:
    """A value's type, of a text the kinds of its characters: runs of digits, of letters, what else."""
    if not isinstance(value, str):
        return type(value).__name__
    kinds = ("0" if c in "0123456789" else "a" if c.isalpha() else c for c in value)
    return re.sub(r"(.)\1+", r"\1", "".join(kinds))
