"""The lasting id of a workbook: given with our first write, kept by every other, hidden, no write of
its own."""

import openpyxl
import pytest
from bookparts import make
from sample_rows import people
from shikaku import cli
from shikaku.workbook.book_id import NAME
from shikaku.workbook.closed_file import ClosedBook

DAY = ("--as-of", "2026-04-15")


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    return make.book(tmp_path / "b.xlsx", {"acquisition": people(3)})


def test_reading_gives_none(path):
    old = path.read_bytes()
    assert cli.main(["check", str(path), *DAY]) in (0, 1)
    assert path.read_bytes() == old and ClosedBook(path).read().id == ""


def test_the_first_write_gives_one_that_stays(path):
    ids = []
    for words in (("check", "--write"), ("decide", "--write"), ("returns", "--write")):
        assert cli.main([words[0], str(path), words[1], *DAY]) in (0, 1)
        ids.append(ClosedBook(path).read().id)
    assert len(set(ids)) == 1 and len(ids[0]) == 32
    names = openpyxl.load_workbook(path).defined_names
    assert names[NAME].hidden


def test_the_same_workbook_gets_the_same_id_and_another_gets_another(path, tmp_path):
    copy = tmp_path / "copy.xlsx"
    copy.write_bytes(path.read_bytes())
    other = make.book(tmp_path / "other.xlsx", {"acquisition": people(4)})
    found = []
    for one in (path, copy, other):
        assert cli.main(["check", str(one), "--write", *DAY]) in (0, 1)
        found.append(ClosedBook(one).read().id)
    assert found[0] == found[1] != found[2]
    assert path.read_bytes() == copy.read_bytes()


@pytest.mark.parametrize("text", ["", "x", "1" * 31, "一" * 32, "1" * 400])
def test_a_name_that_holds_no_id_of_ours_is_none(path, text):
    book = openpyxl.load_workbook(path)
    book.defined_names[NAME] = openpyxl.workbook.defined_name.DefinedName(
        NAME, attr_text=f'"{text}"'
    )
    book.save(path)
    assert ClosedBook(path).read().id == ""
