"""Python's search for circles of objects, put off while hundreds of thousands come into being."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """No search during a block. Cells, rows, people and findings form no circles: looking for some
    among half a million objects takes a tenth to a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
