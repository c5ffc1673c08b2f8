"""The employer's encrypted copy for the insurer, after a check."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from shikaku.desk import submission
from shikaku.desk.submission import SubmitResult
from shikaku.jobs.case import Case, day
from shikaku.model.people import aside
from shikaku.system import clock, passwords, saving, usage_log
from shikaku.system.errors import BookError
from shikaku.workbook.session import Session


def submit(
    session: Session,
    out: Path,
    password_file: Path | None = None,
    *,
    password: str | None = None,
    ask: Callable[[], str] | None = None,
    allow_errors: bool = False,
    as_of: str | dt.date | None = None,
) -> SubmitResult:
    """Check a workbook and put a copy under a password for the insurer, with its receipt.

    session: of a saved workbook; its file is read once, checked, encrypted. password_file: the
    password is its first line; password: itself, from callers that have asked the user for it; ask:
    asks for it, once it is clear that there will be a copy. With errors nothing is written unless
    ``allow_errors``. Raises UsageError and BookError.
    """
    out = Path(out)
    path = Path(session.read().path)
    if password is None and password_file:
        password = passwords.read(password_file)
    if password is not None or ask is None:
        password = passwords.fit(password or "")
    snapshot = submission.Snapshot(path)
    submission.refuse_target(path, out)
    case = Case.load(snapshot, as_of)
    case.require_structure()
    _refuse_blank(case)
    sheets = submission.by_sheet(case.book, case.findings)
    result = SubmitResult(case.name, case.as_of, out, case.findings, sheets)
    try:
        saving.refuse_if_open(path)
    except BookError:
        result.notes.append(
            f"「{path.name}」は開かれています。保存していない変更は写しに入っていません。"
        )
    if allow_errors or not result.counts["error"]:
        today = day(as_of) or clock.today()
        if password is None and ask is not None:
            password = passwords.fit(ask())
        submission.write(result, snapshot.data, password or "", case.settings, today)
    rows = {"rows": sum(count for _, count, _, _ in sheets)}
    outcome = "done" if result.made else "failed"
    usage_log.write("submit", path, result.counts | rows, outcome)
    return result


def _refuse_blank(case: Case) -> None:
    """Raise BookError for a workbook in which nobody has entered anything."""
    rows = (row for key in submission.SHEETS for row in case.book.tables[key].rows)
    if all((nobody := aside(row)) and nobody[0] != "struck" for row in rows):
        raise BookError(
            f"「{case.name}」には、まだ1行も入力がありません。",
            "届出を入力して保存してから、もう一度実行してください。",
        )
