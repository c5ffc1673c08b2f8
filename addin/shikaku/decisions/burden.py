"""負担割合 and 発効年月日 on the certificate: from 70 (R33, C9; 法74条1項, 健保則52条).

The guide says 「70歳以上の被保険者のみ」; the law has dependants of 70 and more, too, so both are
printed unless the setting 負担割合の表示対象 says 被保険者のみ.
"""

import datetime as dt
from dataclasses import dataclass

from shikaku.law import age
from shikaku.model.people import Person
from shikaku.model.settings import Settings


@dataclass(frozen=True, slots=True)
class Burden:
    """``share``: two | three (the list burden_share); ``effective``: 発効年月日; ``rules``."""

    share: str
    effective: dt.date
    rules: tuple[str, ...]


def decide(person: Person, on: dt.date, settings: Settings) -> Burden | None:
    """The share to print on a certificate issued on ``on``; None below 70 or out of scope.

    The share is the member's own where the ledger has a column 負担割合, else the setting's.
    発効年月日 is the first of the month after the day of attaining 70, which is the day before the
    birthday: born on the 1st, it is the birthday itself. Who joins later has it from the day of
    acquisition.
    """
    if person.birth is None:
        return None
    if person.is_dependant and settings.burden_scope == "insured_only":
        return None
    if on.year < person.birth.year + age.burden():  # most people are younger
        return None
    start = age.burden_start(person.birth)
    if on < start:
        return None
    if person.acquired is not None:
        start = max(start, person.acquired)
    rules = ("R33", "C9") if person.is_dependant else ("R33",)
    return Burden(person.burden_share or settings.burden_share, start, rules)
