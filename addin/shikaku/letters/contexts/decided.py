"""資格取得等確認・決定通知: what of an employer's filings stands in 加入者台帳 now, with 記号・番号.

The insurer confirms and tells the employer, and the employer the people (健保法39条, 49条).
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shikaku.identity import person_keys
from shikaku.identity.matching import fold_name
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
    members = _Members(everybody, {day for _, _, day in filings if day is not None})
    symbols = symbols_of(case.settings.employer_symbol)
    found = []
    for filing, decided, day in filings:
        member = members.of(filing, day, symbols) if day is not None else None
        if member is not None and day is not None:
            found.append(_Decided(filing, member, decided, day))
    return found


class _Members:
    """The rows of 加入者台帳 that have a 番号, by their days of acquisition and loss: looked up, since thousands
    of filings of one day may have one name."""

    def __init__(self, everybody: Iterable[Person], days: set[dt.date]) -> None:
        """days: those that are asked for."""
        self._first: dict[tuple[object, ...], tuple[int, Person]] = {}
        for place, person in enumerate(everybody):
            if person.sheet == "members" and person.number:
                for day in days.intersection((person.acquired, person.lost)):  # of most people none
                    for key in (*person_keys.stored(person), *person_keys.registered(person)):
                        self._first.setdefault((day, *key), (place, person))

    def of(self, filing: Person, day: dt.date, symbols: Iterable[str]) -> Person | None:
        """The first row that has this day and is the filing's person, one of the same name before others.
        symbols: what a blank 記号 may stand for."""
        wanted = (
            person_keys.wanted(filing) if filing.number else person_keys.joining(filing, symbols)
        )
        found = [self._first[day, *key] for key in wanted if (day, *key) in self._first]
        name = fold_name(filing.name)
        first = min(found, key=lambda one: (fold_name(one[1].name) != name, one[0]), default=None)
        return first and first[1]


def _event(filing: Person) -> tuple[str, dt.date | None]:
    """What is decided on a filing, and its day; no day for one that changes neither."""
    if filing.sheet == "acquisition":
        return "資格取得を確認", filing.acquired
    if filing.sheet == "loss":
        return "資格喪失を確認", filing.lost
    if filing.event == "added":
        return "被扶養者に認定", filing.acquired
    return "被扶養者から削除", filing.lost if filing.event == "removed" else None


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
