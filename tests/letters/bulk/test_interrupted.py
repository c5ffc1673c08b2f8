"""A run that is killed, or loses a worker: every letter once all the same, no half file, a true index."""

import multiprocessing
import os
import signal
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import forked_workers
import letterkit
import pytest
from inline_pool import letter_workers
from letter_runs import BOTH, files, index, letter, produced
from shikaku.letters.bulk import produce as bulk_produce
from shikaku.letters.bulk import worker
from shikaku.letters.bulk.worker import LetterWorker, write

HERE = {"formats": ("docx", "pdf"), "engine": "embedded"}
"""The run that goes on, in the tests' own process: of the one that is killed the workers matter."""

SEVERAL = 36
"""Letters of a run that is killed: five batches for two workers."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> dict[str, bytes]:
    """What a run leaves that nobody disturbs."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "notice.docx").write_bytes(letterkit.letter_template())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bulk_produce, "own_workers", letter_workers)
        produced(letterkit.letters(SEVERAL), folder / "out", folder, **BOTH)
    return files(folder / "out")


KILLED = """
import fcntl, signal, sys, time
# Tests that run in the background have it ignored, a server that a pool has started has it blocked,
# and both hand that on.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {{signal.SIGINT}})
sys.path[:0] = {paths!r}
from pathlib import Path
import forked_workers, letterkit
from shikaku.letters.bulk.produce import produce
from shikaku.system import worker_pool

held = open({lock!r}, "w")
fcntl.flock(held, fcntl.LOCK_EX)  # by the workers, too: they are forked with it

worker_pool.multiprocessing = forked_workers.Forks()

def count(result, seen=[0]):
    seen[0] += 1
    if seen[0] == {after}:
        print("now", flush=True)
        time.sleep(60)

produce(
    letterkit.letters({several}), Path({out!r}), kinds=letterkit.KINDS, formats=("docx", "pdf"),
    engine="embedded", templates_dirs=[Path({templates!r})], jobs=2, progress=False,
    on_done=count,
)
"""


@pytest.mark.skipif(
    not hasattr(os, "fork"), reason="os.fork がないため、この試験は実行できません。"
)
class TestInterrupted:
    @pytest.fixture
    def start(self, tmp_path, templates) -> Iterator[Callable[[int], Any]]:
        """Start a run that stands still after so many letters."""
        begun = []

        def start(after: int) -> Any:
            script = textwrap.dedent(KILLED).format(
                paths=[p for p in sys.path if p],
                lock=str(tmp_path / "lock"),
                after=after,
                several=SEVERAL,
                out=str(tmp_path / "out"),
                templates=str(templates),
            )
            said = tmp_path / "said"
            said.mkdir()
            begun.append(forked_workers.begun(script, os.environ, said, daemon=False))
            assert forked_workers.first_line(begun[0], said) == "now"
            return begun[0]

        yield start
        for process in begun:
            process.kill()
            process.join(30)

    @pytest.mark.parametrize("after", [1, 17])
    def test_killed_and_started_again_it_finishes_the_rest(
        self, make, tmp_path, start, whole, after
    ):
        self.kill(start(after), tmp_path)
        report = make(letterkit.letters(SEVERAL), **HERE)
        assert report.counts["kept"] >= after
        assert report.counts["kept"] + report.counts["done"] == SEVERAL
        assert files(tmp_path / "out") == whole
        assert len(index(tmp_path / "out")) == SEVERAL

    def test_what_has_changed_since_is_made_again(self, make, tmp_path, start):
        self.kill(start(17), tmp_path)
        changed = [letter(i, context={"address": "新しい住所"}) for i in range(SEVERAL)]
        report = make(changed, **HERE)
        assert report.counts == {"done": SEVERAL}

    def test_ctrl_c_leaves_a_true_index_and_no_half_file(self, tmp_path, start):
        process = start(9)
        os.kill(process.pid, signal.SIGINT)
        process.join(60)
        assert process.exitcode
        rows = index(tmp_path / "out")
        assert 9 <= len(rows) < SEVERAL
        for row in rows:
            for name in row["ファイル"].split(" | "):
                assert (tmp_path / "out" / name).stat().st_size > 1000
        assert not list((tmp_path / "out").rglob("*.part"))

    @staticmethod
    def kill(process: Any, folder: Path) -> None:
        """The workers finish their batch and end by themselves; nothing is written after that."""
        import fcntl

        process.kill()
        process.join(30)
        until = time.monotonic() + 60
        with open(folder / "lock", "w") as lock:
            while True:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return
                except BlockingIOError:
                    assert time.monotonic() < until, "the workers live on"
                    time.sleep(0.02)


def test_an_orphan_of_a_killed_run_puts_nothing_in_its_place(tmp_path, monkeypatch):
    """Its batch would otherwise come between the files of the run that follows."""
    place = tmp_path / "notice" / "1234-1-00_見本"
    write(place, "docx", b"issued")
    dead = SimpleNamespace(is_alive=lambda: False)
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: dead)
    with pytest.raises(SystemExit):
        write(place, "docx", b"late")
    assert [p.read_bytes() for p in place.parent.iterdir()] == [b"issued"]


class Clumsy(LetterWorker):
    """A workshop that dies over one person and trips over another."""

    def work(self, work):
        for order in work.orders:
            if order.names[0].endswith("二"):
                os._exit(9)
            if order.names[0].endswith("三"):
                raise RuntimeError
        return super().work(work)


def test_a_crash_over_one_letter_costs_that_letter(make, monkeypatch):
    monkeypatch.setattr(worker, "LetterWorker", Clumsy)
    names = [f"見本　{c}" for c in "一二三四五六"]
    report = make([letter(i, n) for i, n in enumerate(names)], jobs=2)
    states = {r.people[0].name: r.state for r in report.results}
    assert states == {n: "failed" if n[-1] in "二三" else "done" for n in names}
    assert len(report.faults) == 2
