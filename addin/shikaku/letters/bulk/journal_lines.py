"""The lines of a journal that letters have, read from the file when they are asked for.

A run of a hundred thousand letters keeps some bytes of each; what became of them stands in the file, and
nobody needs it before the end.
"""

import json
from array import array
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, overload

from shikaku.letters.bulk.letter_result import LetterResult, from_entry
from shikaku.system.errors import UsageError


def entries(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """(where it begins, the object) of each line of a journal; a torn one is none. Raises OSError."""
    at = 0
    with path.open("rb") as file:
        for line in file:
            entry = _entry(line)
            if entry is not None:
                yield at, entry
            at += len(line)


def _entry(line: bytes) -> dict[str, Any] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def entries_at(path: Path, places: Iterable[int]) -> Iterator[dict[str, Any]]:
    """The objects of the lines that begin at these places. Raises UsageError where they don't any more."""
    try:
        with path.open("rb") as file:
            for place in places:
                file.seek(place)
                entry = _entry(file.readline())
                if entry is None or "key" not in entry:
                    raise OSError
                yield entry
    except OSError:
        raise UsageError(
            f"出力先の記録「{path.name}」が、途中で消えたか書き換えられました。",
            "同じフォルダを使うほかのソフトを止め、もう一度実行してください。",
        ) from None


def mark(key: str) -> bytes:
    """Sixteen bytes in place of a letter's key."""
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class LetterLines:
    """Which lines are a letter's: the last, and those before it that name other files of it.

    Of each: at, (run, place in it); where it begins in the file; the day of issue.
    """

    def __init__(self) -> None:
        self._last: dict[bytes, int] = {}
        self._before: dict[int, list[int]] = {}
        self._runs, self._places, self._begins = array("l"), array("q"), array("q")
        self._files, self._days = array("q"), array("l")
        self._known_days: dict[str, int] = {}
        self._ok = bytearray()

    def note(self, key: bytes, at: tuple[int, int], begin: int, result: LetterResult) -> None:
        """Keep what was made of a letter before under other files, and this line instead of the rest."""
        line = len(self._begins)
        self._runs.append(at[0])
        self._places.append(at[1])
        self._begins.append(begin)
        self._files.append(hash(frozenset(result.files.items())))
        self._days.append(self._known_days.setdefault(result.issued, len(self._known_days)))
        self._ok.append(result.ok)
        last = self._last.get(key)
        if last is not None:
            before = [*self._before.pop(last, ()), last]
            kept = [b for b in before if self._ok[b] and self._files[b] != self._files[line]]
            if kept:
                self._before[line] = kept
        self._last[key] = line

    def in_order(self) -> "array[int]":
        """Where all of them begin, in the order of the runs."""
        lines = (line for last in self._last.values() for line in self._all(last))
        return self._begin_in_order(lines)

    def _all(self, last: int) -> Iterator[int]:
        yield from self._before.get(last, ())
        yield last

    def made_on(self, day: str) -> "array[int]":
        """Where the last lines of the letters begin that were issued on a day, likewise."""
        known = self._known_days.get(day)
        lines = self._last.values() if known is not None else ()
        return self._begin_in_order(
            line for line in lines if self._ok[line] and self._days[line] == known
        )

    def _begin_in_order(self, lines: Iterable[int]) -> "array[int]":
        ordered = sorted(lines, key=lambda line: self._runs[line] << 40 | self._places[line])
        return array("q", (self._begins[line] for line in ordered))


class Results(Sequence[LetterResult]):
    """Results by the lines of a journal, each read from the file when it is asked for.

    path: of the journal; begins: where their lines begin; kept: for each whether the run that was broken off
    had made it, b"" when none is asked for; odd: place → the result whose line is not all of it.
    """

    def __init__(
        self,
        path: Path,
        begins: Sequence[int],
        kept: bytes = b"",
        odd: dict[int, LetterResult] | None = None,
    ) -> None:
        self._path, self._begins, self._kept, self._odd = path, begins, kept, odd or {}

    def __len__(self) -> int:
        return len(self._begins)

    @overload
    def __getitem__(self, at: int) -> LetterResult: ...
    @overload
    def __getitem__(self, at: slice) -> list[LetterResult]: ...
    def __getitem__(self, at: int | slice) -> LetterResult | list[LetterResult]:
        if isinstance(at, slice):
            return list(self._read(range(len(self))[at]))
        return next(self._read([range(len(self))[at]]))

    def __iter__(self) -> Iterator[LetterResult]:
        return self._read(range(len(self)))

    def _read(self, places: Sequence[int]) -> Iterator[LetterResult]:
        found = entries_at(self._path, (self._begins[place] for place in places))
        for place, entry in zip(places, found, strict=True):
            result = self._odd.get(place) or from_entry(entry)
            if self._kept and self._kept[place]:
                result.state = "kept"
            yield result

    def good(self) -> "Results":
        """Those of whose letters all files are there."""
        places = [place for place, result in enumerate(self) if result.ok]
        new = {place: at for at, place in enumerate(places) if place in self._odd}
        return Results(
            self._path,
            array("q", (self._begins[place] for place in places)),
            bytes(self._kept[place] for place in places) if self._kept else b"",
            {at: self._odd[place] for place, at in new.items()},
        )
