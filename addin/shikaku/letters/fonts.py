"""The fonts of the embedded PDF engine, cut to the characters of one letter.

The fonts come as Python packages (Noto Sans CJK JP, OFL), so a letter looks the same on every
machine. Each letter gets a TrueType font with its own characters and no others: passing a whole
CJK font costs 55 ms a letter, the cut one nothing, and no letter carries glyphs of other people's
names. The outlines are turned from cubic to quadratic, because rdocx labels every font as
TrueType and PDF viewers complain about cubic ones under that label. Line metrics are those of
MS Gothic and BIZ UD (0.88 + 0.12 em), not Noto's tall 1.45 em, so rows break where Word's do.
"""

import os
import struct
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from shikaku.errors import PdfError

FAMILY = "Noto Sans CJK JP"
_ASCENT, _DESCENT = 0.88, 0.12
_EPOCH_1904 = 3_600_000_000


class Face:
    """One font file: which characters it has, and cut-down copies of it.

    family: the name that documents call it by. weight: 400 or 700.
    """

    def __init__(self, path: Path, family: str, weight: int = 400, number: int = 0):
        from fontTools.ttLib import TTFont, TTLibError

        self.family, self.weight = family, weight
        try:
            self._font = TTFont(path, lazy=True, fontNumber=number)
            self.cmap: dict[int, str] = self._font.getBestCmap() or {}
            variants = self._font["cmap"].getcmap(0, 5)
        except (OSError, TTLibError, KeyError) as error:
            raise PdfError(
                f"フォント「{path.name}」を読めません({type(error).__name__})。",
                "pip install --force-reinstall noto-cjk-sans-jp-regular noto-cjk-sans-jp-bold を"
                "実行するか、そのファイルを外字フォントのフォルダから除いてください。",
            ) from None
        self.sequences: dict[tuple[int, int], str] = {}
        for selector, pairs in (variants.uvsDict if variants else {}).items():
            for base, glyph in pairs:
                self.sequences[base, selector] = glyph or self.cmap.get(base, "")
        self.units = self._font["head"].unitsPerEm
        self._cubic = "CFF " in self._font or "CFF2" in self._font
        self._outlines = self._font.getGlyphSet()
        self._drawn: dict[str, tuple[bytes, int, tuple[int, int, int, int]]] = {}

    @property
    def name(self) -> str:
        """The name that a PDF's font dictionary will have (rdocx drops the spaces)."""
        return self.family.replace(" ", "") + ("-Bold" if self.weight >= 700 else "")

    def _glyph(self, name: str) -> tuple[bytes, int, tuple[int, int, int, int]]:
        """A glyph as TrueType data, its advance and its box; drawn once a process."""
        if name not in self._drawn:
            from fontTools.pens.cu2quPen import Cu2QuPen
            from fontTools.pens.recordingPen import DecomposingRecordingPen
            from fontTools.pens.ttGlyphPen import TTGlyphPen

            source = DecomposingRecordingPen(self._outlines)
            self._outlines[name].draw(source)
            pen = TTGlyphPen(None)
            source.replay(Cu2QuPen(pen, self.units / 1000, reverse_direction=self._cubic))
            glyph = pen.glyph()
            data = glyph.compile(None) if glyph.numberOfContours else b""
            box = (glyph.xMin, glyph.yMin, glyph.xMax, glyph.yMax) if data else (0, 0, 0, 0)
            self._drawn[name] = data + b"\0" * (-len(data) % 4), self._outlines[name].width, box
        return self._drawn[name]

    def cut(self, text: Iterable[str]) -> bytes:
        """A TrueType font with these characters and sequences (base + variation selector) only.

        Characters that the face lacks are left out. The same text gives the same bytes.
        """
        codes: dict[int, str] = {}
        sequences: dict[tuple[int, int], str] = {}
        for piece in sorted(set(text)):
            base = ord(piece[0])
            if base in self.cmap:
                codes[base] = self.cmap[base]
            if len(piece) == 2 and (base, ord(piece[1])) in self.sequences:
                sequences[base, ord(piece[1])] = self.sequences[base, ord(piece[1])]
        names = [".notdef", *dict.fromkeys([*codes.values(), *sequences.values()])]
        names = list(dict.fromkeys(names))
        number = {name: i for i, name in enumerate(names)}
        glyphs = [self._glyph(n if n in self._outlines else self.cmap[0x20]) for n in names]
        return _assemble(
            self,
            glyphs,
            {c: number[n] for c, n in codes.items()},
            {s: number[n] for s, n in sequences.items()},
        )


