"""Near the limit of one machine, and beyond it: check and decide on many rows, and on a cluster.

    python tests/bench/scale.py [--rows 2000]            # beside calamine and openpyxl (20000 for the table)
    python tests/bench/scale.py --members 200000         # one pass from CSV and Parquet, with memory
    python tests/bench/scale.py --cluster 1,2            # the same rows on so many workers
    python tests/bench/scale.py --write                  # check --write beside rewriting the zip alone
    python tests/bench/scale.py --ledger 500             # returns and run with so many certificates out

Each figure is the processor time of a process of its own, start included (with workers: wall-clock
seconds beside it), the median of ``--runs``; peers read the same file in the same run. People are true
to life: 3,000 surnames and given names, families of one to five, 60 people a 記号.
"""

import argparse
import datetime as dt
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "addin"), str(ROOT / "tests"), str(ROOT / "tests" / "kits")]

from shikaku.fields import individual_number, postal_code  # noqa: E402

PEERS = {
    "calamine": "import python_calamine as c; b = c.CalamineWorkbook.from_path({path!r}); "
    "[b.get_sheet_by_name(n).to_python() for n in b.sheet_names]",
    "openpyxl, cells": "import openpyxl; b = openpyxl.load_workbook({path!r}, read_only=True); "
    "[c.value for s in b.worksheets for row in s.iter_rows() for c in row]",
    "openpyxl, values only": "import openpyxl; b = openpyxl.load_workbook({path!r}, read_only=True); "
    "[1 for s in b.worksheets for row in s.iter_rows(values_only=True) for c in row]",
    "the zip alone": "import zipfile; a = zipfile.ZipFile({path!r}); "
    "b = zipfile.ZipFile({path!r} + '.copy', 'w', zipfile.ZIP_DEFLATED); "
    "[b.writestr(i, a.read(i)) for i in a.namelist()]; b.close()",
}


DAY = dt.date(2026, 4, 15)
_KANA = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフミムメモヤユヨラリルロワ"
_PREFECTURES = (
    "東京都",
    "大阪府",
    "愛知県",
    "福岡県",
    "北海道",
    "広島県",
    "宮城県",
    "新潟県",
    "京都府",
    "沖縄県",
)
_STATUSES = (
    *(("利用登録済", 76), ("カードなし", 9), ("利用登録なし", 6), ("電子証明書期限切れ", 2)),
    *(("利用登録解除", 1), ("紛失・更新中", 1), ("登録済だが利用困難", 1), ("不明", 2), ("", 2)),
)
_WITH = ("利用登録済", "登録済だが利用困難", "不明", "")
_CHILDREN = (("長男", "男"), ("長女", "女"), ("二男", "男"))
ONE_HOME = 60
"""So many people of the same 記号."""


def names(dice: random.Random, count: int, most: int) -> list[tuple[str, str]]:
    """So many names of one kanji to ``most`` of JIS 第1水準, each with a reading."""
    kanji = [
        bytes((lead, trail)).decode("shift_jis")
        for lead in range(0x89, 0x97)
        for trail in range(0x9F, 0xFC)
    ]
    found: dict[str, str] = {}
    while len(found) < count:
        name = "".join(dice.choices(kanji, k=dice.randint(1, most)))
        found.setdefault(name, "".join(dice.choices(_KANA, k=len(name) + dice.randint(1, 2))))
    return list(found.items())


