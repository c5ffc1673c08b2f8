"""Commands in forked children, to be killed, starved and set against each other."""

import contextlib
import dataclasses
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bookparts import make
from shikaku import cli
from shikaku.book.file import ClosedBook
from shikaku.letters import run as letters_run
from shikaku.letters.pool import Job

DAY = ("--as-of", "2026-04-15")
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
    members[0]["postal_code"] = "１０００００１"  # for tidy
    joined[0] |= {"filed": "R2.1.6", "individual_number": "000000000019"}  # for purge
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


@contextlib.contextmanager
def imported(folder: Path) -> Iterator[None]:
    """Run each command once, so that no child has to import and compile anew."""
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
