"""Characters that the packaged font lacks: which other font prints them, on every machine and on this one."""

import io
from pathlib import Path

import pytest
from embedded_pages import pdf_of, printed
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from letterkit import p
from shikaku.letters.fonts import cmap, fallback, subset
from shikaku.letters.pdf.base import Fault
from shikaku.letters.pdf.inspect import look
from shikaku.letters.pdf.rdocx.engine import Embedded


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A machine whose only fonts are those that a test puts into this folder."""
    folder = tmp_path / "installed"
    folder.mkdir()
    monkeypatch.setattr(fallback, "folders", lambda: [folder])
    monkeypatch.setattr(fallback, "packaged", list)
    subset.load.cache_clear()
    yield folder
    subset.load.cache_clear()


def font_with(char: str, path: Path, change=None) -> None:
    """A font that draws 「外」 for a character. change: a last hand on it."""
    font = TTFont(io.BytesIO(subset.load().main.cut("外")))
    glyph = font.getBestCmap()[ord("外")]
    for one in font["cmap"].tables:
        one.cmap = {ord(char): glyph}
    if change:
        change(font, glyph)
    font.save(path)


def restricted(font: TTFont, glyph: str) -> None:
    font["OS/2"].fsType = 2


def without_ink(font: TTFont, glyph: str) -> None:
    """As colour fonts are, whose pictures are elsewhere."""
    font["glyf"][glyph] = TTGlyphPen(None).glyph()


class TestSpareFonts:
    @pytest.mark.parametrize(
        "text", ["😀", "☑", "🍣子", "🏥🌸", "❤\ufe0f", "👍🏽", "Łukasz Żółć", "Čapek", "Ελένη"]
    )
    @pytest.mark.parametrize("rpr", ["", "<w:b/>"])
    def test_emoji_and_names_from_abroad_are_printed_on_every_machine(
        self, engine, text, rpr, monkeypatch
    ):
        monkeypatch.setattr(fallback, "folders", list)
        subset.load.cache_clear()
        try:
            result = printed(Embedded(), p(f"見本 {text} 様", rpr=rpr), values=[text])
        finally:
            subset.load.cache_clear()
        shown = "".join(text.replace("\ufe0f", "").replace("🏽", "").split())
        with pdf_of(result) as pdf:
            seen = look(pdf)
            assert seen.pages == [f"見本{shown}様"]
            assert not seen.blanks and not seen.loose
            assert len(seen.fonts) == 2

    def test_a_font_of_the_machine_helps_and_is_embedded(self, machine):
        font_with("☐", machine / "Ticks.ttf")
        result = printed(Embedded(), p("☐ はい"), values=["☐ はい"])
        with pdf_of(result) as pdf:
            seen = look(pdf)
        assert seen.pages == ["☐はい"]
        assert seen.fonts == {"NotoSansCJKJP", "ShikakuTicks"}
        assert not seen.loose

    def test_the_same_letter_gives_the_same_bytes_whoever_came_before(self, machine):
        font_with("☐", machine / "One.ttf")
        font_with("☒", machine / "Two.ttf")
        first = printed(Embedded(), p("☐"))
        subset.load.cache_clear()
        engine = Embedded()
        printed(engine, p("☒"))
        assert printed(engine, p("☐")).pdf == first.pdf

    @pytest.mark.parametrize(
        ("char", "name", "change"),
        [
            ("☐", "Restricted.ttf", restricted),
            ("☐", "Colour.ttf", without_ink),
            ("☐", "LastResort.ttf", None),
            ("ก", "Thai.ttf", None),
            ("\u20e3", "Keycap.ttf", None),
            ("\ue000", "Icons.ttf", None),
        ],
    )
    def test_a_font_that_may_not_or_cannot_help_is_no_help(self, machine, char, name, change):
        """Not to be embedded, without ink, boxes only; letters that must be shaped; frames;
        private characters. A second font that can is asked then."""
        font_with(char, machine / name, change)
        result = printed(Embedded(), p(f"見本{char}"), values=[f"見本{char}"])
        assert isinstance(result, Fault)
        assert "見本" in result.message and f"U+{ord(char):04X}" in result.message

    def test_the_next_font_is_asked_when_one_cannot_help(self, machine):
        font_with("☐", machine / "A-Colour.ttf", without_ink)
        font_with("☐", machine / "B-Good.ttf")
        with pdf_of(printed(Embedded(), p("☐"), values=["☐"])) as pdf:
            assert look(pdf).fonts == {"ShikakuBGood"}

    def test_broken_fonts_are_passed_by(self, machine):
        font_with("☐", machine / "z.ttf")
        whole = (machine / "z.ttf").read_bytes()
        for number, length in enumerate((0, 3, 13, 60, 200, len(whole) - 400)):
            (machine / f"{number}.ttf").write_bytes(whole[:length])
        (machine / "6.ttc").write_bytes(b"ttcf" + b"\xff" * 40)
        with pdf_of(printed(Embedded(), p("☐"), values=["☐"])) as pdf:
            assert look(pdf).pages == ["☐"]

    @pytest.mark.parametrize("number", [0, 1])
    def test_a_character_is_found_without_reading_the_whole_table(self, number):
        font = TTFont(subset.packaged()[number], lazy=True)
        table = font.reader["cmap"]
        codes, _ = cmap.read(table)
        wanted = [0x20, 0x3042, 0x845B, 0x20BB7, 0x1F600, 0xE123, 0x10FFFF, 0]
        assert [cmap.has(table, c) for c in wanted] == [c in codes for c in wanted]
        assert not cmap.has(b"\0\0\0\1", 0x20)
