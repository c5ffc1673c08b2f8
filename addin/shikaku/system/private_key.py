"""A key of this user on this machine: what is noted under it tells nobody else anything."""

import os
import secrets

from shikaku.system import places

_LENGTH = 32


def get() -> bytes:
    """The key's 32 bytes, made at the first call; one of this process alone where it can't be kept."""
    path = places.state() / "journal.key"
    try:
        key = path.read_bytes()
        if len(key) == _LENGTH:
            return key
    except OSError:
        pass  # the first call, or a place that gives nothing: it is made below
    key = secrets.token_bytes(_LENGTH)
    draft = path.with_name(f"{path.name}-{secrets.token_hex(4)}")
    try:
        places.private(path.parent)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, key)
        finally:
            os.close(handle)
        try:
            os.link(draft, path)  # two first calls at once: one of the keys is everybody's
        except FileExistsError:
            there = path.read_bytes()
            if len(there) == _LENGTH:
                return there
            os.replace(draft, path)
        except OSError:  # no hard links here
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError:
        return key
    return key
