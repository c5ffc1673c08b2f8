"""Word files made ready for the engine: nothing swallowed, one font, line spacing as Word has it."""

import letterkit
import pytest
from embedded_pages import DAY, baselines, pdf_of, printed
from letterkit import docx, p
from shikaku.letters.docx import package
from shikaku.letters.fonts import subset
from shikaku.letters.pdf.base import PrintJob
from shikaku.letters.pdf.inspect import look
from shikaku.letters.pdf.rdocx import prepare


class TestLines:
    """Text stands in its line where Word puts it (line_position.py); numbers in points from the top."""

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
