"""The usage log: who did what to which workbook, when and how many (番号法 安全管理措置).

One JSON object a line, in the user's own log folder; never a person's name, a record number or an
individual number in it. ``shikaku log`` shows it. Where a workbook names a folder (設定 使用記録のフォルダ)
that this user has approved by ``shikaku log --folder``, each clerk has a file there, too: a path that
comes with a file from elsewhere is never touched before.
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
from shikaku.system.masking import bare
from shikaku.system.places import folder

_APPROVED = "shared-folders.txt"


def fingerprint(path: Path) -> str:
    """SHA-256 of a file's bytes as 64 hex digits; "" when there is no such file."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


_shared: list[Path] = []
"""The folder of the workbook at hand, where it was approved; one at most."""


def share(named: str) -> None:
    """The folder that a workbook names, "" for none; from now on entries go there, too."""
    _shared[:] = [Path(named)] if named and named in approved() else []


def approved() -> list[str]:
    """The folders that this user has approved."""
    try:
        return (folder() / _APPROVED).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return []


def approve(named: str) -> bool:
    """Let workbooks name this folder. Returns whether it is a new one. Raises OSError."""
    if named in approved():
        return False
    folder().mkdir(parents=True, exist_ok=True)
    with open(folder() / _APPROVED, "a", encoding="utf-8") as file:
        file.write(named + "\n")
    return True


def write(action: str, book: str | Path, counts: dict[str, int], outcome: str = "done") -> None:
    """Append one entry. A log that can't be written never stops the user's work.

    action: the command; book: the workbook (its fingerprint is kept, and its name without numbers);
    counts: what was counted, by name; outcome: done | failed.
    """
    entry = {
        "when": clock.now().isoformat(timespec="seconds"),
        "who": _user(),
        "what": action,
        "workbook": fingerprint(Path(book)),
        "book": bare(Path(book).name),
        "counts": counts,
        "outcome": outcome,
    }
    text = json.dumps(entry, ensure_ascii=False) + "\n"
    for file in (path(), *(_of_clerk(where) for where in _shared)):
        with contextlib.suppress(OSError):
            _append(text, file)


def _of_clerk(where: Path) -> Path:
    """This user's file in a shared folder."""
    name = "".join(c if c.isalnum() else "_" for c in _user()) or "_"
    return where / f"shikaku-log-{name}.jsonl"


def obstacle() -> str:
    """Why nothing can be logged, in a few words, "" when it can: for ``doctor``, since no other
    command says so."""
    try:
        _append("", path())
    except OSError as error:
        return cause(error)
    return ""


def path() -> Path:
    """The log's file."""
    return folder() / "audit.jsonl"


def _append(text: str, file: Path) -> None:
    if file == path():
        folder().mkdir(parents=True, exist_ok=True)
    # One write of one line in append mode: two runs at once don't mix their lines.
    mode = 0o600 if file == path() else 0o660
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, mode)
    try:
        os.write(handle, text.encode())
    finally:
        os.close(handle)


def entries(shared: Path | None = None) -> Iterator[dict]:
    """The log's entries, oldest first; a broken line is left out. shared: the folder of all clerks'
    files, instead of the user's own."""
    if shared is None:
        yield from _read(path())
        return
    found = [entry for file in sorted(shared.glob("shikaku-log-*.jsonl")) for entry in _read(file)]
    yield from sorted(found, key=lambda entry: str(entry.get("when", "")))


def _read(file: Path) -> Iterator[dict]:
    try:
        text = file.read_text("utf-8", "replace")
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
