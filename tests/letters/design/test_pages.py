"""Every kind on paper: the embedded engine against LibreOffice, page by page, and Word's rules.

Needs LibreOffice, poppler and the Open XML SDK validator (``office.missing`` says what happens
without them). Stated differences: LibreOffice prints in BIZ UDゴシック where it is installed, whose
digits and Latin letters are narrower, and puts a quarter of an em between kanji and digits; so text
moves within its line, and in long paragraphs and names a line may break one word earlier. It makes a table's rows higher by a
border's width: on a full page of a list the last row may stand on the next page.
"""

import io
import re
import subprocess
from functools import cache
from pathlib import Path

import letter_samples
import letterkit
import office
import pikepdf
import pytest
from joined_letters import joined
from PIL import Image, ImageDraw
from shikaku.letters import design
from shikaku.letters.catalogue import KINDS
from shikaku.letters.docx.template import Template
from shikaku.letters.fonts.coverage import printable
from shikaku.letters.pdf.base import Printed, PrintJob
from shikaku.letters.pdf.finish import Finish
from shikaku.letters.pdf.inspect import look
from shikaku.letters.pdf.rdocx.engine import Embedded

LISTS = [kind for kind in KINDS if any(f.items for f in KINDS[kind].fields)]
LETTERS = [
    *((kind, "sample") for kind in KINDS),
    *((kind, "long") for kind in KINDS),
    *((kind, "many") for kind in LISTS),
    *((kind, "odd") for kind in KINDS),
]
_DPI, _CELL = 60, 24  # a cell of the coarse comparison is 10 mm
_BUNDLE = re.compile(r"\s")


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> Path:
    """The Word files of all letters, and their PDFs by the embedded engine (KIND.HOW.e.pdf)."""
    folder = tmp_path_factory.mktemp("letters")
    engine = Embedded()
    for kind, how in LETTERS:
        rendered = letter_samples.fill(kind, getattr(letter_samples, how)(kind))
        (folder / f"{kind}.{how}.docx").write_bytes(rendered.docx)
        piece = PrintJob(rendered.docx, kind, rendered.values, KINDS[kind].pages)
        (printed,) = engine.convert([piece], Finish())
        assert isinstance(printed, Printed), (kind, how, printed)
        (folder / f"{kind}.{how}.e.pdf").write_bytes(printed.pdf)
    return folder


@pytest.fixture(scope="module")
def by_libreoffice(files) -> Path:
    """The same by LibreOffice (KIND.HOW.pdf), one process for all."""
    office.convert_all(sorted(files.glob("*.docx")), files, "pdf", timeout=300)
    return files


def pages(pdf: Path) -> list[str]:
    """The text of each page, without white space."""
    return [_BUNDLE.sub("", page) for page in office.pdf_text(pdf).split("\f")[:-1]]


