"""The usage log: who did what to which workbook, when and how many (番号法 安全管理措置).

One JSON object a line, in the user's own log folder; never a name, a record number or an
individual number in it. ``shikaku log`` shows it.
"""

import contextlib
import getpass
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from shikaku.system import clock
from shikaku.system.errors import cause
from shikaku.system.places import folder


def fingerprint(path: Path) -> str:
    """SHA-256 of a file's bytes as 64 hex digits; "" when there is no such file."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def write(action: str, book: str | Path, counts: dict[str, int], outcome: str = "done") -> None:
    """Append one entry. A log that can't be written never stops the user's work.

    action: the command; book: the workbook (only its fingerprint is kept); counts: what was
    counted, by name; outcome: done | failed.
    """
    entry = {
        "when": clock.now().isoformat(timespec="seconds"),
        "who": _user(),
        "what": action,
        "workbook": fingerprint(Path(book)),
        "counts": counts,
        "outcome": outcome,
    }
    with contextlib.suppress(OSError):
        _append(json.dumps(entry, ensure_ascii=False) + "\n")


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
    return folder() / "audit.jsonl"


def _append(text: str) -> None:
    folder().mkdir(parents=True, exist_ok=True)
    # One write of one line in append mode: two runs at once don't mix their lines.
    handle = os.open(path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, text.encode())
    finally:
        os.close(handle)


def entries() -> Iterator[dict]:
    """The log's entries, oldest first; a broken line is left out."""
    try:
        text = path().read_text("utf-8")
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
