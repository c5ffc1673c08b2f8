"""What a killed run leaves goes with the next start of any command; what is in work stays."""

import contextlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from faultkit import (
    commands,
    die_in_the_first_draft,
    die_when_binding,
    drafts,
    end,
    furnished,
    inline,
    more_commands,
    no_space,
    run,
    start,
)
from shikaku import cli
from shikaku.excel import button
from shikaku.system import file_locks
from shikaku.system import temporary_files as noting

needs_fork = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="os.fork がないため、この試験は実行できません。"
)
NUMBER = "000000200014"
EVERY = [*commands(Path()), *more_commands(Path())]


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A folder that no run has worked in, with a log of its own."""
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    place = tmp_path / "elsewhere"
    place.mkdir()
    return place


def lists(folder: Path) -> list[Path]:
    place = folder / "log" / "drafts"
    return sorted(place.iterdir()) if place.is_dir() else []


# ---------------------------------------------------------------- commands


@needs_fork
@pytest.mark.parametrize("command", EVERY)
def test_any_command_clears_up_after_any_other(tmp_path, elsewhere, monkeypatch, command):
    place = tmp_path / NUMBER  # nobody should name a folder so, but somebody will
    old = furnished(place)
    words = (commands(place) | more_commands(place))[command]
    status, said = run(tmp_path, *words, before=die_in_the_first_draft)
    assert status == -signal.SIGKILL, said
    assert drafts(place) and len(lists(tmp_path)) == 1
    noted = lists(tmp_path)[0].read_text("utf-8")
    assert noted.strip() and NUMBER not in noted and NUMBER not in lists(tmp_path)[0].name
    if os.name != "nt":
        assert lists(tmp_path)[0].stat().st_mode & 0o077 == 0
        assert lists(tmp_path)[0].parent.stat().st_mode & 0o077 == 0
    monkeypatch.chdir(elsewhere)
    status, said = run(tmp_path, "log")
    assert status == 0, said
    assert not drafts(place) and not lists(tmp_path)
    assert {n: (place / n).read_bytes() for n in old} == old


@needs_fork
def test_a_run_that_ends_leaves_no_list(tmp_path):
    furnished(tmp_path)
    for words in (commands(tmp_path) | more_commands(tmp_path)).values():
        assert run(tmp_path, *words, before=inline)[0] in (0, 1)
    assert (tmp_path / "log" / "drafts").is_dir() and not lists(tmp_path)


@needs_fork
def test_a_fault_leaves_no_list_either(tmp_path):
    furnished(tmp_path)
    assert run(tmp_path, *commands(tmp_path)["check"], before=no_space)[0] == 2
    assert not drafts(tmp_path) and not lists(tmp_path)


OFFICE = """#!{python}
import pathlib, time
pathlib.Path({started!r}).write_text(str(pathlib.Path.cwd()))
time.sleep(600)
"""


@needs_fork
def test_workers_and_their_office_are_at_work_until_they_die(tmp_path, elsewhere, monkeypatch):
    """The command is killed while its worker waits for the office program: the worker's folder
    stays until the worker is dead, too."""
    furnished(tmp_path)
    started, temp = tmp_path / "started", tmp_path / "temp"
    temp.mkdir()
    office = tmp_path / "soffice"
    office.write_text(OFFICE.format(python=sys.executable, started=str(started)))
    office.chmod(0o755)
    monkeypatch.setenv("SHIKAKU_SOFFICE", str(office))
    monkeypatch.setenv("TMPDIR", str(temp))
    words = (
        "letters",
        tmp_path / "b.xlsx",
        "--out",
        tmp_path / "out",
        "--kind",
        "certificate-cover",
    )
    child = start(tmp_path, *words, "--pdf-engine", "libreoffice")
    until = time.monotonic() + 60
    while not started.exists() or not started.read_text():
        assert time.monotonic() < until
        time.sleep(0.05)
    folder = Path(started.read_text())
    family = _below(child)
    os.kill(child, signal.SIGKILL)
    end(tmp_path, child)
    try:
        assert run(tmp_path, "log")[0] == 0
        assert folder.is_dir() and list(folder.glob("*.docx")) and lists(tmp_path)
    finally:
        for process in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
    until = time.monotonic() + 30
    while any(_alive(p) for p in family) and time.monotonic() < until:
        time.sleep(0.05)
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    noting.sweep()
    assert not folder.exists() and not lists(tmp_path)
    assert [p.name for p in temp.iterdir() if "shikaku-locks" not in p.name] == []


def _below(process: int) -> list[int]:
    """The processes that a process has started, and theirs."""
    found = []
    for task in Path(f"/proc/{process}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [int(child), *_below(int(child))]
    return found


def _alive(process: int) -> bool:
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


@needs_fork
def test_a_killed_run_per_employer_leaves_no_parts(tmp_path, elsewhere):
    """Letters to be bound wait in a folder of their run."""
    furnished(tmp_path)
    words = ("letters", tmp_path / "b.xlsx", "--out", tmp_path / "out", "--per", "employer")

    status, said = run(
        tmp_path, *words, "--kind", "certificate-cover", "--format", "docx", before=die_when_binding
    )
    assert status == -signal.SIGKILL, said
    assert list(tmp_path.rglob(".shikaku-parts*/*.docx"))
    assert run(tmp_path, "templates", "list")[0] == 0
    assert not drafts(tmp_path) and not lists(tmp_path)


def test_buttons_clear_up_as_well(elsewhere, monkeypatch):
    swept = []
    monkeypatch.setattr(noting, "sweep", lambda: swept.append(1))
    monkeypatch.setattr(button.host, "active_app", lambda: None)
    button.run(lambda app: None)
    assert swept


# ---------------------------------------------------------------- lists


def dead(folder: Path, *lines: object, name: str = "1-dead") -> Path:
    """A list of a process that was killed."""
    place = folder / "log" / "drafts"
    place.mkdir(parents=True, exist_ok=True)
    path = place / name
    path.write_text("".join(f"\n{json.dumps(line)}\n" for line in map(str, lines)), "utf-8")
    return path


def test_what_is_in_work_stays(elsewhere):
    place = elsewhere / f"{noting.MARK}a"
    with noting.noted(place):
        place.write_text("half")
        noting.sweep()
        assert place.exists() and len(lists(elsewhere.parent)) == 1
        with noting.folder(elsewhere) as folder:
            noting.sweep()
            assert folder.is_dir()
        assert not folder.exists()
        place.unlink()
    assert not lists(elsewhere.parent)


def test_a_draft_that_could_not_be_removed_stays_noted(elsewhere):
    """A virus scanner has it open, say."""
    place = elsewhere / f"{noting.MARK}a"
    with noting.noted(place):
        place.write_text("half")
    assert lists(elsewhere.parent)
    noting.sweep()
    assert not place.exists() and not lists(elsewhere.parent)


def test_nothing_else_is_ever_removed(elsewhere):
    """Whatever stands in a list: only names that drafts have, and no pattern for a name."""
    mine = elsewhere / "b.xlsx"
    hidden = elsewhere / ".shikaku-journal.jsonl"
    for path in (mine, hidden):
        path.write_text("mine")
    dead(elsewhere.parent, mine, elsewhere, "", "/", f"{elsewhere}/.shikaku-*", [], {}, 5, None)
    noting.sweep()
    assert mine.exists() and hidden.exists() and not lists(elsewhere.parent)


def test_a_link_is_removed_and_not_what_it_points_to(elsewhere):
    target = elsewhere / "kept"
    target.mkdir()
    (target / "file").write_text("mine")
    link = elsewhere / f"{noting.MARK}link"
    link.symlink_to(target)
    dead(elsewhere.parent, link)
    noting.sweep()
    assert not link.is_symlink() and (target / "file").exists()


def test_a_torn_line_spoils_no_other(elsewhere):
    first, second = elsewhere / f"{noting.MARK}a", elsewhere / f"{noting.MARK}b"
    for path in (first, second):
        path.write_text("half")
    listed = dead(elsewhere.parent, first)
    listed.write_text(f'{listed.read_text()}\n"/tmp/.shik\n{json.dumps(str(second))}\n')
    noting.sweep()
    assert not first.exists() and not second.exists() and not lists(elsewhere.parent)


def test_a_stick_that_is_gone_is_remembered_for_a_while(elsewhere):
    away = elsewhere / "stick" / f"{noting.MARK}a"
    listed = dead(elsewhere.parent, away)
    noting.sweep()
    assert listed.exists()
    away.parent.mkdir()
    away.write_text("half")
    noting.sweep()
    assert not away.exists() and not listed.exists()
    listed = dead(elsewhere.parent, elsewhere / "lost" / f"{noting.MARK}a")
    month = time.time() - 31 * 86_400
    os.utime(listed, (month, month))
    noting.sweep()
    assert not listed.exists()


def test_a_draft_goes_with_the_folder_of_another_process(elsewhere):
    """A worker's draft in the folder that its parent has made for the letters of the run."""
    folder = elsewhere / f"{noting.MARK}parts"
    within = folder / f"{noting.MARK}a"
    folder.mkdir()
    within.write_text("half")
    dead(elsewhere.parent, folder)
    dead(elsewhere.parent, within, name="2-dead")
    noting.sweep()
    assert not folder.exists() and not lists(elsewhere.parent)


