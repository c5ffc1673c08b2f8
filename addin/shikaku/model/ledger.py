"""The rows of 返納管理 as the rules see them."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from shikaku.fields import stray_number
from shikaku.law import parameters
from shikaku.model.people import all_meant, record, record_part
from shikaku.model.schema import schema
from shikaku.model.tables import BLANK, ERROR, Book, Columns, Table, choices

VOID = "void"
"""Key of the list ``handling``: the document never went out."""

REISSUES = ("reissue_lost", "reissue_renamed", "reissue_corrected")
"""Keys of ``handling`` that order a new one in its place."""

CALLED_BACK = ("reissue_renamed", "reissue_corrected")
"""Those whose old document is in the holder's hands, and comes back for the new one."""

CERTIFICATE = "certificate"
IMPORTED = "cards-import"
PRINTED = (CERTIFICATE, IMPORTED)
"""What 発行履歴 calls a certificate: one of ours, one that another system issued."""


@dataclass(frozen=True, slots=True)
class CardFace:
    """What a certificate says of its holder, as 発行履歴 has it of the day of printing."""

    symbol: str
    number: str
    branch: str
    name: str
    birth: dt.date | None
    sex: str | None


@dataclass(slots=True, unsafe_hash=True)  # never changed; not frozen, as Person
class LedgerEntry:
    """One row of 返納管理.

    ``document``: certificate | old_card | notice (which never comes back, R18) | None for another
    document. ``written``: the words of 書類; blank in a row that was pasted in, whose document goes by
    its days. ``required``: yes | no | undecided | None (blank).
    ``unclear``: the columns in which something stands that can't be read (返納日 「きのう」), 管理番号
    among them when it is an individual number. ``handling``: 処理, a key of its list or None.
    ``printed``: what 発行履歴 says of a certificate of that 管理番号, None where it has none.
    """

    row: int
    control_no: str
    document: str | None
    symbol: str
    number: str
    branch: str
    name: str
    kind: str | None
    department: str
    issued: dt.date | None
    expiry: dt.date | None
    lost: dt.date | None
    required: str | None
    due: dt.date | None
    returned: dt.date | None
    reminders: int
    last_reminder: dt.date | None
    next_action: str
    remarks: str
    written: str = ""
    unclear: tuple[str, ...] = ()
    handling: str | None = None
    printed: CardFace | None = None

    @property
    def record(self) -> str:
        """「記号-番号-枝番」."""
        return record(self.symbol, self.number, self.branch, self.kind)

    @property
    def document_name(self) -> str:
        """The document in Japanese, as the list has it, else as it is written."""
        return schema().lists["document"].get(self.document or "", self.written)

    @property
    def void(self) -> bool:
        """It never went out (発行取消), and counts as not issued."""
        return self.handling == VOID

    @property
    def to_replace(self) -> bool:
        """Another is ordered in its place: nobody is to go on using it."""
        return self.handling in REISSUES

    @property
    def birth(self) -> dt.date | None:
        """The holder's 生年月日 as it is printed; None when nobody has kept it."""
        return self.printed.birth if self.printed else None

    @property
    def out(self) -> bool:
        """It went out, and is neither back nor 返不能 or 滅失 by 備考."""
        return not self.void and self.returned is None and not given_up(self.remarks)

    def out_on(self, day: dt.date) -> bool:
        """The same on a day: what comes back later is still out."""
        back = self.returned is not None and self.returned <= day
        return not back and not self.void and not given_up(self.remarks)

    def follows(self, other: "LedgerEntry") -> bool:
        """Whether it was issued after another: on a later day, of one day under the later number."""
        return _order(self) > _order(other)


def _order(entry: LedgerEntry) -> tuple[dt.date, int, int]:
    serial = re.fullmatch(r"K(\d+)", entry.control_no)
    new = entry.row or 1 << 30  # a row that isn't in the file yet is the latest
    return entry.issued or dt.date.min, int(serial[1]) if serial else 0, new


def latest(entries: Iterable[LedgerEntry]) -> LedgerEntry | None:
    """The one that no other follows, of several the first; None of none."""
    return max(entries, key=_order, default=None)


GONE = ("not_returnable", "destroyed")
"""Keys of the list ``collected`` that, written into 備考, say that a document can't come back."""


def given_up(remarks: str) -> bool:
    """備考 says that the document can't come back: 返不能 or 滅失."""
    words = schema().lists["collected"]
    return any(words[key] in remarks for key in GONE)


