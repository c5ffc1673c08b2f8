"""The embedded PDF engine: page, text, fonts and glyphs of what it prints, on any machine."""

import datetime as dt
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import glyphs
import letterkit
import pikepdf
import pytest
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable
from letterkit import docx, p, table
from shikaku.letters.docx import package
from shikaku.letters.docx.template import Template
from shikaku.letters.fonts import cmap, coverage, fallback, subset
from shikaku.letters.pdf.base import Fault, PrintJob, check
from shikaku.letters.pdf.finish import Finish
from shikaku.letters.pdf.inspect import absent, look
from shikaku.letters.pdf.rdocx import prepare
from shikaku.letters.pdf.rdocx.engine import Embedded
from shikaku.letters.pdf.rdocx.prepared_template import slim_template

DAY = Finish(dt.date(2026, 4, 15))
NAMES = ("見本　太郎", "見本　花子")


@pytest.fixture(scope="module")
def engine():
    return Embedded()


@pytest.fixture(scope="module")
def font_set():
    return subset.load()


def printed(engine, body: str, *, values=(), pages=None, how=DAY, **parts):
    piece = PrintJob(docx(body, title="題", **parts), "題", tuple(values), pages, NAMES)
    return engine.convert([piece], how)[0]


def pdf_of(result) -> pikepdf.Pdf:
    assert not isinstance(result, Fault), result
    return pikepdf.open(io.BytesIO(result.pdf))


def baselines(result) -> list[float]:
    """Where the lines stand, in points from the top."""
    with pdf_of(result) as pdf:
        content = pdf.pages[0].Contents.read_bytes()
    return sorted(
        {round(float(y), 1) for y in re.findall(rb"1 0 0 -1 [\d.]+ ([\d.]+) Tm", content)}
    )


