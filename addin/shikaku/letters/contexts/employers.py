"""Letters to employers."""

import datetime as dt
from collections import defaultdict
from typing import Any

from shikaku.law import filing_limit, parameters
from shikaku.letters.contexts import base
from shikaku.letters.contexts.source import LetterSource
from shikaku.letters.model import Letter
from shikaku.model.people import Person
from shikaku.model.schema import EVENT, schema

REPLY_DAYS = 5
"""Open days that we give for an answer."""

_REQUESTS = {
    "MN01": "個人番号の記入がありません。ご提出ください。",
    "MN02": "個人番号が後日提出となっています。届きしだいご提出ください。",
    "MN03": "個人番号の桁数が12桁ではありません。確認のうえご提出ください。",
    "MN04": "個人番号に数字以外の文字があります。確認のうえご提出ください。",
    "MN05": "個人番号に写し間違いがあります。確認のうえご提出ください。",
    "MN06": "個人番号欄に法人番号が記入されています。ご本人の番号をご提出ください。",
    "MN07": "個人番号が見本の番号です。ご本人の番号をご提出ください。",
    "MN08": "個人番号が別の方と同じです。どちらの方の番号かご確認ください。",
    "MN09": "個人番号の先頭の0が欠けていないかご確認ください。",
    "MN10": "個人番号の一部が失われています。あらためてご提出ください。",
    "MN11": "個人番号が前後の行の連番です。ご本人の番号かご確認ください。",
}
_REQUESTS["MN16"] = _REQUESTS["MN01"]


def mynumber_request(case: LetterSource, per: str, again: bool) -> list[Letter]:
    """For each employer the people whose number or entries are missing or wrong."""
    wishes = _wishes(case)
    people = [
        person
        for place, person in case.wanted.items()
        if place in wishes and (again or not _asked(case, person))
    ]
    letters = []
    for name, members in base.by_employer(case, people).items():
        for group in [members] if per == "employer" else [[m] for m in members]:
            rows = [
                {
                    "no": str(i),
                    "place": f"{schema().sheets[p.sheet].name} {_own_row(case, p)}行目",
                    "record": base.record_label(p),
                    "name": base.name_of(p.name) or "（氏名の記入なし）",
                    "request": "".join(dict.fromkeys(wishes[p.sheet, p.row])),
                }
                for i, p in enumerate(group, 1)
            ]
            context = {
                "rows": rows,
                "reply_by": base.day(case.closed.add_open_days(case.as_of, REPLY_DAYS), True),
                "est_usable": "未定",
            }
            letters.append(
                employer_letter(
                    case, "mynumber-request", "KB", _MYNUMBER_TITLE, name, group, per, context
                )
            )
    return letters


def _own_row(case: LetterSource, person: Person) -> int:
    """The row in the employer's own workbook: of a collected one the origin, else this row."""
    return case.rows[person.sheet, person.row].count("source_row") or person.row


_LATE = ("DL01", "DL02", "DL04", "DL07")
_LATE_TITLE = "届出期限のお知らせ・遅延理由書"


def late_filing(case: LetterSource, per: str, again: bool) -> list[Letter]:
    """For each employer the filings past their limit: not in yet, or in too late. 任意継続 is the
    person's own application: written to directly, whatever ``per`` says."""
    late = {(f.sheet, f.row) for f in case.findings if f.code in _LATE}
    people = [
        person
        for place, person in case.wanted.items()
        if place in late and (again or not _informed(case, person))
    ]
    letters = []
    for name, members in base.by_employer(case, (p for p in people if not p.direct)).items():
        for group in [members] if per == "employer" else [[m] for m in members]:
            context = _late_employer(case, name, group)
            letters.append(
                employer_letter(case, "late-filing", "KG", _LATE_TITLE, name, group, per, context)
            )
    return letters + [_late_applicant(case, person) for person in people if person.direct]


def _late_employer(case: LetterSource, name: str, group: list[Person]) -> dict[str, Any]:
    settings = case.settings
    ours = name == base.clean(settings.employer_name)
    _, address = base.employer_address(case, name)
    return {
        **_late_context(case, group),
        "filing_days": str(settings.filing_days),
        "employer_address": address,
        "employer_owner": base.clean(settings.employer_owner) if ours else "",
        "employer_symbol": group[0].symbol or settings.employer_symbol,
    }


