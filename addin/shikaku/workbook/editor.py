"""Writes into a workbook as changed parts: our sheets filled, ledgers extended, cells marked.

Works in memory on one snapshot of the file; ``parts`` says what came of it. What isn't named there
stays as it is, byte for byte.
"""

from collections.abc import Iterable, Mapping, Sequence

from shikaku.model.schema import Sheet, schema
from shikaku.model.tables import Book, CellValue, Table
from shikaku.ooxml import sheet_tail, workbook_part, xml_bytes
from shikaku.ooxml.package import MAX_PART
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.ooxml.table_part import around, pivots_of, tables_of
from shikaku.workbook import header_row, mark_colours
from shikaku.workbook.appended_rows import AppendedRows
from shikaku.workbook.changed_parts import ChangedParts
from shikaku.workbook.common_parts import Workbook
from shikaku.workbook.edited_sheet import EditedSheet
from shikaku.workbook.mark_styles import Marking
from shikaku.workbook.output_sheets import OutputSheets
from shikaku.workbook.session import FREE, OutRow
from shikaku.workbook.written_looks import WrittenLooks


class Editor:
    """Changes to one workbook. Raises BookError when a sheet can't take them."""

    def __init__(self, workbook: Workbook, book: Book, more: Mapping[str, Sheet] | None = None):
        """more: sheets beyond the employer's workbook (the desk's), by key."""
        self.workbook = workbook
        self.package = workbook.package
        self.book = book
        self._specs = {**schema().sheets, **(more or {})}
        self.styles = workbook.styles
        self._sheets: dict[str, EditedSheet] = {}
        self._whole: set[str] = set()  # those with all columns of ours
        self._parts = ChangedParts(workbook)
        self._entered: set[tuple[str, int]] = set()  # (key, row) of the cells set
        self._appended: dict[str, set[int]] = {}  # rows that came with their formulas' results
        names = workbook_part.names(self.package.xml(self.package.main))
        self.marking = Marking(self.styles, names)
        self._looks = WrittenLooks(self.styles, self.marking, self._parts)
        self._output = OutputSheets(workbook, book, self._looks)

    @property
    def remarks(self) -> list[str]:
        """What there is to say beside the result."""
        return self._output.remarks

    # ---------------------------------------------------------------- sheets

    def _sheet(self, key: str) -> EditedSheet:
        """A sheet of ours to write rows and cells into, made when the workbook has none; columns of ours that are gone
        come back."""
        if key not in self._whole:
            if key not in self._sheets and self.workbook.find(self._specs[key].name) is None:
                self._made(key)
            elif (sheet := self._opened(key)).has_table:
                self._complete_header(sheet)
            self._whole.add(key)
        return self._sheets[key]

    def _opened(self, key: str) -> EditedSheet:
        """A sheet of the workbook as it is: for what only looks of cells, or their last results, change in."""
        if key not in self._sheets:
            found = self.workbook.find(self._specs[key].name)
            assert found is not None
            xml = self.workbook.sheet_xml(found)
            try:
                sheet = EditedSheet(found, self.book.tables.get(key), xml, self.workbook.date1904)
                tables = tables_of(self.package, found.part)
                pivots = pivots_of(self.package, found.part)
            except xml_bytes.BadMarkup:
                raise self.workbook.damaged(found) from None
            if sheet.has_table:
                header = sheet.table.header_row
                sheet.excel_table = around(tables, header, sheet.table.columns.values())
                sheet.others = [(t.name, t.area()) for t in tables if t is not sheet.excel_table]
                sheet.others += pivots
            sheet.any_tables = bool(tables)
            self._sheets[key] = sheet
        return self._sheets[key]

    def _complete_header(self, sheet: EditedSheet) -> None:
        table, xml = sheet.table, sheet.patch.xml
        if not table.columns and not sheet.any_tables and next(xml.rows(), None) is None:
            self._give_header(sheet)
            return
        header = table.header_row
        for key, column in header_row.to_put_back(table, xml.rows).items():
            style = sheet.patch.style(header, header_row.last_label(table))
            sheet.patch.put(header, column, table.spec.label(key), style)
            table.columns[key] = column

    def _made(self, key: str) -> EditedSheet:
        spec = self._specs[key]
        part, data = self._parts.add_sheet(spec)
        table = Table(spec, columns={key: i for i, key in enumerate(spec.columns, 1)})
        self.book.tables[key] = table
        sheet = EditedSheet(part, table, SheetXml(data), self.workbook.date1904)
        self._give_header(sheet)
        self._sheets[key] = sheet
        return sheet

    def _give_header(self, sheet: EditedSheet) -> None:
        table = sheet.table
        table.columns = {key: i for i, key in enumerate(table.spec.columns, 1)}
        for key, column in table.columns.items():
            sheet.patch.put(1, column, table.spec.label(key), self.styles.heading())
        sheet.next_row = 2

    # ---------------------------------------------------------------- rows

    def ask_room(self, key: str, count: int) -> None:
        """Raise BookError where what somebody else put on an output sheet is in the way of so many rows."""
        if self.workbook.find(self._specs[key].name) is not None:
            self._output.room_for(self._sheet(key), count)

    def replace_rows(self, key: str, rows: Sequence[OutRow]) -> None:
        """Fill one of our output sheets anew; the old rows go, the sheet's look stays."""
        self._output.fill(self._sheet(key), rows)

    def append_rows(self, key: str, rows: Sequence[Mapping[str, CellValue]]) -> None:
        """Add rows below the last filled one. Values of formula columns are stored as the last
        result of the formula, which goes on as in the row above."""
        sheet = self._sheet(key)
        if not rows:
            return
        self._entered.add((key, 0))
        table, excel = sheet.table, sheet.excel_table
        start, end = sheet.next_row, sheet.next_row + len(rows) - 1
        sheet.refuse_others(end)
        self._appended.setdefault(key, set()).update(range(start, end + 1))
        above = start - 1 if start - 1 > table.header_row else start
        old_end = max(excel.last_data_row() if excel else above, table.header_row + 1)
        if excel and excel.has_totals and start <= excel.end <= end:
            sheet.move_totals(end + 1)
        self._append_cells(sheet, rows, above)
        if excel and not (excel.has_totals and start > excel.end):
            excel.resize(max(end, excel.last_data_row()) + excel.has_totals)
        if end > old_end:
            columns = sheet.columns()
            place = (columns[0], table.header_row + 1, columns[-1], old_end)
            sheet.tail = sheet_tail.extended(sheet.tail, sheet.patch.p, place, end)
        table.last_row, sheet.next_row = end, end + 1

    def _append_cells(
        self, sheet: EditedSheet, rows: Sequence[Mapping[str, CellValue]], above: int
    ) -> None:
        """Fill the rows from the next one on as row ``above`` looks and calculates."""
        new = AppendedRows(
            sheet, above, self._looks.style_for, self._looks.look, self._looks.as_written
        )
        self._refuse_too_many(len(rows), new.repeated_formulas())
        new.put(dict(enumerate(rows, sheet.next_row)))

    def _refuse_too_many(self, rows: int, formulas: Iterable[str | None]) -> None:
        """Raise BookError where the formulas alone make a sheet that could not be read again."""
        if rows * sum(len(text.encode()) for text in formulas if text) > MAX_PART:
            raise self.package.too_large()

    # ---------------------------------------------------------------- cells

    def set_cell(self, key: str, row: int, name: str, value: CellValue) -> None:
        """Set one cell; a column that isn't there is left out. Of a formula column only the
        stored result changes."""
        sheet = self._sheet(key)
        self._entered.add((key, row))
        if key in FREE:
            self._write(sheet, row, 2, value, sheet.patch.style(row, 2))
            if key == "cover":  # a thin line until now
                sheet.patch.set_height(row, 20)
            return
        column = sheet.table.columns.get(name)
        if column is None:
            return
        spec = sheet.table.spec
        if (spec.columns.get(name) or spec.extra[name]).type == "formula":
            sheet.patch.put_cached(row, column, value)
        else:
            self._write(sheet, row, column, value, sheet.patch.style(row, column))

    def format_of(self, key: str, row: int, name: str) -> str:
        """The number format of one cell ("" for General, and where the column isn't there)."""
        sheet = self._sheet(key)
        column = sheet.table.columns.get(name)
        return "" if column is None else self.styles.code(sheet.patch.style(row, column))

    def set_format(self, key: str, row: int, name: str, code: str) -> None:
        """Give one cell a number format ("" for General), the rest of its look stays; a column that isn't
        there is left out."""
        sheet = self._sheet(key)
        column = sheet.table.columns.get(name)
        if column is None:
            return
        style = self.styles.with_format(sheet.patch.style(row, column), code)
        sheet.patch.restyle(row, column, style)

    def _write(
        self, sheet: EditedSheet, row: int, column: int, value: CellValue, style: int
    ) -> None:
        sheet.patch.put(row, column, *self._looks.as_written(sheet, column, value, style))

    # ---------------------------------------------------------------- marks

    def mark(self, places: Mapping[tuple[str, int, int], str]) -> None:
        """Mark cells, (sheet key, Excel row, Excel column) → severity; older marks go first."""
        sheets = schema().sheets
        present = [
            key
            for key, spec in sheets.items()
            if spec.role in ("input", "ledger") and self.workbook.find(spec.name)
        ]
        old = self.marking.marks()
        # Marked before and now: style, and style without a mark.
        again: dict[tuple[str, int, int], tuple[int, int]] = {}
        for key in present if old else ():
            sheet = self._opened(key)
            for row, column, style in sheet.patch.styled(set(old)):
                if (key, row, column) in places:
                    again[key, row, column] = style, old[style]
                else:
                    sheet.patch.restyle(row, column, old[style])
            sheet.head = sheet.patch.restyle_lines(old) or sheet.head
        for place, severity in sorted(places.items()):
            key, row, column = place
            if key in present:
                patch = self._opened(key).patch
                now, before = again.get(place, (None, None))
                style = patch.style(row, column) if before is None else before
                marked = self.marking.marked(style, severity)
                new = before if marked is None else marked
                if new is not None and new != now:
                    patch.restyle(row, column, new)
        main = self.package.main
        names = self.marking.underneath.names()
        named = workbook_part.with_names(self._parts.part(main), mark_colours.NAME, names)
        self._parts.change(main, named)

    # ---------------------------------------------------------------- results of formulas

    def _forget_results(self) -> None:
        """What our formulas gave before a cell changed is true no more. Programs that don't work
        formulas out when they open a file (LibreOffice, Excel's protected view) would show it."""
        sheets = schema().sheets
        entered = {
            (key, row)
            for key, row in self._entered
            if key == "ledger" or (key in sheets and sheets[key].role == "input")
        }
        for key, spec in sheets.items() if entered else ():
            rows = _stale_rows(key, entered)
            if rows and self.workbook.find(spec.name):
                sheet = self._opened(key)
                columns = sheet.result_columns()
                for row in rows:
                    sheet.patch.forget_results(row, columns, self._appended.get(key, ()))

    # ---------------------------------------------------------------- outcome

    def parts(self) -> tuple[dict[str, bytes], dict[str, bytes], set[str]]:
        """(changed, added, removed): entry name → new content, new part → content, entry names.

        Raises BookError when what we made isn't sound XML (then nothing may be written).
        """
        self._forget_results()
        parts = self._parts
        formulas = content = False
        for sheet in self._sheets.values():
            patch = sheet.patch
            data, to_check = _written(sheet)
            if data != patch.xml.data:
                parts.put_sheet(sheet.sheet.part, data, to_check)
                content = True
                formulas = formulas or patch.formulas_changed
            if table := sheet.excel_table:
                parts.change(table.part, table.data)
        styles = self.styles.result()
        if styles is not None:
            parts.put_styles(styles)
        if content:
            parts.calculate_anew(formulas=formulas)
        return parts.entries()


def _written(sheet: EditedSheet) -> tuple[bytes, bytes]:
    """A sheet as it will be, and what of it has to be checked."""
    patch = sheet.patch
    data = patch.xml.data
    old_head, old_tail = data[slice(*patch.xml.head)], data[slice(*patch.xml.tail)]
    head = sheet_tail.dimension(sheet.head or old_head, patch.p, *patch.rows.extent())
    return patch.rows.written(
        head if head != old_head else None, sheet.tail if sheet.tail != old_tail else None
    )


def _stale_rows(key: str, entered: set[tuple[str, int]]) -> Sequence[int | None]:
    """The rows of a sheet whose formulas see one of the cells set; None: every row."""
    if key == "cover" or any(other in ("settings", "closed_days") for other, _ in entered):
        return [None]
    if key == "ledger":  # its results are written together with what they come from
        return []
    return sorted(row for other, row in entered if other == key and row)
