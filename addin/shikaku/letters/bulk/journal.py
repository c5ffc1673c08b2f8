"""What has been made, written down as it happens: a run that was killed can be finished.

``OUT/.shikaku-journal.jsonl`` gets a line for each letter after its files stand in their place.
A letter of a broken-off run is skipped when its content is the same (by a keyed digest) and
its files have the size written down; so nothing is made twice, nothing is missing, and a file
that a power cut emptied is made again. The key of the digests lies in the user's private state:
for a run of somebody else, or on another machine, only the sizes tell. The files of a run that was
finished have been issued: a later letter with other content gets another name, unless it is made
again on the same day (``--again``). ``OUT/index.csv`` is made from the journal.
"""

import contextlib
import csv
import datetime as dt
import hashlib
import hmac
import itertools
import json
import os
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from shikaku.fields.text import guarded
from shikaku.letters.bulk.file_names import Content, Place, fold
from shikaku.letters.bulk.journal_lines import LetterLines, Results, entries, entries_at, mark
from shikaku.letters.bulk.letter_result import LetterResult, as_entry, from_entry
from shikaku.letters.model import PersonRef
from shikaku.system import file_locks, private_key
from shikaku.system.atomic import make_folders, replacing
from shikaku.system.errors import UsageError, cause
from shikaku.system.masking import masked

FILE = ".shikaku-journal.jsonl"
INDEX = "index.csv"
COLUMNS = (
    "kind", "記号", "番号", "枝番", "氏名", "管理番号", "宛先", "ファイル", "頁数", "状態", "理由",
    "発行日",
)  # fmt: skip
_STATES = {
    "done": "作成", "kept": "作成", "partial": "一部作成", "failed": "未作成", "held": "保留",
}  # fmt: skip
_NOWHERE = -1
# Between the files of a letter; no file name can hold it.
_BETWEEN = " | "
_SORTED = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=str)


class Digest(NamedTuple):
    """Keyed digests. content: of what a letter says; whole: also of its files' formats and how
    they are made."""

    content: str
    whole: str


