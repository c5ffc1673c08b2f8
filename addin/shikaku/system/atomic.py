"""Files that come into being whole or not at all, open to nobody who wasn't let in before."""

import errno
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from shikaku.system import in_place, temporary_files
from shikaku.system.errors import BookError, cause

_FORBIDDEN = (errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL)


def short_name(path: Path) -> str:
    """How the names of a file's drafts and of its lock begin (short, however long its own is)."""
    return f"{temporary_files.MARK}{sha256(os.fsencode(path.name)).hexdigest()[:12]}"


def drafts_of(path: Path) -> list[Path]:
    """Drafts of a file that are lying about: of a run that is at work, or one that was killed."""
    return list(path.parent.glob(f"{short_name(path)}-*"))


def make_folders(path: Path) -> None:
    """Make a folder and those above it that are missing; each gives its group what the folder
    above gives its own, and others nothing. Raises OSError."""
    if path.is_dir():
        return
    if path.parent != path:
        make_folders(path.parent)
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)
        path.chmod(0o700 | _groups(path.parent) | path.stat().st_mode & 0o2000)
        return
    if not path.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))


@contextmanager
def replacing(
    path: Path,
    *,
    new: bool = False,
    mode: int | None = None,
    before: Callable[[], None] = lambda: None,
) -> Iterator[Path]:
    """A draft beside ``path`` that takes its place when the block ends without an exception.

    The draft is readable by its owner only while it is written. A file that was there keeps owner,
    group, mode, extended attributes, access list and hard links (it is written over in place where
    a new one can't have them); a new one has ``mode``, else what its folder gives the group and
    nothing for others. ``new``: refuse a file that is already there. before: called last of all
    before the file is touched; may raise. Raises BookError for whatever the file system says (full,
    read-only, open elsewhere).
    """
    path = Path(path)
    if new and path.exists():
        raise _exists(path)
    draft = path.parent / f"{short_name(path)}-{secrets.token_hex(4)}"
    with temporary_files.noted(draft):
        yield from _replacing(path, draft, new, mode, before)


def _replacing(
    path: Path, draft: Path, new: bool, mode: int | None, before: Callable[[], None]
) -> Iterator[Path]:
    try:
        make_folders(path.parent)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield draft
        with open(draft, "rb+") as file:
            os.fsync(file.fileno())
        there = path.exists()
        if new and there:
            raise _exists(path)
        replaceable = _dressed(draft, path) if there and mode is None else True
        if not there or mode is not None:
            draft.chmod(new_mode(path.parent) if mode is None else mode)
        before()
        if replaceable:
            os.replace(draft, path)
        else:
            in_place.overwrite(path, draft.read_bytes())
        _settle(path.parent)
    except OSError as error:
        if error.filename not in (None, str(path), str(path.parent), str(draft)):
            raise  # another file's trouble is not to be reported as this one's
        raise _trouble(path, error) from None
    finally:
        with suppress(OSError):  # what can't go now stays noted
            draft.unlink(missing_ok=True)


def _exists(path: Path) -> BookError:
    return BookError(f"「{path.name}」はもうあります。", "別の名前にするか、先に移してください。")


def _groups(parent: Path) -> int:
    """What a folder gives its group, unless the user wants no group at all to read his files."""
    mask = os.umask(0o077)
    os.umask(mask)
    return 0 if mask & 0o040 else parent.stat().st_mode & 0o070


def new_mode(parent: Path) -> int:
    """The mode of a file that wasn't there: its owner's, and its folder's group's."""
    return 0o600 | _groups(parent) & 0o060


def _dressed(draft: Path, path: Path) -> bool:
    """Give the draft what the file has: owner, group, mode, extended attributes and access list.
    False when the system doesn't let us, or the file has other names (hard links)."""
    old = path.stat()
    if old.st_nlink > 1:
        return False
    try:
        if hasattr(os, "chown"):
            made = draft.stat()
            if (made.st_uid, made.st_gid) != (old.st_uid, old.st_gid):
                os.chown(draft, old.st_uid, old.st_gid)
        draft.chmod(old.st_mode & 0o7777)
        if hasattr(os, "listxattr"):
            _copy_attributes(path, draft)
    except OSError as error:
        if error.errno in _FORBIDDEN:
            return False
        raise
    return True


def _copy_attributes(path: Path, draft: Path) -> None:
    """Extended attributes, the access list among them. Raises OSError when one can't be had; what
    the system itself keeps there (labels) is its affair."""
    try:
        wanted = {name: os.getxattr(path, name) for name in os.listxattr(path)}
        there = {name: os.getxattr(draft, name) for name in os.listxattr(draft)}
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.EOPNOTSUPP):
            return
        raise
    for name in there.keys() - wanted.keys():
        if name.startswith("system."):
            os.removexattr(draft, name)
    for name, value in wanted.items():
        if there.get(name) == value:
            continue
        try:
            os.setxattr(draft, name, value)
        except OSError:
            if not name.startswith(("security.", "trusted.")):
                raise


def _settle(folder: Path) -> None:
    """Have the new name on the disk, too, before the old content is forgotten."""
    with suppress(OSError, AttributeError):  # Windows opens no folders
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _trouble(path: Path, error: OSError) -> BookError:
    """What the file system said, for the user."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return BookError(
            f"ディスクの空き容量が足りないため、「{path.name}」に書き込めません。元のファイルはそのままです。",
            "不要なファイルを削除するか、別のドライブに保存してから、もう一度実行してください。",
        )
    if error.errno == errno.EROFS:
        return BookError(
            f"「{path.name}」のある場所は読み取り専用です。", "書き込める場所にコピーしてください。"
        )
    if isinstance(error, PermissionError):
        return BookError(
            f"「{path.name}」に書き込めません。Excelなどで開いているか、権限がありません。",
            "ファイルを閉じ、フォルダーに書き込む権限があるか確かめてください。",
        )
    return BookError(
        f"「{path.name}」に書き込めません({cause(error)})。",
        "ファイルを開いているソフトを閉じ、フォルダーの権限と空き容量を確かめてください。",
    )
