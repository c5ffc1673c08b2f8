"""``shikaku check`` over workbooks spoilt at random: a word in Japanese or a result, nothing else.

    python tests/fuzz_check.py --count 100000 --seed 7 [--book BOOK] [--jobs N] [--seconds S]

runs that many spoilt versions of a workbook (default: a small one with a row on each sheet)
through the command, in processes of their own. A fault is a traceback, an exception that only the
last line of defence caught, an exit status other than 0, 1, 2, more than 10 seconds, more than
1 GB of memory, or a line of the JSON that is none. The file at fault is kept (``fuzz-fault-….xlsx``
in the working folder) and the exit status is 1. The same count, seed and jobs give the same files.
"""

import argparse
import contextlib
import io
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

if __name__ == "__main__":
    TESTS = Path(__file__).resolve().parent
    sys.path[:0] = [str(TESTS / "kits"), str(TESTS.parent / "addin")]

from bookparts import fuzz, make, zips
from sample_rows import ACQUISITION

SECONDS, MEGABYTES = 10, 1024
_ADDRESS_SPACE = 1536 << 20

# A cell's value as any program, or an attacker, could leave it. {0} is the cell's address.
_CELLS = [
    '<c r="{0}"/>',
    '<c r="{0}"><v/></c>',
    '<c r="{0}" t="e"><v>#REF!</v></c>',
    '<c r="{0}" t="b"><v>2</v></c>',
    '<c r="{0}" t="d"><v>2026-02-30T25:61:00Z</v></c>',
    '<c r="{0}" t="zz"><v>1</v></c>',
    '<c r="{0}" s="-1"><v>1</v></c>',
    '<c r="{0}" s="99999999999"><v>45000</v></c>',
    '<c r="{0}"><v>1e308</v></c>',
    '<c r="{0}"><v>-0</v></c>',
    '<c r="{0}"><v>NaN</v></c>',
    '<c r="{0}"><v>2958466</v></c>',
    '<c r="{0}"><v>60</v></c>',
    '<c r="{0}"><v>0.1e-320</v></c>',
    '<c r="{0}"><v>1_000</v></c>',
    '<c r="{0}"><v>１２３</v></c>',
    '<c r="{0}"><v>123456789012345678901234567890</v></c>',
    '<c r="{0}" t="s"><v>0</v></c>',
    '<c r="{0}" t="s"><v>1.5</v></c>',
    '<c r="{0}" t="s"/>',
    '<c r="{0}" t="str"><f>1/0</f><v>#DIV/0!</v></c>',
    '<c r="{0}"><f t="shared" si="7"/></c>',
    '<c r="{0}"><f t="array" ref="A1:XFD1048576">1</f><v>1</v></c>',
    '<c r="{0}" t="inlineStr"><is><t/></is></c>',
    '<c r="{0}" t="inlineStr"/>',
]
_TEXTS = [
    "", " ", "\u3000", "0", "-1", "+", "=1+1", "R8.13.45", "S64.1.8", "R0.1.1", "平成999999年1月1日",
    "令和元年元月元日", "99999999", "00000000", "2026-00-00", "９９９９/１２/３１", "1.23457E+11", "000000000019",
    "000000000000", "１" * 12, "٣" * 12, "²" * 12, "𝟘" * 12, "一二三", "①", "_x0000_", "_xD800_", "_x005F_",
    "\u202e逆", "𠮷野家", "葛󠄀城", "👨‍👩‍👧", "ｶﾞｷﾞ", "か\u3099", "\ufeff", "\u200b", "あ" * 40000, "{{ 7*7 }}", "'",
    "\n\n", "a\tb", "%s%n{0}", "\\", "../../x", "nan", "inf", "1e999", "0x10", "1_0",
]  # fmt: skip


def spoilt(data: bytes, seed: str, count: int) -> Iterator[tuple[str, bytes]]:
    """(level, spoilt workbook): by zip, XML and cell as in ``bookparts.fuzz``, and cells whose
    value is replaced by one that is well formed and senseless."""
    chance = random.Random(seed)
    contents = zips.parts(data)
    sheets = [n for n in contents if n.startswith("xl/worksheets/sheet")]
    for _ in range(count):
        level = chance.choice(("zip", "xml", "cell", "value", "value"))
        if level == "value":
            yield level, zips.packed(_values(chance, contents, sheets))
        else:
            make_one = getattr(fuzz, f"_{level}_level")
            yield level, make_one(chance, data, contents)


