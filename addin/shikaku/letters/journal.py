"""What has been made, written down as it happens: a run that was killed can be finished.

``OUT/.shikaku-journal.jsonl`` gets a line for each letter after its files stand in their place.
A letter of a broken-off run is skipped when its content is the same (a keyed digest tells) and
its files have the size written down; so nothing is made twice, nothing is missing, and a file
that a power cut emptied is made again. ``OUT/index.csv`` is made from the journal.
"""

import contextlib
import csv
import hashlib
import hmac
import io
import json
import os
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import NamedTuple

from shikaku import locks
from shikaku.book.atomic import replacing
from shikaku.errors import UsageError
from shikaku.letters.model import Letter, PersonRef

FILE = ".shikaku-journal.jsonl"
INDEX = "index.csv"
COLUMNS = (
    "kind", "記号", "番号", "枝番", "氏名", "管理番号", "宛先", "ファイル", "頁数", "状態", "理由"
)  # fmt: skip
_STATES = {"done": "作成", "kept": "作成", "partial": "一部作成", "failed": "未作成"}
# Between the files of a letter; no file name can hold it.
_BETWEEN = " | "


@dataclass(slots=True)
class Result:
    """What became of a letter.

    files: format → path below OUT with ``/``. state: done | kept (made by the run that was
    broken off) | partial (not every format) | failed. reason, hint: Japanese, "" when all is well.
    """

    key: str
    kind: str
    title: str
    people: tuple[PersonRef, ...]
    control_nos: tuple[str, ...]
    addressee: str
    files: dict[str, str] = field(default_factory=dict)
    pages: int | None = None
    state: str = "done"
    reason: str = ""
    hint: str = ""

    @property
    def ok(self) -> bool:
        """All files are there."""
        return self.state in ("done", "kept")


def result_for(letter: Letter, key: str) -> Result:
    """An empty result of that letter."""
    return Result(
        key, letter.kind, letter.title, letter.people, letter.control_nos, letter.addressee
    )


class _Line(NamedTuple):
    """What is known of a letter: its place in the runs, its file name, what became of it."""

    at: tuple[int, int]
    stem: str
    result: Result


