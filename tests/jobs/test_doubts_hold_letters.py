"""A doubt that 次回対応 itself writes stops the letter: a loss filed and then taken back."""

import datetime as dt

import pytest
from desk_books import clean, content, put, rendered
from shikaku.jobs import returns
from shikaku.workbook.closed_file import ClosedBook

LOST, DAY = dt.date(2026, 3, 1), dt.date(2026, 4, 15)


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


def made(tmp_path, **more):
    """A member of the register whose row of 返納管理 still has a loss that no filing reports."""
    person = clean(1, acquired=dt.date(2020, 4, 1), symbol="1201", number="1", branch="00")[0]
    person |= {"kind": "被保険者", "lost": ""}
    entry = {"control_no": "K00001", "document": "資格確認書", "name": person["name"]}
    entry |= {"symbol": "1201", "number": "1", "branch": "00", "kind": "被保険者"}
    entry |= {"issued": dt.date(2025, 12, 1), "expiry": dt.date(2029, 11, 30)}
    entry |= {"lost": LOST, "required": "要", "due": dt.date(2026, 3, 6)} | more
    book = content("株式会社みほん", "1201", members=[person])
    book.rows["ledger"] = [entry]
    book.settings["insurer_address"] = "100-0001 東京都架空区1"
    book.settings["insurer_phone"] = "00-0000-0000"
    path = put(tmp_path / "b.xlsx", rendered(book, prepared=3))
    return returns.remind(ClosedBook(path), tmp_path / "o", as_of=DAY, formats=("docx",))


def test_a_loss_that_the_register_denies_sends_nothing(tmp_path):
    result = made(tmp_path)
    assert not result.made and [(one.kind, one.waiting_for) for one in result.held] == [
        ("return-request", "資格喪失年月日")
    ]
    said = result.to_json()["held"][0]
    assert said["waiting_for"] == "資格喪失年月日"
    assert (said["sheet"], said["row"], said["control_no"]) == ("返納管理", 2, "K00001")
    assert said["why"] and any("返納管理 2行目 K00001" in line for line in result.lines())


def test_a_day_that_cannot_be_read_is_said(tmp_path):
    result = made(tmp_path, returned="きのう")
    assert not result.made and "返納日" in result.held[0][2]
