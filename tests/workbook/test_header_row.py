"""Sheets that only we write: what stands there without our labels, or with some of them gone.

The same workbook closed and open in (played) Excel must come out alike.
"""

import datetime as dt
import shutil

import office
import openpyxl
import pytest
from bookparts.content import decision
from bookparts.make import by_openpyxl
from findings import finding
from sample_rows import person
from shikaku.excel.session import OpenBook
from shikaku.jobs.output_rows import append_history, write_decisions, write_findings
from shikaku.model.schema import schema
from shikaku.system.errors import BookError
from shikaku.workbook.closed_file import ClosedBook
from xlengine.compare import differences
from xlengine.engine import Played

NAMES = {key: spec.name for key, spec in schema().sheets.items()}
ROW = {
    "issued": dt.date(2026, 4, 15),
    "letter": "notice",
    "symbol": "0012",
    "number": "0001",
    "branch": "00",
    "name": "架空 太郎",
    "file": "notice/a.docx",
}
FINDING = finding("members", 2, "name")


@pytest.fixture
def excel():
    with Played() as played:
        yield played


def book_with(path, key, lines):
    """A workbook whose sheet ``key`` has these lines and nothing else."""
    by_openpyxl(path, {"members": [person(1)]}, leave_out=[key])
    target = openpyxl.load_workbook(path)
    sheet = target.create_sheet(NAMES[key])
    for line in lines:
        sheet.append(line)
    target.save(path)
    return path


def write(session) -> None:
    session.read()
    write_findings(session, [FINDING])
    write_decisions(session, [decision(2)])
    append_history(session, [ROW])
    session.commit()


def values(path, key) -> list[list]:
    rows = openpyxl.load_workbook(path)[NAMES[key]].iter_rows(values_only=True)
    return [[value for value in row if value is not None] for row in rows]


CASES = {
    "a history without 氏名 gets it back at the right end, and keeps its rows": (
        "history",
        [["発行日", "種類", "記号", "番号", "枝番", "管理番号", "ファイル"], [None, "notice", "9"]],
        [
            [
                "発行日",
                "種類",
                "記号",
                "番号",
                "枝番",
                "管理番号",
                "ファイル",
                "氏名",
                "生年月日",
                "性別",
                "交付の根拠",
            ],
            ["notice", "9"],
            [
                dt.datetime(2026, 4, 15),
                "お知らせ(下4桁なし)",
                "0012",
                "0001",
                "00",
                "notice/a.docx",
                "架空 太郎",
            ],
        ],
    ),
    "a history under somebody's own labels is gone on with": (
        "history",
        [["送付日", "書類"], ["4月1日", "お知らせ"]],
        [
            [
                "送付日",
                "書類",
                "発行日",
                "種類",
                "記号",
                "番号",
                "枝番",
                "氏名",
                "管理番号",
                "ファイル",
                "生年月日",
                "性別",
                "交付の根拠",
            ],
            ["4月1日", "お知らせ"],
            [
                dt.datetime(2026, 4, 15),
                "お知らせ(下4桁なし)",
                "0012",
                "0001",
                "00",
                "架空 太郎",
                "notice/a.docx",
            ],
        ],
    ),
    "a blank history gets the whole header": (
        "history",
        [],
        [
            [column.label for column in schema().sheets["history"].columns.values()],
            [
                dt.datetime(2026, 4, 15),
                "お知らせ(下4桁なし)",
                "0012",
                "0001",
                "00",
                "架空 太郎",
                "notice/a.docx",
            ],
        ],
    ),
    "判定 without the verdict and the reason gets both back, and no column more": (
        "decisions",
        [["シート", "行", "氏名", "メモ"], ["資格喪失届", 9, "人", "前の行のメモ"]],
        [
            ["シート", "行", "氏名", "メモ", "資格確認書", "理由"],
            [
                "資格取得届",
                2,
                "架空 太郎",
                "交付する",
                "マイナンバーカードを持っていないため、職権で交付します。",
            ],
        ],
    ),
    "検証結果 without コード gets it back": (
        "findings",
        [["シート", "行", "内容"]],
        [["シート", "行", "内容", "コード"], ["加入者台帳", 2, FINDING.message, "RQ01"]],
    ),
}


@pytest.mark.parametrize(("key", "lines", "expected"), CASES.values(), ids=CASES)
def test_what_we_write_is_never_lost_for_want_of_a_column(excel, tmp_path, key, lines, expected):
    closed = book_with(tmp_path / "closed.xlsx", key, lines)
    path = shutil.copy(closed, tmp_path / "b.xlsx")
    write(ClosedBook(closed))
    assert values(closed, key) == expected
    book = excel.open(path)
    write(OpenBook(book, path))
    opened = book.impl.write_to(tmp_path / "open.xlsx")
    assert values(opened, key) == expected
    if lines:  # a header of our own making looks plainer in Excel
        assert differences(closed, opened) == []
    # The workbook comes from openpyxl, whose own fonts are out of the schema's order.
    found = office.validate(closed)
    assert found.count("errorType") == found.count("/x:styleSheet[1]/x:fonts[1]/x:font[1]")


def test_the_second_run_finds_its_columns(tmp_path):
    path = book_with(tmp_path / "b.xlsx", "decisions", [["結果"]])
    write(ClosedBook(path))
    first = values(path, "decisions")
    assert first[0] == ["結果", "氏名", "資格確認書", "理由"]
    session = ClosedBook(path)
    session.read()
    write_decisions(session, [decision(2)])
    session.commit()
    assert values(path, "decisions") == first


@pytest.mark.parametrize("key", ["decisions", "findings"])
def test_somebody_elses_list_is_not_cleared(tmp_path, key):
    path = book_with(tmp_path / "b.xlsx", key, [["社内の表", "シート"], ["大事な内容", "1"]])
    before = path.read_bytes()
    with pytest.raises(BookError, match=NAMES[key]):
        write(ClosedBook(path))
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "lines",
    [
        [["発行日", "種類", "記号", "番号", "枝番", "管理番号", "ファイル"], [None, "notice", "9"]],
        [["送付日", "書類"], ["4月1日", "お知らせ"]],
        [["社内の覚え書き"]],
        [],
    ],
    ids=["without a column", "of their own labels", "no header", "blank"],
)
def test_a_mark_puts_no_column_back(excel, tmp_path, lines):
    """Nothing is added to 発行履歴 by 検証, which looks through it for older marks."""
    closed = book_with(tmp_path / "closed.xlsx", "history", lines)
    before = values(closed, "history")
    path = shutil.copy(closed, tmp_path / "b.xlsx")
    book = excel.open(path)
    for _ in range(2):
        for session in (ClosedBook(closed), OpenBook(book, path)):
            session.read()
            write_findings(session, [FINDING])
            session.commit()
    assert values(closed, "history") == before
    opened = book.impl.write_to(tmp_path / "open.xlsx")
    assert values(opened, "history") == before
    assert differences(closed, opened) == []
