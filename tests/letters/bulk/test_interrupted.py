"""A run that is killed, or loses a worker: every letter once all the same, no half file, a true index."""

import multiprocessing
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from types import SimpleNamespace

import letterkit
import pytest
from inline_pool import Inline
from letter_runs import BOTH, files, index, letter, produced
from shikaku.letters.bulk import produce as bulk_produce
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
        patched.setattr(bulk_produce, "Pool", Inline)
        produced(letterkit.letters(SEVERAL), folder / "out", folder, **BOTH)
    return files(folder / "out")


KILLED = """
import signal, sys
# Tests that run in the background have it ignored, and hand that on.
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path[:0] = {paths!r}
from pathlib import Path
import letterkit
from shikaku.letters.bulk import produce as bulk_produce
from shikaku.letters.bulk.produce import produce
from shikaku.letters.bulk.worker import LetterWorker

def count(result, seen=[0]):
    seen[0] += 1
    if seen[0] == {after}:
        print("now", flush=True)
        sys.stdin.readline()

if __name__ == "__main__":
    produce(
        letterkit.letters({several}), Path({out!r}), kinds=letterkit.KINDS, formats=("docx", "pdf"),
        engine="embedded", templates_dirs=[Path({templates!r})], jobs=2, progress=False,
        on_done=count,
    )
"""


class TestInterrupted:
    def start(self, tmp_path, templates, after: int) -> subprocess.Popen:
        script = tmp_path / "killed.py"
        script.write_text(
            textwrap.dedent(KILLED).format(
                paths=[p for p in sys.path if p],
                after=after,
                several=SEVERAL,
                out=str(tmp_path / "out"),
                templates=str(templates),
            ),
            encoding="utf-8",
        )
        process = subprocess.Popen(
            [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stdout.readline().strip() == b"now"
        return process

    @pytest.mark.parametrize("after", [1, 17])
    def test_killed_and_started_again_it_finishes_the_rest(
        self, make, tmp_path, templates, whole, after
    ):
        process = self.start(tmp_path, templates, after)
        process.kill()
        process.wait(30)
        self.workers_are_gone(tmp_path / "out")
        report = make(letterkit.letters(SEVERAL), **HERE)
        assert report.counts["kept"] >= after
        assert report.counts["kept"] + report.counts["done"] == SEVERAL
        assert files(tmp_path / "out") == whole
        assert len(index(tmp_path / "out")) == SEVERAL

    def test_what_has_changed_since_is_made_again(self, make, tmp_path, templates):
        process = self.start(tmp_path, templates, 17)
        process.kill()
        process.wait(30)
        self.workers_are_gone(tmp_path / "out")
        changed = [letter(i, context={"address": "新しい住所"}) for i in range(SEVERAL)]
        report = make(changed, **HERE)
        assert report.counts == {"done": SEVERAL}

    @pytest.mark.skipif(os.name == "nt", reason="Ctrl-C can't be sent to one process on Windows")
    def test_ctrl_c_leaves_a_true_index_and_no_half_file(self, make, tmp_path, templates):
        process = self.start(tmp_path, templates, 9)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        assert process.returncode != 0
        rows = index(tmp_path / "out")
        assert 9 <= len(rows) < SEVERAL
        for row in rows:
            for name in row["ファイル"].split(" | "):
                assert (tmp_path / "out" / name).stat().st_size > 1000
        assert not list((tmp_path / "out").rglob("*.part"))

    @staticmethod
    def workers_are_gone(out: Path) -> None:
        """The workers finish their batch and end by themselves; nothing is written after that."""
        before, quiet, until = None, 0, time.monotonic() + 60
        while quiet < 4 and time.monotonic() < until:
            now = {p: p.stat().st_mtime for p in out.rglob("*") if p.exists()}
            quiet = quiet + 1 if now == before else 0
            before = now
            time.sleep(0.5)


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
    monkeypatch.setattr(bulk_produce, "LetterWorker", Clumsy)
    names = [f"見本　{c}" for c in "一二三四五六"]
    report = make([letter(i, n) for i, n in enumerate(names)], jobs=2)
    states = {r.people[0].name: r.state for r in report.results}
    assert states == {n: "failed" if n[-1] in "二三" else "done" for n in names}
    assert len(report.faults) == 2
