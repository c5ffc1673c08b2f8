"""Python's search for circles of objects, put off while hundreds of thousands come into being."""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

_one_command = False
_kept: list[object] = []
_AT_ONCE, _LATER = 50_000, (20, 100)
"""New objects before a search (Python's own: 700), and searches before one of the older ones, too: with
20,000 members whose rows, people, decisions and letters all stay, a third of ``run``'s time."""


def for_one_command() -> None:
    """Say that this process ends with its command: what a block leaves, and what is kept, then stays as long
    as the process does, is never searched, and goes with it in one piece: taking half a million objects
    apart one by one is a fortieth of ``run``'s time."""
    global _one_command
    _one_command = True
    _kept.append(_kept)  # a circle, which outlives its module: only a search would take it apart,
    atexit.register(gc.freeze)  # and Python's last one then finds nothing to look at
    gc.set_threshold(_AT_ONCE, *_LATER)


def keep(thing: object) -> None:
    """Let what a command works on live as long as its process, not be taken apart when the last one looks
    away. Elsewhere a thing goes when nobody needs it."""
    if _one_command:
        _kept.append(thing)


@contextmanager
def paused() -> Iterator[None]:
    """No search during a block. Cells, rows, people, findings and what is written of them form no circles:
    looking for some among half a million objects takes a tenth to a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if _one_command:
            gc.freeze()
        if enabled:
            gc.enable()
