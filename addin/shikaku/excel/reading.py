"""A workbook open in Excel given to ``reader``: every sheet in one read of its values.

``reader`` knows how to find headers and filled rows; here a sheet in Excel plays the part of a
sheet in a file. Cells come out as they would from the saved file.
"""

import datetime as dt
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from shikaku.excel.halving import where_true
from shikaku.excel.hidden_rows import special, visible_rows
from shikaku.excel.native import native
from shikaku.model.tables import BLANK, BOOL, DATE, EMPTY, ERROR, NUMBER, TEXT, Cell
from shikaku.ooxml.cell_values import Values
from shikaku.ooxml.number_formats import SINCE_1904, from_serial, is_date
from shikaku.ooxml.row_blocks import Block, BlockColumn, blocks_of
from shikaku.system.errors import BookError
from shikaku.workbook import book_id
from shikaku.workbook.labels import plain_label
from shikaku.workbook.reader import MAX_COLUMNS, MAX_ROWS

if TYPE_CHECKING:
    import xlwings as xw

ERRORS = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!")
_LATER_ERRORS = {
    -2146826245: "#GETTING_DATA",
    -2146826243: "#SPILL!",
    -2146826242: "#CONNECT!",
    -2146826241: "#BLOCKED!",
    -2146826240: "#UNKNOWN!",
    -2146826239: "#FIELD!",
    -2146826238: "#CALC!",
}
"""What xlwings 0.37 doesn't know as errors and hands on as COM's numbers (0x800A0000 + Excel's)."""
_ABOVE = 100  # rows that a header and a title may take, beyond the rows that we accept
_TOP = 20  # rows of a sheet that isn't ours, read before it is known whether there is more to read
_DAY_ZERO = dt.datetime(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class ExcelRow:
    """A row as the reader takes it: (column, cell, "") of its cells with content."""

    number: int
    cells: list[tuple[int, Cell, str]]
    hidden: bool

    @property
    def packed(self) -> list[tuple[int, Cell]]:
        """(column, cell)."""
        return [(column, cell) for column, cell, _ in self.cells]


@dataclass(frozen=True, slots=True)
class _Named:
    name: str


class _ExcelPackage:
    """What a file would say of itself. Excel tables are looked at through ``Grid``."""

    def __init__(self, name: str):
        self.name = name

    def relations(self, _part: str) -> tuple:
        return ()


class _ExcelTab:
    """A sheet of the workbook; ``part`` is its name (there is no file behind it)."""

    def __init__(self, sheet: "xw.Sheet"):
        self.sheet = sheet
        self.name = self.part = sheet.name


class OpenWorkbook:
    """The workbook as ``reader.read_book`` asks for it."""

    def __init__(self, book: "xw.Book"):
        self.package = _ExcelPackage(book.name)
        self._book = book
        self._values = _ExcelValues(native().date1904(book))
        self._tabs = [_ExcelTab(sheet) for sheet in book.sheets]

    def defined_name(self, name: str) -> str | None:
        """What a name of the workbook stands for, None when there is none."""
        try:
            return str(self._book.names[name].refers_to).removeprefix("=")
        except Exception:  # how Excel tells that there is no such name differs by system
            return None

    def find(self, name: str) -> _ExcelTab | None:
        """The tab of that name; an exact match goes before one of other widths and spaces."""
        exact = next((tab for tab in self._tabs if tab.name == name), None)
        wanted = plain_label(name)
        return exact or next((t for t in self._tabs if plain_label(t.name) == wanted), None)

    def struck_in(self, grid: "Grid") -> Callable[[ExcelRow], Container[int]] | None:
        """A row → its columns struck through; None when the sheet has none of them."""
        struck: dict[int, set[int]] = {}
        for row, column in native().struck(_inside(grid.sheet, grid.extent)):
            struck.setdefault(row, set()).add(column)
        return (lambda row: struck.get(row.number, ())) if struck else None

    def other_sheets(self, ours: Container[str]) -> list[_ExcelTab]:
        """The tabs besides those of these names."""
        return [tab for tab in self._tabs if tab.name not in ours]

    def glance(self, tab: _ExcelTab) -> "_TopRows":
        """A tab that isn't ours: nothing depends on it."""
        return _TopRows(tab.sheet, self._values.date1904)

    def lasting_id(self) -> str:
        """The id that a write into the closed file left in it, "" without one."""
        return book_id.read(self.defined_name(book_id.NAME) or "")

    def sheet_xml(self, tab: _ExcelTab) -> "Grid":
        """The sheet's cells. Raises BookError when there are too many."""
        return Grid(tab.sheet, self._values.date1904)

    def cells_xml(self, tab: _ExcelTab, *, ours: bool = False, any_number: bool = False) -> "Grid":
        """The same. any_number: of rows there may be any number; otherwise as many as people may type."""
        return Grid(tab.sheet, self._values.date1904, any_number=any_number)

    def values(self, _grid: "Grid") -> "_ExcelValues":
        """Cells are decoded already."""
        return self._values

    def damaged(self, tab: _ExcelTab) -> BookError:
        """The error for a sheet that can't be read."""
        return BookError(
            f"シート「{tab.name}」を読み取れません。",
            "ブックを保存してExcelを開き直してから、もう一度実行してください。",
        )


class _ExcelValues:
    """Cells as they are, but a bare number where a day belongs, in a book that counts from 1904."""

    computed = True

    def __init__(self, date1904: bool):
        self.date1904 = date1904
        self.as_day_of_1900 = Values([], [], date1904, b"").as_day_of_1900

    @staticmethod
    def column(column: BlockColumn) -> list[Cell]:
        return [cell or BLANK for cell in column.forms[0][1]]

    @staticmethod
    def cell(cell: Cell, _content: str) -> Cell:
        return cell


class Grid:
    """The used cells of a sheet: values, formulas and, where they count, formats."""

    bare = None

    def __init__(self, sheet: "xw.Sheet", date1904: bool, *, any_number: bool = False):
        self.sheet = sheet
        self.extent = extent_of(sheet, any_number=any_number)
        totals: dict[int, set[int]] = {}  # row → columns
        for area in [table.range for table in sheet.tables if table.show_totals]:
            columns = range(area.column, area.column + area.shape[1])
            totals.setdefault(area.row + area.shape[0] - 1, set()).update(columns)
        rows = rows_in(sheet, self.extent, date1904)
        self._rows = [*_without(rows, totals)]

    def rows(self) -> list[ExcelRow]:
        """The rows that have at least one cell with content; cells with totals of tables are left out."""
        return self._rows

    def blocks(self) -> Iterator[Block]:
        """The same rows in blocks."""
        return blocks_of(self._rows)

    def merged(self) -> list[str]:
        """The merged ranges, A1 style, each once."""
        area = _inside(self.sheet, self.extent)
        found: dict[str, None] = {}
        for row, column in where_true(area, lambda part: part.merge_cells):
            place = self.sheet.range((row, column)).merge_area.get_address(False, False)
            found.setdefault(place)
        return list(found)


class _TopRows:
    """A sheet that isn't ours, read from the top as far as somebody asks: its size is anybody's guess."""

    def __init__(self, sheet: "xw.Sheet", date1904: bool):
        self.sheet, self.date1904 = sheet, date1904

    def rows(self) -> Iterator[ExcelRow]:
        """The rows with content. They end where Excel refuses: nothing depends on them."""
        with suppress(Exception):
            used = self.sheet.used_range
            first, left, (nrows, ncols) = used.row, used.column, used.shape
            start, size = 0, _TOP
            while start < nrows:
                part = min(size, nrows - start)
                extent = (first + start, left, part, min(ncols, MAX_COLUMNS + _ABOVE))
                yield from rows_in(self.sheet, extent, self.date1904)
                start, size = start + part, size * _TOP


def rows_in(sheet: "xw.Sheet", extent: "_Extent", date1904: bool) -> Iterator[ExcelRow]:
    """The rows of a part of a sheet that have at least one cell with content."""
    first_row, first_column, nrows, ncols = extent
    area = _inside(sheet, extent)
    values = values_of(area, errors=True)
    formulas = as_rows(area.formula, nrows, ncols)
    visible = visible_rows(area)
    look = _Look(sheet, first_row, nrows, date1904)

    def is_error(row: int, column: int) -> bool:
        # Only an error reads as nothing when its text isn't asked for.
        return sheet.range((row, column)).options(ndim=2).value[0][0] is None

    for number, (value_row, formula_row) in enumerate(
        zip(values, formulas, strict=True), first_row
    ):
        cells = []
        for column, (value, formula) in enumerate(
            zip(value_row, formula_row, strict=True), first_column
        ):
            if value is None and formula in ("", None):
                continue
            if type(value) is int:  # numbers come as floats
                text = _LATER_ERRORS.get(value, ERRORS[2])
                cell = Cell(text, ERROR, _is_formula(text, formula))
            elif value in ERRORS and is_error(number, column):
                cell = Cell(value, ERROR, _is_formula(value, formula))
            else:
                cell = _cell(value, formula, look, number, column)
            if cell is not BLANK:
                cells.append((column, cell, ""))
        if cells:
            yield ExcelRow(number, cells, number not in visible)


def _without(rows: Iterable[ExcelRow], gone: Mapping[int, Container[int]]) -> Iterator[ExcelRow]:
    """The rows without some of their cells, row → columns; those with no other are left out."""
    for row in rows:
        columns = gone.get(row.number, ())
        cells = [cell for cell in row.cells if cell[0] not in columns] if columns else row.cells
        if cells:
            yield row if len(cells) == len(row.cells) else ExcelRow(row.number, cells, row.hidden)


class _Look:
    """How numbers are meant: their formats, asked for only where a number stands, a column at a
    time; whether the workbook counts its days from 1904."""

    def __init__(self, sheet: "xw.Sheet", first: int, count: int, date1904: bool):
        self.sheet, self.first, self.last = sheet, first, first + count - 1
        self.date1904 = date1904
        self._columns: dict[int, str | None] = {}

    def code(self, row: int, column: int) -> str:
        """Excel's format code, "" for General."""
        if column not in self._columns:
            area = self.sheet.range((self.first, column), (self.last, column))
            self._columns[column] = area.number_format
        code = self._columns[column]
        if code is None:  # the column is mixed
            code = self.sheet.range((row, column)).number_format
        return "" if not code or code.lower() in ("general", "g/標準") else code


def as_rows(block: object, nrows: int, ncols: int) -> list[list]:
    """What Excel gives for a block as a list of rows, also for one cell, one row, one column."""
    if nrows == ncols == 1:
        while isinstance(block, list | tuple):
            block = block[0]
        return [[block]]
    rows: list = list(block) if isinstance(block, list | tuple) else [block]
    if rows and not isinstance(rows[0], list | tuple):  # the Mac gives one row as it is
        rows = [rows] if nrows == 1 else [[value] for value in rows]
    return [list(row) for row in rows]


def values_of(area: "xw.Range", *, errors: bool = False) -> list[list]:
    """The values of an area as rows; errors: their texts, else None.

    Excel refuses a whole block for one cell that is shown as a day and that no calendar has (a
    number below 0; xlwings#2003): that cell is found by halving, and gives its bare number.
    """
    options = {"ndim": 2, "err_to_str": True} if errors else {"ndim": 2}
    try:
        return area.options(**options).value
    except TypeError:
        with suppress(Exception):
            return _with_errors(area)
    except Exception:  # Excel's and pywin32's own, many; the halves tell which cell it is
        pass
    nrows, ncols = area.shape
    if nrows == ncols == 1:
        return [[native().bare(area)]]
    if nrows > 1:
        halves = area[: nrows // 2, :], area[nrows // 2 :, :]
        return [row for half in halves for row in values_of(half, errors=errors)]
    halves = area[:, : ncols // 2], area[:, ncols // 2 :]
    return [[value for half in halves for value in values_of(half, errors=errors)[0]]]


def _with_errors(area: "xw.Range") -> list[list]:
    """xlwings 0.37 on the Mac can't tell errors in a block of several rows; there they read as
    empty, and only their own cells are asked again."""
    values = area.options(ndim=2).value
    for kind in ("constants", "formulas"):
        for found in special(area, kind, "errors"):
            for cell in found:
                text = cell.options(ndim=2, err_to_str=True).value[0][0]
                values[cell.row - area.row][cell.column - area.column] = text or ERRORS[2]
    return values


def _is_formula(value: object, formula: object) -> bool:
    return isinstance(formula, str) and formula.startswith("=") and formula != value


def _cell(value: object, formula: object, look: _Look, row: int, column: int) -> Cell:
    is_formula = _is_formula(value, formula)
    if value is None:
        return Cell(None, EMPTY, True) if is_formula else BLANK
    if isinstance(value, bool):
        return Cell(value, BOOL, is_formula)
    if isinstance(value, str):
        return Cell(value, TEXT, is_formula)
    number = _number_of(value, None if is_formula else formula, look.date1904)
    if isinstance(value, dt.datetime):
        day = from_serial(number, look.date1904)
        if day is not None:
            return Cell(day, DATE, is_formula)
    code = look.code(row, column)
    if is_date(code):  # one that Excel, or pywin32, hands on as no day (``values_of``)
        day = None if isinstance(value, dt.datetime) else from_serial(number, look.date1904)
        if day is not None:
            return Cell(day, DATE, is_formula)
        code = ""
    return Cell(int(number) if number.is_integer() else number, NUMBER, is_formula, code)


def _number_of(value: object, constant: object, date1904: bool) -> float:
    """The number behind a value that COM gave as a number, a day or an amount of money. What was
    typed stands in the cell's formula: days before March 1900 are one off in COM (Excel has a
    29 February 1900), a second below midnight is cut off, and money has four decimals.
    """
    if isinstance(value, int | float):
        return float(value)
    if isinstance(constant, str):
        with suppress(ValueError):
            return float(constant)
    if isinstance(value, dt.datetime):
        days = (value - _DAY_ZERO) / dt.timedelta(days=1)
        return days - SINCE_1904 if date1904 else days
    return float(value) if isinstance(value, Decimal) else 0.0


_Extent = tuple[int, int, int, int]
"""First row, first column, rows, columns."""


def extent_of(sheet: "xw.Sheet", *, any_number: bool = False) -> _Extent:
    """What of a sheet is read.

    Formats alone can stretch Excel's used range over the whole sheet. What lies beyond the rows
    and columns that we accept is only asked whether it holds anything. Raises BookError then, unless there may
    be any number of rows: of results, and of what only grows.
    """
    used = sheet.used_range
    nrows, ncols = used.shape
    most = MAX_ROWS + _ABOVE
    if nrows > most:
        rest = sheet.range(
            (used.row + most, used.column), (used.row + nrows - 1, used.column + ncols - 1)
        )
        filled = special(rest, "constants")
        if filled and not any_number:
            raise BookError(
                f"シート「{sheet.name}」の行が多すぎます({MAX_ROWS:,}行まで)。",
                "不要な行を削除するか、ブックを分けて保存し直してください。",
            )
        nrows = nrows if filled else most
    return used.row, used.column, nrows, min(ncols, MAX_COLUMNS + _ABOVE)


def _inside(sheet: "xw.Sheet", extent: _Extent) -> "xw.Range":
    row, column, nrows, ncols = extent
    return sheet.range((row, column), (row + nrows - 1, column + ncols - 1))
