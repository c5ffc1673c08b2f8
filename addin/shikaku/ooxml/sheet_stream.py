"""A sheet that is new but for a few rows, written row after row: thousands of rows with their formulas
are in memory twice, as they are kept and as they are written, and not once more for each step."""

import io
from collections.abc import Callable, Collection, Mapping, Sequence

from shikaku.ooxml.sheet_data import SheetXml


def streamed(
    xml: SheetXml,
    spans: Mapping[int, Sequence[int]],
    changed: Collection[int],
    row: Callable[[int], bytes],
    head: bytes | None,
    tail: bytes | None,
) -> bytes:
    """The part as it will be. spans: of each row of the file where it starts, its start tag ends, it
    ends, from the top; changed: the rows that are new, or no longer as the file has them; row: what one
    of these is now; head, tail: None for the file's own. A new row stands before the next one of the
    file. The sheet has rows or room for them: no ``<sheetData/>``."""
    data, out = memoryview(xml.data), io.BytesIO()
    (start, at), (_, last) = xml.head, xml.body
    out.write(data[:start])
    out.write(data[start:at] if head is None else head)
    new = iter(sorted(number for number in changed if number not in spans))
    waiting = next(new, None)
    for number, (start, _, end) in spans.items():
        out.write(data[at:start])
        while waiting is not None and waiting < number:
            out.write(row(waiting))
            waiting = next(new, None)
        out.write(row(number) if number in changed else data[start:end])
        at = end
    out.write(data[at:last])
    while waiting is not None:
        out.write(row(waiting))
        waiting = next(new, None)
    start, end = xml.tail
    out.write(data[last:start])
    out.write(data[start:end] if tail is None else tail)
    out.write(data[end:])
    return out.getvalue()