class TestPrinting:
    def test_a_letter(self, engine):
        letter = Template(letterkit.letter_template(), letterkit.KIND).fill(letterkit.context(5))
        piece = PrintJob(letter.docx, "お知らせ", letter.values, 1, NAMES)
        result = engine.convert([piece], DAY)[0]
        with pdf_of(result) as pdf:
            assert str(pdf.Root.Lang) == "ja-JP"
            assert str(pdf.docinfo.Title) == "お知らせ"
            assert str(pdf.docinfo.CreationDate) == "D:20260415000000+09'00'"
            assert b"<dc:title>" in pdf.Root.Metadata.read_bytes()
            assert pdf.check_pdf_syntax() == []
            seen = look(pdf)
        assert seen.blanks == 0
        assert seen.fonts == {"NotoSansCJKJP", "NotoSansCJKJP-Bold"}
        assert seen.loose == set()
        order = [seen.pages[0].index(t) for t in ("様", "このたび", "氏名", "交付", "退職など")]
        assert order == sorted(order)

    def test_subset_fonts_say_so(self, engine):
        with pdf_of(printed(engine, p("漢字"))) as pdf:
            names = [str(f.BaseFont) for f in pdf.pages[0].Resources.Font.values()]
        assert all(re.fullmatch(r"/[A-Z]{6}\+NotoSansCJKJP", n) for n in names)

    def test_same_letter_same_bytes(self, engine):
        assert printed(engine, p("漢字")).pdf == printed(engine, p("漢字")).pdf

    def test_a_password(self, engine):
        result = printed(engine, p("漢字"), how=Finish(DAY.day, "ひみつのことば"))
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(io.BytesIO(result.pdf))
        with pikepdf.open(io.BytesIO(result.pdf), password="ひみつのことば") as pdf:
            assert pdf.encryption.bits == 256
            assert look(pdf).pages == ["漢字"]

    def test_the_slim_way_prints_the_same(self, engine):
        template = letterkit.letter_template()
        slim = slim_template(template, letterkit.KIND)
        for number in (5, 6):
            context = letterkit.context(number)
            letter = Template(template, letterkit.KIND).fill(context)
            ready = slim.prepared(context, letter.values, engine.fonts)
            assert ready is not None
            long = PrintJob(letter.docx, "題", letter.values, 1, NAMES)
            short = PrintJob(letter.docx, "題", letter.values, 1, NAMES, ready)
            one, other = (pdf_of(r) for r in engine.convert([long, short], DAY))
            assert look(one).pages == look(other).pages
            printed_twice = [r.pdf for r in engine.convert([long, short], DAY)]
            assert glyphs.apart(*map(glyphs.drawn, printed_twice)) == ""

    def test_the_slim_way_leaves_rare_characters_to_the_long_one(self, engine):
        slim = slim_template(letterkit.letter_template(), letterkit.KIND)
        for name in ("🍣", "葛󠄀", "か゛", "か\u3099", "零\u200b幅"):
            context = letterkit.context(1, name)
            plain = name == "か゛"
            assert (slim.prepared(context, [name], engine.fonts) is not None) is plain

    def test_a_template_with_a_long_word_goes_the_long_way(self, engine):
        address = "https://www.example.jp/a/very/long/address/of/a/page"
        slim = slim_template(docx(p(address) + p("{{ name }}"), title="題"), letterkit.KIND)
        assert slim.prepared({"name": "見本"}, ["見本"], engine.fonts) is None

    def test_nothing_of_the_system_is_in_it(self, engine):
        """A process that sees the system's fonts prints the same bytes as one that sees none."""
        code = (
            "import sys; sys.path[:0] = sys.argv[1:3]\n"
            "import letterkit, hashlib\n"
            "from shikaku.letters.pdf.rdocx import engine\n"
            "from shikaku.letters.pdf.base import PrintJob\n"
            "from shikaku.letters.pdf.finish import Finish\n"
            "if sys.argv[3] == 'system':\n"
            "    import rdocx\n"
            "    engine._rdocx = lambda: rdocx\n"
            "body = letterkit.p('漢字 Latin 123 ㈱①') + letterkit.p('太字', rpr='<w:b/>')\n"
            "one = engine.Embedded().convert([PrintJob(letterkit.docx(body), '題')], Finish())[0]\n"
            "print(hashlib.sha256(one.pdf).hexdigest())\n"
        )
        paths = [str(p) for p in sys.path if p.endswith(("addin", "tests"))]
        paths = (paths + [".", "."])[:2]
        found = {
            subprocess.run(
                [sys.executable, "-c", code, *paths, way],
                capture_output=True, text=True, check=True, timeout=120,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            ).stdout
            for way in ("system", "none")
        }  # fmt: skip
        assert len(found) == 1


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


class TestLines:
    """Text stands in its line where Word puts it (baseline.py); numbers in points from the top."""

    TOP = 1134 / 20

    @pytest.mark.parametrize(
        ("spacing", "size", "expected"),
        [
            ('w:line="360" w:lineRule="exact"', 10.5, 0.8 * 18),
            ('w:line="240" w:lineRule="exact"', 10.5, 0.8 * 12),
            ('w:line="600" w:lineRule="exact"', 18, 0.8 * 30),
            ('w:line="360" w:lineRule="atLeast"', 10.5, 18 - 0.12 * 10.5),
            ('w:line="240" w:lineRule="auto"', 10.5, 0.88 * 10.5),
        ],
    )
    @pytest.mark.parametrize("styled", [False, True])
    def test_first_line(self, engine, spacing, size, expected, styled):
        ppr, rpr = f"<w:spacing {spacing}/>", f'<w:sz w:val="{round(size * 2)}"/>'
        if styled:
            style = (
                '<w:style w:type="paragraph" w:styleId="s"><w:name w:val="s"/><w:basedOn w:val="a"/>'
                f"<w:pPr>{ppr}</w:pPr><w:rPr>{rpr}</w:rPr></w:style>"
            )
            result = printed(engine, p("漢", '<w:pStyle w:val="s"/>'), styles=style)
        else:
            result = printed(engine, p("漢", ppr, rpr))
        assert baselines(result)[0] == pytest.approx(self.TOP + expected, abs=0.3)

    def test_a_document_grid_keeps_its_pitch_and_harms_nothing(self, engine):
        """Word's Japanese default; with charSpace rdocx alone would overprint or spread the text."""
        styles = '<w:style w:type="paragraph" w:styleId="g"><w:name w:val="g"/></w:style>'
        parts = letterkit.unzipped(
            docx(
                p("漢字", '<w:pStyle w:val="g"/>') * 3,
                styles=styles,
                title="題",
                sect='<w:docGrid w:type="linesAndChars" w:linePitch="400" w:charSpace="1861"/>',
            )
        )
        parts["word/styles.xml"] = parts["word/styles.xml"].replace(
            b'<w:spacing w:after="0" w:line="320" w:lineRule="exact"/>', b""
        )
        result = engine.convert([PrintJob(letterkit.zipped(parts), "題", ("漢字",), 1)], DAY)[0]
        lines = baselines(result)
        assert [round(b - a) for a, b in zip(lines, lines[1:], strict=False)] == [20, 20]