def coarse(page: Path) -> Image.Image:
    """How dark each square centimetre is."""
    image = Image.open(page)
    assert image.mode == "L"
    return image.resize((image.width // _CELL, image.height // _CELL), Image.Resampling.BOX)


def difference(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """The mean difference of the cells (0–255), and the share of cells that differ by over 40."""
    assert one.size == other.size
    cells = [abs(a - b) for a, b in zip(one.tobytes(), other.tobytes(), strict=True)]
    return sum(cells) / len(cells), sum(cell > 40 for cell in cells) / len(cells)


def alike(one: Image.Image, other: Image.Image, how: str) -> bool:
    """Within the tolerance: text may move in its line; with long texts a line may break earlier
    and move what stands below by a line."""
    mean, share = difference(one, other)
    return mean < 3 and share == 0 if how == "sample" else mean < 6 and share < 0.015


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "how"), LETTERS)
def test_both_engines_print_the_same(by_libreoffice, kind, how, tmp_path):
    ours, theirs = (by_libreoffice / f"{kind}.{how}{end}" for end in (".e.pdf", ".pdf"))
    one, other = pages(ours), pages(theirs)
    assert len(one) == len(other)
    assert sorted("".join(one)) == sorted("".join(other))
    flows = how != "sample" and KINDS[kind].pages is None  # rows may stand on the next page
    if not flows:
        assert [sorted(text) for text in one] == [sorted(text) for text in other]
    last = 1 if flows else 0
    pictures = [
        office.pdf_pages(pdf, tmp_path / pdf.stem, _DPI, last, grey=True) for pdf in (ours, theirs)
    ]
    for number, (mine, his) in enumerate(zip(*pictures, strict=True), 1):
        found = coarse(mine), coarse(his)
        assert alike(*found, how), (number, difference(*found))


@pytest.mark.parametrize(("kind", "how"), LETTERS)
def test_the_text_of_the_pdf_is_words_in_words_order(files, kind, how):
    """What a search, a screen reader or copying finds: paragraph by paragraph, nothing twice."""
    document = letterkit.texts((files / f"{kind}.{how}.docx").read_bytes())
    wanted = _BUNDLE.sub("", printable(document)).replace("\U000e0100", "")
    with pikepdf.open(files / f"{kind}.{how}.e.pdf") as pdf:
        texts = look(pdf).pages
    data = (files / f"{kind}.{how}.docx").read_bytes()
    if "word/footer1.xml" in letterkit.unzipped(data):  # the page number ends each page
        foot = re.sub(r"(NUM)?PAGES?|\s", "", letterkit.texts(data, "word/footer1.xml"))
        foot = foot.removesuffix("/1").removesuffix("1")
        of_all = f"/{len(texts)}" if foot else ""
        ends = [f"{foot}{n}{of_all}" for n in range(1, len(texts) + 1)]
        assert all(text.endswith(end) for text, end in zip(texts, ends, strict=True))
        texts = [text.removesuffix(end) for text, end in zip(texts, ends, strict=True)]
    found = "".join(texts).replace("\U000e0100", "")
    if how == "many":  # the head of a list stands on each page
        rest = iter(found)
        assert all(char in rest for char in wanted)
    else:
        assert found == wanted


def test_the_comparison_sees_a_missing_card(files, tmp_path):
    """The tolerance is no licence: without its card, or with the letter 15 mm lower, it fails."""
    (page,) = office.pdf_pages(files / "notice.sample.e.pdf", tmp_path, _DPI, grey=True)
    whole = coarse(page)
    image = Image.open(page)
    without = image.copy()
    ImageDraw.Draw(without).rectangle((50, 480, 260, 640), fill="white")
    lower = Image.new(image.mode, image.size, "white")
    lower.paste(image, (0, 35))
    for name, changed in (("without", without), ("lower", lower)):
        path = tmp_path / f"{name}.pgm"
        changed.save(path)
        assert not alike(whole, coarse(path), "sample"), name


@pytest.fixture(scope="module")
def every_kind(files) -> dict[str, bytes]:
    """A Word file of each kind, of those with lists a long one."""
    hows = {kind: "many" if kind in LISTS else "sample" for kind in KINDS}
    return {kind: (files / f"{kind}.{how}.docx").read_bytes() for kind, how in hows.items()}


def test_the_sdk_finds_nothing(every_kind, tmp_path):
    together = joined(every_kind.values())
    assert len(together) < len(KINDS) / 3
    for number, data in enumerate(together):
        path = tmp_path / f"{number}.docx"
        path.write_bytes(data)
        assert office.validate(path, "Office2019") == ""


def test_the_sdk_sees_what_is_wrong_with_one_of_them(every_kind, tmp_path):
    """In the middle of the others, with a property of a paragraph behind its text."""
    parts = letterkit.unzipped(every_kind["status-check"])
    parts["word/document.xml"] = parts["word/document.xml"].replace(
        b"</w:r></w:p>", b"</w:r><w:pPr/></w:p>", 1
    )
    of_people = ("certificate-cover", "status-check", "application-guide")
    letters = every_kind | {"status-check": letterkit.zipped(parts)}
    (data,) = joined(letters[kind] for kind in of_people)
    path = tmp_path / "wrong.docx"
    path.write_bytes(data)
    assert "pPr" in office.validate(path, "Office2019")


# ------------------------------------------------------------------ where things stand


def words(pdf: Path, page: int = 1) -> list[tuple[float, float, float, float, str]]:
    """(left, top, right, bottom, text) in millimetres."""
    done = subprocess.run(
        ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), str(pdf), "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    pattern = r'<word xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)</word>'
    return [
        (*(float(n) * 25.4 / 72 for n in found[:4]), found[4])
        for found in re.findall(pattern, done.stdout)
    ]


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in ("certificate", "return-loss")])
def test_the_address_stands_in_the_window(files, kind):
    """A4 in three in a 長形3号 with a window of 90 × 45 mm: the sheet has 25 and 21 mm of play."""
    office.pdf_text(files / f"{kind}.sample.e.pdf")  # leaves the test without poppler
    found = words(files / f"{kind}.sample.e.pdf")
    block = [w for w in found if w[0] < 110 and w[1] < 45]
    assert {"〒150-0000", "様"} <= {w[4] for w in block} or any("様" in w[4] for w in block)
    assert min(w[0] for w in block) >= 20
    assert max(w[2] for w in block) <= 85
    assert min(w[1] for w in block) >= 11
    assert max(w[3] for w in block) <= 40