def _values(
    chance: random.Random, contents: dict[str, bytes], sheets: list[str]
) -> dict[str, bytes]:
    changed = dict(contents)
    for name in chance.sample(sheets, chance.randint(1, 4)):
        part = changed[name].decode()
        cells = list(re.finditer(r'<c r="([A-Z]+[0-9]+)"(?:[^>]*?/>|.*?</c>)', part))
        if chance.random() < 0.9:  # a spoilt heading ends the job before any value is looked at
            cells = [c for c in cells if not re.fullmatch("[A-Z]+1", c[1])] or cells
        chosen = chance.sample(cells, min(len(cells), chance.randint(1, 6)))
        for cell in sorted(chosen, key=lambda c: c.start(), reverse=True):
            part = part[: cell.start()] + _value(chance, cell[1]) + part[cell.end() :]
        changed[name] = part.encode("utf-8", "surrogatepass")
    return changed


def _value(chance: random.Random, address: str) -> str:
    if chance.random() < 0.2:
        return chance.choice(_CELLS).format(address)
    text = chance.choice(_TEXTS)
    if chance.random() < 0.3:
        text += chance.choice(_TEXTS)
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return f'<c r="{address}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def small_book(path: Path) -> bytes:
    """A workbook with a row or two on each sheet: small, so that many can be tried."""
    base = ACQUISITION
    member = base | {"branch": "00", "kind": "被保険者", "myna_status": "利用登録なし"}
    child = member | {
        "branch": "01",
        "kind": "被扶養者",
        "name": "架空 花子",
        "kana": "カクウ ハナコ",
    }
    shift = {
        "action": "該当",
        "insured_name": "架空 太郎",
        "relation": "子",
        "event_date": "R8.4.1",
    }
    leaving = {
        "symbol": "0012", "number": "000346", "name": "架空 次郎", "birth": "S63/1/7",
        "left": "2026-03-31", "lost": "20260401", "cause": "退職等", "certificates_attached": 0,
    }  # fmt: skip
    document = {
        "control_no": "R-1", "document": "資格確認書", "symbol": "0012", "number": "000346",
        "name": "架空 次郎", "issued": "R7.12.2",
    }  # fmt: skip
    rows = {
        "members": [member, child],
        "acquisition": [base],
        "dependants": [child | shift],
        "loss": [leaving],
        "ledger": [document],
        "closed_days": [{"date": "2026-04-29", "name": "昭和の日"}],
    }
    return make.book(path, rows, settings={"insurer_number": "06139992"}).read_bytes()


@dataclass
class Outcome:
    """What came of many files. faults: what was wrong, and where the file is."""

    levels: Counter = field(default_factory=Counter)
    statuses: Counter = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: float = 0.0
    megabytes: float = 0.0
    seconds: float = 0.0

    @property
    def count(self) -> int:
        """Files tried."""
        return sum(self.levels.values())

    def add(self, other: dict) -> None:
        """Another process's part."""
        self.levels.update(other["levels"])
        self.statuses.update({int(k): v for k, v in other["statuses"].items()})
        self.faults += other["faults"]
        self.slowest = max(self.slowest, other["slowest"])
        self.megabytes = max(self.megabytes, other["megabytes"])


def run(
    count: int,
    seed: str,
    *,
    book: Path | None = None,
    jobs: int = 0,
    seconds: float = 86_400,
    keep: Path = Path(),
) -> Outcome:
    """Try ``count`` spoilt files in ``jobs`` processes (default: the cores), for at most
    ``seconds``. book: what is spoilt; keep: the folder for files at fault. A hang or a crash ends
    its process and counts as a fault; the others go on."""
    jobs = jobs or os.cpu_count() or 1
    outcome, begun = Outcome(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder) / "base.xlsx"
        base.write_bytes(book.read_bytes() if book else small_book(base))
        waiting = []
        for job in range(jobs):
            place = Path(folder) / str(job)
            place.mkdir()
            share = count // jobs + (job < count % jobs)
            waiting.append((_worker(base, place, share, f"{seed}-{job}", seconds, keep), place))
        for process, place in waiting:
            out, err = process.communicate()
            try:
                outcome.add(json.loads(out))
            except ValueError:
                kept = _keep(place / "b.xlsx", f"{seed}-{place.name}-died", keep)
                said = err.decode("utf-8", "replace")[-500:]
                outcome.faults.append(f"{kept}: ended with {process.returncode} {said}")
    outcome.seconds = time.monotonic() - begun
    return outcome


