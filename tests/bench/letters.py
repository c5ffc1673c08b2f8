"""How fast letters become Word and PDF, against the ways people have today, side by side.

    python tests/bench/letters.py [--letters 1000] [--sample 13] [--kind notice-digits]
    python tests/bench/letters.py --memory          # 1,000 against 10,000: flat, under 600 MB
    python tests/bench/letters.py --employer 3000   # one employer's, bound into one file

Each way makes the same letters from the same templates (all kinds in equal parts, or one
``--kind``), one way after the other on the same machine (2 cores unless ``--cores``). Times are
wall-clock seconds with everything included: start, imports, reading the templates; the processor
time beside them holds also on a busy machine. Memory is the peak of the proportional set size
(PSS: shared pages counted once) of the whole process tree, read every 0.25 s from /proc, so this
runs on Linux.

a   docxtpl, and soffice started for each letter (a sample, scaled: it takes half an hour; the first
    start, which builds LibreOffice's profile, is not counted)
b   docxtpl, and soffice started with all files (with 200 at a time: given 1,000, LibreOffice wrote
    247 PDFs and ended as if all were well)
c   docxtpl, bodies joined to one document (one a kind), soffice started once for each: one PDF
c*  the same with our own filling instead of docxtpl: what a clever user could build
rdocx  the Word files filled as we do, each printed by rdocx alone with our fonts, on all cores:
    nothing is checked, named or remembered
ours-libreoffice, ours: ``shikaku letters`` with that engine: a checked file for each letter
"""

import argparse
import contextlib
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "addin"), str(ROOT / "tests"), str(ROOT / "tests" / "kits")]
MANY = 200
"""Files that one call of soffice converts for certain."""

RDOCX = 40
"""Letters that a process of rdocx alone makes at a time."""

WAYS = ("a", "b", "c", "c*", "rdocx", "ours-libreoffice", "ours")


def parts(kind: str, count: int) -> list[tuple[str, int]]:
    """(kind, letters of it): one kind, or all of them in equal parts."""
    from shikaku.letters.catalogue import KINDS

    if kind != "all":
        return [(kind, count)]
    each, more = divmod(count, len(KINDS))
    shares = [(k, each + (place < more)) for place, k in enumerate(KINDS)]
    return [(k, share) for k, share in shares if share]


def contexts(kind: str, count: int) -> Iterator[dict]:
    """The catalogue's example with a name, number and day of its own for each letter."""
    import letterkit
    from shikaku.letters.catalogue import KINDS

    for number in range(count):
        person = letterkit.context(number)
        values = KINDS[kind].example()
        for name in ("person_name", "name"):
            if name in values:
                values[name] = person["name"]
        values |= {k: person[k] for k in ("number", "birth") if k in values}
        yield values


def template(kind: str) -> Path:
    """Our template of a kind."""
    return ROOT / "templates" / f"{kind}.docx"


def by_docxtpl(kind: str, count: int, folder: Path) -> list[Path]:
    """Word files the usual way."""
    from docxtpl import DocxTemplate

    files = []
    for number, values in enumerate(contexts(kind, count)):
        document = DocxTemplate(template(kind))
        document.render(values, autoescape=True)
        files.append(folder / f"{kind}-{number:05d}.docx")
        document.save(files[-1])
    return files


def all_by_docxtpl(kind: str, count: int, folder: Path) -> list[Path]:
    """The Word files of all parts."""
    return [f for one, share in parts(kind, count) for f in by_docxtpl(one, share, folder)]


def soffice(files: list[Path], folder: Path) -> None:
    """One start of LibreOffice for these files, with a profile of its own."""
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
         "--convert-to", "pdf", "--outdir", str(folder), *(f.name for f in files)],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


def way_a(kind: str, count: int, folder: Path) -> int:
    files = all_by_docxtpl(kind, count, folder)
    began = time.monotonic()
    soffice(files[:1], folder)
    print("first", time.monotonic() - began)
    for file in files:
        soffice([file], folder)
    return len(list(folder.glob("*.pdf")))


def way_b(kind: str, count: int, folder: Path) -> int:
    files = all_by_docxtpl(kind, count, folder)
    for first in range(0, count, MANY):
        soffice(files[first : first + MANY], folder)
    return len(list(folder.glob("*.pdf")))


