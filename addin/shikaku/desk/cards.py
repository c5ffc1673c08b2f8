"""Certificates that another system has issued, matched with 加入者台帳 and made rows of 返納管理.

A line is a certificate: 記号 番号 枝番 生年月日 交付年月日 有効期限 管理番号 (a mapping may name other headings).
It belongs to a row of the register only where 記号・番号 and the birth date are the same and 枝番 doesn't
say otherwise; twins are told apart by 枝番 alone. Nothing is guessed: what fits nobody or more than
one is listed. A certificate that the ledger has already (the same person and day of issue) is left
as it is, so that a second import changes nothing.
"""

import datetime as dt
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

from shikaku.desk.first_rows import FirstRows
from shikaku.desk.list_reading import ListFile, ListLine
from shikaku.desk.status_list import load_toml
from shikaku.fields import era_date, stray_number
from shikaku.identity.matching import (
    Household,
    branch,
    card_keys,
    fold_number,
    household,
    is_card_of,
)
from shikaku.model.ledger import CERTIFICATE, LedgerEntry
from shikaku.model.people import Person
from shikaku.model.schema import schema
from shikaku.system.errors import UsageError

_LEDGER = ("symbol", "number", "branch", "issued", "expiry", "control_no")
KEYS = ("symbol", "number", "branch", "birth", "issued", "expiry", "control_no")
"""What a line may say, by column key of 返納管理 and 加入者台帳."""

REQUIRED = ("symbol", "number", "birth", "issued")
"""Without these nobody's certificate can be told from another's."""

REASONS = {
    "incomplete": "記号・番号・生年月日・交付年月日のどれかが空です",
    "bad_date": "日付として読めません",
    "bad_number": "管理番号の欄に個人番号らしい数字があります",
    "to_come": "交付年月日が基準日より後です",
    "bad_order": "有効期限が交付年月日より後ではありません",
    "unknown": "この記号・番号の人が加入者台帳にいません",
    "birth_differs": "加入者台帳の生年月日と違います",
    "branch_differs": "加入者台帳の枝番と違います",
    "ambiguous": "当てはまる人が加入者台帳に2人以上います",
    "twice": "同じ人の同じ交付年月日の行が一覧に2つ以上あります",
    "number_taken": "この管理番号は、返納管理でほかの人の書類に使われています",
}
"""Why a line is listed and not taken in."""


@dataclass(frozen=True, slots=True)
class ListedCard:
    """A line that a person must settle. reason: of REASONS; rows: of 加入者台帳 (``number_taken``: of
    返納管理)."""

    line: int
    reason: str
    rows: FirstRows = FirstRows()


@dataclass(frozen=True, slots=True)
class NewCard:
    """A certificate for 返納管理. control_no: as the list has it, "" for none."""

    line: int
    person: Person
    branch: str
    issued: dt.date
    expiry: dt.date | None
    control_no: str


@dataclass
class CardsImport:
    """What the lines come to. same: lines whose certificate the ledger has already."""

    new: list[NewCard] = field(default_factory=list)
    listed: list[ListedCard] = field(default_factory=list)
    same: int = 0
    lines: int = 0


def headings(mapping: Path | None) -> dict[str, list[str]]:
    """Key → the headings that its column may have, those of a mapping file ([columns]) first.

    Raises UsageError: no TOML, an unknown key.
    """
    label = schema().sheets["ledger"].label
    own = {key: [label(key)] for key in _LEDGER}
    own["birth"] = [schema().sheets["members"].label("birth")]
    if mapping is None:
        return own
    data = load_toml(mapping)
    columns = data.get("columns")
    if not isinstance(columns, dict) or set(data) != {"columns"} or not _fit(columns):
        raise UsageError(
            f"対応表「{mapping.name}」が正しくありません。",
            f"[columns] に {'・'.join(KEYS)} を、一覧の見出しのリストで書いてください。",
        )
    return {key: [*columns.get(key, ()), *own[key]] for key in KEYS}


def _fit(columns: dict[str, object]) -> bool:
    return set(columns) <= set(KEYS) and all(map(_are_texts, columns.values()))


def _are_texts(names: object) -> bool:
    return isinstance(names, list) and all(isinstance(text, str) and text for text in names)


def match(
    listed: ListFile,
    columns: dict[str, list[str]],
    members: Iterable[Person],
    entries: Sequence[LedgerEntry],
    as_of: dt.date,
) -> CardsImport:
    """The lines against 加入者台帳 and 返納管理. columns: of ``headings``.

    Raises UsageError when a required heading is missing.
    """
    places = {key: listed.column(names) for key, names in columns.items()}
    lacking = [columns[key][0] for key in REQUIRED if places[key] is None]
    if lacking:
        raise UsageError(
            f"「{listed.name}」の{listed.header_line}行目に、見出し「{'」「'.join(lacking)}」がありません。",
            "一覧の見出しを直すか、対応表(--mapping)の [columns] に書いてください。",
        )
    register = _CardHolders(members, entries)
    result = CardsImport(lines=len(listed.records))
    found: list[tuple[ListLine, NewCard]] = []
    for record in listed.records:
        values = {
            key: record.values[place].strip() if place is not None else ""
            for key, place in places.items()
        }
        card = _read(record.line, values, register, as_of)
        if isinstance(card, ListedCard):
            result.listed.append(card)
        else:
            found.append((record, card))
    _sort_out(found, register, result)
    result.listed.sort(key=lambda one: one.line)
    return result


def _sort_out(
    found: list[tuple[ListLine, NewCard]], register: "_CardHolders", result: CardsImport
) -> None:
    """Which of the matched lines are new."""
    count = Counter((card.person.row, card.issued) for _, card in found)
    for record, card in found:
        if count[card.person.row, card.issued] > 1:
            result.listed.append(ListedCard(record.line, "twice", FirstRows((card.person.row,))))
        elif register.has(card):
            result.same += 1
        elif (others := register.taken(card)) is not None:
            result.listed.append(ListedCard(record.line, "number_taken", others))
        else:
            result.new.append(register.numbered(card))


