"""Shared strings that no cell uses any more: an erased cell must not live on in the string table."""

import re
from collections.abc import Mapping

from shikaku.ooxml import xml_bytes
from shikaku.ooxml.package import MAX_PART
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.workbook.common_parts import Workbook


def without_orphans(workbook: Workbook, changed: Mapping[str, bytes]) -> dict[str, bytes]:
    """Entry name → the shared-strings part with every unused text emptied; {} when none is.

    changed: sheets that are about to be written, by entry name. Indexes stay as they are. Raises
    BookError for a damaged part.
    """
    try:
        return _without_orphans(workbook, changed)
    except xml_bytes.BadMarkup:
        raise workbook.package.damaged() from None


_CELL = re.compile(rb'<((?:[\w.-]+:)?)c\s[^>]*?\bt="s"[^>]*>((?:[^<]++|<(?!/\1c>))*+)</\1c>')
_VALUE = re.compile(rb"<(?:[\w.-]+:)?v>\s*(\d{1,9})\s*</")


def _used_by_macros(data: bytes) -> set[int]:
    """The texts that a sheet of Excel 4's macros uses: its root is of a namespace of its own, its cells are those of any
    sheet."""
    values = (_VALUE.search(cell[2]) for cell in _CELL.finditer(data))
    return {int(value[1]) for value in values if value}


def _without_orphans(workbook: Workbook, changed: Mapping[str, bytes]) -> dict[str, bytes]:
    package = workbook.package
    part = package.related(package.main, "sharedStrings")
    if part is None or not package.has(part):
        return {}
    used: set[int] = set()
    for sheet in workbook.sheets:
        if not package.has(sheet.part):
            continue
        data = changed.get(package.entry(sheet.part)) or package.xml(sheet.part, MAX_PART)
        kind = xml_bytes.root(data).name
        if kind == b"worksheet":
            used |= SheetXml(data).strings_used()
        elif kind == b"macrosheet":
            used |= _used_by_macros(data)
    data = changed.get(package.entry(part)) or package.xml(part, MAX_PART)
    top = xml_bytes.root(data)
    p = top.full.removesuffix(top.name)
    empty = b"<%ssi><%st/></%ssi>" % (p, p, p)
    unused = [
        (item.start, item.end, empty)
        for index, item in enumerate(xml_bytes.children(data, top, b"si"))
        if index not in used and data[item.start : item.end] != empty
    ]
    return {package.entry(part): xml_bytes.splice(data, unused)} if unused else {}
