"""CSV for other programs: two encodings, one way of quoting."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written. quote: ``minimal`` (where needed), ``all``, ``never``."""

    encoding: str = "utf-8"
    quote: str = "minimal"

    def refuses(self, text: str) -> bool:
        """Whether the value can't stand in the file: a separator, a quotation mark or a line's end
        where nothing may be quoted."""
        return self.quote == "never" and any(c in text for c in ',"\r\n')


_QUOTES: dict[str, Literal[0, 1, 3]] = {
    "minimal": csv.QUOTE_MINIMAL,
    "all": csv.QUOTE_ALL,
    "never": csv.QUOTE_NONE,
}


def encoded(rows: Iterable[Sequence[str]], dialect: Dialect) -> bytes:
    """The file: CRLF, UTF-8 with a BOM or Shift_JIS (JIS X 0208, checked before).

    Raises ValueError for a value that ``refuses`` or that the encoding doesn't have.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=_QUOTES[dialect.quote], lineterminator="\r\n")
    for row in rows:
        if any(dialect.refuses(text) for text in row):
            raise ValueError("separator in a value")
        writer.writerow(row)
    text = out.getvalue()
    if dialect.encoding == "utf-8":
        return text.encode("utf-8-sig")
    return b"".join(map(_in_jis, text))


def _in_jis(char: str) -> bytes:
    """One character of JIS X 0208. Windows' ～ and － are the same bytes under other code points."""
    try:
        return char.encode("shift_jis")
    except UnicodeEncodeError:
        if char in "～－∥￠￡￢":
            return char.encode("cp932")
        raise
