"""What stands behind the rows of a sheet: validations, conditional formats, links, merges, filter.

Each function takes the tail (the bytes behind ``sheetData``) and gives it back changed. An area is
(first column, first row, last column, last row) in Excel's numbers.
"""

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from shikaku.ooxml import xml_bytes
from shikaku.ooxml.addresses import Area, area, area_text

_AFTER_LINKS = frozenset(
    b"printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties "
    b"cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture "
    b"oleObjects controls webPublishItems tableParts extLst AlternateContent".split()
)


def _place(item: Area) -> bytes:
    return area_text(item).encode()


def _meets(one: Area, other: Area) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


_RANGED = (b"conditionalFormatting", b"dataValidation")


def extended(tail: bytes, p: bytes, table: Area, new_end: int) -> bytes:
    """Validations and conditional formats that reach the table's last row reach the new one.

    Also those of Excel 2010 and later (``x14``). table: the data rows before the table grew.
    """

    def longer(ranges: bytes) -> bytes:
        out = []
        for text in ranges.split():
            item = area(xml_bytes.plain(text))
            if item and _meets(item, table) and table[3] <= item[3] < new_end:
                text = _place((*item[:3], new_end))
            out.append(text)
        return b" ".join(out)

    def tag(old: bytes) -> bytes:
        ranges = xml_bytes.attributes(old).get(b"sqref", b"")
        return xml_bytes.set_attribute(old, b"sqref", longer(ranges))

    tail = xml_bytes.retagged(tail, tag, *(p + name for name in _RANGED))
    edits = []
    for block in xml_bytes.within(tail, lambda full: full.rpartition(b":")[2] in _RANGED):
        if block.full in (p + name for name in _RANGED):
            continue
        for inner in xml_bytes.pieces(tail, *xml_bytes.inside(tail, block)):
            if inner.name == b"sqref":
                start, end = xml_bytes.inside(tail, inner)
                edits.append((start, end, longer(tail[start:end])))
    return xml_bytes.splice(tail, edits)


def _filtered(
    tail: bytes, p: bytes, outer: bytes, inner: bytes, keep: Callable[[dict[bytes, bytes]], bool]
) -> bytes:
    """The tail without those elements of a list that aren't kept, without the list when empty."""
    found = next((x for x in xml_bytes.pieces(tail, 0, len(tail)) if x.full == p + outer), None)
    if found is None:
        return tail
    items = [x for x in xml_bytes.children(tail, found, inner)]
    gone = [x for x in items if not keep(xml_bytes.attributes(tail[x.start : x.inner]))]
    if not gone:
        return tail
    if len(gone) == len(items):
        return tail[: found.start] + tail[found.end :]
    edits = [(x.start, x.end, b"") for x in gone]
    tag = tail[found.start : found.inner]
    if b"count" in xml_bytes.attributes(tag):
        tag = xml_bytes.set_attribute(tag, b"count", b"%d" % (len(items) - len(gone)))
    return xml_bytes.splice(tail, [(found.start, found.inner, tag), *edits])


def _outside(table: Area, but: Collection[int]) -> Callable[[dict[bytes, bytes]], bool]:
    def keep(items: dict[bytes, bytes]) -> bool:
        item = area(xml_bytes.plain(items.get(b"ref", b"")))
        if item is None or not _meets(item, table):
            return True
        return any(item[1] <= row <= item[3] for row in but)

    return keep


def unmerged(tail: bytes, p: bytes, table: Area, but: Collection[int] = ()) -> bytes:
    """The tail without merged cells that touch the area, ``but`` those in these rows."""
    return _filtered(tail, p, b"mergeCells", b"mergeCell", _outside(table, but))


