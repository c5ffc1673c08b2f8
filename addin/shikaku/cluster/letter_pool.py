"""Letters by the workers of a cluster: what ``system.worker_pool.Pool`` is on one machine.

The same worker (``letters.bulk.worker``) fills and prints there; files go straight into the output
folder, which all machines see. The journal and 発行履歴 are the driver's: a worker needs no key.
A worker that dies costs the time of its batch: another one makes it again, and each file is put
in its place in one step.
"""

import secrets
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shikaku.cluster.connection import Cluster, ClusterGone, TaskFailed
from shikaku.letters.bulk.worker import LetterWorker
from shikaku.system.errors import ShikakuError
from shikaku.system.work import Job, Lost

if TYPE_CHECKING:
    from distributed import Future

_AHEAD = 2
"""Jobs for each worker that are given out at a time: one that is done, and one that waits."""
_HUNG = 3.0
"""A job waits behind others, so that it has this many times its seconds."""
_LOOK = 5.0


@dataclass(frozen=True, slots=True)
class LetterOrder:
    """A job for a worker. run: which pool it is of; kind: whose template it needs, "" for none;
    lesson: that template, for a worker that doesn't know it yet."""

    run: str
    kind: str
    work: Any
    lesson: Any = None


class _Here:
    """The letters' worker of this process, and what it has learnt."""

    lock = threading.Lock()
    run = ""
    worker: LetterWorker | None = None
    known: set[str] = set()


def make(order: LetterOrder) -> Any:
    """A worker's part: the letters of a job; None when it lacks the template.

    One job at a time in a process, however many threads it has: fonts and templates are shared.
    """
    with _Here.lock:
        if _Here.worker is None or _Here.run != order.run:
            _close()
            _Here.worker, _Here.run = LetterWorker(), order.run
        if order.lesson is not None:
            _Here.worker.learn(order.kind, order.lesson)
            _Here.known.add(order.kind)
        if order.kind and order.kind not in _Here.known:
            return None
        return _Here.worker.work(order.work)


def _close() -> None:
    if _Here.worker is not None:
        _Here.worker.close()
    _Here.worker = None
    _Here.known = set()


def finish(run: str) -> None:
    """A run is over: its worker lets its engines go. One that is still at it does so with the next
    run: nobody may wait here, where the scheduler is answered."""
    if _Here.lock.acquire(blocking=False):
        try:
            if _Here.run == run:
                _close()
        finally:
            _Here.lock.release()


@dataclass(slots=True)
class _Given:
    job: Job
    until: float
    taught: bool


class ClusterPool:
    """The pool of a run (``worker_pool.Pool``'s methods), its jobs done on a cluster."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._run = secrets.token_hex(8)
        self._lessons: dict[str, Any] = {}
        self._given: dict[Future, _Given] = {}

    def teach(self, name: str, thing: Any) -> None:
        """The template of a kind; a worker that needs it is sent it."""
        self._lessons[name] = thing

    def run(self, jobs: Iterator[Job], again: deque[Job]) -> Iterator[tuple[Job, Any]]:
        """(job, result or Lost) as they come. again: jobs that the caller puts back. Raises
        ShikakuError when the cluster is gone."""
        source: Iterator[Job] | None = jobs
        while True:
            while len(self._given) < _AHEAD * self._cluster.workers:
                job = again.popleft() if again else next(source or iter(()), None)
                if job is None:
                    source = None
                    break
                self._give(job)
            if not self._given:
                if source is None and not again:
                    return
                continue
            yield from self._collect()

    def _give(self, job: Job, teach: bool = False) -> None:
        kind = getattr(job.work, "kind", "")
        lesson = self._lessons[kind] if teach else None
        order = LetterOrder(self._run, kind, job.work, lesson)
        until = time.monotonic() + _HUNG * job.seconds
        self._given[self._cluster.submit(make, order)] = _Given(job, until, teach)

    def _collect(self) -> Iterator[tuple[Job, Any]]:
        done = self._cluster.done(list(self._given), _LOOK)
        for future in done:
            given = self._given.pop(future)
            result = self._result(future)
            if result is None:
                self._give(given.job, teach=True)
            else:
                yield given.job, result
        now = time.monotonic()
        for future, given in list(self._given.items()):
            if now > given.until:
                del self._given[future]
                self._cluster.give_up(future)
                yield given.job, Lost(hung=True)

    def _result(self, future: "Future") -> Any:
        """What a job gave: a list, None for a template that is lacking, or Lost."""
        try:
            return self._cluster.answer(future)
        except ClusterGone:
            raise
        except ShikakuError as error:
            kind = error.kind if isinstance(error, TaskFailed) else type(error).__name__
            return Lost(hung=False, error=kind)

    def close(self, patience: float = 5.0) -> None:
        """Take back what hasn't begun; the workers let this run's engines go."""
        self._cluster.end(list(self._given), patience)
        self._given.clear()
        self._cluster.tell(finish, self._run)
