"""A scheduler of Dask to work with: somebody's by its address, or one of our own (``local:N``).

What a worker is sent is never kept by Dask (no scattered data, small results), so that rows with
individual numbers are not spilled to a worker's disk; of our own workers spilling is switched off.
"""

import contextlib
import logging
import re
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

import shikaku
from shikaku.cluster import tasks
from shikaku.cluster.packing import sealed
from shikaku.system import extras, temporary_files
from shikaku.system.errors import ShikakuError, UsageError
from shikaku.system.worker_pool import without_main

if TYPE_CHECKING:
    from distributed import Client
    from distributed import Future as Task

T = TypeVar("T")
W = TypeVar("W")

_LOCAL = re.compile(r"local:([1-9]\d{0,2})")
_ADDRESS = re.compile(r"(?:(?:tcp|tls|ws|wss|ucx)://)?(\[[0-9a-fA-F:]+\]|[\w.-]+):(\d{1,5})/?")
_SECONDS = 5.0
"""For a scheduler to answer, and for its first worker to be there."""
_START = 60.0
"""For workers of our own to start on a busy machine."""
_PATIENCE, _LOOK = 60.0, 5.0
"""How long there may be no worker at all, and how often one is looked for."""

_OUR_OWN = {
    **{f"distributed.worker.memory.{what}": False for what in ("target", "spill", "pause")},
    **{f"distributed.{who}.http.routes": [] for who in ("scheduler", "worker")},
}
"""How our own workers are: nothing of what they hold goes to a disk, and no web page shows it."""


class ClusterGone(ShikakuError):
    """Scheduler or workers don't answer any more."""


class TaskFailed(ShikakuError):
    """A task ended with an error that is no user's. kind: the error's class, "" for workers that
    died over it."""

    def __init__(self, kind: str) -> None:
        what = f"不具合が起きました({kind})" if kind else "作業プロセスが何度も異常終了しました"
        super().__init__(
            f"クラスターでの作業中に、{what}。",
            "--cluster なしで実行すると、続けられるかもしれません。",
        )
        self.kind = kind


