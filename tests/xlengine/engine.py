"""An Excel without Excel: an xlwings engine over openpyxl, for the real Book, Sheet and Range.

It answers what our code asks (xlwings' ``base_classes.py`` is the list of what there is), in the
way COM does: values of a block as tuples of rows, one cell as a scalar, dates as datetimes, error
cells as numbers. What is written goes through ``coerce``. Whatever is not played raises.

``App`` keeps what a user would see or lose: messages, questions, the status bar, selection,
filter, calculation, screen updating, and whether anybody saved.
"""

import contextlib
import datetime as dt
import io
import pickle
from functools import cached_property
from pathlib import Path
from unittest import mock

import openpyxl
import pytest
import xlwings as xw
from openpyxl.utils import range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.hyperlink import Hyperlink
from xlwings import base_classes, utils

from xlengine.areas import Interrupted
from xlengine.cells import ERROR_TEXTS, HYPERLINK, Range, shown_by
from xlengine.coerce import escaped
from xlengine.com import FindFormat, Macros, Window
from xlengine.files import again, cells, results, texts
from xlengine.sheets import Api, Names, Sheets, locked

# What xlwings 0.37 knows as errors; the later ones it hands on as numbers.
_KNOWN = {n: text for n, text in ERROR_TEXTS.items() if text not in ("#SPILL!", "#CALC!")}


class Apps(base_classes.Apps):
    """The running Excels; ``running`` is the one that tests drive, None when there is none."""

    def __init__(self):
        self.running: list[App] = []
        self.windows: dict[int, int] = {}  # number of a window → process

    def reached(self) -> list["App"]:
        """xlwings finds an Excel by the window of a workbook: without one it is not there."""
        return [app for app in self.running if app.books.open_books]

    def keys(self):
        return [app.pid for app in self.reached()]

    def __iter__(self):
        return iter(self.reached())

    def __len__(self):
        return len(self.reached())

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
            if type(value) is int and value in _KNOWN:
                return _KNOWN[value] if err_to_str else None
            return value

        return [[clean(value) for value in row] for row in data]


class App(base_classes.App):
    """One Excel. What a test looks at afterwards is in plain attributes."""

    # Named here because the base class has some of them as properties without a setter.
    engine = books = api = None
    pid = 0
    screen_updating = display_alerts = enable_events = interactive = visible = True
    calculation = "automatic"
    status_bar: object = False
    version = "16.0"
    dynamic_arrays = True  # as in Excel 2021 and 365

    def __init__(self, engine: Engine, number: int = 1):
        self.engine = engine
        self.pid = 1000 + number
        self.books = Books(self)
        self.alerts: list[tuple[str, str, str | None]] = []  # (message, title, mode)
        self.answers: list[str] = []  # for alerts with more than one button
        self.questions: list[str] = []  # prompts of InputBox and file dialogs
        self.replies: list[object] = []  # what the user types or picks
        self.bars: list[object] = []  # every text that the status bar showed
        self.writes = 0  # calls that change something
        self.trips = 0  # these, macros and searches
        self._inside = False
        self.fail_after: int | None = None
        self.api = Api(
            InputBox=self._ask,
            GetSaveAsFilename=self._ask,
            GetOpenFilename=self._ask,
            FindFormat=FindFormat(),
            Run=Macros(self),
            AutoCorrect=Api(AutoExpandListRange=True, AutoFillFormulasInLists=True),
            ActiveWindow=Window(self),
        )
        self.selected: Range | None = None

    def __setattr__(self, name, value):
        if name == "status_bar":
            self.bars.append(value)
        super().__setattr__(name, value)

    @property
    def hwnd(self):
        """The number of the window in front: another one each time, as windows come and go."""
        windows = self.engine.apps.windows
        windows[len(windows) + 5000] = self.pid
        return len(windows) + 4999

    def wrote(self) -> None:
        """Count a write; refuse it when the test asked for that."""
        if self._inside:
            return
        self.writes += 1
        self.trips += 1
        for book in self.books.open_books:
            if book.auto_save:
                book.save("AutoSave")
        if self.fail_after is not None and self.writes > self.fail_after:
            raise Interrupted("Excel is busy")

    def asked(self) -> None:
        """Count a question that is put again and again until it is answered."""
        if not self._inside:
            self.trips += 1

    @contextlib.contextmanager
    def inside(self):
        """What a macro does in Excel itself makes no calls from outside."""
        self._inside = True
        try:
            yield
        finally:
            self._inside = False

    @property
    def selection(self):
        if self.books.open_books and self.books.active.chart_in_front:
            # Excel has no selection then; xlwings asks it for its address.
            raise AttributeError("'NoneType' object has no attribute 'Address'")
        return self.selected

    def activate(self, steal_focus=False): ...

    def calculate(self): ...

    def alert(self, prompt, title, buttons, mode, callback):
        self.alerts.append((prompt, title, mode))
        return "ok" if buttons in (None, "ok") else self._answered(self.answers, prompt)

    def _ask(self, *args, **kwargs):
        self.questions.append(str(kwargs.get("Prompt") or kwargs.get("Title") or args[0]))
        return self._answered(self.replies, self.questions[-1])

    @staticmethod
    def _answered(answers, question):
        """The next answer. A question that a test doesn't expect fails it: as an error it would go into a
        button's message, like one that the test waits for."""
        if not answers:
            pytest.fail(f"nobody answers: {question}")
        return answers.pop(0)


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
        if Path(fullname).name.lower() in [book.name.lower() for book in self.open_books]:
            raise Interrupted("a workbook of this name is open")
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

    def __init__(
        self, app: App, path: Path | None, full_name: str | None = None, file: bytes = b""
    ):
        self.app = app
        self._file = path.read_bytes() if path else file
        self.values: dict[tuple[str, int, int], object] = {}  # of formulas, by the test
        self.full_name = str(path) if full_name is None else full_name
        self.saves: list[str] = []
        self._active: str | None = None
        # Excel keeps a text's apostrophe out of sight: (sheet, row, column)
        self.quoted: set[tuple[str, int, int]] = set()
        self.saved = True
        self.read_only = False
        self.said: set[str] = set()  # of Final and MultiUserEditing those that are true
        self.auto_save = False
        self.auto_save_stays = False  # as where a policy of the organisation wants it on
        self.chart_in_front = ""  # the name of a chart sheet

    @cached_property
    def content(self):
        """The workbook itself; many a test never looks into it."""
        return again(self._file)

    @cached_property
    def arrays(self) -> dict[str, list[tuple[int, int, int, int]]]:
        """By sheet, the arrays of several cells that the file has: left, top, right, bottom."""
        found: dict[str, list[tuple[int, int, int, int]]] = {}
        for cell in cells(self.content):
            if isinstance(cell.value, ArrayFormula) and ":" in cell.value.ref:
                found.setdefault(cell.parent.title, []).append(range_boundaries(cell.value.ref))
        return found

    @property
    def cached(self) -> dict[tuple[str, int, int], object]:
        """The results of formulas as the file has them: (sheet, row, column) → value."""
        return results(self._file)

    @property
    def active_sheet(self) -> str:
        """The name of the sheet in front."""
        return self._active or self.content.worksheets[0].title

    @active_sheet.setter
    def active_sheet(self, name: str) -> None:
        self._active = name

    @property
    def api(self):
        folder = self.full_name.replace("\\", "/").rpartition("/")[0]
        return BookApi(self, FullName=self.full_name, Name=self.name, Path=folder)

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

    @property
    def names(self):
        return Names(self)

    def activate(self):
        self.app.books.show(self)

    def save(self, path=None, password=None):
        self.saves.append(str(path))

    def kept(self):
        """For the test: the workbook as it is now, to hold another state beside it. To save and read it
        would take four times as long."""
        return pickle.loads(pickle.dumps(self.content, pickle.HIGHEST_PROTOCOL))

    def write_to(self, path: Path) -> Path:
        """For the test: what Excel would write if the user saved now. openpyxl writes no results
        of formulas: a HYPERLINK() becomes its result with a link on it, which says the same."""
        linked = [
            (cell, found)
            for cell in cells(self.content)
            if cell.data_type == "f" and (found := HYPERLINK.fullmatch(str(cell.value)))
        ]
        for cell, found in linked:
            cell.value = shown_by(found)
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=found[1].replace('""', '"'))
        escapes = [cell for cell in texts(self.content) if escaped(cell.value) != cell.value]
        kept = [cell.value for cell in escapes]
        for cell in escapes:
            cell._value = escaped(cell.value)
        self.content.save(path)
        for cell, value in zip(escapes, kept, strict=True):
            cell._value = value
        for cell, found in linked:
            cell.hyperlink = None
            cell.value = found[0]
        return path


