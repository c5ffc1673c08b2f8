"""The other names of sheets and columns: those of older forms, and those that people give them.

They are data (``workbooks/former-labels.toml``): what one place reads under such a name, another
asks to be renamed.
"""

import tomllib
from functools import cache

from shikaku.model.schema import schema
from shikaku.system.resources import folder


@cache
def _names() -> dict[str, dict[str, dict[str, list[str]]]]:
    """sheets: key → other names; columns: sheet key or ``all`` → column key → other labels."""
    return tomllib.loads((folder("workbooks") / "former-labels.toml").read_text("utf-8"))


def of_sheet(sheet: str) -> list[str]:
    """The other names of a sheet."""
    return list(_names()["sheets"].get(sheet, []))


@cache
def of_columns(sheet: str) -> dict[str, list[str]]:
    """Column key → the other labels that it may have on that sheet."""
    columns = _names()["columns"]
    found: dict[str, list[str]] = {}
    for group in (columns.get(sheet, {}), columns.get("all", {})):
        for key, labels in group.items():
            if key in schema().sheets[sheet].columns:
                found.setdefault(key, []).extend(labels)
    return found
