"""Which rows of two files are one person's filing: traits, two of which make the same person."""

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from shikaku.desk.collect.reading import SHEETS, TakenRow
from shikaku.desk.collect.received import Receipt
from shikaku.fields import era_date, individual_number
from shikaku.identity.matching import fold_kana, fold_name, fold_number
from shikaku.model.schema import EVENT
from shikaku.model.tables import Cell

SAME_EVENT = dt.timedelta(60)
"""Days further apart are two events of one person (left and joined again), not a correction."""

_KEY = secrets.token_bytes(32)
"""Of this run, kept nowhere: numbers are compared by their keyed hash, dummies not at all."""


def traits(row: TakenRow) -> dict[str, str]:
    """What tells a person; two of them the same make the same person."""
    birth = day_of(row.cells, "birth")
    number = row.cells.get("individual_number")
    digest = individual_number.fingerprint(number.value, _KEY) if number else None
    record = f"{fold_number(row.text('number'))}-{fold_number(row.text('branch')).lstrip('0')}"
    if row.sheet == "dependants" and not row.text("branch"):
        record = ""  # the family's, not the person's: twins have it with the birth in common
    found = {
        "birth": birth.isoformat() if birth else row.text("birth"),
        "name": fold_name(row.text("name")),
        "kana": fold_kana(row.text("kana")),
        "record": record if record != "-" else "",
        "individual_number": digest,
    }
    return {key: value for key, value in found.items() if value}


def _likeness(one: dict[str, str], other: dict[str, str]) -> int:
    """How many traits are the same; 0 for less than two. The individual number alone won't do: one
    number under two people is a slip that 検証 must get to see (MN08), and no correction. Two people
    of one name and birthday, told apart by both 番号 and 個人番号, stay two."""
    if all(
        key in one and key in other and one[key] != other[key]
        for key in ("record", "individual_number")
    ):
        return 0
    same = sum(1 for key, value in one.items() if other.get(key) == value)
    return same if same > 1 else 0


def _index(lines: Sequence["Line"]) -> dict[tuple[str, str], list[int]]:
    found = defaultdict(list)
    for number, line in enumerate(lines):
        for trait in line.traits.items():
            found[trait].append(number)
    return found


def _likest(
    line: "Line",
    lines: Sequence["Line"],
    index: Mapping[tuple[str, str], list[int]],
    taken: set[int],
) -> int | None:
    """The number of the likest of the lines, None when none is the same person's filing."""
    mine = line.traits
    near = {n for trait in mine.items() for n in index.get(trait, ())} - taken
    scores = [
        (_likeness(mine, lines[n].traits), -n) for n in near if _same_event(line.row, lines[n].row)
    ]
    score, number = max(scores, default=(0, 0))
    return -number if score else None


def _same_event(one: TakenRow, other: TakenRow) -> bool:
    """Whether two rows of a sheet may be about the same event (the same person given)."""
    if one.text("event") != other.text("event"):
        return False
    first, second = (day_of(row.cells, EVENT.get(row.sheet, "")) for row in (one, other))
    return first is None or second is None or abs(first - second) <= SAME_EVENT


def pairs(before: Sequence["Line"], after: Sequence["Line"]) -> list[tuple["Line", "Line"]]:
    """(old, new) lines of the same person on the same sheet, each at most once."""
    found = []
    for sheet in SHEETS:
        old = [line for line in before if line.row.sheet == sheet]
        index = _index(old)
        taken: set[int] = set()
        for line in (line for line in after if line.row.sheet == sheet):
            number = _likest(line, old, index, taken)
            if number is not None:
                taken.add(number)
                found.append((old[number], line))
    return found


def unmatched(lines: Sequence["Line"], others: Sequence["Line"]) -> list["Line"]:
    """The lines that pair with none of the others."""
    found = {id(new) for _, new in pairs(others, lines)}
    return [line for line in lines if id(line) not in found]


def same_rows(one: Sequence[TakenRow], other: Sequence[TakenRow]) -> bool:
    """Whether both hold the same values, wherever the rows stand."""

    def values(rows: Sequence[TakenRow]) -> list:
        return sorted(
            (row.sheet, sorted((k, c.kind, str(c.value)) for k, c in row.cells.items()))
            for row in rows
        )

    return len(one) == len(other) and values(one) == values(other)


def day_of(cells: Mapping[str, Cell], key: str) -> dt.date | None:
    """A cell's day; None for a blank one, and for one that is no day."""
    cell = cells.get(key)
    try:
        return era_date.from_cell(cell.value) if cell else None
    except ValueError:
        return None


@dataclass
class Line:
    """A row that counts. place: its Excel row in the worklist, None for a new one; old: the cells
    that stand there now; sent: the marks of the row that its sender gave before (``as_sent``), None
    where nobody kept them."""

    receipt: Receipt
    row: TakenRow
    place: int | None = None
    old: dict[str, Cell] | None = None
    sent: dict[str, str] | None = None

    @cached_property
    def traits(self) -> dict[str, str]:
        """See ``pairing.traits``. Each file is held against every other of its 記号."""
        return traits(self.row)

    def __repr__(self) -> str:
        return f"<Line {self.receipt.receipt_no} {self.row!r}>"
