"""The e-certificate of a Myna card: until when the card works as マイナ保険証 (R37, K3 of R24).

The card goes on working for three months after the e-certificate ran out; only then is it the
insurer's turn (K3). The day on the ledger and the status can contradict each other: then somebody
has to ask.
"""

import calendar
import datetime as dt

from shikaku.law import parameters
from shikaku.model.people import Person
from shikaku.model.settings import Settings

UNKNOWN, VALID, NEAR, GRACE, ENDED, CONTRADICTION = (
    "unknown",
    "valid",
    "near",
    "grace",
    "ended",
    "contradiction",
)


def usable_until(expiry: dt.date, settings: Settings, on: dt.date) -> dt.date:
    """The last day on which a Myna card works after its e-certificate ran out on ``expiry``.

    Three months, counted from the day after (民法143条), or from the end of that month by the setting
    電子証明書の期限後3か月の数え方: 2026-01-15 gives 2026-04-15 or 2026-04-30.
    """
    months = parameters.value("certificate.e_certificate_grace_months", on) or 0
    first = expiry + dt.timedelta(1)
    if settings.e_certificate_grace == "month_end":
        first = dt.date(expiry.year + expiry.month // 12, expiry.month % 12 + 1, 1)
    total = first.month - 1 + months
    year, month = first.year + total // 12, total % 12 + 1
    last = calendar.monthrange(year, month)[1]
    if first.day > last:
        return dt.date(year, month, last)
    return dt.date(year, month, first.day) - dt.timedelta(1)


def state(person: Person, as_of: dt.date, settings: Settings) -> str:
    """How the e-certificate stands on a day, by 電子証明書有効期限 and the status of a card owner.

    unknown: no day on the ledger. near: it runs out within the look-ahead (90 days). grace: run
    out, the card still works. ended: the three months are over. contradiction: the status is
    電子証明書期限切れ before the day, or was found 利用登録済 after the three months (状況確認日), so the
    day on the ledger must be an old one.
    """
    expiry = person.e_certificate_expiry
    if expiry is None:
        return UNKNOWN
    if as_of <= expiry:
        if person.myna_status == "e_certificate_expired":
            return CONTRADICTION
        near = parameters.value("certificate.expiry_notice_days", as_of) or 0
        return NEAR if (expiry - as_of).days <= near else VALID
    until = usable_until(expiry, settings, as_of)
    if as_of <= until:
        return GRACE
    checked = person.status_checked
    if person.myna_status != "e_certificate_expired" and checked is not None and checked > until:
        return CONTRADICTION
    return ENDED
