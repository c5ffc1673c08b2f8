"""What xlwings leaves to the native object: fills as marks keep them, links, filters, names.

``Com`` speaks to Excel for Windows. ``Mac`` does what AppleScript allows: a mark is set and
taken back by its colour alone, and a refusal in the middle loses the links of the old rows.
"""

import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    import xlwings as xw

_NONE, _SOLID = -4142, 1
# Excel's XlPattern ↔ the pattern's name in a file. Gradients have no place in a mark's memory.
_PATTERNS = {
    "solid": _SOLID,
    "mediumGray": -4125,
    "darkGray": -4126,
    "lightGray": -4124,
    "darkHorizontal": -4128,
    "darkVertical": -4166,
    "darkDown": -4121,
    "darkUp": -4162,
    "darkGrid": 9,
    "darkTrellis": 10,
    "lightHorizontal": 11,
    "lightVertical": 12,
    "lightDown": 13,
    "lightUp": 14,
    "lightGrid": 15,
    "lightTrellis": 16,
    "gray125": 17,
    "gray0625": 18,
}
_NAMES = {number: name for name, number in _PATTERNS.items()}
_OLD = range(8, 64)  # the palette of Excel 2003, counted from 8 in a file and from 1 in Excel
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


class Unkept(Exception):
    """A fill that can't be put into words and so couldn't be brought back."""


def native() -> "Com | Mac":
    """The one for this system."""
    return Mac() if sys.platform == "darwin" else Com()


def _bgr(rgb: str) -> int:
    """RRGGBB as Excel's colour number."""
    return int(rgb[4:6] + rgb[2:4] + rgb[0:2], 16)


def _rgb(number: float) -> str:
    value = int(number)
    return f"{value & 255:02X}{value >> 8 & 255:02X}{value >> 16 & 255:02X}"


