"""Fields, controls and hidden text of Word's own: named with their paragraph."""

import pytest
from case_files import by_name, load
from letterkit import p, unzipped
from shikaku.letters.catalogue import KINDS
from shikaku.letters.docx import word_fields
from word_ribbon import Feature, complex_field, simple_field

CASES = load("letters/docx/word_fields")["case"]
KIND = KINDS["certificate-cover"]


def problems(body: str) -> list[word_fields.Problem]:
    return list(word_fields.problems(unzipped(Feature("x", body).docx()), KIND.fields))


@pytest.mark.parametrize("case", CASES, ids=by_name)
@pytest.mark.parametrize("make", [complex_field, simple_field])
def test_fields(case: dict, make) -> None:
    instruction = case["instruction"].replace('"', "&quot;")
    found = problems(make(instruction))
    assert [f.severity for f in found] == ([case["found"]] if case["found"] else [])
    assert all("令和八年の見本" in f.paragraph for f in found)
    assert all(case.get("instead", "") in f.hint for f in found)


def test_a_field_in_a_field_is_found() -> None:
    inner = complex_field("MERGEFIELD 氏名").removeprefix("<w:p>").removesuffix("</w:p>")
    outer = complex_field("IF x").replace("</w:instrText></w:r>", f"</w:instrText></w:r>{inner}")
    assert len(problems(outer)) == 2


def test_a_control_that_nobody_has_filled() -> None:
    control = "<w:sdt><w:sdtPr>{}</w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
    empty = control.format("<w:showingPlcHdr/>", p("ここをクリックして入力"))
    assert [f.paragraph for f in problems(empty)] == ["ここをクリックして入力"]
    assert problems(control.format("<w:text/>", p("{{ expiry }}"))) == []
    bound = control.format('<w:dataBinding w:xpath="/a"/>', p("{{ expiry }}"))
    assert len(problems(bound)) == 1


def test_hidden_text_by_itself_and_by_a_style() -> None:
    assert len(problems(p("内緒", rpr="<w:vanish/>"))) == 1
    assert problems(p("見える", rpr='<w:vanish w:val="0"/>')) == []
    hiding = '<w:style w:type="character" w:styleId="h"><w:name w:val="h"/><w:rPr><w:vanish/></w:rPr></w:style>'
    feature = Feature("x", p("内緒", rpr='<w:rStyle w:val="h"/>'), parts={"styles": hiding})
    assert len(list(word_fields.problems(unzipped(feature.docx()), KIND.fields))) == 1
