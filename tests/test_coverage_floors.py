"""A floor that is not reached fails, that of the rule rooms by itself."""

import json

import coverage_floors
import pytest


def counted(reached: int, missed: int) -> dict:
    return {
        "executed_lines": list(range(reached)),
        "missing_lines": list(range(missed)),
        "executed_branches": [],
        "missing_branches": [],
    }


@pytest.mark.parametrize(
    ("law", "jobs", "status"),
    [((1000, 0), (1000, 50), 0), ((1000, 0), (1000, 200), 1), ((1000, 11), (9000, 0), 1)],
    ids=["both reached", "everything too low", "the rule rooms too low"],
)
def test_floors(tmp_path, law, jobs, status):
    place = "/work/addin/shikaku/"
    files = {f"{place}law/age.py": counted(*law), f"{place}jobs/run.py": counted(*jobs)}
    file = tmp_path / "counted.json"
    file.write_text(json.dumps({"files": files}), "utf-8")
    assert coverage_floors.main(str(file)) == status
