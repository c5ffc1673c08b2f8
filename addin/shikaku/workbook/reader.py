"""A package as a ``Book``: sheets found by name, columns by label, rows as they are typed."""

import re
from collections.abc import Callable, Container, Sequence

from shikaku.model.schema import AS_OF_NAME, FIRST_FORM, FORM_NAME, Sheet, schema
from shikaku.model.tables import BLANK, TEXT, Book, Cell, Row, Table
from shikaku.ooxml.addresses import LAST_ROW
from shikaku.ooxml.row_blocks import Block, BlockColumn, RawRow, block_of
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.ooxml.table_part import reaching, tables_of
from shikaku.ooxml.xml_bytes import BadMarkup
from shikaku.system import collecting
from shikaku.system.errors import BookError
from shikaku.workbook.common_parts import SheetPart, Workbook, cells_of
from shikaku.workbook.filled_rows import (
    FilledRows,
    HeadedCells,
    any_typed,
    without_content,
    without_rows,
)
from shikaku.workbook.labels import HEADER_WITHIN, plain_label
from shikaku.workbook.late_table import LateTable
from shikaku.workbook.unread_sheets import unread_sheets

MAX_ROWS = 50_000
MAX_COLUMNS = 500


def read_book(workbook: Workbook) -> Book:
    """The workbook's tables and settings.

    Sheets that must be there and aren't go into ``missing_sheets``. Raises BookError: a damaged
    part, more than 50,000 filled rows or 500 columns on a sheet of ours.
    """
    book = Book(workbook.package.name, id=workbook.lasting_id())
    with collecting.paused():
        _read_sheets(workbook, book)
        book.form = _form(workbook)
        book.unread = unread_sheets(workbook)
        book.has_cover = workbook.find(schema().sheets["cover"].name) is not None
    return book


def _form(workbook: Workbook) -> str | None:
    """様式の版: by its name, else by its label on 表紙; the first version had neither."""
    named = workbook.defined_name(FORM_NAME)
    if named is not None:
        return named.strip('"')
    cover = workbook.find(schema().sheets["cover"].name)
    xml = None if cover is None else workbook.glance(cover)
    if xml is not None and (form := _beside(workbook, xml, FORM_NAME)):
        return form
    return None if workbook.defined_name(AS_OF_NAME) is None else FIRST_FORM


def _beside(workbook: Workbook, xml: SheetXml, label: str) -> str:
    """What stands right of a label; "" when there is none."""
    values = workbook.values(xml)
    for raw in xml.rows():
        texts = [cell.text for cell in cells_of(values, raw)]
        if label in texts:
            return next(filter(None, texts[texts.index(label) + 1 :]), "")
    return ""


_RECEIPTS = "receipts"
"""受付一覧: what letters to employers say of their files."""


def _read_sheets(workbook: Workbook, book: Book) -> None:
    for key, spec in schema().sheets.items():
        if spec.role == "static":
            continue
        sheet = workbook.find(spec.name)
        if sheet is None:
            if spec.mandatory:
                book.missing_sheets.append(key)
        elif key == "settings":
            _read_settings(workbook, sheet, book)
        else:
            book.tables[key] = read_table(workbook, sheet, spec, ours=spec.role == "output")
    for key, spec in schema().desk.items():
        wanted = spec.role == "input" or key == _RECEIPTS
        sheet = workbook.find(spec.name) if wanted else None
        if sheet is not None:  # the insurer's own; an employer's workbook has none
            book.desk[key] = read_table(workbook, sheet, spec)


def read_table(
    workbook: Workbook,
    sheet: SheetPart,
    spec: Sheet,
    *,
    ours: bool = False,
    most: int | None = None,
) -> Table:
    """The table of one tab by the columns of a schema sheet. ours: a sheet that we fill with as many rows as
    there are results; they are read when somebody asks for them, where nothing can be wrong with any or they are
    more than people may type. most: filled rows of another sheet (None: as many as people may type; of one that
    we add to and that only grows, as many as there is room for)."""
    grows = spec.role == "ledger"
    xml = workbook.cells_xml(sheet, ours=ours, any_number=ours or grows)
    most = most or (LAST_ROW if grows else MAX_ROWS)
    try:
        reader = _TabReader(workbook, sheet, spec, xml, None if ours else most)
        return reader.late_table() if reader.can_wait() else reader.table()
    except BadMarkup:
        raise workbook.damaged(sheet) from None


