"""The command ``collect``: what it says, what it refuses."""

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
    seal,
)
from shikaku import cli
from shikaku.jobs import collect
from shikaku.jobs.new import new
from shikaku.system.errors import BookError, UsageError


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


def test_more_rows_than_a_sheet_holds(inbox, tmp_path, monkeypatch):
    from shikaku.desk.collect import worklist

    monkeypatch.setattr(worklist, "MAX_ROWS", 3)
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
