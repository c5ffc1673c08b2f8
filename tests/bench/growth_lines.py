"""The lines of ``growth.py``: commands, shapes of their input, and what prepares each."""

import contextlib
import datetime as dt
import hashlib
import io
import os
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import crowded_rows as data
from crowded_rows import DAY, PEOPLE, Row, RowsOf, on_all_sheets, write

ROOT = Path(__file__).resolve().parents[2]
DAY_WORDS = ("--as-of", DAY.isoformat())
"""What each command is told of the day."""


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
    call([*words, *DAY_WORDS])
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
    call([*words, *DAY_WORDS])
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
    "comings and goings of a family": (data.comings_and_goings_of_a_family, CORE),
    "one 管理番号": (data.one_control_number, (*CORE, "remind", "renewals")),
    "a long 発行履歴": (data.long_history, (*CORE, "labels", "print", "remind")),
    "8,000 characters": (data.long_texts, (*CORE, "tidy", "export")),
    "names of 8,000 characters": (data.long_names, ("check --write", "decide", "tidy", "run")),
    "8,000 digits": (data.digits, ("check --write", "decide", "tidy", "purge")),
}
"""Shape → its rows, and the commands that are asked of it."""
FULL = ("check --write", "decide", "enroll", "restore", "submit", "tidy", "purge")


def full_of(what: str, command: str) -> Command:
    """A command on a workbook of a hundred rows that is full of something else."""

    def prepare(at: Prepared, shape: str) -> Words:
        words = _again(command, data.few)(at, what)
        if what == "sheets":
            data.with_sheets(Path(str(words[1])), at.count)
        else:
            data.filled(Path(str(words[1])), what, at.count)
        if command == "restore":
            call(["tidy", words[1], "--write", *DAY_WORDS])
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
