"""Killed, out of space, locked, twice at once: nothing is lost, nothing is doubled.

Commands run in forked children of this process, which has everything imported: a kill a second
would be slow otherwise. What a single save does under kills is in ``test_book_disk``.
"""

import contextlib
import ctypes
import dataclasses
import os
import random
import signal
import subprocess
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from bookparts import make
from shikaku import cli
from shikaku.book.atomic import _draft_start
from shikaku.book.file import ClosedBook
from shikaku.letters import run as letters_run
from shikaku.letters.pool import Job

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="os.fork がないため、この試験は実行できません。"
)
DAY = ("--as-of", "2026-04-15")
KILLS = {"check": 20, "returns": 70, "collect": 50, "letters": 70}
KINDS = ("certificate-cover", "status-check", "mynumber-request")


class Inline:
    """``letters.pool.Pool`` without processes: the kill hits the worker's steps as well."""

    def __init__(self, handler, size):
        self._state = handler()

    def teach(self, name, thing):
        self._state.learn(name, thing)

    def run(self, jobs, again):
        for job in jobs:
            for order in getattr(job.work, "orders", ()):
                one = Job(_alone(job.work, order), job.seconds)
                yield one, self._state.work(one.work)

    def close(self, patience=0.0):
        self._state.close()


def _alone(work, order):
    return dataclasses.replace(work, orders=(order,))


def start(folder: Path, *words: object, before: Callable[[], None] | None = None) -> int:
    """Start a command in a child; what it says goes to ``said`` in the folder. Its process id."""
    child = os.fork()
    if child:
        return child
    code = 99
    with contextlib.suppress(BaseException):
        os.environ["SHIKAKU_LOG_DIR"] = str(folder / "log")
        handle = os.open(folder / f"said-{os.getpid()}", os.O_CREAT | os.O_RDWR)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        if before:
            before()
        code = cli.main([str(w) for w in words])
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def end(folder: Path, child: int) -> tuple[int, str]:
    """Wait for a child: its exit status (minus the signal that killed it) and what it said."""
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    said = folder / f"said-{child}"
    text = said.read_text("utf-8", "replace") if said.exists() else ""
    said.unlink(missing_ok=True)
    return status, text


def run(folder: Path, *words: object, before=None) -> tuple[int, str]:
    """Run a command to its end."""
    return end(folder, start(folder, *words, before=before))


def timed(folder: Path, *words: object, before=None) -> float:
    """Seconds that a command takes; it must succeed."""
    begun = time.monotonic()
    status, said = run(folder, *words, before=before)
    assert status in (0, 1), said
    return time.monotonic() - begun


def killed(folder: Path, delay: float, *words: object, before=None) -> bool:
    """Start a command and kill it after a while. False when it had ended by itself."""
    child = start(folder, *words, before=before)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    status, said = end(folder, child)
    assert status in (-signal.SIGKILL, 0, 1), said
    return status == -signal.SIGKILL


