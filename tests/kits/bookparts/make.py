"""Small workbooks by the schema, from several hands: XlsxWriter, openpyxl, or bare XML."""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter
from books import ERA, Rows
from shikaku.model.schema import schema

ACQUISITION = {
    "symbol": "0012",
    "number": "000345",
    "name": "架空 太郎",
    "kana": "カクウ タロウ",
    "birth": dt.date(1990, 1, 2),
    "sex": "男",
    "individual_number": "000000000019",
    "postal_code": "1000001",
    "address": "東京都千代田区千代田1-1",
    "acquired": dt.date(2026, 4, 1),
}
"""One filled row of 資格取得届."""


def people(count: int) -> list[dict]:
    """Rows of 資格取得届, each with a number of its own."""
    return [
        ACQUISITION | {"number": f"{n:06d}", "name": f"架空 {n}号"} for n in range(1, count + 1)
    ]


def book(
    path: Path,
    rows: Rows | None = None,
    *,
    settings: Mapping[str, object] | None = None,
    tables: bool = True,
    leave_out: Sequence[str] = (),
    options: Mapping[str, object] | None = None,
    prepare: int = 0,
) -> Path:
    """A workbook with all sheets of the schema, by XlsxWriter.

    rows: sheet key → rows by column key; tables: with Excel tables; leave_out: sheet keys;
    prepare: so many empty rows of each table are there with their styles and formulas.
    """
    target = xlsxwriter.Workbook(str(path), dict(options or {}))
    fill(target, rows or {}, settings or {}, tables, leave_out, prepare)
    target.close()
    return path


def fill(
    target: xlsxwriter.Workbook,
    rows: Rows,
    settings: Mapping[str, object],
    tables: bool = True,
    leave_out: Sequence[str] = (),
    prepare: int = 0,
) -> dict[str, object]:
    """Put the schema's sheets into a workbook; gives the worksheets by key."""
    formats = {
        "date": target.add_format({"num_format": ERA, "border": 1}),
        "text": target.add_format({"num_format": "@", "border": 1}),
        "other": target.add_format({"border": 1}),
    }
    sheets = {}
    for key, spec in schema().sheets.items():
        if key in leave_out:
            continue
        sheet = sheets[key] = target.add_worksheet(spec.name)
        if key == "settings":
            for number, (name, setting) in enumerate(schema().settings.items()):
                sheet.write_string(number, 0, setting.label)
                value = settings.get(name)
                if isinstance(value, dt.date):
                    sheet.write_datetime(number, 1, value, formats["date"])
                elif value is not None:
                    sheet.write(number, 1, value)
        elif spec.columns:
            _table(sheet, spec, rows.get(key, ()), formats, tables, prepare)
    return sheets


def _table(sheet, spec, rows, formats, tables, prepare) -> None:
    for column, item in enumerate(spec.columns.values()):
        sheet.write_string(0, column, item.label)
    for number in range(1, max(len(rows), prepare) + 1):
        row = rows[number - 1] if number <= len(rows) else {}
        for column, (key, item) in enumerate(spec.columns.items()):
            kind = item.type if item.type == "date" else "text"
            style = formats["other" if item.type in ("count", "formula") else kind]
            value = row.get(key)
            if item.type == "formula":
                sheet.write_formula(number, column, _formula(spec, number + 1), style, value or "")
            elif value is None:
                sheet.write_blank(number, column, None, style)
            elif isinstance(value, dt.date):
                sheet.write_datetime(number, column, value, style)
            elif isinstance(value, str):
                sheet.write_string(number, column, value, style)
            else:
                sheet.write(number, column, value, style)
    if tables and spec.table:
        columns = [
            {"header": c.label, **({"formula": _formula(spec, 2)} if c.type == "formula" else {})}
            for c in spec.columns.values()
        ]
        last = max(len(rows), prepare, 1)
        sheet.add_table(
            0, 0, last, len(columns) - 1, {"name": spec.table, "columns": columns, "style": None}
        )
        for number in range(1, max(len(rows), prepare) + 1):  # add_table overwrites formulas
            row = rows[number - 1] if number <= len(rows) else {}
            for column, (key, item) in enumerate(spec.columns.items()):
                if item.type == "formula":
                    sheet.write_formula(
                        number, column, _formula(spec, number + 1), None, row.get(key) or ""
                    )


def _formula(spec, row: int) -> str:
    """A stand-in for a live column: whether the row's first cell is filled."""
    if spec.table:
        first = next(iter(spec.columns.values())).label
        return f'=IF({spec.table}[[#This Row],[{first}]]="","","済")'
    return f'=IF(A{row}="","","済")'
