"""What holds for every test: no property fails because a machine is busy, and what the product keeps
for a user (key, states of workbooks) goes into a folder of the test run."""

import gc
import os
import re
import subprocess
from itertools import count
from pathlib import Path

import forked_workers
import new_sheets
import new_worklists
import pytest
import quick_passwords
from hypothesis import settings
from inline_pool import letter_workers
from order import FIRST
from shikaku.system import worker_pool

# Where CI is set, pytest writes the whole difference of two values, and for two workbooks that differ
# in one byte that takes hours. Ours is remembered under a name of its own, for workers and commands, too.
if os.environ.pop("CI", "").lower() in ("1", "true"):
    os.environ["SHIKAKU_TOOLS_REQUIRED"] = "1"
os.environ.pop("BUILD_NUMBER", None)

new_sheets.install()
new_worklists.install()
quick_passwords.install()

# system/test_worker_pool.py starts its workers as a user's are.
if hasattr(os, "fork"):
    worker_pool.multiprocessing = forked_workers

pytest_plugins = ["open_sample"]

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


def pytest_configure(config):
    # pytest-xdist would begin with the files of the most tests, and those are the short ones.
    config.option.loadscopereorder = False


def pytest_collection_finish():
    # All tests and modules stay until the end: the collector need not go through them again and again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_unconfigure():
    forked_workers.end()


@pytest.fixture(scope="session")
def _numbers(tmp_path_factory):
    """Where the folders of single tests go, and their numbers."""
    return tmp_path_factory.mktemp("tests"), count()


@pytest.fixture
def tmp_path(_numbers, request):
    """pytest's looks through the folders of all tests before it makes the next one: of thousands,
    twice a test."""
    folder, numbers = _numbers
    name = re.sub(r"\W", "_", request.node.name)[:30]
    path = folder / f"{name}{next(numbers)}"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture(autouse=True)
def _own_state(_numbers, monkeypatch):
    folder, numbers = _numbers
    state = folder / f"state{next(numbers)}"
    state.mkdir(mode=0o700)
    monkeypatch.setenv("SHIKAKU_STATE_DIR", str(state))


@pytest.fixture
def letters_here(monkeypatch):
    """Letters are made in this process, where their lines are counted and no start is waited for."""
    monkeypatch.setattr("shikaku.letters.bulk.produce.own_workers", letter_workers)


@pytest.fixture
def here(capsys, monkeypatch):
    """The command in this process, where its start is not the point: it would take half a second."""
    from shikaku import cli

    def run(*words, cwd: Path) -> subprocess.CompletedProcess:
        monkeypatch.setenv("SHIKAKU_LOG_DIR", str(cwd / "log"))
        monkeypatch.chdir(cwd)
        capsys.readouterr()
        try:
            status = cli.main([str(word) for word in words])
        except SystemExit as end:  # argparse: --help, or words that are none
            status = end.code or 0
        said = capsys.readouterr()
        return subprocess.CompletedProcess(words, status, said.out, said.err)

    return run


def pytest_collection_modifyitems(items):
    ranks = {name: rank for rank, name in enumerate(FIRST)}
    items.sort(key=lambda item: ranks.get(_place(item).partition("::")[0], len(ranks)))


def _place(item):
    """A test as ``order.py`` names it: ``law/test_age.py::test_…``."""
    return item.nodeid.removeprefix("tests/")
