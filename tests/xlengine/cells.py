"""Ranges of the played Excel: values as COM gives them, formats, fills, links, merged cells."""

import datetime as dt
import itertools
import re
from collections.abc import Iterator
from copy import copy
from decimal import Decimal

from openpyxl.formula.translate import Translator
from openpyxl.styles import PatternFill
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, to_excel
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from shikaku.ooxml import limits
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
    "#SPILL!": -2146826243,
    "#CALC!": -2146826238,
}
ERROR_TEXTS = {number: text for text, number in ERRORS.items()}


HYPERLINK = re.compile(r'=HYPERLINK\("#((?:[^"]|"")*)",(?:"((?:[^"]|"")*)"|(\d+))\)')
"""The one formula that is worked out: a place in this workbook, and a text or a number to show."""


def shown_by(link: re.Match[str]) -> str | float:
    """What a HYPERLINK() shows."""
    return float(link[3]) if link[3] else link[2].replace('""', '"')


_MONEY = re.compile(r"(?<!\[)[$¥￥€£]|\[\$[^-\]]")
"""Number formats of money."""


def _ole_date(serial: float, since: int) -> dt.datetime:
    """A day as COM has it: counted from 1899-12-30 without Excel's 29 February 1900, a time of day
    as that day's, and its thousandths of a second cut off."""
    moment = dt.datetime(1899, 12, 30) + dt.timedelta(days=serial + since)
    return moment.replace(microsecond=0)


_RANGE = r"\$?[A-Z]{1,3}\$?\d+:\$?[A-Z]{1,3}\$?\d+"
_LIFTED = re.compile(rf"(^=|IF\(|FILTER\([^,]*,)({_RANGE})")
"""Where a block of cells stands for one value: at the start, in IF, in FILTER's condition (there are
more such places; these are played)."""


def _with_at(formula: str) -> str:
    """A formula that is worked out for one cell, as ``Formula2`` says it."""
    return _LIFTED.sub(r"\1@\2", formula)


def _without_at(formula: str) -> str:
    return re.sub(rf"@({_RANGE})", r"\1", formula)


class Interrupted(Exception):
    """Excel refuses: a cell is being edited, a sheet is protected."""


