"""Does anything grow faster than n log n? Each command that reads rows, on rows that are alike.

    python tests/bench/growth.py [--rows 2000,4000,8000,16000] [--only COMMAND] [--shape SHAPE]

A line is a command and a shape of its input, processor seconds for each size, and how many times the
last step (twice the rows) took the time of the one before: linear work makes it 2, n log n some 2.1,
a square 4. A line says FAST where that is more than ``--most``. ``n`` counts all rows of the
workbook, or those of the workbook and of the list; letters are not made but counted as made, so that
what is measured is all that a command does around them.
"""

import argparse
import contextlib
import datetime as dt
import gc
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "addin"), str(ROOT / "tests"), str(ROOT / "tests" / "kits")]

DAY = dt.date(2026, 4, 15)
Row = dict[str, object]
Rows = dict[str, list[Row]]
SHEETS = ("members", "acquisition", "dependants", "loss", "ledger")


def person(**more: object) -> Row:
    """The one person of whom all rows are copies."""
    return {
        "symbol": "101",
        "number": "1",
        "branch": "00",
        "kind": "被保険者",
        "name": "見本 太郎",
        "kana": "ミホン タロウ",
        "birth": dt.date(1980, 5, 5),
        "sex": "男",
        "individual_number": "000000000019",
        "acquired": dt.date(2024, 4, 1),
        "event_date": dt.date(2026, 3, 31),
        "event": "非該当",
        "lost": dt.date(2026, 4, 1),
        "left": dt.date(2026, 3, 31),
        "cause": "退職等",
        "filed": dt.date(2026, 4, 3),
        "insured_name": "見本 太郎",
        "relationship": "長男",
        "postal_code": "100-0001",
        "address": "東京都千代田区千代田1-1",
        "myna_status": "カードなし",
        "want": "希望する",
        "issued": dt.date(2025, 4, 1),
        "expiry": dt.date(2026, 5, 31),
        "document": "資格確認書",
        **more,
    }


def somebody(n: int) -> Row:
    """A person of whom nothing is another's but 記号, address and days."""
    from shikaku.fields.individual_number import calc_check_digit

    eleven = f"000000{n % 100_000:05}"
    kana = "".join("アイウエオカキクケコ"[int(digit)] for digit in f"{n:05}")
    return {
        "number": str(n + 1),
        "branch": f"{n % 90:02}",
        "name": f"見本 {chr(0x4E00 + n % 20_000)}郎",
        "kana": f"ミホン {kana}",
        "birth": dt.date(1955, 1, 1) + dt.timedelta(n),
        "individual_number": eleven + calc_check_digit(eleven),
    }


def _but(*same: str) -> Callable[[int], Row]:
    """People who have these in common, and nothing else."""
    return lambda n: person(**{k: v for k, v in somebody(n).items() if k not in same})


