"""One font file: its tables, its glyphs, and a smaller file with some of them."""

import itertools
import struct
import sys
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from shikaku.letters.fonts import cmap
from shikaku.system.errors import PdfError, why

BREAK = "\u200b"


NO_GLYPH = -1


_ASCENT, _DESCENT = 0.88, 0.12


_EPOCH_1904 = 3_600_000_000


class Glyph(NamedTuple):
    """A drawn glyph: TrueType outline and its checksum, advance, advance and left side packed,
    box if there is any ink."""

    outline: bytes
    checksum: int
    advance: int
    metrics: bytes
    box: tuple[int, int, int, int] | None


class Face:
    """One font file: which characters it has, and cut-down copies of it.

    family: the name that documents call it by. weight: 400 or 700.
    """

    def __init__(self, path: Path, family: str, weight: int = 400, number: int = 0):
        from fontTools.ttLib import TTFont, TTLibError

        self.family, self.weight = family, weight
        try:
            self._font = TTFont(path, lazy=True, fontNumber=number)
            codes, self.sequences = cmap.read(self._font.reader["cmap"])
            # Raw, since fontTools writes warnings about other things in these tables.
            self.units = struct.unpack_from(">H", self._font.reader["head"], 18)[0]
            self._full_metrics = struct.unpack_from(">H", self._font.reader["hhea"], 34)[0]
            self._metrics = self._font.reader["hmtx"]
            self._cubic = "CFF " in self._font
        except (OSError, TTLibError, KeyError, ValueError, struct.error) as error:
            raise PdfError(
                f"フォント「{path.name}」を読めません({why(error)})。",
                "pip install --force-reinstall noto-cjk-sans-jp-regular noto-cjk-sans-jp-bold を"
                "実行するか、そのファイルを外字フォントのフォルダから除いてください。",
            ) from None
        # A break opportunity without width, for long words that rdocx would let run over.
        self.cmap = codes | {ord(BREAK): NO_GLYPH}
        self._drawn = {NO_GLYPH: Glyph(b"", 0, 0, b"\0\0\0\0", None)}

    @property
    def name(self) -> str:
        """The name that a PDF's font dictionary will have (rdocx drops the spaces)."""
        return self.family.replace(" ", "") + ("-Bold" if self.weight >= 700 else "")

    @cached_property
    def _outlines(self) -> Any:
        """The outlines: CFF's by number, TrueType's by name."""
        if self._cubic:
            return self._font["CFF "].cff.topDictIndex[0].CharStrings.charStringsIndex
        return self._font.getGlyphSet()

    def _glyph(self, number: int) -> Glyph:
        """Draw a glyph as TrueType."""
        from fontTools.pens.cu2quPen import Cu2QuPen
        from fontTools.pens.recordingPen import DecomposingRecordingPen
        from fontTools.pens.ttGlyphPen import TTGlyphPen

        pen = TTGlyphPen(None)
        if self._cubic:
            to_quadratic = Cu2QuPen(pen, self.units / 1000, reverse_direction=True)
            self._outlines[number].draw(to_quadratic)
        else:
            recorded = DecomposingRecordingPen(self._outlines)
            self._outlines[self._font.getGlyphName(number)].draw(recorded)
            recorded.replay(pen)
        glyph = pen.glyph()
        data = glyph.compile(None) if glyph.numberOfContours else b""
        box = (glyph.xMin, glyph.yMin, glyph.xMax, glyph.yMax) if data else None
        data += b"\0" * (-len(data) % 4)
        at = 4 * min(number, self._full_metrics - 1)
        advance = struct.unpack_from(">H", self._metrics, at)[0]
        metrics = struct.pack(">Hh", advance, box[0] if box else 0)
        self._drawn[number] = Glyph(data, checksum(data), advance, metrics, box)
        return self._drawn[number]

    def draws(self, char: str) -> bool:
        """Whether there is ink for the character: colour fonts have empty outlines."""
        number = self.cmap.get(ord(char))
        if number is None:
            return False
        glyph = self._drawn.get(number) or self._glyph(number)
        return glyph.box is not None or char.isspace()

    def glyph(self, number: int) -> Glyph:
        """A glyph by its number."""
        return self._drawn.get(number) or self._glyph(number)

    def has(self, char: str) -> bool:
        """Whether there is a glyph for a character, or for one with its variation selector."""
        if len(char) == 2:
            return (ord(char[0]), ord(char[1])) in self.sequences
        return len(char) == 1 and ord(char) in self.cmap

    def advance(self, char: str) -> int:
        """The width of a character (cluster) in the face's units. KeyError when it has none."""
        return self._of(char).advance

    @property
    def notdef_advance(self) -> int:
        """The width of the glyph for characters that aren't there."""
        return (self._drawn.get(0) or self._glyph(0)).advance

    def box(self, chars: Iterable[str]) -> tuple[int, int, int, int]:
        """The box around the ink of these characters; zeros when there is none."""
        return _around([self._of(c).box for c in chars])

    def _of(self, char: str) -> Glyph:
        """The glyph of a character, or of a character with its variation selector."""
        if len(char) == 1:
            number = self.cmap[ord(char)]
        else:
            number = self.sequences[ord(char[0]), ord(char[1])]
        return self._drawn.get(number) or self._glyph(number)

    def program(self, chars: Sequence[str]) -> bytes:
        """The font program that a PDF embeds: .notdef, then a glyph a character in this order.

        No names and no character table: a PDF's own tables lead to the glyphs by their number.
        """
        glyphs = [self._drawn.get(0) or self._glyph(0), *map(self._of, chars)]
        outlines, checksums, advances, metrics, boxes = zip(*glyphs, strict=True)
        tables = _measures(self, outlines, advances, metrics, _around(boxes))
        return pack_tables(tables, {b"glyf": sum(checksums) & 0xFFFFFFFF})

    def cut(self, text: Iterable[str]) -> bytes:
        """A TrueType font with these characters and sequences (base + variation selector) only.

        Characters that the face lacks are left out. The same text gives the same bytes.
        """
        known, pieces = self.cmap, sorted(set(text))
        codes = {c: known[c] for c in map(ord, (p[0] for p in pieces)) if c in known}
        sequences = {}
        for piece in pieces:
            if len(piece) == 2:
                pair = (ord(piece[0]), ord(piece[1]))
                if pair in self.sequences:
                    sequences[pair] = self.sequences[pair]
        glyphs = list(dict.fromkeys([0, *codes.values(), *sequences.values()]))
        new = dict(zip(glyphs, range(len(glyphs)), strict=True))
        return _assemble(
            self,
            [self._drawn.get(g) or self._glyph(g) for g in glyphs],
            {c: new[g] for c, g in codes.items()},
            {s: new[g] for s, g in sequences.items()},
        )


