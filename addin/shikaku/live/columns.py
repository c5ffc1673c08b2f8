"""The live columns in Python: what the workbook's own formulas show, cell for cell.

``template/live_formulas.py`` writes the same rules as plain Excel formulas; a test recalculates
thousands of rows and finds no difference. Where the two could not agree the formula's rule is the
rule: of a day in text both read what people mostly write (``day``), and anything else gives
「日付を確認」 on both sides, while ``check`` reads some more (漢数字, a weekday, a time) and says what is
wrong.
"""

import datetime as dt
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shikaku.decisions import returns
from shikaku.fields import era_date, individual_number
from shikaku.fields.era_date import ERAS, FIRST, LAST
from shikaku.law import age, filing_limit, parameters
from shikaku.law.closed_days import ClosedDays
from shikaku.model.ledger import given_up
from shikaku.model.schema import EVENT, Sheet, schema
from shikaku.model.settings import Settings
from shikaku.model.tables import EMPTY, ERROR, TEXT, Cell, Row

OK = "OK"
CHECK_DATE = "日付を確認"
CHECK_CLOSED = "休日を確認"
ERROR_CELL = "エラー値を直してください"

SPACES = " 　\u00a0"
HYPHENS = "-－ー‐−–―"
"""What people put between digits and the formulas see through (``fields`` sees a few more)."""

SEPARATORS = "-－ー‐−/／.．"
"""What may stand between year, month and day, besides 年 and 月."""

LEAST_DIGITS = 10_000_000
"""From here on a number in a cell for a day is yyyymmdd, not a serial number."""

DIGITS = "0123456789０１２３４５６７８９"
SCAN = 24
"""How many characters of 個人番号 are looked at; whatever is longer has the wrong length anyway."""

NUMBER_WORDS = {
    "ok": "形式OK",
    "respelled": "形式OK(全角・記号あり)",
    "later": "後日提出",
    "reasoned": "番号なし(理由あり)",
    "erased": "消去済",
    "not_given": "記入なし",
    "blank": "未入力(理由なし)",
    "pending": "番号待ち(言葉が入力)",
    "numeric": "数値のセルです",
    "exponent": "指数表示で失われています",
    "not_digits": "数字でない文字があります",
    "length": "12桁でありません",
    "corporate": "法人番号です",
    "checksum": "検査数字が合いません",
    "dummy": "見本の番号です",
    "error": "エラー値です",
}
"""What 個人番号チェック may say. A fitting check digit proves the form only, so it never says 「正しい」."""

GOOD_NUMBER = ("ok", "respelled", "later", "reasoned", "erased", "not_given", "pending")
"""The words of NUMBER_WORDS that are no fault; the others are MN01, MN03 … MN07, MN09 and MN10."""

LEDGER_KEYS = ("control_no", "document", "symbol", "number", "name")
"""A row of 返納管理 with none of these has no 状況."""

SOON = parameters.count("filing.soon_days")

VOLUNTARY_DAYS = parameters.count("voluntary.application_days")

_SERIAL_ZERO = dt.date(1899, 12, 30)


def serial(day: dt.date) -> int:
    """Excel's serial number of a day (1900 system, right from 1900-03-01 on)."""
    return (day - _SERIAL_ZERO).days


@dataclass(frozen=True, slots=True)
class Condition:
    """What another cell of the row says. With ``values``: it is one of these choices (with
    ``unless``: it is none of them); without: it is a number above 0."""

    key: str
    values: tuple[str, ...] = ()
    unless: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """A cell that must be filled in: always, or when all conditions hold."""

    key: str
    when: tuple[Condition, ...] = ()


# Nobody abroad has a 住民票 to take an address from (RQ01 is but a warning there).
_IN_JAPAN = (Condition("no_number_reason", ("abroad", "short_stay"), unless=True),)
_APART = (Condition("living", ("apart",)), Condition("event", ("added", "changed")))

