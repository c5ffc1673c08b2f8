"""今日の印刷: one PDF a paper in the order employer, department, family; its index; nothing twice."""

import csv
import datetime as dt
import json
import shutil

import pdf_standards
import pikepdf
import pytest
from desk_books import DAY, clean, content, put, read, rendered
from shikaku import cli
from shikaku.jobs import collect
from shikaku.jobs import letters as letters_job
from shikaku.jobs.print_run import INDEX, print_run
from shikaku.letters.pdf.inspect import look
from shikaku.system.errors import UsageError
from shikaku.workbook.closed_file import ClosedBook

JOINED = dt.date(2024, 12, 2)
# (番号, 枝番, 所属) of each employer, in the order of the rows
STAFF = {
    ("株式会社まえだ", "9"): [("1", "00", "")],
    ("みほん商事", "10"): [
        ("7", "01", "製造部"),
        ("7", "00", "製造部"),
        ("5", "00", "営業部"),
    ],
}
ORDER = ["9-1-00", "10-5-00", "10-7-00", "10-7-01"]
KINDS = ("certificate", "certificate-cover", "distribution")
COVER, CARD, LIST = (
    "資格確認書のお届けについて",
    "資格確認書",
    "資格確認書・資格情報のお知らせの配布のお願い",
)


def staff(employer, symbol, seed):
    rows = clean(len(STAFF[employer, symbol]), seed, symbol=symbol, acquired=JOINED, lost="")
    for row, (number, branch, department) in zip(rows, STAFF[employer, symbol], strict=True):
        row |= {"number": number, "branch": branch, "department": department}
        row |= {"kind": "被保険者" if branch == "00" else "被扶養者", "myna_status": "カードなし"}
        row |= {"relationship": "" if branch == "00" else "子", "want": "希望する"}
        row |= {"want_reason": "作っていない", "individual_number": row["individual_number"]}
    return rows


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The collected book of two employers, and a folder that a print run has filled."""
    folder = tmp_path_factory.mktemp("print")
    patch = pytest.MonkeyPatch()
    patch.setenv("SHIKAKU_LOG_DIR", str(folder / "log"))
    for seed, (employer, symbol) in enumerate(STAFF, 3):
        book = content(employer, symbol, members=staff(employer, symbol, seed))
        put(folder / f"inbox/{symbol}.xlsx", rendered(book, prepared=3))
    start = folder / "start.xlsx"
    settings = content("", "", members=[])
    settings.settings.update(
        insurer_address="100-0001 東京都架空区1", insurer_phone="00-0000-0000",
        certificate_expiry=dt.date(2029, 11, 30), employer_name="", employer_symbol="",
    )  # fmt: skip
    put(start, rendered(settings, prepared=3))
    collect.collect(folder / "inbox", start, None, as_of=DAY)
    book = shutil.copy(start, folder / "b.xlsx")
    result = run(book, folder / "out")
    yield folder, result
    patch.undo()


def run(book, out, day=DAY, **options):
    return print_run(
        ClosedBook(book), out, kinds=KINDS, as_of=day, formats=("pdf",), quiet=True, **options
    )


@pytest.fixture
def place(made, tmp_path):
    """A copy of the book and the folder, to go on with."""
    folder, _ = made
    shutil.copytree(folder / "out", tmp_path / "out")
    return shutil.copy(folder / "b.xlsx", tmp_path / "b.xlsx"), tmp_path / "out"


@pytest.fixture
def fresh(made, tmp_path):
    """The book before anything was issued."""
    return shutil.copy(made[0] / "start.xlsx", tmp_path / "b.xlsx"), tmp_path / "out"


def index(out):
    with open(out / INDEX, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def pages(out, name):
    with pikepdf.open(out / name) as pdf:
        return look(pdf).pages


def issued(book):
    return [row.word("letter") for row in read(book).rows("history")]


def test_each_paper_has_the_order_of_the_piles(made):
    folder, result = made
    rows = index(folder / "out")
    assert result.exit_status == 0
    cards = [r for r in rows if r["ファイル"] == "postcard.pdf"]
    assert ["-".join((r["記号"], r["番号"], r["枝番"])) for r in cards] == ORDER
    assert {r["種別"] for r in cards} == {CARD}
    sheets = [(r["事業所記号"], r["種別"], r["番号"], r["所属"]) for r in rows if r not in cards]
    assert sheets == [
        ("9", LIST, "1", ""), ("9", COVER, "1", ""),
        ("10", LIST, "", ""), ("10", COVER, "5", "営業部"), ("10", COVER, "7", "製造部"),
        ("10", COVER, "7", "製造部"),
    ]  # fmt: skip
    assert {r["発行日"] for r in rows} == {"2026-04-15"}
    assert {r["事業所名称"] for r in rows} == {"株式会社まえだ", "みほん商事"}


def test_the_index_names_the_pages(made):
    folder, _ = made
    for name in ("a4.pdf", "postcard.pdf"):
        shown = pages(folder / "out", name)
        rows = [r for r in index(folder / "out") if r["ファイル"] == name]
        ranges = [(int(r["開始ページ"]), int(r["終了ページ"])) for r in rows]
        numbers = [n for first, last in ranges for n in range(first, last + 1)]
        assert numbers == list(range(1, len(shown) + 1))
        for row, (first, _) in zip(rows, ranges, strict=True):
            assert row["氏名"].replace(" ", "") in shown[first - 1]


def test_each_page_says_whose_it_is_and_which_of_how_many(made):
    shown = pages(made[0] / "out", "a4.pdf")
    ends = [text[-12:] for text in shown]
    assert [e.endswith(f"株式会社まえだ{n}/2") for n, e in enumerate(ends[:2], 1)] == [True] * 2
    assert [e.endswith(f"みほん商事{n}/4") for n, e in enumerate(ends[2:], 1)] == [True] * 4


def test_the_list_tells_people_of_one_name_apart(made):
    shown = pages(made[0] / "out", "a4.pdf")[2]
    for birth in (row["birth"] for row in staff("みほん商事", "10", 4)):
        day = birth if isinstance(birth, dt.date) else dt.date.fromisoformat(birth)
        assert any(f"{era}{day.year - start}年" in shown for era, start in (("昭", 1925), ("平", 1988), ("令", 2018)))  # fmt: skip
    assert "配布一覧1/1" in shown


def test_a_second_run_prints_the_same_and_issues_nothing(place):
    book, out = place
    before = {f.name: f.read_bytes() for f in out.glob("*.pdf")}, index(out), issued(book)
    result = run(book, out)
    after = {f.name: f.read_bytes() for f in out.glob("*.pdf")}, index(out), issued(book)
    assert after == before and len(before[2]) == 12 and not result.letters.made


def test_what_was_made_again_is_printed_once(place):
    """A card printed again has the 管理番号 of the first, which had none yet when it was made; on the
    same day it takes the first one's file."""
    book, out = place
    before = [row for row in index(out) if row["ファイル"] == "postcard.pdf"]
    files = sorted(path.name for path in (out / "certificate").iterdir())
    result = run(book, out, again=True)
    assert result.exit_status == 0 and index(out)
    assert sorted(path.name for path in (out / "certificate").iterdir()) == files
    assert [row for row in index(out) if row["ファイル"] == "postcard.pdf"] == before
    assert len(index(out)) == 10


