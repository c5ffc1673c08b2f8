"""Rows of ours written whole: the same bytes as cell by cell, whatever stands in them."""

import desk_books
import pytest
from bookparts import make, zips
from bookparts.content import decision
from bookparts.ours import read
from shikaku.jobs.output_rows import write_decisions
from shikaku.model.schema import schema
from shikaku.workbook.closed_file import ClosedBook
from shikaku.workbook.session import Link, OutRow
from shikaku.workbook.whole_rows import WholeRows

TAB = schema().sheets["decisions"].name
LONG = "マイナンバーカードを持っていないため、職権で交付します。" * 5

BY_HAND = {
    "nothing": (rb"\A", b""),
    "a row hidden": (rb'<row r="4"', b'<row r="4" hidden="1"'),
    "a row with spans and a cell less": (
        rb'<row r="4"([^>]*)><c r="A4"[^>]*?(?:/>|>.*?</c>)',
        rb'<row r="4" spans="2:13"\1>',
    ),
    "a cell that has gone": (rb'<c r="C5"[^>]*?(?:/>|>.*?</c>)', b""),
    "another look": (rb'(<c r="C5") (?:s="\d+" )?', rb'\1 s="3" '),
    "no look": (rb'(<c r="A5") s="\d+"', rb"\1"),
    "somebody's own remark": (
        rb'(<row r="5".*?)</row>',
        rb'\1<c r="Z5" t="inlineStr"><is><t>mine</t></is></c></row>',
    ),
    "somebody's own formula": (rb'(<row r="5".*?)</row>', rb'\1<c r="Z5"><f>1+1</f></c></row>'),
    "what follows the cells": (rb'(<row r="5".*?)</row>', rb"\1<extLst/></row>"),
    "a row of its own height": (rb'<row r="5"[^>]*>', b'<row r="5" ht="99" customHeight="1">'),
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A workbook with six decisions in it."""
    path = make.book(tmp_path_factory.mktemp("whole") / "b.xlsx", {})
    _write(path, [decision(row) for row in range(2, 8)])
    return path.read_bytes()


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Our form with forty decisions in it, of which some need higher rows."""
    path = desk_books.put(tmp_path_factory.mktemp("many") / "b.xlsx", desk_books.book())
    _write(path, _forty({}))
    return path.read_bytes()


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """Our form without a decision, and with nine."""
    path = desk_books.put(tmp_path_factory.mktemp("few") / "b.xlsx", desk_books.book())
    empty = path.read_bytes()
    _write(path, [decision(row) for row in range(2, 11)])
    return {"empty": empty, "a few": path.read_bytes()}


def _forty(changed: dict) -> list:
    """The forty, with these instead of some of them, by row."""
    usual = {
        row: decision(row, why=LONG) if row % 7 == 0 else decision(row) for row in range(2, 42)
    }
    return [*(usual | changed).values()]


def _write(path, decisions) -> None:
    session = ClosedBook(path)
    session.read()
    write_decisions(session, decisions)
    session.commit()


def _assert_as_cell_by_cell(path, decisions, monkeypatch) -> None:
    """That the decisions written into a workbook are, in all its parts, as without whole rows."""
    before = path.read_bytes()
    _write(path, decisions)
    whole = zips.parts(path)
    path.write_bytes(before)
    monkeypatch.setattr(WholeRows, "put_from", lambda *_: 0)
    monkeypatch.setattr(WholeRows, "find", lambda *_: None)
    _write(path, decisions)
    assert whole == zips.parts(path)


CHANGED = {
    "none": (),
    "the first": (2,),
    "the second": (3,),
    "one in the middle": (20,),
    "the last": (41,),
    "every second": range(2, 42, 2),
    "all behind one": range(9, 42),
}
CHANGES = {
    "another name": lambda row: decision(row, "別名 花子"),
    "a higher row": lambda row: decision(row, why=LONG * 2),
    "the usual height": lambda row: decision(row),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("rows", CHANGED)
def test_rows_that_changed_among_others_that_did_not(many, tmp_path, monkeypatch, rows, change):
    path = tmp_path / "b.xlsx"
    decisions = _forty({row: CHANGES[change](row) for row in CHANGED[rows]})
    path.write_bytes(many)
    _assert_as_cell_by_cell(path, decisions, monkeypatch)


@pytest.mark.parametrize("start", ["empty", "a few"])
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("rows", CHANGED)
def test_new_rows_among_others(few, tmp_path, monkeypatch, rows, change, start):
    """On a sheet with none yet, and behind some."""
    path = tmp_path / "b.xlsx"
    path.write_bytes(few[start])
    decisions = _forty({row: CHANGES[change](row) for row in CHANGED[rows]})
    _assert_as_cell_by_cell(path, decisions, monkeypatch)


@pytest.mark.parametrize("change", BY_HAND)
def test_rows_changed_by_hand_among_others(many, tmp_path, monkeypatch, change):
    pattern, new = BY_HAND[change]
    path = tmp_path / "b.xlsx"
    path.write_bytes(many)
    zips.changed_sheet(path, TAB, pattern, new)
    _assert_as_cell_by_cell(path, _forty({}), monkeypatch)


@pytest.mark.parametrize("now", [3, 6, 9], ids=["fewer", "as many", "more"])
@pytest.mark.parametrize("change", BY_HAND)
def test_whole_rows_are_what_cell_by_cell_makes(written, tmp_path, monkeypatch, change, now):
    pattern, new = BY_HAND[change]
    path = tmp_path / "b.xlsx"
    path.write_bytes(written)
    zips.changed_sheet(path, TAB, pattern, new)
    decisions = [decision(row) for row in (2, 3)]
    decisions += [decision(row, "別名 花子", why=LONG, ground=None) for row in range(4, 2 + now)]
    _assert_as_cell_by_cell(path, decisions, monkeypatch)


def test_a_truth_value_is_no_number(written, tmp_path, monkeypatch):
    """Equal for Python (True, 1 and 1.0), three things for a cell."""
    rows = [OutRow({"row": value}) for value in (7, 1, True, 1.0, 1, True)]
    found = []
    for put in (WholeRows.put_from, lambda *_: 0):
        path = tmp_path / "b.xlsx"
        path.write_bytes(written)
        monkeypatch.setattr(WholeRows, "put_from", put)
        session = ClosedBook(path)
        session.read()
        session.replace_rows("decisions", rows)
        session.commit()
        found.append([row.cells["row"].value for row in read(path, "decisions")])
    assert found[0] == found[1] and list(map(type, found[0])).count(bool) == 2


LINK = Link("acquisition", 5, "name")
ALIKE = [OutRow({"row": 1, "name": "架空 太郎"}, LINK) for _ in range(12)]


@pytest.mark.parametrize(
    "other",
    [
        OutRow({"row": True, "name": "架空 太郎"}, LINK),
        OutRow({"row": 1.0, "name": "架空 太郎"}, LINK),
        OutRow({"row": 1, "name": "架空 太郎"}),
        OutRow({"row": 1, "name": "架空 太郎"}, Link("loss", 5, "name")),
        OutRow({"row": 1, "name": ""}, LINK),
    ],
    ids=["truth value", "fraction", "no link", "another link", "no name"],
)
@pytest.mark.parametrize("first", ["many", "none"])
def test_one_row_of_many_alike_is_another(many, few, tmp_path, monkeypatch, other, first):
    rows = [*ALIKE[:6], other, *ALIKE[6:], other, other, *ALIKE[:2], other]
    found = []
    for put, find in ((WholeRows.put_from, WholeRows.find), (lambda *_: 0, lambda *_: None)):
        path = tmp_path / "b.xlsx"
        path.write_bytes(many if first == "many" else few["empty"])
        monkeypatch.setattr(WholeRows, "put_from", put)
        monkeypatch.setattr(WholeRows, "find", find)
        for now in (ALIKE, rows) if first == "many" else (rows,):
            session = ClosedBook(path)
            session.read()
            session.replace_rows("decisions", now)
            session.commit()
        found.append(zips.parts(path))
    assert found[0] == found[1]


def test_the_same_rows_again_write_nothing(written, tmp_path):
    path = tmp_path / "b.xlsx"
    path.write_bytes(written)
    _write(path, [decision(row) for row in range(2, 8)])
    assert path.read_bytes() == written


def test_rows_that_are_there_are_written_whole(written, tmp_path, monkeypatch):
    path = tmp_path / "b.xlsx"
    path.write_bytes(written)
    done = []
    put = WholeRows.put_from
    monkeypatch.setattr(WholeRows, "put_from", lambda *a: done.append(put(*a)) or done[-1])
    _write(path, [decision(row) for row in range(2, 12)])
    assert sum(done) == 9 and all(done)
