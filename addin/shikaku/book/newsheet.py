"""A sheet of ours for a workbook that has lost it."""

import posixpath
from collections.abc import Container

from shikaku.book import markup
from shikaku.book.package import Package
from shikaku.schema import Sheet


def free_part(package: Package, taken: Container[str]) -> str:
    """The name of a worksheet part that isn't there yet."""
    folder = posixpath.dirname(package.main)
    number = 1
    while True:
        part = posixpath.join(folder, f"worksheets/sheet{number}.xml")
        if not package.has(part) and part not in taken:
            return part
        number += 1


def rels_of(part: str) -> str:
    """The name of a part's relationships part."""
    folder, base = posixpath.split(part)
    return posixpath.join(folder, "_rels", base + ".rels")


def sheet_xml(spec: Sheet, strict: bool) -> bytes:
    """An empty sheet with the schema's column widths and its first row frozen."""
    columns = b"".join(
        b'<col min="%d" max="%d" width="%s" customWidth="1"/>'
        % (number, number, str(column.width).encode())
        for number, column in enumerate(spec.columns.values(), 1)
    )
    return (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        b'<worksheet xmlns="%s"><sheetViews><sheetView workbookViewId="0">'
        b'<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        b'</sheetView></sheetViews><sheetFormatPr defaultRowHeight="18"/>'
        b"<cols>%s</cols><sheetData/>"
        b'<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
        b"</worksheet>" % (markup.MAIN[strict], columns)
    )
