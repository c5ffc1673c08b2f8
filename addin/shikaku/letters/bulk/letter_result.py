"""What became of a letter, and the same as an object of JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from shikaku.letters.model import Letter, PersonRef


@dataclass(slots=True)
class LetterResult:
    """What became of a letter.

    files: format → path below OUT with ``/``. state: done | kept (made by the run that was
    broken off) | partial (not every format) | failed | held (waits for something to be typed).
    reason, hint: Japanese, "" when all is well. group: the employer's name, "" for a letter that
    goes straight home. issued: the day of issue (2026-04-15).
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
    group: str = ""
    issued: str = ""

    @property
    def ok(self) -> bool:
        """All files are there."""
        return self.state in ("done", "kept")


def result_for(letter: Letter, key: str = "", **changes: Any) -> LetterResult:
    """A result of that letter, without files yet."""
    return LetterResult(
        key, letter.kind, letter.title, letter.people, letter.control_nos, letter.addressee,
        group=letter.group, **changes,
    )  # fmt: skip


def as_entry(result: LetterResult) -> dict[str, Any]:
    """A result as an object of JSON."""
    people = [{name: getattr(p, name) for name in _OF_A_PERSON} for p in result.people]
    return {name: getattr(result, name) for name in _OF_A_RESULT} | {"people": people}


_OF_A_RESULT = tuple(one.name for one in fields(LetterResult))
_OF_A_PERSON = tuple(one.name for one in fields(PersonRef))


def from_entry(entry: Mapping[str, Any]) -> LetterResult:
    """The result that ``as_entry`` made an object of, also as the journal keeps it, with the sizes of the files."""
    return LetterResult(
        key=entry["key"],
        kind=entry["kind"],
        title=entry["title"],
        people=tuple(PersonRef(**p) for p in entry["people"]),
        control_nos=tuple(entry["control_nos"]),
        addressee=entry["addressee"],
        files={k: p if isinstance(p, str) else p[0] for k, p in entry["files"].items()},
        pages=entry["pages"],
        state=entry["state"],
        reason=entry["reason"],
        hint=entry["hint"],
        group=entry.get("group", ""),  # version 0.1 had neither
        issued=entry.get("issued", ""),
    )
