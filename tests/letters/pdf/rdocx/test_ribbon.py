"""Word's whole ribbon: what prints with the embedded engine, and what the check sends elsewhere."""

import io
from dataclasses import replace
from pathlib import Path

import docx as python_docx
import pikepdf
import pytest
import word_ribbon
from docx.enum.style import WD_STYLE_TYPE
from letterkit import docx, p
from shikaku.letters.catalogue import KINDS
from shikaku.letters.docx.template import Template
from shikaku.letters.pdf.base import Printed, PrintJob
from shikaku.letters.pdf.finish import Finish
from shikaku.letters.pdf.rdocx.engine import Embedded
from shikaku.letters.template_trial import check_file

KIND = replace(KINDS["certificate-cover"], pages=None)
FEATURES = word_ribbon.features()
ELSEWHERE = word_ribbon.elsewhere()
PLAINER = (
    "font: Mincho",
    "style Plain Text",
    "font: frame around characters",
    "font: width of characters",
)
"""Looks that the engine hasn't: named, and printed in those that it has."""


def test_there_are_enough_of_them() -> None:
    assert len(FEATURES) >= 60


@pytest.fixture(scope="module")
def engine() -> Embedded:
    return Embedded()


@pytest.mark.parametrize("feature", FEATURES, ids=lambda f: f.name)
def test_a_clean_check_means_a_letter(feature, engine: Embedded, tmp_path: Path) -> None:
    path = tmp_path / "certificate-cover.docx"
    path.write_bytes(feature.docx())
    notes = check_file(path, KIND).problems
    assert not any(note.embedded or note.severity == "error" for note in notes)
    assert len(notes) == (feature.name in PLAINER)
    filled = Template(path, KIND).fill(KIND.example())
    piece = PrintJob(filled.docx, "見本", (*filled.values, feature.printed))
    assert isinstance(engine.convert([piece], Finish())[0], Printed)


@pytest.mark.parametrize("feature", ELSEWHERE, ids=lambda f: f.name)
def test_what_it_cannot_print_is_named_before_a_run(feature, tmp_path: Path) -> None:
    path = tmp_path / "certificate-cover.docx"
    path.write_bytes(feature.docx())
    checked = check_file(path, KIND)
    assert checked.ok and any(p.embedded for p in checked.problems)


@pytest.mark.parametrize(
    "name, form, mode",
    [
        ("image1.png", "PNG", "1"),
        ("image1.png", "PNG", "P"),
        ("image1.png", "PNG", "I;16"),
        ("image1.png", "PNG", "RGBA"),
        ("image1.jpeg", "JPEG", "CMYK"),
        ("image1.gif", "GIF", "P"),
        ("image1.bmp", "BMP", "RGB"),
        ("image1.tiff", "TIFF", "1"),
    ],
)
def test_pictures_of_every_form_are_printed(
    name: str, form: str, mode: str, engine: Embedded
) -> None:
    data = word_ribbon.with_picture(name, word_ribbon.picture(form, mode))
    filled = Template(data, KIND).fill(KIND.example())
    made = engine.convert([PrintJob(filled.docx, "見本", filled.values)], Finish())[0]
    assert isinstance(made, Printed)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        drawn = [x for x in pdf.pages[0].Resources.XObject.values() if x.Subtype == "/Image"]
        assert len(drawn) == 1


def test_a_picture_that_nobody_can_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "certificate-cover.docx"
    path.write_bytes(word_ribbon.with_picture("image1.emf", b"\1\0\0\0 EMF"))
    assert any(p.embedded for p in check_file(path, KIND).problems)


@pytest.mark.parametrize(
    "kind", [WD_STYLE_TYPE.PARAGRAPH, WD_STYLE_TYPE.CHARACTER, WD_STYLE_TYPE.TABLE]
)
def test_every_style_of_words_own_template(kind: WD_STYLE_TYPE, tmp_path: Path) -> None:
    """163 styles, as Word's default template of 2013 defines them."""
    document = python_docx.Document()
    document.add_paragraph(
        "{{ date }} {{ insurer_name }} {{ to_name }} {{ person_name }} {{ expiry }}"
    )
    for style in [s for s in document.styles if s.type == kind]:
        if kind == WD_STYLE_TYPE.PARAGRAPH:
            document.add_paragraph("令和の見本 Abc", style=style.name)
        elif kind == WD_STYLE_TYPE.CHARACTER:
            document.add_paragraph().add_run("令和の見本 Abc", style=style.name)
        else:
            document.add_table(2, 2, style=style.name).cell(0, 0).text = "見本"
    path = tmp_path / "certificate-cover.docx"
    document.save(path)
    found = check_file(path, KIND).problems
    assert not any(problem.embedded or problem.severity == "error" for problem in found)


def test_characters_of_other_fonts_in_every_weight_and_slant(engine: Embedded) -> None:
    looks = ("", "<w:b/>", "<w:i/>", "<w:b/><w:i/>")
    data = docx("".join(p("😀 Łukasz кириллица ☑", rpr=rpr) for rpr in looks), title="")
    assert isinstance(engine.convert([PrintJob(data, "見本")], Finish())[0], Printed)