_CONDITIONAL: dict[str, tuple[Need, ...]] = {
    "acquisition": (Need("postal_code", _IN_JAPAN), Need("address", _IN_JAPAN)),
    "dependants": (
        Need("postal_code", (*_APART, Condition("no_number_reason", ("abroad",), unless=True))),
        Need("address", _APART),
    ),
    "loss": (
        Need("left", (Condition("cause", ("leaving", "death")),)),
        Need("not_returnable_reason", (Condition("not_returnable_count"),)),
    ),
}
"""Like RQ01, AD03, LS04 and LS08, whose rows 入力チェック is to agree with."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two days of a row that can't both be right: order (the second before the first, DT04),
    next_day (the second isn't the next day, LS01), birthday (it isn't the 75th birthday, LS02).

    Looked at only where both are real dates, as Excel makes of what is typed; ``check`` reads text,
    too. A formula sees no other row: it names the same day of somebody who is enrolled again at
    once, which ``check`` accepts.
    """

    first: str
    second: str
    kind: str = "order"
    when: tuple[Condition, ...] = ()


_CLASHES: dict[str, tuple[Clash, ...]] = {
    "acquisition": (Clash("birth", "acquired"),),
    "dependants": (Clash("birth", "event_date"),),
    "loss": (
        Clash("birth", "left"),
        Clash("birth", "lost"),
        Clash("left", "lost", "next_day", (Condition("cause", ("leaving", "death")),)),
        Clash("birth", "lost", "birthday", (Condition("cause", ("age_75",)),)),
    ),
}


def clashes(sheet: str) -> tuple[Clash, ...]:
    """The pairs of days of a sheet that 入力チェック holds against each other."""
    return _CLASHES.get(sheet, ())


def clash_text(sheet: Sheet, clash: Clash) -> str:
    """What 入力チェック says of a clash."""
    first, second = sheet.label(clash.first), sheet.label(clash.second)
    if clash.kind == "order":
        return f"{first}と{second}の順"
    return f"{second}({first}の翌日)" if clash.kind == "next_day" else f"{second}(75歳の誕生日)"


def future_birth(sheet: Sheet) -> str:
    """What 入力チェック says of somebody who isn't born yet."""
    return f"{sheet.label('birth')}(基準日より後)"


@cache
def needs(sheet: str) -> tuple[Need, ...]:
    """What must be filled in on a sheet, in the order of its columns."""
    columns = schema().sheets[sheet].columns
    found = {key: Need(key) for key, column in columns.items() if column.required}
    found |= {need.key: need for need in _CONDITIONAL.get(sheet, ())}
    return tuple(found[key] for key in columns if key in found)


def input_span(sheet: Sheet) -> tuple[str, str]:
    """The first and the last column that people fill in."""
    keys = [key for key, column in sheet.columns.items() if column.type != "formula"]
    return keys[0], keys[-1]


@cache
def _number_lists() -> dict[str, list[str]]:
    return tomllib.loads(Path(individual_number.__file__).with_suffix(".toml").read_text("utf-8"))


@cache
def pending_words() -> tuple[str, ...]:
    """Words that stand for a number which is still to come, as コード表 lists them."""
    words = dict.fromkeys(_without(word, SPACES + HYPHENS) for word in _number_lists()["pending"])
    return tuple(word for word in words if word)


@cache
def dummies() -> tuple[str, ...]:
    """Every 12-digit number whose check digit fits and that is nobody's, in rising order."""
    runs = {
        "".join(str((first + step * i) % 10) for i in range(12))
        for first in range(10)
        for step in (-1, 0, 1)
    }
    candidates = runs | set(_number_lists()["dummy"])
    return tuple(sorted(c for c in candidates if individual_number.examine(c).problem == "dummy"))


def _without(text: str, characters: str) -> str:
    return text.translate(dict.fromkeys(map(ord, characters)))


def is_number(cell: Cell) -> bool:
    """What ISNUMBER says of the cell."""
    return isinstance(cell.value, (int, float, dt.date)) and not isinstance(cell.value, bool)


def _blank(cell: Cell) -> bool:
    """Nothing but spaces."""
    return cell.value is None or (cell.kind == TEXT and not _without(cell.typed, SPACES))


