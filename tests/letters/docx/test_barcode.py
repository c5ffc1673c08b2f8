"""管理番号 as a QR code: read back from the finished PDF and from the Word file."""

import datetime as dt
import io
import zipfile

import letter_samples
import office
import pdf_standards
import pikepdf
import pytest
import zxingcpp
from desk_books import DAY, clean, content, put, read, rendered
from paths import ROOT
from PIL import Image
from shikaku.jobs import letters as job
from shikaku.letters.catalogue import KINDS
from shikaku.letters.docx.barcode import coded, picture
from shikaku.letters.docx.template import Template
from shikaku.letters.fonts import subset
from shikaku.letters.pdf.base import PrintJob
from shikaku.letters.pdf.finish import Finish
from shikaku.letters.pdf.rdocx.engine import Embedded
from shikaku.letters.pdf.rdocx.prepared_template import slim_template
from shikaku.workbook.closed_file import ClosedBook

pytestmark = pytest.mark.usefixtures("letters_here")


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


def seen(image):
    return [found.text for found in zxingcpp.read_barcodes(image)]


def scanned(pdf, folder):
    """What a scanner reads, page by page."""
    return [seen(Image.open(page)) for page in office.pdf_pages(pdf, folder, 150)]


@pytest.mark.parametrize("text", ["K00012", "12-1-2", "管理-9", "A" * 40])
def test_the_picture_says_the_number(text):
    assert seen(Image.open(io.BytesIO(picture(text)))) == [text]


@pytest.mark.parametrize(
    "kind", ["return-request", "return-reminder", "return-final", "voluntary-end"]
)
def test_each_row_of_a_list_has_its_own(kind, tmp_path):
    context = letter_samples.sample(kind) | {"barcode": True}
    numbers = [f"K0001{n}" for n in range(len(context["cases"]))]
    for row, number in zip(context["cases"], numbers, strict=True):
        row["control_no"] = number
    filled = letter_samples.fill(kind, context)
    made = Embedded().convert([PrintJob(coded(filled.docx), kind, filled.values)], Finish())[0]
    path = tmp_path / "l.pdf"
    path.write_bytes(made.pdf)
    assert scanned(path, tmp_path)[0] == numbers


def test_letters_set_from_the_layout_of_others_have_their_own(tmp_path):
    """The third letter of a shape is set without rdocx; the picture has its words in the structure
    only where the engine gives it an element."""
    kind = "return-request"
    source = ROOT / "templates" / f"{kind}.docx"
    full, slim = Template(source, KINDS[kind]), slim_template(source, KINDS[kind])
    assert slim is not None
    jobs, numbers = [], []
    for letter in range(4):
        context = KINDS[kind].example()
        for place, row in enumerate([*context["cases"], *context["others"]]):
            row["control_no"] = f"K{letter}001{place}"
        filled = full.fill(context, coded=True)
        ready = slim.prepared(context, filled.values, subset.load())
        assert ready is not None and ready.draft is not None
        numbers.append([f"K{letter}001{place}" for place in range(len(ready.draft.codes))])
        jobs.append(PrintJob(filled.docx, kind, filled.values, prepared=ready))
    engine = Embedded()
    made = engine.convert(jobs[:2], Finish())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "_lay_out", None)
        made += engine.convert(jobs[2:], Finish())
    for place, (one, wanted) in enumerate(zip(made, numbers, strict=True)):
        path = tmp_path / f"{place}.pdf"
        path.write_bytes(one.pdf)
        assert pdf_standards.ua_faults(one.pdf) == []
        (tmp_path / str(place)).mkdir()
        assert scanned(path, tmp_path / str(place))[0] == wanted


def test_a_letter_without_codes_stays_as_it_is():
    filled = letter_samples.fill("return-request", letter_samples.sample("return-request"))
    assert coded(filled.docx) is filled.docx


def book(tmp_path, barcode="QR"):
    rows = clean(2, symbol="1201", acquired=dt.date(2024, 12, 2), lost="", kind="被保険者")
    for index, row in enumerate(rows, 1):
        row |= {"number": str(index), "branch": "00", "myna_status": "カードなし"}
        row |= {"department": "製造部"}
    made = content("株式会社みほん", "1201", members=rows)
    made.rows["ledger"] = [{"control_no": "K00007", "document": "資格確認書", "symbol": "1201",
                            "number": "9", "branch": "00", "name": "見本 九郎"}]  # fmt: skip
    made.settings.update(
        insurer_address="100-0001 東京都架空区1", insurer_phone="00-0000-0000",
        certificate_expiry=dt.date(2029, 11, 30), barcode=barcode,
    )  # fmt: skip
    return put(tmp_path / "b.xlsx", rendered(made, prepared=3))


def issue(path, out, **options):
    return job.letters(
        ClosedBook(path), out, kinds=["certificate"], as_of=DAY, quiet=True, **options
    )


def ledger(path):
    """番号 → 管理番号, as 返納管理 has it after the run."""
    return {row.text("number"): row.text("control_no") for row in read(path).rows("ledger")}


def test_a_card_bears_the_number_that_the_ledger_gives_it(tmp_path):
    path = book(tmp_path)
    issue(path, tmp_path / "o")
    numbers = ledger(path)
    assert numbers == {"9": "K00007", "1": "K00008", "2": "K00009"}
    for number in ("1", "2"):
        (pdf,) = (tmp_path / "o/certificate").glob(f"1201-{number}-*.pdf")
        assert scanned(pdf, tmp_path / number) == [[], [numbers[number]]]
        with zipfile.ZipFile(pdf.with_suffix(".docx")) as docx:
            (name,) = (n for n in docx.namelist() if "media" in n)
            assert seen(Image.open(io.BytesIO(docx.read(name)))) == [numbers[number]]


def test_a_reprint_bears_the_same_number(tmp_path):
    path = book(tmp_path)
    issue(path, tmp_path / "o")
    before = ledger(path)
    issue(path, tmp_path / "again", again=True, formats=("pdf",))
    assert ledger(path) == before
    (pdf,) = (tmp_path / "again/certificate").glob("1201-2-*.pdf")
    assert scanned(pdf, tmp_path / "x")[1] == [before["2"]]


def test_each_card_of_an_employers_file_has_its_own(tmp_path):
    path = book(tmp_path)
    issue(path, tmp_path / "o", per="employer")
    numbers = ledger(path)
    (pdf,) = (tmp_path / "o/certificate").glob("*.pdf")
    assert scanned(pdf, tmp_path / "x") == [[], [numbers["1"]], [], [numbers["2"]]]
    with zipfile.ZipFile(pdf.with_suffix(".docx")) as docx:
        names = [n for n in docx.namelist() if "media" in n]
        codes = {seen(Image.open(io.BytesIO(docx.read(name))))[0] for name in names}
    assert codes == {numbers["1"], numbers["2"]}


def test_the_setting_is_off_by_itself(tmp_path):
    path = book(tmp_path, barcode="")
    issue(path, tmp_path / "o", formats=("pdf",))
    for pdf in (tmp_path / "o/certificate").glob("*.pdf"):
        assert scanned(pdf, tmp_path / pdf.stem) == [[], []]
        with pikepdf.open(pdf) as opened:
            assert not any("/XObject" in page.Resources for page in opened.pages)