def _assemble(face: Face, glyphs: Sequence[Glyph], codes: dict, sequences: dict) -> bytes:
    outlines, checksums, advances, metrics, boxes = zip(*glyphs, strict=True)
    up, down = round(_ASCENT * face.units), round(_DESCENT * face.units)
    bold = face.weight >= 700
    tables = _measures(face, outlines, advances, metrics, _around(boxes)) | {
        b"OS/2": struct.pack(
            ">HhHHHhhhhhhhhhhh10sIIII4sHHHhhhHHIIhhHHH",
            4, round(sum(advances) / len(advances)), face.weight, 5, 0,
            *(face.units // d for d in (2, 2, 1, 8, 2, 2, 1, 3, 20, 4)), 0,
            b"\x02\x0b\x05\0\0\0\0\0\0\0", 0xE00002FF, 0x6AC7FDFB, 0x12, 0,
            b"NONE", 0x20 if bold else 0x40,
            min(codes, default=32) & 0xFFFF, min(max(codes, default=32), 0xFFFF),
            up, -down, 0, up, down, 0x4002009F, 0x95D70000,
            round(0.54 * face.units), round(0.73 * face.units), 0, 0x20, 1,
        ),
        b"cmap": _cmap(codes, sequences),
        b"name": _names(face.family, bold),
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
    }  # fmt: skip
    return pack_tables(tables, {b"glyf": sum(checksums) & 0xFFFFFFFF})


def _around(boxes: Iterable[tuple[int, int, int, int] | None]) -> tuple[int, int, int, int]:
    inked = [b for b in boxes if b]
    if not inked:
        return 0, 0, 0, 0
    left, low, right, high = zip(*inked, strict=True)
    return min(left), min(low), max(right), max(high)


def _measures(
    face: Face,
    outlines: Sequence[bytes],
    advances: Sequence[int],
    metrics: Sequence[bytes],
    box: tuple[int, int, int, int],
) -> dict[bytes, bytes]:
    """The tables that draw and measure: all that a PDF needs."""
    up, down = round(_ASCENT * face.units), round(_DESCENT * face.units)
    return {
        b"glyf": b"".join(outlines),
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, face.units,
            _EPOCH_1904, _EPOCH_1904, *box, int(face.weight >= 700), 3, 2, 1, 0,
        ),
        b"hhea": struct.pack(
            ">IhhhHhhhhhhhhhhhH", 0x10000, up, -down, 0, max(advances),
            box[0], 0, box[2], 1, 0, 0, 0, 0, 0, 0, 0, len(outlines),
        ),
        b"hmtx": b"".join(metrics),
        b"loca": struct.pack(
            f">{len(outlines) + 1}I", *itertools.accumulate(map(len, outlines), initial=0)
        ),
        b"maxp": struct.pack(
            ">I14H", 0x10000, len(outlines), 4096, 512, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0
        ),
    }  # fmt: skip


