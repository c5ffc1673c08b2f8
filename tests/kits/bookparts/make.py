"""Small workbooks by the schema, with XlsxWriter or openpyxl: a plan, and the hand for it."""

import datetime as dt
import pickle
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import sample_rows
import xlsxwriter
from books import Rows
from shikaku.model.schema import schema
from shikaku.model.tables import Book

from bookparts import hands, plan


def book(
    path: Path,
    rows: Rows | None = None,
    *,
    settings: Mapping[str, object] | None = None,
    tables: bool = True,
    leave_out: Sequence[str] = (),
    options: Mapping[str, object] | None = None,
    prepare: int = 0,
) -> Path:
    """A workbook with all sheets of the schema, by XlsxWriter.

    rows: sheet key → rows by column key; tables: with Excel tables; leave_out: sheet keys;
    prepare: so many empty rows of each table are there with their styles and formulas. The same is made
    once.
    """
    path = Path(path)
    key = pickle.dumps((rows, settings, tables, leave_out, options, prepare))
    if key not in _made:
        planned = plan.from_rows(
            rows or {}, settings or {}, tables=tables, leave_out=leave_out, prepare=prepare
        )
        _made[key] = hands.written(planned, hands.XlsxWriter(options=options))
    path.write_bytes(_made[key])
    return path


_made: dict[bytes, bytes] = {}


def fill(
    target: xlsxwriter.Workbook,
    rows: Rows,
    settings: Mapping[str, object],
    leave_out: Sequence[str] = (),
) -> dict[str, Any]:
    """Put the schema's sheets into a workbook that the test goes on with; its worksheets by key."""
    hand = hands.XlsxWriter(target)
    planned = plan.from_rows(rows, settings, leave_out=leave_out)
    return {sheet.key: hand.add(sheet) for sheet in planned}


def by_openpyxl(
    path: Path,
    rows: Rows | None = None,
    settings: Mapping[str, object] | None = None,
    leave_out: Iterable[str] = (),
) -> Path:
    """The same by openpyxl, whose formulas have no results: only those that the rows hold. Settings
    that aren't given have their defaults."""
    path = Path(path)
    path.write_bytes(_file_by_openpyxl(rows or {}, settings or {}, leave_out))
    return path


def _file_by_openpyxl(
    rows: Rows, settings: Mapping[str, object], leave_out: Iterable[str] = ()
) -> bytes:
    defaults = {name: item.default for name, item in schema().settings.items()}
    planned = plan.from_rows(
        rows, defaults | dict(settings), leave_out=leave_out, prepare=1, live=False
    )
    return hands.written(planned, hands.Openpyxl())


def from_memory(content: Book, path: Path, *, tables: bool = False) -> Path:
    """A workbook that is kept in memory elsewhere, as a file by XlsxWriter; tables: as Excel tables."""
    return hands.save(plan.from_memory(content, tables=tables), path, hands.XlsxWriter())


def small(folder: Path) -> Path:
    """By openpyxl: six people, two certificates, one closed day."""
    path = folder / "届出.xlsx"
    path.write_bytes(_small())
    return path


@cache
def _small() -> bytes:
    return _file_by_openpyxl(
        {
            "members": [sample_rows.person(n) for n in range(1, 7)],
            "ledger": [sample_rows.ledger_row(1), sample_rows.ledger_row(2, reminders=1)],
            "closed_days": [{"date": dt.date(2026, 4, 29), "name": "昭和の日"}],
        },
        {"insurer_name": "架空健康保険組合", "as_of": dt.date(2026, 4, 15)},
    )
