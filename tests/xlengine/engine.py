"""An Excel without Excel: an xlwings engine over openpyxl, for the real Book, Sheet and Range.

It answers what our code asks (xlwings' ``base_classes.py`` is the list of what there is), in the
way COM does: values of a block as tuples of rows, one cell as a scalar, dates as datetimes, error
cells as numbers. What is written goes through ``coerce``. Whatever is not played raises.

``App`` keeps what a user would see or lose: messages, questions, the status bar, selection,
filter, calculation, screen updating, and whether anybody saved.
"""

import datetime as dt
import itertools
from collections.abc import Iterator
from copy import copy
from pathlib import Path

import openpyxl
import xlwings as xw
from openpyxl.styles import PatternFill
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.datetime import from_excel, to_excel
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from xlwings import base_classes, utils

from xlengine.coerce import GENERAL, written

ERRORS = {
    "#NULL!": -2146826288,
    "#DIV/0!": -2146826281,
    "#VALUE!": -2146826273,
    "#REF!": -2146826265,
    "#NAME?": -2146826259,
    "#NUM!": -2146826252,
    "#N/A": -2146826246,
}
_ERROR_TEXTS = {number: text for text, number in ERRORS.items()}


class Interrupted(Exception):
    """Raised by ``App.fail_after``: Excel refuses, as it does while a cell is being edited."""


class Api:
    """The COM object behind ``.api``: attributes as Excel calls them, set by the test."""

    def __init__(self, **members):
        self.__dict__.update(members)


class Apps(base_classes.Apps):
    """The running Excels; ``running`` is the one that tests drive, None when there is none."""

    def __init__(self):
        self.running: list[App] = []

    def keys(self):
        return [app.pid for app in self.running]

    def __iter__(self):
        return iter(self.running)

    def __len__(self):
        return len(self.running)

    def __getitem__(self, pid):
        return next(app for app in self.running if app.pid == pid)


class Engine:
    """The engine's root object."""

    name, type = "played", "desktop"

    def __init__(self):
        self.apps = Apps()

    @staticmethod
    def prepare_xl_data_element(value, options):
        return "" if value is None else value

    @staticmethod
    def clean_value_data(data, datetime_builder, empty_as, number_builder, err_to_str):
        def clean(value):
            if value in ("", None):
                return empty_as
            if isinstance(value, dt.datetime):
                parts = ("year", "month", "day", "hour", "minute", "second")
                return datetime_builder(
                    **{part: getattr(value, part) for part in parts}, microsecond=0, tzinfo=None
                )
            if number_builder is not None and isinstance(value, float):
                return number_builder(value)
            if type(value) is int and value in _ERROR_TEXTS:
                return _ERROR_TEXTS[value] if err_to_str else None
            return value

        return [[clean(value) for value in row] for row in data]


class App(base_classes.App):
    """One Excel. What a test looks at afterwards is in plain attributes."""

    # Named here because the base class has some of them as properties without a setter.
    engine = books = api = None
    pid = hwnd = 0
    screen_updating = display_alerts = enable_events = interactive = visible = True
    calculation = "automatic"
    status_bar: object = False
    version = "16.0"

    def __init__(self, engine: Engine, number: int = 1):
        self.engine = engine
        self.pid = self.hwnd = 1000 + number
        self.books = Books(self)
        self.alerts: list[tuple[str, str, str | None]] = []  # (message, title, mode)
        self.answers: list[str] = []  # for alerts with more than one button
        self.questions: list[str] = []  # prompts of InputBox and file dialogs
        self.replies: list[object] = []  # what the user types or picks
        self.bars: list[object] = []  # every text that the status bar showed
        self.writes = 0
        self.fail_after: int | None = None
        self.api = Api(
            InputBox=self._ask, GetSaveAsFilename=self._ask, Hwnd=self.hwnd, Goto=self._goto
        )
        self.selected: Range | None = None

    def __setattr__(self, name, value):
        if name == "status_bar":
            self.bars.append(value)
        super().__setattr__(name, value)

    def wrote(self) -> None:
        """Count a write; refuse it when the test asked for that."""
        self.writes += 1
        if self.fail_after is not None and self.writes > self.fail_after:
            raise Interrupted("Excel is busy")

    @property
    def selection(self):
        return self.selected

    def activate(self, steal_focus=False): ...

    def calculate(self): ...

    def alert(self, prompt, title, buttons, mode, callback):
        self.alerts.append((prompt, title, mode))
        return "ok" if buttons in (None, "ok") else self.answers.pop(0)

    def _ask(self, *args, **kwargs):
        self.questions.append(str(kwargs.get("Prompt") or kwargs.get("Title") or args[0]))
        return self.replies.pop(0)

    def _goto(self, target, *_):
        self.selected = target


