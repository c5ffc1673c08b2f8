"""The mapping of an import: which heading of another system's list goes into which column of ours."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shikaku.desk.status_list import load_toml
from shikaku.model import other_labels
from shikaku.model.schema import Column, schema
from shikaku.system.errors import UsageError
from shikaku.system.resources import folder
from shikaku.workbook.labels import plain_label

SHEETS = ("members", "acquisition", "dependants", "loss")
"""Sheets that take rows, by key."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Several columns of the list that make one of ours. headings: in order, all that are there
    count; by: what stands between two that aren't blank."""

    headings: tuple[str, ...]
    by: str = ""


@dataclass(frozen=True)
class ImportMapping:
    """A mapping file. columns: column key → headings, the first found counts; joined: column key →
    groups of headings, the
    first of which the list has any counts; values: column key → value of the list → key of our list; fixed: column key →
    what stands in every row that has no value of its own."""

    columns: dict[str, list[str]] = field(default_factory=dict)
    joined: dict[str, tuple[Joined, ...]] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path | None) -> "ImportMapping":
        """The shipped general mapping, with a user's own before it. Raises UsageError naming the
        entry that is wrong."""
        general = _read(folder("workbooks") / "import-mapping.toml")
        if path is None:
            return general
        own = _read(path)
        return cls(
            {
                key: [*own.columns.get(key, ()), *general.columns.get(key, ())]
                for key in {**own.columns, **general.columns}
            },
            {**general.joined, **own.joined},
            {
                key: {**general.values.get(key, {}), **own.values.get(key, {})}
                for key in {**general.values, **own.values}
            },
            {**general.fixed, **own.fixed},
        )

    def headings_of(self, sheet: str, key: str) -> list[str]:
        """The headings that a column may have, the mapping's first, then our own label and its
        former ones."""
        own = [schema().sheets[sheet].label(key), *other_labels.of_columns(sheet).get(key, ())]
        return [*self.columns.get(key, ()), *own]

    def known(self, sheet: str) -> set[str]:
        """Every heading that a list for that sheet may have."""
        keys = list(takers(sheet))
        found = {heading for key in keys for heading in self.headings_of(sheet, key)}
        groups = (group for key in keys for group in self.joined.get(key, ()))
        return found.union(*(group.headings for group in groups))


def takers(sheet: str) -> dict[str, Column]:
    """The columns of a sheet that an import may fill: those that a user fills."""
    columns = schema().sheets[sheet].columns
    return {key: column for key, column in columns.items() if column.type != "formula"}


def _read(path: Path) -> ImportMapping:
    data = load_toml(path)
    known = {key: column for sheet in SHEETS for key, column in takers(sheet).items()}
    unknown = sorted(set(data) - {"columns", "joined", "values", "fixed"})
    if unknown:
        raise _wrong(path, unknown[0])
    for part in ("columns", "joined", "values", "fixed"):
        entries = data.get(part, {})
        if not isinstance(entries, dict):
            raise _wrong(path, f"[{part}]")
        for key, entry in entries.items():
            if key not in known or not _FITS[part](entry, known[key]):
                raise _wrong(path, f"[{part}] の {key}")
    return ImportMapping(
        data.get("columns", {}),
        {
            key: tuple(Joined(tuple(g["headings"]), g.get("by", "")) for g in _groups(entry))
            for key, entry in data.get("joined", {}).items()
        },
        {
            key: {plain_label(text): ours for text, ours in entry.items()}
            for key, entry in data.get("values", {}).items()
        },
        data.get("fixed", {}),
    )


def _texts(items: object) -> bool:
    return isinstance(items, list) and bool(items) and all(isinstance(i, str) and i for i in items)


def _groups(entry: Any) -> list[Any]:
    """One group of headings, or a list of them."""
    return entry if isinstance(entry, list) else [entry]


def _is_joined(entry: object, _column: Column) -> bool:
    groups = _groups(entry)
    return bool(groups) and all(
        isinstance(group, dict)
        and set(group) <= {"headings", "by"}
        and _texts(group.get("headings"))
        and isinstance(group.get("by", ""), str)
        for group in groups
    )


def _are_values(entry: object, column: Column) -> bool:
    return isinstance(entry, dict) and _in_list(entry.values(), column)


def _is_fixed(entry: object, column: Column) -> bool:
    if not isinstance(entry, str) or column.type == "individual_number":
        return False
    return column.type != "choice" or _in_list([entry], column)


def _in_list(keys: Iterable[object], column: Column) -> bool:
    return bool(column.list) and set(keys) <= set(schema().lists[column.list])


_FITS = {
    "columns": lambda entry, column: _texts(entry),
    "joined": _is_joined,
    "values": _are_values,
    "fixed": _is_fixed,
}


def _wrong(path: Path, place: str) -> UsageError:
    return UsageError(
        f"対応表「{path.name}」の {place} が正しくありません。",
        "添付の import-mapping.toml を写して直してください。",
    )
