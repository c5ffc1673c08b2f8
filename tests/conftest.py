"""What holds for every test: no property fails because a machine is busy, and what the product keeps
for a user (key, states of workbooks) goes into a folder of the test run."""

import pytest
from hypothesis import settings

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def _own_state(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("SHIKAKU_STATE_DIR", str(tmp_path_factory.mktemp("state")))
