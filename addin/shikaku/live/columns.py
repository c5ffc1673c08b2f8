"""The live columns in Python: what the workbook's own formulas show, cell for cell.

``template/live_formulas.py`` writes the same rules as plain Excel formulas; a test recalculates
thousands of rows and finds no difference. Where the two could not agree the formula's rule is the
rule: of a day in text both read what people mostly write (``day``), and anything else gives
「日付を確認」 on both sides, while ``check`` reads some more (漢数字, a weekday, a time) and says what is
wrong.
"""

import datetime as dt
import tomllib
from functools import cache
from pathlib import Path

from shikaku.decisions import returns
from shikaku.fields import individual_number
from shikaku.law import filing_limit, parameters
from shikaku.law.closed_days import ClosedDays
from shikaku.live import row_faults, typed_days
from shikaku.live.row_faults import ERROR_CELL, choice
from shikaku.live.typed_days import DIGITS, SPACES, Unreadable, blank, day, serial_day, without
from shikaku.model.ledger import given_up
from shikaku.model.schema import EVENT, schema
from shikaku.model.settings import Settings
from shikaku.model.tables import EMPTY, ERROR, Cell, Row

CHECK_DATE = "日付を確認"
CHECK_CLOSED = "休日を確認"
CHECK_AS_OF = "基準日を確認"

HYPHENS = "-－ー‐−–―"
"""What people put between digits and the formulas see through (``fields`` sees a few more)."""

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

SETTLED_NUMBER = ("ok", "respelled", "reasoned", "erased", "not_given")
"""The words of NUMBER_WORDS after which nothing about the number is left to do."""

WAITING_NUMBER = ("later", "pending")
"""Those of a number that is to come (MN02)."""

PRESSING = (
    CHECK_CLOSED,
    CHECK_AS_OF,
    *(schema().lists["limit_state"][key] for key in ("overdue", "soon")),
)
"""What 期限判定 may say that goes before a row's good points."""

LEDGER_KEYS = ("control_no", "document", "symbol", "number", "name")
"""A row of 返納管理 with none of these has no 状況."""

SOON = parameters.count("filing.soon_days")

VOLUNTARY_DAYS = parameters.count("voluntary.application_days")


def words_of(keys: tuple[str, ...]) -> tuple[str, ...]:
    """These values of NUMBER_WORDS."""
    return tuple(NUMBER_WORDS[key] for key in keys)


@cache
def _number_lists() -> dict[str, list[str]]:
    return tomllib.loads(Path(individual_number.__file__).with_suffix(".toml").read_text("utf-8"))


@cache
def pending_words() -> tuple[str, ...]:
    """Words that stand for a number which is still to come, as コード表 lists them."""
    words = dict.fromkeys(without(word, SPACES + HYPHENS) for word in _number_lists()["pending"])
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


def is_number(cell: Cell) -> bool:
    """What ISNUMBER says of the cell."""
    return isinstance(cell.value, (int, float, dt.date)) and not isinstance(cell.value, bool)


def values(
    row: Row, settings: Settings, closed: ClosedDays, as_of: dt.date
) -> dict[str, dt.date | str | int]:
    """The live columns of a row of the three filings, by column key.

    ``limit``: date, 「日付を確認」 or ""; ``limit_state``: a value of the list ``limit_state``,
    「日付を確認」 or ""; ``days_left``: int or ""; ``number_check``: a value of NUMBER_WORDS;
    ``input_check``: a value of ``row_faults.FINE`` or the faults, joined by 、; ``status``: the worst
    of these; ``days``: ``typed_days.packed``. All but ``days`` are "" in a blank row.
    No value carries a digit of an individual number.
    """
    limit = _limit(row, settings, closed)
    state, left = _state(row, limit, as_of)
    checked = input_check(row, as_of)
    live: dict[str, dt.date | str | int] = {
        "days": typed_days.packed(row),
        "limit": limit,
        "limit_state": state,
        "days_left": left,
        "number_check": number_check(row) if checked else "",
        "input_check": checked,
    }
    return {"status": _status(live), **live}


