"""Writes the fonts that the product brings along: Noto cut to what Japanese letters need, as TrueType.

    python tests/write_fonts.py

Sources: the PyPI packages noto-cjk-sans-jp-regular, noto-cjk-sans-jp-bold and manimgx-fonts (all OFL-1.1).
Characters: JIS X 0213 (all four levels), the old office code page, Latin-1 and Latin-2; their
variants (IVS); of Noto Sans, Noto Emoji and Noto Sans Symbols what those lack. Takes a minute; the same packages give the same bytes.
"""

from collections.abc import Iterator
from pathlib import Path

from shikaku.letters.fonts import fallback, own, subset
from shikaku.letters.fonts.face import Face

_ENCODINGS = ("euc_jis_2004", "cp932", "latin-1", "iso8859_2", "iso8859_15")
#: Of family registers, outside the standard: 𠮷野, 土 with a dot, the other 橋 …, and what Unicode keeps
#: for old code pages.
_NAMES = "𠮷𡈽𣘺𠀋𡌛𡑮𡢽𡚴𡵅𢈘𢌞𢛳𣑊𣗄𣘸𣝣𣜿𣟿𣪘𤊠𤎼𤭖𥆩𥒎𥝱𥧄𥶡𦀌𦀗𦥑𦫿𦹀𦹥𧃴𧄍𧏚𧚄𧾷𨉷𨏍𨦇𨦈𨨞𨨩𨩱𨩃𨪙𨫍𨫤𨫝𨯁𨯯𨴐𨵱𨷻𨸟𨸶𨺉𨻫𨻶𨿸𩊠𩊱𩒐𩗏𩙿𩛰𩜙𩝐𩣆𩩲𩷛𩸕𩸽𩹉𩺊𩻄𩻩𩻛𩿎𪀚𪀯𪂂𪃹𪆐𪎌𪐷𪗱𪘂𪘚𪚲\xa0"
_COMPATIBLE = range(0xF900, 0xFB00)
_EMOJI = (range(0x2600, 0x2800), range(0x1F000, 0x20000))
_SIGNS = (range(0x2300, 0x2800), range(0x2B00, 0x2C00))
_LATIN = (range(0x100, 0x250), range(0x1E00, 0x1F00), range(0x20A0, 0x20C0))


def encoded(name: str) -> Iterator[str]:
    """Every character of an encoding."""
    for lead in (b"", b"\x8f"):
        for first in range(256):
            for rest in (b"", *(bytes([second]) for second in range(0x40, 0x100))):
                try:
                    yield from (lead + bytes([first]) + rest).decode(name)
                except UnicodeDecodeError:
                    continue


def main() -> None:
    """Write the files."""
    wanted = {c for name in _ENCODINGS for c in encoded(name) if c.isprintable() or c == "\u3000"}
    wanted |= {*_NAMES, *map(chr, _COMPATIBLE)}
    paths = subset.packaged()
    assert paths is not None, "the packages of the fonts are needed"
    for source, (name, weight) in zip(paths, ((own.REGULAR, 400), (own.BOLD, 700)), strict=True):
        write(Face(source, subset.FAMILY, weight), wanted, own.FOLDER / name)
    have = Face(paths[0], subset.FAMILY).cmap
    latin, emoji, symbols = fallback.packaged()
    for source, codes, name in (
        (latin, _LATIN, own.LATIN), (emoji, _EMOJI, own.EMOJI), (symbols, _SIGNS, own.SYMBOLS)
    ):  # fmt: skip
        lacking = {chr(c) for several in codes for c in several if c not in have}
        write(Face(source, name), lacking, own.FOLDER / name)


def write(face: Face, chars: set[str], target: Path) -> None:
    """Those of the characters that the face has."""
    variants = [
        chr(base) + chr(selector) for base, selector in face.sequences if chr(base) in chars
    ]
    drawn = [c for c in chars if ord(c) in face.cmap and face.draws(c)]
    target.write_bytes(face.cut([*drawn, *variants]))
    print(target.name, target.stat().st_size)


if __name__ == "__main__":
    main()
