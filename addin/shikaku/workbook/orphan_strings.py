"""Shared strings that no cell uses any more: an erased cell must not live on in the string table."""

import re
from collections.abc import Mapping

from shikaku.ooxml import xml_bytes
from shikaku.workbook.reader import Workbook


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
        data = changed.get(package.entry(sheet.part)) or package.xml(sheet.part)
        p = xml_bytes.prefix(data)
        cell = rb'<%sc\s(?=[^>]*?\st="s"|t="s")[^>]*>(?:<%sf[\s>].*?</%sf>|<%sf[^>]*/>)?<%sv[^>]*>\s*(\d+)'
        used.update(map(int, re.findall(cell % (p, p, p, p, p), data, re.DOTALL)))
    data = changed.get(package.entry(part)) or package.xml(part)
    p = xml_bytes.prefix(data)
    pattern = re.compile(rb"<%ssi(?:\s[^>]*)?(?:/>|>.*?</%ssi>)" % (p, p), re.DOTALL)
    index = -1

    def emptied(match: re.Match) -> bytes:
        nonlocal index
        index += 1
        return match[0] if index in used else b"<%ssi><%st/></%ssi>" % (p, p, p)

    new = pattern.sub(emptied, data)
    return {package.entry(part): new} if new != data else {}
