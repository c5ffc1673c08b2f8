"""Which of many cases a slow test goes through: those that bring something no case before did.

``SHIKAKU_EVERY_CASE=1`` in the environment lets all of them through.
"""

import os
import re
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

T = TypeVar("T")


def telling(items: Iterable[T], brings: Callable[[T], Iterable[Hashable]]) -> list[T]:
    """The items of which ``brings`` gives something that it gave of no item before."""
    if os.environ.get("SHIKAKU_EVERY_CASE"):
        return list(items)
    known: set[Hashable] = set()
    chosen = []
    for item in items:
        new = set(brings(item)) - known
        if new:
            chosen.append(item)
            known |= new
    return chosen


def shape(value: object) -> str:
    """A value's type, of a text the kinds of its characters: runs of digits, of letters, what else."""
    if not isinstance(value, str):
        return type(value).__name__
    kinds = ("0" if c in "0123456789" else "a" if c.isalpha() else c for c in value)
    return re.sub(r"(.)\1+", r"\1", "".join(kinds))
