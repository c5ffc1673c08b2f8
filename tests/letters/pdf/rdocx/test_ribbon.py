"""Word's whole ribbon: what prints with the embedded engine, and what the check sends elsewhere."""

import io
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
import word_ribbon
from shikaku.letters.catalogue import KINDS
from shikaku.letters.docx.template import Template
from shikaku.letters.pdf.base import Piece, Printed
from shikaku.letters.pdf.finish import Finish
from shikaku.letters.pdf.rdocx.engine import Embedded
from shikaku.letters.template_trial import check_file

KIND = replace(KINDS["certificate-cover"], pages=None)
FEATURES = word_ribbon.features()
ELSEWHERE = word_ribbon.elsewhere()
OTHER_TYPE = {"font: Mincho": 1, "style Plain Text": 1, "bullet: Courier": 0}
"""Typefaces that the engine hasn't: named, and printed in the one that it has."""


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
    assert len(notes) == OTHER_TYPE.get(feature.name, 0)
    filled = Template(path, KIND).fill(KIND.example())
    piece = Piece(filled.docx, "見本", (*filled.values, feature.printed))
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
    made = engine.convert([Piece(filled.docx, "見本", filled.values)], Finish())[0]
    assert isinstance(made, Printed)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        drawn = [x for x in pdf.pages[0].Resources.XObject.values() if x.Subtype == "/Image"]
        assert len(drawn) == 1


def test_a_picture_that_nobody_can_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "certificate-cover.docx"
    path.write_bytes(word_ribbon.with_picture("image1.emf", b"\1\0\0\0 EMF"))
    assert any(p.embedded for p in check_file(path, KIND).problems)
