"""Killed, out of space, locked, twice at once: nothing is lost, nothing is doubled.

Commands run in forked children of a process that has everything imported (``faultkit``): a kill a
second would be slow otherwise. What a single save does under kills is in ``test_book_disk``.
"""

import os
import time
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from faultkit import (
    DAY,
    Killer,
    book,
    commands,
    drafts,
    end,
    furnished,
    inline,
    letter_words,
    rows,
    run,
    start,
)  # fmt: skip
from shikaku.system.atomic import short_name

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="os.fork がないため、この試験は実行できません。"
)
KILLS = {"check": 8, "returns": 20, "collect": 15, "letters": 20}


ALL = ("members", "acquisition", "loss", "ledger", "history", "findings", "decisions")


# ---------------------------------------------------------------- kill -9


@pytest.mark.parametrize("command", ["check", "returns"])
def test_a_killed_write_is_wholly_there_or_not_at_all(tmp_path, command):
    path = book(tmp_path / "b.xlsx")
    before = path.read_bytes()
    words = (command, path, "--write", *DAY)
    old = rows(path, *ALL)
    killer, outcomes = Killer(command, *words, folder=tmp_path), Counter()
    after = rows(path, *ALL)
    assert old != after
    while killer.kills < KILLS[command]:
        path.write_bytes(before)
        killer.strike(tmp_path, *words)
        whole = path.read_bytes() != before
        assert not whole or rows(path, *ALL) == after
        outcomes[whole] += 1
    path.write_bytes(before)
    assert run(tmp_path, *words)[0] in (0, 1)
    assert rows(path, *ALL) == after and not drafts(tmp_path)
    assert outcomes[False]


def test_a_killed_collect_is_wholly_there_or_not_at_all(tmp_path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    out = tmp_path / "c.xlsx"
    book(inbox / "1.xlsx")
    words = ("collect", inbox, "--out", out, *DAY)
    sheets = ("members", "acquisition", "loss", "ledger", "history")
    assert run(tmp_path, *words)[0] in (0, 1)
    before = out.read_bytes()
    old = rows(out, *sheets)
    book(inbox / "2.xlsx", first=11, employer="架空産業", symbol="1202")
    killer, outcomes = Killer("collect", *words, folder=tmp_path), Counter()
    after = rows(out, *sheets)
    assert len(after["members"]) == 6 and len(old["members"]) == 3
    while killer.kills < KILLS["collect"]:
        out.write_bytes(before)
        killer.strike(tmp_path, *words)
        whole = out.read_bytes() != before
        assert not whole or rows(out, *sheets) == after
        outcomes[whole] += 1
    assert outcomes[False]
    assert run(tmp_path, *words)[0] in (0, 1)
    assert run(tmp_path, *words)[0] in (0, 1)  # a further run takes nothing twice
    assert rows(out, *sheets) == after and not drafts(tmp_path)


def letters_on_disk(out: Path) -> dict[str, bytes]:
    """Every letter's file; each is whole: a zip without a fault."""
    found = {}
    for file in out.glob("[!.]*/*.docx"):  # a folder of parts is nobody's to look into
        with zipfile.ZipFile(file) as archive:
            assert archive.testzip() is None
            found[file.relative_to(out).as_posix()] = archive.read("word/document.xml")
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory) -> tuple[dict, dict]:
    """What an undisturbed run of letters leaves: rows and files."""
    folder = tmp_path_factory.mktemp("undisturbed")
    path = book(folder / "b.xlsx")
    assert run(folder, *letter_words(path, folder / "out"), before=inline)[0] == 0
    kept = rows(path, *ALL)
    files = letters_on_disk(folder / "out")
    assert len(kept["history"]) >= len(files) >= 6
    return kept, files


@pytest.mark.parametrize("pool", ["inline", "processes"])
def test_killed_letters_are_finished_by_the_next_run(undisturbed, tmp_path, pool):
    """Up to four kills in a row, then a run to the end: each letter once on disk and in 発行履歴."""
    wanted, files = undisturbed
    before = inline if pool == "inline" else None
    whole = tmp_path / "whole"
    whole.mkdir()
    words = letter_words(book(whole / "b.xlsx"), whole / "out")
    killer, grown, number = Killer(pool, *words, folder=whole, before=before), 0, 0
    while killer.kills < (KILLS["letters"] if pool == "inline" else 4):
        folder = tmp_path / str(number)
        folder.mkdir()
        path, out = book(folder / "b.xlsx"), folder / "out"
        words = letter_words(path, out)
        history, there = rows(path, "history")["history"], {}
        for _ in range(4):
            killer.strike(folder, *words, after=0.15)
            now = rows(path, "history")["history"]
            assert now[: len(history)] == history
            history = now
            seen = letters_on_disk(out)
            assert there.keys() <= seen.keys() <= files.keys()
            grown += len(seen) > len(there)
            there = seen
        _age(folder)
        status, said = _after_workers(folder, *words, before=before)
        assert status == 0, said
        assert letters_on_disk(out) == files
        assert rows(path, *ALL) == wanted
        assert not drafts(folder)
        number += 1
    assert grown or pool != "inline"  # kills in the middle of the letters were among them


