"""What the cells of a sheet look like, learnt from some of its rows and put into one pattern for the others."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from shikaku.ooxml import plain_patterns
from shikaku.ooxml.addresses import COLUMN_NUMBERS
from shikaku.ooxml.plain_patterns import INLINE, NUMBER, WORDS, Form

_LESSONS = 12
"""So many times what is learnt makes a new pattern, which takes as long as looking at a hundred rows."""

_FORMS = 6
"""Ways in which cells of a column may look: with more it is no table."""

_MOST_COLUMNS = 200
"""With more, a row that the pattern doesn't fit would be looked at for long."""


class Stretch(NamedTuple):
    """Rows as they stand in data[start:end]."""

    data: bytes
    start: int
    end: int


class KnownRow(NamedTuple):
    """The pattern of rows whose cells are known (``plain_patterns.known_row``). columns: (number, heads of its
    forms), in the order of the groups."""

    pattern: re.Pattern[bytes]
    columns: Sequence[tuple[int, Sequence[bytes]]]


class KnownRows:
    """What cells of a sheet look like, learnt from rows in plain form. p: the sheet's prefix. now: rows of such
    cells; None before any are known."""

    def __init__(self, p: bytes) -> None:
        self._p = p
        self._lessons = 0
        self._forms: dict[bytes, Counter[Form]] = defaultdict(Counter)  # by column letters
        self._empty: dict[bytes, Counter[bytes]] = defaultdict(Counter)
        self._cells = re.compile(
            rb'<%sc r="([A-Z]{1,3})\d++"(?:([^<>]*+(?<=/)>)|([^<>]*+>(?:[^<]++|<(?!/%sc>))*+)</%sc>)'
            % (p, p, p)
        )
        self._value = re.compile(rb"(.+)<%sv>(?:(%s)|%s)</%sv>" % (p, NUMBER, WORDS, p), re.DOTALL)
        self._inline = re.compile(rb"([^<>]*+>)%s" % plain_patterns.inline_text(p))
        self.now: KnownRow | None = None

    def learn(self, rows: Stretch) -> bool:
        """Learn from rows that are in plain form and that the pattern doesn't fit; False when enough has been
        learnt."""
        if self._lessons == _LESSONS:
            return False
        for letters, empty, packed in self._cells.findall(*rows):
            if empty:
                self._empty[letters][empty] += 1
            else:
                self._forms[letters][self._form(packed)] += 1
        self._lessons += 1
        self._make()
        return True

    def _form(self, packed: bytes) -> Form:
        if match := self._value.fullmatch(packed):
            return match[1], NUMBER if match[2] else WORDS
        if match := self._inline.fullmatch(packed):
            return match[1], INLINE
        return b"", packed

    def _make(self) -> None:
        """The pattern of what was met more than once: headings stand there but once."""
        columns = []
        for letters in sorted({*self._forms, *self._empty}, key=COLUMN_NUMBERS.__getitem__):
            forms = self._often(letters)
            empty = [one for one, count in self._empty[letters].most_common(_FORMS) if count > 1]
            if forms or empty:
                columns.append((letters, forms, empty))
        if 0 < len(columns) <= _MOST_COLUMNS:
            pattern = re.compile(plain_patterns.known_row(self._p, columns))
            heads = [
                (COLUMN_NUMBERS[one], [b"" if value == INLINE else head for head, value in forms])
                for one, forms, _ in columns
            ]
            self.now = KnownRow(pattern, heads)

    def _often(self, letters: bytes) -> list[Form]:
        """The forms of a column that were met more than once; of those with words and with numbers the first."""
        often = {form for form, count in self._forms[letters].most_common(_FORMS) if count > 1}
        return sorted(form for form in often if form[1] == WORDS or (form[0], WORDS) not in often)