def _late_applicant(case: LetterSource, person: Person) -> Letter:
    context = {
        **base.heading(case, "KG", base.reference(case, person)),
        **base.to_member(case, person),
        **_late_context(case, [person]),
        "filing_days": str(parameters.constant("voluntary.application_days")),
        "employer_address": base.clean(person.address),
        "employer_owner": base.name_of(person.name),
        "employer_symbol": person.symbol,
    }
    return base.member_letter(case, "late-filing", _LATE_TITLE, person, context)


def _late_context(case: LetterSource, group: list[Person]) -> dict[str, Any]:
    return {
        "rows": [_late_row(case, person) for person in group],
        "direct": group[0].direct,
        "reply_by": base.day(case.closed.add_open_days(case.as_of, REPLY_DAYS), True),
        "documents": any(_needs_documents(case, person) for person in group),
    }


def _event(case: LetterSource, person: Person) -> dt.date | None:
    """資格取得年月日, 異動年月日 or 資格喪失年月日: the day that the limit is counted from."""
    return case.rows[person.sheet, person.row].date(EVENT[person.sheet])


def _limit(case: LetterSource, person: Person) -> dt.date | None:
    event = _event(case, person)
    if event is None:
        return None
    return filing_limit.limit(person.sheet, person.kind, event, case.settings, case.closed)


def _informed(case: LetterSource, person: Person) -> bool:
    """Written to before about this filing: a letter about an earlier one is older than its limit."""
    day, limit = case.history.last("late-filing", person), _limit(case, person)
    return day is not None and limit is not None and day >= limit


def _needs_documents(case: LetterSource, person: Person) -> bool:
    """Filed so long after the event that further documents may be asked for (DL04)."""
    if filing_limit.is_application(person.sheet, person.kind):
        return False
    event = _event(case, person)
    days = parameters.constant("filing.late_documents_days")
    return event is not None and ((_filed(case, person) or case.as_of) - event).days >= days


def _filed(case: LetterSource, person: Person) -> dt.date | None:
    """届出日; None for one that is still to come on the letter's day: it is not in yet."""
    return person.filed if person.filed and person.filed <= case.as_of else None


def _late_row(case: LetterSource, person: Person) -> dict[str, str]:
    limit = _limit(case, person)
    filed = _filed(case, person)
    days = ((filed or case.as_of) - limit).days if limit else 0
    return {
        "filing": "任意継続の申出" if person.direct else schema().sheets[person.sheet].name,
        "record": f"{person.symbol}-{person.number}" if person.number else "（番号未定）",
        "name": base.name_of(person.name) or "（氏名の記入なし）",
        "event": base.day(_event(case, person)),
        "limit": base.day(limit, True),
        "filed": base.day(filed) or ("未提出（先の日付の記入）" if person.filed else "未提出"),
        "days_late": f"{days}日{'※' if _needs_documents(case, person) else ''}" if days > 0 else "",
    }


_MYNUMBER_TITLE = "個人番号・届書記載内容の提出・訂正のお願い"


def _asked(case: LetterSource, person: Person) -> bool:
    """Asked before in this enrolment."""
    day = case.history.last("mynumber-request", person)
    return day is not None and (person.acquired is None or day >= person.acquired)


def _wishes(case: LetterSource) -> dict[tuple[str, int], list[str]]:
    """(sheet key, row) → what is asked for. Warnings count for numbers only: a name that prints
    in another form, or an address without its prefecture, is nothing to write to an employer for.
    """
    wishes: dict[tuple[str, int], list[str]] = defaultdict(list)
    for finding in case.findings:
        place = finding.sheet, finding.row
        if finding.code in _REQUESTS:
            wishes[place].append(_REQUESTS[finding.code])
        elif finding.code == "RQ01":
            wishes[place].append(f"「{finding.label}」の記入がありません。")
        elif finding.code[:2] in ("NM", "AD", "DT") and finding.severity == "error":
            wishes[place].append(f"「{finding.label}」の記載に誤りがあります。")
    return wishes


def employer_letter(
    case: LetterSource,
    kind: str,
    prefix: str,
    title: str,
    name: str,
    people: list[Person],
    per: str,
    context: dict[str, Any],
) -> Letter:
    """A letter to an employer about some of its people."""
    single = per == "person"
    symbol = people[0].symbol if people else ""  # a letter about a file is about nobody
    about = (
        base.reference(case, people[0]) if single else base.employer_reference(case, name, symbol)
    )
    return Letter(
        kind=kind,
        stem=base.stem(people[0]) if single else name,
        group=name,
        title=f"{title} {base.name_of(people[0].name) if single else name}",
        people=tuple(base.ref(p) for p in people),
        addressee=name,
        context={**base.heading(case, prefix, about), **base.to_employer(case, name), **context},
    )
