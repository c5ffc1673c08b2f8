"""One font program for many letters bound into one file.

Each letter brings its own cut-down font, 20 KB of the same kanji over and over. Here the glyphs
of all letters' fonts of one face go into one font, and each letter's font points into it by a
CIDToGIDMap. Glyphs are told apart by their outlines, so nothing depends on names or code points.
"""

import struct
from typing import NamedTuple

import pikepdf

from shikaku.letters.fonts.face import pack_tables

_NEEDED = (b"head", b"hhea", b"maxp", b"hmtx", b"loca", b"glyf")
_COMPOSITE = b"\xff\xff"


class _Program(NamedTuple):
    """A TrueType font taken apart: its tables, and per glyph outline and metrics."""

    tables: dict[bytes, bytes]
    glyphs: list[tuple[bytes, bytes]]


def share_fonts(pdf: pikepdf.Pdf) -> int:
    """Let the TrueType fonts of each face share one program; the number of fonts that now do."""
    faces: dict[str, list[tuple[pikepdf.Object, _Program]]] = {}
    seen = set()
    for page in pdf.pages:
        resources = page.get("/Resources", pikepdf.Dictionary())
        for font in resources.get("/Font", pikepdf.Dictionary()).values():
            if font.objgen in seen or font.get("/Subtype") != "/Type0":
                continue
            seen.add(font.objgen)
            inner = font.DescendantFonts[0]
            file = inner.get("/FontDescriptor", pikepdf.Dictionary()).get("/FontFile2")
            if file is None or inner.get("/CIDToGIDMap", "/Identity") != "/Identity":
                continue
            program = _take_apart(file.read_bytes())
            if program is not None:
                name = str(font.BaseFont).partition("+")[2]
                faces.setdefault(name, []).append((font, program))
    return sum(_join(pdf, name, fonts) for name, fonts in faces.items() if len(fonts) > 1)


def _take_apart(data: bytes) -> _Program | None:
    """None for a font that can't be shared: tables missing, or glyphs made of glyphs."""
    count = struct.unpack(">H", data[4:6])[0]
    tables = {}
    for i in range(count):
        tag, _, offset, length = struct.unpack(">4sIII", data[12 + 16 * i : 28 + 16 * i])
        tables[tag] = data[offset : offset + length]
    if any(t not in tables for t in _NEEDED):
        return None
    number = struct.unpack(">H", tables[b"maxp"][4:6])[0]
    long = struct.unpack(">h", tables[b"head"][50:52])[0]
    places = struct.unpack(f">{number + 1}{'I' if long else 'H'}", tables[b"loca"])
    places = places if long else tuple(2 * p for p in places)
    full = struct.unpack(">H", tables[b"hhea"][34:36])[0]
    metrics = tables[b"hmtx"]
    last = metrics[4 * (full - 1) : 4 * (full - 1) + 2]
    glyphs = []
    for i in range(number):
        outline = tables[b"glyf"][places[i] : places[i + 1]]
        if outline[:2] == _COMPOSITE:
            return None
        at = 4 * full + 2 * (i - full)
        measure = metrics[4 * i : 4 * i + 4] if i < full else last + metrics[at : at + 2]
        glyphs.append((outline, measure))
    return _Program(tables, glyphs)


def _join(pdf: pikepdf.Pdf, name: str, fonts: list[tuple[pikepdf.Object, _Program]]) -> int:
    """Put the glyphs of these fonts into one. A face of more than 65,535 glyphs stays apart."""
    first = fonts[0][1]
    places: dict[tuple[bytes, bytes], int] = {first.glyphs[0]: 0}
    for _, program in fonts:
        for glyph in program.glyphs:
            places.setdefault(glyph, len(places))
    if len(places) > 0xFFFF:
        return 0
    offsets, outlines = [0], bytearray()
    for outline, _ in places:
        outlines += outline + b"\0" * (-len(outline) % 4)
        offsets.append(len(outlines))
    tables = {t: first.tables[t] for t in (b"head", b"hhea", b"maxp")}
    boxes = [struct.unpack(">4h", p.tables[b"head"][36:44]) for _, p in fonts]
    box = [f(b[i] for b in boxes) for i, f in enumerate((min, min, max, max))]
    head = tables[b"head"]
    tables[b"head"] = head[:36] + struct.pack(">4h", *box) + head[44:50] + b"\0\1" + head[52:]
    tables[b"hhea"] = tables[b"hhea"][:34] + struct.pack(">H", len(places))
    limits = [p.tables[b"maxp"] for _, p in fonts]
    largest = [max(struct.unpack(">H", m[i : i + 2])[0] for m in limits) for i in (6, 8)]
    tables[b"maxp"] = (
        first.tables[b"maxp"][:4]
        + struct.pack(">HHH", len(places), *largest)
        + first.tables[b"maxp"][10:]
    )
    tables[b"hmtx"] = b"".join(m for _, m in places)
    tables[b"loca"] = struct.pack(f">{len(offsets)}I", *offsets)
    tables[b"glyf"] = bytes(outlines)
    data = pack_tables(tables)
    file = pdf.make_stream(data, {"/Length1": len(data)})
    for font, program in fonts:
        inner = font.DescendantFonts[0]
        inner.FontDescriptor.FontFile2 = file
        inner.CIDToGIDMap = pdf.make_stream(
            struct.pack(f">{len(program.glyphs)}H", *(places[g] for g in program.glyphs))
        )
        plain = pikepdf.Name(f"/{name}")
        font.BaseFont = inner.BaseFont = inner.FontDescriptor.FontName = plain
    return len(fonts)
