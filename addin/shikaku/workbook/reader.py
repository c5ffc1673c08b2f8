"""A package as a ``Book``: sheets found by name, columns by label, rows as they are typed."""

import gc
import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from shikaku.model.schema import Sheet, schema
from shikaku.model.tables import BLANK, EMPTY, TEXT, Book, Cell, Row, Table
from shikaku.ooxml import workbook_part
from shikaku.ooxml.package import MAX_PART, Package
from shikaku.ooxml.sheet_data import RawRow, SheetXml, Values, shared_strings
from shikaku.ooxml.styles import Styles
from shikaku.ooxml.table_part import tables_of
from shikaku.ooxml.xml_bytes import BadMarkup
from shikaku.system.errors import BookError
from shikaku.workbook import book_id

MAX_ROWS = 50_000
MAX_COLUMNS = 500
_HEADER_WITHIN = 20


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A tab of the workbook: name as on the tab, part with its XML."""

    name: str
    part: str


class Workbook:
    """What all sheets share: the list of tabs, the styles, the shared strings, the day system.

    Raises BookError.
    """

    def __init__(self, package: Package):
        self.package = package
        try:
            self._read()
        except BadMarkup:
            raise package.damaged() from None

    def _read(self) -> None:
        package = self.package
        main = package.xml(package.main)
        targets = {relation.id: relation for relation in package.relations(package.main)}
        self.sheets: list[SheetPart] = []
        for found in workbook_part.sheets(main):
            relation = targets.get(found.relation)
            if relation is not None and relation.type in ("chartsheet", "dialogsheet"):
                continue
            self.sheets.append(SheetPart(found.name, relation.target if relation else ""))
            if relation is not None:
                package.name_part(relation.target, found.name)
        self.date1904 = workbook_part.date1904(main)
        self.styles_part = self._part("styles")
        self.styles = Styles(package.xml(self.styles_part) if self.styles_part else None)
        self._strings: list[str] | None = None
        self._codes: list[str] | None = None

    def _part(self, kind: str) -> str | None:
        part = self.package.related(self.package.main, kind)
        return part if part is not None and self.package.has(part) else None

    def find(self, name: str) -> SheetPart | None:
        """The tab of that name; widths and outer spaces don't matter, an exact match goes first."""
        exact = next((sheet for sheet in self.sheets if sheet.name == name), None)
        wanted = plain_label(name)
        return exact or next((s for s in self.sheets if plain_label(s.name) == wanted), None)

    def lasting_id(self) -> str:
        """The id that a write of ours left in it, "" without one."""
        return book_id.of(self.package.xml(self.package.main))

    def sheet_xml(self, sheet: SheetPart) -> SheetXml:
        """A tab's XML. Raises BookError naming the tab when it is missing or damaged."""
        try:
            return SheetXml(self.package.xml(sheet.part, MAX_PART))
        except BadMarkup:
            raise self.damaged(sheet) from None

    def values(self, xml: SheetXml) -> Values:
        """The decoder for a tab's cells."""
        try:
            if self._strings is None:
                part = self._part("sharedStrings")
                self._strings = shared_strings(self.package.xml(part, MAX_PART)) if part else []
            if self._codes is None:
                self._codes = self.styles.codes()
        except BadMarkup:
            raise self.package.damaged() from None
        return Values(self._strings, self._codes, self.date1904, xml.p)

    def damaged(self, sheet: SheetPart) -> BookError:
        """The error for a tab that can't be read."""
        return BookError(
            f"「{self.package.name}」のシート「{sheet.name}」は壊れているため読めません。",
            "Excelで開いて修復して保存し直すか、元のファイルをもう一度受け取ってください。",
        )


_MARKS = " *＊※●◎○"


