"""The one place that imports xlwings: it can end no Excel of the user's, and takes nothing along.

xlwings' Windows module registers a clean-up for the end of the program that ends (``taskkill /F``)
every EXCEL.EXE that isn't in its list. An Excel without an open workbook isn't in it (xlwings#548),
nor is the separate one of a Protected View (#2456): a button would close them with all that is in
them. The Mac's clean-up only runs our macro ``CleanUp`` and stays.

A call that Excel rejects (it calculates, saves, has a dialog open) xlwings makes again without a
pause and for ever: one core is busy, and the button never ends. Here it rests between two calls and
gives up after a minute; what the error then means, ``host.refusal`` says.

For its own converters xlwings tries to import pandas and its like: 0.10 s become 0.7 s where they
are installed, at every click, and no button hands a table to xlwings.
"""

import atexit
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType

_WINDOWS = "xlwings._xlwindows"
_PAUSE = 0.05  # seconds between two calls that Excel rejects
_ATTEMPTS = 1_200
_TAKEN_ALONG = ("pandas", "numpy", "polars", "matplotlib", "plotly", "PIL")


def xlwings() -> ModuleType:
    """The package xlwings, harmless. Raises ImportError when it isn't installed or is broken."""
    with _alone(), _harmless():
        import xlwings as package
    windows = sys.modules.get(_WINDOWS)
    if windows is not None:
        atexit.unregister(windows.cleanup)  # somebody else may have imported it before
        windows.Apps.cleanup = staticmethod(_end_nothing)
        vars(windows)["N_COM_ATTEMPTS"] = Patience(_ATTEMPTS)
    return package


class Patience(int):
    """How often xlwings makes a rejected call: it asks whether its count is below this number, and
    that question is where it rests."""

    def __gt__(self, attempts: int) -> bool:
        time.sleep(_PAUSE)
        return int(self) > attempts


@contextmanager
def _harmless() -> Iterator[None]:
    """What xlwings' Windows module registers for the end of the program isn't. Taken out again
    afterwards would be too late where the import breaks off in the middle."""
    register = atexit.register

    def harmless(function: Callable[..., object], *rest: object, **more: object) -> object:
        return function if function.__module__ == _WINDOWS else register(function, *rest, **more)

    atexit.register = harmless  # type: ignore[assignment]  # narrower than its stub
    try:
        yield
    finally:
        atexit.register = register


@contextmanager
def _alone() -> Iterator[None]:
    """pandas and its like can't be imported meanwhile, and as ever afterwards: a name that
    ``sys.modules`` holds as None can't be (Python's own rule). What is loaded already stays."""
    blocked = [name for name in _TAKEN_ALONG if name not in sys.modules]
    sys.modules.update(dict.fromkeys(blocked))  # type: ignore[arg-type]  # None is what blocks
    try:
        yield
    finally:
        for name in blocked:
            if sys.modules.get(name) is None:
                sys.modules.pop(name, None)


def _end_nothing() -> None:
    """What takes the place of xlwings' clean-up."""
