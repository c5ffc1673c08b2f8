"""Holds the counted lines and branches to their floors: ``python tests/coverage_floors.py .coverage.json``.

In: what ``python -m slipcover --out FILE -m pytest`` wrote (``.ci/run`` does). Out: a line for each floor; exit
status 1 if one is not reached. Floors are what was measured last: they only rise.
"""

import json
import sys
from pathlib import Path

RULES = ("fields", "law", "model", "identity", "checks", "decisions", "returns")
FLOORS = {"everything": 96.0, "the rule rooms": 99.7}
PRODUCT = "addin/shikaku/"


def share(files: dict[str, dict]) -> float:
    """Percent of lines and branches that were reached."""
    reached = missed = 0
    for found in files.values():
        reached += len(found["executed_lines"]) + len(found["executed_branches"])
        missed += len(found["missing_lines"]) + len(found["missing_branches"])
    return 100 * reached / (reached + missed)


def main(counted: str) -> int:
    files = json.loads(Path(counted).read_text("utf-8"))["files"]
    rooms = {name: name.partition(PRODUCT)[2].partition("/")[0] for name in files}
    shares = {
        "everything": share(files),
        "the rule rooms": share({n: f for n, f in files.items() if rooms[n] in RULES}),
    }
    for name, floor in FLOORS.items():
        print(f"{name}: {shares[name]:.2f}% reached, floor {floor}%")
    return int(any(shares[name] < floor for name, floor in FLOORS.items()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
