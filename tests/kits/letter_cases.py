"""The cases of ``tests/cases/letters/contexts/due.toml`` as letters: a small workbook, its day, one kind."""

import books
import decision_cases as data
from case_files import load
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
        [finding(*item) for item in case.get("findings", ())],
        plan,
        due_letters(plan, book, values, day, closed),
        case.get("kinds", ()),
    )
    return selection.narrowed(made, case["person"]) if "person" in case else made


def finding(code: str, sheet: str, row: int, column: str = "kana") -> Finding:
    """A finding as the checks would give it."""
    warnings = ("MN02", "MN09", "MN11", "NM02", "NM03", "AD02", "DL01", "DL03", "DL04")
    return Finding(
        code=code,
        severity="warning" if code in warnings or code.startswith("KK") else "error",
        sheet=sheet,
        row=row,
        column=column,
        message="",
        hint="",
        source="",
    )
