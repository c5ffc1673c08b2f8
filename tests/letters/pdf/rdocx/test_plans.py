"""Letters set from the layout of others: glyph by glyph what rdocx would have drawn."""

import copy
import datetime as dt
import random
from collections.abc import Iterator
from functools import cache

import glyphs
import letterkit
import pdf_standards
import pytest
from paths import ROOT
from shikaku.letters.catalogue import KINDS
from shikaku.letters.docx.template import Template
from shikaku.letters.fonts import subset
from shikaku.letters.pdf.base import Printed, PrintJob
from shikaku.letters.pdf.finish import Finish
from shikaku.letters.pdf.rdocx.engine import Embedded
from shikaku.letters.pdf.rdocx.prepared_template import Slim, slim_template

DAY = Finish(dt.date(2026, 4, 15))
ARCHIVE = Finish(dt.date(2026, 4, 15), archive=True)


class Counted(Embedded):
    """The engine, counting how often rdocx is asked. remembers: the same letter is laid out once, for
    ours and for what rdocx makes of it (that it lays it out alike each time is shown where it is asked anew).
    """

    def __init__(self, remembers: bool = False) -> None:
        super().__init__()
        self.asked = 0
        self._drawn: dict[tuple, bytes] | None = {} if remembers else None

    def _lay_out(self, docx, ready):
        self.asked += 1
        return self.drawn(docx, ready)

    def drawn(self, docx, ready) -> bytes:
        """What rdocx makes of it, uncounted."""
        if self._drawn is None:
            return super()._lay_out(docx, ready)
        key = docx, ready.bold, frozenset(ready.families), frozenset(ready.characters)
        if key not in self._drawn:
            self._drawn[key] = super()._lay_out(docx, ready)
        return self._drawn[key]


@pytest.fixture
def engine() -> Counted:
    return Counted()


@pytest.fixture
def once() -> Counted:
    return Counted(remembers=True)


class Press:
    """A template and its slim form: contexts in, PDFs out."""

    def __init__(self, forms: tuple[Template, Slim], engine: Counted):
        (self.full, self.slim), self.engine = forms, engine

    def job(self, context) -> PrintJob:
        filled = self.full.fill(context)
        ready = self.slim.prepared(context, filled.values, subset.load())
        return PrintJob(filled.docx, "題", filled.values, None, ("見本",), ready)

    def printed(self, context, how=DAY) -> tuple[bytes, int]:
        """The PDF, and how often rdocx was asked for it."""
        before = self.engine.asked
        done = self.engine.convert([self.job(context)], how)[0]
        assert isinstance(done, Printed), done
        return done.pdf, self.engine.asked - before

    def plainly(self, context) -> bytes:
        """What rdocx itself makes of the letter."""
        ready = self.job(context).prepared
        return self.engine.drawn(self.slim.template.packed(ready.draft), ready)


def forms(source, kind) -> tuple[Template, Slim]:
    slim = slim_template(source, kind)
    assert slim is not None
    return Template(source, kind), slim


@cache
def our_forms(kind: str) -> tuple[Template, Slim]:
    return forms(ROOT / "templates" / f"{kind}.docx", KINDS[kind])


def ours(kind: str, engine: Counted) -> Press:
    return Press(our_forms(kind), engine)


FOOT = 42
"""Points from the lower edge: below stand page numbers alone, which we set better than rdocx."""


def _body(drawn: list[glyphs.Drawn]) -> list[glyphs.Drawn]:
    return [glyph for glyph in drawn if glyph.y > FOOT or glyph.page_height < 500]


def letters(kind: str, seed: int, plain: int, rough: int) -> Iterator[dict]:
    luck = random.Random(f"{kind} {seed}")
    for number in range(plain + rough):
        yield glyphs.varied(KINDS[kind].example(), luck, plain=number < plain)


