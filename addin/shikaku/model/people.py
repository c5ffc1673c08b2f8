"""People and documents as the rules see them, taken from the workbook's rows.

No individual number gets past this module: a person only says whether one is there, and one that
was typed into another column is blotted out (``fields.stray_number``).
"""

import datetime as dt
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from itertools import repeat
from typing import Any

from shikaku.fields import individual_number, stray_number
from shikaku.fields.individual_number import Examined
from shikaku.fields.text import DITTO
from shikaku.law import voluntary
from shikaku.model import employers
from shikaku.model.schema import schema
from shikaku.model.tables import (
    NUMBER,
    TEXT,
    Book,
    Cell,
    Columns,
    Row,
    Table,
    choices,
    picked,
    turned,
    with_gaps,
)

_KEY = secrets.token_bytes(32)
"""Of this process, kept nowhere: numbers are compared by their keyed hash."""

SHEETS = ("members", "acquisition", "dependants", "loss")
"""The sheets of people, in their order."""

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


@dataclass(slots=True, unsafe_hash=True)
class Person:
    """One person as one row of ``members``, ``acquisition``, ``dependants`` or ``loss`` tells. Never changed
    once made (``frozen`` would take twice as long to make one, and there are hundreds of thousands).

    Drop-downs are the schema's English keys, None when blank or not in the list. ``acquired`` is
    資格取得年月日, on ``dependants`` the day of the event for 該当; ``lost`` likewise for 非該当.
    ``number_state``: ok (the form is right, or it was erased after its time) | later | reasoned |
    wrong | blank. ``number_mark``: the same for the same 個人番号 within one process, and nothing that
    the number could be had from; None without twelve digits.
    """

    sheet: str
    row: int
    symbol: str = ""
    number: str = ""
    branch: str = ""
    kind: str | None = None
    name: str = ""
    kana: str = ""
    birth: dt.date | None = None
    sex: str | None = None
    relationship: str = ""
    postal_code: str = ""
    address: str = ""
    department: str = ""
    insured_name: str = ""
    event: str | None = None
    acquired: dt.date | None = None
    lost: dt.date | None = None
    filed: dt.date | None = None
    myna_status: str | None = None
    e_certificate_expiry: dt.date | None = None
    status_checked: dt.date | None = None
    want: str | None = None
    want_reason: str | None = None
    old_card: bool = False
    burden_share: str | None = None
    number_state: str = "blank"
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
    """``Person.number_state`` of a cell that isn't ok."""
    if result.problem == "blank":
        if row.text("number_erased"):  # it had one, and its time was over
            return "ok"
        has_reason = "no_number_reason" in schema().sheets[row.sheet].columns
        reason = row.choice("no_number_reason") if has_reason else None
        return {None: "blank", "later": "later"}.get(reason, "reasoned")
    return "later" if result.problem == "pending" else "wrong"


def record_part(row: Row, key: str) -> str:
    """記号, 番号, 枝番 or 管理番号; "" for what is as good as blank (``_meant``)."""
    return _meant(row.sheet, key, row.cell(key))


def _meant(sheet: str, key: str, cell: Cell) -> str:
    """The text of a cell; "" for what is as good as blank: 〃 (RQ04), of 記号・番号・枝番・管理番号 an
    individual number that somebody has put there, and on 資格取得届, whose 番号 is still to be given, a
    word like 未定."""
    if cell.text in DITTO:
        return ""
    if key not in _PARTS:
        return cell.safe
    if key == "number" and sheet == "acquisition" and not any(map(str.isdigit, cell.text)):
        return ""
    return cell.text if cell.safe == cell.text else ""


def all_meant(sheet: str, key: str, column: Sequence[Cell]) -> list[str]:
    """``record_part`` of a column, by row: nearly always what its cells safely show."""
    texts = [cell.safe for cell in column]
    usual = frozenset(DITTO).isdisjoint(texts)
    if key in _PARTS:
        usual = usual and sheet != "acquisition" and texts == [cell.text for cell in column]
    return texts if usual else [_meant(sheet, key, cell) for cell in column]


_RECORD = ("symbol", "number", "branch")
_PARTS = (*_RECORD, "control_no")
_TEXTS = (
    *_RECORD,
    *("name", "kana", "relationship", "postal_code", "address"),
    *("department", "insured_name", "employer"),
)
_DAYS = ("birth", "acquired", "lost", "filed", "e_certificate_expiry", "status_checked")
_WORDS = ("kind", "sex", "event", "myna_status", "want", "want_reason")


@dataclass(frozen=True, slots=True)
class _Readable:
    """What rows of one sheet can say, by its columns: fields of Person that are texts, days, and words
    of a drop-down with its values → their English keys."""

    texts: tuple[str, ...]
    days: tuple[str, ...]
    words: tuple[tuple[str, dict[str, str]], ...]
    old_cards: dict[str, str]
    burden_shares: dict[str, str]