class _Bad:
    """Its only instance stands for everything in a cell that is no day."""


_BAD = _Bad()

_Day = dt.date | _Bad | None

_MARK = "|".join(mark for era in ERAS for mark in (era.letter, era.name))
_SPELLED = re.compile(
    rf" *(?:(?:{_MARK})(?:元| *\d{{1,2}})|\d{{4}}) *[{SEPARATORS}年] *"
    rf"\d{{1,2}} *[{SEPARATORS}月] *\d{{1,2}} *日? *",
    re.ASCII,
)
_YYYYMMDD = re.compile(r" *\d{8} *", re.ASCII)
_NARROW = {0xFF01 + i: 0x21 + i for i in range(94)} | dict.fromkeys(map(ord, SPACES), " ")


def day(cell: Cell) -> _Day:
    """The day of a cell that people type, None when blank, _BAD for everything that is none."""
    if cell.kind == TEXT and not _blank(cell):
        spelled = cell.typed.translate(_NARROW).upper()
        if not (_SPELLED.fullmatch(spelled) or _YYYYMMDD.fullmatch(spelled)):
            return _BAD
    elif (number := _number(cell)) is None or number < LEAST_DIGITS:
        return _serial_day(cell)
    try:
        return era_date.from_cell(cell.value)
    except ValueError:
        return _BAD


def _serial_day(cell: Cell) -> _Day:
    """The same for a cell that only we write: a real date."""
    if _blank(cell):
        return None
    if isinstance(cell.value, dt.date):
        found = cell.value.date() if isinstance(cell.value, dt.datetime) else cell.value
    else:
        number = _number(cell)
        if number is None or not serial(FIRST) <= number < serial(LAST) + 1:
            return _BAD
        found = _SERIAL_ZERO + dt.timedelta(int(number))
    return found if FIRST <= found <= LAST else _BAD


def _number(cell: Cell) -> float | None:
    """A number that isn't shown as a day; None for anything else."""
    value = cell.value
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def values(
    row: Row, settings: Settings, closed: ClosedDays, as_of: dt.date
) -> dict[str, dt.date | str | int]:
    """The live columns of a row of the three filings, by column key.

    ``limit``: date, 「日付を確認」 or ""; ``limit_state``: a value of the list ``limit_state``,
    「日付を確認」 or ""; ``days_left``: int or ""; ``number_check``: a value of NUMBER_WORDS;
    ``input_check``: ``OK`` or the labels of what is missing, joined by 、. All "" in a blank row.
    No value carries a digit of an individual number.
    """
    limit = _limit(row, settings, closed)
    state, left = _state(row, limit, as_of)
    checked = input_check(row, as_of)
    return {
        "limit": limit,
        "limit_state": state,
        "days_left": left,
        "number_check": number_check(row) if checked else "",
        "input_check": checked,
    }


def _limit(row: Row, settings: Settings, closed: ClosedDays) -> dt.date | str:
    event = day(row.cell(EVENT[row.sheet]))
    if event is None:
        return ""
    if isinstance(event, _Bad):
        return CHECK_DATE
    kind = choice(row, "kind") if row.sheet == "acquisition" else None
    return filing_limit.limit(row.sheet, kind, event, settings, closed)


def _state(row: Row, limit: dt.date | str, as_of: dt.date) -> tuple[str, int | str]:
    if isinstance(limit, str):
        return limit, ""
    filed = day(row.cell("filed"))
    if isinstance(filed, _Bad):
        return CHECK_DATE, ""
    state, left = filing_limit.state(limit, filed, as_of)
    return schema().lists["limit_state"][state], "" if left is None else left


