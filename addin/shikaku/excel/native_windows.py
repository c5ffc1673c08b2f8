"""Excel's own objects by COM."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from shikaku.excel.fills import (
    NO_FILL,
    OLD_PALETTE,
    PATTERN_NAMES,
    PATTERNS,
    SOLID,
    Unkept,
    from_excel_colour,
    parsed_fill,
    to_excel_colour,
)

if TYPE_CHECKING:
    import xlwings as xw


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
    """Excel for Windows."""

    # ---------------------------------------------------------------- fills

    def plain(self, area: "xw.Range") -> bool:
        """No cell of the area has a fill."""
        return area.api.Interior.Pattern == NO_FILL

    def fill(self, cell: "xw.Range") -> str | None:
        """The fill of one cell as the marks keep it; None without one. Raises Unkept."""
        interior = cell.api.Interior
        if interior.Pattern == NO_FILL:
            return None
        name = PATTERN_NAMES.get(interior.Pattern)
        if name is None:
            raise Unkept
        ground = self._colour(interior, "")
        if name == "solid":
            return (
                f"<fill><patternFill patternType='solid'><fgColor {ground}/></patternFill></fill>"
            )
        line = self._colour(interior, "Pattern")
        return (
            f"<fill><patternFill patternType='{name}'><fgColor {line}/><bgColor {ground}/>"
            "</patternFill></fill>"
        )

    @staticmethod
    def _colour(interior: object, kind: str) -> str:
        theme = None
        with suppress(Exception):  # Excel has an error for "not of the theme"
            theme = getattr(interior, f"{kind}ThemeColor")
        if isinstance(theme, int | float) and theme > 0:
            # The file counts themes from 0, Excel's object model from 1.
            tint = getattr(interior, f"{kind}TintAndShade")
            return f"theme='{int(theme) - 1}'" + (f" tint='{tint:g}'" if tint else "")
        return f"rgb='FF{from_excel_colour(getattr(interior, f'{kind}Color'))}'"

    def set_fill(self, area: "xw.Range", fill: str | None) -> None:
        """Give cells a fill that ``fill`` has told; None takes it away."""
        interior = area.api.Interior
        name, colours = parsed_fill(fill) if fill else ("none", {})
        if name not in PATTERNS:
            interior.Pattern = NO_FILL
            return
        interior.Pattern = PATTERNS[name]
        solid = name == "solid"
        self._paint(interior, "", colours.get("fgColor" if solid else "bgColor", {}))
        if not solid:
            self._paint(interior, "Pattern", colours.get("fgColor", {}))

    @staticmethod
    def _paint(interior: object, kind: str, colour: dict[str, str]) -> None:
        if "theme" in colour:
            setattr(interior, f"{kind}ThemeColor", int(colour["theme"]) + 1)
            setattr(interior, f"{kind}TintAndShade", float(colour.get("tint", 0)))
        elif re.fullmatch("[0-9A-Fa-f]{8}", colour.get("rgb", "")):
            setattr(interior, f"{kind}Color", to_excel_colour(colour["rgb"][2:]))
        elif (
            re.fullmatch(r"\d{1,2}", colour.get("indexed", ""))
            and int(colour["indexed"]) in OLD_PALETTE
        ):
            setattr(interior, f"{kind}ColorIndex", int(colour["indexed"]) - 7)

    def paint(self, area: "xw.Range", rgb: str) -> None:
        """Give cells a solid fill (RRGGBB)."""
        area.api.Interior.Pattern = SOLID
        area.api.Interior.Color = to_excel_colour(rgb)

    def painted(self, area: "xw.Range", colours: list[str]) -> Iterator[tuple[int, int, str]]:
        """(row, column, RRGGBB) of the cells filled with one of these colours. Excel looks for
        them by format: asking every cell would take minutes."""
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

    # ---------------------------------------------------------------- rows

    def hidden(self, area: "xw.Range") -> bool | None:
        """Whether the area's rows are hidden; None when some are. xlwings would ask row by row."""
        found = area.api.EntireRow.Hidden
        return found if isinstance(found, bool) else None

    def bare(self, cell: "xw.Range") -> object:
        """The number of a cell that is shown as a day or as money."""
        return cell.api.Value2

    # ---------------------------------------------------------------- links, filters, names

    def link(self, area: "xw.Range", place: str) -> None:
        """Let cells lead to a place of this workbook (``'資格取得届'!E5``)."""
        area.api.Worksheet.Hyperlinks.Add(area.api, "", place)

    def unlink(self, area: "xw.Range") -> None:
        """Take the links of an area away; its look stays."""
        area.api.ClearHyperlinks()

    def links(self, area: "xw.Range") -> list[tuple[str, str]]:
        """(cells, place) of the links in an area that lead into this workbook."""
        found = area.api.Hyperlinks
        return [(link.Range.Address, link.SubAddress) for link in found if link.SubAddress]

    def show_all(self, sheet: "xw.Sheet", table: "xw.main.Table | None") -> None:
        """Show the rows that a filter hides; the filter's buttons stay."""
        filters = [table.api.AutoFilter if table else None, sheet.api.AutoFilter]
        for found in filters:
            if found is not None and found.FilterMode:
                found.ShowAllData()

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

    def freeze_header(self, sheet: "xw.Sheet") -> None:
        """Keep the first row of the sheet in front in sight."""
        window = sheet.book.app.api.ActiveWindow
        window.SplitColumn, window.SplitRow = 0, 1
        window.FreezePanes = True
