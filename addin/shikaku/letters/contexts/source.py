"""What all letters of a run are made from."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from shikaku.identity import ends, row_losses
from shikaku.identity.matching import household, person_key
from shikaku.law.closed_days import ClosedDays
from shikaku.letters.contexts.history import History
from shikaku.letters.contexts.naming import clean, name_of
from shikaku.model import employers as employers_master
from shikaku.model.employers import Employers, fold_symbol
from shikaku.model.ledger import CERTIFICATE, LedgerEntry, ledger
from shikaku.model.people import Person, people
from shikaku.model.schema import FILINGS
from shikaku.model.settings import Settings
from shikaku.model.tables import Book, Row

if TYPE_CHECKING:
    from shikaku.checks.catalogue import Finding
    from shikaku.decisions.everybody import Decision
    from shikaku.identity.holders import Holder
    from shikaku.returns.ledger import LedgerPlan
    from shikaku.returns.stages import Stage


DIRECT_GROUP = "直送(任意継続・ご遺族)"
"""The bundle of those whose letters must not pass through the employer (R21, C15)."""


@dataclass
class LetterSource:
    """All that letters are made from.

    decisions: of decide_all; findings: of the checks; plan, stages: of the return ledger (a
    LedgerPlan and due_letters, both of this day). kinds: what is made in this run, for the list of
    what goes along (notices with digits only if named). only: the rows of the people whom the
    letters are for (``selection.narrowed``), None for all. What was issued before is read from the
    book.
    """

    book: Book
    settings: Settings
    as_of: dt.date
    closed: ClosedDays
    decisions: Sequence["Decision"] = ()
    findings: Sequence["Finding"] = ()
    plan: "LedgerPlan | None" = None
    stages: Sequence["Stage"] = field(default_factory=tuple)
    kinds: Sequence[str] = ()
    only: frozenset[tuple[str, int]] | None = None

    def wants(self, person: Person) -> bool:
        """Whether the letters are for this person, too."""
        return self.only is None or (person.sheet, person.row) in self.only

    @cached_property
    def history(self) -> History:
        """What 発行履歴 says."""
        return History(self.book)

    @cached_property
    def employers(self) -> Employers:
        """The sheet 事業所; none in an employer's own workbook."""
        return employers_master.read(self.book)

    @cached_property
    def wrong_dates(self) -> dict[tuple[str, int], set[str]]:
        """(sheet key, row) → column keys of the dates that are errors there."""
        found: dict[tuple[str, int], set[str]] = defaultdict(set)
        for finding in self.findings:
            if finding.code.startswith("DT") and finding.severity == "error":
                found[finding.sheet, finding.row].add(finding.column)
        return found

    @cached_property
    def people(self) -> dict[tuple[str, int], Person]:
        """(sheet key, row) → person, of all four sheets."""
        return {(p.sheet, p.row): p for p in people(self.book)}

    @property
    def wanted(self) -> dict[tuple[str, int], Person]:
        """(sheet key, row) → person, of those whom the letters are for."""
        return {place: person for place, person in self.people.items() if self.wants(person)}

    @cached_property
    def rows(self) -> dict[tuple[str, int], Row]:
        """(sheet key, row) → the row as the reader gave it, of the same sheets."""
        return {(r.sheet, r.number): r for r in self.book.rows("members", *FILINGS)}

    @cached_property
    def _insured(self) -> dict[tuple[str, str], Person]:
        """記号・番号 → the insured; the ledger of members goes before the filings."""
        found: dict[tuple[str, str], Person] = {}
        for person in self.people.values():
            home = household(person)
            if home and not person.is_dependant and person.sheet != "dependants":
                found.setdefault(home, person)
        return found

    @cached_property
    def ledger(self) -> list[LedgerEntry]:
        """The rows of 返納管理 as the file has them."""
        return ledger(self.book)

    @cached_property
    def ledger_rows(self) -> dict[int, LedgerEntry]:
        """The rows of 返納管理 by Excel row."""
        return {entry.row: entry for entry in self.ledger}

    @cached_property
    def _ledger_by_person(self) -> dict[tuple[str, str, str], list[LedgerEntry]]:
        found: dict[tuple[str, str, str], list[LedgerEntry]] = defaultdict(list)
        for entry in self.ledger:
            found[person_key(entry)].append(entry)
        return found

    @cached_property
    def _certificates_on(self) -> set[tuple[tuple[str, str, str], dt.date | None]]:
        found = (e for e in self.ledger if e.document == CERTIFICATE)
        return {(person_key(entry), entry.issued) for entry in found}

    def has_certificate_of(self, person: Person, day: dt.date) -> bool:
        """Whether 返納管理 has a certificate of a person that was issued on a day."""
        return (person_key(person), day) in self._certificates_on

    def ledger_of(self, person: Person) -> list[LedgerEntry]:
        """A person's rows of 返納管理."""
        return self._ledger_by_person.get(person_key(person), [])

    @cached_property
    def _control_nos(self) -> dict[int, str]:
        return {i.entry.row: i.entry.control_no for i in self.plan.entries} if self.plan else {}

    def control_no(self, entry: LedgerEntry) -> str:
        """The 管理番号 of a row of 返納管理: the one that it gets in this run if the file has none
        for it, or another row's."""
        return self._control_nos.get(entry.row, entry.control_no)

    @cached_property
    def _losses(self) -> dict[tuple[str, str, str], dt.date]:
        found: dict[tuple[str, str, str], dt.date] = {}
        for person in self.people.values():
            if person.lost and (person.acquired is None or person.acquired < person.lost):
                key = person_key(person)
                found[key] = min(person.lost, found.get(key, person.lost))
        return found

    def loss_of(self, person: Person) -> dt.date | None:
        """The day on which a person loses eligibility, past or to come: by any sheet, by the 75th
        birthday or the end of 任意継続's two years; a dependant with the insured at the latest. None
        for no end in sight."""
        insured = self.insured_of(person) if person.is_dependant else None
        days: list[dt.date | None] = []
        for one in filter(None, (person, insured)):
            days += [
                one.lost,
                self._losses.get(person_key(one)),
                (ends.by_itself(one) or (None,))[0],
            ]
        # a loss before the day of acquisition ended an earlier enrolment
        known = [d for d in days if d and not (person.acquired and d <= person.acquired)]
        return min(known, default=None)

    def leaves(self, person: Person) -> dt.date | None:
        """``loss_of`` that is past, filed, or near enough for a pre-notice."""
        near = self.closed.add_open_days(self.as_of, self.settings.pre_notice_days)
        day = self.loss_of(person)
        return day if day and (day <= near or day in self._filed(person)) else None

    def _filed(self, person: Person) -> set[dt.date | None]:
        both = filter(None, (person, self.insured_of(person)))
        return {day for one in both for day in (one.lost, self._losses.get(person_key(one)))}

    @cached_property
    def _by_name(self) -> dict[tuple[str, str, str], list[Person]]:
        found: dict[tuple[str, str, str], list[Person]] = defaultdict(list)
        for person in self.people.values():
            found[person_key(person)].append(person)
        return found

    @cached_property
    def _dead(self) -> set[tuple[str, str, str]]:
        """Who has died: by the cause on 資格喪失届, or the reason on 被扶養者異動届."""
        dead = set()
        for row in self.book.rows("loss", "dependants"):
            if row.sheet == "loss":
                died = row.choice("cause") == "death"
            else:
                died = row.choice("event") == "removed" and row_losses.died(row)
            if died:
                dead.add(person_key(self.people[row.sheet, row.number]))
        return dead

    @cached_property
    def _holders(self) -> dict[str, "Holder"]:
        return {i.entry.control_no: i.holder for i in self.plan.entries} if self.plan else {}

    def died(self, entry: LedgerEntry) -> bool:
        """Whether the holder of a document has died."""
        found = self._holders.get(entry.control_no)
        return found.died if found else person_key(entry) in self._dead

    def loss_filing(self, entry: LedgerEntry) -> Row | None:
        """The filing by which the holder of a document has lost eligibility."""
        found = self._holders.get(entry.control_no)
        return self.rows.get((found.loss.sheet, found.loss.row)) if found and found.loss else None

    def may_be_absent(self, entry: LedgerEntry) -> bool:
        """An old card that nobody has said is there: 旧被保険者証 of its holder is blank."""
        if entry.document != "old_card":
            return False
        person = self.holder(entry)
        return person.sheet == "members" and not person.old_card

    def holder(self, entry: LedgerEntry) -> Person:
        """The person of a row of 返納管理, as the sheets have him; else what the row itself says."""
        found = self._holders.get(entry.control_no)
        if found and found.person:
            return found.person
        known = self._by_name.get(person_key(entry))
        if known:
            return known[0]
        return Person(
            sheet="ledger",
            row=entry.row,
            symbol=entry.symbol,
            number=entry.number,
            branch=entry.branch,
            kind=entry.kind,
            name=entry.name,
            kana="",
            birth=None,
            sex=None,
            relationship="",
            postal_code="",
            address="",
            department=entry.department,
            insured_name="",
            event=None,
            acquired=None,
            lost=entry.lost,
            filed=None,
            myna_status=None,
            e_certificate_expiry=None,
            status_checked=None,
            want=None,
            want_reason=None,
            old_card=False,
            burden_share=None,
            number_state="blank",
        )

    def insured_of(self, person: Person | LedgerEntry) -> Person | None:
        """The insured of a dependant, or None when the sheets don't have one."""
        home = household(person)
        return self._insured.get(home) if home else None

    def insured_name(self, person: Person) -> str:
        """被保険者氏名 of a dependant; "" for an insured."""
        if not person.is_dependant:
            return ""
        insured = self.insured_of(person)
        return name_of(person.insured_name or (insured.name if insured else ""))

    def employer_of(self, person: Person) -> str:
        """The employer's name: the row's own (of 事業所, by the 記号, where no file has brought it), the
        insured's, or the setting; without any, of each 記号 another, so that nobody's letter names
        another employer's people."""
        insured = self.insured_of(person) if person.is_dependant else None
        symbol = person.symbol or (insured.symbol if insured else "")
        named = person.employer or (insured.employer if insured else "")
        named = named or self.employers.for_letters("", symbol) or self.settings.employer_name
        if known := clean(named):
            return known
        symbol = clean(fold_symbol(symbol))
        return employers_master.stand_in(symbol) if symbol else "事業所"

    def group_of(self, person: Person) -> str:
        """The bundle that a member's letter goes into."""
        return DIRECT_GROUP if person.direct else self.employer_of(person)
