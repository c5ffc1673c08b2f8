"""The hidden names in which a workbook keeps the fills under our marks (``mark_colours``).

They are asked for one by one: many an old workbook carries tens of thousands of other names, which
copied sheets have brought, and each would take two calls into Excel.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shikaku.excel.native import native
from shikaku.workbook import mark_colours

if TYPE_CHECKING:
    import xlwings as xw


def hidden_names(target: "xw.Book") -> dict[str, str]:
    """Our names and what stands in them."""
    names = target.names
    return {
        name: names[name].refers_to or "" for name in mark_colours.NAMES if names.contains(name)
    }


def set_hidden_names(target: "xw.Book", wanted: Mapping[str, str]) -> None:
    """These names of ours and no others."""
    for name in hidden_names(target):
        target.names[name].delete()
    for name, formula in wanted.items():
        native().hide_name(target.names.add(name, formula))
