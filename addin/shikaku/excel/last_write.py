"""The last write into an open workbook, kept so that a later click can take it back.

Kept are the cells that changed (before and after), the fills, what grew. A cell goes back only as
long as it still holds what we wrote: what a person has typed since is never lost. Cells that hold an
individual number, or may, are left out and stay as they were written.
"""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from shikaku.excel.formulas import formulas_of
from shikaku.excel.native import native
from shikaku.excel.protection import Protection
from shikaku.excel.reading import values_of
from shikaku.excel.undo import UndoSteps, plain, put_back
from shikaku.fields import stray_number
from shikaku.model.schema import schema
from shikaku.model.tables import Book

if TYPE_CHECKING:
    import xlwings as xw

_Cell = tuple[int, int, Any, Any, str, Any, Any]
"""Row, column; formula, value and number format before; formula and value after."""

OUTPUT = frozenset(s.name for s in schema().sheets.values() if s.role == "output")
"""Sheets that only we write: they go back as a whole or stay as they are."""

_DIGITS = 10  # the fewest that can be an individual number (``stray_number``)

_Place = tuple[int, int]
_Fill = list[Any]  # row, column, fill before, fill after


@dataclass
class LastWrite:
    """What a write changed. what: the button; saved: the file's state on disk then ("" none);
    cells, fills: by sheet; made: new sheets; tables: (sheet, header row, area before, after);
    names: our hidden names before, None unchanged; left_out: cells with an individual number.
    rows: by sheet, what the changed rows were like after the write, so that a row that was moved
    since is told from one that was edited; numbers: the column that this leaves out."""

    what: str
    saved: str
    cells: dict[str, list[_Cell]] = field(default_factory=dict)
    fills: dict[str, list[_Fill]] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    tables: list[tuple[str, int, str, str]] = field(default_factory=list)
    names: dict[str, str] | None = None
    left_out: int = 0
    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def as_bytes(self) -> bytes:
        """The whole as JSON."""
        return json.dumps(vars(self), ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def of_bytes(cls, data: bytes) -> "LastWrite":
        """The opposite. Raises ValueError for anything else."""
        try:
            return cls(**json.loads(data))
        except (TypeError, UnicodeDecodeError) as error:
            raise ValueError("no such record") from error

    @property
    def anything(self) -> bool:
        """Whether there is something that could go back."""
        return any((*self.cells.values(), *self.fills.values(), self.made, self.tables))


@dataclass
class TakenBack:
    """What went back: cells, and those left since they hold something else by now."""

    cells: int = 0
    left: int = 0


def of_steps(what: str, saved: str, steps: UndoSteps, target: "xw.Book", book: Book) -> LastWrite:
    """The record of the write whose steps these are, made when all of them are done."""
    write = LastWrite(what, saved, made=list(steps.made), names=steps.names)
    secret = write.numbers = _number_columns(book)
    for (name, row, column), (formula, value, code) in steps.cells().items():
        write.cells.setdefault(name, []).append((row, column, formula, value, code, None, None))
    for name, cells in write.cells.items():
        changed = [c for c in _with_now(target.sheets[name], cells) if c[2:4] != c[5:7]]
        open_ones = [cell for cell in changed if not _tells(cell, secret.get(name))]
        write.left_out += len(changed) - len(open_ones)
        write.cells[name] = open_ones
        if open_ones and name not in OUTPUT:
            now = _fingerprints(target.sheets[name], secret.get(name))
            write.rows[name] = {str(cell[0]): now[cell[0]] for cell in open_ones}
    write.fills = _changed_fills(steps)
    for sheet, excel, old in steps.tables:
        header = excel.range.row
        write.tables.append((sheet, header, old, excel.range.address))
    return write


def _changed_fills(steps: UndoSteps) -> dict[str, list[_Fill]]:
    """By sheet, the fills before the first change and after the last one, where they differ."""
    first: dict[str, dict[_Place, Any]] = {}
    last: dict[str, dict[_Place, Any]] = {}
    for name, before, after in steps.fills:
        for (row, column, old), (*_, new) in zip(before, after, strict=True):
            first.setdefault(name, {}).setdefault((row, column), old)
            last.setdefault(name, {})[row, column] = new
    return {
        name: [
            [*place, fills[place], new] for place, new in last[name].items() if fills[place] != new
        ]
        for name, fills in first.items()
    }


def _number_columns(book: Book) -> dict[str, int]:
    """The column of the individual numbers, by sheet."""
    return {
        table.spec.name: table.columns["individual_number"]
        for table in book.tables.values()
        if "individual_number" in table.columns
    }


def _tells(cell: _Cell, number_column: int | None) -> bool:
    """Whether a cell holds an individual number, before or after."""
    texts = [str(part) for part in (cell[2], cell[3], cell[5], cell[6])]
    return cell[1] == number_column or any(stray_number.hide(t) != t for t in texts)


def _with_now(sheet: "xw.Sheet", cells: Sequence[_Cell]) -> Iterator[_Cell]:
    """The cells with what stands there now in place of what stood there after the write."""
    if not cells:
        return
    top, left = min(c[0] for c in cells), min(c[1] for c in cells)
    bottom, right = max(c[0] for c in cells), max(c[1] for c in cells)
    area = sheet.range((top, left), (bottom, right))
    formulas = formulas_of(area)
    values = values_of(area)
    for cell in cells:
        i, j = cell[0] - top, cell[1] - left
        yield (*cell[:5], formulas[i][j], plain(values[i][j]))


def _fingerprints(sheet: "xw.Sheet", number_column: int | None) -> dict[int, str]:
    """Row → what stands in it, in short; individual numbers have no part in it."""
    used = sheet.used_range
    last, width = used.row + used.shape[0] - 1, used.column + used.shape[1] - 1
    formulas = formulas_of(sheet.range((1, 1), (last, width)))
    found = {}
    for number, row in enumerate(formulas, 1):
        texts = [
            stray_number.hide(str(text))
            if sum(map(str.isdigit, str(text))) >= _DIGITS
            else str(text)
            for column, text in enumerate(row, 1)
            if column != number_column
        ]
        found[number] = sha256("\x1f".join(texts).encode("utf-8", "replace")).hexdigest()[:16]
    return found


def _in_place(write: LastWrite, sheet: "xw.Sheet", cells: Sequence[_Cell]) -> list[_Cell]:
    """The cells of rows that were not moved (sorted, or by a row put in or taken out) since."""
    kept = write.rows.get(sheet.name, {})
    now = _fingerprints(sheet, write.numbers.get(sheet.name))
    where: dict[str, set[int]] = {}
    for number, text in now.items():
        where.setdefault(text, set()).add(number)
    owners = {text: int(number) for number, text in kept.items()}

    def stays(row: int) -> bool:
        before, after = kept.get(str(row)), now.get(row, "")
        if before == after:
            return True
        elsewhere = where.get(before or "", set()) - {row}
        return not elsewhere and owners.get(after, row) == row

    return [cell for cell in cells if stays(cell[0])]


def take_back(write: LastWrite, target: "xw.Book", steps: UndoSteps) -> TakenBack:
    """Put back what the write changed; every change is noted in ``steps`` first. Raises BookError
    for a sheet that stays protected."""
    taken, protection = TakenBack(), Protection(steps)
    there = {sheet.name: sheet for sheet in target.sheets}
    whole = set(there)
    for name, cells in write.cells.items():
        if name not in there or not cells:
            taken.left += len(cells)
            continue
        protection.lift(there[name])
        back = _going_back(write, there[name], cells)
        taken.cells += len(back)
        if len(back) < len(cells):
            taken.left += len(cells) - len(back)
            whole.discard(name)
        _put(there[name], back, steps)
    for name, fills in write.fills.items():
        if name in there:
            protection.lift(there[name])
            _fill(there[name], fills, steps)
    _tables(write, there, whole, steps)
    if write.names is not None and not taken.left:
        steps.set_names(target, write.names)
    protection.restore()
    for name in write.made:
        if name in whole and len(target.sheets) > 1 and _empty(there[name]):
            there[name].delete()
    return taken


def _going_back(write: LastWrite, sheet: "xw.Sheet", cells: Sequence[Sequence[Any]]) -> list[_Cell]:
    """The cells of a sheet that can be put back: a list of ours wholly or not at all."""
    back = _unchanged(sheet, cells)
    if sheet.name in OUTPUT:
        return back if len(back) == len(cells) else []
    return _in_place(write, sheet, back)


def _empty(sheet: "xw.Sheet") -> bool:
    """Whether nobody has written anything else into it."""
    return all(value is None for row in values_of(sheet.used_range) for value in row)


def _unchanged(sheet: "xw.Sheet", cells: Sequence[Sequence[Any]]) -> list[_Cell]:
    """The cells that still hold what we wrote."""
    old = [tuple(cell) for cell in cells]
    now = _with_now(sheet, old)
    return [a for a, b in zip(old, now, strict=True) if a[5:7] == b[5:7]]


def _put(sheet: "xw.Sheet", cells: Sequence[_Cell], steps: UndoSteps) -> None:
    by_column = sorted(cells, key=lambda cell: (cell[1], cell[0]))
    for _, group in itertools.groupby(
        enumerate(by_column), lambda pair: (pair[1][1], pair[1][0] - pair[0])
    ):
        run = [cell for _, cell in group]
        column, first, last = run[0][1], run[0][0], run[-1][0]
        area = sheet.range((first, column), (last, column))
        steps.note_cells(area)
        formats = []
        for code, same in itertools.groupby(run, lambda cell: cell[4]):
            rows = [cell[0] for cell in same]
            formats.append((sheet.range((rows[0], column), (rows[-1], column)), code))
        put_back(area, [(cell[2], cell[3]) for cell in run], formats)


def _fill(sheet: "xw.Sheet", fills: Sequence[_Fill], steps: UndoSteps) -> None:
    """Fills go back where the cell still has the one that we gave it."""
    if not fills:
        return
    now = native().fills(sheet, [(row, column) for row, column, _, _ in fills])
    ours = [fill for fill, found in zip(fills, now, strict=True) if found == fill[3]]
    steps.set_fills(
        sheet,
        [(row, column, after) for row, column, _, after in ours],
        [(row, column, before) for row, column, before, _ in ours],
    )


def _tables(
    write: LastWrite, there: Mapping[str, "xw.Sheet"], whole: set[str], steps: UndoSteps
) -> None:
    """Excel tables shrink or grow back where nothing was added since."""
    for name, header, before, after in reversed(write.tables):
        if name not in whole:
            continue
        for table in there[name].tables:
            if table.range.row == header and table.range.address == after:
                steps.resize(table, there[name].range(before))
