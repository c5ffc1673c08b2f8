"""台帳更新と督促: the ledger brought up to date, and the letters that are due from it."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from shikaku.decisions.renewals import renewals
from shikaku.jobs.case import Case
from shikaku.jobs.letter_options import LetterOptions
from shikaku.jobs.output_rows import write_ledger
from shikaku.jobs.report_targets import refuse_over
from shikaku.model.people import known_record
from shikaku.model.schema import schema
from shikaku.returns import as_it_stood, month, report_sheet
from shikaku.returns.ledger import LedgerPlan, change_lines, update
from shikaku.system import usage_log
from shikaku.system.errors import UsageError
from shikaku.workbook.session import Session

if TYPE_CHECKING:
    from shikaku.jobs.letters import LettersResult


@dataclass
class ReturnsResult:
    """The result of 台帳更新."""

    book: str
    as_of: dt.date
    plan: LedgerPlan
    written: bool = False
    report: Path | None = None
    exit_status: int = 0

    def to_json(self) -> dict:
        """The object of contract.md §3."""
        return {"book": self.book, "as_of": self.as_of.isoformat(), "items": self.plan.items()}

    @property
    def counts(self) -> dict[str, int]:
        """How many documents by state."""
        found = Counter(item.state for item in self.plan.entries)
        return {key: found[key] for key in schema().lists["return_state"]}

    def lines(self) -> list[str]:
        """What changes, then every open case, then the count."""
        labels = schema().lists["return_state"]
        out = change_lines(self.plan)
        for item in self.plan.entries:
            entry = item.entry
            if item.state in ("waiting", "overdue", "not_returnable"):
                who = (entry.control_no, known_record(entry.record), entry.name)
                out.append(
                    f"{' '.join(filter(None, who))} "
                    f"{entry.document_name}【{labels[item.state]}】"
                    f"返納期限 {entry.due.isoformat() if entry.due else '－'}: {entry.next_action}"
                )
        return [*out, self.summary()]

    def summary(self) -> str:
        """One sentence."""
        labels = schema().lists["return_state"]
        text = "、".join(f"{labels[key]} {n}件" for key, n in self.counts.items() if n)
        changed = f"新しい行 {self.plan.added}件、変わるセル {len(self.plan.changes)}か所"
        if not self.plan.added and not self.plan.changes:
            changed, end = "シート「返納管理」は最新で、変わるところはありません", ""
        elif self.written:
            end = "。シート「返納管理」に書き込みました"
        else:
            end = "(書き込むには --write を付けます)"
        made = f"。報告書: {self.report}" if self.report else ""
        return f"返納管理: {text or '対象なし'}。{changed}{end}{made}"


def returns(
    session: Session,
    as_of: str | dt.date | None = None,
    *,
    write: bool = False,
    report: Path | None = None,
) -> ReturnsResult:
    """Bring the ledger up to date; with ``write`` put it into 返納管理, with ``report`` make the
    manager's page (.xlsx)."""
    case = Case.load(session, as_of)
    case.require_structure()
    case.require_ledger()
    if report is not None:
        refuse_over(report, ".xlsx", case.book.path)
    plan = update(case.book, case.settings, case.as_of, case.closed)
    result = ReturnsResult(case.name, case.as_of, plan)
    if report is not None:  # before the workbook: a page that can't be made leaves all as it was
        _report(report, case, plan)
        result.report = report
    if write:
        if plan.changes or plan.added:
            write_ledger(session, plan)
            session.commit()
        result.written = True
    usage_log.write("returns", case.book.path, {**result.counts, "written": int(write)})
    return result


def _report(report: Path, case: Case, plan: LedgerPlan) -> None:
    """Make the manager's page, of a past day without what has happened since."""
    book = as_it_stood.on(case.book, case.as_of)
    if book is not case.book:
        plan = update(book, case.settings, case.as_of, case.closed)
    ahead = renewals(book, case.settings, case.as_of, case.closed, month.AHEAD)
    counts = month.read(book, plan, ahead, case.as_of)
    report_sheet.build(report, plan, case.settings, case.as_of, counts)


def remind(
    session: Session,
    out: Path,
    *,
    kinds: Sequence[str] | None = None,
    as_of: str | dt.date | None = None,
    **options: Unpack[LetterOptions],
) -> "LettersResult":
    """Make the letters that the ledger's steps call for today, and record them.

    kinds: of these, None for all. Raises UsageError for a kind that no step calls for. options:
    those of ``jobs.letters.Options``. The ledger is brought up to date with it.
    """
    from shikaku.jobs.letters import RETURN_KINDS, Options, make, write_summary

    others = set(kinds or ()) - set(RETURN_KINDS)
    if others:
        raise UsageError(
            f"「{sorted(others)[0]}」は返納の文書ではありません。",
            f"shikaku letters で作るか、{'、'.join(RETURN_KINDS)} のどれかを指定してください。",
        )
    case = Case.load(session, as_of)
    case.require_structure()
    plan = update(case.book, case.settings, case.as_of, case.closed)
    result = make(case, Path(out), tuple(kinds or RETURN_KINDS), Options(**options), plan)
    session.commit()
    usage_log.write("remind", case.book.path, dict(result.made))
    write_summary(result.out, result.counted())
    return result
