"""Rows of ours written whole: the same bytes as cell by cell, whatever stands in them."""

import pytest
from bookparts import make, zips
from bookparts.content import decision
from bookparts.ours import read
from shikaku.jobs.output_rows import write_decisions
from shikaku.model.schema import schema
from shikaku.workbook.closed_file import ClosedBook
from shikaku.workbook.session import OutRow
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


def _write(path, decisions) -> None:
    session = ClosedBook(path)
    session.read()
    write_decisions(session, decisions)
    session.commit()


@pytest.mark.parametrize("now", [3, 6, 9], ids=["fewer", "as many", "more"])
@pytest.mark.parametrize("change", BY_HAND)
def test_whole_rows_are_what_cell_by_cell_makes(written, tmp_path, monkeypatch, change, now):
    pattern, new = BY_HAND[change]
    path = tmp_path / "b.xlsx"
    path.write_bytes(written)
    zips.changed_sheet(path, TAB, pattern, new)
    before = path.read_bytes()
    decisions = [decision(row) for row in (2, 3)]
    decisions += [decision(row, "別名 花子", why=LONG, ground=None) for row in range(4, 2 + now)]
    _write(path, decisions)
    whole = path.read_bytes()
    path.write_bytes(before)
    monkeypatch.setattr(WholeRows, "put", lambda *_: False)
    monkeypatch.setattr(WholeRows, "find", lambda *_: None)
    _write(path, decisions)
    assert zips.parts(whole) == zips.parts(path)


def test_a_truth_value_is_no_number(written, tmp_path, monkeypatch):
    """Equal for Python (True, 1 and 1.0), three things for a cell."""
    rows = [OutRow({"row": value}) for value in (7, 1, True, 1.0, 1, True)]
    found = []
    for put in (WholeRows.put, lambda *_: False):
        path = tmp_path / "b.xlsx"
        path.write_bytes(written)
        monkeypatch.setattr(WholeRows, "put", put)
        session = ClosedBook(path)
        session.read()
        session.replace_rows("decisions", rows)
        session.commit()
        found.append([row.cells["row"].value for row in read(path, "decisions")])
    assert found[0] == found[1] and list(map(type, found[0])).count(bool) == 2


def test_the_same_rows_again_write_nothing(written, tmp_path):
    path = tmp_path / "b.xlsx"
    path.write_bytes(written)
    _write(path, [decision(row) for row in range(2, 8)])
    assert path.read_bytes() == written


def test_rows_that_are_there_are_written_whole(written, tmp_path, monkeypatch):
    path = tmp_path / "b.xlsx"
    path.write_bytes(written)
    done = []
    put = WholeRows.put
    monkeypatch.setattr(WholeRows, "put", lambda *a: done.append(put(*a)) or done[-1])
    _write(path, [decision(row) for row in range(2, 12)])
    assert done == [True] * 9
