"""What a drawn sheet shows: the cells of a table, and the ranges that its charts take."""

from openpyxl.utils import range_boundaries


def table(tab, row: int, column: int, height: int, width: int) -> list[list]:
    """The values of so many rows and columns, the first cell counted from 1."""
    return [
        [tab.cell(r, c).value for c in range(column, column + width)]
        for r in range(row, row + height)
    ]


def texts(tab, row: int, column: int, width: int) -> int:
    """How many cells of a row hold a text, from that column on, up to the first that holds none."""
    found = table(tab, row, column, 1, width)[0]
    return next((i for i, value in enumerate(found) if not isinstance(value, str)), width)


def formats(tab, row: int, column: int, height: int, width: int) -> set[str]:
    """The number formats of these cells."""
    return {
        tab.cell(r, c).number_format
        for r in range(row, row + height)
        for c in range(column, column + width)
    }


def series(tab) -> list[list[tuple]]:
    """Of each chart, of each series: name, categories and values. Each the bounds (first column,
    first row, last column, last row) of a range; a name that is no range: the text."""
    return [[_series(tab, one) for one in chart.series] for chart in tab._charts]


def _series(tab, one) -> tuple:
    name = _bounds(tab, one.tx.strRef.f) if one.tx.strRef else one.tx.v
    categories = one.cat.strRef or one.cat.numRef
    return name, _bounds(tab, categories.f), _bounds(tab, one.val.numRef.f)


def _bounds(tab, reference: str) -> tuple[int, int, int, int]:
    sheet, _, cells = reference.rpartition("!")
    assert sheet.strip("'") == tab.title
    return range_boundaries(cells.replace("$", ""))