_FROM_FILE = (
    "それより多い加入者台帳は、シートをCSV(またはParquet)に保存し、--members ファイル と指定して読んでください"
    "(check・decide・letters・run)。"
)


class _TabReader:
    """Reads one tab in two steps: the top rows for the header, then every row below it."""

    def __init__(
        self, workbook: Workbook, sheet: SheetPart, spec: Sheet, xml: SheetXml, most: int | None
    ):
        """most: filled rows; None: any number, of which no more are kept than people may type."""
        self.workbook, self.sheet, self.spec, self.xml, self.most = workbook, sheet, spec, xml, most
        self.values = workbook.values(xml)
        self.result = Table(spec)
        # Excel column → (key, whether content there makes a row a filled one); the user's own
        # columns have the key "".
        self.slots: dict[int, tuple[str, bool]] = {}
        self.struck = workbook.struck_in(xml)
        columns = {**spec.columns, **spec.extra} if self.values.date1904 else {}
        self.days = {key for key, column in columns.items() if column.type == "date"}
        self.found = FilledRows()
        self.dropped = False

    def table(self) -> Table:
        table = self.result
        self._find_header()
        last = table.header_row
        others = {*self._totals(), *range(table.header_row + 1)}
        for block in self.xml.blocks():
            below = without_rows(block, others)
            last = max(last, self._add(below)) if below.numbers else last
        table.last_row, table.computed = last, self.values.computed
        table.merged = self._merged()
        if self.dropped:
            return LateTable.of(table, self._all_rows)
        self._fill()
        return table

    def can_wait(self) -> bool:
        """Whether all rows can be read, and none need be read now."""
        bare = self.xml.bare
        return bare is not None and bare.strings <= len(self.values.strings)

    def late_table(self) -> LateTable:
        """The same, its rows read when somebody asks for them."""
        table = self.result
        self._find_header()
        table.last_row = table.header_row
        totals = self._totals()
        for raw in self.xml.rows_upwards():
            if raw.number <= table.header_row:
                break
            if raw.number not in totals and self._add(block_of([raw])):
                table.last_row = raw.number
                break
        table.computed = self.values.computed
        table.merged = self._merged()
        return LateTable.of(table, self._all_rows)

    def _all_rows(self) -> list[Row]:
        again = _TabReader(self.workbook, self.sheet, self.spec, self.xml, LAST_ROW)
        return again.table().rows

    def _totals(self) -> set[int | None]:
        """The rows of totals of Excel tables; a table beside ours has its own."""
        parts = tables_of(self.workbook.package, self.sheet.part)
        return {part.totals_row() for part in reaching(parts, self.result.columns.values())}

    def _merged(self) -> list[str]:
        return [a for a in self.xml.merged() if last_row_of(a) > self.result.header_row]

    def _find_header(self) -> None:
        table, columns = self.result, {**self.spec.columns, **self.spec.extra}
        header = self._header()
        if len(header) > MAX_COLUMNS:
            raise BookError(
                f"シート「{self.sheet.name}」の列が多すぎます({MAX_COLUMNS}列まで)。",
                "使っていない列を削除して保存し直してください。",
            )
        labels = {plain_label(column.label): key for key, column in columns.items()}
        for column, text in header:
            key = labels.get(plain_label(text))
            if key is None:
                if text:
                    table.unknown_labels.setdefault(text, column)
                    self.slots[column] = ("", False)
            elif key in table.columns:
                if key not in table.duplicate_columns:
                    table.duplicate_columns.append(key)
            else:
                table.columns[key] = column
                self.slots[column] = (key, columns[key].type != "formula")

    def _header(self) -> list[tuple[int, str]]:
        """The texts of the header row, by column: of the top rows the one with most of our labels."""
        own = {plain_label(column.label) for column in self.spec.columns.values()}
        best = min(2, len(own)) - 1
        header: list[tuple[int, str]] = []
        first: tuple[int, list[tuple[int, str]]] = (1, [])
        for raw in self.xml.rows():
            if raw.number > HEADER_WITHIN:
                break
            texts = [
                (column, cell.text)
                for column, attributes, content in raw.cells
                if (cell := self.values.cell(attributes, content)).kind == TEXT
            ]
            first = first if first[1] else (raw.number, texts)
            known = len(own & {plain_label(text) for _, text in texts})
            if known > best:
                best, header, self.result.header_row = known, texts, raw.number
            if known == len(own):
                break
        if not header and self.spec.ours:  # somebody's own labels: ours can stand beside them
            self.result.header_row, header = first
        return header

    def _add(self, block: Block) -> int:
        """Take the filled rows of a block; the last row that holds anything at all that someone typed, 0 where
        none does."""
        known = self._known(block)
        places = range(len(block.numbers))
        blank = without_content([one.cells for one in known if one.is_input], places)
        filled = [at for at in places if at not in blank]
        self._make_room(len(filled))
        if filled:
            self.found.add(block, filled, {one.key: one.cells for one in known if one.key})
            if self.struck is not None:
                self._note_struck(block.picked(filled), self.struck)
        columns = [one.cells for one in known]
        typed = (at for at in reversed(places) if at not in blank or any_typed(columns, at))
        return next((block.numbers[at] for at in typed), 0)

    def _known(self, block: Block) -> list[HeadedCells]:
        """The cells under headings. All are looked at, so that damage is found anywhere."""
        decoded = [(column.number, self._decoded(column)) for column in block.columns]
        return [HeadedCells(*self.slots[n], cells) for n, cells in decoded if n in self.slots]

    def _fill(self) -> None:
        """Give the table its rows."""
        table, spec = self.result, self.spec
        rows, columns = self.found.rows(spec.key, table.columns)
        none: Sequence[Cell] = (BLANK,) * len(rows)
        table.rows = rows
        table.read = rows, {**dict.fromkeys((*spec.columns, *spec.extra), none), **columns}

    def _make_room(self, filled: int) -> None:
        """Let go of the rows that are too many to be kept. Raises BookError for too many to be read."""
        if len(self.found.numbers) + filled <= (self.most or MAX_ROWS):
            return
        if self.most is None:
            self.found, self.dropped = FilledRows(), True
            return
        raise BookError(
            f"シート「{self.sheet.name}」の行が多すぎます({self.most:,}行まで)。",
            _FROM_FILE
            if self.spec.key == "members"
            else "不要な行を削除するか、ブックを分けて保存し直してください。",
        )

    def _decoded(self, column: BlockColumn) -> list[Cell]:
        found = self.values.column(column)
        if column.number in self.slots and self.slots[column.number][0] in self.days:
            return [self.values.as_day_of_1900(cell) for cell in found]
        return found

    def _note_struck(self, block: Block, struck: Callable[[RawRow], Container[int]]) -> None:
        self.found.struck |= {raw.number for raw in block.rows() if self._is_struck(raw, struck)}

    def _is_struck(self, raw: RawRow, struck: Callable[[RawRow], Container[int]]) -> bool:
        """氏名 is struck through, or all that is filled in."""
        struck_columns = struck(raw)
        looks = [
            (self.slots[column][0], column in struck_columns)
            for column, _ in raw.packed
            if column in self.slots and self.slots[column][1]
        ]
        return any(struck for key, struck in looks if key == "name") or (
            bool(looks) and all(struck for _, struck in looks)
        )


def last_row_of(area: str) -> int:
    """The last row of a range in A1 style."""
    digits = re.search(r"(\d+)$", area)
    return int(digits[1]) if digits else 0


def _read_settings(workbook: Workbook, sheet: SheetPart, book: Book) -> None:
    xml = workbook.sheet_xml(sheet)
    values = workbook.values(xml)
    labels = {plain_label(spec.label): key for key, spec in schema().settings.items()}
    try:
        for raw in xml.rows():
            if raw.number > MAX_ROWS:
                break
            cells: dict[int, Cell] = {
                column: values.cell(attributes, content)
                for column, attributes, content in raw.cells
                if column <= 2
            }
            label = cells.get(1, BLANK)
            key = labels.get(plain_label(label.text)) if label.kind == TEXT else None
            if key is None:
                continue
            value = cells.get(2, BLANK)
            if values.date1904 and schema().settings[key].type == "date":
                value = values.as_day_of_1900(value)
            if key not in book.setting_rows:
                book.setting_rows[key] = raw.number
                book.settings[key] = value
            elif not value.blank and value.text != book.settings[key].text:
                book.double_settings.setdefault(key, raw.number)
    except BadMarkup:
        raise workbook.damaged(sheet) from None
