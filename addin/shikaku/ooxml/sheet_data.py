"""The XML of one sheet as rows of raw cells, and raw cells as values.

Works on checked parts (``markup.checked``). A raw cell is (column, attributes, content) as bytes;
decoding is left to ``Values`` because most cells of a wide sheet are never asked for.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from shikaku.model.tables import BLANK, BOOL, DATE, EMPTY, ERROR, NUMBER, TEXT, Cell
from shikaku.ooxml import number_formats, xml_bytes

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384


@dataclass(frozen=True, slots=True)
class RawRow:
    """One ``<row>``: Excel row, start tag, and (column, start tag's attributes, content) of its
    cells that have content."""

    number: int
    tag: bytes
    cells: list[tuple[int, bytes, bytes]]

    @property
    def hidden(self) -> bool:
        """Hidden by hand or by a filter."""
        return xml_bytes.attributes(self.tag).get(b"hidden") in (b"1", b"true")


class SheetXml:
    """Where things stand in a worksheet part.

    p: the prefix of its elements; head and tail: the spans before and behind sheetData; body: the
    span of sheetData's content (empty when it is ``<sheetData/>``).
    """

    def __init__(self, data: bytes):
        self.data = data
        self.top = xml_bytes.root(data)
        self.p = xml_bytes.prefix(data)
        start, end = xml_bytes.inside(data, self.top)
        opening = re.compile(rb"<%ssheetData(?:\s[^>]*)?/?>" % self.p).search(data, start, end)
        if self.top.name != b"worksheet" or opening is None:
            raise xml_bytes.BadMarkup
        self.head = (start, opening.start())
        if opening[0].endswith(b"/>"):
            self.body = (opening.end(), opening.end())
            self.tail = (opening.end(), end)
        else:
            close = data.find(b"</%ssheetData>" % self.p, opening.end(), end)
            if close < 0:
                raise xml_bytes.BadMarkup
            self.body = (opening.end(), close)
            self.tail = (close + len(b"</%ssheetData>" % self.p), end)
        self.sheet_data = opening

    def row_spans(self) -> Iterator[tuple[int, int, int, int]]:
        """(Excel row, start, end of the start tag, end) of each ``<row>``, in the file's order.

        A row without ``r`` follows the one before it. Raises BadMarkup for an impossible number
        and for rows out of order, which Excel, too, calls damage.
        """
        data, (at, end) = self.data, self.body
        opening, closing = b"<%srow" % self.p, b"</%srow>" % self.p
        number = 0
        while (start := data.find(opening, at, end)) >= 0:
            inner = data.index(b">", start, end) + 1
            named = _ROW_NUMBER.search(data, start, inner)
            before, number = number, int(named[1]) if named else number + 1
            if not before < number <= LAST_ROW:
                raise xml_bytes.BadMarkup
            if data[inner - 2] == 0x2F:  # "/>"
                at = inner
            else:
                at = data.find(closing, inner, end) + len(closing)
                if at < inner:
                    raise xml_bytes.BadMarkup
            yield number, start, inner, at

    def rows(self) -> Iterator[RawRow]:
        """The rows that have at least one cell with content."""
        data, columns = self.data, _Columns()
        pattern = cell_pattern(self.p)
        for number, start, inner, end in self.row_spans():
            found = pattern.findall(data, inner, end)
            try:
                cells = [(columns[letters], rest, text) for letters, rest, text in found if text]
            except KeyError:  # a writer that puts ``r`` elsewhere or leaves it out
                cells, column = [], 0
                for letters, rest, text in found:
                    column = columns[letters] if letters else _column_of(rest, column, columns)
                    if text:
                        cells.append((column, rest, text))
            if cells:
                yield RawRow(number, data[start:inner], cells)

    def merged(self) -> list[str]:
        """The merged ranges, A1 style."""
        tail = self.data[slice(*self.tail)]
        found = re.findall(rb'<%smergeCell\s[^>]*?ref="([A-Z0-9:]+)"' % self.p, tail)
        return [item.decode() for item in found]


_ROW_NUMBER = re.compile(rb'\sr="(\d{1,9})"')
_CELL_ADDRESS = re.compile(rb'\sr="([A-Z]{1,3})\d+"')


def cell_pattern(p: bytes) -> re.Pattern:
    """Matches one ``<c>``: 1 the column's letters when ``r`` comes first, 2 the (other)
    attributes, 3 the content (nothing for an empty element)."""
    return re.compile(
        rb'<%sc(?: r="([A-Z]{1,3})\d+")?((?:\s[^>]*?)?)'
        rb"(?:/>|>([^<]*(?:<(?!/%sc>)[^<]*)*)</%sc>)" % (p, p, p)
    )


class _Columns(dict):
    """Column letters → number."""

    def __missing__(self, letters: bytes) -> int:
        if not letters:
            raise KeyError(letters)
        number = 0
        for letter in letters:
            number = number * 26 + letter - 64
        self[letters] = number
        return number


def _column_of(rest: bytes, before: int, columns: _Columns) -> int:
    address = _CELL_ADDRESS.search(rest)
    return columns[address[1]] if address else before + 1


_STYLE = re.compile(rb'\ss="(\d{1,6})"')
_TYPE = re.compile(rb'\st="([A-Za-z]+)"')
_INTEGER = re.compile(rb"-?\d{1,15}\Z")
_INDEX = re.compile(rb"\d{1,9}\Z")
_FLOAT = re.compile(rb"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\Z")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescaped(text: str) -> str:
    """Excel's own escapes (``_x000D_``) resolved."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text)
    return text


def rich_text(content: bytes, p: bytes) -> str:
    """The text of ``<si>`` or ``<is>``: its runs joined, furigana (``rPh``) left out."""
    if b"rPh" in content:
        content = re.sub(rb"<%srPh[\s>].*?</%srPh>" % (p, p), b"", content, flags=re.DOTALL)
    runs = re.findall(rb"<%st(?:\s[^>]*)?>([^<]*)</%st>" % (p, p), content)
    return unescaped(xml_bytes.plain(b"".join(runs)))


def shared_strings(data: bytes) -> list[str]:
    """The texts of a sharedStrings part, in order."""
    p = xml_bytes.prefix(data)
    pattern = re.compile(rb"<%ssi(?:\s[^>]*)?(?:/>|>(.*?)</%ssi>)" % (p, p), re.DOTALL)
    return [rich_text(content or b"", p) for content in pattern.findall(data)]


class Values:
    """Turns raw cells of one workbook into ``Cell`` objects; equal raw cells share one object.

    strings: the shared strings; codes: number format code by style index; p: the sheet's prefix.
    """

    def __init__(self, strings: list[str], codes: list[str], date1904: bool, p: bytes):
        self.strings = strings
        self.codes = codes
        self.date1904 = date1904
        self.p = p
        self.known: dict[tuple[bytes, bytes], Cell] = {}
        self._value = re.compile(rb"<%sv(?:\s[^>]*)?>([^<]*)</%sv>" % (p, p))
        self._formula = re.compile(rb"<%sf[\s/>]" % p)
        self._inline = re.compile(rb"<%sis(?:\s[^>]*)?>(.*?)</%sis>" % (p, p), re.DOTALL)

    def cell(self, attributes: bytes, content: bytes) -> Cell:
        """The cell. Raises BadMarkup when it points to a shared string that isn't there."""
        key = (attributes, content)
        cell = self.known.get(key)
        if cell is None:
            cell = self.known[key] = self._decoded(attributes, content)
        return cell

    def _decoded(self, attributes: bytes, content: bytes) -> Cell:
        style = _STYLE.search(attributes)
        index = int(style[1]) if style else 0
        code = self.codes[index] if index < len(self.codes) else ""
        named = _TYPE.search(attributes)
        kind = named[1] if named else b"n"
        formula = self._formula.search(content) is not None
        found = self._value.search(content)
        raw = found[1] if found else None
        if kind == b"inlineStr":
            inline = self._inline.search(content)
            value = rich_text(inline[1], self.p) if inline else None
        elif raw is None or raw == b"" and kind != b"str":
            value = None
        elif kind == b"s":
            place = raw.strip()
            if not _INDEX.match(place) or int(place) >= len(self.strings):
                raise xml_bytes.BadMarkup
            value = self.strings[int(place)]
        elif kind == b"str":
            value = unescaped(xml_bytes.plain(raw))
        elif kind == b"b":
            return Cell(raw.strip() in (b"1", b"true"), BOOL, formula, code)
        elif kind == b"e":
            return Cell(xml_bytes.plain(raw), ERROR, formula, code)
        elif kind == b"d":
            return self._iso(xml_bytes.plain(raw), formula, code)
        else:
            return self._number(raw.strip(), formula, code)
        if not value:
            return Cell(None, EMPTY, True, code) if formula else BLANK
        return Cell(value, TEXT, formula, code)

    def _number(self, raw: bytes, formula: bool, code: str) -> Cell:
        if _INTEGER.match(raw):
            number: int | float = int(raw)
        elif _FLOAT.match(raw) and abs(float(raw)) < 1e308:
            number = float(raw)
        else:  # no number at all: a writer's mistake that Excel, too, would refuse
            raise xml_bytes.BadMarkup
        if number_formats.is_date(code):
            day = number_formats.from_serial(number, self.date1904)
            if day is not None:
                return Cell(day, DATE, formula, code)
        return Cell(number, NUMBER, formula, code)

    def _iso(self, text: str, formula: bool, code: str) -> Cell:
        try:
            return Cell(dt.date.fromisoformat(text[:10]), DATE, formula, code)
        except ValueError:
            return Cell(text, TEXT, formula, code)
