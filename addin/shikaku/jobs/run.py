"""The whole job in one go, and the demonstration of it."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Unpack

from shikaku.jobs.case import Case, session_for
from shikaku.jobs.check import CheckResult, write_report
from shikaku.jobs.decide import DecideResult
from shikaku.jobs.letter_options import LetterOptions
from shikaku.jobs.letters import BY_DEFAULT, LettersResult, Options, make, write_summary
from shikaku.jobs.output_rows import write_decisions, write_findings, write_form_note, write_ledger
from shikaku.jobs.report_targets import refuse_over
from shikaku.jobs.returns import ReturnsResult
from shikaku.returns.ledger import update
from shikaku.system import collecting, usage_log
from shikaku.system.errors import UsageError
from shikaku.workbook.session import Session


@dataclass
class RunResult:
    """Everything that ``run`` did."""

    book: Path
    out: Path
    check: CheckResult
    decide: DecideResult
    letters: LettersResult
    returns: ReturnsResult

    @property
    def exit_status(self) -> int:
        """1 with ERROR findings or letters that could not be made."""
        return max(self.check.exit_status, self.letters.exit_status)

    def to_json(self) -> dict:
        """Counts of every part; no findings and no people in it."""
        return {
            "book": self.check.book,
            "as_of": self.check.as_of.isoformat(),
            "check": self.check.counts,
            "decide": self.decide.counts,
            "letters": self.letters.to_json()["letters"],
            "held": len(self.letters.held),
            "failed": len(self.letters.failed),
            "pdf_engine": self.letters.engine,
            "returns": self.returns.counts,
        }

    def lines(self) -> list[str]:
        """One summary on the screen."""
        return [
            self.check.summary(),
            self.decide.summary(),
            *self.letters.lines(),
            self.returns.summary(),
        ]

    def summary(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines())


def run(
    session: Session,
    out: Path,
    *,
    as_of: str | dt.date | None = None,
    report: Path | None = None,
    members: Path | None = None,
    cluster: str | None = None,
    **options: Unpack[LetterOptions],
) -> RunResult:
    """Check, decide, letters, returns, reminders; all written into the workbook in one go.

    report: the findings as a workbook of their own; members: a file with 加入者台帳; cluster: the address
    of a scheduler; options: those of ``jobs.letters.Options``. Leaves ``summary.json`` in ``out``.
    """
    with Case.opened(session, as_of, members, cluster) as case:
        return _run(case, Path(out), report, Options(**options))


def _run(case: Case, out: Path, report: Path | None, options: Options) -> RunResult:
    case.require_structure()
    if report is not None:
        refuse_over(report, ".xlsx", case.book.path)
    session = case.session
    findings = case.findings  # first: the ledger then finds people and numbers looked at
    with collecting.paused():
        plan = update(case.book, case.settings, case.as_of, case.closed)
        session.ask_room("findings", len(findings))
        session.ask_room("decisions", len(case.decisions))
    made = make(case, out, BY_DEFAULT, options, plan)
    with collecting.paused():
        if not made.made and (plan.changes or plan.added):
            write_ledger(session, plan)
        write_findings(session, findings, case.elsewhere, case.book)
        write_form_note(session, case.book)
        write_decisions(session, case.decisions, case.elsewhere)
        session.commit()
    if report is not None:
        write_report(report, case)
    result = RunResult(
        Path(case.book.path),
        out,
        CheckResult(case.name, case.as_of, findings, written=True, report=report),
        DecideResult(case.name, case.as_of, case.decisions, written=True),
        made,
        ReturnsResult(case.name, case.as_of, made.plan, written=True),
    )
    usage_log.write(
        "run", case.book.path, {**result.check.counts, "letters": sum(made.made.values())}
    )
    write_summary(out, result.to_json())
    return result


@dataclass
class DemoResult:
    """The demonstration: a run over the sample, whose errors are what it is there to show."""

    run: RunResult
    exit_status: int = 0

    def to_json(self) -> dict:
        """The run's."""
        return self.run.to_json()

    def lines(self) -> list[str]:
        """The run's lines, then the files to open."""
        folder = self.run.out
        looks = [("届出のブック(検証結果・判定・返納管理つき)", self.run.book)]
        for kind, text in (
            ("certificate", "資格確認書"),
            ("notice", "資格情報のお知らせ"),
            ("certificate-cover", "資格確認書のお渡し状"),
            ("return-request", "返納のお願い"),
            ("mynumber-request", "個人番号・記載内容の提出のお願い"),
        ):
            for ending in ("pdf", "docx"):
                first = next(iter(sorted((folder / kind).glob(f"*.{ending}"))), None)
                if first:
                    looks.append((f"{text}({'PDF' if ending == 'pdf' else 'Word'})", first))
        looks.append(("作った文書の一覧", folder / "index.csv"))
        return [
            *self.run.lines(),
            "",
            "(エラーと警告は、見本の人たちにわざと入れてあるものです。)",
            "次のファイルを開いてご覧ください:",
            *(f"  {text}: {path}" for text, path in looks),
        ]


def demo(
    out: Path | None = None, *, as_of: str | dt.date | None = None, **options: Unpack[LetterOptions]
) -> DemoResult:
    """A sample workbook and the whole job on it, in a folder that isn't there yet.

    Without ``out`` the folder is ``shikaku-demo``, or ``shikaku-demo-2`` … when that is taken.
    """
    from shikaku.jobs.new import new

    folder = Path(out) if out else _free(Path("shikaku-demo"))
    if not _is_free(folder):
        what = "は空ではありません" if folder.is_dir() else "はファイルです"
        raise UsageError(
            f"「{folder}」{what}。", "空のフォルダーか、まだない名前を指定してください。"
        )
    path = folder / "届出の見本.xlsx"
    new(path, sample=True)
    return DemoResult(run(session_for(path), folder / "通知書", as_of=as_of, **options))


def _free(folder: Path) -> Path:
    number, candidate = 1, folder
    while not _is_free(candidate):
        number += 1
        candidate = folder.with_name(f"{folder.name}-{number}")
    return candidate


def _is_free(folder: Path) -> bool:
    """Whether there is nothing there, or an empty folder."""
    return not folder.exists() or folder.is_dir() and not any(folder.iterdir())
