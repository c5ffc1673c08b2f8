"""The page content: text objects of glyphs that stand where they were laid out."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

_CLOSE = 0.004
"""Points within which two places are one."""


class GlyphRun(NamedTuple):
    """Characters of one look. codes: font resource and hexadecimal code of each character."""

    size: float
    colour: bytes
    codes: Sequence[tuple[bytes, bytes]]


@lru_cache(maxsize=4096)
def number(value: float) -> bytes:
    """A coordinate, to a ten-thousandth of a point."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return text.encode() if text != "-0" else b"0"


def line(
    x: float, y: float, runs: Iterable[GlyphRun], stretch: float = 0.0, space: bytes = b""
) -> bytes:
    """One line of text that begins at x on the baseline y (from the page's upper left).

    stretch: points by which each space is wider than in the font; space: a space's code.
    """
    parts = [b"1 0 0 -1 %s %s Tm\n" % (number(x), number(y))]
    for run in runs:
        parts.append(run.colour)
        at, count = 0, len(run.codes)
        while at < count:
            font = run.codes[at][0]
            end = at + 1
            while end < count and run.codes[end][0] == font:
                end += 1
            parts.append(b"/%s %s Tf\n" % (font, number(run.size)))
            codes = [code for _, code in run.codes[at:end]]
            if stretch and space in codes:
                parts.append(_stretched(codes, space, stretch / run.size * 1000))
            else:
                parts.append(b"<%s>Tj\n" % b"".join(codes))
            at = end
    return b"".join(parts)


def _stretched(codes: Sequence[bytes], space: bytes, more: float) -> bytes:
    """Codes with wider spaces."""
    pieces, some = [], []
    for code in codes:
        some.append(code)
        if code == space:
            pieces.append(b"<%s>%s" % (b"".join(some), number(-more)))
            some = []
    if some:
        pieces.append(b"<%s>" % b"".join(some))
    return b"[%s]TJ\n" % b"".join(pieces)


def text_object(lines: Iterable[bytes], slant: bytes = b"") -> bytes:
    """A text object. slant: an operator for all of it."""
    return b"q\n%sBT\n%sET\nQ\n" % (slant, b"".join(lines))


def marked(data: bytes, mark: int | None, role: bytes = b"P") -> bytes:
    """Content with its mark in the structure, or as decoration of the page (None)."""
    if mark is None:
        return b"/Artifact BMC\n%sEMC\n" % data
    return b"/%s<</MCID %d>>BDC\n%sEMC\n" % (role, mark, data)


def drawing(data: bytes) -> bytes:
    """Lines and areas, marked as decoration. data: operators a line, q and Q in lines of their own;
    a q without its Q, or the other way round, encloses text that comes before or after."""
    operators = data.splitlines(keepends=True)
    ends, starts = {}, []
    for at, operator in enumerate(operators):
        if operator == b"q\n":
            starts.append(at)
        elif operator == b"Q\n" and starts:
            ends[starts.pop()] = at
    loose = {*starts, *(i for i, o in enumerate(operators) if o == b"Q\n")} - set(ends.values())
    out: list[bytes] = []
    marked = False
    for at, operator in enumerate(operators):
        if marked == (at in loose):
            out.append(b"EMC\n" if marked else b"/Artifact BMC\n")
            marked = not marked
        out.append(operator)
    if marked:
        out.append(b"EMC\n")
    return b"".join(out)


def same(first: float, second: float) -> bool:
    """Two places that are one."""
    return abs(first - second) < _CLOSE


Codes = Mapping[str, tuple[bytes, bytes]]
"""Character → font resource and code."""