class Books(base_classes.Books):
    """The open workbooks, the active one first."""

    def __init__(self, app: App):
        self.app = app
        self.open_books: list[Book] = []

    @property
    def api(self):
        return self

    @property
    def active(self):
        if not self.open_books:
            # xlwings wraps None: its name is asked for first, and there the error comes.
            raise AttributeError("'NoneType' object has no attribute 'Name'")
        return self.open_books[0]

    def __call__(self, key):
        if isinstance(key, int):
            return self.open_books[key - 1]
        for book in self.open_books:
            if key in (book.name, book.fullname):
                return book
        raise KeyError(key)

    def __len__(self):
        return len(self.open_books)

    def __iter__(self):
        return iter(self.open_books)

    def open(self, fullname, *_args, **_kwargs):
        return self.show(Book(self.app, Path(fullname)))

    def show(self, book: "Book") -> "Book":
        """Bring a workbook to the front."""
        if book in self.open_books:
            self.open_books.remove(book)
        self.open_books.insert(0, book)
        return book


class Book(base_classes.Book):
    """One open workbook. ``saves``: every path it was saved to."""

    app = None

    def __init__(self, app: App, path: Path, full_name: str | None = None):
        self.app = app
        self.content = openpyxl.load_workbook(path, rich_text=False)
        self.cached = openpyxl.load_workbook(path, data_only=True)
        self.values: dict[tuple[str, int, int], object] = {}  # of formulas, by the test
        self.full_name = str(path) if full_name is None else full_name
        self.saves: list[str] = []
        self.active_sheet = self.content.worksheets[0].title
        # Excel keeps a text's apostrophe out of sight: (sheet, row, column)
        self.quoted: set[tuple[str, int, int]] = set()
        self.saved = True
        self.read_only = False

    @property
    def api(self):
        folder = self.full_name.replace("\\", "/").rpartition("/")[0]
        return Api(
            FullName=self.full_name,
            Name=self.name,
            Path=folder,
            Saved=self.saved,
            ReadOnly=self.read_only,
            ActiveSheet=Api(Name=self.active_sheet),
        )

    @property
    def name(self):
        return self.full_name.replace("\\", "/").rpartition("/")[2]

    @property
    def fullname(self):
        if "://" in self.full_name:
            return utils.fullname_url_to_local_path(self.full_name)
        return self.full_name

    @property
    def sheets(self):
        return Sheets(self)

    def activate(self):
        self.app.books.show(self)

    def save(self, path=None, password=None):
        self.saves.append(str(path))

    def write_to(self, path: Path) -> Path:
        """For the test: what Excel would write if the user saved now."""
        self.content.save(path)
        return path


class Sheets(base_classes.Sheets):
    def __init__(self, book: Book):
        self.book = book

    @property
    def api(self):
        return self

    @property
    def active(self):
        return Sheet(self.book, self.book.content[self.book.active_sheet])

    def __call__(self, key):
        if isinstance(key, int):
            return Sheet(self.book, self.book.content.worksheets[key - 1])
        found = {s.title.lower(): s for s in self.book.content.worksheets}
        return Sheet(self.book, found[key.lower()])

    def __len__(self):
        return len(self.book.content.worksheets)

    def __iter__(self):
        return (Sheet(self.book, sheet) for sheet in self.book.content.worksheets)

    def __contains__(self, key):
        return any(sheet.title == key for sheet in self.book.content.worksheets)

    def add(self, before=None, after=None, name=None):
        sheets = self.book.content.worksheets
        at = len(sheets)
        if after is not None:
            at = next(n for n, s in enumerate(sheets) if s.title == after.name) + 1
        elif before is not None:
            at = next(n for n, s in enumerate(sheets) if s.title == before.name)
        self.book.app.wrote()
        sheet = self.book.content.create_sheet(name, at)
        self.book.cached.create_sheet(name, at)
        self.book.active_sheet = sheet.title  # as Excel does
        return Sheet(self.book, sheet)


