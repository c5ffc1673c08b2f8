"""配布のお願い・配布一覧: what goes to whom by the employer (R11, R21, R28)."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shikaku.fields import era_date
from shikaku.identity.matching import person_key
from shikaku.letters.contexts import base, certificates, notices
from shikaku.letters.contexts.employers import employer_letter
from shikaku.letters.contexts.hand_out import HandOutOrder, department_of
from shikaku.letters.contexts.lacking import lacking
from shikaku.letters.contexts.source import LetterSource
from shikaku.letters.model import Letter
from shikaku.model.people import Person

if TYPE_CHECKING:
    from shikaku.decisions.everybody import Decision

_TITLE = "資格確認書・資格情報のお知らせの配布のお願い"
_CERTIFICATES = ("certificate",)
_NOTICES = ("notice", "notice-digits")
_MARK = "○"


@dataclass
class _Items:
    person: Person
    certificate: bool = False
    notice: bool = False


def distribution(case: LetterSource, per: str, again: bool) -> list[Letter]:
    """One list for each employer: everybody with something to be handed out, by department and
    family, since the insured takes it for the family.

    That is what is issued now, and what 発行履歴 says was issued within the last 31 days and isn't
    on a list yet. Somebody who has lost eligibility, or will before long, is marked 「返送」.
    """
    found = [
        items
        for items in _items(case, again)
        if not items.person.direct and (items.certificate or items.notice)
    ]
    by_row = {(i.person.sheet, i.person.row): i for i in found}
    letters = []
    symbols = _several_symbols(case, found)
    order = HandOutOrder(case)
    for name, people in base.by_employer(case, (i.person for i in found)).items():
        people = sorted(people, key=order.turn)
        listed = [by_row[p.sheet, p.row] for p in people]
        context = {
            "rows": [
                _row(case, i, item, with_symbol=name in symbols) for i, item in enumerate(listed, 1)
            ],
            "certificates": str(sum(item.certificate for item in listed)),
            "notices": str(sum(item.notice for item in listed)),
        }
        letters.append(
            employer_letter(case, "distribution", "HI", _TITLE, name, people, "employer", context)
        )
    return letters


def _items(case: LetterSource, again: bool) -> list[_Items]:
    """A person a row; one who stands on two sheets counts once, by the first."""
    issuing = {(c.person.sheet, c.person.row) for c in certificates.new_cards(case, again)}
    found: dict[tuple, _Items] = {}
    for decision in case.decisions:
        person = decision.person
        items = found.setdefault(person_key(person), _Items(person))
        listed = case.history.last("distribution", person) if not again else None
        if listed != case.as_of:
            items.certificate |= (person.sheet, person.row) in issuing and not lacking(
                case, "certificate", person
            )
            items.notice |= _notice_now(case, decision, again)
        items.certificate |= _waiting(case, person, _CERTIFICATES, listed)
        items.notice |= _waiting(case, person, _NOTICES, listed)
    return list(found.values())


def _notice_now(case: LetterSource, decision: "Decision", again: bool) -> bool:
    """A notice goes out in this run; one with digits is only made when it is asked for."""
    if decision.notice.kind is None:
        return False
    kind = "notice-digits" if decision.notice.kind == "I" else "notice"
    if kind == "notice-digits" and kind not in case.kinds:
        return False
    if lacking(case, kind, decision.person):
        return False
    return again or not notices.issued(case, decision.person, kind)


def _waiting(
    case: LetterSource, person: Person, kinds: tuple[str, ...], listed: dt.date | None
) -> bool:
    """Issued a short while ago, and not on a list since."""
    first = case.as_of - certificates.RECENT
    if listed is not None:
        first = max(first, listed + dt.timedelta(1))
    return any(case.history.between(kind, person, first, case.as_of) for kind in kinds)


def _several_symbols(case: LetterSource, found: list[_Items]) -> set[str]:
    """Employers of whose people on the list not all have one 記号."""
    symbols: dict[str, set[str]] = {}
    for items in found:
        symbols.setdefault(case.employer_of(items.person), set()).add(items.person.symbol)
    return {employer for employer, several in symbols.items() if len(several) > 1}


def _number(person: Person, *, with_symbol: bool) -> str:
    if not person.number:
        return "未定"
    return f"{person.symbol}-\n{person.number}" if with_symbol else person.number


def _birth_year(person: Person) -> str:
    """「平2年」: enough to tell two people of one name apart."""
    if person.birth is None:
        return ""
    year = era_date.format(person.birth).partition("年")[0]
    return f"{year[:1]}{year[2:]}年"


def _row(case: LetterSource, number: int, items: _Items, *, with_symbol: bool) -> dict[str, Any]:
    person = items.person
    lost = case.leaves(person)
    return {
        "no": str(number),
        "department": department_of(case, person),
        "number": _number(person, with_symbol=with_symbol),
        "birth_year": _birth_year(person),
        "insured": case.insured_name(person) or base.name_of(person.name),
        "name": base.name_of(person.name) if person.is_dependant else "ご本人",
        "certificate": _MARK if items.certificate else "",
        "notice": _MARK if items.notice else "",
        "note": "返送" if lost else "",
        "lost": f"{base.short_day(lost)}喪失" if lost else "",
    }
