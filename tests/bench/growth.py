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
import fnmatch
import gc
import multiprocessing
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / part) for part in ("addin", "tests", "tests/kits", "tests/bench")]

from growth_lines import DAY_WORDS, Command, Prepared, call, lines  # noqa: E402


def made_without(letters: object, out: Path, **options: object) -> object:
    """In the place of ``produce``: every letter counts as made, none is."""
    from shikaku.letters.bulk.letter_result import result_for
    from shikaku.letters.bulk.produce import RunReport

    out.mkdir(parents=True, exist_ok=True)
    results = [result_for(letter, f"k{n}", state="done") for n, letter in enumerate(letters)]  # type: ignore[arg-type, var-annotated]
    return RunReport(out, results, of_day=results)


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
        call([*words, *DAY_WORDS])
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
