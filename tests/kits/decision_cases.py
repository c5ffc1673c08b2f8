"""The cases of ``tests/cases/decisions/`` as Python values: people, settings.

A case's person has the keys of ``Person``; what is left out comes from the file's [defaults]. TOML
has no None: an empty string stands for it.
"""

import dataclasses
import re

import case_files
from case_files import load
from shikaku.model.people import Person
from shikaku.model.settings import Settings

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


def is_one_sentence(text: str) -> bool:
    """Ends with the only 。, and holds nothing like an individual number."""
    return text.endswith("。") and text.count("。") == 1 and not re.search(r"\d{5}", text)
