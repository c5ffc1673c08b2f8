"""The XML of one sheet as rows of raw cells.

Works on parts in plain form (``plain_form.checked``). A raw cell is (column, attributes, content)
as bytes; decoding is left to ``cell_values.Values``.
"""

import re
from collections.abc import Container, Iterator

from shikaku.ooxml import row_blocks, xml_bytes
from shikaku.ooxml.bare_rows import BareRows
from shikaku.ooxml.row_blocks import Block, BlockedRows, RawRow, blocks_of
from shikaku.ooxml.xml_bytes import BadMarkup


class SheetXml:
    """Where things stand in a worksheet part.

    p: the prefix of its elements; head and tail: the spans before and behind sheetData; body: the
    span of sheetData's content (empty when it is ``<sheetData/>``). blocked: its rows, where the gate has
    taken them apart; bare: where it needn't; only_rows: it has seen that nothing else stands there. Raises
    BadMarkup.
    """

    def __init__(
        self,
        data: bytes,
        blocked: BlockedRows | None = None,
        bare: BareRows | None = None,
        *,
        only_rows: bool = False,
    ):
        self.data = data
        self.bare = bare
        self._blocked = blocked
        self._only_rows = only_rows
        self.top = xml_bytes.root(data)
        self.p = xml_bytes.prefix(data)
        start, end = xml_bytes.inside(data, self.top)
        opening = re.compile(rb"<%ssheetData(?: [^>]*)?/?>" % self.p).search(data, start, end)
        if self.top.name != b"worksheet" or opening is None:
            raise BadMarkup
        self.head = (start, opening.start())
        closing = b"</%ssheetData>" % self.p
        if opening[0].endswith(b"/>"):
            self.body = (opening.end(), opening.end())
            self.tail = (opening.end(), end)
        else:
            close = data.rfind(closing, opening.end(), end)
            if close < 0:
                raise BadMarkup
            self.body = (opening.end(), close)
            self.tail = (close + len(closing), end)
        self.sheet_data = opening
        # The rows are those of the sheet itself: nothing around them is open, nor are there two.
        again = b"<%ssheetData" % self.p
        behind = self.tail[0] if only_rows else opening.end()
        if not xml_bytes.balanced(data, *self.head) or data.find(again, behind, end) >= 0:
            raise BadMarkup

    def row_spans(self) -> Iterator[tuple[int, int, int, int]]:
        """(Excel row, start, end of the start tag, end) of each ``<row>``, from the top down."""
        spans = row_blocks.adjoining_spans if self._only_rows else row_blocks.row_spans
        return spans(self.data, *self.body, self.p)

    def rows(self, but: Container[int] = ()) -> Iterator[RawRow]:
        """The rows that have at least one cell with content, ``but`` those with these numbers."""
        if self._blocked is None:
            return row_blocks.rows_one_by_one(self.data, *self.body, self.p, but)
        return (row for row in self._blocked if row.number not in but)

    def blocks(self) -> Iterator[Block]:
        """The same rows in blocks, with some that have no such cell."""
        return blocks_of(self.rows()) if self._blocked is None else self._blocked.blocks()

    def rows_upwards(self) -> Iterator[RawRow]:
        """The same from the last one up, none at once."""
        start, end = self.body
        opening = b'<%srow r="' % self.p
        while (at := self.data.rfind(opening, start, end)) >= 0:
            yield from row_blocks.rows_one_by_one(self.data, at, end, self.p)
            end = at

    def strings_used(self) -> set[int]:
        """The indexes of the shared strings that cells point to."""
        cell = re.compile(
            rb'<%sc [^>]*?(?<= t="s")[^>]*+(?<!/)>((?:[^<]++|<(?!/%sc>))*+)</%sc>' % ((self.p,) * 3)
        )
        value = re.compile(rb"<%sv>\s*(\d{1,9})\s*</%sv>" % (self.p, self.p))
        contents = set(cell.findall(self.data, *self.body))
        return {int(found[1]) for content in contents if (found := value.search(content))}

    def merged(self) -> list[str]:
        """The merged ranges, A1 style."""
        found: list[str] = []
        if self.data.find(b"<%smergeCells" % self.p, *self.tail) < 0:
            return found  # thousands of links needn't be looked at
        for outer in xml_bytes.pieces(self.data, *self.tail):
            if outer.full == self.p + b"mergeCells":
                for item in xml_bytes.children(self.data, outer, b"mergeCell"):
                    ref = xml_bytes.attributes(self.data[item.start : item.inner]).get(b"ref")
                    found.append(xml_bytes.plain(ref or b""))
        return found
