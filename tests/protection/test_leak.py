"""No individual number gets out: by no command, on no failure path, through no side door."""

import importlib
import io
import logging
import os
import re
import subprocess
import sys
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from shikaku import cli
from shikaku.fields import stray_number
from shikaku.jobs.case import Case, session_for
from shikaku.jobs.new import new
from shikaku.model.schema import schema
from shikaku.model.tables import Cell, Row
from shikaku.system import usage_log

NUMBER = "000000200014"


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("sample") / "b.xlsx"
    new(path, sample=True)
    return path.read_bytes()


@pytest.fixture
def desk(sample, tmp_path, monkeypatch):
    """A workbook, a place for logs, a place for temporary files, a password: all to be searched."""
    for name in ("log", "temp", "inbox"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temp"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temp"))
    log = logging.getLogger("shikaku")
    for handler in list(log.handlers):
        log.removeHandler(handler)
    (tmp_path / "b.xlsx").write_bytes(sample)
    (tmp_path / "inbox" / "one.xlsx").write_bytes(sample)
    (tmp_path / "pw.txt").write_text("kumiai-himitsu-2026\n", "utf-8")
    (tmp_path / "status.csv").write_text("記号,番号\n1201,1001\n", "utf-8-sig")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    for handler in list(log.handlers):
        handler.close()
        log.removeHandler(handler)


@pytest.fixture(scope="module")
def numbers(sample, tmp_path_factory) -> set[str]:
    """The numbers of the sample, as digits."""
    path = tmp_path_factory.mktemp("numbers") / "b.xlsx"
    path.write_bytes(sample)
    case = Case.load(session_for(path))
    texts = (
        re.sub(r"\D", "", row.cell("individual_number").text)
        for row in case.book.rows("members", "acquisition", "dependants", "loss")
    )
    return {t for t in texts if len(t) >= 10} | {NUMBER}


def numbers_in(numbers: set[str], text: str) -> set[str]:
    """Those of the numbers that stand in a text; looked for in its runs of digits."""
    runs = set(re.findall(r"\d{10,}", text))
    return {n for n in numbers if any(n in run for run in runs)}


