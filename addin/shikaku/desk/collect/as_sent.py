"""How collected rows were sent, kept as marks: hashes that tell a change, and give nothing away.

With them a cell that the clerk has changed is told from one that the sender has changed, and a row
that she has taken out from one that is new. Of a 個人番号 only is kept whether there was a good one.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from shikaku.desk.collect.reading import TakenRow
from shikaku.fields import individual_number
from shikaku.model.schema import EVENT, schema
from shikaku.model.tables import Cell, Row

NUMBER = "individual_number"
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
_TRAITS = ("birth", "name", "kana", "record")


@dataclass(frozen=True, slots=True)
class AsSent:
    """One row. number: of the row in its file; people: marks of any two of its person's traits, one
    in common makes the same person; cells: column key → mark, blank cells left out."""

    receipt_no: str
    sheet: str
    number: int
    people: frozenset[str]
    cells: dict[str, str]

    @property
    def key(self) -> tuple[str, str, int]:
        """The row's place in its file."""
        return self.receipt_no, self.sheet, self.number


def mark(text: str) -> str:
    """A short hash in letters (never a run of digits); "" for a blank.

    >>> mark("見本") == mark("見本"), mark("")
    (True, '')
    """
    if not text:
        return ""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:10].translate(_LETTERS)


_mark = lru_cache(maxsize=16384)(mark)  # thousands of rows have the same words


def cell_mark(key: str, cell: Cell | None) -> str:
    """What is kept of a cell: its hash, of a 個人番号 ``good`` or ``bad``; "" for a blank."""
    if cell is None:
        return ""
    if key != NUMBER:
        return _mark(cell.text)
    found = individual_number.examine(cell.value)
    return "" if found.problem in ("blank", "pending") else "good" if found.ok else "bad"


def cell_marks(cells: Mapping[str, Cell]) -> dict[str, str]:
    """Column key → mark of a row's filled cells."""
    found = {key: cell_mark(key, cell) for key, cell in cells.items()}
    return {key: text for key, text in found.items() if text}


def person_marks(row: TakenRow, traits: Mapping[str, str]) -> frozenset[str]:
    """Marks of the person and the event of a row. traits: ``pairing.traits`` of it."""
    event = row.text("event") + row.text(EVENT.get(row.sheet, ""))[:7]
    known = [(key, traits[key]) for key in _TRAITS if key in traits]
    return frozenset(mark(f"{one}{other}{event}") for one, other in combinations(known, 2))


def written(kept: AsSent, sheet_name: str) -> dict[str, str | int]:
    """The row of 取込控え, by column key."""
    return {
        "receipt_no": kept.receipt_no,
        "sheet": sheet_name,
        "source_row": kept.number,
        "people": " ".join(sorted(kept.people)),
        "cells": " ".join(f"{key}:{text}" for key, text in sorted(kept.cells.items())),
    }


def read_cells(text: str) -> dict[str, str]:
    """The marks of a written row."""
    pairs = (part.partition(":") for part in text.split())
    return {key: found for key, _, found in pairs}


def read(row: Row) -> AsSent:
    """What a row of 取込控え says."""
    sheets = {spec.name: key for key, spec in schema().sheets.items()}
    return AsSent(
        row.text("receipt_no"),
        sheets.get(row.text("sheet"), ""),
        row.count("source_row") or 0,
        frozenset(row.text("people").split()),
        read_cells(row.text("cells")),
    )
