"""A sheet's conditional formats and validations: the form's own of old go, those of now come.

The form's own are known again by their looks (no one else's colours are ours) and by the title of
their message (a heading). Rules that users made stay, and go first.
"""

from collections.abc import Callable, Iterator

from shikaku.model.schema import Column
from shikaku.ooxml import xml_bytes
from shikaku.ooxml.addresses import area, area_text
from shikaku.ooxml.formula_shift import moved_down
from shikaku.ooxml.style_transfer import StyleTransfer, colours_and_format

_BEFORE_FORMATS = frozenset(
    b"dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks "
    b"customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF "
    b"drawingHF picture oleObjects controls webPublishItems tableParts extLst".split()
)


class Rules:
    """Rules of the present form moved to somebody's sheet.

    rows: how many rows further down the sheet's heading is; end: the last row that rules reach at
    least; p: the sheet's prefix; columns: Excel column → the form's column, those of ours alone.
    """

    def __init__(
        self, transfer: StyleTransfer, columns: dict[int, Column], rows: int, end: int, p: bytes
    ):
        self.transfer, self.columns, self.rows, self.end, self.p = transfer, columns, rows, end, p

    # ---------------------------------------------------------------- conditional formats

    def formatted(self, tail: bytes, present: bytes) -> bytes:
        """The tail with the form's conditional formats; present: the tail of the form's sheet."""
        looks = {
            colours_and_format(self.transfer.source.element(b"dxfs", _number(rule, b"dxfId")))
            for block in _blocks(present, b"")
            for rule in _rules(present, block)
            if b"dxfId" in _attributes(rule)
        }

        def strange(rule: bytes) -> bool:
            found = _attributes(rule)
            if b"dxfId" not in found or found.get(b"type") != b"expression":
                return True
            difference = self.transfer.target.element(b"dxfs", _number(rule, b"dxfId"))
            return colours_and_format(difference) not in looks

        tail = self._without(tail, strange)
        kept = xml_bytes.within(tail, lambda full: full.rpartition(b":")[2] == b"cfRule")
        ranks = (_number(tail[rule.start : rule.end], b"priority") for rule in kept)
        first = max(ranks, default=0)
        blocks = b"".join(self._blocks(present, first))
        return xml_bytes.insert_child(tail, 0, len(tail), blocks, _BEFORE_FORMATS)

    def _without(self, tail: bytes, keep: Callable[[bytes], bool]) -> bytes:
        edits = []
        for block in _blocks(tail, self.p):
            rules = list(xml_bytes.children(tail, block, b"cfRule"))
            gone = [one for one in rules if not keep(tail[one.start : one.end])]
            if gone and len(gone) == len(rules):
                edits.append((block.start, block.end, b""))
            else:
                edits += [(one.start, one.end, b"") for one in gone]
        return xml_bytes.splice(tail, edits)

    def _blocks(self, present: bytes, first: int) -> Iterator[bytes]:
        for block in _blocks(present, b""):
            place = self._place(_attributes(present[block.start : block.end]).get(b"sqref", b""))
            if place is None:
                continue
            rules = b"".join(self._rule(rule, first) for rule in _rules(present, block))
            yield xml_bytes.prefixed(
                b'<conditionalFormatting sqref="%s">%s</conditionalFormatting>' % (place, rules),
                self.p,
            )

    def _rule(self, rule: bytes, first: int) -> bytes:
        tag = xml_bytes.start_tag(rule)
        new = tag
        if b"dxfId" in _attributes(rule):
            look = self.transfer.difference(_number(rule, b"dxfId"))
            new = xml_bytes.set_attribute(new, b"dxfId", b"%d" % look)
        new = xml_bytes.set_attribute(
            new, b"priority", b"%d" % (_number(rule, b"priority") + first)
        )
        return self._moved(new + rule[len(tag) :])

    # ---------------------------------------------------------------- validations

    def validated(self, tail: bytes, present: bytes) -> bytes:
        """The tail with the form's validations; present: the tail of the form's sheet."""
        p = self.p
        found = _list(tail, p)
        kept = [] if found is None else [x for x in _items(tail, found) if not self._ours(x)]
        taken = {
            column
            for item in kept
            for part in _attributes(item).get(b"sqref", b"").split()
            if (place := area(xml_bytes.plain(part)))
            for column in range(place[0], place[2] + 1)
        }
        new = []
        theirs = _list(present, b"")
        for item in _items(present, theirs) if theirs is not None else ():
            reach = area(xml_bytes.plain(_attributes(item).get(b"sqref", b"")))
            new_place = self._free_place(reach, taken)
            if new_place:
                new.append(self._placed(item, new_place))
        items = kept + new
        element = b'<%sdataValidations count="%d">%s</%sdataValidations>' % (
            p,
            len(items),
            b"".join(items),
            p,
        )
        if found is not None:
            return tail[: found.start] + (element if items else b"") + tail[found.end :]
        if not items:
            return tail
        later = _BEFORE_FORMATS - {b"dataValidations"}
        return xml_bytes.insert_child(tail, 0, len(tail), element, later)

    def added(self, tail: bytes, items: list[bytes]) -> bytes:
        """The tail with some of the form's validations behind its own."""
        p, new = self.p, []
        for item in items:
            place = self._place(_attributes(item).get(b"sqref", b""))
            if place is not None:
                new.append(self._placed(item, place))
        outer = _list(tail, p)
        if not new:
            return tail
        if outer is None:
            whole = b'<%sdataValidations count="%d">%s</%sdataValidations>'
            element = whole % (p, len(new), b"".join(new), p)
            later = _BEFORE_FORMATS - {b"dataValidations"}
            return xml_bytes.insert_child(tail, 0, len(tail), element, later)
        items = [*_items(tail, outer), *new]
        tag = xml_bytes.set_attribute(tail[outer.start : outer.inner], b"count", b"%d" % len(items))
        tag = tag.removesuffix(b"/>") + b">" if tag.endswith(b"/>") else tag
        whole = tag + b"".join(items) + b"</%sdataValidations>" % p
        return tail[: outer.start] + whole + tail[outer.end :]

    def _free_place(self, found: tuple[int, int, int, int] | None, taken: set[int]) -> bytes | None:
        """Where a rule of the new form goes; None where the column has one of the user's."""
        if found is None or found[0] in taken:
            return None
        return self._place(area_text(found).encode())

    def _placed(self, item: bytes, place: bytes) -> bytes:
        """One of the form's validations, without prefix, as it reads in the user's sheet."""
        tag = xml_bytes.start_tag(item)
        new = xml_bytes.set_attribute(tag, b"sqref", place)
        return xml_bytes.prefixed(self._moved(new + item[len(tag) :]), self.p)

    def _ours(self, item: bytes) -> bool:
        """Whether a validation is the form's: its message is headed like the column, and it asks for
        what the form asks there."""
        found = _attributes(item)
        title = xml_bytes.plain(found.get(b"errorTitle", b""))
        column = next((c for c in self.columns.values() if c.label[:32] == title), None)
        if column is None:
            return False
        kind = found.get(b"type", b"none")
        if column.list:
            lists = xml_bytes.within(item, lambda full: full.rpartition(b":")[2] == b"formula1")
            texts = [xml_bytes.plain(item[slice(*xml_bytes.inside(item, one))]) for one in lists]
            return kind == b"list" and any(text.startswith("一覧_") for text in texts)
        return kind != b"list"

    # ---------------------------------------------------------------- moving

    def _place(self, ranges: bytes) -> bytes | None:
        """A column's range in the user's sheet; None when the column isn't one of ours."""
        place = area(xml_bytes.plain(ranges))
        if place is None or place[0] not in self.columns:
            return None
        first, top, last, bottom = place
        bottom = max(bottom + self.rows, self.end)
        return area_text((first, top + self.rows, last, bottom)).encode()

    def _moved(self, data: bytes) -> bytes:
        """A rule with its formulas as they read further down."""
        if not self.rows:
            return data
        edits = []
        for formula in xml_bytes.named(data, b"formula", b"formula1", b"formula2"):
            start, end = xml_bytes.inside(data, formula)
            moved = moved_down(xml_bytes.plain(data[start:end]), self.rows)
            edits.append((start, end, xml_bytes.escape(moved)))
        return xml_bytes.splice(data, edits)


def _attributes(element: bytes) -> dict[bytes, bytes]:
    return xml_bytes.attributes(xml_bytes.start_tag(element))


def _number(element: bytes, name: bytes) -> int:
    value = _attributes(element).get(name, b"").strip()
    return int(value) if value.isdigit() else 0


def _blocks(tail: bytes, p: bytes) -> list[xml_bytes.ElementSpan]:
    """The groups of conditional formats; those of other namespaces are somebody else's."""
    full = p + b"conditionalFormatting"
    return [piece for piece in xml_bytes.pieces(tail, 0, len(tail)) if piece.full == full]


def _rules(tail: bytes, block: xml_bytes.ElementSpan) -> list[bytes]:
    return [tail[one.start : one.end] for one in xml_bytes.children(tail, block, b"cfRule")]


def _list(tail: bytes, p: bytes) -> xml_bytes.ElementSpan | None:
    """The list of validations."""
    full = p + b"dataValidations"
    return next((x for x in xml_bytes.pieces(tail, 0, len(tail)) if x.full == full), None)


def _items(tail: bytes, outer: xml_bytes.ElementSpan) -> list[bytes]:
    items = xml_bytes.children(tail, outer, b"dataValidation")
    return [tail[item.start : item.end] for item in items]
