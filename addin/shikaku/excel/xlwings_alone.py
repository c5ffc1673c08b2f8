"""xlwings loaded without the libraries that it takes along where they are installed."""

import sys

_TAKEN_ALONG = ("pandas", "numpy", "polars", "matplotlib", "plotly", "PIL")


def load() -> None:
    """Import xlwings alone; pandas and its like can be imported afterwards as ever.

    ``import xlwings`` tries to import each of these for its own converters: 0.10 s become 0.7 s
    where pandas is installed, at every click, and no button hands a table to xlwings. A name that
    ``sys.modules`` holds as None can't be imported (Python's own rule); the names are freed again,
    for ``shikaku.frames`` and the reports. Nothing is blocked that is loaded already.
    """
    blocked = [name for name in _TAKEN_ALONG if name not in sys.modules]
    sys.modules.update(dict.fromkeys(blocked))  # type: ignore[arg-type]  # None is what blocks
    try:
        import xlwings  # noqa: F401
    finally:
        for name in blocked:
            if sys.modules.get(name) is None:
                sys.modules.pop(name, None)
