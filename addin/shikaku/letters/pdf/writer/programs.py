"""Fonts inside a PDF: a face cut to some characters, and the tables that lead to its glyphs."""

import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from shikaku.letters.fonts.face import Face

_CMAP_HEAD = (
    b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo "
    b"<</Registry (Adobe)/Ordering (UCS)/Supplement 0>> def\n/CMapName /Adobe-Identity-UCS def\n"
    b"/CMapType 2 def\n1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n"
)
_CMAP_TAIL = b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
_BLOCK = 100
_KEPT = 64


@dataclass(frozen=True)
class FontProgram:
    """A face with some of its characters (clusters), as a composite font of a PDF.

    Glyph 0 is .notdef; the characters follow in their order.
    """

    face: Face
    chars: tuple[str, ...]

    @cached_property
    def codes(self) -> dict[str, bytes]:
        """Character → its code in hexadecimal, as a content stream writes it."""
        return {char: b"%04X" % code for code, char in enumerate(self.chars, start=1)}

    @cached_property
    def _written(self) -> "_FontParts":
        data = self.face.program(self.chars)
        number = int.from_bytes(hashlib.sha256(data).digest()[:8], "big")
        prefix = "".join(chr(65 + number // 26**i % 26) for i in range(6))
        scale = 1000 / self.face.units
        return _FontParts(
            f"{prefix}+{self.face.name}".encode(),
            b" ".join([_number(self.face.advance(c) * scale) for c in self.chars]),
            b" ".join([_number(v * scale) for v in self.face.box(self.chars)]),
            stream(data, b"/Length1 %d" % len(data), 3),  # outlines hardly pack
            stream(_to_unicode(self.chars)),
        )

    def objects(self, font: int) -> list[bytes]:
        """The five objects of the font, the first numbered ``font``, the others after it."""
        inner, descriptor, file, text = (font + i for i in range(1, 5))
        name, widths, box, program, way_back = self._written
        default = _number(self.face.notdef_advance * 1000 / self.face.units)
        bold = self.face.weight >= 700
        return [
            b"<</Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]"
            b"/ToUnicode %d 0 R>>" % (name, inner, text),
            b"<</Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)"
            b"/Ordering(Identity)/Supplement 0>>/FontDescriptor %d 0 R/CIDToGIDMap/Identity"
            b"/DW %s/W[1[%s]]>>" % (name, descriptor, default, widths),
            b"<</Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%s]/ItalicAngle 0/Ascent 880"
            b"/Descent -120/CapHeight 730/StemV %d/FontFile2 %d 0 R>>"
            % (name, box, 120 if bold else 80, file),
            program,
            way_back,
        ]


class _FontParts(NamedTuple):
    """What a font's objects hold. name: ``ABCDEF+NotoSansCJKJP``, whose letters tell one subset from
    another; program, way_back: streams."""

    name: bytes
    widths: bytes
    box: bytes
    program: bytes
    way_back: bytes


class FontCache:
    """Programs that several layouts and letters share. faces: by their names in a PDF."""

    def __init__(self, faces: Mapping[str, Face]):
        self.faces = faces
        self._programs: dict[tuple[str, tuple[str, ...]], FontProgram] = {}

    def has(self, font: str, chars: Iterable[str]) -> bool:
        """Whether the face is ours and has glyphs for these characters."""
        return font in self.faces and all(map(self.faces[font].has, chars))

    def program(self, font: str, chars: Iterable[str]) -> FontProgram:
        """The face of that name with these characters."""
        key = font, tuple(sorted(chars))
        found = self._programs.pop(key, None)
        if found is None:
            if len(self._programs) >= _KEPT:
                del self._programs[next(iter(self._programs))]
            found = FontProgram(self.faces[font], key[1])
        self._programs[key] = found  # the latest used
        return found


def _to_unicode(chars: Sequence[str]) -> bytes:
    lines = [
        b"<%04X><%s>\n" % (code, _hexadecimal(char)) for code, char in enumerate(chars, start=1)
    ]
    blocks = []
    for start in range(0, len(lines), _BLOCK):
        some = lines[start : start + _BLOCK]
        blocks.append(b"%d beginbfchar\n%sendbfchar\n" % (len(some), b"".join(some)))
    return _CMAP_HEAD + b"".join(blocks) + _CMAP_TAIL


@lru_cache(maxsize=4096)
def _hexadecimal(char: str) -> bytes:
    return char.encode("utf-16-be").hex().encode()


def stream(data: bytes, entries: bytes = b"", level: int = 6) -> bytes:
    """A stream object, deflated. entries: more of its dictionary."""
    packed = zlib.compress(data, level)
    return b"<</Length %d/Filter/FlateDecode%s>>\nstream\n%s\nendstream" % (
        len(packed), entries, packed,
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _number(value: float) -> bytes:
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return text.encode() if text != "-0" else b"0"
