"""What all letters share: the case they come from, the sender, the addressee, the names."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shikaku.book.tables import Book, Row
from shikaku.decisions import matching
from shikaku.decisions.losses import identity
from shikaku.errors import UsageError
from shikaku.fields import era_date, postal_code
from shikaku.law.closed_days import ClosedDays
from shikaku.letters.contexts.fit import postal_and_address, two_lines, width
from shikaku.letters.contexts.history import History
from shikaku.letters.contexts.lacking import lacking
from shikaku.letters.contexts.naming import clean, honoured, name_of, split_contact
from shikaku.letters.model import Letter, PersonRef
from shikaku.records import LedgerEntry, Person, ledger, people
from shikaku.schema import FILINGS, schema
from shikaku.settings import Settings

if TYPE_CHECKING:
    from shikaku.checks.catalogue import Finding
    from shikaku.decisions.losses import Holder
    from shikaku.decisions.people import Decision
    from shikaku.returns.ledger import LedgerPlan
    from shikaku.returns.stages import Stage

DIRECT_GROUP = "直送(任意継続・ご遺族)"
"""The bundle of those whose letters must not pass through the employer (R21, C15)."""

# What fits at full size: 62 mm are always seen through the window, 85 mm is the whole column.
_ADDRESS_EM, _ADDRESS_WIDE_EM, _ORGANISATION_EM, _NAME_EM = 18.5, 25.0, 16.0, 13.4
_SENDER_EM = 17.0


@dataclass
class Case:
    """All that letters are made from.

    decisions: of decide_all; findings: of the checks; plan, stages: of the return ledger (a
    LedgerPlan and due_letters, both of this day). kinds: what is made in this run, for the list of
    what goes along (notices with digits only if named). What was issued before is read from the
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

    @cached_property
    def history(self) -> History:
        """What 発行履歴 says."""
        return History(self.book)

    @cached_property
    def wrong_dates(self) -> dict[tuple[str, int], set[str]]:
        """(sheet's name, row) → labels of the dates that are errors there."""
        found: dict[tuple[str, int], set[str]] = defaultdict(set)
        for finding in self.findings:
            if finding.code.startswith("DT") and finding.severity == "error":
                found[finding.sheet, finding.row].add(finding.column)
        return found

    @cached_property
    def people(self) -> dict[tuple[str, int], Person]:
        """(sheet key, row) → person, of all four sheets."""
        return {(p.sheet, p.row): p for p in people(self.book)}

    @cached_property
    def rows(self) -> dict[tuple[str, int], Row]:
        """(sheet key, row) → the row as the reader gave it, of the same sheets."""
        return {(r.sheet, r.number): r for r in self.book.rows("members", *FILINGS)}

    @cached_property
    def _insured(self) -> dict[tuple[str, str], Person]:
        """記号・番号 → the insured; the ledger of members goes before the filings."""
        found: dict[tuple[str, str], Person] = {}
        for person in self.people.values():
            home = matching.family(person)
            if home and not person.is_dependant and person.sheet != "dependants":
                found.setdefault(home, person)
        return found

    @cached_property
    def ledger(self) -> list[LedgerEntry]:
        """The rows of 返納管理 as the file has them."""
        return ledger(self.book)

    @cached_property
    def _ledger_by_person(self) -> dict[tuple[str, str, str], list[LedgerEntry]]:
        found: dict[tuple[str, str, str], list[LedgerEntry]] = defaultdict(list)
        for entry in self.ledger:
            found[identity(entry)].append(entry)
        return found

    def ledger_of(self, person: Person) -> list[LedgerEntry]:
        """A person's rows of 返納管理."""
        return self._ledger_by_person.get(identity(person), [])

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
                key = identity(person)
                found[key] = min(person.lost, found.get(key, person.lost))
        return found

    def loss_of(self, person: Person) -> dt.date | None:
        """The day on which a person loses eligibility, past or to come, by any sheet; a dependant
        with the insured at the latest. None when no sheet has one."""
        days = [person.lost, self._losses.get(identity(person))]
        insured = self.insured_of(person) if person.is_dependant else None
        if insured:
            days += [insured.lost, self._losses.get(identity(insured))]
        # a loss before the day of acquisition ended an earlier enrolment
        known = [d for d in days if d and not (person.acquired and d <= person.acquired)]
        return min(known, default=None)

    @cached_property
    def _by_name(self) -> dict[tuple[str, str, str], list[Person]]:
        found: dict[tuple[str, str, str], list[Person]] = defaultdict(list)
        for person in self.people.values():
            found[identity(person)].append(person)
        return found

    @cached_property
    def _dead(self) -> set[tuple[str, str, str]]:
        """Who has died: by the cause on 資格喪失届, or the reason on 被扶養者異動届."""
        dead = set()
        for row in self.book.rows("loss", "dependants"):
            if row.sheet == "loss":
                died = row.choice("cause") == "death"
            else:
                died = row.choice("event") == "removed" and "死亡" in row.text("event_reason")
            if died:
                dead.add(identity(self.people[row.sheet, row.number]))
        return dead

    @cached_property
    def _holders(self) -> dict[str, "Holder"]:
        return {i.entry.control_no: i.holder for i in self.plan.entries} if self.plan else {}

    def died(self, entry: LedgerEntry) -> bool:
        """Whether the holder of a document has died."""
        found = self._holders.get(entry.control_no)
        return found.died if found else identity(entry) in self._dead

    def loss_filing(self, entry: LedgerEntry) -> Row | None:
        """The filing by which the holder of a document has lost eligibility."""
        found = self._holders.get(entry.control_no)
        return self.rows.get((found.loss.sheet, found.loss.row)) if found and found.loss else None

    def holder(self, entry: LedgerEntry) -> Person:
        """The person of a row of 返納管理, as the sheets have him; else what the row itself says."""
        found = self._holders.get(entry.control_no)
        if found and found.person:
            return found.person
        known = self._by_name.get(identity(entry))
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
        home = matching.family(person)
        return self._insured.get(home) if home else None

    def insured_name(self, person: Person) -> str:
        """被保険者氏名 of a dependant; "" for an insured."""
        if not person.is_dependant:
            return ""
        insured = self.insured_of(person)
        return name_of(person.insured_name or (insured.name if insured else ""))

    def employer_of(self, person: Person) -> str:
        """The employer's name: the row's own, the insured's, or the setting."""
        insured = self.insured_of(person) if person.is_dependant else None
        named = person.employer or (insured.employer if insured else "")
        return clean(named or self.settings.employer_name) or "事業所"

    def group_of(self, person: Person) -> str:
        """The bundle that a member's letter goes into."""
        return DIRECT_GROUP if person.direct else self.employer_of(person)