def destroyed(remarks: str) -> bool:
    """備考 says 滅失: lost or destroyed, and reported as such."""
    return schema().lists["collected"]["destroyed"] in remarks


def _document(word: str, issued: dt.date | None, expiry: dt.date | None) -> str | None:
    """By the words of 書類 and the days of a row."""
    if not word:
        return _by_days(issued, expiry)
    return "notice" if "お知らせ" in word else choices("ledger", "document").get(word)


def _by_days(issued: dt.date | None, expiry: dt.date | None) -> str:
    """書類 of a row that was pasted in without it: nobody got a certificate before there were any."""
    starts = parameters.constant("certificate.starts")
    old = issued is not None and issued < starts and expiry is None
    return "old_card" if old else CERTIFICATE


_DAYS = ("issued", "expiry", "lost", "due", "returned", "last_reminder")
_WORDS = ("kind", "required", "handling")
_PARTS = ("control_no", "symbol", "number", "branch")
_STEERING = ("lost", "required", "due", "returned", "reminders", "last_reminder", "handling")
"""Columns of 返納管理 that say what happens next, by people's hands as well as by ours."""


def _unclear(columns: Columns, by_field: Mapping[str, Sequence[object]]) -> list[tuple[str, ...]]:
    """``LedgerEntry.unclear`` of each row. by_field: what could be read, by column."""
    unclear: dict[int, list[str]] = {}
    for key in ("control_no", *_STEERING):
        read = by_field[key] if key != "control_no" else [part or None for part in by_field[key]]
        for at, (cell, meant) in enumerate(zip(columns[key], read, strict=True)):
            if meant is None and cell is not BLANK:
                error = cell.kind == ERROR and key != "control_no"
                if cell.text or error:
                    unclear.setdefault(at, []).append(key)
    return [tuple(unclear.get(at, ())) for at in range(len(columns["control_no"]))]


def ledger(book: Book) -> list[LedgerEntry]:
    """The rows of 返納管理 as they are in the file."""
    table = book.tables.get("ledger")
    if table is None:
        return []
    return [*book.once(ledger, ("ledger", "history"), lambda: _entries(table, printed(book)))]


def _entries(table: Table, prints: Mapping[str, CardFace]) -> list[LedgerEntry]:
    """Column by column: cell by cell it would take three times as long."""
    columns = table.turned()
    by_field = _by_field(columns)
    faces = [prints.get(cell.text) for cell in columns["control_no"]]
    documents = map(_document, by_field["written"], by_field["issued"], by_field["expiry"])
    by_field |= {
        "row": [row.number for row in table.rows],
        "document": list(documents),
        "unclear": _unclear(columns, by_field),
        "reminders": [count or 0 for count in by_field["reminders"]],
        "written": [cell.safe for cell in columns["document"]],
        "printed": faces,
    }
    return list(map(LedgerEntry, *(by_field[field.name] for field in fields(LedgerEntry))))


def _by_field(columns: Columns) -> dict[str, Sequence[Any]]:
    """What could be read, by column; ``written`` is the words of 書類."""
    by_field: dict[str, Sequence[Any]] = {key: [cell.day for cell in columns[key]] for key in _DAYS}
    for key in _WORDS:
        words = choices("ledger", key)
        by_field[key] = [words.get(cell.text) for cell in columns[key]]
    by_field |= {key: all_meant("ledger", key, columns[key]) for key in _PARTS}
    by_field |= {
        key: [cell.safe for cell in columns[key]] for key in ("name", "department", "remarks")
    }
    by_field["reminders"] = [cell.count for cell in columns["reminders"]]
    by_field["next_action"] = [cell.text for cell in columns["next_action"]]
    by_field["written"] = [cell.text for cell in columns["document"]]
    return by_field


def printed(book: Book) -> dict[str, CardFace]:
    """管理番号 → what the certificate says, by the rows of 発行履歴 (the first of each: one printed
    again says the same)."""
    found: dict[str, CardFace] = {}
    for row in book.rows("history"):
        control_no = row.text("control_no")
        if not control_no or row.word("letter") not in PRINTED or control_no in found:
            continue
        found[control_no] = CardFace(
            record_part(row, "symbol"),
            record_part(row, "number"),
            record_part(row, "branch"),
            stray_number.hide(row.text("name")),
            row.date("birth"),
            row.choice("sex"),
        )
    return found
