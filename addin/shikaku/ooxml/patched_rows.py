"""The rows of a sheet while it is changed: found where the part has them, taken apart, written back.

Most rows stay as they are. A row is taken apart only when more of it changes than a tag or a cell in its
place (``cell_tags``), and not when it is written whole (``renewed_rows``).
"""

import re
from collections.abc import Container, Iterator
from functools import cached_property
from itertools import chain, takewhile

from shikaku.ooxml import xml_bytes
from shikaku.ooxml.addresses import COLUMN_NUMBERS, LAST_ROW
from shikaku.ooxml.cell_tags import CellTags
from shikaku.ooxml.renewed_rows import RenewedRows
from shikaku.ooxml.row_blocks import RawRow, is_hidden, rows_one_by_one
from shikaku.ooxml.row_shapes import RowShape
from shikaku.ooxml.row_xml import PatchedRow
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.ooxml.sheet_stream import streamed


class PatchedRows:
    """A sheet's rows as they are now; ``result`` gives the new part."""

    def __init__(self, xml: SheetXml) -> None:
        self._xml = xml
        self._p = xml.p
        self._rows: dict[int, PatchedRow] = {}
        self._touched: set[int] = set()  # rows to be written; others were only looked at
        self._cell = re.compile(
            rb'<%sc r="([A-Z]{1,3})\d++"[^>]*+>(?:(?<=/>)|(?:[^<]++|<(?!/%sc>))*+</%sc>)'
            % (xml.p, xml.p, xml.p)
        )

    # Where the rows stand is found when one of them is asked for: many a sheet with marks stays as it is.
    @cached_property
    def spans(self) -> dict[int, tuple[int, int, int]]:
        """Excel row → where it starts in the file's part, its start tag ends, it ends."""
        return {number: (start, inner, end) for number, start, inner, end in self._xml.row_spans()}

    @cached_property
    def renewed(self) -> RenewedRows:
        """Rows written whole."""
        return RenewedRows(self._xml, self.spans)

    @cached_property
    def tags(self) -> CellTags:
        """New tags and cells in rows that are not taken apart."""
        return CellTags(self._xml, self.spans)

    def is_untouched(self) -> bool:
        """Whether no row has been asked for."""
        return "spans" not in self.__dict__

    # ---------------------------------------------------------------- one row

    def __contains__(self, number: int) -> bool:
        """Whether the sheet has an element for that row."""
        return number in self.spans or number in self._rows or number in self.renewed

    def row(self, number: int) -> PatchedRow | None:
        """A row taken apart, None when the sheet has none."""
        if number not in self._rows:
            if number in self.renewed:
                data = self.renewed.take(number)
                start, inner, end = 0, data.index(b">") + 1, len(data)
                self._touched.add(number)
            elif number in self.spans:
                data, (start, inner, end) = self._xml.data, self.spans[number]
                if number in self.tags:
                    data = self.tags.take(number)
                    start, inner, end = 0, inner - start, len(data)
                    self._touched.add(number)
            else:
                return None
            self._rows[number] = self._apart(data, start, inner, end)
        return self._rows[number]

    def _apart(self, data: bytes, start: int, inner: int, end: int) -> PatchedRow:
        tag, cells, at = data[start:inner], {}, inner
        if tag.endswith(b"/>"):
            tag = tag[:-2].rstrip() + b">"
            end = inner
        else:
            end -= len(b"</%srow>" % self._p)
        for match in self._cell.finditer(data, inner, end):
            cells[COLUMN_NUMBERS[match[1]]] = match[0]
            at = match.end()
        return PatchedRow(tag, cells, data[at:end].strip())

    def cells(self, number: int) -> dict[int, bytes]:
        """A row's cells by column, {} when the sheet has no such row."""
        found = self.row(number)
        return found.cells if found else {}

    def cell(self, row: int, column: int) -> bytes:
        """A cell as it stands, b"" when the sheet has none."""
        found = self.row(row)
        return found.cells.get(column, b"") if found else b""

    def is_apart(self, number: int) -> bool:
        """Whether a row has been taken apart."""
        return number in self._rows

    def as_it_was(self, number: int) -> bool:
        """Whether a row is the file's, or only has new tags in it."""
        return number in self.spans and number not in self._rows and number not in self.renewed

    def unchanged_from(self, top: int, most: int) -> int:
        """How many rows, one after the other from this one on, are the file's, byte for byte; at most so many."""
        there = takewhile(self.spans.__contains__, range(top, top + most))
        if self._rows or any(self.renewed) or any(self.tags):
            there = takewhile(self.as_in_the_file, there)
        return len([*there])

    def missing_from(self, top: int, most: int) -> int:
        """How many rows, one after the other from this one on, the sheet hasn't; at most so many."""
        return sum(1 for _ in takewhile(lambda row: row not in self, range(top, top + most)))

    def as_in_the_file(self, number: int) -> bool:
        """Whether a row is the file's, byte for byte."""
        return self.as_it_was(number) and number not in self.tags

    def shape(self, number: int) -> RowShape | None:
        """How a row is filled that nothing has been changed in; None for others."""
        if not self.as_in_the_file(number):
            return None
        return self.renewed.shapes.of(number)

    def filled_from(self, top: int, but: Container[int]) -> list[RawRow]:
        """The rows of the file from one on that have a cell with content, ``but`` those with these numbers."""
        if max(self.spans, default=0) < top:
            return []
        spans = [span for number, span in self.spans.items() if number >= top and number not in but]
        found = (rows_one_by_one(self._xml.data, start, end, self._p) for start, _, end in spans)
        return [*chain.from_iterable(found)]

    def filled_upwards(self, last: int, top: int) -> Iterator[RawRow]:
        """The same rows from one up to another, when they are asked for."""
        for number in sorted((n for n in self.spans if top <= n <= last), reverse=True):
            start, _, end = self.spans[number]
            yield from rows_one_by_one(self._xml.data, start, end, self._p)

    def hidden(self, top: int, last: int) -> set[int]:
        """The rows of the file from one to another that are hidden."""
        data, bare = self._xml.data, self._xml.bare
        if bare is not None and not any(b"hidden" in tag for tag in bare.tags):
            return set()
        if data.find(b"hidden", *self._xml.body) < 0:  # nearly always
            return set()
        return {
            number
            for number, (start, inner, _) in self.spans.items()
            if top <= number <= last
            and data.find(b"hidden", start, inner) >= 0
            and is_hidden(data[start:inner])
        }

    def has_spans(self, number: int) -> bool:
        """Whether a row of the file says from which column to which its cells reach."""
        return self.renewed.shapes.has_spans(number)

    def opened(self, number: int, kept: bytes = b"") -> PatchedRow:
        """A row to change. kept: attributes of one that isn't there yet. Raises BadMarkup beyond the
        sheet's last row."""
        if not 0 < number <= LAST_ROW:
            raise xml_bytes.BadMarkup
        self._touched.add(number)
        found = self.row(number)
        if found is None:
            tag = b'<%srow r="%d"%s>' % (self._p, number, kept)
            found = self._rows[number] = PatchedRow(tag, {}, b"")
        return found

    def extent(self) -> tuple[int, int]:
        """The last row and column with a cell in the rows that were changed."""
        if self.is_untouched():
            return 1, 1
        last = self.renewed.last_columns()
        last |= {n: max(cells) for n in self._touched if (cells := self._rows[n].cells)}
        last |= {number: self.tags.last_column(number) for number in self.tags}
        row, column = self.renewed.same
        return max(row, *last, 1), max(column, *last.values(), 1)

    # ---------------------------------------------------------------- the new part

    def _written(self, row: PatchedRow) -> bytes:
        tag = row.tag
        spans = xml_bytes.attributes(tag).get(b"spans", b"").split(b":") if row.grown else []
        if len(spans) == 2 and all(part.isdigit() for part in spans):
            low, high = int(spans[0]), int(spans[1])
            if min(row.cells) < low or max(row.cells) > high:
                wide = b"%d:%d" % (min(low, *row.cells), max(high, *row.cells))
                tag = xml_bytes.set_attribute(tag, b"spans", wide)
        inner = b"".join(row.cells[column] for column in sorted(row.cells)) + row.rest
        if not inner:
            return tag[:-1] + b"/>"
        return tag + inner + b"</%srow>" % self._p

    def result(self, head: bytes | None = None, tail: bytes | None = None) -> bytes:
        """The new part, with another head or tail where those are given."""
        return xml_bytes.splice(self._xml.data, self._edits(head, tail))

    def written(self, head: bytes | None, tail: bytes | None) -> tuple[bytes, bytes]:
        """``result``, and the same without the rows that nobody changed: these were checked when they
        were read, what else is to be written still has to be. Of a sheet that is new but for a few rows
        both are the same."""
        if head is None and tail is None and self.is_untouched():
            return self._xml.data, self._xml.data
        first, last = self._xml.body
        no_rows = first == self._xml.tail[0]  # ``<sheetData/>``
        changed = self._changed()
        if not no_rows and len(changed) > 4 * len(self.spans.keys() - changed):
            data = streamed(self._xml, self.spans, changed, self._row_now, head, tail)
            return data, data
        edits = self._edits(head, tail)
        if not edits:
            return self._xml.data, self._xml.data
        data = xml_bytes.splice(self._xml.data, edits)
        if no_rows:
            return data, data
        rows = sorted(edit for edit in edits if first <= edit[0] <= last)
        around = [edit for edit in edits if not first <= edit[0] <= last]
        new = b"".join(row for _, _, row in rows)
        return data, xml_bytes.splice(self._xml.data, [*around, (first, last, new)])

    def _changed(self) -> set[int]:
        """The rows that are new or no longer as the file has them."""
        return {*self._touched, *self.renewed, *self.tags}

    def _row_now(self, number: int) -> bytes:
        """A row of these as it is to be written."""
        if number in self.renewed:
            return self.renewed.row(number)
        if number in self.tags:
            return self.tags.row(number)
        return self._written(self._rows[number])

    def _edits(self, head: bytes | None, tail: bytes | None) -> list[tuple[int, int, bytes]]:
        changed = {number: self._row_now(number) for number in self._changed()}
        edits = [
            (start, end, new)
            for number, new in changed.items()
            if number in self.spans
            for start, _, end in [self.spans[number]]
            if self._xml.data[start:end] != new  # else fourteen megabytes are copied for nothing
        ]
        edits += self._insertions({n: new for n, new in changed.items() if n not in self.spans})
        if head is not None:
            edits.append((*self._xml.head, head))
        if tail is not None:
            edits.append((*self._xml.tail, tail))
        return edits

    def _insertions(self, new: dict[int, bytes]) -> list[tuple[int, int, bytes]]:
        """New rows, each before the next row of the sheet."""
        if new and self._xml.body[0] == self._xml.tail[0]:  # ``<sheetData/>`` has to be opened
            name = b"%ssheetData" % self._p
            rows = b"".join(new[number] for number in sorted(new))
            opening = self._xml.sheet_data
            return [(opening.start(), opening.end(), b"<%s>%s</%s>" % (name, rows, name))]
        places: dict[int, list[bytes]] = {}
        old = sorted(self.spans)
        at = 0
        for number in sorted(new):
            while at < len(old) and old[at] < number:
                at += 1
            place = self.spans[old[at]][0] if at < len(old) else self._xml.body[1]
            places.setdefault(place, []).append(new[number])
        return [(place, place, b"".join(rows)) for place, rows in places.items()]