def day(value: dt.date | None, weekday: bool = False) -> str:
    """令和8年4月1日; "" for None."""
    return era_date.format(value, weekday) if value else ""


def short_day(value: dt.date) -> str:
    """「4月1日」, for narrow columns."""
    return f"{value.month}月{value.day}日"


def long(name: str, text: str, em: float) -> dict[str, Any]:
    """A field and its flag for smaller type."""
    return {name: text, f"{name}_long": width(text) > em}


def require(case: Case, key: str, hint: str) -> None:
    """UsageError when 設定 is blank where a letter has to say something. hint: why, what to do."""
    if not clean(getattr(case.settings, key)):
        label = schema().settings[key].label
        name = schema().sheets["settings"].name
        raise UsageError(f"シート「{name}」の「{label}」が空です。", hint)


def sender(case: Case) -> dict[str, Any]:
    """The insurer. UsageError when 設定 doesn't say who it is: no letter goes out unsigned."""
    settings = case.settings
    require(
        case,
        "insurer_name",
        "文書の差出人になります。健康保険組合の正式名称を入力してください。",
    )
    postal, address = postal_and_address(clean(settings.insurer_address))
    return {
        **long("insurer_name", clean(settings.insurer_name), _SENDER_EM),
        "insurer_postal": postal,
        "insurer_address": address,
        "insurer_phone": clean(settings.insurer_phone),
        "insurer_number": clean(settings.insurer_number),
    }


def heading(case: Case, prefix: str, reference: str) -> dict[str, Any]:
    """Sender, number and date. prefix: of the kind; reference: what the letter is about."""
    today = case.as_of
    return {
        **sender(case),
        "document_no": f"{prefix}{today:%Y%m%d}-{reference}".rstrip("-"),
        "date": day(today, weekday=True),
    }


