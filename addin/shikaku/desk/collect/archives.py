"""Workbooks inside .zip files: what such a file holds, and a member's bytes.

Nothing is ever unpacked to disk, and a member's path is only a name; no more of it is read than a
workbook may have. Names are UTF-8 or, as Windows writes them, Shift_JIS. A member under the old
encryption of .zip is tried with the passwords of the run; the newer (AES) can't be read.
"""

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from shikaku.system.errors import BookError
from shikaku.system.reading import DAMAGED_ZIP, MAX_FILE

ENDING = ".zip"
MOST_MEMBERS = 2000
_ENCRYPTED = 1


def members(path: Path) -> list[zipfile.ZipInfo]:
    """The files in a .zip, in its order. Raises BookError: damaged, too many."""
    try:
        with _opened(path) as archive:
            found = [info for info in archive.infolist() if not info.is_dir()]
    except DAMAGED_ZIP:
        raise BookError(
            "圧縮ファイルとして開けません。", "送り直してもらうか、展開してから取り込んでください。"
        ) from None
    if len(found) > MOST_MEMBERS:
        raise BookError(
            f"圧縮ファイルの中のファイルが{MOST_MEMBERS:,}個を超えています。",
            "展開してから、届出のブックだけを取り込んでください。",
        )
    return found


def content(path: Path, member: str, passwords: Sequence[str], name: str) -> bytes:
    """A member's bytes. member: its name in the archive; name: for messages. Raises BookError."""
    try:
        with _opened(path) as archive:
            info = archive.getinfo(member)
            if not info.flag_bits & _ENCRYPTED:
                return _limited(archive, info, None, name)
            for password in passwords:
                data = _tried(archive, info, password, name)
                if data is not None:
                    return data
    except KeyError:
        raise BookError(
            f"「{name}」が圧縮ファイルの中に見つかりません。", "もう一度実行してください。"
        ) from None
    except DAMAGED_ZIP:
        raise BookError(
            f"「{name}」は、この圧縮の方式では開けません。",
            "展開してから、もう一度取り込んでください。",
        ) from None
    raise BookError(
        f"「{name}」を開けるパスワードがありません(圧縮ファイルのパスワード)。",
        "パスワードを1行に1つずつ書いたファイルを --password-file で指定するか、展開してください。",
    )


def _tried(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, password: str, name: str
) -> bytes | None:
    """The bytes under a password, None when it is another; Windows may have encoded it in cp932."""
    for encoding in ("utf-8", "cp932"):
        try:
            return _limited(archive, info, password.encode(encoding), name)
        except (RuntimeError, zipfile.BadZipFile, zlib.error, UnicodeEncodeError) as problem:
            if isinstance(problem, NotImplementedError):
                raise
    return None


def _limited(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, password: bytes | None, name: str
) -> bytes:
    with archive.open(info, pwd=password) as file:
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise BookError(
            f"「{name}」は大きすぎます({MAX_FILE >> 20}MBを超えています)。",
            "画像や使っていないシートを削除して保存し直したものを受け取ってください。",
        )
    return data


def _opened(path: Path) -> zipfile.ZipFile:
    for encoding in ("utf-8", "cp932"):
        try:
            return zipfile.ZipFile(path, metadata_encoding=encoding)
        except UnicodeDecodeError:
            continue
    return zipfile.ZipFile(path)
