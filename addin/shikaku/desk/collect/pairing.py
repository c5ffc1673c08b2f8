"""Which rows of two files are one person's filing: traits, two of which make the same person."""

import datetime as dt
import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from shikaku.desk.collect.reading import SHEETS, TakenRow
from shikaku.desk.collect.received import Receipt
from shikaku.fields import era_date, individual_number
from shikaku.identity.matching import fold_kana, fold_name, fold_number
from shikaku.model.schema import EVENT
from shikaku.model.tables import NUMBER, Cell

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


def _two_people(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Two people of one name and birthday, told apart by both 番号 and 個人番号, stay two."""
    return all(key in one and key in other and one[key] != other[key] for key in _OWN)


_OWN = ("record", "individual_number")


class _Lookup:
    """Lines by any two or more of their traits: a file in which all are called alike costs no more than
    another. The individual number alone won't do: one number under two people is a slip that 検証 must
    get to see (MN08), and no correction."""

    def __init__(self, lines: Sequence["Line"]) -> None:
        self._lines = lines
        self._taken: set[int] = set()
        self._found: dict[_Shared, list[int]] = defaultdict(list)  # the first lines at the end
        for number, line in reversed([*enumerate(lines)]):
            whole = line.traits.keys() >= set(_OWN)
            for size in range(2, len(line.traits) + 1):
                for some in combinations(line.traits.items(), size):
                    self._found[some, whole].append(number)

    def take_likest(self, line: "Line") -> "Line | None":
        """The first of the lines with the most traits in common, which is given once; None when none is
        the same person's filing."""
        for size in range(len(line.traits), 1, -1):
            numbers = [self._first(some, line) for some in combinations(line.traits.items(), size)]
            number = min((n for n in numbers if n is not None), default=None)
            if number is not None:
                self._taken.add(number)
                return self._lines[number]
        return None

    def _first(self, some: tuple[tuple[str, str], ...], line: "Line") -> int | None:
        first = None
        for whole in (False, True):
            if whole and line.traits.keys() >= set(_OWN) and not any(k in _OWN for k, _ in some):
                break  # those that have one of the two in common were found by more traits
            numbers = self._found.get((some, whole), [])
            while numbers and numbers[-1] in self._taken:
                numbers.pop()
            found = next((n for n in reversed(numbers) if self._fits(n, line)), None)
            if found is not None and (first is None or found < first):
                first = found
        return first

    def _fits(self, number: int, line: "Line") -> bool:
        other = self._lines[number]
        return (
            number not in self._taken
            and not _two_people(line.traits, other.traits)
            and _same_event(line.row, other.row)
        )


_Shared = tuple[tuple[tuple[str, str], ...], bool]


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
        known = _Lookup([line for line in before if line.row.sheet == sheet])
        for line in (line for line in after if line.row.sheet == sheet):
            likest = known.take_likest(line)
            if likest is not None:
                found.append((likest, line))
    return found


class SharedTraits:
    """Which files may have a line that pairs with one of another file: those with a line that has two
    traits in common with it. Of 300 files of one 記号 few have."""

    def __init__(self) -> None:
        self._files: dict[_Shared, set[str]] = defaultdict(set)
        self._keys: dict[str, set[_Shared]] = {}

    def note(self, receipt_no: str, lines: Iterable["Line"]) -> None:
        """Note a file's lines, where that wasn't done yet."""
        if receipt_no not in self._keys:
            keys = {key for line in lines for key in _kept_under(line)}
            self._keys[receipt_no] = keys
            for key in keys:
                self._files[key].add(receipt_no)

    def forget(self, receipt_no: str) -> None:
        """A file of which no line counts any more."""
        for key in self._keys.pop(receipt_no, ()):
            self._files[key].discard(receipt_no)

    def near(self, lines: Iterable["Line"]) -> set[str]:
        """Receipt numbers of the files that have a line like one of these."""
        keys = {key for line in lines for key in _looked_up_by(line) if key in self._files}
        return set().union(*(self._files[key] for key in keys))


def _kept_under(line: "Line") -> Iterator[_Shared]:
    whole = line.traits.keys() >= set(_OWN)
    for some in combinations(line.traits.items(), 2):
        yield (("sheet", line.row.sheet), *some), whole


def _looked_up_by(line: "Line") -> Iterator[_Shared]:
    """Of two lines that both have all of a person's own traits one of these must be the same."""
    whole = line.traits.keys() >= set(_OWN)
    for some in combinations(line.traits.items(), 2):
        key = ("sheet", line.row.sheet), *some
        yield key, False
        if not whole or any(name in _OWN for name, _ in some):
            yield key, True


def same_lines(one: Sequence["Line"], other: Sequence["Line"]) -> bool:
    """Whether both say the same, wherever the rows stand."""
    return (
        len(one) == len(other)
        and sum(line.digest for line in one) == sum(line.digest for line in other)
        and sorted(line.content for line in one) == sorted(line.content for line in other)
    )


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

    @property
    def content(self) -> tuple[str, tuple[tuple[str, str, str], ...]]:
        """Sheet and cells: (column key, kind, value; of a number as it is shown: 0012 is not 12)."""
        cells = self.row.cells.items()
        return self.row.sheet, tuple(
            sorted((k, c.kind, c.text if c.kind == NUMBER else str(c.value)) for k, c in cells)
        )

    @cached_property
    def digest(self) -> int:
        """Of the content, within one process: lines of different ones say different things."""
        return hash(self.content)

    def __repr__(self) -> str:
        return f"<Line {self.receipt.receipt_no} {self.row!r}>"
