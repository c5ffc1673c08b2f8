"""The employer's workbook, built from the schema: the same bytes each time.

表紙, 設定 and コード表 are protected, without a password. On the sheets with tables the formula cells are
locked but the sheet is open (``protection`` says why, and closes them when asked): typing over a formula
is refused by validation, and a formula that was pasted over is marked.
"""

import dataclasses
import datetime as dt
import io
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from shikaku.fields import era_date
from shikaku.law.closed_days import ClosedDays
from shikaku.live import columns
from shikaku.live import counts as live_counts
from shikaku.model.schema import EVENT, FORM_NAME, Sheet, schema
from shikaku.model.settings import Settings
from shikaku.template import code_lists, cover_sheet, settings_sheet
from shikaku.template.content import Content, Value
from shikaku.template.formats import FONT, Formats
from shikaku.template.live_formulas import CLOSED, Formulas
from shikaku.template.postprocess import finish
from shikaku.template.protection import lock_formulas
from shikaku.template.table_sheet import (
    BEFORE_THE_FIRST_RUN,
    PREPARED,
    PREPARED_PROTECTED,
    TableSheet,
    dynamic_print_area,
)

_MADE = dt.datetime(2026, 4, 1)


def build(
    path: Path | str, *, sample: bool = False, protect: bool = False, rows: int | None = None
) -> None:
    """Write a new workbook. sample: filled with fictitious people that show every rule; protect:
    the sheets with formulas are protected, too; rows: how many are prepared (``render``).

    Raises OSError when the file can't be written.
    """
    content = Content()
    if sample:
        from shikaku.template import sample as samples  # its data is read only when asked for

        content = samples.load()
    Path(path).write_bytes(render(content, rows, protect=protect))


def closed_days() -> dict[dt.date, str]:
    """The closed days that a new workbook comes with, 2024 to 2031, and their names."""
    data = tomllib.loads(Path(__file__).with_name("closed_days.toml").read_text("utf-8"))
    return {dt.date.fromisoformat(day): name for day, name in data.items()}


def render(
    content: Content,
    prepared: int | None = None,
    *,
    protect: bool = False,
    layout: Mapping[str, Sheet] | None = None,
) -> bytes:
    """The workbook with these rows and settings, every formula with its value.

    prepared: how many rows of the filings and the ledger have formulas, at the least (None: a page,
    or more where the tables can't grow). protect: whether the sheets with formulas are protected.
    layout: the sheets as somebody has them (None: as the schema has them), by key: columns in another
    order or under other labels, further ones.
    """
    layout = layout or schema().sheets
    if prepared is None:
        prepared = PREPARED_PROTECTED if protect else PREPARED
    calendar = content.rows.get("closed_days") or [
        {"date": day, "name": name} for day, name in closed_days().items()
    ]
    rows = {**content.rows, "closed_days": calendar}
    content = dataclasses.replace(content, rows=rows)
    cached, counts = live_values(content)
    buffer = io.BytesIO()
    book = _blank_workbook(buffer)
    _properties(book)
    look = Formats(book)
    list_names = code_lists.names()
    sheets = {key: book.add_worksheet(sheet.name, _FormulaSheet) for key, sheet in layout.items()}
    modes: dict[int, dict[str, str]] = {}
    cover_sheet.write(sheets["cover"], look, content, counts, layout, protected=protect)
    modes[2] = settings_sheet.write(book, sheets["settings"], look, content.settings, list_names)
    for number, (key, sheet) in enumerate(layout.items(), 1):
        if not sheet.table:
            continue
        filled = content.rows.get(key, BEFORE_THE_FIRST_RUN.get(key, ()))
        hidden = content.hidden.get(key, ())
        values = cached.get(key, ())
        table = TableSheet(sheets[key], sheet, look, filled, values, list_names, hidden, prepared)
        modes[number] = table.write()
        formulas = Formulas(sheet)
        if protect and formulas.all():
            lock_formulas(sheets[key], look, len(sheet.columns))
        for name, formula in formulas.names().items():
            book.define_name(f"'{sheet.name}'!{name}", formula)
        if sheet.role in ("input", "ledger") and key != "closed_days":
            book.define_name(f"'{sheet.name}'!_xlnm.Print_Area", dynamic_print_area(sheet))
    book.define_name(CLOSED, f"='{layout['closed_days'].name}'!$A$2:$A$1000")
    book.define_name(FORM_NAME, f'="{schema().form}"')
    code_lists.write(book, sheets["codes"], look)
    sheets["cover"].activate()
    book.close()
    return finish(buffer.getvalue(), modes)


class _FormulaSheet(Worksheet):
    """A sheet whose formulas go into the file as they are: later functions have their ``_xlfn.`` already.
    XlsxWriter looks in each formula for the names of a hundred functions to put it before, which took
    more than half of the time that a workbook takes."""

    def _prepare_formula(self, formula: str, _expand: bool = False) -> str:
        return formula.removeprefix("=")


def _blank_workbook(buffer: io.BytesIO) -> Workbook:
    return Workbook(
        buffer,
        {
            "in_memory": True,
            "default_format_properties": {
                "font_name": FONT,
                "font_size": 10,
                "font_family": 3,
                "font_charset": 128,
            },
            "default_row_height": 22,
            "strings_to_formulas": False,
            "strings_to_urls": False,
        },
    )


def _properties(book: Workbook) -> None:
    name = "健康保険の届出と資格確認書"
    book.set_properties(
        {
            "title": name,
            "subject": "資格取得届・被扶養者異動届・資格喪失届・資格確認書の返納",
            "author": "shikaku",
            "keywords": "健康保険 届出 資格確認書 返納",
            "comments": "個人番号を含みます。取扱いに注意してください。",
            "created": _MADE,
        }
    )
    book.set_size(2400, 1500)


def live_values(
    content: Content,
) -> tuple[dict[str, list[dict[str, Value]]], dict[str, dict[str, int]]]:
    """The cached values of the calculated columns, and the counts of 表紙."""
    as_of = content.settings.get("as_of")
    people = {key: content.read(key) for key in schema().sheets if content.rows.get(key)}
    if not isinstance(as_of, dt.date):
        return {}, {}
    settings = typed_settings(content)
    days = {
        day: row.text("name")
        for row in people["closed_days"]
        if (day := row.date("date")) is not None
    }
    closed = ClosedDays(days, saturday_closed=settings.saturday == "closed")
    cached: dict[str, list[dict[str, Value]]] = {}
    for key in (*EVENT, "ledger"):
        found = {row.number: row for row in people.get(key, ())}
        cached[key] = []
        for n in range(2, len(content.rows.get(key, ())) + 2):
            row = found.get(n)
            values: dict[str, Value] = {}
            if row is not None and key == "ledger":
                values["state"] = columns.ledger_state(row, as_of)
            elif row is not None:
                values |= columns.values(row, settings, closed, as_of)
            cached[key].append(values)
    people.pop("closed_days")
    return cached, live_counts.counts(people, settings, closed, as_of)


def typed_settings(content: Content) -> Settings:
    """The settings of a content, choices as English keys."""
    values: dict[str, Any] = {}  # each of its own type
    for key, spec in schema().settings.items():
        value = content.settings.get(key, spec.default)
        if value is None:
            continue
        if spec.type == "date":
            value = era_date.from_cell(value)
        elif spec.type == "choice":
            value = schema().key_of(spec.list, str(value))
        values[key] = value
    return dataclasses.replace(Settings(), **values)


__all__ = ["Content", "build", "render", "typed_settings"]
