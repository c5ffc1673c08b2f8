"""A file written over where it stands, for those that may not be replaced by another one.

Replacing by rename gives a file a new owner and cuts its hard links. Where the old owner, group or
access list can't be given to a new file, the old one is written over instead. So that a kill in the
middle loses nothing, old and new content lie in a journal beside it meanwhile; whoever comes next
(``recover``) puts the old content back.
"""

import os
import struct
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from shikaku.system import places

_HEAD = struct.Struct("<8sQQ32s")
_MAGIC = b"shikaku1"
_BLOCK = 512


def _places(path: Path) -> list[Path]:
    """Where the journal of a file may lie: beside it, else (a folder that takes no file) in the
    user's own state."""
    name = sha256(os.fsencode(path.name)).hexdigest()[:12]
    whole = sha256(os.fsencode(path)).hexdigest()[:32]
    return [path.with_name(f".shikaku-{name}.undo"), places.state() / "undo" / whole]


def pending(path: Path) -> bool:
    """Whether a write broke off, or is going on right now."""
    return any(os.path.exists(place) for place in _places(path))


def overwrite(path: Path, data: bytes) -> None:
    """Put new content into a file, all or nothing. Raises OSError; then the old content stands."""
    old = path.read_bytes()
    journal = _written_journal(path, old, data)
    try:
        with open(path, "r+b") as file:
            try:
                if len(data) > len(old) and hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, len(data))  # no room: said before a byte
                _put(file.fileno(), data)
            except OSError:
                _put(file.fileno(), old)
                raise
    except OSError:
        journal.unlink(missing_ok=True)
        raise
    journal.unlink(missing_ok=True)


def recover(path: Path) -> None:
    """Put back the old content of a file over which a run was killed. To be called by whoever has
    the file's lock. Raises OSError."""
    for place in _places(path):
        if not os.path.exists(place):  # nor one in a state that isn't ours to look into
            continue
        raw = place.read_bytes()
        contents = _contents(raw)
        if contents is not None and path.exists():
            old, new = contents
            now = path.read_bytes()
            if now not in (old, new) and _mixed(now, old, new):
                with open(path, "r+b") as file:
                    _put(file.fileno(), old)
        place.unlink(missing_ok=True)


def _put(handle: int, data: bytes) -> None:
    os.lseek(handle, 0, os.SEEK_SET)
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
    os.ftruncate(handle, len(data))
    os.fsync(handle)


def _written_journal(path: Path, old: bytes, new: bytes) -> Path:
    """The journal, safely on the disk."""
    content = old + new
    head = _HEAD.pack(_MAGIC, len(old), len(new), sha256(content).digest())
    beside, private = _places(path)
    with suppress(OSError):
        return _one_journal(beside, path, head + content)
    places.private(private.parent)
    return _one_journal(private, path, head + content)


def _one_journal(place: Path, path: Path, content: bytes) -> Path:
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with suppress(OSError, AttributeError):  # the colleagues must be able to recover it
            status = path.stat()
            os.fchown(handle, -1, status.st_gid)
            os.fchmod(handle, 0o600 | status.st_mode & 0o060)
        view = memoryview(content)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    except OSError:
        os.close(handle)
        place.unlink(missing_ok=True)
        raise
    os.close(handle)
    return place


def _contents(raw: bytes) -> tuple[bytes, bytes] | None:
    """(old, new) of a journal; None of one that was not finished: the file is untouched then."""
    if len(raw) < _HEAD.size:
        return None
    magic, old, new, digest = _HEAD.unpack(raw[: _HEAD.size])
    content = raw[_HEAD.size :]
    if magic != _MAGIC or len(content) != old + new or sha256(content).digest() != digest:
        return None
    return content[:old], content[old:]


def _mixed(now: bytes, old: bytes, new: bytes) -> bool:
    """Whether a content is partly the one and partly the other, and so nobody's own."""
    if not min(len(old), len(new)) <= len(now) <= max(len(old), len(new)):
        return False
    size = max(len(old), len(new))
    old, new = old.ljust(size, b"\0"), new.ljust(size, b"\0")  # as far as the file was lengthened
    for at in range(0, len(now), _BLOCK):
        block = now[at : at + _BLOCK]
        before, after = old[at : at + len(block)], new[at : at + len(block)]
        if block not in (before, after, bytes(len(block))):
            same = next((i for i, byte in enumerate(block) if byte != after[i]), len(block))
            if block[same:] != before[same:]:
                return False
    return True
