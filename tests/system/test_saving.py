"""Saving: whole or not at all, never over someone else's work, its old state kept."""

import errno
import os
import random
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import forked_workers
import pytest
from bookparts import make
from findings import finding
from paths import PRODUCT
from sample_rows import people
from shikaku.jobs.output_rows import append_history, write_findings
from shikaku.system import atomic, commits, in_place, saving, snapshots
from shikaku.system.errors import BookError
from shikaku.workbook.closed_file import ClosedBook


@pytest.fixture
def path(tmp_path):
    folder = tmp_path / "届出"
    folder.mkdir()
    return make.book(folder / "提出.xlsx", {"acquisition": people(3)})


def writing(path, text="確認済") -> ClosedBook:
    """A session with one write waiting."""
    session = ClosedBook(path)
    session.read()
    session.set_cells([("acquisition", 2, "remarks", text)])
    return session


def text(path) -> str:
    return ClosedBook(path).read().tables["acquisition"].rows[0].text("remarks")


def leftovers(path) -> list[str]:
    """Everything in the folder but the workbook."""
    return [item.name for item in path.parent.iterdir() if item.name != path.name]


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


def test_mode_is_kept_for_the_book_and_its_state_is_the_owners_alone(path):
    path.chmod(0o644)
    writing(path).commit()
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    (state,) = snapshots.states(path)
    assert stat.S_IMODE(state.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(state.path.parent.stat().st_mode) == 0o700


def test_the_draft_can_be_read_by_its_owner_only(path, monkeypatch):
    seen = []
    real = os.fsync

    def look(handle):
        drafts = [i for i in path.parent.iterdir() if i.name.startswith(".shikaku-")]
        drafts = [item for item in drafts if item.suffix != ".lock"]
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
    assert leftovers(path) == [] and len(snapshots.states(path)) == 1


def test_ten_states_are_kept_the_youngest_first(path):
    contents = []
    for number in range(13):
        contents.append(path.read_bytes())
        writing(path, f"第{number}版").commit()
    kept = [state.read() for state in snapshots.states(path)]
    assert kept == contents[:-11:-1]


def test_without_a_place_for_states_the_work_goes_on_and_it_is_said(path, monkeypatch):
    commits.begin()
    monkeypatch.setattr(snapshots, "keep", failing(OSError(errno.EIO, "")))
    writing(path).commit()
    assert text(path) == "確認済" and len(commits.remarks()) == 1 and commits.done()


# ---------------------------------------------------------------- owner, group, links, attributes


_CLERK = """
import fcntl, getpass, glob, importlib, json, pwd, shutil, tempfile, encodings.idna
import os
from pathlib import Path
from shikaku.system import commits, in_place, saving, snapshots
path = Path({path!r})
os.setgroups([1234]); os.setgid(2000); os.setuid(2000)
before = path.read_bytes()
saving.save(path, b"PK new", before)
"""
"""A user who is neither root nor the book's owner, but of the book's group, writes it."""


@pytest.fixture
def team(tmp_path):
    """A folder of a team with a book that belongs to somebody else in it."""
    if os.name == "nt" or os.getuid() != 0:
        pytest.skip("ほかの利用者になるには管理者の権限が要ります。")
    top = Path(tempfile.gettempdir())
    for folder in (tmp_path, *tmp_path.parents):  # the others must get there
        if folder != top and folder.is_relative_to(top):
            folder.chmod(0o755)
    place = tmp_path / "team"
    place.mkdir()
    os.chown(place, 1000, 1234)
    place.chmod(0o2770)
    book = place / "b.xlsx"
    book.write_bytes(b"PK old")
    os.chown(book, 1000, 1234)
    book.chmod(0o660)
    return book


def test_a_colleagues_write_leaves_the_book_to_its_owner_and_group(team, monkeypatch, tmp_path):
    log = tmp_path / "clerk"
    log.mkdir()
    os.chown(log, 2000, 2000)
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(log))
    done = _python(_CLERK.format(path=str(team)))
    assert done.returncode == 0, done.stderr
    status = team.stat()
    assert team.read_bytes() == b"PK new"
    assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (1000, 1234, 0o660)
    assert [p.name for p in team.parent.iterdir()] == ["b.xlsx"]


