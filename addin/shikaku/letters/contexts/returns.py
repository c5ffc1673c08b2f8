"""Getting documents back: requests, reminders, final notices (R32, R46; domain.md §1.8, §6)."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from shikaku.fields import stray_number
from shikaku.letters.contexts import base
from shikaku.letters.contexts.employers import REPLY_DAYS
from shikaku.letters.contexts.notices import person_fields
from shikaku.letters.contexts.source import DIRECT_GROUP, LetterSource
from shikaku.letters.model import Letter, PersonRef
from shikaku.model.ledger import LedgerEntry
from shikaku.model.people import Person
from shikaku.model.schema import schema

_TITLES = {
    "return-request": ("{}のご返納のお願い", "HN"),
    "return-reminder": ("{}のご返納について（督促）", "HT"),
    "return-final": ("{}のご返納について（最終のご通知）", "HS"),
}
_EARLIER = ("return-request", "return-reminder", "return-final", "voluntary-end")
_ALL = (*_EARLIER, "return-loss")
_OPEN = ("not_yet", "waiting", "overdue", "not_returnable")
_PENDING = ("waiting", "overdue")
_ASKED = ("request", "reminder", "final")


def letters(kind: str) -> Callable[[LetterSource, str, bool], list[Letter]]:
    """The maker of one stage's letters."""
    return partial(_letters, kind)


def _letters(kind: str, case: LetterSource, per: str, again: bool) -> list[Letter]:
    """The stage's letters: to each employer with all its open cases, or one a case to the member.

    任意継続 and the family of a dead insured are written to directly whatever ``per`` says. The
    stages say what is due: they read 発行履歴.
    """
    found: list[Letter] = []
    groups: dict[str, list[tuple[_Due, Person]]] = {}
    dues = due(kind, case, again)
    if dues:
        base.require(case, "insurer_address", "書類の返納先になります。入力してください。")
    for one in dues:
        person = case.holder(one.entry)
        family = case.died(one.entry) and not person.is_dependant
        if per == "employer" and not person.direct and not family:
            groups.setdefault(case.employer_of(person), []).append((one, person))
        else:
            found.append(_to_member(kind, case, one, person))
    waiting = _waiting(case) if groups else {}
    for name, items in groups.items():
        found.append(_to_employer(kind, case, name, items, waiting.get(name, [])))
    return found


def _waiting(case: LetterSource) -> dict[str, list[LedgerEntry]]:
    """Employer → documents asked for before, still open and without a letter of their own today:
    they go along on every letter, so that each one lists all that is open."""
    today = {stage.control_no for stage in case.stages}
    found: dict[str, list[LedgerEntry]] = {}
    for item in case.plan.entries if case.plan else ():
        entry = item.entry
        ran_out = entry.expiry is not None and entry.expiry < case.as_of
        if item.state not in _PENDING or item.stage not in _ASKED or ran_out or entry.unclear:
            continue
        person = case.holder(entry)
        family = case.died(entry) and not person.is_dependant
        alone = person.direct or family or not case.wants(person)
        if entry.control_no not in today and not alone:
            found.setdefault(case.employer_of(person), []).append(entry)
    return found


@dataclass(frozen=True, slots=True)
class _Due:
    """A document whose letter is due; before_loss: its holder is still a member."""

    entry: LedgerEntry
    before_loss: bool


def due(kind: str, case: LetterSource, again: bool) -> list[_Due]:
    """What the stages call for; ``again``: also the open cases that have had this letter, of the
    kinds of this run the last one (an earlier step is printed again when it is asked for alone)."""
    found = [
        _Due(stage.entry, stage.step == "pre_notice") for stage in case.stages if stage.kind == kind
    ]
    if again and case.plan is not None:
        known = {due.entry.control_no for due in found}
        found += [
            _Due(item.entry, bool(item.entry.lost and item.entry.lost > case.as_of))
            for item in case.plan.entries
            if item.entry.control_no not in known
            and item.state in _OPEN
            and not item.entry.unclear
            and _had_last(case, item.entry) == kind
            and case.wants(case.holder(item.entry))
        ]
    return found


def _had_last(case: LetterSource, entry: LedgerEntry) -> str | None:
    """The last letter about a document, of those that this run makes."""
    asked = tuple(kind for kind in _ALL if kind in case.kinds) or _ALL
    return case.history.last_of_case(entry.control_no, asked)


