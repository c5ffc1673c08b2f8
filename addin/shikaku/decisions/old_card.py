"""The old 被保険者証 (R3–R7): until when it was issued and usable, and whether it comes back.

R6 and R7 turn on the day of loss, not on today and not on the day of leaving: 退職 R7.11.30 means
loss on R7.12.1 and a return, 退職 R7.12.1 means loss on R7.12.2 and none. The note R7 is about
this card only, never about the certificate (C10). The days stand in ``law/``.
"""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from shikaku.fields import era_date
from shikaku.law import parameters
from shikaku.model.people import Person


@dataclass(slots=True, unsafe_hash=True)  # never changed; not frozen, as Person
class OldCardDecision:
    """``required``: the card must come back; ``rules``; ``why``: one Japanese sentence."""

    required: bool
    rules: tuple[str, ...]
    why: str


@lru_cache(maxsize=65536)  # many have joined on one day
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


def held(person: Person, listed: bool) -> bool | None:
    """Whether a person has an old card: 旧被保険者証, or a row of 返納管理 (``listed``); None when
    nobody has said and he may have one, being a member since before R6.12.2."""
    if person.old_card or listed:
        return True
    if person.no_old_card or (person.acquired is not None and not issued_on(person.acquired)):
        return False
    return None


@lru_cache(maxsize=4096)  # most people lose on no day
def decide(
    held: bool | None, lost: dt.date | None, as_of: dt.date, *, settled: bool
) -> OldCardDecision:
    """Whether the old card must be returned (R6, R7, C10; 健保則51条).

    held: see ``held``; None: a card may be there, which has to be asked. lost: the day of loss, None
    while a member. settled: the ledger has its day of return, or that it can't come back.
    """
    if held is False:
        return OldCardDecision(False, (), "旧被保険者証はないため、返納の対象はありません。")
    if settled:
        return OldCardDecision(
            False, (), "旧被保険者証は返納済みか、返納できないことが記録されています。"
        )
    last = parameters.value("returns.old_card_lost_by", as_of)
    if lost is None and (last is None or as_of <= last):
        return OldCardDecision(
            False, (), "加入中のため、旧被保険者証の返納は資格を喪失したときに判定します。"
        )
    if lost is None:
        return OldCardDecision(
            False, (), "被保険者証は使えなくなっているため、返納不要で、ご自身で破棄できます。"
        )
    if last is None or lost <= last:
        when = f"{era_date.format(lost)}に資格を{'喪失した' if lost <= as_of else '喪失する'}人"
        if held is None:
            return OldCardDecision(
                True,
                ("R6",),
                f"{when}で旧被保険者証の欄が空欄なので、お持ちかどうかを確かめ、あれば返納してもらって"
                "ください。",
            )
        return OldCardDecision(True, ("R6",), f"{when}の旧被保険者証は、返納が必要です。")
    return OldCardDecision(
        False,
        ("R7",),
        f"旧被保険者証は、{era_date.format(last + dt.timedelta(1))}以後の喪失では返納不要で、"
        "ご自身で破棄できます。",
    )
