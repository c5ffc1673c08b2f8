"""800 spoilt workbooks through ``shikaku check``; the long run is ``python tests/fuzz_check.py``."""

import os

import fuzz_check
import pytest

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="resource と SIGALRM がこの環境にないため、この試験は実行できません。"
)


COUNT = 800


@pytest.mark.slow
def test_spoilt_workbooks(tmp_path):
    done = fuzz_check.run(COUNT, "ci", keep=tmp_path)
    assert not done.faults, done.faults
    assert done.count == COUNT
    assert all(done.levels[level] > COUNT / 10 for level in ("zip", "xml", "cell", "value"))
    assert set(done.statuses) <= {0, 1, 2}
    # Both ways out are well trodden, or the files would prove nothing.
    assert done.statuses[1] > COUNT / 5 and done.statuses[2] > COUNT / 5
    assert done.slowest < fuzz_check.SECONDS and done.megabytes < fuzz_check.MEGABYTES


_HANGS = "import signal, time; assert 5 < signal.alarm(1) <= {seconds}; time.sleep(60)"
"""The clock that the watch has set is set forward: nobody waits ten seconds for it."""


@pytest.mark.parametrize(
    ("broken", "word"),
    [
        ("raise RuntimeError('x')", "RuntimeError"),
        (_HANGS, "ended with -14"),
        ("print('Traceback (most recent call last):')", "a traceback"),
        ("raise SystemExit(1)", "SystemExit"),
    ],
    ids=["exception", "hang", "traceback", "exit"],
)
def test_the_watch_notices(tmp_path, monkeypatch, broken, word):
    """Faults put into the program are found: the run above can fail."""
    (tmp_path / "usercustomize.py").write_text("")
    (tmp_path / "sitecustomize.py").write_text(
        "import builtins, sys\n"
        "def late(options):\n"
        f"    {broken.format(seconds=fuzz_check.SECONDS)}\n"
        "    from shikaku.jobs import check\n"
        "    return check.check(commands._session(options), options.as_of)\n"
        "if '--worker' in sys.argv:\n"
        f"    sys.path.insert(0, {os.path.join(os.path.dirname(fuzz_check.__file__), '..', 'addin')!r})\n"
        "    from shikaku import commands\n"
        "    commands.COMMANDS['check'] = late\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = fuzz_check.run(1, "watch", jobs=1, keep=tmp_path)
    assert len(done.faults) == 1 and word in done.faults[0]
    assert list(tmp_path.glob("fuzz-fault-*.xlsx"))
