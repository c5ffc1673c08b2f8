"""Whose a row of the ledger is, and when that person loses eligibility, from every sheet."""

import dataclasses
import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from shikaku.identity.families import Families
from shikaku.identity.losses import Loss, LossHistory
from shikaku.identity.matching import (
    Household,
    branch,
    fold_name,
    fold_number,
    given_name,
    person_key,
)
from shikaku.identity.row_losses import losses_of
from shikaku.law.closed_days import ClosedDays
from shikaku.model import employers
from shikaku.model.ledger import LedgerEntry
from shikaku.model.people import DEPENDANTS, SHEETS, Person, people
from shikaku.model.settings import Settings
from shikaku.model.tables import Book


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


class _Owner:
    """Whose a document is: the 記号・番号 that he has or had, his rows on the sheets, and the doubt when there
    are none. A thousand documents of one person share it."""

    def __init__(
        self,
        households: list[Household],
        rows: list[Person],
        doubt: str,
        history: Callable[[Iterable[Person]], LossHistory],
    ) -> None:
        self.households, self.rows, self.doubt, self._history = households, rows, doubt, history

    @cached_property
    def history(self) -> LossHistory:
        """What the rows say of losses; who asks for the rows alone needs none."""
        return self._history(self.rows)

    @cached_property
    def old_card_since(self) -> dt.date | None:
        """When the enrolment began in which he holds an old card; its row has no day of issue."""
        return max((p.acquired for p in self.rows if p.old_card and p.acquired), default=None)

    @cached_property
    def has_dependant(self) -> bool:
        """Whether he is a dependant on one of the rows."""
        return any(p.is_dependant for p in self.rows)

    @cached_property
    def _members(self) -> list[Person]:
        return [p for p in self.rows if p.sheet == "members"]

    @cached_property
    def _by_acquisition(self) -> tuple[list[dt.date], dict[dt.date, Person]]:
        """The days of acquisition in 加入者台帳, in order; of each the first row."""
        first: dict[dt.date, Person] = {}
        for person in self._members:
            if person.acquired:
                first.setdefault(person.acquired, person)
        return sorted(first), first

    def present(self, began: dt.date | None) -> Person | None:
        """The most complete row: of 加入者台帳 that of the document's enrolment, else the first."""
        if began is not None:
            days, first = self._by_acquisition
            if at := bisect_right(days, began):
                return first[days[at - 1]]
        return next(iter(self._members or self.rows), None)


