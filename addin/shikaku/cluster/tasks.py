"""What a worker does: open what it was sent, let the rules run, and send back what came out.

Nothing is raised out of a task: a scheduler would write the error, and what led to it, into its logs.
"""

from collections.abc import Callable
from typing import Any

import shikaku
from shikaku.cluster.packing import Sealed, sealed
from shikaku.system import collecting
from shikaku.system.errors import ShikakuError

Task = Callable[[Any], Any]


def hello(folder: str | None) -> tuple[str, bool]:
    """(our version on this worker, whether it sees the folder)."""
    import os

    return shikaku.__version__, folder is None or os.path.isdir(folder)


def run(task: Task, work: Sealed) -> Sealed:
    """The task's result as (True, result), or (False, error): an error of the product's as
    it is, any other by its class alone."""
    try:
        with collecting.paused():
            return sealed((True, task(work.open())))
    except ShikakuError as error:
        return sealed((False, (error.message, error.hint)))
    except Exception as error:  # its text, and where it came from, may quote a cell
        return sealed((False, type(error).__name__))
