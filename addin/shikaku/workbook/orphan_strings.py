"""Shared strings that no cell uses any more: an erased cell must not live on in the string table."""

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
        if xml_bytes.root(data).name == b"worksheet":
            used |= SheetXml(data).strings_used()
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