@pytest.fixture(scope="module", autouse=True)
def everything_imported(tmp_path_factory):
    """Run each command here once, so that no child has to import and compile anew."""
    folder = tmp_path_factory.mktemp("warm")
    furnished(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHIKAKU_LOG_DIR", str(folder / "log"))
        patch.setattr(letters_run, "Pool", Inline)
        grammar = cli.parser()
        for words in commands(folder).values():
            with (
                open(os.devnull, "w") as out,
                contextlib.redirect_stdout(out),
                contextlib.redirect_stderr(out),
            ):
                assert cli.main([str(w) for w in words]) in (0, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli, "parser", lambda: grammar)
        yield


def inline() -> None:
    """In a child: letters are made in this very process."""
    letters_run.Pool = Inline


def people(count: int, first: int = 1) -> list[dict]:
    """Members who get a certificate and are asked about their registration, without numbers."""
    return [
        {
            "symbol": "1201", "number": f"{n:04d}", "branch": "00", "kind": "被保険者",
            "name": f"見本 {'一二三四五六七八九十'[n % 10]}郎", "kana": "ミホン タロウ", "birth": "H2.1.2",
            "sex": "男", "postal_code": "1000001", "address": "東京都千代田区1-1", "acquired": "R5.4.1",
            "myna_status": "カードなし", "want": "希望する", "department": "総務",
        }
        for n in range(first, first + count)
    ]  # fmt: skip


def book(path: Path, first: int = 1, employer: str = "見本商事") -> Path:
    """A small workbook that gives every command something to do."""
    members = people(3, first)
    joined = [
        {k: v for k, v in m.items() if k not in ("branch", "kind")} | {"acquired": "R8.4.1"}
        for m in people(2, first + 100)
    ]
    gone = people(2, first + 200)
    ledger = [
        {"document": "資格確認書", "control_no": f"K-{m['number']}", "issued": "R7.12.2"}
        | {k: m[k] for k in ("symbol", "number", "branch", "name", "kind")}
        for m in gone
    ]
    loss = [
        {k: m[k] for k in ("symbol", "number", "name", "birth")}
        | {"left": "R8.2.28", "lost": "R8.3.1", "cause": "退職等", "certificates_attached": "0"}
        for m in gone
    ]
    settings = {
        "insurer_number": "06139992", "insurer_name": "見本健康保険組合", "insurer_address": "東京都",
        "insurer_phone": "03-0000-0000", "employer_symbol": "1201", "employer_name": employer,
        "employer_address": "東京都", "employer_owner": "見本", "certificate_expiry": "2027-11-30",
    }  # fmt: skip
    rows = {"members": members, "acquisition": joined, "loss": loss, "ledger": ledger}
    return make.book(path, rows, settings=settings)


def rows(path: Path, *sheets: str) -> dict[str, list[tuple]]:
    """What stands on the sheets, read by the product."""
    tables = ClosedBook(path).read().tables
    return {
        key: [tuple(sorted((k, c.text) for k, c in row.cells.items() if c.text)) for row in tables[key].rows]
        for key in sheets
        if key in tables
    }  # fmt: skip


def drafts(folder: Path) -> list[str]:
    """Files of ours that no user should see; the journal and its lock belong to OUT."""
    known = (".shikaku-journal.jsonl", ".shikaku-lock")
    return [p.name for p in folder.rglob(".shikaku*") if p.name not in known]


ALL = ("members", "acquisition", "loss", "ledger", "history", "findings", "decisions")


# ---------------------------------------------------------------- kill -9


@pytest.mark.parametrize("command", ["check", "returns"])
def test_a_killed_write_is_wholly_there_or_not_at_all(tmp_path, command):
    path = book(tmp_path / "b.xlsx")
    before = path.read_bytes()
    words = (command, path, "--write", *DAY)
    old = rows(path, *ALL)
    seconds = timed(tmp_path, *words)
    after = rows(path, *ALL)
    assert old != after
    chance, kills, outcomes = random.Random(command), 0, Counter()
    while kills < KILLS[command]:
        path.write_bytes(before)
        kills += killed(tmp_path, chance.uniform(0.3, 1.05) * seconds, *words)
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
    book(inbox / "2.xlsx", first=11, employer="架空産業")
    seconds = timed(tmp_path, *words)
    after = rows(out, *sheets)
    assert len(after["members"]) == 6 and len(old["members"]) == 3
    chance, kills, outcomes = random.Random("collect"), 0, Counter()
    while kills < KILLS["collect"]:
        out.write_bytes(before)
        kills += killed(tmp_path, chance.uniform(0.3, 1.05) * seconds, *words)
        whole = out.read_bytes() != before
        assert not whole or rows(out, *sheets) == after
        outcomes[whole] += 1
    assert outcomes[False]
    assert run(tmp_path, *words)[0] in (0, 1)
    assert run(tmp_path, *words)[0] in (0, 1)  # a further run takes nothing twice
    assert rows(out, *sheets) == after and not drafts(tmp_path)


def letter_words(path: Path, out: Path) -> tuple:
    kinds = [w for kind in KINDS for w in ("--kind", kind)]
    return ("letters", path, "--out", out, "--format", "docx", *kinds, *DAY)


def letters_on_disk(out: Path) -> dict[str, bytes]:
    """Every letter's file; each is whole: a zip without a fault."""
    found = {}
    for file in out.glob("[!.]*/*.docx"):  # a folder of parts is nobody's to look into
        with zipfile.ZipFile(file) as archive:
            assert archive.testzip() is None
            found[file.relative_to(out).as_posix()] = archive.read("word/document.xml")
    return found


def reference(folder: Path) -> tuple[dict, dict]:
    """What an undisturbed run leaves: rows and files."""
    folder.mkdir()
    path = book(folder / "b.xlsx")
    assert run(folder, *letter_words(path, folder / "out"), before=inline)[0] == 0
    kept = rows(path, *ALL)
    files = letters_on_disk(folder / "out")
    assert len(kept["history"]) >= len(files) >= 6
    return kept, files


@pytest.mark.parametrize("pool", ["inline", "processes"])
def test_killed_letters_are_finished_by_the_next_run(tmp_path, pool):
    """Up to four kills in a row, then a run to the end: each letter once on disk and in 発行履歴."""
    wanted, files = reference(tmp_path / "undisturbed")
    before = inline if pool == "inline" else None
    chance, kills, grown = random.Random(pool), 0, 0
    goal = KILLS["letters"] if pool == "inline" else 4
    number, seconds = 0, 0.0
    while kills < goal:
        folder = tmp_path / str(number)
        folder.mkdir()
        path, out = book(folder / "b.xlsx"), folder / "out"
        words = letter_words(path, out)
        if not seconds:
            seconds = timed(folder, *words, before=before)
            number += 1
            continue
        history, there = rows(path, "history")["history"], {}
        for _ in range(4):
            kills += killed(folder, chance.uniform(0.15, 1.05) * seconds, *words, before=before)
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
    for final in (path, tmp_path / "b.xlsx.bak", out / "index.csv", out / "summary.json"):
        final.with_name(f"{_draft_start(final)}x{final.suffix}").write_bytes(b"half")
    (out / "certificate" / ".shikaku-1.part").write_bytes(b"half")
    (out / ".shikaku-parts").mkdir()
    (out / ".shikaku-parts" / "1.docx").write_bytes(b"half")
    assert len(drafts(tmp_path)) == 6
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


# ---------------------------------------------------------------- no space, no permission, no peace


def commands(folder: Path) -> dict[str, tuple]:
    """The writing commands over ``b.xlsx`` and ``inbox`` of a folder."""
    path = folder / "b.xlsx"
    return {
        "check": ("check", path, "--write", *DAY),
        "returns": ("returns", path, "--write", *DAY),
        "collect": ("collect", folder / "inbox", "--out", folder / "c.xlsx", *DAY),
        "letters": letter_words(path, folder / "out"),
        "export": ("export", path, "--out", folder / "csv", *DAY),
    }


def furnished(folder: Path) -> dict[str, bytes]:
    """Put a workbook and an inbox there; every file that is there now."""
    (folder / "inbox").mkdir(parents=True)
    book(folder / "b.xlsx")
    book(folder / "inbox" / "1.xlsx")
    return {str(p): p.read_bytes() for p in folder.rglob("*.xlsx")}


def no_large_files() -> None:
    """In a child: no file may grow beyond 2 kB, as on a disk that is full."""
    import resource

    inline()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))


