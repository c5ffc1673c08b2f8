"""宛名: a label an envelope of the day's direct letters, and the address list."""

import csv
import datetime as dt
import io
import json

import pdf_standards
import pikepdf
import pytest
from desk_books import DAY, clean, content, put, rendered
from shikaku import cli
from shikaku.jobs.labels import ADDRESSES, LABELS, labels
from shikaku.letters import labels as drawn
from shikaku.letters.docx.values import squeeze
from shikaku.letters.pdf.finish import Finish
from shikaku.letters.pdf.inspect import look
from shikaku.system.errors import PdfError, UsageError
from shikaku.workbook.closed_file import ClosedBook

LONG = "東京都架空区みほん一丁目２番３号 グランドパークレジデンス架空みほん中央通りイーストタワー２０１５号室 見本方"


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


def member(number, branch, name, kind="任意継続被保険者", **more):
    row = clean(1, symbol="9001", acquired=dt.date(2026, 1, 1), lost="")[0]
    row |= {"number": number, "branch": branch, "name": name, "kind": kind}
    row |= {
        "postal_code": "100-0001",
        "address": "東京都架空区みほん1-2-3",
        "individual_number": "",
    }
    return row | more


def told(number, branch, name, letter="notice", day=DAY, **more):
    row = {"issued": day, "letter": letter, "symbol": "9001", "number": number, "branch": branch}
    return row | {"name": name, "addressee": f"{name} 様"} | more


def book(tmp_path, members, history, ledger=()):
    made = content("株式会社みほん", "1201", members=members)
    made.rows["history"] = list(history)
    made.rows["ledger"] = list(ledger)
    return put(tmp_path / "b.xlsx", rendered(made, prepared=3))


def addresses(out):
    with open(out / ADDRESSES, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_one_label_for_a_family(tmp_path):
    """The family's letters, the employer's people, another day's letters."""
    people = [
        member("1", "00", "髙﨑 𠮷夫"),
        member("1", "01", "髙﨑 花子", "任意継続の被扶養者", relationship="妻"),
        member("2", "00", "見本 次郎"),
        member("5", "00", "勤務 太郎", "被保険者"),
    ]
    history = [
        told("2", "00", "見本 次郎", "certificate"),
        told("1", "00", "髙﨑 𠮷夫"),
        told("1", "01", "髙﨑 花子"),
        told("5", "00", "勤務 太郎"),
        told("2", "00", "見本 次郎", "notice", DAY - dt.timedelta(1)),
        told("2", "00", "見本 次郎", "回収不能届"),
    ]
    result = labels(ClosedBook(book(tmp_path, people, history)), tmp_path / "o", as_of=DAY)
    assert result.exit_status == 0
    rows = [(r["氏名"], r["敬称"], r["郵便番号"], r["通数"]) for r in addresses(tmp_path / "o")]
    assert rows == [("髙﨑 𠮷夫", "様", "100-0001", "2"), ("見本 次郎", "様", "100-0001", "1")]
    with pikepdf.open(tmp_path / "o" / LABELS) as pdf:
        (page,) = look(pdf).pages
    assert (
        page
        == "〒100-0001東京都架空区みほん1-2-3髙﨑𠮷夫様〒100-0001東京都架空区みほん1-2-3見本次郎様"
    )


@pytest.mark.parametrize(
    ("insured", "home"),
    [("東京都架空区みほん1-2-3", "東京都架空区みほん1-2-3"), ("", "大阪府架空市9")],
)
def test_the_insureds_home_goes_before_a_dependants_own(tmp_path, insured, home):
    """The dependant's own only where no sheet has the insured's."""
    people = [
        member("1", "00", "見本 太郎", address=insured),
        member(
            "1", "01", "見本 花子", "任意継続の被扶養者", relationship="妻", address="大阪府架空市9"
        ),
    ]
    path = book(tmp_path, people, [told("1", "01", "見本 花子")])
    assert labels(ClosedBook(path), tmp_path, as_of=DAY).exit_status == 0
    assert [(r["氏名"], r["住所"]) for r in addresses(tmp_path)] == [("見本 太郎", home)]


def test_the_family_of_somebody_who_has_died(tmp_path):
    """The employer's, but the letter went to the family at home (R32)."""
    people = [member("1", "00", "見本 太郎", "被保険者")]
    history = [
        told("1", "00", "見本 太郎", "return-request", addressee="見本 太郎 様 ご遺族様"),
    ]
    labels(ClosedBook(book(tmp_path, people, history)), tmp_path, as_of=DAY)
    assert [(r["氏名"], r["敬称"]) for r in addresses(tmp_path)] == [("見本 太郎", "様 ご遺族様")]


def test_an_envelope_without_an_address_is_named(tmp_path):
    people = [
        member("1", "00", "見本 太郎", address=""),
        member("2", "00", "見本 次郎", postal_code="1"),
        member("3", "00", "見本 三郎"),
        member("4", "00", "見本 四郎", address=LONG * 9),
        member("5", "00", "見本 \U0001f9ff郎"),
        member("6", "00", "見本 \U00100000郎"),
    ]
    history = [told(one["number"], "00", one["name"]) for one in people]
    result = labels(ClosedBook(book(tmp_path, people, history)), tmp_path, as_of=DAY)
    assert result.exit_status == 1
    why = {one["record"]: one["reason"] for one in result.to_json()["without_label"]}
    assert [*why] == ["9001-1-00", "9001-2-00", "9001-4-00", "9001-6-00"]
    assert why["9001-1-00"] == why["9001-2-00"] and len(set(why.values())) == 3
    assert [r["番号"] for r in addresses(tmp_path)] == ["3", "5"]


def test_a_day_without_letters_leaves_no_old_sheet(tmp_path):
    path = book(tmp_path, [member("1", "00", "見本 太郎")], [told("1", "00", "見本 太郎")])
    labels(ClosedBook(path), tmp_path, as_of=DAY)
    assert (tmp_path / LABELS).exists()
    result = labels(ClosedBook(path), tmp_path, as_of=DAY + dt.timedelta(1))
    assert result.exit_status == 0 and not result.envelopes
    assert not (tmp_path / LABELS).exists() and addresses(tmp_path) == []


def positions(data, page=0):
    """(x, y, size) of each line, millimetres from the upper left corner, points."""
    found, size = [], 0.0
    with pikepdf.open(data) as pdf:
        for operands, operator in pikepdf.parse_content_stream(pdf.pages[page]):
            if str(operator) == "Tm":
                found.append([float(operands[4]) / 72 * 25.4, 297 - float(operands[5]) / 72 * 25.4])
            elif str(operator) == "Tf":
                size = float(operands[1])
                found[-1][2:] = [size]
    return found


@pytest.mark.parametrize("layout", [12, 24])
@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("東京都架空区みほん1-2-3", "見本 太郎 様"),
        (LONG, "見本 太郎 様 ご遺族様"),
        (LONG * 2, "ビーミッシュ アレクサンドラ マリア テレジア フォン ミホン 様"),
    ],
)
def test_every_line_stands_on_its_label(layout, address, name, tmp_path):
    """Nothing is cut off, nothing runs over, and no type is smaller than 6 points."""
    sheet = drawn.SHEETS[layout]
    text = drawn.LabelText("〒100-0001", address, name)
    data = drawn.labels([text] * (layout + 1), sheet, 1, Finish(DAY))
    path = tmp_path / "l.pdf"
    path.write_bytes(data)
    with pikepdf.open(path) as pdf:
        seen = look(pdf)
    assert [squeeze(page) for page in seen.pages] == [
        squeeze(f"〒100-0001{address}{name}") * layout,
        squeeze(f"〒100-0001{address}{name}"),
    ]
    lines = positions(path)
    each = len(lines) // layout
    for place in range(layout):
        left = sheet.left + place % sheet.columns * sheet.width
        top = sheet.top + place // sheet.columns * sheet.height
        for x, y, size in lines[place * each : (place + 1) * each]:
            assert left + 4 <= x and top + 1 <= y - size / 72 * 25.4 * 0.8
            assert y <= top + sheet.height - 1 and size >= 6
    first, second = lines[0], lines[1]
    assert first[2] >= 9.3  # 2.4 mm: what sorting machines read
    assert second[1] - second[2] * 0.8 / 72 * 25.4 - first[1] >= 2


