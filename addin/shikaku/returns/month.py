"""What the month's report counts: certificates in circulation, issued by ground, letters about returns,
renewals ahead; by employer and month.

Counts only, of documents by their 管理番号: no name and no number of anybody leaves this module.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shikaku.decisions.renewals import Renewal
from shikaku.model.ledger import CERTIFICATE, IMPORTED
from shikaku.model.schema import schema
from shikaku.model.tables import Book
from shikaku.returns import report
from shikaku.returns.ledger import LedgerPlan, LedgerRow
from shikaku.returns.stages import KINDS, VOLUNTARY_END

if TYPE_CHECKING:
    import pandas as pd

AHEAD = 90
"""So many days ahead renewals are counted."""

GROUNDS = (*schema().lists["ground"], "reissue", "unknown")
LETTERS = ("return-request", VOLUNTARY_END, "return-reminder", "return-final", "return-loss")
"""The kinds of letters about returns, in their order (those of ``stages.KINDS``, and one more)."""

MONTHS = 12

_OUT = ("not_yet", "waiting", "overdue")


@dataclass(frozen=True)
class MonthCounts:
    """The month of a day.

    issued: certificates, month × ground (a key of GROUNDS); letters: documents asked for, month ×
    kind; the last MONTHS months, every one of them. places: a row a place, columns circulating
    (good, out, no other issued in their place), issued, letters (of this month), open (to be returned and not back), within_30,
    within_90 (last days ahead). ahead: month of the last day → certificates. imported: taken over
    from another system.
    """

    as_of: dt.date
    issued: "pd.DataFrame"
    letters: "pd.DataFrame"
    places: "pd.DataFrame"
    ahead: "pd.Series[int]"
    imported: int

    @property
    def circulating(self) -> int:
        """Certificates that are out, good and in use."""
        return int(self.places.circulating.sum())


def read(book: Book, plan: LedgerPlan, renewals: Sequence[Renewal], as_of: dt.date) -> MonthCounts:
    """The counts of the month up to a day.

    book: as it stood on the day (``as_it_stood``); plan: its ledger of the day; renewals: of the next
    AHEAD days.
    """
    import pandas as pd

    months = [
        f"{month}" for month in pd.period_range(end=f"{as_of:%Y-%m}", periods=MONTHS, freq="M")
    ]
    where = dict(zip((i.entry.control_no for i in plan.entries), report.places(plan), strict=True))
    void = {i.entry.control_no for i in plan.entries if i.entry.void}
    issued = pd.DataFrame(
        [row for row in _issued(book, as_of) if row[0] not in void],
        columns=["control_no", "month", "ground"],
    )
    letters = pd.DataFrame(_letters(book, as_of), columns=["control_no", "month", "kind"])
    return MonthCounts(
        as_of,
        _crossed(issued, "ground", months, GROUNDS),
        _crossed(letters, "kind", months, LETTERS),
        _places(plan, where, issued, letters, renewals, as_of),
        _ahead(renewals, as_of),
        sum(1 for row in book.rows("history") if row.word("letter") == IMPORTED),
    )


def _issued(book: Book, as_of: dt.date) -> Iterable[tuple[str, str, str]]:
    """(管理番号, month, ground) of each certificate, once however often it was printed."""
    seen = set()
    reissued = {
        row.text("control_no") for row in book.rows("ledger") if "再交付" in row.text("remarks")
    }
    for row in book.rows("history"):
        day, no = row.date("issued"), row.text("control_no")
        if row.word("letter") != CERTIFICATE or day is None or day > as_of or no in seen:
            continue
        seen.add(no)
        ground = "reissue" if no in reissued else row.choice("ground") or "unknown"
        yield no, f"{day:%Y-%m}", ground


def _letters(book: Book, as_of: dt.date) -> list[tuple[str, str, str]]:
    """(管理番号, month, kind) of each letter about a return, one a document, kind and day."""
    kinds = {*KINDS.values(), VOLUNTARY_END}
    found = {
        (row.text("control_no"), row.word("letter"), day)
        for row in book.rows("history")
        if row.word("letter") in kinds and (day := row.date("issued")) is not None and day <= as_of
    }
    return [(no, f"{day:%Y-%m}", kind) for no, kind, day in sorted(found)]


def _crossed(
    frame: "pd.DataFrame", column: str, months: Sequence[str], keys: Sequence[str]
) -> "pd.DataFrame":
    import pandas as pd

    grid = pd.crosstab(frame.month, frame[column])
    return grid.reindex(index=list(months), columns=list(keys), fill_value=0).astype("int64")


def _places(
    plan: LedgerPlan,
    where: dict[str, str],
    issued: "pd.DataFrame",
    letters: "pd.DataFrame",
    renewals: Sequence[Renewal],
    as_of: dt.date,
) -> "pd.DataFrame":
    import pandas as pd

    month = f"{as_of:%Y-%m}"
    still_open = {id(item) for item in report.open_cases(plan)}
    soon = as_of + dt.timedelta(30)
    marks = [
        (where[i.entry.control_no], "circulating") for i in plan.entries if _circulates(i, as_of)
    ]
    marks += [(where[i.entry.control_no], "open") for i in plan.entries if id(i) in still_open]
    for name, frame in (("issued", issued), ("letters", letters)):
        of_month = frame[frame.month == month].control_no
        marks += [(where[no], name) for no in of_month if no in where]
    ends = [(where[r.card.control_no], r.expiry) for r in renewals if r.card.control_no in where]
    marks += [(place, "within_30") for place, day in ends if day <= soon]
    marks += [(place, "within_90") for place, day in ends]
    found = pd.DataFrame(marks, columns=["place", "what"])
    columns = ["circulating", "issued", "letters", "open", "within_30", "within_90"]
    grid = pd.crosstab(found.place, found.what).reindex(columns=columns, fill_value=0)
    ordered = grid.reset_index().sort_values(["circulating", "place"], ascending=[False, True])
    return ordered.set_index("place").astype("int64")


def _circulates(item: LedgerRow, as_of: dt.date) -> bool:
    entry = item.entry
    good = entry.expiry is None or entry.expiry >= as_of
    in_use = entry.document == CERTIFICATE and not item.replaced
    return in_use and item.state in _OUT and good


def _ahead(renewals: Sequence[Renewal], as_of: dt.date) -> "pd.Series[int]":
    import pandas as pd

    months = pd.period_range(f"{as_of:%Y-%m}", f"{as_of + dt.timedelta(AHEAD):%Y-%m}", freq="M")
    counts = pd.Series([f"{one.expiry:%Y-%m}" for one in renewals]).value_counts()
    return counts.reindex([f"{month}" for month in months], fill_value=0).astype("int64")
