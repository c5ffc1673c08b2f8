"""The process of a command: it ends with its status, everything put in order, and nothing taken apart first."""

import gc
import os
import subprocess
import sys
import weakref

import pytest
from shikaku.system import collecting

ENDS = """
import atexit, sys
from shikaku import __main__
from shikaku.system import collecting

class Book:
    def __del__(self):
        print("taken apart")

def main():
    atexit.register(lambda: print("put in order"))
    collecting.for_one_command()
    collecting.keep(Book())
    print("shown")
    {end}

__main__.main = main
__main__.command()
"""


def ended(end: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", ENDS.format(end=end)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("status", [0, 1, 2])
def test_a_command_ends_at_once(status):
    done = ended(f"return {status}")
    assert done.returncode == status and done.stderr == ""
    assert done.stdout.splitlines() == ["shown", "put in order"]


@pytest.mark.parametrize(("end", "status"), [("raise SystemExit(0)", 0), ("raise OSError", 1)])
def test_one_that_never_came_to_its_end_ends_as_python_does(end, status):
    done = ended(end)
    assert done.returncode == status
    assert done.stdout.splitlines() == ["shown", "put in order", "taken apart"]


def test_nobody_reads_what_it_says(tmp_path):
    """``shikaku check book | head``: the reader has gone before the end."""
    reader, writer = os.pipe()
    os.close(reader)
    words = [sys.executable, "-m", "shikaku", "check", "--list"]
    env = {**os.environ, "SHIKAKU_LOG_DIR": str(tmp_path)}
    with open(writer, "w") as out:
        done = subprocess.run(words, stdout=out, stderr=subprocess.PIPE, env=env, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_program_of_others_keeps_nothing():
    """Who calls jobs from a program of their own gets the memory back."""
    thing = set[str]()
    gone = weakref.ref(thing)
    collecting.keep(thing)
    del thing
    gc.collect()
    assert gone() is None
