"""What starting costs with pandas installed: nothing, until somebody asks for a frame.

    python tests/bench/startup.py [--runs 7]

Each line is a process of its own; its processor seconds (user and system), the fastest run counts (the
first one compiles the modules). "hidden" is the same with pandas and numpy made impossible to import,
as if they weren't installed. Below, each of three on a workbook of 50 members beside what it may cost
more than its peer; a click is 検証 without Excel's own part.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / part) for part in ("addin", "tests", "tests/kits", "tests/bench")]
HIDDEN = "import sys; sys.modules.update(dict.fromkeys(('pandas', 'numpy'))); "
COMMAND = "import sys; sys.argv[1:] = {words!r}; from shikaku.cli import main; main(sys.argv[1:])"


def seconds(code: str, runs: int, folder: Path) -> float:
    """Processor seconds of the fastest of so many runs of a Python process."""
    env = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "addin"),
        "SHIKAKU_LOG_DIR": str(folder / "log"),
        "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
    }
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    best = float("inf")
    for _ in range(runs):
        before = os.times()
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=folder, env=env, capture_output=True, text=True
        )
        after = os.times()
        if done.returncode > 1:
            raise SystemExit(done.stderr)
        spent = after.children_user + after.children_system
        best = min(best, spent - before.children_user - before.children_system)
    return best


CLICK = "from shikaku.excel import engine; engine.xlwings(); import shikaku.ribbon; "
CHECK = (
    "from shikaku.jobs import case, check; check.check(case.session_for('fifty.xlsx')).to_json()"
)


def beside_peers(runs: int, folder: Path) -> None:
    """Print what the three lines cost more than their peers, in milliseconds."""
    from scale import people, workbook

    workbook(folder / "fifty.xlsx", people(50), prepared=50)
    python = "python alone", "pass"
    help_ = "import sys; sys.argv[1:] = ['--help']; from shikaku.cli import main\ntry: main()\nexcept SystemExit: pass"
    print("\n| what | peer | over it, ms | at most |\n|---|---|---|---|")
    for what, code, (peer, other), most in (
        ("shikaku --help", help_, python, 60),
        ("check of 50 members", COMMAND.format(words=["check", "fifty.xlsx"]), python, 250),
        (
            "a click",
            CLICK + CHECK,
            ("import xlwings, pandas hidden", HIDDEN + "import xlwings"),
            250,
        ),
    ):
        more = seconds(code, runs, folder) - seconds(other, runs, folder)
        print(f"| {what} | {peer} | {more * 1000:.0f} | {most} |")


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=7)
    runs = options.parse_args().runs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seconds(COMMAND.format(words=["new", "sample.xlsx", "--sample"]), 1, folder)
        click = "from shikaku.excel import engine; engine.xlwings(); import shikaku.ribbon"
        lines = {
            "python alone": "pass",
            "shikaku log": COMMAND.format(words=["log"]),
            "shikaku check": COMMAND.format(words=["check", "sample.xlsx"]),
            "a click: xlwings and the ribbon": click,
        }
        print(f"{'':34}installed   hidden")
        for what, code in lines.items():
            installed, hidden = (seconds(c, runs, folder) for c in (code, HIDDEN + code))
            print(f"{what:34}{installed:8.3f} s {hidden:7.3f} s")
        for what, code in {
            "import xlwings, as it comes": "import xlwings",
            "frames.read": "from shikaku import frames; frames.read('sample.xlsx')",
        }.items():
            print(f"{what:34}{seconds(code, runs, folder):8.3f} s")
        beside_peers(runs, folder)


if __name__ == "__main__":
    main()
