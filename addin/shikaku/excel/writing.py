"""Writes into a workbook open in Excel: blocks instead of cells, text that stays text, undo.

The same rules as ``editor``'s for a closed file; what Excel does by itself (calculating, growing
formats) is left to Excel. Every change is noted before it is made, so that a refusal in the
middle can be taken back.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from shikaku.excel.column_values import TEXT, as_constant, write_column
from shikaku.excel.formulas import formulas_of, is_formula, put_formulas
from shikaku.excel.hidden_rows import stretches, visible_rows
from shikaku.excel.marks import Marker, runs
from shikaku.excel.native import native
from shikaku.excel.open_sheet import OpenSheet
from shikaku.excel.protection import Protection
from shikaku.excel.reading import OpenWorkbook, values_of
from shikaku.excel.undo import UndoSteps, formats_of
from shikaku.model.schema import schema
from shikaku.model.tables import Book, CellValue, Table
from shikaku.ooxml import limits
from shikaku.ooxml.formula_shift import moved_down
from shikaku.ooxml.number_formats import is_date
from shikaku.ooxml.styles import HEADING
from shikaku.ooxml.xml_bytes import legal
from shikaku.system.errors import BookError
from shikaku.workbook import header_row, shown_rows
from shikaku.workbook.output_links import linked_columns
from shikaku.workbook.session import FREE, OutRow, address

if TYPE_CHECKING:
    import xlwings as xw

LINK_COLOUR = "#0563C1"
_DAY = "yyyy/m/d"


class Writer:
    """Changes to one open workbook; each method takes effect at once. Raises BookError."""

    def __init__(self, target: "xw.Book", book: Book):
        self.target = target
        self.book = book
        self.journal = UndoSteps()
        self.native = native()
        self.protection = Protection(self.journal)
        self.remarks: list[str] = []  # what there is to say beside the result
        self.marker = Marker(target, self.journal)
        self._workbook = OpenWorkbook(target)
        self._sheets: dict[str, OpenSheet] = {}
        self._unlinked: list[xw.Range] = []

    # ---------------------------------------------------------------- sheets

    def _sheet(self, key: str) -> OpenSheet:
        if key not in self._sheets:
            spec = schema().sheets[key]
            tab = self._workbook.find(spec.name)
            if tab is None:
                self._sheets[key] = self._made(key)
                return self._sheets[key]
            table = self.book.tables.get(key)
            found = OpenSheet.of(tab.sheet, table)
            if table is not None:
                self._complete_header(found, lambda: self._workbook.sheet_xml(tab).rows())
            self._sheets[key] = found
        return self._sheets[key]

    def _made(self, key: str) -> OpenSheet:
        spec = schema().sheets[key]
        if self.native.fixed_sheets(self.target):
            raise BookError(
                f"ブックの構成が保護されているため、シート「{spec.name}」を追加できません。",
                "「校閲」タブの「ブックの保護」を解除してから、もう一度実行してください"
                "(パスワードを求められたら、保護した人に確かめてください)。",
            )
        active = self.target.sheets.active
        sheet = self._added(spec.name)
        self.journal.note_sheet(sheet)
        self.native.freeze_header(sheet)
        active.activate()
        self.book.tables[key] = Table(spec)
        found = OpenSheet(sheet, self.book.tables[key], None, 2)
        self._give_header(found)
        for column, item in enumerate(spec.columns.values(), 1):
            sheet.range((1, column)).column_width = item.width
        return found

    def _added(self, name: str) -> "xw.Sheet":
        """A new sheet behind the others. xlwings puts it before the last one and changes the two;
        where Excel refuses that, or the name (of a chart), the sheet must not stay."""
        sheets = self.target.sheets
        there = {sheet.name for sheet in sheets}
        last = sheets[len(sheets) - 1]
        hidden = self.native.very_hidden(last)
        if hidden:
            self.native.set_very_hidden(last, False)
        try:
            return sheets.add(name, after=last)
        except BaseException:
            for sheet in [sheet for sheet in sheets if sheet.name not in there]:
                sheet.delete()
            raise
        finally:
            if hidden:
                self.native.set_very_hidden(last, True)

    def _complete_header(self, found: OpenSheet, rows: Callable[[], list]) -> None:
        table = found.table
        if not table.columns and not found.excel and not rows():
            self._give_header(found)
            return
        for key, column in header_row.to_put_back(table, rows).items():
            self.protection.lift(found.sheet)
            like = found.sheet.range((table.header_row, header_row.last_label(table)))
            cell = found.sheet.range((table.header_row, column))
            self.journal.note_cells(cell)
            like.autofill(found.sheet.range(like, cell), "fill_formats")
            cell.value = table.spec.label(key)
            table.columns[key] = column

    def _give_header(self, found: OpenSheet) -> None:
        self.protection.lift(found.sheet)
        table = found.table
        table.columns = {key: i for i, key in enumerate(table.spec.columns, 1)}
        area = found.block(1, 1, 1, len(table.columns))
        self.journal.note_cells(area)
        area.number_format = TEXT
        area.value = [[item.label for item in table.spec.columns.values()]]
        self.journal.note(lambda: self.native.set_fill(area, None))
        self.native.paint(area, HEADING)
        area.font.bold = True
        found.next_row = 2

    def _open(self, area: "xw.Range") -> None:
        """Make sure that an area may be written, and keep what stands there. Raises BookError."""
        self.protection.open(area)
        self.journal.note_cells(area)

    # ---------------------------------------------------------------- rows

    def replace_rows(self, key: str, rows: Sequence[OutRow]) -> None:
        """Fill one of our output sheets anew; the old rows go, the sheet's look stays."""
        found = self._sheet(key)
        self.protection.lift(found.sheet)
        table, top = found.table, found.table.header_row + 1
        there = found.room_for(len(rows))
        notes, old_end = there.notes, there.last_own
        columns = found.own_columns()
        end = max(top, table.header_row + len(rows))
        self._drop_totals(found)
        self._show_rows(found, range(top, max(old_end, end) + 1), notes)
        table_end = max(found.end() or old_end, top)
        own = self._own_formulas(found, top, set(table.columns.values()))
        for first, last in runs([n for n in range(top, max(old_end, end) + 1) if n not in notes]):
            for left, right in runs(columns):
                self._clear(found.block(first, last, left, right))
        self._formats_from(found, table_end, end)
        for name, column in table.columns.items():
            values = [row.values.get(name) for row in rows]
            self._write(found, top, column, values)
        self._continue_formulas(found, own, top, top, len(rows))
        self._link(found, key, top, rows)
        self._resize(found, end)
        if rows:
            found.block(top, end, columns[0], columns[-1]).rows.autofit()
        table.last_row = table.header_row + len(rows)
        found.next_row = table.last_row + 1

    def _show_rows(self, found: OpenSheet, rows: range, notes: Collection[int]) -> None:
        """Take a filter off our rows, and say so, and how many rows of these were out of sight."""
        columns = found.own_columns()
        seen = visible_rows(found.block(rows.start, rows.stop - 1, columns[0], columns[-1]))
        filtered = self.native.show_all(found.sheet, found.excel, columns)
        hidden = len({*rows} - seen - {*notes})
        if message := shown_rows.message(found.sheet.name, hidden, filtered=filtered):
            self.remarks.append(message)

    def _clear(self, area: "xw.Range") -> None:
        """Make an area of old rows an empty one in sight."""
        self._open(area)
        area.rows.hidden = False
        if area.merge_cells is not False:
            area.unmerge()
        self._unlinked.append(area)
        area.clear_contents()

    def append_rows(self, key: str, rows: Sequence[Mapping[str, CellValue]]) -> None:
        """Add rows below the last filled one; formulas go on as in the row above."""
        found = self._sheet(key)
        if not rows:
            return
        self.protection.lift(found.sheet)
        table = found.table
        start, end = found.next_row, found.next_row + len(rows) - 1
        found.refuse_others(end)
        totals = self._drop_totals(found)
        above = start - 1 if start - 1 > table.header_row else start
        given = {
            table.columns[name]
            for name in {name for row in rows for name in row}
            if name in table.columns and table.spec.columns[name].type != "formula"
        }
        formulas = self._own_formulas(found, above, given)
        for left, right in runs(found.columns()):
            self._open(found.block(start, end, left, right))
        self._show(found, start, end)
        self._formats_from(found, above, end)
        self._resize(found, end)
        for name, column in table.columns.items():
            if column in given:
                self._write(found, start, column, [row.get(name) for row in rows])
        self._continue_formulas(found, formulas, above, start, len(rows))
        if totals and found.excel is not None:
            found.excel.show_totals = True
        table.last_row, found.next_row = end, end + 1

    def _show(self, found: OpenSheet, first: int, last: int) -> None:
        """Show rows that are to be added: under a filter the prepared ones of a table are out of sight."""
        seen = visible_rows(found.block(first, last, 1, 1))
        for top, end in runs([row for row in range(first, last + 1) if row not in seen]):
            lines = found.block(top, end, 1, 1).rows
            self.journal.note(partial(setattr, lines, "hidden", True))
            lines.hidden = False

    def _drop_totals(self, found: OpenSheet) -> bool:
        if found.excel is None or not found.excel.show_totals:
            return False
        found.excel.show_totals = False
        self.journal.note(partial(setattr, found.excel, "show_totals", True))
        return True

    def _formats_from(self, found: OpenSheet, like: int, end: int) -> None:
        """The rows below ``like`` get its look, without a mark that it may carry."""
        if end <= like:
            return
        columns = found.columns()
        if self.native.hidden(found.block(like, like, columns[0], columns[0])):
            # Under a filter Excel fills nothing from a row out of sight.
            for column in columns:
                code = found.sheet.range((like, column)).number_format
                found.block(like + 1, end, column, column).number_format = code
            return
        for left, right in runs(columns):
            pattern = found.block(like, like, left, right)
            pattern.autofill(found.block(like, end, left, right), "fill_formats")
        for column in columns:
            copies = found.block(like + 1, end, column, column)
            self.marker.clean_copy(found.sheet.range((like, column)), copies)

    def _own_formulas(self, found: OpenSheet, row: int, not_in: set[int]) -> dict[int, str]:
        """Column → formula of a row, but for some columns."""
        columns = found.columns()
        first, last = columns[0], columns[-1]
        area = found.block(row, row, first, last)
        texts, values = formulas_of(area)[0], values_of(area, errors=True)[0]
        return {
            column: text
            for column, text, value in zip(range(first, last + 1), texts, values, strict=True)
            if column in columns and column not in not_in and is_formula(text, value)
        }

    def _continue_formulas(
        self, found: OpenSheet, formulas: dict[int, str], source: int, start: int, count: int
    ) -> None:
        """Put the formulas of the row ``source`` into the rows from ``start``, moved down."""
        for column, text in formulas.items() if count else ():
            area = found.block(start, start + count - 1, column, column)
            # A cell that was given a formula first and the format of text later makes text of it.
            as_text = [part for part, code in formats_of(area) if code == TEXT]
            self._format(as_text, "General")
            put_formulas(area, [moved_down(text, start + i - source) for i in range(count)])
            self._format(as_text, TEXT)

    @staticmethod
    def _format(areas: Sequence["xw.Range"], code: str) -> None:
        for area in areas:
            for part in stretches(area):
                part.number_format = code

    def _resize(self, found: OpenSheet, end: int) -> None:
        """Let the Excel table end at a row (it grows for new rows, shrinks only when ours)."""
        excel = found.excel
        if excel is None:
            return
        old = excel.range
        first, last = old.column, old.column + old.shape[1] - 1
        shrinks = found.table.spec.role == "output"
        if end > found.end() or (end < found.end() and shrinks):
            self.journal.resize(excel, found.block(old.row, end, first, last))

    def _link(self, found: OpenSheet, key: str, top: int, rows: Sequence[OutRow]) -> None:
        """The rows' links as a column of HYPERLINK(), in one write and without a limit; Excel's
        own kind would take a call each."""
        columns = linked_columns(key, found.table)
        if not columns or not rows:
            return
        name, column = next(iter(columns.items()))
        area = found.block(top, top + len(rows) - 1, column, column)
        area.number_format = "General"
        area.formula = [[self._linked(row, row.values.get(name))] for row in rows]
        area.font.color = LINK_COLOUR
        self.native.underline(area)

    def _linked(self, row: OutRow, value: CellValue) -> object:
        if value in (None, ""):
            return ""
        plain = isinstance(value, str) and limits.units(value) > limits.FORMULA_TEXT
        if row.link is None or plain:
            return as_constant(value)
        place = address(self.book, row.link).replace('"', '""')
        shown = (
            f"{value}"
            if isinstance(value, int)
            else f'"{legal(str(value)).replace(chr(34), chr(34) * 2)}"'
        )
        return f'=HYPERLINK("#{place}",{shown})'

    def finish(self) -> None:
        """What can't be taken back, when everything else is done: the links of the rows that have
        gone. Each area is one call, which Excel makes or refuses."""
        for area in self._unlinked:
            self.native.unlink(area)
        self._unlinked.clear()

    # ---------------------------------------------------------------- cells

    def set_cells(self, cells: Iterable[tuple[str, int, str, CellValue]]) -> None:
        """Set single cells; columns that aren't there, and formulas, are left out."""
        columns: dict[tuple[str, int], dict[int, CellValue]] = {}
        for key, row, name, value in cells:
            found = self._sheet(key)
            if key in FREE:
                columns.setdefault((key, 2), {})[row] = value
                continue
            spec = found.table.spec
            column = found.table.columns.get(name)
            if (
                column is not None
                and (spec.columns.get(name) or spec.extra[name]).type != "formula"
            ):
                columns.setdefault((key, column), {})[row] = value
        for (key, column), values in columns.items():
            for first, last in runs(sorted(values)):
                found = self._sheet(key)
                self._open(found.block(first, last, column, column))
                run = [values[row] for row in range(first, last + 1)]
                self._write(found, first, column, run)

    def _write(self, found: OpenSheet, row: int, column: int, values: Sequence[CellValue]) -> None:
        write_column(found.sheet, row, column, values, partial(self._day_format, found, column))

    def mark(self, places: Mapping[tuple[str, int, int], str]) -> None:
        """Mark cells, (sheet key, Excel row, Excel column) → severity; older marks go first."""
        tabs = {  # no column is put back for a mark
            key: self._workbook.find(spec.name)
            for key, spec in schema().sheets.items()
            if spec.role in ("input", "ledger")
        }
        sheets = {key: tab.sheet for key, tab in tabs.items() if tab is not None}
        for key in {place[0] for place in places} & set(sheets):
            if self.native.no_formats(sheets[key]):
                self.protection.lift(sheets[key])
        self.marker.mark(sheets, places)

    def _day_format(self, found: OpenSheet, column: int) -> str:
        """The format of the column's other days, else year/month/day."""
        # A job may have put rows to the table that stand in no sheet yet: they have no number.
        rows = found.read.rows[:50] if found.read else []
        numbers = [row.number for row in rows if row.number]
        for number in numbers:
            code = found.sheet.range((number, column)).number_format
            if code and is_date(code):
                return code
        return _DAY
