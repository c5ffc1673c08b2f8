"""The present form laid out as somebody's workbook is: the same columns at the same places.

A new workbook is built with the user's headings in the user's order, so that every formula, rule and
name in it can be taken over as it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shikaku.model.schema import Column, Sheet, schema
from shikaku.model.tables import Book, Table
from shikaku.ooxml import workbook_part
from shikaku.ooxml.cell_values import Values
from shikaku.ooxml.package import Package
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.ooxml.style_transfer import StyleTransfer
from shikaku.ooxml.table_part import TablePart, around, tables_of
from shikaku.template import builder
from shikaku.template.content import Content
from shikaku.workbook.common_parts import SheetPart, Workbook

_OTHER = "\0"
"""How the key of a column that isn't ours begins."""


@dataclass(frozen=True, slots=True)
class UserSheet:
    """A sheet of ours as the user has it: its tab, what was read of it, its Excel table."""

    key: str
    tab: SheetPart
    table: Table
    excel: TablePart


def user_sheets(workbook: Workbook, book: Book) -> list[UserSheet]:
    """The sheets of the form that have an Excel table around our headings, in the schema's order."""
    found = []
    for key, table in book.tables.items():
        tab = workbook.find(table.spec.name)
        if tab is None or not table.columns:
            continue
        parts = tables_of(workbook.package, tab.part)
        excel = around(parts, table.header_row, table.columns.values())
        if excel is not None:
            found.append(UserSheet(key, tab, table, excel))
    return found


def layout(workbook: Workbook, sheets: list[UserSheet]) -> dict[str, Sheet]:
    """The schema's sheets with the user's columns in the user's order."""
    found = dict(schema().sheets)
    for sheet in sheets:
        found[sheet.key] = _laid_out(workbook, sheet)
    return found


def _laid_out(workbook: Workbook, sheet: UserSheet) -> Sheet:
    table, spec = sheet.table, sheet.table.spec
    texts = _headings(workbook, sheet)
    keys = {number: key for key, number in table.columns.items() if key in spec.columns}
    columns: dict[str, Column] = {}
    for number in range(1, sheet.excel.last + 1):
        key = keys.get(number, f"{_OTHER}{number}")
        column = spec.columns.get(key, Column(key, f"列{number}", "text"))
        columns[key] = replace(column, label=texts.get(number, column.label))
    return replace(spec, columns=columns, table=sheet.excel.name)


def _headings(workbook: Workbook, sheet: UserSheet) -> dict[int, str]:
    xml = workbook.sheet_xml(sheet.tab)
    values = workbook.values(xml)
    for raw in xml.rows():
        if raw.number == sheet.table.header_row:
            cells = ((c, values.cell(a, content).typed) for c, a, content in raw.cells)
            return {number: text for number, text in cells if text}
    return {}


class PresentForm:
    """A new workbook of the present form, to take parts from."""

    def __init__(self, sheets: Mapping[str, Sheet], target: Workbook, *, protect: bool):
        package = Package(builder.render(Content(), 1, protect=protect, layout=sheets), "")
        self.workbook = Workbook(package)
        self.transfer = StyleTransfer(self.workbook.styles, target.styles)
        self.names = workbook_part.defined(package.xml(package.main))
        self.tabs = {key: self._tab(sheet.name) for key, sheet in sheets.items()}
        self.places = {
            key: number
            for key, tab in self.tabs.items()
            for number, other in enumerate(self.workbook.sheets)
            if other == tab
        }

    def _tab(self, name: str) -> SheetPart:
        found = self.workbook.find(name)
        if found is None:
            raise KeyError(name)
        return found

    def xml(self, key: str) -> SheetXml:
        """A sheet's XML."""
        return self.workbook.sheet_xml(self.tabs[key])

    def values(self, xml: SheetXml) -> Values:
        """The decoder of its cells."""
        return self.workbook.values(xml)

    def table(self, key: str) -> TablePart:
        """A sheet's Excel table."""
        return tables_of(self.workbook.package, self.tabs[key].part)[0]
