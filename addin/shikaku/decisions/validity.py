"""有効期限 of a certificate that is issued now (R31, C13; contract §6).

設定's day, or for somebody whose Myna card is only away for a while the months that 設定 has for that;
never beyond the cover: its last day is the one before 75, before the end of 任意継続's two years, or
before a loss that has been filed.
"""

import datetime as dt

from shikaku.law import validity
from shikaku.model.settings import Settings


def expiry(
    status: str | None, cover_end: dt.date | None, issued: dt.date, settings: Settings
) -> dt.date | None:
    """The last day of validity; None when 設定 says none.

    status: マイナ保険証の状況 that the decision goes by. cover_end: the first day without cover.
    """
    months = {
        "lost_or_renewing": settings.lost_card_months,
        "e_certificate_expired": settings.e_certificate_months,
    }.get(status or "")
    days = [settings.certificate_expiry] if settings.certificate_expiry else []
    if months:
        days.append(validity.months_on(issued, months))
    if days and cover_end:
        days.append(cover_end - dt.timedelta(1))
    return min(days, default=None)
