"""Letters bound into one PDF: written as they come, equal things once."""

import datetime as dt
import io

import letterkit
import pdf_standards
import pikepdf
import pytest
from shikaku.letters.pdf.base import PrintJob
from shikaku.letters.pdf.binding import bind
from shikaku.letters.pdf.finish import Finish
from shikaku.letters.pdf.inspect import look
from shikaku.letters.pdf.rdocx.engine import Embedded

DAY = dt.date(2026, 4, 15)
NAMES = [f"見本　{c}郎" for c in "一二三四五六七八"]


@pytest.fixture(scope="module")
def singles():
    engine = Embedded()
    jobs = [PrintJob(letterkit.docx(letterkit.p(f"{n}様 おなじ文")), n) for n in NAMES]
    return [made.pdf for made in engine.convert(jobs, Finish(DAY))]


def test_a_letter_is_out_before_the_next_one_is_read(singles):
    out, places = io.BytesIO(), []

    def one_by_one():
        for single in singles:
            places.append(out.tell())
            yield single

    assert bind(one_by_one(), NAMES, "題", Finish(DAY), out) == [1] * len(NAMES)
    assert sorted(set(places)) == places


def test_equal_letters_share_everything_but_their_pages(singles):
    data, _ = letterkit.bound([singles[0]] * 5, NAMES[:5], "題", Finish(DAY))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        fonts = {f.objgen for page in pdf.pages for f in page.Resources.Font.values()}
        assert len(fonts) == 1 and len(pdf.pages) == 5
    assert pdf_standards.ua_faults(data) == []


@pytest.mark.parametrize("password", ["", "himitsu-no-kotoba"])
def test_every_letter_reads_as_alone(singles, password):
    data, _ = letterkit.bound(singles, NAMES, "題", Finish(DAY, password or None))
    with pikepdf.open(io.BytesIO(data), password=password) as pdf:
        assert pdf.check_pdf_syntax() == [] and pdf.is_encrypted == bool(password)
        assert look(pdf).pages == ["".join(f"{n}様おなじ文".split()) for n in NAMES]
        assert [str(part.T) for part in pdf.Root.StructTreeRoot.K.K] == NAMES
        with pdf.open_outline() as outline:
            assert [entry.title for entry in outline.root] == NAMES


def test_a_letter_of_somebody_else_takes_the_name_of_the_standard_away(singles):
    """Without its structure the whole is no tagged file; with one that isn't ours no PDF/UA."""
    with pikepdf.open(io.BytesIO(singles[1])) as pdf:
        del pdf.Root.Metadata
        foreign = io.BytesIO()
        pdf.save(foreign)
        del pdf.Root.StructTreeRoot
        untagged = io.BytesIO()
        pdf.save(untagged)
    for other, tagged in ((foreign, True), (untagged, False)):
        data, _ = letterkit.bound([singles[0], other.getvalue()], NAMES[:2], "題", Finish(DAY))
        with pikepdf.open(io.BytesIO(data)) as pdf:
            assert ("/StructTreeRoot" in pdf.Root) == tagged
            assert b"pdfuaid:part" not in pdf.Root.Metadata.read_bytes()
