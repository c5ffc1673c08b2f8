"""Worker processes of ``system.worker_pool`` forked from a server of the test process that has imported
the product, and nothing of a test: to start one afresh takes half a second, nearly all of it imports."""

import atexit
import multiprocessing
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from multiprocessing import util
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from shikaku.system.worker_pool import without_main

PRELOADED = [
    "shikaku.desk.collect.reading",
    "shikaku.letters.bulk.worker",
    "shikaku.letters.pdf.rdocx.engine",
    "shikaku.letters.template_check",
    "shikaku.workbook.editor",
    "docxtpl",
    "msoffcrypto",
    "openpyxl",
    "pikepdf",
]
"""What workers import sooner or later."""

_TEMPORARY = tempfile.gettempdir()
_further: list[str] = []


def _server() -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED + _further)
    with mock.patch.object(tempfile, "tempdir", _TEMPORARY):  # a test may have another
        util.get_temp_dir()  # of its socket
    return context


def get_context(method: str) -> SimpleNamespace:
    """For ``multiprocessing.get_context``: what a pool needs of it."""
    assert method == "spawn"
    return SimpleNamespace(Pipe=_server().Pipe, Process=_process)


def _process(target: Callable[..., None], args: tuple[Any, ...], daemon: bool) -> Any:
    """Its environment is that of the test, as if it were started from here."""
    told = dict(os.environ), target, args
    return _server().Process(target=_as_started_here, args=told, daemon=daemon)


def _as_started_here(
    environment: Mapping[str, str], target: Callable[..., None], args: tuple[Any, ...]
) -> None:
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None
    target(*args)


class Forks:
    """For ``worker_pool.multiprocessing`` of a process that is about to end and has the imports: workers
    are forked from it. They have none of its ends of their pipes: with one they would never hear that it
    is gone."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("fork")
        self._ours: list[Any] = []

    def get_context(self, method: str) -> "Forks":
        """For ``multiprocessing.get_context``."""
        assert method == "spawn"
        return self

    def Pipe(self) -> tuple[Any, Any]:
        """For ``Pool``: its end, and the worker's."""
        ours, theirs = self._context.Pipe()
        self._ours.append(ours)
        return ours, theirs

    def Process(self, target: Callable[..., None], args: tuple[Any, ...], daemon: bool) -> Any:
        """For ``Pool``."""
        return self._context.Process(target=self._alone, args=(target, args), daemon=daemon)

    def _alone(self, target: Callable[..., None], args: tuple[Any, ...]) -> None:
        for pipe in self._ours:
            pipe.close()
        target(*args)


def python(script: str, environment: Mapping[str, str], folder: Path) -> tuple[int, str, str]:
    """Run a script to the end of its ``atexit``, as ``python -c`` would, but for the imports: its exit
    status and what it said. folder: for what it says, meanwhile."""
    process = begun(script, environment, folder)
    process.join(120)
    out, err = ((folder / name).read_text("utf-8") for name in ("out", "err"))
    return process.exitcode, out, err


def begun(script: str, environment: Mapping[str, str], folder: Path, *, daemon: bool = True) -> Any:
    """The process of such a script. What it says stands in ``out`` and ``err`` of the folder. daemon:
    it ends with this one, and can't have processes of its own."""
    told = dict(environment), _as_dash_c, (script, str(folder))
    process = _server().Process(target=_as_started_here, args=told, daemon=daemon)
    with without_main():
        process.start()
    return process


def first_line(process: Any, folder: Path) -> str:
    """What a script that was begun says first, without the end of its line."""
    out = folder / "out"
    until = time.monotonic() + 60
    while not (out.exists() and "\n" in out.read_text("utf-8")):
        assert process.is_alive() and time.monotonic() < until, (folder / "err").read_text("utf-8")
        time.sleep(0.002)
    return out.read_text("utf-8").partition("\n")[0]


def _as_dash_c(script: str, folder: str) -> None:
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(Path(folder, name), os.O_CREAT | os.O_WRONLY), number)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
    sys.argv = ["-c"]
    code = 0
    try:
        exec(script, {"__name__": "__main__"})
    except BaseException:
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def end() -> None:
    """End the server, where there is one."""
    if "multiprocessing.forkserver" in sys.modules:
        sys.modules["multiprocessing.forkserver"]._forkserver._stop()


def anew(*further: str) -> None:
    """The next worker comes from a new server, which has these modules, too."""
    end()
    _further[:] = further
    _server()
