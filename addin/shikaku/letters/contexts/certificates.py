"""資格確認書 and its cover (R19–R35, R46)."""

import datetime as dt

from shikaku.errors import UsageError
from shikaku.letters.contexts import base
from shikaku.letters.contexts.base import Case
from shikaku.letters.contexts.notices import person_fields
from shikaku.letters.model import Letter
from shikaku.schema import schema


def cover(case: Case, per: str, again: bool) -> list[Letter]:
    """お渡し状: one with each certificate."""
    return [
        base.member_letter(
            case,
            "certificate-cover",
            "資格確認書のお届けについて",
            decision.person,
            {
                **base.heading(case, "SK", base.reference(decision.person)),
                **base.to_member(case, decision.person),
                **person_fields(decision.person),
                "issued": base.day(case.as_of),
                "expiry": base.day(expiry(case)),
                "direct": decision.person.direct,
                "return_on_registration": case.settings.return_on_registration == "yes",
            },
        )
        for decision in due(case, "certificate-cover", again)
    ]


def due(case: Case, kind: str, again: bool) -> list:
    """The decisions to issue whose certificate isn't on its way yet."""
    return [
        d
        for d in case.decisions
        if d.certificate.outcome == "issue" and (again or not _issued(case, d.person, kind))
    ]


def _issued(case: Case, person, kind: str) -> bool:
    """Issued before, unless the return ledger has that certificate: then the decision has seen it
    and says all the same that a new one is needed (lost, run out, an earlier enrolment)."""
    day = case.history.last(kind, person)
    if day is None:
        return False
    return not any(
        e.document == "certificate"
        and e.issued == day
        and (e.symbol, e.number, base.clean(e.name))
        == (person.symbol, person.number, base.clean(person.name))
        for e in case.ledger
    )


def expiry(case: Case) -> dt.date:
    """有効期限 of the certificates issued now: a day in the future, five years at most (R31).

    Raises UsageError for a blank or an impossible one.
    """
    day, today = case.settings.certificate_expiry, case.as_of
    label = schema().settings["certificate_expiry"].label
    place = f"シート「{schema().sheets['settings'].name}」の「{label}」"
    if day is None:
        raise UsageError(f"{place}が空です。", "交付する資格確認書の有効期限を入力してください。")
    if not today < day <= _five_years_on(today):
        raise UsageError(
            f"{place}({base.day(day)})は、交付日({base.day(today)})の翌日から5年以内ではありません。",
            "交付日から5年以内の日付に直してください。",
        )
    return day


def _five_years_on(day: dt.date) -> dt.date:
    try:
        return day.replace(year=day.year + 5)
    except ValueError:
        return dt.date(day.year + 5, 2, 28)
