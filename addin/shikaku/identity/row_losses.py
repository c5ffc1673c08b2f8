"""The losses that a row of the sheets tells of."""

import datetime as dt
from collections.abc import Mapping

from shikaku.identity import ends
from shikaku.identity.losses import Loss
from shikaku.model.people import Person
from shikaku.model.tables import Row


def losses_of(
    person: Person, filings: Mapping[tuple[str, int], Row], until: dt.date | None
) -> list[Loss]:
    """A row's own loss, then those that come by themselves up to a day (None: none does). filings: the rows of
    資格喪失届 and 被扶養者異動届 by sheet key and Excel row."""
    losses = _unfiled(person, until)
    if person.lost is not None:
        row = filings.get((person.sheet, person.row))
        losses.insert(0, _loss(person, person.lost, row))
    return losses


def _unfiled(person: Person, until: dt.date | None) -> list[Loss]:
    """The ends that come by themselves up to a day, of a member."""
    if until is None or person.sheet not in ("members", "acquisition"):
        return []
    if not ends.is_over(person, until):
        return []
    return [
        Loss(day, person.sheet, person.row, cause=cause, unfiled=True)
        for day, cause in ends.all_by_itself(person)
        if day <= until
    ]


def _loss(person: Person, day: dt.date, row: Row | None) -> Loss:
    if row is not None and person.sheet == "loss":
        return Loss(
            day,
            "loss",
            person.row,
            attached=row.count("attached_count") or 0,
            missing=row.count("not_returnable_count") or 0,
            filed=person.filed,
            cause=row.choice("cause"),
        )
    if row is not None and person.sheet == "dependants":
        return Loss(
            day,
            "dependants",
            person.row,
            by_event=True,
            proof=row.choice("collected"),
            filed=person.filed,
            cause="death" if died(row) else None,
        )
    return Loss(day, person.sheet, person.row)


def died(row: Row) -> bool:
    """Whether a 非該当 tells of this dependant's own death: not of the insured's, for which the whole
    family leaves."""
    reason = row.text("event_reason")
    return "死亡" in reason and "被保険者" not in reason
