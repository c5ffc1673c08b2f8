"""Raw cells of a sheet (``row_blocks``) as values; equal ones are one object."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace

from shikaku.model.tables import BLANK, BOOL, DATE, EMPTY, ERROR, NUMBER, TEXT, Cell
from shikaku.ooxml import number_formats, xml_bytes
from shikaku.ooxml.row_blocks import BlockColumn
from shikaku.ooxml.xml_bytes import BadMarkup

_KINDS = frozenset((b"s", b"n", b"b", b"e", b"d", b"str", b"inlineStr"))
_KIND = re.compile(rb'(?: s="(\d{1,6})")?(?: t="([^"]*)")?(?: s="(\d{1,6})")?')


def kind_and_style(attributes: bytes) -> tuple[bytes, int]:
    """(type, style) of a cell by its attributes behind the address."""
    match = _KIND.match(attributes)
    return (match[2] or b"n", int(match[1] or match[3] or 0)) if match else (b"n", 0)


def style_of(attributes: bytes) -> int:
    """The style of a raw cell, by its attributes behind the address."""
    return kind_and_style(attributes)[1]


_INTEGER = re.compile(rb"-?\d{1,15}\Z")
_MOST_DIGITS = {b"s": 9, b"n": 15}
"""Kinds of cells that differ by a number alone, an index or their own, and how long it may be."""

_ZERO = ord("0")
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


def _alike_items(items: str, p: str) -> list[str]:
    """The texts of a table of shared texts, thousands at once; none where an item isn't spelt as most are. p: the
    prefix of its elements."""
    first, last = f"<{p}si><{p}t>", f"</{p}t></{p}si>"
    if not items.startswith(first) or not items.endswith(last):
        return []
    texts = items[len(first) : -len(last)].split(last + first)
    return texts if items.count("<") == 4 * len(texts) else []  # nothing but these elements


def shared_strings(data: bytes) -> list[str]:
    """The texts of a sharedStrings part in plain form, in order."""
    p = xml_bytes.prefix(data)
    top = xml_bytes.root(data)
    start, end = xml_bytes.inside(data, top)
    bare = b"&" not in data and b"_x" not in data
    if bare and (alike := _alike_items(data[start:end].decode("utf-8", "replace"), p.decode())):
        return alike
    # Items without runs are nearly all; one after the other they leave no doubt what is what.
    plain = re.compile(
        rb'(?:<%ssi><%st(?: xml:space="preserve")?+>[^<]*+</%st></%ssi>)*+' % (p, p, p, p)
    )
    prefix = p.decode()
    head = re.compile(f'<{prefix}si><{prefix}t(?: xml:space="preserve")?+>([^<]*+)')
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


class _KnownCells(dict[bytes, Cell]):
    """What tells cells apart (the value in cells otherwise alike, or the cell's own bytes) → the Cell, made when
    it is met first; b"" → BLANK."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[bytes], Cell]):
        self.make = make
        self[b""] = BLANK

    def __missing__(self, key: bytes) -> Cell:
        self[key] = cell = self.make(key)
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
        self.computed = False  # whether any cell may be a formula's or an error
        self._known = _KnownCells(self._read)  # by all that stands behind their addresses
        self._alike: dict[bytes, _KnownCells] = {b"": self._known}
        self._kinds: dict[bytes, tuple[str, bytes, bool]] = {}
        self._value = re.compile(rb"<%sv>([^<]*+)</%sv>" % (p, p))
        self._formula = re.compile(rb"<%sf[ />]" % p)
        self._opening, self._closing = b"<%sv>" % p, b"</%sv>" % p
        self._inline = re.compile(
            rb'<%sis><%st(?: xml:space="preserve")?+>([^<]*+)</%st></%sis>\Z' % (p, p, p, p)
        )

    def column(self, column: BlockColumn) -> list[Cell]:
        """The cells of a column, by row; BLANK where a row has none. Raises BadMarkup when one points to a shared
        string that isn't there."""
        (head, values), *others = column.forms
        found = list(map(self._by_value(head).__getitem__, values))
        for head, values in others:
            known = self._by_value(head)
            found = [
                known[value] if value else cell for value, cell in zip(values, found, strict=True)
            ]
        return found

    def cell(self, attributes: bytes, content: bytes) -> Cell:
        """One cell. Raises BadMarkup as ``column`` does."""
        return self._known[b"%s>%s" % (attributes, content)]

    def _by_value(self, head: bytes) -> _KnownCells:
        """The cells that differ in their value alone: a number or a text of its own, or the index of a shared
        text. head: what stands before it."""
        found = self._alike.get(head)
        if found is None:
            attributes, _, formula = head.partition(b">")
            code, kind, is_day = self._kinds.get(attributes) or self._kind(attributes)
            make = (
                self._text_maker if kind == b"s" else self._number_maker if kind == b"n" else None
            )
            look = bool(formula), code, is_day
            found = self._alike[head] = _KnownCells(
                make(*look) if make else lambda value: self._noted(kind, value, *look)
            )
            self.computed = self.computed or bool(formula)
        return found

    def _text_maker(self, formula: bool, code: str, is_day: bool) -> Callable[[bytes], Cell]:
        """The index of a shared text → its cell. Most cells of a sheet are made here."""
        texts = self.strings

        def make(value: bytes) -> Cell:
            if value.isdigit() and len(value) <= _MOST_DIGITS[b"s"]:
                index = int(value)
                if index < len(texts) and (text := texts[index]):
                    return Cell(text, TEXT, formula, code)
            return self._noted(b"s", value, formula, code, is_day)

        return make

    def _number_maker(self, formula: bool, code: str, is_day: bool) -> Callable[[bytes], Cell]:
        """A number, or that of a day → its cell."""

        def make(value: bytes) -> Cell:
            if value.isdigit() and len(value) <= _MOST_DIGITS[b"n"]:
                return self._counted(formula, code, is_day, int(value))
            return self._noted(b"n", value, formula, code, is_day)

        return make

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
        kind, index = kind_and_style(attributes)
        if kind not in _KINDS:
            raise BadMarkup
        code = self.codes[index] if index < len(self.codes) else ""
        found = self._kinds[attributes] = (code, kind, number_formats.is_date(code))
        return found

    def _read(self, packed: bytes) -> Cell:
        return self._note(self._made(packed))

    def _noted(
        self, kind: bytes, value: bytes | None, formula: bool, code: str, is_day: bool
    ) -> Cell:
        """The cell with a value of any kind, None for none."""
        raw = _trimmed(value, kind)
        if raw is None or raw == b"" and kind != b"str":
            return self._empty(formula, code)
        return self._note(self._valued(kind, raw, formula, code, is_day))

    def _note(self, cell: Cell) -> Cell:
        self.computed = self.computed or cell.formula or cell.kind == ERROR
        return cell

    def _made(self, packed: bytes) -> Cell:
        attributes, _, content = packed.partition(b">")
        code, kind, is_day = self._kinds.get(attributes) or self._kind(attributes)
        if kind == b"inlineStr":
            return self._inlined(content, code)
        before, _, value = packed.partition(self._opening)
        digits = value.removesuffix(self._closing)
        if digits.isdigit() and len(digits) <= _MOST_DIGITS.get(kind, 0):
            return self._by_value(before)[digits.lstrip(b"0") or b"0"]
        formula = self._formula.search(content) is not None
        found = self._value.search(content)
        return self._noted(kind, found[1] if found else None, formula, code, is_day)

    def _empty(self, formula: bool, code: str) -> Cell:
        return Cell(None, EMPTY, True, code) if formula else BLANK

    def _shared(self, formula: bool, code: str, index: int) -> Cell:
        if index >= len(self.strings):
            raise BadMarkup
        text = self.strings[index]
        return Cell(text, TEXT, formula, code) if text else self._empty(formula, code)

    def _inlined(self, content: bytes, code: str) -> Cell:
        match = self._inline.match(content)
        if match:
            text = unescaped(xml_bytes.plain(match[1]))
            return Cell(text, TEXT, False, code) if text else self._empty(False, code)
        formula, value = False, ""
        for piece in xml_bytes.pieces(content, 0, len(content)):
            formula = formula or piece.full == self.p + b"f"
            if piece.full == self.p + b"is":
                value = rich_text(content, piece)
        return Cell(value, TEXT, formula, code) if value else self._empty(formula, code)

    def _valued(self, kind: bytes, raw: bytes, formula: bool, code: str, is_day: bool) -> Cell:
        if kind == b"s":
            if not raw.isdigit() or len(raw) > _MOST_DIGITS[kind]:
                raise BadMarkup
            return self._shared(formula, code, int(raw))
        if kind == b"str":
            value = unescaped(xml_bytes.plain(raw))
        elif kind == b"b":
            return Cell(raw in xml_bytes.TRUE, BOOL, formula, code)
        elif kind == b"e":
            return Cell(xml_bytes.plain(raw), ERROR, formula, code)
        elif kind == b"d":
            return self._iso(xml_bytes.plain(raw), formula, code)
        else:
            return self._number(raw, formula, code, is_day)
        return Cell(value, TEXT, formula, code) if value else self._empty(formula, code)

    def _number(self, raw: bytes, formula: bool, code: str, is_day: bool) -> Cell:
        if _INTEGER.match(raw):
            number: int | float = int(raw)
        elif _FLOAT.match(raw) and abs(float(raw)) < 1e308:
            number = float(raw)
        else:  # no number at all: a writer's mistake that Excel, too, would refuse
            raise BadMarkup
        return self._counted(formula, code, is_day, number)

    def _counted(self, formula: bool, code: str, is_day: bool, number: float) -> Cell:
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
