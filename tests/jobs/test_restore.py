"""``shikaku restore``: the states before our writes, and none that purge has erased."""

import json

import pytest
from desk_books import book, clean, put
from shikaku import cli
from shikaku.system import snapshots
from shikaku.workbook.closed_file import ClosedBook

DAY = ("--as-of", "2026-04-15")


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    return put(tmp_path / "b.xlsx", book(acquisition=clean(3)))


def listed(path, capsys) -> list[int]:
    capsys.readouterr()
    assert cli.main(["restore", str(path), "--list", "--json"]) == 0
    return [state["no"] for state in json.loads(capsys.readouterr().out)["states"]]


def test_a_write_is_taken_back_and_the_taking_back_too(place, capsys):
    old = place.read_bytes()
    assert listed(place, capsys) == []
    assert cli.main(["check", str(place), "--write", *DAY]) in (0, 1)
    new = place.read_bytes()
    assert listed(place, capsys) == [1] and new != old
    assert cli.main(["restore", str(place)]) == 0 and place.read_bytes() == new  # alone it lists
    assert cli.main(["restore", str(place), "--to", "1"]) == 0 and place.read_bytes() == old
    assert cli.main(["restore", str(place), "--to", "1"]) == 0 and place.read_bytes() == new
    assert len(listed(place, capsys)) == 3
    assert cli.main(["restore", str(place), "--to", "3"]) == 0 and place.read_bytes() == old


@pytest.mark.parametrize("number", ["0", "1", "11"])
def test_a_state_that_is_not_there_is_refused(place, number, capsys):
    old = place.read_bytes()
    assert cli.main(["restore", str(place), "--to", number]) == 2
    assert place.read_bytes() == old and "控え" in capsys.readouterr().err


def test_what_was_erased_comes_back_from_no_state(place, capsys, monkeypatch, tmp_path):
    people = clean(3)
    people[0]["filed"] = "H29.4.1"
    people[0]["acquired"] = "H29.3.28"
    put(place, book(acquisition=people))
    assert cli.main(["check", str(place), "--write", *DAY]) in (0, 1)
    # A colleague's machine keeps a state of its own, and hears nothing of the erasure.
    monkeypatch.setenv("SHIKAKU_STATE_DIR", str(tmp_path / "colleague"))
    assert cli.main(["tidy", str(place), "--write", *DAY]) in (0, 1)
    snapshots.keep(place, place.read_bytes())
    monkeypatch.delenv("SHIKAKU_STATE_DIR")
    assert cli.main(["purge", str(place), "--write", *DAY]) == 0
    assert listed(place, capsys) == [] and snapshots.states(place) == []
    erased = place.read_bytes()
    monkeypatch.setenv("SHIKAKU_STATE_DIR", str(tmp_path / "colleague"))
    assert snapshots.states(place)
    assert cli.main(["restore", str(place), "--to", "1"]) == 2
    assert snapshots.states(place) == [] and place.read_bytes() == erased
    assert ClosedBook(place).read().tables["acquisition"].rows