def input_check(row: Row, as_of: dt.date | None = None) -> str:
    """OK, or the labels of the cells that are missing in this row and the days that clash; "" for a
    blank row. as_of: a birth after it is named (DT06)."""
    sheet = schema().sheets[row.sheet]
    if not any(
        row.cell(k).value is not None for k, c in sheet.columns.items() if c.type != "formula"
    ):
        return ""
    gaps = []
    for need in needs(row.sheet):
        cells = [row.cell(need.key), *(row.cell(condition.key) for condition in need.when)]
        if any(cell.kind == ERROR for cell in cells):
            return ERROR_CELL
        if _blank(cells[0]) and all(_holds(row, condition) for condition in need.when):
            gaps.append(sheet.label(need.key))
    gaps += [clash_text(sheet, clash) for clash in clashes(row.sheet) if _clash(row, clash)]
    birth = _serial_day(row.cell("birth"))
    if as_of is not None and isinstance(birth, dt.date) and birth > as_of:
        gaps.append(future_birth(sheet))
    return "、".join(gaps) or OK


def _clash(row: Row, clash: Clash) -> bool:
    first, second = (_serial_day(row.cell(key)) for key in (clash.first, clash.second))
    if not isinstance(first, dt.date) or not isinstance(second, dt.date):
        return False
    if not all(_holds(row, condition) for condition in clash.when):
        return False
    if clash.kind == "order":
        return first > second
    if clash.kind == "next_day":
        return second != first + dt.timedelta(days=1)
    return second != age.leaves(first)


def _holds(row: Row, condition: Condition) -> bool:
    if condition.values:
        return (choice(row, condition.key) in condition.values) != condition.unless
    value = row.cell(condition.key).value
    return isinstance(value, dt.date) or (isinstance(value, (int, float)) and value > 0)


def choice(row: Row, key: str) -> str | None:
    """A drop-down's value exactly as typed (a formula compares without trimming)."""
    column = schema().sheets[row.sheet].columns[key]
    value = row.cell(key).value
    return schema().key_of(column.list, value) if isinstance(value, str) else None


def number_check(row: Row) -> str:
    """What 個人番号チェック says of a row that isn't blank: a value of NUMBER_WORDS."""
    return NUMBER_WORDS[_number_state(row)]


def _number_state(row: Row) -> str:
    cell = row.cell("individual_number")
    if cell.kind == ERROR:
        return "error"
    if is_number(cell) or isinstance(cell.value, bool):
        return "numeric"
    if _blank(cell):
        return _without_number(row)
    typed = str(cell.value)
    digits = _without(typed, SPACES + HYPHENS)
    if not digits or digits.upper() in pending_words():
        return "pending"
    if "E+" in digits.upper() and digits[0] in DIGITS:
        return "exponent"
    if any(character not in DIGITS for character in digits[:SCAN]):
        return "not_digits"
    if len(digits) > SCAN:
        return "length"
    plain = "".join(str(DIGITS.index(character) % 10) for character in digits)
    result = individual_number.examine(plain)
    if result.problem is None:
        return "ok" if plain == typed else "respelled"
    return result.problem


def _without_number(row: Row) -> str:
    if row.cell("number_erased").kind != EMPTY:
        return "erased"
    if "no_number_reason" not in schema().sheets[row.sheet].columns:
        return "not_given"
    reason = choice(row, "no_number_reason")
    return {None: "blank", "later": "later"}.get(reason, "reasoned")


def ledger_state(row: Row, as_of: dt.date) -> str:
    """状況 of a row of 返納管理: a value of the list ``return_state`` or 「日付を確認」."""
    lost, due = _serial_day(row.cell("lost")), _serial_day(row.cell("due"))
    returned = day(row.cell("returned"))
    if all(row.cell(key).value is None for key in LEDGER_KEYS):
        return ""
    if row.cell("required").kind == ERROR and returned is None:
        return ERROR_CELL
    required = choice(row, "required")
    text = str(row.cell("remarks").value or "")
    if isinstance(returned, _Bad):
        return CHECK_DATE
    if returned is None and required != "no" and not given_up(text):
        if isinstance(lost, _Bad):
            return CHECK_DATE
        waits = lost is not None and lost > as_of
        if not waits and isinstance(due, _Bad):
            return CHECK_DATE
    state = returns.state(
        required=required,
        lost=None if isinstance(lost, _Bad) else lost,
        due=None if isinstance(due, _Bad) else due,
        returned=returned,
        remarks=text,
        as_of=as_of,
    )
    return schema().lists["return_state"][state]
