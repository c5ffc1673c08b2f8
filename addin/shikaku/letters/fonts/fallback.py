"""Characters that the main font and the user's own lack: from a package, then from the machine.

Names from abroad (Łukasz), emoji and ticks come from Noto fonts that are installed with shikaku, so
most of them look the same everywhere; what these lack is looked for in the fonts installed on the
machine. A font helps only if it may be embedded and draws something for the character.
"""

import os
import re
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import category

from shikaku.letters.fonts import cmap, own

if TYPE_CHECKING:
    from shikaku.letters.fonts.face import Face

_PACKAGE = "manimgx_fonts"
_PACKAGED = ("NotoSans[wght].ttf", "NotoEmoji[wght].ttf", "NotoSansSymbols[wght].ttf")
_ENDINGS = (".ttf", ".otf", ".ttc", ".otc")
# Fonts that draw the same box for every character there is.
_BOXES = re.compile("lastresort|blank|notdef|fallback", re.IGNORECASE)
# Slanted, heavy and narrow faces only when nothing else has the character.
_UNLIKE = re.compile("bold|black|heavy|italic|oblique|condensed|light|mono|serif", re.IGNORECASE)
# Scripts whose letters change their form or place beside others (Hebrew to Myanmar, Khmer,
# Mongolian, Tibetan and their like): drawn one by one they would be wrong, so they are missing.
_SHAPED = re.compile(
    "[\u0590-\u109f\u1700-\u18af\u1900-\u1cff\ua800-\ua9df\uaa00-\uaaff\uabc0-\uabff"
    "\ufb1d-\ufdff\ufe70-\ufefe\U00010a00-\U00011fff\U0001e900-\U0001e95f]"
)
_RESTRICTED = 2


class _SpareFace(NamedTuple):
    """A font file's face: what may be embedded, and its character table."""

    number: int
    table: bytes


class Spare:
    """The fonts of a package and of the machine, looked at only when a character is missing.

    opener: makes a Face of (path, family, number); it may raise anything about a broken font.
    """

    def __init__(self, opener: Callable[[Path, str, int], "Face"]):
        self._opener = opener
        self._faces: dict[tuple[Path, int], Face] = {}
        self._answers: dict[str, Face | None] = {}

    @property
    def faces(self) -> tuple["Face", ...]:
        """Those that have helped so far."""
        return tuple(dict.fromkeys(f for f in self._answers.values() if f is not None))

    def face(self, char: str) -> "Face | None":
        """A face that draws the character, or None."""
        if char not in self._answers:
            self._answers[char] = self._look(char) if _may_help(char) else None
        return self._answers[char]

    def _look(self, char: str) -> "Face | None":
        for path in self._files:
            for found in _faces(path):
                if not cmap.has(found.table, ord(char)):
                    continue
                try:
                    face = self._open(path, found.number)
                    if face.draws(char):
                        return face
                except Exception:
                    # A font of somebody else's that can't be read is no reason to stop.
                    continue
        return None

    def _open(self, path: Path, number: int) -> "Face":
        key = path, number
        if key not in self._faces:
            family = f"Shikaku {re.sub('[^A-Za-z0-9]', '', path.stem) or 'Font'}{number or ''}"
            self._faces[key] = self._opener(path, family, number)
        return self._faces[key]

    @cached_property
    def _files(self) -> list[Path]:
        """The package's first, then our letters of Latin alphabets, then the machine's, plain ones before slanted and heavy ones."""
        there = {
            Path(place) / name
            for folder in folders()
            for place, _, names in os.walk(folder)
            for name in names
            if name.lower().endswith(_ENDINGS) and not _BOXES.search(name)
        }
        ranked = sorted(there, key=lambda p: (bool(_UNLIKE.search(p.stem)), p.name, str(p)))
        return [
            *packaged(),
            *(own.FOLDER / n for n in (own.LATIN, own.EMOJI, own.SYMBOLS)),
            *ranked,
        ]


def _may_help(char: str) -> bool:
    """Not for private characters, which mean something else in each font, nor for frames around
    another character, nor for scripts that must be shaped."""
    return category(char) not in ("Co", "Cs", "Cc", "Me") and not _SHAPED.match(char)


def packaged() -> list[Path]:
    """The Noto fonts that came with shikaku; none when their package has been left out."""
    spec = find_spec(_PACKAGE)
    places = spec.submodule_search_locations if spec else None
    if not places:
        return []
    return [p for name in _PACKAGED if (p := Path(places[0]) / name).is_file()]


def folders() -> list[Path]:
    """Where fonts are installed on this system."""
    home = Path.home()
    if sys.platform == "win32":
        local = Path(os.environ.get("LOCALAPPDATA", home / "AppData/Local"))
        return [
            Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts",
            local / "Microsoft/Windows/Fonts",
        ]
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    return [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        home / ".local/share/fonts",
        home / ".fonts",
    ]


def _faces(path: Path) -> Iterator[_SpareFace]:
    """The faces of a file that have outlines and may be embedded; none for a broken file."""
    try:
        with open(path, "rb") as file:
            head = file.read(12)
            starts: Sequence[int] = [0]
            if head[:4] == b"ttcf":
                count = struct.unpack(">I", head[8:12])[0]
                starts = struct.unpack(f">{count}I", file.read(4 * count))
            for number, start in enumerate(starts):
                file.seek(start + 4)
                count = struct.unpack(">H", file.read(2))[0]
                file.seek(start + 12)
                directory = file.read(16 * count)
                tables = {
                    directory[i : i + 4]: struct.unpack(">II", directory[i + 8 : i + 16])
                    for i in range(0, len(directory), 16)
                }
                if b"cmap" not in tables or not {b"glyf", b"CFF "} & tables.keys():
                    continue
                if b"OS/2" in tables:
                    file.seek(tables[b"OS/2"][0] + 8)
                    if struct.unpack(">H", file.read(2))[0] & 0xF == _RESTRICTED:
                        continue
                offset, length = tables[b"cmap"]
                file.seek(offset)
                yield _SpareFace(number, file.read(length))
    except (OSError, struct.error, MemoryError, OverflowError):
        return
