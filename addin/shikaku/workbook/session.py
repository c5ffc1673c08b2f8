"""One interface for a workbook, wherever it lives: closed on disk or open in Excel.

``file.ClosedBook`` and ``excel.OpenBook`` both keep it. What goes into the sheets is decided here
as plain rows by schema key, so that both write the same thing.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from shikaku.model.schema import Column, schema
from shikaku.model.tables import Book, CellValue
from shikaku.ooxml.addresses import column_letters
from shikaku.system.masking import Shown, masked_data

FORM_NOTE_ROW = 4
"""The line of 表紙, blank in every form, in which an older one is named."""

FORM_NOTE = "▲ 古い様式"
"""How that line begins."""

FREE = ("settings", "cover")
"""Sheets without a table: of a single cell there only column B is set, by its row."""


class Session(Protocol):
    """A workbook that jobs read and write. Writes are collected and take effect by ``commit``."""

    def read(self) -> Book:
        """The workbook's tables. Raises BookError when it can't be read."""

    def replace_rows(self, sheet: str, rows: Sequence["OutRow"]) -> None:
        """Fill a sheet that only we write (検証結果, 資格確認書判定) with these rows alone."""

    def ask_room(self, sheet: str, count: int) -> None:
        """Ask, before work is done for them, whether so many rows fit into a sheet that only we write. Raises
        BookError when what somebody else put there is in their way."""

    def mark(self, cells: Sequence["Mark"]) -> None:
        """Colour these cells; the colours of an earlier run go, and only those."""

    def append_rows(self, sheet: str, rows: Sequence[Mapping[str, CellValue]]) -> None:
        """Add rows, by schema key, at the end of a sheet of ours. No rows: only ask whether it
        takes any, before work is done for them. Raises BookError when it doesn't."""

    def set_cells(self, cells: Iterable[tuple[str, int, str, CellValue]]) -> None:
        """Set single cells (sheet key, Excel row, column key, value); their look stays. The last
        result of a column of formulas is stored where the file keeps it beside the formula."""

    def commit(self, *, keep_old: bool = True) -> None:
        """Make every write of this session take effect, all or none. Raises BookError.

        keep_old: the old state may be kept to go back to; not when what was written is meant to be
        gone (個人番号 erased).
        """


Mark = tuple[str, int, str, str]
"""A cell to colour: sheet key, Excel row, column key (on 設定 the setting's; "" the row's 氏名),
severity."""


@dataclass(slots=True, unsafe_hash=True)  # never changed; not frozen, as Person
class Link:
    """A cell a row points to: sheet key, Excel row, column key ("" the row's 氏名)."""

    sheet: str
    row: int
    column: str = ""


_PASSED = frozenset((Shown, int, float, bool, dt.date, type(None)))
"""Types of values that hold no individual number."""


@dataclass(slots=True)  # never changed; not frozen, as Person
class OutRow:
    """One row of a sheet of ours: values by column key, and where its link leads."""

    values: dict[str, CellValue]
    link: Link | None = None

    def __post_init__(self) -> None:
        """What we write about people names no number that somebody typed into their names."""
        if _PASSED.issuperset(map(type, self.values.values())):  # nearly every row
            return
        for value in self.values.values():
            if type(value) is not Shown and isinstance(value, str):
                self.values = masked_data(self.values)
                return


def row_values(
    sheet: str, rows: Iterable[Mapping[str, CellValue]], *, computed: bool = False
) -> list[dict[str, CellValue]]:
    """The values of rows that belong into columns of the sheet, ready to write.

    Columns that hold formulas are left out, since the sheet's own formula fills them, unless
    ``computed``: a closed file stores their last result beside the formula.
    """
    spec = schema().sheets[sheet]
    every = {**spec.columns, **spec.extra}
    columns = {key: one for key, one in every.items() if computed or one.type != "formula"}
    if spec.role in ("output", "ledger"):  # ours; what people filed stays as they typed it
        rows = masked_data(list(rows))
    return [
        {key: _as_cell(columns[key], value) for key, value in row.items() if key in columns}
        for row in rows
    ]


def column_of(sheet: str, key: str) -> Column:
    """A column of a sheet, of the form or one of ours at its right end. Raises KeyError."""
    spec = schema().sheets[sheet]
    return spec.columns.get(key) or spec.extra[key]


def cell_value(sheet: str, key: str, value: CellValue) -> CellValue:
    """A value as its cell takes it: English list keys become the Japanese value, "" an empty
    cell, the day of a datetime, text for every identifier (leading zeros stay)."""
    return _as_cell(column_of(sheet, key), value)


def _as_cell(column: Column, value: CellValue) -> CellValue:
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    if column.type == "choice":
        return schema().lists[column.list].get(str(value), value)
    if column.type in ("count", "date") or isinstance(value, dt.date):
        return value
    return str(value)


def mark_places(book: Book, cells: Iterable[Mark]) -> dict[tuple[str, int, int], str]:
    """The cells to colour: (sheet key, Excel row, Excel column) → severity, the worst of each cell.

    A row without a column means its 氏名 (or the first column); a sheet, a column or a row of data
    that isn't there means nothing.
    """
    rank = {"error": 0, "warning": 1, "info": 2}
    found: dict[tuple[str, int, int], str] = {}
    for key, number, column, severity in cells:
        if key == "settings":
            place = (key, book.setting_rows.get(column, 0), 2)
        else:
            table = book.tables.get(key)
            if table is None or number <= table.header_row:
                continue
            place = (key, number, column_number(book, key, column))
        if place[1] and rank[severity] < rank.get(found.get(place, ""), 9):
            found[place] = severity
    return found


def column_number(book: Book, sheet: str, column: str) -> int:
    """The Excel column of a column key; "" or one that isn't there: that of 氏名, else the first."""
    table = book.tables.get(sheet)
    if table is None:
        return 1
    for key in (column, "name"):
        if key in table.columns:
            return table.columns[key]
    return min(table.columns.values(), default=1)


def address(book: Book, link: Link) -> str:
    """Where a link leads, as Excel writes it: ``'資格取得届'!E5``."""
    return f"{address_of_column(book, link.sheet, link.column)}{link.row}"


def address_of_column(book: Book, sheet: str, column: str) -> str:
    """The same up to the row: ``'資格取得届'!E``."""
    tab = schema().sheets[sheet].name.replace("'", "''")
    letters = "B" if sheet == "settings" else column_letters(column_number(book, sheet, column))
    return f"'{tab}'!{letters}"
