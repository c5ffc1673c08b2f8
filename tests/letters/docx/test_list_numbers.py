"""Labels of Word's lists, counted as Word counts them."""

import pytest
from case_files import by_name, load
from letterkit import docx, p, unzipped
from lxml import etree
from shikaku.letters.docx import package
from shikaku.letters.docx.list_numbers import FORMS, Lists
from word_ribbon import listed, numbering, style

CASES = load("letters/docx/list_numbers")["case"]


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_forms(case: dict) -> None:
    form = FORMS[case["form"]]
    assert {n: form(int(n)) for n in case["labels"]} == case["labels"]


def labels(body: str, numbers: str, styles: str = "") -> list[str]:
    parts = unzipped(docx(body, numbering=numbers, styles=styles))
    lists = Lists(parts)
    root: etree._Element = package.parse(parts["word/document.xml"])
    found = (lists.label(one) for one in root.iter(package.w("p")))
    return [label.text for label in found if label is not None]


def test_levels_begin_anew_under_each_item() -> None:
    body = listed("a") + listed("b", 1) + listed("c", 1) + listed("d") + listed("e", 1)
    assert labels(body, numbering("decimal")) == ["1.", "1-1", "1-2", "2.", "2-1"]


def test_a_second_list_of_the_same_definition_may_begin_anew() -> None:
    again = (
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
        '<w:startOverride w:val="5"/></w:lvlOverride></w:num>'
    )
    body = listed("a") + listed("b").replace('numId w:val="1"', 'numId w:val="2"') * 2
    assert labels(body, numbering("decimal") + again) == ["1.", "5.", "6."]


def test_a_style_may_be_a_list_and_a_paragraph_may_leave_it() -> None:
    styles = style("li", "List Number", '<w:numPr><w:numId w:val="1"/></w:numPr>')
    inside, out = '<w:pStyle w:val="li"/>', '<w:numPr><w:numId w:val="0"/></w:numPr>'
    body = p("a", ppr=inside) + p("b", ppr=inside + out) + p("c", ppr=inside)
    assert labels(body, numbering("decimal"), styles) == ["1.", "2."]


def test_bullets_of_symbol_fonts_are_plain_characters() -> None:
    assert labels(listed("a"), numbering("bullet", "\uf06c")) == ["●"]
    wingdings = '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'
    assert labels(listed("a"), numbering("bullet", "n", wingdings)) == ["■"]
    assert labels(listed("a"), numbering("bullet", "n")) == ["n"]
