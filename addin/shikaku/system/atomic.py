"""Files that come into being whole or not at all."""

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

from shikaku.system import temporary_files
from shikaku.system.errors import BookError, cause


def _draft_start(path: Path) -> str:
    """How the names of a file's drafts begin (short, however long the file's own name is)."""
    return f"{temporary_files.MARK}{sha256(os.fsencode(path.name)).hexdigest()[:12]}-"


def drafts_of(path: Path) -> list[Path]:
    """Drafts of a file that are lying about: of a run that is at work, or one that was killed."""
    return list(path.parent.glob(_draft_start(path) + "*"))


@contextmanager
def replacing(path: Path, *, new: bool = False, mode: int | None = None) -> Iterator[Path]:
    """A draft beside ``path`` that takes its place when the block ends without an exception.

    The draft is readable by its owner only while it is written; the finished file has ``mode``,
    else the old file's, else the user's usual one. ``new``: refuse a file that is already there.
    Raises BookError for whatever the file system says (full, read-only, open elsewhere).
    """
    path = Path(path)
    if new and path.exists():
        raise _exists(path)
    draft = path.parent / f"{_draft_start(path)}{secrets.token_hex(4)}"
    with temporary_files.noted(draft):
        yield from _replacing(path, draft, new, mode)


def _replacing(path: Path, draft: Path, new: bool, mode: int | None) -> Iterator[Path]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield draft
        with open(draft, "rb+") as file:
            os.fsync(file.fileno())
        if mode is None:
            mode = path.stat().st_mode & 0o7777 if path.exists() else _usual_mode()
        draft.chmod(mode)
        if new and path.exists():
            raise _exists(path)
        os.replace(draft, path)
        _settle(path.parent)
    except OSError as error:
        if error.filename not in (None, str(path), str(path.parent), str(draft)):
            raise  # another file's trouble is not to be told as this one's
        raise _trouble(path, error) from None
    finally:
        with suppress(OSError):  # what can't go now stays noted
            draft.unlink(missing_ok=True)


def _exists(path: Path) -> BookError:
    return BookError(f"「{path.name}」はもうあります。", "別の名前にするか、先に移してください。")


def _usual_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


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