class Cluster:
    """A connection, for a ``with`` block. workers: threads that work at a time.

    address: ``local:N`` or that of a scheduler (``tcp://host:8786``; the protocol may be left
    out). Entering raises UsageError: no address, no Dask, nobody there, no workers, another
    version of ours on them.
    """

    def __init__(self, address: str) -> None:
        local = _LOCAL.fullmatch(address.strip())
        self._address = address.strip()
        self._size = int(local[1]) if local else 0
        known = _ADDRESS.fullmatch(self._address)
        if not local and (known is None or known[1] == "local"):
            raise UsageError(
                f"--cluster の「{self._address[:60]}」は、クラスターのアドレスとして読めません。",
                "tcp://ホスト名:8786 のようなスケジューラーのアドレスか、このコンピューターだけで"
                "動かすなら local:2 のように書いてください。",
            )
        self._stack = contextlib.ExitStack()
        self.workers = 1
        self.client: Client

    def __enter__(self) -> Self:
        extras.require("distributed", "--cluster の利用")
        with contextlib.ExitStack() as stack:
            stack.enter_context(_silence())
            self.client = self._local(stack) if self._size else self._joined(stack)
            self._stack = stack.pop_all()
        try:
            self._greet(None)
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _joined(self, stack: contextlib.ExitStack) -> "Client":
        """Somebody's scheduler."""
        from distributed import Client

        try:
            client = _within(
                2 * _SECONDS,
                lambda: Client(self._address, timeout=_SECONDS, set_as_default=False),
            )
        except (OSError, ValueError, ImportError, RuntimeError):
            raise UsageError(
                f"クラスターのスケジューラー「{self._address}」につながりません。",
                "アドレスとネットワークを確かめ、スケジューラー(dask scheduler)が動いているか確かめてください。",
            ) from None
        stack.callback(client.close, timeout=_SECONDS)
        try:
            client.wait_for_workers(1, timeout=_SECONDS)
        except TimeoutError:
            raise UsageError(
                f"クラスター「{self._address}」に、作業するプロセス(ワーカー)がありません。",
                "dask worker を起動してから、もう一度実行してください。",
            ) from None
        return client

    def _local(self, stack: contextlib.ExitStack) -> "Client":
        """A scheduler and workers of our own, on this machine alone."""
        import dask
        from distributed import Client, LocalCluster

        folder = stack.enter_context(temporary_files.folder())
        stack.enter_context(dask.config.set(_OUR_OWN))
        # Also while workers that died are started anew: they must not run the caller's script.
        stack.enter_context(without_main())
        try:
            cluster = LocalCluster(
                n_workers=self._size,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address=None,
                scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
                memory_limit=None,
                local_directory=str(folder),
                silence_logs=logging.CRITICAL,
            )
            stack.callback(cluster.close, timeout=_SECONDS)
            client = Client(cluster, timeout=_START, set_as_default=False)
            stack.callback(client.close, timeout=_SECONDS)
            client.wait_for_workers(self._size, timeout=_START)
        except (OSError, RuntimeError):  # TimeoutError is an OSError
            raise UsageError(
                f"このコンピューターで{self._size}個の作業プロセスを始められません。",
                "--cluster local:N の数を減らすか、ほかのソフトを閉じて、もう一度実行してください。",
            ) from None
        return client

    def _greet(self, folder: Path | None) -> None:
        """See that every worker has our version, and the folder."""
        place = None if folder is None else str(folder.resolve())
        try:
            answers = self.client.run(tasks.hello, place, on_error="return")
        except (OSError, RuntimeError):
            raise self._gone() from None
        self.workers = max(1, sum(self.client.nthreads().values()))
        for answer in answers.values():
            version, seen = answer if isinstance(answer, tuple) else ("", True)
            if version != shikaku.__version__:
                has = f"版 {version}" if version else "shikaku がない環境"
                raise UsageError(
                    f"クラスターの作業プロセスに、この shikaku(版 {shikaku.__version__})が"
                    f"入っていません({has})。",
                    'どのコンピューターにも、同じ版を pip install "shikaku[cluster]" で入れてください。',
                )
            if not seen:
                raise UsageError(
                    f"出力先「{folder}」が、クラスターの作業プロセスから見えません。",
                    "どのコンピューターからも同じ名前で見える共有フォルダーを指定してください。",
                )

    def require_folder(self, folder: Path) -> None:
        """Raise UsageError when a worker doesn't see a folder under the name that it has here."""
        self._greet(folder)

    def start(self, task: Callable[[W], T], works: Sequence[W]) -> "Pending[W, T]":
        """Hand a task for each piece of work to the workers."""
        return Pending(self, task, works)

    def submit(self, task: Callable[[Any], Any], work: Any) -> "Task":
        """One piece of work; a worker's death gives it to another."""
        return self.client.submit(tasks.run, task, sealed(work), pure=False)

    def _gone(self) -> ClusterGone:
        return ClusterGone(
            f"クラスター「{self._address}」とのやりとりが途中で切れました。",
            "スケジューラーと作業プロセスが動いているか確かめて、もう一度実行してください。"
            "それまでに作られたものはそのまま残り、次の実行が続きから行います。",
        )

    def answer(self, future: "Task") -> Any:
        """A result. Raises ShikakuError: the task's own, TaskFailed or ClusterGone."""
        from distributed.scheduler import KilledWorker

        try:
            good, result = self._arrived(future).open()
        except KilledWorker:
            raise TaskFailed("") from None
        except Exception:  # Dask has a class for each way to be lost; none of them says more
            raise self._gone() from None
        if good:
            return result
        raise ShikakuError(*result) if isinstance(result, tuple) else TaskFailed(result)

    def done(self, futures: "Sequence[Task]", seconds: float) -> "list[Task]":
        """Those that have a result, or never will; waits so long for the first of them."""
        from distributed import wait

        with contextlib.suppress(TimeoutError), self.client.as_current():
            wait(futures, timeout=seconds, return_when="FIRST_COMPLETED")
        return [future for future in futures if future.done()]

    def give_up(self, future: "Task") -> None:
        """Take back a task that hangs; the worker that has it is started anew."""
        with contextlib.suppress(OSError, RuntimeError, ValueError):
            busy = [
                worker for worker, keys in self.client.processing().items() if future.key in keys
            ]
            future.cancel()
            self.client.restart_workers(busy, timeout=_START, raise_for_error=False)

    def end(self, futures: "Sequence[Task]", seconds: float) -> None:
        """Let tasks that have begun finish, so long at most, and take the others back."""
        from distributed import wait

        with contextlib.suppress(OSError, RuntimeError, ValueError):
            if futures:
                with contextlib.suppress(TimeoutError), self.client.as_current():
                    wait(futures, timeout=seconds)
                self.client.cancel(futures)

    def tell(self, function: Callable[[str], None], word: str) -> None:
        """Have every worker that is there call a function, between its tasks."""
        with contextlib.suppress(OSError, RuntimeError, ValueError):
            self.client.run(function, word, on_error="ignore")

    def _arrived(self, future: "Task") -> Any:
        """What a task gave. Raises TimeoutError when nobody has been there to work for a minute."""
        alone = 0.0
        while alone < _PATIENCE:
            try:
                return future.result(timeout=_LOOK)
            except TimeoutError:
                alone = 0.0 if self.client.nthreads() else alone + _LOOK
        raise TimeoutError


class Pending(Generic[W, T]):
    """Work that is under way."""

    def __init__(self, cluster: Cluster, task: Callable[[W], T], works: Sequence[W]) -> None:
        self._cluster = cluster
        self._futures = [cluster.submit(task, work) for work in works]

    def results(self) -> Iterator[T]:
        """The results in the order of the work. Raises ShikakuError."""
        for future in self._futures:
            yield self._cluster.answer(future)
            future.release()


def _within(seconds: float, work: Callable[[], T]) -> T:
    """The result of some work. Raises TimeoutError when it takes longer: Dask waits for ever for a
    program that takes a connection and says nothing. The thread that is left ends with us."""
    found: Future[T] = Future()

    def carry_out() -> None:
        try:
            found.set_result(work())
        except BaseException as error:  # whatever it is, it is raised where it is waited for
            found.set_exception(error)

    threading.Thread(target=carry_out, daemon=True).start()
    return found.result(seconds)


@contextlib.contextmanager
def _silence() -> Iterator[None]:
    """Dask's own words are English, and for its makers: what matters is said in ours."""
    loggers = [
        logging.getLogger(name) for name in ("distributed", "tornado.application", "asyncio")
    ]
    before = [one.level for one in loggers]
    for one in loggers:
        one.setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module="distributed|dask")
        try:
            yield
        finally:
            for one, level in zip(loggers, before, strict=True):
                one.setLevel(level)