@cache
def _readable(sheet: str) -> _Readable:
    spec = schema().sheets[sheet]
    there = {*spec.columns, *spec.extra}
    return _Readable(
        tuple(key for key in _TEXTS if key in there),
        tuple(key for key in _DAYS if key in there),
        tuple((key, choices(sheet, key)) for key in _WORDS if key in spec.columns),
        choices(sheet, "old_card") if "old_card" in spec.columns else {},
        choices(sheet, "burden_share") if "burden_share" in spec.extra else {},
    )


_DEFAULTS = {field.name: field.default for field in fields(Person)}
"""Fields of Person, in their order, → what they are where a sheet says nothing."""


def persons(
    sheet: str, rows: Sequence[Row], columns: Columns, numbers: Sequence[Examined]
) -> list[Person]:
    """The people of rows of one of the four sheets of people, field by field: one by one it would take
    four times as long. columns: the rows' cells; numbers: what stands in 個人番号, likewise by row."""
    by_field: dict[str, Iterable[Any]] = {key: repeat(value) for key, value in _DEFAULTS.items()}
    by_field |= _by_field(sheet, _readable(sheet), columns) | _cards(_readable(sheet), columns)
    by_field |= _of_numbers(rows, numbers)
    by_field |= {"sheet": repeat(sheet), "row": [row.number for row in rows]}
    if sheet == "dependants":
        by_field |= _of_event([*by_field["event"]], [cell.day for cell in columns["event_date"]])
    elif sheet != "members":
        by_field["kind"] = [
            kind or "insured" for kind, _ in zip(by_field["kind"], rows, strict=False)
        ]
        by_field["joining"] = repeat(sheet == "acquisition")
    return list(map(Person, *(by_field[key] for key in _DEFAULTS)))


def _by_field(sheet: str, readable: _Readable, columns: Columns) -> dict[str, Iterable[Any]]:
    """Fields of Person → what the rows say, as far as the sheet has such columns."""
    by_field: dict[str, Iterable[Any]] = {}
    for key in readable.texts:
        by_field[key] = all_meant(sheet, key, columns[key])
    for key in readable.days:
        by_field[key] = [cell.day for cell in columns[key]]
    for key, words in readable.words:
        by_field[key] = [words.get(cell.text) for cell in columns[key]]
    return by_field


def _cards(readable: _Readable, columns: Columns) -> dict[str, Iterable[Any]]:
    """Likewise of 旧被保険者証 and 負担割合."""
    by_field: dict[str, Iterable[Any]] = {}
    if readable.old_cards:
        cards = [readable.old_cards.get(cell.text) for cell in columns["old_card"]]
        by_field["old_card"] = [card == "yes" for card in cards]
        by_field["no_old_card"] = [card == "no" for card in cards]
    if readable.burden_shares:
        shares = columns["burden_share"]
        by_field["burden_share"] = [readable.burden_shares.get(cell.text) for cell in shares]
    return by_field


def _of_numbers(rows: Sequence[Row], numbers: Sequence[Examined]) -> dict[str, Iterable[Any]]:
    """Likewise of 個人番号."""
    states = [
        "ok" if number.ok else _number_state(row, number)
        for row, number in zip(rows, numbers, strict=True)
    ]
    marks = [individual_number.fingerprint_of(number, _KEY) for number in numbers]
    return {"number_state": states, "number_mark": marks}


def _of_event(
    events: Sequence[str | None], days: Sequence[dt.date | None]
) -> dict[str, Iterable[Any]]:
    """Likewise of 異動の別, on whose day a dependant joins or leaves."""
    return {
        "kind": repeat("dependant"),
        "acquired": [d if e == "added" else None for e, d in zip(events, days, strict=True)],
        "lost": [d if e == "removed" else None for e, d in zip(events, days, strict=True)],
        "joining": [event == "added" for event in events],
    }


def person(row: Row) -> Person:
    """The person of a row of one of the four sheets of people."""
    columns = turned(row.sheet, [row])
    numbers = [individual_number.examine(cell.value) for cell in columns["individual_number"]]
    return persons(row.sheet, [row], columns, numbers)[0]


