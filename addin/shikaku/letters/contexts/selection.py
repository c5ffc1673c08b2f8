"""A run of letters for some people alone, named by 記号-番号-枝番 or by a row of the workbook."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace

from shikaku.identity.matching import fold_name, fold_number
from shikaku.letters.contexts.source import LetterSource
from shikaku.model.ledger import LedgerEntry
from shikaku.model.people import DEPENDANTS, Person
from shikaku.system.errors import UsageError

Place = tuple[str, int]
"""Sheet key and Excel row."""

_Record = tuple[str, str, str]


def narrowed(
    source: LetterSource, records: Sequence[str], places: Iterable[Place] = ()
) -> LetterSource:
    """The source with these people alone: all their rows, and their rows of 返納管理.

    records: 「記号-番号-枝番」 as ``decide --json`` has it; width and leading zeros don't matter.
    places: rows of people, for those who have no 番号 yet. Raises UsageError for a record that no
    row has, or that several people bear (枝番 or 番号 still missing).
    """
    by_record = _by_record(source)
    only = set(places)
    unknown, shared = [], []
    for text in records:
        found = by_record.get(_parsed(text), [])
        if not found:
            unknown.append(text)
        elif len({fold_name(person.name) for person in found}) > 1 and not _says_who(text):
            shared.append(text)
        only |= {_place(person) for person in found}
    _refuse(unknown, shared)
    for decision in source.decisions:
        rows = {_place(decision.person), *decision.also}
        if rows & only:
            only |= rows
    return replace(
        source,
        only=frozenset(only),
        decisions=[d for d in source.decisions if _place(d.person) in only],
        stages=[s for s in source.stages if _place(source.holder(s.entry)) in only],
    )


def _by_record(source: LetterSource) -> dict[_Record, list[Person]]:
    """The people of the sheets, and the holders of the documents of 返納管理."""
    found: dict[_Record, list[Person]] = {}
    for person in source.people.values():
        found.setdefault(_folded(person), []).append(person)
    for item in source.plan.entries if source.plan else ():
        found.setdefault(_folded(item.entry), []).append(source.holder(item.entry))
    return found


def _place(person: Person) -> Place:
    return person.sheet, person.row


def _folded(who: Person | LedgerEntry) -> _Record:
    branch = who.branch or ("" if who.kind in DEPENDANTS else "00")
    return fold_number(who.symbol), fold_number(who.number), fold_number(branch)


def _parsed(text: str) -> _Record:
    """A 記号 may itself hold a hyphen; a number's parts are its last two.

    >>> _parsed("１２-34-005-00"), _parsed("1234-567-")
    (('12-34', '5', '0'), ('1234', '567', ''))
    """
    parts = unicodedata.normalize("NFKC", text).strip().rsplit("-", 2)
    if len(parts) != 3:
        raise UsageError(
            f"--person の「{text}」を 記号-番号-枝番 として読めません。",
            "「1234-567-00」のように書いてください(被保険者の枝番は00)。",
        )
    symbol, number, branch = (fold_number(part) for part in parts)
    return symbol, number, branch


def _says_who(text: str) -> bool:
    """番号 and 枝番 are both written: one person, whose name is spelt in two ways."""
    return all(_parsed(text)[1:])


def _refuse(unknown: Sequence[str], shared: Sequence[str]) -> None:
    if unknown:
        raise UsageError(
            f"記号-番号-枝番が「{'」「'.join(unknown)}」の人は、ブックにいません。",
            "加入者台帳、届出、返納管理のどこかにある 記号-番号-枝番 を指定してください。",
        )
    if shared:
        raise UsageError(
            f"「{'」「'.join(shared)}」に当たる人が2人以上います。",
            "ブックに番号と枝番を記入してから、枝番まで指定してください。",
        )
