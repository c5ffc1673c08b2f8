"""Changes to one sheet's XML, cell by cell; everything that isn't named stays byte for byte."""

import re
from bisect import bisect_left
from collections.abc import Container, Iterable, Sequence

from shikaku.model.tables import CellValue
from shikaku.ooxml import xml_bytes
from shikaku.ooxml.addresses import LAST_ROW, column_letters
from shikaku.ooxml.cell_tags import CellTags
from shikaku.ooxml.cell_xml import content_of, stored
from shikaku.ooxml.formula_shift import moved_down
from shikaku.ooxml.renewed_rows import RenewedRows
from shikaku.ooxml.row_blocks import COLUMN_NUMBERS
from shikaku.ooxml.row_shapes import RowShape
from shikaku.ooxml.row_xml import (
    STYLE,
    NewCell,
    PatchedRow,
    behind_address,
    kept_of,
    restyled,
    style_of,
    with_height,
)
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.ooxml.sheet_stream import streamed


class SheetPatch:
    """Collects changes to a sheet; ``result`` gives the new part.

    Rows and columns are Excel's numbers, styles are indexes in ``cellXfs``.
    """

    def __init__(self, xml: SheetXml, date1904: bool):
        self.xml = xml
        self.p = xml.p
        self.date1904 = date1904
        self.formulas_changed = False
        self._spans = {number: span for number, *span in xml.row_spans()}
        self._rows: dict[int, PatchedRow] = {}
        self._touched: set[int] = set()  # rows to be written; others were only looked at
        self._renewed = RenewedRows(xml, self._spans)
        self._tags = CellTags(xml, self._spans)  # of rows that are not taken apart
        self._columns = self._column_formats()
        self._column_styles: dict[int, int] = {}
        self._cell = re.compile(
            rb'<%sc r="([A-Z]{1,3})\d++"[^>]*+>(?:(?<=/>)|.*?</%sc>)' % (self.p, self.p), re.DOTALL
        )
        self._formula = re.compile(rb"<%sf(?:\s[^>]*)?(?:/>|>([^<]*)</%sf>)" % (self.p, self.p))

    # ---------------------------------------------------------------- looking

    def _column_formats(self) -> list[tuple[int, int, int, float | None]]:
        """(first, last, style, width) of the runs of columns that have a format."""
        found = []
        head = self.xml.data[slice(*self.xml.head)]
        for span in xml_bytes.named(head, self.p + b"col"):
            items = xml_bytes.attributes(head[span.start : span.inner])
            try:
                width = float(items[b"width"]) if b"width" in items else None
                style = int(items.get(b"style", b"0"))
                found.append((int(items[b"min"]), int(items[b"max"]), style, width))
            except (KeyError, ValueError):
                raise xml_bytes.BadMarkup from None
        return found

    def width(self, column: int) -> float:
        """A column's width in characters of the workbook's usual font."""
        widths = (w for first, last, _, w in self._columns if w and first <= column <= last)
        return next(widths, 8.43)

    def _row(self, number: int) -> PatchedRow | None:
        """A row taken apart, None when the sheet has none."""
        if number not in self._rows:
            if number in self._renewed:
                data = self._renewed.take(number)
                start, inner, end = 0, data.index(b">") + 1, len(data)
                self._touched.add(number)
            elif number in self._spans:
                data, (start, inner, end) = self.xml.data, self._spans[number]
                if number in self._tags:
                    data = self._tags.take(number)
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
            end -= len(b"</%srow>" % self.p)
        for match in self._cell.finditer(data, inner, end):
            cells[COLUMN_NUMBERS[match[1]]] = match[0]
            at = match.end()
        return PatchedRow(tag, cells, data[at:end].strip())

    def _cells(self, number: int) -> dict[int, bytes]:
        found = self._row(number)
        return found.cells if found else {}

    def _as_it_was(self, number: int) -> bool:
        """Whether a row is the file's, or only has new tags in it."""
        return number in self._spans and number not in self._rows and number not in self._renewed

    def shape(self, number: int) -> RowShape | None:
        """How a row is filled that nothing has been changed in; None for others."""
        if not self._as_it_was(number) or number in self._tags:
            return None
        return self._renewed.shapes.of(number)

    def has_spans(self, number: int) -> bool:
        """Whether a row of the file says from which column to which its cells reach."""
        return self._renewed.shapes.has_spans(number)

    def has_formulas(self) -> bool:
        """Whether a cell of the sheet had a formula."""
        return self.xml.data.find(b"<%sf" % self.p, *self.xml.body) >= 0

    def has_row(self, number: int) -> bool:
        """Whether the sheet has an element for that row."""
        return number in self._spans or number in self._rows or number in self._renewed

    def has_cell(self, row: int, column: int) -> bool:
        """Whether the sheet has an element for that cell."""
        return bool(self._raw(row, column))

    def has_value(self, row: int, column: int) -> bool:
        """Whether there is anything in a cell but a look."""
        raw = self._raw(row, column)
        return b"<%sv" % self.p in raw or b"<%sis" % self.p in raw

    def extent(self) -> tuple[int, int]:
        """The last row and column with a cell in the rows that were changed."""
        last = self._renewed.last_columns()
        last |= {n: max(cells) for n in self._touched if (cells := self._rows[n].cells)}
        last |= {number: self._tags.last_column(number) for number in self._tags}
        row, column = self._renewed.same
        return max(row, *last, 1), max(column, *last.values(), 1)

    def style(self, row: int, column: int) -> int:
        """The style a cell has, or would have if it were there (its row's, its column's)."""
        if self._as_it_was(row):
            cell = self._tags.find(row, column)
            if cell is not None:
                return style_of(cell[2])
            start, inner, _ = self._spans[row]
            tag = self.xml.data[start:inner]
        else:
            found = self._row(row)
            if found is not None and column in found.cells:
                return style_of(found.cells[column])
            tag = found.tag if found is not None else b""
        if b'customFormat="1"' in tag:
            return style_of(tag)
        if column not in self._column_styles:
            runs = (s for first, last, s, _ in self._columns if first <= column <= last)
            self._column_styles[column] = next(runs, 0)
        return self._column_styles[column]

    def formula(self, row: int, column: int) -> str | None:
        """A cell's formula without ``=``, a shared one spelt out; None when it has none."""
        found = self._row(row)
        raw = found.cells.get(column) if found else None
        match = self._formula.search(raw) if raw else None
        if match is None:
            return None
        if match[1]:
            return xml_bytes.plain(match[1])
        items = xml_bytes.attributes(match[0])
        if items.get(b"t") != b"shared":
            return None
        for number, _, text in self._shared(items.get(b"si", b"")):
            if text is not None:
                return moved_down(text, row - number)
        return None

    def _shared(self, si: bytes) -> list[tuple[int, int, str | None]]:
        """(row, column, formula or None) of the cells of a shared formula."""
        pattern = re.compile(
            rb'<%sf\s(?=[^>]*t="shared")(?=[^>]*si="%s")' % (self.p, re.escape(si))
        )
        found = []
        numbers = [
            number
            for number, (_, inner, end) in self._spans.items()
            if pattern.search(self.xml.data, inner, end)
        ]
        for number in numbers:
            for column, raw in self._cells(number).items():
                formula = self._formula.search(raw) if pattern.search(raw) else None
                if formula:
                    text = formula[1]
                    found.append((number, column, xml_bytes.plain(text) if text else None))
        return found

    def styled(self, styles: set[int]) -> list[tuple[int, int, int]]:
        """(row, column, style) of every cell that has one of these styles."""
        named = b' s="(?:%s)"' % b"|".join(b"%d" % style for style in styles)
        places = [match.start() for match in re.finditer(named, self.xml.data)] if styles else []
        found, at = [], 0
        for number, (_, inner, end) in self._spans.items():
            at = bisect_left(places, inner, at)
            if at == len(places):
                break
            if places[at] >= end:
                continue
            behind = bisect_left(places, end, at)
            for column, raw in self._at(number, places[at:behind]):
                if (style := style_of(raw)) in styles:
                    found.append((number, column, style))
        return found

    def _at(self, number: int, places: Sequence[int]) -> Iterable[tuple[int, bytes]]:
        """(column, cell or its start tag) of a row's cells, of one that needn't be taken apart those at these
        places of the part alone."""
        if not self._as_it_was(number) or number in self._tags or not self._tags.in_order(number):
            return self._cells(number).items()
        return self._tags.at(number, places)

    # ---------------------------------------------------------------- changing

    def put(self, row: int, column: int, value: CellValue, style: int | None = None) -> None:
        """Give a cell a value (None: none); its style stays unless another is named."""
        if style is None:
            style = self.style(row, column)
        content = content_of(value, self.p, self.date1904)
        if not self._as_it_was(row) or not self._put_in_place(row, column, style, *content):
            self._release(row, column)
            self._set(row, column, style, *content)

    def _put_in_place(
        self, row: int, column: int, style: int, kind: bytes | None, inner: bytes
    ) -> bool:
        """``put`` without taking the row apart; False where that can't be, and over a formula."""
        place = self._tags.cell(row, column)
        if place is None or self.xml.data.find(b"<%sf" % self.p, *place) >= 0:
            return False
        opening = self._tags.opening(row, column)[:-1]
        cell = opening + behind_address(self.p, style, kind, inner)
        self._tags.put(row, column, *place, cell)
        return True

    def new_cell(self, column: int, value: CellValue, style: int) -> NewCell:
        """A cell for ``put_new``; the same for every row."""
        kind, inner = content_of(value, self.p, self.date1904)
        opening = b'<%sc r="%s' % (self.p, column_letters(column).encode())
        return NewCell(column, opening, behind_address(self.p, style, kind, inner))

    def put_new(self, row: int, like: int, cells: Sequence[NewCell], points: float | None) -> None:
        """Make a row that isn't there yet, with the style of another and a height of its own or (None)
        the sheet's usual one. cells: from the left."""
        pattern = self._row(like)
        self._renewed.put_new(row, kept_of(pattern.tag) if pattern else b"", cells, points)

    def put_over(self, row: int, cells: Sequence[NewCell], points: float | None) -> None:
        """Write a row anew that has a ``shape``, in the place of all its cells, with its style and a height
        of its own or (None) the sheet's usual one. cells: from the left."""
        self._renewed.put_over(row, cells, points)

    def put_formula(
        self, row: int, column: int, formula: str, cached: CellValue, style: int
    ) -> None:
        """Give a cell a formula (without ``=``) and the value that it had when it was computed."""
        self._release(row, column)
        self.formulas_changed = True
        inner = b"<%sf>%s</%sf>" % (self.p, xml_bytes.escape(formula), self.p)
        kind, value = stored(cached, self.p, self.date1904)
        self._set(row, column, style, kind, inner + value)

    def put_cached(self, row: int, column: int, value: CellValue) -> bool:
        """Renew a formula's stored value; False when the cell has no formula."""
        raw = self._raw(row, column)
        found = self._formula.search(raw)
        if found is None:
            return False
        kind, content = stored(value, self.p, self.date1904)
        self._set(row, column, style_of(raw), kind, found[0] + content)
        return True

    def forget_results(
        self, row: int | None, columns: Container[int] | None, but: Container[int] = ()
    ) -> None:
        """Take away what formulas gave last: of a row or (None) of all ``but`` some, in some columns
        or (None) in any."""
        data = self.xml.data
        for number in [row] if row else list(self._spans):
            if number in but:
                continue
            _, inner, end = self._spans.get(number, (0, 0, 0))
            if number not in self._rows and not self._formula.search(data, inner, end):
                continue
            found = self._row(number)
            for column, raw in list(found.cells.items()) if found else ():
                if (columns is None or column in columns) and b"<%sv" % self.p in raw:
                    self.put_cached(number, column, None)

    def restyle(self, row: int, column: int, style: int) -> None:
        """Change a cell's look and nothing else; an empty cell is made for it when needed."""
        if self._as_it_was(row) and self._retag(row, column, style):
            return
        found = self._opened(row)
        if column in found.cells:
            raw = found.cells[column]
            at = raw.index(b">") + 1
            found.cells[column] = restyled(raw[:at], style) + raw[at:]
        else:
            self._set(row, column, style, None, b"")

    def _retag(self, row: int, column: int, style: int) -> bool:
        """``restyle`` without taking the row apart; False where that can't be."""
        if found := self._tags.find(row, column):
            start, to, old = found
            at = old.index(b">") + 1
            self._tags.put(row, column, start, to, restyled(old[:at], style) + old[at:])
        elif (gap := self._tags.gap(row, column)) is not None:
            opening = self._tags.opening(row, column)[:-1]
            tag = opening + behind_address(self.p, style, None, b"")
            self._tags.put(row, column, gap, gap, tag)
        else:
            return False
        return True

    def restyle_lines(self, styles: dict[int, int]) -> bytes | None:
        """Replace styles of whole rows; gives the head with whole columns restyled, or None."""
        for number, (start, inner, _) in self._spans.items():
            found = STYLE.search(self.xml.data, start, inner)
            if found and int(found[1]) in styles:
                row = self._opened(number)
                new = b"%d" % styles[int(found[1])]
                row.tag = xml_bytes.set_attribute(row.tag, b"s", new)
        head = self.xml.data[slice(*self.xml.head)]

        def column(tag: bytes) -> bytes:
            style = xml_bytes.whole(xml_bytes.attributes(tag).get(b"style", b"0"))
            if style not in styles:
                return tag
            return xml_bytes.set_attribute(tag, b"style", b"%d" % styles[style])

        new_head = xml_bytes.retagged(head, column, self.p + b"col")
        return new_head if new_head != head else None

    def open_row(self, row: int, like: int) -> None:
        """Make a row, with the height and style of another, or show it when it is hidden."""
        if self.has_row(row):
            found = self._opened(row)
            found.tag = xml_bytes.set_attribute(found.tag, b"hidden", None)
            return
        pattern = self._row(like)
        kept = kept_of(pattern.tag) if pattern else b""
        self._rows[row] = PatchedRow(b'<%srow r="%d"%s>' % (self.p, row, kept), {}, b"")
        self._touched.add(row)

    def set_height(self, row: int, points: float | None) -> None:
        """Show a row at a height of its own, or (None) at the sheet's usual one."""
        found = self._opened(row)
        found.tag = with_height(found.tag, points)

    def copy_height(self, row: int, source: "SheetPatch", like: int) -> None:
        """Give a row the height that a row of another sheet has."""
        found = source._row(like)
        height = xml_bytes.attributes(found.tag).get(b"ht") if found else None
        self.set_height(row, float(height) if height else None)

    def move_cell(self, row: int, column: int, to_row: int) -> None:
        """Move a cell down as it is, formula and all."""
        raw = self._raw(row, column)
        if raw:
            source, target = self._opened(row), self._opened(to_row)
            tag = raw[: raw.index(b">") + 1]
            place = column_letters(column).encode() + b"%d" % to_row
            target.grown = True
            target.cells[column] = xml_bytes.set_attribute(tag, b"r", place) + raw[len(tag) :]
            del source.cells[column]
            self.formulas_changed = self.formulas_changed or b"<%sf" % self.p in raw

    # ---------------------------------------------------------------- writing

    def _raw(self, row: int, column: int) -> bytes:
        found = self._row(row)
        return found.cells.get(column, b"") if found else b""

    def _opened(self, row: int) -> PatchedRow:
        """A row to change. Raises BadMarkup beyond the sheet's last row."""
        if not 0 < row <= LAST_ROW:
            raise xml_bytes.BadMarkup
        self._touched.add(row)
        found = self._row(row)
        if found is None:
            found = self._rows[row] = PatchedRow(b'<%srow r="%d">' % (self.p, row), {}, b"")
        return found

    def _set(self, row: int, column: int, style: int, kind: bytes | None, inner: bytes) -> None:
        found = self._opened(row)
        place = column_letters(column).encode() + b"%d" % row
        found.grown = found.grown or column not in found.cells
        behind = behind_address(self.p, style, kind, inner)
        found.cells[column] = b'<%sc r="%s%s' % (self.p, place, behind)

    def _release(self, row: int, column: int) -> None:
        """Prepare for overwriting a formula: cells that share it get their own copy first."""
        raw = self._raw(row, column)
        match = self._formula.search(raw) if raw else None
        if match is None:
            return
        self.formulas_changed = True
        items = xml_bytes.attributes(match[0])
        if items.get(b"t") != b"shared" or not match[1]:
            return
        text = xml_bytes.plain(match[1])
        for number, other, own in self._shared(items.get(b"si", b"")):
            if own is None and (number, other) != (row, column):
                copy = xml_bytes.escape(moved_down(text, number - row))
                element = b"<%sf>%s</%sf>" % (self.p, copy, self.p)
                cells = self._opened(number).cells
                old = self._formula.search(cells[other])
                if old:
                    at, end = old.span()
                    cells[other] = cells[other][:at] + element + cells[other][end:]

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
        return tag + inner + b"</%srow>" % self.p

    def result(self, head: bytes | None = None, tail: bytes | None = None) -> bytes:
        """The new part, with another head or tail where those are given."""
        return xml_bytes.splice(self.xml.data, self._edits(head, tail))

    def written(self, head: bytes | None, tail: bytes | None) -> tuple[bytes, bytes]:
        """``result``, and the same without the rows that nobody changed: these were checked when they
        were read, what else is to be written still has to be. Of a sheet that is new but for a few rows
        both are the same."""
        first, last = self.xml.body
        no_rows = first == self.xml.tail[0]  # ``<sheetData/>``
        changed = self._changed()
        if not no_rows and len(changed) > 4 * len(self._spans.keys() - changed):
            data = streamed(self.xml, self._spans, changed, self._now, head, tail)
            return data, data
        edits = self._edits(head, tail)
        data = xml_bytes.splice(self.xml.data, edits)
        if no_rows:
            return data, data
        rows = sorted(edit for edit in edits if first <= edit[0] <= last)
        around = [edit for edit in edits if not first <= edit[0] <= last]
        new = b"".join(row for _, _, row in rows)
        return data, xml_bytes.splice(self.xml.data, [*around, (first, last, new)])

    def _changed(self) -> set[int]:
        """The rows that are new or no longer as the file has them."""
        return {*self._touched, *(number for number, _ in self._renewed.items()), *self._tags}

    def _now(self, number: int) -> bytes:
        """A row of these as it is to be written."""
        if number in self._renewed:
            return self._renewed.row(number)
        if number in self._tags:
            return self._tags.row(number)
        return self._written(self._rows[number])

    def _edits(self, head: bytes | None, tail: bytes | None) -> list[tuple[int, int, bytes]]:
        changed = {number: self._now(number) for number in self._changed()}
        edits = [
            (self._spans[number][0], self._spans[number][2], new)
            for number, new in changed.items()
            if number in self._spans
        ]
        edits += self._insertions({n: new for n, new in changed.items() if n not in self._spans})
        if head is not None:
            edits.append((*self.xml.head, head))
        if tail is not None:
            edits.append((*self.xml.tail, tail))
        return edits

    def _insertions(self, new: dict[int, bytes]) -> list[tuple[int, int, bytes]]:
        """New rows, each before the next row of the sheet."""
        if new and self.xml.body[0] == self.xml.tail[0]:  # ``<sheetData/>`` has to be opened
            name = b"%ssheetData" % self.p
            rows = b"".join(new[number] for number in sorted(new))
            opening = self.xml.sheet_data
            return [(opening.start(), opening.end(), b"<%s>%s</%s>" % (name, rows, name))]
        places: dict[int, list[bytes]] = {}
        old = sorted(self._spans)
        at = 0
        for number in sorted(new):
            while at < len(old) and old[at] < number:
                at += 1
            place = self._spans[old[at]][0] if at < len(old) else self.xml.body[1]
            places.setdefault(place, []).append(new[number])
        return [(place, place, b"".join(rows)) for place, rows in places.items()]
