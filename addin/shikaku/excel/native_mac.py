"""Excel's own objects by AppleScript."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from shikaku.excel.fills import areas_of, parsed_fill
from shikaku.excel.halving import where_true

if TYPE_CHECKING:
    import xlwings as xw


class Mac:
    """Excel for the Mac, through what xlwings offers and a few AppleScript properties."""

    def tell(self, book: "xw.Book", macro: str, *facts: bool) -> None:
        """Run a macro of the add-in on a workbook's name; without the add-in nothing happens."""
        with suppress(Exception):  # what the ribbon shows is a help: the work is done without it
            book.app.macro(f"'shikaku.xlam'!{macro}")(book.name, *facts)

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
        rgb = parsed_fill(fill)[1].get("fgColor", {}).get("rgb", "") if fill else ""
        area.color = f"#{rgb[2:]}" if re.fullmatch("[0-9A-Fa-f]{8}", rgb) else None

    def paint(self, area: "xw.Range", rgb: str) -> None:
        """Give cells a solid fill (RRGGBB)."""
        area.color = f"#{rgb}"

    def fills(self, sheet: "xw.Sheet", cells: Sequence[tuple[int, int]]) -> list[str | None]:
        """The fills of cells (row, column)."""
        return [self.fill(sheet.range(cell)) for cell in cells]

    def set_fills(self, sheet: "xw.Sheet", fills: Sequence[tuple[int, int, str | None]]) -> None:
        """Give cells (row, column, fill) their fills."""
        for first, last, column, fill in areas_of(fills):
            area = sheet.range((first, column), (last, column))
            for part in (area,) if self.hidden(area) is False else area:
                self.set_fill(part, fill)

    def painted(self, sheet: "xw.Sheet", colours: list[str]) -> list[tuple[int, int, str]]:
        """Cells filled with one of these colours: row, column, RRGGBB."""
        return list(self._painted(sheet.used_range, colours))

    def _painted(self, area: "xw.Range", colours: list[str]) -> Iterator[tuple[int, int, str]]:
        """Blocks of one colour are settled at once."""
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
            yield from self._painted(half, colours)

    def struck(self, area: "xw.Range") -> Iterator[tuple[int, int]]:
        """(row, column) of the cells struck through."""
        return where_true(area, lambda part: part.api.font_object.strikethrough.get())

    def hidden(self, area: "xw.Range") -> bool | None:
        """Whether the area's rows are hidden; None when some are."""
        return area.rows.hidden

    def bare(self, cell: "xw.Range") -> object:
        """The number of a cell that is shown as a day."""
        return float(str(cell.formula))

    def has_dynamic_arrays(self, area: "xw.Range") -> bool:
        """Whether this Excel tells formulas of dynamic arrays as such."""
        try:
            return isinstance(area[0, 0].formula2, str)
        except Exception:  # AppleScript's error for a name that this Excel doesn't know
            return False

    def has_array(self, area: "xw.Range") -> object:
        """Whether an area's cells are arrays; False where AppleScript doesn't say."""
        try:
            return area.api.has_array.get()
        except Exception:  # an Excel that doesn't know the name: its arrays can't be told
            return False

    def underline(self, area: "xw.Range") -> None:
        """Underline the text of cells."""
        with suppress(Exception):  # a help; the link is one without it
            from appscript import k

            area.api.font_object.underline.set(k.underline_style_single)

    def unlink(self, area: "xw.Range") -> None:
        """Links go with the cells' contents on the Mac."""

    def show_all(
        self, sheet: "xw.Sheet", table: "xw.main.Table | None", columns: Sequence[int]
    ) -> bool:
        """Show the rows that a filter hides; whether there was one. AppleScript doesn't say over what."""
        try:
            sheet.api.show_all_data()
        except Exception:  # AppleScript's error for "nothing is filtered"
            return False
        return True

    def hold_tables(self, app: "xw.App") -> dict[str, bool]:
        """Nothing on the Mac: AppleScript doesn't reach these settings."""
        return {}

    def free_tables(self, app: "xw.App", kept: dict[str, bool]) -> None:
        """Nothing to give back."""

    def protected(self, sheet: "xw.Sheet") -> bool:
        """Whether the sheet is protected."""
        return bool(sheet.api.protect_contents.get())

    def unprotect(self, sheet: "xw.Sheet") -> None:
        """Nothing on the Mac: what a protection allows isn't reported there, so it couldn't be put
        back as it was. The user lifts it."""

    def protect(self, sheet: "xw.Sheet", kept: object) -> None:
        """Nothing to put back."""

    def is_marked(self, book: "xw.Book", fact: str) -> bool:
        """What AppleScript says of a workbook; False where it has no word for it."""
        name = re.sub("(?<=[a-z])(?=[A-Z])", "_", fact).lower()
        try:
            return getattr(book.api, name).get() is True
        except Exception:  # appscript's error for a name that Excel's dictionary lacks
            return False

    def date1904(self, book: "xw.Book") -> bool:
        """Whether the workbook counts days from 1904."""
        return book.api.date_1904.get() is True

    def fixed_sheets(self, book: "xw.Book") -> bool:
        """Whether the workbook's protection forbids to add and to delete sheets."""
        return book.api.protect_structure.get() is True

    def locked(self, area: "xw.Range") -> bool:
        """Whether sheet protection forbids to write into the area."""
        return bool(area.sheet.api.protect_contents.get()) and area.api.locked.get() is not False

    def no_formats(self, sheet: "xw.Sheet") -> bool:
        """Whether sheet protection forbids to change fills. AppleScript doesn't say what it
        still allows; Excel's refusal would then be undone and reported."""
        return False

    def hide_name(self, name: "xw.main.Name") -> None:
        """Keep a name out of the name manager."""
        name.api.visible.set(False)

    def very_hidden(self, sheet: "xw.Sheet") -> bool:
        """Never: on the Mac a hidden sheet may be moved."""
        return False

    def set_very_hidden(self, sheet: "xw.Sheet", hidden: bool) -> None:
        """Never asked for."""

    def freeze_header(self, sheet: "xw.Sheet") -> None:
        """Keep the first row of the sheet in front in sight."""
        with suppress(Exception):  # a help; the sheet is whole without it
            window = sheet.book.app.api.active_window
            window.split_row.set(1)
            window.freeze_panes.set(True)
