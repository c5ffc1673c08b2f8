"""The fonts that come with the product itself: Noto, cut to JIS X 0213 and its variants, as TrueType.

So letters are printed whatever becomes of the font packages, and a glyph is a slice of a file
instead of an outline that must be turned from cubic to quadratic (1 ms each). What these files
lack is asked of the packages where they are installed.
"""

import struct
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

from shikaku.letters.fonts import cmap
from shikaku.letters.fonts.face import BREAK, NO_GLYPH, Face, Glyph, checksum
from shikaku.system.errors import PdfError, why

FOLDER = Path(__file__).parent / "data"
REGULAR, BOLD = "NotoSansCJKjp-Regular.ttf", "NotoSansCJKjp-Bold.ttf"
LATIN, EMOJI, SYMBOLS = "NotoSans-Latin.ttf", "NotoEmoji.ttf", "NotoSans-Symbols.ttf"
_REST = 1 << 24
"""Glyphs of the whole font are numbered from here."""


class OwnFace(Face):
    """A face of ours. rest: opens the whole font, or None when it isn't installed.

    Raises PdfError when our file is gone or broken.
    """

    def __init__(self, path: Path, family: str, weight: int, rest: Callable[[], Face | None]):
        self.family, self.weight = family, weight
        try:
            data = path.read_bytes()
            self._tables = _tables(data)
            codes, sequences = cmap.read(self._tables[b"cmap"])
            self.units = struct.unpack_from(">H", self._tables[b"head"], 18)[0]
            count = struct.unpack_from(">H", self._tables[b"maxp"], 4)[0]
            self._places = struct.unpack(f">{count + 1}I", self._tables[b"loca"])
        except (OSError, KeyError, ValueError, struct.error) as error:
            raise PdfError(
                f"フォント「{path.name}」を読めません({why(error)})。",
                "pip install --force-reinstall shikaku を実行してください。",
            ) from None
        self._open_rest = rest
        self.cmap = _Codes(codes | {ord(BREAK): NO_GLYPH}, self._rest_codes)
        self.sequences = _Codes(sequences, self._rest_sequences)
        self._drawn = {NO_GLYPH: Glyph(b"", 0, 0, b"\0\0\0\0", None)}

    @cached_property
    def _rest(self) -> Face | None:
        return self._open_rest()

    def _rest_codes(self, code: int) -> int | None:
        # Line ends and tabs have no glyph; the big font isn't opened for them.
        if code < 0x20 or self._rest is None or code not in self._rest.cmap:
            return None
        return _REST + self._rest.cmap[code]

    def _rest_sequences(self, pair: tuple[int, int]) -> int | None:
        if self._rest is None or pair not in self._rest.sequences:
            return None
        number = self._rest.sequences[pair]
        # A variant that is the usual glyph is that glyph.
        usual = self._rest.cmap.get(pair[0]) == number and pair[0] in self.cmap
        return self.cmap[pair[0]] if usual else _REST + number

    def _glyph(self, number: int) -> Glyph:
        if number >= _REST and self._rest is not None:
            glyph = self._rest.glyph(number - _REST)
        else:
            outline = self._tables[b"glyf"][self._places[number] : self._places[number + 1]]
            metrics = self._tables[b"hmtx"][4 * number : 4 * number + 4]
            advance = struct.unpack_from(">H", metrics)[0]
            box = struct.unpack_from(">4h", outline, 2) if outline else None
            glyph = Glyph(outline, checksum(outline), advance, metrics, box)
        self._drawn[number] = glyph
        return glyph


Key = TypeVar("Key")


class _Codes(dict[Key, int]):
    """Codes of our file, and those of the whole font, which is opened for the first that we lack."""

    def __init__(self, own: Mapping[Key, int], rest: Callable[[Key], int | None]):
        super().__init__(own)
        self._rest = rest

    def __contains__(self, code: object) -> bool:
        return super().__contains__(code) or self._rest(cast(Key, code)) is not None

    def __missing__(self, code: Key) -> int:
        found = self._rest(code)
        if found is None:
            raise KeyError(code)
        return found

    def get(self, code: Key, default: Any = None) -> Any:
        """As a dict's, the whole font included."""
        try:
            return self[code]
        except KeyError:
            return default


def _tables(data: bytes) -> dict[bytes, bytes]:
    """The tables of a TrueType file."""
    count = struct.unpack_from(">H", data, 4)[0]
    found = {}
    for number in range(count):
        tag, _, start, length = struct.unpack_from(">4sIII", data, 12 + 16 * number)
        if start + length > len(data):
            raise ValueError("cut off")
        found[tag] = data[start : start + length]
    return found
