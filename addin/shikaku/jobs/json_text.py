"""The text of a command's ``--json``, the same from the terminal and for programs."""

import json
from typing import Protocol

from shikaku.fields import stray_number


class HasJson(Protocol):
    """A job's result."""

    def to_json(self) -> dict:
        """The object of contract.md §3."""


def json_object(result: HasJson) -> dict:
    """The result's object, without the individual numbers that somebody has put into names,
    remarks and headings."""
    data = stray_number.hidden(result.to_json())
    assert isinstance(data, dict)  # hidden() keeps the kind of what it is given
    return data


def json_text(data: dict) -> str:
    """The object as text: UTF-8 as it is, two spaces deep, no line end."""
    return json.dumps(data, ensure_ascii=False, indent=2)
