"""How a cell that we write looks, and how its value goes into it."""

import datetime as dt

from shikaku.model.tables import CellValue
from shikaku.ooxml import limits
from shikaku.ooxml.number_formats import is_date
from shikaku.ooxml.styles import Styles
from shikaku.workbook.changed_parts import ChangedParts
from shikaku.workbook.edited_sheet import EditedSheet
from shikaku.workbook.mark_styles import Marking


class WrittenLooks:
    """Looks are indexes in ``cellXfs``; those of the user's cells stay, without a mark of ours."""

    def __init__(self, styles: Styles, marking: Marking, parts: ChangedParts) -> None:
        self._styles, self._marking, self._parts = styles, marking, parts
        self._dates: dict[int, bool] = {}  # style → whether it shows days

    def style_for(self, sheet: EditedSheet, row: int, like: int, column: int) -> int:
        """The look of a cell to write: its own, else that of the row it follows, unmarked."""
        patch = sheet.patch
        style = patch.style(row, column) if patch.has_cell(row, column) else 0
        return self.look(sheet, style, like, column)

    def look(self, sheet: EditedSheet, style: int, like: int, column: int) -> int:
        """The same of a cell with a style, 0 for none."""
        style = style or sheet.patch.style(like, column)
        if not style and self._parts.is_new(sheet.sheet.part):
            return self._styles.wrapped()
        return self._marking.unmarked(style)

    def as_written(
        self, sheet: EditedSheet, column: int, value: CellValue, style: int
    ) -> tuple[CellValue, int]:
        """A value and a style as they go into a cell of a column: a day looks like one, no text is too
        long."""
        if isinstance(value, dt.date) and not self._is_date(style):
            rows = sheet.table.rows if sheet.has_table else ()
            near = (sheet.patch.style(other.number, column) for other in rows[:50])
            style = self._styles.with_date_format(style, next(filter(self._is_date, near), None))
        if isinstance(value, str):
            value = limits.cell_text(value)
        return value, style

    def _is_date(self, style: int) -> bool:
        if style not in self._dates and style < self._styles.count():
            self._dates[style] = is_date(self._styles.code(style))
        return self._dates.get(style, False)
