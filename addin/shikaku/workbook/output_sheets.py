"""Our output sheets (検証結果, 資格確認書判定) filled anew: the old rows go, the sheet's look stays."""

from collections.abc import Collection, Mapping, Sequence
from itertools import chain

from shikaku.model.tables import Book, CellValue
from shikaku.ooxml import limits, sheet_tail
from shikaku.ooxml.addresses import LAST_ROW, Area
from shikaku.ooxml.sheet_tail import RowLink
from shikaku.ooxml.styles import Styles
from shikaku.ooxml.text_wrap import lines_of
from shikaku.workbook.common_parts import Workbook
from shikaku.workbook.edited_sheet import EditedSheet
from shikaku.workbook.output_links import linked_columns, row_links, within_limits
from shikaku.workbook.own_rows import refuse_notes
from shikaku.workbook.session import OutRow
from shikaku.workbook.whole_rows import WholeRows
from shikaku.workbook.written_looks import WrittenLooks


class OutputSheets:
    """Fills them. remarks: what there is to say beside the result."""

    def __init__(self, workbook: Workbook, book: Book, looks: WrittenLooks) -> None:
        self._workbook, self._book, self._looks = workbook, book, looks
        self._styles: Styles = workbook.styles
        # sheet, column, style → size of the font in points (0: it doesn't wrap), room in characters
        self._rooms: dict[tuple[EditedSheet, int, int], tuple[float, float]] = {}
        self._link_fonts: dict[int, int] = {}  # style → the same with the look of a link
        self.remarks: list[str] = []

    def room_for(self, sheet: EditedSheet, count: int) -> set[int]:
        """The rows of notes on a sheet that is to be filled anew with so many rows. Raises BookError where
        somebody else's cells are in their way."""
        sheet.refuse_others(LAST_ROW)
        notes = sheet.notes(self._workbook.values(sheet.patch.xml))
        top = sheet.table.header_row + 1
        refuse_notes(sheet.sheet.name, range(top, top + max(1, count)), notes)
        return notes

    def fill(self, sheet: EditedSheet, rows: Sequence[OutRow]) -> None:
        """Put these rows in the place of the old ones. Raises BookError as ``room_for``."""
        table, patch = sheet.table, sheet.patch
        columns = sheet.own_columns()
        first, last = columns[0], columns[-1]
        rows = within_limits(table.spec, rows)
        top, end = table.header_row + 1, table.header_row + max(1, len(rows))
        notes = self.room_for(sheet, len(rows))
        formulas = sheet.formulas()
        linked = linked_columns(table.spec.key, table)
        whole = self._whole_rows(sheet, rows, top, linked)
        if not formulas:
            whole.find()
        kept = whole.there.keys() | whole.standing | notes
        old_end = max(sheet.clear(top, set(columns), kept), whole.last_filled(), top)
        at = 0
        while at < len(rows):
            if at and not formulas and (count := whole.put_from(top + at)):
                at += count
                continue
            number, row = top + at, rows[at]
            at += 1
            patch.open_row(number, top)
            own = {c: self._looks.style_for(sheet, number, top, c) for c in columns}
            self._put_row(sheet, number, self._cells_of(sheet, row, own, linked))
            for column, formula in formulas.items():
                patch.put_formula(number, column, formula, None, own[column])
        links = row_links(self._book, rows, top, linked)
        if sheet.excel_table:
            old_end = max(old_end, sheet.excel_table.end)
        self._end_rows(sheet, (first, top, last, old_end), end, links, notes)
        table.last_row = table.header_row + len(rows)
        sheet.next_row = table.last_row + 1

    def _end_rows(
        self,
        sheet: EditedSheet,
        old: Area,
        end: int,
        links: Sequence[RowLink],
        notes: Collection[int],
    ) -> None:
        """Let what goes with rows of ours end with the new ones: the Excel table, filters, rules, merged cells,
        links. old: where the old rows stood; end: the last of the new ones."""
        first, top, last, old_end = old
        touched, p = (first, top, last, max(old_end, end)), sheet.patch.p
        if message := sheet.show_rows(range(top, touched[3] + 1), notes):
            self.remarks.append(message)
        tail, old_links = sheet_tail.links_apart(sheet.tail, p)
        tail = sheet_tail.unmerged(tail, p, touched, notes)
        tail = sheet_tail.extended(tail, p, old, end)
        if sheet.excel_table:
            sheet.excel_table.resize(end, drop_filter=True, drop_totals=True)
        else:
            tail = sheet_tail.refiltered(tail, p, first, top - 1, last, end)
        tail = sheet_tail.links_back(tail, p, old_links)
        sheet.tail = sheet_tail.linked(tail, p, touched, links, notes)

    def _put_row(
        self, sheet: EditedSheet, number: int, cells: Sequence[tuple[int, CellValue, int]]
    ) -> None:
        """Write a row of ours, as high as its texts need."""
        for column, value, style in cells:
            sheet.patch.put(number, column, value, style)
        heights = [self._heights(sheet, column, [value], style) for column, value, style in cells]
        sheet.patch.set_height(number, max(chain.from_iterable(heights), default=0) or None)

    def _cells_of(
        self, sheet: EditedSheet, row: OutRow, looks: Mapping[int, int], linked: Mapping[str, int]
    ) -> list[tuple[int, CellValue, int]]:
        """(column, value, style) of the cells of a row of ours. looks: style by column."""
        assert sheet.table is not None
        return [
            (
                column,
                *self._cell_of(sheet, column, value, looks[column], row.link and name in linked),
            )
            for name, column in sheet.table.columns.items()
            for value in [row.values.get(name)]
        ]

    def _whole_rows(
        self, sheet: EditedSheet, rows: Sequence[OutRow], top: int, linked: Mapping[str, int]
    ) -> WholeRows:
        """What writes rows of ours whole, as the first one looks."""

        def look(column: int, style: int) -> int:
            return self._looks.look(sheet, style, top, column)

        def make(
            column: int, values: Sequence[CellValue], style: int, linked: bool, behind: bytes
        ) -> tuple[list[bytes], list[float]]:
            _, style = self._cell_of(sheet, column, values[0], style, linked)
            cells = sheet.patch.behind_addresses(values, style, behind)
            return cells, self._heights(sheet, column, values, style)

        return WholeRows(sheet, rows, top, linked, look, make)

    def _cell_of(
        self, sheet: EditedSheet, column: int, value: CellValue, style: int, linked: object
    ) -> tuple[CellValue, int]:
        """Value and style of a cell of a row of ours. linked: whether it carries a link."""
        if linked and value is not None:
            if style not in self._link_fonts:
                self._link_fonts[style] = self._styles.with_link_font(style)
            style = self._link_fonts[style]
        return self._looks.as_written(sheet, column, value, style)

    def _heights(
        self, sheet: EditedSheet, column: int, values: Sequence[CellValue], style: int
    ) -> list[float]:
        """Points that a text of several lines needs, by value; 0 when the usual height does, none where it does
        for all."""
        if (sheet, column, style) not in self._rooms:
            size = self._styles.font_size(style) if self._styles.wraps(style) else 0.0
            width = sheet.patch.width(column) * self._styles.font_size(0) / size if size else 0.0
            self._rooms[sheet, column, style] = size, width
        size, width = self._rooms[sheet, column, style]
        if not size:
            return []
        lines = [lines_of(value, width) if isinstance(value, str) else 1 for value in values]
        return [
            0.0 if n == 1 else min(round(n * size * 1.45 + 4, 1), limits.ROW_HEIGHT) for n in lines
        ]
