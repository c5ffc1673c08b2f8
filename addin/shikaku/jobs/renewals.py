"""更新の予定: whose certificate runs out, by employer, and what a new one would say."""

import datetime as dt
from dataclasses import dataclass

from shikaku.decisions.renewals import Renewal
from shikaku.decisions.renewals import renewals as running_out
from shikaku.fields import era_date
from shikaku.jobs.case import Case
from shikaku.letters.contexts.source import DIRECT_GROUP, LetterSource
from shikaku.model.people import known_record
from shikaku.model.schema import schema
from shikaku.system import usage_log
from shikaku.system.errors import UsageError
from shikaku.system.masking import shown
from shikaku.workbook.session import Session

MOST_DAYS = 1830
"""Nothing runs longer than five years."""


@dataclass
class RenewalsResult:
    """The result of ``renewals``. employers: as letters are bundled (任意継続 last, by themselves) → the
    certificates that run out, each by its last day."""

    book: str
    as_of: dt.date
    within: int
    employers: dict[str, list[Renewal]]
    exit_status: int = 0

    def to_json(self) -> dict[str, object]:
        """The people by employer. new_expiry is null where no new certificate would be issued."""
        return {
            "book": self.book,
            "as_of": self.as_of.isoformat(),
            "within": self.within,
            "count": sum(map(len, self.employers.values())),
            "employers": [
                {"employer": name, "people": [_item(one, self.as_of) for one in items]}
                for name, items in self.employers.items()
            ],
        }

    def lines(self) -> list[str]:
        """Each employer with its people, then the sum."""
        out = []
        for name, items in self.employers.items():
            out.append(f"{name}({len(items)}人)")
            out += [_line(one) for one in items]
        return [*out, self.summary()]

    def summary(self) -> str:
        """One sentence."""
        items = [one for group in self.employers.values() for one in group]
        again = sum(one.decision.outcome == "issue" for one in items)
        until = era_date.format(self.as_of + dt.timedelta(self.within))
        if not items:
            return f"{until}までに有効期限を迎える資格確認書はありません"
        return (
            f"{until}までに有効期限を迎える資格確認書 {len(items)}件"
            f"(更新の交付 {again}件、ほか {len(items) - again}件)、{self._bundles()}"
        )

    def _bundles(self) -> str:
        """How many employers; who is written to directly belongs to none."""
        count = len(self.employers.keys() - {DIRECT_GROUP})
        direct = "直送の人" if DIRECT_GROUP in self.employers else ""
        return "と".join(filter(None, (f"{count}事業所" if count else "", direct)))


def renewals(
    session: Session, as_of: str | dt.date | None = None, *, within: int | None = None
) -> RenewalsResult:
    """The certificates that run out within so many days (default: 資格確認書の更新の日数, 0 counts as 30).

    Nothing is written. Raises UsageError (within) and BookError (the workbook).
    """
    if within is not None and not 0 <= within <= MOST_DAYS:
        raise UsageError(
            "--within には日数を指定してください。", f"0から{MOST_DAYS}までの整数です。"
        )
    case = Case.load(session, as_of)
    case.require_structure()
    days = within if within is not None else case.settings.renewal_days or 30
    source = LetterSource(case.book, case.settings, case.as_of, case.closed)
    employers: dict[str, list[Renewal]] = {}
    for one in running_out(case.book, case.settings, case.as_of, case.closed, days):
        employers.setdefault(str(shown(source.group_of(one.person))), []).append(one)
    in_order = dict(sorted(employers.items(), key=lambda item: (item[0] == DIRECT_GROUP, item[0])))
    result = RenewalsResult(case.name, case.as_of, days, in_order)
    usage_log.write("renewals", case.book.path, {"rows": sum(map(len, employers.values()))})
    return result


def _item(one: Renewal, as_of: dt.date) -> dict[str, object]:
    decision = one.decision
    new = decision.expiry if decision.outcome == "issue" else None
    return {
        "sheet": schema().sheets[one.person.sheet].name,
        "row": one.person.row,
        "record": known_record(one.person.record),
        "name": one.person.name,
        "control_no": one.card.control_no,
        "expiry": one.expiry.isoformat(),
        "days_left": (one.expiry - as_of).days,
        "certificate": decision.outcome,
        "issue_on": one.on.isoformat(),
        "new_expiry": new.isoformat() if new else None,
        "why": decision.why,
    }


def _line(one: Renewal) -> str:
    decision = one.decision
    who = " ".join(
        filter(None, (one.card.control_no, known_record(one.person.record), one.person.name))
    )
    ends = era_date.format(one.expiry)
    if decision.outcome == "issue":
        then = era_date.format(decision.expiry) if decision.expiry else "設定が空欄"
        return f"  {who} {ends}まで → 新しい有効期限 {then}({era_date.format(one.on)}から)"
    return f"  {who} {ends}まで → {schema().lists['certificate'][decision.outcome]}: {decision.why}"
