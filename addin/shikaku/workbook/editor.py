"""Writes into a workbook as changed parts: our sheets filled, ledgers extended, cells marked.

Works in memory on one snapshot of the file; ``parts`` says what came of it. What isn't named there
stays as it is, byte for byte.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from shikaku.model.schema import Sheet, schema
from shikaku.model.tables import Book, CellValue, Table
from shikaku.ooxml import limits, new_sheet, plain_form, sheet_tail, workbook_part, xml_bytes
from shikaku.ooxml.formula_shift import moved_down
from shikaku.ooxml.number_formats import is_date
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.ooxml.sheet_patch import SheetPatch
from shikaku.ooxml.sheet_tail import Area
from shikaku.ooxml.table_part import TablePart, tables_of
from shikaku.ooxml.text_wrap import lines_of
from shikaku.workbook import book_id, header_row, mark_colours
from shikaku.workbook.mark_styles import Marking
from shikaku.workbook.reader import SheetPart, Workbook
from shikaku.workbook.session import FREE, OutRow, address

LINKED = {"findings": ("sheet", "row", "item"), "decisions": ("sheet", "row", "name")}
"""The columns of our output sheets whose cells carry the row's link."""


def linked_columns(key: str, table: Table) -> dict[str, int]:
    """The columns of one link a row: those of LINKED that lie side by side from the first on."""
    found = sorted(
        (table.columns[name], name) for name in LINKED.get(key, ()) if name in table.columns
    )
    return {name: column for n, (column, name) in enumerate(found) if column == found[0][0] + n}


def _last_filled(row: OutRow, linked: Mapping[str, int]) -> int:
    """Where a row's link ends, so that none lies on an empty cell; 0 without any to carry it."""
    last = 0
    for name, column in linked.items():
        if row.values.get(name) in (None, ""):
            break
        last = column
    return last


def _within_limits(spec: Sheet, rows: Sequence[OutRow]) -> Sequence[OutRow]:
    """The rows as Excel bears them: beyond its number of links without one, and a last line that
    says so."""
    if len(rows) <= limits.LINKS:
        return rows
    room = limits.ROWS - 10_000  # what a sheet may have above its table
    kept = [*rows[: limits.LINKS], *(replace(row, link=None) for row in rows[limits.LINKS : room])]
    words = f"{limits.LINKS:,}行より下の行には、セルへのリンクがありません(Excelの上限です)。"
    if len(rows) > room:
        words += f"{len(rows) - room:,}行は、シートに入りきらないため書いていません。"
    column = next(name for name in ("message", "why") if name in spec.columns)
    return [*kept, OutRow({column: words})]


class _EditedSheet:
    """One sheet being changed: its table, its patch, its Excel table, the tail of its XML."""

    def __init__(self, sheet: SheetPart, table: Table | None, xml: SheetXml, date1904: bool):
        self.sheet = sheet
        self.has_table = table is not None
        self._table = table
        self.patch = SheetPatch(xml, date1904)
        self.tail = xml.data[slice(*xml.tail)]
        self.head: bytes | None = None
        self.excel_table: TablePart | None = None
        self.next_row = table.last_row + 1 if table else 0

    @property
    def table(self) -> Table:
        """The table of a sheet that has one: of all but 設定 and 表紙."""
        if self._table is None:
            raise ValueError(self.sheet.part)
        return self._table

    def columns(self) -> list[int]:
        """The Excel columns of the table, and those of ours beside it."""
        ours = self.table.columns.values()
        if self.excel_table:
            return sorted({*range(self.excel_table.first, self.excel_table.last + 1), *ours})
        edges = (*ours, *self.table.unknown_labels.values())
        return list(range(min(edges), max(edges) + 1))


