"""The workbook's schema, read once from ``schema.toml``: sheets, columns, lists, settings."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``key`` for code, ``label`` for the header cell; see schema.toml."""

    key: str
    label: str
    type: str
    required: bool = False
    list: str = ""
    advice: str = ""
    width: float = 12
    ime: str = ""
    note: str = ""
    kept: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: ``key`` for code, ``name`` for the tab; ``columns`` in the template's order."""

    key: str
    name: str
    role: str
    mandatory: bool
    table: str
    columns: dict[str, Column]
    extra: dict[str, Column]

    @property
    def ours(self) -> bool:
        """Whether only we write here: then columns that are gone are ours to put back."""
        return any(column.kept for column in self.columns.values())

    def label(self, key: str) -> str:
        """The header label of a column key (KeyError when there is none)."""
        return (self.columns.get(key) or self.extra[key]).label


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the sheet 設定; ``also``: what else people write for an entry of its list."""

    key: str
    label: str
    type: str
    list: str = ""
    default: object = None
    optional: bool = False
    note: str = ""
    also: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Schema:
    """Everything schema.toml says; lists map English key → Japanese value, in drop-down order.

    sheets: those of the employer's workbook; desk: those of the insurer's worklist on top; form: the
    version of the employer's workbook (様式の版).
    """

    sheets: dict[str, Sheet]
    lists: dict[str, dict[str, str]]
    settings: dict[str, Setting]
    desk: dict[str, Sheet]
    form: str = ""

    def key_of(self, list_name: str, value: str) -> str | None:
        """The English key of a Japanese list value, or None."""
        return next((k for k, v in self.lists[list_name].items() if v == value), None)


def _columns(items: Iterable[Mapping[str, Any]]) -> dict[str, Column]:
    return {item["key"]: Column(**item) for item in items}


@cache
def schema() -> Schema:
    """The schema (cached; it is data and never changes while we run)."""
    data = tomllib.loads(Path(__file__).with_name("schema.toml").read_text("utf-8"))
    extra = data.get("extra", {})

    def read(items: Mapping[str, Mapping[str, Any]]) -> dict[str, Sheet]:
        return {
            key: Sheet(
                key,
                item["name"],
                item["role"],
                item.get("mandatory", False),
                item.get("table", ""),
                _columns(item.get("columns", ())),
                _columns(extra.get(key, {}).get("columns", ())),
            )
            for key, item in items.items()
        }

    settings = {key: Setting(key, **item) for key, item in data["settings"].items()}
    return Schema(read(data["sheets"]), data["lists"], settings, read(data["desk"]), data["form"])


FILINGS = ("acquisition", "dependants", "loss")
"""Keys of the three filing sheets."""

EVENT = {"acquisition": "acquired", "dependants": "event_date", "loss": "lost"}
"""Filing sheet → the column of the day of its event, which starts the time for filing."""

FORM_NAME = "様式の版"
"""The label on 表紙 and the defined name that say which version of the form a workbook has."""

AS_OF_NAME = "判定日"
"""A defined name that every version of the form has."""

FIRST_FORM = "0.1"
"""The version of a workbook that doesn't say which it has."""


def is_older(form: str) -> bool:
    """Whether a version of the form is older than the present one.

    >>> is_older("0.1"), is_older(schema().form), is_older("x")
    (True, False, False)
    """
    mine, other = (
        tuple(int(part) for part in text.split(".") if part.isascii() and part.isdigit())
        for text in (schema().form, form)
    )
    return bool(other) and other < mine
