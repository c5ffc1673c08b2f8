"""What jobs write into the sheets: findings, decisions and the ledger as plain rows by schema key."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from shikaku.model.people import known_record
from shikaku.model.schema import FILINGS, is_older, schema
from shikaku.model.tables import Book, CellValue
from shikaku.system import command_line
from shikaku.system.masking import masked
from shikaku.workbook.closed_file import ClosedBook
from shikaku.workbook.session import FORM_NOTE, FORM_NOTE_ROW, Link, Mark, OutRow, Session

if TYPE_CHECKING:
    from shikaku.checks.catalogue import Finding
    from shikaku.decisions.everybody import Decision
    from shikaku.returns.ledger import LedgerPlan


PEOPLE = ("members", *FILINGS)

_RANK = {"error": 0, "warning": 1, "info": 2}


def finding_rows(
    findings: Iterable["Finding"], elsewhere: Collection[str] = (), book: Book | None = None
) -> list[OutRow]:
    """The rows of 検証結果, errors first, else in the findings' order; each links to its cell, but to none
    on the sheets ``elsewhere``. book: where 氏名 is read."""
    findings = sorted(findings, key=lambda finding: _RANK[finding.severity])
    wanted = {(finding.sheet, finding.row) for finding in findings}
    rows = book.rows(*PEOPLE, "ledger") if book is not None else ()
    names = {
        place: row.text("name") for row in rows if (place := (row.sheet, row.number)) in wanted
    }
    severities = schema().lists["severity"]
    shown = cache(masked)  # among thousands of findings few texts are new
    return [
        OutRow(
            {
                "severity": shown(severities[finding.severity]),
                "code": shown(finding.code),
                "sheet": shown(finding.tab),
                "row": finding.row or None,
                "item": shown(finding.label),
                "name": shown(names.get((finding.sheet, finding.row), "")),
                "message": shown(finding.message),
                "hint": shown(finding.hint),
                "source": shown(finding.source),
            },
            None
            if finding.sheet in elsewhere
            else Link(finding.sheet, finding.row or 1, finding.column),
        )
        for finding in findings
    ]


def decision_rows(decisions: Iterable["Decision"], elsewhere: Collection[str] = ()) -> list[OutRow]:
    """The rows of 資格確認書判定, in the decisions' order; each links to the person's name, but those
    of the sheets ``elsewhere``."""
    shown = cache(masked)  # what is said of thousands of people is mostly the same
    known: dict[tuple[object, ...], dict[str, CellValue]] = {}
    rows = []
    for decision in decisions:
        person, certificate = decision.person, decision.certificate
        sheet, row = person.sheet, person.row
        alike = (
            *(sheet, person.kind, certificate.outcome, certificate.ground, certificate.reason),
            *(decision.notice.kind, decision.delivery.route),
            *(decision.old_card.required, decision.rules),
        )
        words = known.get(alike) or known.setdefault(alike, _words(decision, shown))
        values = words.copy()
        values["row"], values["why"] = row, shown(decision.why)
        values["record"], values["name"] = masked(known_record(person.record)), masked(person.name)
        rows.append(OutRow(values, None if sheet in elsewhere else Link(sheet, row, "name")))
    return rows


def _words(decision: "Decision", shown: Callable[[str], str]) -> dict[str, CellValue]:
    """What a row of 資格確認書判定 says of a person as of many others, by column from the left; the rest stays
    empty."""
    lists = schema().lists
    reasons = lists["ex_officio_reason"] | lists["want_reason"]
    item, person = decision.to_json(), decision.person
    reason = item["reason"]
    return {
        "sheet": shown(item["sheet"]),
        "row": None,
        "record": None,
        "name": None,
        "kind": shown(lists["kind"].get(person.kind or "", "")),
        "certificate": shown(lists["certificate"][item["certificate"]]),
        "ground": shown(lists["ground"].get(item["ground"] or "", "")),
        "reason": shown(f"{reason} {reasons[reason]}" if reason else ""),
        "notice": shown(lists["notice"].get(item["notice"] or "", "")),
        "delivery": shown(lists["delivery"][item["delivery"]]),
        "old_card_return": shown(
            lists["old_card_return"]["yes" if item["old_card_return"] else "no"]
        ),
        "why": None,
        "rules": shown("・".join(item["rules"])),
    }


def marks(findings: Iterable["Finding"]) -> list[Mark]:
    """The cells that findings are about; our own output sheets are never among the book's tables."""
    return [(f.sheet, f.row, f.column, f.severity) for f in findings]


def write_findings(
    session: Session,
    findings: Sequence["Finding"],
    elsewhere: Collection[str] = (),
    book: Book | None = None,
) -> None:
    """Fill 検証結果 and mark the cells, none on the sheets ``elsewhere``."""
    session.replace_rows("findings", finding_rows(findings, elsewhere, book))
    session.mark(marks(f for f in findings if f.sheet not in elsewhere))


def write_form_note(session: Session, book: Book) -> None:
    """Say on 表紙 of an older form that it is one; a workbook of the present form has no such line."""
    if book.form is not None and is_older(book.form) and book.has_cover:
        text = (
            f"{FORM_NOTE}({book.form})のブックです。今の様式({schema().form})にするには: "
            f"{command_line.shown('upgrade', Path(book.path).name)}"
        )
        session.set_cells([("cover", FORM_NOTE_ROW, "", text)])


def write_decisions(
    session: Session, decisions: Sequence["Decision"], elsewhere: Collection[str] = ()
) -> None:
    """Fill 資格確認書判定."""
    session.replace_rows("decisions", decision_rows(decisions, elsewhere))


def write_ledger(session: Session, plan: "LedgerPlan") -> None:
    """Bring 返納管理 up to date: changed cells in place, new rows at the end, none deleted.

    The plan's rows carry ``row``: the Excel row, None for a new row. Changes of new rows are in
    the rows themselves. To be called before any other write of the session: the ledger of an older
    form gets the column 処理.
    """
    if isinstance(session, ClosedBook):
        session.add_columns(["ledger"], ["handling"])
    session.set_cells(
        ("ledger", row, key, value) for row, key, value in plan.changes if row is not None
    )
    session.append_rows("ledger", [row for row in plan.rows if row["row"] is None])


def append_history(session: Session, rows: Sequence[Mapping[str, CellValue]]) -> None:
    """Add rows, by schema key, at the end of 発行履歴; none: ask whether it takes any."""
    session.append_rows("history", rows)
