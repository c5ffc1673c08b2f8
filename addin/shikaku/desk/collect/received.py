"""What has become of each file that arrived."""

import datetime as dt
from dataclasses import dataclass, field

from shikaku.desk.collect.inbox import order
from shikaku.desk.collect.reading import SHEETS
from shikaku.model.schema import schema
from shikaku.model.tables import CellValue, Row
from shikaku.system.masking import masked_data

LISTED_AGAIN = ("unreadable", "skipped")
"""States of a file that may be taken later: it keeps its line of 受付一覧. Nothing that it says of its
employer counts."""

_NOTES = " / "


@dataclass(slots=True)
class Receipt:
    """A line of 受付一覧. state: taken | replaced | duplicate | unreadable | skipped. row: its Excel
    row, None for a new one."""

    receipt_no: str
    state: str
    file: str
    received: dt.date
    modified: str
    symbol: str = ""
    employer: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    errors: int = 0
    warnings: int = 0
    notes: list[str] = field(default_factory=list)
    taken: dt.date | None = None
    fingerprint: str = ""
    content: str = ""
    row: int | None = None
    fresh: bool = False  # looked at in this run
    changed: bool = False

    @property
    def order(self) -> tuple:
        """Order of receipt."""
        return order(self.received, self.modified, self.file)

    def say(self, note: str) -> None:
        """Add a sentence."""
        self.notes.append(note)
        self.changed = True


def read(row: Row) -> Receipt:
    """What a row of 受付一覧 says."""
    states = {label: key for key, label in schema().lists["receipt_state"].items()}
    notes = row.text("note")
    return Receipt(
        receipt_no=row.text("receipt_no"),
        state=states.get(row.text("state"), ""),
        file=row.text("file"),
        received=row.date("received") or dt.date.min,
        modified=row.text("modified"),
        symbol=row.text("symbol"),
        employer=row.text("employer"),
        counts={key: row.count(key) or 0 for key in SHEETS},
        errors=row.count("errors") or 0,
        warnings=row.count("warnings") or 0,
        notes=notes.split(_NOTES) if notes else [],
        taken=row.date("taken"),
        fingerprint=row.text("fingerprint"),
        content=row.text("content"),
        row=row.number,
    )


def written(receipt: Receipt) -> dict[str, CellValue]:
    """The row of 受付一覧: column key → value, an individual number in it blotted out."""
    values = {
        "receipt_no": receipt.receipt_no,
        "state": schema().lists["receipt_state"][receipt.state],
        "file": receipt.file,
        "received": receipt.received,
        "modified": receipt.modified[:19],  # to the second is enough for people
        "symbol": receipt.symbol,
        "employer": receipt.employer,
        **{key: receipt.counts.get(key, 0) for key in SHEETS},
        "errors": receipt.errors,
        "warnings": receipt.warnings,
        "note": _NOTES.join(receipt.notes),
        "taken": receipt.taken,
        "fingerprint": receipt.fingerprint,
        "content": receipt.content,
    }
    return {key: None if value == "" else masked_data(value) for key, value in values.items()}