def people(count: int) -> list[dict]:
    """Rows of 加入者台帳, true to life: 3,000 surnames and 3,000 given names, some of them common, families of
    one to five with the relationships and days that go with them, 60 people or so to a 記号, an address
    a family, a number each that begins with 000000 (of such there are 100,000; further people's were
    erased after their time), and a finding for one row in eight or so."""
    dice = random.Random(5)
    surnames, given = names(dice, 3000, 2), names(dice, 3000, 2)
    common = [1 / (rank + 20) for rank in range(3000)]
    codes = _postal_codes()
    rows: list[dict] = []
    while len(rows) < count:
        surname, (prefecture, code) = dice.choices(surnames, common)[0], dice.choice(codes)
        home = {
            "symbol": str(100 + len(rows) // ONE_HOME),
            "number": str(len(rows) % ONE_HOME + 1),
            "postal_code": f"{code}-{dice.randrange(10_000):04}",
            "address": f"{prefecture}{dice.choice(surnames)[0]}市{dice.choice(given)[0]}町"
            f"{dice.randint(1, 9)}-{dice.randint(1, 30)}-{dice.randint(1, 40)}",
            "department": f"第{dice.randint(1, 40)}営業部",
        }
        rows += _family(dice, home, surname, [dice.choices(given, common)[0] for _ in range(5)])
    for i, row in enumerate(rows[:count]):
        eleven = f"{i * 37 % 100_000:011}"
        if i < 100_000:
            row["individual_number"] = eleven + individual_number.calc_check_digit(eleven)
        else:
            row["number_erased"] = dt.date(2026, 1, 5)
    return rows[:count]


def certificates(rows: list[dict], count: int) -> list[dict]:
    """Rows of 返納管理 for the first ``count`` members: a certificate each, two thirds of them to be
    given back by whole families that have left in these weeks, every tenth is back already."""
    found = []
    for i, row in enumerate(rows[:count]):
        home = int(row["symbol"]) * ONE_HOME + int(row["number"])
        if home % 3:
            row["lost"] = DAY - dt.timedelta(home % 40)
        due = {"required": "要", "due": row["lost"] + dt.timedelta(5)} if "lost" in row else {}
        same = ("symbol", "number", "branch", "name", "kind", "department", "lost")
        found.append(
            {
                "control_no": f"K20250801-{i + 1:05}",
                "document": "資格確認書",
                **{key: row[key] for key in same if key in row},
                "issued": max(dt.date(2025, 8, 1), row["acquired"]),
                "expiry": dt.date(2026, 11, 30),
                **due,
                **({"returned": DAY} if due and i % 10 == 0 else {}),
            }
        )
    return found


def _postal_codes() -> list[tuple[str, str]]:
    """(prefecture, first three digits of its codes)."""
    return [
        (prefecture, f"{code:03}")
        for code in range(1, 1000)
        for prefecture in postal_code.prefectures(f"{code:03}0001") & {*_PREFECTURES}
    ]


def _family(
    dice: random.Random, home: dict, surname: tuple[str, str], given: list[tuple[str, str]]
) -> list[dict]:
    born = dt.date(1961, 5, 1) + dt.timedelta(dice.randrange(16_000))
    joined = max(dt.date(1990, 4, 1), born + dt.timedelta(365 * 19))
    joined += dt.timedelta(dice.randrange(max((DAY - joined).days - 30, 1)))
    if dice.random() < 0.5 and joined.replace(month=4, day=1) > born + dt.timedelta(365 * 18):
        joined = joined.replace(month=4, day=1)
    sex = dice.choice("男女")
    family = [("被保険者", "", sex, born)]
    if dice.random() < 0.5:
        partner = ("妻", "女") if sex == "男" else ("夫", "男")
        family.append(("被扶養者", *partner, born + dt.timedelta(dice.randint(-1500, 1500))))
        family += [
            ("被扶養者", *child, born + dt.timedelta(365 * (26 + i) + dice.randrange(300)))
            for i, child in enumerate(_CHILDREN[: dice.randint(0, 3)])
        ]
    return [
        home
        | {
            "branch": f"{i:02}",
            "kind": kind,
            "name": f"{surname[0]}　{given[i][0]}",
            "kana": f"{surname[1]}　{given[i][1]}",
            "birth": birth,
            "sex": of,
            "acquired": max(joined, birth),
            **({"relationship": relationship} if relationship else {}),
            **_myna_card(dice),
        }
        for i, (kind, relationship, of, birth) in enumerate(family)
        if birth < DAY
    ]


def _myna_card(dice: random.Random) -> dict:
    labels, weights = zip(*_STATUSES, strict=True)
    status = dice.choices(labels, weights)[0]
    said: dict = {"myna_status": status} if status else {}
    if status:
        said["status_checked"] = DAY - dt.timedelta(dice.randint(10, 340))
    if status == "利用登録済" and dice.random() < 0.6:
        said["e_certificate_expiry"] = DAY + dt.timedelta(dice.randint(60, 1800))
    if status not in _WITH and dice.random() < 0.9:
        said["want"] = dice.choice(("希望する", "希望しない", "希望しない"))
    return said


def workbook(
    path: Path, rows: list[dict], prepared: int = 500, ledger: list[dict] | None = None
) -> Path:
    """A workbook with these members and this ledger, made as ``new --rows`` makes it."""
    from shikaku.template.builder import Content, render

    settings = {"as_of": dt.date(2026, 4, 15), "employer_name": "みほん", "insurer_name": "みほん"}
    sheets = {"members": rows, "ledger": ledger or []}
    path.write_bytes(render(Content({k: v for k, v in sheets.items() if v}, settings), prepared))
    return path


def files(folder: Path, rows: list[dict]) -> dict[str, Path]:
    """The members as CSV and as Parquet."""
    import csv

    import pyarrow
    import pyarrow.parquet
    from shikaku.model.schema import schema

    columns = schema().sheets["members"].columns
    lists = schema().lists
    table = {
        c.label: [
            lists[c.list].get(row.get(k), row.get(k)) if c.list else row.get(k) for row in rows
        ]
        for k, c in columns.items()
    }
    with (folder / "members.csv").open("w", encoding="utf-8", newline="") as file:
        target = csv.writer(file)
        target.writerow(table)
        target.writerows(zip(*table.values(), strict=True))
    pyarrow.parquet.write_table(pyarrow.table(table), folder / "members.parquet")
    return {"CSV": folder / "members.csv", "Parquet": folder / "members.parquet"}


def measured(words: list[str], folder: Path) -> tuple[float, float, float]:
    """(processor seconds, wall-clock seconds, peak MB) of a Python process and its children."""
    import resource

    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "addin"),
        "SHIKAKU_LOG_DIR": str(folder / "log"),
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),  # as installed: compiled at the first run
    }
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, *words], cwd=folder, env=env, capture_output=True, text=True
    )
    wall = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode > 1:
        raise SystemExit(done.stderr)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, wall, after.ru_maxrss / 1024


