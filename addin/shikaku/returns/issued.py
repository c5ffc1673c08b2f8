"""What a run of letters leaves behind: rows of 発行履歴, and of 返納管理 for certificates and steps.

A certificate becomes a row of the ledger; a request, reminder or final notice is a step of one.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shikaku.decisions.everybody import Decision
from shikaku.model.people import Person
from shikaku.model.tables import CellValue
from shikaku.returns.ledger import LedgerPlan
from shikaku.returns.stages import KINDS, PRE_NOTICE, STEPS, SentLetter

CERTIFICATE = "certificate"
_COUNTED = (KINDS["reminder"], KINDS["final"])


class Whom(Protocol):
    """A person whom a letter is about: sheet key, Excel row, name, (記号, 番号, 枝番), and what of
    the person's it is, for 備考."""

    @property
    def sheet(self) -> str: ...
    @property
    def row(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def about(self) -> str: ...
    @property
    def parts(self) -> tuple[str, str, str]: ...


class MadeLetter(Protocol):
    """A letter that has been made. control_nos: the documents that it is about, a certificate
    printed again among them. files: format → path."""

    @property
    def kind(self) -> str: ...
    @property
    def people(self) -> Sequence[Whom]: ...
    @property
    def control_nos(self) -> Sequence[str]: ...
    @property
    def addressee(self) -> str: ...
    @property
    def files(self) -> Mapping[str, str]: ...


@dataclass
class IssueRecord:
    """What is to be written. plan: the ledger after the letters; history: rows of 発行履歴."""

    plan: LedgerPlan
    history: list[dict[str, CellValue]] = field(default_factory=list)


def record(
    made: Sequence[MadeLetter],
    plan: LedgerPlan,
    decisions: Mapping[tuple[str, int], Decision],
    as_of: dt.date,
    steps: Mapping[str, str],
    titles: Mapping[str, str],
) -> IssueRecord:
    """The records of letters made on a day.

    plan: the ledger of that day, from which the letters were made. decisions: (sheet key, row) →
    decision. steps: 管理番号 → the step that was due. titles: kind → 文書名.
    """
    certificates = [
        _certificate(decisions[letter.people[0].sheet, letter.people[0].row], as_of)
        for letter in made
        if _is_new(letter)
    ]
    after = plan.with_issued(certificates, _sent(made))
    _count_reminders(after, as_of, made, steps)
    numbers = iter(after.issued)
    rows: list[dict[str, CellValue]] = []
    for letter in made:
        own = [next(numbers)] if _is_new(letter) else list(letter.control_nos)
        for i, whom in enumerate(letter.people):
            symbol, number, branch = whom.parts
            control_no = own[i] if i < len(own) else ""
            rows.append(
                {
                    "issued": as_of,
                    "letter": letter.kind,
                    "title": titles[letter.kind],
                    "symbol": symbol,
                    "number": number,
                    "branch": branch,
                    "name": whom.name,
                    "control_no": control_no,
                    "addressee": letter.addressee,
                    "file": " | ".join(letter.files.values()),
                    "remarks": PRE_NOTICE
                    if _is_pre_notice(letter, control_no, steps)
                    else whom.about,
                    **(_as_printed(decisions, whom) if letter.kind == CERTIFICATE else {}),
                }
            )
    return IssueRecord(after, rows)


def _is_new(letter: MadeLetter) -> bool:
    """A certificate that the ledger has no row for; a reprint names its 管理番号."""
    return letter.kind == CERTIFICATE and not letter.control_nos


def _certificate(decision: Decision, as_of: dt.date) -> dict[str, CellValue]:
    row = certificate_row(decision.person, as_of, decision.certificate.expiry)
    replaced = f"{'・'.join(decision.replaces)}の再交付" if decision.replaces else ""
    return row | {"remarks": replaced}


def certificate_row(
    person: Person, issued: dt.date, expiry: dt.date | None
) -> dict[str, CellValue]:
    """A new certificate as a row of 返納管理, without its 管理番号."""
    return {
        "symbol": person.symbol,
        "number": person.number,
        "branch": person.branch,
        "name": person.name,
        "kind": person.kind,
        "department": person.department,
        "issued": issued,
        "expiry": expiry,
    }


def _as_printed(decisions: Mapping[tuple[str, int], Decision], whom: Whom) -> dict[str, CellValue]:
    """What the certificate says besides 記号・番号 and name, without which nobody would know later that
    it is wrong; and the ground of a new one, for the month's report."""
    found = decisions.get((whom.sheet, whom.row))
    if found is None:
        return {}
    person, ground = found.person, found.certificate.ground
    return {"birth": person.birth, "sex": person.sex, "ground": ground}


def _is_pre_notice(letter: MadeLetter, control_no: str, steps: Mapping[str, str]) -> bool:
    return letter.kind == KINDS["pre_notice"] and steps.get(control_no) == "pre_notice"


def _sent(made: Iterable[MadeLetter]) -> list[SentLetter]:
    """Each document's step that a letter was; a request before the day of loss does the work of the
    pre-notice by its day."""
    return [
        SentLetter(no, STEPS[letter.kind])
        for letter in made
        if letter.kind in STEPS
        for no in letter.control_nos
    ]


def _count_reminders(
    plan: LedgerPlan, as_of: dt.date, made: Sequence[MadeLetter], steps: Mapping[str, str]
) -> None:
    """督促回数 and 最終督促日 of the rows whose reminder or final notice has just gone out; one
    printed again (``--again``) is no step of the case and counts nothing."""
    sent = {
        no
        for letter in made
        if letter.kind in _COUNTED
        for no in letter.control_nos
        if KINDS.get(steps.get(no, "")) == letter.kind
    }
    for item, values in zip(plan.entries, plan.rows, strict=True):
        if item.entry.control_no not in sent:
            continue
        values["reminders"] = item.entry.reminders + 1
        values["last_reminder"] = as_of
        if item.entry.row:
            plan.changes += [
                (item.entry.row, key, values[key]) for key in ("reminders", "last_reminder")
            ]
