"""People and documents as the rules see them, taken from the workbook's rows.

No individual number gets past this module: a person only says whether one is there, and one that
was typed into another column is blotted out (``fields.stray_number``).
"""

import datetime as dt
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from shikaku.fields import individual_number, stray_number
from shikaku.fields.individual_number import Examined
from shikaku.law import voluntary
from shikaku.model.schema import schema
from shikaku.model.tables import NUMBER, TEXT, Book, Cell, Row, choices

_KEY = secrets.token_bytes(32)
"""Of this process, kept nowhere: numbers are compared by their HMAC."""

VOLUNTARY = voluntary.KINDS
DEPENDANTS = ("dependant", "voluntary_dependant")


def record(symbol: str, number: str, branch: str, kind: str | None) -> str:
    """「記号-番号-枝番」; the insured's empty branch is 00, a dependant's stays empty."""
    if not branch and kind not in DEPENDANTS:
        branch = "00"
    return f"{symbol}-{number}-{branch}"


def known_record(record: str) -> str:
    """A record for people to read: empty when neither 記号 nor 番号 is known yet.

    >>> known_record("1234-5-00"), known_record("1234--00"), known_record("--00")
    ('1234-5-00', '1234--00', '')
    """
    return "" if record.startswith("--") else record


@dataclass(frozen=True, slots=True)
class Person:
    """One person as one row of ``members``, ``acquisition``, ``dependants`` or ``loss`` tells.

    Drop-downs are the schema's English keys, None when blank or not in the list. ``acquired`` is
    資格取得年月日, on ``dependants`` the day of the event for 該当; ``lost`` likewise for 非該当.
    ``number_state``: ok (the form is right, or it was erased after its time) | later | reasoned |
    wrong | blank. ``number_mark``: the same for the same 個人番号 within one process, and nothing that
    the number could be had from; None without twelve digits.
    """

    sheet: str
    row: int
    symbol: str
    number: str
    branch: str
    kind: str | None
    name: str
    kana: str
    birth: dt.date | None
    sex: str | None
    relationship: str
    postal_code: str
    address: str
    department: str
    insured_name: str
    event: str | None
    acquired: dt.date | None
    lost: dt.date | None
    filed: dt.date | None
    myna_status: str | None
    e_certificate_expiry: dt.date | None
    status_checked: dt.date | None
    want: str | None
    want_reason: str | None
    old_card: bool
    burden_share: str | None
    number_state: str
    employer: str = ""
    no_old_card: bool = False  # 「なし」 is written; blank is not known
    number_mark: str | None = field(default=None, repr=False, compare=False)
    joining: bool = False  # what counts of マイナ保険証 is from the filing by which he joins

    @property
    def record(self) -> str:
        """「記号-番号-枝番」."""
        return record(self.symbol, self.number, self.branch, self.kind)

    @property
    def direct(self) -> bool:
        """Letters go straight to the member, not by the employer (R21, C15)."""
        return self.kind in VOLUNTARY

    @property
    def is_dependant(self) -> bool:
        """被扶養者, also a 任意継続's."""
        return self.kind in DEPENDANTS

    def insured_on(self, day: dt.date) -> bool:
        """A member on that day: acquired ≤ day < lost (法35条・36条)."""
        return bool(self.acquired and self.acquired <= day and not (self.lost and self.lost <= day))


def _number_state(row: Row, result: individual_number.Examined) -> str:
    if result.ok:
        return "ok"
    if result.problem == "blank":
        if row.text("number_erased"):  # it had one, and its time was over
            return "ok"
        has_reason = "no_number_reason" in schema().sheets[row.sheet].columns
        reason = row.choice("no_number_reason") if has_reason else None
        return {None: "blank", "later": "later"}.get(reason, "reasoned")
    return "later" if result.problem == "pending" else "wrong"


def record_part(row: Row, key: str) -> str:
    """記号, 番号, 枝番 or 管理番号; "" when somebody has put the individual number there: as good as blank."""
    text = row.text(key)
    return "" if len(text) >= stray_number.FEWEST and stray_number.inside(text) else text


_CHOICES = ("event", "kind", "sex", "myna_status", "want", "want_reason", "old_card")


@cache
def _choices(sheet: str) -> dict[str, dict[str, str]]:
    """The drop-downs of a sheet of people: column key → its values → their English keys."""
    columns = schema().sheets[sheet].columns
    return {key: choices(sheet, key) if key in columns else {} for key in _CHOICES}


def _text(row: Row, key: str) -> str:
    """A cell's text without an individual number."""
    cell = row.cells.get(key)
    return "" if cell is None else stray_number.hide(cell.text)


