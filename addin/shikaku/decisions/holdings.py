"""Certificates in a member's hands, and when one is due for renewal (R31, R32; C13)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from shikaku.model.settings import Settings


@dataclass(frozen=True, slots=True)
class Holding:
    """A certificate in a member's hands: not returned, not lost. Days may be unknown."""

    issued: dt.date | None
    expiry: dt.date | None

    def good_on(self, day: dt.date) -> bool:
        """Issued by then and not run out; the day of 有効期限 is the last good one."""
        issued = self.issued is None or self.issued <= day
        return issued and (self.expiry is None or day <= self.expiry)

    def near_its_end(self, as_of: dt.date, settings: Settings) -> bool:
        """Within 資格確認書の更新の日数 before the end, the last good day included; never with 0.

        Not for a short one that was issued within that time.
        """
        if not settings.renewal_days:
            return False
        window = dt.timedelta(settings.renewal_days)
        return (
            self.expiry is not None
            and self.expiry - as_of <= window
            and (self.issued is None or self.issued < as_of - window)
        )


def best(holdings: Iterable[Holding], as_of: dt.date) -> Holding | None:
    """The good one that ends last (an unknown end counts as the last), None when none is good."""
    good = [h for h in holdings if h.good_on(as_of)]
    return max(good, key=lambda h: h.expiry or dt.date.max, default=None)


def last_ended(holdings: Iterable[Holding], as_of: dt.date) -> dt.date | None:
    """The day on which the last of those run out ended, None when none did."""
    return max((h.expiry for h in holdings if h.expiry and h.expiry < as_of), default=None)
