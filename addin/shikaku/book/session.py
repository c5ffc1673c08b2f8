"""One interface for a workbook, wherever it lives: closed on disk or open in Excel.

``file.ClosedBook`` and ``excel.OpenBook`` both keep it. What goes into the sheets is decided here
as plain rows by schema key, so that both write the same thing.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from shikaku.book.tables import Book
from shikaku.schema import schema

if TYPE_CHECKING:
    from shikaku.checks.catalogue import Finding
    from shikaku.decisions.people import Decision
    from shikaku.returns.ledger import LedgerPlan

CellValue = str | int | float | bool | dt.date | None
"""What may be written. Text stays text (a leading ``=`` too), None empties the cell."""


class Session(Protocol):
    """A workbook that jobs read and write. Writes are collected and take effect by ``commit``."""

    def read(self) -> Book:
        """The workbook's tables. Raises BookError when it can't be read."""

    def write_findings(self, findings: Sequence["Finding"]) -> None:
        """Fill 検証結果 and mark the cells; marks of an earlier run go, and only those."""

    def write_decisions(self, decisions: Sequence["Decision"]) -> None:
        """Fill 資格確認書判定."""

    def write_ledger(self, plan: "LedgerPlan") -> None:
        """Bring 返納管理 up to date: changed cells in place, new rows at the end, none deleted."""

    def append_history(self, rows: Sequence[Mapping[str, CellValue]]) -> None:
        """Add rows, by schema key, at the end of 発行履歴."""

    def set_cells(self, cells: Iterable[tuple[str, int, str, CellValue]]) -> None:
        """Set single cells (sheet key, Excel row, column key, value); their look stays."""

    def commit(self, *, keep_old: bool = True) -> None:
        """Make every write of this session take effect, all or none. Raises BookError.

        keep_old: a copy of the day's first old file may stay beside the new one; not when what
        was written is meant to be gone (個人番号 erased).
        """


@dataclass(frozen=True, slots=True)
class Link:
    """A cell a row points to, as the user knows it: tab name, Excel row, header label or ""."""

    sheet: str
    row: int
    column: str = ""


@dataclass(frozen=True, slots=True)
class OutRow:
    """One row of a sheet of ours: values by column key, and where its link leads."""

    values: dict[str, CellValue]
    link: Link | None = None


def finding_rows(findings: Iterable["Finding"]) -> list[OutRow]:
    """The rows of 検証結果, in the findings' order; each links to its cell."""
    severities = schema().lists["severity"]
    return [
        OutRow(
            {
                "severity": severities[finding.severity],
                "code": finding.code,
                "sheet": finding.sheet,
                "row": finding.row or None,
                "item": finding.column,
                "message": finding.message,
                "hint": finding.hint,
                "source": finding.source,
            },
            Link(finding.sheet, finding.row or 1, finding.column),
        )
        for finding in findings
    ]


def decision_rows(decisions: Iterable["Decision"]) -> list[OutRow]:
    """The rows of 資格確認書判定, in the decisions' order; each links to the person's name."""
    lists, sheets = schema().lists, schema().sheets
    reasons = lists["ex_officio_reason"] | lists["want_reason"]
    rows = []
    for decision in decisions:
        item, person = decision.to_json(), decision.person
        reason = item["reason"]
        values = {
            "sheet": item["sheet"],
            "row": item["row"],
            "record": item["record"],
            "name": item["name"],
            "kind": lists["kind"].get(person.kind, ""),
            "certificate": lists["certificate"][item["certificate"]],
            "ground": lists["ground"].get(item["ground"], ""),
            "reason": f"{reason} {reasons[reason]}" if reason else "",
            "notice": lists["notice"].get(item["notice"], ""),
            "delivery": lists["delivery"][item["delivery"]],
            "old_card_return": lists["old_card_return"]["yes" if item["old_card_return"] else "no"],
            "why": item["why"],
            "rules": "・".join(item["rules"]),
        }
        name = sheets[person.sheet].label("name")
        rows.append(OutRow(values, Link(item["sheet"], item["row"], name)))
    return rows


