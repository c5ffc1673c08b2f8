"""What stands in ranges of the played Excel: values as COM gives them, formulas, arrays, links."""

import datetime as dt
import itertools
import re
from copy import copy
from decimal import Decimal

from openpyxl.formula.translate import Translator
from openpyxl.styles.numbers import is_date_format
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, to_excel
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from shikaku.ooxml import limits

from xlengine.areas import Interrupted, same
from xlengine.coerce import written
from xlengine.looks import Looks

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


class Range(Looks):
    """A rectangle of cells with what stands in them."""

    @property
    def raw_value(self):
        return self._block(self._value)

    @raw_value.setter
    def raw_value(self, data):
        self.app.wrote()
        self._refuse(data, limits.BLOCK_TEXT if len(self) > 1 else limits.CELL_TEXT)
        self._refuse_part_of_array()
        self._grow_table()
        for (row, column), value in self._spread(data):
            self._put(row, column, value)

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

    @formula.setter
    def formula(self, data):
        """Worked out for one cell, whatever it was before."""
        self._write_formulas(data)

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

    def copy(self, destination=None):
        self.app.wrote()
        for (row, column), source in zip(
            destination.impl.places(), itertools.cycle(list(self.cells())), strict=False
        ):
            target = self.sheet.content.cell(row, column)
            target._value, target.data_type = source.value, source.data_type
            target._style = copy(source._style)

    @property
    def hyperlink(self):
        link = next(self.cells()).hyperlink
        if link is None:
            raise Exception("The cell doesn't seem to contain a hyperlink!")
        return link.target or ""

    def add_hyperlink(self, address, text_to_display, screen_tip):
        raise NotImplementedError("our links go through Worksheet.Hyperlinks.Add")


def _flat(data) -> list[object]:
    rows = data if isinstance(data, list | tuple) else [data]
    return [one for row in rows for one in (row if isinstance(row, list | tuple) else [row])]


def refused_text(formula: object) -> bool:
    """Whether a formula has a text in it that is longer than Excel takes there."""
    if not isinstance(formula, str) or not formula.startswith("="):
        return False
    texts = re.findall('"((?:[^"]|"")*)"', formula)
    return any(limits.units(text.replace('""', '"')) > limits.FORMULA_TEXT for text in texts)


def _is_formula(cell) -> bool:
    return cell.data_type == "f" or isinstance(cell.value, ArrayFormula | DataTableFormula)
