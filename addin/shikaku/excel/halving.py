"""Cells found by a property that Excel tells of a whole area: yes, no, or a mixture.

Few cells of a sheet have such properties; a sheet without any costs one question.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xlwings as xw


def where_true(area: "xw.Range", ask: Callable[["xw.Range"], object]) -> Iterator[tuple[int, int]]:
    """(row, column) of an area's cells of which ``ask`` says True. A mixture (anything but True and
    False) is asked again by halves; a cell that is a mixture in itself isn't one of them."""
    answer = ask(area)
    top, left = area.row, area.column
    nrows, ncols = area.shape
    if answer is True:
        yield from ((top + i, left + j) for i in range(nrows) for j in range(ncols))
    if answer is True or answer is False or nrows == ncols == 1:
        return
    bottom, right = top + nrows - 1, left + ncols - 1
    if nrows > 1:
        middle = top + nrows // 2
        halves = ((top, left), (middle - 1, right)), ((middle, left), (bottom, right))
    else:
        middle = left + ncols // 2
        halves = ((top, left), (bottom, middle - 1)), ((top, middle), (bottom, right))
    for first, last in halves:
        yield from where_true(area.sheet.range(first, last), ask)
