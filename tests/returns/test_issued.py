"""What a run of letters adds to the ledger: every row keeps the number that a letter printed."""

import datetime as dt
from dataclasses import dataclass, field

import pytest
from books import book, closed_days
from case_files import by_name, cases, load
from shikaku.decisions.everybody import decide_all
from shikaku.model.settings import Settings
from shikaku.returns.issued import record
from shikaku.returns.ledger import update
from shikaku.returns.stages import SentLetter, due_letters

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


BASE = load("returns/issued")["base"]
RUN = dt.date(2026, 4, 15)


@dataclass(frozen=True)
class Whom:
    """A person of a case's letter."""

    sheet: str
    row: int
    name: str
    parts: tuple[str, str, str]
    about: str


@dataclass(frozen=True)
class Letter:
    """A letter that a case's run has made."""

    kind: str
    people: list[Whom]
    control_nos: list[str]
    addressee: str = "株式会社みほん"
    files: dict[str, str] = field(default_factory=lambda: {"docx": "a.docx", "pdf": "a.pdf"})


def letter(made, case):
    """A case's letter, its people as their rows have them."""
    found = []
    for sheet, number in case["people"]:
        row = made.tables[sheet].rows[number - 2]
        parts = tuple(row.text(key) for key in ("symbol", "number", "branch") if key in row.cells)
        about = case.get("about", "")
        found.append(Whom(sheet, number, row.text("name"), (*parts, "", "")[:3], about))
    return Letter(case["kind"], found, case.get("nos", []))


@pytest.mark.parametrize("case", cases("returns/issued"), ids=by_name)
def test_record(case):
    rows = {sheet: [BASE[sheet] | row for row in case["rows"][sheet]] for sheet in case["rows"]}
    made = book(rows)
    settings = Settings(certificate_expiry=dt.date(2030, 11, 30))
    plan = update(made, settings, RUN, CLOSED)
    before = list(plan.changes)
    decisions = {(d.person.sheet, d.person.row): d for d in decide_all(made, settings, RUN, CLOSED)}
    due = {s.control_no: s.step for s in due_letters(plan, made, settings, RUN, CLOSED)}
    letters = [letter(made, one) for one in case["letters"]]
    titles = {one.kind: f"文書 {one.kind}" for one in letters}
    found = record(letters, plan, decisions, RUN, due, titles)
    if "history" in case:
        for line, wanted in zip(found.history, case["history"], strict=True):
            assert {k: line.get(k) or "" for k in wanted} == wanted
    for item, values, wanted in zip(
        found.plan.entries, found.plan.rows, case.get("ledger", ()), strict="ledger" in case
    ):
        shown = values | {"stage": item.stage, "action": item.entry.next_action}
        assert {k: shown[k] or "" for k in wanted} == {k: v or "" for k, v in wanted.items()}
    if "changes" in case:
        counted = [c for c in found.plan.changes if c[1] in ("reminders", "last_reminder")]
        assert [list(c) for c in counted] == case["changes"]
    assert plan.changes == before