class TestOurTemplates:
    @pytest.mark.parametrize("kind", KINDS)
    def test_every_glyph_stands_where_rdocx_puts_it(self, kind, once):
        press = ours(kind, once)
        for context in letters(kind, seed=1, plain=3, rough=1):
            if press.job(context).prepared is None:
                continue
            made, _ = press.printed(context)
            drawn = [_body(glyphs.drawn(pdf)) for pdf in (made, press.plainly(context))]
            assert glyphs.apart(*drawn) == ""

    @pytest.mark.parametrize("kind", KINDS)
    def test_letters_like_those_before_need_no_layout(self, kind, engine):
        """Nor are they less: tagged and fit for the archive like the first."""
        press = ours(kind, engine)
        example = KINDS[kind].example()
        printed = [press.printed(example) for _ in range(5)]
        assert [asked for _, asked in printed] == [1, 1, 0, 0, 0]
        assert len({pdf for pdf, _ in printed}) == 1
        assert pdf_standards.ua_faults(printed[0][0]) == []
        assert pdf_standards.archive_faults(press.printed(example, ARCHIVE)[0]) == []

    def test_a_list_over_several_pages(self, once):
        """The head of its table stands on each page; the rows are broken where rdocx breaks them."""
        press, luck = ours("return-request", once), random.Random("pages")
        example = KINDS["return-request"].example()
        example["cases"] = [copy.deepcopy(example["cases"][0]) for _ in range(20)]
        asked = []
        for _ in range(5):
            context = glyphs.varied(example, luck, plain=True)
            made, times = press.printed(context)
            asked.append(times)
            drawn = [_body(glyphs.drawn(pdf)) for pdf in (made, press.plainly(context))]
            assert glyphs.apart(*drawn) == ""
            assert {glyph.page for glyph in drawn[0]} > {0}
        again = [press.printed(example)[1] for _ in range(4)]
        assert again[-1] == 0, (asked, again)

    @pytest.mark.parametrize("kind", ["notice-digits", "certificate", "late-filing"])
    def test_the_letters_before_leave_no_trace_in_the_bytes(self, kind, engine):
        several = list(letters(kind, seed=2, plain=5, rough=2))
        forth, back = ours(kind, engine), ours(kind, Counted())
        one = [forth.printed(context)[0] for context in several]
        other = [back.printed(context)[0] for context in reversed(several)]
        assert one == other[::-1]
        assert one == [forth.printed(context)[0] for context in several]


@pytest.mark.parametrize("how", [DAY, ARCHIVE], ids=["tagged", "archive"])
def test_bound_letters_keep_their_structure(how, engine):
    late, back = ours("late-filing", engine), ours("return-request", engine)
    printed = [press.printed(KINDS[kind].example(), how)[0]
               for press, kind in ((late, "late-filing"), (back, "return-request"))]  # fmt: skip
    book, counts = letterkit.bound(printed, ["い", "ろ"], "題", how)
    assert counts == [2, 1]
    faults = pdf_standards.archive_faults if how.archive else pdf_standards.ua_faults
    assert faults(book) == []
    assert book == letterkit.bound(printed, ["い", "ろ"], "題", how)[0]


TEXT = (
    "本書は、{{ name }} 様（{{ birth }}生）の資格が {{ acquired }} に確認されたことをお知らせするものです。"
    "{{ address }} の {{ insurer }} (Tel 03-0000-0000) まで、記号 {{ symbol }} 番号 {{ number }} をお伝えください。"
)
ALIGNED = ("left", "center", "right", "both", "start", "end")
SPACED = (
    "",
    '<w:spacing w:line="400" w:lineRule="exact"/>',
    '<w:spacing w:before="120" w:after="60" w:line="360" w:lineRule="auto"/>',
    '<w:spacing w:line="300" w:lineRule="atLeast"/>',
)
INDENTED = ("", '<w:ind w:left="840" w:hanging="420" w:right="600"/>', '<w:ind w:firstLine="210"/>')


def aligned(align: str) -> str:
    """Every line spacing and indent, in the body and in a table."""
    jc = f'<w:jc w:val="{align}"/>'
    paragraphs = [
        letterkit.p(TEXT, spaced + indented + jc) for spaced in SPACED for indented in INDENTED
    ]
    return "".join(paragraphs[:8]) + table(align)


WIDE = '<w:tblW w:w="9600" w:type="dxa"/>'


def table(align: str, layout: str = "fixed", width: str = WIDE) -> str:
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{w}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        + letterkit.p(text, f'<w:jc w:val="{align}"/>')
        + "</w:tc>"
        for w, text in ((2400, "{{ name }}"), (4200, "{{ address }}"), (3000, "{{ number }}"))
    )
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in (2400, 4200, 3000))
    return (
        f"<w:tbl><w:tblPr>{width}<w:tblBorders>"
        f'{letterkit.BORDERS}</w:tblBorders><w:tblLayout w:type="{layout}"/></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid><w:tr>{cells}</w:tr></w:tbl>"
    )