def way_c(kind: str, count: int, folder: Path) -> int:
    return sum(
        _one_pdf([f.read_bytes() for f in by_docxtpl(one, share, folder)], one, folder)
        for one, share in parts(kind, count)
    )


def way_c_clever(kind: str, count: int, folder: Path) -> int:
    from shikaku.letters.catalogue import KINDS
    from shikaku.letters.docx.template import Template

    made = 0
    for one, share in parts(kind, count):
        filled = Template(template(one), KINDS[one])
        letters = [filled.render(c) for c in contexts(one, share)]
        for number, letter in enumerate(letters):
            (folder / f"{one}-{number:05d}.docx").write_bytes(letter)
        made += _one_pdf(letters, one, folder)
    return made


def _one_pdf(letters: list[bytes], kind: str, folder: Path) -> int:
    """One document, one PDF; the letters in it."""
    from shikaku.letters.docx.merge import join

    (folder / f"{kind}.docx").write_bytes(join(letters, kind))
    soffice([folder / f"{kind}.docx"], folder)
    assert (folder / f"{kind}.pdf").stat().st_size
    return len(letters)


def way_rdocx(kind: str, count: int, folder: Path) -> int:
    """rdocx alone, in as many processes as ours has."""
    from concurrent.futures import ProcessPoolExecutor

    from shikaku.system.work import cores

    jobs = [
        (one, first, min(RDOCX, share - first), folder)
        for one, share in parts(kind, count)
        for first in range(0, share, RDOCX)
    ]
    with ProcessPoolExecutor(cores()) as pool:
        return sum(pool.map(_by_rdocx, *zip(*jobs, strict=True)))


def _by_rdocx(kind: str, first: int, count: int, folder: Path) -> int:
    import io
    from itertools import islice

    from shikaku.letters.catalogue import KINDS
    from shikaku.letters.docx.template import Template
    from shikaku.letters.fonts import subset
    from shikaku.letters.pdf.rdocx.engine import Embedded

    engine = Embedded()
    filled = Template(template(kind), KINDS[kind])
    fonts = subset.load()
    for number, values in enumerate(islice(contexts(kind, first + count), first, None), first):
        letter = filled.fill(values)
        (folder / f"{kind}-{number:05d}.docx").write_bytes(letter.docx)
        text = set("".join(letter.values)) | _printed(kind)
        cut = [(face.family, face.cut(text)) for face in (fonts.main, fonts.bold)]
        pdf = engine._rdocx.Document(io.BytesIO(letter.docx)).to_pdf(fonts=cut)
        (folder / f"{kind}-{number:05d}.pdf").write_bytes(pdf)
    return count


@functools.cache
def _printed(kind: str) -> frozenset[str]:
    """The characters of a template itself."""
    from shikaku.letters.catalogue import KINDS
    from shikaku.letters.pdf.rdocx.prepared_template import slim_template

    slim = slim_template(template(kind), KINDS[kind])
    assert slim is not None
    return slim.static


def ours(kind: str, count: int, folder: Path, engine: str = "embedded", per: str = "person") -> int:
    from shikaku.letters.bulk.produce import produce
    from shikaku.letters.catalogue import KINDS
    from shikaku.letters.model import Letter, PersonRef

    def letters() -> Iterator[Letter]:
        for one, share in parts(kind, count):
            for number, values in enumerate(contexts(one, share)):
                name = values.get("person_name") or values.get("name") or f"見本{number}"
                record = f"1234-{number}-00"
                person = PersonRef("members", number + 2, record, name)
                yield Letter(one, f"{record}_{name}", "みほん", name, (person,), name, values)

    report = produce(
        deque(letters()), folder,  # as a command has them
        kinds=KINDS, engine=engine, templates_dirs=[ROOT / "templates"],
        progress=False, per=per,
    )  # fmt: skip
    for fault in report.faults[:3]:
        print(fault.reason, file=sys.stderr)
    return report.counts.get("done", 0)


