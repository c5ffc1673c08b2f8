"""The old 被保険者証 (R3–R7): until when it was issued and usable, and whether it comes back.

R6 and R7 turn on the day of loss, not on today and not on the day of leaving: 退職 R7.11.30 means
loss on R7.12.1 and a return, 退職 R7.12.1 means loss on R7.12.2 and none. The note R7 is about
this card only, never about the certificate (C10). The days stand in ``law/``.
"""

import datetime as dt
from dataclasses import dataclass

from shikaku.fields import era_date
from shikaku.law import parameters


@dataclass(frozen=True, slots=True)
class OldCardDecision:
    """``required``: the card must come back; ``rules``; ``why``: one Japanese sentence."""

    required: bool
    rules: tuple[str, ...]
    why: str


def issued_on(day: dt.date) -> bool:
    """Whether cards were issued or re-issued on that day (R3: never from R6.12.2 on)."""
    end = parameters.value("certificate.starts", day)
    return end is None or day < end


def usable(acquired: dt.date | None, lost: dt.date | None, on: dt.date) -> bool:
    """Whether a card in hand is good on the day: acquired by R6.12.1, until R7.12.1, while a
    member (R5). An unknown day of acquisition counts as none of these."""
    last = parameters.value("certificate.old_card_last_day", on)
    return (
        acquired is not None
        and issued_on(acquired)
        and acquired <= on
        and (last is None or on <= last)
        and (lost is None or on < lost)
    )


def decide(
    held: bool, lost: dt.date | None, as_of: dt.date, *, settled: bool = False
) -> OldCardDecision:
    """Whether the old card must be returned (R6, R7, C10; 健保則51条).

    held: 旧被保険者証 is あり, or the ledger has the card. lost: the day of loss, None while a
    member. settled: the ledger has its day of return, or that it can't come back.
    """
    if not held:
        return OldCardDecision(False, (), "旧被保険者証の記録がないため、返納の対象はありません。")
    if settled:
        return OldCardDecision(
            False, ("R6",), "旧被保険者証は返納済みか、返納できないことが記録されています。"
        )
    last = parameters.value("returns.old_card_lost_by", as_of)
    if lost is None and (last is None or as_of <= last):
        return OldCardDecision(
            False, ("R5",), "加入中のため、旧被保険者証は資格を喪失するまで返納しません。"
        )
    if lost is not None and (last is None or lost <= last):
        return OldCardDecision(
            True,
            ("R6",),
            f"{era_date.format(lost)}に資格を{'喪失した' if lost <= as_of else '喪失する'}人の旧被保険者証は、"
            "返納が必要です。",
        )
    return OldCardDecision(
        False,
        ("R7", "C10"),
        f"旧被保険者証は、{era_date.format(last + dt.timedelta(1))}以後の喪失では返納不要で、"
        "ご自身で破棄できます。",
    )
