"""The one place that imports xlwings, so that it can end no Excel of the user's.

xlwings' Windows module registers a clean-up for the end of the program that ends (``taskkill /F``)
every EXCEL.EXE that isn't in its list. An Excel without an open workbook isn't in it (xlwings#548),
nor is the separate one of a Protected View (#2456): a button would close them with all that is in
them. The Mac's clean-up only runs our macro ``CleanUp`` and stays.
"""

import atexit
import sys
from collections.abc import Callable
from types import ModuleType

_WINDOWS = "xlwings._xlwindows"


def xlwings() -> ModuleType:
    """The package xlwings, harmless. Raises ImportError when it isn't installed or is broken."""
    register = atexit.register

    def harmless(function: Callable[..., object], *rest: object, **more: object) -> object:
        if function.__module__ == _WINDOWS:
            return function
        return register(function, *rest, **more)

    # Taken out again afterwards would be too late where the import breaks off in the middle.
    atexit.register = harmless  # type: ignore[assignment]
    try:
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
