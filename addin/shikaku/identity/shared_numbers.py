"""One 個人番号 under two people: which rows then count as having none (contract §6, MN08)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from shikaku.identity.matching import fold_kana, fold_name, fold_number, given_name
from shikaku.model.people import Person


def parted(people: Sequence[Person]) -> list[list[Person]]:
    """Rows with one number, parted by human being: the same name, reading, or (with the same
    birth, since a family name may change) given name. Without a name the birth decides; of a 変更, which
    may give a new name, 記号・番号・枝番 and birth."""
    changed = {_record(person) for person in people if person.event == "changed"}
    parents = list(range(len(people)))

    def root(i: int) -> int:
        while parents[i] != i:
            parents[i] = parents[parents[i]]
            i = parents[i]
        return i

    first: dict[tuple[object, ...], int] = {}
    for i, person in enumerate(people):
        record = _record(person)
        traits = _traits(person)
        for key in [*traits, record] if record is not None and record in changed else traits:
            if key in first:
                parents[root(i)] = root(first[key])
            else:
                first[key] = i
    groups: dict[int, list[Person]] = defaultdict(list)
    for i, person in enumerate(people):
        groups[root(i)].append(person)
    return list(groups.values())


def _record(person: Person) -> tuple[object, ...] | None:
    """記号・番号・枝番 and birth; None where one of them is blank."""
    parts = person.symbol, person.number, person.branch
    if person.birth is None or not all(parts):
        return None
    return (*map(fold_number, parts), person.birth)


def _traits(person: Person) -> list[tuple[object, ...]]:
    name, reading, given = (
        fold_name(person.name),
        fold_kana(person.kana),
        given_name(person.name),
    )
    traits: list[tuple[object, ...]] = [("name", name)] if name else []
    traits += [("kana", reading)] if reading else []
    traits += [("given", given, person.birth)] if person.birth and given else []
    return traits or [("birth", person.birth)]


def unusable(people: Iterable[Person]) -> set[tuple[str, int]]:
    """(sheet key, row) of the rows whose number is another's: of a member and a filing the filing's,
    of two filings both; nobody can register it before it is known whose it is."""
    rows: dict[str, list[Person]] = defaultdict(list)
    numbered = [person for person in people if person.number_mark is not None]
    several = Counter(person.number_mark for person in numbered)
    if len(several) == len(numbered):  # nearly always
        return set()
    for person in numbered:
        if person.number_mark is not None and several[person.number_mark] > 1:
            rows[person.number_mark].append(person)
    found: set[tuple[str, int]] = set()
    for same in rows.values():
        groups = parted(same)
        if len(groups) < 2:
            continue
        registered = [any(p.sheet == "members" for p in group) for group in groups]
        for group, has_member in zip(groups, registered, strict=True):
            if not has_member:
                found |= {(p.sheet, p.row) for p in group}
    return found
