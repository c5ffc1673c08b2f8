"""The fonts that come with the product: what they have, and what they ask of the whole font."""

import io

import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from shikaku.letters.fonts import own, subset
from shikaku.letters.fonts.face import Face
from shikaku.system.errors import PdfError


def face(rest=lambda: None, weight: int = 400) -> own.OwnFace:
    name = own.BOLD if weight >= 700 else own.REGULAR
    return own.OwnFace(own.FOLDER / name, subset.FAMILY, weight, rest)


@pytest.mark.parametrize("weight", [400, 700])
def test_every_character_of_the_standard_is_there(weight):
    """JIS X 0213 (levels one to four) and the office code page, as far as Noto has them."""
    ours = face(weight=weight)
    rows = [bytes([a, b]) for a in range(0xA1, 0xFF) for b in range(0xA1, 0xFF)]
    chars = {c for r in rows for c in r.decode("euc_jis_2004", "ignore")} | set("①㈱髙﨑〜−é𠮷𣘺")
    lacking = {c for c in chars if ord(c) not in ours.cmap}
    whole = subset.packaged()
    assert whole is not None
    known = Face(whole[weight >= 700], subset.FAMILY, weight).cmap
    assert [c for c in lacking if ord(c) in known] == ["\xad"]  # no glyph in a letter
    assert len(chars) - len(lacking) > 8_000


def test_it_draws_what_the_whole_font_draws():
    whole = subset.packaged()
    assert whole is not None
    text = "髙﨑𠮷あア1a、㈱"
    one, other = face().cut(text), Face(whole[0], subset.FAMILY).cut(text)
    assert one == other


def test_the_licence_stands_beside_them():
    text = (own.FOLDER / "OFL.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE" in text and "Adobe" in text
    assert sum(f.stat().st_size for f in own.FOLDER.iterdir()) < 11 << 20


def test_the_whole_font_is_opened_for_what_is_lacking_alone():
    opened = []

    def rest():
        opened.append(1)
        return Face(subset.packaged()[0], subset.FAMILY)

    ours = face(rest)
    ours.cut(["東", "京", "\n", "\t", "1", "葛\U000e0100"])
    assert not opened
    rare = TTFont(io.BytesIO(ours.cut("가")))
    pen = DecomposingRecordingPen(rare.getGlyphSet())
    rare.getGlyphSet()[rare.getGlyphOrder()[-1]].draw(pen)
    assert pen.value and opened == [1]


def test_without_the_packages_a_rare_character_has_no_glyph():
    ours = face()
    assert 0x21A17 not in ours.cmap and ours.cmap.get(0x21A17) is None
    with pytest.raises(KeyError):
        ours.cmap[0x21A17]
    assert (ord("가"), 0xE0100) not in ours.sequences


@pytest.mark.parametrize(
    "data",
    [b"", b"\0\1\0\0\0\x09" + bytes(200), b"OTTO" + bytes(40)],
    ids=["empty", "tables of nothing", "another format"],
)
def test_a_broken_file_is_named(data, tmp_path):
    path = tmp_path / "x.ttf"
    path.write_bytes(data)
    with pytest.raises(PdfError, match="x.ttf"):
        own.OwnFace(path, "x", 400, lambda: None)
