"""The XML of one sheet as rows of raw cells, and raw cells as values.

Works on parts in plain form (``plain_form.checked``). A raw cell is (column, attributes, content)
as bytes; decoding is left to ``Values`` because most cells of a wide sheet are never asked for.
"""

import datetime as dt
import re
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, replace
from operator import lt

from shikaku.model.tables import BLANK, BOOL, DATE, EMPTY, ERROR, NUMBER, TEXT, Cell
from shikaku.ooxml import number_formats, xml_bytes
from shikaku.ooxml.addresses import column_number
from shikaku.ooxml.xml_bytes import BadMarkup


@dataclass(slots=True)
class RawRow:
    """One ``<row>``: Excel row, start tag, and of its cells that have content the columns, from left to
    right, and each as it stands behind its address: attributes, ``>`` and content."""

    number: int
    tag: bytes
    columns: tuple[int, ...]
    packed: tuple[bytes, ...]

    @property
    def cells(self) -> list[tuple[int, bytes, bytes]]:
        """(column, attributes behind its address, content) of each cell."""
        parts = (packed.partition(b">") for packed in self.packed)
        pairs = zip(self.columns, parts, strict=True)
        return [(column, attributes, content) for column, (attributes, _, content) in pairs]

    @property
    def hidden(self) -> bool:
        """Hidden by hand or by a filter."""
        tag = self.tag
        return b"hidden" in tag and xml_bytes.attributes(tag).get(b"hidden") in (b"1", b"true")


class SheetXml:
    """Where things stand in a worksheet part.

    p: the prefix of its elements; head and tail: the spans before and behind sheetData; body: the
    span of sheetData's content (empty when it is ``<sheetData/>``). Raises BadMarkup.
    """

    def __init__(self, data: bytes):
        self.data = data
        self.top = xml_bytes.root(data)
        self.p = xml_bytes.prefix(data)
        start, end = xml_bytes.inside(data, self.top)
        opening = re.compile(rb"<%ssheetData(?: [^>]*)?/?>" % self.p).search(data, start, end)
        if self.top.name != b"worksheet" or opening is None:
            raise BadMarkup
        self.head = (start, opening.start())
        closing = b"</%ssheetData>" % self.p
        if opening[0].endswith(b"/>"):
            self.body = (opening.end(), opening.end())
            self.tail = (opening.end(), end)
        else:
            close = data.rfind(closing, opening.end(), end)
            if close < 0:
                raise BadMarkup
            self.body = (opening.end(), close)
            self.tail = (close + len(closing), end)
        self.sheet_data = opening
        # The rows are those of the sheet itself: nothing around them is open, nor are there two.
        again = b"<%ssheetData" % self.p
        if not xml_bytes.balanced(data, *self.head) or data.find(again, opening.end(), end) >= 0:
            raise BadMarkup

    def row_spans(self) -> Iterator[tuple[int, int, int, int]]:
        """(Excel row, start, end of the start tag, end) of each ``<row>``, from the top down."""
        data, (at, end) = self.data, self.body
        opening, closing = b'<%srow r="' % self.p, b"</%srow>" % self.p
        while (start := data.find(opening, at, end)) >= 0:
            inner = data.index(b">", start, end) + 1
            digits = start + len(opening)
            number = int(data[digits : data.index(b'"', digits)])
            at = inner
            if data[inner - 2] != 0x2F:  # "/>"
                at = data.index(closing, inner, end) + len(closing)
            yield number, start, inner, at

    def rows(self, but: Container[int] = ()) -> Iterator[RawRow]:
        """The rows that have at least one cell with content, ``but`` those with these numbers."""
        data, p = self.data, self.p
        pattern = re.compile(
            rb'<%sc r="([A-Z]{1,3})\d++"([^>]*+(?<!/)>'
            rb"(?:<%sv>[^<]*+</%sv>|(?:[^<]++|<(?!/%sc>))*+))</%sc>" % (p, p, p, p, p)
        )
        for number, start, inner, end in self.row_spans():
            found = pattern.findall(data, inner, end) if number not in but else ()
            if not found:
                continue
            letters, packed = zip(*found, strict=True)
            columns, order = _PLACES[letters]
            if order:
                packed = tuple(packed[i] for i in order)
            yield RawRow(number, data[start:inner], columns, packed)

    def strings_used(self) -> set[int]:
        """The indexes of the shared strings that cells point to."""
        value = re.compile(rb"<%sv>\s*(\d{1,9})\s*</%sv>" % (self.p, self.p))
        found = (
            value.search(content)
            for row in self.rows()
            for _, attributes, content in row.cells
            if _kind_and_style(attributes)[0] == b"s"
        )
        return {int(match[1]) for match in found if match}

    def merged(self) -> list[str]:
        """The merged ranges, A1 style."""
        found = []
        for outer in xml_bytes.pieces(self.data, *self.tail):
            if outer.full == self.p + b"mergeCells":
                for item in xml_bytes.children(self.data, outer, b"mergeCell"):
                    ref = xml_bytes.attributes(self.data[item.start : item.inner]).get(b"ref")
                    found.append(xml_bytes.plain(ref or b""))
        return found