@pytest.mark.parametrize("kind", ["notice", "mynumber-request"])
def test_six_lines_of_an_address_still_stand_in_the_window(files, kind):
    """〒, two lines of address, an employer's long name, a department and a name: all above 39 mm."""
    office.pdf_text(files / f"{kind}.long.e.pdf")  # leaves the test without poppler
    block = [w for w in words(files / f"{kind}.long.e.pdf") if w[0] < 110 and w[1] < 45]
    assert {"〒150-0000", "寿限無", "様"} <= {w[4] for w in block}
    assert max(w[3] for w in block) <= 39


def test_each_page_of_a_list_says_whose_it_is_and_which_of_how_many(files):
    office.pdf_text(files / "distribution.many.e.pdf")
    for page in (1, 2, 3):
        foot = sorted(w for w in words(files / "distribution.many.e.pdf", page) if w[1] > 282)
        assert [w[4] for w in foot] == ["株式会社みほん製作所", "配布一覧", str(page), "/", "3"]


@pytest.mark.parametrize(
    "kind", ["mynumber-request", "late-filing", "return-request", "return-reminder", "return-final"]
)
def test_no_page_is_left_with_a_closing_line_or_half_a_box(kind):
    """However long the list is: 以上 and the contact stand with the box before them. Looked at from two
    rows to 15 wherever a row more makes a page more, and the three rows after it."""
    template, engine = Template(design.build(kind), KINDS[kind]), Embedded()

    @cache
    def pages_of(count: int) -> int:
        rendered = template.fill(letter_samples.rows(kind, count))
        (printed,) = engine.convert([PrintJob(rendered.docx, kind, rendered.values)], Finish())
        with pikepdf.open(io.BytesIO(printed.pdf)) as pdf:
            texts = look(pdf).pages
        assert min(map(len, texts)) > 60, (count, texts[-1])
        if kind.startswith("return"):
            whole = [t for t in texts if "「月末までは使える」" in t]
            assert len(whole) == 1 and "「返納は不要になったと聞いた」" in whole[0], count
        return len(texts)

    def look_between(few: int, many: int) -> None:
        if pages_of(few) == pages_of(many):
            return
        if many - few > 1:
            middle = (few + many) // 2
            look_between(few, middle)
            look_between(middle, many)
        else:
            assert all(pages_of(count) >= pages_of(many) for count in range(many, many + 3))

    look_between(2, 15)
    assert pages_of(2) < pages_of(15)


def test_the_certificate_is_a_postcard_of_two_pages(files):
    with pikepdf.open(files / "certificate.sample.e.pdf") as pdf:
        sizes = [[float(n) * 25.4 / 72 for n in page.mediabox[2:]] for page in pdf.pages]
    assert sizes == [pytest.approx([100, 148], abs=0.1)] * 2


def test_a_list_repeats_its_head_and_loses_nobody(files):
    texts = pages(files / "distribution.many.e.pdf")
    assert len(texts) > 1
    assert all("受領印" in text for text in texts)
    assert sum(text.count("髙﨑𠮷江") for text in texts) == 16  # eight rows, twice in each


