"""Does anything grow faster than n log n? Each command that reads rows, on rows that are alike.

    python tests/bench/growth.py [--rows 2000,4000,8000,16000] [--only COMMAND] [--shape SHAPE]

A line is a command and a shape of its input, processor seconds for each size, how many times the
last step (twice the rows) took the time of the one before (linear work makes it 2, n log n some 2.1,
a square 4), and the memory at the peak of the last. A line says FAST where the step is more than
``--most``. ``n`` counts all rows of the workbook, or those of the workbook and of the list, or what
else there are so many of: certificates, 発行履歴's letters (six each), names, sheets, 50 files'
rows. Letters are not made but counted as made, so that what is measured is all that a command does
around them; ``--real`` makes them. ``--list`` names the lines.
"""

import argparse
import contextlib
import datetime as dt
import fnmatch
import gc
import hashlib
import io
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / part) for part in ("addin", "tests", "tests/kits")]

import crowded_rows as data  # noqa: E402
from crowded_rows import DAY, PEOPLE, Row, RowsOf, on_all_sheets, write  # noqa: E402


class Prepared:
    """A folder of one size, with the workbooks that several commands read."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder, self.count = folder, count

    def book(self, shape: str, rows: RowsOf = on_all_sheets) -> Path:
        """A copy of the workbook of a shape, which a command may write to."""
        key = hashlib.sha1(f"{shape} {rows.__name__}".encode()).hexdigest()[:12]
        path = self.folder / f"{key}.xlsx"
        if not path.exists():
            more = {"certificate_expiry": dt.date(2030, 3, 31), "employer_name": "みほん"}
            more |= {"family_reissue": "する"}
            write(path, rows(shape, self.count), **more)
        self.empty()
        return Path(shutil.copy(path, self.folder / "work" / "b.xlsx"))

    def empty(self) -> Path:
        """The folder in which a command works, with nothing in it."""
        folder = self.folder / "work"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        return folder

    def text(self, name: str, heading: str, lines: list[str]) -> Path:
        """A list as CSV."""
        path = self.folder / "work" / name
        path.write_text("\n".join([*filter(None, [heading]), *lines]) + "\n", "utf-8")
        return path


Words = list[object]
Command = Callable[[Prepared, str], Words]


def plain(*words: object, rows: RowsOf = on_all_sheets) -> Command:
    """A command on the workbook alone. ``OUT`` among the words: a file or folder of its own."""

    def prepare(at: Prepared, shape: str) -> Words:
        book = at.book(shape, rows)
        rest = [
            book.parent / str(word).lower() if "OUT" in str(word) else word for word in words[1:]
        ]
        return [words[0], book, *rest]

    return prepare


def _record(row: Row) -> str:
    return f"{row['symbol']},{row['number']},{row['branch']}"


def _people(shape: str, count: int) -> list[Row]:
    """The people of a list, as whole as a list has them."""
    return [data.person() | row for row in data.members(shape, count)["members"]]


def status_import(at: Prepared, shape: str) -> Words:
    book = at.book(shape, data.members)
    lines = [f"{_record(p)},{p['birth']},利用登録済,2026-04-01" for p in _people(shape, at.count)]
    head = "記号,番号,枝番,生年月日,マイナ保険証の状況,状況確認日"
    out = book.parent / "report.csv"
    return ["status-import", book, at.text("list.csv", head, lines), "--report", out]


def received(at: Prepared, shape: str) -> Words:
    book = at.book(shape, data.ledger)
    lines = [data.control_no(shape, n) for n in range(at.count // 2)]
    return ["received", book, at.text("scans.csv", "", lines)]


_REGISTER = ("kind", "name", "kana", "birth", "sex", "acquired")
_REGISTER_HEAD = "記号,番号,枝番,区分,氏名,氏名カナ,生年月日,性別,資格取得年月日"


def _register_list(at: Prepared, shape: str) -> Path:
    lines = [
        ",".join([_record(p), *(str(p[key]) for key in _REGISTER)])
        for p in _people(shape, at.count)
    ]
    return at.text("list.csv", _REGISTER_HEAD, lines)


def import_rows(at: Prepared, shape: str) -> Words:
    book = at.book(shape, data.members)
    return ["import", book, _register_list(at, shape), "--sheet", "加入者台帳"]


def import_new(at: Prepared, shape: str) -> Words:
    """Into a filing sheet of an empty workbook."""
    words = import_rows(at, shape)
    write(Path(str(words[1])), {})
    return [*words[:-1], "資格取得届"]


def from_list(*words: object) -> Command:
    """A command with 加入者台帳 from a CSV."""

    def prepare(at: Prepared, shape: str) -> Words:
        book = at.book(shape, data.members)
        return [words[0], book, *words[1:], "--members", _register_list(at, shape)]

    return prepare


def cards_import(at: Prepared, shape: str) -> Words:
    book = at.book(shape, data.cards)
    people = data.cards(shape, at.count)["members"]
    lines = [
        f"{_record(data.person() | p)},{p.get('birth', DAY)},2025-05-01,2027-03-31,"
        f"{data.control_no(shape, n)}"
        for n, p in enumerate(people)
    ]
    head = "記号,番号,枝番,生年月日,交付年月日,有効期限,管理番号"
    return ["cards-import", book, at.text("cards.csv", head, lines)]


def cards_of_a_family(at: Prepared, shape: str) -> Words:
    """One 管理番号 on every card: each gets a serial of its own."""
    words = cards_import(at, shape)
    path = Path(str(words[2]))
    path.write_text(
        "\n".join(
            line.rpartition(",")[0] + ",F1" for line in path.read_text("utf-8").splitlines()
        ).replace(",F1", ",管理番号", 1),
        "utf-8",
    )
    write(Path(str(words[1])), {"members": data.cards(shape, at.count)["members"]})
    return words


def restore(at: Prepared, shape: str) -> Words:
    words = plain("tidy", "--write")(at, shape)
    call([*words, *_DAY])
    return ["restore", words[1], "--to", "1"]


def submit(at: Prepared, shape: str, rows: RowsOf = on_all_sheets) -> Words:
    book = at.book(shape, rows)
    password = at.text("password.txt", "", ["correct horse battery staple 1"])
    out = book.parent / "sent.xlsx"
    return ["submit", book, "--out", out, "--password-file", password, "--allow-errors"]


def upgrade(at: Prepared, shape: str) -> Words:
    """A workbook of version 0.1, filled."""
    from shikaku.model.schema import schema
    from shikaku.workbook.closed_file import ClosedBook

    path = at.empty() / "old.xlsx"
    shutil.copy(ROOT / "tests" / "cases" / "forms" / "0.1" / "empty.xlsx", path)
    session = ClosedBook(path)
    tables = session.read().tables
    for sheet, rows in on_all_sheets(shape, at.count).items():
        known = {
            k for k in tables[sheet].columns if schema().sheets[sheet].columns[k].type != "formula"
        }
        session.append_rows(sheet, [{k: v for k, v in row.items() if k in known} for row in rows])
    session.commit()
    return ["upgrade", path]


def log(at: Prepared, shape: str) -> Words:
    """使用記録 of so many lines, of one clerk and one workbook."""
    del shape
    folder = at.empty()
    line = (
        '{"when": "2026-04-01T09:00:00+09:00", "who": "a", "what": "check", "workbook": "0", '
        '"book": "1", "file": "b.xlsx", "counts": {"error": 1}, "outcome": "done"}\n'
    )
    (folder / "audit.jsonl").write_text(line * at.count, "utf-8")
    return ["log", "--by", "book", "--folder", folder]


# ------------------------------------------------------------------ collect


def _inbox(at: Prepared) -> Path:
    inbox = at.empty() / "inbox"
    inbox.mkdir()
    return inbox


def _collect(inbox: Path, *more: object) -> Words:
    return ["collect", inbox, "--out", inbox.parent / "out.xlsx", *more]


def collect_two(at: Prepared, shape: str) -> Words:
    """Two files of one employer, the second with another address for everybody."""
    inbox = _inbox(at)
    for i in (1, 2):
        rows = [PEOPLE[shape](n) | {"address": f"東京都港区{i}"} for n in range(at.count // 2)]
        path = inbox / f"{i}.xlsx"
        write(path, {"acquisition": rows}, employer_symbol="101", employer_name="みほん")
        os.utime(path, (1.7e9 + i, 1.7e9 + i))
    return _collect(inbox)


def _small_files(
    at: Prepared, shape: str, folder: Path, settings: Callable[[int], dict[str, object]]
) -> None:
    """Files of 50 rows, of 16,000 rows 320; the same 50 rows for all where the shape is ``alike``."""
    for n in range(at.count // 50):
        rows = [PEOPLE[shape](n * 50 + k) for k in range(50)]
        path = folder / f"{n:05}.xlsx"
        write(path, {"acquisition": rows}, **settings(n))
        os.utime(path, (1.7e9 + n, 1.7e9 + n))


def collect_many(at: Prepared, shape: str) -> Words:
    """Employers of one 記号 with so many rows that 16,000 rows are 320 employers."""
    inbox = _inbox(at)
    _small_files(
        at, shape, inbox, lambda n: {"employer_symbol": "101", "employer_name": f"事業所{n}"}
    )
    return _collect(inbox)


def collect_corrections(at: Prepared, shape: str) -> Words:
    """As many files of one employer, each a correction of all before it."""
    inbox = _inbox(at)
    _small_files(at, shape, inbox, lambda n: {"employer_symbol": "101", "employer_name": "みほん"})
    return _collect(inbox)


def collect_nameless(at: Prepared, shape: str) -> Words:
    """As many files that say nothing of their employer."""
    inbox = _inbox(at)
    _small_files(at, shape, inbox, lambda n: {"employer_symbol": "", "employer_name": ""})
    return _collect(inbox)


def collect_again(at: Prepared, shape: str) -> Words:
    """The employers once more into the same workbook, the next day."""
    words = collect_many(at, shape)
    call([*words, *_DAY])
    return words


def collect_zip(at: Prepared, shape: str) -> Words:
    """The employers in one zip."""
    inbox = Path(str(collect_many(at, shape)[1]))
    with zipfile.ZipFile(inbox / "all.zip", "w") as together:
        for path in sorted(inbox.glob("*.xlsx")):
            together.write(path, path.name)
            path.unlink()
    return _collect(inbox)


def collect_encrypted(at: Prepared, shape: str) -> Words:
    """The employers, each with a password; the right one is the last of a list of three."""
    from shikaku.system.encryption import seal

    words = collect_many(at, shape)
    for path in sorted(Path(str(words[1])).glob("*.xlsx")):
        path.write_bytes(seal(path.read_bytes(), "third of three 3"))
    three = ["first of three 1", "second of three 2", "third of three 3"]
    return [*words, "--password-file", at.text("password.txt", "", three)]


COLLECT: dict[str, Command] = {
    "collect, two files": collect_two,
    "collect, employers": collect_many,
    "collect, corrections": collect_corrections,
    "collect, nameless": collect_nameless,
    "collect, again": collect_again,
    "collect, one zip": collect_zip,
    "collect, passwords": collect_encrypted,
}

# ------------------------------------------------------------------ the lines

COMMANDS: dict[str, Command] = {
    "check": plain("check", "--report", "OUT.xlsx"),
    "check --write": plain("check", "--write"),
    "check --members": from_list("check"),
    "tidy": plain("tidy", "--write"),
    "decide": plain("decide", "--write"),
    "decide --members": from_list("decide"),
    "returns": plain("returns", "--write", "--report", "OUT.xlsx"),
    "enroll": plain("enroll", "--write"),
    "purge": plain("purge", "--write", rows=data.numbers_to_erase),
    "renewals": plain("renewals", "--within", "365"),
    "export": plain("export", "--out", "OUT"),
    "submit": submit,
    "restore": restore,
    "upgrade": upgrade,
    "letters": plain("letters", "--out", "OUT"),
    "letters --per employer": plain("letters", "--out", "OUT", "--per", "employer"),
    "remind": plain("remind", "--out", "OUT"),
    "print": plain("print", "--out", "OUT"),
    "run": plain("run", "--out", "OUT"),
    "labels": plain("labels", "--out", "OUT", rows=data.direct),
    "status-import": status_import,
    "cards-import": cards_import,
    "cards-import, one 管理番号": cards_of_a_family,
    "import": import_rows,
    "import, new rows": import_new,
    "received": received,
}
CORE = ("check --write", "decide", "returns", "enroll", "letters", "run")
SPECIAL: dict[str, tuple[RowsOf, tuple[str, ...]]] = {
    "非該当 of one insured": (data.removals, CORE),
    "namesakes without 番号": (data.namesakes, CORE),
    "one family": (data.family, (*CORE, "tidy", "purge", "export")),
    "one family, its insured leaves": (data.family_leaves, CORE),
    "one family, more of it": (data.family_grows, CORE),
    "one family, half of it ordered": (data.family_reissues, CORE),
    "one household, half of one name": (data.half_nameless, CORE),
    "namesakes of different days": (data.namesakes_with_cards, (*CORE, "remind", "renewals")),
    "one household leaves": (data.members_leave, CORE),
    "one household's cards and losses": (data.lost_certificates, (*CORE, "remind")),
    "certificates of one person": (data.certificates, (*CORE, "remind", "renewals", "print")),
    "再交付 of one person": (data.reissues, (*CORE, "print")),
    "cards and losses of one person": (data.losses_of_one, (*CORE, "remind")),
    "comings and goings of one person": (data.comings_and_goings, CORE),
    "one 管理番号": (data.one_control_number, (*CORE, "remind", "renewals")),
    "a long 発行履歴": (data.long_history, (*CORE, "labels", "print", "remind")),
    "8,000 characters": (data.long_texts, (*CORE, "tidy", "export")),
    "names of 8,000 characters": (data.long_names, ("check --write", "decide", "tidy", "run")),
    "8,000 digits": (data.digits, ("check --write", "decide", "tidy", "purge")),
}
"""Shape → its rows, and the commands that are asked of it."""
FULL = ("check --write", "decide", "enroll", "restore", "submit", "tidy", "purge")
_DAY = ("--as-of", DAY.isoformat())


def full_of(what: str, command: str) -> Command:
    """A command on a workbook of a hundred rows that is full of something else."""

    def prepare(at: Prepared, shape: str) -> Words:
        words = _again(command, data.few)(at, what)
        if what == "sheets":
            data.with_sheets(Path(str(words[1])), at.count)
        else:
            data.filled(Path(str(words[1])), what, at.count)
        if command == "restore":
            call(["tidy", words[1], "--write", *_DAY])
            return ["restore", words[1]]
        return words

    return prepare


def _again(name: str, rows: RowsOf) -> Command:
    """A command of the list, on other rows."""
    words: dict[str, tuple[object, ...]] = {
        "check --write": ("check", "--write"),
        "tidy": ("tidy", "--write"),
        "decide": ("decide", "--write"),
        "returns": ("returns", "--write"),
        "enroll": ("enroll", "--write"),
        "purge": ("purge", "--write"),
        "restore": ("restore",),
        "renewals": ("renewals", "--within", "365"),
        "export": ("export", "--out", "OUT"),
    }
    if name == "submit":
        return lambda at, shape: submit(at, shape, rows)
    return plain(*words.get(name, (name, "--out", "OUT")), rows=rows)


def lines() -> Iterator[tuple[str, str, Command]]:
    """(command, shape, what prepares it)."""
    for shape in PEOPLE:
        for name, prepare in (COMMANDS | COLLECT).items():
            yield name, shape, prepare
    yield "log", "alike", log
    for shape, (rows, names) in SPECIAL.items():
        for name in names:
            yield name, shape, _again(name, rows)
    for what in (*data.PARTS, "sheets"):
        for name in FULL:
            yield name, what, full_of(what, name)


# ------------------------------------------------------------------ measuring


def made_without(letters: object, out: Path, **options: object) -> object:
    """In the place of ``produce``: every letter counts as made, none is."""
    from shikaku.letters.bulk.journal import result_for
    from shikaku.letters.bulk.produce import RunReport

    out.mkdir(parents=True, exist_ok=True)
    results = [result_for(letter, f"k{n}", state="done") for n, letter in enumerate(letters)]  # type: ignore[arg-type, var-annotated]
    return RunReport(out, results, of_day=results)


def call(words: Words) -> None:
    """One command as JSON and as lines for people, nothing shown."""
    from shikaku import cli_parser, commands
    from shikaku.system.masking import json_parts, shown

    with contextlib.redirect_stderr(io.StringIO()):
        options = cli_parser.parser().parse_args([str(word) for word in words])
        result = commands.COMMANDS[options.command](options)
    size = sum(len(part) for part in json_parts(result.to_json()))
    size += sum(len(shown(line)) for line in result.lines())
    if size > 20_000_000:
        print(f"{size / 1e6:.0f} MB of output", file=sys.stderr)


def in_child(function: Callable[..., object], *arguments: object) -> object:
    """What a function gives in a process of its own, whose memory goes with it."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)

    def work() -> None:
        theirs.send(function(*arguments))

    child = context.Process(target=work)
    child.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        return None
    finally:
        child.join()


