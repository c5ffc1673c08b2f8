"""A package as a ``Book``: sheets found by name, columns by label, rows as they are typed."""

import re
import unicodedata
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass

from shikaku.model.schema import AS_OF_NAME, FIRST_FORM, FORM_NAME, Sheet, schema
from shikaku.model.tables import BLANK, TEXT, Book, Cell, Table
from shikaku.ooxml import plain_form, workbook_part
from shikaku.ooxml.cell_values import Values, shared_strings, style_of
from shikaku.ooxml.package import MAX_PART, Package
from shikaku.ooxml.row_blocks import Block, BlockColumn, RawRow
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.ooxml.styles import Styles
from shikaku.ooxml.table_part import tables_of
from shikaku.ooxml.xml_bytes import BadMarkup
from shikaku.system import collecting
from shikaku.system.errors import BookError
from shikaku.workbook import book_id
from shikaku.workbook.filled_rows import (
    ColumnCells,
    FilledRows,
    any_typed,
    without_content,
    without_rows,
)

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
        self._names: dict[str, str] | None = None
        self._struck: frozenset[int] | None = None

    def _part(self, kind: str) -> str | None:
        part = self.package.related(self.package.main, kind)
        return part if part is not None and self.package.has(part) else None

    def find(self, name: str) -> SheetPart | None:
        """The tab of that name; widths and outer spaces don't matter, an exact match goes first."""
        exact = next((sheet for sheet in self.sheets if sheet.name == name), None)
        wanted = plain_label(name)
        return exact or next((s for s in self.sheets if plain_label(s.name) == wanted), None)

    def defined_name(self, name: str) -> str | None:
        """What a name of the workbook stands for, None when there is none."""
        if self._names is None:
            self._names = workbook_part.names(self.package.xml(self.package.main))
        return self._names.get(name)

    def struck_in(self, _xml: SheetXml) -> Callable[[RawRow], Container[int]] | None:
        """A row of a tab → its columns struck through; None when no style strikes anything."""
        if self._struck is None:
            self._struck = self.styles.struck()
        looks = self._struck
        if not looks:
            return None
        return lambda raw: {column for column, at, _ in raw.cells if style_of(at) in looks}

    def other_sheets(self, ours: Container[str]) -> list[SheetPart]:
        """The tabs besides those of these names."""
        return [sheet for sheet in self.sheets if sheet.name not in ours and sheet.part]

    def glance(self, sheet: SheetPart) -> SheetXml | None:
        """A tab that isn't ours, None when it is too large or damaged: nothing depends on it."""
        try:
            return SheetXml(plain_form.checked(self.package.glance(sheet.part)))
        except (BadMarkup, BookError):
            return None

    def lasting_id(self) -> str:
        """The id that a write of ours left in it, "" without one."""
        return book_id.read(self.defined_name(book_id.NAME) or "")

    def sheet_xml(self, sheet: SheetPart) -> SheetXml:
        """A tab's XML. Raises BookError naming the tab when it is missing or damaged."""
        try:
            return SheetXml(self.package.xml(sheet.part, MAX_PART))
        except BadMarkup:
            raise self.damaged(sheet) from None

    def cells_xml(self, sheet: SheetPart) -> SheetXml:
        """The same for reading alone, once (``Package.checked``)."""
        try:
            part = self.package.checked(sheet.part, MAX_PART)
            self.package.rows_taken(sheet.part)
            return SheetXml(part.lean, part.rows)
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
    book = Book(workbook.package.name, id=workbook.lasting_id())
    with collecting.paused():
        _read_sheets(workbook, book)
        book.form = _form(workbook)
        book.unread = unread_sheets(workbook)
        book.has_cover = workbook.find(schema().sheets["cover"].name) is not None
    return book


_PEOPLE = ("members", "acquisition", "dependants", "loss")
_COPY = re.compile(r"[(（]?\d+[)）]?|[-_]?(?:コピー|copy|のコピー)[(（]?\d*[)）]?", re.IGNORECASE)
"""What programs, and people, put behind the name of a copied sheet."""

_ALIKE = 6
"""So many headings of a sheet of ours make another one its copy."""


def unread_sheets(workbook: Workbook) -> list[tuple[str, str]]:
    """(sheet key, tab's name) of the tabs that look like a sheet of people and aren't read: the name with
    a number behind it, or its headings with rows below."""
    specs = [*schema().sheets.values(), *schema().desk.values()]
    ours = {tab.name for spec in specs if (tab := workbook.find(spec.name)) is not None}
    found = []
    for tab in workbook.other_sheets(ours):
        key = _named_like(tab.name)
        if key is None and (xml := workbook.glance(tab)) is not None:
            key = _headed_like(workbook, xml)
        if key is not None:
            found.append((key, tab.name))
    return found