class Editor:
    """Changes to one workbook. Raises BookError when a sheet can't take them."""

    def __init__(self, workbook: Workbook, book: Book, more: Mapping[str, Sheet] | None = None):
        """more: sheets beyond the employer's workbook (the desk's), by key."""
        self.workbook = workbook
        self.package = workbook.package
        self.book = book
        self._specs = {**schema().sheets, **(more or {})}
        self.styles = workbook.styles
        self._sheets: dict[str, _EditedSheet] = {}
        self._changed: dict[str, bytes] = {}  # parts other than sheets, by name
        self._added: dict[str, bytes] = {}
        self._dates: dict[int, bool] = {}  # style → whether it shows days
        self._entered: set[tuple[str, int]] = set()  # (key, row) of the cells set
        self._appended: dict[str, set[int]] = {}  # rows that came with their formulas' results
        names = workbook_part.names(self.package.xml(self.package.main))
        self.marking = Marking(self.styles, names)

    # ---------------------------------------------------------------- sheets

    def _sheet(self, key: str) -> _EditedSheet:
        """A sheet of ours, made when the workbook has none."""
        if key not in self._sheets:
            spec = self._specs[key]
            found = self.workbook.find(spec.name)
            if found is None:
                return self._made(key)
            xml = self.workbook.sheet_xml(found)
            try:
                sheet = _EditedSheet(found, self.book.tables.get(key), xml, self.workbook.date1904)
                tables = tables_of(self.package, found.part)
            except xml_bytes.BadMarkup:
                raise self.workbook.damaged(found) from None
            if sheet.has_table:
                header = sheet.table.header_row
                sheet.excel_table = next((t for t in tables if t.header == header), None)
                self._complete_header(sheet, xml, has_table=bool(tables))
            self._sheets[key] = sheet
        return self._sheets[key]

    def _complete_header(self, sheet: _EditedSheet, xml: SheetXml, *, has_table: bool) -> None:
        table = sheet.table
        if not table.columns and not has_table and next(xml.rows(), None) is None:
            self._give_header(sheet)
            return
        header = table.header_row
        for key, column in header_row.to_put_back(table, xml.rows).items():
            style = sheet.patch.style(header, header_row.last_label(table))
            sheet.patch.put(header, column, table.spec.label(key), style)
            table.columns[key] = column

    def _made(self, key: str) -> _EditedSheet:
        spec = self._specs[key]
        part = new_sheet.free_part(self.package, self._added)
        strict = xml_bytes.MAIN[1] in self.package.xml(self.package.main)
        data = new_sheet.sheet_xml([column.width for column in spec.columns.values()], strict)
        rels = new_sheet.rels_of(self.package.main)
        new_rels, relation = workbook_part.with_relation(
            self._part(rels), "worksheet", "/" + part, strict
        )
        main = workbook_part.with_sheet(self._part(self.package.main), spec.name, relation, strict)
        self._changed[self.package.main] = main
        self._changed[rels] = new_rels
        types = "[Content_Types].xml"
        self._changed[types] = workbook_part.with_type(self._part(types), part, "worksheet")
        self._added[part] = data
        table = Table(spec, columns={key: i for i, key in enumerate(spec.columns, 1)})
        self.book.tables[key] = table
        sheet = _EditedSheet(
            SheetPart(spec.name, part), table, SheetXml(data), self.workbook.date1904
        )
        self._give_header(sheet)
        self._sheets[key] = sheet
        return sheet

    def _give_header(self, sheet: _EditedSheet) -> None:
        table = sheet.table
        table.columns = {key: i for i, key in enumerate(table.spec.columns, 1)}
        for key, column in table.columns.items():
            sheet.patch.put(1, column, table.spec.label(key), self.styles.heading())
        sheet.next_row = 2

    def _part(self, name: str) -> bytes:
        return self._changed[name] if name in self._changed else self.package.xml(name)

    # ---------------------------------------------------------------- rows

    def replace_rows(self, key: str, rows: Sequence[OutRow]) -> None:
        """Fill one of our output sheets anew; the old rows go, the sheet's look stays."""
        sheet = self._sheet(key)
        table, patch = sheet.table, sheet.patch
        columns = sheet.columns()
        first, last = columns[0], columns[-1]
        top = table.header_row + 1
        old_end = max(self._clear(sheet, top, set(columns)), top)
        formulas = self._formulas(sheet)
        links: dict[Area, str] = {}
        linked = linked_columns(key, table)
        rows = _within_limits(table.spec, rows)
        for number, row in enumerate(rows, top):
            patch.open_row(number, top)
            height = None
            for name, column in table.columns.items():
                style = self._style_for(sheet, number, top, column)
                if row.link and name in linked and row.values.get(name) is not None:
                    style = self.styles.with_link_font(style)
                value = row.values.get(name)
                self._write(sheet, number, column, value, style)
                height = max(height or 0, self._height(sheet, column, value, style)) or None
            if row.link and (right := _last_filled(row, linked)):
                cells = (min(linked.values()), number, right, number)
                links[cells] = address(self.book, row.link)
            patch.set_height(number, height)
            for column, formula in formulas.items():
                style = self._style_for(sheet, number, top, column)
                patch.put_formula(number, column, formula, None, style)
        end = table.header_row + max(1, len(rows))
        if sheet.excel_table:
            old_end = max(old_end, sheet.excel_table.end)
            sheet.excel_table.resize(end, drop_filter=True, drop_totals=True)
        place, touched = (first, top, last, old_end), (first, top, last, max(old_end, end))
        tail, p = sheet_tail.unmerged(sheet.tail, patch.p, touched), patch.p
        tail = sheet_tail.extended(tail, p, place, end)
        tail = sheet_tail.linked(tail, p, touched, links)
        sheet.tail = sheet_tail.refiltered(tail, p, first, table.header_row, last, end)
        table.last_row = table.header_row + len(rows)
        sheet.next_row = table.last_row + 1

    def _height(self, sheet: _EditedSheet, column: int, value: CellValue, style: int) -> float:
        """Points that a text of several lines needs; 0 when the usual height does."""
        if not isinstance(value, str) or not self.styles.wraps(style):
            return 0
        size = self.styles.font_size(style)
        width = sheet.patch.width(column) * self.styles.font_size(0) / size
        lines = lines_of(value, width)
        if lines == 1:
            return 0
        return min(round(lines * size * 1.45 + 4, 1), limits.ROW_HEIGHT)

    def _clear(self, sheet: _EditedSheet, top: int, columns: set[int]) -> int:
        """Empty the table's cells below the header; gives the last row that had any."""
        end = 0
        for raw in list(sheet.patch.xml.rows()):
            if raw.number >= top:
                for column, _, _ in raw.cells:
                    if column in columns:
                        sheet.patch.put(raw.number, column, None)
                        end = raw.number
                if raw.hidden:
                    sheet.patch.open_row(raw.number, raw.number)
        return end

    def _formulas(self, sheet: _EditedSheet) -> dict[int, str]:
        """Calculated columns of the Excel table that are the user's own."""
        ours = set(sheet.table.columns.values())
        columns = sheet.excel_table.columns if sheet.excel_table else {}
        return {c: formula for c, formula in columns.items() if formula and c not in ours}

    def append_rows(self, key: str, rows: Sequence[Mapping[str, CellValue]]) -> None:
        """Add rows below the last filled one. Values of formula columns are stored as the last
        result of the formula, which goes on as in the row above."""
        sheet = self._sheet(key)
        if not rows:
            return
        self._entered.add((key, 0))
        first = sheet.next_row
        self._appended.setdefault(key, set()).update(range(first, first + len(rows)))
        table, patch, excel = sheet.table, sheet.patch, sheet.excel_table
        columns = sheet.columns()
        start, end = sheet.next_row, sheet.next_row + len(rows) - 1
        above = start - 1 if start - 1 > table.header_row else start
        old_end = max(excel.last_data_row() if excel else above, table.header_row + 1)
        if excel and excel.has_totals and start <= excel.end <= end:
            for column in range(excel.first, excel.last + 1):
                patch.move_cell(excel.end, column, end + 1)
        keys = {column: name for name, column in table.columns.items()}
        formulas = {c: self._formula_above(sheet, above, c) for c in columns}
        # Those of a table speak of "this row": the same text in every row, and long.
        steady = {c for c, text in formulas.items() if text and moved_down(text, 1) == text}
        for number, row in enumerate(rows, start):
            patch.open_row(number, above)
            for column in columns:
                name = keys.get(column, "")
                style = self._style_for(sheet, number, above, column)
                is_formula = name in table.spec.columns and (
                    table.spec.columns[name].type == "formula"
                )
                if name in row and not is_formula:
                    self._write(sheet, number, column, row[name], style)
                    continue
                stored = row.get(name) if is_formula else None
                if patch.put_cached(number, column, stored):
                    continue
                if formula := formulas[column]:
                    if column not in steady:
                        formula = moved_down(formula, number - above)
                    patch.put_formula(number, column, formula, stored, style)
                else:
                    patch.put(number, column, None, style)
        if excel and not (excel.has_totals and start > excel.end):
            excel.resize(max(end, excel.last_data_row()) + excel.has_totals)
        if end > old_end:
            place = (columns[0], table.header_row + 1, columns[-1], old_end)
            sheet.tail = sheet_tail.extended(sheet.tail, patch.p, place, end)
        table.last_row, sheet.next_row = end, end + 1

    @staticmethod
    def _formula_above(sheet: _EditedSheet, row: int, column: int) -> str | None:
        """A column's formula as it reads in that row: the table's own, else the cell's."""
        excel = sheet.excel_table
        return excel and excel.columns.get(column) or sheet.patch.formula(row, column)

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

    def set_format(self, key: str, row: int, name: str, code: str) -> None:
        """Give one cell a number format ("" for General), the rest of its look stays."""
        sheet = self._sheet(key)
        column = sheet.table.columns[name]
        style = self.styles.with_format(sheet.patch.style(row, column), code)
        sheet.patch.restyle(row, column, style)

    def _write(
        self, sheet: _EditedSheet, row: int, column: int, value: CellValue, style: int
    ) -> None:
        if isinstance(value, dt.date) and not self._is_date(style):
            rows = sheet.table.rows if sheet.has_table else ()
            near = (sheet.patch.style(other.number, column) for other in rows[:50])
            style = self.styles.with_date_format(style, next(filter(self._is_date, near), None))
        if isinstance(value, str):
            value = limits.cell_text(value)
        sheet.patch.put(row, column, value, style)

    def _is_date(self, style: int) -> bool:
        if style not in self._dates and style < self.styles.count():
            self._dates[style] = is_date(self.styles.code(style))
        return self._dates.get(style, False)

    def _style_for(self, sheet: _EditedSheet, row: int, like: int, column: int) -> int:
        """The look of a cell to write: its own, else that of the row it follows, unmarked."""
        patch = sheet.patch
        style = patch.style(row, column) if patch.has_cell(row, column) else 0
        style = style or patch.style(like, column)
        if not style and sheet.sheet.part in self._added:
            return self.styles.wrapped()
        return self.marking.unmarked(style)

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
        for key in present if old else ():
            sheet = self._sheet(key)
            for row, column, style in sheet.patch.styled(set(old)):
                sheet.patch.restyle(row, column, old[style])
            sheet.head = sheet.patch.restyle_lines(old) or sheet.head
        for (key, row, column), severity in sorted(places.items()):
            if key in present:
                patch = self._sheet(key).patch
                marked = self.marking.marked(patch.style(row, column), severity)
                if marked is not None:
                    patch.restyle(row, column, marked)
        main = self._part(self.package.main)
        names = self.marking.underneath.names()
        self._changed[self.package.main] = workbook_part.with_names(main, mark_colours.NAME, names)

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
        rules = any(key in ("settings", "closed_days") for key, _ in entered)
        for key, spec in sheets.items() if entered else ():
            rows: list[int | None] = [*sorted(n for k, n in entered if k == key and n)]
            if key == "cover" or rules:
                rows = [None]
            elif key == "ledger":  # its results are written together with what they come from
                continue
            if not rows or not self.workbook.find(spec.name):
                continue
            sheet = self._sheet(key)
            columns = None
            if sheet.has_table:
                places = sheet.table.columns
                ours = (k for k, column in spec.columns.items() if column.type == "formula")
                columns = {places[k] for k in ours if k in places}
            for row in rows:
                sheet.patch.forget_results(row, columns, self._appended.get(key, ()))

    # ---------------------------------------------------------------- outcome

    def parts(self) -> tuple[dict[str, bytes], dict[str, bytes], set[str]]:
        """(changed, added, removed): entry name → new content, new part → content, entry names.

        Raises BookError when what we made isn't sound XML (then nothing may be written).
        """
        self._forget_results()
        package = self.package
        changed, added = dict(self._changed), dict(self._added)
        removed: set[str] = set()
        formulas = content = False
        for sheet in self._sheets.values():
            patch, part = sheet.patch, sheet.sheet.part
            old_tail = patch.xml.data[slice(*patch.xml.tail)]
            data = patch.result(
                sheet_tail.dimension(
                    sheet.head or patch.xml.data[slice(*patch.xml.head)], patch.p, *patch.extent()
                ),
                sheet.tail if sheet.tail != old_tail else None,
            )
            if data != patch.xml.data:
                (added if part in added else changed)[part] = data
                content = True
                formulas = formulas or patch.formulas_changed
            table = sheet.excel_table
            if table and table.data != package.xml(table.part):
                changed[table.part] = table.data
        styles = self.styles.result()
        if styles is not None:
            self._put_styles(styles, changed, added)
        if content:
            main = workbook_part.recalculated(
                changed.get(package.main) or package.xml(package.main)
            )
            changed[package.main] = book_id.given(main, package.data)
        if formulas:
            new_sheet.drop_calculation_chain(package, changed, removed)
        changed = {n: data for n, data in changed.items() if data != package.xml(n)}
        for data in (*changed.values(), *added.values()):
            try:
                plain_form.checked(data)
            except xml_bytes.BadMarkup:
                raise package.damaged() from None
        return {package.entry(n): data for n, data in changed.items()}, added, removed

    def _put_styles(self, data: bytes, changed: dict[str, bytes], added: dict[str, bytes]) -> None:
        if self.workbook.styles_part:
            changed[self.workbook.styles_part] = data
            return
        part = "xl/styles.xml"
        strict = xml_bytes.MAIN[1] in self.package.xml(self.package.main)
        rels, types = new_sheet.rels_of(self.package.main), "[Content_Types].xml"
        current = changed.get(rels) or self.package.xml(rels)
        changed[rels], _ = workbook_part.with_relation(current, "styles", "/" + part, strict)
        current = changed.get(types) or self.package.xml(types)
        changed[types] = workbook_part.with_type(current, part, "styles")
        added[part] = data
