"""The embedded PDF engine: the same page on any machine, and what a page must pass."""

import io
import os
import re
import subprocess
import sys

import glyphs
import letterkit
import pikepdf
import pytest
from embedded_pages import DAY, NAMES, pdf_of, printed
from letterkit import docx, p, table
from shikaku.letters.docx.template import Template
from shikaku.letters.fonts import subset
from shikaku.letters.pdf.base import PrintJob, check
from shikaku.letters.pdf.finish import Finish
from shikaku.letters.pdf.inspect import absent, look
from shikaku.letters.pdf.rdocx import prepare
from shikaku.letters.pdf.rdocx.prepared_template import slim_template


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
