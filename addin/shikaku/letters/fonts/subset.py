"""The fonts of the embedded PDF engine, cut to the characters of one letter.

The fonts come with the product (Noto Sans CJK JP, OFL; the whole of it as Python packages), so a
letter looks the same on every machine. Each letter gets a TrueType font with its own characters and no others: passing a whole
CJK font costs 55 ms a letter, the cut one nothing, and no letter carries glyphs of other people's
names. The outlines are turned from cubic to quadratic, because rdocx labels every font as
TrueType and PDF viewers complain about cubic ones under that label. Line metrics are those of
MS Gothic and BIZ UD (0.88 + 0.12 em), not Noto's tall 1.45 em, so rows break where Word's do.
"""

import os
from functools import lru_cache
from pathlib import Path

from shikaku.letters.fonts import own
from shikaku.letters.fonts.face import BREAK, Face
from shikaku.letters.fonts.fallback import Spare

FAMILY = "Noto Sans CJK JP"


class FontSet:
    """The main font in two weights, and fonts for characters it lacks.

    main, bold: the same characters in both. extra: the user's own, in the order they are asked.
    spare: asked last of all. plain: the characters of the main font, and line ends and tabs.
    """

    def __init__(
        self, main: Face, bold: Face, extra: tuple[Face, ...] = (), spare: Spare | None = None
    ):
        self.main, self.bold, self.extra, self.spare = main, bold, extra, spare
        self.plain = (frozenset(map(chr, main.cmap)) | frozenset("\t\n\r")) - {BREAK}

    @property
    def fallbacks(self) -> tuple[Face, ...]:
        """The fonts that may stand in for the main one, as far as they were needed yet."""
        return (*self.extra, *(self.spare.faces if self.spare else ()))

    def names(self) -> frozenset[str]:
        """The font names that a PDF of this set may have."""
        # A fallback has no bold face, and no face is slanted: rdocx draws them so and says so in
        # the name.
        upright = [f.name for f in (self.main, self.bold, *self.fallbacks)]
        upright += [f"{f.name}-SyntheticBold" for f in self.fallbacks]
        return frozenset((*upright, *(f"{name}-SyntheticItalic" for name in upright)))


def extra_folder() -> Path:
    """Where a user puts fonts for rare characters (外字): ``SHIKAKU_FONTS`` or the data folder."""
    import platformdirs

    return Path(os.environ.get("SHIKAKU_FONTS") or platformdirs.user_data_path("shikaku") / "fonts")


def packaged() -> tuple[Path, Path] | None:
    """The whole fonts of the two packages; None when one is not installed."""
    try:
        import noto_cjk_sans_jp_bold as bold
        import noto_cjk_sans_jp_regular as regular
    except ImportError:
        return None
    return Path(str(regular.FONT_PATH)), Path(str(bold.FONT_PATH))


def _main(name: str, weight: int) -> Face:
    """Our face of that weight, with the whole font behind it."""

    def rest() -> Face | None:
        whole = packaged()
        return None if whole is None else Face(whole[weight >= 700], FAMILY, weight)

    return own.OwnFace(own.FOLDER / name, FAMILY, weight, rest)


@lru_cache(maxsize=1)
def load() -> FontSet:
    """The fonts of this machine, read once a process. Raises PdfError."""
    folder = extra_folder()
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    extra = tuple(
        Face(path, f"Shikaku Extra {i}")
        for i, path in enumerate(
            (p for p in files if p.suffix.lower() in (".ttf", ".otf", ".ttc")), start=1
        )
    )
    spare = Spare(lambda path, family, number: Face(path, family, number=number))
    return FontSet(_main(own.REGULAR, 400), _main(own.BOLD, 700), extra, spare)
