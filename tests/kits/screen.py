"""A screen for tests that open a window: the one that is there, else a virtual one (Xvfb)."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from office import missing


@contextmanager
def screen() -> Iterator[str]:
    """The name of a display on X; "" where the system needs none. Leaves the test without one."""
    if sys.platform in ("win32", "darwin"):
        yield ""
        return
    if shutil.which("Xvfb") is None:
        missing("Xvfb")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1100x800x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        with os.fdopen(read) as told:
            number = told.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)
