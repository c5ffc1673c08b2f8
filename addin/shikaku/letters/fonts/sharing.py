"""One font program for many letters bound into one file.

Each letter brings its own cut-down font, 20 KB of the same kanji over and over. Here the glyphs
of all letters' fonts of one face go into one font, and each letter's font points into it by a
CIDToGIDMap. Glyphs are told apart by their outlines, so nothing depends on names or code points.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from shikaku.letters.fonts.face import pack_tables

_NEEDED = (b"head", b"hhea", b"maxp", b"hmtx", b"loca", b"glyf")
_COMPOSITE = b"\xff\xff"
_MOST = 0xFFFF
"""Glyphs that a font can have."""


@dataclass(slots=True)
class CutProgram:
    """A TrueType font taken apart: its tables, and per glyph outline and metrics."""

    tables: dict[bytes, bytes]
    glyphs: list[tuple[bytes, bytes]]


def take_apart(data: bytes) -> CutProgram | None:
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
    return CutProgram(tables, glyphs)


@dataclass(slots=True)
class SharedProgram:
    """A program that grows by the glyphs of the fonts of one face. file: its number in the PDF."""

    file: int
    _tables: dict[bytes, bytes] = field(default_factory=dict)
    _places: dict[tuple[bytes, bytes], int] = field(default_factory=dict)
    _box: tuple[int, ...] = ()
    _limits: tuple[int, ...] = (0, 0)

    def has_room(self, program: CutProgram) -> bool:
        """Whether all glyphs of another font can still be put in."""
        return len(self._places) + len(program.glyphs) <= _MOST

    def add(self, program: CutProgram) -> bytes:
        """Put a font's glyphs in; the map from its codes to their places."""
        if not self._tables:
            self._tables = {t: program.tables[t] for t in (b"head", b"hhea", b"maxp")}
        places = self._places
        box = struct.unpack(">4h", program.tables[b"head"][36:44])
        others = (box, self._box or box)
        self._box = tuple(f(b[i] for b in others) for i, f in enumerate((min, min, max, max)))
        limits = struct.unpack(">HH", program.tables[b"maxp"][6:10])
        self._limits = tuple(map(max, limits, self._limits))
        own = [places.setdefault(glyph, len(places)) for glyph in program.glyphs]
        return struct.pack(f">{len(own)}H", *own)

    def data(self) -> bytes:
        """The TrueType file."""
        offsets, outlines = [0], bytearray()
        for outline, _ in self._places:
            outlines += outline + b"\0" * (-len(outline) % 4)
            offsets.append(len(outlines))
        head, hhea, maxp = (self._tables[t] for t in (b"head", b"hhea", b"maxp"))
        count = len(self._places)
        box = struct.pack(">4h", *self._box)
        return pack_tables(
            {
                b"head": b"%s%s%s\0\1%s" % (head[:36], box, head[44:50], head[52:]),
                b"hhea": hhea[:34] + struct.pack(">H", count),
                b"maxp": maxp[:4] + struct.pack(">HHH", count, *self._limits) + maxp[10:],
                b"hmtx": b"".join(m for _, m in self._places),
                b"loca": struct.pack(f">{len(offsets)}I", *offsets),
                b"glyf": bytes(outlines),
            }
        )


class SharedFaces:
    """The shared programs of a PDF, by the names of their faces."""

    def __init__(self) -> None:
        self._by_name: dict[str, list[SharedProgram]] = {}

    def program(self, name: str, program: CutProgram, take: Callable[[], int]) -> SharedProgram:
        """The program that a font's glyphs go into: the face's latest, or a new one where that is
        full. take: gives the new one's number."""
        several = self._by_name.setdefault(name, [])
        if not several or not several[-1].has_room(program):
            several.append(SharedProgram(take()))
        return several[-1]

    def __iter__(self) -> Iterator[SharedProgram]:
        for several in self._by_name.values():
            yield from several
