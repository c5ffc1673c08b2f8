"""A package as a ``Book``: sheets found by name, columns by label, rows as they are typed."""

import re
from collections.abc import Callable, Container
from dataclasses import dataclass

from shikaku.model.schema import AS_OF_NAME, FIRST_FORM, FORM_NAME, Sheet, schema
from shikaku.model.tables import BLANK, EMPTY, TEXT, Book, Cell, Row, Table
from shikaku.ooxml.row_frames import RawRow
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.ooxml.table_part import tables_of
from shikaku.ooxml.xml_bytes import BadMarkup
from shikaku.system import collecting
from shikaku.system.errors import BookError
from shikaku.workbook.common_parts import SheetPart, Workbook, cells_of
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
    if xml is not None and (said := _beside(workbook, xml, FORM_NAME)):
        return said
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


def read_table(workbook: Workbook, sheet: SheetPart, spec: Sheet, *, ours: bool = False) -> Table:
    """The table of one tab by the columns of a schema sheet. ours: a sheet that we fill; its rows are read
    when somebody asks for them, where nothing can be wrong with any."""
    xml = workbook.cells_xml(sheet, ours=ours)
    try:
        reader = _TabReader(workbook, sheet, spec, xml)
        return reader.late_table() if reader.can_wait() else reader.table()
    except BadMarkup:
        raise workbook.damaged(sheet) from None


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the cells of rows are that are filled in the same columns: places of those under headings
    (None: all), their keys ("" for the user's own columns), and which of them people fill in."""

    picked: tuple[int, ...] | None
    keys: tuple[str, ...]
    inputs: tuple[int, ...]


def _has_content(cell: Cell) -> bool:
    return cell.kind != EMPTY and (cell.kind != TEXT or cell.text != "")


_FROM_FILE = (
    "それより多い加入者台帳は、シートをCSV(またはParquet)に保存し、--members ファイル と指定して読んでください"
    "(check・decide・letters・run)。"
)


class _TabReader:
    """Reads one tab in two steps: the top rows for the header, then every row below it."""

    def __init__(self, workbook: Workbook, sheet: SheetPart, spec: Sheet, xml: SheetXml):
        self.workbook, self.sheet, self.spec, self.xml = workbook, sheet, spec, xml
        self.values = workbook.values(xml)
        self.result = Table(spec)
        # Excel column → (key, whether content there makes a row a filled one); the user's own
        # columns have the key "".
        self.slots: dict[int, tuple[str, bool]] = {}
        self.struck = workbook.struck_in(xml)
        columns = {**spec.columns, **spec.extra} if self.values.date1904 else {}
        self.days = {key for key, column in columns.items() if column.type == "date"}
        self.shapes: dict[tuple[int, ...], _Shape] = {}

    def table(self) -> Table:
        table = self.result
        self._find_header()
        last = table.header_row
        totals = self._totals()
        for raw in self.xml.rows():
            if raw.number > table.header_row and raw.number not in totals and self._add(raw):
                last = max(last, raw.number)
        table.last_row, table.computed = last, self.values.computed
        table.merged = self._merged()
        return table

    def can_wait(self) -> bool:
        """Whether all rows can be read, and none need be read now."""
        bare = self.xml.bare
        return (
            bare is not None and bare.count <= MAX_ROWS and bare.strings <= len(self.values.strings)
        )

    def late_table(self) -> LateTable:
        """The same, its rows read when somebody asks for them."""
        table = self.result
        self._find_header()
        table.last_row = table.header_row
        totals = self._totals()
        for raw in self.xml.rows_upwards():
            if raw.number <= table.header_row:
                break
            if raw.number not in totals and self._add(raw):
                table.last_row = raw.number
                break
        table.computed = self.values.computed
        table.merged = self._merged()
        again = _TabReader(self.workbook, self.sheet, self.spec, self.xml)
        return LateTable.of(table, lambda: again.table().rows)

    def _totals(self) -> set[int | None]:
        """The rows of totals of Excel tables."""
        return {part.totals_row() for part in tables_of(self.workbook.package, self.sheet.part)}

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

    def _add(self, raw: RawRow) -> bool:
        """Take a row if it is filled; True when it holds anything at all that someone typed."""
        shape = self.shapes.get(raw.columns) or self._shape(raw.columns)
        found = self._decoded(raw, shape)
        filled = any(map(_has_content, map(found.__getitem__, shape.inputs)))
        touched = filled or any(_has_content(cell) and not cell.formula for cell in found)
        if filled:
            if len(self.result.rows) == MAX_ROWS:
                raise self._too_many()
            cells = dict(zip(shape.keys, found, strict=True))
            cells.pop("", None)
            if self.values.blanks:
                cells = {key: cell for key, cell in cells.items() if cell is not BLANK}
            struck = self.struck is not None and self._is_struck(raw, self.struck)
            self.result.rows.append(Row(self.spec.key, raw.number, cells, raw.hidden, struck))
        return touched

    def _too_many(self) -> BookError:
        return BookError(
            f"シート「{self.sheet.name}」の行が多すぎます({MAX_ROWS:,}行まで)。",
            _FROM_FILE
            if self.spec.key == "members"
            else "不要な行を削除するか、ブックを分けて保存し直してください。",
        )

    def _decoded(self, raw: RawRow, shape: _Shape) -> list[Cell]:
        """The cells under headings."""
        found = self.values.row(raw)
        if shape.picked is not None:
            found = [found[i] for i in shape.picked]
        if not self.days:
            return found
        pairs = zip(shape.keys, found, strict=True)
        return [self.values.as_day_of_1900(c) if key in self.days else c for key, c in pairs]

    def _shape(self, columns: tuple[int, ...]) -> "_Shape":
        slots = [
            (i, *self.slots[column]) for i, column in enumerate(columns) if column in self.slots
        ]
        picked = None if len(slots) == len(columns) else tuple(i for i, _, _ in slots)
        inputs = tuple(at for at, (_, _, is_input) in enumerate(slots) if is_input)
        shape = _Shape(picked, tuple(key for _, key, _ in slots), inputs)
        self.shapes[columns] = shape
        return shape

    def _is_struck(self, raw: RawRow, struck: Callable[[RawRow], Container[int]]) -> bool:
        """氏名 is struck through, or all that is filled in."""
        struck_columns = struck(raw)
        looks = [
            (self.slots[column][0], column in struck_columns)
            for column, _, _ in raw.cells
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
            if key is not None and key not in book.setting_rows:
                book.setting_rows[key] = raw.number
                value = cells.get(2, BLANK)
                if values.date1904 and schema().settings[key].type == "date":
                    value = values.as_day_of_1900(value)
                book.settings[key] = value
    except BadMarkup:
        raise workbook.damaged(sheet) from None
