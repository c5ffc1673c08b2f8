"""Hidden rows in a workbook open in Excel: which they are, and how to write across them.

Under a filter Excel takes a block for the cells in sight alone: each of them gets the block's
first value, and the hidden ones get nothing (xlwings#679, #747). A cell by itself, hidden or not,
takes what it is given, and so does a block without a hidden row in it.
"""

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

from shikaku.excel.native import native

if TYPE_CHECKING:
    import xlwings as xw


Kind = Literal["constants", "formulas", "visible"]


def special(
    area: "xw.Range", kind: Kind, values: Literal["errors"] | None = None
) -> list["xw.Range"]:
    """The cells of a kind, as areas. Excel has an error for "none", whose text xlwings knows in
    English only. Asked of one cell it would answer for the whole sheet: none is named then."""
    if area.shape == (1, 1):
        return []
    try:
        found = area.get_special_cells(kind, values)
    except Exception:  # "none" and "refused" have no class of their own, in any language
        return []
    return found if isinstance(found, list) else []  # only the engines of the web answer later


def visible_rows(area: "xw.Range") -> set[int]:
    """The rows of an area that aren't hidden."""
    row, nrows = area.row, area.shape[0]
    hidden = native().hidden(area)
    if hidden is not None or nrows == 1:
        return set() if hidden else set(range(row, row + nrows))
    found: set[int] = set()
    # The whole width: a hidden column has no cell in sight, whatever its rows are.
    for block in special(area, "visible"):
        found.update(range(block.row, block.row + block.shape[0]))
    if found:
        return found
    # On a protected sheet Excel refuses to say it at once.
    return visible_rows(area[: nrows // 2, :]) | visible_rows(area[nrows // 2 :, :])


def stretches(area: "xw.Range") -> Iterator["xw.Range"]:
    """An area of one column in parts that Excel writes as they are meant: rows in sight that lie
    together, and hidden rows one by one."""
    top, nrows = area.row, area.shape[0]
    if nrows == 1 or native().hidden(area) is False:
        yield area
        return
    seen = visible_rows(area)
    for visible, group in itertools.groupby(range(top, top + nrows), seen.__contains__):
        rows = [row - top for row in group]
        parts = [(rows[0], rows[-1] + 1)] if visible else [(row, row + 1) for row in rows]
        for first, end in parts:
            yield area[first:end, :]


def put(area: "xw.Range", name: str, values: Sequence[object]) -> None:
    """Give the cells of one column each its own ``value`` or ``formula`` (name)."""
    for part in stretches(area):
        first = part.row - area.row
        setattr(part, name, [[value] for value in values[first : first + part.shape[0]]])
