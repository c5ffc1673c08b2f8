"""The hidden names in which a workbook keeps the fills under our marks (``mark_colours``)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shikaku.excel.native import native
from shikaku.workbook import mark_colours

if TYPE_CHECKING:
    import xlwings as xw


def hidden_names(target: "xw.Book") -> dict[str, str]:
    """Our names and what stands in them."""
    found = {name.name: name.refers_to or "" for name in target.names}
    return {name: text for name, text in found.items() if name.startswith(mark_colours.NAME)}


def set_hidden_names(target: "xw.Book", wanted: Mapping[str, str]) -> None:
    """These names of ours and no others."""
    for old in [name for name in target.names if name.name.startswith(mark_colours.NAME)]:
        old.delete()
    for name, formula in wanted.items():
        native().hide_name(target.names.add(name, formula))
