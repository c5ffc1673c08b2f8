"""Unfinished files, noted for as long as they lie about, so that none outlives a killed run.

A draft has to lie beside the file that it becomes: only there it can take its place in one step.
So each process notes its drafts in a list of its own, in a private folder beside the usage log,
and keeps the list locked. A list that nobody locks belongs to a process that was killed: the next
start of any command, wherever it works, removes what stands in it (``sweep``).

A list holds places, which may be in folders that a user has named after a number: digits of such
names are left out, and are looked for when it comes to removing.
"""

import contextlib
import glob
import json
import os
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from shikaku.system import file_locks, places

MARK = ".shikaku-"
"""How the names of drafts begin. Nothing else is ever removed, but for folders of ours."""

_FOLDER = "shikaku-tmp-"  # not hidden: office programs in a cage can't open hidden folders

_SECONDS = 2.0
"""For removing, at the start of a command: what takes longer is left to the next one."""

_DAYS = 30
"""How long a place that can't be reached (a stick, a share) is remembered."""


class _List:
    """This process's list: it is there while a draft is."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self.count = 0
        self.stays = False
        self.path: Path | None = None
        self.handle = -1

    def add(self, place: Path | None) -> None:
        """Note a draft that is about to come into being. Where no list can be kept (no room, no
        permission, no locks) the draft goes unnoted: the work itself must not fail for it."""
        self.count += 1
        if place is None:
            return
        with contextlib.suppress(OSError):
            if self.path is None:
                self._open()
            # A line's end on both sides: a write that found little room spoils no other line.
            os.write(self.handle, f"\n{json.dumps(_pattern(place))}\n".encode())

    def _open(self) -> None:
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for _ in range(3):
            path = folder / f"{os.getpid()}-{secrets.token_hex(4)}"
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
            # Another's sweep may have come between: it takes a list without a lock for dead.
            if file_locks.take(handle) and path.exists():
                self.path, self.handle = path, handle
                return
            os.close(handle)
            path.unlink(missing_ok=True)
        raise OSError("no lock to be had")

    def drop(self, gone: bool) -> None:
        """A draft less. With the last one the list goes, if they are all gone."""
        self.count -= 1
        self.stays |= not gone
        if self.count or self.path is None:
            return
        path, self.path = self.path, None
        os.close(self.handle)  # first: Windows removes no open file
        if not self.stays:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        self.stays = False


_list = _List()


@contextlib.contextmanager
def noted(place: Path | None) -> Iterator[None]:
    """Have a draft noted for the length of a block. place: a file or folder, there or not; its
    name must begin with ``MARK``, and nobody else may come to use it. None: just keep the list
    for many blocks within this one."""
    global _list
    if _list.process != os.getpid():  # a fork has its parent's list, and must not touch it
        _list = _List()
    mine = _list
    try:
        mine.add(place)
        yield
    finally:
        if mine.process == os.getpid():
            mine.drop(gone=place is None or not os.path.lexists(place))


@contextlib.contextmanager
def folder(parent: Path | None = None) -> Iterator[Path]:
    """A temporary folder that only this user can look into; gone after the block, or after a kill
    with the next start. parent: where it must be, default the system's place."""
    parent = Path(parent or tempfile.gettempdir())
    place = parent / f"{_FOLDER}{secrets.token_hex(8)}"
    with noted(place):
        place.mkdir(mode=0o700)
        try:
            yield place
        finally:
            shutil.rmtree(place, ignore_errors=True)


def sweep() -> None:
    """Remove what killed processes have left lying about. Never raises, never waits for long."""
    end = time.monotonic() + _SECONDS
    try:
        lists = sorted(_folder().iterdir())
    except OSError:
        return
    for path in lists:
        if time.monotonic() > end:
            return
        with contextlib.suppress(OSError, ValueError):
            _clear(path, end)


def _clear(path: Path, end: float) -> None:
    """Remove the drafts of a list, and the list when none is left."""
    handle = os.open(path, os.O_RDWR)
    try:
        if not file_locks.take(handle):
            return
        age = time.time() - os.fstat(handle).st_mtime
        with open(handle, encoding="utf-8", closefd=False) as file:
            lines = [line for line in file if line.strip()]
        # The last first: what lies in a folder of ours goes before the folder.
        near = _reachable(lines)
        settled = all([_removed(line, end, near) for line in reversed(lines)])
        over = settled or age > _DAYS * 86_400
        with contextlib.suppress(PermissionError):  # while it is locked, and nobody can begin it
            path.unlink() if over else None
    finally:
        os.close(handle)
    if over:  # Windows removes no open file
        path.unlink(missing_ok=True)


def _reachable(lines: list[str]) -> tuple[str, ...]:
    """The folders of a list's drafts that are there, as patterns; of a draft in a folder of ours, which
    may have gone with another process's list, what that lies in."""
    found = set()
    for line in lines:
        with contextlib.suppress(ValueError, TypeError):  # a line that broke off
            folder = os.path.dirname(json.loads(line))
            while os.path.basename(folder).startswith((MARK, _FOLDER)):
                folder = os.path.dirname(folder)
            found.add(folder)
    return tuple(folder + os.sep for folder in found if glob.glob(folder))


def _removed(line: str, end: float, near: tuple[str, ...]) -> bool:
    """Whether the draft of a line is gone for good. near: folders that can be reached: one within
    them that isn't there has never been made."""
    try:
        pattern = json.loads(line)
        parent, name = os.path.split(pattern)
    except (ValueError, TypeError):
        return True  # the process was killed over this line: the draft was yet to be made
    if not name.startswith((MARK, _FOLDER)) or glob.has_magic(name):
        return True
    if time.monotonic() > end:
        return False
    parents = glob.glob(parent)
    for place in (Path(parent, name) for parent in parents):
        try:
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place)
            elif place.suffix == file_locks.ENDING:
                file_locks.clear(place)
            else:
                place.unlink(missing_ok=True)
        except OSError:
            return False
    return bool(parents) or parent.startswith(near)


def _folder() -> Path:
    return places.folder() / "drafts"


def _pattern(place: Path) -> str:
    """An absolute path for ``glob``; of a folder with twelve digits or more in its name, each digit
    is left out."""
    parent, name = os.path.split(os.path.abspath(place))
    return f"{_folder_pattern(parent)}{os.sep}{name}"


@lru_cache(maxsize=64)  # thousands of letters go into few folders
def _folder_pattern(folder: str) -> str:
    start, *folders = folder.split(os.sep)
    hidden = (_without_digits(glob.escape(part)) for part in folders)
    return os.sep.join((glob.escape(start), *hidden))


def _without_digits(name: str) -> str:
    """
    >>> _without_digits("届出_000000000019"), _without_digits("2026-04-15")
    ('届出_????????????', '2026-04-15')
    """
    if sum(c.isdigit() for c in name) < 12:
        return name
    return "".join("?" if c.isdigit() else c for c in name)
