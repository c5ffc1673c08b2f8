"""The rows of 返納管理 as the rules see them."""

import datetime as dt
from dataclasses import dataclass

from shikaku.fields import stray_number
from shikaku.model.people import record, record_part
from shikaku.model.schema import schema
from shikaku.model.tables import ERROR, Book, Row


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One row of 返納管理.

    ``document``: certificate | old_card | notice (which never comes back, R18) | None for blank or
    another document, whose words ``written`` has. ``required``: yes | no | undecided | None (blank).
    ``unclear``: the columns in which something stands that can't be read (返納日 「きのう」), 管理番号
    among them when it is an individual number.
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

    @property
    def record(self) -> str:
        """「記号-番号-枝番」."""
        return record(self.symbol, self.number, self.branch, self.kind)

    @property
    def document_name(self) -> str:
        """The document in Japanese, as the list has it, else as it is written."""
        return schema().lists["document"].get(self.document or "", self.written)

    def out_on(self, day: dt.date) -> bool:
        """A document that is still out on the day: not back yet, and not 返不能 or 滅失 by 備考."""
        back = self.returned is not None and self.returned <= day
        return not back and not given_up(self.remarks)


GONE = ("not_returnable", "destroyed")
"""Keys of the list ``collected`` that, written into 備考, say that a document can't come back."""


def given_up(remarks: str) -> bool:
    """備考 says that the document can't come back: 返不能 or 滅失."""
    words = schema().lists["collected"]
    return any(words[key] in remarks for key in GONE)


def destroyed(remarks: str) -> bool:
    """備考 says 滅失: lost or destroyed, and told so."""
    return schema().lists["collected"]["destroyed"] in remarks


def _document(row: Row) -> str | None:
    notice = row.choice("document") is None and "お知らせ" in row.text("document")
    return "notice" if notice else row.choice("document")


_STEERING = ("lost", "required", "due", "returned", "reminders", "last_reminder")
"""Columns of 返納管理 that say what happens next, by people's hands as well as by ours."""


def _unclear(row: Row) -> tuple[str, ...]:
    read = {"required": row.choice, "reminders": row.count}
    found = [
        key
        for key in _STEERING
        if (row.text(key) or row.cell(key).kind == ERROR) and read.get(key, row.date)(key) is None
    ]
    stray = row.text("control_no") and not record_part(row, "control_no")
    return ("control_no", *found) if stray else tuple(found)


def ledger(book: Book) -> list[LedgerEntry]:
    """The rows of 返納管理 as they are in the file."""
    return [
        LedgerEntry(
            row=row.number,
            control_no=record_part(row, "control_no"),
            document=_document(row),
            symbol=record_part(row, "symbol"),
            number=record_part(row, "number"),
            branch=record_part(row, "branch"),
            name=stray_number.hide(row.text("name")),
            kind=row.choice("kind"),
            department=stray_number.hide(row.text("department")),
            issued=row.date("issued"),
            expiry=row.date("expiry"),
            lost=row.date("lost"),
            required=row.choice("required"),
            due=row.date("due"),
            returned=row.date("returned"),
            reminders=row.count("reminders") or 0,
            last_reminder=row.date("last_reminder"),
            next_action=row.text("next_action"),
            remarks=stray_number.hide(row.text("remarks")),
            written=stray_number.hide(row.text("document")),
            unclear=_unclear(row),
        )
        for row in book.rows("ledger")
    ]
