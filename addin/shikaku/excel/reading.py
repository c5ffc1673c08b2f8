"""A workbook open in Excel given to ``reader``: every sheet in one read of its values.

``reader`` knows how to find headers and filled rows; here a sheet in Excel plays the part of a
sheet in a file. Cells come out as they would from the saved file.
"""

import datetime as dt
from collections.abc import Container, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shikaku.excel.hidden_rows import special, visible_rows
from shikaku.excel.native import native
from shikaku.model.tables import BLANK, BOOL, DATE, EMPTY, ERROR, NUMBER, TEXT, Cell
from shikaku.ooxml.number_formats import is_date
from shikaku.ooxml.sheet_data import Values
from shikaku.system.errors import BookError
from shikaku.workbook import book_id
from shikaku.workbook.reader import MAX_COLUMNS, MAX_ROWS, plain_label

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
_FIRST_DAY = dt.datetime(1900, 1, 1)
_DAY_ZERO = dt.datetime(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class _ExcelRow:
    """A row as the reader takes it: (column, cell, "") of its cells with content."""

    number: int
    cells: list[tuple[int, Cell, str]]
    hidden: bool

    @property
    def columns(self) -> tuple[int, ...]:
        """The columns of the cells."""
        return tuple(column for column, _, _ in self.cells)


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

    def struck_looks(self) -> frozenset[int]:
        """None: Excel tells of a struck line cell by cell only, which takes a round trip each."""
        return frozenset()

    def other_sheets(self, ours: Container[str]) -> list[_ExcelTab]:
        """The tabs besides those of these names."""
        return [tab for tab in self._tabs if tab.name not in ours]

    def glance(self, _tab: _ExcelTab) -> None:
        """Not into sheets that aren't ours: their size is anybody's guess, and each is a round trip."""

    def lasting_id(self) -> str:
        """The id that a write into the closed file left in it, "" without one."""
        return book_id.read(self.defined_name(book_id.NAME) or "")

    def sheet_xml(self, tab: _ExcelTab) -> "Grid":
        """The sheet's cells. Raises BookError when there are too many."""
        return Grid(tab.sheet)

    cells_xml = sheet_xml

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

    blanks = False

    def __init__(self, date1904: bool):
        self.date1904 = date1904
        self.as_day_of_1900 = Values([], [], date1904, b"").as_day_of_1900

    @staticmethod
    def row(raw: _ExcelRow) -> list[Cell]:
        return [cell for _, cell, _ in raw.cells]

    @staticmethod
    def cell(cell: Cell, _content: str) -> Cell:
        return cell


class Grid:
    """The used cells of a sheet: values, formulas and, where they count, formats."""

    def __init__(self, sheet: "xw.Sheet"):
        self.sheet = sheet
        self._rows = list(self._read())

    def rows(self) -> list[_ExcelRow]:
        """The rows that have at least one cell with content; totals of tables are left out."""
        return self._rows

    def merged(self) -> list[str]:
        """The merged ranges, A1 style, each once."""
        area = _inside(self.sheet, _extent(self.sheet))
        found: dict[str, None] = {}
        for row, column in _merged_cells(area):
            place = self.sheet.range((row, column)).merge_area.get_address(False, False)
            found.setdefault(place)
        return list(found)

    def _read(self) -> Iterator[_ExcelRow]:
        extent = _extent(self.sheet)
        first_row, first_column, nrows, ncols = extent
        area = _inside(self.sheet, extent)
        values = values_of(area, errors=True)
        formulas = as_rows(area.formula, nrows, ncols)
        visible = visible_rows(area)
        totals = {
            table.range.row + table.range.shape[0] - 1
            for table in self.sheet.tables
            if table.show_totals
        }
        formats = _NumberFormats(self.sheet, first_row, nrows)

        def is_error(row: int, column: int) -> bool:
            # Only an error reads as nothing when its text isn't asked for.
            return self.sheet.range((row, column)).options(ndim=2).value[0][0] is None

        for i, (value_row, formula_row) in enumerate(zip(values, formulas, strict=True)):
            number = first_row + i
            if number in totals:
                continue
            cells = []
            for j, (value, formula) in enumerate(zip(value_row, formula_row, strict=True)):
                if value is None and formula in ("", None):
                    continue
                column = first_column + j
                if type(value) is int:  # numbers come as floats
                    text = _LATER_ERRORS.get(value, ERRORS[2])
                    cell = Cell(text, ERROR, _is_formula(text, formula))
                elif value in ERRORS and is_error(number, column):
                    cell = Cell(value, ERROR, _is_formula(value, formula))
                else:
                    cell = _cell(value, formula, formats, number, column)
                if cell is not BLANK:
                    cells.append((column, cell, ""))
            if cells:
                yield _ExcelRow(number, cells, number not in visible)


class _NumberFormats:
    """Number formats, asked for only where a number stands, a column at a time."""

    def __init__(self, sheet: "xw.Sheet", first: int, count: int):
        self.sheet, self.first, self.last = sheet, first, first + count - 1
        self._columns: dict[int, str | None] = {}

    def of(self, row: int, column: int) -> str:
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


def _cell(value: object, formula: object, formats: _NumberFormats, row: int, column: int) -> Cell:
    is_formula = _is_formula(value, formula)
    if value is None:
        return Cell(None, EMPTY, True) if is_formula else BLANK
    if isinstance(value, bool):
        return Cell(value, BOOL, is_formula)
    if isinstance(value, str):
        return Cell(value, TEXT, is_formula)
    if isinstance(value, dt.datetime):
        if value >= _FIRST_DAY:
            return Cell(value.date(), DATE, is_formula)
        value = (value - _DAY_ZERO) / dt.timedelta(days=1)  # a time of day
    number = float(value) if isinstance(value, int | float) else 0.0
    code = formats.of(row, column)
    return Cell(
        int(number) if number.is_integer() else number,
        NUMBER,
        is_formula,
        "" if is_date(code) else code,
    )


def _extent(sheet: "xw.Sheet") -> tuple[int, int, int, int]:
    """(first row, first column, rows, columns) of what is read.

    Formats alone can stretch Excel's used range over the whole sheet. What lies beyond the rows
    and columns that we accept is only asked whether it holds anything. Raises BookError then.
    """
    used = sheet.used_range
    nrows, ncols = used.shape
    most = MAX_ROWS + _ABOVE
    if nrows > most:
        rest = sheet.range(
            (used.row + most, used.column), (used.row + nrows - 1, used.column + ncols - 1)
        )
        if special(rest, "constants"):
            raise BookError(
                f"シート「{sheet.name}」の行が多すぎます({MAX_ROWS:,}行まで)。",
                "不要な行を削除するか、ブックを分けて保存し直してください。",
            )
        nrows = most
    return used.row, used.column, nrows, min(ncols, MAX_COLUMNS + _ABOVE)


def _inside(sheet: "xw.Sheet", extent: tuple[int, int, int, int]) -> "xw.Range":
    row, column, nrows, ncols = extent
    return sheet.range((row, column), (row + nrows - 1, column + ncols - 1))


def _merged_cells(area: "xw.Range") -> Iterator[tuple[int, int]]:
    """(row, column) of merged cells, found by halving: a sheet without any costs one question."""
    merged = area.merge_cells
    if merged is False:
        return
    nrows, ncols = area.shape
    if merged is True and (nrows, ncols) == (1, 1):
        yield area.row, area.column
        return
    sheet, row, column = area.sheet, area.row, area.column
    if nrows >= ncols:
        middle, last = row + nrows // 2, (row + nrows - 1, column + ncols - 1)
        halves = ((row, column), (middle - 1, last[1])), ((middle, column), last)
    else:
        middle, last = column + ncols // 2, (row + nrows - 1, column + ncols - 1)
        halves = ((row, column), (last[0], middle - 1)), ((row, middle), last)
    for start, end in halves:
        yield from _merged_cells(sheet.range(start, end))
