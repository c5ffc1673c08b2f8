"""Who loses eligibility when, from every sheet, found again for a row of the ledger."""

import datetime as dt
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from shikaku.book.tables import Book
from shikaku.records import LedgerEntry, Person, people


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss. by_event: a 非該当 of 被扶養者異動届. proof: what the filing says of the
    certificate: attached | not_returnable | destroyed | none | None. cause: key of loss_cause.
    inherited: the insured's loss, passed on to a dependant (法36条; 喪失は被保険者と同日)."""

    day: dt.date
    sheet: str
    row: int
    by_event: bool = False
    proof: str | None = None
    filed: dt.date | None = None
    cause: str | None = None
    inherited: bool = False


@lru_cache(maxsize=65536)
def same_name(text: str) -> str:
    """A name as it is compared: without spaces and variation selectors, widths unified."""
    text = unicodedata.normalize("NFC", text)
    return "".join(
        c
        for c in text
        if not c.isspace() and not 0xFE00 <= ord(c) <= 0xFE0F and not 0xE0100 <= ord(c) <= 0xE01EF
    )


class Losses:
    """All losses of a workbook, by 記号・番号(・枝番) and by person."""

    def __init__(self, book: Book):
        self.people: list[Person] = list(people(book))
        self._own: dict[tuple, Loss] = {}
        self._insured: dict[tuple[str, str], Loss] = {}
        self._insured_names: dict[tuple[str, str], str] = {}
        self._ids: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
        self._holders: set[tuple[str, str, str]] = set()
        self._members: dict[tuple[str, str, str], Person] = {}
        loss_rows = {row.number: row for row in book.rows("loss")}
        event_rows = {row.number: row for row in book.rows("dependants")}
        for person in self.people:
            identity = (person.symbol, person.number, same_name(person.name))
            if person.number:
                self._ids[identity[2]].add(identity)
                self._holders.add(identity)
            if person.sheet == "members":
                self._members[identity] = person
            if person.lost is None:
                continue
            if person.sheet == "loss":
                row = loss_rows[person.row]
                loss = Loss(
                    person.lost,
                    "loss",
                    person.row,
                    proof=self._proof(row),
                    filed=person.filed,
                    cause=row.choice("cause"),
                )
                self._keep(identity, loss)
                self._insured[identity[:2]] = loss
                self._insured_names[identity[:2]] = identity[2]
            elif person.sheet == "dependants":
                row = event_rows[person.row]
                loss = Loss(
                    person.lost,
                    "dependants",
                    person.row,
                    by_event=True,
                    proof=row.choice("collected"),
                    filed=person.filed,
                )
                self._keep(identity, loss)
            else:
                loss = Loss(person.lost, person.sheet, person.row)
                self._keep(identity, loss)
                if not person.is_dependant:
                    self._insured.setdefault(identity[:2], loss)
                    self._insured_names.setdefault(identity[:2], identity[2])

    @staticmethod
    def _proof(row) -> str | None:
        """All certificates of the filing attached, or all not: else it doesn't say whose."""
        attached, missing = row.count("attached_count"), row.count("not_returnable_count")
        if attached and not missing:
            return "attached"
        if missing and not attached:
            return "not_returnable"
        return None

    def _keep(self, identity: tuple, loss: Loss) -> None:
        # A filing tells more than the register does (its row, its certificates); between two
        # filings the earlier loss counts.
        known = self._own.get(identity)
        rank = {"members": 2, "acquisition": 2}.get
        if known is None or (rank(loss.sheet, 1), loss.day) < (rank(known.sheet, 1), known.day):
            self._own[identity] = loss

    def of(self, entry: LedgerEntry) -> Loss | None:
        """The loss of the person of a ledger row.

        By 記号・番号 and name; else by a name that stands under one other 記号・番号 only, when
        nobody stands under the row's own (the 番号 or 記号 has changed since); a dependant without
        a loss of his own loses with the insured.
        """
        name = same_name(entry.name)
        identity = (entry.symbol, entry.number, name)
        own = self._own.get(identity)
        if own is None and identity not in self._holders:
            others = self._ids.get(name, set())
            if len(others) == 1:
                own = self._own.get(next(iter(others)))
                identity = next(iter(others))
        insured = self._insured.get(identity[:2])
        if (
            insured is not None
            and self._insured_names[identity[:2]] != name
            and (own is None or insured.day < own.day)
        ):
            return Loss(
                insured.day,
                insured.sheet,
                insured.row,
                proof=insured.proof,
                filed=insured.filed,
                cause=insured.cause,
                inherited=True,
            )
        return own

    def current(self, entry: LedgerEntry) -> Person | None:
        """The person of a ledger row as 加入者台帳 has him now, or None."""
        return self._members.get((entry.symbol, entry.number, same_name(entry.name)))
