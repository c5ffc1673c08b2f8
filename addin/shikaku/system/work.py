"""What workers are given and what comes back, whoever they are: processes of this machine or of a cluster.

Nothing of what starts a process is imported by it: a run without a letter needs none.
"""

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol


def cores() -> int:
    """The processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(slots=True, eq=False)
class Job:
    """Something for a worker. work: handed to the handler. seconds: when it counts as hung. lesson: the
    one that it is about, "" for any: a worker that has done such a job does the next one faster."""

    work: Any
    seconds: float
    lesson: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """The worker died or hung over a job, or raised something it shouldn't.

    error: the exception's class, "" for a death.
    """

    hung: bool
    error: str = ""


class Workers(Protocol):
    """What does the jobs of a run: ``Pool``, or the workers of a cluster."""

    def teach(self, name: str, thing: Any) -> None:
        """Something that each worker gets once, before its next job."""

    def run(self, jobs: Iterator[Job], again: deque[Job]) -> Iterator[tuple[Job, Any]]:
        """(job, result or Lost) as they come. again: jobs that the caller puts back."""

    def close(self, patience: float = 5.0) -> None:
        """End the work; what is in the middle of a job gets some seconds to finish it."""
