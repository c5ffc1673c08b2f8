"""A workbook as tables: what every reader gives and every rule takes.

Nothing here repairs what people typed. A cell keeps its raw value and kind; the typed views
(``text``, ``date``, ``choice``) say what it would mean and leave the doubt to the checks.
"""

import datetime as dt
from collections.abc import Callable, Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import repeat
from operator import is_
from typing import Any, TypeAlias, TypeVar, cast

from shikaku.fields import era_date, number_format, stray_number
from shikaku.fields.text import ascii_digits
from shikaku.model.schema import Sheet, schema

Made = TypeVar("Made")
T = TypeVar("T")

EMPTY, TEXT, NUMBER, DATE, BOOL, ERROR = "empty", "text", "number", "date", "bool", "error"


@dataclass(slots=True, eq=False, init=False)
class Cell:
    """One cell as the file has it; never changed once it is made, since equal cells of a sheet are one
    object. Cells are equal that have the same value, kind, formula and format.

    value: None, str, int, float, bool, datetime.date or datetime.datetime; for kind ``error``
        Excel's error text (``#N/A``).
    kind: empty | text | number | date | bool | error.
    formula: the value is a formula's cached result.
    number_format: Excel's format code ("" = General), to understand ``0000``-formatted numbers.
    text: what the user sees, outer spaces removed: integers without ``.0``, a number under a
        format of zeros (``fields.number_format``) as it is shown (``0000`` shows 12 as 0012), dates as ISO, errors as
        ``""``. Worked out once, as are ``day`` and ``safe``: every check asks for them.
    day: the day that it holds, in every spelling of the contract; None when it is no date.
    safe: the text, an individual number in it blotted out (``fields.stray_number``).
    """

    value: object = None
    kind: str = EMPTY
    formula: bool = False
    number_format: str = ""
    text: str = field(default="", init=False, compare=False)
    day: dt.date | None = field(init=False, compare=False)
    safe: str = field(init=False, compare=False)

    def __init__(
        self,
        value: object = None,
        kind: str = EMPTY,
        formula: bool = False,
        number_format: str = "",
    ) -> None:
        # By hand, since a workbook has hundreds of thousands of them.
        self.value = value
        self.kind = kind
        self.formula = formula
        self.number_format = number_format
        if kind == TEXT and type(value) is str:
            self.text = text = value.strip()
            # Most texts are too short for a number, or names and readings without a digit.
            if len(text) < stray_number.FEWEST or text.replace("\u3000", "").isalpha():
                self.safe = text
        elif kind == DATE and type(value) is dt.date:
            self.text = self.safe = value.isoformat()
            if era_date.FIRST <= value <= era_date.LAST:
                self.day = value
        else:
            self.text = self._shown()

    def __repr__(self) -> str:  # a cell may hold an individual number: never show it
        return f"<Cell {self.kind}>"

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Cell) and self._parts() == other._parts())

    def __hash__(self) -> int:
        return hash(self._parts())

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        # What is worked out here is another process's to work out.
        return Cell, self._parts()

    def _parts(self) -> tuple[object, ...]:
        return self.value, self.kind, self.formula, self.number_format

    @property
    def blank(self) -> bool:
        """Whether there is nothing in it but spaces. An error is not blank."""
        return not self.text and self.kind in (EMPTY, TEXT)

    @property
    def typed(self) -> str:
        """The text of a text cell exactly as it was typed; "" of every other kind."""
        return self.value if self.kind == TEXT and isinstance(self.value, str) else ""

    def __getattr__(self, name: str) -> dt.date | str | None:
        """``day`` and ``safe`` when they are asked for first: most cells are in no column of days."""
        if name == "day":
            try:
                self.day = era_date.from_cell(self.value)
            except ValueError:
                self.day = None
            return self.day
        if name == "safe":
            self.safe = stray_number.hide(self.text)
            return self.safe
        raise AttributeError(name)

    @property
    def count(self) -> int | None:
        """A whole number ≥ 0 (full-width digits too); None when empty or something else."""
        text = ascii_digits(self.text)
        return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None

    @property
    def padded(self) -> bool:
        """Whether it is a whole number whose format shows the zeros before it."""
        value = self.value
        if self.kind != NUMBER or not isinstance(value, int | float) or value != int(value):
            return False
        return number_format.pads(int(value), self.number_format)

    def _shown(self) -> str:
        value = self.value
        if self.kind == TEXT:
            return str(value).strip()
        if self.kind == NUMBER:
            if isinstance(value, float) and value.is_integer():
                value = int(value)
            shown = number_format.shown(value, self.number_format) if type(value) is int else None
            return str(value) if shown is None else shown
        if self.kind == DATE and isinstance(value, dt.date):
            return (value.date() if isinstance(value, dt.datetime) else value).isoformat()
        if self.kind == BOOL:
            return "TRUE" if value else "FALSE"
        return ""