def make(way: str, kind: str, count: int) -> int:
    """Make the letters that way in a folder that goes afterwards; how many PDFs (or pages)."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        functions = {
            "a": way_a,
            "b": way_b,
            "c": way_c,
            "c*": way_c_clever,
            "rdocx": way_rdocx,
            "ours": ours,
            "employer": functools.partial(ours, per="employer"),
        }
        if way in functions:
            return functions[way](kind, count, folder)
        return ours(kind, count, folder, way.removeprefix("ours-"))


class Memory:
    """The peak PSS of a process and all its descendants, in MB."""

    def __init__(self, process: int):
        self._root, self.peak = process, 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        self._stop.set()
        self._thread.join()
        return self.peak

    def _watch(self) -> None:
        while not self._stop.wait(0.25):
            self.peak = max(self.peak, sum(map(_pss, _tree(self._root))) / 1024)


def _tree(root: int) -> list[int]:
    """A process and its descendants."""
    family = [root]
    for process in family:
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                family += map(int, task.read_text().split())
    return family


def _pss(process: int) -> int:
    """Kilobytes."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def measure(way: str, kind: str, count: int, cores: int) -> dict:
    """Run a way in a process of its own: seconds, peak MB, what came out."""
    usable = sorted(os.sched_getaffinity(0))[:cores]
    began = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, __file__, "--make", way, "--kind", kind, "--letters", str(count)],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, usable),
    )
    memory = Memory(process.pid)
    out = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - began
    peak = memory.stop()
    words = out.split()
    if words[0] == "first":
        seconds -= float(words[1])
    if status:
        raise SystemExit(f"{way} failed")
    return {
        "way": way,
        "letters": count,
        "seconds": seconds,
        "cpu": used.ru_utime + used.ru_stime,
        "mb": peak,
        "out": int(words[-1]),
    }


def compare(options: argparse.Namespace) -> list[dict]:
    """All ways, one after the other; way a on the sample, its time scaled by letters."""
    rows = []
    for way in options.ways.split(","):
        sample = way == "a"
        count = min(options.sample, options.letters) if sample else options.letters
        row = measure(way, options.kind, count, options.cores)
        row["scaled"] = row["seconds"] * options.letters / count
        row["note"] = f"measured on {count}, scaled" if sample and count < options.letters else ""
        rows.append(row)
        print(json.dumps(row, ensure_ascii=False), file=sys.stderr)
    return rows


def table(rows: list[dict], letters: int) -> str:
    """Markdown: seconds, ms a letter, processor time, memory, how many times as fast ours is."""
    best = next((r["scaled"] for r in rows if r["way"] == "ours"), None)
    lines = [
        f"| way | seconds for {letters:,} | ms a letter | CPU ms a letter | peak MB | ours is faster by |",
        "|---|---|---|---|---|---|",
    ]
    for row in rows:
        factor = f"{row['scaled'] / best:.1f}×" if best else ""
        seconds = f"{row['scaled']:,.1f}" + (f" ({row['note']})" if row["note"] else "")
        lines.append(
            f"| {row['way']} | {seconds} | {row['scaled'] / letters * 1000:.1f} | "
            f"{row['cpu'] / row['letters'] * 1000:.1f} | {row['mb']:.0f} | {factor} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--letters", type=int, default=1000)
    parser.add_argument("--sample", type=int, default=13, help="letters for way a")
    parser.add_argument("--kind", default="all", help="one kind instead of all in equal parts")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--memory", action="store_true", help="1,000 against 10,000 letters")
    parser.add_argument("--employer", type=int, metavar="N", help="half of N and N of one employer")
    parser.add_argument("--make", metavar="WAY", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make:
        print(make(options.make, options.kind, options.letters))
    elif options.employer:
        for count in (options.employer // 2, options.employer):
            row = measure("employer", options.kind, count, options.cores)
            print(f"{count:,} letters bound: {row['seconds']:.1f} s, peak {row['mb']:.0f} MB")
    elif options.memory:
        for count in (options.letters, 10 * options.letters):
            row = measure("ours", options.kind, count, options.cores)
            print(f"{count:,} letters: {row['seconds']:.1f} s, peak {row['mb']:.0f} MB")
    elif not shutil.which("soffice"):
        raise SystemExit("soffice (LibreOffice) is needed for the comparison")
    else:
        print(table(compare(options), options.letters))


if __name__ == "__main__":
    main()