# A CSV of so few people is smaller than the limit.
@pytest.mark.parametrize("command", ["check", "returns", "collect", "letters"])
def test_files_that_can_not_grow(tmp_path, command):
    old = furnished(tmp_path)
    words = commands(tmp_path)[command]
    status, said = run(tmp_path, *words, before=no_large_files)
    assert status in (1, 2) and "書き込め" in said and "Traceback" not in said, said
    assert "思いがけない" not in said
    assert {str(p): p.read_bytes() for p in tmp_path.rglob("*.xlsx")} == old
    assert not drafts(tmp_path) and not list(tmp_path.rglob("*.docx"))
    status, said = run(tmp_path, *words, before=inline)
    assert status in (0, 1), said
    assert "書き込め" not in said


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 400 kB; only root may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(place)]
    try:
        done = subprocess.run(words, capture_output=True).returncode
    except OSError:
        done = 1
    if done:
        pytest.skip("小さなファイルシステムを mount できないため、この試験は実行できません。")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.mark.parametrize("command", ["check", "returns", "collect", "letters", "export"])
def test_a_disk_that_is_really_full(small_disk, tmp_path, command):
    old = furnished(small_disk)
    filler = small_disk / "filler"
    with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    words = commands(small_disk)[command]
    status, said = run(tmp_path, *words, before=inline)
    assert status in (1, 2) and "空き容量" in said and "思いがけない" not in said, said
    assert {str(p): p.read_bytes() for p in small_disk.rglob("*.xlsx")} == old
    assert not drafts(small_disk) and not list(small_disk.rglob("*.docx"))
    filler.unlink()
    status, said = run(tmp_path, *words, before=inline)
    assert status in (0, 1) and "空き容量" not in said, said


