"""Test workbooks: what every builder of them shares. Their people and numbers are fictitious.

In memory a workbook is ``book`` here; ``sample_rows`` and ``findings`` hold the rows and findings that
many tests use. A file is made by one builder: ``bookparts.plan`` says what stands in it, from rows by
column key, a workbook in memory or plain rows of values, and one of two ``bookparts.hands`` (XlsxWriter,
openpyxl) writes it. Ready calls:

- ``bookparts.make``: ``book`` and ``by_openpyxl`` from rows, ``from_memory``, ``fill`` for a workbook that
  the test goes on with;
- ``bookparts.rich``: full of what programs lose on saving;
- ``desk_books``: our form itself, filled by the product, and ``by_hand``, forms that employers changed.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from shikaku.law.closed_days import ClosedDays, built_in
from shikaku.model.schema import Column, schema
from shikaku.model.tables import (
    BLANK,
    BOOL,
    DATE,
    EMPTY,
    ERROR,
    NUMBER,
    TEXT,
    Book,
    Cell,
    Row,
    Table,
)
from shikaku.returns.ledger import LedgerPlan

DAY = dt.date(2026, 4, 15)
"""The day on which most tests run."""

ERA = '[$-411]ggge"年"m"月"d"日"'
"""Excel's number format for a day with its era."""

Rows = Mapping[str, Iterable[Mapping[str, object]]]
"""Sheet key → rows by column key."""


def cell(value: object, column: Column | None = None) -> Cell:
    """A cell as a reader gives it; "" and None are blank, a key of the column's list its label.

    ``{value, formula, format}`` is a formula's result or a cell with a number format, ``{formula}``
    a formula without a result, ``{error}`` an error. Raises KeyError for what is neither key nor
    label of the column's list: a slip in a case would be a value that people type.
    """
    if isinstance(value, dict):
        return _special(value)
    if value is None or value == "":
        return BLANK
    if column is not None and column.list and isinstance(value, str):
        listed = schema().lists[column.list]
        value = value if value in listed.values() else listed[value]
    for kind, types in ((BOOL, bool), (DATE, dt.date), (NUMBER, int | float)):
        if isinstance(value, types):
            return Cell(value, kind)
    return Cell(value, TEXT)


def _special(spec: dict) -> Cell:
    formula = spec.get("formula", False)
    if "error" in spec:
        return Cell(spec["error"], ERROR, formula=formula)
    if "value" not in spec:
        return Cell(None, EMPTY, formula=True)
    plain = cell(spec["value"])
    return Cell(plain.value, plain.kind, formula, spec.get("format", ""))


def row(sheet: str, number: int, values: Mapping[str, object], *, hidden: bool = False) -> Row:
    """A row from values by column key. Raises KeyError for a column that the sheet doesn't know."""
    spec = schema().sheets.get(sheet) or schema().desk[sheet]
    columns = spec.columns | spec.extra
    cells = {key: cell(value, columns[key]) for key, value in values.items()}
    return Row(sheet, number, cells, hidden)


def book(sheets: Rows = MappingProxyType({}), /, **more: Iterable[Mapping[str, object]]) -> Book:
    """A workbook with every sheet of the schema; rows begin in Excel's row 2. more: as sheets.
    Raises KeyError for a sheet or column that there isn't."""
    tables = {key: Table(spec) for key, spec in schema().sheets.items() if spec.columns}
    made = Book("book.xlsx", tables)
    for key, rows in {**sheets, **more}.items():
        if key in schema().desk:  # the insurer's own sheets: only where a test has them
            made.desk[key] = Table(schema().desk[key])
        table = made.tables.get(key) or made.desk[key]
        table.rows = [row(key, number, item) for number, item in enumerate(rows, 2)]
    return made


@cache
def closed_days() -> ClosedDays:
    """Public holidays and New Year of the years that tests are about."""
    return ClosedDays(built_in(2024, 2031))


def carry_out(made: Book, plan: LedgerPlan) -> None:
    """What a session does with a plan for 返納管理, in memory: other rows, since those that were read are
    never changed."""
    rows = [one.with_cells(dict(one.cells)) for one in made.tables["ledger"].rows]
    made.tables["ledger"].rows = rows
    columns = schema().sheets["ledger"].columns
    for number, key, value in plan.changes:
        rows[number - 2].cells[key] = cell(value, columns[key])
    for values in plan.rows:
        if values["row"] is None:
            shown = {k: v for k, v in values.items() if k in columns and k != "state"}
            rows.append(row("ledger", len(rows) + 2, shown))
