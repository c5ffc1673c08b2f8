"""Worker processes of ``system.worker_pool`` forked from a server of the test process that has imported
the product, and nothing of a test: to start one afresh takes half a second, nearly all of it imports."""

import multiprocessing
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from multiprocessing import util
from types import SimpleNamespace
from typing import Any
from unittest import mock

PRELOADED = [
    "shikaku.desk.collect.reading",
    "shikaku.letters.bulk.worker",
    "shikaku.letters.pdf.rdocx.engine",
    "shikaku.letters.template_check",
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


def end() -> None:
    """End the server, where there is one."""
    if "multiprocessing.forkserver" in sys.modules:
        sys.modules["multiprocessing.forkserver"]._forkserver._stop()


def anew(*further: str) -> None:
    """The next worker comes from a new server, which has these modules, too."""
    end()
    _further[:] = further
    _server()
