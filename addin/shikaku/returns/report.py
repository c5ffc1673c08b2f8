"""What the manager's report counts: open returns by age, step and place, recovery by month of loss,
the end of last month against now.

A frame of the cases, a row a document, and pivots of it; no name and no number of anybody, so the
report can be passed round. ``report_sheet`` draws it.
"""

import datetime as dt
from typing import TYPE_CHECKING

from shikaku.returns.ledger import LedgerPlan, LedgerRow
from shikaku.system import masking

if TYPE_CHECKING:
    import pandas as pd

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


def cases(plan: LedgerPlan, as_of: dt.date) -> "pd.DataFrame":
    """A row a document of the ledger, in its order.

    Columns: place (employer where the sheets name some, else department), stage (category of STEPS),
    age (category of AGES), state (key of ``return_state``), wanted (it must come back), open (it
    should be back and isn't), back (it is), month (of loss, ``2026-04``), began, returned
    (``datetime64[s]``; began: the loss, without one the return limit).
    """
    import pandas as pd

    still_open = {id(item) for item in open_cases(plan)}
    rows = []
    for item, place in zip(plan.entries, places(plan), strict=True):
        entry = item.entry
        rows.append(
            {
                "place": place,
                "stage": item.stage,
                "age": age_class(item, as_of),
                "state": item.state,
                "wanted": entry.required == "yes",
                "open": id(item) in still_open,
                "back": entry.returned is not None,
                "month": f"{entry.lost:%Y-%m}" if entry.lost else None,
                "began": entry.lost or entry.due,
                "returned": entry.returned,
            }
        )
    columns = (
        "place",
        "stage",
        "age",
        "state",
        "wanted",
        "open",
        "back",
        "month",
        "began",
        "returned",
    )
    frame = pd.DataFrame(rows, columns=list(columns))
    return frame.astype(
        {
            "place": "string",
            "stage": pd.CategoricalDtype(list(STEPS)),
            "age": pd.CategoricalDtype([label for label, _ in AGES]),
            "month": "string",
            "wanted": "bool",
            "open": "bool",
            "back": "bool",
            "began": "datetime64[s]",
            "returned": "datetime64[s]",
        }
    )


def places(plan: LedgerPlan) -> list[str]:
    """The employer or the department of each document of the ledger, as ``unit`` says."""
    named = unit(plan) == "事業所"
    found = []
    for item in plan.entries:
        person = item.holder.person
        place = (person.employer if person else "") if named else item.entry.department
        found.append(str(masking.shown(place)) or ("(事業所不明)" if named else "(所属なし)"))
    return found


def unit(plan: LedgerPlan) -> str:
    """What the places are: 事業所 where the sheets name some (an insurer's collected book), else
    所属."""
    named = any(item.holder.person and item.holder.person.employer for item in plan.entries)
    return "事業所" if named else "所属"


def by_step(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Open cases, step × age; the steps that occur (without a case: the first), every age."""
    import pandas as pd

    found = frame[frame.open]
    grid = pd.crosstab(found.stage, found.age)
    grid = grid.reindex(index=list(STEPS), columns=[label for label, _ in AGES], fill_value=0)
    present = grid[grid.sum(axis="columns") > 0]
    return present if len(present) else grid.head(1)


def by_place(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Open cases and these overdue, a row a place, most open first."""
    found = frame[frame.open]
    counts = (
        found.assign(overdue=found.state == "overdue")
        .groupby("place")
        .agg(open=("open", "size"), overdue=("overdue", "sum"))
        .reset_index()
    )
    ordered = counts.sort_values(["open", "place"], ascending=[False, True])
    return ordered.set_index("place").astype("int64")


def by_place_and_step(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Open cases, place × step (those that occur), most open first."""
    import pandas as pd

    found = frame[frame.open]
    return pd.crosstab(found.place, found.stage).loc[by_place(frame).index]


def by_month(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Documents to return and these returned, a row a month of loss, the oldest first.

    Only losses count, no documents of members and none whose return isn't needed.
    """
    return _lost(frame).groupby("month").agg(wanted=("wanted", "size"), back=("back", "sum"))


def rate_by_place(frame: "pd.DataFrame", months: int) -> "pd.DataFrame":
    """The share returned (0–1, NaN for none), place × month of loss, the last so many months."""
    found = _lost(frame)
    grid = found.pivot_table(index="place", columns="month", values="back", aggfunc="mean")
    return grid.sort_index(axis="columns").iloc[:, -months:]


def _lost(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Of documents without a month of loss the pivots by month take none."""
    return frame[frame.wanted & (frame.state != "not_yet")]


def since_last_month(frame: "pd.DataFrame", as_of: dt.date) -> "pd.DataFrame":
    """The end of last month against now, a row a place: before (open then), new (open since), gone
    (returned since, or not wanted any more), now. before + new − gone = now."""
    import pandas as pd

    end = pd.Timestamp(as_of.replace(day=1) - dt.timedelta(1))
    then = frame.wanted & (frame.began <= end) & (frame.open | (frame.returned > end))
    moved = frame.assign(
        before=then, new=frame.open & ~then, gone=then & ~frame.open, now=frame.open
    )
    counts = moved.groupby("place")[["before", "new", "gone", "now"]].sum().astype("int64")
    some = counts[counts.sum(axis="columns") > 0].reset_index()
    return some.sort_values(["now", "place"], ascending=[False, True]).set_index("place")
