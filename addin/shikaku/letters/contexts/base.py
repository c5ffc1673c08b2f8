"""What all letters share: the case they come from, the sender, the addressee, the names."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shikaku.fields import era_date, postal_code
from shikaku.letters.contexts.fit import postal_and_address, two_lines, width
from shikaku.letters.contexts.lacking import lacking
from shikaku.letters.contexts.naming import clean, honoured, name_of, split_contact
from shikaku.letters.contexts.source import LetterSource
from shikaku.letters.model import Letter, PersonRef
from shikaku.model.employers import fold_symbol, symbols_of
from shikaku.model.ledger import LedgerEntry
from shikaku.model.people import Person
from shikaku.model.schema import schema
from shikaku.system.errors import UsageError

if TYPE_CHECKING:
    pass


# What fits at full size: 62 mm are always seen through the window, 85 mm is the whole column.
_ADDRESS_EM, _ADDRESS_WIDE_EM, _ORGANISATION_EM, _NAME_EM = 18.5, 25.0, 16.0, 13.4
_SENDER_EM = 17.0


def day(value: dt.date | None, weekday: bool = False) -> str:
    """令和8年4月1日; "" for None."""
    return era_date.format(value, weekday) if value else ""


def short_day(value: dt.date) -> str:
    """「4月1日」, for narrow columns."""
    return f"{value.month}月{value.day}日"


def long(name: str, text: str, em: float) -> dict[str, Any]:
    """A field and its flag for smaller type."""
    return {name: text, f"{name}_long": width(text) > em}


def require(case: LetterSource, key: str, hint: str) -> None:
    """UsageError when 設定 is blank where a letter has to say something. hint: why, what to do."""
    if not clean(getattr(case.settings, key)):
        label = schema().settings[key].label
        name = schema().sheets["settings"].name
        raise UsageError(f"シート「{name}」の「{label}」が空です。", hint)


def sender(case: LetterSource) -> dict[str, Any]:
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


def heading(case: LetterSource, prefix: str, reference: str) -> dict[str, Any]:
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


def to_employer(case: LetterSource, name: str) -> dict[str, Any]:
    """The employer's address block; the person in charge by name where 事業所 or 設定 has one."""
    postal, address = employer_address(case, name)
    department, person = split_contact(employer_contact(case, name))
    return _addressee(postal, address, name, department, honoured(person or "健康保険事務ご担当者"))


def employer_contact(case: LetterSource, name: str) -> str:
    """The person in charge at an employer: of the sheet 事業所, else of 設定 where it is its workbook."""
    line = case.employers.called(name)
    ours = name == clean(case.settings.employer_name)
    return clean(line.contact if line else case.settings.employer_contact if ours else "")


def employer_address(case: LetterSource, name: str) -> tuple[str, str]:
    """「〒100-0000」 and the address of an employer: of the sheet 事業所 (送付先 before 所在地), else,
    of the employer whose workbook it is, of 設定; blank for others."""
    line = case.employers.called(name)
    if line is not None and (line.send_to or line.address):
        typed, address = postal_and_address(clean(line.send_to or line.address))
        code = "" if line.send_to else line.postal_code
        return (f"〒{postal_code.format(code)}" if postal_code.is_valid(code) else typed), address
    if name != clean(case.settings.employer_name):
        return "", ""
    return postal_and_address(clean(case.settings.employer_address))


@dataclass(frozen=True, slots=True)
class Home:
    """Where a member is written to. postal: 〒100-0001, "" when none is known; name: the insured's,
    without honorific."""

    postal: str
    address: str
    name: str


def home(case: LetterSource, person: Person) -> Home:
    """The insured's name and home; the person's own where no sheet has the insured's."""
    insured = case.insured_of(person) if person.is_dependant else person
    name = name_of(insured.name if insured else case.insured_name(person) or person.name)
    house = insured if insured and insured.address else person
    code = house.postal_code
    typed, address = postal_and_address(clean(house.address))
    postal = f"〒{postal_code.format(code)}" if postal_code.is_valid(code) else typed
    return Home(postal, address, name)


def to_member(case: LetterSource, person: Person, *, family: bool = False) -> dict[str, Any]:
    """A member's address block: by the employer to the desk, 任意継続 home by post.

    A dependant's letter addresses the insured. family: of an insured who has died, at home.
    """
    insured = case.insured_of(person) if person.is_dependant else person
    at_home = home(case, person)
    name = at_home.name + (" 様 ご遺族様" if family else " 様")
    if person.direct or family:
        return _addressee(at_home.postal, at_home.address, "", "", name)
    department = (insured.department if insured else "") or person.department
    return _addressee("", "", case.employer_of(person), department, name)


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


def reference(case: LetterSource, person: Person | LedgerEntry) -> str:
    """番号-枝番 for document numbers; with the 記号 before it where that isn't the workbook's own: two
    employers may both have a 番号 1."""
    own = fold_symbol(person.symbol) == fold_symbol(case.settings.employer_symbol)
    parts = ("" if own else person.symbol, person.number, branch_of(person))
    return "-".join(part for part in parts if part)


def employer_reference(case: LetterSource, name: str, symbol: str) -> str:
    """The 記号 of an employer for document numbers. symbol: of anybody whom the letter is about; in an
    insurer's book each employer has its own. Of several of ours the first."""
    ours = name == clean(case.settings.employer_name)
    own = symbols_of(case.settings.employer_symbol) if ours else ()
    return own[0] if own else symbol


def ref(person: Person) -> PersonRef:
    """Whom a letter is about."""
    return PersonRef(person.sheet, person.row, person.record, clean(person.name))


def stem(person: Person) -> str:
    """「記号-番号-枝番_氏名」."""
    return f"{person.record}_{person.name}"


def member_letter(
    case: LetterSource, kind: str, title: str, person: Person, context: dict[str, Any]
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


def by_employer(case: LetterSource, persons: Iterable[Person]) -> dict[str, list[Person]]:
    """Persons by employer, in order of their employer's first row."""
    groups: dict[str, list[Person]] = {}
    for person in persons:
        groups.setdefault(case.employer_of(person), []).append(person)
    return groups