class RunJournal:
    """The journal of an output folder. One run at a time: the folder is locked.

    Raises UsageError when another run works in the folder, or it can't be written to.
    """

    def __init__(self, out: Path):
        self.out = out
        self._path = out / FILE
        self._lines = LetterLines()
        self._waiting: dict[str, list[LetterResult]] = {}
        # Of the broken-off run: the letter's mark → where its line begins, negative when another user's.
        self._unfinished: dict[bytes, int] = {}
        self._begins = array("q")  # of this run, by the letters' places
        self._kept = bytearray()
        self._odd: dict[int, LetterResult] = {}
        self.issued: dict[Place, Content] = {}
        self._made: dict[Place, set[tuple[str, str]]] = {}
        self._torn, self._round = False, 0
        self._key = private_key.get()
        self._key_id = hmac.new(self._key, b"id", hashlib.sha256).hexdigest()[:16]
        try:
            make_folders(out)
            self._lock = _Lock(out / ".shikaku-lock")
            self._read()
            self._file = os.fdopen(_own_file(self._path), "ab")
        except OSError as error:
            raise self._trouble(error) from None
        if self._torn:
            self._append(b"\n")
        self._write({"run": "start", "key_id": self._key_id})

    def _read(self) -> None:
        """The earlier lines. A last line that was cut off by a kill is no line."""
        if not os.path.lexists(self._path):
            return
        with open(_own_file(self._path), "rb") as file:
            old = any(b'"salt"' in line for line in file)
            file.seek(max(file.tell() - 1, 0))
            self._torn = file.read(1) not in (b"", b"\n")
        if old:
            self._torn = False
            self._without_salt()
        ours = True
        files: dict[bytes, _Files] = {}
        for begin, entry in entries(self._path):
            if entry.get("run") == "start":
                ours = entry.get("key_id") == self._key_id
            elif entry.get("run") == "end":
                self._issue(files)
                files.clear()
                self._unfinished.clear()
                self._round += 1
            elif "waiting" in entry:
                self._waiting |= {
                    kind: [from_entry(one) for one in several]
                    for kind, several in entry["waiting"].items()
                }
            elif "key" in entry:
                key = mark(entry["key"])
                self._lines.note(key, tuple(entry["at"]), begin, from_entry(entry))
                self._unfinished[key] = begin if ours else ~begin
                files[key] = _Files.of(entry)

    def _issue(self, files: "Mapping[bytes, _Files]") -> None:
        """Note what the files of a finished run hold, and when and how they were issued."""
        letters: dict[Place, set[tuple[str, str]]] = defaultdict(set)
        made: dict[Place, set[tuple[str, str]]] = defaultdict(set)
        for one in files.values():
            for place, ending in one.places:
                letters[place].add((one.key, one.content))
                made[place].add((one.issued, ending))
        self.issued |= {place: frozenset(several) for place, several in letters.items()}
        self._made |= made

    def _without_salt(self) -> None:
        """Version 0.1 wrote the key beside the digests, which so gave away what they were made of: both
        are taken out. Raises OSError."""
        with replacing(self._path, mode=0o600) as draft, draft.open("wb") as file:
            for _, entry in entries(self._path):
                entry.pop("salt", None)
                kept = entry | {"digest": "", "content": ""} if "key" in entry else entry
                file.write(json.dumps(kept, ensure_ascii=False).encode() + b"\n")

    def _of_unfinished(self) -> Iterator[dict]:
        """The lines of the run that is broken off, or has just ended."""
        begins = (max(begin, ~begin) for begin in self._unfinished.values())
        return entries_at(self._path, begins)

    def close(self) -> None:
        """Unlock the folder. A line that found no room was reported when it was written."""
        with contextlib.suppress(OSError):
            self._file.close()
        self._lock.close()

    def digest(self, *things: object) -> str:
        """A keyed digest of a letter's content, so that the journal gives nothing of it away."""
        data = _SORTED.encode(things).encode("utf-8", "surrogatepass")
        return hmac.new(self._key, data, hashlib.sha256).hexdigest()

    def names(self) -> Iterator[tuple[str, str, str]]:
        """(kind, stem, key) of the letters of the broken-off run: they keep their names."""
        for entry in self._of_unfinished():
            if entry["stem"]:
                yield entry["kind"], entry["stem"], entry["key"]

    def made_in(self, day: dt.date, formats: Collection[str]) -> set[Place]:
        """The files that were issued on that day alone, in no other than these formats."""
        return {
            place
            for place, made in self._made.items()
            if all(one == day.isoformat() and ending in formats for one, ending in made)
        }

    def kept(self, key: str, digest: Digest, place: int) -> LetterResult | None:
        """The result of a letter that the broken-off run finished, None when it must be made. place: its
        place in this run."""
        begin = self._unfinished.get(mark(key))
        if begin is None:
            return None
        (entry,) = entries_at(self._path, [max(begin, ~begin)])
        if entry["state"] != "done" or begin >= 0 and entry["digest"] != digest.whole:
            return None
        for path, size in entry["files"].values():
            try:
                if (self.out / path).stat().st_size != size:
                    return None
            except OSError:
                return None
        result = from_entry(entry)
        result.state = "kept"
        self._stands(place, max(begin, ~begin), kept=True)
        return result

    def add(self, results: Iterable[tuple[LetterResult, int, Digest, str]]) -> None:
        """Write down (result, its place in the run, digest, stem), with the sizes of the files
        that now stand there."""
        for result, place, digest, stem in results:
            at = (self._round, place)
            entry = as_entry(result) | {"at": at, "stem": stem}
            entry |= {"digest": digest.whole, "content": digest.content}
            entry["files"] = {
                k: [p, (self.out / p).stat().st_size] for k, p in result.files.items()
            }
            begin = self._file.tell()
            if not self._write(entry):
                self._odd[place] = result
            self._lines.note(mark(result.key), at, begin, result)
            self._stands(place, begin)

    def _stands(self, place: int, begin: int, *, kept: bool = False) -> None:
        """Note where the line of a letter of this run begins."""
        more = place + 1 - len(self._begins)
        if more > 0:
            self._begins.extend([_NOWHERE] * more)
            self._kept.extend(bytes(more))
        self._begins[place], self._kept[place] = begin, kept

    def results(self) -> Results:
        """What became of the letters of this run, in their order."""
        there = [place for place, begin in enumerate(self._begins) if begin != _NOWHERE]
        new = {place: at for at, place in enumerate(there) if place in self._odd}
        return Results(
            self._path,
            array("q", (self._begins[place] for place in there)),
            bytes(self._kept[place] for place in there),
            {new[place]: result for place, result in self._odd.items()},
        )

    def made_on(self, day: dt.date) -> Results:
        """The letters that were issued on a day, in the order of the runs; of one that was made
        again, the last."""
        return Results(self._path, self._lines.made_on(day.isoformat()))

    def wait(
        self,
        waiting: Mapping[str, Sequence[LetterResult]],
        only: Collection[tuple[str, int]] | None = None,
    ) -> None:
        """Write down, for each kind of this run, the letters that are not to be made yet; those
        that an earlier run of the kind left waiting are settled by it. only: the rows of the people
        whom the run is for; what others wait for is not settled by it."""
        if only is not None:
            others = {kind: _of_others(self._waiting.get(kind, ()), only) for kind in waiting}
            waiting = {kind: [*others[kind], *results] for kind, results in waiting.items()}
        if any(results or self._waiting.get(kind) for kind, results in waiting.items()):
            self._waiting |= {kind: list(results) for kind, results in waiting.items()}
            self._write({"waiting": {k: [as_entry(r) for r in v] for k, v in waiting.items()}})

    def finish(self) -> None:
        """This run is complete: the next one begins anew."""
        self._write({"run": "end"})
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self._trouble(error) from None

    def _write(self, entry: dict) -> bool:
        """Write a line; False when a character of it can't be written."""
        text = json.dumps(entry, ensure_ascii=False)
        line = text.encode("utf-8", "replace")
        self._append(line + b"\n")
        return line.decode() == text

    def _append(self, line: bytes) -> None:
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            raise self._trouble(error) from None

    def _trouble(self, error: OSError) -> UsageError:
        """A full or forbidden folder, for the user."""
        return UsageError(
            f"出力先「{self.out}」に書き込めません({cause(error)})。",
            "フォルダの権限と空き容量を確かめるか、別のフォルダを指定してください。",
        )

    def write_index(self) -> Path:
        """``index.csv``: a row a person and letter, UTF-8 with BOM for Excel, safe to open."""
        path = self.out / INDEX
        with (
            replacing(path) as draft,
            open(draft, "w", encoding="utf-8-sig", errors="replace", newline="") as text,
        ):
            rows = csv.writer(text)
            rows.writerow(COLUMNS)
            rows.writerows(self._rows())
        return path

    def _rows(self) -> Iterator[list[str]]:
        """The rows of ``index.csv``: what was made, in the order of the runs, then what waits."""
        # Kinds, days and employers are mostly the same; names and files are not worth keeping.
        safe = lru_cache(1_000)(lambda text: guarded(masked(text)))
        made = Results(self._path, self._lines.in_order())
        for result in itertools.chain(made, *self._waiting.values()):
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
                    result.issued,
                )
                yield [safe(c) for c in row]


