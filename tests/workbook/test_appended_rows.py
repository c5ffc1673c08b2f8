"""Rows below the last one written whole: the same bytes as cell by cell, whatever stands in them."""

import datetime as dt
import re
from itertools import count

import openpyxl
import pytest
from bookparts import make, zips
from bookparts.ours import read
from shikaku.excel.session import OpenBook
from shikaku.model.schema import schema
from shikaku.workbook.appended_rows import AppendedRows
from shikaku.workbook.closed_file import ClosedBook
from xlengine.engine import Played

TAB = schema().sheets["history"].name
DAY = dt.date(2026, 4, 15)
ROWS = [
    {"issued": DAY, "letter": "notice", "title": "a & b", "symbol": "007", "name": "山田 太郎"},
    {"issued": DAY, "letter": "notice", "title": "a & b", "symbol": "", "name": " 前に空白"},
    {"issued": None, "letter": "certificate", "title": "1\n2", "birth": dt.date(1950, 1, 2)},
    {"letter": "own word", "title": "_x000D_", "file": "x" * 40_000, "control_no": "K00001"},
]
ROWS_BEFORE = [{"symbol": "101", "name": "見本 太郎", "birth": DAY, "acquired": DAY, "filed": DAY}]
BY_HAND = {
    "nothing": (rb"\A", b""),
    "no row": (rb'(<row r="1".*?</row>).*(?=</sheetData>)', rb"\1"),
    "the row above of its own height": (rb'<row r="3"', b'<row r="3" ht="99" customHeight="1"'),
    "the row above with a look of its own": (rb'<row r="3"', b'<row r="3" s="4" customFormat="1"'),
    "the row above without a cell": (rb'<c r="C3"[^>]*?(?:/>|>.*?</c>)', b""),
    "a row that is there": (rb"(?=</sheetData>)", b'<row r="5" ht="7"/><row r="9" hidden="1"/>'),
    "somebody's own column": (rb'(<row r="1".*?)</row>', rb'\1<c r="Z1" t="str"><v>memo</v></c></row>'),
}  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A workbook with two rows in 発行履歴."""
    path = make.book(tmp_path_factory.mktemp("appended") / "b.xlsx", {})
    _append(path, ROWS[:2])
    return path.read_bytes()


def _cell_by_cell(self, rows) -> None:
    for number, row in rows.items():
        self._put_cells(number, row)


def _append(path, rows) -> None:
    session = ClosedBook(path)
    session.read()
    session.append_rows("history", rows)
    session.set_cells([("history", 5, "remarks", "later")])
    session.commit()


@pytest.mark.parametrize("change", BY_HAND)
def test_whole_rows_are_what_cell_by_cell_makes(written, tmp_path, monkeypatch, change):
    pattern, new = BY_HAND[change]
    path = tmp_path / "b.xlsx"
    path.write_bytes(written)
    changed = zips.changed_sheet(path, TAB, pattern, new)
    before = path.read_bytes()
    _append(path, ROWS)
    whole = path.read_bytes()
    assert zips.parts(whole)[zips.sheet_part(path, TAB)] != changed
    path.write_bytes(before)
    monkeypatch.setattr(AppendedRows, "_put_whole", _cell_by_cell)
    _append(path, ROWS)
    assert zips.parts(path) == zips.parts(whole)


FILED = [
    {"symbol": "007", "name": "山田 太郎", "acquired": None, "filed": None, "input_check": "OK"},
    {"symbol": "007", "name": "山田 太郎", "acquired": None, "filed": DAY, "input_check": DAY},
    {"symbol": 1, "name": True, "acquired": DAY, "filed": DAY, "deadline": DAY},
    {"symbol": True, "name": 0.0, "acquired": DAY, "filed": 1.0, "input_check": 1},
    {"symbol": 1.0, "name": -0.0, "birth": DAY, "postal_code": 1, "input_check": True},
    *({"symbol": "101", "name": str(n), "birth": DAY, "acquired": DAY} for n in range(20)),
]


def _like_no_days(row: re.Match[bytes]) -> bytes:
    """Its cells with two looks of which neither has one with days beside it."""
    looks = (b' s="%d"' % (n // 8 % 2 * 2) for n in count())
    return re.sub(rb' s="\d+"', lambda _: next(looks), row[0])


FILINGS_BY_HAND = {
    "nothing": (rb"\A", b""),
    "days look like none": (rb'<row r="2".*?</row>', _like_no_days),
    "rows that are there among the new ones": (rb"(?=</sheetData>)", b'<row r="9"/><row r="12" ht="7"/>'),
    "a formula that speaks of a cell": (rb'(<c r="[A-Z]+2"[^>]*><f)>[^<]*', rb"\1>A2&amp;$B$1"),
    "no Excel table": (rb"\A", b""),
}  # fmt: skip


@pytest.mark.parametrize("change", FILINGS_BY_HAND)
def test_whole_rows_calculate_as_cell_by_cell(tmp_path, monkeypatch, change):
    pattern, new = FILINGS_BY_HAND[change]
    tables = change not in ("no Excel table", "a formula that speaks of a cell")
    path = make.book(tmp_path / "b.xlsx", {"acquisition": ROWS_BEFORE}, tables=tables)
    if pattern != rb"\A":
        zips.changed_sheet(path, schema().sheets["acquisition"].name, pattern, new)
    before, written, otherwise = path.read_bytes(), [], []

    def cell_by_cell(self, rows) -> None:
        otherwise.append(rows)
        _cell_by_cell(self, rows)

    for whole in (True, False):
        if not whole:
            monkeypatch.setattr(AppendedRows, "_put_whole", cell_by_cell)
        path.write_bytes(before)
        session = ClosedBook(path)
        session.read()
        session._editor.append_rows("acquisition", FILED)  # as collect does: no value is made fit
        session.set_cells([("acquisition", 5, "address", "later")])
        session.commit()
        written.append(zips.parts(path))
    assert written[0] == written[1]
    assert [row.text("name") for row in read(path, "acquisition")][-1] == "19"
    assert bool(otherwise) == (change != "a formula that speaks of a cell")


@pytest.mark.parametrize("way", ["closed", "open"])
def test_a_note_in_a_column_without_a_heading_stays(written, tmp_path, way):
    path = tmp_path / "b.xlsx"
    path.write_bytes(written)
    book = openpyxl.load_workbook(path)
    sheet = book[TAB]
    sheet.tables.clear()  # Excel gives each column of a table a heading
    sheet.insert_cols(3)
    sheet["C6"], sheet["C9"] = "すぐ下", "ずっと下"
    book.save(path)
    with Played() as excel:
        if way == "closed":
            _append(path, ROWS)
        else:
            book = excel.open(path)
            session = OpenBook(book, path)
            session.read()
            session.append_rows("history", ROWS)
            session.commit()
            book.impl.write_to(path)
    sheet = openpyxl.load_workbook(path)[TAB]
    assert (sheet["C6"].value, sheet["C9"].value, sheet["D6"].value) == (
        "すぐ下",
        "ずっと下",
        "a & b",
    )


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "cell by cell"])
def test_rows_below_a_hidden_one_are_seen(written, tmp_path, monkeypatch, whole):
    """They look like it, but somebody who hid the old ones would look for the new ones in vain."""
    path = tmp_path / "b.xlsx"
    path.write_bytes(written)
    zips.changed_sheet(path, TAB, rb'<row r="5"', b'<row r="5" hidden="1"')
    if not whole:
        monkeypatch.setattr(AppendedRows, "_put_whole", _cell_by_cell)
    _append(path, ROWS)
    assert {row.number: row.hidden for row in read(path, "history")} == {
        number: number == 5 for number in (2, 3, 5, 6, 7, 8, 9)
    }
