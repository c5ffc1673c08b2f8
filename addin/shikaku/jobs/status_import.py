"""The national list of registrations into 加入者台帳."""

import datetime as dt
from pathlib import Path

from shikaku.decisions import everybody
from shikaku.desk import list_reading, status_changes, status_list
from shikaku.desk.status_changes import StatusResult
from shikaku.jobs.case import Case
from shikaku.jobs.report_targets import refuse_over
from shikaku.model.schema import schema
from shikaku.system import saving, usage_log
from shikaku.system.errors import BookError
from shikaku.system.masking import bare
from shikaku.workbook.session import Session


def status_import(
    session: Session,
    file: Path,
    *,
    mapping: Path | None = None,
    as_of: str | dt.date | None = None,
    write: bool = True,
    report: Path | None = None,
) -> StatusResult:
    """Match the list of Myna card registrations with 加入者台帳, and say whose certificate turns.

    file: the list (``desk.list_reading``); mapping: which columns and values it has; write: put the cells into the book, else
    only say which;
    report: a CSV with the people whose decision changes. Raises UsageError (mapping, headings) and
    BookError (a file that is no list, a broken line, the workbook).
    """
    file = Path(file)
    rules = status_list.Mapping.load(mapping)
    case = Case.load(session, as_of)
    if report is not None:
        refuse_over(Path(report), ".csv", case.book.path, file)
    case.require_structure()
    listed = list_reading.read(file, rules.headings)
    found = status_list.Import(listed, rules, case.book, case.as_of)
    lacking = status_list.lacking_columns(case.book, found.changes)
    if lacking:
        raise BookError(
            f"シート「{schema().sheets['members'].name}」に列「{'」「'.join(lacking)}」がありません。",
            "列を足してから、もう一度実行してください。",
        )
    after = everybody.decide_all(
        status_list.applied(case.book, found.changes), case.settings, case.as_of, case.closed
    )
    look = status_changes.last_look(case.book, case.as_of)
    then = everybody.decide_all(case.book, case.settings, look, case.closed)
    result = StatusResult(
        case.name,
        case.as_of,
        bare(file.name),
        listed.form,
        len(listed.records),
        found.matched,
        found.changes,
        found.left,
        status_changes.turns(case.decisions, after, then, found.changes),
    )
    if report is not None:
        with saving.making(Path(report)) as draft:
            draft.write_bytes(status_changes.report(result.turns))
        result.report = Path(report)
    if write and found.changes:
        session.set_cells([("members", c.row, c.key, c.value) for c in found.changes])
        session.commit()
    result.written = write
    counts = {"lines": result.lines_read, "matched": found.matched, "left": len(found.left)}
    counts |= {"changes": len(found.changes), "written": int(write)}
    usage_log.write("status-import", case.book.path, counts)
    return result
