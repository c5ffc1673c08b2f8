"""届出の台帳反映: filings taken in into 加入者台帳."""

import datetime as dt
from dataclasses import dataclass

from shikaku.desk import taking_in
from shikaku.desk.taking_in import DONE, REASONS, Enrollment
from shikaku.jobs.case import Case
from shikaku.model.schema import FILINGS, schema
from shikaku.system import usage_log
from shikaku.system.errors import BookError
from shikaku.system.masking import shown
from shikaku.workbook.closed_file import ClosedBook
from shikaku.workbook.session import Session


@dataclass
class EnrollResult:
    """The result of ``enroll``."""

    book: str
    as_of: dt.date
    plan: Enrollment
    written: bool = False

    @property
    def exit_status(self) -> int:
        """1 while filings are left that a person must settle."""
        return 1 if self.plan.left else 0

    def to_json(self) -> dict:
        """How many were taken in, and which are left and why."""
        sheets = schema().sheets
        return {
            "book": self.book,
            "as_of": self.as_of.isoformat(),
            "written": self.written,
            "taken": {sheets[key].name: self.plan.counts[key] for key in FILINGS},
            "already": self.plan.already,
            "added": len(self.plan.added),
            "changed": len({row for row, _, _ in self.plan.changes}),
            "left": [
                {
                    "sheet": sheets[one.sheet].name,
                    "row": one.row,
                    "reason": one.reason,
                    "message": REASONS[one.reason],
                    **one.rows.to_json(),
                    "name": str(shown(one.name)),
                    "codes": list(one.codes),
                    "columns": list(one.columns),
                }
                for one in self.plan.left
            ],
        }

    def lines(self) -> list[str]:
        """The filings that are left, then the sum."""
        sheets = schema().sheets
        out = []
        for one in self.plan.left:
            rows = f"(台帳 {one.rows.text()})" if one.rows else ""
            about = "・".join((*one.codes, *one.columns))
            codes = f"【{about}】" if about else ""
            place = f"{sheets[one.sheet].name} {one.row}行目 {shown(one.name)}".rstrip()
            out.append(f"{place}: {codes}{REASONS[one.reason]}{rows}")
        return [*out, self.summary()]

    def summary(self) -> str:
        """One sentence."""
        plan = self.plan
        changed = len({row for row, _, _ in plan.changes})
        done = "書き込みました" if self.written else "書き込むには --write を付けます"
        left = f"。{len(plan.left)}件は人の確認が要ります" if plan.left else ""
        return (
            f"届出 {len(plan.done)}件 を加入者台帳に反映します: 新しい行 {len(plan.added)}、"
            f"直す行 {changed}、反映ずみ {plan.already}{left}({done})"
        )


def enroll(
    session: Session, as_of: str | dt.date | None = None, *, write: bool = False
) -> EnrollResult:
    """Take the filings that were handed in into 加入者台帳; with ``write`` put it into the book.

    The filings are marked with the day and keep their numbers, which ``purge`` still finds. Raises
    BookError: structure, or an open workbook without the column for the mark.
    """
    case = Case.load(session, as_of)
    case.require_structure()
    wrong: dict[tuple[str, int], list[str]] = {}
    for finding in case.findings:
        if finding.severity == "error":
            wrong.setdefault((finding.sheet, finding.row), []).append(finding.code)
    plan = taking_in.plan(case.book, wrong)
    result = EnrollResult(case.name, case.as_of, plan)
    if write and plan.done:
        _make_room(session, case, plan)
        if plan.added:
            session.append_rows("members", plan.added)
        session.set_cells([("members", row, key, value) for row, key, value in plan.changes])
        session.set_cells([(sheet, row, DONE, case.as_of) for sheet, row in plan.done])
        session.commit()
    result.written = write
    counts = {"done": len(plan.done), "left": len(plan.left), "written": int(write)}
    usage_log.write("enroll", case.book.path, counts)
    return result


def _make_room(session: Session, case: Case, plan: Enrollment) -> None:
    """The column for the mark, where a sheet lacks it."""
    sheets = sorted({sheet for sheet, _ in plan.done})
    lacking = [key for key in sheets if DONE not in case.book.tables[key].columns]
    if isinstance(session, ClosedBook):
        session.add_columns(lacking, [DONE])
    elif lacking:
        label = schema().sheets[lacking[0]].label(DONE)
        raise BookError(
            f"シート「{schema().sheets[lacking[0]].name}」に列「{label}」がありません。",
            f"表の右端に「{label}」という見出しの列を足してから、もう一度実行してください。",
        )