def links_apart(tail: bytes, p: bytes) -> tuple[bytes, bytes]:
    """The tail without its links, and these, for ``links_back``: thousands of elements at which what
    changes something else needn't look."""
    opening, close = b"<%shyperlinks>" % p, b"</%shyperlinks>" % p
    start = tail.find(opening) + len(opening)
    end = tail.find(close, start)
    if start < len(opening) or end < 0:
        return tail, b""
    return tail[:start] + tail[end:], tail[start:end]


def links_back(tail: bytes, p: bytes, links: bytes) -> bytes:
    """The tail with the links that ``links_apart`` took out."""
    if not links:
        return tail
    before, opening, behind = tail.partition(b"<%shyperlinks>" % p)
    return b"".join((before, opening, links, behind))


class RowLink(NamedTuple):
    """A link to a cell of this workbook: the area that carries it (A1 style), and the cell: what stands before its
    row, and the row (``'資格取得届'!E``, 5)."""

    area: str
    lead: str
    row: int


def linked(
    tail: bytes, p: bytes, table: Area, links: Sequence[RowLink], but: Collection[int] = ()
) -> bytes:
    """The tail with these links in the area and no others, ``but`` those in these rows."""
    quoted = {lead: xml_bytes.quote(lead).decode() for lead in {link.lead for link in links}}
    start = f"<{p.decode()}hyperlink ref="
    new = "".join(
        [
            f'{start}"{place}" location="{quoted[lead]}{row}" display="{quoted[lead]}{row}"/>'
            for place, lead, row in links
        ]
    ).encode()
    close = b"</%shyperlinks>" % p
    element = b"<%shyperlinks>%s%s" % (p, new, close)
    if links and element in tail:  # as after the last run: thousands of them needn't be looked at
        return tail
    tail = _filtered(tail, p, b"hyperlinks", b"hyperlink", _outside(table, but))
    if not links:
        return tail
    if close in tail:
        return tail.replace(close, new + close, 1)
    return xml_bytes.insert_child(tail, 0, len(tail), element, _AFTER_LINKS)


def is_filtered(tail: bytes, p: bytes, first: int, last: int) -> bool:
    """Whether the sheet's own filter (that of no Excel table) stands over some of these columns and lets only
    some rows through."""
    if b"<%sfilterColumn" % p not in tail:
        return False
    tail, _ = links_apart(tail, p)
    found = _filter_over(tail, p, first, last)
    return found is not None and any(xml_bytes.children(tail, found, b"filterColumn"))


def _filter_over(tail: bytes, p: bytes, first: int, last: int) -> xml_bytes.ElementSpan | None:
    for found in xml_bytes.pieces(tail, 0, len(tail)):
        if found.full == p + b"autoFilter":
            items = xml_bytes.attributes(tail[found.start : found.inner])
            place = area(xml_bytes.plain(items.get(b"ref", b"")))
            return found if place is None or place[0] <= last and first <= place[2] else None
    return None


def refiltered(tail: bytes, p: bytes, first: int, header: int, last: int, end: int) -> bytes:
    """A filter over the sheet itself (no Excel table) fits the new rows and hides none of them; one beside
    stays."""
    found = _filter_over(tail, p, first, last)
    if found is None:
        return tail
    tag = tail[found.start : found.inner]
    ref = _place((first, header, last, end))
    tag = xml_bytes.set_attribute(tag.removesuffix(b"/>").removesuffix(b">") + b"/>", b"ref", ref)
    tail = tail[: found.start] + tag + tail[found.end :]
    return xml_bytes.without(tail, p + b"sortState")


def dimension(head: bytes, p: bytes, bottom: int, right: int) -> bytes:
    """The head of a sheet whose used range reaches at least that row and column."""

    def grown(tag: bytes) -> bytes:
        item = area(xml_bytes.plain(xml_bytes.attributes(tag).get(b"ref", b"")))
        if item is None:
            return tag
        new = (item[0], item[1], max(item[2], right), max(item[3], bottom))
        return tag if new == item else xml_bytes.set_attribute(tag, b"ref", _place(new))

    return xml_bytes.retagged(head, grown, p + b"dimension")
