"""Commands in forked children, to be killed, starved and set against each other.

The children are forked by a process of their own (``python faultkit.py``), which has imported the
program and nothing else: forked from pytest's, each would begin with the memory of all tests
before it, copy it page by page, and inherit its limits and threads.
"""

import contextlib
import ctypes
import dataclasses
import functools
import gc
import os
import pickle
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from paths import PRODUCT

if __name__ == "__main__":
    sys.path.insert(0, str(PRODUCT))

import forked_workers
import inline_pool
import new_worklists
import quick_passwords
from bookparts import make
from sample_rows import certificate_holders
from shikaku import cli
from shikaku.letters.bulk import produce as letters_run
from shikaku.letters.bulk.worker import LetterWorker
from shikaku.system import worker_pool
from shikaku.system.work import Job
from shikaku.workbook.closed_file import ClosedBook

DAY = ("--as-of", "2026-04-15")
KINDS = ("certificate-cover", "status-check", "mynumber-request")


class Inline(inline_pool.Inline):
    """``letters.pool.Pool`` without processes: the kill hits the worker's steps as well."""

    def run(self, jobs, again):
        for job in jobs:
            for order in getattr(job.work, "orders", ()):
                one = Job(_alone(job.work, order), job.seconds)
                yield one, self.worker.work(one.work)


def _alone(work, order):
    return dataclasses.replace(work, orders=(order,))


class Forker:
    """The process that forks: asked by pickles on its input, answers by pickles on its output."""

    def __init__(self) -> None:
        # A child whose files cannot grow would leave half a module's bytecode for all others.
        words = [sys.executable, "-B", __file__]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        pickle.load(self._process.stdout)  # ready

    def ask(self, *what: object) -> int:
        """("start", (folder, words, before, place, environment)): the id of a new child.
        ("end", id): the exit status of a child, waited for."""
        pickle.dump(what, self._process.stdin)
        self._process.stdin.flush()
        return pickle.load(self._process.stdout)

    @staticmethod
    def live() -> None:
        """The life of that process."""
        asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
        os.dup2(2, 1)
        new_worklists.install()
        quick_passwords.install()
        grow_up()
        gc.collect()
        gc.freeze()  # the children need not go through what they begin with
        with contextlib.suppress(EOFError):
            pickle.dump(0, answers)
            answers.flush()
            while True:
                what, about = pickle.load(asked)
                if what == "start":
                    answer = os.fork() or _be_a_child(*about)
                else:
                    answer = os.waitstatus_to_exitcode(os.waitpid(about, 0)[1])
                pickle.dump(answer, answers)
                answers.flush()


@functools.cache
def forker() -> Forker:
    """The one of this test process; it ends when its input does."""
    return Forker()


def _be_a_child(
    folder: Path, words: list[str], before: Callable[[], None] | None, place: str, environment: dict
) -> None:
    """Run a command and be gone; what it says goes to ``said-ID`` in the folder."""
    code = 99
    with contextlib.suppress(BaseException):
        os.environ.clear()
        os.environ.update(environment, SHIKAKU_LOG_DIR=str(folder / "log"))
        tempfile.tempdir = None
        os.chdir(place)
        handle = os.open(folder / f"said-{os.getpid()}", os.O_CREAT | os.O_RDWR)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        sys.stdin, sys.stdout, sys.stderr = map(os.fdopen, range(3), "rww")
        if before:
            before()
        try:
            code = cli.main(words)
        except SystemExit as wish:
            code = int(wish.code or 0)
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def start(folder: Path, *words: object, before: Callable[[], None] | None = None) -> int:
    """Start a command in a child, with the working folder and environment that are now those of
    the test. Its process id. before: a function of this module, called in the child first."""
    told = (folder, [str(w) for w in words], before, os.getcwd(), dict(os.environ))
    return forker().ask("start", told)


def end(folder: Path, child: int) -> tuple[int, str]:
    """Wait for a child: its exit status (minus the signal that killed it) and what it said."""
    status = forker().ask("end", child)
    said = folder / f"said-{child}"
    text = said.read_text("utf-8", "replace") if said.exists() else ""
    said.unlink(missing_ok=True)
    return status, text


def run(folder: Path, *words: object, before=None) -> tuple[int, str]:
    """Run a command to its end."""
    return end(folder, start(folder, *words, before=before))


