"""Documents that have come back, as a list of their 管理番号: scanned, or typed by hand.

A line is a 管理番号 and, where it has one, the day (without one the day of the job). A first line that
says 管理番号 is a heading. Nothing is guessed: a number that nobody knows, one that stands twice, a
document that is back already and a day that can't be are listed, and written is only what is plain.
"""

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from shikaku.desk.first_rows import FirstRows
from shikaku.desk.list_reading import ListLine, RawList
from shikaku.fields import era_date
from shikaku.fields.text import code_hyphens, visible, without_spaces
from shikaku.model.ledger import LedgerEntry
from shikaku.model.schema import schema
from shikaku.workbook.labels import plain_label

REASONS = {
    "unknown": "この管理番号は返納管理にありません",
    "several": "この管理番号の行が返納管理に2つ以上あります",
    "twice": "同じ管理番号が一覧に2回以上あります",
    "back": "返納日がもう入っています",
    "bad_day": "日付として読めません",
    "to_come": "基準日より後の日付です",
    "too_early": "交付年月日より前の日付です",
}
"""Why a line is listed; ``twice`` with one and the same day is written all the same."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A line that a person should look at. reason: a key of REASONS; rows: of 返納管理."""

    line: int
    control_no: str
    reason: str
    rows: FirstRows = FirstRows()


@dataclass
class Received:
    """What the lines come to. days: row of 返納管理 → 返納日; same: lines that say what stands there."""

    days: dict[int, dt.date] = field(default_factory=dict)
    listed: list[Listed] = field(default_factory=list)
    same: int = 0
    lines: int = 0


def fold_control_no(text: str) -> str:
    """A 管理番号 for comparing: width, spaces, kinds of hyphens and capitals don't matter.

    >>> fold_control_no("ｋ００００１ "), fold_control_no("K 00001")
    ('K00001', 'K00001')
    """
    return code_hyphens(without_spaces(unicodedata.normalize("NFKC", visible(text)))).upper()


def received(found: RawList, entries: Iterable[LedgerEntry], as_of: dt.date) -> Received:
    """The lines of a file against the rows of 返納管理. as_of: the day of a line without one."""
    rows: dict[str, list[LedgerEntry]] = {}
    for entry in entries:
        rows.setdefault(fold_control_no(entry.control_no), []).append(entry)
    rows.pop("", None)
    lines = [one for one in found.lines if one.values and one.values[0].strip()]
    if lines and _is_heading(lines[0]):
        lines = lines[1:]
    result = Received(lines=len(lines))
    counted = Counter(fold_control_no(one.values[0]) for one in lines)
    days: dict[str, set[dt.date | None]] = {}
    for one in lines:
        days.setdefault(fold_control_no(one.values[0]), set()).add(_day(one, as_of))
    named: set[str] = set()
    for one in lines:
        number = fold_control_no(one.values[0])
        if counted[number] > 1 and (number in named or len(days[number]) > 1):
            result.listed.append(
                Listed(one.line, one.values[0], "twice", _rows(rows.get(number, [])))
            )
            continue
        named.add(number)
        _take(result, one, rows.get(number, []), _day(one, as_of), as_of)
    return result


def _take(
    result: Received, one: ListLine, rows: list[LedgerEntry], day: dt.date | None, as_of: dt.date
) -> None:
    reason = ""
    if len(rows) != 1:
        reason = "several" if rows else "unknown"
    elif day is None:
        reason = "bad_day"
    elif rows[0].returned == day:
        result.same += 1
        return
    elif rows[0].returned is not None or "returned" in rows[0].unclear:
        reason = "back"
    elif day > as_of:
        reason = "to_come"
    elif rows[0].issued is not None and day < rows[0].issued:
        reason = "too_early"
    if reason or day is None:
        result.listed.append(Listed(one.line, one.values[0], reason, _rows(rows)))
    else:
        result.days[rows[0].row] = day


def _day(one: ListLine, as_of: dt.date) -> dt.date | None:
    """A line's day; None where it can't be read."""
    text = one.values[1].strip() if len(one.values) > 1 else ""
    if not text:
        return as_of
    try:
        return era_date.parse(text).day
    except ValueError:
        return None


def _is_heading(one: ListLine) -> bool:
    return plain_label(one.values[0]) == plain_label(schema().sheets["ledger"].label("control_no"))


def _rows(entries: Iterable[LedgerEntry]) -> FirstRows:
    return FirstRows.of(entry.row for entry in entries)