def test_folders_with_odd_names_are_found(elsewhere):
    odd = elsewhere / "届[1]*出 ？" / f"番号{NUMBER}、０００００００００１２３"
    odd.mkdir(parents=True)
    place = odd / f"{noting.MARK}a"
    with noting.noted(place):
        place.write_text("half")
    noted = json.loads(lists(elsewhere.parent)[0].read_text("utf-8"))
    assert NUMBER not in noted and "０００" not in noted
    noting.sweep()
    assert not place.exists()


def test_windows_removes_no_open_file(elsewhere, monkeypatch):
    """There a file that somebody has open can't be removed: it goes with a later start."""
    place = elsewhere / f"{noting.MARK}a"
    place.write_text("half")
    listed = dead(elsewhere.parent, place)
    unlink = Path.unlink

    def refuse(path, missing_ok=False):
        if path == place:
            raise PermissionError(13, "sharing violation", str(path))
        unlink(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refuse)
        noting.sweep()
        assert place.exists() and listed.exists()
    noting.sweep()
    assert not place.exists() and not listed.exists()


def test_locks_of_windows(elsewhere, monkeypatch):
    """``msvcrt`` played: a byte can be locked once, and the list itself is open while it is."""
    held: set[int] = set()

    def locking(handle: int, mode: int, count: int) -> None:
        inode = os.fstat(handle).st_ino
        if (mode, count) != (2, 1) or inode in held:
            raise PermissionError(13, "Permission denied")
        held.add(inode)

    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(LK_NBLCK=2, locking=locking))
    monkeypatch.setattr(file_locks, "os", SimpleNamespace(name="nt"))
    place = elsewhere / f"{noting.MARK}a"
    with noting.noted(place):
        place.write_text("half")
        noting.sweep()
        assert place.exists()
        held.clear()  # the process was killed
        noting.sweep()
        assert not place.exists()


