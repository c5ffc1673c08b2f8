"""Whole letters as offices have them: a clean check means that all of their text is printed."""

from dataclasses import replace
from pathlib import Path

import office_templates
import pdf_standards
import pytest
from shikaku.letters.catalogue import KINDS
from shikaku.letters.docx import package
from shikaku.letters.docx.package import w
from shikaku.letters.docx.template import Template
from shikaku.letters.pdf.base import Printed, PrintJob
from shikaku.letters.pdf.finish import Finish
from shikaku.letters.pdf.rdocx.engine import Embedded
from shikaku.letters.template_trial import check_file

KIND = replace(KINDS["certificate-cover"], pages=None)


@pytest.fixture(scope="module")
def engine() -> Embedded:
    return Embedded()


def words(document: bytes) -> list[str]:
    """The text of each paragraph between tabs, in the body, headers and footers; not the page
    numbers that Word kept from the last time."""
    parts = package.read(document, "x")
    return [
        text
        for part in package.of_type(parts, "document.main", "header", "footer")
        for paragraph in package.parse(parts[part]).iter(w("p"))
        if "PAGE" not in [(i.text or "").strip() for i in paragraph.iter(w("instrText"))]
        for text in "".join(
            t.text or "" if t.tag == w("t") else "\t" for t in paragraph.iter(w("t"), w("tab"))
        ).split("\t")
        if text
    ]


@pytest.mark.parametrize("feature", list(office_templates.printed()), ids=lambda f: f.name)
def test_all_of_its_text_is_printed(feature, engine: Embedded, tmp_path: Path) -> None:
    path = tmp_path / "certificate-cover.docx"
    path.write_bytes(office_templates.whole(feature))
    problems = check_file(path, KIND).problems
    assert not any(p.embedded or p.severity == "error" for p in problems), problems
    filled = Template(path, KIND).fill(KIND.example())
    said = words(filled.docx)
    assert len(said) > 5
    done = engine.convert([PrintJob(filled.docx, "見本", (*filled.values, *said))], Finish())[0]
    assert isinstance(done, Printed), done
    assert pdf_standards.ua_faults(done.pdf) == []


@pytest.mark.parametrize("feature", list(office_templates.elsewhere()), ids=lambda f: f.name)
def test_it_goes_to_another_engine_by_name(feature, tmp_path: Path) -> None:
    path = tmp_path / "certificate-cover.docx"
    path.write_bytes(office_templates.whole(feature))
    checked = check_file(path, KIND)
    assert any(p.embedded for p in checked.problems), checked.problems


def test_there_are_twenty_of_them() -> None:
    assert len([*office_templates.printed(), *office_templates.elsewhere()]) >= 20
