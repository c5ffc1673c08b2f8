"""Changes to one sheet's XML, cell by cell; everything that isn't named stays byte for byte."""

import re
from collections.abc import Collection, Container, Iterator, Sequence

from shikaku.model.tables import CellValue
from shikaku.ooxml import xml_bytes
from shikaku.ooxml.addresses import COLUMN_NUMBERS, column_letters
from shikaku.ooxml.cell_xml import content_of, formula_element, plain_contents, stored
from shikaku.ooxml.formula_shift import moved_down
from shikaku.ooxml.patched_rows import PatchedRows
from shikaku.ooxml.row_xml import (
    RowCells,
    RowSeries,
    behind_address,
    kept_of,
    restyled,
    style_of,
    with_height,
)
from shikaku.ooxml.sheet_data import SheetXml


class SheetPatch:
    """Collects changes to a sheet's cells; ``rows.result`` gives the new part.

    Rows and columns are Excel's numbers, styles are indexes in ``cellXfs``.
    """

    def __init__(self, xml: SheetXml, date1904: bool):
        self.xml = xml
        self.p = xml.p
        self.date1904 = date1904
        self.formulas_changed = False
        self.rows = PatchedRows(xml)
        self._columns = self._column_formats()
        self._column_styles: dict[int, int] = {}
        self._tags_of: frozenset[int] = frozenset()
        self._tags: list[bytes] = []
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

    def has_formulas(self) -> bool:
        """Whether a cell of the sheet had a formula."""
        if self.xml.bare is not None:
            return False
        return self.xml.data.find(b"<%sf" % self.p, *self.xml.body) >= 0

    def has_cell(self, row: int, column: int) -> bool:
        """Whether the sheet has an element for that cell."""
        return bool(self.rows.cell(row, column))

    def has_value(self, row: int, column: int) -> bool:
        """Whether there is anything in a cell but a look."""
        raw = self.rows.cell(row, column)
        return b"<%sv" % self.p in raw or b"<%sis" % self.p in raw

    def style(self, row: int, column: int) -> int:
        """The style a cell has, or would have if it were there (its row's, its column's)."""
        if self.rows.as_it_was(row):
            cell = self.rows.tags.find(row, column)
            if cell is not None:
                return style_of(cell[2])
            start, inner, _ = self.rows.spans[row]
            tag = self.xml.data[start:inner]
        elif raw := self.rows.renewed.cell_from(row, column):
            return style_of(raw)
        else:
            found = self.rows.row(row)
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
        match = self._formula.search(self.rows.cell(row, column))
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
            for number, (_, inner, end) in self.rows.spans.items()
            if pattern.search(self.xml.data, inner, end)
        ]
        for number in numbers:
            for column, raw in self.rows.cells(number).items():
                formula = self._formula.search(raw) if pattern.search(raw) else None
                if formula:
                    text = formula[1]
                    found.append((number, column, xml_bytes.plain(text) if text else None))
        return found

    def styled(self, styles: set[int]) -> list[tuple[int, int, int]]:
        """(row, column, style) of every cell that has one of these styles."""
        found, changed, rows = [], set(), self.rows
        address = re.compile(rb'<%sc r="([A-Z]{1,3})(\d++)"' % self.p)
        for tag in self._tags_with(styles):
            cell = address.match(tag)
            number = int(cell[2]) if cell else 0
            if cell and (rows.is_untouched() or rows.as_in_the_file(number)):
                found.append((number, COLUMN_NUMBERS[cell[1]], style_of(tag)))
            elif number:
                changed.add(number)
        cells = ((n, c, style_of(raw)) for n in changed for c, raw in rows.cells(n).items())
        return found + [(n, c, style) for n, c, style in cells if style in styles]

    def _tags_with(self, styles: Collection[int]) -> list[bytes]:
        """The start tags of the file's rows and cells that name one of these styles; cells and rows are asked for
        one after the other."""
        if self._tags_of != (wanted := frozenset(styles)):
            self._tags_of, self._tags = wanted, [*self._tags_naming(wanted)]
        return self._tags

    def _tags_naming(self, styles: Collection[int]) -> Iterator[bytes]:
        data, (start, end) = self.xml.data, self.xml.body
        named = b' s="(?:%s)"' % b"|".join(b"%d" % style for style in styles)
        for match in re.compile(named).finditer(data, start, end) if styles else ():
            opening = data.rfind(b"<", start, match.start())
            closing = data.index(b">", opening)
            if match.end() <= closing:  # no text that reads so
                yield data[opening : closing + 1]

    # ---------------------------------------------------------------- changing

    def put(self, row: int, column: int, value: CellValue, style: int | None = None) -> None:
        """Give a cell a value (None: none); its style stays unless another is named."""
        if style is None:
            style = self.style(row, column)
        content = content_of(value, self.p, self.date1904)
        if not self.rows.as_it_was(row) or not self._put_in_place(row, column, style, *content):
            self._release(row, column)
            self._set(row, column, behind_address(self.p, style, *content))

    def _put_in_place(
        self, row: int, column: int, style: int, kind: bytes | None, inner: bytes
    ) -> bool:
        """``put`` without taking the row apart; False where that can't be, and over a formula."""
        place = self.rows.tags.cell(row, column)
        if place is None or self.xml.data.find(b"<%sf" % self.p, *place) >= 0:
            return False
        opening = self.rows.tags.opening(row, column)[:-1]
        cell = opening + behind_address(self.p, style, kind, inner)
        self.rows.tags.put(row, column, *place, cell)
        return True

    def cell_opening(self, column: int) -> bytes:
        """What a cell begins with, up to the number in its address."""
        return b'<%sc r="%s' % (self.p, column_letters(column).encode())

    def row_closing(self) -> bytes:
        """What a row with cells ends with."""
        return b"</%srow>" % self.p

    def behind_addresses(
        self, values: Sequence[CellValue], style: int, behind: bytes = b""
    ) -> list[bytes]:
        """Cells with these values from the end of their address on. behind: what stands behind each."""
        many = plain_contents(values, self.p)
        if many is not None:
            start, end = behind_address(self.p, style, many.kind, b"\0").split(b"\0")
            return many.within(start, end + behind)
        contents = (content_of(value, self.p, self.date1904) for value in values)
        return [behind_address(self.p, style, *content) + behind for content in contents]

    def formula_behind_address(self, formula: str, cached: CellValue, style: int) -> bytes:
        """A cell with a formula and the value that it gave last, from the end of its address on."""
        self.formulas_changed = True
        kind, value = stored(cached, self.p, self.date1904)
        return behind_address(self.p, style, kind, formula_element(formula, self.p) + value)

    def put_new(self, row: int, like: int, cells: RowCells, points: float | None) -> None:
        """Make a row that isn't there yet, with the style of another and a height of its own or (None)
        the sheet's usual one."""
        pattern = self.rows.row(like)
        self.rows.renewed.put_new(row, kept_of(pattern.tag) if pattern else b"", cells, points)

    def put_series(self, top: int, like: int, rows: RowSeries) -> None:
        """``put_new`` for many rows one below the other, from this one on."""
        pattern = self.rows.row(like)
        self.rows.renewed.put_series(top, kept_of(pattern.tag) if pattern else b"", rows)

    def put_like(self, row: int, like: int, cells: RowCells) -> None:
        """Make a row that isn't there yet, with the height and style of another."""
        pattern = self.rows.row(like)
        self.rows.renewed.put_like(row, kept_of(pattern.tag) if pattern else b"", cells)

    def put_over(self, row: int, cells: RowCells, points: float | None) -> None:
        """Write a row anew that has a ``shape``, in the place of all its cells, with its style and a height
        of its own or (None) the sheet's usual one."""
        self.rows.renewed.put_over(row, cells, points)

    def stands(self, row: int, cells: RowCells, points: float | None) -> bool:
        """Whether a row that nothing has been changed in is there just so."""
        return self.rows.as_in_the_file(row) and self.rows.renewed.stands(row, cells, points)

    def standing(self, top: int, rows: RowSeries) -> int:
        """How many of these rows, from the first on, are there just so with nothing changed in them."""
        count = self.rows.unchanged_from(top, len(rows.points))
        return self.rows.renewed.standing(top, rows.first(count)) if count else 0

    def put_formula(
        self, row: int, column: int, formula: str, cached: CellValue, style: int
    ) -> None:
        """Give a cell a formula (without ``=``) and the value that it had when it was computed."""
        self._release(row, column)
        self._set(row, column, self.formula_behind_address(formula, cached, style))

    def put_cached(self, row: int, column: int, value: CellValue) -> bool:
        """Renew a formula's stored value; False when the cell has no formula."""
        raw = self.rows.cell(row, column)
        found = self._formula.search(raw)
        if found is None:
            return False
        kind, content = stored(value, self.p, self.date1904)
        self._set(row, column, behind_address(self.p, style_of(raw), kind, found[0] + content))
        return True

    def forget_results(
        self, row: int | None, columns: Container[int] | None, but: Container[int] = ()
    ) -> None:
        """Take away what formulas gave last: of a row or (None) of all ``but`` some, in some columns
        or (None) in any."""
        data = self.xml.data
        for number in [row] if row else list(self.rows.spans):
            if number in but:
                continue
            if self.rows.as_it_was(number) and self.rows.tags.forget_results(number, columns):
                continue
            _, inner, end = self.rows.spans.get(number, (0, 0, 0))
            if not self.rows.is_apart(number) and not self._formula.search(data, inner, end):
                continue
            for column, raw in list(self.rows.cells(number).items()):
                if (columns is None or column in columns) and b"<%sv" % self.p in raw:
                    self.put_cached(number, column, None)

    def restyle(self, row: int, column: int, style: int) -> None:
        """Change a cell's look and nothing else; an empty cell is made for it when needed."""
        if self.rows.as_it_was(row) and self._retag(row, column, style):
            return
        found = self.rows.opened(row)
        if column in found.cells:
            raw = found.cells[column]
            at = raw.index(b">") + 1
            found.cells[column] = restyled(raw[:at], style) + raw[at:]
        else:
            self._set(row, column, behind_address(self.p, style, None, b""))

    def _retag(self, row: int, column: int, style: int) -> bool:
        """``restyle`` without taking the row apart; False where that can't be."""
        if found := self.rows.tags.find(row, column):
            start, to, old = found
            at = old.index(b">") + 1
            self.rows.tags.put(row, column, start, to, restyled(old[:at], style) + old[at:])
        elif (gap := self.rows.tags.gap(row, column)) is not None:
            opening = self.rows.tags.opening(row, column)[:-1]
            tag = opening + behind_address(self.p, style, None, b"")
            self.rows.tags.put(row, column, gap, gap, tag)
        else:
            return False
        return True

    def restyle_lines(self, styles: dict[int, int]) -> bytes | None:
        """Replace styles of whole rows; gives the head with whole columns restyled, or None."""
        line = re.compile(rb'<%srow r="(\d++)"' % self.p)
        for tag in self._tags_with(styles):
            if found := line.match(tag):
                row = self.rows.opened(int(found[1]))
                new = b"%d" % styles[style_of(tag)]
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
        if row in self.rows:
            found = self.rows.opened(row)
            found.tag = xml_bytes.set_attribute(found.tag, b"hidden", None)
            return
        pattern = self.rows.row(like)
        self.rows.opened(row, kept_of(pattern.tag) if pattern else b"")

    def set_height(self, row: int, points: float | None) -> None:
        """Show a row at a height of its own, or (None) at the sheet's usual one."""
        found = self.rows.opened(row)
        found.tag = with_height(found.tag, points)

    def copy_height(self, row: int, source: "SheetPatch", like: int) -> None:
        """Give a row the height that a row of another sheet has."""
        found = source.rows.row(like)
        height = xml_bytes.attributes(found.tag).get(b"ht") if found else None
        self.set_height(row, float(height) if height else None)

    def move_cell(self, row: int, column: int, to_row: int) -> None:
        """Move a cell down as it is, formula and all."""
        raw = self.rows.cell(row, column)
        if raw:
            source, target = self.rows.opened(row), self.rows.opened(to_row)
            tag = raw[: raw.index(b">") + 1]
            place = column_letters(column).encode() + b"%d" % to_row
            target.grown = True
            target.cells[column] = xml_bytes.set_attribute(tag, b"r", place) + raw[len(tag) :]
            del source.cells[column]
            self.formulas_changed = self.formulas_changed or b"<%sf" % self.p in raw

    def _set(self, row: int, column: int, behind: bytes) -> None:
        """Give a row taken apart a cell. behind: what it is from the end of its address on."""
        found = self.rows.opened(row)
        found.grown = found.grown or column not in found.cells
        found.cells[column] = b"%s%d%s" % (self.cell_opening(column), row, behind)

    def _release(self, row: int, column: int) -> None:
        """Prepare for overwriting a formula: cells that share it get their own copy first."""
        match = self._formula.search(self.rows.cell(row, column))
        if match is None:
            return
        self.formulas_changed = True
        items = xml_bytes.attributes(xml_bytes.start_tag(match[0]))
        if items.get(b"t") != b"shared" or not match[1]:
            return
        text = xml_bytes.plain(match[1])
        for number, other, own in self._shared(items.get(b"si", b"")):
            if own is None and (number, other) != (row, column):
                element = formula_element(moved_down(text, number - row), self.p)
                cells = self.rows.opened(number).cells
                old = self._formula.search(cells[other])
                if old:
                    at, end = old.span()
                    cells[other] = cells[other][:at] + element + cells[other][end:]
