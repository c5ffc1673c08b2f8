"""The cases of ``tests/cases/letters/contexts/due.toml`` as letters: a small workbook, its day, one kind."""

import books
import decision_cases as data
from case_files import load
from findings import finding
from shikaku.checks.catalogue import Finding
from shikaku.decisions.everybody import decide_all
from shikaku.letters.contexts import selection
from shikaku.letters.contexts.due import LetterSource, letters_for
from shikaku.letters.model import Letter
from shikaku.returns.ledger import update
from shikaku.returns.stages import due_letters

CASES = load("letters/contexts/due")


def letters(case: dict, **options) -> list[Letter]:
    """The letters of a case. options: over the case's own ``per`` and ``again``."""
    per = options.get("per", case.get("per"))
    again = options.get("again", case.get("again", False))
    return letters_for(case["kind"], source(case), per, again=again)


def source(case: dict) -> LetterSource:
    """What the letters of a case are made from."""
    base = CASES["base"]
    rows = {
        sheet: [{**base[sheet], **row} for row in items] for sheet, items in case["rows"].items()
    }
    book = books.book(rows)
    values = data.settings({**CASES["settings"], **case.get("settings", {})})
    day, closed = case["as_of"], books.closed_days()
    plan = update(book, values, day, closed)
    made = LetterSource(
        book,
        values,
        day,
        closed,
        decide_all(book, values, day, closed),
        [_finding(*item) for item in case.get("findings", ())],
        plan,
        due_letters(plan, book, values, day, closed),
        case.get("kinds", ()),
    )
    return selection.narrowed(made, case["person"]) if "person" in case else made


def _finding(code: str, sheet: str, row: int, column: str = "kana") -> Finding:
    return finding(sheet, row, column, code=code, message="")
