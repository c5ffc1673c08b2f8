"""What all rows of one enrolment say of a person, brought together (contract §6, People).

A blank says nothing. Of facts that disagree the one with the newer 状況確認日 counts, a dated one before
an undated; different words of one day, or of none, are a ``Disagreement``: a person has to say which is
right, and until then the certificate is ``confirm``. What isn't dated by 状況確認日 (name, address,
days) is the listed row's; only a 変更 is newer than the register in what it was filed for.
"""

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from shikaku.identity.enrolments import Enrolment
from shikaku.model.people import Person

T = TypeVar("T")
Place = tuple[str, int]

NUMBER_STATES = ("ok", "wrong", "later", "reasoned", "blank")
"""What rows may say of the 個人番号, what tells most first: a right number answers every other."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two rows of one enrolment with different words of one day, or of none.

    column: schema key (``myna_status``, ``want``, ``want_reason``). known, arrived: the rows, the
    listed one first; known_value, arrived_value: keys of the column's list.
    """

    column: str
    known: Place
    arrived: Place
    known_value: str
    arrived_value: str


@dataclass(slots=True, unsafe_hash=True)  # never changed; not frozen, as Person
class PersonFacts:
    """person: the listed row with what the other rows add. also: the other rows. differences: what a
    person must settle. filing: the row by which he joins, None without one."""

    person: Person
    also: tuple[Place, ...]
    differences: tuple[Disagreement, ...]
    filing: Person | None


def of_enrolment(enrolment: Enrolment, unusable: Collection[Place] = ()) -> PersonFacts:
    """The facts of one enrolment. unusable: rows whose 個人番号 is another person's (MN08)."""
    rows = enrolment.rows
    if unusable:
        rows = [
            replace(row, number_state="wrong") if (row.sheet, row.row) in unusable else row
            for row in rows
        ]
    listed, others = rows[0], rows[1:]
    if not others:
        return PersonFacts(listed, (), (), listed if listed.joining else None)
    filing = next((row for row in rows if row.joining), None)
    myna, differences = _myna_card(rows)
    address = _address(rows)
    person = replace(
        listed,
        # a blank of the listed row is filled from the first other row that has something
        symbol=_first(rows, lambda row: row.symbol),
        number=_first(rows, lambda row: row.number),
        branch=_first(rows, lambda row: row.branch),
        kana=_first(rows, lambda row: row.kana),
        birth=_first(rows, lambda row: row.birth),
        sex=_first(rows, lambda row: row.sex),
        relationship=_first(rows, lambda row: row.relationship),
        department=_first(rows, lambda row: row.department),
        insured_name=_first(rows, lambda row: row.insured_name),
        employer=_first(rows, lambda row: row.employer),
        acquired=_first(rows, lambda row: row.acquired),
        filed=_first(rows, lambda row: row.filed),
        e_certificate_expiry=_first(rows, lambda row: row.e_certificate_expiry),
        burden_share=_first(rows, lambda row: row.burden_share),
        event=_event(listed, filing),
        kind=_first(rows, lambda row: row.kind),
        postal_code=address.postal_code,
        address=address.address,
        myna_status=myna.status,
        status_checked=myna.checked,
        want=myna.want,
        want_reason=myna.reason,
        old_card=any(row.old_card for row in rows),
        no_old_card=any(row.no_old_card for row in rows),
        number_state=min((row.number_state for row in rows), key=NUMBER_STATES.index),
        joining=filing is not None and myna.by_filing,
    )
    return PersonFacts(person, tuple((p.sheet, p.row) for p in others), tuple(differences), filing)


@dataclass(frozen=True, slots=True)
class _MynaCard:
    """What counts of マイナ保険証. by_filing: a filing by which the person joins says so, or nobody
    does; with a status on the register that counts, what was missing at joining has come since."""

    status: str | None
    checked: dt.date | None
    want: str | None
    reason: str | None
    by_filing: bool


def _myna_card(rows: Sequence[Person]) -> tuple[_MynaCard, list[Disagreement]]:
    status, differences = _newest(rows, "myna_status")
    want, of_want = _newest(rows, "want")
    wishing = [row for row in rows if want and row.want == want.want]
    reason, of_reason = _newest(wishing, "want_reason")
    found = _MynaCard(
        status.myna_status if status else None,
        status.status_checked if status else None,
        want.want if want else None,
        reason.want_reason if reason else None,
        status.joining if status else True,
    )
    return found, [*differences, *of_want, *of_reason]


def _event(listed: Person, filing: Person | None) -> str | None:
    """異動の別 of the listed row; of two rows of 被扶養者異動届 the one by which the person joins."""
    return filing.event if filing and filing.sheet == listed.sheet else listed.event


def _first(rows: Sequence[Person], of: Callable[[Person], T]) -> T:
    return next((value for row in rows if (value := of(row))), of(rows[0]))


def _newest(rows: Sequence[Person], key: str) -> tuple[Person | None, list[Disagreement]]:
    """The row that counts for a fact, and the rows that contradict it."""
    stating = [row for row in rows if getattr(row, key)]
    if not stating:
        return None, []
    day = max(row.status_checked or dt.date.min for row in stating)
    newest = [row for row in stating if (row.status_checked or dt.date.min) == day]
    first = newest[0]
    seen = {getattr(first, key)}
    differences = []
    for row in newest[1:]:
        value = getattr(row, key)
        if value not in seen:
            seen.add(value)
            places = (first.sheet, first.row), (row.sheet, row.row)
            differences.append(Disagreement(key, *places, getattr(first, key), value))
    return first, differences


def _address(rows: Sequence[Person]) -> Person:
    """The row whose address counts: never the code of one and the street of another."""
    changed = [row for row in rows if row.event == "changed" and row.address]
    return next(iter([*changed, *(row for row in rows if row.address)]), rows[0])
