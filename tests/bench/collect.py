"""300 workbooks of 20 rows each into one: ``shikaku collect`` beside openpyxl's load and append.

    python tests/bench/collect.py [--files 300] [--sealed 0] [--openpyxl 30]

--sealed: how many of the files are under a password. --openpyxl: how many files openpyxl loads
(its time is scaled up to all of them; it reads plain files only and checks nothing).
"""

import argparse
import datetime as dt
import os
import re
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

from shikaku.ooxml.zip_entries import Archive
from shikaku.system import encryption
from shikaku.template import sample
from shikaku.template.builder import Content, render

PASSWORD = "bench-password"


def base() -> bytes:
    """One employer's workbook: 8 members, 8 joiners, 4 leavers, with marks to be filled in."""
    people = list(sample.generate(20, seed=7))
    for number, row in enumerate(people):
        row |= {"symbol": "記号印", "name": f"印{number:02d} 太郎"}
        row["insured_name"] = row["name"]
    sheets = {"members": people[:8], "acquisition": people[8:16], "loss": people[16:]}
    rows = {key: [sample.for_sheet(key, r) for r in items] for key, items in sheets.items()}
    settings = {
        "employer_symbol": "記号印",
        "employer_name": "事業所印",
        "insurer_name": "ひかり産業健康保険組合",
        "as_of": dt.date(2026, 4, 15),
    }
    return render(Content(rows, settings))


def variants(data: bytes, count: int):
    """The workbook of each employer: other 記号, name and people."""
    archive = Archive(data)
    name = "xl/sharedStrings.xml"
    strings = archive.read(name, 1 << 24).decode()
    for index in range(count):
        text = strings.replace("記号印", f"{index + 1:04d}").replace(
            "事業所印", f"株式会社見本{index}"
        )
        text = re.sub(r"印(\d\d)", lambda m, i=index: f"見本{i:03d}第{m[1]}", text)
        yield archive.written({name: text.encode()}, {}, ())


def by_openpyxl(paths: list[Path]) -> float:
    """Seconds to load the workbooks and append their rows to a new one."""
    import openpyxl

    warnings.simplefilter("ignore")
    start = time.perf_counter()
    out = openpyxl.Workbook()
    for path in paths:
        book = openpyxl.load_workbook(path)
        for name in ("加入者台帳", "資格取得届", "被扶養者異動届", "資格喪失届"):
            if name not in out.sheetnames:
                out.create_sheet(name)
            for row in book[name].iter_rows(min_row=2, values_only=True):
                if row[1] is not None:
                    out[name].append([*row, path.name])
    out.save(paths[0].parent.parent / "openpyxl.xlsx")
    return time.perf_counter() - start


_spent = 0.0


def _processors() -> float:
    """Processor seconds of the last command: what counts on a machine that others use, too."""
    global _spent
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    before, _spent = _spent, used.ru_utime + used.ru_stime
    return _spent - before


def main() -> int:
    """Measure and print; exit status 1 when it took a minute or more."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=300)
    options.add_argument("--sealed", type=int, default=0)
    options.add_argument("--openpyxl", type=int, default=30)
    wanted = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder, "inbox")
        inbox.mkdir()
        for index, data in enumerate(variants(base(), wanted.files)):
            data = encryption.seal(data, PASSWORD) if index < wanted.sealed else data
            Path(inbox, f"employer{index:04d}.xlsx").write_bytes(data)
        passwords = Path(folder, "passwords.txt")
        passwords.write_text(PASSWORD, "utf-8")
        book = Path(folder, "book.xlsx")
        command = [sys.executable, "-m", "shikaku", "collect", str(inbox), "--out", str(book)]
        command += ["--password-file", str(passwords), "--as-of", "2026-04-15"]
        times = {}
        for what in ("first", "again"):
            start = time.perf_counter()
            done = subprocess.run(command, capture_output=True, text=True, env={**os.environ})
            times[what] = time.perf_counter() - start
            said = (done.stdout or done.stderr).splitlines()[-1]
            print(f"{what}: {times[what]:.1f} s, processors {_processors():.1f} s  {said}")
        plain = sorted(inbox.iterdir())[wanted.sealed :][: wanted.openpyxl]
        if plain:
            seconds = by_openpyxl(plain) / len(plain) * wanted.files
            print(f"openpyxl, load and append only: {seconds:.1f} s (from {len(plain)} files)")
        return times["first"] >= 60


if __name__ == "__main__":
    raise SystemExit(main())
