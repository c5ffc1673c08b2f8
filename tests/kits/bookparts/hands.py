"""The programs that write a planned workbook: each leaves its own traces in the file."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterable, Mapping
from copy import copy
from pathlib import Path
from typing import Any, Protocol

import openpyxl
import openpyxl.worksheet.table
import xlsxwriter
from openpyxl.styles import Border, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.writer.excel import ExcelWriter
from shikaku.model.tables import BOOL, DATE, EMPTY, ERROR, NUMBER, TEXT
from xlsxwriter.utility import xl_cell_to_rowcol

from bookparts import zips
from bookparts.plan import PlannedCell, PlannedSheet, PlannedTable, Style

_ISO_DAY = Style("yyyy-mm-dd")


class Hand(Protocol):
    """A program that writes sheets."""

    def add(self, sheet: PlannedSheet) -> Any:
        """Write a sheet; the library's own object for it."""

    def close(self) -> bytes:
        """The workbook's file."""


def written(plan: Iterable[PlannedSheet], hand: Hand) -> bytes:
    """The file of a planned workbook."""
    for sheet in plan:
        hand.add(sheet)
    return hand.close()


def save(plan: Iterable[PlannedSheet], path: Path, hand: Hand) -> Path:
    """Write a planned workbook to a path, and give the path."""
    path = Path(path)
    path.write_bytes(written(plan, hand))
    return path


# XlsxWriter writes no error that isn't a formula's, and no formula without a result.
_CONSTANT, _NO_RESULT = "CONSTANT_ERROR", "NO_RESULT"


class XlsxWriter:
    """XlsxWriter: texts in the shared list, results of formulas as given.

    target: a workbook that the test goes on with and closes itself; else one with these options.
    """

    def __init__(
        self,
        target: xlsxwriter.Workbook | None = None,
        options: Mapping[str, object] | None = None,
    ) -> None:
        self._file = io.BytesIO()
        # Without a temporary file for each part: half of the time that a small workbook takes.
        inside = {"in_memory": True, **(options or {})}
        self._target = target or xlsxwriter.Workbook(self._file, inside)
        self._formats: dict[Style, Any] = {}
        self._marked = False

    def add(self, sheet: PlannedSheet) -> Any:
        """Write a sheet; its xlsxwriter.worksheet.Worksheet."""
        made = self._target.add_worksheet(sheet.title)
        if sheet.table:
            self._table(made, sheet.table)
        for number in sheet.hidden:
            made.set_row(number - 1, None, None, {"hidden": True})
        for (row, column), planned in sheet.cells.items():
            self._cell(made, row - 1, column - 1, planned)
        for area in sheet.merged:  # its cells are written already: merge_range writes them anew
            first, _, end = area.partition(":")
            made.merge.append([*xl_cell_to_rowcol(first), *xl_cell_to_rowcol(end)])
        return made

    def close(self) -> bytes:
        """The file, with the constant errors and formulas without result that were planned."""
        self._target.close()
        if not self._marked:
            return self._file.getvalue()
        contents = zips.parts(self._file.getvalue())
        for name, content in contents.items():
            content = content.replace(f"<f>{_CONSTANT}</f>".encode(), b"")
            contents[name] = re.sub(
                f"<f>{_NO_RESULT}([^<]*)</f><v>[^<]*</v>".encode(), rb"<f>\1</f>", content
            )
        return zips.packed(contents)

    @staticmethod
    def _table(made: Any, table: PlannedTable) -> None:
        """The table first: it fills cells that the planned ones then replace."""
        columns = [
            {
                "header": head,
                **({"formula": table.formulas[head]} if head in table.formulas else {}),
            }
            for head in table.headings
        ]
        options = {"name": table.name, "columns": columns, "style": None}
        made.add_table(table.top - 1, 0, table.last - 1, len(columns) - 1, options)

    def _format(self, style: Style | None) -> Any:
        if style is None:
            return None
        if style not in self._formats:
            border = {"border": 1} if style.boxed else {}
            self._formats[style] = self._target.add_format(
                {"num_format": style.number_format, **border}
            )
        return self._formats[style]

    def _cell(self, made: Any, row: int, column: int, planned: PlannedCell) -> None:
        cell, style = planned.cell, self._format(planned.style)
        value: Any = cell.value
        if planned.formula:
            if isinstance(value, dt.date):
                value = (value - dt.date(1899, 12, 30)).days
            none = cell.kind == EMPTY
            self._marked |= none
            text = f"={_NO_RESULT}{planned.formula[1:]}" if none else planned.formula
            made.write_formula(row, column, text, style, 0 if none else value)
        elif cell.kind == ERROR:
            self._marked = True
            made.write_formula(row, column, f"={_CONSTANT}", style, value)
        elif cell.kind == DATE:
            made.write_datetime(row, column, value, style or self._format(_ISO_DAY))
        elif cell.kind == NUMBER:
            made.write_number(row, column, value, style)
        elif cell.kind == BOOL:
            made.write_boolean(row, column, value, style)
        elif cell.kind == TEXT and value:
            made.write_string(row, column, value, style)
        elif style:
            made.write_blank(row, column, None, style)


class Openpyxl:
    """openpyxl: no results of formulas."""

    def __init__(self) -> None:
        self._target = openpyxl.Workbook()
        self._target.remove(self._target.active)
        self._looks: dict[Style, Any] = {}

    def add(self, sheet: PlannedSheet) -> Any:
        """Write a sheet; its openpyxl.worksheet.worksheet.Worksheet."""
        made = self._target.create_sheet(sheet.title)
        for (row, column), planned in sheet.cells.items():
            self._cell(made.cell(row, column), planned)
        for number in sheet.hidden:
            made.row_dimensions[number].hidden = True
        for area in sheet.merged:
            made.merge_cells(area)
        if sheet.table:
            made.add_table(self._table(sheet.table))
        return made

    def close(self) -> bytes:
        """The file."""
        file = io.BytesIO()
        # As Workbook.save does, but packed loosely: half of the time.
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            ExcelWriter(self._target, archive).save()
        return file.getvalue()

    @staticmethod
    def _table(table: PlannedTable) -> openpyxl.worksheet.table.Table:
        right = get_column_letter(len(table.headings))
        area = f"A{table.top}:{right}{table.last}"
        return openpyxl.worksheet.table.Table(displayName=table.name, ref=area)

    def _cell(self, made: Any, planned: PlannedCell) -> None:
        style = planned.style
        if style in self._looks:  # to look up each part of a style anew takes most of the time
            made._style = copy(self._looks[style])
        elif style:
            made.number_format = style.number_format
            if style.boxed:
                thin = Side(style="thin")
                made.border = Border(thin, thin, thin, thin)
            self._looks[style] = copy(made._style)
        made.value = planned.formula or planned.cell.value
        if planned.cell.kind == TEXT and not planned.formula:
            made.data_type = "s"  # openpyxl takes =… for a formula and #N/A for an error


def solid_fill(sheet: Any, place: str, rgb: str) -> None:
    """Give a cell of an openpyxl sheet a solid fill (RRGGBB)."""
    sheet[place].fill = PatternFill("solid", start_color="FF" + rgb)