def _parsed(fill: str) -> tuple[str, dict[str, dict[str, str]]]:
    """Pattern and colours (``fgColor``, ``bgColor`` → attributes) of a kept fill."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        pattern = etree.fromstring(fill, parser).find("patternFill")
    except etree.XMLSyntaxError:
        pattern = None
    if pattern is None:  # a gradient, or a name that somebody has edited
        return "none", {}
    return pattern.get("patternType", "none"), {c.tag: dict(c.attrib) for c in pattern}


class Com:
    """Excel for Windows."""

    # ---------------------------------------------------------------- fills

    def plain(self, area: "xw.Range") -> bool:
        """No cell of the area has a fill."""
        return area.api.Interior.Pattern == _NONE

    def fill(self, cell: "xw.Range") -> str | None:
        """The fill of one cell as the marks keep it; None without one. Raises Unkept."""
        interior = cell.api.Interior
        if interior.Pattern == _NONE:
            return None
        name = _NAMES.get(interior.Pattern)
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
        return f"rgb='FF{_rgb(getattr(interior, f'{kind}Color'))}'"

    def set_fill(self, area: "xw.Range", fill: str | None) -> None:
        """Give cells a fill that ``fill`` has told; None takes it away."""
        interior = area.api.Interior
        name, colours = _parsed(fill) if fill else ("none", {})
        if name not in _PATTERNS:
            interior.Pattern = _NONE
            return
        interior.Pattern = _PATTERNS[name]
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
            setattr(interior, f"{kind}Color", _bgr(colour["rgb"][2:]))
        elif re.fullmatch(r"\d{1,2}", colour.get("indexed", "")) and int(colour["indexed"]) in _OLD:
            setattr(interior, f"{kind}ColorIndex", int(colour["indexed"]) - 7)

    def paint(self, area: "xw.Range", rgb: str) -> None:
        """Give cells a solid fill (RRGGBB)."""
        area.api.Interior.Pattern = _SOLID
        area.api.Interior.Color = _bgr(rgb)

    def painted(self, area: "xw.Range", colours: list[str]) -> Iterator[tuple[int, int, str]]:
        """(row, column, RRGGBB) of the cells filled with one of these colours. Excel looks for
        them by format: asking every cell would take minutes."""
        api, sought = area.api, area.sheet.book.app.api.FindFormat
        nrows, ncols = area.shape
        last = area(nrows, ncols).api
        for rgb in colours:
            sought.Clear()
            sought.Interior.Color = _bgr(rgb)
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

    def unprotect(self, sheet: "xw.Sheet") -> object | None:
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

    def protect(self, sheet: "xw.Sheet", kept: object) -> None:
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


class Mac:
    """Excel for the Mac, through what xlwings offers and a few AppleScript properties."""

    def plain(self, area: "xw.Range") -> bool:
        """No cell of the area has a fill; said of single cells only."""
        return area.shape == (1, 1) and area.color is None

    def fill(self, cell: "xw.Range") -> str | None:
        """The fill of one cell by its colour."""
        colour = cell.color
        if colour is None:
            return None
        rgb = "".join(f"{part:02X}" for part in colour)
        return (
            f"<fill><patternFill patternType='solid'><fgColor rgb='FF{rgb}'/></patternFill></fill>"
        )

    def set_fill(self, area: "xw.Range", fill: str | None) -> None:
        """Give cells the colour that a fill names; None takes it away."""
        rgb = _parsed(fill)[1].get("fgColor", {}).get("rgb", "") if fill else ""
        area.color = f"#{rgb[2:]}" if re.fullmatch("[0-9A-Fa-f]{8}", rgb) else None

    def paint(self, area: "xw.Range", rgb: str) -> None:
        """Give cells a solid fill (RRGGBB)."""
        area.color = f"#{rgb}"

    def painted(self, area: "xw.Range", colours: list[str]) -> Iterator[tuple[int, int, str]]:
        """Cells filled with one of these colours. Blocks of one colour are settled at once."""
        colour = area.color if area.shape == (1, 1) else None
        if area.shape == (1, 1):
            rgb = "".join(f"{part:02X}" for part in colour) if colour else ""
            if rgb in colours:
                yield area.row, area.column, rgb
            return
        with suppress(TypeError):  # AppleScript's answer for a mixture isn't a colour
            if area.color is None:
                return
        nrows, ncols = area.shape
        if nrows > 1:
            halves = area[: nrows // 2, :], area[nrows // 2 :, :]
        else:
            halves = area[:, : ncols // 2], area[:, ncols // 2 :]
        for half in halves:
            yield from self.painted(half, colours)

    def hidden(self, area: "xw.Range") -> bool | None:
        """Whether the area's rows are hidden; None when some are."""
        return area.rows.hidden

    def bare(self, cell: "xw.Range") -> object:
        """The number of a cell that is shown as a day."""
        return float(cell.formula)

    def link(self, area: "xw.Range", place: str) -> None:
        """Let cells lead to a place of this workbook. xlwings' own way would put the place into
        the cells as their text."""
        with suppress(Exception):  # a link is a help; the row stands without it
            from appscript import k

            to = {k.address: "", k.sub_address: place}
            area.api.make(at=area.api, new=k.hyperlink, with_properties=to)

    def unlink(self, area: "xw.Range") -> None:
        """Links go with the cells' contents on the Mac."""

    def links(self, area: "xw.Range") -> list[tuple[str, str]]:
        """Not asked for on the Mac: there a write that was taken back has lost its links."""
        return []

    def show_all(self, sheet: "xw.Sheet", table: "xw.main.Table | None") -> None:
        """Show the rows that a filter hides."""
        with suppress(Exception):  # AppleScript has an error for "nothing is filtered"
            sheet.api.show_all_data()

    def protected(self, sheet: "xw.Sheet") -> bool:
        """Whether the sheet is protected."""
        return bool(sheet.api.protect_contents.get())

    def unprotect(self, sheet: "xw.Sheet") -> object | None:
        """Nothing on the Mac: what a protection allows isn't told there, so it couldn't be put
        back as it was. The user lifts it."""
        return None

    def protect(self, sheet: "xw.Sheet", kept: object) -> None:
        """Nothing to put back."""

    def locked(self, area: "xw.Range") -> bool:
        """Whether sheet protection forbids to write into the area."""
        return bool(area.sheet.api.protect_contents.get()) and area.api.locked.get() is not False

    def no_formats(self, sheet: "xw.Sheet") -> bool:
        """Whether sheet protection forbids to change fills. AppleScript doesn't say what it
        still allows; Excel's refusal would then be undone and told."""
        return False

    def hide_name(self, name: "xw.main.Name") -> None:
        """Keep a name out of the name manager."""
        name.api.visible.set(False)

    def freeze_header(self, sheet: "xw.Sheet") -> None:
        """Keep the first row of the sheet in front in sight."""
        with suppress(Exception):  # a help; the sheet is whole without it
            window = sheet.book.app.api.active_window
            window.split_row.set(1)
            window.freeze_panes.set(True)