class Journal:
    """The journal of an output folder. One run at a time: the folder is locked.

    Raises UsageError when another run works in the folder, or it can't be written to.
    """

    def __init__(self, out: Path):
        self.out = out
        self._path = out / FILE
        self._latest: dict[str, _Line] = {}
        self._unfinished: dict[str, dict] = {}
        self._salt, self._torn, self._round = b"", False, 0
        try:
            out.mkdir(parents=True, exist_ok=True)
            self._lock = _Lock(out / ".shikaku-lock")
            self._read()
            self._file = open(self._path, "ab")  # noqa: SIM115 - open as long as the run
        except OSError as error:
            raise self._trouble(error) from None
        if self._torn:
            self._append(b"\n")
        self._write({"run": "start", "salt": self._salt.hex()})

    def _read(self) -> None:
        """The earlier lines. A last line that was cut off by a kill is no line."""
        data = self._path.read_bytes() if self._path.exists() else b""
        self._torn = bool(data) and not data.endswith(b"\n")
        for line in data.splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                continue
            if not isinstance(entry, dict):
                continue
            if "salt" in entry and not self._salt:
                self._salt = bytes.fromhex(entry["salt"])
            if entry.get("run") == "end":
                self._unfinished.clear()
                self._round += 1
            elif "key" in entry:
                self._latest[entry["key"]] = _Line(
                    tuple(entry["at"]), entry["stem"], _result(entry)
                )
                self._unfinished[entry["key"]] = entry
        self._salt = self._salt or secrets.token_bytes(16)

    def close(self) -> None:
        """Let the folder go. A line that found no room was told when it was written."""
        with contextlib.suppress(OSError):
            self._file.close()
        self._lock.close()

    def digest(self, *things: object) -> str:
        """A keyed digest of a letter's content, so that the journal tells nothing about it."""
        data = json.dumps(things, ensure_ascii=False, sort_keys=True, default=str).encode(
            "utf-8", "surrogatepass"
        )
        return hmac.new(self._salt, data, hashlib.sha256).hexdigest()

    def names(self) -> Iterator[tuple[str, str, str]]:
        """(kind, stem, key) of the files that letters of earlier runs have."""
        for key, line in self._latest.items():
            if line.stem:
                yield line.result.kind, line.stem, key

    def kept(self, key: str, digest: str) -> Result | None:
        """The result of a letter that the broken-off run finished, None when it must be made."""
        entry = self._unfinished.get(key)
        if entry is None or entry["digest"] != digest or entry["state"] != "done":
            return None
        for path, size in entry["files"].values():
            try:
                if (self.out / path).stat().st_size != size:
                    return None
            except OSError:
                return None
        result = _result(entry)
        result.state = "kept"
        return result

    def add(self, results: Iterable[tuple[Result, int, str, str]]) -> None:
        """Write down (result, its place in the run, digest, stem), with the sizes of the files
        that now stand there."""
        for result, place, digest, stem in results:
            at = (self._round, place)
            entry = asdict(result) | {"at": at, "digest": digest, "stem": stem}
            entry["files"] = {
                k: [p, (self.out / p).stat().st_size] for k, p in result.files.items()
            }
            self._latest[result.key] = _Line(at, stem, result)
            self._write(entry)

    def finish(self) -> None:
        """This run is complete: the next one begins anew."""
        self._write({"run": "end"})
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._trouble(error) from None

    def _write(self, entry: dict) -> None:
        self._append(json.dumps(entry, ensure_ascii=False).encode("utf-8", "replace") + b"\n")

    def _append(self, line: bytes) -> None:
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            raise self._trouble(error) from None

    def _trouble(self, error: OSError) -> UsageError:
        """A full or forbidden folder, for the user."""
        return UsageError(
            f"出力先「{self.out}」に書き込めません({type(error).__name__})。",
            "フォルダの権限と空き容量を確かめるか、別のフォルダを指定してください。",
        )

    def write_index(self) -> Path:
        """``index.csv``: a row a person and letter, UTF-8 with BOM for Excel, safe to open."""
        path = self.out / INDEX
        text = io.StringIO(newline="")
        rows = csv.writer(text)
        rows.writerow(COLUMNS)
        for line in sorted(self._latest.values(), key=lambda one: one.at):
            result = line.result
            for person in result.people or (PersonRef("", 0, "", ""),):
                row = (
                    result.kind,
                    *(person.parts if person.record else ("", "", "")),
                    person.name,
                    "、".join(result.control_nos),
                    result.addressee,
                    _BETWEEN.join(result.files.values()),
                    "" if result.pages is None else str(result.pages),
                    _STATES[result.state],
                    result.reason,
                )
                rows.writerow([safe_cell(c) for c in row])
        with replacing(path) as draft:
            draft.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace"))
        return path


def safe_cell(text: str) -> str:
    """A cell that Excel won't take for a formula (CSV injection)."""
    return (
        f"'{text}"
        if text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
        else text
    )


def _result(entry: dict) -> Result:
    return Result(
        key=entry["key"],
        kind=entry["kind"],
        title=entry["title"],
        people=tuple(PersonRef(**p) for p in entry["people"]),
        control_nos=tuple(entry["control_nos"]),
        addressee=entry["addressee"],
        files={k: p for k, (p, _) in entry["files"].items()},
        pages=entry["pages"],
        state=entry["state"],
        reason=entry["reason"],
        hint=entry["hint"],
    )


class _Lock:
    """A lock that the system takes away when the process ends, however it ends."""

    def __init__(self, path: Path):
        self._file = open(path, "ab")  # noqa: SIM115 - held until close
        self._file.seek(0)
        if not locks.take(self._file.fileno()):
            self._file.close()
            raise UsageError(
                f"出力先「{path.parent}」では、別の作成がまだ動いています。",
                "終わるのを待つか、別のフォルダを指定してください。",
            ) from None

    def close(self) -> None:
        self._file.close()