class Sheet(base_classes.Sheet):
    book = None

    def __init__(self, book: Book, content):
        self.book, self.content = book, content

    @property
    def api(self):
        protected = self.content.protection.sheet
        return Api(
            Name=self.name,
            ProtectContents=protected,
            AutoFilter=self.content.auto_filter.ref,
            Hyperlinks=Hyperlinks(self),
            Unprotect=lambda *_: None,
        )

    @property
    def name(self):
        return self.content.title

    @name.setter
    def name(self, value):
        self.content.title = value

    @property
    def index(self):
        return self.book.content.worksheets.index(self.content) + 1

    @property
    def visible(self):
        return self.content.sheet_state == "visible"

    @visible.setter
    def visible(self, value):
        self.content.sheet_state = "visible" if value else "hidden"

    def activate(self):
        self.book.active_sheet = self.name

    def range(self, first, last=None):
        if isinstance(first, Range) and last is None:
            return first
        if isinstance(first, str):
            left, top, right, bottom = range_boundaries(first.replace("$", ""))
            return Range(self, top, left, bottom - top + 1, right - left + 1)
        if len(first) == 4:  # xlwings' own slices
            return Range(self, *first)
        top, left = (first.row, first.column) if isinstance(first, Range) else first
        bottom, right = (last.row, last.column) if isinstance(last, Range) else last or first
        return Range(self, top, left, bottom - top + 1, right - left + 1)

    @property
    def cells(self):
        return Range(self, 1, 1, 1_048_576, 16_384)

    @property
    def used_range(self):
        sheet = self.content
        return Range(self, 1, 1, sheet.max_row or 1, sheet.max_column or 1)

    @property
    def tables(self):
        return Tables(self)


class Hyperlinks:
    """``Worksheet.Hyperlinks`` with ``Add`` and ``Delete``."""

    def __init__(self, sheet: Sheet):
        self.sheet = sheet