def ledger_writes(
    plan: "LedgerPlan", *, computed: bool = False
) -> tuple[list[tuple[str, int, str, CellValue]], list[dict[str, CellValue]]]:
    """A ledger plan as (cells to set, rows to append).

    The plan's rows carry ``row``: the Excel row, None for a new row. Changes of new rows are in
    the rows themselves. computed: as in ``row_values``.
    """
    columns = schema().sheets["ledger"].columns
    changed = [
        ("ledger", row, key, cell_value("ledger", key, value))
        for row, key, value in plan.changes
        if row is not None and (computed or columns[key].type != "formula")
    ]
    new = [row for row in plan.rows if row["row"] is None]
    return changed, [row_values("ledger", row, computed=computed) for row in new]


def row_values(
    sheet: str, row: Mapping[str, CellValue], *, computed: bool = False
) -> dict[str, CellValue]:
    """The values of a row that belong into columns of the sheet, ready to write.

    Columns that hold formulas are left out, since the sheet's own formula fills them, unless
    ``computed``: a closed file stores their last result beside the formula.
    """
    spec = schema().sheets[sheet]
    columns = {**spec.columns, **spec.extra}
    return {
        key: cell_value(sheet, key, value)
        for key, value in row.items()
        if key in columns and (computed or columns[key].type != "formula")
    }


def cell_value(sheet: str, key: str, value: CellValue) -> CellValue:
    """A value as its cell takes it: English list keys become the Japanese value, "" an empty
    cell, the day of a datetime, text for every identifier (leading zeros stay)."""
    spec = schema().sheets[sheet]
    column = spec.columns.get(key) or spec.extra[key]
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime):
        return value.date()
    if column.type == "choice":
        return schema().lists[column.list].get(value, value)
    if column.type in ("count", "date") or isinstance(value, dt.date):
        return value
    return str(value)


def marks(book: Book, findings: Iterable["Finding"]) -> dict[tuple[str, int, int], str]:
    """The cells to mark: (sheet key, Excel row, Excel column) → severity, the worst of each cell.

    A finding about a whole row marks its 氏名 (or the first column); one about a sheet or a
    column that isn't there marks nothing, and our own output sheets are never marked.
    """
    rank = {"error": 0, "warning": 1, "info": 2}
    keys = {spec.name: key for key, spec in schema().sheets.items()}
    found: dict[tuple[str, int, int], str] = {}
    for finding in findings:
        key = keys.get(finding.sheet)
        if key == "settings":
            settings = schema().settings
            row = next(
                (r for k, r in book.setting_rows.items() if settings[k].label == finding.column), 0
            )
            place = (key, row, 2)
        else:
            table = book.tables.get(key)
            if table is None or finding.row <= table.header_row:
                continue
            place = (key, finding.row, column_number(book, key, finding.column))
        if place[1] and rank[finding.severity] < rank.get(found.get(place), 9):
            found[place] = finding.severity
    return found


def column_number(book: Book, sheet: str, label: str) -> int:
    """The Excel column of a header label; "" or an unknown one: that of 氏名, else the first."""
    table = book.tables.get(sheet)
    if table is None:
        return 1
    spec = table.spec
    for key, number in table.columns.items():
        if spec.label(key) == label:
            return number
    fallback = min(table.columns.values(), default=1)
    return table.unknown_labels.get(label, table.columns.get("name", fallback))


def address(book: Book, link: Link) -> str:
    """Where a link leads, as Excel writes it: ``'資格取得届'!E5``."""
    keys = {spec.name: key for key, spec in schema().sheets.items()}
    key = keys.get(link.sheet, "")
    if key == "settings":
        return f"'{link.sheet}'!B{link.row}"
    quoted = link.sheet.replace("'", "''")
    return f"'{quoted}'!{column_letters(column_number(book, key, link.column))}{link.row}"


def column_letters(number: int) -> str:
    """1 → A, 27 → AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
