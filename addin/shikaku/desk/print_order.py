"""The day's letters in the order in which they are handed out: employer, department, family.

What goes to an employer comes first in its pile, the list of what is to be distributed at the very
top; then family by family the cover, the card and the notice of each. Letters that go straight
home come after all employers, the insurer's own papers last.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from shikaku.fields.text import half_width
from shikaku.identity.matching import fold_name
from shikaku.letters.bulk.letter_result import LetterResult
from shikaku.letters.catalogue import KINDS
from shikaku.letters.contexts.hand_out import HandOutOrder, department_of
from shikaku.letters.contexts.naming import clean
from shikaku.letters.contexts.source import DIRECT_GROUP, LetterSource
from shikaku.letters.model import PersonRef
from shikaku.model.people import Person

OWN = "当組合の控え"
"""The pile of what stays with the insurer."""

_FIRST = ("distribution", "certificate-cover", "certificate", "notice-digits", "notice")
_ORDER = {kind: n for n, kind in enumerate(dict.fromkeys((*_FIRST, *KINDS)))}
_EMPLOYERS, _DIRECT, _OWN = range(3)


@dataclass(frozen=True, slots=True)
class PrintedLetter:
    """A letter of the run and what the index says of it. bundle: whose pile; person: whom it is
    about, None for several."""

    result: LetterResult
    bundle: str
    symbol: str
    employer: str
    department: str
    person: PersonRef | None


def without_replaced(results: Iterable[LetterResult]) -> list[LetterResult]:
    """The letters without those that were made again on the day: a later one of the same kind is
    about the same people and the same documents (or about more). results: in the order of making."""
    kept: list[LetterResult] = []
    later: dict[tuple[str, str, str], list[set[str]]] = {}
    for one in reversed(list(results)):
        about = {f"{p.record} {p.name} {p.about}" for p in one.people} | set(one.control_nos)
        first = one.people[0] if one.people else None
        key = one.kind, one.group, f"{first.record} {first.name}" if first else one.title
        if not any(about <= other for other in later.get(key, ())):
            kept.append(one)
        for person in one.people:
            place = one.kind, one.group, f"{person.record} {person.name}"
            later.setdefault(place, []).append(about)
        if first is None:
            later.setdefault(key, []).append(about)
    return kept[::-1]


def in_order(results: Iterable[LetterResult], source: LetterSource) -> list[PrintedLetter]:
    """The letters in the order of the piles.

    results: of the journal. source: the workbook as it is now; whoever isn't there any more comes
    last in the pile.
    """
    whom = _People(source)
    turns = HandOutOrder(source)
    found = []
    symbols: dict[str, str] = {}
    for result in results:
        first = result.people[0] if result.people else None
        person = whom.find(first) if first else None
        letter = _described(result, person, source)
        found.append((letter, person))
        if letter.symbol and letter.employer:
            known = symbols.setdefault(letter.employer, letter.symbol)
            symbols[letter.employer] = min(known, letter.symbol, key=_natural)

    def place(one: tuple[PrintedLetter, Person | None]) -> tuple[object, ...]:
        letter, person = one
        pile = _pile(letter)
        to_employer = pile == _EMPLOYERS and KINDS[letter.result.kind].to == "employer"
        turn = turns.turn(person) if person else None
        family = turn[2:] if turn and pile == _DIRECT else turn
        kind = _ORDER[letter.result.kind]
        by_person = (turn is None, family or ())
        return (
            pile,
            _natural(symbols.get(letter.employer, "")),
            letter.employer,
            not to_employer,
            *((kind, by_person) if to_employer else (by_person, kind)),
            letter.result.title,
        )

    return [letter for letter, _ in sorted(found, key=place)]


def _pile(letter: PrintedLetter) -> int:
    return {OWN: _OWN, DIRECT_GROUP: _DIRECT}.get(letter.bundle, _EMPLOYERS)


def _described(result: LetterResult, person: Person | None, source: LetterSource) -> PrintedLetter:
    """What the index says of a letter. Several people's letter has the employer's facts alone."""
    single = result.people[0] if len(result.people) == 1 and person is not None else None
    symbol = result.people[0].parts[0] if result.people else ""
    department = department_of(source, person) if person and single else ""
    bundle = OWN if KINDS[result.kind].to == "insurer" else result.group or DIRECT_GROUP
    employer = result.group if bundle not in (OWN, DIRECT_GROUP) else ""
    return PrintedLetter(
        result,
        bundle,
        symbol or (source.settings.employer_symbol if employer else ""),
        employer,
        department if employer else "",
        single,
    )


class _People:
    """Whom a letter of the journal is about, in the workbook as it is now: rows may have moved."""

    def __init__(self, source: LetterSource) -> None:
        self._source = source
        self._named: dict[tuple[str, str], Person] = {}
        for person in source.people.values():
            self._named.setdefault((person.record, fold_name(person.name)), person)

    def find(self, ref: PersonRef) -> Person | None:
        if ref.sheet == "ledger":
            entry = self._source.ledger_rows.get(ref.row)
            if entry is not None and entry.record == ref.record:
                return self._source.holder(entry)
        there = self._source.people.get((ref.sheet, ref.row))
        if there is not None and clean(there.name) == ref.name:
            return there
        return self._named.get((ref.record, fold_name(ref.name)))


def _natural(symbol: str) -> tuple[tuple[bool, int, str], ...]:
    """So that 記号 9 stands before 10.

    >>> _natural("9") < _natural("10"), _natural("2-9") < _natural("2-10")
    (True, True)
    """
    parts = re.findall(r"\d+|\D+", half_width(symbol))
    return tuple((not p.isdecimal(), int(p) if p.isdecimal() else 0, p) for p in parts)
