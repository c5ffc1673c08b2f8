"""The cases of ``tests/cases/`` as Python values: people, settings, books.

A case's person has the keys of ``Person``; what is left out comes from the file's [defaults]. TOML
has no None: an empty string stands for it.
"""

import dataclasses
import datetime as dt
import re
from functools import cache

import case_files
from case_files import load
from shikaku.law.closed_days import ClosedDays, built_in
from shikaku.model.people import Person
from shikaku.model.schema import schema
from shikaku.model.settings import Settings
from shikaku.model.tables import BLANK, Book, Cell, Row, Table

TEXTS = ("symbol", "number", "branch", "name", "kana", "relationship", "postal_code", "address")


def cases(theme: str, of: str | None = None) -> list[dict]:
    """The cases of a rule (those of one kind), each with the file's defaults filled in."""
    place = f"decisions/{theme}"
    defaults = load(place).get("defaults", {})
    found = []
    for case in case_files.cases(place, of):
        merged = {**defaults, **case}
        for key, value in defaults.items():
            if isinstance(value, dict) and key in case:
                merged[key] = {**value, **case[key]}
        found.append(merged)
    return found


def person(values: dict) -> Person:
    """A person from a case; fields left out are empty."""
    fields = {}
    for spec in dataclasses.fields(Person):
        if spec.default is not dataclasses.MISSING:
            continue
        fields[spec.name] = "" if spec.type in ("str", str) else None
    fields |= {"row": 2, "old_card": False, "kind": "insured", "name": "健保 太郎"}
    fields |= {"symbol": "101", "number": "1"}
    for key, value in values.items():
        fields[key] = None if value == "" and key not in TEXTS else value
    return Person(**fields)


def settings(values: dict | None) -> Settings:
    """The default settings with those of the case."""
    return Settings(**(values or {}))


@cache
def closed_days() -> ClosedDays:
    """Public holidays and New Year of the cases' years."""
    return ClosedDays(built_in(2024, 2030))


def book(sheets: dict[str, list[dict]]) -> Book:
    """A workbook from rows by sheet key; drop-downs by the schema's English keys.

    Rows begin in Excel's row 2. An unknown sheet or column is a KeyError.
    """
    found = Book("cases.xlsx")
    for key, spec in schema().sheets.items():
        if not spec.columns:
            continue
        table = Table(spec)
        columns = spec.columns | spec.extra
        for number, row in enumerate(sheets.get(key, ()), start=2):
            cells = {name: _cell(columns[name], value) for name, value in row.items()}
            table.rows.append(Row(key, number, cells))
        found.tables[key] = table
    unknown = set(sheets) - set(found.tables)
    if unknown:
        raise KeyError(*unknown)
    return found


def _cell(column, value) -> Cell:
    if value == "":
        return BLANK
    if column.type == "choice":
        return Cell(schema().lists[column.list][value], "text")
    if isinstance(value, dt.date):
        return Cell(value, "date")
    if isinstance(value, int):
        return Cell(value, "number")
    return Cell(value, "text")


def is_one_sentence(text: str) -> bool:
    """Ends with the only 。, and holds nothing like an individual number."""
    return text.endswith("。") and text.count("。") == 1 and not re.search(r"\d{5}", text)
