"""交付ずみの資格確認書の取込: certificates of another system into 返納管理."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from shikaku.desk import cards, list_reading
from shikaku.desk.cards import REASONS, CardsImport, NewCard
from shikaku.desk.first_rows import first_lines
from shikaku.jobs.case import Case
from shikaku.jobs.output_rows import append_history
from shikaku.model.ledger import CERTIFICATE, IMPORTED, ledger
from shikaku.model.people import known_record, people, record
from shikaku.model.tables import CellValue
from shikaku.returns.ledger import update
from shikaku.system import usage_log
from shikaku.system.masking import bare
from shikaku.workbook.session import Session

_TITLE = "資格確認書(ほかのシステムで交付)"


@dataclass
class CardsImportResult:
    """The result of ``cards-import``. numbers: 管理番号 of the new certificates, in their order."""

    book: str
    as_of: dt.date
    file: str
    found: CardsImport
    numbers: list[str]
    written: bool = False

    @property
    def exit_status(self) -> int:
        """1 while lines are listed that a person must settle."""
        return 1 if self.found.listed else 0

    def to_json(self) -> dict[str, object]:
        """The new certificates, and the lines that are listed."""
        return {
            "book": self.book,
            "as_of": self.as_of.isoformat(),
            "file": self.file,
            "lines": self.found.lines,
            "written": self.written,
            "new": [
                {
                    "line": card.line,
                    "record": known_record(_record(card)),
                    "name": card.person.name,
                    "issued": card.issued.isoformat(),
                    "expiry": card.expiry.isoformat() if card.expiry else None,
                    "control_no": number,
                }
                for card, number in zip(self.found.new, self.numbers, strict=True)
            ],
            "same": self.found.same,
            "listed": [
                {
                    "line": one.line,
                    "reason": one.reason,
                    "message": REASONS[one.reason],
                    **one.rows.to_json(),
                }
                for one in self.found.listed
            ],
        }

    def lines(self) -> list[str]:
        """The first new certificates, the lines that are listed, the sum."""
        out = first_lines(
            [
                f"  {card.line}行目 → {number} {known_record(_record(card))} {card.person.name}"
                for card, number in zip(self.found.new, self.numbers, strict=True)
            ]
        )
        for one in self.found.listed:
            sheet = "返納管理" if one.reason == "number_taken" else "加入者台帳"
            where = f"({sheet} {one.rows.text()})" if one.rows else ""
            out.append(f"× {one.line}行目: {REASONS[one.reason]}{where}")
        return [*out, self.summary()]

    def summary(self) -> str:
        """One sentence."""
        found = self.found
        done = "取り込みました" if self.written else "取り込めます(まだ書き込んでいません)"
        same = f"、取り込みずみ {found.same}件" if found.same else ""
        listed = f"。{len(found.listed)}件は確認が要ります" if found.listed else ""
        if not found.new:
            return f"{found.lines}件のうち、返納管理に取り込むものはありません{same}{listed}"
        return f"{found.lines}件のうち {len(found.new)}件 を返納管理に{done}{same}{listed}"


def cards_import(
    session: Session,
    file: Path,
    *,
    mapping: Path | None = None,
    as_of: str | dt.date | None = None,
    preview: bool = False,
) -> CardsImportResult:
    """Add certificates issued elsewhere to 返納管理, and what they say to 発行履歴.

    file: as ``desk.list_reading`` reads it; mapping: other headings; preview: only say what would be
    done. Raises UsageError (mapping, headings) and BookError (the file, the workbook).
    """
    file = Path(file)
    columns = cards.headings(mapping)
    case = Case.load(session, as_of)
    case.require_structure()
    case.require_ledger()
    known = {heading for names in columns.values() for heading in names}
    listed = list_reading.read(file, known)
    found = cards.match(
        listed, columns, people(case.book, "members"), ledger(case.book), case.as_of
    )
    plan = update(case.book, case.settings, case.as_of, case.closed)
    after = plan.with_issued([_values(card) for card in found.new])
    numbers = after.issued[len(plan.issued) :]
    result = CardsImportResult(case.name, case.as_of, bare(file.name), found, numbers)
    if found.new and not preview:
        by_number = {row["control_no"]: row for row in after.rows if row["row"] is None}
        session.append_rows("ledger", [by_number[number] for number in numbers])
        append_history(
            session,
            [_history(card, no, result.file) for card, no in zip(found.new, numbers, strict=True)],
        )
        session.commit()
        result.written = True
    counts = {"lines": found.lines, "written": len(found.new) if result.written else 0}
    usage_log.write("cards-import", case.book.path, {**counts, "left": len(found.listed)})
    return result


def _record(card: NewCard) -> str:
    person = card.person
    return record(person.symbol, person.number, card.branch, person.kind)


def _values(card: NewCard) -> dict[str, CellValue]:
    """The row of 返納管理, by schema key."""
    person = card.person
    return {
        "control_no": card.control_no,
        "document": CERTIFICATE,
        "symbol": person.symbol,
        "number": person.number,
        "branch": card.branch,
        "name": person.name,
        "kind": person.kind,
        "department": person.department,
        "issued": card.issued,
        "expiry": card.expiry,
    }


def _history(card: NewCard, control_no: str, file: str) -> dict[str, CellValue]:
    """The row of 発行履歴: what the card is known to say."""
    person = card.person
    return {
        "issued": card.issued,
        "letter": IMPORTED,
        "title": _TITLE,
        "symbol": person.symbol,
        "number": person.number,
        "branch": card.branch,
        "name": person.name,
        "control_no": control_no,
        "file": file,
        "birth": person.birth,
    }
