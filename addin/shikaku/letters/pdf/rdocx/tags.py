"""What rdocx leaves in a PDF and a letter is better without. Knows rdocx 0.16's way of writing.

It tags each character of Japanese text as a piece of its own (800 pieces on a page), and writes a
line's text once more as ActualText on its first word, "" on the others: a viewer's search lights
up the wrong word, and reading these tags back costs more than all else that is done to the
finished file. Without them the text stands in the fonts' ToUnicode tables, in reading order.
"""

import re
import zlib

import pikepdf

_MARK = re.compile(
    rb"/[A-Za-z0-9]+ (?:<<\n  /(?:MCID|ActualText|Type|Subtype)[^>]*(?:>\n[^>]*)?>> BDC|BMC)\n"
)
_TAG_START = (b"<<\n  /Type /StructElem\n", b"<<\n  /Type /StructTreeRoot\n")
_TAG_END = b"\nendobj\n"


def without_tags(data: bytes) -> bytes:
    """The file with its tags emptied in place, so that offsets stay; open it and ``untag``."""
    buffer = bytearray(data)
    for start in _TAG_START:
        at = data.find(start)
        while at >= 0:
            end = data.index(_TAG_END, at)
            buffer[at:end] = b"null".ljust(end - at)
            at = data.find(start, end)
    return bytes(buffer)


def untag(pdf: pikepdf.Pdf) -> list[bytes]:
    """Take the marks out of the pages; the new content of each page."""
    for name in ("/StructTreeRoot", "/MarkInfo"):
        if name in pdf.Root:
            del pdf.Root[name]
    contents = []
    for page in pdf.pages:
        for name in ("/StructParents", "/Tabs"):
            if name in page:
                del page[name]
        # A line break inside a string is written as \\n, so these are marks and nothing else.
        data = _MARK.sub(b"", page.Contents.read_bytes()).replace(b"\nEMC", b"")
        page.Contents.write(zlib.compress(data, 5), filter=pikepdf.Name.FlateDecode)
        contents.append(data)
    return contents