class Killer:
    """Kills a command again and again, at moments spread over the time that it takes.

    Its time is first measured on a whole run, which must succeed. A command that ended before its
    kill was quicker than thought (the machine was busy, say): the next kill comes sooner.
    """

    def __init__(self, seed: str, *words: object, folder: Path, before=None) -> None:
        self.kills = 0
        self._chance, self._before = random.Random(seed), before
        forker()  # its start takes longer than the run
        begun = time.monotonic()
        status, said = run(folder, *words, before=before)
        assert status in (0, 1), said
        self._seconds = time.monotonic() - begun

    def strike(self, folder: Path, *words: object, after: float = 0.3) -> None:
        """Start a command and kill it, ``after`` that share of its time at the soonest."""
        child = start(folder, *words, before=self._before)
        time.sleep(self._chance.uniform(after, 1.05) * self._seconds)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        status, said = end(folder, child)
        assert status in (-signal.SIGKILL, 0, 1), said
        if status == -signal.SIGKILL:
            self.kills += 1
        else:
            self._seconds *= 0.95


# ---------------------------------------------------------------- what befalls a child


def inline() -> None:
    """In a child: letters are made in this very process."""
    letters_run.own_workers = lambda jobs: Inline(LetterWorker, 1)


def small_files(size: int) -> None:
    """In a child: no file may grow beyond so many bytes, as on a disk that is full."""
    import resource

    inline()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def without_powers() -> None:
    """In a child: root without its power to write where the mode says no."""
    inline()
    if os.geteuid() == 0:
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)
        assert ctypes.CDLL(None).capset(header, (ctypes.c_uint32 * 6)()) == 0


def bounded() -> None:
    """In a child: 20 seconds, and 2 GB of addresses; its workers have its imports."""
    import resource

    worker_pool.multiprocessing = forked_workers.Forks()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(20)
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))


