"""The values of a column as Excel takes them: texts that stay texts, days, numbers, nothing."""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from shikaku.excel.hidden_rows import stretches
from shikaku.model.tables import CellValue
from shikaku.ooxml import limits
from shikaku.ooxml.number_formats import is_date
from shikaku.ooxml.xml_bytes import legal

if TYPE_CHECKING:
    import xlwings as xw

TEXT = "@"
"""The number format of text."""


def write_column(
    sheet: "xw.Sheet",
    row: int,
    column: int,
    values: Sequence[CellValue],
    day_format: Callable[[], str],
) -> None:
    """Write a column's values from a row on, in blocks of one kind, formats first. day_format: the
    number format for a day in a cell that has none."""
    at = 0
    for kind, block in _blocks(values):
        whole = sheet.range((row + at, column), (row + at + len(block) - 1, column))
        at += len(block)
        for area in stretches(whole):
            part = block[area.row - whole.row :][: area.shape[0]]
            code = area.number_format
            if kind == "text" and code != TEXT:
                area.number_format = TEXT
            elif kind == "date" and (code is None or not is_date(code)):
                area.number_format = day_format()
            elif kind == "number" and (code is None or code == TEXT):
                area.number_format = "General"
            if kind == "empty" and area.merge_cells is False:
                area.clear_contents()
            elif kind == "empty":  # Excel clears no part of merged cells, but takes an empty text
                area.value = [[""]] * area.shape[0]
            else:
                _put(area, [as_excel(value) for value in part])


def _put(area: "xw.Range", values: Sequence[object]) -> None:
    """Give the cells of one column their values; what no block takes goes by itself."""
    long = {n: v for n, v in enumerate(values) if _is_long(v)}
    area.value = [[None if n in long else value] for n, value in enumerate(values)]
    for n, value in long.items():
        area[n, 0].value = value


def _blocks(values: Sequence[CellValue]) -> Iterator[tuple[str, list[CellValue]]]:
    """(kind, values) of the stretches of one kind; empty ones among them break none."""
    block: list[CellValue] = []
    kind = "empty"
    for value in values:
        own = _kind(value)
        if own not in ("empty", kind) and kind != "empty":
            yield kind, block
            block, kind = [], own
        elif own != "empty":
            kind = own
        block.append(value)
    if block:
        yield kind, block


def _is_long(value: object) -> bool:
    return isinstance(value, str) and len(value) > limits.BLOCK_TEXT


def _kind(value: CellValue) -> str:
    if value is None or value == "":
        return "empty"
    if isinstance(value, str):
        return "text"
    return "date" if isinstance(value, dt.date) else "number"


def as_constant(value: CellValue) -> object:
    """What ``Range.formula`` takes as this very value: a text that looks like a formula, too."""
    given = as_excel(value)
    return given if not isinstance(given, str) or given.startswith("'") else "'" + given


def as_excel(value: CellValue) -> object:
    """What ``Range.value`` takes as this value."""
    if isinstance(value, str):
        # Excel takes one leading apostrophe for itself, in a text cell too.
        text = limits.cell_text(legal(value).replace("\r\n", "\n"))
        return "'" + text if text.startswith("'") else text
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime(value.year, value.month, value.day)
    return value
