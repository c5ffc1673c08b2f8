"""Locks on open files that the system takes away when their process ends, however it ends."""

import os


def take(handle: int) -> bool:
    """Take the lock on an open file, without waiting.

    handle: its file descriptor, standing at the file's beginning (Windows locks the byte that it
    stands at). False when another process has the lock, or this place knows no locks.
    """
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
