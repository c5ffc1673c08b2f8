"""The way back out of a write that Excel refuses in the middle: steps noted before each change."""

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from shikaku.excel.hidden_rows import put, stretches
from shikaku.excel.reading import as_rows, values_of

if TYPE_CHECKING:
    import xlwings as xw

_TEXT, _GENERAL = "@", "General"


class UndoSteps:
    """What to do to take everything back, newest first."""

    def __init__(self) -> None:
        self._steps: list[Callable[[], None]] = []

    def note(self, step: Callable[[], None]) -> None:
        """Keep a step."""
        self._steps.append(step)

    def note_cells(self, area: "xw.Range") -> None:
        """Keep what stands in an area: formulas, constants as what they are, number formats."""
        nrows, ncols = area.shape
        formulas = as_rows(area.formula, nrows, ncols)
        values = values_of(area)
        columns = []
        for j in range(ncols):
            kept = [(formulas[i][j], values[i][j]) for i in range(nrows)]
            columns.append((area[:, j], kept, list(_formats(area[:, j]))))

        def back() -> None:
            for column, kept, formats in columns:
                _put_back(column, kept, formats)

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


def _put_back(
    column: "xw.Range", kept: list[tuple[object, object]], formats: list[tuple["xw.Range", str]]
) -> None:
    """A cell formatted as text makes text of everything, another one numbers of texts: so the
    format while writing is chosen by what was there, and the true one comes last."""
    texts = [isinstance(value, str) or not formula for formula, value in kept]
    as_text = all(texts) and [code for _, code in formats] == [_TEXT]
    for area in stretches(column):
        area.number_format = _TEXT if as_text else _GENERAL
    put(column, "formula", [_content(formula, value, as_text) for formula, value in kept])
    for whole, code in formats:
        for area in stretches(whole):
            area.number_format = code


def _content(formula: object, value: object, as_text: bool) -> object:
    """What to give to ``Range.formula`` so that the cell holds the same as before."""
    if isinstance(value, str) and value == formula:  # a constant text
        return value if as_text and not value.startswith("'") else "'" + value
    if isinstance(value, bool | int | float) and not str(formula).startswith("="):
        return value
    if isinstance(value, dt.datetime) and not str(formula).startswith("="):
        return float(str(formula))
    return formula


def _formats(area: "xw.Range") -> Iterator[tuple["xw.Range", str]]:
    """(cells, number format) of one column, found by halving: most columns have just one."""
    code = area.number_format
    count = area.shape[0]
    if code is not None or count == 1:
        yield area, code or _GENERAL
        return
    yield from _formats(area[: count // 2, :])
    yield from _formats(area[count // 2 :, :])
