"""``shikaku restore``: the states before our writes, and none that purge has erased."""

import json
import re
import shlex
from types import SimpleNamespace

import pytest
from desk_books import book, clean, put
from shikaku import cli
from shikaku.system import command_line, snapshots
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


def test_a_workbook_that_is_damaged_now_comes_back(place, capsys):
    old = place.read_bytes()
    assert cli.main(["check", str(place), "--write", *DAY]) in (0, 1)
    place.write_bytes(b"PK half a file")
    assert listed(place, capsys) == [1]
    assert cli.main(["restore", str(place), "--to", "1"]) == 0 and place.read_bytes() == old
    assert "壊れて" in capsys.readouterr().out
    assert cli.main(["restore", str(place), "--to", "1"]) == 0  # what was there is kept, too
    assert place.read_bytes() == b"PK half a file"


@pytest.mark.parametrize("youngest", [None, b"PK half a state"], ids=["sound", "damaged, too"])
def test_what_was_erased_comes_back_to_no_damaged_workbook(place, capsys, youngest):
    people = clean(3)
    people[0] |= {"filed": "H29.4.1", "acquired": "H29.3.28"}
    put(place, book(acquisition=people))
    snapshots.keep(place, place.read_bytes())
    held = snapshots.states(place)[0].read()
    assert cli.main(["purge", str(place), "--write", *DAY]) == 0
    snapshots.keep(place, held)
    snapshots.keep(place, place.read_bytes())
    if youngest:
        snapshots.keep(place, youngest)
    place.write_bytes(b"")
    assert listed(place, capsys) == [1]
    assert cli.main(["restore", str(place), "--to", "1"]) == 0
    capsys.readouterr()
    assert cli.main(["purge", str(place), *DAY, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["count"] == 0


def commands(text: str) -> list[list[str]]:
    """The commands that a text shows, each as its words."""
    return [shlex.split(line) for line in re.findall(r"shikaku (restore .*)", text)]


@pytest.mark.parametrize("name", ["b.xlsx", "a b/届出 $1 (控え).xlsx"])
def test_the_commands_shown_are_to_be_copied_as_they_stand(tmp_path, name, capsys):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    old = put(path, book(acquisition=clean(3))).read_bytes()
    assert cli.main(["check", str(path), "--write", *DAY]) in (0, 1)
    new = path.read_bytes()
    assert cli.main(["restore", str(path), "--list"]) == 0
    for there in (old, new, old):
        (words,) = commands(capsys.readouterr().out)
        assert cli.main(words) == 0 and path.read_bytes() == there
    assert cli.main(["restore", str(path), "--to", "9"]) == 2
    assert cli.main(["restore", words[1]]) == 0


@pytest.mark.parametrize(
    ("system", "word", "shown"),
    [
        ("posix", "a b", '"a b"'),
        ("posix", "届出.xlsx", "届出.xlsx"),
        ("posix", "$1", "'$1'"),
        ("posix", r"a\b", r"'a\b'"),
        ("posix", "", '""'),
        ("nt", r"C:\届出\b.xlsx", r"C:\届出\b.xlsx"),
        ("nt", r"C:\a b\$1.xlsx", r'"C:\a b\$1.xlsx"'),
    ],
)
def test_a_word_is_quoted_where_the_system_wants_it(monkeypatch, system, word, shown):
    monkeypatch.setattr(command_line, "os", SimpleNamespace(name=system))
    assert command_line.shown("restore", word) == f"shikaku restore {shown}"
