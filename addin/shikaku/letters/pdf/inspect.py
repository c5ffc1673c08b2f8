"""What a PDF really shows: its text by the fonts' own tables, missing glyphs, font names.

Light on purpose (about 2 ms a page), because each letter is looked at after it was made. It reads
what the three engines write; it is no general PDF text extractor.
"""

import itertools
import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from unicodedata import normalize

import pikepdf

from shikaku.fields.person_name import is_selector
from shikaku.letters.docx.values import squeeze
from shikaku.letters.fonts.coverage import printable
from shikaku.letters.pdf.missing_glyphs import boxes, usual

_TOKEN = re.compile(
    rb"/([^\s/<>\[\](){}%]+)\s+[-+.\d]+\s+Tf\b"
    rb"|<([0-9A-Fa-f\s]*)>"
    rb"|\(((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*)\)"
    rb"|/([^\s/<>\[\](){}%]+)\s+Do\b",
    re.DOTALL,
)
_PROPERTIES = re.compile(
    rb"<<(?:[^<>(]|<[0-9A-Fa-f\s]*>|\((?:[^()\\]|\\.)*\))*>>\s*(?:BDC|DP)", re.DOTALL
)
_END = b"\nET\n"
_INLINE_IMAGE = re.compile(rb"\bBI\s.*?\sID\s.*?\sEI\b", re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_UNUSUAL = re.compile(rb"\\(?:[^0-7nrtbf()\\]|[4-7][0-7][0-7])")
_ESCAPES = {bytes([c]): bytes([c]) for c in range(256)} | {
    b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r\n": b"",
}  # fmt: skip
_ESCAPES |= {f"{c:0{n}o}".encode(): bytes([c & 255]) for c in range(512) for n in (1, 2, 3)}
_CHARS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f\s]*)>")
_RANGE = re.compile(
    rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>|\[(.*?)\])", re.DOTALL
)

_STRINGS = 1024
"""Strings that a font remembers: the fixed text stands in letter after letter."""
_PIECES = 1024
"""Pieces of content, text object by text object, that are remembered taken apart."""


_PROGRAMS = frozenset(("/FontFile", "/FontFile2", "/FontFile3"))
_LATIN = {code: bytes([code]).decode("cp1252", "ignore") for code in range(32, 256)}


@dataclass(slots=True)
class PdfText:
    """What a PDF shows. pages: squeezed text of each page. drawn: the strings in their order, each
    with its font. blanks: glyphs that are .notdef. fonts: names without subset prefix; loose:
    fonts that are not embedded."""

    pages: list[str] = field(default_factory=list)
    drawn: list[tuple[int, str]] = field(default_factory=list)
    blanks: int = 0
    fonts: set[str] = field(default_factory=set)
    loose: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Font:
    """wide: two bytes a code. table: code → text. boxes: codes that draw .notdef."""

    wide: bool
    table: Mapping[int, str]
    boxes: frozenset[int]
    _known: dict[bytes, tuple[str, int]] = field(default_factory=dict)

    def read(self, strings: Sequence[bytes]) -> tuple[str, int]:
        """The text of strings that follow each other, and how many of their codes are .notdef."""
        text, blanks = "", 0
        for string in strings:
            if len(string) & 1:  # a code may be parted
                return self._read(b"".join(strings))
            found = self._known.get(string)
            if found is None:
                if len(self._known) >= _STRINGS:
                    self._known.clear()
                found = self._known[string] = self._read(string)
            text += found[0]
            blanks += found[1]
        return text, blanks

    def _read(self, data: bytes) -> tuple[str, int]:
        codes: Sequence[int] = data
        if self.wide:
            codes = struct.unpack(f">{len(data) // 2}H", data[: len(data) & ~1])
        text = "".join([self.table.get(c, "") for c in codes])
        return text, sum(map(codes.count, self.boxes))


_Fonts = dict[object, tuple[int, _Font]]


def look(
    pdf: pikepdf.Pdf,
    pages: Iterable[pikepdf.Page] | None = None,
    contents: Sequence[bytes] = (),
) -> PdfText:
    """Text, fonts and missing glyphs of a PDF's pages (default: all).

    contents: the pages' content streams, when the caller has them unpacked already.
    """
    seen = PdfText()
    fonts: _Fonts = {}
    for number, page in enumerate(pdf.pages if pages is None else pages):
        pieces: list[str] = []
        data = contents[number] if contents else _content(page.obj)
        _read(data, page.get("/Resources"), seen, fonts, pieces, 0)
        seen.pages.append(squeeze(printable("".join(pieces))))
    return seen