def plain_label(text: str) -> str:
    """A label without what doesn't count: widths, spaces, line breaks, a required mark at the end.

    >>> plain_label("個人\\n番号 ＊"), plain_label("資格確認書（希望）*")
    ('個人番号', '資格確認書(希望)')
    """
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s\u200b\ufeff]+", "", text).rstrip(_MARKS)


def read_book(workbook: Workbook) -> Book:
    """The workbook's tables and settings.

    Sheets that must be there and aren't go into ``missing_sheets``. Raises BookError: a damaged
    part, more than 50,000 filled rows or 500 columns on a sheet of ours.
    """
    package = workbook.package
    book = Book(package.name, id=workbook.lasting_id())
    with _no_collecting():
        _read_sheets(workbook, book)
    return book


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Cells and rows form no circles: looking for some among half a million objects takes a tenth
    of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


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
            book.tables[key] = read_table(workbook, sheet, spec)
    for key, spec in schema().desk.items():
        wanted = spec.role == "input" or key == _RECEIPTS
        sheet = workbook.find(spec.name) if wanted else None
        if sheet is not None:  # the insurer's own; an employer's workbook has none
            book.desk[key] = read_table(workbook, sheet, spec)


def read_table(workbook: Workbook, sheet: SheetPart, spec: Sheet) -> Table:
    """The table of one tab by the columns of a schema sheet."""
    xml = workbook.sheet_xml(sheet)
    try:
        return _TabReader(workbook, sheet, spec, xml).table()
    except BadMarkup:
        raise workbook.damaged(sheet) from None


class _TabReader:
    """Reads one tab in two steps: the top rows for the header, then every row below it."""

    def __init__(self, workbook: Workbook, sheet: SheetPart, spec: Sheet, xml: SheetXml):
        self.workbook, self.sheet, self.spec, self.xml = workbook, sheet, spec, xml
        self.values = workbook.values(xml)
        self.result = Table(spec)
        # Excel column → (key, whether content there makes a row a filled one); the user's own
        # columns have the key "".
        self.slots: dict[int, tuple[str, bool]] = {}
        columns = {**spec.columns, **spec.extra} if self.values.date1904 else {}
        self.days = {key for key, column in columns.items() if column.type == "date"}

    def table(self) -> Table:
        table = self.result
        self._find_header()
        last = table.header_row
        totals = {part.totals_row() for part in tables_of(self.workbook.package, self.sheet.part)}
        for raw in self.xml.rows():
            if raw.number > table.header_row and raw.number not in totals and self._add(raw):
                last = max(last, raw.number)
        table.last_row = last
        table.merged = [area for area in self.xml.merged() if last_row_of(area) > table.header_row]
        return table

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
            if raw.number > _HEADER_WITHIN:
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
        if not header and self.spec.ours:  # somebody's own labels: ours can stand beside them
            self.result.header_row, header = first
        return header

    def _add(self, raw: RawRow) -> bool:
        """Take a row if it is filled; True when it holds anything at all that someone typed."""
        cells, filled, touched = {}, False, False
        slot_of, known, decode = self.slots.get, self.values.known.get, self.values.cell
        days = self.days
        for column, attributes, content in raw.cells:
            slot = slot_of(column)
            if slot is None:
                continue
            cell = known((attributes, content)) or decode(attributes, content)
            if cell is BLANK:
                continue
            key, is_input = slot
            if days and key in days:
                cell = self.values.as_day_of_1900(cell)
            if key:
                cells[key] = cell
            if not filled and cell.kind != EMPTY and (cell.kind != TEXT or cell.text):
                filled = is_input
                touched = touched or not cell.formula
        if filled:
            table = self.result
            if len(table.rows) == MAX_ROWS:
                raise BookError(
                    f"シート「{self.sheet.name}」の行が多すぎます({MAX_ROWS:,}行まで)。",
                    "不要な行を削除するか、ブックを分けて保存し直してください。",
                )
            table.rows.append(Row(self.spec.key, raw.number, cells, raw.hidden))
        return filled or touched


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
