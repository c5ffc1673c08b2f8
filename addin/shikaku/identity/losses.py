"""One person's losses, and which of them ends the enrolment of a document."""

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shikaku.identity import ends


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss. by_event: a 非該当 of 被扶養者異動届. proof: what that says of the certificate:
    attached | not_returnable | destroyed | none | None. attached, missing: 添付 and 返不能 of
    資格喪失届. cause: key of loss_cause. inherited: the insured's loss, passed on to a dependant
    (法36条; 喪失は被保険者と同日). unfiled: an end that no sheet reports: a 75th birthday, or the two years
    of 任意継続 (cause ``two_years``)."""

    day: dt.date
    sheet: str
    row: int
    by_event: bool = False
    proof: str | None = None
    attached: int = 0
    missing: int = 0
    filed: dt.date | None = None
    cause: str | None = None
    inherited: bool = False
    unfiled: bool = False

    @property
    def rank(self) -> int:
        """1 for a filing, which tells more than the register does; else 2."""
        return 1 if self.sheet in ("loss", "dependants") else 2


_Kind = tuple[int, bool, str | None]
"""Rank, unfiled and cause."""


class LossHistory:
    """The losses and the days of acquisition of one person, or of the insured of one 記号・番号, in order:
    somebody may have come and gone a thousand times, and have as many documents."""

    def __init__(self, losses: Iterable[Loss], acquired: Iterable[dt.date]) -> None:
        """Of losses that can't be told apart by day, kind and cause the first counts."""
        self.acquired = sorted(set(acquired))
        first: dict[_Kind, dict[dt.date, tuple[int, Loss]]] = defaultdict(dict)
        for place, loss in enumerate(losses):
            first[loss.rank, loss.unfiled, loss.cause].setdefault(loss.day, (place, loss))
        self._days: dict[_Kind, list[dt.date]] = {
            kind: sorted(by_day) for kind, by_day in first.items()
        }
        self._first = first

    def pick(self, began: dt.date | None, *others: Sequence[dt.date]) -> Loss | None:
        """The loss that ends the enrolment of a document issued on ``began``; None for no such loss.

        Of one enrolment a filing tells more than the register does (its row, its certificates);
        between two filings the earlier loss counts. others: further days of acquisition, in order.
        """
        acquired = (self.acquired, *others)
        found = self._next(began, _last_up_to(acquired, began))
        found = _within_two_years(found)
        if not found:
            return None
        first = min(loss.day for _, loss in found)
        again = _first_from(acquired, first)
        fitting = (
            (loss.rank, loss.day, place, loss)
            for place, loss in found
            if again is None or loss.day == first or loss.day < again
        )
        return min(fitting, key=lambda item: item[:3])[3]

    def _next(self, began: dt.date | None, joined: dt.date | None) -> list[tuple[int, Loss]]:
        """Of each kind the first loss that can be that of a document issued on ``began``: not one that a
        new enrolment (``joined``) followed before the document; nor a 75th birthday before it, which
        rather says that the birth date is wrong."""
        found = []
        for kind, days in self._days.items():
            at = 0 if joined is None else bisect_right(days, joined)
            if began is not None and kind[1:] == (True, ends.AGE_75):
                at = max(at, bisect_right(days, began))
            if at < len(days):
                found.append(self._first[kind][days[at]])
        return found


def _last_up_to(days: Iterable[Sequence[dt.date]], day: dt.date | None) -> dt.date | None:
    """The last of these days up to a day."""
    if day is None:
        return None
    places = ((each, bisect_right(each, day)) for each in days)
    return max((each[at - 1] for each, at in places if at), default=None)


def _first_from(days: Iterable[Sequence[dt.date]], day: dt.date) -> dt.date | None:
    """The first of these days from a day on."""
    places = ((each, bisect_left(each, day)) for each in days)
    return min((each[at] for each, at in places if at < len(each)), default=None)


def _within_two_years(found: list[tuple[int, Loss]]) -> list[tuple[int, Loss]]:
    """任意継続's two years are over without a filing, and whatever a later one says."""
    limits = [loss.day for _, loss in found if loss.cause == ends.TWO_YEARS]
    return [item for item in found if not limits or item[1].day <= min(limits)]