def without_powers() -> None:
    """In a child: root without its power to write where the mode says no."""
    inline()
    if os.geteuid() == 0:
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)
        assert ctypes.CDLL(None).capset(header, (ctypes.c_uint32 * 6)()) == 0


@pytest.mark.skipif(
    not Path("/proc").exists(), reason="Linux の権限がないため、この試験は実行できません。"
)
@pytest.mark.parametrize("command", ["check", "returns", "collect", "letters", "export"])
def test_a_read_only_folder(tmp_path, command):
    place = tmp_path / "place"
    old = furnished(place)
    words = commands(place)[command]
    place.chmod(0o555)
    try:
        status, said = run(tmp_path, *words, before=without_powers)
        assert status == 2 and "権限" in said and "思いがけない" not in said, said
        assert {str(p): p.read_bytes() for p in place.rglob("*") if p.is_file()} == old
    finally:
        place.chmod(0o755)
    assert run(tmp_path, *words, before=inline)[0] in (0, 1)


@pytest.mark.parametrize("lock", ["~$b.xlsx", ".~lock.b.xlsx#"])
@pytest.mark.parametrize("command", ["check", "returns", "letters"])
def test_a_workbook_that_is_open_elsewhere(tmp_path, command, lock):
    old = furnished(tmp_path)
    words = commands(tmp_path)[command]
    (tmp_path / lock).write_bytes(b"x")
    status, said = run(tmp_path, *words, before=inline)
    assert status == 2 and "開いています" in said, said
    assert (tmp_path / "b.xlsx").read_bytes() == old[str(tmp_path / "b.xlsx")]
    (tmp_path / lock).unlink()
    status, said = run(tmp_path, *words, before=inline)
    assert status in (0, 1), said
    if command == "letters":
        wanted, files = reference(tmp_path / "undisturbed")
        assert letters_on_disk(tmp_path / "out") == files
        assert rows(tmp_path / "b.xlsx", *ALL) == wanted


def test_a_worklist_that_is_open_elsewhere(tmp_path):
    furnished(tmp_path)
    words = commands(tmp_path)["collect"]
    assert run(tmp_path, *words)[0] in (0, 1)
    old = (tmp_path / "c.xlsx").read_bytes()
    book(tmp_path / "inbox" / "2.xlsx", first=11, employer="架空産業")
    (tmp_path / "~$c.xlsx").write_bytes(b"x")
    status, said = run(tmp_path, *words)
    assert status == 2 and "開いています" in said and (tmp_path / "c.xlsx").read_bytes() == old


_BUSY = ("まだ動いています", "変更されました", "もう一つの shikaku")


@pytest.mark.parametrize("same_out", [True, False], ids=["same folder", "two folders"])
def test_two_runs_of_letters_at_once(tmp_path, same_out):
    wanted, files = reference(tmp_path / "undisturbed")
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
