"""Objects as bytes for another process: fast for our many small dataclasses, and shut to lookers-on."""

import dataclasses
import io
import operator
import pickle
from collections.abc import Callable
from typing import Any


class Sealed:
    """Packed objects on their way. The scheduler and its logs see that something travels, not what:
    the rows of a workbook have individual numbers in them."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __repr__(self) -> str:
        return f"<Sealed {len(self.data)} bytes>"

    def __reduce__(self) -> tuple[type, tuple[bytes]]:
        return Sealed, (self.data,)

    def open(self) -> Any:
        """What is in it."""
        return pickle.loads(self.data)


def sealed(thing: object) -> Sealed:
    """Pack an object. What one process packs, another of the same version opens."""
    out = io.BytesIO()
    _Packer(out, protocol=5).dump(thing)
    return Sealed(out.getvalue())


class _Packer(pickle.Pickler):
    """A dataclass is packed as its class and the values of its fields: the standard library's way for
    those with slots takes ten times as long."""

    def reducer_override(self, thing: Any) -> Any:
        kind: type = type(thing)
        if kind not in _KNOWN:
            _KNOWN[kind] = _values_of(kind)
        values = _KNOWN[kind]
        return NotImplemented if values is None else (kind, values(thing))


_KNOWN: dict[type, Callable[[Any], tuple[Any, ...]] | None] = {}


def _values_of(kind: type) -> Callable[[Any], tuple[Any, ...]] | None:
    """How to get a dataclass's values in the order of its parameters; None where that isn't all of it."""
    if not dataclasses.is_dataclass(kind):
        return None
    # What isn't compared and no parameter is worked out from the rest when it is opened.
    fields = [f for f in dataclasses.fields(kind) if f.init or f.compare]
    if not fields or not all(f.init and not f.kw_only for f in fields):
        return None
    if "__reduce__" in vars(kind):
        return None
    names = [f.name for f in fields]
    if len(names) == 1:
        return lambda thing: (getattr(thing, names[0]),)
    get = operator.attrgetter(*names)
    return lambda thing: get(thing)
