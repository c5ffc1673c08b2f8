"""The rows that a line of a list is about: the first ones, and whether there are others.

Where all rows of a sheet are alike, a line that named each of them would be as long as the sheet, and
the list its square; whoever settles it looks at the first ones.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Self

MOST = 10
"""So many rows are named."""


@dataclass(frozen=True, slots=True)
class FirstRows:
    """Excel rows, or lines of a list, ``MOST`` at most. more: whether there are others."""

    rows: tuple[int, ...] = ()
    more: bool = False

    @classmethod
    def of(cls, rows: Iterable[int]) -> Self:
        """The first ones of those, in their order; of many no more are asked for than are named.

        >>> FirstRows.of(range(2, 1_000_000)).text()
        '2・3・4・5・6・7・8・9・10・11行目ほか'
        """
        found = tuple(islice(rows, MOST + 1))
        return cls(found[:MOST], len(found) > MOST)

    def __bool__(self) -> bool:
        return bool(self.rows)

    def __iter__(self) -> Iterator[int]:
        return iter(self.rows)

    def text(self) -> str:
        """「2・3行目」, with 「ほか」 where there are others."""
        return f"{'・'.join(map(str, self.rows))}行目{'ほか' if self.more else ''}"

    def to_json(self) -> dict[str, object]:
        """``rows``, and ``more`` only where there are others."""
        return {"rows": list(self.rows)} | ({"more": True} if self.more else {})


def first_lines(lines: Sequence[str]) -> list[str]:
    """``MOST`` lines that tell what goes well, and how many there are beyond: ``--json`` has them all.

    >>> first_lines([f"{n}行目" for n in range(1, 13)])[-2:]
    ['10行目', '  … ほか 2件']
    """
    rest = len(lines) - MOST
    return [*lines[:MOST], *([f"  … ほか {rest}件"] if rest > 0 else [])]
