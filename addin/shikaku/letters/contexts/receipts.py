"""Letters about what employers have sent, or haven't: from 受付一覧 and 事業所 of a collected book."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from shikaku.letters.contexts import base, replies
from shikaku.letters.contexts.employers import REPLY_DAYS, employer_letter
from shikaku.letters.contexts.naming import clean
from shikaku.letters.contexts.replies import REPLY
from shikaku.letters.contexts.source import LetterSource
from shikaku.letters.model import Letter, PersonRef
from shikaku.model.employers import Employer, fold_employer, fold_symbol, symbols_of
from shikaku.model.schema import schema
from shikaku.model.tables import Row

if TYPE_CHECKING:
    from shikaku.checks.catalogue import Finding

_REPLY_TITLE = "届書の確認結果のお知らせ"
_NONE, _NONE_TITLE = "not-filed", "今月の届出の確認"
_SHEET = "receipts"
_IN_HAND = ("taken", "unreadable")
_OPENS = "Excelで開けること、パスワードがお知らせいただいたものであることを確かめて、届出のブックをお送りください。"


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
        about = replies.about(line)
        if (
            state not in _IN_HAND
            or not rows
            or not (again or not case.history.has_about(REPLY, about))
        ):
            continue
        context = {
            "file": clean(PurePosixPath(line.text("file")).name),  # our folders are none of theirs
            "received": base.day(line.date("received")),
            "rows": [{"no": str(n)} | row for n, row in enumerate(rows, 1)],
            "count": str(len(rows)),
            "unreadable": state == "unreadable",
            "reply_by": base.day(case.closed.add_open_days(case.as_of, REPLY_DAYS), True),
        }
        letter = _letter(case, REPLY, _REPLY_TITLE, ("UK", number), line, about, context)
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
        "request": finding.to_employer or f"{finding.message}{finding.hint}",
    }


def _unreadable(line: Row) -> list[dict[str, str]]:
    why, _, _ = clean(line.text("note")).partition("。")  # what follows tells the clerk what to do
    request = f"{why or 'ファイルを読み取れませんでした'}。{_OPENS}"
    return [{"place": "ファイル全体", "name": "―", "item": "―", "request": request}]


def not_filed(case: LetterSource, per: str, again: bool) -> list[Letter]:
    """A letter to each employer of 事業所 of whom no file has come in this month, once a month."""
    month = base.day(case.as_of).partition("月")[0] + "月"
    received = _received(case)
    letters = []
    for row in case.book.rows("employers") if any(case.book.rows(_SHEET)) else ():
        line = case.employers.of_symbol(_first_symbol(row))
        about = f"{month} {line.name}" if line else ""
        if line is None or not (again or not case.history.has_about(_NONE, about)):
            continue
        days = {day for key in _called(line) for day in received.get(key, ())}
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
    """Of several 記号 the first."""
    return next(iter(symbols_of(row.text("symbol"))), "")


_Called = tuple[str, str]
"""``symbol`` or ``name``, and that of an employer, folded."""


def _received(case: LetterSource) -> dict[_Called, set[dt.date]]:
    """What an employer is called by → the days on which files came in."""
    found: dict[_Called, set[dt.date]] = defaultdict(set)
    for receipt in case.book.rows(_SHEET):
        day = receipt.date("received")
        if receipt.choice("state") == "skipped" or not day:
            continue
        for symbol in symbols_of(receipt.text("symbol")):
            found["symbol", fold_symbol(symbol)].add(day)
        found["name", fold_employer(receipt.text("employer"))].add(day)
    return found


def _called(line: Employer) -> list[_Called]:
    return [*(("symbol", one) for one in line.symbols), *(("name", one) for one in line.names)]


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
