"""The catalogue of findings: the one place from which every table of codes is made.

A check is a function over a Context that yields Hits. It is declared with its code, severity,
the columns that it reads, title, message, hint and source; message and hint are templates that
the hit's values fill. A value that could be an individual number is never passed to a template.
"""

import datetime as dt
import importlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cached_property

from shikaku.book.tables import Book, Row
from shikaku.law.closed_days import ClosedDays
from shikaku.records import LedgerEntry, Person, ledger, person
from shikaku.schema import schema
from shikaku.settings import Settings

FAMILIES = (
    "structure",
    "required",
    "numbers",
    "dates",
    "limits",
    "losses",
    "names",
    "addresses",
    "certificates",
    "relations",
    "ages",
)
"""Modules of this room, a family each, in the catalogue's order."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding as the user sees it. ``sheet`` and ``column`` are the labels on the screen."""

    code: str
    severity: str
    sheet: str
    row: int
    column: str
    message: str
    hint: str
    source: str

    def to_json(self) -> dict:
        """The object of contract.md §3."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Hit:
    """What a check yields: sheet key, Excel row, column key ("" = the whole row) and the values
    for the templates. ``column_label`` overrides the label (a column that isn't there)."""

    sheet: str
    row: int
    column: str = ""
    values: dict = field(default_factory=dict)
    column_label: str = ""
    severity: str = ""  # overrides the check's own (DT02: a warning for H31.5.1)
    variant: str = ""  # picks another message of the check, by name


@dataclass(frozen=True, slots=True)
class Check:
    """A declared check; ``messages`` holds variants by name ("" is the usual one)."""

    code: str
    severity: str
    columns: tuple[str, ...]
    title: str
    messages: dict[str, str]
    hint: str
    source: str
    run: Callable[["Context"], Iterable[Hit]]


@dataclass
class Context:
    """What checks may look at. ``closed`` are the workbook's closed days."""

    book: Book
    settings: Settings
    as_of: dt.date
    closed: ClosedDays

    def rows(self, *sheets: str) -> Iterator[Row]:
        """Rows of the sheets named, those missing left out."""
        return self.book.rows(*sheets)

    @cached_property
    def people(self) -> dict[tuple[str, int], Person]:
        """(sheet key, row) → Person, for all four sheets of people."""
        return {
            (row.sheet, row.number): person(row)
            for row in self.book.rows("members", "acquisition", "dependants", "loss")
        }

    @cached_property
    def ledger(self) -> list[LedgerEntry]:
        """The rows of 返納管理."""
        return ledger(self.book)


_CHECKS: dict[str, Check] = {}


def check(
    code: str,
    severity: str,
    *,
    columns: tuple[str, ...],
    title: str,
    message: str,
    hint: str,
    source: str,
    **variants: str,
):
    """Declare a check. ``variants``: further messages by name, picked by ``Hit.variant``."""

    def register(run: Callable[[Context], Iterable[Hit]]):
        if code in _CHECKS and _CHECKS[code].run.__module__ != run.__module__:
            raise ValueError(f"{code} is declared twice")
        _CHECKS[code] = Check(
            code, severity, columns, title, {"": message, **variants}, hint, source, run
        )
        return run

    return register


def catalogue() -> list[Check]:
    """All checks, by family in FAMILIES' order, then by code."""
    for family in FAMILIES:
        importlib.import_module(f"shikaku.checks.{family}")
    order = {f"shikaku.checks.{family}": i for i, family in enumerate(FAMILIES)}
    return sorted(_CHECKS.values(), key=lambda c: (order[c.run.__module__], c.code))


_RANK = {"error": 0, "warning": 1, "info": 2}


def run(context: Context, codes: Iterable[str] | None = None) -> list[Finding]:
    """Run the checks (all, or those named) and give the findings in sheet, row, severity order."""
    wanted = set(codes) if codes is not None else None
    found = [
        (hit, _finding(item, hit))
        for item in catalogue()
        if wanted is None or item.code in wanted
        for hit in item.run(context)
    ]
    sheets = {key: i for i, key in enumerate(schema().sheets)}
    found.sort(
        key=lambda f: (sheets[f[0].sheet], f[0].row, _RANK[f[1].severity], f[1].code, f[1].column)
    )
    return [finding for _, finding in found]


def _finding(item: Check, hit: Hit) -> Finding:
    spec = schema().sheets[hit.sheet]
    label = hit.column_label or (spec.label(hit.column) if hit.column else "")
    values = {"sheet": spec.name, "row": hit.row, "column": label, **hit.values}
    return Finding(
        item.code,
        hit.severity or item.severity,
        spec.name,
        hit.row,
        label,
        item.messages[hit.variant].format_map(values),
        item.hint.format_map(values),
        item.source,
    )
