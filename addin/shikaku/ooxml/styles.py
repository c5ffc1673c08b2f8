"""The styles part: number formats to read by, and new looks appended without touching the old.

A cell points to an entry of ``cellXfs``; an entry points to a font, a fill, a number format. New
entries, fills and fonts go behind the existing ones, so every index in the file stays right.
"""

import re

from shikaku.ooxml import limits, number_formats, xml_bytes
from shikaku.ooxml.xml_bytes import ElementSpan, splice

HEADING = "D9E1F2"
"""The fill of a heading that we make ourselves (RRGGBB)."""

_SHORT_DAY = 14  # Excel's own number of the short date of the user's system
_MINIMAL = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
    b'<fills count="2"><fill><patternFill patternType="none"/></fill>'
    b'<fill><patternFill patternType="gray125"/></fill></fills>'
    b'<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    b'<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    b"</styleSheet>"
)


_SECTIONS = (
    b"numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst"
).split()


_ITEM = {
    b"numFmts": b"numFmt",
    b"fonts": b"font",
    b"fills": b"fill",
    b"borders": b"border",
    b"cellStyleXfs": b"xf",
    b"cellXfs": b"xf",
    b"dxfs": b"dxf",
}


class Styles:
    """A styles part; ``None`` stands for a workbook without one.

    Every method that makes a look returns its index in ``cellXfs`` and takes an existing equal
    entry before it appends one, so that repeated runs don't grow the part.
    """

    def __init__(self, data: bytes | None):
        self.data = _MINIMAL if data is None else data
        self.p = xml_bytes.prefix(self.data)
        top = xml_bytes.root(self.data)
        sections = [
            piece
            for piece in xml_bytes.pieces(self.data, *xml_bytes.inside(self.data, top))
            if piece.full == self.p + piece.name
        ]
        self._sections = {piece.name: piece for piece in sections}
        if len(self._sections) != len(
            sections
        ):  # which of two lists a cell means is anybody's guess
            raise xml_bytes.BadMarkup
        self._lists: dict[bytes, list[bytes]] = {}
        self._places: dict[bytes, dict[bytes, int]] = {}  # section → element → its first index
        self._new: dict[bytes, int] = {}
        self._formats: dict[bytes, str] | None = None  # the file's own number formats
        self._colours: dict[int, str | None] = {}  # asked for with every cell that is written
        self._sizes: dict[int, float] = {}
        self._linked: dict[int, int] = {}  # entry → the one like it in the look of links

    def _items(self, section: bytes) -> list[bytes]:
        """The elements of a section as they stand, appended ones included."""
        if section not in self._lists:
            piece = self._sections.get(section)
            items = []
            if piece is not None:
                start, end = piece.inner, _content_end(self.data, piece)
                full = self.p + _ITEM[section]  # another namespace's has no place in the counting
                items = [
                    self.data[item.start : item.end]
                    for item in xml_bytes.pieces(self.data, start, end)
                    if item.full == full
                ]
            self._lists[section] = items
            self._new[section] = len(items)
            # From the end, so that of equal elements the first one stays.
            self._places[section] = {items[n]: n for n in range(len(items) - 1, -1, -1)}
        return self._lists[section]

    def _place(self, section: bytes, item: bytes) -> int | None:
        """Where an element stands that is there; tens of thousands are asked for."""
        self._items(section)
        return self._places[section].get(item)

    def _index(self, section: bytes, item: bytes) -> int:
        at = self._place(section, item)
        if at is None:
            items = self._items(section)
            at = self._places[section][item] = len(items)
            items.append(item)
            if section == b"numFmts":
                self._formats = None
        return at

    def element(self, section: bytes, index: int) -> bytes:
        """An element of a section (``fonts``, ``cellXfs``, ``dxfs`` …); b"" when there is none."""
        items = self._items(section)
        return items[index] if 0 <= index < len(items) else b""

    def added(self, section: bytes, element: bytes) -> int:
        """The place of an element in a section, appended unless an equal one is there."""
        return self._index(section, element)

    def format_number(self, code: str) -> int:
        """The ``numFmtId`` of a number format by its code ("" for General). Where no more of them
        have room: Excel's own for days, or General."""
        number = next((n for n, text in number_formats.BUILT_IN.items() if text == code), None)
        if number is not None:
            return number
        attributes = [xml_bytes.attributes(item) for item in self._items(b"numFmts")]
        quoted = xml_bytes.quote(code)
        known = (a for a in attributes if a.get(b"formatCode") == quoted)
        found = next((xml_bytes.whole(a[b"numFmtId"]) for a in known), None)
        if found is None and len(attributes) >= limits.NUMBER_FORMATS:
            return _SHORT_DAY if number_formats.is_date(code) else 0
        if found is None:
            used = (xml_bytes.whole(a.get(b"numFmtId", b"0")) for a in attributes)
            found = max([163, *used]) + 1
            item = b'<%snumFmt numFmtId="%d" formatCode="%s"/>' % (self.p, found, quoted)
            self._index(b"numFmts", item)
        return found

    def codes(self) -> list[str]:
        """The number format code of each entry of ``cellXfs`` ("" = General)."""
        return [self.code(index) for index in range(self.count())]

    def code(self, index: int) -> str:
        """The number format code of one entry ("" = General)."""
        if self._formats is None:
            self._formats = {}
            for item in self._items(b"numFmts"):
                found = xml_bytes.attributes(item)
                code = xml_bytes.plain(found.get(b"formatCode", b""))
                self._formats[b"%d" % xml_bytes.whole(found.get(b"numFmtId", b""))] = code
        return _code(self._number(self._xf(index), b"numFmtId"), self._formats)

    @property
    def full(self) -> bool:
        """Whether Excel takes no further entry of ``cellXfs``."""
        return self.count() >= limits.CELL_FORMATS

    def _xf(self, index: int) -> bytes:
        entries = self._items(b"cellXfs")
        return entries[index] if 0 <= index < len(entries) else (entries or [self._plain()])[0]

    def _plain(self) -> bytes:
        return b'<%sxf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>' % self.p

    @staticmethod
    def _number(tag: bytes, name: bytes) -> int:
        return xml_bytes.whole(xml_bytes.attributes(_start_tag(tag)).get(name, b"0"))

    def wraps(self, index: int) -> bool:
        """Whether an entry breaks its text into lines."""
        tags = (_start_tag(e) for name, e in _children(self._xf(index)) if name == b"alignment")
        return any(xml_bytes.attributes(tag).get(b"wrapText") in xml_bytes.TRUE for tag in tags)

    def font_size(self, index: int) -> float:
        """Points; 11 when the font doesn't say."""
        if index not in self._sizes:
            size = self._font_size(index)
            if index >= self.count():
                return size  # no such entry yet
            self._sizes[index] = size
        return self._sizes[index]

    def _font_size(self, index: int) -> float:
        fonts = self._items(b"fonts")
        at = self._number(self._xf(index), b"fontId")
        parts = dict(_children(fonts[at])) if at < len(fonts) else {}
        size = (
            xml_bytes.attributes(_start_tag(parts[b"sz"])).get(b"val", b"")
            if b"sz" in parts
            else b""
        )
        return float(size) if re.fullmatch(rb"\d{1,3}(?:\.\d+)?", size) else 11.0

    def struck(self) -> frozenset[int]:
        """The entries whose font is struck through."""
        fonts = {n for n, font in enumerate(self._items(b"fonts")) if _is_struck(font)}
        if not fonts:
            return frozenset()
        entries = enumerate(self._items(b"cellXfs"))
        return frozenset(n for n, entry in entries if self._number(entry, b"fontId") in fonts)

    def count(self) -> int:
        """How many entries there are."""
        return len(self._items(b"cellXfs"))

    def _fill_element(self, index: int) -> bytes:
        fills = self._items(b"fills")
        at = self._number(self._xf(index), b"fillId")
        return fills[at] if at < len(fills) else b""

    def fill(self, index: int) -> str | None:
        """An entry's fill as XML without prefix and in single quotes; None when it has none."""
        element = self._fill_element(index)
        pattern = re.search(rb'patternType="(\w+)"', element)
        if b"gradientFill" not in element and (not pattern or pattern[1] == b"none"):
            return None
        bare = re.sub(rb"(</?)%s" % self.p, rb"\1", element) if self.p else element
        return bare.decode().replace("'", "&apos;").replace('"', "'")

    def solid_colour(self, index: int) -> str | None:
        """RRGGBB or AARRGGBB of an entry whose fill is one plain colour; None for any other."""
        if index not in self._colours:
            colour = self._solid_colour(index)
            if index >= self.count():
                return colour  # no such entry yet
            self._colours[index] = colour
        return self._colours[index]

    def _solid_colour(self, index: int) -> str | None:
        element = self._fill_element(index)
        if b'patternType="solid"' not in element:
            return None
        colour = re.search(rb'fgColor\s[^>]*?rgb="([0-9A-Fa-f]{6,8})"', element)
        return colour[1].decode() if colour else None

    def with_fill(self, index: int, fill: str | None) -> int:
        """The entry like ``index`` with another fill, given as ``fill`` gives it."""
        at = 0
        if fill is not None:
            element = fill.replace("'", '"').encode().replace(b"&apos;", b"'")
            at = self._index(b"fills", xml_bytes.prefixed(element, self.p))
        return self._like(index, {b"fillId": at}, b"applyFill", at != 0)

    def with_date_format(self, index: int, code_index: int | None) -> int:
        """The entry like ``index`` with the number format of entry ``code_index`` (None: the
        short date of the user's system, format 14)."""
        number = (
            _SHORT_DAY if code_index is None else self._number(self._xf(code_index), b"numFmtId")
        )
        return self._like(index, {b"numFmtId": number}, b"applyNumberFormat", True)

    def with_format(self, index: int, code: str) -> int:
        """The entry like ``index`` with a number format by its code ("" for General)."""
        number = self.format_number(code)
        return self._like(index, {b"numFmtId": number}, b"applyNumberFormat", True)

    def with_link_font(self, index: int) -> int:
        """The entry like ``index``, underlined and in the colour of links."""
        if index not in self._linked or self.full:
            self._linked[index] = self._with_link_font(index)
        return self._linked[index]

    def _with_link_font(self, index: int) -> int:
        fonts = self._items(b"fonts")
        at = self._number(self._xf(index), b"fontId")
        font = _linked(fonts[at] if at < len(fonts) else b"<%sfont/>" % self.p, self.p)
        return self._like(index, {b"fontId": self._font_index(font, at)}, None)

    def _font_index(self, font: bytes, otherwise: int) -> int:
        """A font's place, ``otherwise`` where no more of them have room."""
        full = len(self._items(b"fonts")) >= limits.FONTS
        return (
            otherwise
            if full and self._place(b"fonts", font) is None
            else self._index(b"fonts", font)
        )

    def heading(self) -> int:
        """A bold entry with a light fill, for the header of a sheet that we make ourselves."""
        p = self.p
        fonts = self._items(b"fonts")
        font = self._font_index(_bold(fonts[0] if fonts else b"<%sfont/>" % p, p), 0)
        fill = (
            f"<fill><patternFill patternType='solid'><fgColor rgb='FF{HEADING}'/></patternFill>"
            "</fill>"
        )
        return self.with_fill(self._like(0, {b"fontId": font}, b"applyFont", True), fill)

    def wrapped(self) -> int:
        """A plain entry that wraps its text and keeps it at the top."""
        entry = (
            b'<%sxf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1">'
        )
        align = b'<%salignment vertical="top" wrapText="1"/></%sxf>'
        return self._index(b"cellXfs", entry % self.p + align % (self.p, self.p))

    def _like(
        self, index: int, change: dict[bytes, int], flag: bytes | None, on: bool = True
    ) -> int:
        entry = self._xf(index)
        tag = _start_tag(entry)
        new = tag
        for name, value in change.items():
            new = xml_bytes.set_attribute(new, name, b"%d" % value)
        rest = entry[len(tag) :]
        if new == tag:
            return index
        same = [new + rest]
        if flag is not None:
            bare = xml_bytes.set_attribute(new, flag, None)
            flagged = xml_bytes.set_attribute(bare, flag, b"1")
            # An entry says "apply" or not without a difference to the eye; prefer what is there.
            same = [bare + rest, flagged + rest, new + rest]
            same = [flagged + rest, *same] if on else same
        for candidate in same:
            at = self._place(b"cellXfs", candidate)
            if at is not None:
                return at
        # Full: the cell keeps the look that it has, rather than that Excel repairs the file.
        return index if self.full else self._index(b"cellXfs", same[0])

    def result(self) -> bytes | None:
        """The part with what was appended; None when nothing was and the part was there."""
        edits, made = [], []
        for section, items in self._lists.items():
            new = items[self._new[section] :]
            piece = self._sections.get(section)
            if not new:
                continue
            if piece is None:
                made.append((section, new))
                continue
            tag = xml_bytes.set_attribute(
                self.data[piece.start : piece.inner], b"count", b"%d" % len(items)
            )
            end = _content_end(self.data, piece)
            if tag.endswith(b"/>"):
                close = b"</%s%s>" % (self.p, section)
                edits.append((piece.start, piece.end, tag[:-2] + b">" + b"".join(new) + close))
            else:
                edits += [(piece.start, piece.inner, tag), (end, end, b"".join(new))]
        data = splice(self.data, edits)
        for section, new in made:
            name = self.p + section
            element = b'<%s count="%d">%s</%s>' % (name, len(new), b"".join(new), name)
            later = frozenset(_SECTIONS[_SECTIONS.index(section) + 1 :])
            place = xml_bytes.inside(data, xml_bytes.root(data))
            data = xml_bytes.insert_child(data, *place, element, later)
        return data if edits or made else None