def _assemble(face: Face, glyphs: list, codes: dict, sequences: dict) -> bytes:
    boxes = [g[2] for g in glyphs if g[0]] or [(0, 0, 0, 0)]
    box = tuple(f(b[i] for b in boxes) for i, f in enumerate((min, min, max, max)))
    offsets = [0]
    for data, _, _ in glyphs:
        offsets.append(offsets[-1] + len(data))
    up, down = round(_ASCENT * face.units), round(_DESCENT * face.units)
    bold = face.weight >= 700
    advances = [a for _, a, _ in glyphs]
    tables = {
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
        b"glyf": b"".join(g[0] for g in glyphs),
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, face.units,
            _EPOCH_1904, _EPOCH_1904, *box, int(bold), 3, 2, 1, 0,
        ),
        b"hhea": struct.pack(
            ">IhhhHhhhhhhhhhhhH", 0x10000, up, -down, 0, max(advances),
            min(b[0] for b in boxes), 0, box[2], 1, 0, 0, 0, 0, 0, 0, 0, len(glyphs),
        ),
        b"hmtx": b"".join(struct.pack(">Hh", a, b[0]) for _, a, b in glyphs),
        b"loca": struct.pack(f">{len(offsets)}I", *offsets),
        b"maxp": struct.pack(
            ">I14H", 0x10000, len(glyphs), 4096, 512, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0
        ),
        b"name": _names(face, bold),
        b"post": struct.pack(">IIhhIIIII", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0),
    }  # fmt: skip
    return _sfnt(tables)


def _cmap(codes: dict[int, int], sequences: dict[tuple[int, int], int]) -> bytes:
    """Format 12 for the characters, format 14 for the variation sequences."""
    rows = sorted(codes.items())
    groups = b"".join(struct.pack(">III", c, c, g) for c, g in rows)
    full = struct.pack(">HHIII", 12, 0, 16 + len(groups), 0, len(rows)) + groups
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


def _names(face: Face, bold: bool) -> bytes:
    style = "Bold" if bold else "Regular"
    texts = {
        1: face.family,
        2: style,
        3: f"{face.family} {style} shikaku",
        4: f"{face.family} {style}",
        5: "Version 1.0",
        6: face.family.replace(" ", "") + "-" + style,
    }
    records, strings = b"", b""
    for number, text in texts.items():
        data = text.encode("utf-16-be")
        records += struct.pack(">HHHHHH", 3, 1, 0x409, number, len(data), len(strings))
        strings += data
    return struct.pack(">HHH", 0, len(texts), 6 + len(records)) + records + strings


def _sfnt(tables: dict[bytes, bytes]) -> bytes:
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    head = struct.pack(
        ">IHHHH", 0x10000, count, power * 16, power.bit_length() - 1, (count - power) * 16
    )
    at = len(head) + 16 * count
    directory, body = b"", b""
    for tag, data in sorted(tables.items()):
        padded = data + b"\0" * (-len(data) % 4)
        total = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += tag + struct.pack(">III", total, at + len(body), len(data))
        body += padded
    font = head + directory + body
    total = sum(struct.unpack(f">{len(font) // 4}I", font)) & 0xFFFFFFFF
    where = font.index(b"head", 12)
    offset = struct.unpack(">I", font[where + 8 : where + 12])[0] + 8
    return font[:offset] + struct.pack(">I", (0xB1B0AFBA - total) & 0xFFFFFFFF) + font[offset + 4 :]


class FontSet:
    """The main font in two weights, and fonts of the user's own for characters it lacks.

    main, bold: the same characters in both. extra: fallbacks in the order they are asked.
    """

    def __init__(self, main: Face, bold: Face, extra: tuple[Face, ...] = ()):
        self.main, self.bold, self.extra = main, bold, extra
        self.plain = frozenset(map(chr, main.cmap))

    def names(self) -> frozenset[str]:
        """The font names that a PDF of this set may have."""
        return frozenset(f.name for f in (self.main, self.bold, *self.extra))


def extra_folder() -> Path:
    """Where a user puts fonts for rare characters (外字): ``SHIKAKU_FONTS`` or the data folder."""
    import platformdirs

    return Path(os.environ.get("SHIKAKU_FONTS") or platformdirs.user_data_path("shikaku") / "fonts")


def packaged() -> tuple[Path, Path]:
    """The font files of the two packages. Raises PdfError when one is not installed."""
    try:
        import noto_cjk_sans_jp_bold as bold
        import noto_cjk_sans_jp_regular as regular
    except ImportError as error:
        raise PdfError(
            f"日本語フォントのパッケージ「{error.name}」がありません。",
            "pip install noto-cjk-sans-jp-regular noto-cjk-sans-jp-bold を実行してください。",
        ) from None
    return Path(str(regular.FONT_PATH)), Path(str(bold.FONT_PATH))


@lru_cache(maxsize=1)
def load() -> FontSet:
    """The fonts of this machine, read once a process (0.5 s). Raises PdfError."""
    regular, bold = packaged()
    folder = extra_folder()
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    extra = tuple(
        Face(path, f"Shikaku Extra {i}")
        for i, path in enumerate(
            (p for p in files if p.suffix.lower() in (".ttf", ".otf", ".ttc")), start=1
        )
    )
    return FontSet(Face(regular, FAMILY), Face(bold, FAMILY, 700), extra)
