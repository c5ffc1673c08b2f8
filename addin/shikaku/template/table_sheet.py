"""The sheets with tables: the filings, the members, the ledger, the outputs."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_range
from xlsxwriter.worksheet import Worksheet

from shikaku.live import row_faults, typed_days
from shikaku.model.schema import Column, Sheet
from shikaku.ooxml.text_wrap import lines_of
from shikaku.template import print_setup, validation
from shikaku.template.conditional_formats import marks
from shikaku.template.content import ERROR_TEXTS, Value
from shikaku.template.formats import ACCENT, DATE, Formats
from shikaku.template.live_formulas import Formulas

PREPARED = 25
"""Rows with formulas ready in the filings and in the ledger: as many as an empty sheet prints on one
page, in programs that don't know a formula's print area, too. Excel lets the tables grow."""

PREPARED_PROTECTED = 500
"""The same for protected sheets, whose tables can't grow."""

FROZEN = {
    "members": "name",
    "acquisition": "status",
    "dependants": "status",
    "loss": "status",
    "ledger": "name",
    "findings": "code",
    "decisions": "name",
    "history": "letter",
}
"""The last column that stays in sight."""


_SIGNED = ("status", "limit_state", "number_check", "input_check")

BEFORE_THE_FIRST_RUN = {
    "findings": (
        {
            "message": "まだ検証していません。Excelの「資格確認」タブの「検証」、"
            "または「shikaku check ブック.xlsx --write」を実行すると、ここに結果が入ります。"
        },
    ),
    "decisions": (
        {
            "why": "まだ判定していません。Excelの「資格確認」タブの「判定」、"
            "または「shikaku decide ブック.xlsx --write」を実行すると、ここに結果が入ります。"
        },
    ),
}
"""Output sheet → its only row in a new workbook: what fills the sheet."""


@dataclass(slots=True)
class TableSheet:
    """One sheet with a table, while it is written. ``cached``: values of the calculated columns,
    a mapping by column key for every row."""

    ws: Worksheet
    sheet: Sheet
    look: Formats
    rows: Sequence[Mapping[str, Value]]
    cached: Sequence[Mapping[str, Value]]
    list_names: Mapping[str, str]
    hidden: Sequence[int] = ()
    prepared: int = PREPARED

    def write(self) -> dict[str, str]:
        """Write everything. Returns range → input mode for the parts that are finished later."""
        columns = list(self.sheet.columns.values())
        last = max(self._prepared(), len(self.rows), 1)
        self._headings(columns)
        self._table(columns, last)
        self._cells(columns)
        for index in self.hidden:
            self.ws.set_row(index + 1, None, None, {"hidden": True})
        self._heights(columns)
        modes = self._validations(columns)
        self._conditions()
        self._screen(columns)
        self._paper(columns)
        return modes

    def _prepared(self) -> int:
        if self.sheet.role == "output":
            return 1
        if self.sheet.key == "closed_days":
            return len(self.rows)
        return self.prepared

    def _letter(self, key: str) -> str:
        return xl_col_to_name(list(self.sheet.columns).index(key))

    def _headings(self, columns: list[Column]) -> None:
        for number, column in enumerate(columns):
            if column.type == "formula":
                style = self.look.calculated(align="left", **_calculated_look(column.key))
            elif self.sheet.role == "output":
                style = self.look.output(centred=column.type == "count")
            else:
                style = self.look.input(column.type)
            out_of_sight = {"hidden": True} if column.hidden else {}
            self.ws.set_column(number, number, column.width, style, out_of_sight)
        lines = max(lines_of(column.label, column.width) for column in columns if not column.hidden)
        self.ws.set_row_pixels(0, max(44, 18 * lines + 8))

    def _table(self, columns: list[Column], last: int) -> None:
        formulas = Formulas(self.sheet).all()
        spec = []
        for column in columns:
            look = self.look.heading(heading_kind(self.sheet, column))
            item = {"header": column.label, "header_format": look}
            if column.key in formulas:
                item["formula"] = formulas[column.key]
            spec.append(item)
        self.ws.add_table(
            0,
            0,
            last,
            len(columns) - 1,
            {"name": self.sheet.table, "columns": spec, "style": None, "autofilter": True},
        )
        for number, column in enumerate(columns):
            if column.key not in formulas:
                continue
            style = self.look.calculated(align="left", **_calculated_look(column.key))
            for row in range(last):
                value = self.cached[row].get(column.key, "") if row < len(self.cached) else ""
                if isinstance(value, dt.date):
                    value = typed_days.serial(value)
                self.ws.write_formula(row + 1, number, formulas[column.key], style, value)

    def _cells(self, columns: list[Column]) -> None:
        numbers = {column.key: (number, column.type) for number, column in enumerate(columns)}
        for row, values in enumerate(self.rows, 1):
            for key, value in values.items():
                number, type_ = numbers[key]
                look = self.look.output() if self.sheet.role == "output" else self.look.input(type_)
                write_value(self.ws, row, number, value, look)

    def _heights(self, columns: list[Column]) -> None:
        """Rows that need several lines are as high: not every program sees to that by itself."""
        for row, values in enumerate(self.rows):
            live = self.cached[row] if row < len(self.cached) else {}
            lines = max(
                (
                    lines_of(_with_sign(column, text), column.width)
                    for column in columns
                    if not column.hidden
                    and isinstance(text := {**values, **live}.get(column.key), str)
                ),
                default=1,
            )
            if lines > 1 and row not in self.hidden:
                self.ws.set_row_pixels(row + 1, 18 * lines + 6)

    def _validations(self, columns: list[Column]) -> dict[str, str]:
        if self.sheet.role == "output":
            return {}
        modes = {}
        for number, column in enumerate(columns):
            cells = validation.validate(
                self.ws, number, column, self.list_names.get(column.list or column.advice, "")
            )
            if column.ime:
                modes[cells] = column.ime
        return modes

    def _conditions(self) -> None:
        for mark in marks(self.sheet):
            letter = self._letter(mark.key)
            options = {
                "type": "formula",
                "criteria": f"={mark.formula}",
                "format": self.look.difference(**mark.look),
            }
            if mark.stop:
                options["stop_if_true"] = True
            self.ws.conditional_format(f"{letter}2:{letter}{validation.LAST_ROW}", options)

    def _screen(self, columns: list[Column]) -> None:
        self.ws.hide_gridlines(2)
        frozen = FROZEN.get(self.sheet.key)
        self.ws.freeze_panes(1, list(self.sheet.columns).index(frozen) + 1 if frozen else 0)
        self.ws.set_selection(1, 0, 1, 0)
        colors = {"input": ACCENT, "ledger": "#7FA3B8", "output": "#B8C4CC"}
        self.ws.set_tab_color(colors[self.sheet.role])
        everything = xl_range(1, 0, validation.LAST_ROW - 1, len(columns) - 1)
        self.ws.ignore_errors({"number_stored_as_text": everything, "formula_unlocked": everything})

    def _paper(self, columns: list[Column]) -> None:
        key = self.sheet.key
        secret = any(column.type == "individual_number" for column in columns)
        print_setup.setup(self.ws, self.sheet.name, secret=secret)
        self.ws.repeat_rows(0)
        if key == "closed_days":
            print_setup.small(self.ws)
            return
        print_setup.one_wide(self.ws)


