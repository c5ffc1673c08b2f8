"""The filled rows of a tab, gathered from blocks of its rows as columns."""

from collections.abc import Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from shikaku.model.tables import BLANK, EMPTY, TEXT, Cell, Columns, Row
from shikaku.ooxml.row_blocks import Block


class HeadedCells(NamedTuple):
    """The cells of a block under a heading: its key ("" for the user's own columns), and whether people fill
    it in."""

    key: str
    is_input: bool
    cells: list[Cell]


def has_content(cell: Cell) -> bool:
    """Whether a cell holds anything."""
    return cell.kind != EMPTY and (cell.kind != TEXT or cell.text != "")


def any_typed(columns: Iterable[list[Cell]], at: int) -> bool:
    """Whether a row holds anything that someone typed."""
    return any(has_content(cells[at]) and not cells[at].formula for cells in columns)


def without_content(columns: Iterable[list[Cell]], places: Sequence[int]) -> set[int]:
    """The places of the rows without content in any of these columns."""
    left = places
    for cells in columns:
        left = [at for at in left if not has_content(cells[at])]
        if not left:  # nearly always with the first column
            break
    return set(left)


def without_rows(block: Block, numbers: Container[int]) -> Block:
    """A block without the rows of these numbers."""
    places = [at for at, number in enumerate(block.numbers) if number not in numbers]
    return block if len(places) == len(block.numbers) else block.picked(places)


class FilledRows:
    """The filled rows of a tab, as columns."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.hidden: list[bool] = []
        self.struck: set[int] = set()
        self._columns: dict[str, list[Cell]] = {}

    def add(self, block: Block, places: Sequence[int], columns: Mapping[str, list[Cell]]) -> None:
        """Take the rows at these places of a block. columns: all cells of the block, by column key."""
        whole = len(places) == len(block.numbers)
        before = len(self.numbers)
        self.numbers += [block.numbers[at] for at in places]
        self.hidden += [block.hidden[at] for at in places]
        for key, cells in columns.items():
            known = self._columns.setdefault(key, [])
            known += [BLANK] * (before - len(known))
            known += cells if whole else [cells[at] for at in places]

    def rows(self, sheet: str, order: Mapping[str, int]) -> tuple[list[Row], Columns]:
        """The rows of a sheet, and the columns in which they stand: those that hold anything. order: the columns
        of the sheet."""
        count = len(self.numbers)
        columns = {}
        for key in sorted(self._columns, key=order.__getitem__):
            cells = self._columns[key]
            columns[key] = cells + [BLANK] * (count - len(cells))
        return Row.of_columns(sheet, self.numbers, columns, self.hidden, self.struck), columns