def _read(
    data: bytes,
    resources: pikepdf.Object | None,
    seen: PdfText,
    fonts: _Fonts,
    pieces: list[str],
    depth: int,
) -> None:
    """Append the text that a page, or a form on it, draws."""
    here: pikepdf.Object = pikepdf.Dictionary()
    if resources is not None:
        here = resources.get("/Font", here)
    current = b""
    strings: list[bytes] = []
    named: dict[bytes, tuple[int, _Font] | None] = {}

    def flush() -> None:
        if not strings:
            return
        if current not in named:
            named[current] = _font(here.get("/" + current.decode("latin-1")), seen, fonts)
        taken = named[current]
        if taken is not None:
            number, font = taken
            text, blanks = font.read(strings)
            pieces.append(text)
            seen.drawn.append((number, text))
            seen.blanks += blanks
        strings.clear()

    for name, string, form in _tokens(data):
        if form:
            flush()
            target = _form(resources, form)
            if target is not None and target.get("/Subtype") == "/Form" and depth < 8:
                inner = target.get("/Resources", resources)
                _read(_content(target), inner, seen, fonts, pieces, depth + 1)
        elif not name:
            strings.append(string)
        elif name != current:
            flush()
            current = name
    flush()


_Token = tuple[bytes, bytes, bytes]
"""The name of a font that is taken, a string that is shown, or the name of a form that is drawn."""


def _tokens(data: bytes) -> Iterable[_Token]:
    """What a content stream does with text. The text objects of our own hand, in which no string can
    look like an operator, are taken apart one by one: most of them stand in the letter before, too."""
    if b"(" in data or b"BI" in data:
        return _taken_apart(data)
    pieces = data.split(_END)
    return itertools.chain.from_iterable(map(_known_piece, pieces))


def _taken_apart(data: bytes) -> tuple[_Token, ...]:
    if b"BDC" in data or b"DP" in data:
        data = _PROPERTIES.sub(b"", data)
    if b"BI" in data:
        data = _INLINE_IMAGE.sub(b"", data)
    return tuple(
        (name, _from_hex(hexes) if hexes else plain_string(literal), form)
        for name, hexes, literal, form in _TOKEN.findall(data)
        if name or hexes or literal or form
    )


_known_piece = lru_cache(maxsize=_PIECES)(_taken_apart)


def _form(resources: pikepdf.Object | None, name: bytes) -> pikepdf.Object | None:
    """The form or picture of that name."""
    if resources is None:
        return None
    there = resources.get("/XObject", pikepdf.Dictionary())
    return there.get("/" + name.decode("latin-1"))


def _content(holder: pikepdf.Object) -> bytes:
    if isinstance(holder, pikepdf.Stream):
        return holder.read_bytes()
    contents = holder.get("/Contents")
    if contents is None:
        return b""
    if isinstance(contents, pikepdf.Array):
        return b"\n".join(stream.read_bytes() for stream in contents)
    return contents.read_bytes()


def _from_hex(hexes: bytes) -> bytes:
    digits = b"".join(hexes.split())
    return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())


def plain_string(literal: bytes) -> bytes:
    """A string's bytes without its escapes; Python's own decoder does the usual ones quickly."""
    if b"\\" not in literal:
        return literal
    if _UNUSUAL.search(literal):
        return _ESCAPE.sub(lambda m: _ESCAPES[m[1]], literal)
    literal = literal.replace(b"\\\\", b"\\134").replace(b"\\(", b"(").replace(b"\\)", b")")
    return literal.decode("unicode_escape").encode("latin-1")


def _font(font: pikepdf.Object | None, seen: PdfText, fonts: _Fonts) -> tuple[int, _Font] | None:
    """A font and its number among those of the file."""
    if font is None:
        return None
    key = font.objgen if font.objgen != (0, 0) else id(font)
    if key not in fonts:
        wide = font.get("/Subtype") == "/Type0"
        inner = font.DescendantFonts[0] if wide else font
        name = str(font.get("/BaseFont", "/"))[1:]
        plain = name.partition("+")[2] if name[6:7] == "+" else name
        seen.fonts.add(plain)
        descriptor = inner.get("/FontDescriptor", pikepdf.Dictionary())
        if _PROGRAMS.isdisjoint(descriptor.keys()):
            seen.loose.add(plain)
        cmap = font["/ToUnicode"].read_bytes() if "/ToUnicode" in font else b""
        table = to_unicode(cmap) if cmap else {}
        if not wide and not table:
            table = _LATIN
        fonts[key] = len(fonts), _known_font(wide, cmap, frozenset(boxes(inner, table)))
    return fonts[key]


@lru_cache(maxsize=64)
def _known_font(wide: bool, cmap: bytes, empty: frozenset[int]) -> _Font:
    """How a font is read. cmap: its way back to text, if it has one; empty: its boxes."""
    table = dict(to_unicode(cmap) if cmap else {}) or ({} if wide else _LATIN)
    return _Font(wide, table | dict.fromkeys(empty, ""), empty | ({0} if wide else set()))


