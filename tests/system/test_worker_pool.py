"""A worker that takes too much memory loses its job, not the others'; who does which job."""

import sys
from collections import deque
from types import SimpleNamespace

import pytest
from shikaku.system.worker_pool import Job, Lost, Pool


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
