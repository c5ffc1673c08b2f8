"""Near the limit of one machine, and beyond it: check and decide on many rows, and on a cluster.

    python tests/bench/scale.py [--rows 2000]            # beside calamine and openpyxl (20000 for the table)
    python tests/bench/scale.py --members 200000         # one pass from CSV and Parquet, with memory
    python tests/bench/scale.py --cluster 1,2            # the same rows on so many workers
    python tests/bench/scale.py --write                  # check --write beside rewriting the zip alone

Each figure is the processor time of a process of its own, start included (with workers: wall-clock
seconds beside it), the median of ``--runs``; peers read the same file in the same run. People are true
to life: 3,000 surnames and given names, families of one to five, 60 people a 記号.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "addin"), str(ROOT / "tests"), str(ROOT / "tests" / "kits")]

PEERS = {
    "calamine": "import python_calamine as c; b = c.CalamineWorkbook.from_path({path!r}); "
    "[b.get_sheet_by_name(n).to_python() for n in b.sheet_names]",
    "openpyxl, read-only": "import openpyxl; b = openpyxl.load_workbook({path!r}, read_only=True); "
    "[1 for s in b.worksheets for row in s.iter_rows(values_only=True) for c in row]",
    "the zip alone": "import zipfile; a = zipfile.ZipFile({path!r}); "
    "b = zipfile.ZipFile({path!r} + '.copy', 'w', zipfile.ZIP_DEFLATED); "
    "[b.writestr(i, a.read(i)) for i in a.namelist()]; b.close()",
}


def people(count: int) -> list[dict]:
    """Rows of 加入者台帳, 60 to a 記号, each with a number of its own."""
    from shikaku.template import sample

    rows = []
    for i, row in enumerate(sample.generate(count, seed=5)):
        number = sample.fictitious_number(i)
        row |= {
            "symbol": str(100 + i // 60),
            "number": str(i % 60 + 1),
            "individual_number": number,
        }
        rows.append({k: v for k, v in sample.for_sheet("members", row).items() if v != ""})
    return rows


def workbook(path: Path, rows: list[dict]) -> Path:
    """A workbook with these members, made as ``new --rows 500`` makes it."""
    import datetime as dt

    from shikaku.template.builder import Content, render

    settings = {"as_of": dt.date(2026, 4, 15), "employer_name": "みほん", "insurer_name": "みほん"}
    path.write_bytes(render(Content({"members": rows} if rows else {}, settings), 500))
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

    env = {**os.environ, "PYTHONPATH": str(ROOT / "addin"), "SHIKAKU_LOG_DIR": str(folder / "log")}
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


def beside_peers(folder: Path, rows: int, runs: int) -> None:
    path = workbook(folder / "b.xlsx", people(rows))
    print(f"| {rows:,} rows | processor, s | of calamine's |\n|---|---|---|")
    calamine = median(["-c", PEERS["calamine"].format(path=str(path))], folder, runs)[0]
    lines = {"calamine": calamine}
    peer = PEERS["openpyxl, read-only"].format(path=str(path))
    lines["openpyxl, read-only"] = median(["-c", peer], folder, runs)[0]
    for name in ("check", "decide", "returns"):
        lines[name] = median(ours(name, path, "--json"), folder, runs)[0]
    for name, seconds in lines.items():
        print(f"| {name} | {seconds:.2f} | {seconds / calamine:.1f} |", flush=True)


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
    path = workbook(folder / "b.xlsx", people(rows))
    zipped = median(["-c", PEERS["the zip alone"].format(path=str(path))], folder, runs)[0]
    plain = median(ours("check", path), folder, runs)[0]
    marked = median(ours("check", path, "--write"), folder, runs)[0]
    print(
        f"zip alone {zipped:.2f} s; writing {marked - plain:.2f} s: {(marked - plain) / zipped:.1f}×"
    )


def main() -> None:
    """Measure what is asked for."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=2000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--members", type=int)
    options.add_argument("--cluster")
    options.add_argument("--write", action="store_true")
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
            beside_peers(folder, wanted.rows, wanted.runs)


if __name__ == "__main__":
    main()