def _worker(
    base: Path, place: Path, count: int, seed: str, seconds: float, keep: Path
) -> subprocess.Popen:
    words = ("--worker", base, place, "--count", count, "--seed", seed, "--seconds", seconds)
    return subprocess.Popen(
        [sys.executable, __file__, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=keep,
        env={**os.environ, "SHIKAKU_LOG_DIR": str(place), "PYTHONUTF8": "1"},
    )


def _keep(path: Path, name: str, folder: Path = Path()) -> Path:
    kept = folder.resolve() / f"fuzz-fault-{name}.xlsx"
    kept.write_bytes(path.read_bytes())
    return kept


def _work(base: Path, place: Path, count: int, seed: str, seconds: float) -> None:
    """The life of a process: one file after the other, the result as JSON at the end."""
    import resource
    import signal

    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # also ends a loop inside of C
    from shikaku import cli, cli_parser

    grammar = cli_parser.parser()  # a third of the time otherwise
    cli.parser = lambda: grammar
    path, outcome = place / "b.xlsx", Outcome()
    end = time.monotonic() + seconds
    for number, (level, data) in enumerate(spoilt(base.read_bytes(), seed, count)):
        if time.monotonic() > end:
            break
        path.write_bytes(data)
        begun = time.monotonic()
        signal.alarm(SECONDS)
        status, fault = try_one(path, as_json=number % 2 == 1)
        signal.alarm(0)
        outcome.slowest = max(outcome.slowest, time.monotonic() - begun)
        outcome.megabytes = _peak()
        outcome.levels[level] += 1
        outcome.statuses[status] += 1
        if outcome.megabytes > MEGABYTES:
            fault = fault or f"{outcome.megabytes:.0f} MB"
        if fault:
            kept = _keep(path, f"{seed}-{number}")
            outcome.faults.append(f"{kept} ({level}): {fault}")
            if outcome.megabytes > MEGABYTES:
                break
    print(json.dumps(vars(outcome)))


def _peak() -> float:
    """The most memory that this process has had, in MB. What getrusage tells on Linux begins with
    the size of the process that started this one."""
    try:
        status = Path("/proc/self/status").read_text("ascii", "replace")
        return int(re.search(r"VmHWM:\s*(\d+)", status)[1]) / 1024
    except OSError:
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / (1 << 20 if sys.platform == "darwin" else 1024)


def try_one(path: Path, *, as_json: bool) -> tuple[int, str]:
    """Run the command on a file: its exit status, and what was wrong ("" if nothing)."""
    from shikaku import cli
    from shikaku.system import error_report

    caught: list[str] = []
    real = error_report.report

    def report(error: BaseException) -> str:
        where = error.__traceback__
        while where.tb_next is not None:
            where = where.tb_next
        file = Path(where.tb_frame.f_code.co_filename).name
        caught.append(f"{type(error).__name__} in {file}:{where.tb_lineno}: {str(error)[:200]}")
        return real(error)

    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="cp1252") for _ in "12")
    error_report.report = report
    words = ["check", str(path), "--as-of", "2026-04-15", *(["--json"] if as_json else [])]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = cli.main(words)
    except SystemExit as end:
        return 9, f"left by SystemExit({end.code})"
    except BaseException as error:
        return 9, f"left by {type(error).__name__}: {str(error)[:200]}"
    finally:
        error_report.report = real
    said = []
    for stream in (out, err):
        stream.flush()
        said.append(stream.buffer.getvalue().decode())
    return status, (caught or [_wrong(status, *said, as_json)])[0]


def _wrong(status: int, out: str, err: str, as_json: bool) -> str:
    """What doesn't fit in an answer without an exception."""
    if status not in (0, 1, 2):
        return f"exit status {status}"
    if "Traceback" in out + err:
        return "a traceback"
    if status == 2 and not err.startswith("できませんでした: "):
        return "exit status 2 without a word"
    if as_json and out:
        try:
            found = json.loads(out)["counts"]["error"]
        except (ValueError, KeyError):
            return "no JSON"
        if status != 2 and (found > 0) != (status == 1):
            return "exit status and count differ"
    return ""


def main() -> int:
    """The long run; 0 when nothing was wrong."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--count", type=int, default=5000)
    options.add_argument("--seed", default="1")
    options.add_argument("--book", type=Path)
    options.add_argument("--jobs", type=int, default=0)
    options.add_argument("--seconds", type=float, default=86_400)
    options.add_argument("--worker", nargs=2, type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.worker:
        _work(*given.worker, given.count, given.seed, given.seconds)
        return 0
    done = run(given.count, given.seed, book=given.book, jobs=given.jobs, seconds=given.seconds)
    print(f"{done.count} files {dict(done.levels)}, exit statuses {dict(done.statuses)}")
    print(f"{done.seconds:.0f} s, slowest {done.slowest:.2f} s, memory {done.megabytes:.0f} MB")
    print(*done.faults, sep="\n")
    return 1 if done.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
