"""Reading a user's file whole, with a limit and in plain words when it can't be."""

import errno
import lzma
import os
import stat
import struct
import zipfile
import zlib
from pathlib import Path

from shikaku.system.errors import BookError, cause

MAX_FILE = 100 << 20
DAMAGED_ZIP: tuple[type[Exception], ...] = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, NotImplementedError, OSError, ValueError),
)
"""What zipfile and its packings raise over a file that is damaged or packed in a way of its own; a bad
name is a ValueError."""
UNREADABLE_ENTRY: tuple[type[Exception], ...] = (*DAMAGED_ZIP, RuntimeError)
"""The same of an entry that nobody has a password for."""


def bounded(path: Path, limit: int) -> bytes:
    """A file's bytes. Raises OSError, also for a folder, for what has no end or no beginning (a
    device, a pipe), for more than ``limit`` bytes and for a name that no file can have."""
    try:
        mode = os.stat(path).st_mode
    except ValueError:
        raise OSError(errno.EINVAL, "no name of a file") from None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "a folder")
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "no plain file")
    with path.open("rb") as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(errno.EFBIG, "too large")
    return data


def read_file(path: Path, limit: int = MAX_FILE) -> bytes:
    """A file's bytes, ``limit`` at most. Raises BookError with the way out."""
    name = path.name or str(path)
    try:
        if path.is_dir():
            raise BookError(f"「{name}」はフォルダーです。", "ブック(.xlsx)を指定してください。")
        if path.exists() and not path.is_file():
            raise BookError(
                f"「{name}」は普通のファイルではありません。", "ブックを指定してください。"
            )
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise BookError(
            f"「{name}」が見つかりません。", "ファイル名とフォルダーを確かめてください。"
        ) from None
    except PermissionError:
        raise BookError(
            f"「{name}」を開く権限がありません。",
            "ほかのソフトで開いていれば閉じ、フォルダーとファイルの権限を確かめてください。",
        ) from None
    except (OSError, ValueError) as problem:
        reason = cause(problem) if isinstance(problem, OSError) else "名前に使えない文字があります"
        raise BookError(
            f"「{name}」を読めません({reason})。", "ファイルの場所とディスクを確かめてください。"
        ) from None
    if len(data) > limit:
        raise BookError(
            f"「{name}」は大きすぎます({limit >> 20}MBを超えています)。",
            "画像や使っていないシートを削除して保存し直してください。",
        )
    return data
