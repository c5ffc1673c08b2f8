"""Which characters the PDF's fonts can show. A missing glyph is an error, never a □."""

import re
import unicodedata
from dataclasses import dataclass

from shikaku.fields.person_name import is_selector
from shikaku.letters.fonts.face import BREAK, Face
from shikaku.letters.fonts.subset import FontSet

# Invisible by their nature (zero width, direction marks, an emoji's colour): nothing to draw, so
# left out of the PDF.
_INVISIBLE = re.compile(
    "[\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
    r"|(?<=[^\s])[\U0001f3fb-\U0001f3ff]"
)
# か + ゙ and e + ´ as some systems write them; no more, since NFC would turn U+FA19 into U+795E.
_MARKED = re.compile(
    "[\u3041-\u30ff][\u3099\u309a]|[A-Za-z\u00c0-\u024f\u1e00-\u1eff][\u0300-\u036f]+"
)
_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SPECIAL = re.compile("|".join(p.pattern for p in (_INVISIBLE, _MARKED, _SELECTOR)))


# Word breaks such a word where the line ends; rdocx needs to be shown where it may.
_LONG_WORD = re.compile("[!-~]{30,}")


def printable(text: str) -> str:
    """The text as the PDF will have it: no invisible characters, letters with their marks in one."""
    text = _INVISIBLE.sub("", text)
    return _MARKED.sub(lambda m: unicodedata.normalize("NFC", m.group()), text)


def clusters(text: str) -> list[str]:
    """Characters, each with its variation selector."""
    if not _SELECTOR.search(text):
        return list(text)
    found: list[str] = []
    for char in text:
        if found and is_selector(char) and len(found[-1]) == 1:
            found[-1] += char
        elif not is_selector(char):
            found.append(char)
    return found


@dataclass(frozen=True, slots=True)
class FontRun:
    """Text for one run. face: None for the main font."""

    text: str
    face: Face | None


@dataclass(frozen=True, slots=True)
class SetText:
    """A text set in a font set.

    pieces: runs. missing: characters no font has. plain_form: characters whose variant (IVS) no
    font has, printed in their plain form.
    """

    pieces: tuple[FontRun, ...]
    missing: tuple[str, ...] = ()
    plain_form: tuple[str, ...] = ()


def all_plain(text: str, fonts: FontSet) -> bool:
    """Every character is in the main font and printed as it stands (line ends and tabs are)."""
    return ordinary(text) and fonts.plain.issuperset(text)


def ordinary(text: str) -> bool:
    """Nothing invisible, no variants, no long words: printed as it stands if the font has it."""
    return not (_SPECIAL.search(text) or _LONG_WORD.search(text))


def set_text(text: str, fonts: FontSet) -> SetText:
    """How a text is printed with these fonts."""
    if all_plain(text, fonts):
        return SetText((FontRun(text, None),))
    pieces: list[list] = []
    missing, plain_form = [], []
    text = _LONG_WORD.sub(lambda m: BREAK.join(m.group()), printable(text))
    for cluster in clusters(text):
        face, shown = _place(cluster, fonts)
        if face is False:
            missing.append(cluster)
            continue
        if shown != cluster and ord(cluster[1]) >= 0xE0100:
            plain_form.append(cluster)
        if pieces and pieces[-1][1] is face:
            pieces[-1][0] += shown
        else:
            pieces.append([shown, face])
    return SetText(tuple(FontRun(t, f) for t, f in pieces), tuple(missing), tuple(plain_form))


def _place(cluster: str, fonts: FontSet) -> tuple[Face | None | bool, str]:
    """The face for a cluster (None main, False nowhere) and the characters it will print."""
    if cluster[0] in "\t\n\r":
        return None, cluster
    codes = tuple(map(ord, cluster))
    faces = ((None, fonts.main), *((f, f) for f in fonts.extra))
    if len(codes) == 2:
        for face, look in faces:
            if codes in look.sequences:
                return face, cluster
    for face, look in faces:
        if codes[0] in look.cmap:
            return face, cluster[0]
    face = fonts.spare.face(cluster[0]) if fonts.spare else None
    return (face, cluster[0]) if face else (False, "")


def describe(char: str) -> str:
    """「𠮷」(U+20BB7) for a message."""
    return f"「{char}」({' '.join(f'U+{ord(c):04X}' for c in char)})"