def run(*words: str) -> tuple[int, str]:
    """Run a command in this process: its status, and all that it says."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = cli.main(list(words))
        except SystemExit as end:
            status = int(end.code or 0)
    return status, out.getvalue() + err.getvalue()


def said(desk: Path) -> str:
    """Everything in the log folder."""
    return "".join(
        p.read_text("utf-8", "replace") for p in (desk / "log").rglob("*") if p.is_file()
    )


COMMANDS = {
    "check": ("check", "b.xlsx"),
    "check --write": ("check", "b.xlsx", "--write"),
    "tidy": ("tidy", "b.xlsx"),
    "tidy --write": ("tidy", "b.xlsx", "--write"),
    "decide --write": ("decide", "b.xlsx", "--write"),
    "letters": (
        "letters",
        "b.xlsx",
        "--out",
        "o",
        "--kind",
        "status-check",
        "--kind",
        "mynumber-request",
    ),
    "returns --write": ("returns", "b.xlsx", "--write", "--report", "r.xlsx"),
    "remind": ("remind", "b.xlsx", "--out", "o"),
    "submit": ("submit", "b.xlsx", "--out", "s.xlsx", "--password-file", "pw.txt"),
    "submit with errors": (
        *("submit", "b.xlsx", "--out", "s.xlsx", "--password-file", "pw.txt"),
        "--allow-errors",
    ),
    "collect": ("collect", "inbox", "--out", "c.xlsx"),
    "status-import": ("status-import", "b.xlsx", "status.csv"),
    "export": ("export", "b.xlsx", "--out", "e"),
    "purge": ("purge", "b.xlsx"),
    "purge --write": ("purge", "b.xlsx", "--write"),
    "templates check": ("templates", "check"),
    "log": ("log",),
    "doctor": ("doctor",),
}

# (module, name, commands that pass there): where an exception that quotes a row is forced. Modules
# that a name was imported into are named, not where it comes from.
STAGES = [
    ("shikaku.workbook.closed_file", "read_book", ["check", "letters"]),
    ("shikaku.workbook.closed_file", "ClosedBook.read", ["tidy --write", "submit"]),
    ("shikaku.workbook.closed_file", "ClosedBook.commit", ["check --write", "returns --write"]),
    ("shikaku.model.settings", "read", ["check", "purge"]),
    ("shikaku.checks.catalogue", "run", ["check", "submit"]),
    ("shikaku.decisions.everybody", "decide_all", ["decide --write"]),
    ("shikaku.jobs.letters", "update", ["letters"]),
    ("shikaku.jobs.letters", "due_letters", ["remind"]),
    ("shikaku.returns.issued", "record", ["letters"]),
    ("shikaku.jobs.returns", "update", ["returns --write"]),
    ("shikaku.letters.contexts.due", "letters_for", ["letters"]),
    ("shikaku.letters.bulk.produce", "produce", ["letters"]),
    ("shikaku.returns.report_sheet", "build", ["returns --write"]),
    ("shikaku.tidy", "proposals", ["tidy"]),
    ("shikaku.fields.individual_number", "examine", ["check", "decide --write"]),
    ("shikaku.desk.submission", "write", ["submit with errors"]),
    ("shikaku.desk.retention", "due", ["purge", "purge --write"]),
    ("shikaku.system.usage_log", "write", ["check"]),
]


def test_every_command_and_its_logs(desk, numbers, caplog, monkeypatch):
    """Each command as it is, with the logs of all libraries at debug level."""
    assert len(numbers) > 60
    caplog.set_level(logging.DEBUG)
    started: list[str] = []
    # What subprocess tells hooks of what is audited: a hook itself would stay, for all other tests.
    monkeypatch.setattr(sys, "audit", lambda event, *args: started.append(repr((event, args))))
    subprocess.run([sys.executable, "-c", "0"], check=True)
    assert started.pop().startswith("('subprocess.Popen'")
    for name, words in COMMANDS.items():
        before = (desk / "b.xlsx").read_bytes()
        status, text = run(*words)
        assert status in (0, 1, 2) and "Traceback" not in text, (name, text)
        text += said(desk) + caplog.text + "".join(started)
        assert not numbers_in(numbers, text), name
        left = [p for p in (desk / "temp").rglob("*") if p.is_file() and "locks" not in str(p)]
        assert not left, (name, left)
        (desk / "b.xlsx").write_bytes(before)
    drafts = [p.name for p in desk.rglob("*") if ".shikaku-" in p.name and "journal" not in p.name]
    assert all("lock" in name for name in drafts), drafts


@pytest.mark.parametrize("stage", STAGES, ids=lambda s: f"{s[0]}.{s[1]}")
def test_every_forced_failure(desk, numbers, letters_here, monkeypatch, stage):
    row = Row("members", 2, {"individual_number": Cell(NUMBER, "text")})
    module, name, commands = stage
    holder = importlib.import_module(module)
    *path, attribute = name.split(".")
    for part in path:
        holder = getattr(holder, part)
    hit = []

    def fail(*args, **more):
        hit.append(1)
        raise RuntimeError(f"{NUMBER} {row!r} {row.cells!r} {[str(a) for a in args]}")

    monkeypatch.setattr(holder, attribute, fail)
    for words in map(COMMANDS.get, commands):
        status, text = run(*words)
        text += said(desk)
        assert "Traceback" not in text
        assert not numbers_in(numbers, text), words
        assert status in (0, 1, 2)
    assert hit, "the stage was never reached: the test would prove nothing"


def test_the_log_names_the_place_but_not_the_words(desk, monkeypatch):
    def fail(*args, **more):
        raise RuntimeError(f"number {NUMBER}")

    monkeypatch.setattr("shikaku.checks.catalogue.run", fail)
    status, text = run("check", "b.xlsx")
    assert status == 2 and "shikaku.log" in text
    log = said(desk)
    assert "RuntimeError" in log and "check.py" in log and NUMBER not in log


def test_our_own_slip_into_the_log_is_masked(desk):
    from shikaku.system import error_report

    error_report.logger().error("row %s and %s", NUMBER, "0000-0020-0014")
    error_report.logger().exception("told with its exception", exc_info=RuntimeError(NUMBER))
    log = said(desk)
    assert "row" in log and NUMBER not in log and "0020" not in log


def test_rows_and_cells_show_nothing_of_themselves():
    row = Row("members", 2, {"individual_number": Cell(NUMBER, "text")})
    assert NUMBER not in f"{row!r}{row}{row.cells!r}{row.cell('individual_number')!r}"


def test_the_usage_log_has_counts_and_no_people(desk, letters_here):
    case = Case.load(session_for(Path("b.xlsx")))
    names = {r.text("name") for r in case.book.rows("members")}
    for words in (COMMANDS["check"], COMMANDS["letters"], COMMANDS["returns --write"]):
        run(*words)
    entries = list(usage_log.entries())
    assert [e["what"] for e in entries] == ["check", "letters", "returns"]
    assert all(len(e["workbook"]) == 64 and e["who"] and e["counts"] for e in entries)
    text = (desk / "log" / "audit.jsonl").read_text("utf-8")
    assert not [n for n in names if n in text]
    if os.name != "nt":
        assert (desk / "log" / "audit.jsonl").stat().st_mode & 0o077 == 0


def test_the_unfinished_log_line_of_a_killed_run_is_passed_over(desk):
    run("check", "b.xlsx")
    with open(desk / "log" / "audit.jsonl", "a", encoding="utf-8") as file:
        file.write('{"when": "2026-')
    assert [e["what"] for e in usage_log.entries()] == ["check"]


STRAY = "000000037370"


def put_strays(path: Path) -> int:
    """Put an individual number into every column but its own, each in another row, and into the
    settings that are texts. How many cells."""
    session = session_for(path)
    book, cells = session.read(), []
    for sheet in ("members", "acquisition", "dependants", "loss", "ledger"):
        rows = [row.number for row in book.rows(sheet)]
        for index, (key, column) in enumerate(schema().sheets[sheet].columns.items()):
            if column.type != "formula" and key != "individual_number":
                cells.append((sheet, rows[index % len(rows)], key, f" {STRAY} "))
    for key in ("insurer_name", "insurer_address", "employer_name", "employer_contact"):
        cells.append(("settings", book.setting_rows[key], key, STRAY))
    session.set_cells(cells)
    session.commit(keep_old=False)
    return len(cells)


def test_numbers_in_wrong_columns_go_no_further(desk, letters_here):
    """Somebody has typed a number into a name, a 番号, an employer's name …"""
    path = desk / "b.xlsx"
    assert put_strays(path) > 80
    (desk / "inbox" / "one.xlsx").write_bytes(path.read_bytes())
    before = path.read_bytes()
    more = {
        "check --json": ("check", "b.xlsx", "--json"),
        "decide --json": ("decide", "b.xlsx", "--json"),
        "returns --json": ("returns", "b.xlsx", "--json"),
        "tidy --json": ("tidy", "b.xlsx", "--json"),
        "collect --json": ("collect", "inbox", "--out", "c2.xlsx", "--json"),
        "purge --json": ("purge", "b.xlsx", "--json"),
        "run": ("run", "b.xlsx", "--out", "all", "--format", "docx"),
    }
    spelt = (STRAY, "0000-0003-7370")
    for name, words in (COMMANDS | more).items():
        status, text = run(*words)
        assert status in (0, 1, 2) and "Traceback" not in text and "思いがけない" not in text, name
        assert not [n for n in spelt if n in text + said(desk)], (name, text)
        path.write_bytes(before)
    assert run("check", "b.xlsx", "--json")[1].count('"MN17"') > 80
    names = [p.relative_to(desk).as_posix() for p in desk.rglob("*")]
    assert len([n for n in names if n.endswith(".docx")]) > 20
    assert not [n for n in names if STRAY in n]
    for file in desk.rglob("*"):
        if file.suffix in (".csv", ".json", ".jsonl") and file.is_file():
            assert STRAY not in file.read_text("utf-8-sig"), file.name
        if file.suffix == ".docx":
            with zipfile.ZipFile(file) as archive:
                for part in archive.namelist():
                    assert STRAY.encode() not in archive.read(part), (file.name, part)


