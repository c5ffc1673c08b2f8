"""資格情報のお知らせ, with and without the last four digits (R8–R18)."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from shikaku.decisions import old_card
from shikaku.fields import individual_number
from shikaku.law import age, parameters
from shikaku.letters.contexts import base
from shikaku.letters.contexts.source import LetterSource
from shikaku.letters.model import Letter
from shikaku.model.people import Person
from shikaku.model.schema import schema
from shikaku.system.errors import UsageError

if TYPE_CHECKING:
    from shikaku.decisions.burden import Burden
    from shikaku.decisions.everybody import Decision

TITLE = "資格情報のお知らせ"
_NAME_EM, _KANA_EM = 17.0, 34.0


def notice(case: LetterSource, per: str, again: bool) -> list[Letter]:
    """Without digits: II-1 and II-2."""
    return [
        base.member_letter(case, "notice", TITLE, d.person, _context(case, d, "SJ"))
        for d in case.decisions
        if d.notice.kind in ("II-1", "II-2") and (again or not issued(case, d.person, "notice"))
    ]


def notice_digits(case: LetterSource, per: str, again: bool) -> list[Letter]:
    """With the last four digits, once for ever (R10)."""
    letters = []
    for decision in _with_digits(case, again):
        context = _context(case, decision, "SD")
        context["last_four"] = _last_four(case, decision.person)
        letters.append(base.member_letter(case, "notice-digits", TITLE, decision.person, context))
    return letters


def _with_digits(case: LetterSource, again: bool) -> "list[Decision]":
    return [
        decision
        for decision in case.decisions
        if decision.notice.kind == "I"
        and (again or not issued(case, decision.person, "notice-digits"))
    ]


def digits_waiting(case: LetterSource) -> int:
    """How many notices with digits are due, without making them; 0 where 設定 doesn't say who sends
    them."""
    try:
        base.sender(case)
    except UsageError:
        return 0
    return len(_with_digits(case, again=False))


def issued(case: LetterSource, person: Person, kind: str) -> bool:
    """Issued before; a notice of an earlier enrolment doesn't count, one with digits always."""
    if kind == "notice-digits":
        return case.history.has_record(kind, person) or (
            case.history.last(kind, person) is not None
        )
    day = case.history.last(kind, person)
    if day is None:
        return False
    return person.acquired is None or day >= person.acquired


def _last_four(case: LetterSource, person: Person) -> str:
    """Only the four digits leave the cell (R15)."""
    row = case.rows[person.sheet, person.row]
    return individual_number.last_four(row.cell("individual_number").value) or "未登録"


def _context(case: LetterSource, decision: "Decision", prefix: str) -> dict[str, Any]:
    person = decision.person
    return {
        **base.heading(case, prefix, base.reference(case, person)),
        **base.to_member(case, person),
        **person_fields(person),
        **card_fields(case, person, decision.burden),
        "old_card_until": _old_card_until(case, person),
        "correction_to": "当組合" if person.direct else "お勤め先の健康保険事務担当者",
    }


def _old_card_until(case: LetterSource, person: Person) -> str:
    """The last day on which a 被保険者証 in hand is good (R5), within the cover; "" when it isn't any
    more."""
    lost = case.loss_of(person)
    if person.no_old_card or not old_card.usable(person.acquired, lost, case.as_of):
        return ""
    last: dt.date = parameters.value("certificate.old_card_last_day", case.as_of)
    return base.day(min(last, lost - dt.timedelta(1)) if lost else last)


def person_fields(person: Person, em: float = _NAME_EM) -> dict[str, Any]:
    """Whom the letter is about. em: the longest name at full size."""
    return {
        **base.long("person_name", base.name_of(person.name), em),
        "symbol": person.symbol,
        "number": person.number,
        "branch": base.branch_of(person),
        "record_text": base.record_text(person),
    }


def card_fields(
    case: LetterSource, person: Person, burden: "Burden | None", em: float = _KANA_EM
) -> dict[str, Any]:
    """What a card says about a person. burden: None below 70; em: the longest kana at full size."""
    return {
        **base.long("kana", base.clean(person.kana), em),
        "sex": schema().lists["sex"].get(person.sex or "", ""),
        "birth": base.day(person.birth),
        "acquired": base.day(person.acquired),
        "member_kind": "被扶養者（家族）" if person.is_dependant else "被保険者（本人）",
        "burden": burden_text(burden),
        "senior": bool(person.birth and age.attains(person.birth, 70) <= case.as_of),
    }


def burden_text(burden: "Burden | None") -> str:
    """「2割（令和8年4月1日から）」, a dash below 70."""
    if burden is None:
        return "―"
    share = schema().lists["burden_share"][burden.share]
    return f"{share}（{base.day(burden.effective)}から）"
