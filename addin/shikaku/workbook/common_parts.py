"""What the sheets of a workbook share: the list of tabs, the styles, the shared strings, the names."""

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

from shikaku.model.tables import Cell
from shikaku.ooxml import plain_form, workbook_part
from shikaku.ooxml.cell_values import Values, shared_strings, style_of
from shikaku.ooxml.package import MAX_PART, Package
from shikaku.ooxml.row_blocks import RawRow
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.ooxml.styles import Styles
from shikaku.ooxml.xml_bytes import BadMarkup
from shikaku.system.errors import BookError
from shikaku.workbook import book_id
from shikaku.workbook.labels import plain_label


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A tab of the workbook: name as on the tab, part with its XML."""

    name: str
    part: str


class Workbook:
    """What all sheets share: the list of tabs, the styles, the shared strings, the day system.

    sheets: the tabs with cells; tabs: the names of all, those that are charts among them. Raises BookError.
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
        self.tabs: list[str] = []
        for found in workbook_part.sheets(main):
            self.tabs.append(found.name)
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
            part = self.package.checked(sheet.part, MAX_PART)
            return SheetXml(part.data, bare=part.bare, only_rows=part.only_rows)
        except BadMarkup:
            raise self.damaged(sheet) from None

    def cells_xml(
        self, sheet: SheetPart, *, ours: bool = False, any_number: bool = False
    ) -> SheetXml:
        """The same for reading alone, once (``Package.checked``). ours: a sheet that we fill. any_number: of rows; a
        file's are counted when they are read."""
        try:
            part = self.package.checked(sheet.part, MAX_PART, ours=ours)
            self.package.rows_taken(sheet.part)
            return SheetXml(part.lean, part.rows, part.bare, only_rows=part.only_rows)
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


def cells_of(values: Values, raw: RawRow) -> Iterator[Cell]:
    """The cells of a row of a sheet that isn't ours, as far as they can be read."""
    for _, attributes, content in raw.cells:
        try:
            yield values.cell(attributes, content)
        except BadMarkup:
            return
