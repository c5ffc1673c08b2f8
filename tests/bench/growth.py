"""Does anything grow faster than the rows? Each command on workbooks in which all is alike.

    python tests/bench/growth.py [--rows 1000] [--only returns] [--most 3.2]

Three sizes, each twice the last (from ``--rows``); the processor seconds of each, in one process, and the
ratio of the last to the first. Linear work makes it 4; n log n some 4.4; a square 16. A line says SQUARE
where it is more than ``--most`` times 2 (a fixed start makes small sizes look better than they are).
The inputs: all rows of one name, one birth, one 記号・番号 and one 個人番号; the same people on four sheets;
a ledger and losses of one 記号・番号; 非該当 of one insured; two files of one employer with one kana; 300
employers of one 記号.
"""

import argparse
import datetime as dt
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "addin"), str(ROOT / "tests"), str(ROOT / "tests" / "kits")]

DAY = dt.date(2026, 4, 15)
Rows = dict[str, list[dict]]


def person(**more) -> dict:
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
        "document": "資格確認書",
        "issued": dt.date(2025, 4, 1),
        "expiry": dt.date(2030, 3, 31),
        **more,
    }


def alike(count: int) -> Rows:
    """Everything the same, on every sheet."""
    each = count // 5
    sheets = ("members", "acquisition", "dependants", "loss")
    rows = {sheet: [person() for _ in range(each)] for sheet in sheets}
    return rows | {"ledger": [person(control_no=f"K{n:05}") for n in range(each)]}