class Range(base_classes.Range):
    """A rectangle of cells; nrows or ncols 0 for none at all."""

    options = None
    max_cells_per_read = None
    max_cells_per_write = 100_000
    sheet = row = column = shape = None
    arg1_input = ""

    def __init__(self, sheet, row: int, column: int, nrows: int = 1, ncols: int = 1):
        self.sheet = sheet
        self.row, self.column = row, column
        self.shape = (nrows, ncols)

    @property
    def app(self):
        return self.sheet.book.app

    @property
    def api(self):
        from xlengine.com import RangeApi  # com.py builds on this module

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

    def _there(self, row, column):
        """The cell, when there is one: openpyxl's own way to ask for it makes it."""
        return self.sheet.content._cells.get((row, column))

    def filled(self, wanted) -> list["Range"]:
        """The cells whose colour, as ``Interior`` says it, is the wanted one."""
        kinds: dict[int, list[tuple[int, int]]] = {}
        for place, cell in self.sheet.content._cells.items():
            if has_fill(cell):
                kinds.setdefault(cell._style.fillId, []).append(place)
        last = self.row + self.shape[0] - 1, self.column + self.shape[1] - 1
        return [
            Range(self.sheet, row, column)
            for places in kinds.values()
            if Range(self.sheet, *places[0]).api.Interior.Color == wanted
            for row, column in places
            if self.row <= row <= last[0] and self.column <= column <= last[1]
        ]

    def _block(self, get):
        found = tuple(
            tuple(get(row, column) for column in range(self.column, self.column + self.shape[1]))
            for row in range(self.row, self.row + self.shape[0])
        )
        return found[0][0] if len(self) == 1 else found

    @property
    def raw_value(self):
        return self._block(self._value)

    def _value(self, row, column):
        book, name = self.sheet.book, self.sheet.name
        cell = self._there(row, column)
        if cell is None:
            return None
        if _is_formula(cell):
            key = (name, row, column)
            value = book.values[key] if key in book.values else book.cached.get(key)
            if isinstance(value, str) and value in ERRORS:
                return ERRORS[value]
        elif cell.data_type == "e":
            return ERRORS[cell.value]
        else:
            value = cell.value
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int | float):
            if is_date_format(cell.number_format):
                if not 0 <= value < 2958466:
                    raise Interrupted("a day that no calendar has")
                return _ole_date(value, 1462 if book.content.epoch == CALENDAR_MAC_1904 else 0)
            if _MONEY.search(cell.number_format):
                return round(Decimal(str(value)), 4)
            return float(value)
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return dt.datetime(value.year, value.month, value.day)
        return value

    @raw_value.setter
    def raw_value(self, data):
        self.app.wrote()
        self._refuse(data, limits.BLOCK_TEXT if len(self) > 1 else limits.CELL_TEXT)
        self._refuse_part_of_array()
        self._grow_table()
        for (row, column), value in self._spread(data):
            self._put(row, column, value)

    def _refuse(self, data, most: int) -> None:
        """Excel's error for a text that is too long: for a cell, in an array, for a formula."""
        rows = data if isinstance(data, list | tuple) else [data]
        for row in rows:
            for value in row if isinstance(row, list | tuple) else [row]:
                if isinstance(value, str) and limits.units(value) > most:
                    raise Interrupted("a text is too long")

    def _grow_table(self) -> None:
        """What is written right below an Excel table becomes part of it (AutoExpandListRange); so
        does what a program writes. A table with totals, or on a protected sheet, stays."""
        for table in self.sheet.tables if self.app.api.AutoCorrect.AutoExpandListRange else ():
            area = table.range
            end = area.row + area.shape[0]
            last = self.row + self.shape[0] - 1
            inside = area.column <= self.column < area.column + area.shape[1]
            free = not (table.show_totals or self.sheet.content.protection.sheet)
            if free and inside and self.row <= end <= last:
                whole = Range(self.sheet, area.row, area.column, last - area.row + 1, area.shape[1])
                table.content.ref = whole.get_address(False, False, False)
                if table.content.autoFilter is not None:
                    table.content.autoFilter.ref = table.content.ref

    def _spread(self, data):
        """Where which value lands. Across hidden rows Excel gives the first one to every cell in
        sight (so it does under a filter; rows hidden by hand are played as if they were)."""
        if not isinstance(data, list | tuple):
            data = [data] * len(self)
        elif isinstance(data[0], list | tuple):
            data = [value for row in data for value in row]
        places = list(zip(self.places(), data, strict=True))
        if self._crossed():
            return [(place, data[0]) for place, _ in places if not self._out_of_sight(place[0])]
        return places

    def _out_of_sight(self, row) -> bool:
        dimensions = self.sheet.content.row_dimensions
        return row in dimensions and bool(dimensions[row].hidden)

    def _crossed(self) -> bool:
        """Whether the range is more than one row, and some are hidden."""
        rows = range(self.row, self.row + self.shape[0])
        return len(rows) > 1 and any(map(self._out_of_sight, rows))

    def _refuse_formats(self) -> None:
        """A protected sheet takes no format, not even in cells that may be written, unless its
        protection allows formats."""
        protection = self.sheet.content.protection
        if protection.sheet and protection.formatCells:
            raise Interrupted("the sheet is protected")

    def changed(self):
        """The cells that a change of their look reaches."""
        crossed = self._crossed()
        return (c for c in self.cells() if not (crossed and self._out_of_sight(c.row)))

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
            if link := HYPERLINK.fullmatch(outcome.value):
                self.sheet.book.values[key] = shown_by(link)
        elif outcome.kind in ("text", "error"):
            cell._value = outcome.value  # openpyxl itself refuses what a file must escape
            cell.data_type = "s" if outcome.kind == "text" else "e"
            if outcome.quoted:
                self.sheet.book.quoted.add(key)
        elif outcome.kind == "date":
            shown = cell.number_format
            cell.value = to_excel(outcome.value, self.sheet.book.content.epoch)
            cell.number_format = shown
        else:
            value = outcome.value
            cell.value = int(value) if isinstance(value, float) and value.is_integer() else value

    @property
    def formula(self):
        return self._block(self._formula)

    def _formula(self, row, column):
        cell = self._there(row, column)
        if cell is None:
            return ""
        if isinstance(cell.value, ArrayFormula | DataTableFormula):
            return cell.value.text
        if _is_formula(cell):
            return cell.value
        value = ERRORS[cell.value] if cell.data_type == "e" else cell.value
        if value is None:
            return ""
        if isinstance(value, dt.date):
            value = to_excel(value)
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, int) and value in ERROR_TEXTS:
            return ERROR_TEXTS[value]
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value)

    @formula.setter
    def formula(self, data):
        """Worked out for one cell, whatever it was before."""
        self._write_formulas(data)

    def _write_formulas(self, data) -> list[tuple[int, int]]:
        self.app.wrote()
        self._refuse(data, limits.FORMULA)
        if any(refused_text(text) for text in _flat(data)):
            raise Interrupted("a text in a formula is too long")
        self._refuse_part_of_array()
        self._grow_table()
        places = self._spread(data)
        for (row, column), value in places:
            self._put(row, column, value)
        if len(self) == 1 and isinstance(data, str) and data.startswith("="):
            self._fill_column(data)
        return [place for place, _ in places]

    @property
    def formula2(self):
        def said(row, column):
            text, cell = self._formula(row, column), self._there(row, column)
            plain = cell is not None and cell.data_type == "f" and isinstance(cell.value, str)
            return _with_at(text) if plain else text

        self._refuse_dynamic()
        return self._block(said)

    @formula2.setter
    def formula2(self, data):
        self._refuse_dynamic()
        for row, column in self._write_formulas(data):
            cell = self.sheet.content.cell(row, column)
            if cell.data_type == "f" and _LIFTED.search(cell.value):
                cell.value = ArrayFormula(cell.coordinate, cell.value)
            elif cell.data_type == "f":
                cell.value = _without_at(cell.value)

    def _refuse_dynamic(self) -> None:
        if not self.app.dynamic_arrays:
            raise AttributeError("Formula2")

    @property
    def formula_array(self):
        return self._formula(self.row, self.column)

    @formula_array.setter
    def formula_array(self, text):
        (cell,) = self.cells()
        self._write_formulas(text)
        cell.value = ArrayFormula(cell.coordinate, text)

    @property
    def has_array(self) -> bool | None:
        cells = (self._there(*place) for place in self.places())
        return same(c is not None and isinstance(c.value, ArrayFormula) for c in cells)

    def _refuse_part_of_array(self) -> None:
        """Excel changes an array of several cells as a whole or not at all."""
        last = self.row + self.shape[0] - 1, self.column + self.shape[1] - 1
        for left, top, right, bottom in self.sheet.book.arrays.get(self.sheet.name, ()):
            apart = top > last[0] or bottom < self.row or left > last[1] or right < self.column
            rows = self.row <= top and bottom <= last[0]
            if not apart and not (rows and self.column <= left and right <= last[1]):
                raise Interrupted("a part of an array can't be changed")

    def _fill_column(self, formula: str) -> None:
        """A formula alone in a column of an Excel table goes on through the whole column
        (AutoFillFormulasInLists), whoever writes it."""
        for table in self.sheet.tables if self.app.api.AutoCorrect.AutoFillFormulasInLists else ():
            area = table.range
            first, end = area.row + 1, area.row + area.shape[0] - bool(table.show_totals)
            if not (first <= self.row < end):
                continue
            if not area.column <= self.column < area.column + area.shape[1]:
                continue
            rows = [row for row in range(first, end) if row != self.row]
            cells = [self.sheet.content.cell(row, self.column) for row in rows]
            if all(cell.value is None for cell in cells):
                origin = f"{get_column_letter(self.column)}{self.row}"
                for cell in cells:
                    cell.value = Translator(formula, origin).translate_formula(cell.coordinate)

    @property
    def number_format(self):
        return same(cell.number_format for cell in self.cells())

    @number_format.setter
    def number_format(self, value):
        self.app.wrote()
        self._refuse_formats()
        for cell in self.changed():
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
        for cell in self.changed():
            if value is None:
                cell.fill = PatternFill()
            else:
                cell.fill = PatternFill("solid", start_color="FF{:02X}{:02X}{:02X}".format(*value))

    def clear_contents(self):
        self.app.wrote()
        self._refuse_part_of_merged()
        self._refuse_part_of_array()
        for cell in list(self.changed()):
            self._put(cell.row, cell.column, None)

    def _refuse_part_of_merged(self) -> None:
        """Excel clears merged cells as a whole or not at all."""
        last = self.row + self.shape[0] - 1, self.column + self.shape[1] - 1
        for area in self.sheet.content.merged_cells.ranges:
            apart = area.min_row > last[0] or area.max_row < self.row
            apart = apart or area.min_col > last[1] or area.max_col < self.column
            rows = self.row <= area.min_row and area.max_row <= last[0]
            columns = self.column <= area.min_col and area.max_col <= last[1]
            if not apart and not (rows and columns):
                raise Interrupted("a part of merged cells can't be changed")

    def clear(self):
        self.clear_contents()
        for cell in self.cells():
            cell.style = "Normal"

    @property
    def merge_cells(self):
        return same(self._merged(row, column) is not None for row, column in self.places())

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
        return same(map(self._out_of_sight, range(self.row, self.row + self.shape[0])))

    @row_hidden.setter
    def row_hidden(self, value):
        for row in range(self.row, self.row + self.shape[0]):
            if value or row in self.sheet.content.row_dimensions:
                self.sheet.content.row_dimensions[row].hidden = value

    def get_special_cells(self, cell_type, value_type):
        assert (cell_type, value_type) == ("visible", None)
        if self.sheet.content.protection.sheet:
            raise Interrupted("保護されたシートでは、このコマンドは使用できません。")
        widths = self.sheet.content.column_dimensions
        hidden = {letter for letter, column in widths.items() if column.hidden}
        rows = range(self.row, self.row + self.shape[0])
        columns = range(self.column, self.column + self.shape[1])
        shown = (
            _runs(row for row in rows if not self._out_of_sight(row)),
            _runs(c for c in columns if get_column_letter(c) not in hidden),
        )
        areas = [
            Range(self.sheet, top, left, bottom - top + 1, right - left + 1)
            for (top, bottom), (left, right) in itertools.product(*shown)
        ]
        if not areas:
            raise Interrupted("該当するセルが見つかりません。")  # a Japanese Excel's words
        return areas

    def select(self):
        if self.sheet.book.active_sheet != self.sheet.name:
            raise Interrupted("cells can be selected on the sheet in front only")
        self.app.selected = self

    def copy(self, destination=None):
        self.app.wrote()
        for (row, column), source in zip(
            destination.impl.places(), itertools.cycle(list(self.cells())), strict=False
        ):
            target = self.sheet.content.cell(row, column)
            target._value, target.data_type = source.value, source.data_type
            target._style = copy(source._style)

    @property
    def font(self):
        return Font(self)

    def struck_cells(self) -> list[tuple[int, int]]:
        """The cells whose whole text is struck through."""
        cells = ((place, self._there(*place)) for place in self.places())
        return [place for place, cell in cells if cell is not None and cell.font.strike]

    @property
    def struck(self) -> bool | None:
        """``Font.Strikethrough``: None for a mixture."""
        count = len(self.struck_cells())
        return count == len(self) if count in (0, len(self)) else None

    @property
    def wrap_text(self):
        return same(bool(cell.alignment.wrap_text) for cell in self.cells())

    @wrap_text.setter
    def wrap_text(self, value):
        for cell in self.cells():
            alignment = copy(cell.alignment)
            alignment.wrap_text = value
            cell.alignment = alignment

    def unmerge(self):
        self.app.wrote()
        self._refuse_formats()
        ranges = self.sheet.content.merged_cells.ranges
        for area in [a for a in ranges if (a.min_row, a.min_col) in set(self.places())]:
            self.sheet.content.unmerge_cells(str(area))

    def autofill(self, destination, type_):
        assert type_ == "fill_formats"
        self.app.wrote()
        self._refuse_formats()
        if destination.impl._crossed():
            raise Interrupted("the rows to fill from and to aren't all in sight")
        for row, column in destination.impl.places():
            source = self.sheet.content.cell(self.row, column)
            self.sheet.content.cell(row, column)._style = copy(source._style)

    def autofit(self, axis=None): ...

    @property
    def rows(self):
        return self

    @property
    def column_width(self):
        return self.sheet.content.column_dimensions[get_column_letter(self.column)].width

    @column_width.setter
    def column_width(self, value):
        self.sheet.content.column_dimensions[get_column_letter(self.column)].width = value

    @property
    def hyperlink(self):
        link = next(self.cells()).hyperlink
        if link is None:
            raise Exception("The cell doesn't seem to contain a hyperlink!")
        return link.target or ""

    def add_hyperlink(self, address, text_to_display, screen_tip):
        raise NotImplementedError("our links go through Worksheet.Hyperlinks.Add")