def ours(*words: object) -> list[str]:
    """A command of ours."""
    return ["-m", "shikaku", *map(str, words), "--as-of", "2026-04-15"]


def median(words: list[str], folder: Path, runs: int) -> tuple[float, float]:
    """Medians of processor and wall-clock seconds."""
    found = [measured(words, folder)[:2] for _ in range(runs)]
    return statistics.median(f[0] for f in found), statistics.median(f[1] for f in found)


def beside_peers(folder: Path, rows: int, runs: int, ledger: int = 0) -> None:
    """ledger: with so many certificates; then ``returns`` and ``run``, with its letters (Word files)
    and once more the same day, when none is due."""
    members = people(rows)
    path = workbook(folder / "b.xlsx", members, ledger=certificates(members, ledger))
    print(
        f"| {rows:,} rows | processor, s | of calamine's | of openpyxl's cells |\n|---|---|---|---|"
    )
    lines = peers(path, folder, runs)
    measured(ours("check", path), folder)
    for name in ("returns",) if ledger else ("check", "decide", "returns"):
        lines[name] = median(ours(name, path, "--json"), folder, runs)[0]
    words = ours("run", path, "--out", folder / "out", "--format", "docx", "--json")
    if ledger:
        first = measured(words, folder)[0]
        made = sum(1 for _ in (folder / "out").rglob("*.docx"))
        lines[f"run, {made:,} letters as Word"] = first
    table(lines)
    if ledger:  # it reads what the first run has written: 20,000 decisions more
        print("| the workbook that was written | | | |")
        lines = peers(path, folder, runs)
        lines["run, the same day again"] = median(words, folder, runs)[0]
        table(lines)


def peers(path: Path, folder: Path, runs: int) -> dict[str, float]:
    """Processor seconds that each other library takes to read the workbook as it stands."""
    return {
        name: median(["-c", PEERS[name].format(path=str(path))], folder, runs)[0]
        for name in ("calamine", "openpyxl, cells", "openpyxl, values only")
    }


def table(lines: dict[str, float]) -> None:
    """One row for each, beside the peers among them."""
    for name, seconds in lines.items():
        ratios = f"{seconds / lines['calamine']:.1f} | {seconds / lines['openpyxl, cells']:.2f}"
        print(f"| {name} | {seconds:.2f} | {ratios} |", flush=True)


def from_files(folder: Path, rows: int) -> None:
    bare = workbook(folder / "b.xlsx", [])
    print(f"| {rows:,} members | processor, s | peak MB | file MB |\n|---|---|---|---|")
    for form, path in files(folder, people(rows)).items():
        for name in ("check", "decide"):
            spent, _, peak = measured(ours(name, bare, "--members", path, "--json"), folder)
            size = path.stat().st_size / 1e6
            print(f"| {name}, {form} | {spent:.1f} | {peak:.0f} | {size:.1f} |", flush=True)


def on_workers(folder: Path, rows: int, counts: list[int], runs: int) -> None:
    path = workbook(folder / "b.xlsx", people(rows))
    print(f"| {rows:,} rows | workers | processor, s | wall-clock, s |\n|---|---|---|---|")
    for name in ("check", "decide"):
        for count in (0, *counts):
            more = ["--cluster", f"local:{count}"] if count else []
            spent, wall = median(ours(name, path, "--json", *more), folder, runs)
            print(f"| {name} | {count or 'one machine'} | {spent:.1f} | {wall:.1f} |", flush=True)


def written(folder: Path, rows: int, runs: int) -> None:
    """Every other row lacks its 性別: 10,000 findings and more in 20,000 rows."""
    faulty = people(rows)
    for row in faulty[::2]:
        del row["sex"]
    path = workbook(folder / "b.xlsx", faulty)
    zipped = median(["-c", PEERS["the zip alone"].format(path=str(path))], folder, runs)[0]
    plain = median(ours("check", path), folder, runs)[0]
    times = []
    for run in range(runs):  # of a book that has no marks and no findings in it yet
        fresh = folder / f"fresh{run}.xlsx"
        fresh.write_bytes(path.read_bytes())
        times.append(measured(ours("check", fresh, "--write"), folder)[0])
    more = statistics.median(times) - plain
    print(f"zip alone {zipped:.2f} s; writing {more:.2f} s: {more / zipped:.1f}×")


def main() -> None:
    """Measure what is asked for."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=2000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--members", type=int)
    options.add_argument("--cluster")
    options.add_argument("--write", action="store_true")
    options.add_argument("--ledger", type=int, default=0)
    wanted = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        if wanted.members:
            from_files(folder, wanted.members)
        elif wanted.cluster:
            counts = [int(part) for part in wanted.cluster.split(",")]
            on_workers(folder, wanted.rows, counts, wanted.runs)
        elif wanted.write:
            written(folder, wanted.rows, wanted.runs)
        else:
            beside_peers(folder, wanted.rows, wanted.runs, wanted.ledger)


if __name__ == "__main__":
    main()
