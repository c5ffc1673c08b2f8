"""The counts of 表紙 in Python: the twin of ``template/count_formulas.py``.

期限超過 are the rows of DL02, 期限間近 those of DL03, 要確認 those of KK03, 入力不備 the rows with one of
``FAULT_CODES``; 未返納 are the rows of 返納管理 that are 返納待ち or 期限超過. A test holds the sample's
counts against ``check`` and ``returns``.
"""

import datetime as dt
from collections.abc import Iterable, Mapping

from shikaku.fields.era_date import FIRST
from shikaku.law.closed_days import ClosedDays
from shikaku.live.columns import (
    CHECK_DATE,
    GOOD_NUMBER,
    NUMBER_WORDS,
    ledger_state,
    values,
)
from shikaku.live.row_faults import ERROR_CELL, FINE, choice
from shikaku.live.typed_days import serial
from shikaku.model.schema import EVENT, schema
from shikaku.model.settings import Settings
from shikaku.model.tables import Cell, Row

COUNTS = ("rows", "overdue", "soon", "faults", "unknown", "unreturned")
"""What 表紙 counts by sheet: filled rows, 期限超過, 期限間近, 入力不備, 要確認, 未返納."""

FAULT_CODES = (
    *("RQ01", "RQ02", "RQ03", "RQ04", "AD01", "AD03", "NM01", "NM04", "RF20", "AG02"),
    *("DT01", "DT02", "DT03", "DT04", "DT06", "DT07", "DL05"),
    *("LS01", "LS02", "LS04", "LS06", "LS08", "ST05", "ST08"),
    *("MN01", "MN03", "MN04", "MN05", "MN06", "MN07", "MN09", "MN10"),
)
"""入力不備 of a filing: the rows with such a finding that is an error, or MN09 (a warning). ST05 counts
where it hits 個人番号 or a cell that 入力チェック looks at; ST08 stands for the faults of a row that has
slipped sideways."""


def counts(
    tables: Mapping[str, Iterable[Row]], settings: Settings, closed: ClosedDays, as_of: dt.date
) -> dict[str, dict[str, int]]:
    """The counts of 表紙: sheet key → count key → number, only for what is counted there."""
    rows = {sheet: list(items) for sheet, items in tables.items()}
    ends = _ends(rows, as_of)
    found: dict[str, dict[str, int]] = {}
    for sheet, items in rows.items():
        columns = schema().sheets[sheet].columns
        if sheet in EVENT:
            found[sheet] = _filing([values(row, settings, closed, as_of) for row in items])
        elif "name" in columns:
            found[sheet] = {"rows": sum(row.cell("name").value is not None for row in items)}
        if "myna_status" in columns:
            found[sheet]["unknown"] = sum(_status_unknown(row, ends, as_of) for row in items)
        if sheet == "ledger":
            found[sheet] |= _ledger([ledger_state(row, as_of) for row in items])
    return found


def _filing(live: Iterable[Mapping[str, object]]) -> dict[str, int]:
    """The counts of a filing, from the live columns of its rows."""
    words = schema().lists["limit_state"]
    good = {NUMBER_WORDS[key] for key in GOOD_NUMBER}
    rows = [row for row in live if row["input_check"]]
    return {
        "rows": len(rows),
        "overdue": sum(row["limit_state"] == words["overdue"] for row in rows),
        "soon": sum(row["limit_state"] == words["soon"] for row in rows),
        "faults": sum(
            row["input_check"] not in FINE or row["number_check"] not in good for row in rows
        ),
    }


def _ledger(states: list[str]) -> dict[str, int]:
    words = schema().lists["return_state"]
    overdue = states.count(words["overdue"])
    return {
        "overdue": overdue,
        "faults": states.count(CHECK_DATE) + states.count(ERROR_CELL),
        "unreturned": overdue + states.count(words["waiting"]),
    }


START = {"members": "acquired", "acquisition": "acquired", "dependants": "event_date"}
"""Sheet key → the column of the day on which the membership of a row begins."""

_UNKNOWN_TEXTS = ("", "　", " ", "\u00a0")


def unknown_words() -> tuple[str, ...]:
    """What マイナ保険証の状況 may hold, besides nothing at all, when the status isn't known."""
    return (schema().lists["myna_status"]["unknown"], *_UNKNOWN_TEXTS)


def _number(cell: Cell) -> float | None:
    """A number cell's value as Excel has it, a day as its serial; None for anything else."""
    value = cell.value
    if isinstance(value, dt.datetime):
        midnight = dt.datetime.combine(value.date(), dt.time())
        return serial(value.date()) + (value - midnight) / dt.timedelta(1)
    if isinstance(value, dt.date):
        return serial(value)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _ends(rows: Mapping[str, list[Row]], as_of: dt.date) -> dict[tuple, list[float]]:
    """(name, birth) → the days up to ``as_of`` on which the filings end a membership, as serials."""
    ends: dict[tuple, list[float]] = {}
    for sheet, key in (("loss", "lost"), ("dependants", "event_date")):
        for row in rows.get(sheet, ()):
            day = _number(row.cell(key))
            removed = sheet == "loss" or choice(row, "event") == "removed"
            if removed and day is not None and day <= serial(as_of):
                who = row.cell("name").value, _number(row.cell("birth"))
                ends.setdefault(who, []).append(day)
    return ends


def _status_unknown(row: Row, ends: Mapping[tuple, list[float]], as_of: dt.date) -> bool:
    """Whether the row of a present member has no known status (KK03, as a formula can see it)."""
    if row.sheet == "dependants" and choice(row, "event") != "added":
        return False
    if row.sheet == "members" and row.cell("name").value is None:
        return False
    status = row.cell("myna_status").value
    if status is not None and status not in unknown_words():
        return False
    lost = _number(row.cell("lost"))
    if lost is not None and lost <= serial(as_of):
        return False
    birth, start = _number(row.cell("birth")), _number(row.cell(START[row.sheet]))
    days = ends.get((row.cell("name").value, birth), ()) if birth is not None else ()
    begun = start is not None and start >= serial(FIRST)
    return not (begun and any(start is not None and day > start for day in days))