_COUNTED = r"\s*[(（]?\d+\s*[名人件枚行]?(?:分)?[)）]?"
_TOTALS = rf"(?:(?:合|小|総|累)\s*)?計(?:人数|件数)?(?:[\s:：(（]*\d.*)?|(?:総|全)?(?:人数|件数|員)(?:{_COUNTED})?"
_NOTE = (
    r"(?s)[※＊*#＃].*|[(（]?注(?:意|記)?\d*[)）:：].*|以下(?:余白|空白)"
    rf"|以上(?:{_COUNTED}|[、,，\s].*)?|{_TOTALS}|全?\d+\s*[名人件](?:分)?"
    r"|.+。"  # a sentence with its full stop is nobody's name
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


def asides(sheet: str, rows: Sequence[Row], columns: Columns) -> dict[int, tuple[str, str]]:
    """Places of rows of a sheet of people that are nobody's → ``aside``. columns: the rows' cells."""
    label = _name_label(sheet)
    near: Sequence[int] = range(len(rows))
    full = sum(not with_gaps(column) for column in columns.values())
    if label and full > _most_of_remark(sheet):  # nearly every sheet: no row has so few cells
        names = [cell.text for cell in columns["name"]]
        near = [at for at in near if rows[at].struck or label[0] in names[at]]
    return {at: kind for at in near if (kind := aside(rows[at])) is not None}


def _remark(row: Row) -> tuple[str, str] | None:
    """A row with a remark or a total and nothing that a person would have."""
    formulas = _formulas(row.sheet)
    if len(row.cells) > _most_of_remark(row.sheet):  # nearly every row
        return None
    filled = {key: c for key, c in row.cells.items() if key not in formulas and c.text}
    if any(stray_number.inside(c.text) for c in filled.values()):
        return None
    if len(filled) == 1:
        ((key, cell),) = filled.items()
        return ("note", key) if _is(_NOTE, cell) else None
    total = next((key for key, cell in filled.items() if _is(_SUM, cell)), None)
    rest = [cell for key, cell in filled.items() if key != total]
    return ("total", total) if total is not None and all(map(_is_amount, rest)) else None


def _is(pattern: str, cell: Cell) -> bool:
    return cell.kind == TEXT and _compiled(pattern).fullmatch(cell.text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """When it is asked first: in most workbooks it never is."""
    return re.compile(pattern)


_TOTAL_CELLS = 5
"""So many cells a row of totals may have filled at most."""


def _most_of_remark(sheet: str) -> int:
    """The cells that a row with a remark or a total has at most."""
    return len(_formulas(sheet)) + _TOTAL_CELLS


_SUM = rf"以上|{_TOTALS}"
_AMOUNT = re.compile(r"[\s\d,.]+[名人件枚行]?")


def _is_amount(cell: Cell) -> bool:
    return cell.kind == NUMBER or bool(_AMOUNT.fullmatch(cell.text))


@cache
def _name_label(sheet: str) -> str:
    """The heading of 氏名; "" on a sheet without it."""
    columns = schema().sheets[sheet].columns
    return columns["name"].label if "name" in columns else ""


def _is_heading(row: Row) -> bool:
    """Two cells or more, 氏名 among them, that say what their column's heading says."""
    label = _name_label(row.sheet)
    if not label or label[0] not in row.text("name") or not _says(row, "name", label):
        return False
    columns = schema().sheets[row.sheet].columns
    return sum(_says(row, key, columns[key].label) for key in row.cells if key in columns) > 1


def _says(row: Row, key: str, label: str) -> bool:
    text = row.text(key)
    return label[0] in text and "".join(text.split()).rstrip("*＊※") == label


def people(book: Book, *sheets: str) -> Iterator[Person]:
    """The people of the sheets named (default: all four), in sheet and row order. What no file has
    brought (加入者台帳 from a core system) has its employer from the sheet 事業所, by the 記号."""
    master = employers.read(book)
    for sheet in sheets or SHEETS:
        table = book.tables.get(sheet)
        found = [] if table is None else of_table(table)
        yield from (_employed(one, master) for one in found) if master else found


def of_table(table: Table) -> list[Person]:
    """The people of all rows of one sheet that are somebody's, made once; their employers as the rows say."""
    return table.once("people", _of_table)


def examined(table: Table) -> list[Examined]:
    """What stands in 個人番号, by row of one of the four sheets of people: looked at once and kept, for who needs
    more of it than a ``Person`` says."""
    return table.once(_NUMBERS, _examined)


_NUMBERS = "numbers"


def _examined(table: Table) -> list[Examined]:
    cells = table.turned()["individual_number"]
    return individual_number.examine_all([cell.value for cell in cells])


def _of_table(table: Table) -> list[Person]:
    sheet, rows, columns = table.spec.key, table.rows, table.turned()
    numbers = examined(table) if _NUMBERS in table.made else _examined(table)
    nobodys = asides(sheet, rows, columns)
    if nobodys:
        places = [at for at in range(len(rows)) if at not in nobodys]
        rows, columns = [rows[at] for at in places], picked(columns, places)
        numbers = [numbers[at] for at in places]
    return persons(sheet, rows, columns, numbers)


def _employed(one: Person, master: employers.Employers) -> Person:
    name = master.for_letters(one.employer, one.symbol)
    return one if name == one.employer else replace(one, employer=name)
