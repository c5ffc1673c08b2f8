"""Sheets, Excel tables and names of the played Excel."""

import re

from openpyxl.utils import range_boundaries
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.protection import SheetProtection
from shikaku.ooxml import limits
from xlwings import base_classes

from xlengine.areas import Interrupted
from xlengine.cells import Range


class Api:
    """The COM object behind ``.api``: attributes as Excel calls them."""

    def __init__(self, **members):
        self.__dict__.update(members)


class Reference:
    """A property as appscript has it: asked by ``get``, given by ``set``."""

    def __init__(self, value=None, change=None):
        self.get, self.set = lambda: value, change


class Sheets(base_classes.Sheets):
    def __init__(self, book):
        self.book = book

    @property
    def api(self):
        return self

    @property
    def active(self):
        if self.book.chart_in_front:
            return ChartSheet(self.book)
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
        self._refuse_locked()
        sheets = self.book.content.worksheets
        at = len(sheets)
        if after is not None:
            at = next(n for n, s in enumerate(sheets) if s.title == after.name) + 1
        elif before is not None:
            at = next(n for n, s in enumerate(sheets) if s.title == before.name)
        self.book.app.wrote()
        sheet = self.book.content.create_sheet(None, at)
        self.book.active_sheet = sheet.title  # as Excel does
        if at == len(sheets) and sheets[-1].sheet_state == "veryHidden":
            # xlwings adds before the last sheet and moves that one.
            raise Interrupted("a sheet that is very hidden can't be moved")
        if name == self.book.chart_in_front:
            raise Interrupted("the name is taken")
        sheet.title = name or sheet.title
        self.book.active_sheet = sheet.title
        return Sheet(self.book, sheet)

    def _refuse_locked(self):
        if locked(self.book):
            raise Interrupted("the workbook's structure is protected")


def locked(book) -> bool:
    """Whether sheets can be neither added nor deleted (``Workbook.ProtectStructure``)."""
    return bool(book.content.security and book.content.security.lockStructure)


class ChartSheet(base_classes.Sheet):
    """A sheet that is a chart: it can be in front, and is none of ``Workbook.Worksheets``."""

    book = None

    def __init__(self, book):
        self.book = book

    @property
    def name(self):
        return self.book.chart_in_front

    def activate(self):
        self.book.active_sheet = self.book.content.worksheets[0].title


class Sheet(base_classes.Sheet):
    book = None

    def __init__(self, book, content):
        self.book, self.content = book, content

    @property
    def api(self):
        return SheetApi(self)

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
        return {"visible": -1, "hidden": 0, "veryHidden": 2}[self.content.sheet_state]

    @visible.setter
    def visible(self, value):
        self.content.sheet_state = "visible" if value else "hidden"

    def activate(self):
        if self.content.sheet_state != "visible":
            raise Interrupted("a hidden sheet can't come to the front")
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
        """From the first cell with content or look, which need not be A1."""
        top, left, bottom, right = 1, 1, 1, 1
        if places := self.content._cells.keys():
            rows, columns = zip(*places, strict=True)
            top, left, bottom, right = min(rows), min(columns), max(rows), max(columns)
        return Range(self, top, left, bottom - top + 1, right - left + 1)

    @property
    def tables(self):
        return Tables(self)

    def delete(self):
        if locked(self.book) or len(self.book.content.worksheets) == 1:
            raise Interrupted("the sheet can't be deleted")
        self.book.app.wrote()
        del self.book.content[self.name]


# What a protection can allow, in the order of the arguments of ``Worksheet.Protect``.
ALLOWED = {
    "AllowFormattingCells": "formatCells",
    "AllowFormattingColumns": "formatColumns",
    "AllowFormattingRows": "formatRows",
    "AllowInsertingColumns": "insertColumns",
    "AllowInsertingRows": "insertRows",
    "AllowInsertingHyperlinks": "insertHyperlinks",
    "AllowDeletingColumns": "deleteColumns",
    "AllowDeletingRows": "deleteRows",
    "AllowSorting": "sort",
    "AllowFiltering": "autoFilter",
    "AllowUsingPivotTables": "pivotTables",
}