def _named_like(name: str) -> str | None:
    for key in _PEOPLE:
        own = plain_label(schema().sheets[key].name)
        plain = plain_label(name)
        if plain.startswith(own) and _COPY.fullmatch(plain.removeprefix(own)):
            return key
    return None


def _headed_like(workbook: Workbook, xml: SheetXml) -> str | None:
    """The sheet of people whose headings stand in the first rows, with something below them."""
    values = workbook.values(xml)
    like: str | None = None
    for raw in xml.rows():
        cells = list(_cells_of(values, raw))
        if like is None:
            if raw.number > _HEADER_WITHIN:
                return None
            like = _with_headings({plain_label(c.text) for c in cells if c.kind == TEXT})
        elif any(not cell.formula and cell.text for cell in cells):
            return like
    return None


def _with_headings(texts: set[str]) -> str | None:
    """The sheet of people with most of these headings, all that it requires among them."""

    found = {}
    for key in _PEOPLE:
        columns = schema().sheets[key].columns.values()
        if {plain_label(column.label) for column in columns if column.required} <= texts:
            found[key] = len({plain_label(column.label) for column in columns} & texts)
    best = max(found, key=lambda key: found[key], default=None)
    return best if best is not None and found[best] >= _ALIKE else None


def _cells_of(values: Values, raw: RawRow) -> Iterator[Cell]:
    for _, attributes, content in raw.cells:
        try:
            yield values.cell(attributes, content)
        except BadMarkup:
            return


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
        texts = [cell.text for cell in _cells_of(values, raw)]
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
            book.tables[key] = read_table(workbook, sheet, spec)
    for key, spec in schema().desk.items():
        wanted = spec.role == "input" or key == _RECEIPTS
        sheet = workbook.find(spec.name) if wanted else None
        if sheet is not None:  # the insurer's own; an employer's workbook has none
            book.desk[key] = read_table(workbook, sheet, spec)


def read_table(workbook: Workbook, sheet: SheetPart, spec: Sheet) -> Table:
    """The table of one tab by the columns of a schema sheet."""
    xml = workbook.cells_xml(sheet)
    try:
        return _TabReader(workbook, sheet, spec, xml).table()
    except BadMarkup:
        raise workbook.damaged(sheet) from None


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
        self.found = FilledRows()

    def table(self) -> Table:
        table = self.result
        self._find_header()
        last = table.header_row
        totals = {part.totals_row() for part in tables_of(self.workbook.package, self.sheet.part)}
        others = {*totals, *range(table.header_row + 1)}
        for block in self.xml.blocks():
            below = without_rows(block, others)
            last = max(last, self._add(below)) if below.numbers else last
        self._fill()
        table.last_row, table.computed = last, self.values.computed
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
        if len(self.found.numbers) + len(filled) > MAX_ROWS:
            raise self._too_many()
        if filled:
            self.found.add(block, filled, {one.key: one.cells for one in known if one.key})
            if self.struck is not None:
                self._note_struck(block.picked(filled), self.struck)
        columns = [one.cells for one in known]
        typed = (at for at in reversed(places) if at not in blank or any_typed(columns, at))
        return next((block.numbers[at] for at in typed), 0)

    def _known(self, block: Block) -> list[ColumnCells]:
        """The cells under headings. All are looked at, so that damage is found anywhere."""
        decoded = [(column.number, self._decoded(column)) for column in block.columns]
        return [ColumnCells(*self.slots[n], cells) for n, cells in decoded if n in self.slots]

    def _fill(self) -> None:
        """Give the table its rows."""
        table, spec = self.result, self.spec
        rows, columns = self.found.rows(spec.key, table.columns)
        none: Sequence[Cell] = (BLANK,) * len(rows)
        table.rows = rows
        table.read = rows, {**dict.fromkeys((*spec.columns, *spec.extra), none), **columns}

    def _too_many(self) -> BookError:
        return BookError(
            f"シート「{self.sheet.name}」の行が多すぎます({MAX_ROWS:,}行まで)。",
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
            if key is not None and key not in book.setting_rows:
                book.setting_rows[key] = raw.number
                value = cells.get(2, BLANK)
                if values.date1904 and schema().settings[key].type == "date":
                    value = values.as_day_of_1900(value)
                book.settings[key] = value
    except BadMarkup:
        raise workbook.damaged(sheet) from None