class Font(base_classes.Font):
    def __init__(self, parent: Range):
        self.parent = parent

    @property
    def api(self):
        return self

    def _change(self, **changes):
        self.parent._refuse_formats()
        for cell in self.parent.cells():
            font = copy(cell.font)
            for name, value in changes.items():
                setattr(font, name, value)
            cell.font = font

    @property
    def bold(self):
        return same(bool(cell.font.b) for cell in self.parent.cells())

    @bold.setter
    def bold(self, value):
        self._change(b=value)

    @property
    def color(self):
        return None

    @color.setter
    def color(self, value):
        self.parent.app.wrote()
        if isinstance(value, str):
            value = utils.hex_to_rgb(value)
        self._change(color="FF{:02X}{:02X}{:02X}".format(*value))


def _flat(data) -> list[object]:
    rows = data if isinstance(data, list | tuple) else [data]
    return [one for row in rows for one in (row if isinstance(row, list | tuple) else [row])]


def refused_text(formula: object) -> bool:
    """Whether a formula has a text in it that is longer than Excel takes there."""
    if not isinstance(formula, str) or not formula.startswith("="):
        return False
    texts = re.findall('"((?:[^"]|"")*)"', formula)
    return any(limits.units(text.replace('""', '"')) > limits.FORMULA_TEXT for text in texts)


def has_fill(cell) -> bool:
    """Whether a cell may have a fill: openpyxl's number for "none" is known at once."""
    return cell.has_style and cell._style.fillId != 0


def _is_formula(cell) -> bool:
    return cell.data_type == "f" or isinstance(cell.value, ArrayFormula | DataTableFormula)


def _runs(numbers) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def same(values):
    found = set(values)
    return found.pop() if len(found) == 1 else None


def _rgb(fill) -> tuple[int, int, int] | None:
    if fill.fill_type is None:
        return None
    value = fill.start_color.rgb if fill.fill_type == "solid" else fill.end_color.rgb
    if not isinstance(value, str):  # a theme colour: Excel would work it out
        return (1, 2, 3)
    return utils.hex_to_rgb(value[-6:])
