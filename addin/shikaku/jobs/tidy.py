"""The spellings that may safely be unified."""

import datetime as dt
from dataclasses import dataclass

from shikaku.jobs.case import Case
from shikaku.model.schema import schema
from shikaku.system import usage_log
from shikaku.workbook.session import Session


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
    usage_log.write("tidy", case.book.path, {"proposals": len(changes), "written": int(write)})
    return result