class SheetApi:
    """``Worksheet``: its protection above all."""

    ProtectionMode = False

    def __init__(self, sheet: Sheet):
        self.__dict__.update(sheet=sheet, kept=sheet.content.protection)

    @property
    def AutoFilter(self):
        """The sheet's own; the tables have theirs."""
        content = self.sheet.content.auto_filter
        return SheetFilter(self.sheet, content) if content.ref else None

    @property
    def Name(self):
        return self.sheet.name

    @property
    def Visible(self):
        return self.sheet.visible

    @property
    def ProtectContents(self):
        return self.kept.sheet

    @property
    def ProtectDrawingObjects(self):
        return self.kept.sheet and self.kept.objects

    @property
    def ProtectScenarios(self):
        return self.kept.sheet and self.kept.scenarios

    @property
    def Protection(self):
        return Api(**{name: not getattr(self.kept, flag) for name, flag in ALLOWED.items()})

    @property
    def EnableSelection(self):
        if self.kept.selectUnlockedCells:
            return -4142
        return 1 if self.kept.selectLockedCells else 0

    def __setattr__(self, name, value):
        if name == "Visible":
            states = {-1: "visible", 0: "hidden", 2: "veryHidden"}
            self.sheet.content.sheet_state = states[value]
            return
        assert name == "EnableSelection"
        self.kept.selectUnlockedCells = value == -4142
        self.kept.selectLockedCells = value != 0

    @property
    def protect_contents(self):
        return Reference(self.ProtectContents)  # as AppleScript asks

    def Unprotect(self, Password):
        self.sheet.book.app.wrote()
        if self.kept.password is not None:
            raise Interrupted("the password is wrong")
        self._give(SheetProtection())

    def Protect(self, Password, DrawingObjects, Contents, Scenarios, UserInterfaceOnly, *allowed):
        self.sheet.book.app.wrote()
        assert (Password, Contents, UserInterfaceOnly) == ("", True, False)
        flags = {f: not yes for f, yes in zip(ALLOWED.values(), allowed, strict=True)}
        self._give(
            SheetProtection(sheet=True, objects=DrawingObjects, scenarios=Scenarios, **flags)
        )

    def _give(self, protection):
        self.sheet.content.protection = protection
        self.__dict__["kept"] = protection


def refuse_when_protected(sheet: Sheet) -> None:
    """Excel does nothing to a table of a protected sheet, whatever is allowed there."""
    if sheet.content.protection.sheet:
        raise Interrupted("the sheet is protected")


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
        return Api(AutoFilter=SheetFilter(self.sheet, self.content.autoFilter))

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

    @show_totals.setter
    def show_totals(self, value):
        self.sheet.book.app.wrote()
        refuse_when_protected(self.sheet)
        left, top, right, bottom = range_boundaries(self.content.ref)
        area = Range(self.sheet, bottom + bool(value), left, 1, right - left + 1)
        if value and not self.show_totals:
            area.raw_value = [self.content.kept_totals]
            bottom += 1
        elif not value and self.show_totals:
            block = area.formula
            self.content.kept_totals = list(block[0] if isinstance(block, tuple) else [block])
            area.clear_contents()
            bottom -= 1
        self.content.totalsRowCount = 1 if value else None
        whole = Range(self.sheet, top, left, bottom - top + 1, right - left + 1)
        self.content.ref = whole.get_address(False, False, False)

    @property
    def range(self):
        return self.sheet.range(self.content.ref)

    def resize(self, target):
        self.sheet.book.app.wrote()
        refuse_when_protected(self.sheet)
        impl = target.impl
        self.content.ref = impl.get_address(False, False, False)
        if self.content.autoFilter is not None:
            self.content.autoFilter.ref = self.content.ref


class SheetFilter:
    """``AutoFilter``."""

    def __init__(self, sheet, content):
        self.sheet, self.content = sheet, content

    @property
    def Range(self):
        area = self.sheet.range(self.content.ref)
        return Api(Column=area.column, Columns=Api(Count=area.shape[1]))

    @property
    def FilterMode(self):
        return bool(self.content is not None and self.content.filterColumn)

    def ShowAllData(self):
        self.content.filterColumn = []
        area = self.sheet.range(self.content.ref)
        Range(self.sheet, area.row, area.column, area.shape[0], 1).row_hidden = False


class Names(base_classes.Names):
    """``Workbook.Names``."""

    def __init__(self, book):
        self.book = book

    @property
    def api(self):
        return self

    @property
    def _kept(self):
        return self.book.content.defined_names

    def __call__(self, key):
        name = list(self._kept)[key - 1] if isinstance(key, int) else key
        return Name(self.book, self._kept[name])

    def __len__(self):
        return len(self._kept)

    def snapshot(self):
        self.book.app.trips += len(self._kept)  # each name is asked for its own
        return super().snapshot()

    def contains(self, key):
        return key in self._kept

    def add(self, name, refers_to):
        self.book.app.wrote()
        if any(
            len(text) > limits.FORMULA_TEXT for text in re.findall('"((?:[^"]|"")*)"', refers_to)
        ):
            raise Interrupted("a text in a formula is too long")
        self._kept[name] = DefinedName(name, attr_text=refers_to.removeprefix("="))
        return Name(self.book, self._kept[name])


class Name(base_classes.Name):
    def __init__(self, book, content):
        self.book, self.content = book, content

    @property
    def api(self):
        return NameApi(self.content)

    @property
    def name(self):
        return self.content.name

    @property
    def refers_to(self):
        return "=" + self.content.attr_text

    def delete(self):
        self.book.app.wrote()
        del self.book.content.defined_names[self.content.name]


class NameApi:
    """``Name.Visible``, and the same for AppleScript."""

    def __init__(self, content):
        object.__setattr__(self, "content", content)

    @property
    def visible(self):
        return Reference(change=lambda value: setattr(self, "Visible", value))

    def __setattr__(self, name, value):
        assert name == "Visible"
        self.content.hidden = not value
