"""Files that come into being whole or not at all."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shikaku.errors import BookError

_TEMP = ".shikaku-"


@contextmanager
def replacing(path: Path, *, new: bool = False) -> Iterator[Path]:
    """A draft beside ``path`` that takes its place when the block ends without an exception.

    The draft is readable by its owner only while it is written; the finished file has the old
    file's mode, or the user's usual one. ``new``: refuse a file that is already there.
    Raises BookError for whatever the file system says (full, read-only, open elsewhere).
    """
    path = Path(path)
    if new and path.exists():
        raise _exists(path)
    draft = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(path.suffix, _TEMP, path.parent)
        os.close(handle)
        draft = Path(name)
        yield draft
        with open(draft, "rb+") as file:
            os.fsync(file.fileno())
        draft.chmod(path.stat().st_mode & 0o7777 if path.exists() else _usual_mode())
        if new and path.exists():
            raise _exists(path)
        os.replace(draft, path)
        draft = None
    except OSError as error:
        if error.filename not in (None, str(path), str(path.parent), draft and str(draft)):
            raise  # another file's trouble is not to be told as this one's
        raise BookError(
            f"「{path.name}」に書き込めません({type(error).__name__})。",
            "ファイルを開いているソフトを閉じ、フォルダの権限と空き容量を確かめてください。",
        ) from None
    finally:
        if draft is not None:
            draft.unlink(missing_ok=True)


def _exists(path: Path) -> BookError:
    return BookError(f"「{path.name}」はもうあります。", "別の名前にするか、先に移してください。")


def _usual_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