def _addressee(
    postal: str, address: str, organisation: str, department: str, name: str
) -> dict[str, Any]:
    first, second = two_lines(clean(address), _ADDRESS_EM)
    if width(second) > _ADDRESS_EM:
        first, second = two_lines(clean(address), _ADDRESS_WIDE_EM)
    # Six lines would reach below the envelope's window: all but the name are set small.
    crowded = all((postal, first, second, organisation, department))
    return {
        "to_postal": postal,
        **long("to_address1", first, 0 if crowded else _ADDRESS_WIDE_EM),
        **long("to_address2", second, 0 if crowded else _ADDRESS_WIDE_EM),
        **long("to_organisation", clean(organisation), 0 if crowded else _ORGANISATION_EM),
        **long("to_department", clean(department), 0 if crowded else _ADDRESS_WIDE_EM),
        **long("to_name", name, _NAME_EM),
    }


def to_employer(case: Case, name: str) -> dict[str, Any]:
    """The employer's address block; the person in charge by name where 設定 has one."""
    settings = case.settings
    ours = name == clean(settings.employer_name)
    postal, address = postal_and_address(clean(settings.employer_address)) if ours else ("", "")
    contact = clean(settings.employer_contact) if ours else ""
    department, person = split_contact(contact)
    return _addressee(postal, address, name, department, honoured(person or "健康保険事務ご担当者"))


def to_member(case: Case, person: Person, *, family: bool = False) -> dict[str, Any]:
    """A member's address block: by the employer to the desk, 任意継続 home by post.

    A dependant's letter addresses the insured. family: of an insured who has died, at home.
    """
    insured = case.insured_of(person) if person.is_dependant else person
    name = name_of(insured.name if insured else case.insured_name(person) or person.name)
    home = insured if insured and insured.address else person
    suffix = " 様 ご遺族様" if family else " 様"
    if person.direct or family:
        code = home.postal_code
        typed, address = postal_and_address(clean(home.address))
        postal = f"〒{postal_code.format(code)}" if postal_code.is_valid(code) else typed
        return _addressee(postal, address, "", "", name + suffix)
    department = (insured.department if insured else "") or person.department
    return _addressee("", "", case.employer_of(person), department, name + suffix)


def record_text(person: Person | LedgerEntry) -> str:
    """「記号 1234　番号 567　枝番 01」."""
    branch = person.record.rsplit("-", 1)[1]
    parts = [("記号", person.symbol), ("番号", person.number), ("枝番", branch)]
    return "　".join(f"{label} {value}" for label, value in parts if value)


def record_label(person: Person | LedgerEntry) -> str:
    """記号-番号-枝番 for a list; a new employee may have no 番号 yet."""
    return person.record.strip("-") if person.number else "（番号未定）"


def branch_of(person: Person | LedgerEntry) -> str:
    """枝番 as printed; an insured's blank one is 00."""
    return person.record.rsplit("-", 1)[1]


def reference(person: Person | LedgerEntry) -> str:
    """番号-枝番, for document numbers."""
    return "-".join(part for part in (person.number, branch_of(person)) if part)


def ref(person: Person) -> PersonRef:
    """Whom a letter is about."""
    return PersonRef(person.sheet, person.row, person.record, clean(person.name))


def stem(person: Person) -> str:
    """「記号-番号-枝番_氏名」."""
    return f"{person.record}_{person.name}"


def member_letter(
    case: Case, kind: str, title: str, person: Person, context: dict[str, Any]
) -> Letter:
    """A letter about one person."""
    return Letter(
        kind=kind,
        stem=stem(person),
        group=case.group_of(person),
        title=f"{title} {name_of(person.name)} 様",
        people=(ref(person),),
        addressee=context.get("to_name") or f"{name_of(person.name)} 様",
        context=context,
        lacking=lacking(case, kind, person),
    )


def by_employer(case: Case, persons: Iterable[Person]) -> dict[str, list[Person]]:
    """Persons by employer, in order of their employer's first row."""
    groups: dict[str, list[Person]] = {}
    for person in persons:
        groups.setdefault(case.employer_of(person), []).append(person)
    return groups