def _age(folder: Path) -> None:
    """As if the kills had been two minutes ago: a young draft may be another run's."""
    for name in drafts(folder):
        for draft in folder.rglob(name):
            os.utime(draft, (time.time() - 120,) * 2)


def test_drafts_of_killed_runs_go_with_the_next(tmp_path):
    path, out = book(tmp_path / "b.xlsx"), tmp_path / "out"
    (out / "certificate").mkdir(parents=True)
    for final in (path, out / "index.csv", out / "summary.json"):
        final.with_name(f"{short_name(final)}-x{final.suffix}").write_bytes(b"half")
    (out / "certificate" / ".shikaku-1.part").write_bytes(b"half")
    (out / ".shikaku-parts").mkdir()
    (out / ".shikaku-parts" / "1.docx").write_bytes(b"half")
    assert len(drafts(tmp_path)) == 5
    _age(tmp_path)
    status, said = run(tmp_path, *letter_words(path, out), before=inline)
    assert status == 0 and not drafts(tmp_path), said


def _after_workers(folder: Path, *words: object, before=None) -> tuple[int, str]:
    """Run once a killed run's workers, which end by themselves, have let the folder go."""
    until = time.monotonic() + 30
    while True:
        status, said = run(folder, *words, before=before)
        if "まだ動いています" not in said or time.monotonic() > until:
            return status, said
        time.sleep(0.2)


# ---------------------------------------------------------------- no peace


@pytest.mark.parametrize("lock", ["~$b.xlsx", ".~lock.b.xlsx#"])
@pytest.mark.parametrize("command", ["check", "returns", "letters"])
def test_a_workbook_that_is_open_elsewhere(undisturbed, tmp_path, command, lock):
    old = furnished(tmp_path)
    words = commands(tmp_path)[command]
    (tmp_path / lock).write_bytes(b"x")
    status, said = run(tmp_path, *words, before=inline)
    assert status == 2 and "開いています" in said, said
    assert (tmp_path / "b.xlsx").read_bytes() == old["b.xlsx"]
    (tmp_path / lock).unlink()
    status, said = run(tmp_path, *words, before=inline)
    assert status in (0, 1), said
    if command == "letters":
        wanted, files = undisturbed
        assert letters_on_disk(tmp_path / "out") == files
        assert rows(tmp_path / "b.xlsx", *ALL) == wanted


def test_a_worklist_that_is_open_elsewhere(tmp_path):
    furnished(tmp_path)
    words = commands(tmp_path)["collect"]
    assert run(tmp_path, *words)[0] in (0, 1)
    old = (tmp_path / "c.xlsx").read_bytes()
    book(tmp_path / "inbox" / "2.xlsx", first=11, employer="架空産業", symbol="1202")
    (tmp_path / "~$c.xlsx").write_bytes(b"x")
    status, said = run(tmp_path, *words)
    assert status == 2 and "開いています" in said and (tmp_path / "c.xlsx").read_bytes() == old


_BUSY = ("まだ動いています", "変更されました", "もう一つの shikaku")


@pytest.mark.parametrize("same_out", [True, False], ids=["same folder", "two folders"])
def test_two_runs_of_letters_at_once(undisturbed, tmp_path, same_out):
    wanted, files = undisturbed
    for trial in range(4):
        folder = tmp_path / str(trial)
        folder.mkdir()
        path = book(folder / "b.xlsx")
        outs = [folder / "out", folder / ("out" if same_out else "out2")]
        children = [start(folder, *letter_words(path, out), before=inline) for out in outs]
        ended = [end(folder, child) for child in children]
        assert 0 in {status for status, _ in ended}, ended
        for status, said in ended:
            assert status == 0 or (status == 2 and any(word in said for word in _BUSY)), said
        assert rows(path, *ALL) == wanted
        if same_out:
            assert letters_on_disk(outs[0]) == files
        assert not drafts(folder)


def test_two_runs_of_returns_at_once(tmp_path):
    for trial in range(6):
        folder = tmp_path / str(trial)
        folder.mkdir()
        path = book(folder / "b.xlsx")
        words = ("returns", path, "--write", *DAY)
        children = [start(folder, *words) for _ in range(2)]
        ended = [end(folder, child) for child in children]
        assert 0 in {status for status, _ in ended}, ended
        for status, said in ended:
            assert status == 0 or (status == 2 and any(word in said for word in _BUSY)), said
        ledger = rows(path, "ledger")["ledger"]
        numbers = [dict(row)["control_no"] for row in ledger]
        assert len(numbers) == len(set(numbers)) >= 2
        now = path.read_bytes()
        assert run(folder, *words)[0] == 0 and path.read_bytes() == now  # nothing was left to do


def test_two_collects_at_once(tmp_path):
    furnished(tmp_path)
    words = commands(tmp_path)["collect"]
    children = [start(tmp_path, *words) for _ in range(2)]
    ended = [end(tmp_path, child) for child in children]
    assert {status for status, _ in ended} <= {0, 1, 2}
    assert min(status for status, _ in ended) < 2, ended
    assert "思いがけない" not in str(ended)
    assert len(rows(tmp_path / "c.xlsx", "members")["members"]) == 3
