"""Registration of the individual number, and from when the Myna card should work (R43–R45, C8).

A filing is never held back for a missing number (C19): it goes in within five days, the number
follows, and until it is registered the member can't use the Myna card.
"""

import datetime as dt
from dataclasses import dataclass

from shikaku.law import parameters
from shikaku.law.closed_days import ClosedDays
from shikaku.model.people import Person
from shikaku.model.settings import Settings

NONE_TO_REGISTER = ("later", "reasoned", "wrong")
"""Number states with which the insurer has nothing to register: a wrong number is as missing as
one that is to follow (R45)."""


def joins(person: Person) -> bool:
    """Facts of a filing by which somebody joins: 資格取得届, or 該当 on 被扶養者異動届."""
    return person.joining or person.sheet == "acquisition" or person.event == "added"


def number_lacking(person: Person) -> bool:
    """Whether the insurer has no number of this person to register (R25, R45, C4).

    - The status says so (マイナンバー未登録), whatever else is in the row.
    - A filing by which somebody joins, and the ledger: no number and a reason for it (後日提出, 海外在住
      …), or a wrong one (MN03–MN07, MN10, another person's: MN08), which has to be sent again.
    - A filing with neither number nor reason, if it has its 届出日: the insurer has received it so.
      Before that a blank cell is a mistake to put right (MN01). On the ledger it says nothing: the
      employer need not keep numbers there.
    - 変更 and 非該当 of somebody enrolled: the number came with the first filing.
    """
    if person.myna_status == "number_unregistered":
        return True
    if person.sheet != "members" and not joins(person):
        return False
    if person.number_state in NONE_TO_REGISTER:
        return True
    return joins(person) and person.number_state == "blank" and person.filed is not None


def number_missing(person: Person) -> bool:
    """Whether that is a ground for a certificate without application: K6.

    On the ledger a status taken from the insurer counts for more than a cell without a number; only
    with the status unknown does the cell decide.
    """
    known = person.myna_status not in (None, "unknown", "number_unregistered")
    return number_lacking(person) and (joins(person) or not known)


@dataclass(frozen=True, slots=True)
class ExpectedUse:
    """From when the Myna card should work: an estimate (見込み), never a promise.

    day: by the setting 登録完了見込みの数え方; None when it can't be said. open_day, calendar_day: both
    readings of the guide's 「5日」 (C8), None like ``day``. waiting_for: number | filing | None.
    """

    day: dt.date | None
    open_day: dt.date | None
    calendar_day: dt.date | None
    waiting_for: str | None
    rules: tuple[str, ...]


def expected_use(person: Person, settings: Settings, closed: ClosedDays) -> ExpectedUse:
    """From when a person who joins by a filing can expect to use the Myna card.

    Counted from the day on which the insurer received the filing (届出日), that day not counted:
    5 open days, or 5 calendar days by the setting. No number, or a wrong one: 未定 (R45).
    """
    if person.number_state != "ok":
        return ExpectedUse(None, None, None, "number", ("R45",))
    if person.filed is None:
        return ExpectedUse(None, None, None, "filing", ("R44",))
    days = parameters.value("filing.registration_days", person.filed)
    if days is None:  # before the guide
        return ExpectedUse(None, None, None, None, ("R44",))
    open_day = closed.add_open_days(person.filed, days)
    calendar_day = person.filed + dt.timedelta(days)
    day = open_day if settings.promise_days == "open_days" else calendar_day
    return ExpectedUse(day, open_day, calendar_day, None, ("R44", "C8"))