class _Columns(dict[bytes, int]):
    """Column letters → number."""

    def __missing__(self, letters: bytes) -> int:
        self[letters] = number = column_number(letters.decode())
        return number


class _Places(dict[tuple[bytes, ...], tuple[tuple[int, ...], tuple[int, ...]]]):
    """The letters of a row's cells → (columns from left to right, the cells in that order; () where they
    stand so). Most rows of a sheet are filled alike. Raises BadMarkup when two share a place."""

    def __missing__(self, letters: tuple[bytes, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        columns = [COLUMN_NUMBERS[one] for one in letters]
        order = tuple(sorted(range(len(columns)), key=columns.__getitem__))
        found = tuple(columns[i] for i in order)
        if not all(map(lt, found, found[1:])):
            raise BadMarkup
        if len(self) > _MOST_PLACES:
            self.clear()
        self[letters] = known = found, () if list(found) == columns else order
        return known


_MOST_PLACES = 10_000
COLUMN_NUMBERS = _Columns()
_PLACES = _Places()
_KINDS = frozenset((b"s", b"n", b"b", b"e", b"d", b"str", b"inlineStr"))
_KIND = re.compile(rb'(?: s="(\d{1,6})")?(?: t="([^"]*)")?(?: s="(\d{1,6})")?')


def _kind_and_style(attributes: bytes) -> tuple[bytes, int]:
    """(type, style) of a cell by its attributes behind the address."""
    match = _KIND.match(attributes)
    return (match[2] or b"n", int(match[1] or match[3] or 0)) if match else (b"n", 0)


def style_of(attributes: bytes) -> int:
    """The style of a raw cell, by its attributes behind the address."""
    return _kind_and_style(attributes)[1]


_INTEGER = re.compile(rb"-?\d{1,15}\Z")
_LONGEST_INDEX = 9
_FLOAT = re.compile(rb"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\Z")
_ESCAPED = re.compile(
    r"_x(?P<high>[Dd][89ABab][0-9A-Fa-f]{2})__x(?P<low>[Dd][C-Fc-f][0-9A-Fa-f]{2})_"
    r"|_x(?P<one>[0-9A-Fa-f]{4})_"
)


def unescaped(text: str) -> str:
    """Excel's own escapes resolved, two halves of a character to the one that they make.

    >>> unescaped("_x4F50__x000A_"), unescaped("_xD842__xDFB7_")
    ('佐\\n', '𠮷')
    """
    return _ESCAPED.sub(_resolved, text) if "_x" in text else text


def _resolved(match: re.Match[str]) -> str:
    if match["one"] is None:
        high, low = int(match["high"], 16), int(match["low"], 16)
        return chr(0x10000 + (high - 0xD800 << 10) + low - 0xDC00)
    return chr(int(match["one"], 16))


def rich_text(data: bytes, element: xml_bytes.ElementSpan) -> str:
    """The text of ``<si>`` or ``<is>``: its runs joined, furigana (``rPh``) left out."""
    p = element.full.removesuffix(element.name)
    parts = []
    for piece in xml_bytes.pieces(data, *xml_bytes.inside(data, element)):
        if piece.full == p + b"t":
            texts = iter([piece])
        elif piece.full == p + b"r":
            texts = xml_bytes.children(data, piece, b"t")
        else:
            continue
        parts += [data[slice(*xml_bytes.inside(data, text))] for text in texts]
    return unescaped(xml_bytes.plain(b"".join(parts)))


def shared_strings(data: bytes) -> list[str]:
    """The texts of a sharedStrings part in plain form, in order."""
    p = xml_bytes.prefix(data)
    top = xml_bytes.root(data)
    start, end = xml_bytes.inside(data, top)
    # Items without runs are nearly all; one after the other they leave no doubt what is what.
    plain = re.compile(
        rb'(?:<%ssi><%st(?: xml:space="preserve")?+>[^<]*+</%st></%ssi>)*+' % (p, p, p, p)
    )
    prefix = p.decode()
    head = re.compile(f'<{prefix}si><{prefix}t(?: xml:space="preserve")?+>([^<]*+)')
    bare = b"&" not in data and b"_x" not in data
    found: list[str] = []
    while start < end:
        match = plain.match(data, start, end)
        until = match.end() if match else start
        texts = head.findall(data[start:until].decode("utf-8", "replace"))
        found += texts if bare else [unescaped(xml_bytes.resolved(text)) for text in texts]
        item = next(xml_bytes.pieces(data, until, end), None)
        if item is None:
            break
        if item.full == p + b"si":
            found.append(rich_text(data, item))
        start = item.end
    return found


class _Decoded(dict[bytes, Cell]):
    """A cell as it stands → the Cell, made when it is met first: a shared text at once, as most are, the
    others by ``decode``.

    texts: the attributes of cells with a shared text → the code of their format.
    """

    __slots__ = ("_behind", "_between", "_strings", "blanks", "decode", "texts")

    def __init__(self, strings: list[str], p: bytes, decode: Callable[[bytes], Cell]):
        self._strings = strings
        self._between, self._behind = b"><%sv>" % p, b"</%sv>" % p
        self.texts: dict[bytes, str] = {}
        self.decode = decode
        self.blanks = False

    def __missing__(self, packed: bytes) -> Cell:
        attributes, _, content = packed.partition(self._between)
        code, index = self.texts.get(attributes), content.removesuffix(self._behind)
        if code is not None and index.isdigit() and len(index) <= _LONGEST_INDEX:
            place = int(index)
            if place >= len(self._strings):
                raise BadMarkup
            text = self._strings[place]
            cell = Cell(text, TEXT, False, code) if text else BLANK
        else:
            cell = self.decode(packed)
        self[packed] = cell
        if cell is BLANK:
            self.blanks = True
        return cell


def _trimmed(raw: bytes | None, kind: bytes) -> bytes | None:
    """What a ``<v>`` holds: white space around a number or an index is none."""
    return raw if raw is None or kind == b"str" else raw.strip()


class Values:
    """Turns raw cells of one workbook into ``Cell`` objects; equal raw cells share one object.

    strings: the shared strings; codes: number format code by style index; p: the sheet's prefix.
    """

    def __init__(self, strings: list[str], codes: list[str], date1904: bool, p: bytes):
        self.strings = strings
        self.codes = codes
        self.date1904 = date1904
        self.p = p
        self._known = _Decoded(strings, p, self._read)
        self._kinds: dict[bytes, tuple[str, bytes, bool]] = {}
        self._value = re.compile(rb"<%sv>([^<]*+)</%sv>" % (p, p))
        self._formula = re.compile(rb"<%sf[ />]" % p)
        self._opening, self._closing = b"<%sv>" % p, b"</%sv>" % p
        self._inline = re.compile(
            rb'<%sis><%st(?: xml:space="preserve")?+>([^<]*+)</%st></%sis>\Z' % (p, p, p, p)
        )

    @property
    def blanks(self) -> bool:
        """Whether any cell with content was a BLANK all the same."""
        return self._known.blanks

    def row(self, raw: RawRow) -> list[Cell]:
        """The cells of a row. Raises BadMarkup when one points to a shared string that isn't there."""
        return list(map(self._known.__getitem__, raw.packed))

    def cell(self, attributes: bytes, content: bytes) -> Cell:
        """One cell. Raises BadMarkup as ``row`` does."""
        return self._known[b"%s>%s" % (attributes, content)]

    def as_day_of_1900(self, cell: Cell) -> Cell:
        """A cell that is meant as a day: a bare number of a workbook that counts from 1904 becomes
        the number of the same day in the 1900 system, which is what everybody else takes it for."""
        value = cell.value
        if not self.date1904 or cell.kind != NUMBER or not isinstance(value, int | float):
            return cell
        if number_formats.from_serial(value, True) is None:
            return cell
        return replace(cell, value=value + number_formats.SINCE_1904)

    def _kind(self, attributes: bytes) -> tuple[str, bytes, bool]:
        """(number format code, type, whether a number is a day) by a cell's attributes."""
        kind, index = _kind_and_style(attributes)
        if kind not in _KINDS:
            raise BadMarkup
        code = self.codes[index] if index < len(self.codes) else ""
        found = self._kinds[attributes] = (code, kind, number_formats.is_date(code))
        if kind == b"s":
            self._known.texts[attributes] = code
        return found

    def _read(self, packed: bytes) -> Cell:
        attributes, _, content = packed.partition(b">")
        code, kind, is_day = self._kinds.get(attributes) or self._kind(attributes)
        if kind == b"inlineStr":
            return self._inlined(content, code)
        opening, closing = self._opening, self._closing
        if content.startswith(opening) and content.endswith(closing):
            raw: bytes | None = content[len(opening) : -len(closing)]
            formula = False
        else:
            formula = self._formula.search(content) is not None
            found = self._value.search(content)
            raw = found[1] if found else None
        raw = _trimmed(raw, kind)
        if raw is None or raw == b"" and kind != b"str":
            return Cell(None, EMPTY, True, code) if formula else BLANK
        if kind == b"n":
            return self._number(raw, formula, code, is_day)
        return self._valued(kind, raw, formula, code, is_day)

    def _shared(self, raw: bytes) -> str:
        if raw.isdigit() and len(raw) <= _LONGEST_INDEX:
            index = int(raw)
            if index < len(self.strings):
                return self.strings[index]
        raise BadMarkup

    def _inlined(self, content: bytes, code: str) -> Cell:
        match = self._inline.match(content)
        if match:
            text = unescaped(xml_bytes.plain(match[1]))
            return Cell(text, TEXT, False, code) if text else BLANK
        formula, value = False, ""
        for piece in xml_bytes.pieces(content, 0, len(content)):
            formula = formula or piece.full == self.p + b"f"
            if piece.full == self.p + b"is":
                value = rich_text(content, piece)
        if not value:
            return Cell(None, EMPTY, True, code) if formula else BLANK
        return Cell(value, TEXT, formula, code)

    def _valued(self, kind: bytes, raw: bytes, formula: bool, code: str, is_day: bool) -> Cell:
        if kind == b"s":
            value = self._shared(raw)
        elif kind == b"str":
            value = unescaped(xml_bytes.plain(raw))
        elif kind == b"b":
            return Cell(raw in xml_bytes.TRUE, BOOL, formula, code)
        elif kind == b"e":
            return Cell(xml_bytes.plain(raw), ERROR, formula, code)
        elif kind == b"d":
            return self._iso(xml_bytes.plain(raw), formula, code)
        else:
            return self._number(raw, formula, code, is_day)
        if not value:
            return Cell(None, EMPTY, True, code) if formula else BLANK
        return Cell(value, TEXT, formula, code)

    def _number(self, raw: bytes, formula: bool, code: str, is_day: bool) -> Cell:
        if _INTEGER.match(raw):
            number: int | float = int(raw)
        elif _FLOAT.match(raw) and abs(float(raw)) < 1e308:
            number = float(raw)
        else:  # no number at all: a writer's mistake that Excel, too, would refuse
            raise BadMarkup
        if is_day:
            day = number_formats.from_serial(number, self.date1904)
            if day is not None:
                return Cell(day, DATE, formula, code)
        return Cell(number, NUMBER, formula, code)

    def _iso(self, text: str, formula: bool, code: str) -> Cell:
        try:
            return Cell(dt.date.fromisoformat(text[:10]), DATE, formula, code)
        except ValueError:
            return Cell(text, TEXT, formula, code)
