"""When the insured of one 記号・番号 is a member, as far as the dependants' cover hangs on it (domain.md §2.3)."""

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable
from functools import cached_property
from itertools import accumulate

Span = tuple[dt.date | None, dt.date | None]
"""Acquired and lost, None for unknown and for still a member."""


class Coverage:
    """The enrolments of an insured, put in order once: somebody may have come and gone a thousand times, and the
    dependants with him. Leaving and joining again on the same day (同日得喪) under the same number is no
    gap."""

    def __init__(self, enrolments: Iterable[Span]) -> None:
        self._spans = list(enrolments)

    def end_after(self, after: dt.date | None) -> dt.date | None:
        """The first day after a day (None: of all) on which the insured is no member any more; None without
        one."""
        if len(self._spans) == 1:  # nearly every family
            end = self._spans[0][1]
            return end if end is not None and (after is None or end > after) else None
        at = 0 if after is None else bisect_right(self._ends, after)
        return self._ends[at] if at < len(self._ends) else None

    def is_around(self, day: dt.date) -> bool:
        """Whether the insured is a member on a day or was on the one before: a dependant may go on the day on
        which the insured goes."""
        last = self._last_of_begun(day)
        return last is not None and day <= last

    @cached_property
    def _ends(self) -> list[dt.date]:
        """The days of loss on which no other enrolment goes on, in order."""
        ends = {lost for _, lost in self._spans if lost is not None}
        return sorted(end for end in ends if (self._last_of_begun(end) or end) <= end)

    @cached_property
    def _begun(self) -> tuple[list[dt.date], list[dt.date]]:
        """The days of acquisition in order, and up to each the last day of loss."""
        spans = sorted(
            (acquired or dt.date.min, lost or dt.date.max) for acquired, lost in self._spans
        )
        return [day for day, _ in spans], list(accumulate((lost for _, lost in spans), max))

    def _last_of_begun(self, day: dt.date) -> dt.date | None:
        """The last day of loss of the enrolments that have begun by a day; None where none has."""
        days, last = self._begun
        at = bisect_right(days, day)
        return last[at - 1] if at else None
