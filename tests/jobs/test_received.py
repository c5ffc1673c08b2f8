"""``received``: which scanned 管理番号 become a 返納日, and which lines are listed."""

import datetime as dt
import json

import pytest
from desk_books import DAY, put, read, rendered
from shikaku import cli
from shikaku.jobs import received
from shikaku.system.errors import ShikakuError
from shikaku.template.builder import Content
from shikaku.workbook.closed_file import ClosedBook

ISSUED = dt.date(2026, 4, 1)


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


@pytest.fixture
def book(tmp_path):
    """返納管理 with K00001 … K00004; the last is back already."""
    rows = [
        {
            "control_no": f"K0000{n}",
            "document": "資格確認書",
            "symbol": "1201",
            "number": str(n),
            "branch": "00",
            "name": f"見本 {n}郎",
            "issued": ISSUED,
        }
        for n in range(1, 5)
    ]
    rows[3]["returned"] = dt.date(2026, 4, 10)
    return put(tmp_path / "b.xlsx", rendered(Content({"ledger": rows}, {}), 1))


def run(book, text, encoding="utf-8"):
    path = book.with_name("scan.csv")
    path.write_bytes(text.encode(encoding))
    return received.received(ClosedBook(book), path, as_of=DAY)


def days(book):
    return {row.text("control_no"): row.date("returned") for row in read(book).rows("ledger")}


@pytest.mark.parametrize("text", ["K00001\nK00002\n", "管理番号\nK00001\n k00002\n", "Ｋ００００１,\nK00002,2026-04-15\n"])  # fmt: skip
def test_scanned_numbers(book, text):
    result = run(book, text)
    assert result.exit_status == 0 and len(result.found.days) == 2
    assert days(book) == {
        "K00001": DAY,
        "K00002": DAY,
        "K00003": None,
        "K00004": dt.date(2026, 4, 10),
    }


@pytest.mark.parametrize(
    ("text", "listed", "taken"),
    [
        ("K00001,R8.4.14\n", [], {"K00001": dt.date(2026, 4, 14)}),
        ("K00001\nK99999\n", [(2, "unknown")], {"K00001": DAY}),
        ("K00001\nK00001\n", [(2, "twice")], {"K00001": DAY}),
        ("K00001,2026-04-14\nK00001,2026-04-15\n", [(1, "twice"), (2, "twice")], {}),
        ("K00004\n", [(1, "back")], {}),
        ("K00004,2026-04-10\n", [], {}),
        ("K00001,きのう\n", [(1, "bad_day")], {}),
        ("K00001,2026-04-16\n", [(1, "to_come")], {}),
        ("K00001,2026-03-31\n", [(1, "too_early")], {}),
    ],
)
def test_lines(book, text, listed, taken):
    before = days(book)
    result = run(book, text)
    assert [(one.line, one.reason) for one in result.found.listed] == listed
    assert result.exit_status == (1 if listed else 0)
    assert days(book) == before | taken


@pytest.mark.parametrize("text", ["管理番号\n", "管理番号,返納日\n,\n"])
def test_a_heading_alone_is_no_list(book, text):
    with pytest.raises(ShikakuError):
        run(book, text)


def test_a_second_time_changes_nothing(book):
    run(book, "K00001\nK00002\n")
    before = book.read_bytes()
    again = run(book, "K00001\nK00002\n")
    assert again.found.same == 2 and again.exit_status == 0 and book.read_bytes() == before


def test_the_command(book, capsys):
    scan = book.with_name("scan.txt")
    scan.write_text("K00001\n000000037370\n", "utf-8")
    words = ["received", str(book), str(scan), "--json", "--as-of", "2026-04-15"]
    assert cli.main(words) == 1
    said = capsys.readouterr().out
    assert "37370" not in said and json.loads(said)["listed"][0]["reason"] == "unknown"
