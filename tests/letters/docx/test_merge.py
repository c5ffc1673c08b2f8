"""Many letters in one Word file: each stays what it is alone."""

import io
import re

import docx as python_docx
import letterkit
import pytest
from letterkit import docx, p, table, unzipped
from lxml import etree
from shikaku.letters.docx import package
from shikaku.letters.docx.merge import bookmark, join
from shikaku.letters.docx.package import w
from shikaku.letters.docx.template import Template
from shikaku.system.errors import TemplateError

NUMBERING = (
    '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:start w:val="3"/>'
    '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum>'
    '<w:num w:numId="5"><w:abstractNumId w:val="1"/></w:num>'
)
NUMBERED = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="5"/></w:numPr>'
LISTED = (
    '<w:style w:type="paragraph" w:styleId="li"><w:name w:val="li"/><w:pPr>'
    '<w:numPr><w:numId w:val="5"/></w:numPr></w:pPr></w:style>'
)
PAGES = (
    '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> NUMPAGES </w:instrText>'
    '</w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
)


def joined(body: str, count: int = 3, **parts) -> tuple[bytes, etree._Element]:
    template = Template(docx(body, title="題", **parts), letterkit.KIND)
    data = join([template.render(letterkit.context(i)) for i in range(count)], "みほん株式会社")
    return data, etree.fromstring(unzipped(data)["word/document.xml"])


def sections(root: etree._Element) -> list[etree._Element]:
    return list(root.iter(w("sectPr")))


def test_each_letter_is_a_section_that_starts_a_page_with_number_1():
    data, root = joined(p("{{ name }}"))
    found = sections(root)
    assert len(found) == 3
    assert [s.find(w("pgNumType")).get(w("start")) for s in found] == ["1"] * 3
    assert [s.find(w("type")).get(w("val")) for s in found[1:]] == ["nextPage"] * 2
    assert len(python_docx.Document(io.BytesIO(data)).sections) == 3


def test_a_bookmark_stands_at_the_start_of_each_letter_also_in_a_table():
    for body in (p("{{ name }}"), table([["{{ name }}", "い"]])):
        _, root = joined(body)
        marks = [m.get(w("name")) for m in root.iter(w("bookmarkStart"))]
        assert marks == [bookmark(i) for i in range(3)]
        for mark in root.iter(w("bookmarkStart")):
            text = "".join(mark.getparent().itertext())
            assert text == letterkit.context(marks.index(mark.get(w("name"))))["name"]
        identifiers = [m.get(w("id")) for m in root.iter(w("bookmarkStart"))]
        assert len(set(identifiers)) == 3


def test_headers_stay_with_their_letters_and_equal_ones_are_shared():
    data, _ = joined(p("x"), header=p("{{ name }}"), footer=p("{{ insurer }}"))
    document = python_docx.Document(io.BytesIO(data))
    assert [s.header.paragraphs[0].text for s in document.sections] == [
        letterkit.context(i)["name"] for i in range(3)
    ]
    parts = unzipped(data)
    assert len([n for n in parts if re.search(r"word/header.*\.xml$", n)]) == 3 + 1
    assert len([n for n in parts if re.search(r"word/footerLetter.*\.xml$", n)]) == 1


def test_a_table_at_the_end_gets_a_tiny_paragraph_and_a_paragraph_none():
    _, root = joined(table([["{{ name }}", "い"]]))
    assert len([c for c in root[0] if c.tag == w("p")]) == 2
    _, root = joined(p("{{ name }}"))
    assert len([c for c in root[0] if c.tag == w("p")]) == 3


@pytest.mark.parametrize(("ppr", "styles"), [(NUMBERED, ""), ('<w:pStyle w:val="li"/>', LISTED)])
def test_lists_start_again_in_each_letter(ppr, styles):
    data, root = joined(p("{{ name }}", ppr) * 2, numbering=NUMBERING, styles=styles)
    lists = unzipped(data)["word/numbering.xml"]
    numbers = etree.fromstring(lists)
    used = [n.get(w("val")) for n in root.iter(w("numId"))]
    fresh = used[-4:]
    assert fresh[0] == fresh[1] != fresh[2] == fresh[3]
    assert "5" not in fresh
    for number in numbers.findall(w("num"))[1:]:
        start = number.find(f"{w('lvlOverride')}/{w('startOverride')}")
        assert start.get(w("val")) == "3"


def test_the_total_of_pages_is_the_letters():
    data, _ = joined(p("{{ name }}"), footer=PAGES)
    footers = [d for n, d in unzipped(data).items() if "footerLetter" in n]
    assert all(b" SECTIONPAGES " in f for f in footers)


def test_a_letter_of_two_sections_keeps_both():
    back = '<w:sectPr><w:pgSz w:w="5669" w:h="8391"/><w:pgMar w:top="0"/></w:sectPr>'
    _, root = joined(p("{{ name }}", back) + p("裏"))
    widths = [s.find(w("pgSz")).get(w("w")) for s in sections(root)]
    assert widths == ["5669", "11906"] * 3


def test_the_title_is_the_employers():
    data, _ = joined(p("x"))
    assert python_docx.Document(io.BytesIO(data)).core_properties.title == "みほん株式会社"


def test_letters_of_different_templates_are_refused():
    one = Template(docx(p("x"), title="題"), letterkit.KIND).render({})
    other = Template(docx(p("x"), title="題", styles=LISTED), letterkit.KIND).render({})
    with pytest.raises(TemplateError):
        join([one, other], "t")


def test_footnotes_are_refused():
    body = "<w:p><w:r><w:footnoteReference w:id='2'/></w:r></w:p>"
    letter = Template(docx(body, title="題"), letterkit.KIND).render({})
    with pytest.raises(TemplateError, match="脚注"):
        join([letter, letter], "t")


def test_the_same_letters_give_the_same_bytes():
    assert joined(p("{{ name }}"))[0] == joined(p("{{ name }}"))[0]


def test_one_letter_alone():
    data, root = joined(p("{{ name }}"), count=1)
    assert len(sections(root)) == 1
    package.read(data, "x")
