"""Rare characters, variants, marks: each printed with its glyph, or person and character named."""

import io

import pytest
from embedded_pages import baselines, pdf_of, printed
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from letterkit import p, table
from shikaku.letters.fonts import cmap, coverage, subset
from shikaku.letters.pdf.base import Fault, PrintJob
from shikaku.letters.pdf.inspect import look
from shikaku.letters.pdf.rdocx.engine import Embedded


class TestGlyphs:
    @pytest.mark.parametrize("text", ["𠮷", "髙﨑", "葛󠄀城", "㈱①Ⅲ㋿〜", "ｱｲｳ", "ⅷ№℡"])
    def test_rare_characters_are_printed_as_they_are(self, engine, text):
        with pdf_of(printed(engine, p(text), values=[text])) as pdf:
            assert look(pdf).pages == ["".join(text.split())]

    def test_a_variant_has_its_own_glyph(self, font_set):
        main = font_set.main
        assert main.sequences[0x845B, 0xE0100] != main.cmap[0x845B]

    def test_a_variant_that_is_the_usual_glyph_is_that_glyph(self, engine):
        text = "辻\U000e0101さん"
        result = printed(engine, p(text), values=[text])
        assert result.note == ""
        with pdf_of(result) as pdf:
            assert look(pdf).pages == ["辻さん"]

    def test_a_missing_glyph_names_person_and_character(self, engine):
        """A private character: each font means another thing by it, so only the user's own helps."""
        result = printed(engine, p("見本　\ue123子"), values=["見本　\ue123子"])
        assert isinstance(result, Fault)
        assert "\ue123" in result.message
        assert "U+E123" in result.message
        assert "見本" in result.message

    def test_the_person_is_the_one_whose_name_has_it(self):
        piece = PrintJob(b"", "題", names=("見本　太郎", "𠮷田　花子"))
        assert "𠮷田" in piece.who("𠮷")
        assert "太郎" in piece.who("🍣")

    def test_in_a_list_each_person_is_reported_with_his_own_characters(self):
        names = (
            "見本　太郎",
            "外\ue001字　子",
            "ไทย　一",
            *(f"名{chr(0xE100 + i)}" for i in range(9)),
        )
        piece = PrintJob(b"", "題", names=names)
        told = piece.without_glyph(["\ue001", "ไ", "ท", "ย"])
        assert told == (
            "「外\ue001字　子」さんの文字「\ue001」(U+E001)、"
            "「ไทย　一」さんの文字「ไ」(U+0E44)、「ท」(U+0E17)、「ย」(U+0E22)"
        )
        assert piece.without_glyph([chr(0xE100 + i) for i in range(9)]).endswith("、ほか4人")
        assert piece.without_glyph([f"{i}\ue001" for i in range(7)]).endswith("ほか2字")

    def test_an_unknown_variant_is_printed_plainly_and_noted(self, engine):
        result = printed(engine, p("葛\U000e01ef"), values=["葛\U000e01ef"])
        assert "葛" in result.note
        with pdf_of(result) as pdf:
            assert look(pdf).pages == ["葛"]

    def test_invisible_characters_are_left_out(self, engine):
        with pdf_of(printed(engine, p("a\u200bb\ufeff\u2060c\u00ad"), values=["a\u200bbc"])) as pdf:
            assert look(pdf).pages == ["abc"]

    def test_letters_with_their_marks_apart_are_one_character(self, engine):
        text = "Rene\u0301 Nguye\u0302\u0303n"
        with pdf_of(printed(engine, p(text), values=[text])) as pdf:
            assert look(pdf).pages == ["RenéNguyễn"]

    def test_a_long_word_breaks_in_its_cell(self, engine):
        word = "a.very.long.mail.address.of.somebody@subdomain.example.co.jp"
        result = printed(engine, table([["x", word]], (2000, 3000)), values=[word])
        assert len(baselines(result)) >= 3
        with pdf_of(result) as pdf:
            assert look(pdf).pages == [f"x{word}"]

    def test_decomposed_kana_is_one_character(self, engine):
        with pdf_of(printed(engine, p("か\u3099は\u309a"), values=["か\u3099は\u309a"])) as pdf:
            assert look(pdf).pages == ["がぱ"]

    def test_compatible_kanji_keep_their_form(self):
        assert coverage.printable("\ufa19") == "\ufa19"

    def test_a_font_of_the_users_own_helps(self, engine, tmp_path, monkeypatch):
        """外字: a character that Noto lacks, from a font in the extra folder."""
        extra = tmp_path / "fonts"
        extra.mkdir()
        source = TTFont(io.BytesIO(engine.fonts.main.cut("外")))
        for map_ in source["cmap"].tables:
            map_.cmap = {0xE000: map_.cmap[ord("外")]}
        source.save(extra / "gaiji.ttf")
        monkeypatch.setenv("SHIKAKU_FONTS", str(extra))
        subset.load.cache_clear()
        try:
            result = printed(Embedded(), p("前\ue000後"), values=["前\ue000後"])
        finally:
            subset.load.cache_clear()
        with pdf_of(result) as pdf:
            seen = look(pdf)
        assert seen.pages == ["前\ue000後"]
        assert seen.fonts == {"NotoSansCJKJP", "ShikakuExtra1"}

    @pytest.mark.parametrize("number", [0, 1])
    def test_the_characters_of_a_font_are_those_that_fonttools_finds(self, number):
        font = TTFont(subset.packaged()[number], lazy=True)
        codes, sequences = cmap.read(font.reader["cmap"])
        best = font.getBestCmap()
        assert codes == {c: font.getGlyphID(n) for c, n in best.items()}
        assert sequences == {
            (base, selector): font.getGlyphID(name or best[base])
            for selector, pairs in font["cmap"].getcmap(0, 5).uvsDict.items()
            for base, name in pairs
        }

    def test_the_basic_plane_alone_will_do(self, font_set):
        font = TTFont(io.BytesIO(font_set.main.cut("あA𠮷")))
        small = CmapSubtable.newSubtable(4)
        small.platformID, small.platEncID, small.language = 3, 1, 0
        small.cmap = {c: g for c, g in font.getBestCmap().items() if c < 0x10000}
        font["cmap"].tables = [small]
        out = io.BytesIO()
        font.save(out)
        out.seek(0)
        codes, sequences = cmap.read(TTFont(out).reader["cmap"])
        assert codes == {c: font.getGlyphID(n) for c, n in small.cmap.items()}
        assert sequences == {}

    def test_a_cut_font_is_sound(self, font_set):
        pieces = ["漢", "A", " ", "葛", "葛\U000e0100", "𠮷"]
        font = TTFont(io.BytesIO(font_set.main.cut(pieces)), checkChecksums=2)
        font["glyf"].ensureDecompiled()
        assert set(font.getBestCmap()) == {ord(c[0]) for c in pieces}
        assert font["cmap"].getcmap(0, 5).uvsDict[0xE0100]
        assert font["hhea"].ascent == 880
        out = io.BytesIO()
        font.save(out)
        assert font_set.main.cut(pieces) == font_set.main.cut(reversed(pieces))