PEOPLE: dict[str, Callable[[int], Row]] = {
    "alike": lambda n: person(),
    "one name": _but("name", "kana"),
    "one birth": _but("birth"),
    "one number": _but("individual_number"),
    "one household": _but("number"),
    "one household, no branch": lambda n: {**_but("number")(n), "branch": ""},
    "no 番号": lambda n: person(name=somebody(n // 2)["name"], number=""),
}
"""Shape → its n-th row, on whatever sheet."""


def on_all_sheets(shape: str, count: int) -> Rows:
    """The same people on five sheets, a fifth of the rows on each."""
    each = [PEOPLE[shape](n) for n in range(count // len(SHEETS))]
    rows = {sheet: each for sheet in SHEETS}
    numbers = [f"K{n:05}" for n in range(len(each))]
    rows["ledger"] = [{**row, "control_no": no} for row, no in zip(each, numbers, strict=True)]
    if shape == "no 番号":
        rows["members"] = [row | {"number": str(n)} for n, row in enumerate(each)]
    return rows


def removals(_: str, count: int) -> Rows:
    """One insured and 非該当 of so many dependants, of one birth."""
    row = person(kind="被扶養者", branch="")
    filings = [{**row, "name": f"見本 {n}子"} for n in range(count)]
    return {"members": [person()], "dependants": filings}


def direct(shape: str, count: int) -> Rows:
    """任意継続: their letters go straight home, each an envelope, and were issued today."""
    rows = [PEOPLE[shape](n) | {"kind": "任意継続被保険者"} for n in range(count // 2)]
    history = [
        row | {"letter": "notice", "issued": DAY, "title": "資格情報のお知らせ"} for row in rows
    ]
    return {"members": rows, "history": history}


def write(path: Path, rows: Rows, **settings: object) -> Path:
    """An employer's workbook with these rows."""
    from shikaku.model.schema import schema
    from shikaku.template.builder import Content, render

    wanted = {
        sheet: [
            {k: v for k, v in row.items() if k in schema().sheets[sheet].columns} for row in each
        ]
        for sheet, each in rows.items()
    }
    path.write_bytes(render(Content(wanted, {"as_of": DAY, **settings}), 3))
    return path


# ------------------------------------------------------------------ commands


class Prepared:
    """A folder of one size, with the workbooks that several commands read."""

    def __init__(self, folder: Path, count: int) -> None:
        self.folder, self.count = folder, count
        self._made: dict[tuple[object, ...], Path] = {}

    def book(self, shape: str, rows: Callable[[str, int], Rows] = on_all_sheets) -> Path:
        """A copy of the workbook of a shape, which a command may write to."""
        key = shape, rows
        if key not in self._made:
            path = self.folder / f"made{len(self._made)}.xlsx"
            more = {"certificate_expiry": dt.date(2030, 3, 31), "employer_name": "みほん"}
            self._made[key] = write(path, rows(shape, self.count), **more)
        shutil.rmtree(self.folder / "work", ignore_errors=True)
        copy = self.folder / "work" / "b.xlsx"
        copy.parent.mkdir()
        return Path(shutil.copy(self._made[key], copy))

    def text(self, name: str, heading: str, lines: list[str]) -> Path:
        """A list as CSV."""
        path = self.folder / "work" / name
        path.write_text("\n".join([*filter(None, [heading]), *lines]) + "\n", "utf-8")
        return path


Words = list[object]
Command = Callable[[Prepared, str], Words]


def plain(*words: object, rows: Callable[[str, int], Rows] = on_all_sheets) -> Command:
    """A command on the workbook alone. ``OUT`` among the words: a folder of its own."""

    def prepare(at: Prepared, shape: str) -> Words:
        book = at.book(shape, rows)
        rest = [
            book.parent / str(word).lower() if "OUT" in str(word) else word for word in words[1:]
        ]
        return [words[0], book, *rest]

    return prepare


def _members(shape: str, count: int) -> Rows:
    return {"members": [PEOPLE[shape](n) for n in range(count // 2)]}


def _ledger(shape: str, count: int) -> Rows:
    rows = [PEOPLE[shape](n) for n in range(count // 2)]
    return {"ledger": [row | {"control_no": _control_no(shape, n)} for n, row in enumerate(rows)]}


def _control_no(shape: str, n: int) -> str:
    return "K00001" if shape in ("alike", "one number") else f"K{n:05}"


def _cards_book(shape: str, count: int) -> Rows:
    rows = _members(shape, count * 2 // 3)["members"]
    ledger = [row | {"control_no": _control_no(shape, n)} for n, row in enumerate(rows)]
    return {"members": rows, "ledger": ledger}


def status_import(at: Prepared, shape: str) -> Words:
    book = at.book(shape, _members)
    people = _members(shape, at.count)["members"]
    lines = [f"{_record(p)},{p['birth']},利用登録済,2026-04-01" for p in people]
    head = "記号,番号,枝番,生年月日,マイナ保険証の状況,状況確認日"
    return ["status-import", book, at.text("list.csv", head, lines)]


def _record(row: Row) -> str:
    return f"{row['symbol']},{row['number']},{row['branch']}"


def received(at: Prepared, shape: str) -> Words:
    book = at.book(shape, _ledger)
    lines = [_control_no(shape, n) for n in range(at.count // 2)]
    return ["received", book, at.text("scans.csv", "", lines)]


def import_rows(at: Prepared, shape: str) -> Words:
    book = at.book(shape, _members)
    keys = ("kind", "name", "kana", "birth", "sex", "acquired")
    lines = [
        ",".join([_record(p), *(str(p[key]) for key in keys)])
        for p in _members(shape, at.count)["members"]
    ]
    head = "記号,番号,枝番,区分,氏名,氏名カナ,生年月日,性別,資格取得年月日"
    return ["import", book, at.text("list.csv", head, lines), "--sheet", "加入者台帳"]


def import_new(at: Prepared, shape: str) -> Words:
    """Into a filing sheet of an empty workbook."""
    words = import_rows(at, shape)
    write(Path(str(words[1])), {})
    return [*words[:-1], "資格取得届"]


def cards_import(at: Prepared, shape: str) -> Words:
    book = at.book(shape, _cards_book)
    people = _cards_book(shape, at.count)["members"]
    lines = [
        f"{_record(p)},{p['birth']},2025-05-01,2027-03-31,{_control_no(shape, n)}"
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
    write(Path(str(words[1])), {"members": _cards_book(shape, at.count)["members"]})
    return words


def collect_two(at: Prepared, shape: str) -> Words:
    """Two files of one employer, the second with another address for everybody."""
    at.book(shape, _members)
    inbox = at.folder / "work" / "inbox"
    inbox.mkdir()
    for i in (1, 2):
        rows = [PEOPLE[shape](n) | {"address": f"東京都港区{i}"} for n in range(at.count // 2)]
        path = inbox / f"{i}.xlsx"
        write(path, {"acquisition": rows}, employer_symbol="101", employer_name="みほん")
        os.utime(path, (1.7e9 + i, 1.7e9 + i))
    return ["collect", inbox, "--out", at.folder / "work" / "out.xlsx"]


def collect_many(at: Prepared, shape: str) -> Words:
    """Employers of one 記号 with so many rows that 16,000 rows are 320 employers."""
    at.book(shape, _members)
    inbox = at.folder / "work" / "inbox"
    inbox.mkdir()
    for n in range(at.count // 50):
        rows = [PEOPLE[shape](n * 50 + k) for k in range(50)]
        path = inbox / f"{n:05}.xlsx"
        write(path, {"acquisition": rows}, employer_symbol="101", employer_name=f"事業所{n}")
    return ["collect", inbox, "--out", at.folder / "work" / "out.xlsx"]


def restore(at: Prepared, shape: str) -> Words:
    words = plain("tidy", "--write")(at, shape)
    call([*words, *_DAY])
    return ["restore", words[1], "--to", "1"]


def submit(at: Prepared, shape: str) -> Words:
    book = at.book(shape)
    password = at.text("password.txt", "", ["correct horse battery staple 1"])
    out = book.parent / "sent.xlsx"
    return ["submit", book, "--out", out, "--password-file", password, "--allow-errors"]


COMMANDS: dict[str, Command] = {
    "check": plain("check"),
    "check --write": plain("check", "--write"),
    "tidy": plain("tidy"),
    "decide": plain("decide", "--write"),
    "returns": plain("returns", "--write"),
    "enroll": plain("enroll", "--write"),
    "purge": plain("purge", "--write"),
    "renewals": plain("renewals", "--within", "365"),
    "export": plain("export", "--out", "OUT"),
    "submit": submit,
    "restore": restore,
    "letters": plain("letters", "--out", "OUT"),
    "remind": plain("remind", "--out", "OUT"),
    "print": plain("print", "--out", "OUT"),
    "run": plain("run", "--out", "OUT"),
    "labels": plain("labels", "--out", "OUT", rows=direct),
    "status-import": status_import,
    "cards-import": cards_import,
    "cards-import, one 管理番号": cards_of_a_family,
    "import": import_rows,
    "import, new rows": import_new,
    "received": received,
    "collect, two files": collect_two,
    "collect, employers": collect_many,
}
ONE_SHAPE: dict[str, Command] = {
    f"{name}, 非該当 of one insured": plain(name, *words, rows=removals)
    for name, *words in (
        ("check",),
        ("decide",),
        ("returns",),
        ("enroll",),
        ("run", "--out", "OUT"),
    )
}
_DAY = ("--as-of", DAY.isoformat())


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

    with contextlib.redirect_stderr(io.StringIO()):
        options = cli_parser.parser().parse_args([str(word) for word in words])
        result = commands.COMMANDS[options.command](options)
    size = len(str(result.to_json())) + len("\n".join(result.lines()))
    if size > 20_000_000:
        print(f"{size / 1e6:.0f} MB of output", file=sys.stderr)


def seconds(prepare: Command, at: Prepared, shape: str) -> float:
    """Processor seconds of one command."""
    words = [*prepare(at, shape), *_DAY]
    gc.collect()
    began = sum(os.times()[:4])
    call(words)
    return sum(os.times()[:4]) - began  # with the workers'


def wanted_lines(only: str | None, shape: str | None) -> Iterator[tuple[str, str, Command]]:
    """(command, shape, what prepares it)."""
    for one in PEOPLE:
        for name, prepare in COMMANDS.items():
            if (only is None or only == name) and (shape is None or shape == one):
                yield name, one, prepare
    for name, prepare in ONE_SHAPE.items():
        if (only is None or only == name) and shape is None:
            yield name, "alike", prepare


def main() -> int:
    """Print the table; 1 where something grows too fast."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", default="2000,4000,8000,16000")
    options.add_argument("--only", help="a command of the list")
    options.add_argument("--shape", help="a shape of the list")
    options.add_argument("--most", type=float, default=2.4)
    wanted = options.parse_args()
    sizes = [int(size) for size in wanted.rows.split(",")]
    print(f"| command | all rows of | {' | '.join(f'{n:,}' for n in sizes)} | last step | |")
    print("|---" * (len(sizes) + 4) + "|", flush=True)
    fast = 0
    without = mock.patch("shikaku.letters.bulk.produce.produce", made_without)
    with tempfile.TemporaryDirectory(prefix="bench-") as name, without:
        os.environ["SHIKAKU_LOG_DIR"] = str(Path(name, "log"))
        folders = [Prepared(Path(name, str(n)), n) for n in (50, *sizes)]
        for at in folders:
            at.folder.mkdir()
        for command, shape, prepare in wanted_lines(wanted.only, wanted.shape):
            _, *times = [seconds(prepare, at, shape) for at in folders]
            step = times[-1] / times[-2]
            fast += step > wanted.most
            shown = " | ".join(f"{t:.2f}" for t in times)
            flag = "FAST" if step > wanted.most else ""
            print(f"| {command} | {shape} | {shown} | {step:.1f}× | {flag} |", flush=True)
    return int(bool(fast))


if __name__ == "__main__":
    raise SystemExit(main())