def _read(
    line: int, values: dict[str, str], register: "_CardHolders", as_of: dt.date
) -> NewCard | ListedCard:
    """A line as a certificate of somebody, or why not."""
    if not all(values[key] for key in REQUIRED):
        return ListedCard(line, "incomplete")
    try:
        birth, issued = (era_date.parse(values[key]).day for key in ("birth", "issued"))
        expiry = era_date.parse(values["expiry"]).day if values["expiry"] else None
    except ValueError:
        return ListedCard(line, "bad_date")
    if stray_number.inside(values["control_no"]):
        return ListedCard(line, "bad_number")
    if issued > as_of:
        return ListedCard(line, "to_come")
    if expiry is not None and expiry <= issued:
        return ListedCard(line, "bad_order")
    person = register.find(line, values, birth, issued)
    if isinstance(person, ListedCard):
        return person
    written = person.branch or values["branch"]
    return NewCard(line, person, written, issued, expiry, values["control_no"])


_ANY = object()
"""In the place of a birth date or 枝番: whichever."""


class _CardHolders:
    """加入者台帳 by household, and the certificates that 返納管理 has."""

    def __init__(self, members: Iterable[Person], entries: Sequence[LedgerEntry]) -> None:
        # Household, birth, 枝番 (each of the two or _ANY) → people.
        self._people: dict[tuple[object, ...], list[Person]] = defaultdict(list)
        for person in members:
            home = household(person)
            if home:
                own = branch(person.branch, insured=not person.is_dependant)
                for key in product((home,), (person.birth, _ANY), (own, _ANY)):
                    self._people[key].append(person)
        self._on_day: dict[tuple[object, ...], list[Person]] = {}
        # Day of issue, what cards and people have in common, 枝番 → certificates.
        self._cards: dict[tuple[object, ...], list[LedgerEntry]] = defaultdict(list)
        self._numbers: dict[str, list[tuple[Household | None, int]]] = defaultdict(list)
        self._others: dict[tuple[str, Household | None], FirstRows] = {}
        for entry in entries:
            self._numbers[entry.control_no].append((household(entry), entry.row))
            if entry.document == CERTIFICATE:
                own = branch(entry.branch, insured=False)
                for found in product((entry.issued,), card_keys(entry), (own, _ANY)):
                    self._cards[found].append(entry)
        self._given: dict[str, Household | None] = {}
        self._serials: dict[str, Iterator[int]] = {}

    def find(
        self, line: int, values: dict[str, str], birth: dt.date, issued: dt.date
    ) -> Person | ListedCard:
        """Whose a line is, or why that can't be said."""
        home = fold_number(values["symbol"]), fold_number(values["number"])
        if not (family := self._living(home, _ANY, _ANY)):
            return ListedCard(line, "unknown")
        written = fold_number(values["branch"]) if values["branch"] else ""
        if not (born := self._living(home, birth, _ANY)):
            near = self._living(home, _ANY, written) or family
            return ListedCard(line, "birth_differs", _rows(near))
        own = (written or _ANY) if self._living(home, birth, written or _ANY) else ""
        if not self._living(home, birth, own):
            return ListedCard(line, "branch_differs", _rows(born))
        fitting = self._of_the_day(home, birth, own, issued)
        if len(fitting) > 1:
            return ListedCard(line, "ambiguous", _rows(fitting))
        return fitting[0]

    def _living(self, home: Household, birth: object, own: object) -> Sequence[Person]:
        return self._people.get((home, birth, own), ())

    def _of_the_day(
        self, home: Household, birth: object, own: object, issued: dt.date
    ) -> Sequence[Person]:
        """Of several rows, as of somebody who has joined again, those enrolled on the day of issue."""
        key = home, birth, own, issued
        if key not in self._on_day:
            people = self._people[home, birth, own]
            there = [p for p in people if p.insured_on(issued)]
            self._on_day[key] = there if len(people) > 1 and there else people
        return self._on_day[key]

    def has(self, card: NewCard) -> bool:
        """Whether 返納管理 has this certificate."""
        person = card.person
        mine = branch(person.branch, insured=not person.is_dependant)
        branches = (mine, "") if mine else (_ANY,)
        keys = product((card.issued,), card_keys(person), branches)
        return any(is_card_of(entry, person) for key in keys for entry in self._cards.get(key, ()))

    def taken(self, card: NewCard) -> FirstRows | None:
        """Rows of 返納管理 that have the 管理番号 for somebody of another household, none where another
        line of the list has it; None when nobody has."""
        home, number = household(card.person), card.control_no
        if not number:
            return None
        if (number, home) not in self._others:
            rows = self._numbers.get(number, ())
            self._others[number, home] = FirstRows.of(row for other, row in rows if other != home)
        others = self._others[number, home]
        return others if others or self._given.get(number, home) != home else None

    def numbered(self, card: NewCard) -> NewCard:
        """The card with a 管理番号 of its own: one that a family shares gets a serial (12 → 12-2)."""
        number = card.control_no
        if number and (number in self._given or number in self._numbers):
            serials = self._serials.setdefault(number, itertools.count(2))
            tried = (f"{number}-{n}" for n in serials)
            number = next(
                text for text in tried if text not in self._given and text not in self._numbers
            )
        if number:
            self._given[number] = household(card.person)
        return NewCard(card.line, card.person, card.branch, card.issued, card.expiry, number)


def _rows(people: Iterable[Person]) -> FirstRows:
    return FirstRows.of(person.row for person in people)