def _start_tag(element: bytes) -> bytes:
    return element[: element.index(b">") + 1]


def _content_end(data: bytes, piece: ElementSpan) -> int:
    if data[piece.inner - 2 : piece.inner] == b"/>":
        return piece.inner
    return data.rindex(b"</", piece.inner, piece.end)


def _is_struck(font: bytes) -> bool:
    parts = dict(_children(font)) if b"strike" in font else {}
    strike = (
        xml_bytes.attributes(_start_tag(parts[b"strike"])) if b"strike" in parts else {b"val": b"0"}
    )
    return strike.get(b"val", b"1").strip() in (*xml_bytes.TRUE, b"on")


def _code(number: int, own: dict[bytes, str]) -> str:
    code = own.get(b"%d" % number)
    if code is None:
        code = number_formats.BUILT_IN.get(number, "")
    return "" if code.lower() in ("general", "g/標準") else code


def _children(element: bytes) -> list[tuple[bytes, bytes]]:
    tag = _start_tag(element)
    if tag.endswith(b"/>"):
        return []
    end = element.rindex(b"</")
    return [
        (piece.name, element[piece.start : piece.end])
        for piece in xml_bytes.pieces(element, len(tag), end)
    ]


_FONT_ORDER = (
    b"b i strike condense extend outline shadow u vertAlign sz color name family charset scheme"
).split()


def _font(font: bytes, p: bytes, new: dict[bytes, bytes]) -> bytes:
    """A font with some of its properties replaced, in the order that the schema wants."""
    items = {**dict(_children(font)), **new}
    known = [items[name] for name in _FONT_ORDER if name in items]
    other = [item for name, item in items.items() if name not in _FONT_ORDER]
    return b"<%sfont>%s</%sfont>" % (p, b"".join(known + other), p)


def _linked(font: bytes, p: bytes) -> bytes:
    return _font(font, p, {b"u": b"<%su/>" % p, b"color": b'<%scolor rgb="FF0563C1"/>' % p})


def _bold(font: bytes, p: bytes) -> bytes:
    return _font(font, p, {b"b": b"<%sb/>" % p})