def _to_employer(
    kind: str,
    case: LetterSource,
    name: str,
    items: list[tuple[_Due, Person]],
    waiting: list[LedgerEntry],
) -> Letter:
    pattern, prefix = _TITLES[kind]
    entries = [due.entry for due, _ in items]
    document = _documents(entries)
    listed = {entry.control_no for entry in entries}
    others = [entry for entry in waiting if entry.control_no not in listed]
    return Letter(
        kind=kind,
        stem=name,
        group=name,
        title=f"{pattern.format(document)} {name}",
        people=tuple(_ref(case, e, p) for e, (_, p) in zip(entries, items, strict=True)),
        addressee=name,
        context={
            **base.heading(case, prefix, base.employer_reference(case, name, entries[0].symbol)),
            **base.to_employer(case, name),
            **_common(case, document, entries, others),
            "to_employer": True,
            "direct": False,
            "bereaved": False,
            "family": False,
            "deceased": "",
            "before_loss": all(due.before_loss for due, _ in items),
        },
        control_nos=tuple(e.control_no for e in entries),
    )


def about(
    case: LetterSource, letter: Letter, documents: Sequence[tuple[LedgerEntry, Person]]
) -> Letter:
    """The letter as one about these documents and their holders: 発行履歴 has a row for each."""
    return replace(
        letter,
        people=tuple(_ref(case, entry, person) for entry, person in documents),
        control_nos=tuple(entry.control_no for entry, _ in documents),
    )


def listed(case: LetterSource, entries: list[LedgerEntry]) -> dict[str, Any]:
    """The documents' names, and a line for each of them."""
    common = _common(case, _documents(entries), entries)
    return {key: common[key] for key in ("document", "cases", "barcode")}


def _to_member(kind: str, case: LetterSource, due: _Due, person: Person) -> Letter:
    pattern, prefix = _TITLES[kind]
    entry = due.entry
    bereaved = case.died(entry)
    # the family of a dead insured is written to at home, where 埋葬料 is applied for; a dead
    # dependant's letter goes to the insured
    family = bereaved and not person.is_dependant
    document = _documents([entry])
    context = {
        **base.heading(case, prefix, entry.control_no),
        **base.to_member(case, person, family=family),
        **_common(case, document, [entry]),
        "to_employer": False,
        "direct": person.direct,
        "bereaved": bereaved,
        "family": family,
        "deceased": base.name_of(entry.name) if bereaved else "",
        "before_loss": due.before_loss,
    }
    return Letter(
        kind=kind,
        stem=f"{entry.record}_{entry.name}",
        group=DIRECT_GROUP if family else case.group_of(person),
        title=f"{pattern.format(document)} {base.name_of(entry.name)} 様",
        people=(_ref(case, entry, person),),
        addressee=context["to_name"],
        context=context,
        control_nos=(entry.control_no,),
    )


def _ref(case: LetterSource, entry: LedgerEntry, person: Person) -> PersonRef:
    """The ledger's row; a row that is new in this run stands nowhere yet, the person does."""
    if entry.row:
        return PersonRef("ledger", entry.row, entry.record, base.clean(entry.name))
    return PersonRef(person.sheet, person.row, entry.record, base.clean(entry.name))


def _documents(entries: list[LedgerEntry]) -> str:
    return "・".join(dict.fromkeys(_name(e) for e in entries))


def _name(entry: LedgerEntry) -> str:
    return base.clean(entry.document_name) or schema().lists["document"]["certificate"]


def _common(
    case: LetterSource,
    document: str,
    entries: list[LedgerEntry],
    others: Sequence[LedgerEntry] = (),
) -> dict[str, Any]:
    counts = Counter((e.record, e.name, _name(e)) for e in (*entries, *others))
    return {
        "document": document,
        "barcode": case.settings.barcode == "qr",
        "cases": [_row(case, e, counts[e.record, e.name, _name(e)] > 1) for e in entries],
        "others": [_row(case, e, counts[e.record, e.name, _name(e)] > 1) for e in others],
        "past_due": any(e.due is not None and e.due < case.as_of for e in entries),
        "maybe": any(case.may_be_absent(e) for e in (*entries, *others)),
        "repeatedly": all(e.reminders > 1 for e in entries),
        "reply_by": base.day(case.closed.add_open_days(case.as_of, REPLY_DAYS), True),
    }


