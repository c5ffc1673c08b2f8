"""Text drawn straight onto a PDF's page: page marks of a print run, address labels.

Letters come from Word files; what is printed beside or without them is drawn here with the same
fonts, cut to the characters that occur.
"""

import hashlib
import io
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

import pikepdf

from shikaku.letters.fonts import cmap
from shikaku.letters.fonts.coverage import clusters, set_text
from shikaku.letters.fonts.face import BREAK, Face
from shikaku.letters.fonts.subset import FontSet

_PREFIX = "Shikaku"


@dataclass
class _CutFont:
    """A face cut to what is drawn. name: in the pages' resources; texts: glyph → its text."""

    name: str
    face: Face
    data: bytes
    codes: dict[int, int]
    sequences: dict[tuple[int, int], int]
    advances: list[int]
    texts: dict[int, str] = field(default_factory=dict)

    def glyphs(self, text: str) -> list[int]:
        found = []
        for cluster in clusters(text):
            code = ord(cluster[0])
            glyph = self.codes[code]
            if len(cluster) == 2:
                glyph = self.sequences.get((code, ord(cluster[1])), glyph)
            self.texts[glyph] = cluster
            found.append(glyph)
        return found

    def embedded(self, pdf: pikepdf.Pdf) -> pikepdf.Object:
        """The font's dictionary in a PDF."""
        scale = 1000 / self.face.units
        digest = int.from_bytes(hashlib.sha256(self.data).digest()[:8], "big")
        prefix = "".join(chr(65 + digest // 26**i % 26) for i in range(6))
        name = pikepdf.Name(f"/{prefix}+{self.face.name}")
        descriptor = pikepdf.Dictionary(
            Type=pikepdf.Name.FontDescriptor,
            FontName=name,
            Flags=4,
            FontBBox=[0, -200, 1000, 900],
            ItalicAngle=0,
            Ascent=880,
            Descent=-120,
            CapHeight=730,
            StemV=80,
            FontFile2=pdf.make_stream(self.data, {"/Length1": len(self.data)}),
        )
        inner = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.CIDFontType2,
            BaseFont=name,
            CIDSystemInfo=pikepdf.Dictionary(
                Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("Identity"), Supplement=0
            ),
            FontDescriptor=pdf.make_indirect(descriptor),
            DW=1000,
            W=[0, [round(width * scale) for width in self.advances]],
            CIDToGIDMap=pikepdf.Name.Identity,
        )
        return pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type0,
                BaseFont=name,
                Encoding=pikepdf.Name("/Identity-H"),
                DescendantFonts=[pdf.make_indirect(inner)],
                ToUnicode=pdf.make_stream(_to_unicode(self.texts)),
            )
        )


class Lettering:
    """The texts that will be drawn, and their fonts.

    texts: all of them, before anything is drawn. missing: characters that no font has; they are
    left out.
    """

    def __init__(self, texts: Iterable[str], fonts: FontSet) -> None:
        self._fonts = fonts
        self._set = {text: set_text(text, fonts) for text in texts}
        self.missing = frozenset(c for one in self._set.values() for c in one.missing)
        needed: dict[Face, set[str]] = {}
        for one in self._set.values():
            for run in one.pieces:
                face = run.face or fonts.main
                needed.setdefault(face, set()).update(clusters(run.text.replace(BREAK, "")))
        self._cut = {
            face: _cut(f"{_PREFIX}{number}", face, characters)
            for number, (face, characters) in enumerate(needed.items())
            if characters
        }

    def width(self, text: str, size: float) -> float:
        """Points that a text takes at a size of so many points."""
        return sum(
            font.advances[glyph] / font.face.units * size
            for font, glyphs in self._runs(text)
            for glyph in glyphs
        )

    def show(self, text: str, size: float) -> bytes:
        """The operators that draw a text, between ``BT`` and ``ET``."""
        return b"".join(
            b"/%s %.2f Tf <%s> Tj "
            % (font.name.encode(), size, struct.pack(f">{len(glyphs)}H", *glyphs).hex().encode())
            for font, glyphs in self._runs(text)
        )

    def embed(self, pdf: pikepdf.Pdf) -> dict[str, pikepdf.Object]:
        """The fonts by their resource names, once everything has been drawn."""
        return {font.name: font.embedded(pdf) for font in self._cut.values()}

    def _runs(self, text: str) -> Iterable[tuple[_CutFont, list[int]]]:
        for run in self._set[text].pieces:
            shown = run.text.replace(BREAK, "")
            if shown:
                font = self._cut[run.face or self._fonts.main]
                yield font, font.glyphs(shown)


def _cut(name: str, face: Face, characters: set[str]) -> _CutFont:
    from fontTools.ttLib import TTFont

    data = face.cut(characters)
    with TTFont(io.BytesIO(data), lazy=True) as font:
        reader = font.reader
        codes, sequences = cmap.read(reader["cmap"])
        full = struct.unpack_from(">H", reader["hhea"], 34)[0]
        metrics = struct.unpack(f">{full * 2}H", reader["hmtx"][: full * 4])
    return _CutFont(name, face, data, codes, sequences, list(metrics[::2]))


def _to_unicode(texts: dict[int, str]) -> bytes:
    """The table by which a reader gets the text back."""
    pairs = [f"<{glyph:04X}> <{text.encode('utf-16-be').hex()}>" for glyph, text in sorted(texts.items())]  # fmt: skip
    blocks = [pairs[at : at + 100] for at in range(0, len(pairs), 100)]
    body = "".join(
        f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n" for block in blocks
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
        f"{body}endcmap CMapName currentdict /CMap defineresource pop end end\n"
    ).encode()