def _peak() -> int:
    """The most memory since ``_forget_peak``, MB. Linux has it."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) // 1024 if found else 0


def _forget_peak() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def measured(
    folders: list[Prepared], prepare: Command, shape: str, patience: float
) -> list[tuple[float, int]]:
    """(processor seconds with the workers', MB at the peak) of each size; no more of them after one
    that took longer than ``patience``. The first folder is for what is done once."""
    found: list[tuple[float, int]] = []
    for at in folders:
        words = in_child(prepare, at, shape)
        if not isinstance(words, list):
            break
        gc.collect()
        _forget_peak()
        began = sum(os.times()[:4])
        call([*words, *_DAY])
        found.append((sum(os.times()[:4]) - began, _peak()))
        if found[-1][0] > patience:
            break
    return found[1:]


def wanted_lines(only: str, shape: str) -> Iterator[tuple[str, str, Command]]:
    """The lines whose command and shape are wanted; both may have ``*``."""
    for name, one, prepare in lines():
        if fnmatch.fnmatchcase(name, only) and fnmatch.fnmatchcase(one, shape):
            yield name, one, prepare


def main() -> int:
    """Print the table; 1 where something grows too fast."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rows", default="2000,4000,8000,16000")
    options.add_argument("--only", default="*", help="a command of the list, or a pattern with *")
    options.add_argument("--shape", default="*", help="a shape of the list, or a pattern")
    options.add_argument("--most", type=float, default=2.4)
    options.add_argument("--patience", type=float, default=90, help="seconds, then no larger size")
    options.add_argument("--real", action="store_true", help="make the letters, too")
    options.add_argument("--list", action="store_true", help="name the lines and measure nothing")
    wanted = options.parse_args()
    if wanted.list:
        print("\n".join(f"{name}: {shape}" for name, shape, _ in lines()))
        return 0
    sizes = [int(size) for size in wanted.rows.split(",")]
    print(f"| command | all rows of | {' | '.join(f'{n:,}' for n in sizes)} | last step | MB | |")
    print("|---" * (len(sizes) + 5) + "|", flush=True)
    fast = 0
    without = mock.patch("shikaku.letters.bulk.produce.produce", made_without)
    with tempfile.TemporaryDirectory(prefix="bench-") as name, contextlib.ExitStack() as stack:
        if not wanted.real:
            stack.enter_context(without)
        os.environ["SHIKAKU_LOG_DIR"] = str(Path(name, "log"))
        folders = [Prepared(Path(name, str(n)), n) for n in (50, *sizes)]
        for at in folders:
            at.folder.mkdir()
        last = None
        for command, shape, prepare in wanted_lines(wanted.only, wanted.shape):
            if shape != last:
                for at in folders:
                    for path in at.folder.glob("*.xlsx"):
                        path.unlink()
            last = shape
            fast += line(command, shape, prepare, folders, wanted)
    return int(bool(fast))


def line(
    command: str, shape: str, prepare: Command, folders: list[Prepared], wanted: argparse.Namespace
) -> bool:
    """Print a line; whether it grows too fast."""
    found = in_child(measured, folders, prepare, shape, wanted.patience)
    if not isinstance(found, list) or not found:
        print(f"| {command} | {shape} | failed |", flush=True)
        return True
    step = found[-1][0] / found[-2][0] if len(found) > 1 else 0.0
    times = [f"{t:.2f}" for t, _ in found] + ["—"] * (len(folders) - 1 - len(found))
    flag = "FAST" if step > wanted.most else ""
    shown = " | ".join(times)
    print(f"| {command} | {shape} | {shown} | {step:.1f}× | {found[-1][1]} | {flag} |", flush=True)
    return step > wanted.most


if __name__ == "__main__":
    raise SystemExit(main())
