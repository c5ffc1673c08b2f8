"""Saving: whole or not at all, never over someone else's work, with a copy kept."""

import datetime as dt
import errno
import os
import random
import signal
import stat
import subprocess
import sys
import textwrap
import time

import pytest
from bookparts import make
from bookparts.content import finding
from paths import PRODUCT
from shikaku.jobs.output_rows import append_history, write_findings
from shikaku.system import saving
from shikaku.system.errors import BookError
from shikaku.workbook.closed_file import ClosedBook


@pytest.fixture
def path(tmp_path):
    folder = tmp_path / "届出"
    folder.mkdir()
    return make.book(folder / "提出.xlsx", {"acquisition": make.people(3)})


def writing(path, text="確認済") -> ClosedBook:
    """A session with one write waiting."""
    session = ClosedBook(path)
    session.read()
    session.set_cells([("acquisition", 2, "remarks", text)])
    return session


def text(path) -> str:
    return ClosedBook(path).read().tables["acquisition"].rows[0].text("remarks")


def leftovers(path) -> list[str]:
    """Everything in the folder but the workbook and its copy."""
    known = (path.name, path.name + ".bak")
    return [item.name for item in path.parent.iterdir() if item.name not in known]


# ---------------------------------------------------------------- open elsewhere, changed, closed off


@pytest.mark.parametrize("lock", ["~$提出.xlsx", ".~lock.提出.xlsx#"])
def test_a_book_that_is_open_is_refused_at_once(path, lock):
    session = ClosedBook(path)
    session.read()  # reading is all right
    (path.parent / lock).write_bytes(b"x")
    old = path.read_bytes()
    with pytest.raises(BookError, match="開いています"):
        write_findings(session, [finding("acquisition", 2, "name")])
    (path.parent / lock).unlink()
    write_findings(session, [finding("acquisition", 2, "name")])
    (path.parent / lock).write_bytes(b"x")
    with pytest.raises(BookError, match="開いています"):
        session.commit()
    assert path.read_bytes() == old
    assert leftovers(path) == [lock]


def test_a_book_open_through_a_link_is_refused(path, tmp_path):
    link = tmp_path / "近道.xlsx"
    link.symlink_to(path)
    (path.parent / f"~${path.name}").write_bytes(b"x")
    with pytest.raises(BookError):
        saving.refuse_if_open(link)


def test_someone_elses_change_is_never_overwritten(path):
    session = writing(path)
    writing(path, "ほかの人").commit()
    old = path.read_bytes()
    with pytest.raises(BookError, match="変更されました"):
        session.commit()
    assert path.read_bytes() == old and text(path) == "ほかの人"


def test_a_book_that_went_away_is_not_made_anew(path):
    session = writing(path)
    path.unlink()
    with pytest.raises(BookError, match="見つかりません"):
        session.commit()
    assert not path.exists() and leftovers(path) == []


def test_a_read_only_book_stays_so_and_says_so_at_once(path):
    """Before thousands of letters are made that could not be recorded."""
    session = writing(path)
    path.chmod(0o444)
    old = path.read_bytes()
    with pytest.raises(BookError, match="読み取り専用"):
        append_history(ClosedBook(path), [])
    with pytest.raises(BookError, match="読み取り専用"):
        session.commit()
    assert path.read_bytes() == old and not list(path.parent.glob("*.bak"))


def test_two_runs_at_once_wait_for_each_other(path, monkeypatch):
    monkeypatch.setattr(saving, "_PATIENCE", 0.2)
    session = writing(path)
    with saving._alone(path.resolve()), pytest.raises(BookError, match="もう一つ"):
        session.commit()
    session.commit()
    assert text(path) == "確認済"


# ---------------------------------------------------------------- mode, links, the kept copy


def test_mode_is_kept_for_the_book_and_its_copy(path):
    path.chmod(0o640)
    writing(path).commit()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert stat.S_IMODE((path.parent / "提出.xlsx.bak").stat().st_mode) == 0o640


def test_the_draft_can_be_read_by_its_owner_only(path, monkeypatch):
    seen = []
    real = os.fsync

    def look(handle):
        drafts = [item for item in path.parent.iterdir() if item.name.startswith(".shikaku-")]
        seen.extend(stat.S_IMODE(item.stat().st_mode) for item in drafts)
        real(handle)

    monkeypatch.setattr(os, "fsync", look)
    writing(path).commit()
    assert seen and set(seen) == {0o600}


