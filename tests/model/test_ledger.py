"""A row of 返納管理 as an entry."""

import dataclasses

import books
import decision_cases as data
import pytest
from case_files import by_name, cases
from shikaku.model.ledger import ledger


@pytest.mark.parametrize("case", cases("model/ledger", "entry"), ids=by_name)
def test_entry(case):
    (entry,) = ledger(books.book(ledger=[case["values"]], history=case.get("history", [])))
    found = {key: getattr(entry, key) for key in case["gives"]}
    if found.get("printed"):
        found["printed"] = list(dataclasses.astuple(found["printed"]))
    plain = {key: list(v) if isinstance(v, tuple) else v or "" for key, v in found.items()}
    wanted = {key: v if isinstance(v, list) else v or "" for key, v in case["gives"].items()}
    assert plain == wanted
    assert entry.row == 2


@pytest.mark.parametrize("case", cases("model/ledger", "follows"), ids=by_name)
def test_follows(case):
    one, other = (data.card(case[key]) for key in ("later", "earlier"))
    assert one.follows(other) and not other.follows(one)


CARD = {
    "control_no": "K00001",
    "document": "資格確認書",
    "symbol": "1",
    "number": "2",
    "name": "甲　乙",
}


def test_entries_are_made_anew_of_other_rows_of_the_ledger_or_the_history():
    book = books.book(ledger=[CARD])
    first = ledger(book)
    first.clear()  # the caller's own list
    assert [entry.printed for entry in ledger(book)] == [None]
    printed = {"letter": "certificate", "control_no": "K00001", "name": "甲　丙"}
    book.tables["history"].rows.append(books.row("history", 2, printed))
    assert [entry.printed.name for entry in ledger(book)] == ["甲　丙"]
    row = book.tables["ledger"].rows[0]
    book.tables["ledger"].rows = [row.with_cells(row.cells | {"name": books.cell("丁　戊")})]
    assert [entry.name for entry in ledger(book)] == ["丁　戊"]
