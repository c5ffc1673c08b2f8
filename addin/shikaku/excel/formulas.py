"""Formulas of cells open in Excel, read and put back so that none changes what it means.

``Range.Formula`` says a formula as an Excel before dynamic arrays shows it, and what is written by it
is worked out for one cell: ``=SUM(FILTER(…))`` or ``=MAX(IF(…))`` would read and come back with the
same letters and another result. ``Range.Formula2`` says where which is meant (Microsoft, "Formula
vs Formula2"); an older Excel has arrays of its own (``{=…}``), which ``Range.FormulaArray`` takes.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from shikaku.excel.halving import where_true
from shikaku.excel.hidden_rows import put
from shikaku.excel.native import native
from shikaku.excel.reading import as_rows
from shikaku.ooxml import limits

if TYPE_CHECKING:
    import xlwings as xw

_PLAIN, _DYNAMIC = "formula", "formula2"


def formulas_of(area: "xw.Range") -> list[list]:
    """Of each cell the formula, else the constant as text, "" for a blank one; an array of an older
    Excel as people see it (``{=…}``)."""
    nrows, ncols = area.shape
    system = native()
    if system.has_dynamic_arrays(area):
        return as_rows(getattr(area, _DYNAMIC), nrows, ncols)
    rows = as_rows(getattr(area, _PLAIN), nrows, ncols)
    top, left = area.row, area.column
    for row, column in where_true(area, system.has_array):
        text = area.sheet.range((row, column)).formula_array
        rows[row - top][column - left] = f"{{{text}}}"
    return rows


def is_formula(formula: object, value: object) -> bool:
    """Whether a cell holds a formula; a text may look like one, and is then its own value."""
    return (
        isinstance(formula, str)
        and (formula.startswith("=") or is_array(formula))
        and formula != value
    )


def is_array(formula: object) -> bool:
    """Whether it is an array of an older Excel, as ``formulas_of`` gives it."""
    return isinstance(formula, str) and formula.startswith("{=") and formula.endswith("}")


def put_formulas(area: "xw.Range", contents: Sequence[object]) -> None:
    """Give the cells of one column each its own formula or constant. A text is a constant when an
    apostrophe stands before it, or when the cells are formatted as text."""
    name = _DYNAMIC if native().has_dynamic_arrays(area) else _PLAIN
    arrays = {n: text for n, text in enumerate(contents) if is_array(text)}
    long = {n: text for n, text in enumerate(contents) if _is_long(text)}
    alone = arrays.keys() | long.keys()
    put(area, name, ["" if n in alone else text for n, text in enumerate(contents)])
    for n, text in arrays.items():
        area[n, 0].formula_array = str(text)[1:-1]
    for n, text in long.items():
        area[n, 0].value = text


def _is_long(content: object) -> bool:
    """Whether it is a text that no formula can be as long as; its cell takes it as a value."""
    return (
        isinstance(content, str)
        and not content.startswith("=")
        and limits.units(content) > min(limits.FORMULA, limits.BLOCK_TEXT) - 1
    )
