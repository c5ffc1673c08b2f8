"""What the product keeps for a user (key, states of workbooks) goes into a folder of the test run."""

import pytest


@pytest.fixture(autouse=True)
def _own_state(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("SHIKAKU_STATE_DIR", str(tmp_path_factory.mktemp("state")))