def test_hard_links_stay_and_show_the_new_content(path):
    other = path.with_name("別名.xlsx")
    os.link(path, other)
    writing(path).commit()
    assert path.stat().st_ino == other.stat().st_ino and text(other) == "確認済"
    assert leftovers(path) == ["別名.xlsx"]


def test_extended_attributes_stay(path):
    try:
        os.setxattr(path, "user.team", "給与".encode())
    except (OSError, AttributeError):
        pytest.skip("このファイルシステムには拡張属性がありません。")
    writing(path).commit()
    assert os.getxattr(path, "user.team").decode() == "給与" and text(path) == "確認済"


@pytest.mark.parametrize("cut", [0, 1, 700, 3000, 5000, 5300])
def test_a_write_in_place_that_was_cut_off_is_undone(path, cut, monkeypatch):
    """The process dies after so many bytes; the next reader gets the old book."""
    old = path.read_bytes()
    new = bytes(reversed(old))[: len(old) - 100] + b"x" * 300

    def dying(handle, data):
        os.pwrite(handle, data[:cut], 0)
        raise Pulled

    monkeypatch.setattr(in_place, "_put", dying)
    with pytest.raises(Pulled):
        in_place.overwrite(path, new)
    monkeypatch.undo()
    assert in_place.pending(path)
    saving.recover(path)
    assert path.read_bytes() == old and not in_place.pending(path)


def test_somebody_elses_work_after_a_cut_off_write_is_left_alone(path, monkeypatch):
    def dying(handle, data):
        raise Pulled

    monkeypatch.setattr(in_place, "_put", dying)
    with pytest.raises(Pulled):
        in_place.overwrite(path, b"PK new")
    monkeypatch.undo()
    path.write_bytes(b"PK of somebody else, longer than either" * 400)
    mine = path.read_bytes()
    saving.recover(path)
    assert path.read_bytes() == mine and not in_place.pending(path)


def test_new_files_and_folders_are_never_open_to_others(tmp_path):
    before = os.umask(0)
    try:
        for mode, file, folder in (
            (0o777, 0o660, 0o770),
            (0o755, 0o640, 0o750),
            (0o700, 0o600, 0o700),
        ):
            parent = tmp_path / f"{mode:o}"
            parent.mkdir()
            parent.chmod(mode)
            with atomic.replacing(parent / "a" / "b.csv") as draft:
                draft.write_bytes(b"x")
            made = parent / "a"
            assert stat.S_IMODE(made.stat().st_mode) == folder
            assert stat.S_IMODE((made / "b.csv").stat().st_mode) == file
    finally:
        os.umask(before)


def test_a_change_in_the_last_moment_is_seen(path, monkeypatch):
    session = writing(path)
    real = os.fsync

    def late(handle):
        real(handle)
        path.write_bytes(b"PK somebody saved just now")

    monkeypatch.setattr(os, "fsync", late)
    with pytest.raises(BookError, match="変更されました"):
        session.commit()
    assert path.read_bytes() == b"PK somebody saved just now"


def test_the_lock_lies_beside_the_book_whatever_the_temporary_folder(path, monkeypatch, tmp_path):
    monkeypatch.setattr(saving, "_PATIENCE", 0.2)
    session = writing(path)
    with saving._alone(path.resolve()):
        monkeypatch.setenv("TMPDIR", str(tmp_path / "other"))
        with pytest.raises(BookError, match="もう一つ"):
            session.commit()
    assert leftovers(path) == []


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
    if step == "chmod" and isinstance(error, PermissionError):
        pytest.skip("許されないときは、その場に書き込みます(上の試験)。")
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


def test_killed_at_a_random_moment_the_file_is_old_or_new(path, tmp_path):
    """kill -9, 25 times, while rows are appended again and again: no row lost, none doubled."""
    if not hasattr(os, "fork"):
        pytest.skip("os.fork がないため、この試験は実行できません。")
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
    for number in range(25):
        said = tmp_path / str(number)
        said.mkdir()
        child = forked_workers.begun(textwrap.dedent(code), os.environ, said)
        forked_workers.first_line(child, said)
        time.sleep(chance.random() * 0.05)
        child.kill()
        child.join(60)
        told = (said / "out").read_text("utf-8").split()
        rows = ClosedBook(path).read().tables["history"].rows
        numbers = [int(row.text("number")) for row in rows]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) >= max(known, int(told[-1]))
        known = len(numbers)
    writing(path).commit()
    assert leftovers(path) == []  # drafts of the killed runs are gone