class Range(base_classes.Range):
    """A rectangle of cells; nrows or ncols 0 for none at all."""

    options = None
    max_cells_per_read = None
    max_cells_per_write = 100_000
    sheet = row = column = shape = None
    arg1_input = ""

    def __init__(self, sheet: Sheet, row: int, column: int, nrows: int = 1, ncols: int = 1):
        self.sheet = sheet
        self.row, self.column = row, column
        self.shape = (nrows, ncols)

    @property
    def app(self) -> App:
        return self.sheet.book.app

    @property
    def api(self):
        return RangeApi(self)

    def __len__(self):
        return self.shape[0] * self.shape[1]

    def __call__(self, *args):
        if len(args) == 1:
            row, column = divmod(args[0] - 1, self.shape[1])
        else:
            row, column = args[0] - 1, args[1] - 1
        return Range(self.sheet, self.row + row, self.column + column)

    @property
    def address(self):
        return self.get_address(True, True, False)

    def get_address(self, row_absolute, col_absolute, external):
        def one(row, column):
            letters = get_column_letter(column)
            return f"{'$' * col_absolute}{letters}{'$' * row_absolute}{row}"

        first = one(self.row, self.column)
        if len(self) == 1:
            return first
        last = one(self.row + self.shape[0] - 1, self.column + self.shape[1] - 1)
        return f"{first}:{last}"

    def places(self) -> Iterator[tuple[int, int]]:
        rows = range(self.row, self.row + self.shape[0])
        return itertools.product(rows, range(self.column, self.column + self.shape[1]))

    def cells(self):
        return (self.sheet.content.cell(row, column) for row, column in self.places())

    def _block(self, get):
        found = tuple(
            tuple(
                get(row, column)
                for column in range(self.column, self.column + self.shape[1])
            )
            for row in range(self.row, self.row + self.shape[0])
        )
        return found[0][0] if len(self) == 1 else found

    @property
    def raw_value(self):
        return self._block(self._value)

    def _value(self, row, column):
        book, name = self.sheet.book, self.sheet.name
        cell = self.sheet.content.cell(row, column)
        if _is_formula(cell):
            key = (name, row, column)
            if key in book.values:
                value = book.values[key]
            else:
                value = book.cached[name].cell(row, column).value
            if isinstance(value, str) and value in ERRORS:
                return ERRORS[value]
        elif cell.data_type == "e":
            return ERRORS[cell.value]
        else:
            value = cell.value
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int | float):
            if is_date_format(cell.number_format) and 0 <= value < 2958466:
                return from_excel(value)
            return float(value)
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return dt.datetime(value.year, value.month, value.day)
        return value

    @raw_value.setter
    def raw_value(self, data):
        self.app.wrote()
        for (row, column), value in zip(self.places(), self._spread(data), strict=True):
            self._put(row, column, value)

    def _spread(self, data):
        if not isinstance(data, list | tuple):
            return [data] * len(self)
        rows = data if isinstance(data[0], list | tuple) else [data]
        return [value for row in rows for value in row]

    def _put(self, row, column, value):
        cell = self.sheet.content.cell(row, column)
        if self.sheet.content.protection.sheet and cell.protection.locked:
            raise Interrupted("the sheet is protected")
        outcome = written(value, cell.number_format)
        key = (self.sheet.name, row, column)
        self.sheet.book.saved = False
        self.sheet.book.values.pop(key, None)
        self.sheet.book.quoted.discard(key)
        if outcome.number_format is not None:
            cell.number_format = outcome.number_format
        if outcome.kind == "formula":
            cell.value = outcome.value
        elif outcome.kind in ("text", "error"):
            cell.value = outcome.value
            cell.data_type = "s" if outcome.kind == "text" else "e"
            if outcome.quoted:
                self.sheet.book.quoted.add(key)
        elif outcome.kind == "date":
            shown = cell.number_format
            cell.value = to_excel(outcome.value)
            cell.number_format = shown
        else:
            value = outcome.value
            cell.value = int(value) if isinstance(value, float) and value.is_integer() else value

    @property
    def formula(self):
        return self._block(self._formula)

    def _formula(self, row, column):
        cell = self.sheet.content.cell(row, column)
        if isinstance(cell.value, ArrayFormula | DataTableFormula):
            return cell.value.text
        if _is_formula(cell):
            return cell.value
        value = self._value(row, column)
        if value is None:
            return ""
        if isinstance(value, dt.datetime):
            value = to_excel(value)
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, int) and value in _ERROR_TEXTS:
            return _ERROR_TEXTS[value]
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value)

    @formula.setter
    def formula(self, data):
        self.app.wrote()
        for (row, column), value in zip(self.places(), self._spread(data), strict=True):
            self._put(row, column, value)

    @property
    def number_format(self):
        return _same(cell.number_format for cell in self.cells())

    @number_format.setter
    def number_format(self, value):
        self.app.wrote()
        for cell in self.cells():
            cell.number_format = GENERAL if value in ("", "G/標準") else value

    @property
    def color(self):
        fills = [cell.fill for cell in self.cells()]
        found = {_rgb(fill) for fill in fills}
        return found.pop() if len(found) == 1 else (0, 0, 0)  # COM: Interior.Color of a mixture

    @color.setter
    def color(self, value):
        self.app.wrote()
        if isinstance(value, str):
            value = utils.hex_to_rgb(value)
        for cell in self.cells():
            if value is None:
                cell.fill = PatternFill()
            else:
                cell.fill = PatternFill("solid", start_color="FF%02X%02X%02X" % tuple(value))

    def clear_contents(self):
        self.app.wrote()
        for row, column in self.places():
            self._put(row, column, None)

    def clear(self):
        self.clear_contents()
        for cell in self.cells():
            cell.style = "Normal"

    @property
    def merge_cells(self):
        return _same(self._merged(row, column) is not None for row, column in self.places())

    @property
    def merge_area(self):
        area = self._merged(self.row, self.column)
        if area is None:
            return self
        return Range(
            self.sheet,
            area.min_row,
            area.min_col,
            area.max_row - area.min_row + 1,
            area.max_col - area.min_col + 1,
        )

    def _merged(self, row, column):
        return next(
            (
                area
                for area in self.sheet.content.merged_cells.ranges
                if area.min_row <= row <= area.max_row and area.min_col <= column <= area.max_col
            ),
            None,
        )

    @property
    def row_hidden(self):
        dimensions = self.sheet.content.row_dimensions
        rows = range(self.row, self.row + self.shape[0])
        return _same(bool(dimensions[row].hidden) if row in dimensions else False for row in rows)

    def get_special_cells(self, cell_type, value_type):
        assert (cell_type, value_type) == ("visible", None)
        dimensions = self.sheet.content.row_dimensions
        rows = range(self.row, self.row + self.shape[0])
        shown = [row for row in rows if not (row in dimensions and dimensions[row].hidden)]
        areas = []
        for _, group in itertools.groupby(enumerate(shown), lambda pair: pair[1] - pair[0]):
            block = [row for _, row in group]
            areas.append(Range(self.sheet, block[0], self.column, len(block), self.shape[1]))
        return areas

    def select(self):
        self.app.selected = self

    def copy(self, destination=None):
        self.app.wrote()
        for (row, column), source in zip(
            destination.impl.places(), itertools.cycle(list(self.cells())), strict=False
        ):
            target = self.sheet.content.cell(row, column)
            target.value, target.data_type = source.value, source.data_type
            target._style = copy(source._style)

    @property
    def font(self):
        return Font(self)

    @property
    def wrap_text(self):
        return _same(bool(cell.alignment.wrap_text) for cell in self.cells())

    @wrap_text.setter
    def wrap_text(self, value):
        for cell in self.cells():
            alignment = copy(cell.alignment)
            alignment.wrap_text = value
            cell.alignment = alignment

    @property
    def hyperlink(self):
        link = next(self.cells()).hyperlink
        if link is None:
            raise Exception("The cell doesn't seem to contain a hyperlink!")
        return link.target or ""

    def add_hyperlink(self, address, text_to_display, screen_tip):
        raise NotImplementedError("our links go through Worksheet.Hyperlinks.Add")


