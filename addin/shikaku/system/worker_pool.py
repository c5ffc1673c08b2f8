"""Worker processes for letters: a crash or a hang costs one letter, not the run.

``concurrent.futures`` gives up altogether when a worker dies and can't stop one that hangs, so
this is a small pool of our own. Workers are started afresh (spawn), as Windows and Mac do, and
end by themselves when the parent is gone.
"""

import contextlib
import gc
import multiprocessing
import signal
import sys
import time
import types
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from typing import Any

from shikaku.system.errors import ShikakuError, cause
from shikaku.system.work import Job, Lost

_AHEAD = 2
"""Jobs for each worker that are looked at to find the one which it is ready for."""


_TO_END = 5.0
"""Seconds for a process to end when it is told to, before it is killed."""


@dataclass(slots=True)
class _PoolWorker:
    process: Any
    pipe: Connection
    job: Job | None = None
    until: float = 0.0
    known: set = field(default_factory=set)


class Pool:
    """Processes that do jobs.

    handler: a top-level callable that makes the worker's state: ``handler()`` returns an object
    with ``learn(name, thing)``, ``work(work) -> result`` and ``close()``. size: processes.
    memory: bytes of data that each may have, None for no limit; kept where the system can
    (Linux), elsewhere the clock must do.
    """

    def __init__(self, handler: Callable[[], Any], size: int, memory: int | None = None) -> None:
        self._handler, self._size, self._memory = handler, size, memory
        self._context = multiprocessing.get_context("spawn")
        self._workers: list[_PoolWorker] = []
        self._lessons: dict[str, Any] = {}

    def teach(self, name: str, thing: Any) -> None:
        """Something that each worker gets once, before its next job."""
        self._lessons[name] = thing

    def run(self, jobs: Iterator[Job], again: deque[Job]) -> Iterator[tuple[Job, Any]]:
        """(job, result or Lost) as they come. again: jobs that the caller puts back.

        No more jobs are taken from the iterator than three for each worker, so memory stays bounded.
        """
        ahead: deque[Job] = deque()
        more = True
        while True:
            while more or again or ahead:
                worker = self._idle()
                if worker is None:
                    break
                more = more and self._look_ahead(jobs, ahead)
                if not again and not ahead:
                    break
                self._give(worker, again.popleft() if again else self._best(worker, ahead))
            busy = [w for w in self._workers if w.job is not None]
            if not busy:
                return
            yield from self._collect(busy)

    def _look_ahead(self, jobs: Iterator[Job], ahead: deque[Job]) -> bool:
        """Take the next jobs, at first only one, so that a worker has something to do; False when there
        are no more."""
        begun = any(worker.known for worker in self._workers)
        wanted = (_AHEAD * self._size if begun else 1) - len(ahead)
        found = list(islice(jobs, max(wanted, 0)))
        ahead.extend(found)
        return len(found) >= wanted

    def _best(self, worker: _PoolWorker, ahead: deque[Job]) -> Job:
        """Take from the next jobs one for which the worker knows the lesson, else one that no worker knows,
        else the first."""
        taken = {lesson for other in self._workers for lesson in other.known}
        best = min(ahead, key=lambda job: job.lesson not in worker.known and job.lesson in taken)
        known = next((job for job in ahead if job.lesson in worker.known), best)
        ahead.remove(known)
        return known

    def _idle(self) -> _PoolWorker | None:
        for worker in self._workers:
            if worker.job is None:
                return worker
        return self._start() if len(self._workers) < self._size else None

    def _start(self) -> _PoolWorker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(
            target=_serve, args=(theirs, self._handler, self._memory), daemon=True
        )
        try:
            with _without_ctrl_c(), without_main():
                process.start()
        except OSError as error:
            raise ShikakuError(
                f"作業用のプロセスを始められません({cause(error)})。",
                "ほかのソフトを閉じて、もう一度実行してください。",
            ) from None
        theirs.close()
        self._workers.append(_PoolWorker(process, ours))
        return self._workers[-1]

    def _give(self, worker: _PoolWorker, job: Job) -> None:
        worker.job, worker.until = job, time.monotonic() + job.seconds
        try:
            wanted = {job.lesson} if job.lesson else self._lessons.keys()
            for name in wanted - worker.known:
                worker.pipe.send(("learn", name, self._lessons[name]))
                worker.known.add(name)
            worker.pipe.send(("work", job.work))
        except (BrokenPipeError, OSError):
            # It died before it began; _collect sees the closed pipe and says so.
            pass

    def _collect(self, busy: list[_PoolWorker]) -> Iterator[tuple[Job, Any]]:
        nearest = min(w.until for w in busy) - time.monotonic()
        ready = set(wait([w.pipe for w in busy], timeout=max(0.0, nearest)))
        now = time.monotonic()
        for worker in busy:
            job = worker.job
            if job is None:
                continue
            if worker.pipe in ready:
                try:
                    good, result = worker.pipe.recv()
                except (EOFError, OSError):
                    self._drop(worker)
                    yield job, Lost(hung=False)
                    continue
                worker.job = None
                yield job, result if good else Lost(hung=False, error=result)
            elif now >= worker.until:
                self._drop(worker)
                yield job, Lost(hung=True)

    def _drop(self, worker: _PoolWorker) -> None:
        self._workers.remove(worker)
        worker.pipe.close()
        worker.process.terminate()
        worker.process.join(_TO_END)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join(_TO_END)

    def close(self, patience: float = 5.0) -> None:
        """End the workers; those in the middle of a job get some seconds to finish it."""
        for worker in self._workers:
            with contextlib.suppress(OSError):
                worker.pipe.send(("end",))
        until = time.monotonic() + patience
        for worker in list(self._workers):
            worker.process.join(max(0.0, until - time.monotonic()))
            self._drop(worker)


@contextlib.contextmanager
def without_main() -> Iterator[None]:
    """A process started meanwhile doesn't run the caller's script again.

    spawn imports ``__main__`` anew in each worker, for objects that were defined there; ours never
    are. A script that calls ``shikaku.api`` without ``if __name__ == "__main__":`` would run from
    its first line in every worker.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextlib.contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """What is started in here never hears of Ctrl-C, not even while it is still loading; it comes
    to us a moment later. Windows has no such thing."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # Python's helper process comes with the first worker, and lifts the block when it starts.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Connection, handler: Callable[[], Any], memory: int | None) -> None:
    """A worker's life. Ctrl-C is the parent's business; a terminate unwinds, so that an office
    program of ours is ended too."""
    # A letter leaves little behind that needs collecting: 8 % of the time for a few MB.
    gc.set_threshold(100_000, 20, 50)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _unwind)
    if memory is not None and sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    state = None
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            while True:
                word, *rest = pipe.recv()
                if word == "end":
                    break
                try:
                    state = state or handler()
                    if word == "learn":
                        state.learn(*rest)
                        continue
                    answer = (True, state.work(*rest))
                except Exception as error:
                    # Whatever it is, it is this job's: the others must go on.
                    answer = (False, type(error).__name__)
                pipe.send(answer)
        finally:
            if state is not None:
                state.close()


def _unwind(*_: object) -> None:
    raise SystemExit(1)
