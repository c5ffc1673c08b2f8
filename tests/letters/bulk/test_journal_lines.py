"""What became of the letters of a run, read from its journal when it is asked for."""

from collections import deque

import letterkit
import pytest
from letter_runs import letter
from shikaku.letters.bulk.journal import FILE, Digest, RunJournal
from shikaku.letters.bulk.letter_result import result_for
from shikaku.letters.model import LetterValues
from shikaku.system.errors import UsageError


def test_results_are_those_that_were_told_one_by_one(make):
    told = []
    letters = [letter(1), letter(2, context={"kana": None}), letter(1), letter(3)]
    report = make(letters, on_done=told.append)
    assert len(report.results) == 4
    assert sorted(report.results, key=lambda r: r.key) == sorted(told, key=lambda r: r.key)
    assert [r.people[0].row for r in report.results] == [3, 4, 3, 5]
    assert [report.results[at] for at in range(-4, 4)] == 2 * list(report.results)
    assert report.results[1:3] == list(report.results)[1:3]
    with pytest.raises(IndexError):
        report.results[4]


def test_what_was_made_and_what_was_not(make, tmp_path):
    (tmp_path / "out" / "notice" / "1234-2-00_見本.docx").mkdir(parents=True)
    report = make([letter(number, "見本") for number in range(4)])
    assert [r.state for r in report.results] == ["done", "done", "failed", "done"]
    assert [r.people[0].row for r in report.made] == [2, 3, 5]
    assert [r.people[0].row for r in report.faults] == [4]
    assert report.counts == {"done": 3, "failed": 1}


def test_kept_ones_stand_at_their_place_in_this_run(make, tmp_path):
    letters = [letter(number) for number in range(5)]
    files = [result.files for result in make(letters).results]
    journal = tmp_path / "out" / FILE
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines[:4]))  # three are written down, and no end
    again = make(letters[::-1])
    states = {r.people[0].row: r.state for r in again.results}
    assert states == {2: "kept", 3: "kept", 4: "kept", 5: "done", 6: "done"}
    assert [r.people[0].row for r in again.results] == [6, 5, 4, 3, 2]
    assert [r.files for r in again.results] == files[::-1]
    assert [r.state for r in again.made] == [r.state for r in again.results]


def test_a_character_that_no_file_can_hold_is_still_in_the_result(tmp_path):
    journal = RunJournal(tmp_path / "out")
    odd = [result_for(letter(number, name), name) for number, name in enumerate("a\udc41b")]
    digest = Digest("content", "digest")
    journal.add([(result, place, digest, "s") for place, result in enumerate(odd)])
    assert list(journal.results()) == odd and list(journal.results().good()) == odd
    journal.close()


def test_a_journal_that_is_gone_or_another_one_is_said(make, tmp_path):
    report = make([letter(1), letter(2)])
    (tmp_path / "out" / FILE).write_bytes(b"{}")
    with pytest.raises(UsageError):
        list(report.results)
    (tmp_path / "out" / FILE).unlink()
    with pytest.raises(UsageError):
        list(report.results)


def test_letters_of_a_deque_go_when_they_are_made(make, tmp_path):
    letters = list(letterkit.letters(3))
    pile = deque(letters)
    from_pile, from_list = make(pile, out="pile"), make(letters, out="list")
    assert not pile and len(letters) == 3
    assert list(from_pile.results) == list(from_list.results)


def test_what_a_letter_says_is_as_a_dict_has_it():
    said = {"b": 1, "a": [2]}
    one, other = LetterValues(said), LetterValues({"b": 3, "a": 4})
    assert one == said and dict(one) == said and list(one) == ["b", "a"] and len(one) == 2
    assert "c" not in one and one.get("c") is None and repr(one) == repr(said)
    assert one != other and other["a"] == 4
