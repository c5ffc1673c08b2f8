"""A worker that dies, hangs or takes too much memory loses its job, not the others'; who does which job."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from types import SimpleNamespace

import pytest
from shikaku.system import worker_pool
from shikaku.system.work import Job, Lost
from shikaku.system.worker_pool import Pool


@pytest.fixture(autouse=True)
def started_afresh(monkeypatch):
    monkeypatch.setattr(worker_pool, "multiprocessing", multiprocessing)


class Greedy:
    """Takes as many megabytes as it is asked for."""

    def learn(self, name: str, thing: object) -> None:
        """Nothing is shared."""

    def work(self, megabytes: int) -> int:
        return len(bytearray(megabytes << 20)) >> 20

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is Linux's; elsewhere a clock")
def test_memory_has_a_limit() -> None:
    pool = Pool(Greedy, 1, memory=600 << 20)
    try:
        jobs = (Job(size, 30) for size in (10, 2000, 20))
        answers = {job.work: answer for job, answer in pool.run(iter(jobs), deque())}
    finally:
        pool.close()
    assert answers == {10: 10, 2000: Lost(hung=False, error="MemoryError"), 20: 20}


class Told:
    """Says which lessons it has had when it does a job."""

    def __init__(self) -> None:
        self.lessons: list[str] = []

    def learn(self, name: str, thing: object) -> None:
        self.lessons.append(name)

    def work(self, work: int) -> list[str]:
        return list(self.lessons)

    def close(self) -> None:
        """Nothing is open."""


@pytest.mark.parametrize(
    ("worker", "ahead", "taken"),
    [
        (0, "ba", "a"),  # what it knows
        (1, "aabc", "b"),
        (2, "abc", "c"),  # what nobody knows
        (2, "aab", "a"),  # else the first
        (0, "b", "b"),
    ],
)
def test_a_worker_goes_on_with_what_it_knows(worker: int, ahead: str, taken: str) -> None:
    pool = Pool(Told, 3)
    pool._workers = [SimpleNamespace(known={"a"}), SimpleNamespace(known={"b"})]  # type: ignore[list-item]
    pool._workers.append(SimpleNamespace(known=set()))  # type: ignore[arg-type]
    jobs = deque(Job(place, 30, lesson) for place, lesson in enumerate(ahead))
    found = pool._best(pool._workers[worker], jobs)
    assert (found.lesson, found.work) == (taken, ahead.index(taken))
    assert len(jobs) == len(ahead) - 1


def test_a_job_without_a_lesson_gets_all_of_them() -> None:
    pool = Pool(Told, 1)
    for lesson in "ab":
        pool.teach(lesson, None)
    try:
        answers = [answer for _, answer in pool.run(iter([Job(1, 30)]), deque())]
    finally:
        pool.close()
    assert [sorted(answer) for answer in answers] == [["a", "b"]]


class Trial:
    """A worker's state for the pool's tests: dies, hangs or answers as it is told."""

    def __init__(self):
        self.learned = {}

    def learn(self, name, thing):
        self.learned[name] = thing

    def work(self, work):
        if work == "die":
            os._exit(3)
        if work == "hang":
            time.sleep(60)
        if work == "raise":
            raise ValueError("wrong")
        return self.learned.get(work, work)

    def close(self):
        pass


class TestPool:
    def run(self, works, seconds=20.0):
        pool = Pool(Trial, 2)
        pool.teach("taught", "lesson")
        try:
            jobs = iter([Job(w, 1.0 if w == "hang" else seconds) for w in works])
            return sorted((str(j.work), a) for j, a in pool.run(jobs, deque()))
        finally:
            pool.close(1.0)

    def test_answers(self):
        assert self.run(["a", "b", "taught"]) == [("a", "a"), ("b", "b"), ("taught", "lesson")]

    def test_a_death_and_a_hang_cost_their_own_job(self):
        answers = dict(self.run(["a", "die", "b", "hang", "c"]))
        assert answers.pop("die") == Lost(hung=False)
        assert answers.pop("hang") == Lost(hung=True)
        assert answers == {"a": "a", "b": "b", "c": "c"}

    def test_an_exception_costs_its_own_job_too(self):
        answers = dict(self.run(["a", "raise", "b"]))
        assert answers == {"a": "a", "b": "b", "raise": Lost(hung=False, error="ValueError")}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows can't keep Ctrl-C from a process")
def test_a_worker_hears_nothing_of_ctrl_c_even_while_it_starts():
    pool = Pool(Trial, 1)
    jobs = pool.run(iter([Job("a", 20.0)]), deque())
    worker = pool._start()
    os.kill(worker.process.pid, signal.SIGINT)
    try:
        assert [answer for _, answer in jobs] == ["a"]
    finally:
        pool.close(1.0)


FIRST_WORKER = """
from pathlib import Path
from shikaku.desk.collect.reading import Reader
from shikaku.system.worker_pool import Pool

if __name__ == "__main__":
    pool = Pool(Reader, 1)
    status = Path(f"/proc/{pool._start().process.pid}/status").read_text()
    print(next(line for line in status.splitlines() if line.startswith("SigBlk")))
    pool.close(0.1)
"""


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="Nothing tells a process's signals"
)
def test_not_even_the_first_worker_of_a_process_hears_ctrl_c(tmp_path):
    """Python's helper, which starts with it, used to let it hear."""
    script = tmp_path / "first.py"
    script.write_text(FIRST_WORKER, "utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert int(done.stdout.split()[1], 16) & 1 << (signal.SIGINT - 1)