def test_the_next_day_has_no_letters_and_leaves_no_old_pile(place):
    book, out = place
    (out / "own.pdf").write_bytes(b"the user's")
    result = run(book, out, DAY + dt.timedelta(1))
    assert not result.files and index(out) == []
    assert [f.name for f in out.glob("*.pdf")] == ["own.pdf"]


def test_a_letter_whose_file_is_gone_is_named(place):
    book, out = place
    next((out / "certificate").glob("10-5-00*")).unlink()
    result = run(book, out)
    assert result.exit_status == 1 and len(result.missing) == 1
    assert [r["番号"] for r in index(out) if r["ファイル"] == "postcard.pdf"] == ["1", "7", "7"]


def test_duplex_begins_each_letter_on_a_front(place):
    book, out = place
    run(book, out, duplex=True)
    rows = [r for r in index(out) if r["ファイル"] == "a4.pdf"]
    assert [int(r["開始ページ"]) for r in rows] == [1, 3, 5, 7, 9, 11]
    shown = pages(out, "a4.pdf")
    assert not any(shown[1::2]) and all(shown[::2])


@pytest.mark.parametrize(
    ("per_sheet", "ranges"),
    [(2, [(1, 2), (3, 4), (1, 2), (3, 4)]), (4, [(1, 2)] * 4)],
)
def test_postcards_on_sheets_of_a4(place, per_sheet, ranges):
    book, out = place
    run(book, out, per_sheet=per_sheet)
    rows = [r for r in index(out) if r["ファイル"] == "postcard.pdf"]
    assert [(int(r["開始ページ"]), int(r["終了ページ"])) for r in rows] == ranges
    shown = pages(out, "postcard.pdf")
    for row, (first, _) in zip(rows, ranges, strict=True):
        assert row["氏名"].replace(" ", "") in shown[first - 1]
    with pikepdf.open(out / "postcard.pdf") as pdf:
        assert {tuple(round(float(x)) for x in p.mediabox) for p in pdf.pages} == {(0, 0, 595, 842)}
    with pytest.raises(UsageError):
        run(book, out, per_sheet=3)


