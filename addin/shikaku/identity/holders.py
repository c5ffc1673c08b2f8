"""Whose a row of the ledger is, and when that person loses eligibility, from every sheet."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from shikaku.fields import person_name
from shikaku.identity import matching
from shikaku.law import age
from shikaku.model.ledger import LedgerEntry
from shikaku.model.people import DEPENDANTS, Person, people
from shikaku.model.tables import Book

Family = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss. by_event: a 非該当 of 被扶養者異動届. proof: what that says of the certificate:
    attached | not_returnable | destroyed | none | None. attached, missing: 添付 and 返不能 of
    資格喪失届. cause: key of loss_cause. inherited: the insured's loss, passed on to a dependant
    (法36条; 喪失は被保険者と同日). unfiled: a 75th birthday that no sheet reports."""

    day: dt.date
    sheet: str
    row: int
    by_event: bool = False
    proof: str | None = None
    attached: int = 0
    missing: int = 0
    filed: dt.date | None = None
    cause: str | None = None
    inherited: bool = False
    unfiled: bool = False


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a document is. person: as 加入者台帳 has him, else another sheet; None when no sheet
    has him, and doubt says why: ``unknown`` or ``namesakes``. loss: None while a member. counted:
    the 資格喪失届 whose counts have his document in them (R46: the insured's and the dependants')."""

    person: Person | None
    loss: Loss | None
    doubt: str = ""
    counted: Loss | None = None

    @property
    def died(self) -> bool:
        """The holder himself has died."""
        return self.loss is not None and self.loss.cause == "death" and not self.loss.inherited


def same_name(text: str) -> str:
    """A name as decisions and checks compare it: 髙橋 and 高橋 are one person."""
    return matching.plain_name(text)


def identity(entry: LedgerEntry | Person) -> tuple[str, str, str]:
    """記号, 番号 and name for comparing; numbers as digits, since Excel eats leading zeros."""
    return matching.digits(entry.symbol), matching.digits(entry.number), same_name(entry.name)


class Losses:
    """All losses of a workbook, and whom the rows of the ledger belong to.

    until: a 75th birthday up to this day ends a membership, too, whether a filing says so or not
    (domain.md §2.4); None: only what the sheets say.
    """

    def __init__(self, book: Book, until: dt.date | None = None):
        self.people: list[Person] = list(people(book))
        self.registered = any(p.sheet == "members" for p in self.people)
        self._families: dict[Family, list[Person]] = defaultdict(list)
        self._homes: dict[str, dict[Family, None]] = defaultdict(dict)
        self._found: dict[tuple[str, int], Loss] = {}
        self._known: dict[tuple, tuple[list[Family], list[Person], str]] = {}
        self._born: dict[tuple[Family, dt.date], list[Person]] = defaultdict(list)
        self._slips: dict[tuple, list[Person]] = {}
        rows = {(row.sheet, row.number): row for row in book.rows("loss", "dependants")}
        for person in self.people:
            if person.number:
                symbol, number, name = identity(person)
                self._families[symbol, number].append(person)
                self._homes[name][symbol, number] = None
                if person.birth:
                    self._born[(symbol, number), person.birth].append(person)
            if person.lost is not None:
                row = rows.get((person.sheet, person.row))
                self._found[person.sheet, person.row] = _loss(person, row)
            elif until and (day := _by_age(person)) and day <= until:
                self._found[person.sheet, person.row] = Loss(
                    day, person.sheet, person.row, cause="age_75", unfiled=True
                )

    def holder(self, entry: LedgerEntry) -> Holder:
        """Whose a ledger row is, and his loss.

        By 記号・番号 and name, with the rows that decisions take for the same person though one has a
        slip; by 記号・番号, 枝番 and given name after a marriage; by a name that one
        human being only has under other 記号・番号, when nobody has it under the row's own (the 番号
        or 記号 has changed since); an insured at last by 記号・番号 alone (a name typed wrong). A
        dependant without an earlier loss of his own loses with the insured.
        """
        homes, kin, doubt = self._kin(entry)
        insured = [p for home in homes for p in self._insured(home)]
        began = entry.issued or _old_card_since(kin)
        own = counted = self._pick(kin, began, _acquired(kin))
        if _is_dependant(entry, kin):
            both = _acquired(kin) | _acquired(insured)
            passed_on = self._pick(insured, began, both)
            if passed_on and (
                own is None or (passed_on.day, _rank(passed_on)) < (own.day, _rank(own))
            ):
                own = counted = dataclasses.replace(passed_on, inherited=True)
            elif passed_on and passed_on.day == own.day:
                counted = passed_on  # a 非該当 of the same day, as RF03 asks for
        person = _present(kin, began)
        counted = counted if counted and counted.sheet == "loss" else None
        return Holder(person, own, doubt if person is None else "", counted)

    def rows_of(self, entry: LedgerEntry) -> list[Person]:
        """The rows of the sheets that are the person of a ledger row."""
        return self._kin(entry)[1]

    def _insured(self, family: Family) -> list[Person]:
        rows = self._families.get(family, ())
        return [p for p in rows if p.sheet != "dependants" and not p.is_dependant]

    def _kin(self, entry: LedgerEntry) -> tuple[list[Family], list[Person], str]:
        """The 記号・番号 that the holder has or had, his rows, and the doubt when there are none."""
        # A row copied down a thousand times would be compared a thousand times with each copy.
        key = (entry.symbol, entry.number, entry.name, entry.branch, entry.kind, entry.issued)
        if key not in self._known:
            self._known[key] = self._look_up(entry)
        return self._known[key]

    def _look_up(self, entry: LedgerEntry) -> tuple[list[Family], list[Person], str]:
        symbol, number, name = identity(entry)
        family = symbol, number
        rows = self._families.get(family, ())
        same = [p for p in rows if same_name(p.name) == name]
        if same:
            own = [p for p in same if _branches_fit(entry, p)] or same
            return [family], own + self._misspelt(family, own), ""
        given = _given(entry)
        renamed = [p for p in rows if given and given == _given(p) and _same_branch(entry, p)]
        if renamed:
            return [family], renamed, ""
        homes = [home for home in self._homes.get(name, ()) if home != family]
        moved = [p for home in homes for p in self._families[home] if same_name(p.name) == name]
        if len(homes) == 1 or (homes and len({p.birth for p in moved} - {None}) == 1):
            return homes, moved, ""
        if homes:
            return [family], [], "namesakes"
        if _is_insured(entry):
            mistyped = self._insured(family)
            joined = min(_acquired(mistyped), default=None)
            # Somebody who joined after the document was issued has a number used before.
            if not (joined and entry.issued and joined > entry.issued):
                return [family], mistyped, "unknown"
        return [family], [], "unknown"

    def _misspelt(self, family: Family, own: list[Person]) -> list[Person]:
        """The rows of a family under another name that are the same person as one of his own; they
        have his birth date."""
        # Copied down a sheet one family may have thousands of rows, but few that differ in this.
        name = same_name(own[0].name)
        models = {(q.birth, q.branch, q.name, q.is_dependant): q for q in own if q.birth}
        key = family, name, frozenset(models)
        if key not in self._slips:
            self._slips[key] = [
                p
                for birth in dict.fromkeys(q.birth for q in models.values())
                for p in self._born[family, birth]
                if same_name(p.name) != name
                and any(matching.same_person(p, q) for q in models.values())
            ]
        return self._slips[key]

    def _pick(
        self, rows: Iterable[Person], began: dt.date | None, acquired: set[dt.date]
    ) -> Loss | None:
        """The loss that ends the enrolment of a document issued on ``began``.

        Of one enrolment a filing tells more than the register does (its row, its certificates);
        between two filings the earlier loss counts.
        """
        found = [
            loss
            for p in rows
            if (loss := self._found.get((p.sheet, p.row)))
            # A loss that was followed by a new enrolment, before the document: not this one's.
            and not (began and any(loss.day <= day <= began for day in acquired))
            # A document issued to somebody of 75 rather says that the birth date is wrong.
            and not (began and loss.unfiled and loss.day <= began)
        ]
        if not found:
            return None
        first = min(loss.day for loss in found)
        again = min((day for day in acquired if day >= first), default=None)
        return min(
            (loss for loss in found if again is None or loss.day == first or loss.day < again),
            key=lambda loss: (_rank(loss), loss.day),
        )


def _by_age(person: Person) -> dt.date | None:
    """The 75th birthday of a member; somebody who joined after it has his birth date wrong."""
    if person.sheet != "members" or person.birth is None:
        return None
    day = age.leaves(person.birth)
    return day if person.acquired is None or person.acquired < day else None


def _rank(loss: Loss) -> int:
    return 1 if loss.sheet in ("loss", "dependants") else 2


def _loss(person: Person, row) -> Loss:
    if person.sheet == "loss":
        return Loss(
            person.lost,
            "loss",
            person.row,
            attached=row.count("attached_count") or 0,
            missing=row.count("not_returnable_count") or 0,
            filed=person.filed,
            cause=row.choice("cause"),
        )
    if person.sheet == "dependants":
        return Loss(
            person.lost,
            "dependants",
            person.row,
            by_event=True,
            proof=row.choice("collected"),
            filed=person.filed,
            cause="death" if "死亡" in row.text("event_reason") else None,
        )
    return Loss(person.lost, person.sheet, person.row)


def _acquired(rows: Iterable[Person]) -> set[dt.date]:
    return {p.acquired for p in rows if p.acquired}


def _old_card_since(rows: Iterable[Person]) -> dt.date | None:
    """When the enrolment began in which somebody holds an old card; its row has no day of issue."""
    return max((p.acquired for p in rows if p.old_card and p.acquired), default=None)


def _branches(entry: LedgerEntry, person: Person) -> tuple[str, str]:
    """枝番 of both for comparing; the insured's may be left out (00), a dependant's says nothing."""
    insured = entry.kind is not None and entry.kind not in DEPENDANTS
    mine = matching.digits(entry.branch) if entry.branch else "0" if insured else ""
    theirs = matching.digits(person.branch) if person.branch else ""
    return mine, theirs or ("" if person.is_dependant else "0")


def _branches_fit(entry: LedgerEntry, person: Person) -> bool:
    mine, theirs = _branches(entry, person)
    return mine == theirs or not mine or not theirs


def _same_branch(entry: LedgerEntry, person: Person) -> bool:
    mine, theirs = _branches(entry, person)
    return bool(mine) and mine == theirs


def _given(who: LedgerEntry | Person) -> str:
    parts = person_name.split(who.name)
    return same_name(parts[1]) if parts else ""


def _is_insured(entry: LedgerEntry) -> bool:
    if entry.kind is not None:
        return entry.kind not in DEPENDANTS
    return bool(entry.branch) and matching.digits(entry.branch) == "0"


def _is_dependant(entry: LedgerEntry, kin: list[Person]) -> bool:
    if kin:
        return any(p.is_dependant for p in kin)
    return not _is_insured(entry)


def _present(kin: list[Person], began: dt.date | None) -> Person | None:
    """The row that tells most: of 加入者台帳 that of the document's enrolment, else the first."""
    members = [p for p in kin if p.sheet == "members"]
    held = [p for p in members if p.acquired and began and p.acquired <= began]
    if held:
        return max(held, key=lambda p: p.acquired)
    return next(iter(members or kin), None)
