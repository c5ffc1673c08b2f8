"""One job at a time beside the window: its thread, its messages, its stop."""

import queue
import threading
from collections.abc import Callable

from shikaku.app.actions import Outcome, Progress, Stopped, guarded


class Worker:
    """Runs a job in a thread and hands what it says to the window's own thread.

    The window calls ``poll`` again and again; callbacks run there and nowhere else.
    """

    def __init__(self) -> None:
        self._events: queue.SimpleQueue[tuple[str, object]] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def busy(self) -> bool:
        """Whether a job runs, or its outcome has not been taken yet."""
        return self._thread is not None

    def start(self, work: Callable[[Progress], Outcome]) -> None:
        """Begin a job; one that runs must have ended. work: gets where to tell its progress."""
        if self.busy:
            raise RuntimeError("a job is running")
        self._stop.clear()

        def run() -> None:
            self._events.put(("done", guarded(lambda: work(self._progress))))

        # Not a daemon: the window waits for the end, so that no write is cut in two.
        self._thread = threading.Thread(target=run, name="shikaku-job")
        self._thread.start()

    def stop(self) -> None:
        """Ask the job to end at its next step."""
        self._stop.set()

    def _progress(self, made: int, wanted: int) -> None:
        if self._stop.is_set():
            raise Stopped
        self._events.put(("progress", (made, wanted)))

    def poll(
        self, on_progress: Callable[[int, int], None], on_done: Callable[[Outcome], None]
    ) -> None:
        """Hand over what the job has reported since the last call."""
        while not self._events.empty():
            kind, what = self._events.get()
            if kind == "progress" and isinstance(what, tuple):
                on_progress(*what)
            elif isinstance(what, Outcome):
                if self._thread is not None:
                    self._thread.join()
                self._thread = None
                on_done(what)

    def wait(self) -> None:
        """Until the job has ended (the window is being closed)."""
        if self._thread is not None:
            self._thread.join()
