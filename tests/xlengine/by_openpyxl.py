"""Workbooks for the tests, made with openpyxl from the schema: fictitious people only."""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

import openpyxl
from books import ERA
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table
from shikaku.checks.catalogue import Finding
from shikaku.model.schema import schema

DAY = dt.date

_FORMATS = {"date": ERA, "count": "General", "formula": "General"}


def make(
    path: Path,
    rows: Mapping[str, Iterable[Mapping[str, object]]] = {},
    settings: Mapping[str, object] = {},
    without: Iterable[str] = (),
) -> Path:
    """A workbook with every sheet of the schema (but ``without``), its tables and these rows.

    rows: sheet key → rows by column key (a value beginning with ``=`` is a formula where the
    column's type is formula, else text). settings: by setting key.
    """
    book = openpyxl.Workbook()
    book.remove(book.active)
    for key, spec in schema().sheets.items():
        if key in without:
            continue
        sheet = book.create_sheet(spec.name)
        if key == "settings":
            for number, (name, item) in enumerate(schema().settings.items(), 1):
                sheet.cell(number, 1, item.label)
                _put(sheet.cell(number, 2), settings.get(name, item.default))
        elif spec.columns:
            _table(sheet, spec, list(rows.get(key, ())))
    book.save(path)
    return Path(path)


def _table(sheet, spec, rows) -> None:
    for column, item in enumerate(spec.columns.values(), 1):
        sheet.cell(1, column, item.label)
        for number in range(2, max(3, len(rows) + 2)):
            sheet.cell(number, column).number_format = _FORMATS.get(item.type, "@")
    for number, row in enumerate(rows, 2):
        for column, (name, item) in enumerate(spec.columns.items(), 1):
            if name in row:
                _put(sheet.cell(number, column), row[name], formula=item.type == "formula")
    last = get_column_letter(len(spec.columns))
    table = Table(displayName=spec.table, ref=f"A1:{last}{max(2, len(rows) + 1)}")
    sheet.add_table(table)


def _put(cell, value, formula: bool = False) -> None:
    cell.value = value
    if isinstance(value, str) and not formula:
        cell.data_type = "s"


def fill(sheet, place: str, rgb: str) -> None:
    """Give a cell of an openpyxl sheet a solid fill (RRGGBB)."""
    sheet[place].fill = PatternFill("solid", start_color="FF" + rgb)


def person(number, **more):
    """A row of 加入者台帳: a fictitious insured person."""
    values = {
        "symbol": "0012",
        "number": f"{number:04}",
        "branch": "00",
        "kind": "被保険者",
        "name": "架空 太郎",
        "kana": "カクウ タロウ",
        "birth": DAY(1980, 1, 2),
        "sex": "男",
        "individual_number": "000000000000",
        "acquired": DAY(2024, 4, 1),
    }
    return {**values, **more}


def ledger_row(number, **more):
    """A row of 返納管理 (the number-th), with a formula in 状況."""
    values = {
        "control_no": f"K{number:04}",
        "document": "資格確認書",
        "symbol": "0012",
        "number": "0001",
        "name": "架空 太郎",
        "due": DAY(2026, 4, 1),
        "state": f'=IF(N{number + 1}<>"","返納済","")',
        "reminders": 0,
    }
    return {**values, **more}


def finding(row, *, sheet="members", column="name", severity="error", message="内容"):
    """A finding at a place."""
    return Finding("NM03", severity, sheet, row, column, message, "直し方", "根拠")


def small(folder: Path) -> Path:
    """A small workbook: six people, two certificates, one closed day."""
    return make(
        folder / "届出.xlsx",
        {
            "members": [person(n) for n in range(1, 7)],
            "ledger": [ledger_row(1), ledger_row(2, reminders=1)],
            "closed_days": [{"date": DAY(2026, 4, 29), "name": "昭和の日"}],
        },
        {"insurer_name": "架空健康保険組合", "as_of": DAY(2026, 4, 15)},
    )