@pytest.mark.parametrize("options", [{}, {"duplex": True}, {"per_sheet": 2}, {"per_sheet": 4}])
def test_what_is_printed_keeps_its_structure(place, options):
    """Also on sheets of A4, where each side of a card is a form with marks of its own."""
    book, out = place
    run(book, out, **options)
    for name in ("a4.pdf", "postcard.pdf"):
        data = (out / name).read_bytes()
        assert pdf_standards.ua_faults(data) == []
        with pikepdf.open(out / name) as pdf:
            titles = [str(part.T) for part in pdf.Root.StructTreeRoot.K.K]
            assert pdf.check_pdf_syntax() == [] and str(pdf.docinfo.Title).endswith("2026-04-15")
        assert len(titles) == len([r for r in index(out) if r["ファイル"] == name])


def test_piles_for_the_archive(place, tmp_path):
    """What isn't ours can't be: the file is named."""
    book, out = place
    run(book, out, archive=True)
    assert pdf_standards.archive_faults((out / "a4.pdf").read_bytes()) == []
    one = next((out / "certificate").glob("10-5-00*.pdf"))
    with pikepdf.open(one, allow_overwriting_input=True) as pdf:
        del pdf.Root.Metadata
        pdf.save(one)
    with pytest.raises(UsageError, match=one.name):
        run(book, out, archive=True)


def test_the_back_lies_behind_its_front(place):
    """The first card is left on the front, right on the back of the sheet."""
    book, out = place
    run(book, out, per_sheet=4)
    with pikepdf.open(out / "postcard.pdf") as pdf:
        places = [
            [float(operands[4]) for operands, operator in pikepdf.parse_content_stream(page)
             if str(operator) == "cm"]
            for page in pdf.pages
        ]  # fmt: skip
    left, right = places[0][0], places[0][1]
    assert left < right and places[0] == [left, right] * 2 and places[1] == [right, left] * 2


def test_letters_bound_for_an_employer_are_found_in_their_file(fresh):
    book, out = fresh
    letters_job.letters(
        ClosedBook(book), out, kinds=KINDS, as_of=DAY, formats=("pdf",), per="employer", quiet=True
    )
    run(book, out)
    rows = [r for r in index(out) if r["ファイル"] == "postcard.pdf"]
    assert ["-".join((r["記号"], r["番号"], r["枝番"])) for r in rows] == ORDER
    shown = pages(out, "postcard.pdf")
    for row in rows:
        assert row["氏名"].replace(" ", "") in shown[int(row["開始ページ"]) - 1]
    assert pdf_standards.ua_faults((out / "postcard.pdf").read_bytes()) == []


def test_a_password_locks_the_piles_too(fresh):
    book, out = fresh
    run(book, out, password="himitsu-no-kotoba")
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(out / "a4.pdf")
    with pytest.raises(UsageError):
        run(book, out)


def test_the_command(place, capsys):
    book, out = place
    words = ["print", str(book), "--out", str(out), "--as-of", "2026-04-15", "--json"]
    assert cli.main([*words, "--kind", "certificate", "--format", "pdf"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["files"] == [{"file": "postcard.pdf", "pages": 8, "letters": 4}]
    assert not (out / "a4.pdf").exists()
    assert cli.main([*words, "--format", "docx"]) == 2
    with open(out / "index.csv", encoding="utf-8-sig", newline="") as file:
        assert {row["発行日"] for row in csv.DictReader(file)} == {"2026-04-15"}
