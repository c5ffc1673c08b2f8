"""検証・判定・表記統一: what the workbook says, looked at and, on request, marked in it."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from shikaku import audit
from shikaku.book.session import Session
from shikaku.checks.catalogue import Finding
from shikaku.decisions.people import Decision
from shikaku.jobs.base import Case, structure_error
from shikaku.schema import FILINGS, schema


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
            place = f"{f.sheet} {f.row}行目" if f.row else f.sheet
            item = f" 「{f.column}」" if f.column else ""
            out += [f"[{labels[f.severity]} {f.code}] {place}{item} {f.message}", f"    → {f.hint}"]
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
        return text + ("。シート「検証結果」に書き込みました" if self.written else "")


def check(
    session: Session, as_of: str | dt.date | None = None, *, write: bool = False
) -> CheckResult:
    """Validate a workbook; with ``write`` mark its cells and fill 検証結果."""
    case = Case.load(session, as_of)
    blocking = [f for f in case.structure if f.code != "ST03"]
    if blocking:
        if write:
            raise structure_error(case.name, blocking)
        return CheckResult(case.name, case.as_of, case.structure, blocked=True)
    result = CheckResult(case.name, case.as_of, case.findings, no_filings=case.no_filings)
    if write:
        session.write_findings(case.findings)
        session.commit()
        result.written = True
    audit.write("check", case.book.path, result.counts)
    return result


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
        session.write_decisions(case.decisions)
        session.commit()
        result.written = True
    audit.write("decide", case.book.path, result.counts)
    return result


@dataclass
class TidyResult:
    """The result of 表記統一: the spellings that may safely be unified, cell by cell."""

    book: str
    as_of: dt.date
    proposals: list
    written: bool = False
    exit_status: int = 0

    def to_json(self) -> dict:
        """Place, before, after and kind of every proposal; an individual number is never shown."""
        return {
            "book": self.book,
            "as_of": self.as_of.isoformat(),
            "written": self.written,
            "proposals": [p.to_json() for p in self.proposals],
        }

    def lines(self) -> list[str]:
        """One line a cell."""
        sheets = schema().sheets
        out = [
            f"{sheets[p.sheet].name} {p.row}行目「{sheets[p.sheet].label(p.key)}」"
            f"{p.before} → {p.after}({p.note})"
            for p in self.proposals
        ]
        return [*out, self.summary()]

    def summary(self) -> str:
        """One sentence."""
        changes = sum(1 for p in self.proposals if p.changes)
        if self.written:
            return f"表記を {changes}か所 統一しました"
        return f"統一できる表記が {changes}か所 あります(書き込むには --write を付けます)"


def tidy(
    session: Session, as_of: str | dt.date | None = None, *, write: bool = False
) -> TidyResult:
    """List the spellings that may safely be unified; with ``write`` apply them."""
    from shikaku import tidy as rules

    case = Case.load(session, as_of)
    case.require_structure()
    proposals = rules.proposals(case.book)
    result = TidyResult(case.name, case.as_of, proposals)
    changes = [(p.sheet, p.row, p.key, p.write_value()) for p in proposals if p.changes]
    if write and changes:
        session.set_cells(changes)
        session.commit()
    result.written = write
    audit.write("tidy", case.book.path, {"proposals": len(changes), "written": int(write)})
    return result
