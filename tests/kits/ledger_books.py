"""Workbooks in memory for the ledger of returns, and what a session does with a plan for it."""

import datetime as dt

from shikaku.model.schema import schema
from shikaku.model.tables import Book, Cell, Row, Table
from shikaku.returns.ledger import LedgerPlan


def row(sheet: str, at: int, /, **values) -> Row:
    columns = schema().sheets[sheet].columns
    cells = {}
    for key, value in values.items():
        if columns[key].type == "choice":
            value = schema().lists[columns[key].list].get(value, value)
        kind = {int: "number", dt.date: "date"}.get(type(value), "text")
        cells[key] = Cell(value, kind)
    return Row(sheet, at, cells)


def book(**sheets) -> Book:
    made = Book("b.xlsx", {key: Table(spec) for key, spec in schema().sheets.items()})
    for key, rows in sheets.items():
        made.tables[key].rows = [row(key, i, **values) for i, values in enumerate(rows, 2)]
    return made


def apply(made: Book, plan: LedgerPlan) -> None:
    """What a session does with a plan, in memory."""
    rows = made.tables["ledger"].rows
    lists, columns = schema().lists, schema().sheets["ledger"].columns

    def cell(key, value):
        if columns[key].list:
            value = lists[columns[key].list].get(value, value)
        kind = {int: "number", dt.date: "date"}.get(type(value), "text")
        return Cell(value, kind) if value not in (None, "") else Cell()

    for number, key, value in plan.changes:
        rows[number - 2].cells[key] = cell(key, value)
    for values in plan.rows:
        if values["row"] is None:
            cells = {k: cell(k, v) for k, v in values.items() if k in columns and k != "state"}
            rows.append(Row("ledger", len(rows) + 2, cells))
