"""What goes into a workbook that is built: rows and settings by schema key, ready to write."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shikaku.model.tables import BOOL, DATE, ERROR, NUMBER, TEXT, Cell, Row

Value = str | int | float | bool | dt.date | dt.datetime
"""A cell as people type it: text stays text, a number a number, a day an Excel date. Text that
begins with ``#`` and ends with ``!`` or is ``#N/A`` becomes an error cell."""

ERROR_TEXTS = ("#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!")


@dataclass(frozen=True, slots=True)
class Content:
    """rows: sheet key → rows by column key, a blank row as ``{}``; settings: key → value; hidden:
    sheet key → indexes of rows that are not shown."""

    rows: Mapping[str, Sequence[Mapping[str, Value]]] = field(default_factory=dict)
    settings: Mapping[str, Value] = field(default_factory=dict)
    hidden: Mapping[str, Sequence[int]] = field(default_factory=dict)

    def read(self, sheet: str, first_row: int = 2) -> list[Row]:
        """The sheet's rows as a reader of the finished workbook would give them."""
        return [
            Row(sheet, number, {key: cell(value) for key, value in values.items()})
            for number, values in enumerate(self.rows.get(sheet, ()), first_row)
            if values
        ]


def cell(value: Value) -> Cell:
    """A value as the cell that it becomes."""
    if isinstance(value, bool):
        return Cell(value, BOOL)
    if isinstance(value, dt.date):
        return Cell(value, DATE)
    if isinstance(value, (int, float)):
        return Cell(value, NUMBER)
    return Cell(value, ERROR if value in ERROR_TEXTS else TEXT)
