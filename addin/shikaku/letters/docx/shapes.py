"""Letters of one shape: one template's pieces with other values between them.

A value is escaped text without markup. So where a letter's XML was sound and each of its values stood
in a run of text, another one's is and does, whose pieces around the values are the same: it need not
be parsed again.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest

from lxml import etree

from shikaku.letters.docx.values import Collector, squeeze

Shape = tuple[str | tuple[str, ...], ...]
"""The pieces of a letter in their order: text of the template, and for each value the line ends and
tabs in it."""

_STAND_IN = "\ue000"
_MOST_SHAPES, _MOST_PIECES = 200, 5_000
_LONGEST = 4 << 20
"""Characters of a part up to which no text in it is too long for the parser."""


class Pieces:
    """What a template gives, piece by piece. simple: each value came by itself, as the collector had
    written it."""

    def __init__(self, pieces: Iterable[str], collector: Collector) -> None:
        self._pieces, self._collector = pieces, collector
        self._shape: list[str | tuple[str, ...]] = []
        self._simple = True

    def __iter__(self) -> Iterator[str]:
        add, texts, values = self._shape.append, self._collector.texts, 0
        for piece in self._pieces:
            if len(texts) == values:
                add(piece)
            elif len(texts) == values + 1 and piece == self._collector.written:
                values += 1
                add(_apart(texts[-1]))
            else:  # no template of today's commands: none keeps what it prints
                self._simple = False
                values = len(texts)
            yield piece

    @property
    def shape(self) -> Shape | None:
        """The letter's, once all is given; None of one that has none."""
        simple = self._simple and len(self._shape) <= _MOST_PIECES
        return tuple(self._shape) if simple else None


def _apart(text: str) -> tuple[str, ...]:
    """The line ends and tabs in a value, which become elements."""
    if "\n" in text or "\t" in text:
        return tuple(char for char in text if char in "\n\t")
    return ()


class KnownShapes:
    """The shapes of one part of a template that were seen.

    write: a value's text as XML; look: the text of a part by its XML, None when the part isn't sound
    as it stands.
    """

    def __init__(self, write: Callable[[str], str], look: Callable[[str], str | None]) -> None:
        self._write, self._look = write, look
        # The text between the values; none of a shape that was seen once, or says nothing of another's.
        self._between: dict[Shape, tuple[str, ...]] = {}
        self._seen: dict[Shape, bool] = {}

    def text(self, shape: Shape | None, values: Iterable[str], size: int) -> str | None:
        """The squeezed text of a letter of a known shape with these values; None of any other: its
        XML must be looked at. size: characters of its XML."""
        if shape is None or size > _LONGEST:
            return None
        between = self._between.get(shape)
        if between is None:
            between = self._learnt(shape)
        if between is None:
            return None
        parts = zip_longest(between, map(squeeze, values), fillvalue="")
        return "".join(text for pair in parts for text in pair)

    def _learnt(self, shape: Shape) -> tuple[str, ...] | None:
        """What a shape says of all its letters, from the second one on; many have only one."""
        if shape not in self._seen:
            if len(self._seen) < _MOST_SHAPES:
                self._seen[shape] = True
            return None
        if not self._seen[shape]:
            return None
        self._seen[shape] = False
        between = self._text_between(shape)
        if between is not None:
            self._between[shape] = between
        return between

    def _text_between(self, shape: Shape) -> tuple[str, ...] | None:
        """The text around the values, when the part is sound and each of them stands in its text."""
        given = [piece for piece in shape if isinstance(piece, str)]
        if any(_STAND_IN in piece for piece in given):
            return None
        pieces = (
            piece if isinstance(piece, str) else self._write("".join((_STAND_IN, *piece)))
            for piece in shape
        )
        try:
            text = self._look("".join(pieces).replace("\n", ""))
        except etree.XMLSyntaxError:
            return None
        if text is None or text.count(_STAND_IN) != len(shape) - len(given):
            return None
        return tuple(text.split(_STAND_IN))
