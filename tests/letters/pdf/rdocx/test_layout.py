"""What rdocx takes for nothing, in the way that it understands."""

import pytest
from letterkit import W, p, table
from lxml import etree
from shikaku.letters.docx import package
from shikaku.letters.docx.package import w
from shikaku.letters.pdf.rdocx import layout

_PAGE = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:left="1134" w:right="1134"/>{}</w:sectPr>'


def arranged(body: str, section: str = "") -> etree._Element:
    """A body after it."""
    root = package.parse(
        f"<w:document {W}><w:body>{body}{_PAGE.format(section)}</w:body></w:document>"
    )
    layout.arrange(root)
    return root


def widths(root: etree._Element) -> list[list[int]]:
    """The columns of each table, in twips."""
    return [
        [int(c.get(w("w"), "0")) for c in t.findall(f"{w('tblGrid')}/{w('gridCol')}")]
        for t in root.iter(w("tbl"))
    ]


PERCENT = table([("い", "ろ")], (1000, 3000)).replace(
    'w:w="4000" w:type="dxa"', 'w:w="{}" w:type="pct"'
)


@pytest.mark.parametrize(
    "given, total", [("5000", 9638), ("2500", 4819), ("50%", 4819), ("100%", 9638)]
)
def test_percent_of_the_page_is_a_width(given: str, total: int) -> None:
    (columns,) = widths(arranged(PERCENT.format(given)))
    assert sum(columns) == pytest.approx(total, abs=1)
    assert columns[1] == pytest.approx(3 * columns[0], abs=2)


def test_percent_of_a_cell_in_which_a_table_stands() -> None:
    inner = PERCENT.format("5000")
    outer = table([("", "")], (3000, 6000)).replace("</w:tc>", f"{inner}{p('')}</w:tc>", 1)
    assert sum(widths(arranged(outer))[1]) < 3000


def test_a_width_in_twips_stays() -> None:
    assert widths(arranged(table([("い", "ろ")], (1000, 3000)))) == [[1000, 3000]]


@pytest.mark.parametrize("columns, kind", [("", "page"), ('<w:cols w:num="2"/>', "column")])
def test_a_column_break_in_a_single_column_is_a_page_break(columns: str, kind: str) -> None:
    root = arranged('<w:p><w:r><w:br w:type="column"/></w:r></w:p>', columns)
    assert [b.get(w("type")) for b in root.iter(w("br"))] == [kind]


@pytest.mark.parametrize(
    "shade, mark",
    [
        ('w:val="clear" w:fill="FFFF00"', "yellow"),
        ('w:val="clear" w:fill="D9D9D9"', "lightGray"),
        ('w:val="pct15" w:fill="FFFFFF"', "lightGray"),
        ('w:val="clear" w:fill="auto"', None),
        ('w:val="clear" w:fill="FFFFFF"', None),
    ],
)
def test_shading_of_characters_is_a_mark(shade: str, mark: str | None) -> None:
    root = arranged(p("あ", rpr=f"<w:shd {shade}/>"))
    assert [h.get(w("val")) for h in root.iter(w("highlight"))] == ([mark] if mark else [])


def test_space_above_the_first_paragraph_is_a_line() -> None:
    root = arranged(p("題", '<w:spacing w:before="400"/>') + p("次", '<w:spacing w:before="400"/>'))
    body = package.body(root)
    assert len(body.findall(w("p"))) == 3
    spacing = body[0].find(f"{w('pPr')}/{w('spacing')}")
    assert spacing is not None and spacing.get(w("line")) == "400"
