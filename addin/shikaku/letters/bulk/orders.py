"""What a worker is told to make, and what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shikaku.letters.pdf.finish import Finish


@dataclass(frozen=True, slots=True)
class Order:
    """One letter to make. number: the caller's own. place: folder and stem of its files."""

    number: int
    title: str
    names: tuple[str, ...]
    context: Mapping[str, Any] = field(repr=False)
    place: Path


@dataclass(frozen=True, slots=True)
class Batch:
    """Letters of a kind. engine: None when no PDF is wanted."""

    kind: str
    orders: tuple[Order, ...]
    formats: tuple[str, ...]
    engine: str | None
    pages: int | None
    how: Finish


@dataclass(frozen=True, slots=True)
class Binding:
    """An employer's letters, made before, to be bound into one file each format."""

    orders: tuple[tuple[int, Path, str], ...]
    title: str
    place: Path
    formats: tuple[str, ...]
    how: Finish


@dataclass(slots=True)
class Made:
    """What became of an order. files: formats that stand in their place. pages: of the PDF."""

    number: int
    files: tuple[str, ...] = ()
    pages: int | None = None
    reason: str = ""
    hint: str = ""
    note: str = ""
