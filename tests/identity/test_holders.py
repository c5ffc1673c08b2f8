"""Whose a row of the ledger is, and which loss ends it, by cases on both sides."""

import books
import pytest
from case_files import by_name, cases, load
from shikaku.identity.holders import Losses
from shikaku.model.ledger import ledger

BASE = load("identity/holders")["base"]
SHEETS = ("members", "acquisition", "dependants", "loss", "history", "ledger")


def filled(sheet: str, values: dict) -> dict:
    """A row over the defaults; a blank takes a default away."""
    child = BASE["child"] if values.get("_child") else {}
    row = {**BASE[sheet], **child, **values}
    return {key: value for key, value in row.items() if value != "" and key != "_child"}


@pytest.mark.parametrize("case", cases("identity/holders"), ids=by_name)
def test_holder(case: dict) -> None:
    given = {"ledger": [{}], **{key: case[key] for key in SHEETS if key in case}}
    book = books.book({key: [filled(key, row) for row in given[key]] for key in given})
    losses = Losses(book, case.get("until"))
    entries = ledger(book)
    for entry, key in zip(entries, ("gives", "second"), strict=False):
        holder, expected = losses.holder(entry), case[key]
        loss, person = holder.loss, holder.person
        found = {
            "person": [person.sheet, person.row] if person else "",
            "doubt": holder.doubt,
            "loss": [loss.sheet, loss.row, loss.day] if loss else "",
            "unfiled": bool(loss and loss.unfiled),
            "by_event": bool(loss and loss.by_event),
            "inherited": bool(loss and loss.inherited),
            "cause": loss.cause if loss else None,
            "counted": [holder.counted.sheet, holder.counted.row] if holder.counted else None,
            "removal": [holder.removal.sheet, holder.removal.row] if holder.removal else None,
            "with_insured": holder.with_insured,
            "died": holder.died,
        }
        blank = {"person": "", "doubt": "", "cause": None, "counted": None, "removal": None}
        assert found == {**dict.fromkeys(found, False), **blank, **expected}