def four_sheets(count: int) -> Rows:
    """The same people on four sheets, all under one 記号・番号."""
    each = [person(name=f"見本 {n}郎", branch=str(n)) for n in range(count // 4)]
    return {
        s: [dict(row) for row in each] for s in ("members", "acquisition", "dependants", "loss")
    }


def one_number(count: int) -> Rows:
    """A ledger and losses of one 記号・番号, each of another name."""
    each = [person(name=f"見本 {n}郎", control_no=f"K{n:05}", lost=DAY) for n in range(count // 2)]
    return {"ledger": each, "loss": [dict(row) for row in each]}


def removals(count: int) -> Rows:
    """One insured and 非該当 of so many dependants, of one birth."""
    row = person(kind="被扶養者")
    return {
        "members": [person()],
        "dependants": [{**row, "name": f"見本 {n}子", "branch": ""} for n in range(count)],
    }


def one_birth(count: int) -> Rows:
    """Two rows a name, one birth, no 番号 in the filings."""
    names = [f"見本 {n}郎" for n in range(count // 2)]
    return {
        "members": [person(name=name, number=str(n)) for n, name in enumerate(names)],
        "acquisition": [person(name=name, number="") for name in names],
    }


INPUTS = {f.__name__: f for f in (alike, four_sheets, one_number, removals, one_birth)}


def write(path: Path, rows: Rows, **settings) -> Path:
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


def session(path: Path):
    from shikaku.jobs.case import session_for

    return session_for(path)


def of_workbook(name: str) -> Callable[[int, Path, str], Callable[[], object]]:
    """check, decide, returns: on one of the inputs."""

    def prepare(count: int, folder: Path, rows: str) -> Callable[[], object]:
        import importlib

        job = getattr(importlib.import_module(f"shikaku.jobs.{name}"), name)
        path = write(folder / "b.xlsx", INPUTS[rows](count))
        return lambda: job(session(path), DAY).to_json()

    return prepare


def enroll(count: int, folder: Path, rows: str) -> Callable[[], object]:
    from shikaku.jobs import enroll as job

    path = write(folder / "b.xlsx", INPUTS[rows](count))
    return lambda: job.enroll(session(path), DAY).to_json()


def letters_due(count: int, folder: Path, rows: str) -> Callable[[], object]:
    """What ``run`` works out before a letter is made."""
    from shikaku.jobs.case import Case
    from shikaku.jobs.letters import BY_DEFAULT, letter_source
    from shikaku.letters.contexts import due
    from shikaku.returns.ledger import update

    path = write(folder / "b.xlsx", INPUTS[rows](count), certificate_expiry=dt.date(2030, 3, 31))

    def work() -> object:
        case = Case.load(session(path), DAY)
        plan = update(case.book, case.settings, case.as_of, case.closed)
        return due.due(BY_DEFAULT, letter_source(case, plan, BY_DEFAULT), None, again=False)

    return work


def collect_pair(count: int, folder: Path, _: str) -> Callable[[], object]:
    """Two files of one employer, each row with one kana."""
    from shikaku.jobs import collect as job

    inbox = folder / "inbox"
    inbox.mkdir()
    for i in (1, 2):
        rows = [person(name=f"見本 {i}{n}郎", number="", birth=DAY) for n in range(count // 2)]
        path = write(
            inbox / f"{i}.xlsx",
            {"acquisition": rows},
            employer_symbol="101",
            employer_name="みほん",
        )
        os.utime(path, (1.7e9 + i, 1.7e9 + i))
    return lambda: job.collect(inbox, _fresh(folder), as_of=DAY).to_json()


def collect_employers(count: int, folder: Path, _: str) -> Callable[[], object]:
    """Employers of one 記号 with three joiners each (300 of them at 900 rows)."""
    from shikaku.jobs import collect as job

    inbox = folder / "inbox"
    inbox.mkdir()
    for n in range(count // 12):
        rows = [person(name=f"見本 {n}{k}郎", number="") for k in range(3)]
        write(
            inbox / f"{n:05}.xlsx",
            {"acquisition": rows},
            employer_symbol="101",
            employer_name=f"事業所{n}",
        )
    return lambda: job.collect(inbox, _fresh(folder), as_of=DAY).to_json()


def _fresh(folder: Path) -> Path:
    target = folder / "out.xlsx"
    target.unlink(missing_ok=True)
    return target


def status_import(count: int, folder: Path, _: str) -> Callable[[], object]:
    from shikaku.jobs import status_import as job

    path = write(folder / "b.xlsx", {"members": [person() for _ in range(count)]})
    listed = folder / "list.csv"
    line = "101,1,00,1980-05-05,利用登録済,2026-04-01\n"
    head = "記号,番号,枝番,生年月日,マイナ保険証の状況,状況確認日\n"
    listed.write_text(head + line * count, "utf-8")
    return lambda: job.status_import(session(path), listed, as_of=DAY, write=False).to_json()


def received(count: int, folder: Path, _: str) -> Callable[[], object]:
    from shikaku.jobs import received as job

    rows = [person(control_no="K00001", number=str(n)) for n in range(count)]
    data = write(folder / "b.xlsx", {"ledger": rows}).read_bytes()
    scans = folder / "scans.csv"
    scans.write_text("K00001\n" * count, "utf-8")

    def work() -> object:
        path = folder / "again.xlsx"
        path.write_bytes(data)
        return job.received(session(path), scans, as_of=DAY).to_json()

    return work


def import_rows(count: int, folder: Path, _: str) -> Callable[[], object]:
    from shikaku.jobs import import_rows as job

    path = write(folder / "b.xlsx", {"members": [person() for _ in range(count // 2)]})
    listed = folder / "list.csv"
    line = "101,1,00,被保険者,見本 太郎,ミホン タロウ,1980-05-05,男,2024-04-01\n"
    head = "記号,番号,枝番,区分,氏名,氏名カナ,生年月日,性別,資格取得年月日\n"
    listed.write_text(head + line * (count // 2), "utf-8")
    return lambda: job.import_rows(
        session(path), listed, sheet="加入者台帳", as_of=DAY, preview=True
    ).to_json()


def cards_import(count: int, folder: Path, _: str) -> Callable[[], object]:
    """So many certificates of one person, with a ledger of as many of his."""
    from shikaku.jobs import cards_import as job

    ledger = [person(control_no=f"K{n:05}") for n in range(count // 2)]
    path = write(folder / "b.xlsx", {"members": [person()], "ledger": ledger})
    listed = folder / "cards.csv"
    lines = "".join(
        f"101,1,00,1980-05-05,2026-04-01,2030-03-31,N{n:05}\n" for n in range(count // 2)
    )
    listed.write_text("記号,番号,枝番,生年月日,交付年月日,有効期限,管理番号\n" + lines, "utf-8")
    return lambda: job.cards_import(session(path), listed, as_of=DAY, preview=True).to_json()


def jobs() -> Iterator[tuple[str, str, Callable[[int, Path, str], Callable[[], object]]]]:
    """(command, input, what prepares it)."""
    for rows in INPUTS:
        for name in ("check", "decide", "returns"):
            yield name, rows, of_workbook(name)
        yield "enroll", rows, enroll
        yield "run", rows, letters_due
    for name, work in (("collect", collect_pair), ("collect", collect_employers)):
        yield name, work.__name__, work
    for work in (status_import, received, import_rows, cards_import):
        yield work.__name__.replace("_", "-"), "alike", work


def seconds(
    prepare: Callable[[int, Path, str], Callable[[], object]], count: int, rows: str
) -> float:
    """Processor seconds of one call."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        os.environ["SHIKAKU_LOG_DIR"] = str(Path(name, "log"))
        work = prepare(count, Path(name), rows)
        began = time.process_time()
        work()
        return time.process_time() - began


def main() -> int:
    """Print the table; 1 where something grows too fast."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=1000)
    options.add_argument("--only", help="a command")
    options.add_argument("--most", type=float, default=3.2)
    wanted = options.parse_args()
    sizes = [wanted.rows, wanted.rows * 2, wanted.rows * 4]
    heads = " | ".join(f"{n:,}, s" for n in sizes)
    print(f"| command | input | {heads} | last step | |\n|{'---|' * 7}")
    fast = 0
    for name, rows, prepare in jobs():
        if wanted.only and wanted.only not in (name, rows):
            continue
        seconds(prepare, 50, rows)  # what is imported once
        times = [seconds(prepare, count, rows) for count in sizes]
        step = times[-1] / times[-2]
        square = step > wanted.most
        fast += square
        shown = " | ".join(f"{t:.2f}" for t in times)
        print(
            f"| {name} | {rows} | {shown} | {step:.1f}× | {'SQUARE' if square else ''} |",
            flush=True,
        )
    return int(bool(fast))


if __name__ == "__main__":
    raise SystemExit(main())
