"""Whose a row of the ledger is, and when that person loses eligibility, from every sheet."""

import dataclasses
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from shikaku.identity import ends
from shikaku.identity.matching import (
    Household,
    branch,
    fold_name,
    fold_number,
    folded_home,
    given_name,
    person_key,
    same_given_name,
    same_person,
)
from shikaku.law.closed_days import ClosedDays
from shikaku.model.ledger import LedgerEntry
from shikaku.model.people import DEPENDANTS, Person, people
from shikaku.model.settings import Settings
from shikaku.model.tables import Book, Row


@dataclass(frozen=True, slots=True)
class Loss:
    """One loss. by_event: a 非該当 of 被扶養者異動届. proof: what that says of the certificate:
    attached | not_returnable | destroyed | none | None. attached, missing: 添付 and 返不能 of
    資格喪失届. cause: key of loss_cause. inherited: the insured's loss, passed on to a dependant
    (法36条; 喪失は被保険者と同日). unfiled: an end that no sheet reports: a 75th birthday, or the two years
    of 任意継続 (cause ``two_years``)."""

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


@dataclass(slots=True, unsafe_hash=True)  # never changed; not frozen, as Person
class Holder:
    """Whose a document is. person: as 加入者台帳 has him, else another sheet; None when no sheet
    has him, and doubt says why: ``unknown`` or ``namesakes``. loss: None while a member. counted:
    the 資格喪失届 whose counts may have his document in them (R46: the insured's and the dependants').
    removal: his own 非該当, which may name it, too. with_insured: a dependant who leaves on the day
    of the insured.
    """

    person: Person | None
    loss: Loss | None
    doubt: str = ""
    counted: Loss | None = None
    removal: Loss | None = None
    with_insured: bool = False

    @property
    def died(self) -> bool:
        """The holder himself has died."""
        return self.loss is not None and self.loss.cause == "death" and not self.loss.inherited


Rows = tuple[list[Household], list[Person], str]
"""The 記号・番号 that a holder has or had, his rows on the sheets, and the doubt when there are none."""


