"""Characters of a PDF that are drawn as the empty box of their font, though its text has them.

LibreOffice draws a character that no font has as the font's .notdef, under a code of its own and
with the character as its text: reading the text alone, nothing seems to be missing.
"""

import io
import re
import struct
from collections.abc import Iterable, Mapping
from unicodedata import category

import pikepdf

_NAMED = re.compile(rb"dup\s+(\d+)\s*/\.notdef\s+put")


def usual(char: str) -> bool:
    """In the old office code page, or punctuation, marks and the like, whose looks fonts share:
    no character that a machine may have no font for."""
    try:
        char.encode("cp932")
    except UnicodeEncodeError:
        return category(char)[0] in "PZM" or category(char) == "Sm"
    return True


def boxes(font: pikepdf.Object, table: Mapping[int, str]) -> set[int]:
    """The codes of rare characters for which a font (the inner one of a composite) has its
    .notdef. table: code → text. Empty for fonts whose programs we can't look into."""
    try:
        "".join(table.values()).encode("cp932")
        return set()
    except UnicodeEncodeError:
        rare = [code for code, text in table.items() if not all(map(usual, text))]
    descriptor = font.get("/FontDescriptor", pikepdf.Dictionary())
    if "/FontFile" in descriptor:
        named = {int(n) for n in _NAMED.findall(descriptor["/FontFile"].read_bytes())}
        return named.intersection(rare)
    if "/FontFile2" in descriptor and rare:
        simple = font.get("/Subtype") == "/TrueType"
        if simple or font.get("/CIDToGIDMap", "/Identity") == "/Identity":
            return _like_notdef(descriptor["/FontFile2"].read_bytes(), rare, simple)
    return set()


def _like_notdef(program: bytes, codes: Iterable[int], simple: bool) -> set[int]:
    """The codes whose outline is that of glyph 0. simple: the font's own table leads to them."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        font = TTFont(io.BytesIO(program), lazy=True)
        outlines = font.reader["glyf"]
        # Raw, since fontTools writes warnings about other things in these tables.
        long = struct.unpack_from(">h", font.reader["head"], 50)[0]
        count = struct.unpack_from(">H", font.reader["maxp"], 4)[0]
        places = struct.unpack_from(f">{count + 1}{'I' if long else 'H'}", font.reader["loca"])
        numbers = {c: c for c in codes}
        if simple:
            known = {} if "cmap" not in font else font["cmap"].tables[0].cmap
            numbers = {c: font.getGlyphID(known[c]) for c in codes if c in known}
    except (TTLibError, KeyError, IndexError, struct.error):
        return set()

    def outline(number: int) -> bytes:
        scale = 1 if long else 2
        return outlines[places[number] * scale : places[number + 1] * scale]

    box = outline(0)
    return {c for c, n in numbers.items() if 0 <= n < count and box and outline(n) == box}
