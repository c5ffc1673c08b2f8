"""Excel's own objects by COM."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from shikaku.excel.fills import (
    NO_FILL,
    SOLID,
    areas_of,
    fill_numbers,
    fill_of,
    from_excel_colour,
    kept_or_not,
    to_excel_colour,
)
from shikaku.excel.halving import where_true

if TYPE_CHECKING:
    import xlwings as xw


ADDIN = "'shikaku.xlam'!"
_MACROS = f"{ADDIN}ShikakuMarks."
_MOST = 8_000  # rows of a table handed to a macro or taken from one
_FILL_PARTS = (
    *("Color", "ThemeColor", "TintAndShade"),
    *("PatternColor", "PatternThemeColor", "PatternTintAndShade"),
)
_AUTOMATIC = ("AutoExpandListRange", "AutoFillFormulasInLists")
_VISIBLE, _VERY_HIDDEN = -1, 2
_UNDERLINE = 2  # xlUnderlineStyleSingle
_FORMULAS, _PART, _BY_ROWS, _NEXT = -4123, 2, 1, 1  # arguments of Range.Find


# Properties of Excel's Protection object; as arguments of Worksheet.Protect they come in this order.
_ALLOWANCES = (
    "AllowFormattingCells",
    "AllowFormattingColumns",
    "AllowFormattingRows",
    "AllowInsertingColumns",
    "AllowInsertingRows",
    "AllowInsertingHyperlinks",
    "AllowDeletingColumns",
    "AllowDeletingRows",
    "AllowSorting",
    "AllowFiltering",
    "AllowUsingPivotTables",
)


Protected = tuple[list[bool], int]
"""How a sheet was protected: the arguments of Worksheet.Protect, and EnableSelection."""


class Com:
    """Excel for Windows. What touches thousands of cells runs inside Excel, as a macro of the
    add-in (ShikakuMarks.bas); where it isn't loaded, cell by cell from here."""

    def __init__(self) -> None:
        self._macros: bool | None = None

    def _has_macros(self, app: "xw.App") -> bool:
        if self._macros is None:
            try:
                self._macros = app.api.Run(f"{_MACROS}Ready") is True
            except Exception:  # no add-in, or a rule against its macros: Excel's error is one
                self._macros = False
        return self._macros

    def tell(self, book: "xw.Book", macro: str, *facts: bool) -> None:
        """Run a macro of the add-in on a workbook's name; without the add-in nothing happens."""
        with suppress(Exception):  # what the ribbon shows is a help: the work is done without it
            book.app.api.Run(f"{ADDIN}{macro}", book.name, *facts)

    # ---------------------------------------------------------------- fills

    def fill(self, cell: "xw.Range") -> str | None:
        """The fill of one cell as the marks keep it; None without one. Raises Unkept."""
        interior = cell.api.Interior
        numbers = [interior.Pattern, *(0 for _ in _FILL_PARTS)]
        if numbers[0] != NO_FILL:
            for at, name in enumerate(_FILL_PARTS, 1):
                with suppress(Exception):  # Excel has an error for "not of the theme"
                    numbers[at] = getattr(interior, name) or 0
        return fill_of(numbers)

    def fills(self, sheet: "xw.Sheet", cells: Sequence[tuple[int, int]]) -> list[str | None]:
        """The fills of cells (row, column); UNKEPT where one couldn't be brought back."""
        if not self._has_macros(sheet.book.app):
            return [kept_or_not(partial(self.fill, sheet.range(cell))) for cell in cells]
        found: list[str | None] = []
        for part in _parts(cells):
            rows = self._run(sheet, "FillsOf", part)
            found += [kept_or_not(partial(fill_of, row)) for row in rows]
        return found

    def set_fill(self, area: "xw.Range", fill: str | None) -> None:
        """Give cells a fill that ``fill`` has returned; None takes it away."""
        interior = area.api.Interior
        pattern, *numbers = fill_numbers(fill)
        interior.Pattern = pattern
        if pattern == NO_FILL:
            return
        for kind, (colour, theme, tint) in (("", numbers[:3]), ("Pattern", numbers[3:])):
            if kind and pattern == SOLID:
                break
            if theme > 0:
                setattr(interior, f"{kind}ThemeColor", theme)
                setattr(interior, f"{kind}TintAndShade", tint)
            elif theme < 0:
                setattr(interior, f"{kind}ColorIndex", -theme)
            else:
                setattr(interior, f"{kind}Color", colour)

    def set_fills(self, sheet: "xw.Sheet", fills: Sequence[tuple[int, int, str | None]]) -> None:
        """Give cells (row, column, fill) their fills."""
        areas = areas_of(fills)
        if not self._has_macros(sheet.book.app):
            for first, last, column, fill in areas:
                area = sheet.range((first, column), (last, column))
                # Under a filter Excel paints of a block only what is in sight.
                for one in (area,) if self.hidden(area) is False else area:
                    self.set_fill(one, fill)
            return
        numbers = {fill: fill_numbers(fill) for fill in {area[3] for area in areas}}
        rows = [(first, last, column, *numbers[fill]) for first, last, column, fill in areas]
        for part in _parts(rows):
            self._run(sheet, "PaintCells", part)

    def painted(self, sheet: "xw.Sheet", colours: list[str]) -> list[tuple[int, int, str]]:
        """(row, column, RRGGBB) of the cells filled with one of these colours."""
        if not self._has_macros(sheet.book.app):
            return list(self._found(sheet.used_range, colours))
        numbers = tuple(to_excel_colour(rgb) for rgb in colours)
        text = str(self._run(sheet, "MarkedCells", numbers) or "")
        found = (tuple(map(int, one.split())) for one in text.split(";") if one)
        return sorted((row, column, from_excel_colour(number)) for row, column, number in found)

    def _run(self, sheet: "xw.Sheet", macro: str, data: object) -> Any:
        # Names rather than objects: a macro may be handed no object from another process.
        return sheet.book.app.api.Run(f"{_MACROS}{macro}", sheet.book.name, sheet.name, data)

    def _found(self, area: "xw.Range", colours: list[str]) -> Iterator[tuple[int, int, str]]:
        """The same by Excel's own search for formats: asking every cell would take minutes."""
        api, sought = area.api, area.sheet.book.app.api.FindFormat
        nrows, ncols = area.shape
        last = area(nrows, ncols).api
        for rgb in colours:
            sought.Clear()
            sought.Interior.Color = to_excel_colour(rgb)
            seen: set[tuple[int, int]] = set()
            after = last
            while True:
                hit = api.Find("", after, _FORMULAS, _PART, _BY_ROWS, _NEXT, False, False, True)
                if hit is None or (hit.Row, hit.Column) in seen:
                    break
                seen.add((hit.Row, hit.Column))
                after = hit
            yield from ((row, column, rgb) for row, column in sorted(seen))
        sought.Clear()

    def struck(self, area: "xw.Range") -> Iterator[tuple[int, int]]:
        """(row, column) of the cells struck through. Most sheets have none: one question then."""
        if area.api.Font.Strikethrough is False:
            return iter(())
        sheet = area.sheet
        if not self._has_macros(sheet.book.app):
            return where_true(area, lambda part: part.api.Font.Strikethrough)
        text = str(self._run(sheet, "StruckAreas", area.get_address(False, False)) or "")
        parts = (tuple(map(int, one.split())) for one in text.split(";") if one)
        return (
            (row, column)
            for top, left, bottom, right in parts
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        )

    def paint(self, area: "xw.Range", rgb: str) -> None:
        """Give cells a solid fill (RRGGBB)."""
        area.api.Interior.Pattern = SOLID
        area.api.Interior.Color = to_excel_colour(rgb)

    # ---------------------------------------------------------------- rows

    def hidden(self, area: "xw.Range") -> bool | None:
        """Whether the area's rows are hidden; None when some are. xlwings would ask row by row."""
        found = area.api.EntireRow.Hidden
        return found if isinstance(found, bool) else None

    def bare(self, cell: "xw.Range") -> object:
        """The number of a cell that is shown as a day or as money."""
        return cell.api.Value2

    # ---------------------------------------------------------------- formulas

    def has_dynamic_arrays(self, area: "xw.Range") -> bool:
        """Whether this Excel has ``Range.Formula2``.

        pywin32's cache of Excel's types may be older than this Excel. Then xlwings, which takes a
        name that only Excel knows for a rejected call, would ask for a minute: it isn't asked.
        """
        api = area.api
        known = getattr(type(getattr(api, "_inner", api)), "_prop_map_get_", None)
        if known is not None:
            return "Formula2" in known
        try:
            api._oleobj_.GetIDsOfNames(0, "Formula2")
        except Exception:  # pywin32's own error, which only Windows can name
            return False
        return True

    def has_array(self, area: "xw.Range") -> object:
        """Whether an area's cells are arrays (``{=…}``); None when some are."""
        return area.api.HasArray

    # ---------------------------------------------------------------- links, filters, names

    def underline(self, area: "xw.Range") -> None:
        """Underline the text of cells."""
        area.api.Font.Underline = _UNDERLINE

    def unlink(self, area: "xw.Range") -> None:
        """Take the links of an area away; its look stays."""
        area.api.ClearHyperlinks()

    def show_all(
        self, sheet: "xw.Sheet", table: "xw.main.Table | None", columns: Sequence[int]
    ) -> bool:
        """Show the rows that a filter over a table, or over columns that are none, hides; the filter's buttons
        stay. Whether there was such a filter: one beside stays as it is."""
        found = table.api.AutoFilter if table else sheet.api.AutoFilter
        if found is None or not found.FilterMode:
            return False
        if table is None:
            first = found.Range.Column
            if not set(columns).intersection(range(first, first + found.Range.Columns.Count)):
                return False
        found.ShowAllData()
        return True

    def hold_tables(self, app: "xw.App") -> dict[str, bool]:
        """Keep tables from growing, and from filling their columns, by themselves while we write:
        no way back would know of it. Returns what ``free_tables`` needs."""
        kept: dict[str, bool] = {}
        for name in _AUTOMATIC:
            with suppress(Exception):  # a help: our writes are right without it
                kept[name] = bool(getattr(app.api.AutoCorrect, name))
                setattr(app.api.AutoCorrect, name, False)
        return kept

    def free_tables(self, app: "xw.App", kept: dict[str, bool]) -> None:
        """Give back what ``hold_tables`` took."""
        for name, value in kept.items():
            with suppress(Exception):  # the others must still be given back
                setattr(app.api.AutoCorrect, name, value)

    # ---------------------------------------------------------------- protection

    def protected(self, sheet: "xw.Sheet") -> bool:
        """Whether the sheet is protected."""
        return bool(sheet.api.ProtectContents)

    def unprotect(self, sheet: "xw.Sheet") -> Protected | None:
        """Take away a protection that has no password. Returns what ``protect`` needs to put it
        back; None when the sheet is still protected."""
        api = sheet.api
        parts = ("ProtectDrawingObjects", "ProtectContents", "ProtectScenarios", "ProtectionMode")
        kept = [bool(getattr(api, name)) for name in parts]
        kept += [bool(getattr(api.Protection, name)) for name in _ALLOWANCES]
        selection = api.EnableSelection
        with suppress(Exception):  # Excel's answer to a wrong password
            api.Unprotect("")  # without an argument it would ask the user for the password
        return None if api.ProtectContents else (kept, selection)

    def protect(self, sheet: "xw.Sheet", kept: Protected) -> None:
        """Protect a sheet again as it was, without a password."""
        arguments, selection = kept
        sheet.api.Protect("", *arguments)
        sheet.api.EnableSelection = selection

    def is_marked(self, book: "xw.Book", fact: str) -> bool:
        """What Excel says of a workbook (``ReadOnly``, ``Final``, ``MultiUserEditing``)."""
        return getattr(book.api, fact) is True

    def date1904(self, book: "xw.Book") -> bool:
        """Whether the workbook counts days from 1904."""
        return bool(book.api.Date1904)

    def fixed_sheets(self, book: "xw.Book") -> bool:
        """Whether the workbook's protection forbids to add and to delete sheets."""
        return bool(book.api.ProtectStructure)

    def locked(self, area: "xw.Range") -> bool:
        """Whether sheet protection forbids to write into the area."""
        return bool(area.api.Worksheet.ProtectContents) and area.api.Locked is not False

    def no_formats(self, sheet: "xw.Sheet") -> bool:
        """Whether sheet protection forbids to change fills."""
        api = sheet.api
        return bool(api.ProtectContents) and not api.Protection.AllowFormattingCells

    def hide_name(self, name: "xw.main.Name") -> None:
        """Keep a name out of the name manager."""
        name.api.Visible = False

    def very_hidden(self, sheet: "xw.Sheet") -> bool:
        """Whether a sheet is hidden so that only a program shows it again."""
        return sheet.api.Visible == _VERY_HIDDEN

    def set_very_hidden(self, sheet: "xw.Sheet", hidden: bool) -> None:
        """Hide a sheet so, or show it."""
        sheet.api.Visible = _VERY_HIDDEN if hidden else _VISIBLE

    def freeze_header(self, sheet: "xw.Sheet") -> None:
        """Keep the first row of the sheet in front in sight."""
        window = sheet.book.app.api.ActiveWindow
        window.SplitColumn, window.SplitRow = 0, 1
        window.FreezePanes = True


_Row = TypeVar("_Row")


def _parts(rows: Sequence[_Row]) -> Iterator[tuple[_Row, ...]]:
    for start in range(0, len(rows), _MOST):
        yield tuple(rows[start : start + _MOST])
