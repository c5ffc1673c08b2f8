"""Page numbers in a line of text: one, two or three digits, and no gap behind them."""

import glyphs
import letterkit
import pytest
from shikaku.letters.fonts import subset
from shikaku.letters.pdf.base import Printed, PrintJob
from shikaku.letters.pdf.finish import Finish
from shikaku.letters.pdf.rdocx.engine import Embedded

_FIELD = (
    '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> {} </w:instrText></w:r>'
    '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
    '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
)
BREAK = '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
LEFT, RIGHT = 1134 / 20, (11906 - 1134) / 20
"""Points: the margins of ``letterkit.docx``."""


def foot(align: str) -> str:
    return (
        f'<w:p><w:pPr><w:jc w:val="{align}"/></w:pPr><w:r><w:t xml:space="preserve">配布一覧 </w:t></w:r>'
        f"{_FIELD.format('PAGE')}<w:r><w:t> / </w:t></w:r>"
        f'<w:fldSimple w:instr=" NUMPAGES "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
        "<w:r><w:t>頁</w:t></w:r></w:p>"
    )


@pytest.mark.parametrize("align", ["left", "center", "right"])
def test_the_line_is_set_as_its_numbers_are(align):
    pages = 101
    docx = letterkit.docx(BREAK * (pages - 1) + letterkit.p("末"), footer=foot(align))
    (made,) = Embedded().convert([PrintJob(docx, "題")], Finish())
    assert isinstance(made, Printed) and made.pages == pages
    face = subset.load().main
    drawn = glyphs.drawn(made.pdf)
    for number in (1, 12, pages):
        line = [g for g in drawn if g.page == number - 1 and g.char != "末"]
        text = "".join(g.char for g in line)
        assert text.replace(" ", "") == f"配布一覧{number}/{pages}頁"
        widths = [face.advance(g.char) / face.units * g.size for g in line]
        for one, width, after in zip(line, widths, line[1:], strict=False):
            assert one.x + width == pytest.approx(after.x, abs=0.05)
        start, end = line[0].x, line[-1].x + widths[-1]
        middle = (start + end) / 2
        place, wanted = {
            "left": (start, LEFT), "center": (middle, (LEFT + RIGHT) / 2), "right": (end, RIGHT),
        }[align]  # fmt: skip
        assert place == pytest.approx(wanted, abs=0.1)