def several(*runs: tuple[str, str], ppr: str = "") -> str:
    """A paragraph of runs of their own looks."""
    inside = "".join(
        f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'
        for text, look in runs
    )
    return f"<w:p><w:pPr>{ppr}</w:pPr>{inside}</w:p>"


TEMPLATES = {
    **{align: aligned(align) for align in ALIGNED},
    "sizes in a line": several(
        ("氏名 ", ""), ("{{ name }}", '<w:b/><w:sz w:val="32"/>'), (" 様 ", '<w:sz w:val="18"/>'),
        ("{{ kana }}", '<w:color w:val="1F5A6B"/><w:sz w:val="14"/>'),
    ),
    "a tab, an underline, a mark": (
        "<w:p><w:r><w:t>氏名</w:t><w:tab/><w:t>{{ name }}</w:t></w:r></w:p>"
        + letterkit.p("{{ address }}", rpr='<w:u w:val="single"/>')
        + letterkit.p("{{ birth }}", rpr='<w:highlight w:val="yellow"/>')
        + letterkit.p("{{ acquired }}", rpr='<w:spacing w:val="20"/>')
        + letterkit.p("{{ insurer }}", rpr="<w:i/>")
        + letterkit.p(TEXT)
    ),
    "a line break": (
        "<w:p><w:r><w:t>{{ insurer }}</w:t><w:br/><w:t>{{ address }}</w:t><w:br/>"
        "<w:t>{{ name }} 様</w:t></w:r></w:p>"
    ),
    "conditions and rows": (
        letterkit.p("{%p if burden %}") + letterkit.p("割合 {{ burden }}")
        + letterkit.p("{%p endif %}")
        + letterkit.table([("{%tr for x in items %}", ""), ("{{ x.name }}", "{{ x.text }}"),
                           ("{%tr endfor %}", "")])
        + letterkit.p(TEXT)
    ),
    "a page and more": letterkit.p(TEXT) * 30,
    "values side by side": letterkit.p("{{ name|upper }}-{{ number }}/{{ symbol }}{{ kana }}"),
}  # fmt: skip


class TestTemplatesOfUsers:
    @pytest.mark.parametrize("body", TEMPLATES.values(), ids=TEMPLATES)
    def test_every_glyph_stands_where_rdocx_puts_it(self, body, once):
        header = letterkit.p("{{ insurer }}") + letterkit.p("{{ symbol }}")
        press = Press(forms(letterkit.docx(body, header=header), letterkit.KIND), once)
        luck = random.Random(7)
        for number in range(5):
            context = letterkit.context(5 * (number // 4))
            context |= {"insurer": "ひかり産業健康保険組合", "symbol": "1234"}
            kept = {k: context[k] for k in ("insurer", "symbol", "title", "burden")}
            context = glyphs.varied(context, luck, plain=number < 4) | kept
            if press.job(context).prepared is None:
                continue
            made, _ = press.printed(context)
            assert glyphs.apart(glyphs.drawn(made), glyphs.drawn(press.plainly(context))) == ""

    def test_columns_that_follow_their_text(self, once):
        """The second letter's longer name moves the address, which says the same as in the first."""
        body = table("left", "autofit", '<w:tblW w:w="0" w:type="auto"/>')
        press = Press(forms(letterkit.docx(body), letterkit.KIND), once)
        for number in range(1, 5):
            context = letterkit.context(1) | {"name": "見本" * number}
            made, _ = press.printed(context)
            assert glyphs.apart(glyphs.drawn(made), glyphs.drawn(press.plainly(context))) == ""

    @pytest.mark.parametrize("change", [{"name": "見本\n太郎"}, {"address": "架空区\tみほん"}])
    def test_a_value_in_two_lines(self, change, once):
        press = Press(forms(letterkit.letter_template(), letterkit.KIND), once)
        for number in range(4):
            context = letterkit.context(number) | change
            made, _ = press.printed(context)
            assert glyphs.apart(glyphs.drawn(made), glyphs.drawn(press.plainly(context))) == ""

    def test_a_layout_that_changes_is_laid_out_anew(self, once):
        """A longer address makes a line more; the next of its length needs nobody."""
        press = Press(forms(letterkit.letter_template(), letterkit.KIND), once)
        short, long = letterkit.context(1), letterkit.context(2)
        long["address"] = "東京都架空区" + "みほん" * 20
        asked = [press.printed(c)[1] for c in (short, short, short, long, long, short)]
        assert asked == [1, 1, 0, 1, 0, 0]
