"""What every test of a button begins with: the played Excel with the sample, a log of its own."""

import logging
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest
from ribbon_kit import Letters
from shikaku.excel import dialogs
from shikaku.jobs import letters as letter_jobs
from shikaku.system import error_report


@pytest.fixture(autouse=True)
def own_log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    monkeypatch.setenv("SHIKAKU_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(sys, "argv", ["-c"])
    monkeypatch.setattr(logging.getLogger("shikaku"), "handlers", [])
    error_report.logger()  # before pytest adds a handler of its own


@pytest.fixture
def opened(monkeypatch):
    """What the system was asked to open."""
    found = []
    monkeypatch.setattr(dialogs, "open_in_system", found.append)
    return found


@pytest.fixture
def path(sample, tmp_path):
    return Path(shutil.copy(sample, tmp_path / "届出=A&B 'x'.xlsx"))


@pytest.fixture
def book(excel, path):
    found = excel.open(path)
    found.impl.saved = True
    return found


@pytest.fixture
def letter_calls(monkeypatch):
    """The letters themselves are made elsewhere: here only what the button asks for."""
    calls = []

    def played(session, out, *, kinds=None, as_of=None, **options):
        calls.append((session, out, kinds))
        return Letters(Counter(notice=2), [])

    monkeypatch.setattr(letter_jobs, "letters", played)
    return calls
