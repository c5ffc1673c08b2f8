"""Who loses eligibility when, from every sheet, found again for a row of the ledger."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from shikaku.book.tables import Book
from shikaku.decisions import matching
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


def same_name(text: str) -> str:
    """A name as decisions and checks compare it: 髙橋 and 高橋 are one person."""
    return matching.plain_name(text)


def identity(entry: LedgerEntry | Person) -> tuple[str, str, str]:
    """記号, 番号 and name for comparing; numbers as digits, since Excel eats leading zeros."""
    return matching.digits(entry.symbol), matching.digits(entry.number), same_name(entry.name)


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
            who = identity(person)
            if person.number:
                self._ids[who[2]].add(who)
                self._holders.add(who)
            if person.sheet == "members":
                self._members[who] = person
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
                self._keep(who, loss)
                self._insured[who[:2]] = loss
                self._insured_names[who[:2]] = who[2]
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
                self._keep(who, loss)
            else:
                loss = Loss(person.lost, person.sheet, person.row)
                self._keep(who, loss)
                if not person.is_dependant:
                    self._insured.setdefault(who[:2], loss)
                    self._insured_names.setdefault(who[:2], who[2])

    @staticmethod
    def _proof(row) -> str | None:
        """All certificates of the filing attached, or all not: else it doesn't say whose."""
        attached, missing = row.count("attached_count"), row.count("not_returnable_count")
        if attached and not missing:
            return "attached"
        if missing and not attached:
            return "not_returnable"
        return None

    def _keep(self, who: tuple, loss: Loss) -> None:
        # A filing tells more than the register does (its row, its certificates); between two
        # filings the earlier loss counts.
        known = self._own.get(who)
        rank = {"members": 2, "acquisition": 2}.get
        if known is None or (rank(loss.sheet, 1), loss.day) < (rank(known.sheet, 1), known.day):
            self._own[who] = loss

    def of(self, entry: LedgerEntry) -> Loss | None:
        """The loss of the person of a ledger row.

        By 記号・番号 and name; else by a name that stands under one other 記号・番号 only, when
        nobody stands under the row's own (the 番号 or 記号 has changed since); a dependant without
        a loss of his own loses with the insured.
        """
        who = identity(entry)
        own = self._own.get(who)
        if own is None and who not in self._holders:
            others = self._ids.get(who[2], set())
            if len(others) == 1:
                who = next(iter(others))
                own = self._own.get(who)
        insured = self._insured.get(who[:2])
        if (
            insured is not None
            and self._insured_names[who[:2]] != who[2]
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
        return self._members.get(identity(entry))
