"""Letters about what employers have sent, or haven't: from 受付一覧 and 事業所 of a collected book."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from shikaku.letters.contexts import base
from shikaku.letters.contexts.employers import REPLY_DAYS, employer_letter
from shikaku.letters.contexts.naming import clean
from shikaku.letters.contexts.source import LetterSource
from shikaku.letters.model import Letter, PersonRef
from shikaku.model.employers import Employer, fold_employer, fold_symbol
from shikaku.model.schema import schema
from shikaku.model.tables import Row

if TYPE_CHECKING:
    from shikaku.checks.catalogue import Finding

_REPLY, _REPLY_TITLE = "receipt-reply", "届書の確認結果のお知らせ"
_NONE, _NONE_TITLE = "not-filed", "今月の届出の確認"
_SHEET = "receipts"
_IN_HAND = ("taken", "unreadable")


def receipt_reply(case: LetterSource, per: str, again: bool) -> list[Letter]:
    """A letter for each file with errors, or that can't be read: what is to be mended and sent again.

    Each file is reported once; a mended file is another one. A file that says of no employer whose
    it is is held.
    """
    found = _errors(case)
    letters = []
    for line in case.book.rows(_SHEET):
        state, number = line.choice("state"), line.text("receipt_no")
        rows = _unreadable(line) if state == "unreadable" else found.get(number, [])
        about = f"受付 {number} {clean(line.text('file'))}"
        if (
            state not in _IN_HAND
            or not rows
            or not (again or not case.history.has_about(_REPLY, about))
        ):
            continue
        context = {
            "file": clean(line.text("file")),
            "received": base.day(line.date("received")),
            "rows": [{"no": str(n)} | row for n, row in enumerate(rows, 1)],
            "count": str(len(rows)),
            "unreadable": state == "unreadable",
            "reply_by": base.day(case.closed.add_open_days(case.as_of, REPLY_DAYS), True),
        }
        letter = _letter(case, _REPLY, _REPLY_TITLE, ("UK", number), line, about, context)
        letters.append(letter)
    return letters


def _errors(case: LetterSource) -> dict[str, list[dict[str, str]]]:
    """受付番号 → what is wrong in the rows of that file."""
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for finding in case.findings:
        place = finding.sheet, finding.row
        row = case.rows.get(place)
        number = row.text("receipt_no") if row else ""
        if row is not None and number and finding.severity == "error":
            found[number].append(_error(case, finding, row))
    return found


def _error(case: LetterSource, finding: "Finding", row: Row) -> dict[str, str]:
    person = case.people.get((finding.sheet, finding.row))
    own = row.count("source_row") or finding.row
    return {
        "place": f"{schema().sheets[finding.sheet].name} {own}行目",
        "name": base.name_of(person.name) if person and person.name else "（氏名の記入なし）",
        "item": finding.label,
        "request": f"{finding.message}{finding.hint}",
    }


def _unreadable(line: Row) -> list[dict[str, str]]:
    note = clean(line.text("note")) or "ファイルを読み取れませんでした。"
    return [{"place": "ファイル全体", "name": "―", "item": "―", "request": note}]


def not_filed(case: LetterSource, per: str, again: bool) -> list[Letter]:
    """A letter to each employer of 事業所 of whom no file has come in this month, once a month."""
    month = base.day(case.as_of).partition("月")[0] + "月"
    receipts = list(case.book.rows(_SHEET))
    letters = []
    for row in case.book.rows("employers") if receipts else ():
        line = case.employers.of_symbol(_first_symbol(row))
        about = f"{month} {line.name}" if line else ""
        if line is None or not (again or not case.history.has_about(_NONE, about)):
            continue
        days = [
            day
            for one in receipts
            if one.choice("state") != "skipped"
            and _is_of(one, line)
            and (day := one.date("received"))
        ]
        if any((d.year, d.month) == (case.as_of.year, case.as_of.month) for d in days):
            continue
        context: dict[str, object] = {
            "month": month,
            "last_received": base.day(max(days, default=None)),
            "reply_by": base.day(case.closed.add_open_days(case.as_of, REPLY_DAYS), True),
            "employer_symbol": row.text("symbol"),
        }
        number = ("TK", _first_symbol(row))
        letters.append(_letter(case, _NONE, _NONE_TITLE, number, row, about, context))
    return letters


def _first_symbol(row: Row) -> str:
    """Of several 記号 parted by 、 the first."""
    return row.text("symbol").split("、")[0].strip()


def _is_of(receipt: Row, line: Employer) -> bool:
    symbols = {fold_symbol(part) for part in receipt.text("symbol").split("、")} - {""}
    return bool(symbols & line.symbols) or fold_employer(receipt.text("employer")) in line.names


def _letter(
    case: LetterSource,
    kind: str,
    title: str,
    number: Sequence[str],
    row: Row,
    about: str,
    context: dict[str, object],
) -> Letter:
    """The letter to the employer of a line of 受付一覧 or 事業所. number: prefix and reference."""
    symbol = _first_symbol(row)
    line = case.employers.of_symbol(symbol)
    written = row.text("employer" if row.sheet == _SHEET else "name")
    name = line.name if line and line.name else clean(written)
    letter = employer_letter(case, kind, number[0], title, name, [], "employer", context)
    # a file that says of no employer whose it is is known to the clerk by its own name
    called = name or clean(row.text("file"))
    whom = PersonRef(row.sheet, row.number, f"{symbol}--", called, about)
    heading = base.heading(case, *number)
    lacking = () if name else (schema().desk[_SHEET].label("employer"),)
    return replace(letter, people=(whom,), context={**letter.context, **heading}, lacking=lacking)
