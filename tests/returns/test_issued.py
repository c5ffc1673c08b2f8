"""What a run of letters adds to the ledger: every row keeps the number that a letter printed."""

import datetime as dt

from books import book, closed_days
from shikaku.model.settings import Settings
from shikaku.returns.ledger import update
from shikaku.returns.stages import SentLetter

CLOSED = closed_days()
DAY = dt.date(2025, 10, 1)
LEAVER = {
    "symbol": "1201",
    "number": "31",
    "branch": "00",
    "kind": "insured",
    "name": "千葉　亮",
    "birth": dt.date(1980, 5, 5),
    "acquired": dt.date(2010, 4, 1),
    "lost": dt.date(2025, 9, 25),
    "old_card": "yes",
}
NEW = {
    "symbol": "1201",
    "number": "3",
    "branch": "00",
    "name": "上田　健",
    "kind": "insured",
    "department": "",
    "issued": DAY,
    "expiry": dt.date(2030, 9, 30),
}


def test_a_new_certificate_takes_no_number_that_a_letter_of_the_run_has_printed():
    plan = update(book(members=[LEAVER]), Settings(), DAY, CLOSED)
    printed = {item.entry.name: item.entry.control_no for item in plan.entries}
    after = plan.with_issued([NEW], [SentLetter(printed["千葉　亮"], "request")])
    numbers = {item.entry.name: item.entry.control_no for item in after.entries}
    assert numbers["千葉　亮"] == printed["千葉　亮"] != numbers["上田　健"]
    assert after.issued == [numbers["上田　健"]]
    assert {item.entry.name: item.stage for item in after.entries}["千葉　亮"] == "request"


def test_a_certificate_that_the_ledger_has_gets_its_number():
    plan = update(book(members=[LEAVER]), Settings(), DAY, CLOSED)
    once = plan.with_issued([NEW])
    assert once.with_issued([NEW]).added == once.added
