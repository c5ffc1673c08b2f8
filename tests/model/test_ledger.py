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