@pytest.mark.parametrize(
    ("kind", "to_employer", "direct"),
    [
        ("return-request", False, False),
        ("return-final", False, True),
        ("return-final", True, False),
    ],
)
def test_a_single_case_fits_on_one_page(kind, to_employer, direct):
    context = letter_samples.sample(kind)
    context |= {"to_employer": to_employer, "direct": direct, "cases": context["cases"][:1]}
    rendered = letter_samples.fill(kind, context)
    (printed,) = Embedded().convert([PrintJob(rendered.docx, kind, rendered.values)], Finish())
    assert printed.pages == 1


@pytest.mark.parametrize("kind", ["return-request", "return-reminder", "return-final"])
def test_what_else_is_open_stands_in_a_list_of_its_own(kind):
    context = letter_samples.sample(kind)
    others = [context["cases"][0] | {"control_no": f"K9000{i}"} for i in (1, 2)]
    for rows, shown in ((others, True), ([], False)):
        rendered = letter_samples.fill(kind, context | {"others": rows})
        (printed,) = Embedded().convert([PrintJob(rendered.docx, kind, rendered.values)], Finish())
        with pikepdf.open(io.BytesIO(printed.pdf)) as pdf:
            text = "".join(look(pdf).pages)
        assert ("このほか" in text) == ("前回のお願い" in text) == shown
        assert ("K90001" in text) == ("K90002" in text) == shown


@pytest.mark.parametrize(
    ("flag", "words"), [("past_due", "期限を過ぎているものは"), ("before_loss", "事前のご案内")]
)
def test_a_request_says_when_it_comes_early_or_late(flag, words):
    for to_employer in (True, False):
        for value in (True, False):
            context = letter_samples.sample("return-request")
            context |= {flag: value, "to_employer": to_employer}
            rendered = letter_samples.fill("return-request", context)
            piece = PrintJob(rendered.docx, "x", rendered.values)
            (printed,) = Embedded().convert([piece], Finish())
            with pikepdf.open(io.BytesIO(printed.pdf)) as pdf:
                assert (words in "".join(look(pdf).pages)) == value


@pytest.mark.parametrize("family", [True, False])
@pytest.mark.parametrize("kind", ["return-request", "return-reminder", "return-final"])
def test_a_family_in_mourning_reads_nothing_harsh(kind, family):
    """51条5項: with the application for 埋葬料, a dependant's with the 異動届; no greeting, no
    misbeliefs, no claim, and the condolences once."""
    context = letter_samples.sample(kind)
    context |= {"bereaved": True, "to_employer": False, "family": family, "deceased": "見本 太郎"}
    rendered = letter_samples.fill(kind, context)
    (printed,) = Embedded().convert([PrintJob(rendered.docx, kind, rendered.values)], Finish())
    with pikepdf.open(io.BytesIO(printed.pdf)) as pdf:
        text = _BUNDLE.sub("", "".join(look(pdf).pages))
    assert ("謹んでお悔やみ" in text) == (kind == "return-request")
    assert ("第51条第5項" in text) == family
    assert ("異動届に添えて" in text) != family
    for word in ("拝啓", "督促", "最終", "月末までは使える", "703条", "請求"):
        assert word not in text


def test_an_insured_certificate_shows_no_blank_labels(files):
    """被保険者氏名 for dependants only, 負担割合 and 発効年月日 from 70 only (R33)."""
    context = letter_samples.sample("certificate")
    context |= {"insured_name": "", "burden_share": "", "burden_effective": ""}
    rendered = letter_samples.fill("certificate", context)
    (printed,) = Embedded().convert([PrintJob(rendered.docx, "x", rendered.values)], Finish())
    pdf = files / "plain.e.pdf"
    pdf.write_bytes(printed.pdf)
    plain, full = pages(pdf)[0], pages(files / "certificate.sample.e.pdf")[0]
    for label in ("被保険者氏名", "一部負担金の割合", "発効年月日"):
        assert label in full
        assert label not in plain
    # what stands below moves up by the two rows: no empty band
    (up,), (down,) = (
        [w[1] for w in words(f) if w[4] == "保険者番号"]
        for f in (pdf, files / "certificate.sample.e.pdf")
    )
    assert down - up == pytest.approx(2 * 11.9, abs=0.2)
