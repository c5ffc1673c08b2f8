"""Locks on files that the system takes away when their process ends, however it ends."""

import errno
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ENDING = ".lock"
_BUSY = (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK)
_STALE = 120.0
"""Seconds after which a lock by name alone (where the file system knows no locks) counts as that
of a killed run; writing a workbook takes a few."""


class Busy(Exception):
    """Another process has the lock, and did not let go of it in time."""


class _NoLocks(OSError):
    """The file system knows no locks."""


def take(handle: int) -> bool:
    """Take the lock on an open file, without waiting.

    handle: its file descriptor, standing at the file's beginning (Windows locks the byte that it
    stands at). False when another process has the lock, or this place knows no locks.
    """
    try:
        return _taken(handle)
    except OSError:
        return False


def _taken(handle: int) -> bool:
    """Whether the lock could be had. Raises _NoLocks."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _BUSY:
            return False
        raise _NoLocks(error.errno, "no locks") from None
    return True


def place_beside(path: Path, name: str) -> Path:
    """Where the lock of a file lies: beside it, as Excel's ``~$`` file does, so that everybody who
    reaches the file by whatever machine, user or temporary folder meets the same lock."""
    return path.with_name(f"{name}{ENDING}")


@contextmanager
def alone(place: Path, like: Path, patience: float) -> Iterator[None]:
    """Hold the lock file ``place`` for the length of a block; it is gone afterwards.

    like: the file that it protects, whose group may use the lock, too, and which is locked itself
    where no file can be made beside it. patience: seconds to wait. Raises Busy.
    """
    end = time.monotonic() + patience
    while True:
        try:
            handle = _opened(place, like)
        except FileNotFoundError:
            yield  # no such folder: nothing there that could be written
            return
        except PermissionError:
            if place.exists():  # another user's, who has not let us in
                _wait(end)
                continue
            handle = None
        except OSError:
            handle = None
        if handle is None:
            with _itself(like, end):
                yield
            return
        try:
            if _taken(handle) and _is_there(handle, place):
                break
        except _NoLocks:
            os.close(handle)
            with _by_name(place, end):
                yield
            return
        os.close(handle)
        _wait(end)
    try:
        yield
    finally:
        if os.name != "nt":  # while it is locked, and nobody else can begin with it
            with suppress(OSError):
                place.unlink()
        os.close(handle)
        if os.name == "nt":  # removes no open file, neither ours nor anybody's
            with suppress(OSError):
                place.unlink()


def clear(place: Path) -> None:
    """Remove a lock file that a killed run has left; one that is in use stays. Raises OSError."""
    try:
        handle = os.open(place, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    except FileNotFoundError:
        return
    try:
        if os.name != "nt" and take(handle) and _is_there(handle, place):
            place.unlink()
    finally:
        os.close(handle)
    if os.name == "nt":
        place.unlink()  # refused while anybody has it open


def _wait(end: float) -> None:
    if time.monotonic() > end:
        raise Busy
    time.sleep(0.02 + secrets.randbelow(40) / 1000)


def _opened(place: Path, like: Path) -> int:
    try:
        handle = os.open(place, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return os.open(place, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    with suppress(OSError, AttributeError):
        status = os.stat(like)
        os.fchown(handle, -1, status.st_gid)
        os.fchmod(handle, 0o600 | status.st_mode & 0o060)
    return handle


def _is_there(handle: int, place: Path) -> bool:
    """Whether the file that was locked is the one that lies there now: the holder before us has
    removed his."""
    try:
        ours, there = os.fstat(handle), os.stat(place)
    except OSError:
        return False
    return (ours.st_ino, ours.st_dev) == (there.st_ino, there.st_dev)


@contextmanager
def _itself(path: Path, end: float) -> Iterator[None]:
    """The lock of the file itself, which stays in its place: its folder takes no other file."""
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        yield  # it can't be written either
        return
    try:
        with suppress(_NoLocks):
            while not _taken(handle):
                _wait(end)
        yield
    finally:
        os.close(handle)


@contextmanager
def _by_name(place: Path, end: float) -> Iterator[None]:
    """A lock by the mere existence of a file, for file systems without locks."""
    mark = place.with_name(place.name + "-held")
    while True:
        try:
            os.close(os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            break
        except FileExistsError:
            with suppress(OSError):
                if time.time() - mark.stat().st_mtime > _STALE:
                    mark.unlink()
                    continue
            _wait(end)
    try:
        yield
    finally:
        for path in (place, mark):
            with suppress(OSError):
                path.unlink()