class Losses:
    """All losses of a workbook, and whom the rows of the ledger belong to.

    until: a 75th birthday, or the end of 任意継続's two years, up to this day ends a membership, too,
    whether a filing says so or not (domain.md §2.4); None: only what the sheets say.
    """

    def __init__(self, book: Book, until: dt.date | None = None) -> None:
        self.people: list[Person] = list(people(book))
        self.registered = any(p.sheet == "members" for p in self.people)
        self._families = Families(self.people)
        self._known: dict[tuple[object, ...], _Owner] = {}
        self._alike: dict[tuple[object, ...], _Owner] = {}
        self._holders: dict[tuple[object, ...], Holder] = {}
        self._moved: dict[str, _Owner] = {}
        self._principals: dict[object, LossHistory] = {}
        self._until = until
        self._filings = {(row.sheet, row.number): row for row in book.rows("loss", "dependants")}

    @cached_property
    def _found(self) -> dict[tuple[str, int], list[Loss]]:
        """(sheet key, row) → the losses that the row tells of: its own, then those that come by
        themselves. Of a document the first that can be its counts, so that none may hide another."""
        found: dict[tuple[str, int], list[Loss]] = {}
        for person in self.people:
            losses = losses_of(person, self._filings, self._until)
            if losses:
                found[person.sheet, person.row] = losses
        return found

    def may_lose(self, person: Person) -> bool:
        """Whether any row has a loss that could be this person's, of the sheets: under the same 記号・番号, or
        under another one that the name is under."""
        if person.number:
            return (person.sheet, person.row) in self._near_a_loss
        return not self._losing.isdisjoint(self._families.homes.get(fold_name(person.name), ()))

    @cached_property
    def _near_a_loss(self) -> set[tuple[str, int]]:
        """The rows with a 番号 that a loss of somebody, himself among them, could belong to."""
        losing = self._losing
        names = {fold_name(p.name) for home in losing for p in self._families.rows[home]}
        return {
            (p.sheet, p.row)
            for (home, name), rows in self._families.named.items()
            if home in losing or name in names
            for p in rows
        }

    @cached_property
    def _losing(self) -> set[Household]:
        """The 記号・番号 under which anybody loses."""
        found = self._found.keys()
        return {
            home
            for home, rows in self._families.rows.items()
            if any((p.sheet, p.row) in found for p in rows)
        }

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
        owner = self._owner_of(entry)
        began = entry.issued or owner.old_card_since
        own = owner.history.pick(began)
        removal = own if own and own.by_event else None
        person = owner.present(began)
        doubt = owner.doubt if person is None else ""
        principal = None
        if owner.has_dependant if owner.rows else not _is_insured(entry):
            insured = self._principal_of(entry, owner.households)
            principal = insured.pick(began, owner.history.acquired)
        if principal is None:
            return Holder(person, own, doubt, _counting(own), removal)
        together = own is None or principal.day == own.day
        if own is None or (principal.day, principal.rank) < (own.day, own.rank):
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
        return self._owner_of(entry).rows

    def _principal_of(self, entry: LedgerEntry, households: list[Household]) -> LossHistory:
        """What the insured under these 記号・番号 have been: of several those that the name is under."""
        key = fold_name(entry.name) if len(households) > 1 else households[0]
        if key not in self._principals:
            self._principals[key] = self._history(
                p for one in households for p in self._families.insured(one)
            )
        return self._principals[key]

    def _history(self, rows: Iterable[Person]) -> LossHistory:
        everybody = list(rows)
        found = (self._found.get((person.sheet, person.row), ()) for person in everybody)
        acquired = (person.acquired for person in everybody if person.acquired)
        return LossHistory(chain.from_iterable(found), acquired)

    def _new_owner(
        self, households: list[Household], rows: list[Person], doubt: str = ""
    ) -> _Owner:
        return _Owner(households, rows, doubt, self._history)

    def _owner_of(self, entry: LedgerEntry) -> _Owner:
        # A row copied down a thousand times would be compared a thousand times with each copy.
        key = _key(entry)
        if key not in self._known:
            found = self._under_own_number(entry) or self._elsewhere(entry)
            self._known[key] = found or self._by_number_alone(entry)
        return self._known[key]

    def _under_own_number(self, entry: LedgerEntry) -> _Owner | None:
        """By the row's own 記号・番号: the name, or the written 枝番 with the given name or the printed
        birth."""
        symbol, number, name = person_key(entry)
        household = symbol, number
        insured = entry.kind is not None and entry.kind not in DEPENDANTS
        own_branch = branch(entry.branch, insured=insured)
        if same := self._families.named.get((household, name)):
            key: tuple[object, ...] = "named", household, name, own_branch
            if key not in self._alike:
                own = [p for p in same if _fits(own_branch, p)] or same
                own = own + self._families.misspelt(household, own)
                self._alike[key] = self._new_owner([household], own)
            return self._alike[key]
        return self._renamed(entry, household, own_branch) if own_branch else None

    def _renamed(self, entry: LedgerEntry, household: Household, own_branch: str) -> _Owner | None:
        """By the written 枝番, with the given name or the printed birth."""
        families, given = self._families, given_name(entry.name)
        named = families.called(household, own_branch, given) if given else []
        alike = families.printed(household, own_branch, entry.birth) if entry.birth else []
        both = all(p.birth == entry.birth for p in named)
        if not alike and not named:
            return None
        key: tuple[object, ...] = household, own_branch, entry.birth, "" if both else given
        if not alike:
            key = household, own_branch, given
        if key not in self._alike:
            found = families.in_order([*named, *alike])
            self._alike[key] = self._new_owner([household], found)
        return self._alike[key]

    def _elsewhere(self, entry: LedgerEntry) -> _Owner | None:
        """By a name that nobody has under the row's 記号・番号, and one human being elsewhere."""
        symbol, number, name = person_key(entry)
        if name not in self._families.homes:
            return None
        if name not in self._moved:
            others = list(self._families.homes[name])
            moved = [p for one in others for p in self._families.named[one, name]]
            births = {p.birth for p in moved if p.birth}
            one_human = len(others) == 1 or len(births) == 1
            if births and not births.issuperset(self._families.without_number.get(name, ())):
                one_human = False  # it may be a filing's that has no 番号 yet
            self._moved[name] = self._new_owner(others, moved, "" if one_human else "namesakes")
        found = self._moved[name]
        return self._new_owner([(symbol, number)], [], found.doubt) if found.doubt else found

    def _by_number_alone(self, entry: LedgerEntry) -> _Owner:
        """An insured whose name nobody has: the one who is under the number, or nobody."""
        household = fold_number(entry.symbol), fold_number(entry.number)
        if _is_insured(entry):
            key: tuple[object, ...] = "insured", household
            if key not in self._alike:
                self._alike[key] = self._new_owner(
                    [household], self._families.insured(household), "unknown"
                )
            mistyped = self._alike[key]
            joined = mistyped.history.acquired[:1]
            # Somebody who joined after the document was issued has a number used before.
            if not (joined and entry.issued and joined[0] > entry.issued):
                return mistyped
        return self._new_owner([household], [], "unknown")


def near_losses(book: Book, settings: Settings, as_of: dt.date, closed: ClosedDays) -> Losses:
    """The losses that a day knows of: with those that come by themselves in the days for which 設定 gives
    notice ahead. Worked out once for a workbook."""
    until = closed.add_open_days(as_of, settings.pre_notice_days)
    return book.once((Losses, until), (*SHEETS, employers.SHEET), lambda: Losses(book, until))


def _key(entry: LedgerEntry) -> tuple[object, ...]:
    """All of a ledger's row by which its holder is found."""
    named = entry.symbol, entry.number, entry.name, entry.branch, entry.kind
    return *named, entry.issued, entry.birth


def _counting(loss: Loss | None) -> Loss | None:
    """A loss whose filing counts certificates: one of 資格喪失届."""
    return loss if loss and loss.sheet == "loss" else None


def _fits(own_branch: str, person: Person) -> bool:
    """Whether a row's 枝番 doesn't say that it is another's. own_branch: the document's, for comparing."""
    theirs = branch(person.branch, insured=not person.is_dependant)
    return own_branch == theirs or not own_branch or not theirs


def _is_insured(entry: LedgerEntry) -> bool:
    if entry.kind is not None:
        return entry.kind not in DEPENDANTS
    return bool(entry.branch) and fold_number(entry.branch) == "0"
