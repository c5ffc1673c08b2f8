"""Excel tables (ListObjects): their part, where they stand, and moving their lower edge."""

import re

from shikaku.ooxml import xml_bytes
from shikaku.ooxml.package import Package

_AREA = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?\Z")


def area(text: str) -> tuple[int, int, int, int] | None:
    """(first column, first row, last column, last row) of an A1 range; None when it is none.

    >>> area("B2:AA9"), area("C3")
    ((2, 2, 27, 9), (3, 3, 3, 3))
    """
    match = _AREA.match(text)
    if not match:
        return None
    first, last = column_number(match[1]), column_number(match[3] or match[1])
    return first, int(match[2]), last, int(match[4] or match[2])


def column_number(letters: str) -> int:
    """A → 1, AA → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


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
        self.has_header = found.get(b"headerRowCount", b"1") != b"0"
        self.has_totals = found.get(b"totalsRowCount", b"0") != b"0"
        self.columns = self._columns()

    def _columns(self) -> dict[int, str | None]:
        """Excel column → formula of a calculated column (None: typed values)."""
        p = self.p
        pattern = re.compile(
            rb"<%stableColumn\s[^>]*?(?:/>|>(.*?)</%stableColumn>)" % (p, p), re.DOTALL
        )
        formula = re.compile(
            rb"<%scalculatedColumnFormula(?:\s[^>]*)?>([^<]*)</%scalculatedColumnFormula>" % (p, p)
        )
        columns = {}
        for number, content in enumerate(pattern.findall(self.data), self.first):
            found = formula.search(content)
            columns[number] = xml_bytes.plain(found[1]) if found else None
        return columns

    def totals_row(self) -> int | None:
        """The row of totals at the table's foot."""
        return self.end if self.has_totals else None

    def last_data_row(self) -> int:
        """The last row that can hold data."""
        return self.end - self.has_totals

    def resize(self, end: int, *, drop_filter: bool = False, drop_totals: bool = False) -> None:
        """Let the table end at another row (the totals row included, unless it is dropped)."""
        p = self.p
        self.end = end
        if drop_totals:
            self.has_totals = False
        ref = b"%s%d:%s%d"
        whole = ref % (_letters(self.first), self.header, _letters(self.last), end)
        inner = ref % (_letters(self.first), self.header, _letters(self.last), self.last_data_row())

        def table_tag(match: re.Match) -> bytes:
            tag = xml_bytes.set_attribute(match[0], b"ref", whole)
            for name in (b"insertRow", b"insertRowShift"):  # "empty, the next row is a blank one"
                tag = xml_bytes.set_attribute(tag, name, None)
            return xml_bytes.set_attribute(tag, b"totalsRowCount", None) if drop_totals else tag

        data = re.sub(rb"<%stable\s[^>]*>" % p, table_tag, self.data, count=1)
        data = re.sub(
            rb"<%sautoFilter\s[^>]*>" % p,
            lambda match: xml_bytes.set_attribute(match[0], b"ref", inner),
            data,
            count=1,
        )
        if drop_filter:
            data = re.sub(
                rb"(<%sautoFilter\s[^>/]*)>.*?</%sautoFilter>" % (p, p),
                rb"\1/>",
                data,
                count=1,
                flags=re.DOTALL,
            )
            data = re.sub(
                rb"<%ssortState\s.*?</%ssortState>" % (p, p), b"", data, count=1, flags=re.DOTALL
            )
        self.data = data


def _letters(number: int) -> bytes:
    letters = b""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = b"%c" % (65 + rest) + letters
    return letters


def tables_of(package: Package, sheet_part: str) -> list[TablePart]:
    """The tables of a sheet. Raises BookError or BadMarkup when one is damaged."""
    return [
        TablePart(relation.target, package.xml(relation.target))
        for relation in package.relations(sheet_part)
        if relation.type == "table"
    ]