class BookApi(Api):
    """``Workbook``: what Excel says of it, and AutoSave, which saves after every change."""

    def __init__(self, book: Book, **members):
        said = {name: name in book.said for name in ("Final", "MultiUserEditing")}
        self.__dict__.update(members, book=book, Saved=book.saved, ReadOnly=book.read_only, **said)

    @property
    def ProtectStructure(self):
        return locked(self.book)

    @property
    def Date1904(self):
        return self.book.content.epoch == CALENDAR_MAC_1904

    @property
    def AutoSaveOn(self):
        return self.book.auto_save

    def __setattr__(self, name, value):
        assert name == "AutoSaveOn"
        if self.book.auto_save_stays and not value:
            raise Interrupted("AutoSave can't be switched off")
        self.book.auto_save = value
        if value:
            self.book.save("AutoSave")


class Played:
    """The engine made xlwings' active one for a test, with one running Excel ``app``."""

    _left: list[App] = []
    """Excels of tests before, whose workbooks the tests may still be looking at."""

    def __init__(self):
        # xlwings' objects outlive their test here and there; their cells, a hundred MB, need not.
        for app in Played._left:
            for book in app.books.open_books:
                vars(book).clear()
        Played._left.clear()
        self.engine = Engine()
        self.app = App(self.engine)
        self.engine.apps.running.append(self.app)

    def __enter__(self) -> "Played":
        self.before = xw.engines.active
        xw.Engine(impl=self.engine).activate()
        self.patch = mock.patch(
            "shikaku.excel.host._process_of", lambda number: self.engine.apps.windows.get(number)
        )
        self.patch.start()
        return self

    def __exit__(self, *_):
        self.patch.stop()
        xw.engines.active = self.before
        Played._left.append(self.app)

    def blank(self) -> xw.Book:
        """The empty workbook that the add-in's macro opens where there is none."""
        file = io.BytesIO()
        openpyxl.Workbook().save(file)
        return xw.Book(impl=self.app.books.show(Book(self.app, None, "Book1", file.getvalue())))

    def open(self, path: Path, full_name: str | None = None) -> xw.Book:
        """Open a file; ``full_name`` is what Excel believes its place to be (a URL, say)."""
        book = self.app.books.show(Book(self.app, path, full_name))
        return xw.Book(impl=book)