def test_the_first_label_may_be_used_already(tmp_path):
    text = drawn.LabelText("〒100-0001", "東京都架空区", "見本 太郎 様")
    path = tmp_path / "l.pdf"
    path.write_bytes(drawn.labels([text], drawn.SHEETS[12], 3, Finish(DAY)))
    ((x, y, _), *_) = positions(path)
    sheet = drawn.SHEETS[12]
    assert sheet.left < x < sheet.left + sheet.width
    assert sheet.top + sheet.height < y < sheet.top + 2 * sheet.height


def test_labels_are_tagged_and_fit_for_the_archive():
    """A label is a section: postal code, address (also on two lines) and name a paragraph each."""
    text = drawn.LabelText("〒100-0001", LONG, "髙﨑 𠮷夫 様")
    data = drawn.labels([text] * 14, drawn.SHEETS[12], 1, Finish(DAY))
    assert pdf_standards.ua_faults(data) == []
    with pikepdf.open(io.BytesIO(data)) as pdf:
        sections = list(pdf.Root.StructTreeRoot.K.K)
    assert [len(one.K) for one in sections] == [3] * 14 and {one.S for one in sections} == {"/Sect"}
    archived = drawn.labels([text], drawn.SHEETS[24], 1, Finish(DAY, archive=True))
    assert pdf_standards.archive_faults(archived) == []


def test_what_no_label_holds_is_an_error():
    sheet = drawn.SHEETS[24]
    with pytest.raises(drawn.TooLong):
        drawn.labels([drawn.LabelText("", LONG * 9, "見本 太郎 様")], sheet, 1, Finish(DAY))
    with pytest.raises(PdfError):
        drawn.labels([drawn.LabelText("", "東京都", "\U00100000 様")], sheet, 1, Finish(DAY))


def test_the_command(tmp_path, capsys):
    path = book(tmp_path, [member("1", "00", "見本 太郎")], [told("1", "00", "見本 太郎")])
    words = ["labels", str(path), "--out", str(tmp_path), "--as-of", "2026-04-15", "--json"]
    assert cli.main([*words, "--layout", "24", "--pdf-a"]) == 0
    assert pdf_standards.archive_faults((tmp_path / LABELS).read_bytes()) == []
    assert json.loads(capsys.readouterr().out)["labels"] == 1
    assert cli.main([*words, "--start", "13"]) == 2
    with pytest.raises(UsageError):
        labels(ClosedBook(path), tmp_path, layout=10)