def _row(case: LetterSource, entry: LedgerEntry, again: bool) -> dict[str, str]:
    """A document's line. again: the same person has another of the kind on this letter, as after
    a re-issue, so the day of issue tells which is which."""
    sent = [day for kind in _EARLIER for day, _ in case.history.of_case(entry.control_no, kind)]
    died = case.died(entry) and not case.holder(entry).is_dependant
    # no days are counted against the bereaved
    late = (case.as_of - entry.due).days if entry.due and not case.died(entry) else 0
    issued = f" {base.day(entry.issued)}交付" if again and entry.issued else ""
    return {
        "control_no": entry.control_no,
        "document": _name(entry)
        + issued
        + ("（お持ちの場合）" if case.may_be_absent(entry) else ""),
        "record": entry.record.rstrip("-"),
        "name": base.name_of(entry.name),
        "issued": base.day(entry.issued),
        "expiry": base.day(entry.expiry),
        "lost": base.day(entry.lost),
        "due": "埋葬料のご申請時" if died else base.day(entry.due, True),
        "overdue": f"{late}日" if late > 0 else "",
        "sent": "、".join(base.day(day) for day in sorted(set(sent))),
        "asked": base.day(max(sent)) if sent else "",
        "note": "ご逝去" if case.died(entry) else "",
    }


_REPORT_TITLE = "回収不能届"
_LETTER_NAMES = {
    "return-request": "返納のお願い",
    "return-reminder": "督促状",
    "return-final": "最終通知",
    "voluntary-end": "任意継続の終了と返納のご案内",
}
_PRE_NOTICE = "返納の事前案内"


def loss_report(case: LetterSource, per: str, again: bool) -> list[Letter]:
    """回収不能届: a draft a document, with the record of what was sent."""
    found = []
    for one in due("return-loss", case, again):
        entry = one.entry
        person = case.holder(entry)
        document = _documents([entry])
        context = {
            **base.heading(case, "HL", entry.control_no),
            **person_fields(person),
            "control_no": entry.control_no,
            "document": document,
            "member_kind": "被扶養者（家族）" if person.is_dependant else "被保険者（本人）",
            "issued": base.day(entry.issued) or "―",
            "expiry": base.day(entry.expiry) or "―",
            "lost": base.day(entry.lost) or "―",
            "due": base.day(entry.due, True) or "―",
            "reason": _reason(case, entry),
            "remarks": base.clean(entry.remarks),
            **_reporter(case, person),
            "reminders": _reminders(case, entry),
        }
        found.append(
            Letter(
                kind="return-loss",
                stem=f"{entry.record}_{entry.name}",
                group=case.group_of(person),
                title=f"{document} {_REPORT_TITLE} {base.name_of(entry.name)} 様",
                people=(_ref(case, entry, person),),
                addressee=context["insurer_name"],
                context=context,
                control_nos=(entry.control_no,),
            )
        )
    return found


def _reason(case: LetterSource, entry: LedgerEntry) -> str:
    """返不能の理由 of the 資格喪失届 that the document should have come with (施行規則51条3項)."""
    filing = case.loss_filing(entry)
    if filing is None or filing.sheet != "loss":
        return ""
    return base.clean(stray_number.hide(filing.text("not_returnable_reason")))


def _reporter(case: LetterSource, person: Person) -> dict[str, str]:
    """Who reports: the employer, or for 任意継続 the member."""
    if person.direct:
        insured = case.insured_of(person) or person
        return {
            "reporter_address": base.clean(insured.address),
            "reporter_name": base.name_of(insured.name),
            "reporter_contact": "",
        }
    name = case.employer_of(person)
    ours = name == base.clean(case.settings.employer_name)
    typed = base.clean(case.settings.employer_address) if ours else ""
    return {
        "reporter_address": typed or " ".join(filter(None, base.employer_address(case, name))),
        "reporter_name": name,
        "reporter_contact": base.name_of(base.employer_contact(case, name)),
    }


def _reminders(case: LetterSource, entry: LedgerEntry) -> list[dict[str, str]]:
    """The record of reminders: from 発行履歴, else the count that a person typed."""
    sent = sorted(
        (day, kind, addressee)
        for kind in _EARLIER
        for day, addressee in case.history.of_case(entry.control_no, kind)
    )
    rows = [
        (base.day(day), _PRE_NOTICE if early else _LETTER_NAMES[kind], to)
        for day, kind, to in sent
        for early in [kind == _EARLIER[0] and case.history.is_pre_notice(entry.control_no, day)]
    ]
    if not rows and entry.reminders:
        rows = [(base.day(entry.last_reminder), f"督促 {entry.reminders}回（最終）", "")]
    return [
        {"no": str(i), "date": day, "letter": letter, "addressee": base.clean(to)}
        for i, (day, letter, to) in enumerate(rows, 1)
    ]
