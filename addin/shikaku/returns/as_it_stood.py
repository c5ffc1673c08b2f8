"""返納管理 and 発行履歴 as they stood on a day, for a report on a day that has passed.

What happened since is taken back as far as it has a day: certificates issued, documents given back, letters
sent and counted. 処理 and 備考 have none and stay.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from shikaku.model.tables import NUMBER, Book, Cell, Row
from shikaku.returns.stages import COUNTED, STEPS


def on(book: Book, day: dt.date) -> Book:
    """The workbook at the end of a day; the very same where nothing happened since."""
    later = [row for row in book.rows("history") if not _up_to(row, "issued", day)]
    reminders = _reminders(later)
    tables = dict(book.tables)
    for sheet in ("history", "ledger"):
        if sheet not in tables:
            continue
        rows = [row for row in tables[sheet].rows if _up_to(row, "issued", day)]
        if sheet == "ledger":
            rows = [_row(row, day, reminders[row.text("control_no")]) for row in rows]
        if list(map(id, rows)) != list(map(id, tables[sheet].rows)):
            tables[sheet] = replace(tables[sheet], rows=rows)
    same = all(tables[sheet] is book.tables[sheet] for sheet in tables)
    return book if same else replace(book, tables=tables)


def _reminders(letters: Iterable[Row]) -> Counter[str]:
    """管理番号 → the letters that 督促回数 counts, one a kind and day."""
    counted = {
        (row.text("control_no"), row.word("letter"), row.date("issued"))
        for row in letters
        if STEPS.get(row.word("letter")) in COUNTED
    }
    return Counter(control_no for control_no, _, _ in counted)


def _up_to(row: Row, key: str, day: dt.date) -> bool:
    """Whether a row's day isn't after this one; one that nobody can read is not."""
    found = row.date(key)
    return found is None or found <= day


def _row(row: Row, day: dt.date, reminders: int) -> Row:
    """A row of the ledger without the return and the reminders that came later."""
    cells = dict(row.cells)
    for key in ("returned", "last_reminder"):
        if not _up_to(row, key, day):
            del cells[key]
    sent = row.count("reminders")
    if reminders and sent:
        cells["reminders"] = Cell(max(sent - reminders, 0), NUMBER)
    return row if cells == row.cells else row.with_cells(cells)