class Losses:
    """All losses of a workbook, and whom the rows of the ledger belong to.

    until: a 75th birthday, or the end of 任意継続's two years, up to this day ends a membership, too,
    whether a filing says so or not (domain.md §2.4); None: only what the sheets say.
    """

    def __init__(self, book: Book, until: dt.date | None = None) -> None:
        self.people: list[Person] = list(people(book))
        self.registered = any(p.sheet == "members" for p in self.people)
        self._families: dict[Household, list[Person]] = defaultdict(list)
        self._households_of: dict[str, dict[Household, None]] = defaultdict(dict)
        self._found: dict[tuple[str, int], Loss] = {}
        self._named: dict[tuple[Household, str], list[Person]] = defaultdict(list)
        self._known: dict[tuple[object, ...], Rows] = {}
        self._holders: dict[tuple[object, ...], Holder] = {}
        self._traits_in: dict[Household, dict[tuple[object, ...], list[Person]]] = {}
        self._births_in: dict[Household, Counter[dt.date | None]] = {}
        self._place = {(p.sheet, p.row): i for i, p in enumerate(self.people)}
        self._misspelt_rows: dict[tuple[object, ...], list[Person]] = {}
        self._moved: dict[str, Rows] = {}
        self._insured_rows: dict[Household, list[Person]] = {}
        self._principals: dict[object, tuple[list[Loss], set[dt.date]]] = {}
        rows = {(row.sheet, row.number): row for row in book.rows("loss", "dependants")}
        for person in self.people:
            if person.number:
                home, name = folded_home(person.symbol, person.number), fold_name(person.name)
                self._families[home].append(person)
                self._households_of[name][home] = None
                self._named[home, name].append(person)
            loss = _unfiled(person, until)
            if person.lost is not None and (loss is None or person.lost <= loss.day):
                row = rows.get((person.sheet, person.row))
                loss = _loss(person, person.lost, row)
            if loss is not None:
                self._found[person.sheet, person.row] = loss

    def holder(self, entry: LedgerEntry) -> Holder:
        """Whose a ledger row is, and his loss.

        By 記号・番号 and name, with the rows that decisions take for the same person though one has a
        slip; by 記号・番号, 枝番 and given name after a marriage; by a name that one
        human being only has under other 記号・番号, when nobody has it under the row's own (the 番号
        or 記号 has changed since); an insured at last by 記号・番号 alone (a name typed wrong). A
        dependant without an earlier loss of his own loses with the insured.
        """
        key = _key(entry)
        if key not in self._holders:
            self._holders[key] = self._holder(entry)
        return self._holders[key]

    def _holder(self, entry: LedgerEntry) -> Holder:
        households, own_rows, doubt = self._rows(entry)
        began = entry.issued or _old_card_since(own_rows)
        acquired = _acquired(own_rows)
        own = _pick(self._losses_of(own_rows), began, acquired)
        removal = own if own and own.by_event else None
        person = _present(own_rows, began)
        doubt = doubt if person is None else ""
        principal = None
        if _is_dependant(entry, own_rows):
            several = len(households) > 1  # they are all that the name is under
            losses, begun = self._principal_of(
                fold_name(entry.name) if several else households[0], households
            )
            principal = _pick(losses, began, acquired | begun)
        if principal is None:
            return Holder(person, own, doubt, _counting(own), removal)
        together = own is None or principal.day == own.day
        if own is None or (principal.day, _rank(principal)) < (own.day, _rank(own)):
            own = dataclasses.replace(principal, inherited=True)
            return Holder(person, own, doubt, _counting(own), removal, together)
        if together and principal.cause == "death":  # 51条5項 is about the whole family's documents
            own = dataclasses.replace(own, cause="death", inherited=True)
        # With a 非該当 of the same day, as RF03 asks for, the insured's counts have it, too.
        return Holder(
            person, own, doubt, _counting(principal if together else own), removal, together
        )

    def rows_of(self, entry: LedgerEntry) -> list[Person]:
        """The rows of the sheets that are the person of a ledger row."""
        return self._rows(entry)[1]

    def _insured(self, household: Household) -> list[Person]:
        if household not in self._insured_rows:
            rows = self._families.get(household, ())
            self._insured_rows[household] = [p for p in rows if not p.is_dependant]
        return self._insured_rows[household]

    def _principal_of(
        self, key: object, households: Iterable[Household]
    ) -> tuple[list[Loss], set[dt.date]]:
        """The losses and the days of acquisition of the insured under these 記号・番号."""
        if key not in self._principals:
            insured = [p for one in households for p in self._insured(one)]
            self._principals[key] = self._losses_of(insured), _acquired(insured)
        return self._principals[key]

    def _losses_of(self, rows: Iterable[Person]) -> list[Loss]:
        """Their losses; of those that ``_pick`` can't tell apart the first."""
        found: dict[tuple[object, ...], Loss] = {}
        for person in rows:
            loss = self._found.get((person.sheet, person.row))
            if loss is not None:
                found.setdefault((_rank(loss), loss.day, loss.unfiled, loss.cause), loss)
        return list(found.values())

    def _rows(self, entry: LedgerEntry) -> Rows:
        # A row copied down a thousand times would be compared a thousand times with each copy.
        key = _key(entry)
        if key not in self._known:
            found = self._under_own_number(entry) or self._elsewhere(entry)
            self._known[key] = found or self._by_number_alone(entry)
        return self._known[key]

    def _under_own_number(self, entry: LedgerEntry) -> Rows | None:
        """By the row's own 記号・番号: the name, or the written 枝番 with the given name or the printed
        birth."""
        symbol, number, name = person_key(entry)
        household = symbol, number
        same = self._named.get((household, name), [])
        if same:
            own = [p for p in same if _branches_fit(entry, p)] or same
            return [household], own + self._misspelt(household, own), ""
        insured = entry.kind is not None and entry.kind not in DEPENDANTS
        own_branch = branch(entry.branch, insured=insured)
        alike = self._born(household).get(("any", own_branch), ()) if own_branch else ()
        renamed = [
            p
            for p in alike
            if same_given_name(entry, p) or (entry.birth and entry.birth == p.birth)
        ]
        return ([household], renamed, "") if renamed else None

    def _elsewhere(self, entry: LedgerEntry) -> Rows | None:
        """By a name that nobody has under the row's 記号・番号, and one human being elsewhere."""
        symbol, number, name = person_key(entry)
        if name not in self._households_of:
            return None
        if name not in self._moved:
            others = list(self._households_of[name])
            moved = [p for one in others for p in self._named[one, name]]
            one_human = len(others) == 1 or len({p.birth for p in moved} - {None}) == 1
            self._moved[name] = others, moved, "" if one_human else "namesakes"
        others, moved, doubt = self._moved[name]
        return ([(symbol, number)], [], doubt) if doubt else (others, moved, "")

    def _by_number_alone(self, entry: LedgerEntry) -> Rows:
        """An insured whose name nobody has: the one who is under the number, or nobody."""
        household = fold_number(entry.symbol), fold_number(entry.number)
        if _is_insured(entry):
            mistyped = self._insured(household)
            joined = min(_acquired(mistyped), default=None)
            # Somebody who joined after the document was issued has a number used before.
            if not (joined and entry.issued and joined > entry.issued):
                return [household], mistyped, "unknown"
        return [household], [], "unknown"

    def _misspelt(self, household: Household, own: list[Person]) -> list[Person]:
        """The rows of a family under another name that are the same person as one of his own; they
        have his birth date. The first twenty: more are copies, not slips."""
        if not self._others_of_one_birth(household, own):  # nearly everybody
            return []
        # Copied down a sheet one family may have thousands of rows, but few that differ in this.
        name = fold_name(own[0].name)
        models = {(q.birth, q.branch, q.name, q.is_dependant): q for q in own if q.birth}
        key = household, name, frozenset(models)
        if key not in self._misspelt_rows:
            found: dict[tuple[str, int], Person] = {}
            for trait in dict.fromkeys(t for q in models.values() for t in _born_traits(q)):
                rows = self._born(household).get(trait, ())
                others = (p for p in rows if fold_name(p.name) != name)
                found |= {(p.sheet, p.row): p for p in islice(others, _ROWS_OF_ONE)}
            births = [q.birth for q in models.values()]
            slips = [p for p in found.values() if any(same_person(p, q) for q in models.values())]
            slips.sort(key=lambda p: (births.index(p.birth), self._place[p.sheet, p.row]))
            self._misspelt_rows[key] = slips[:_ROWS_OF_ONE]
        return self._misspelt_rows[key]

    def _others_of_one_birth(self, household: Household, own: list[Person]) -> bool:
        """Whether the family has further rows with the birth date of one of his own."""
        if household not in self._births_in:
            self._births_in[household] = Counter(p.birth for p in self._families[household])
        births = [p.birth for p in own if p.birth]
        return sum(self._births_in[household][birth] for birth in set(births)) > len(births)

    def _born(self, household: Household) -> dict[tuple[object, ...], list[Person]]:
        """The rows of a family by what they may have in common; of most families nobody asks."""
        if household not in self._traits_in:
            found: dict[tuple[object, ...], list[Person]] = defaultdict(list)
            for person in self._families.get(household, ()):
                for trait in _traits(person):
                    found[trait].append(person)
            self._traits_in[household] = found
        return self._traits_in[household]