def _of_others(
    results: Iterable[LetterResult], only: Collection[tuple[str, int]]
) -> list[LetterResult]:
    """The results that are about none of the people of these rows."""
    return [r for r in results if not any((p.sheet, p.row) in only for p in r.people)]


class _Files(NamedTuple):
    """The files of a letter, as its line has them. places: (place, format) of each when they are wholly
    there. key, content: which letter, and the digest of what it says."""

    key: str
    content: str
    issued: str
    places: tuple[tuple[Place, str], ...]

    @classmethod
    def of(cls, entry: dict) -> "_Files":
        """Those of a line."""
        kind = entry["kind"]
        there = entry["files"] if entry["state"] in ("done", "kept") else {}
        places = tuple(
            ((kind, fold(path.removeprefix(f"{kind}/").removesuffix(f".{ending}"))), ending)
            for ending, (path, _) in there.items()
        )
        return cls(entry["key"], entry.get("content", ""), entry.get("issued", ""), places)


def _own_file(path: Path) -> int:
    """A file that we keep, opened for reading and appending: its owner's alone, and never
    whatever a link planted in its place points to. Raises OSError."""
    handle = os.open(
        path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600
    )
    if hasattr(os, "fchmod"):
        with contextlib.suppress(PermissionError):
            os.fchmod(handle, 0o600)
    return handle


class _Lock:
    """A lock that the system takes away when the process ends, however it ends."""

    def __init__(self, path: Path):
        self._file = os.fdopen(_own_file(path), "ab")
        self._file.seek(0)
        if not file_locks.take(self._file.fileno()):
            self._file.close()
            raise UsageError(
                f"出力先「{path.parent}」では、別の作成がまだ動いています。",
                "終わるのを待つか、別のフォルダを指定してください。",
            ) from None

    def close(self) -> None:
        self._file.close()
