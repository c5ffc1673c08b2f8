"""A worker that takes too much memory loses its job, not the others'."""

import sys
from collections import deque

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
