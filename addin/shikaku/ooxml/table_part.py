"""Excel tables (ListObjects): their part, where they stand, and moving their lower edge."""

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property

from shikaku.ooxml import xml_bytes
from shikaku.ooxml.addresses import Area, area, area_text
from shikaku.ooxml.package import Package


class TablePart:
    """One table part of a sheet. ``first``/``last``: Excel columns; ``header``/``end``: rows."""

    def __init__(self, part: str, data: bytes):
        self.part = part
        self.data = data
        self.p = xml_bytes.prefix(data)
        top = xml_bytes.root(data)
        found = xml_bytes.attributes(data[top.start : top.inner])
        place = area(xml_bytes.plain(found.get(b"ref", b"")))
        if top.name != b"table" or place is None:
            raise xml_bytes.BadMarkup
        self.first, self.header, self.last, self.end = place
        shown = found.get(b"displayName") or found.get(b"name", b"")
        self.name = xml_bytes.plain(shown)
        self.has_header = found.get(b"headerRowCount", b"1") != b"0"
        self.has_totals = found.get(b"totalsRowCount", b"0") != b"0"

    @cached_property
    def columns(self) -> dict[int, str | None]:
        """Excel column → formula of a calculated column (None: typed values)."""
        data, columns = self.data, {}
        lists = xml_bytes.children(data, xml_bytes.root(data), b"tableColumns")
        items = [
            item for outer in lists for item in xml_bytes.children(data, outer, b"tableColumn")
        ]
        for number, item in enumerate(items, self.first):
            found = next(xml_bytes.children(data, item, b"calculatedColumnFormula"), None)
            formula = (
                xml_bytes.plain(data[slice(*xml_bytes.inside(data, found))]) if found else None
            )
            columns[number] = formula
        return columns

    def calculate(self, formulas: Mapping[int, str]) -> None:
        """Give columns (Excel's numbers) the formula of a calculated column, without ``=``."""
        data, p = self.data, self.p
        lists = xml_bytes.children(data, xml_bytes.root(data), b"tableColumns")
        items = [
            item for outer in lists for item in xml_bytes.children(data, outer, b"tableColumn")
        ]
        edits = []
        for number, item in enumerate(items, self.first):
            if number not in formulas:
                continue
            name = p + b"calculatedColumnFormula"
            element = b"<%s>%s</%s>" % (name, xml_bytes.escape(formulas[number]), name)
            old = next(xml_bytes.children(data, item, b"calculatedColumnFormula"), None)
            if old is not None:
                edits.append((old.start, old.end, element))
            elif data[item.inner - 2 : item.inner] == b"/>":
                tag = data[item.start : item.inner - 2].rstrip() + b">"
                edits.append((item.start, item.end, tag + element + b"</%stableColumn>" % p))
            else:
                edits.append((item.inner, item.inner, element))
        self.data = xml_bytes.splice(data, edits)
        self.__dict__.pop("columns", None)  # found again where they are asked for

    @property
    def is_filtered(self) -> bool:
        """Whether its filter lets only some rows through."""
        filters = xml_bytes.children(self.data, xml_bytes.root(self.data), b"autoFilter")
        return any(any(xml_bytes.children(self.data, f, b"filterColumn")) for f in filters)

    def totals_row(self) -> int | None:
        """The row of totals at the table's foot."""
        return self.end if self.has_totals else None

    def area(self) -> Area:
        """Where it stands, its headings and totals included."""
        return self.first, self.header, self.last, self.end

    def last_data_row(self) -> int:
        """The last row that can hold data."""
        return self.end - self.has_totals

    def resize(self, end: int, *, drop_filter: bool = False, drop_totals: bool = False) -> None:
        """Let the table end at another row (the totals row included, unless it is dropped)."""
        self.end = end
        if drop_totals:
            self.has_totals = False
        whole = area_text((self.first, self.header, self.last, end)).encode()
        inner = area_text((self.first, self.header, self.last, self.last_data_row())).encode()

        def table_tag(tag: bytes) -> bytes:
            tag = xml_bytes.set_attribute(tag, b"ref", whole)
            for name in (b"insertRow", b"insertRowShift"):  # "empty, the next row is a blank one"
                tag = xml_bytes.set_attribute(tag, name, None)
            return xml_bytes.set_attribute(tag, b"totalsRowCount", None) if drop_totals else tag

        top = xml_bytes.root(self.data)
        edits = [(top.start, top.inner, table_tag(self.data[top.start : top.inner]))]
        for item in xml_bytes.children(self.data, top, b"autoFilter"):
            tag = xml_bytes.set_attribute(self.data[item.start : item.inner], b"ref", inner)
            if drop_filter:
                tag = tag.removesuffix(b"/>").removesuffix(b">") + b"/>"
                edits.append((item.start, item.end, tag))
            else:
                edits.append((item.start, item.inner, tag))
        if drop_filter:
            sorts = xml_bytes.children(self.data, top, b"sortState")
            edits += [(item.start, item.end, b"") for item in sorts]
        self.data = xml_bytes.splice(self.data, edits)


def tables_of(package: Package, sheet_part: str) -> list[TablePart]:
    """The tables of a sheet. Raises BookError or BadMarkup when one is damaged."""
    return [
        TablePart(relation.target, package.xml(relation.target))
        for relation in package.relations(sheet_part)
        if relation.type == "table"
    ]


def reaching(parts: Iterable[TablePart], columns: Collection[int]) -> list[TablePart]:
    """The tables that reach over one of these columns; others of the sheet stand beside."""
    return [part for part in parts if any(part.first <= one <= part.last for one in columns)]


def around(parts: Iterable[TablePart], header: int, columns: Collection[int]) -> TablePart | None:
    """The table that holds headings which stand in a row and these columns."""
    return next((part for part in reaching(parts, columns) if part.header == header), None)


def pivots_of(package: Package, sheet_part: str) -> list[tuple[str, Area]]:
    """(name, where it stands) of the pivot tables of a sheet. Raises as ``tables_of``."""
    found = []
    for relation in package.relations(sheet_part):
        if relation.type == "pivotTable":
            data = package.xml(relation.target)
            top = xml_bytes.root(data)
            name = xml_bytes.attributes(data[top.start : top.inner]).get(b"name", b"")
            for item in xml_bytes.children(data, top, b"location"):
                ref = xml_bytes.attributes(data[item.start : item.inner]).get(b"ref", b"")
                place = area(xml_bytes.plain(ref))
                if place is not None:
                    found.append((xml_bytes.plain(name), place))
    return found
