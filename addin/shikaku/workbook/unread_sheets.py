"""Sheets that look like one of people and aren't read: a copy under another name, a list of somebody's own
with our headings. Nobody should take them for checked."""

import re

from shikaku.model.schema import schema
from shikaku.model.tables import TEXT
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.workbook.common_parts import Workbook, cells_of
from shikaku.workbook.labels import HEADER_WITHIN, plain_label

_PEOPLE = ("members", "acquisition", "dependants", "loss")
_COPY = re.compile(r"[(（]?\d+[)）]?|[-_]?(?:コピー|copy|のコピー)[(（]?\d*[)）]?", re.IGNORECASE)
"""What programs, and people, put behind the name of a copied sheet."""

_ALIKE = 6
"""So many headings of a sheet of ours make another one its copy."""


def unread_sheets(workbook: Workbook) -> list[tuple[str, str]]:
    """(sheet key, tab's name) of the tabs that look like a sheet of people and aren't read: the name with
    a number behind it, or its headings with rows below."""
    specs = [*schema().sheets.values(), *schema().desk.values()]
    ours = {tab.name for spec in specs if (tab := workbook.find(spec.name)) is not None}
    found = []
    for tab in workbook.other_sheets(ours):
        key = _named_like(tab.name)
        if key is None and (xml := workbook.glance(tab)) is not None:
            key = _headed_like(workbook, xml)
        if key is not None:
            found.append((key, tab.name))
    return found


def _named_like(name: str) -> str | None:
    for key in _PEOPLE:
        own = plain_label(schema().sheets[key].name)
        plain = plain_label(name)
        if plain.startswith(own) and _COPY.fullmatch(plain.removeprefix(own)):
            return key
    return None


def _headed_like(workbook: Workbook, xml: SheetXml) -> str | None:
    """The sheet of people whose headings stand in the first rows, with something below them."""
    values = workbook.values(xml)
    like: str | None = None
    for raw in xml.rows():
        cells = list(cells_of(values, raw))
        if like is None:
            if raw.number > HEADER_WITHIN:
                return None
            like = _with_headings({plain_label(c.text) for c in cells if c.kind == TEXT})
        elif any(not cell.formula and cell.text for cell in cells):
            return like
    return None


def _with_headings(texts: set[str]) -> str | None:
    """The sheet of people with most of these headings, all that it requires among them."""
    found = {}
    for key in _PEOPLE:
        columns = schema().sheets[key].columns.values()
        if {plain_label(column.label) for column in columns if column.required} <= texts:
            found[key] = len({plain_label(column.label) for column in columns} & texts)
    best = max(found, key=lambda key: found[key], default=None)
    return best if best is not None and found[best] >= _ALIKE else None
