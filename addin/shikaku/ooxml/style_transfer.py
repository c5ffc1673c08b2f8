"""Looks of one workbook in another: a cell's format, a conditional format's difference."""

from shikaku.ooxml import xml_bytes
from shikaku.ooxml.styles import Styles

_PARTS = {b"fontId": b"fonts", b"fillId": b"fills", b"borderId": b"borders"}


class StyleTransfer:
    """Takes looks of ``source`` over into ``target``. source: a part without prefix."""

    def __init__(self, source: Styles, target: Styles):
        self.source, self.target = source, target
        self._looks: dict[int, int] = {}
        self._differences: dict[int, int] = {}

    def look(self, index: int) -> int:
        """The entry of ``cellXfs`` that looks like entry ``index`` of the source."""
        if index not in self._looks:
            entry = self.source.element(b"cellXfs", index)
            end = entry.index(b">") + 1
            tag, rest = entry[:end], entry[end:]
            found = xml_bytes.attributes(tag)
            for name, section in _PARTS.items():
                element = self.source.element(section, int(found.get(name, b"0")))
                place = self.target.added(section, self._spelt(element))
                tag = xml_bytes.set_attribute(tag, name, b"%d" % place)
            number = self.target.format_number(self.source.code(index))
            tag = xml_bytes.set_attribute(tag, b"numFmtId", b"%d" % number)
            tag = xml_bytes.set_attribute(tag, b"xfId", b"0")
            self._looks[index] = self.target.added(b"cellXfs", self._spelt(tag + rest))
        return self._looks[index]

    def difference(self, index: int) -> int:
        """The entry of ``dxfs`` that is entry ``index`` of the source."""
        if index not in self._differences:
            element = self._spelt(self.source.element(b"dxfs", index))
            self._differences[index] = self.target.added(b"dxfs", element)
        return self._differences[index]

    def _spelt(self, element: bytes) -> bytes:
        return xml_bytes.prefixed(element, self.target.p)


def colours_and_format(difference: bytes) -> tuple[frozenset[bytes], str]:
    """By what a conditional format's difference is known again after other programs have spelt it
    anew: its colours (RRGGBB) and its number format."""
    tags = [difference[e.start : e.inner] for e in xml_bytes.within(difference, lambda _: True)]
    items = [xml_bytes.attributes(tag) for tag in tags]
    colours = frozenset(item[b"rgb"][-6:].upper() for item in items if b"rgb" in item)
    codes = (xml_bytes.plain(item[b"formatCode"]) for item in items if b"formatCode" in item)
    return colours, next(codes, "")