class TestNormalising:
    def prepared(self, body: str, font_set, **parts) -> str:
        ready = prepare.prepare(docx(body, title="題", **parts), font_set)
        return package.read(ready.docx, "x")["word/document.xml"].decode()

    def test_wrappers_that_swallow_text_go_and_their_text_stays(self, font_set):
        tag = '<w:smartTag w:element="address"><w:smartTagPr/><w:r><w:t>東京都</w:t></w:r></w:smartTag>'
        xml = self.prepared(f"<w:p>{tag}</w:p>", font_set)
        assert "smartTag" not in xml
        assert "東京都" in xml

    def test_a_word_with_its_reading_keeps_the_word(self, engine):
        ruby = (
            "<w:p><w:r><w:ruby><w:rt><w:r><w:t>みほん</w:t></w:r></w:rt>"
            "<w:rubyBase><w:r><w:t>見本</w:t></w:r></w:rubyBase></w:ruby></w:r></w:p>"
        )
        with pdf_of(printed(engine, ruby, values=["見本"])) as pdf:
            assert look(pdf).pages == ["見本"]

    @pytest.mark.parametrize("char", ["F0FC", "00FC"])
    def test_a_tick_of_wingdings_is_a_tick(self, engine, char):
        body = f'<w:p><w:r><w:sym w:font="Wingdings" w:char="{char}"/></w:r></w:p>'
        with pdf_of(printed(engine, body)) as pdf:
            assert look(pdf).pages == ["✓"]

    def test_one_font_everywhere(self, font_set):
        latin = '<w:rFonts w:ascii="Century" w:eastAsia="ＭＳ 明朝" w:hint="eastAsia"/>'
        ready = prepare.prepare(docx(p("氏名 John", rpr=latin), title="題"), font_set)
        parts = package.read(ready.docx, "x")
        assert b"rFonts" not in parts["word/document.xml"]
        assert parts["word/styles.xml"].count(b"rFonts") == 1
        assert subset.FAMILY.encode() in parts["word/styles.xml"]

    def test_styles_that_nothing_uses_go(self, font_set):
        styles = '<w:style w:type="paragraph" w:styleId="unused"><w:name w:val="u"/></w:style>'
        ready = prepare.prepare(docx(p("x"), styles=styles, title="題"), font_set)
        assert b"unused" not in package.read(ready.docx, "x")["word/styles.xml"]

    def test_unused_name_spaces_go(self, font_set):
        body = self.prepared(p("x"), font_set)
        assert body.count("xmlns:") == 1


