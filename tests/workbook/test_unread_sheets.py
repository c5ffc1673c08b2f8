"""Sheets that look like ours and aren't read, rows that are struck through: found in real files."""

import datetime as dt
import json

import openpyxl
import pytest
from desk_books import rendered
from openpyxl.styles import Font
from shikaku import cli
from shikaku.template.content import Content
from shikaku.workbook.closed_file import ClosedBook

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

DAY = dt.date(2026, 4, 10)
LABELS = ("氏名", "氏名カナ", "生年月日", "性別", "郵便番号", "住所", "資格取得年月日")


def content() -> Content:
    row = {
        "name": "見本　太郎",
        "kana": "ミホン　タロウ",
        "birth": dt.date(1990, 1, 1),
        "sex": "男",
        "no_number_reason": "後日提出",
        "postal_code": "100-0001",
        "address": "東京都千代田区見本町1-2-3",
        "acquired": DAY,
    }
    return Content({"acquisition": [row]}, {"as_of": DAY})


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(rendered(content()))
    return path


def codes(path, capsys) -> list[tuple[str, str, int]]:
    cli.main(["check", str(path), "--json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    return [(f["code"], f["sheet"], f["row"]) for f in found]


@pytest.mark.parametrize(
    ("title", "filled", "found"),
    [
        ("資格取得届 (2)", True, True),
        ("資格取得届 (2)", False, True),
        ("資格取得届（３）", True, True),
        ("資格取得届コピー", True, True),
        ("四月分", True, True),  # by its headings
        ("四月分", False, False),
        ("資格取得届の書き方", False, False),
    ],
)
def test_a_copy_of_a_sheet_is_an_error(path, capsys, title, filled, found):
    book = openpyxl.load_workbook(path)
    sheet = book.create_sheet(title)
    sheet.append(LABELS)
    if filled:
        sheet.append(["見本　花子"])
    book.save(path)
    assert (("ST16", "資格取得届", 0) in codes(path, capsys)) is found
    assert [key for key, _ in ClosedBook(path).read().unread] == ["acquisition"] * found


def test_lists_of_the_users_own_are_left_alone(path, capsys):
    book = openpyxl.load_workbook(path)
    sheet = book.create_sheet("電話番号")
    sheet.append(("氏名", "所属", "備考", "電話"))
    sheet.append(("見本　花子", "総務", "", "03"))
    book.save(path)
    assert not [c for c, _, _ in codes(path, capsys) if c == "ST16"]


@pytest.mark.parametrize("whole", [True, False])
def test_a_struck_row_is_held(path, tmp_path, capsys, whole):
    book = openpyxl.load_workbook(path)
    sheet = book["資格取得届"]
    for cell in sheet[2] if whole else [c for c in sheet[2] if c.value == "見本　太郎"]:
        cell.font = Font(strike=True)
    book.save(path)
    assert ("ST17", "資格取得届", 2) in codes(path, capsys)
    cli.main(["decide", str(path), "--json"])
    assert json.loads(capsys.readouterr().out)["people"] == []
    password = tmp_path / "pw.txt"
    password.write_text("Kumiai-2026-Shikaku", "utf-8")
    words = ["submit", str(path), "--out", str(tmp_path / "out.xlsx"), "--password-file"]
    assert cli.main([*words, str(password)]) == 1
    assert not (tmp_path / "out.xlsx").exists()
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    path.rename(inbox / path.name)
    cli.main(["collect", str(inbox), "--out", str(tmp_path / "list.xlsx")])
    assert ClosedBook(tmp_path / "list.xlsx").read().tables["acquisition"].rows == []


def test_another_struck_cell_strikes_no_row(path, capsys):
    book = openpyxl.load_workbook(path)
    sheet = book["資格取得届"]
    next(c for c in sheet[2] if c.value == "100-0001").font = Font(strike=True)
    book.save(path)
    assert not [c for c, _, _ in codes(path, capsys) if c == "ST17"]


def test_a_blank_book_is_not_submitted(tmp_path):
    path, password = tmp_path / "blank.xlsx", tmp_path / "pw.txt"
    password.write_text("Kumiai-2026-Shikaku", "utf-8")
    assert cli.main(["new", str(path)]) == 0
    words = ["submit", str(path), "--out", str(tmp_path / "out.xlsx"), "--password-file"]
    assert cli.main([*words, str(password)]) == 2
    assert not (tmp_path / "out.xlsx").exists()