def _with_sign(column: Column, text: str) -> str:
    """A text as it is shown: what a formula says may get a sign (``conditional_formats``)."""
    return f"▲ {text}" if column.key in _SIGNED else text


def _calculated_look(key: str) -> dict[str, object]:
    if key == "limit":
        return {"num_format": DATE, "text_wrap": True}
    if key == "days_left":
        return {"num_format": '0"日";▲0"日";"当日"'}
    if key in _SIGNED:
        return {"text_wrap": True}
    return {}


def heading_kind(sheet: Sheet, column: Column) -> str:
    """What is to be entered in a column: required, conditional (場合により必須), optional, calculated,
    written (filled in every row, but by us)."""
    if column.type == "formula" or column.hidden:
        return "calculated"
    ours = sheet.key == "history" and column.key != "remarks"
    if ours or (sheet.key == "ledger" and column.key == "control_no"):
        return "written" if column.required else "calculated"
    if column.required:
        return "required"
    conditional = {need.key for need in row_faults.needs(sheet.key) if need.when}
    if "no_number_reason" in sheet.columns:  # one of the two must be there (MN01)
        conditional |= {"individual_number", "no_number_reason"}
    return "conditional" if column.key in conditional else "optional"


def write_value(ws: Worksheet, row: int, column: int, value: Value, style: Format) -> None:
    """Write a cell as it is: a day as an Excel date, text as text, an error as an error."""
    if isinstance(value, bool):
        ws.write_boolean(row, column, value, style)
    elif isinstance(value, dt.date):
        ws.write_datetime(row, column, value, style)
    elif isinstance(value, (int, float)):
        ws.write_number(row, column, value, style)
    elif value in ERROR_TEXTS:
        ws.write_formula(row, column, f"={value}", style, value)
    else:
        ws.write_string(row, column, value, style)


def dynamic_print_area(sheet: Sheet, minimum: int = PREPARED + 1) -> str:
    """A print area that ends at the last filled row, so that prepared blank rows stay off paper,
    and at the table's last column, also when somebody has added some. ISBLANK bears error cells.
    """
    table = f"{sheet.table}[]"
    filled = ",".join(
        f"SUMPRODUCT(MAX(NOT(ISBLANK({cells}))*ROW({cells})))" for cells in _input_runs(sheet)
    )
    last = f"MIN(ROWS({table}),MAX({minimum},{filled})-1)"
    return f"='{sheet.name}'!$A$1:INDEX({table},{last},COLUMNS({table}))"


def _input_runs(sheet: Sheet) -> list[str]:
    """The columns that people fill in, those side by side as one reference."""
    runs: list[list[str]] = [[]]
    for column in sheet.columns.values():
        if column.type == "formula":
            runs.append([])
        else:
            runs[-1].append(column.label)
    return [f"{sheet.table}[[{run[0]}]:[{run[-1]}]]" for run in runs if run]
