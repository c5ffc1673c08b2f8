"""The cases' workbooks, which are kept in memory elsewhere, as files that a job can open."""

import datetime as dt
import re
from pathlib import Path

import xlsxwriter
from bookparts import zips
from books import ERA
from shikaku.model.schema import schema
from shikaku.model.tables import BOOL, DATE, EMPTY, ERROR, NUMBER, Book, Cell, Table
from xlsxwriter.utility import xl_cell_to_rowcol

# XlsxWriter writes no error that isn't a formula's, and no formula without a result.
_CONSTANT, _NO_RESULT = "CONSTANT_ERROR", "NO_RESULT"


def write(book: Book, path: Path, *, tables: bool = False) -> Path:
    """A workbook with the sheets, rows and cells of ``book``; tables: as Excel tables where the
    sheet allows one."""
    target = xlsxwriter.Workbook(str(path))
    formats: dict[str, object] = {}

    def style(code: str):
        if code not in formats:
            formats[code] = target.add_format({"num_format": code} if code else {})
        return formats[code]

    for key, spec in schema().sheets.items():
        if key in book.missing_sheets:
            continue
        sheet = target.add_worksheet(spec.name)
        if key == "settings":
            for name, row in book.setting_rows.items():
                sheet.write_string(row - 1, 0, schema().settings[name].label)
                if name in book.settings:
                    _put(sheet, row - 1, 1, book.settings[name], style)
        elif key in book.tables:
            _table(sheet, book.tables[key], style, tables)
    target.close()
    _mend(path)
    return path


def _table(sheet, table: Table, style, tables: bool) -> None:
    spec = table.spec
    columns = dict(table.columns) or {name: n for n, name in enumerate(spec.columns, 1)}
    used = {name for row in table.rows for name in row.cells} - set(columns)
    for name in sorted(used | {n for n in columns if n in spec.extra}):
        columns.setdefault(name, max(columns.values()) + 1)
    top = table.header_row - 1
    last = max([row.number for row in table.rows], default=top + 2)
    if tables and spec.table and not table.duplicate_columns and not table.merged:
        by_column = {number: (spec.columns | spec.extra)[n].label for n, number in columns.items()}
        heads = [{"header": by_column.get(n, f"列{n}")} for n in range(1, max(by_column) + 1)]
        # The table first: it fills cells that the rows below are to have.
        sheet.add_table(
            top, 0, last - 1, len(heads) - 1, {"name": spec.table, "columns": heads, "style": None}
        )
    for name, number in columns.items():
        sheet.write_string(top, number - 1, (spec.columns | spec.extra)[name].label)
    for extra, name in enumerate(table.duplicate_columns):
        sheet.write_string(top, max(columns.values()) + extra, spec.columns[name].label)
    for row in table.rows:
        if row.hidden:
            sheet.set_row(row.number - 1, None, None, {"hidden": True})
        for name, cell in row.cells.items():
            _put(sheet, row.number - 1, columns[name] - 1, cell, style)
    for area in table.merged:
        first, _, end = area.replace("$", "").partition(":")
        sheet.merge.append([*xl_cell_to_rowcol(first), *xl_cell_to_rowcol(end)])


def _put(sheet, row: int, column: int, cell: Cell, style) -> None:
    value = cell.value
    if cell.kind == ERROR:
        text = "=1/0" if cell.formula else f"={_CONSTANT}"
        sheet.write_formula(row, column, text, style(""), value)
    elif cell.formula:
        day = isinstance(value, dt.date)
        if day:
            value = (value - dt.date(1899, 12, 30)).days
        text = f"={_NO_RESULT}" if cell.kind == EMPTY else "=1+0"
        sheet.write_formula(
            row,
            column,
            text,
            style(ERA if day else cell.number_format),
            0 if value is None else value,
        )
    elif cell.kind == DATE:
        sheet.write_datetime(row, column, value, style(ERA))
    elif cell.kind == NUMBER:
        sheet.write_number(row, column, value, style(cell.number_format))
    elif cell.kind == BOOL:
        sheet.write_boolean(row, column, value, style(""))
    elif value:
        sheet.write_string(row, column, value, style("@"))


def _mend(path: Path) -> None:
    contents = zips.parts(path)
    for name, content in contents.items():
        content = content.replace(f"<f>{_CONSTANT}</f>".encode(), b"")
        contents[name] = re.sub(f"<f>{_NO_RESULT}</f><v>[^<]*</v>".encode(), b"<f>1+0</f>", content)
    path.write_bytes(zips.packed(contents))
