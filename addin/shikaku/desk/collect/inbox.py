"""What lies in the folder of attachments: the workbooks to be read, and what is left aside.

The day of receipt is the name of the nearest folder that is a date (2026-04-15, 20260415,
R8.4.15), else the day of the file's last change. Links to folders are not followed.
"""

import contextlib
import datetime as dt
import hashlib
import os
import re
import stat
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath

from shikaku.desk.collect import archives
from shikaku.fields import era_date
from shikaku.system import usage_log
from shikaku.system.errors import BookError, UsageError, cause
from shikaku.system.masking import Shown, bare
from shikaku.system.reading import MAX_FILE
from shikaku.workbook import other_formats

BOOKS = (".xlsx", ".xlsm", *other_formats.ENDINGS)
REFUSED = (".xltx", ".xltm", ".numbers", ".csv", ".zip", ".7z", ".lzh")
"""Kinds of files that may hold filings, and that we don't open: each is reported with the way out."""

_REASONS = {
    ".zip": "圧縮ファイルの中の圧縮ファイルは開きません。展開してから、もう一度取り込んでください。",
    ".7z": "圧縮ファイルは開きません。展開してから、もう一度取り込んでください。",
    ".lzh": "圧縮ファイルは開きません。展開してから、もう一度取り込んでください。",
    ".csv": "CSVは届出のブックではありません。ブックを送ってもらうか、shikaku import でまとめ先に"
    "取り込んでください(どの届かをシートの名前で示します)。",
}
_SAVE_AS = "この形式は読みません。.xlsx で保存し直したものを受け取ってください。"
_NO_BOOK_INSIDE = "圧縮ファイルの中に届出のブック(.xlsx、.xlsm)がありません。"
_TWICE = (
    "圧縮ファイルの中に同じ名前のファイルが2つ以上あり、どれを読むか決められません。"
    "名前を変えて送り直してもらってください。"
)
_OTHER = "届出のブック(.xlsx、.xlsm)ではありません。"
_SPECIAL = "普通のファイルではありません。"
# What Excel, LibreOffice, macOS and Windows leave about; nobody has sent it.
_DEBRIS = re.compile(r"(\..*|~\$.*|~.*\.tmp|thumbs\.db|desktop\.ini|.*\.bak|.*~)", re.IGNORECASE)
_DEBRIS_FOLDERS = {"__MACOSX"}


def order(received: dt.date, modified: str, name: str) -> tuple:
    """The order of receipt: the later file is the correction. Of two of the same moment (unpacked
    together) that is the one with the longer name: 届出.xlsx, then 届出(訂正).xlsx."""
    path = PurePosixPath(name)
    return received, modified, path.parent.parts, path.stem, path.suffix


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that was found.

    received: the day of receipt; modified: its last change, local time as exactly as the disk has
    it, as ISO text; name: its path below the folder, NFC, with ``/``; path: where it is; reason:
    why it is not read, "" when it is; regular: a file, no pipe. member: of a file inside a .zip
    (whose ``path`` that is) its name there.
    """

    received: dt.date
    modified: str
    name: str
    path: Path
    reason: str = ""
    regular: bool = True
    member: str = ""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what lies there as 64 hex digits, of a member of a .zip with its name; "" when it
        can't be read."""
        whole = _fingerprint(self.path) if self.regular else ""
        if not self.member or not whole:
            return whole
        return hashlib.sha256(f"{whole}/{self.member}".encode()).hexdigest()

    @property
    def shown(self) -> Shown:
        """The name for messages."""
        return bare(self.name)

    @property
    def order(self) -> tuple:
        """Its place in the order of receipt."""
        return order(self.received, self.modified, self.name)


def _fingerprint(path: Path) -> str:
    """Of a file that is refused for its size, its size and name: gigabytes aren't read for that."""
    with contextlib.suppress(OSError):
        found = path.stat()
        if found.st_size > MAX_FILE:
            name = f"{found.st_size}/{path.name}".encode("utf-8", "replace")
            return hashlib.sha256(name).hexdigest()
        state = found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
        return _of_content(path, state)
    return usage_log.fingerprint(path)


@lru_cache(maxsize=16)
def _of_content(path: Path, _state: tuple[int, ...]) -> str:
    """Of a file as long as it is the same: one with a thousand members is asked for a thousand times."""
    return usage_log.fingerprint(path)


@dataclass(frozen=True, slots=True)
class Found:
    """A folder's content. books: to be read; others: visible files that are not (with reason);
    debris: how many hidden, lock and temporary files were passed over; closed: folders that could
    not be looked into (with reason)."""

    books: list[Attachment]
    others: list[Attachment]
    debris: int
    closed: list[Attachment]