def test_numbers_in_the_names_of_files_are_not_repeated(desk):
    for name in (f"届出_{STRAY}.xlsx", "0000-0003-7370.xlsx"):
        (desk / name).write_bytes((desk / "b.xlsx").read_bytes())
        for command in ("check", "decide", "returns", "purge"):
            assert "7370" not in run(command, name)[1] + run(command, name, "--json")[1]
        assert STRAY not in run("check", f"{STRAY}.xlsx")[1]  # not there
        assert STRAY not in run("check", "b.xlsx", "--as-of", STRAY)[1]
        assert STRAY not in run("check", "b.xlsx", STRAY)[1]


@pytest.mark.parametrize(
    "spelt",
    [
        "{0}{1}{2}",
        "{0}-{1}-{2}",
        "{0}ー{1}ー{2}",
        "{0} {1} {2}",
        "{0}\u3000{1}\u3000{2}",
        "{0}  {1}  {2}",
        "{0} - {1} - {2}",
        "{0}.{1}.{2}",
        "{0}・{1}・{2}",
        "{0}/{1}/{2}",
        "{0}\n{1}\n{2}",
        "{0} {1}{2}",
        "{0}\u200b{1}{2}",
    ],
)
def test_a_stray_number_in_every_spelling(spelt):
    text = spelt.format(STRAY[:4], STRAY[4:8], STRAY[8:])
    for one in (text, f"番号は{text}です", text.translate({48 + i: 0xFF10 + i for i in range(10)})):
        hidden = stray_number.hide(one)
        assert stray_number.inside(one) and not re.search("[0-9０-９]", hidden), hidden
    spaced = " ".join(STRAY)
    assert stray_number.hide(spaced) == "*" * 12
    for before in ("1234 ", "12 34 ", "5 "):  # digits of something else
        assert stray_number.hide(before + text) == before + "*" * 12
    other = spelt.format("0000", "0003", "7371")  # its check digit doesn't fit
    assert stray_number.hide(other) == other


@pytest.mark.parametrize(
    "text",
    [
        "03-0000-0000",
        "0120 000 000",
        "8700110005901",
        "2026-04-15 23:05:11",
        "a" * 20 + STRAY + "b" * 32,
    ],
)
def test_what_is_no_number_stays(text):
    assert stray_number.hide(text) == text
