"""What two rows of one person have in common, as keys: for looking up the rows that
``matching.same_person`` is true of, or ``is_registered_as``. Asked of every row of the same 記号・番号 or
name it would be asked of all with all, where a whole workbook has one.

Two rows are the same person's exactly when one of what ``wanted`` gives for the one is among what
``stored`` gives for the other; a filing that has no 番号 yet is about the person of another row exactly
when that is so of ``joining`` and ``registered``.
"""

from collections.abc import Hashable, Iterable, Iterator

from shikaku.identity.matching import fold_name, fold_number, given_name, household
from shikaku.model.people import Person

Key = tuple[Hashable, ...]

_ANY = object()
"""In the place of a birth date or a 個人番号: whichever."""


def stored(one: Person) -> Iterator[Key]:
    """The keys under which a row is to be found; none without 記号・番号."""
    home, name = household(one), fold_name(one.name)
    if home is not None:
        yield "named", home, name, one.birth
        yield "named", home, name, _ANY
        yield from _slips(one)


def wanted(one: Person) -> Iterator[Key]:
    """The keys by which a row's person is found."""
    home, name = household(one), fold_name(one.name)
    if home is not None:
        births = (_ANY,) if one.birth is None else (one.birth, None)
        yield from (("named", home, name, birth) for birth in births)
        yield from _slips(one)


def _slips(one: Person) -> Iterator[Key]:
    """What rows that differ in name or birth must have in common: of the insured, of whom there is one
    under a number, that the other is the same; of a dependant also the written 枝番, or the given
    name with the birth."""
    home = household(one)
    both = [fold_name(one.name), *([one.birth] if one.birth else [])]
    if not one.is_dependant:
        yield from (("insured", home, either) for either in both)
        return
    if one.branch:
        yield from (("branch", home, fold_number(one.branch), either) for either in both)
    if one.birth and (given := given_name(one.name)):
        yield "given", home, one.birth, given


def registered(one: Person) -> Iterator[Key]:
    """The keys under which a row is to be found by a filing that has no 番号 yet; none without a birth."""
    if one.birth is not None:
        for mark in {one.number_mark, _ANY}:
            yield "registered", fold_number(one.symbol), fold_name(one.name), one.birth, mark


def joining(filing: Person, symbols: Iterable[str]) -> Iterator[Key]:
    """The keys by which such a filing's person is found. symbols: what a blank 記号 may stand for."""
    marks = (_ANY,) if filing.number_mark is None else (filing.number_mark, None)
    for symbol in (filing.symbol,) if filing.symbol else symbols:
        for mark in marks if filing.birth else ():
            key = fold_number(symbol), fold_name(filing.name), filing.birth, mark
            yield "registered", *key
