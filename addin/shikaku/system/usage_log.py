"""The usage log: who did what to which workbook, when and how many (番号法 安全管理措置).

One JSON object a line, in the user's own log folder; never a name, a record number or an
individual number in it. ``shikaku log`` shows it. An office that keeps one for all names its folder in
設定's 使用記録のフォルダ or in ``SHIKAKU_SHARED_LOG``: every line goes there, too.
"""

import contextlib
import getpass
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

from shikaku.system import atomic, clock, commits
from shikaku.system.errors import cause
from shikaku.system.masking import bare, masked_data
from shikaku.system.places import folder
from shikaku.system.reading import bounded

_VARIABLE = "SHIKAKU_SHARED_LOG"

_ids: dict[str, str] = {}
_shared: dict[str, str] = {}


def introduce(book: str | Path, book_id: str, shared: str) -> None:
    """What a workbook says of itself: its lasting id, and 使用記録のフォルダ ("": none)."""
    _ids[str(book)] = book_id
    _shared[str(book)] = shared


def fingerprint(path: Path) -> str:
    """SHA-256 of a file's bytes as 64 hex digits; "" when there is no such file."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def write(action: str, book: str | Path, counts: dict[str, int], outcome: str = "done") -> None:
    """Append one entry. A log that can't be written never stops the user's work.

    action: the command; book: the workbook (its fingerprint, its lasting id and the name of the file,
    without numbers, are kept);
    counts: what was counted, by name; outcome: done | failed. A shared log that can't be written is
    remarked upon.
    """
    entry = {
        "when": clock.now().isoformat(timespec="seconds"),
        "who": _user(),
        "what": action,
        "workbook": fingerprint(Path(book)),
        "book": _ids.get(str(book), ""),
        "file": bare(Path(book).name),
        "counts": counts,
        "outcome": outcome,
    }
    line = json.dumps(masked_data(entry), ensure_ascii=False) + "\n"
    with contextlib.suppress(OSError):
        _append(line)
    named, office = _shared.get(str(book), ""), os.environ.get(_VARIABLE, "")
    if named and strange_server(book, named):
        named = ""
        if not office:
            commits.remark(
                "使用記録のフォルダが、ブックのある場所とは別のサーバーにあるため、記録しませんでした。"
                f"そこに記録するときは、環境変数 {_VARIABLE} にそのフォルダを指定してください。"
            )
    if named or office:
        _append_shared(_beside(Path(book), named or office), line)


def strange_server(book: str | Path, shared: str) -> bool:
    """Whether a workbook names a folder on a server on which it doesn't lie itself. Windows would log
    on there with the user's name and hash: a workbook that came by mail must not lead it anywhere.

    >>> strange_server("C:/届出.xlsx", "//elsewhere/log"), strange_server("C:/届出.xlsx", "D:/log")
    (True, False)
    >>> strange_server("//office/hr/届出.xlsx", r"\\\\office\\hr\\log")
    False
    """
    drive, own = PureWindowsPath(shared).drive, PureWindowsPath(book).drive
    server = drive.split("\\")[2:3]
    return drive.startswith("\\\\") and server != own.split("\\")[2:3]


def _beside(book: Path, shared: str) -> Path:
    """The shared folder; a relative one lies beside the workbook."""
    return book.parent / Path(shared).expanduser()


def _append_shared(place: Path, line: str) -> None:
    file = place / _FILE
    new = not file.exists()
    try:
        _append_to(file, line, mode=0o600)
        if new:
            file.chmod(atomic.new_mode(place))
    except OSError as error:
        commits.remark(
            f"使用記録のフォルダ「{place.name}」に記録できませんでした({cause(error)})。"
            "フォルダがあるか、書き込めるかを確かめてください。"
        )


def obstacle() -> str:
    """Why nothing can be logged, in a few words, "" when it can: for ``doctor``, since no other
    command says so."""
    try:
        _append("")
    except OSError as error:
        return cause(error)
    return ""


def path() -> Path:
    """The log's file."""
    return folder() / _FILE


_FILE = "audit.jsonl"
_MOST = 1 << 30
"""Bytes of the log that are read: some million entries."""


def _append(text: str) -> None:
    folder().mkdir(parents=True, exist_ok=True)
    _append_to(path(), text, mode=0o600)


def _append_to(file: Path, text: str, mode: int) -> None:
    # One write of one line in append mode: two runs at once don't mix their lines.
    # A link that somebody has put in the file's place in a shared folder is not followed, and a
    # pipe that nobody reads is not waited for.
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(file, flags, mode)
    try:
        os.write(handle, text.encode())
    finally:
        os.close(handle)


def entries(shared: Path | None = None) -> Iterator[dict]:
    """The log's entries, oldest first; a broken line is left out. shared: the folder of the office's
    log, instead of the user's own."""
    file = shared / _FILE if shared else path()
    try:
        text = bounded(file, _MOST).decode("utf-8", "replace")
    except OSError:
        return
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            yield entry


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "?"
