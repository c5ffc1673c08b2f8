"""The figures of the manager's page: open returns by age and step, by department, recovery by month
of loss. ``report_sheet`` draws them; no name and no number of anybody is among them.
"""

import datetime as dt
from collections import defaultdict

from shikaku.returns.ledger import LedgerPlan, LedgerRow

AGES = (
    ("期限前", 0),
    ("1〜7日", 7),
    ("8〜14日", 14),
    ("15〜30日", 30),
    ("31〜90日", 90),
    ("91日以上", None),
)
"""Classes of days past the return limit: label, last day of the class."""

STEPS = {
    "none": "未案内",
    "pre_notice": "事前案内済",
    "request": "依頼済",
    "reminder": "督促済",
    "final": "最終通知済",
    "loss": "回収不能届作成済",
    "closed": "返不能の届出済",
}
_OPEN = ("waiting", "overdue", "not_returnable")


def open_cases(plan: LedgerPlan) -> list[LedgerRow]:
    """The documents that should be back and aren't, those given up included; not what a member has
    lost, which nobody asks back before he leaves."""
    return [i for i in plan.entries if i.state in _OPEN and i.entry.required == "yes"]


def age_class(item: LedgerRow, as_of: dt.date) -> str:
    """The label of the class of days past the limit."""
    late = (as_of - item.entry.due).days if item.entry.due else 0
    if late <= 0:
        return AGES[0][0]
    return next(label for label, last in AGES[1:] if last is None or late <= last)


def places(plan: LedgerPlan) -> tuple[str, list[tuple[str, int, int]]]:
    """(what the places are, [(place, open cases, of these overdue), …], most open first): by
    employer where the sheets name some (an insurer's collected book), else by department."""
    named = any(item.holder.person and item.holder.person.employer for item in plan.entries)
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for item in open_cases(plan):
        employer = item.holder.person.employer if item.holder.person else ""
        place = employer if named else item.entry.department
        count = counts[place or ("(事業所不明)" if named else "(所属なし)")]
        count[0] += 1
        count[1] += item.state == "overdue"
    found = sorted(
        ((place, count, late) for place, (count, late) in counts.items()),
        key=lambda line: (-line[1], line[0]),
    )
    return ("事業所" if named else "所属"), found


def recovery(plan: LedgerPlan) -> dict[str, tuple[int, int]]:
    """Month of loss (2026-04) → (documents to return, of these returned), oldest month first.

    Only losses count, no documents of members and none whose return isn't needed.
    """
    months: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for item in plan.entries:
        entry = item.entry
        if entry.lost is None or entry.required != "yes" or item.state == "not_yet":
            continue
        count = months[f"{entry.lost:%Y-%m}"]
        count[0] += 1
        count[1] += entry.returned is not None
    return {month: (months[month][0], months[month][1]) for month in sorted(months)}