def die_in_the_first_draft() -> None:
    """In a child: the first draft is half written when the process is killed."""
    from shikaku.system import temporary_files as noting

    inline()
    write = Path.write_bytes

    def half(path: Path, data: bytes) -> int:
        if path.name.startswith(noting.MARK):
            write(path, data[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        return write(path, data)

    Path.write_bytes = half


def die_when_binding() -> None:
    """In a child: killed when the letters of an employer are put together."""
    from shikaku.letters.bulk import worker

    inline()
    worker._bind = lambda work: os.kill(os.getpid(), signal.SIGKILL)


def no_space() -> None:
    """In a child: nothing gets onto the disk."""

    def fail(*_):
        raise OSError(28, "No space left on device")

    os.fsync = fail


GROUP = 1234
"""The group of a team whose members share a folder."""


def _become(name: str, number: int) -> None:
    """In a child: a user with temporary folder, log and state of his own; where the tests run as
    root, also a user of the system who may read everything (Python itself may lie in root's home),
    but writes and gives away only what is his or his group's."""
    own = Path(f"{os.environ['SHIKAKU_LOG_DIR']}-{name}")
    for place in (own, own / "tmp", own / "state"):
        place.mkdir(exist_ok=True)
        if os.geteuid() == 0:
            os.chown(place, number, number)
    os.environ |= {
        "SHIKAKU_LOG_DIR": str(own), "SHIKAKU_STATE_DIR": str(own / "state"), "TMPDIR": str(own / "tmp"),
    }  # fmt: skip
    inline()
    os.umask(0o007)
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        libc.prctl(8, 1, 0, 0, 0)  # keep capabilities over the change of user
        os.setgroups([GROUP])
        os.setgid(number)
        os.setuid(number)
        header = (ctypes.c_uint32 * 2)(0x20080522, 0)
        read_and_search = 1 << 2
        powers = (ctypes.c_uint32 * 6)(read_and_search, read_and_search)
        assert libc.capset(header, powers) == 0


def alice() -> None:
    """In a child: the owner of the team's workbook."""
    _become("alice", 2001)


def bob() -> None:
    """In a child: a colleague, who can't give a file to its old owner."""
    _become("bob", 2002)


# ---------------------------------------------------------------- workbooks


def book(path: Path, first: int = 1, employer: str = "見本商事", symbol: str = "1201") -> Path:
    """A small workbook that gives every command something to do. symbol: the employer's 記号."""
    path.write_bytes(_book(first, employer, symbol))
    return path


@functools.cache
def _book(first: int, employer: str, symbol: str) -> bytes:
    members = certificate_holders(3, first)
    joined = [
        {k: v for k, v in m.items() if k not in ("branch", "kind")} | {"acquired": "R8.4.1"}
        for m in certificate_holders(2, first + 100)
    ]
    members[0]["postal_code"] = "１０００００１"  # for tidy
    joined[0] |= {"filed": "R2.1.6", "individual_number": "000000000019"}  # for purge
    gone = certificate_holders(2, first + 200)
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
        "insurer_phone": "03-0000-0000", "employer_symbol": symbol, "employer_name": employer,
        "employer_address": "東京都", "employer_owner": "見本", "certificate_expiry": "2027-11-30",
    }  # fmt: skip
    rows = {"members": members, "acquisition": joined, "loss": loss, "ledger": ledger}
    for row in (row for sheet in rows.values() for row in sheet):
        row["symbol"] = symbol
    with tempfile.TemporaryDirectory() as folder:
        return make.book(Path(folder) / "b.xlsx", rows, settings=settings).read_bytes()


def rows(path: Path, *sheets: str) -> dict[str, list[tuple]]:
    """What stands on the sheets, read by the product; a file that a kill left as it was is not read again."""
    return _rows(path.read_bytes(), sheets)


@functools.lru_cache(maxsize=64)
def _rows(file: bytes, sheets: tuple[str, ...]) -> dict[str, list[tuple]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "b.xlsx"
        path.write_bytes(file)
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


def letter_words(path: Path, out: Path) -> tuple:
    kinds = [w for kind in KINDS for w in ("--kind", kind)]
    return ("letters", path, "--out", out, "--format", "docx", *kinds, *DAY)


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


def more_commands(folder: Path) -> dict[str, tuple]:
    """The other writing commands: too many to be killed again and again."""
    path, out = folder / "b.xlsx", folder / "out"
    secret = ("--password-file", folder / "pw.txt")
    return {
        "new": ("new", folder / "new.xlsx"),
        "tidy": ("tidy", path, "--write", *DAY),
        "decide": ("decide", path, "--write", *DAY),
        "report": ("returns", path, "--report", folder / "r.xlsx", *DAY),
        "remind": ("remind", path, "--out", out, "--format", "docx", *DAY),
        "run": ("run", path, "--out", out, "--format", "docx", *DAY),
        "submit": ("submit", path, "--out", folder / "s.xlsx", *secret, "--allow-errors", *DAY),
        "status-import": ("status-import", path, folder / "status.csv", *DAY),
        "list": (
            *("status-import", path, folder / "status.csv", "--preview"),
            *("--report", folder / "l.csv", *DAY),
        ),
        "purge": ("purge", path, "--write", *DAY),
        "addin": ("addin", "build", "--out", folder / "a.xlam"),
    }


def furnished(folder: Path) -> dict[str, bytes]:
    """Put a workbook and an inbox there; every file that is there now."""
    (folder / "inbox").mkdir(parents=True)
    book(folder / "b.xlsx")
    book(folder / "inbox" / "1.xlsx")
    (folder / "pw.txt").write_text("himitsu-no-kotoba\n", "utf-8")
    lines = "記号,番号,枝番,生年月日,登録状況", "1201,0001,00,H2.1.2,利用登録済"
    (folder / "status.csv").write_text("\n".join(lines) + "\n", "utf-8-sig")
    return files(folder)


def files(folder: Path) -> dict[str, bytes]:
    """Every file there, but what children say and log, and what fills the disk."""
    aside = ("log", "filler", ".shikaku-journal.jsonl", ".shikaku-lock")
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and p.relative_to(folder).parts[0] not in aside and p.name not in aside
    }


def grow_up() -> None:
    """Run each command once whose imports and fonts take long, so that no child has to take them anew."""
    workers = letters_run.own_workers
    with (
        tempfile.TemporaryDirectory() as place,
        open(os.devnull, "w") as out,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(out),
    ):
        folder = Path(place)
        furnished(folder)
        os.environ["SHIKAKU_LOG_DIR"] = str(folder / "log")
        letters_run.own_workers = lambda jobs: Inline(LetterWorker, 1)
        grammar = cli.parser()
        more = more_commands(folder)
        for words in (*commands(folder).values(), more["report"], more["submit"]):
            assert cli.main([str(w) for w in words]) in (0, 1)
    letters_run.own_workers = workers
    cli.parser = lambda: grammar


if __name__ == "__main__":
    # Functions that tests name are looked up in the module of this name.
    sys.modules["faultkit"] = sys.modules["__main__"]
    Forker.live()