def test_a_link_stays_a_link(path, tmp_path):
    link = tmp_path / "近道.xlsx"
    link.symlink_to(path)
    writing(link).commit()
    assert link.is_symlink() and text(path) == "確認済"
    assert (path.parent / "提出.xlsx.bak").exists() and not (tmp_path / "近道.xlsx.bak").exists()


def test_the_copy_is_the_days_first_old_file(path):
    morning = path.read_bytes()
    backup = path.with_name(path.name + ".bak")
    for number in range(3):
        writing(path, f"第{number}版").commit()
        assert backup.read_bytes() == morning
    yesterday = time.time() - 86_400
    os.utime(backup, (yesterday, yesterday))
    evening = path.read_bytes()
    writing(path, "翌日").commit()
    assert backup.read_bytes() == evening
    assert dt.date.fromtimestamp(backup.stat().st_mtime) == dt.date.today()


# ---------------------------------------------------------------- injected failures


class Pulled(BaseException):
    """The plug is pulled: nothing in the program may catch it."""


def failing(error):
    def fail(*args, **kwargs):
        raise error

    return fail


STEPS = {
    "open": ("os.open", None),
    "write": ("pathlib.Path.write_bytes", None),
    "fsync": ("os.fsync", None),
    "chmod": ("pathlib.Path.chmod", None),
    "replace": ("os.replace", None),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("backup_there", [False, True], ids=["copying", "copied"])
@pytest.mark.parametrize(
    ("error", "word"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "空き容量"),
        (OSError(errno.EROFS, "Read-only file system"), "読み取り専用"),
        (PermissionError(errno.EACCES, "Permission denied"), "開いているか"),
        (OSError(errno.EIO, "Input/output error"), "書き込めません"),
        (Pulled(), None),
        (KeyboardInterrupt(), None),
    ],
    ids=["full", "read-only-fs", "sharing", "io", "pulled", "ctrl-c"],
)
def test_a_failure_at_any_step_leaves_the_old_file_whole(
    path, monkeypatch, step, backup_there, error, word
):
    if backup_there:
        writing(path, "前回").commit()
    session = writing(path)
    old = path.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(STEPS[step][0], failing(error))
        with pytest.raises(BookError if word else type(error)) as caught:
            session.commit()
    if word:
        assert word in caught.value.message
    assert path.read_bytes() == old
    assert leftovers(path) == []
    session.commit()  # the session can try again
    assert text(path) == "確認済" and leftovers(path) == []


def test_a_disk_that_fills_up_in_the_middle_of_the_file(path):
    """Really: the process may write files of 4 kB only."""
    code = f"""
        import resource, signal
        from shikaku.workbook.closed_file import ClosedBook
        from shikaku.system.errors import BookError
        session = ClosedBook({str(path)!r})
        session.read()
        session.set_cells([("acquisition", 2, "remarks", "x")])
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            session.commit()
        except BookError as error:
            print(error.message)
    """
    old = path.read_bytes()
    assert len(old) > 4096
    done = _python(code)
    assert "書き込めません" in done.stdout, done.stderr
    assert path.read_bytes() == old and leftovers(path) == []


def _python(code: str, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(PRODUCT), "PYTHONUTF8": "1"},
        **options,
    )


def test_killed_at_a_random_moment_the_file_is_old_or_new(path):
    """kill -9, 25 times, while rows are appended again and again: no row lost, none doubled."""
    code = f"""
        from shikaku.workbook.closed_file import ClosedBook
        for _ in range(1000):
            session = ClosedBook({str(path)!r})
            count = len(session.read().tables["history"].rows)
            session.append_rows("history", [{{"letter": "notice", "number": f"{{count:06d}}"}}])
            session.commit()
            print(count + 1, flush=True)
    """
    chance = random.Random(8)
    known = 0
    for _ in range(25):
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(code)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(PRODUCT)},
        )
        told = child.stdout.readline()
        time.sleep(chance.random() * 0.05)
        child.send_signal(signal.SIGKILL)
        rest = child.stdout.read().split()
        child.wait()
        rows = ClosedBook(path).read().tables["history"].rows
        numbers = [int(row.text("number")) for row in rows]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) >= max(known, int((rest or [told])[-1]))
        known = len(numbers)
    writing(path).commit()
    assert leftovers(path) == []  # drafts of the killed runs are gone
