"""Getting documents back: requests, reminders, final notices (R32, R46; domain.md §1.8, §6)."""

from collections.abc import Callable
from functools import partial
from typing import Any

from shikaku.letters.contexts import base
from shikaku.letters.contexts.base import Case
from shikaku.letters.contexts.employers import REPLY_DAYS
from shikaku.letters.model import Letter, PersonRef
from shikaku.records import LedgerEntry, Person
from shikaku.schema import schema

_TITLES = {
    "return-request": ("{}のご返納のお願い", "HN"),
    "return-reminder": ("{}のご返納について（督促）", "HT"),
    "return-final": ("{}のご返納について（最終のご通知）", "HS"),
}
_EARLIER = ("return-request", "return-reminder", "return-final")


def letters(kind: str) -> Callable[[Case, str, bool], list[Letter]]:
    """The maker of one stage's letters."""
    return partial(_letters, kind)


def _letters(kind: str, case: Case, per: str, again: bool) -> list[Letter]:
    """The stage's letters: to each employer with all its open cases, or one a case to the member.

    任意継続 and the family of a dead insured are written to directly whatever ``per`` says. The stages
    say what is due (they read 発行履歴), so ``again`` changes nothing here.
    """
    found: list[Letter] = []
    groups: dict[str, list[tuple[Any, Person]]] = {}
    for stage in case.stages:
        if stage.kind != kind:
            continue
        person = case.holder(stage.entry)
        family = case.died(stage.entry) and not person.is_dependant
        if per == "employer" and not person.direct and not family:
            groups.setdefault(case.employer_of(person), []).append((stage, person))
        else:
            found.append(_to_member(kind, case, stage, person))
    for name, items in groups.items():
        found.append(_to_employer(kind, case, name, items))
    return found


def _to_employer(kind: str, case: Case, name: str, items: list[tuple[Any, Person]]) -> Letter:
    pattern, prefix = _TITLES[kind]
    entries = [stage.entry for stage, _ in items]
    document = _documents(entries)
    return Letter(
        kind=kind,
        stem=name,
        group=name,
        title=f"{pattern.format(document)} {name}",
        people=tuple(_ref(case, e, p) for e, (_, p) in zip(entries, items, strict=True)),
        addressee=name,
        context={
            **base.heading(case, prefix, case.settings.employer_symbol),
            **base.to_employer(case, name),
            **_common(case, document, entries),
            "to_employer": True,
            "direct": False,
            "bereaved": False,
            "deceased": "",
            "before_loss": all(_before_loss(stage) for stage, _ in items),
        },
        control_nos=tuple(e.control_no for e in entries),
    )


def _to_member(kind: str, case: Case, stage, person: Person) -> Letter:
    pattern, prefix = _TITLES[kind]
    entry = stage.entry
    bereaved = case.died(entry)
    # the family of a dead insured is written to at home; a dead dependant's letter goes to the
    # insured
    family = bereaved and not person.is_dependant
    document = _documents([entry])
    context = {
        **base.heading(case, prefix, entry.control_no),
        **base.to_member(case, person, family=family),
        **_common(case, document, [entry]),
        "to_employer": False,
        "direct": person.direct,
        "bereaved": bereaved,
        "deceased": base.clean(entry.name) if bereaved else "",
        "before_loss": _before_loss(stage),
    }
    return Letter(
        kind=kind,
        stem=f"{entry.record}_{entry.name}",
        group=base.DIRECT_GROUP if family else case.group_of(person),
        title=f"{pattern.format(document)} {base.clean(entry.name)} 様",
        people=(_ref(case, entry, person),),
        addressee=context["to_name"],
        context=context,
        control_nos=(entry.control_no,),
    )


def _ref(case: Case, entry: LedgerEntry, person: Person) -> PersonRef:
    """The ledger's row; a row that is new in this run stands nowhere yet, the person does."""
    if entry.row:
        return PersonRef("ledger", entry.row, entry.record, base.clean(entry.name))
    return PersonRef(person.sheet, person.row, entry.record, base.clean(entry.name))


def _before_loss(stage) -> bool:
    return getattr(stage, "step", "") == "pre_notice"


def _documents(entries: list[LedgerEntry]) -> str:
    names = schema().lists["document"]
    return "・".join(dict.fromkeys(names[e.document or "certificate"] for e in entries))


def _common(case: Case, document: str, entries: list[LedgerEntry]) -> dict[str, Any]:
    return {
        "document": document,
        "cases": [_row(case, entry) for entry in entries],
        "reply_by": base.day(case.closed.add_open_days(case.as_of, REPLY_DAYS), True),
    }


def _row(case: Case, entry: LedgerEntry) -> dict[str, str]:
    sent = [day for kind in _EARLIER for day, _ in case.history.of_case(entry.control_no, kind)]
    died = case.died(entry)
    late = (case.as_of - entry.due).days if entry.due else 0
    return {
        "control_no": entry.control_no,
        "document": _documents([entry]),
        "record": entry.record.rstrip("-"),
        "name": base.clean(entry.name),
        "issued": base.day(entry.issued),
        "expiry": base.day(entry.expiry),
        "lost": base.day(entry.lost),
        "due": "埋葬料のご申請時" if died else base.day(entry.due, True),
        "overdue": f"{late}日" if late > 0 else "",
        "sent": "、".join(base.day(day) for day in sorted(set(sent))),
        "note": "ご逝去" if died else "",
    }