def test_no_list_is_no_reason_to_fail(tmp_path, monkeypatch, capsys):
    blocked = tmp_path / "log"
    blocked.write_text("a file where the log's folder should be")
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(blocked))
    assert cli.main(["new", str(tmp_path / "b.xlsx")]) == 0
    assert (tmp_path / "b.xlsx").exists() and not drafts(tmp_path)
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log2"))
    monkeypatch.setattr(file_locks, "take", lambda handle: False)  # a share without locks
    assert cli.main(["new", str(tmp_path / "c.xlsx")]) == 0
    assert (tmp_path / "c.xlsx").exists() and not lists(tmp_path)


def test_a_start_never_waits_long(elsewhere, monkeypatch):
    many = [elsewhere / f"{noting.MARK}{n}" for n in range(50)]
    for path in many:
        path.write_text("half")
    listed = dead(elsewhere.parent, *many)
    unlink = Path.unlink

    def slow(path, missing_ok=False):
        time.sleep(0.01)
        unlink(path, missing_ok)

    with monkeypatch.context() as patch:
        patch.setattr(noting, "_SECONDS", 0.05)
        patch.setattr(Path, "unlink", slow)
        begun = time.monotonic()
        noting.sweep()
        assert time.monotonic() - begun < 1
        assert any(p.exists() for p in many) and listed.exists()
    noting.sweep()
    assert not any(p.exists() for p in many)