@lru_cache(maxsize=64)
def to_unicode(cmap: bytes) -> Mapping[int, str]:
    """A ToUnicode map: code → text. The letters of a layout have some in common."""
    table: dict[int, str] = {}
    for block in _CHARS.findall(cmap):
        for code, text in _PAIR.findall(block):
            table[int(code, 16)] = chr(int(text, 16)) if len(text) == 4 else _utf16(text)
    for block in _RANGES.findall(cmap):
        for first, last, start, several in _RANGE.findall(block):
            low, high = int(first, 16), min(int(last, 16), int(first, 16) + 0xFFFF)
            if several:
                texts = re.findall(rb"<([0-9A-Fa-f\s]*)>", several)
                for code, text in zip(range(low, high + 1), texts, strict=False):
                    table[code] = _utf16(text)
                continue
            base = _utf16(start)
            for code in range(low, high + 1):
                table[code] = base[:-1] + chr(ord(base[-1]) + code - low) if base else ""
    return table


def _utf16(hexes: bytes) -> str:
    digits = b"".join(hexes.split()).decode()
    return bytes.fromhex(digits).decode("utf-16-be", "ignore")


_NEAR = 5
"""Runs, each of another font than the one before, that a value may be spread over: two lines of it,
with two substitutes in the first."""


def absent(
    values: Sequence[str], pages: Sequence[str], drawn: Sequence[tuple[int, str]] = ()
) -> list[str]:
    """The values whose text the pages don't show.

    White space and invisible characters don't count; a value may run on over a page break; a
    variant (IVS) may stand in its plain form, and a character as its compatible twin. drawn:
    ``PdfText.drawn``, for values whose characters come from several fonts.
    """
    whole = "".join(pages)
    loose = ""
    lost = []
    for value in values:
        wanted = squeeze(printable(value))
        if wanted in whole or _over_pages(wanted, pages):
            continue
        if not loose:
            loose = _loosely(whole)
        plain = _loosely(wanted)
        if plain in loose or _over_pages(plain, [_loosely(p) for p in pages]):
            continue
        runs = _runs(drawn)
        near = (runs[i : i + _NEAR] for i in range(len(runs)))
        if not any(_by_fonts(plain, _streams(strings)) for strings in near):
            lost.append(value)
    return lost


def _runs(drawn: Sequence[tuple[int, str]]) -> list[tuple[int, str]]:
    """The strings without white space, which may come from any font, as they are compared."""
    seen = ((font, _loosely(squeeze(printable(text)))) for font, text in drawn)
    parts = itertools.groupby((item for item in seen if item[1]), key=lambda item: item[0])
    return [(font, "".join(text for _, text in items)) for font, items in parts]


def _streams(runs: Sequence[tuple[int, str]]) -> list[str]:
    """What each font draws of these strings."""
    texts: dict[int, str] = {}
    for font, text in runs:
        texts[font] = texts.get(font, "") + text
    return list(texts.values())


def _by_fonts(text: str, streams: Sequence[str]) -> bool:
    """Each font draws its share of the text in one go: LibreOffice lets the main font draw all
    that it has of a line, and only then a substitute what that one lacks (Nguyễn: Nguyn, ễ)."""
    for place, stream in enumerate(streams):
        share = "".join(c for c in text if c in stream)
        if share and share in stream:
            rest = "".join(c for c in text if c not in stream)
            if not rest or _by_fonts(rest, [*streams[:place], *streams[place + 1 :]]):
                return True
    return False


def unprinted(text: str, pages: Sequence[str]) -> list[str]:
    """The characters outside the old office code page (emoji, rare kanji) that the pages lack:
    those are what a machine may have no font for."""
    with suppress(UnicodeEncodeError):
        text.encode("cp932")
        return []
    rare = {c for c in printable(text) if not usual(c)}
    if not rare:
        return []
    there = set().union(*pages, *map(_loosely, pages))
    return sorted(c for c in rare if c not in there and not there.issuperset(_loosely(c)))


def _loosely(text: str) -> str:
    return normalize("NFKC", "".join(c for c in text if not is_selector(c)))


def _over_pages(text: str, pages: Sequence[str]) -> bool:
    """The text begins on one page and goes on on the following ones (headers come between)."""
    for start in range(len(pages) - 1):
        rest = text
        for page in pages[start:]:
            low, high = 0, len(rest)
            while low < high:
                middle = (low + high + 1) // 2
                low, high = (middle, high) if rest[:middle] in page else (low, middle - 1)
            rest = rest[low:]
            if not rest:
                return True
            if not low:
                break
    return False
