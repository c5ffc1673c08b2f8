"""What our code asks of Excel's own objects, beyond xlwings: ``Range`` and ``Interior`` by COM."""

from openpyxl.styles import PatternFill
from openpyxl.styles.colors import Color
from xlwings import utils

from xlengine.areas import Interrupted, same
from xlengine.cells import Range
from xlengine.looks import has_fill
from xlengine.sheets import Api

PATTERNS = {
    "solid": 1,
    "mediumGray": -4125,
    "darkGray": -4126,
    "lightGray": -4124,
    "gray125": 17,
    "gray0625": 18,
    "lightUp": 14,
    "lightDown": 13,
}


class RangeApi:
    """``Range`` as COM has it: the members that our code uses beyond xlwings."""

    def __init__(self, impl: Range):
        self.impl = impl
        self.Row, self.Column = impl.row, impl.column

    @property
    def Worksheet(self):
        return self.impl.sheet.api

    @property
    def Interior(self):
        return Interior(self.impl)

    @property
    def EntireRow(self):
        return Api(Hidden=self.impl.row_hidden)

    @property
    def Value2(self):
        (cell,) = self.impl.cells()
        return float(cell.value)

    @property
    def HasArray(self):
        return self.impl.has_array

    @property
    def _oleobj_(self):
        """What pywin32 asks by name; an Excel before dynamic arrays doesn't know some."""
        known = self.impl.app.dynamic_arrays

        def ask(_locale, name):
            if name == "Formula2" and not known:
                raise Interrupted("unknown name")

        return Api(GetIDsOfNames=ask)

    @property
    def Locked(self):
        return same(bool(cell.protection.locked) for cell in self.impl.cells())

    @property
    def Address(self):
        return self.impl.address

    @property
    def Font(self):
        return ComFont(self.impl)

    def ClearHyperlinks(self):
        self.impl.app.wrote()
        links = self.impl.sheet.content._hyperlinks
        places = set(self.impl.places())
        for row, column in places:
            self.impl.sheet.content.cell(row, column).hyperlink = None
        links[:] = [link for link in links if link.ref is not None]

    def Find(self, What, After, *rest):
        assert What == "" and rest[-1] is True, "only the search by format is played"
        self.impl.app.trips += 1
        wanted = self.impl.app.api.FindFormat.Interior.Color
        found = sorted((one.row, one.column) for one in self.impl.filled(wanted))
        if not found:
            return None
        place = next((one for one in found if one > (After.Row, After.Column)), found[0])
        return Range(self.impl.sheet, *place).api


class ComFont:
    """``Range.Font``: that it is underlined, and whether it is struck through (None: a mixture)."""

    def __init__(self, impl: Range):
        self.__dict__["impl"] = impl

    @property
    def Strikethrough(self):
        self.impl.app.asked()
        return self.impl.struck

    def __setattr__(self, name, value):
        assert (name, value) == ("Underline", 2)
        self.impl.app.wrote()
        self.impl.font._change(u="single")


class Macros:
    """The add-in's ShikakuMarks.bas and ShikakuState.bas as ``Application.Run`` finds it (its own test runs the VBA)."""

    def __init__(self, app):
        self.app = app
        self.loaded = True
        self.told = []  # what the ribbon has heard: book, list anew, cells changed, way back

    def __call__(self, name, *arguments):
        self.app.trips += 1
        module, _, macro = name.removeprefix("'shikaku.xlam'!").partition(".")
        if not self.loaded or module not in ("ShikakuMarks", "ShikakuState"):
            raise Interrupted("no such macro")
        return getattr(self, macro)(*arguments)

    def Written(self, *facts):
        self.told.append(facts)

    def _cell(self, book, sheet, row, column) -> Range:
        return Range(self.app.books(book).sheets(sheet), int(row), int(column))

    def Ready(self):
        return True

    def MarkedCells(self, book, sheet, colours):
        area = self.app.books(book).sheets(sheet).used_range
        found = [(one.row, one.column, c) for c in set(colours) for one in area.filled(c)]
        return ";".join(" ".join(map(str, one)) for one in found)

    def StruckAreas(self, book, sheet, area):
        with self.app.inside():
            found = self.app.books(book).sheets(sheet).range(area).struck_cells()
        return ";".join(f"{row} {column} {row} {column}" for row, column in found)

    def FillsOf(self, book, sheet, places):
        def number(look, name):
            try:
                return getattr(look, name) or 0
            except Interrupted:  # not of the theme
                return 0

        names = ("Color", "ThemeColor", "TintAndShade")
        names = ("Pattern", *names, *(f"Pattern{name}" for name in names))
        return tuple(
            tuple(number(self._cell(book, sheet, *place).api.Interior, name) for name in names)
            for place in places
        )

    def PaintCells(self, book, sheet, places):
        self.app.wrote()
        with self.app.inside():
            for first, last, column, *numbers in places:
                for row in range(int(first), int(last) + 1):
                    self._paint(self._cell(book, sheet, row, column).api.Interior, numbers)

    @staticmethod
    def _paint(look, numbers):
        look.Pattern = numbers[0]
        for kind, (colour, theme, tint) in (("", numbers[1:4]), ("Pattern", numbers[4:7])):
            if numbers[0] == -4142 or (kind and numbers[0] == 1):
                return
            if theme > 0:
                setattr(look, f"{kind}ThemeColor", theme)
                setattr(look, f"{kind}TintAndShade", tint)
            else:
                setattr(look, f"{kind}Color", int(colour))


