"""資格取得等確認・決定通知: what of an employer's filings stands in 加入者台帳 now, with 記号・番号.

The insurer confirms and tells the employer, and the employer the people (健保法39条, 49条).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shikaku.identity.matching import fold_name, household, is_registered_as, same_person
from shikaku.letters.contexts import base
from shikaku.letters.contexts.employers import employer_letter
from shikaku.letters.contexts.source import LetterSource
from shikaku.letters.model import Letter, PersonRef
from shikaku.model.employers import symbols_of
from shikaku.model.people import Person
from shikaku.model.schema import schema

_KIND, _TITLE = "decision-notice", "資格取得等確認・決定通知"


@dataclass(frozen=True, slots=True)
class _Decided:
    """filing: the row. member: the same person's row of 加入者台帳. day: of the event."""

    filing: Person
    member: Person
    decided: str
    day: dt.date

    @property
    def about(self) -> str:
        """What 発行履歴 keeps of it: 「資格取得届 2026-04-01」."""
        return f"{schema().sheets[self.filing.sheet].name} {self.day.isoformat()}"


def decision_notice(case: LetterSource, per: str, again: bool) -> list[Letter]:
    """A letter an employer: the filings that 加入者台帳 has taken in, each reported once.

    A filing is taken in when the person stands there, with a 番号, and the same day of acquisition
    or loss. 任意継続 has no employer to tell.
    """
    found = [
        one
        for one in _decided(case)
        if again or not case.history.has_person_about(_KIND, one.member, one.about)
    ]
    by_row = {(one.filing.sheet, one.filing.row): one for one in found}
    letters = []
    for name, filings in base.by_employer(case, (one.filing for one in found)).items():
        whole = [by_row[f.sheet, f.row] for f in filings]
        for ones in ([one] for one in whole) if per == "person" else (whole,):
            context = {"rows": _rows(ones), "count": str(len(ones))}
            people = [one.member for one in ones]
            letter = employer_letter(case, _KIND, "KT", _TITLE, name, people, per, context)
            letters.append(replace(letter, people=tuple(_ref(one) for one in ones)))
    return letters


def _ref(one: _Decided) -> PersonRef:
    return replace(base.ref(one.member), about=one.about)


def _decided(case: LetterSource) -> list[_Decided]:
    """The filings that are taken in, in the order of their rows."""
    everybody = case.people.values()
    filings = [
        (person, *event)
        for person in everybody
        if person.sheet != "members" and not person.direct and case.wants(person)
        if (event := _event(person))[1] is not None
    ]
    members = _members_by_key(everybody, {day for _, _, day in filings})
    found = []
    for filing, decided, day in filings:
        near = (member for key in _keys(filing, day) for member in members.get(key, ()))
        member = next((m for m in near if m.number and _taken_in(case, filing, m)), None)
        if member is not None and day is not None:
            found.append(_Decided(filing, member, decided, day))
    return found


def _members_by_key(
    everybody: Iterable[Person], days: set[dt.date | None]
) -> dict[object, list[Person]]:
    """The rows of 加入者台帳 with an acquisition or a loss on one of the days, by ``_keys``."""
    found: dict[object, list[Person]] = defaultdict(list)
    for person in everybody:
        if person.sheet == "members":
            for day in days.intersection((person.acquired, person.lost)):  # of most people none
                for key in _keys(person, day):
                    found[key].append(person)
    return found


def _keys(person: Person, day: dt.date | None) -> list[object]:
    """What a filing that is taken in and its member's row share besides the day, one or the other:
    the name; 記号・番号 and the birth."""
    keys: list[object] = [(day, fold_name(person.name))]
    if person.birth and (home := household(person)):
        keys.append((day, home, person.birth))
    return keys


def _event(filing: Person) -> tuple[str, dt.date | None]:
    """What is decided on a filing, and its day; no day for one that changes neither."""
    if filing.sheet == "acquisition":
        return "資格取得を確認", filing.acquired
    if filing.sheet == "loss":
        return "資格喪失を確認", filing.lost
    if filing.event == "added":
        return "被扶養者に認定", filing.acquired
    return "被扶養者から削除", filing.lost if filing.event == "removed" else None


def _taken_in(case: LetterSource, filing: Person, member: Person) -> bool:
    """The member's row, which has the filing's day, is the filing's person."""
    if filing.number:
        return same_person(filing, member)
    return is_registered_as(filing, member, symbols_of(case.settings.employer_symbol))


def _rows(found: Sequence[_Decided]) -> list[dict[str, str]]:
    kinds = schema().lists["kind"]
    return [
        {
            "no": str(number),
            "filing": schema().sheets[one.filing.sheet].name,
            "record": one.member.record,
            "name": base.name_of(one.member.name),
            "kind": kinds.get(one.member.kind or "", ""),
            "decided": one.decided,
            "event": base.day(one.day),
        }
        for number, one in enumerate(found, 1)
    ]