def person(row: Row, number: Examined | None = None) -> Person:
    """The person of a row of one of the four sheets of people. number: what stands in 個人番号, where
    it has been looked at already."""
    sheet, get = row.sheet, row.cells.get
    listed = _choices(sheet)

    def choice(key: str) -> str | None:
        cell = get(key)
        return None if cell is None else listed[key].get(cell.text)

    event, kind, old_card = choice("event"), choice("kind"), choice("old_card")
    acquired, lost = row.date("acquired"), row.date("lost")
    if sheet == "dependants":
        kind, event_date = "dependant", row.date("event_date")
        acquired = event_date if event == "added" else None
        lost = event_date if event == "removed" else None
    elif sheet != "members" and kind is None:
        kind = "insured"
    if number is None:
        number = individual_number.examine(row.cell("individual_number").value)
    extra = schema().sheets[sheet].extra
    return Person(
        sheet=sheet,
        row=row.number,
        symbol=record_part(row, "symbol"),
        number=record_part(row, "number"),
        branch=record_part(row, "branch"),
        kind=kind,
        name=_text(row, "name"),
        kana=_text(row, "kana"),
        birth=row.date("birth"),
        sex=choice("sex"),
        relationship=_text(row, "relationship"),
        postal_code=_text(row, "postal_code"),
        address=_text(row, "address"),
        department=_text(row, "department"),
        insured_name=_text(row, "insured_name"),
        event=event,
        acquired=acquired,
        lost=lost,
        filed=row.date("filed"),
        myna_status=choice("myna_status"),
        e_certificate_expiry=row.date("e_certificate_expiry"),
        status_checked=row.date("status_checked"),
        want=choice("want"),
        want_reason=choice("want_reason"),
        old_card=old_card == "yes",
        burden_share=row.choice("burden_share") if "burden_share" in extra else None,
        number_state=_number_state(row, number),
        employer=_text(row, "employer"),
        no_old_card=old_card == "no",
        joining=sheet == "acquisition" or event == "added",
        number_mark=individual_number.fingerprint_of(number, _KEY),
    )


_NOTE = re.compile(
    r"[※＊*#＃].*|[(（]?注(?:意|記)?\d*[)）:：].*|以上|以下余白|(?:合|小|総)?計(?:[\s:：]*\d.*)?",
    re.DOTALL,
)


@cache
def _formulas(sheet: str) -> frozenset[str]:
    return frozenset(c.key for c in schema().sheets[sheet].columns.values() if c.type == "formula")


def aside(row: Row) -> tuple[str, str] | None:
    """(kind, column key) of a row that is nobody's, None for one of a person.

    kind: ``note`` (※…, 以上, typed below the people), ``heading`` (pasted along), ``total``, ``struck``
    (struck through: whether the row is meant must be settled first). A row with an individual number in
    a remark is not left to itself.
    """
    if row.struck:
        return "struck", ""
    if _is_heading(row):
        return "heading", "name"
    return _remark(row)


def _remark(row: Row) -> tuple[str, str] | None:
    """A row with a remark or a total and nothing that a person would have."""
    formulas = _formulas(row.sheet)
    if len(row.cells) > len(formulas) + _TOTAL_CELLS:  # nearly every row
        return None
    filled = {key: c for key, c in row.cells.items() if key not in formulas and c.text}
    said = next((key for key, cell in filled.items() if _says_a_remark(cell)), None)
    if said is None or any(stray_number.inside(c.text) for c in filled.values()):
        return None
    if len(filled) == 1:
        return "note", said
    rest = [cell for key, cell in filled.items() if key != said]
    total = _SUM.fullmatch(filled[said].text) and all(map(_is_amount, rest))
    return ("total", said) if total else None


def _says_a_remark(cell: Cell) -> bool:
    return cell.kind == TEXT and _NOTE.fullmatch(cell.text) is not None


_TOTAL_CELLS = 5
"""So many cells a row of totals may have filled at most."""

_SUM = re.compile(r"(?:合|小|総)?計(?:[\s:：]*\d.*)?")
_AMOUNT = re.compile(r"[\s\d,.]+[名人件枚行]?")


def _is_amount(cell: Cell) -> bool:
    return cell.kind == NUMBER or bool(_AMOUNT.fullmatch(cell.text))


def _is_heading(row: Row) -> bool:
    """Two cells or more, 氏名 among them, that say what their column's heading says."""
    columns = schema().sheets[row.sheet].columns
    if "name" not in columns or not _says(row, "name", columns["name"].label):
        return False
    return sum(_says(row, key, columns[key].label) for key in row.cells if key in columns) > 1


def _says(row: Row, key: str, label: str) -> bool:
    text = row.text(key)
    return label[0] in text and "".join(text.split()).rstrip("*＊※") == label


def people(book: Book, *sheets: str) -> Iterator[Person]:
    """The people of the sheets named (default: all four), in sheet and row order."""
    for row in book.rows(*(sheets or ("members", "acquisition", "dependants", "loss"))):
        if aside(row) is None:
            yield person(row)
