"""What stands in a test workbook, before a hand (``hands``) writes it as a file.

A plan comes from rows by column key (``from_rows``: laid out like our form), from a workbook in
memory (``from_memory``: cell by cell), or from plain rows of values (``grid``: anybody's sheet).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from books import ERA, Rows, cell
from shikaku.model.schema import Column, Sheet, schema
from shikaku.model.tables import BLANK, DATE, EMPTY, ERROR, NUMBER, TEXT, Book, Cell, Table


class Style(NamedTuple):
    """How a cell looks: its number format, and whether it has a thin border."""

    number_format: str
    boxed: bool = False


@dataclass(frozen=True, slots=True)
class PlannedCell:
    """A cell to write. style: None for none at all, a day then gets the hand's own format.
    formula: its text with ``=``; the cell's value is its result, kind EMPTY that there is none."""

    cell: Cell = BLANK
    style: Style | None = None
    formula: str = ""


@dataclass(frozen=True, slots=True)
class PlannedTable:
    """An Excel table from column A on. top, last: the rows of its headings and of its end;
    formulas: heading → the formula of a calculated column."""

    name: str
    top: int
    last: int
    headings: Sequence[str]
    formulas: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class PlannedSheet:
    """A sheet. key: the schema's, or its title; cells: by Excel's row and column, from 1."""

    key: str
    title: str
    cells: dict[tuple[int, int], PlannedCell] = field(default_factory=dict)
    table: PlannedTable | None = None
    hidden: set[int] = field(default_factory=set)
    merged: list[str] = field(default_factory=list)


# ---------------------------------------------------------------- from rows by column key


def from_rows(
    rows: Rows,
    settings: Mapping[str, object],
    *,
    tables: bool = True,
    leave_out: Iterable[str] = (),
    prepare: int = 0,
    live: bool = True,
) -> list[PlannedSheet]:
    """All sheets of the schema, boxed, in the formats of our form.

    rows: sheet key → rows by column key (text in a formula's column that begins with ``=`` is its
    formula); settings: by setting key; tables: as Excel tables; leave_out: sheet keys; prepare: so
    many empty rows of each table have their styles; live: formulas in every row, with results.
    """
    plan = []
    for key, spec in schema().sheets.items():
        if key in leave_out:
            continue
        sheet = PlannedSheet(key, spec.name)
        if key == "settings":
            for number, (name, setting) in enumerate(schema().settings.items(), 1):
                sheet.cells[number, 1] = _label(setting.label)
                value = cell(settings.get(name))
                style = Style(ERA, True) if value.kind == DATE else None
                sheet.cells[number, 2] = PlannedCell(value, style)
        elif spec.columns:
            _fill_table(sheet, spec, list(rows.get(key, ())), tables, prepare, live)
        plan.append(sheet)
    return plan


_FORMATS = {"date": ERA, "count": "General", "formula": "General"}


def _fill_table(
    sheet: PlannedSheet, spec: Sheet, rows: list, tables: bool, prepare: int, live: bool
) -> None:
    columns = spec.columns
    for place, column in enumerate(columns.values(), 1):
        sheet.cells[1, place] = _label(column.label)
    height = max(len(rows), prepare)
    for number in range(2, height + 2):
        row = rows[number - 2] if number - 2 < len(rows) else {}
        for place, (key, column) in enumerate(columns.items(), 1):
            stand_in = _stand_in(spec, number) if live else ""
            sheet.cells[number, place] = _from_value(row.get(key), column, stand_in)
    if tables and spec.table:
        live_columns = [c.label for c in columns.values() if live and c.type == "formula"]
        sheet.table = PlannedTable(
            spec.table,
            1,
            max(height, 1) + 1,
            [column.label for column in columns.values()],
            dict.fromkeys(live_columns, _stand_in(spec, 2)),
        )


def _from_value(value: object, column: Column, stand_in: str) -> PlannedCell:
    style = Style(_FORMATS.get(column.type, "@"), True)
    if column.type == "formula":
        if isinstance(value, str) and value.startswith("="):
            return PlannedCell(Cell(None, EMPTY, True), style, value)
        if stand_in:
            result = "" if value is None else value
            return PlannedCell(Cell(result, TEXT, True), style, stand_in)
    return PlannedCell(cell(value), style)