class RangeApi:
    """``Range`` as COM has it, the few members that our code uses beyond xlwings."""

    def __init__(self, impl: Range):
        self.impl = impl

    @property
    def Worksheet(self):
        return self.impl.sheet.api


class Font(base_classes.Font):
    def __init__(self, parent: Range):
        self.parent = parent

    @property
    def api(self):
        return self

    def _change(self, **changes):
        for cell in self.parent.cells():
            font = copy(cell.font)
            for name, value in changes.items():
                setattr(font, name, value)
            cell.font = font

    @property
    def bold(self):
        return _same(bool(cell.font.b) for cell in self.parent.cells())

    @bold.setter
    def bold(self, value):
        self._change(b=value)

    @property
    def color(self):
        return None

    @color.setter
    def color(self, value):
        self._change(color="FF%02X%02X%02X" % tuple(value))


class Tables(base_classes.Tables):
    """``ListObjects``."""

    def __init__(self, sheet: Sheet):
        self.sheet = sheet
        self.parent = sheet

    @property
    def api(self):
        return self

    def __call__(self, key):
        tables = list(self.sheet.content.tables.values())
        if isinstance(key, int):
            return Table(self.sheet, tables[key - 1])
        found = [t for t in tables if t.displayName == key]
        if not found:
            raise KeyError(key)
        return Table(self.sheet, found[0])

    def __len__(self):
        return len(self.sheet.content.tables)

    def __iter__(self):
        return (Table(self.sheet, table) for table in self.sheet.content.tables.values())

    def __contains__(self, key):
        return any(table.displayName == key for table in self.sheet.content.tables.values())


class Table(base_classes.Table):
    def __init__(self, sheet: Sheet, content):
        self.sheet, self.content = sheet, content

    @property
    def api(self):
        return self

    @property
    def parent(self):
        return self.sheet

    @property
    def name(self):
        return self.content.name

    @property
    def display_name(self):
        return self.content.displayName

    @property
    def show_totals(self):
        return bool(self.content.totalsRowCount)

    @property
    def range(self):
        return self.sheet.range(self.content.ref)

    def resize(self, target):
        self.sheet.book.app.wrote()
        impl = target.impl
        self.content.ref = impl.get_address(False, False, False)
        if self.content.autoFilter is not None:
            self.content.autoFilter.ref = self.content.ref


def _is_formula(cell) -> bool:
    return cell.data_type == "f" or isinstance(cell.value, ArrayFormula | DataTableFormula)


def _same(values):
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _rgb(fill) -> tuple[int, int, int] | None:
    if fill.fill_type is None:
        return None
    value = fill.start_color.rgb if fill.fill_type == "solid" else fill.end_color.rgb
    if not isinstance(value, str):  # a theme colour: Excel would work it out
        return (1, 2, 3)
    return utils.hex_to_rgb(value[-6:])


class Played:
    """The engine made xlwings' active one for a test, with one running Excel ``app``."""

    def __init__(self):
        self.engine = Engine()
        self.app = App(self.engine)
        self.engine.apps.running.append(self.app)

    def __enter__(self) -> "Played":
        self.before = xw.engines.active
        xw.Engine(impl=self.engine).activate()
        return self

    def __exit__(self, *_):
        xw.engines.active = self.before

    def open(self, path: Path, full_name: str | None = None) -> xw.Book:
        """Open a file; ``full_name`` is what Excel believes its place to be (a URL, say)."""
        book = self.app.books.show(Book(self.app, path, full_name))
        return xw.Book(impl=book)
