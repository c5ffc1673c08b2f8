"""An empty sheet for a workbook that lacks it, and what a change of formulas takes along."""

import posixpath
from collections.abc import Container, MutableMapping, MutableSet, Sequence

from shikaku.ooxml import workbook_part, xml_bytes
from shikaku.ooxml.package import Package


def free_part(package: Package, taken: Container[str], stem: str = "worksheets/sheet") -> str:
    """The name of a part that isn't there yet: of a worksheet, or what stem says."""
    folder = posixpath.dirname(package.main)
    number = 1
    while True:
        part = posixpath.join(folder, f"{stem}{number}.xml")
        if not package.has(part) and part not in taken:
            return part
        number += 1


def rels_of(part: str) -> str:
    """The name of a part's relationships part."""
    folder, base = posixpath.split(part)
    return posixpath.join(folder, "_rels", base + ".rels")


def sheet_xml(widths: Sequence[float], strict: bool) -> bytes:
    """An empty sheet with columns of these widths (in characters) and its first row frozen; printed on
    A4 across, as wide as the paper."""
    columns = b"".join(
        b'<col min="%d" max="%d" width="%s" customWidth="1"/>'
        % (number, number, str(width).encode())
        for number, width in enumerate(widths, 1)
    )
    return (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        b'<worksheet xmlns="%s"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0">'
        b'<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        b'</sheetView></sheetViews><sheetFormatPr defaultRowHeight="18"/>'
        b"<cols>%s</cols><sheetData/>"
        b'<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        b'<pageSetup paperSize="9" fitToHeight="0" orientation="landscape"/>'
        b"</worksheet>" % (xml_bytes.MAIN[strict], columns)
    )


def drop_calculation_chain(
    package: Package, changed: MutableMapping[str, bytes], removed: MutableSet[str]
) -> None:
    """Take out the chain that lists the cells with formulas: Excel makes a new one, a wrong one it
    reports as damage. changed: part → content; removed: entry names."""
    chain = package.related(package.main, "calcChain")
    if chain is None or not package.has(chain):
        return
    rels, types = rels_of(package.main), "[Content_Types].xml"
    changed[rels] = workbook_part.without_relation(
        changed.get(rels) or package.xml(rels), "calcChain"
    )
    changed[types] = workbook_part.without_type(
        changed.get(types) or package.xml(types), package.entry(chain)
    )
    removed.add(package.entry(chain))
