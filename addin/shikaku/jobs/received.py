"""返納の受付: 返納日 from a list of scanned 管理番号."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from shikaku.desk import list_reading, scans
from shikaku.desk.scans import REASONS, Received
from shikaku.jobs.case import Case
from shikaku.model.ledger import ledger
from shikaku.model.schema import schema
from shikaku.system import usage_log
from shikaku.system.errors import UsageError
from shikaku.system.masking import bare
from shikaku.workbook.session import Session


@dataclass
class ReceivedResult:
    """The result of ``received``."""

    book: str
    as_of: dt.date
    file: str
    found: Received

    @property
    def exit_status(self) -> int:
        """1 while lines are listed that a person must settle."""
        return 1 if self.found.listed else 0

    def to_json(self) -> dict:
        """The rows that got their 返納日, and the lines that are listed."""
        return {
            "book": self.book,
            "as_of": self.as_of.isoformat(),
            "file": self.file,
            "lines": self.found.lines,
            "returned": [
                {"row": row, "returned": day.isoformat()} for row, day in self.found.days.items()
            ],
            "same": self.found.same,
            "listed": [
                {
                    "line": one.line,
                    "control_no": one.control_no,
                    "reason": one.reason,
                    "message": REASONS[one.reason],
                    **one.rows.to_json(),
                }
                for one in self.found.listed
            ],
        }

    def lines(self) -> list[str]:
        """The lines that are listed, then the sum."""
        out = []
        for one in self.found.listed:
            rows = f"(返納管理 {one.rows.text()})" if one.rows else ""
            out.append(f"{one.line}行目 {one.control_no}: {REASONS[one.reason]}{rows}")
        return [*out, self.summary()]

    def summary(self) -> str:
        """One sentence."""
        label = schema().sheets["ledger"].label("returned")
        same = f"、入力ずみ {self.found.same}件" if self.found.same else ""
        listed = f"。{len(self.found.listed)}件は確認が要ります" if self.found.listed else ""
        return f"{self.found.lines}件のうち {len(self.found.days)}件 に{label}を入れました{same}{listed}"


def received(session: Session, file: Path, *, as_of: str | dt.date | None = None) -> ReceivedResult:
    """Put 返納日 into 返納管理 for the 管理番号 of a file (first column; second a day).

    Raises BookError: the file is no list, 返納管理 or its columns are missing; UsageError: no line.
    """
    file = Path(file)
    case = Case.load(session, as_of)
    case.require_structure()
    case.require_ledger()
    found = scans.received(list_reading.read_lines(file), ledger(case.book), case.as_of)
    if not found.lines:
        raise UsageError(
            f"「{bare(file.name)}」に管理番号の行がありません。",
            "1列目に管理番号が並ぶ一覧(CSV、.xlsx、.xls)を指定してください。",
        )
    if found.days:
        session.set_cells([("ledger", row, "returned", day) for row, day in found.days.items()])
        session.commit()
    usage_log.write("received", case.book.path, {"lines": found.lines, "done": len(found.days)})
    return ReceivedResult(case.name, case.as_of, bare(file.name), found)