class FindFormat:
    """``Application.FindFormat``: only the fill's colour."""

    class _Interior:
        Color = None

    def __init__(self):
        self.Interior = self._Interior()

    def Clear(self):
        self.Interior = self._Interior()


class Window:
    """``Application.ActiveWindow``: only that rows and columns stay in sight."""

    def __init__(self, app):
        self.__dict__.update(app=app, SplitRow=0, SplitColumn=0)

    def __setattr__(self, name, value):
        self.app.wrote()
        self.__dict__[name] = value
        if name == "FreezePanes" and value:
            sheet = self.app.books.active.sheets.active.content
            sheet.freeze_panes = sheet.cell(self.SplitRow + 1, self.SplitColumn + 1)


class Interior:
    """``Range.Interior``; what differs from cell to cell reads as None."""

    def __init__(self, impl: Range):
        object.__setattr__(self, "impl", impl)

    def _fills(self):
        return (cell.fill for cell in self.impl.cells())

    def _ground(self, fill):
        return fill.start_color if fill.fill_type == "solid" else fill.end_color

    def __getattr__(self, name):
        if name == "Pattern" and not any(map(has_fill, self.impl.cells())):
            return -4142

        def one(fill):
            if name == "Pattern":
                return PATTERNS[fill.fill_type] if fill.fill_type else -4142
            colour = fill.start_color if name.startswith("Pattern") else self._ground(fill)
            kind = name.removeprefix("Pattern")
            if kind == "ThemeColor":
                if colour.type != "theme":
                    raise Interrupted("not of the theme")
                return colour.theme + 1
            if kind == "TintAndShade":
                return colour.tint or 0
            if kind == "Color":
                return _number(colour)
            raise AttributeError(name)

        return same(one(fill) for fill in self._fills())

    def __setattr__(self, name, value):
        self.impl.app.wrote()
        protection = self.impl.sheet.content.protection
        if protection.sheet and protection.formatCells:
            raise Interrupted("the sheet is protected")
        for cell in self.impl.changed():
            fill = cell.fill
            parts = {"kind": fill.fill_type, "start": fill.start_color, "end": fill.end_color}
            if name == "Pattern":
                names = {number: text for text, number in PATTERNS.items()}
                if value == -4142:
                    parts = {"kind": None, "start": Color(), "end": Color()}
                else:
                    parts["kind"] = names[value]
            else:
                line = name.startswith("Pattern")
                slot = "start" if line or fill.fill_type == "solid" else "end"
                kind = name.removeprefix("Pattern")
                if kind == "Color":
                    parts[slot] = Color(rgb="FF" + _text(value))
                elif kind == "ThemeColor":
                    parts[slot] = Color(theme=value - 1)
                elif kind == "TintAndShade":
                    old = parts[slot]
                    if old.type == "theme":
                        parts[slot] = Color(theme=old.theme, tint=value)
                else:
                    raise AttributeError(name)
            cell.fill = PatternFill(parts["kind"], parts["start"], parts["end"])


def _text(number: int) -> str:
    return f"{number & 255:02X}{number >> 8 & 255:02X}{number >> 16 & 255:02X}"


def _number(colour) -> int:
    if colour.type != "rgb":  # Excel would work a theme's colour out
        return 0x123456
    red, green, blue = utils.hex_to_rgb(colour.rgb[-6:])
    return red + green * 256 + blue * 65536