class TestChecks:
    def test_the_wrong_number_of_pages(self, engine):
        assert (
            "2ページ" in printed(engine, p("x") + p("y", "<w:pageBreakBefore/>"), pages=1).message
        )

    def test_a_value_that_is_not_on_the_page(self, engine):
        assert "見本" in printed(engine, p("x"), values=["見本"]).message

    def test_text_cut_off_by_a_row_is_still_text_but_a_lost_row_is_not(self, engine):
        rows = table([[f"{i}", "い"] for i in range(300)])
        with pdf_of(printed(engine, rows, values=[str(i) for i in range(300)])) as pdf:
            assert len(pdf.pages) > 3

    def test_a_tofu_is_seen(self, engine):
        """The same page drawn with a font that lacks the character: CID 0 is found."""
        rdocx = engine._rdocx
        ready = prepare.prepare(docx(p("漢字"), title="題"), engine.fonts)
        raw = rdocx.Document(io.BytesIO(ready.docx)).to_pdf(
            fonts=[(subset.FAMILY, engine.fonts.main.cut("漢"))]
        )
        with pikepdf.open(io.BytesIO(raw)) as pdf:
            assert look(pdf).blanks == 1 or look(pdf).fonts != {"NotoSansCJKJP"}

    def test_a_strange_font_is_seen(self, engine):
        from shikaku.system.errors import PdfError

        with pdf_of(printed(engine, p("漢"))) as pdf, pytest.raises(PdfError, match="フォント"):
            check(pdf, PrintJob(b"", "題"), frozenset({"BIZUDGothic"}))

    def test_a_value_may_run_on_over_a_page_break(self):
        assert absent(["あいうえお"], ["頭あいう", "お足えお"]) == []
        assert absent(["あいうえお"], ["頭あいう", "お足え"]) == ["あいうえお"]
        assert absent(["あいうえお"], ["頭あいう", "えお足"]) == []
        assert absent(["ない"], ["あいう", "えお"]) == ["ない"]

    @pytest.mark.parametrize(
        ("drawn", "lost"),
        [
            ([(1, "名はNguyn"), (2, "ễ"), (1, "様")], False),
            ([(1, "名はNgu"), (2, "😀"), (1, "yn様"), (2, "ễ")], False),
            (
                [(1, "名はNg"), (3, " "), (1, "u"), (3, "\u3000"), (1, "y"), (2, "ễ"), (1, "n")],
                False,
            ),
            ([(1, "名はNguyn"), (1, "様")], True),
            ([(1, "名はNguy"), (2, "ễ"), (1, "様")], True),
            ([(1, "名はNguxyn"), (2, "ễ"), (1, "様")], True),
            ([(1, "名はNguyn"), *[(n, "別") for n in (2, 1, 2, 1)], (2, "ễ")], True),
        ],
    )
    def test_a_value_may_be_drawn_by_two_fonts_one_after_the_other(self, drawn, lost):
        assert absent(["Nguyễn"], ["名は様"], drawn) == (["Nguyễn"] if lost else [])


def test_bound_letters_share_fonts_and_look_the_same(engine, tmp_path):
    office = pytest.importorskip("office")
    bodies = [f"見本　{c}さん 株式会社①" for c in "一二三四五"]
    singles = [printed(engine, p(b) + p(b, rpr="<w:b/>")).pdf for b in bodies]
    data, pages = letterkit.bound(singles, bodies, "株式会社みほん", DAY)
    assert pages == [1] * 5
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert look(pdf).pages == ["".join(f"{b}{b}".split()) for b in bodies]
        files = {
            f.DescendantFonts[0].FontDescriptor.FontFile2.objgen
            for page in pdf.pages
            for f in page.Resources.Font.values()
        }
        assert len(files) == 2
        with pdf.open_outline() as outline:
            assert [i.title for i in outline.root] == bodies
        assert pdf.check_pdf_syntax() == []
    assert data == letterkit.bound(singles, bodies, "株式会社みほん", DAY)[0]
    (tmp_path / "bound.pdf").write_bytes(data)
    for number, single in enumerate(singles, start=1):
        (tmp_path / f"{number}.pdf").write_bytes(single)
        whole = _picture(office, tmp_path / "bound.pdf", number)
        assert whole == _picture(office, tmp_path / f"{number}.pdf", 1)


def _picture(office, path, page: int) -> bytes:
    import shutil

    if shutil.which("pdftoppm") is None:
        office.missing("pdftoppm")
    out = path.with_suffix(f".{page}")
    subprocess.run(
        ["pdftoppm", "-r", "50", "-f", str(page), "-l", str(page), "-singlefile", path, out],
        check=True,
        capture_output=True,
    )
    return out.with_suffix(f".{page}.ppm").read_bytes()
