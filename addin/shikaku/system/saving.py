"""A workbook put back on disk: only when nobody else has it, only as a whole, with a copy kept."""

import datetime as dt
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from shikaku.system import file_locks
from shikaku.system.atomic import drafts_of, replacing
from shikaku.system.errors import BookError, cause
from shikaku.system.reading import read_file

_PATIENCE = 10.0  # seconds to wait for another run of ours


def refuse_if_open(path: Path) -> None:
    """Raise BookError when Excel's or LibreOffice's lock file says that the book is open."""
    for place in dict.fromkeys((path, path.resolve())):
        for lock in (f"~${place.name}", f".~lock.{place.name}#"):
            if place.with_name(lock).exists():
                app = "LibreOffice" if lock.startswith(".") else "Excel"
                raise BookError(
                    f"「{path.name}」は{app}で開いています。",
                    "保存して閉じてから、もう一度実行してください。開いていないのに表示されるときは、"
                    f"同じフォルダーにある「{lock}」(隠しファイル)を削除してください。",
                )


def refuse_if_read_only(path: Path) -> None:
    """Raise BookError for a file that can't be written."""
    real = path.resolve()
    if real.exists() and (not real.stat().st_mode & 0o222 or not os.access(real, os.W_OK)):
        raise BookError(
            f"「{path.name}」は読み取り専用です。",
            "ファイルのプロパティで「読み取り専用」を外すか、別の場所にコピーしてください。",
        )


def save(path: Path, data: bytes, before: bytes, *, keep_old: bool = True) -> None:
    """Put new content in a workbook's place.

    path: the workbook (a link is followed); before: its content when it was read. Keeps the old
    file as ``NAME.bak``, the first one of each day; not ``keep_old``: keeps none and takes away
    what was kept before (it may hold what has just been erased). All or nothing. Raises
    BookError: open elsewhere, changed since it was read, read-only, no permission, no space left.
    """
    refuse_if_open(path)
    real = path.resolve()
    with _alone(real):
        # Left behind by a run that was killed; each holds the whole workbook.
        for draft in (*drafts_of(real), *drafts_of(_backup_of(real))):
            with suppress(OSError):
                draft.unlink()
        if read_file(real) != before:
            raise BookError(
                f"「{path.name}」は読み込んだ後に、ほかで変更されました。書き込みは行っていません。",
                "ほかの人やソフトの作業が終わってから、もう一度実行してください。",
            )
        refuse_if_read_only(path)
        if keep_old:
            _keep(real, before, real.stat().st_mode & 0o7777)
        with replacing(real) as draft:
            draft.write_bytes(data)
            if not keep_old:  # a run killed after this leaves no copy that nobody looks for
                _forget(real)


@contextmanager
def making(path: Path, *, new: bool = False) -> Iterator[Path]:
    """A draft of any file of ours, as ``atomic.replacing`` gives it, for one run at a time; what a
    killed run has left goes first. Raises BookError."""
    real = path.resolve()
    with _alone(real):
        for draft in drafts_of(real):
            with suppress(OSError):
                draft.unlink()
        with replacing(real, new=new) as draft:
            yield draft


def _backup_of(path: Path) -> Path:
    return path.with_name(path.name + ".bak")


def _forget(path: Path) -> None:
    """Take the kept copy away. Raises BookError when it can't be: the user must know."""
    backup = _backup_of(path)
    try:
        backup.unlink(missing_ok=True)
    except OSError as error:
        raise BookError(
            f"控えの「{backup.name}」を削除できません({cause(error)})。",
            "消去した内容がまだ入っています。このファイルをご自分で削除してください。",
        ) from None


def _keep(path: Path, before: bytes, mode: int) -> None:
    """Keep the file as it was this morning: once a day, before our first write."""
    backup = _backup_of(path)
    with suppress(OSError):
        if dt.date.fromtimestamp(backup.stat().st_mtime) == dt.date.today():
            return
    with replacing(backup, mode=mode) as draft:
        draft.write_bytes(before)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Only one run of ours writes a workbook at a time; a killed run's lock is gone by itself."""
    handle = _lock_file(path)
    try:
        if handle is not None and not _locked(handle):
            raise BookError(
                f"「{path.name}」には、もう一つの shikaku が書き込んでいます。",
                "終わるのを待って、もう一度実行してください。",
            )
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _lock_file(path: Path) -> int | None:
    """An open lock file of our own; None where none can be made (then there is no lock).

    Not the workbook itself: its inode changes with every write, and Windows won't replace a file
    that is open.
    """
    user = os.getuid() if hasattr(os, "getuid") else ""
    folder = Path(tempfile.gettempdir()) / f"shikaku-locks{user}"
    name = sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        return os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return None


def _locked(handle: int) -> bool:
    """Take the lock, waiting a while for another run; False when it doesn't let go."""
    end = time.monotonic() + _PATIENCE
    while not file_locks.take(handle):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
