"""The text of a command's ``--json``, the same from the terminal and for programs."""

from typing import Protocol

from shikaku.system import masking


class HasJson(Protocol):
    """A job's result."""

    def to_json(self) -> dict:
        """The object of contract.md §3."""


def json_object(result: HasJson) -> dict:
    """The result's object, without the individual numbers that somebody has put into names,
    remarks and headings."""
    data = masking.masked_data(result.to_json())
    assert isinstance(data, dict)  # masked_data keeps the kind of a dict
    return data


def json_text(data: dict) -> str:
    """The object as text: UTF-8 as it is, two spaces deep, no line end."""
    return masking.as_json(data)
