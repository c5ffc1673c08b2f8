"""What holds for every test: no property fails because a machine is busy, and what the product keeps
for a user (key, states of workbooks) goes into a folder of the test run."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# Where CI is set, pytest writes the whole difference of two values, and for two workbooks that differ
# in one byte that takes hours. Ours is remembered under a name of its own, for workers and commands, too.
if os.environ.pop("CI", "").lower() in ("1", "true"):
    os.environ["SHIKAKU_TOOLS_REQUIRED"] = "1"
os.environ.pop("BUILD_NUMBER", None)

# Other tests count the lines of these: they send the same commands through kills, full disks, refusals,
# spellings and pages, where counting would take half as long again.
UNCOUNTED = (
    "excel/test_last_write.py",
    "excel/test_protection.py",
    "excel/test_round_trips.py",
    "jobs/test_simulated_month.py",
    "letters/design/test_pages.py",
    "letters/test_template_trial.py",
    "ooxml/test_spellings.py",
    "protection/",
    "template/test_protection.py",
    "template/test_validation.py",
)

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def _own_state(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("SHIKAKU_STATE_DIR", str(tmp_path_factory.mktemp("state")))


def pytest_collection_modifyitems(items):
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            place = item.path.relative_to(here).as_posix()
            if place.startswith(UNCOUNTED):
                item.add_marker(pytest.mark.no_cover)
