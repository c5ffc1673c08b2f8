"""The ledger and the history on a past day: what has happened since is taken back."""

import datetime as dt

from books import book
from shikaku.model.tables import Book
from shikaku.returns import as_it_stood

DAY = dt.date(2026, 4, 15)
NEXT = dt.date(2026, 4, 16)


def made(**rows):
    return book(
        ledger=[{"control_no": f"K{n}", **row} for n, row in enumerate(rows["ledger"])],
        history=[
            dict(zip(("control_no", "letter", "issued"), row, strict=True))
            for row in rows["history"]
        ],
    )


def test_nothing_since_is_the_same_workbook():
    target = made(
        ledger=[
            {"issued": DAY, "returned": DAY, "last_reminder": DAY, "reminders": 1},
            {"issued": "不明"},
        ],
        history=[("K0", "return-reminder", DAY), ("K0", "return-final", None)],
    )
    assert as_it_stood.on(target, DAY) is target
    empty = Book("b.xlsx")
    assert as_it_stood.on(empty, DAY) is empty


def test_what_came_later_is_taken_back():
    target = made(
        ledger=[
            {"issued": DAY, "returned": NEXT},
            {"issued": NEXT},
            {"issued": DAY, "reminders": 3, "last_reminder": NEXT},
            {"issued": DAY, "reminders": 1, "last_reminder": DAY},
            {"issued": DAY, "reminders": "", "last_reminder": ""},
        ],
        history=[
            ("K2", "return-request", DAY),
            ("K2", "return-reminder", NEXT),
            ("K2", "return-reminder", NEXT),  # to two of the family
            ("K2", "return-final", dt.date(2026, 5, 1)),
            ("K2", "return-request", NEXT),  # no reminder
            ("K3", "certificate", NEXT),
            ("K4", "return-reminder", NEXT),
        ],
    )
    then = as_it_stood.on(target, DAY)
    ledger = list(then.rows("ledger"))
    assert [row.text("control_no") for row in ledger] == ["K0", "K2", "K3", "K4"]
    assert [row.number for row in ledger] == [2, 4, 5, 6]
    assert [row.date("returned") for row in ledger] == [None] * 4
    assert [row.count("reminders") for row in ledger] == [None, 1, 1, None]
    assert [row.date("last_reminder") for row in ledger] == [None, None, DAY, None]
    assert [row.date("issued") for row in then.rows("history")] == [DAY]
    assert len(list(target.rows("ledger"))) == 5 and len(list(target.rows("history"))) == 7


def test_more_letters_than_were_counted_leave_none():
    target = made(
        ledger=[{"issued": DAY, "reminders": 1}],
        history=[("K0", "return-reminder", NEXT), ("K0", "return-final", NEXT)],
    )
    assert [row.count("reminders") for row in as_it_stood.on(target, DAY).rows("ledger")] == [0]
