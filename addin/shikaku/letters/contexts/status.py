"""Asking for the status of the Myna card, and showing the way to an application (R19, R27, R40)."""

from typing import Any

from shikaku.letters.contexts import base
from shikaku.letters.contexts.notices import card_fields, person_fields
from shikaku.letters.contexts.source import LetterSource
from shikaku.letters.model import Letter
from shikaku.model.people import Person

REPLY_DAYS = 10
"""Open days that a member has for the answer."""


def status_check(case: LetterSource, per: str, again: bool) -> list[Letter]:
    """マイナ保険証の登録状況確認のお願い, to those whose registration must be found out first."""
    title = "マイナ保険証の登録状況確認のお願い"
    return [
        base.member_letter(case, "status-check", title, d.person, _context(case, d.person, "TK"))
        for d in case.decisions
        if d.certificate.outcome == "confirm"
        and (again or not _asked(case, d.person, "status-check"))
    ]


def application_guide(case: LetterSource, per: str, again: bool) -> list[Letter]:
    """資格確認書の交付申請のご案内, to those whom only an application can help."""
    return [
        base.member_letter(
            case,
            "application-guide",
            "資格確認書の交付申請のご案内",
            d.person,
            {
                **_context(case, d.person, "SA"),
                "insured_name": case.insured_name(d.person) or base.name_of(d.person.name),
                "relationship": base.clean(d.person.relationship),
                "employer_name": "" if d.person.direct else case.employer_of(d.person),
            },
        )
        for d in case.decisions
        if d.certificate.outcome == "apply"
        and (again or not _asked(case, d.person, "application-guide"))
    ]


def _asked(case: LetterSource, person: Person, kind: str) -> bool:
    """Asked before, and no answer since: a later 状況確認日 makes it a new question."""
    day = case.history.last(kind, person)
    return day is not None and not (person.status_checked and person.status_checked > day)


def _context(case: LetterSource, person: Person, prefix: str) -> dict[str, Any]:
    card = card_fields(case, person, None)
    return {
        **base.heading(case, prefix, base.reference(case, person)),
        **base.to_member(case, person),
        **person_fields(person),
        "birth": card["birth"],
        "senior": card["senior"],
        "direct": person.direct,
        "reply_by": base.day(case.closed.add_open_days(case.as_of, REPLY_DAYS), True),
        "reply_to": "当組合" if person.direct else "お勤め先の健康保険事務担当者",
    }
