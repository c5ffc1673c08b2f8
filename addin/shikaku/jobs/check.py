"""検証: what the workbook says, looked at and, on request, marked in it."""

import datetime as dt
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shikaku.checks.catalogue import Finding
from shikaku.jobs.case import Case, structure_error
from shikaku.jobs.output_rows import finding_rows, write_findings, write_form_note
from shikaku.jobs.report_targets import refuse_over
from shikaku.model.schema import FILINGS, schema
from shikaku.system import saving, usage_log
from shikaku.workbook.session import Session


@dataclass
class CheckResult:
    """The result of 検証. ``blocked``: sheets or columns are missing, nothing else was looked at.
    ``no_filings``: not one row stands on the filings, so that 0 errors says little."""

    book: str
    as_of: dt.date
    findings: list[Finding]
    blocked: bool = False
    written: bool = False
    no_filings: bool = False
    report: Path | None = None

    @property
    def counts(self) -> dict[str, int]:
        """How many findings by severity."""
        found = Counter(f.severity for f in self.findings)
        return {severity: found[severity] for severity in ("error", "warning", "info")}

    @property
    def exit_status(self) -> int:
        """2 blocked, 1 with errors, 0 without."""
        return 2 if self.blocked else 1 if self.counts["error"] else 0

    def to_json(self) -> dict:
        """The object of contract.md §3."""
        return {
            "book": self.book,
            "as_of": self.as_of.isoformat(),
            "counts": self.counts,
            "findings": [f.to_json() for f in self.findings],
        }

    def lines(self) -> list[str]:
        """Every finding with place, message and way out, then the count."""
        labels = schema().lists["severity"]
        out = []
        for f in self.findings:
            out += [f"[{labels[f.severity]} {f.code}] {f.place} {f.message}", f"    → {f.hint}"]
        return [*out, self.summary()]

    def summary(self) -> str:
        """One sentence."""
        counts = self.counts
        text = (
            f"検証しました: エラー {counts['error']}件、警告 {counts['warning']}件、"
            f"情報 {counts['info']}件({self.as_of.isoformat()} 現在)"
        )
        if self.no_filings:
            names = "」「".join(schema().sheets[key].name for key in FILINGS)
            text += f"。シート「{names}」には、まだ1行も入力がありません"
        text += "。シート「検証結果」に書き込みました" if self.written else ""
        return text + (f"。検証結果のブック: {self.report}" if self.report else "")


def check(
    session: Session,
    as_of: str | dt.date | None = None,
    *,
    write: bool = False,
    report: Path | None = None,
    members: Path | None = None,
    cluster: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> CheckResult:
    """Validate a workbook; with ``write`` mark its cells and fill 検証結果, with ``report`` make a
    workbook of the findings alone, with links. members: a file with 加入者台帳; cluster: the address of
    a scheduler. progress: called with the checks done and their count; what it raises goes up. Raises
    UsageError, BookError."""
    with Case.opened(session, as_of, members, cluster) as case:
        case.progress = progress
        return _checked(case, write=write, report=report)


def _checked(case: Case, *, write: bool, report: Path | None) -> CheckResult:
    if report is not None:
        refuse_over(report, ".xlsx", case.book.path)
    blocking = [f for f in case.structure if f.code != "ST03"]
    if blocking:
        if write:
            raise structure_error(case.name, blocking)
        return CheckResult(case.name, case.as_of, case.structure, blocked=True)
    result = CheckResult(case.name, case.as_of, case.findings, no_filings=case.no_filings)
    if write:
        write_findings(case.session, case.findings, case.elsewhere, case.book)
        write_form_note(case.session, case.book)
        case.session.commit()
        result.written = True
    if report is not None:
        write_report(report, case)
        result.report = report
    usage_log.write("check", case.book.path, result.counts)
    return result


def write_report(report: Path, case: Case) -> None:
    """The findings as a workbook of their own. Raises BookError."""
    from shikaku.desk.findings_workbook import findings_workbook

    with saving.making(report) as draft:
        rows = finding_rows(case.findings, case.elsewhere, case.book)
        draft.write_bytes(findings_workbook(rows, case.book))
