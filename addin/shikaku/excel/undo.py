"""The way back out of a write: steps noted before each change, made when Excel refuses in the
middle, and handed on as data for a later click (``last_write``)."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from shikaku.excel.formulas import formulas_of, is_formula, put_formulas
from shikaku.excel.hidden_names import hidden_names, set_hidden_names
from shikaku.excel.hidden_rows import stretches
from shikaku.excel.native import native
from shikaku.excel.reading import values_of

if TYPE_CHECKING:
    import xlwings as xw

_TEXT, _GENERAL = "@", "General"

_Column: TypeAlias = tuple[list[tuple[object, object]], list[tuple["xw.Range", str]]]
"""Of one column: (formula, value) of each cell, and (cells, number format)."""


Fills = Sequence[tuple[int, int, str | None]]
"""Row, column, fill."""


class UndoSteps:
    """What to do to take everything back, newest first.

    fills: (sheet, before, after); tables: (sheet, table, its area before); made: new sheets;
    names: our hidden names before they changed, None when they didn't.
    """

    def __init__(self) -> None:
        self._steps: list[Callable[[], None]] = []
        self._cells: list[tuple[str, int, int, list[_Column]]] = []
        self.fills: list[tuple[str, Fills, Fills]] = []
        self.tables: list[tuple[str, xw.main.Table, str]] = []
        self.made: list[str] = []
        self.names: dict[str, str] | None = None

    def note(self, step: Callable[[], None]) -> None:
        """Keep a step."""
        self._steps.append(step)

    def note_sheet(self, sheet: "xw.Sheet") -> None:
        """Keep that a sheet is new."""
        self.made.append(sheet.name)
        self.note(sheet.delete)

    def set_fills(self, sheet: "xw.Sheet", before: Fills, after: Fills) -> None:
        """Give cells fills, and keep those that they have."""
        self.fills.append((sheet.name, before, after))
        self.note(partial(native().set_fills, sheet, before))
        native().set_fills(sheet, after)

    def set_names(self, target: "xw.Book", wanted: Mapping[str, str]) -> None:
        """Give our hidden names new contents, and keep the old ones."""
        old = hidden_names(target)
        if self.names is None:
            self.names = old
        self.note(partial(set_hidden_names, target, old))
        set_hidden_names(target, wanted)

    def resize(self, table: "xw.main.Table", area: "xw.Range") -> None:
        """Let an Excel table cover an area, and keep the one that it has."""
        old = table.range
        self.tables.append((area.sheet.name, table, old.address))
        self.note(lambda: table.resize(old))
        table.resize(area)

    def cells(self) -> dict[tuple[str, int, int], tuple[object, object, str]]:
        """(sheet, row, column) → formula, value and number format before the first change."""
        found: dict[tuple[str, int, int], tuple[object, object, str]] = {}
        for name, top, left, columns in self._cells:
            for j, (kept, formats) in enumerate(columns):
                codes = [code for area, code in formats for _ in range(area.shape[0])]
                for i, ((formula, value), code) in enumerate(zip(kept, codes, strict=True)):
                    found.setdefault((name, top + i, left + j), (formula, plain(value), code))
        return found

    def note_cells(self, area: "xw.Range") -> None:
        """Keep what stands in an area: formulas, constants as what they are, number formats."""
        columns = _columns(area)
        self._cells.append((area.sheet.name, area.row, area.column, columns))

        def back() -> None:
            # Where Excel has refused the write there is nothing to put back, and it would refuse
            # that, too (a part of an array).
            for j, (now, before) in enumerate(zip(_columns(area), columns, strict=True)):
                if _holds(now) != _holds(before):
                    put_back(area[:, j], *before)

        self.note(back)

    def undo(self) -> bool:
        """Take everything back as far as Excel lets us; whether it let us all the way."""
        whole = True
        while self._steps:
            try:
                self._steps.pop()()
            except Exception:  # the other steps must still be tried
                whole = False
        return whole


def _columns(area: "xw.Range") -> list[_Column]:
    """What stands in each column of an area."""
    nrows, ncols = area.shape
    formulas, values = formulas_of(area), values_of(area)
    return [
        (
            [(formulas[i][j], values[i][j]) for i in range(nrows)],
            list(formats_of(area[:, j])),
        )
        for j in range(ncols)
    ]


def _holds(column: _Column) -> tuple[object, list[tuple[int, str]]]:
    """The same in a form that can be compared."""
    kept, formats = column
    return kept, [(area.shape[0], code) for area, code in formats]


def plain(value: object) -> object:
    """A value as JSON has it; a day's number stands in its formula."""
    if isinstance(value, Decimal):  # what COM makes of an amount of money
        return float(value)
    return None if isinstance(value, dt.date) else value


def put_back(
    column: "xw.Range",
    kept: Sequence[tuple[object, object]],
    formats: Sequence[tuple["xw.Range", str]],
) -> None:
    """Give the cells of one column their formulas and values, and their number formats.

    A cell formatted as text makes text of everything, another one numbers of texts: so the
    format while writing is chosen by what was there, and the true one comes last."""
    texts = [isinstance(value, str) or not formula for formula, value in kept]
    as_text = all(texts) and [code for _, code in formats] == [_TEXT]
    for area in stretches(column):
        area.number_format = _TEXT if as_text else _GENERAL
    put_formulas(column, [_content(formula, value, as_text) for formula, value in kept])
    for whole, code in formats:
        for area in stretches(whole):
            area.number_format = code


def _content(formula: object, value: object, as_text: bool) -> object:
    """What to give to ``put_formulas`` so that the cell holds the same as before."""
    if is_formula(formula, value):
        return formula
    if isinstance(value, str):
        return value if as_text and not value.startswith("'") else "'" + value
    if isinstance(value, bool | int | float):
        return value
    return float(str(formula)) if isinstance(value, dt.datetime) else formula


def formats_of(area: "xw.Range") -> Iterator[tuple["xw.Range", str]]:
    """(cells, number format) of one column, found by halving: most columns have just one."""
    code = area.number_format
    count = area.shape[0]
    if code is not None or count == 1:
        yield area, code or _GENERAL
        return
    yield from formats_of(area[: count // 2, :])
    yield from formats_of(area[count // 2 :, :])