BLANK = Cell()


@cache
def choices(sheet: str, key: str) -> dict[str, str]:
    """The values of a drop-down → their English keys."""
    spec = schema().sheets.get(sheet) or schema().desk[sheet]
    column = spec.columns.get(key) or spec.extra[key]
    listed = schema().lists[column.list]
    return {value: name for name, value in reversed(listed.items())}


Columns: TypeAlias = Mapping[str, Sequence[Cell]]
"""Column key → its cells, by row."""


class Row:
    """One filled row: sheet key, Excel's row ``number``, the non-empty ``cells`` by column key, whether it is hidden,
    and whether 氏名, or all that is filled in, is struck through (``struck``).

    Rows of a table that was read stand in its columns (``of_columns``): a row's own cells are looked for
    when they are asked for.
    """

    __slots__ = ("_at", "_cells", "_columns", "hidden", "number", "sheet", "struck")

    def __init__(
        self,
        sheet: str,
        number: int,
        cells: dict[str, Cell],
        hidden: bool = False,
        struck: bool = False,
    ) -> None:
        self.sheet = sheet
        self.number = number
        self.hidden = hidden
        self.struck = struck
        self._cells: dict[str, Cell] | None = cells
        self._columns: Columns = {}
        self._at = 0

    @classmethod
    def of_columns(
        cls,
        sheet: str,
        numbers: Sequence[int],
        columns: "Columns",
        hidden: Sequence[bool],
        struck: Container[int],
    ) -> "list[Row]":
        """Rows that stand in columns. columns: from left to right, BLANK where a row has no cell, never changed;
        struck: the numbers of rows struck through."""
        made = []
        for at, (number, is_hidden) in enumerate(zip(numbers, hidden, strict=True)):
            row = cls.__new__(cls)
            row.sheet = sheet
            row.number = number
            row.hidden = is_hidden
            row.struck = number in struck
            row._cells = None
            row._columns = columns
            row._at = at
            made.append(row)
        return made

    def __repr__(self) -> str:
        return f"<Row {self.sheet}:{self.number}>"

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Row) and self._parts() == other._parts())

    __hash__ = None  # type: ignore[assignment]  # as of other things that may change

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        # For another process: without the columns of all other rows.
        return Row, self._parts()

    def _parts(self) -> tuple[object, ...]:
        return self.sheet, self.number, self.cells, self.hidden, self.struck

    @property
    def cells(self) -> dict[str, Cell]:
        """The non-empty cells by column key, from left to right."""
        found = self._cells
        if found is None:
            at = self._at
            found = self._cells = {
                key: cell
                for key, column in self._columns.items()
                if (cell := column[at]) is not BLANK
            }
        return found

    def with_cells(self, cells: dict[str, Cell]) -> "Row":
        """The same row with other cells."""
        return Row(self.sheet, self.number, cells, self.hidden, self.struck)

    def cell(self, key: str) -> Cell:
        """The cell of a column key; BLANK when empty or when the column isn't there."""
        if self._cells is not None:
            return self._cells.get(key, BLANK)
        column = self._columns.get(key)
        return BLANK if column is None else column[self._at]

    def text(self, key: str) -> str:
        """The cell's text, outer spaces removed; "" when empty."""
        return self.cell(key).text

    def date(self, key: str) -> dt.date | None:
        """The cell's day, read in every spelling of the contract; None when empty or no date."""
        return self.cell(key).day

    def choice(self, key: str) -> str | None:
        """The English key of a drop-down's value; None when empty or not in the list."""
        cell = self.cell(key)
        return None if cell is BLANK else choices(self.sheet, key).get(cell.text)

    def word(self, key: str) -> str:
        """The English key of a value of the column's list, else the text as it stands: workbooks of
        version 0.1 have the key itself in 種類."""
        return self.choice(key) or self.text(key)

    def count(self, key: str) -> int | None:
        """A whole number ≥ 0 (full-width digits too); None when empty or something else."""
        return self.cell(key).count


def turned(sheet: str, rows: Sequence[Row]) -> Columns:
    """Rows of a sheet as columns, each of the schema; BLANK where a row has no cell. All are turned at
    once, those together that are filled alike."""
    spec = schema().sheets[sheet]
    columns: dict[str, Sequence[Cell]] = dict.fromkeys(
        (*spec.columns, *spec.extra), (BLANK,) * len(rows)
    )
    alike: dict[tuple[str, ...], list[int]] = {}  # most rows are filled in the same columns
    for at, row in enumerate(rows):
        alike.setdefault(tuple(row.cells), []).append(at)
    turning: dict[str, list[Cell]] = {}
    for keys, places in alike.items():
        cells = zip(*[rows[at].cells.values() for at in places], strict=True)
        for key, own in zip(keys, cells, strict=True):
            if key in columns:
                column = turning.get(key) or turning.setdefault(key, [BLANK] * len(rows))
                for at, cell in zip(places, own, strict=True):
                    column[at] = cell
    return columns | turning


