"""Who needs which document."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shikaku.decisions.everybody import Decision
from shikaku.desk import table_file
from shikaku.jobs.case import Case
from shikaku.jobs.output_rows import decision_rows, write_decisions
from shikaku.model.schema import schema
from shikaku.model.tables import CellValue
from shikaku.system import masking, usage_log
from shikaku.workbook.session import Session


@dataclass
class DecideResult:
    """The result of 判定."""

    book: str
    as_of: dt.date
    decisions: list[Decision]
    written: bool = False
    out: Path | None = None
    exit_status: int = 0

    def to_json(self) -> dict:
        """The object of contract.md §3."""
        return {**self._about(), "people": [d.to_json() for d in self.decisions]}

    def to_write(self) -> dict[str, Any]:
        """The same, everybody's entry made as it is written: there may be tens of thousands."""
        return {**self._about(), "people": masking.EntriesToMake(self.decisions, Decision.to_json)}

    def _about(self) -> dict[str, Any]:
        return {"book": self.book, "as_of": self.as_of.isoformat()}

    @property
    def counts(self) -> dict[str, int]:
        """How many people by the certificate's outcome."""
        found = Counter(d.certificate.outcome for d in self.decisions)
        return {key: found[key] for key in schema().lists["certificate"]}

    def lines(self) -> list[str]:
        """One line a person: who, what, why."""
        labels = schema().lists["certificate"]
        out = []
        for decision in self.decisions:
            item = decision.to_json()
            who = f"{item['record']} {item['name']}".strip()
            out.append(
                f"{item['sheet']} {item['row']}行目 {who}: "
                f"【{labels[item['certificate']]}】{item['why']}({'・'.join(item['rules'])})"
            )
        return [*out, self.summary()]

    def summary(self) -> str:
        """One sentence."""
        labels = schema().lists["certificate"]
        text = "、".join(f"{labels[key]} {n}人" for key, n in self.counts.items())
        end = "。シート「資格確認書判定」に書き込みました" if self.written else ""
        end += f"。判定の一覧: {self.out}" if self.out else ""
        return f"判定しました: {text}({self.as_of.isoformat()} 現在){end}"


def decide(
    session: Session,
    as_of: str | dt.date | None = None,
    *,
    write: bool = False,
    out: Path | None = None,
    members: Path | None = None,
    cluster: str | None = None,
) -> DecideResult:
    """Decide for every person who needs what document; with ``write`` fill 資格確認書判定.

    out: a file for the rows of that sheet, CSV or Parquet; members: a file with 加入者台帳; cluster: the
    address of a scheduler. Raises UsageError, BookError.
    """
    with Case.opened(session, as_of, members, cluster) as case:
        if out is not None:
            table_file.refuse(out, case.book.path, members)
        return _decided(case, write=write, out=out)


def _decided(case: Case, *, write: bool, out: Path | None) -> DecideResult:
    case.require_structure()
    result = DecideResult(case.name, case.as_of, case.decisions)
    if out is not None:
        table_file.write(out, *_table(case))
        result.out = out
    if write:
        write_decisions(case.session, case.decisions, case.elsewhere)
        case.session.commit()
        result.written = True
    usage_log.write("decide", case.book.path, result.counts)
    return result


def _table(case: Case) -> tuple[list[str], list[list[CellValue]]]:
    """The labels and the rows of 資格確認書判定, a person a row."""
    columns = schema().sheets["decisions"].columns
    rows = [row.values for row in decision_rows(case.decisions)]
    return [c.label for c in columns.values()], [[row.get(key) for key in columns] for row in rows]