def near_losses(book: Book, settings: Settings, as_of: dt.date, closed: ClosedDays) -> Losses:
    """The losses that a day knows of: with those that come by themselves in the days for which 設定 gives
    notice ahead."""
    return Losses(book, closed.add_open_days(as_of, settings.pre_notice_days))


_ROWS_OF_ONE = 20
"""So many rows under other names are looked at for one human being."""


def _key(entry: LedgerEntry) -> tuple[object, ...]:
    """All of a ledger's row by which its holder is found."""
    named = entry.symbol, entry.number, entry.name, entry.branch, entry.kind
    return *named, entry.issued, entry.birth


def _born_traits(person: Person) -> list[tuple[object, ...]]:
    """Of two rows of one family with one birth and two names one of these is the same, if they are
    one person's (``matching.same_in_household``)."""
    if person.birth is None:
        return []
    if not person.is_dependant:
        return [("insured", person.birth)]
    given = given_name(person.name)
    found: list[tuple[object, ...]] = [("given", person.birth, given)] if given else []
    written = fold_number(person.branch) if person.branch else ""
    return found + ([("branch", person.birth, written)] if written else [])


def _traits(person: Person) -> list[tuple[object, ...]]:
    """By what a row of a family is looked up, besides its name."""
    own = branch(person.branch, insured=not person.is_dependant)
    return [*_born_traits(person), *([("any", own)] if own else [])]