def picked(columns: Columns, places: Sequence[int]) -> Columns:
    """Columns with the rows at these places alone."""
    none = (BLANK,) * len(places)
    return {
        key: none if without_cells(column) else [column[at] for at in places]
        for key, column in columns.items()
    }


def without_cells(column: Sequence[Cell]) -> bool:
    """Whether no row has a cell in a column."""
    return all(map(is_, column, repeat(BLANK)))


def with_gaps(column: Sequence[Cell]) -> bool:
    """Whether some row has no cell in a column."""
    return any(map(is_, column, repeat(BLANK)))


@dataclass(slots=True)
class Table:
    """One sheet's table. ``columns``: key → Excel column number (1-based) of the columns found."""

    spec: Sheet
    header_row: int = 1
    columns: dict[str, int] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    last_row: int = 1
    merged: list[str] = field(default_factory=list)  # merged ranges below the header, A1 style
    duplicate_columns: list[str] = field(default_factory=list)  # keys whose label stands twice
    unknown_labels: dict[str, int] = field(default_factory=dict)  # the user's own columns
    computed: bool = True  # whether a cell may be a formula's or an error; False: none is
    # The rows as they were read, and their cells as columns (``turned``).
    read: tuple[list[Row], Columns] = field(
        default_factory=lambda: ([], {}), init=False, repr=False, compare=False
    )
    # What was made of the rows: whom it is for → (the rows, how many they were, what was made).
    made: dict[str, tuple[list[Row], int, list[Any]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def turned(self) -> Columns:
        """The rows as columns (``turned``)."""
        rows, columns = self.read
        same = rows is self.rows and all(len(column) == len(rows) for column in columns.values())
        return columns if same and columns else turned(self.spec.key, self.rows)

    def once(self, name: str, make: Callable[["Table"], list[Made]]) -> list[Made]:
        """What ``make`` makes of the rows, once as long as they are the same rows; cells of a row are
        never changed. name: of ``make``."""
        rows, count, found = self.made.get(name, ((), 0, []))
        if rows is not self.rows or count != len(self.rows):
            found = make(self)
            self.made[name] = self.rows, len(self.rows), found
        return found

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)


_NO_ROWS: list[Row] = []
"""Of a sheet that isn't there."""


@dataclass(slots=True)
class Book:
    """A workbook read: ``tables`` by sheet key (missing sheets are absent), ``settings`` cells by
    setting key with their row numbers, ``path`` for messages only. ``id``: the workbook's own, given
    with our first write; "" before."""

    path: str
    tables: dict[str, Table] = field(default_factory=dict)
    settings: dict[str, Cell] = field(default_factory=dict)
    setting_rows: dict[str, int] = field(default_factory=dict)
    double_settings: dict[str, int] = field(default_factory=dict)  # the row with another value
    missing_sheets: list[str] = field(default_factory=list)  # sheet keys
    desk: dict[str, Table] = field(default_factory=dict)  # the insurer's own sheets, like tables
    unread: list[tuple[str, str]] = field(default_factory=list)  # (sheet key, tab) of copies
    has_cover: bool = False  # whether 表紙 is there
    form: str | None = None  # 様式の版; None for a workbook that isn't our form
    id: str = ""
    # What was made of several sheets: what it is → (their rows, how many they were, what was made).
    _made: dict[Hashable, tuple[list[list[Row]], list[int], Any]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def once(self, name: Hashable, sheets: Iterable[str], make: Callable[[], T]) -> T:
        """What ``make`` makes, once as long as these sheets have the same rows (``Table.once``). name: of what is
        made."""
        tables = [self.tables.get(key) or self.desk.get(key) for key in sheets]
        rows = [_NO_ROWS if table is None else table.rows for table in tables]
        counts = [len(one) for one in rows]
        before, many, found = self._made.get(name, ((), (), None))
        if counts != many or not all(map(is_, rows, before)):
            found = make()
            self._made[name] = rows, counts, found
        return cast(T, found)

    def rows(self, *sheets: str) -> Iterator[Row]:
        """The rows of several sheets, in the order named."""
        for key in sheets:
            table = self.tables.get(key) or self.desk.get(key)
            if table is not None:
                yield from table.rows


CellValue = str | int | float | bool | dt.date | None
"""What may be written. Text stays text (a leading ``=`` too), None empties the cell."""
