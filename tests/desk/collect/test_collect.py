"""The command ``collect``: what it says, what it refuses."""

import datetime as dt
import json

import pytest
from desk_books import (
    DAY,
    PASSWORD,
    book,
    clean,
    numbers_in,
    plain_workbook,
    put,
    read,
    seal,
)
from shikaku import cli
from shikaku.jobs import collect
from shikaku.jobs.new import new
from shikaku.system.errors import BookError, UsageError
from shikaku.workbook.closed_file import ClosedBook


def test_refusals(inbox, tmp_path):
    out = tmp_path / "BOOK.xlsx"
    with pytest.raises(UsageError):
        collect.collect(tmp_path / "nowhere", out)
    with pytest.raises(UsageError):
        collect.collect(inbox, out)
    put(inbox / "a.xlsx", book(acquisition=clean(1)))
    with pytest.raises(BookError):
        collect.collect(inbox, tmp_path / "BOOK.xls")
    employer = put(tmp_path / "employer.xlsx", book(acquisition=clean(1)))
    before = employer.read_bytes()
    with pytest.raises(BookError):  # somebody's own workbook is never filled with others' rows
        collect.collect(inbox, employer)
    assert employer.read_bytes() == before
    other = put(tmp_path / "other.xlsx", plain_workbook())
    with pytest.raises(BookError):
        collect.collect(inbox, other)
    collect.collect(inbox, out, as_of=DAY)
    put(inbox / "b.xlsx", book("別会社", "2", loss=clean(1, seed=2)))
    (tmp_path / "~$BOOK.xlsx").write_bytes(b"x")
    before = out.read_bytes()
    with pytest.raises(BookError):
        collect.collect(inbox, out, as_of=DAY)
    assert out.read_bytes() == before


def test_without_an_insurers_number_no_book_is_known_as_anothers(inbox, tmp_path):
    """設定 of ``new`` is blank: that nobody is told apart is said until it isn't."""
    put(inbox / "a.xlsx", book(acquisition=clean(1)))
    new(out := tmp_path / "ours.xlsx")
    assert len(collect.collect(inbox, out, as_of=DAY).notes) == 1
    ours = put(tmp_path / "named.xlsx", book("", ""))
    assert collect.collect(inbox, ours, as_of=DAY).notes == []


def test_the_insurer_is_learnt_from_the_first_book_that_can_be_read(inbox, tmp_path, passwords):
    """A first run without the password leaves 設定 blank; what a person has put there stays."""
    put(inbox / "a.xlsx", seal(book(acquisition=clean(1))))
    said = read(put(tmp_path / "said.xlsx", book())).settings["insurer_number"].text
    for out, typed in ((tmp_path / "one.xlsx", ""), (tmp_path / "two.xlsx", "06139463")):
        assert collect.collect(inbox, out, as_of=DAY).exit_status == 1
        if typed:
            session = ClosedBook(out)
            place = session.read().setting_rows["insurer_number"]
            session.set_cells([("settings", place, "", typed)])
            session.commit()
        collect.collect(inbox, out, passwords, as_of=DAY)
        assert said and read(out).settings["insurer_number"].text == (typed or said)
        name = read(out).settings.get("insurer_name")
        assert bool(name and name.text) is not bool(typed)


@pytest.mark.parametrize(
    ("limit", "most"),
    [
        ("desk.collect.worklist.MAX_ROWS", 3),
        ("ooxml.package.MAX_PART", 20_000),  # what could not be read again the next day
        ("workbook.editor.MAX_PART", 20_000),
    ],
)
def test_more_rows_than_a_sheet_holds(inbox, tmp_path, monkeypatch, limit, most):
    monkeypatch.setattr(f"shikaku.{limit}", most)
    put(inbox / "a.xlsx", book(acquisition=clean(2)))
    put(inbox / "b.xlsx", book("別会社", "2", acquisition=clean(2, seed=2)))
    with pytest.raises(BookError):
        collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    assert not (tmp_path / "BOOK.xlsx").exists() and not list(tmp_path.glob(".shikaku*"))


def test_the_command(inbox, tmp_path, capsys, passwords):
    people = clean(2)
    put(inbox / "a.xlsx", seal(book(acquisition=people)))
    words = ["collect", str(inbox), "--out", str(tmp_path / "BOOK.xlsx"), "--json"]
    words += ["--password-file", str(passwords), "--as-of", "2026-04-15"]
    assert cli.main(words) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["counts"]["taken"] == 1
    assert cli.main(["check", str(tmp_path / "BOOK.xlsx"), "--as-of", "2026-04-15"]) == 0
    assert cli.main(["log", "--json"]) == 0
    logged = capsys.readouterr().out
    text = said.out + said.err + logged + (tmp_path / "log" / "audit.jsonl").read_text("utf-8")
    assert PASSWORD not in text and not numbers_in(text) and people[0]["name"] not in logged


def test_more_differences_than_a_sheet_holds(inbox, tmp_path, monkeypatch):
    """Each sheet has three rows, 差異 would have four."""
    monkeypatch.setattr("shikaku.desk.collect.worklist.MAX_ROWS", 3)
    out, people = tmp_path / "BOOK.xlsx", clean(6)
    put(inbox / "a.xlsx", book(acquisition=people[:3], loss=people[3:]))
    collect.collect(inbox, out, as_of=DAY)
    before, moved = out.read_bytes(), {"remarks": "転居"}
    again = book(acquisition=[people[0] | moved], loss=[people[3] | moved])
    put(inbox / "b.xlsx", again, DAY + dt.timedelta(1))
    with pytest.raises(BookError):
        collect.collect(inbox, out, as_of=DAY)
    assert out.read_bytes() == before


def test_a_worklist_remembers_the_rows_of_all_its_sheets(inbox, tmp_path, monkeypatch):
    """取込控え has a row for each row of the four sheets, and no link."""
    for module in ("desk.collect.worklist", "workbook.reader"):
        monkeypatch.setattr(f"shikaku.{module}.MAX_ROWS", 200)
    monkeypatch.setattr("shikaku.ooxml.limits.LINKS", 250)
    put(inbox / "a.xlsx", book(acquisition=clean(150)))
    put(inbox / "b.xlsx", book("別会社", "3", loss=clean(150, seed=3)))
    out = tmp_path / "BOOK.xlsx"
    for _ in range(2):
        collect.collect(inbox, out, as_of=DAY)
        assert [len(read(out).tables[key].rows) for key in ("acquisition", "loss")] == [150, 150]