def _pick(losses: Iterable[Loss], began: dt.date | None, acquired: set[dt.date]) -> Loss | None:
    """The loss that ends the enrolment of a document issued on ``began``.

    Of one enrolment a filing tells more than the register does (its row, its certificates);
    between two filings the earlier loss counts.
    """
    found = [loss for loss in losses if not _of_another(loss, began, acquired)]
    found = _within_two_years(found)
    if not found:
        return None
    first = min(loss.day for loss in found)
    again = min((day for day in acquired if day >= first), default=None)
    return min(
        (loss for loss in found if again is None or loss.day == first or loss.day < again),
        key=lambda loss: (_rank(loss), loss.day),
    )


def _within_two_years(losses: list[Loss]) -> list[Loss]:
    """任意継続's two years are over without a filing, and whatever a later one says."""
    limit = min((loss.day for loss in losses if loss.cause == ends.TWO_YEARS), default=None)
    return [loss for loss in losses if limit is None or loss.day <= limit]


def _of_another(loss: Loss, began: dt.date | None, acquired: set[dt.date]) -> bool:
    """Whether a loss can't be that of a document issued on ``began``: a new enrolment followed it
    before the document; or it is a 75th birthday before it, which rather says that the birth date
    is wrong."""
    if began is None:
        return False
    if loss.unfiled and loss.cause == ends.AGE_75 and loss.day <= began:
        return True
    return any(loss.day <= day <= began for day in acquired)


def _counting(loss: Loss | None) -> Loss | None:
    """A loss whose filing counts certificates: one of 資格喪失届."""
    return loss if loss and loss.sheet == "loss" else None


def _unfiled(person: Person, until: dt.date | None) -> Loss | None:
    """The end that comes by itself up to a day, of a member; None without one."""
    if until is None or person.sheet not in ("members", "acquisition"):
        return None
    end = ends.by_itself(person) if ends.is_over(person, until) else None
    if end is None:
        return None
    return Loss(end[0], person.sheet, person.row, cause=end[1], unfiled=True)


def _rank(loss: Loss) -> int:
    return 1 if loss.sheet in ("loss", "dependants") else 2


def _loss(person: Person, day: dt.date, row: Row | None) -> Loss:
    if row is not None and person.sheet == "loss":
        return Loss(
            day,
            "loss",
            person.row,
            attached=row.count("attached_count") or 0,
            missing=row.count("not_returnable_count") or 0,
            filed=person.filed,
            cause=row.choice("cause"),
        )
    if row is not None and person.sheet == "dependants":
        return Loss(
            day,
            "dependants",
            person.row,
            by_event=True,
            proof=row.choice("collected"),
            filed=person.filed,
            cause="death" if died(row) else None,
        )
    return Loss(day, person.sheet, person.row)


def died(row: Row) -> bool:
    """Whether a 非該当 tells of this dependant's own death: not of the insured's, for which the whole
    family leaves."""
    reason = row.text("event_reason")
    return "死亡" in reason and "被保険者" not in reason


def _acquired(rows: Iterable[Person]) -> set[dt.date]:
    return {p.acquired for p in rows if p.acquired}


def _old_card_since(rows: Iterable[Person]) -> dt.date | None:
    """When the enrolment began in which somebody holds an old card; its row has no day of issue."""
    return max((p.acquired for p in rows if p.old_card and p.acquired), default=None)


def _branches(entry: LedgerEntry, person: Person) -> tuple[str, str]:
    insured = entry.kind is not None and entry.kind not in DEPENDANTS
    mine = branch(entry.branch, insured=insured)
    return mine, branch(person.branch, insured=not person.is_dependant)


def _branches_fit(entry: LedgerEntry, person: Person) -> bool:
    mine, theirs = _branches(entry, person)
    return mine == theirs or not mine or not theirs


def _is_insured(entry: LedgerEntry) -> bool:
    if entry.kind is not None:
        return entry.kind not in DEPENDANTS
    return bool(entry.branch) and fold_number(entry.branch) == "0"


def _is_dependant(entry: LedgerEntry, rows: list[Person]) -> bool:
    if rows:
        return any(p.is_dependant for p in rows)
    return not _is_insured(entry)


def _present(rows: list[Person], began: dt.date | None) -> Person | None:
    """The row that tells most: of 加入者台帳 that of the document's enrolment, else the first."""
    members = [p for p in rows if p.sheet == "members"]
    held = [p for p in members if p.acquired and began and p.acquired <= began]
    if held:
        return max(held, key=lambda p: p.acquired or dt.date.min)
    return next(iter(members or rows), None)
