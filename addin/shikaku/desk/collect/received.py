"""What has become of each file that arrived."""

import datetime as dt
from dataclasses import dataclass, field

from shikaku.desk.collect.inbox import order

LISTED_AGAIN = ("unreadable", "skipped")
"""States of a file that may be taken later: it keeps its line of 受付一覧. Nothing that it says of its
employer counts."""


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