def _stand_in(spec: Sheet, row: int) -> str:
    """A stand-in for a live column: whether the row's first cell is filled."""
    if spec.table:
        first = next(iter(spec.columns.values())).label
        return f'=IF({spec.table}[[#This Row],[{first}]]="","","済")'
    return f'=IF(A{row}="","","済")'


def _label(text: str) -> PlannedCell:
    return PlannedCell(Cell(text, TEXT))


# ---------------------------------------------------------------- from a workbook in memory


def from_memory(book: Book, *, tables: bool = False) -> list[PlannedSheet]:
    """The sheets, rows and cells of ``book``; tables: as Excel tables where a sheet allows one."""
    plan = []
    for key, spec in schema().sheets.items():
        if key in book.missing_sheets:
            continue
        sheet = PlannedSheet(key, spec.name)
        if key == "settings":
            for name, row in book.setting_rows.items():
                sheet.cells[row, 1] = _label(schema().settings[name].label)
                if name in book.settings:
                    sheet.cells[row, 2] = _from_cell(book.settings[name])
            for name, row in book.double_settings.items():
                sheet.cells[row, 1] = _label(schema().settings[name].label)
                sheet.cells[row, 2] = _label("別の値")
        elif key in book.tables:
            _copy_table(sheet, book.tables[key], tables)
        plan.append(sheet)
    return plan


def _copy_table(sheet: PlannedSheet, table: Table, tables: bool) -> None:
    spec = table.spec
    known = spec.columns | spec.extra
    places = dict(table.columns) or {name: n for n, name in enumerate(spec.columns, 1)}
    used = {name for row in table.rows for name in row.cells} - set(places)
    for name in sorted(used | {n for n in places if n in spec.extra}):
        places.setdefault(name, max(places.values()) + 1)
    top = table.header_row
    for name, place in places.items():
        sheet.cells[top, place] = _label(known[name].label)
    for place, name in enumerate(table.duplicate_columns, max(places.values()) + 1):
        sheet.cells[top, place] = _label(spec.columns[name].label)
    for label, place in table.unknown_labels.items():
        sheet.cells[top, place] = _label(label)
    for row in table.rows:
        if row.hidden:
            sheet.hidden.add(row.number)
        for name, value in row.cells.items():
            sheet.cells[row.number, places[name]] = _from_cell(value)
    sheet.merged = [area.replace("$", "") for area in table.merged]
    if tables and spec.table and not table.duplicate_columns and not table.merged:
        by_place = {place: known[name].label for name, place in places.items()}
        heads = [by_place.get(n, f"列{n}") for n in range(1, max(by_place) + 1)]
        last = max([row.number for row in table.rows], default=top + 1)
        sheet.table = PlannedTable(spec.table, top, last, heads)


def _from_cell(value: Cell) -> PlannedCell:
    formats = {DATE: ERA, TEXT: "" if value.formula else "@", NUMBER: value.number_format}
    code = formats.get(value.kind, value.number_format if value.formula else "")
    formula = "" if not value.formula else "=1/0" if value.kind == ERROR else "=1+0"
    return PlannedCell(value, Style(code) if code else None, formula)


# ---------------------------------------------------------------- plain rows of values


def grid(
    title: str,
    rows: Iterable[Iterable[object]],
    formats: Mapping[tuple[int, int], str] | None = None,
) -> PlannedSheet:
    """A sheet of plain values from A1 on (None: no cell; ``books.cell`` says how an error or a
    formula is written). formats: number formats by row and column."""
    sheet, formats = PlannedSheet(title, title), formats or {}
    for number, values in enumerate(rows, 1):
        for place, value in enumerate(values, 1):
            planned = cell(value)
            if planned is not BLANK:
                code = formats.get((number, place))
                formula = "=1+1" if planned.formula else ""
                sheet.cells[number, place] = PlannedCell(
                    planned, Style(code) if code else None, formula
                )
    return sheet