def scan(folder: Path, leave_out: Iterable[Path] = ()) -> Found:
    """Look through a folder and those below it. leave_out: files of ours that may lie in it.

    Raises UsageError when it is no folder or can't be listed.
    """
    ours = {_real(path) for path in leave_out}
    found = Found([], [], 0, [])
    debris = 0

    def unlisted(error: OSError) -> None:
        where = Path(error.filename)
        why = f"フォルダーの中を見られません({cause(error)})。"
        way_out = "フォルダーを開く権限があるか確かめてください。"
        if where == folder:
            raise UsageError(f"「{folder.name}」: {why}", way_out) from None
        found.closed.append(replace(_attachment(folder, where), reason=f"{why}{way_out}"))

    for path, hidden in _files(folder, unlisted):
        if _real(path) in ours:
            continue
        if hidden or _DEBRIS.fullmatch(path.name):
            debris += 1
            continue
        for item in _looked_into(_attachment(folder, path)):
            (found.others if item.reason else found.books).append(item)
    for items in (found.books, found.others, found.closed):
        items.sort(key=lambda item: item.order)
    return replace(found, debris=debris)


def _files(folder: Path, unlisted: Callable[[OSError], None]) -> Iterator[tuple[Path, bool]]:
    """(file, whether a folder above it is hidden), in a fixed order."""
    if not folder.is_dir():
        raise UsageError(
            f"「{folder.name}」というフォルダーがありません。",
            "届いたブックを入れたフォルダーを指定してください。",
        )
    for where, folders, files in os.walk(folder, onerror=unlisted):
        folders.sort()
        below = Path(where).relative_to(folder).parts
        hidden = any(part in _DEBRIS_FOLDERS or part.startswith(".") for part in below)
        for name in sorted(files):
            yield Path(where, name), hidden


def _looked_into(item: Attachment) -> list[Attachment]:
    """The file itself; of a .zip what is in it."""
    if not item.regular or item.path.suffix.lower() != archives.ENDING:
        return [item]
    try:
        infos = archives.members(item.path)
    except BookError as error:
        return [replace(item, reason=f"{error.message}{error.hint}")]
    times = Counter(info.filename for info in infos)
    found = [_member(item, info, twice=times[info.filename] > 1) for info in infos]
    inside = [one for one in found if one is not None]
    if not any(one.reason in ("", _TWICE) for one in inside):
        return [replace(item, reason=_NO_BOOK_INSIDE)]
    return inside


def _member(item: Attachment, info: zipfile.ZipInfo, *, twice: bool) -> Attachment | None:
    """A file inside a .zip; None for what nobody has sent. twice: another has its name."""
    parts = [part for part in re.split(r"[\\/]", info.filename) if part not in ("", ".", "..")]
    if not parts or any(p in _DEBRIS_FOLDERS or _DEBRIS.fullmatch(p) for p in parts):
        return None
    name = unicodedata.normalize("NFC", "/".join((item.name, *parts)))
    name = name.encode("utf-8", "replace").decode()
    ending = PurePosixPath(parts[-1]).suffix.lower()
    try:
        changed = dt.datetime(*info.date_time).isoformat(" ")
    except ValueError:
        changed = item.modified
    return replace(
        item,
        name=name,
        modified=changed,
        reason=_why_not_read(ending) or (_TWICE if twice else ""),
        member=info.filename,
        received=_day_of_folder(PurePosixPath(name)) or item.received,
    )


def _why_not_read(ending: str) -> str:
    """Why a file with that ending isn't read, "" when it is."""
    if ending in BOOKS:
        return ""
    return _REASONS.get(ending) or (_SAVE_AS if ending in REFUSED else _OTHER)


def _real(path: Path) -> str:
    return os.path.normcase(os.path.realpath(path))


def _attachment(folder: Path, path: Path) -> Attachment:
    name = unicodedata.normalize("NFC", path.relative_to(folder).as_posix())
    name = name.encode("utf-8", "replace").decode()  # a name that is no text can't be written
    regular = True
    try:
        status = path.stat()
        regular = stat.S_ISREG(status.st_mode)
        seconds, rest = divmod(status.st_mtime_ns, 10**9)
        changed = dt.datetime.fromtimestamp(seconds).replace(microsecond=rest // 1000)
    except (OSError, OverflowError, ValueError):
        changed = dt.datetime(1980, 1, 1)
    ending = path.suffix.lower()
    # A pipe, a device: whoever opens it may wait for ever.
    reason = _why_not_read(ending) if regular else _SPECIAL
    received = _day_of_folder(PurePosixPath(name)) or changed.date()
    return Attachment(received, changed.isoformat(" "), name, path, reason, regular)


def _day_of_folder(name: PurePosixPath) -> dt.date | None:
    for part in reversed(name.parent.parts):
        try:
            return era_date.parse(part).day
        except ValueError:
            continue
    return None
