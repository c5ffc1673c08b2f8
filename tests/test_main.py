"""The process of a command: it ends with its status, everything put in order, and what it worked on isn't
taken apart first."""

import gc
import os
import subprocess
import sys
import weakref

import pytest
from shikaku.system import collecting

ENDS = """
import atexit, runpy, sys
atexit.register(print, "put in order")  # as a tool's that was there before us: coverage, slipcover
from shikaku import commands
from shikaku.system import collecting

class Book:
    def __del__(self):
        print("taken apart")

def job(options):
    collecting.keep(Book())
    {does}
    return commands.Text(["shown"], exit_status={status})

commands.COMMANDS[sys.argv[1]] = job
"""

ALONE = 'runpy.run_module("shikaku", run_name="__main__", alter_sys=True)'

WITHIN = f"""
try:
    {ALONE}
except SystemExit as end:
    print("goes on after", end.code)
raise SystemExit(7)
"""


def ended(
    name: str, *, does: str = "pass", status: int = 0, then: str = ALONE
) -> tuple[int, list[str], str]:
    """Exit status, lines and complaints of a process in which a command does this."""
    words = [sys.executable, "-c", ENDS.format(does=does, status=status) + then, name]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout.splitlines(), done.stderr


@pytest.mark.parametrize("status", [0, 1, 2])
def test_a_command_ends_at_once(status):
    assert ended("doctor", status=status) == (status, ["shown", "put in order"], "")


def test_one_that_fails_ends_so_too():
    status, lines, complaints = ended("doctor", does="raise OSError")
    assert (status, lines) == (2, ["put in order"]) and complaints


def test_a_program_that_goes_on_after_a_command_ends_with_its_own_status():
    lines = ["shown", "goes on after 1", "put in order"]
    assert ended("doctor", status=1, then=WITHIN) == (7, lines, "")


def test_the_window_keeps_nothing_of_one_job_until_the_next():
    """``shikaku app`` is one command and any number of jobs."""
    done = ended("app", does='print("job done")')
    assert done == (0, ["taken apart", "job done", "shown", "put in order"], "")


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