def _cmap(codes: dict[int, int], sequences: dict[tuple[int, int], int]) -> bytes:
    """Format 12 for the characters, format 14 for the variation sequences."""
    numbers = [n for code, glyph in sorted(codes.items()) for n in (code, code, glyph)]
    groups = struct.pack(f">{len(numbers)}I", *numbers)
    full = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(codes)) + groups
    if not sequences:
        return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + full
    selectors = sorted({s for _, s in sequences})
    head, body = b"", b""
    start = 10 + 11 * len(selectors)
    for selector in selectors:
        pairs = sorted((b, g) for (b, s), g in sequences.items() if s == selector)
        head += selector.to_bytes(3, "big") + struct.pack(">II", 0, start + len(body))
        body += struct.pack(">I", len(pairs))
        body += b"".join(b.to_bytes(3, "big") + struct.pack(">H", g) for b, g in pairs)
    variants = struct.pack(">HII", 14, start + len(body), len(selectors)) + head + body
    top = struct.pack(">HHHHIHHI", 0, 2, 0, 5, 20, 3, 10, 20 + len(variants))
    return top + variants + full


@lru_cache(maxsize=64)
def _names(family: str, bold: bool) -> bytes:
    style = "Bold" if bold else "Regular"
    texts = {
        1: family,
        2: style,
        3: f"{family} {style} shikaku",
        4: f"{family} {style}",
        5: "Version 1.0",
        6: family.replace(" ", "") + "-" + style,
    }
    records, strings = b"", b""
    for number, text in texts.items():
        data = text.encode("utf-16-be")
        records += struct.pack(">HHHHHH", 3, 1, 0x409, number, len(data), len(strings))
        strings += data
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + strings


def pack_tables(tables: dict[bytes, bytes], known: Mapping[bytes, int] | None = None) -> bytes:
    """A TrueType file of these tables, with its checksums. known: those of big tables."""
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    head = struct.pack(
        ">IHHHH", 0x10000, count, power * 16, power.bit_length() - 1, (count - power) * 16
    )
    at = len(head) + 16 * count
    directory, bodies, total, place = b"", [], 0, 0
    for tag, data in sorted(tables.items()):
        padded = data + b"\0" * (-len(data) % 4)
        known_sum = (known or {}).get(tag)
        total_sum = checksum(padded) if known_sum is None else known_sum
        directory += tag + struct.pack(">III", total_sum, at, len(data))
        if tag == b"head":
            place = at + 8
        bodies.append(padded)
        at += len(padded)
        total += total_sum
    total += checksum(head + directory)
    font = bytearray(b"".join([head, directory, *bodies]))
    font[place : place + 4] = struct.pack(">I", (0xB1B0AFBA - total) & 0xFFFFFFFF)
    return bytes(font)


def checksum(data: bytes) -> int:
    """The checksum of TrueType: big-endian words, added up."""
    words = array("I", data)
    if sys.byteorder == "little":
        words.byteswap()
    return sum(words) & 0xFFFFFFFF
