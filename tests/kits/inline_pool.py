"""``system.worker_pool.Pool`` without processes, for tests that are not about them: to start one takes
half a second, and what runs in it is not counted."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from shikaku.system.work import Job


def letter_workers(jobs: int | None = None) -> "Inline":
    """In the place of ``letters.bulk.produce.own_workers``."""
    from shikaku.letters.bulk.worker import LetterWorker

    return Inline(LetterWorker, 1)


class Inline:
    """Jobs are done one after the other in this very process."""

    def __init__(self, handler: Callable[[], Any], size: int, memory: int | None = None) -> None:
        self.worker = handler()

    def teach(self, name: str, thing: Any) -> None:
        """What each worker gets before its next job."""
        self.worker.learn(name, thing)

    def run(self, jobs: Iterator[Job], again: deque[Job]) -> Iterator[tuple[Job, Any]]:
        """(job, result) as they come."""
        for job in jobs:
            yield job, self.worker.work(job.work)

    def close(self, patience: float = 0.0) -> None:
        """End the work."""
        self.worker.close()
