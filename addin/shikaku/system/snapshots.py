"""Workbooks as they were before each of our writes: the one way back (``shikaku restore``).

Each state is a file in the user's private state, at most ten a workbook, readable by its owner
alone. Erasing numbers (``purge``) erases the states of the workbook with them. Of a workbook that is
open in Excel, where nothing is saved, the cells of the last write are kept, without the numbers.
"""

import datetime as dt
import itertools
import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from shikaku.system import clock, places

MOST = 10
_STAMP = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, slots=True)
class State:
    """A workbook before one of our writes. when: of that write, in Japan."""

    path: Path
    when: dt.datetime

    def read(self) -> bytes:
        """The workbook's bytes then. Raises OSError."""
        return self.path.read_bytes()


def _folder(book: Path) -> Path:
    name = sha256(os.fsencode(book.resolve())).hexdigest()[:32]
    return places.state() / "books" / name


def states(book: Path) -> list[State]:
    """The states of a workbook, the youngest first."""
    try:
        files = sorted(_folder(book).glob("*.xlsx"), reverse=True)
    except OSError:
        return []
    found = []
    for path in files:
        stamp, _, _ = path.stem.partition("-")
        try:
            found.append(State(path, dt.datetime.fromisoformat(stamp)))
        except ValueError:
            continue
    return found


def keep(book: Path, data: bytes) -> None:
    """Keep a workbook's content before it is written over. Raises OSError."""
    folder = places.private(_folder(book))
    for half in folder.glob("*.part"):  # of a run that was killed
        half.unlink(missing_ok=True)
    old = states(book)
    stamp = max([clock.now().replace(tzinfo=None), *(state.when for state in old)])
    if old and old[0].path.stat().st_size == len(data) and old[0].read() == data:
        return
    for number in itertools.count():
        path = folder / f"{stamp.strftime(_STAMP)}-{number:03d}.xlsx"
        if not path.exists() and all(path.name > state.path.name for state in old):
            break
    draft = path.with_suffix(".part")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    for state in states(book)[MOST:]:
        state.path.unlink(missing_ok=True)


_STEP = "last-write.json"


def keep_step(book: Path, data: bytes) -> None:
    """Keep how the last write into a workbook that is open in Excel can be taken back; one a
    workbook, without individual numbers. Raises OSError."""
    folder = places.private(_folder(book))
    draft = folder / f"{_STEP}.part"
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "wb") as file:
        file.write(data)
    os.replace(draft, folder / _STEP)


def step(book: Path) -> bytes | None:
    """What ``keep_step`` has kept; None when there is nothing. Raises OSError."""
    path = _folder(book) / _STEP
    return path.read_bytes() if path.exists() else None


def forget_step(book: Path) -> None:
    """The last write can't be taken back any more. Raises OSError."""
    (_folder(book) / _STEP).unlink(missing_ok=True)


def forget(book: Path) -> None:
    """Remove all states of a workbook. Raises OSError when one can't go."""
    folder = _folder(book)
    if folder.is_dir():
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
