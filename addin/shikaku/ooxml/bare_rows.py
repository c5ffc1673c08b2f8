"""Rows that hold nothing but texts of their own, whole numbers and indexes, from left to right, as
``row_xml`` makes them: one pattern says that all of them can be read, and none has to be taken apart for it.
"""

import re
from functools import cache
from itertools import islice
from operator import lt

from shikaku.ooxml.addresses import LAST_ROW
from shikaku.ooxml.plain_patterns import OWN_ATTRIBUTES, TEXT

_COLUMNS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FEW = 200
"""Cells with an index: where there are more, the sheet was saved by another program, and its texts stand
elsewhere."""


class BareRows:
    """The rows of a worksheet, data[start:end], where they are such ones. p: the sheet's prefix.

    plain: whether they are, and each byte of them is as the plain form has it. tags: their start tags, as
    elements, each once: what a parser still has to look at. count: how many they are; strings: how many shared texts
    their cells need.
    """

    def __init__(self, data: bytes, start: int, end: int, p: bytes) -> None:
        self.tags: set[bytes] = set()
        self.count = 0
        index = re.compile(rb' t="s"><%sv>(\d++)' % p)
        indexes = [int(one[1]) for one in islice(index.finditer(data, start, end), _FEW + 1)]
        self.plain = len(indexes) <= _FEW and self._take(data, start, end, p)
        self.strings = max(indexes, default=-1) + 1

    def _take(self, data: bytes, start: int, end: int, p: bytes) -> bool:
        if not _rows(p).fullmatch(data, start, end):
            return False
        found = re.compile(rb'<%srow r="(\d+)"([^>]*+)>' % p).findall(data, start, end)
        numbers = [int(number) for number, _ in found]
        self.count = len(numbers)
        self.tags = {b'<%srow r="1"%s/>' % (p, tag.removesuffix(b"/")) for _, tag in found}
        return all(map(lt, numbers, numbers[1:])) and numbers[-1:] <= [LAST_ROW]


@cache
def _rows(p: bytes) -> re.Pattern[bytes]:
    cells = b"".join(_cell(p, _COLUMNS[at : at + 1]) for at in range(len(_COLUMNS)))
    return re.compile(
        rb'(?:<%srow r="([1-9]\d{0,6}+)"%s(?:/>|>%s</%srow>))*+' % (p, OWN_ATTRIBUTES, cells, p)
    )


def _cell(p: bytes, column: bytes) -> bytes:
    """The cell of a column, if the row has it."""
    text = rb"<%sis><%st(?: xml:space=\"preserve\")?+>(?!<)%s</%st></%sis>" % (p, p, TEXT, p, p)
    return rb'(?:<%sc r="%s\1"(?: s="\d{1,6}+")?+(?:/>| t="inlineStr">%s</%sc>|%s))?+' % (
        *(p, column, text, p),
        rb'(?: t="s")?+><%sv>\d{1,9}+</%sv></%sc>' % (p, p, p),
    )