def _limit(row: Row, settings: Settings, closed: ClosedDays) -> dt.date | str:
    event = day(row.cell(EVENT[row.sheet]))
    if event is None:
        return ""
    if isinstance(event, Unreadable):
        return CHECK_DATE
    kind = choice(row, "kind") if row.sheet == "acquisition" else None
    return filing_limit.limit(row.sheet, kind, event, settings, closed)


def _state(row: Row, limit: dt.date | str, as_of: dt.date) -> tuple[str, int | str]:
    if isinstance(limit, str):
        return limit, ""
    filed = day(row.cell("filed"))
    if isinstance(filed, Unreadable):
        return CHECK_DATE, ""
    state, left = filing_limit.state(limit, filed, as_of)
    return schema().lists["limit_state"][state], "" if left is None else left


def input_check(row: Row, as_of: dt.date | None = None) -> str:
    """A value of ``row_faults.FINE``, or the faults of this row; "" for a blank row. as_of: None when
    基準日 can't be read."""
    if not filled(row):
        return ""
    if faults := row_faults.row_faults(row, as_of):
        return faults
    if _number_state(row) not in SETTLED_NUMBER or as_of is None:
        return row_faults.NO_GAPS
    return row_faults.YOUNG if row_faults.too_young(row) else row_faults.OK


def filled(row: Row) -> bool:
    """Whether anything stands in the cells that people fill in."""
    spec = schema().sheets[row.sheet]
    return any(row.cell(key).value is not None for key in row_faults.inputs(spec))


def _status(live: dict[str, dt.date | str | int]) -> str:
    """行の状態: the first fault, or what is worst of the other live columns."""
    checked, number, state = (str(live[k]) for k in ("input_check", "number_check", "limit_state"))
    if not checked:
        return ""
    if checked not in row_faults.FINE:
        return checked.partition("、")[0]
    if number not in words_of(GOOD_NUMBER):
        return number
    if state in PRESSING:
        return state
    return number if number in words_of(WAITING_NUMBER) else checked


def number_check(row: Row) -> str:
    """What 個人番号チェック says of a row that isn't blank: a value of NUMBER_WORDS."""
    return NUMBER_WORDS[_number_state(row)]


def _number_state(row: Row) -> str:
    cell = row.cell("individual_number")
    if cell.kind == ERROR:
        return "error"
    if is_number(cell) or isinstance(cell.value, bool):
        return "numeric"
    if blank(cell):
        return _without_number(row)
    typed = str(cell.value)
    digits = without(typed, SPACES + HYPHENS)
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


def _needs_a_day(
    lost: dt.date | Unreadable | None, due: dt.date | Unreadable | None, as_of: dt.date
) -> bool:
    """Whether the state of a document that is out hangs on a day that can't be read: on the limit only
    from the loss on."""
    if isinstance(lost, Unreadable):
        return True
    return isinstance(due, Unreadable) and not (lost is not None and lost > as_of)


def ledger_state(row: Row, as_of: dt.date) -> str:
    """状況 of a row of 返納管理: a value of the list ``return_state`` or 「日付を確認」."""
    lost, due = serial_day(row.cell("lost")), serial_day(row.cell("due"))
    returned = day(row.cell("returned"))
    if all(row.cell(key).value is None for key in LEDGER_KEYS):
        return ""
    if row.cell("required").kind == ERROR and returned is None:
        return ERROR_CELL
    required = choice(row, "required")
    text = str(row.cell("remarks").value or "")
    if isinstance(returned, Unreadable):
        return CHECK_DATE
    out = returned is None and required != "no" and not given_up(text)
    if out and _needs_a_day(lost, due, as_of):
        return CHECK_DATE
    state = returns.state(
        required=required,
        lost=None if isinstance(lost, Unreadable) else lost,
        due=None if isinstance(due, Unreadable) else due,
        returned=returned,
        remarks=text,
        as_of=as_of,
    )
    return schema().lists["return_state"][state]
