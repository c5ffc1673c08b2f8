"""Who needs which document."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from shikaku.decisions.everybody import Decision
from shikaku.jobs.case import Case
from shikaku.jobs.output_rows import write_decisions
from shikaku.model.schema import schema
from shikaku.system import usage_log
from shikaku.workbook.session import Session


@dataclass
class DecideResult:
    """The result of 判定."""

    book: str
    as_of: dt.date
    decisions: list[Decision]
    written: bool = False
    exit_status: int = 0

    def to_json(self) -> dict:
        """The object of contract.md §3."""
        return {
            "book": self.book,
            "as_of": self.as_of.isoformat(),
            "people": [d.to_json() for d in self.decisions],
        }

    @property
    def counts(self) -> dict[str, int]:
        """How many people by the certificate's outcome."""
        found = Counter(d.to_json()["certificate"] for d in self.decisions)
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
        return f"判定しました: {text}({self.as_of.isoformat()} 現在){end}"


def decide(
    session: Session, as_of: str | dt.date | None = None, *, write: bool = False
) -> DecideResult:
    """Decide for every person who needs what document; with ``write`` fill 資格確認書判定."""
    case = Case.load(session, as_of)
    case.require_structure()
    result = DecideResult(case.name, case.as_of, case.decisions)
    if write:
        write_decisions(session, case.decisions)
        session.commit()
        result.written = True
    usage_log.write("decide", case.book.path, result.counts)
    return result
