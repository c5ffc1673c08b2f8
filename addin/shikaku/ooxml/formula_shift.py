"""Formulas moved down: what Excel does to relative references when a formula is filled down."""

import re

from shikaku.ooxml.addresses import LAST_ROW

_STOP = re.compile(r"[\"'\[]")
_REFERENCE = re.compile(
    r"(?<![\w.\\])(?P<column>\$?[A-Za-z]{1,3})(?P<row>\$?\d{1,7})(?![\w.(!])"
    r"|(?<![\w.\\$])(?P<first>\$?\d{1,7}):(?P<last>\$?\d{1,7})(?![\w.])"
)


def moved_down(formula: str, rows: int) -> str:
    """A formula as it reads ``rows`` rows further down.

    Texts, quoted sheet names, structured references (``表[[#This Row],[列]]``) and rows fixed by
    ``$`` stay. A reference that leaves the sheet becomes ``#REF!``.

    >>> moved_down('IF(A2="A1",$B$2+SUM(C$1:C2),LOG10(設定!D2))', 3)
    'IF(A5="A1",$B$2+SUM(C$1:C5),LOG10(設定!D5))'
    """
    out, at = [], 0
    while at < len(formula):
        stop = _STOP.search(formula, at)
        end = stop.start() if stop else len(formula)
        out.append(_REFERENCE.sub(lambda match: _moved(match, rows), formula[at:end]))
        at = end
        if stop:
            skip = _closing_bracket if stop[0] == "[" else _closing_quote
            at = skip(formula, end)
            out.append(formula[end:at])
    return "".join(out)


def _moved(match: re.Match, rows: int) -> str:
    if match["row"]:
        row = _row(match["row"], rows)
        return "#REF!" if row is None else match["column"] + row
    first, last = _row(match["first"], rows), _row(match["last"], rows)
    return "#REF!" if first is None or last is None else f"{first}:{last}"


def _row(text: str, rows: int) -> str | None:
    if text.startswith("$"):
        return text
    number = int(text) + rows
    return str(number) if 0 < number <= LAST_ROW else None


def _closing_quote(formula: str, at: int) -> int:
    mark, at = formula[at], at + 1
    while at < len(formula):
        if formula[at] == mark:
            if formula[at + 1 : at + 2] != mark:
                return at + 1
            at += 1
        at += 1
    return at


def _closing_bracket(formula: str, at: int) -> int:
    depth = 0
    while at < len(formula):
        if formula[at] == "'":  # in a structured reference it escapes the next character
            at += 1
        elif formula[at] == "[":
            depth += 1
        elif formula[at] == "]":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return len(formula)
