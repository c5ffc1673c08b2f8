"""What holds for every test: no property fails because a machine is busy, and what the product keeps
for a user (key, states of workbooks) goes into a folder of the test run."""

import os

import pytest
from hypothesis import settings

# Where CI is set, pytest writes the whole difference of two values, and for two workbooks that differ
# in one byte that takes hours. Ours is remembered under a name of its own, for workers and commands, too.
if os.environ.pop("CI", "").lower() in ("1", "true"):
    os.environ["SHIKAKU_TOOLS_REQUIRED"] = "1"
os.environ.pop("BUILD_NUMBER", None)

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def _own_state(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("SHIKAKU_STATE_DIR", str(tmp_path_factory.mktemp("state")))
