"""A sheet's conditional formats and validations: the form's own of old go, those of now come.

The form's own are known again by their looks (no one else's colours are ours) and by the title of
their message (a heading). Rules that users made stay, and go first.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from shikaku.model.schema import Column
from shikaku.ooxml import xml_bytes
from shikaku.ooxml.addresses import area, area_text
from shikaku.ooxml.formula_shift import moved_down
from shikaku.ooxml.style_transfer import StyleTransfer, colours_and_format

_FORMATS = re.compile(
    rb"<([^\s/>:]+:)?conditionalFormatting(?: [^>]*)?>(.*?)</\1?conditionalFormatting>", re.DOTALL
)
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
            colours_and_format(self.transfer.source.element(b"dxfs", number))
            for number in _numbers(rb' dxfId="(\d+)"', present)
        }

        def strange(rule: bytes) -> bool:
            found = re.search(rb' dxfId="(\d+)"', rule)
            if found is None or b'type="expression"' not in rule:
                return True
            difference = self.transfer.target.element(b"dxfs", int(found[1]))
            return colours_and_format(difference) not in looks

        tail = self._without(tail, strange)
        first = max(_numbers(rb' priority="(\d+)"', tail), default=0)
        blocks = b"".join(self._blocks(present, first))
        return xml_bytes.insert_child(tail, 0, len(tail), blocks, _BEFORE_FORMATS)

    def _without(self, tail: bytes, keep: Callable[[bytes], bool]) -> bytes:
        rule = re.compile(rb"<%scfRule [^>]*?(?:/>|>.*?</%scfRule>)" % (self.p, self.p), re.DOTALL)

        def block(match: re.Match[bytes]) -> bytes:
            if (match[1] or b"") != self.p:
                return match[0]
            rules = rule.findall(match[2])
            kept = [one for one in rules if keep(one)]
            if len(kept) == len(rules):
                return match[0]
            opening = match[0][: match[0].index(b">") + 1]
            close = b"</%sconditionalFormatting>" % self.p
            return opening + b"".join(kept) + close if kept else b""

        return _FORMATS.sub(block, tail)

    def _blocks(self, present: bytes, first: int) -> Iterator[bytes]:
        for match in _FORMATS.finditer(present):
            opening = match[0][: match[0].index(b">") + 1]
            place = self._place(xml_bytes.attributes(opening).get(b"sqref", b""))
            if place is None:
                continue
            rules = re.sub(
                rb' dxfId="(\d+)"',
                lambda m: b' dxfId="%d"' % self.transfer.difference(int(m[1])),
                match[2],
            )
            rules = re.sub(
                rb' priority="(\d+)"', lambda m: b' priority="%d"' % (int(m[1]) + first), rules
            )
            yield self._spelt(
                b'<conditionalFormatting sqref="%s">%s</conditionalFormatting>'
                % (place, self._moved(rules))
            )

    # ---------------------------------------------------------------- validations

    def validated(self, tail: bytes, present: bytes) -> bytes:
        """The tail with the form's validations; present: the tail of the form's sheet."""
        p = self.p
        whole = re.compile(
            rb"<%sdataValidations(?: [^>]*)?>(.*?)</%sdataValidations>" % (p, p), re.DOTALL
        )
        match = whole.search(tail)
        kept = [] if match is None else [x for x in self._items(match[1], p) if not self._ours(x)]
        taken = {
            column
            for item in kept
            for part in xml_bytes.attributes(_opening(item)).get(b"sqref", b"").split()
            if (place := area(xml_bytes.plain(part)))
            for column in range(place[0], place[2] + 1)
        }
        new = []
        for item in self._items(present, b""):
            found = area(xml_bytes.plain(xml_bytes.attributes(_opening(item)).get(b"sqref", b"")))
            new_place = self._free_place(found, taken)
            if new_place:
                opening = xml_bytes.set_attribute(_opening(item), b"sqref", new_place)
                new.append(self._spelt(opening + self._moved(item[len(_opening(item)) :])))
        items = kept + new
        element = b'<%sdataValidations count="%d">%s</%sdataValidations>' % (
            p,
            len(items),
            b"".join(items),
            p,
        )
        if match is not None:
            return tail[: match.start()] + (element if items else b"") + tail[match.end() :]
        if not items:
            return tail
        later = _BEFORE_FORMATS - {b"dataValidations"}
        return xml_bytes.insert_child(tail, 0, len(tail), element, later)

    def added(self, tail: bytes, items: list[bytes]) -> bytes:
        """The tail with some of the form's validations behind its own."""
        p, new = self.p, []
        for item in items:
            place = self._place(xml_bytes.attributes(_opening(item)).get(b"sqref", b""))
            if place is not None:
                opening = xml_bytes.set_attribute(_opening(item), b"sqref", place)
                new.append(self._spelt(opening + self._moved(item[len(_opening(item)) :])))
        outer = re.search(rb"<%sdataValidations[^>]*>" % p, tail)
        if not new:
            return tail
        if outer is None:
            whole = b'<%sdataValidations count="%d">%s</%sdataValidations>'
            element = whole % (p, len(new), b"".join(new), p)
            later = _BEFORE_FORMATS - {b"dataValidations"}
            return xml_bytes.insert_child(tail, 0, len(tail), element, later)
        count = int(xml_bytes.attributes(outer[0]).get(b"count", b"0")) + len(new)
        tag = xml_bytes.set_attribute(outer[0], b"count", b"%d" % count)
        tail = tail[: outer.start()] + tag + tail[outer.end() :]
        close = b"</%sdataValidations>" % p
        return tail.replace(close, b"".join(new) + close, 1)

    def _free_place(self, found: tuple[int, int, int, int] | None, taken: set[int]) -> bytes | None:
        """Where a rule of the new form goes; None where the column has one of the user's."""
        if found is None or found[0] in taken:
            return None
        return self._place(area_text(found).encode())

    @staticmethod
    def _items(data: bytes, p: bytes) -> list[bytes]:
        item = re.compile(
            rb"<%sdataValidation (?:[^>]*/>|[^>]*>.*?</%sdataValidation>)" % (p, p), re.DOTALL
        )
        return item.findall(data)

    def _ours(self, item: bytes) -> bool:
        """Whether a validation is the form's: its message is headed like the column, and it asks for
        what the form asks there."""
        found = xml_bytes.attributes(_opening(item))
        title = xml_bytes.plain(found.get(b"errorTitle", b""))
        column = next((c for c in self.columns.values() if c.label[:32] == title), None)
        if column is None:
            return False
        kind = found.get(b"type", b"none")
        if column.list:
            return kind == b"list" and b">" + "一覧_".encode() in item
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
        """Rules with their formulas as they read further down."""
        if not self.rows:
            return data
        return re.sub(
            rb"<(formula[12]?)>(.*?)</\1>",
            lambda m: (
                b"<%s>%s</%s>"
                % (m[1], xml_bytes.escape(moved_down(xml_bytes.plain(m[2]), self.rows)), m[1])
            ),
            data,
        )

    def _spelt(self, element: bytes) -> bytes:
        return re.sub(rb"(</?)(?=\w)", rb"\1" + self.p, element) if self.p else element


def _opening(item: bytes) -> bytes:
    return item[: item.index(b">") + 1]


def _numbers(pattern: bytes, data: bytes) -> Iterable[int]:
    return {int(text) for text in re.findall(pattern, data)}
