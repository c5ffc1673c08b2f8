"""The one place that imports xlwings, so that it can end no Excel of the user's.

xlwings' Windows module registers a clean-up for the end of the program that ends (``taskkill /F``)
every EXCEL.EXE that isn't in its list. An Excel without an open workbook isn't in it (xlwings#548),
nor is the separate one of a Protected View (#2456): a button would close them with all that is in
them. The Mac's clean-up only runs our macro ``CleanUp`` and stays.
"""

import atexit
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType

_WINDOWS = "xlwings._xlwindows"
_TAKEN_ALONG = ("pandas", "numpy", "polars", "matplotlib", "plotly", "PIL")


def xlwings() -> ModuleType:
    """The package xlwings, harmless and without what it takes along. Raises
    ImportError when it isn't installed or is broken."""
    register = atexit.register

    def harmless(function: Callable[..., object], *rest: object, **more: object) -> object:
        if function.__module__ == _WINDOWS:
            return function
        return register(function, *rest, **more)

    # Taken out again afterwards would be too late where the import breaks off in the middle.
    atexit.register = harmless  # type: ignore[assignment]
    try:
        with _alone():
            import xlwings as package
    finally:
        atexit.register = register
    windows = sys.modules.get(_WINDOWS)
    if windows is not None:
        atexit.unregister(windows.cleanup)  # somebody else may have imported it before
        windows.Apps.cleanup = staticmethod(_end_nothing)
    return package


def _end_nothing() -> None:
    """What takes the place of xlwings' clean-up."""


@contextmanager
def _alone() -> Iterator[None]:
    """Keep xlwings from importing pandas and its like; afterwards they can be imported as ever.

    It tries each of them for its own converters: 0.10 s become 0.7 s where pandas is installed, at
    every click, and no button hands a table to xlwings. A name that ``sys.modules`` holds as None
    can't be imported (Python's own rule); the names are freed again, for ``shikaku.frames`` and
    the reports. Nothing is blocked that is loaded already.
    """
    blocked = [name for name in _TAKEN_ALONG if name not in sys.modules]
    sys.modules.update(dict.fromkeys(blocked))  # type: ignore[arg-type]  # None is what blocks
    try:
        yield
    finally:
        for name in blocked:
            if sys.modules.get(name) is None:
                sys.modules.pop(name, None)
