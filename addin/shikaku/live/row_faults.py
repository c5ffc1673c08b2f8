"""What 入力チェック says of a row: what is missing, what can't be, what doesn't fit together.

``template/live_formulas.py`` writes the same rules as formulas. Each is a rule of ``check`` as far as
a formula can see it, which knows one row and no other. The faults of a row follow the order here.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cache

from shikaku.fields.text import DITTO
from shikaku.law import age, parameters
from shikaku.live import cell_faults
from shikaku.live.typed_days import BAD, DAYS, Day, blank, day
from shikaku.model.schema import EVENT, Sheet, schema
from shikaku.model.tables import ERROR, TEXT, Cell, Row

OK = "OK"
NO_GAPS = "記入もれなし"
"""Nothing is missing and nothing clashes, but the number is still to come or is wrong, or the day of
judgement can't be read: that is all that is known."""

YOUNG = "OK(15歳未満)"
"""Like OK, of an insured who is under 15 when acquiring (AG04, a warning)."""

FINE = (OK, NO_GAPS, YOUNG)

ERROR_CELL = "エラー値を直してください"

WORKING_AGE = parameters.count("ages.working")


@dataclass(frozen=True, slots=True)
class Condition:
    """What another cell of the row says. With ``values``: it is one of these choices (with
    ``unless``: it is none of them); without: it is a count above 0."""

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
        Need("remarks", (Condition("event", ("changed",)),)),
    ),
    "loss": (
        Need("left", (Condition("cause", ("leaving", "death")),)),
        Need("not_returnable_reason", (Condition("not_returnable_count"),)),
    ),
}
"""Like RQ01, AD03, LS04, LS08 and RF20, whose rows 入力チェック is to agree with."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two days of a row that can't both be right: order (the second before the first, DT04),
    next_day (the second isn't the next day, LS01), birthday (it isn't the 75th birthday, LS02),
    born (it isn't the birth, DT07), filed (it was filed, the second, before it happened, DL05), joins
    (on the 75th birthday or later, AG02), stays (after the 75th birthday, LS06).

    A formula sees no other row: it names the same day of somebody who is enrolled again at once,
    which ``check`` accepts.
    """

    first: str
    second: str
    kind: str = "order"
    when: tuple[Condition, ...] = ()


_ADDED = (Condition("event", ("added",)),)
_YOUNGER = tuple(key for key in schema().lists["loss_cause"] if key != "age_75")

_CLASHES: dict[str, tuple[Clash, ...]] = {
    "acquisition": (
        Clash("birth", "acquired"),
        Clash("birth", "acquired", "joins"),
        Clash("acquired", "filed", "filed"),
    ),
    "dependants": (
        Clash("birth", "event_date"),
        Clash("birth", "event_date", "born", _ADDED),
        Clash("birth", "event_date", "joins", _ADDED),
        Clash("event_date", "filed", "filed"),
    ),
    "loss": (
        Clash("birth", "left"),
        Clash("birth", "lost"),
        Clash("left", "lost", "next_day", (Condition("cause", ("leaving", "death")),)),
        Clash("birth", "lost", "birthday", (Condition("cause", ("age_75",)),)),
        Clash("birth", "lost", "stays", (Condition("cause", _YOUNGER),)),
        Clash("lost", "filed", "filed"),
    ),
}

ON_THE_DAY = tuple(key for key in schema().lists["loss_cause"] if key not in ("leaving", "death"))
"""Causes of a loss that isn't filed before the day itself; of the others it may be, the day before."""

FAR = parameters.count("filing.far_days")
"""Days ahead from which on an event's year is doubted (DT05), and nothing is worked out from it."""

BIRTH = ("event_reason", "出生")
"""The column, and the word in it, that make 該当 the filing of a birth (DT07)."""

_DITTO_TYPES = ("text", "name", "digits", "address")


def clashes(sheet: str) -> tuple[Clash, ...]:
    """The pairs of days of a sheet that 入力チェック holds against each other."""
    return _CLASHES.get(sheet, ())


def clash_text(sheet: Sheet, clash: Clash) -> str:
    """What 入力チェック says of a clash."""
    first, second = sheet.label(clash.first), sheet.label(clash.second)
    return {
        "order": f"{first}と{second}の順",
        "next_day": f"{second}({first}の翌日)",
        "birthday": f"{second}(75歳の誕生日)",
        "born": f"{second}(出生は{first})",
        "joins": f"{second}(75歳以後)",
        "stays": f"{second}(75歳の誕生日より後)",
        "filed": f"{second}({first}より前)",
    }[clash.kind]


def future_birth(sheet: Sheet) -> str:
    """What 入力チェック says of somebody who isn't born yet (DT06)."""
    return f"{sheet.label('birth')}(基準日より後)"


def choice_text(sheet: Sheet, key: str) -> str:
    """What it says of a value that isn't in the list (RQ02)."""
    return f"{sheet.label(key)}(一覧にない値)"


def ditto_text(sheet: Sheet, key: str) -> str:
    """What it says of 「同上」 (RQ04)."""
    return f"{sheet.label(key)}(同上は不可)"


def day_text(sheet: Sheet, key: str) -> str:
    """What it says of a cell that is no day (DT01 to DT03)."""
    return f"{sheet.label(key)}(日付を確認)"


@cache
def needs(sheet: str) -> tuple[Need, ...]:
    """What must be filled in on a sheet, in the order of its columns."""
    columns = schema().sheets[sheet].columns
    found = {key: Need(key) for key, column in columns.items() if column.required}
    found |= {need.key: need for need in _CONDITIONAL.get(sheet, ())}
    return tuple(found[key] for key in columns if key in found)


@cache
def counted(sheet: str) -> tuple[str, ...]:
    """The columns of which it matters whether their count is above 0."""
    found = (condition for need in needs(sheet) for condition in need.when)
    return tuple(dict.fromkeys(condition.key for condition in found if not condition.values))


@cache
def choices(sheet: str) -> tuple[str, ...]:
    """The columns with a drop-down that must be from its list."""
    columns = schema().sheets[sheet].columns
    return tuple(key for key, column in columns.items() if column.list)


@cache
def dittoable(sheet: str) -> tuple[str, ...]:
    """The columns in which 「同上」 is looked for."""
    columns = schema().sheets[sheet].columns
    return tuple(k for k, c in columns.items() if c.type in _DITTO_TYPES and k != "remarks")


def inputs(sheet: Sheet) -> list[str]:
    """The columns that people fill in."""
    return [key for key, column in sheet.columns.items() if column.type != "formula"]


@cache
def _looked_at(sheet: str) -> tuple[str, ...]:
    """The columns of which an error value stops 入力チェック."""
    keys = {need.key for need in needs(sheet)} | set(choices(sheet)) | set(dittoable(sheet))
    keys |= {condition.key for need in needs(sheet) for condition in need.when}
    keys |= {key for key, _ in cell_faults.judged(sheet)}
    return tuple(keys)


def row_faults(row: Row, as_of: dt.date | None) -> str:
    """The faults of a row that isn't blank, joined by 、; "" for none. as_of: None when unknown."""
    spec = schema().sheets[row.sheet]
    if any(row.cell(key).kind == ERROR for key in _looked_at(row.sheet)):
        return ERROR_CELL
    found = [
        spec.label(need.key)
        for need in needs(row.sheet)
        if blank(row.cell(need.key)) and all(_holds(row, condition) for condition in need.when)
    ]
    found += [choice_text(spec, k) for k in choices(row.sheet) if _outside(spec, k, row.cell(k))]
    found += [ditto_text(spec, k) for k in dittoable(row.sheet) if _trimmed(row.cell(k)) in DITTO]
    found += cell_faults.found(row)
    return "、".join([*found, *_faults_of_days(row, spec, as_of)])


def _faults_of_days(row: Row, spec: Sheet, as_of: dt.date | None) -> list[str]:
    days = {key: day(row.cell(key)) for key in DAYS[row.sheet]}
    found = [day_text(spec, key) for key, value in days.items() if value is BAD]
    birth = days["birth"]
    future = as_of is not None and isinstance(birth, dt.date) and birth > as_of
    if future:
        found.append(future_birth(spec))
    return found + [
        clash_text(spec, clash)
        for clash in clashes(row.sheet)
        if _clash(row, clash, days, as_of) and not (future and clash.first == "birth")
    ]


def too_young(row: Row) -> bool:
    """An insured who is under 15 at the acquisition (AG04)."""
    if row.sheet != "acquisition" or choice(row, "kind") not in (None, "insured"):
        return False
    birth, acquired = day(row.cell("birth")), day(row.cell(EVENT["acquisition"]))
    if not isinstance(birth, dt.date) or not isinstance(acquired, dt.date):
        return False
    return birth <= acquired < age.birthday(birth, WORKING_AGE)


def _clash(row: Row, clash: Clash, days: dict[str, Day], as_of: dt.date | None) -> bool:
    if clash.kind == "filed":
        return _filed_before(row, clash, days, as_of)
    first, second = days[clash.first], days[clash.second]
    if not isinstance(first, dt.date) or not isinstance(second, dt.date):
        return False
    if not all(_holds(row, condition) for condition in clash.when):
        return False
    if clash.kind == "order":
        return first > second
    if clash.kind == "next_day":
        return second != first + dt.timedelta(days=1)
    if first > second:  # the order says so already
        return False
    if clash.kind == "born":
        return BIRTH[1] in row.cell(BIRTH[0]).typed and second != first
    if clash.kind in ("joins", "stays"):
        if as_of is None or second > as_of + dt.timedelta(FAR):
            return False
        leaves = age.leaves(first)
        return second >= leaves if clash.kind == "joins" else second > leaves
    return second != age.leaves(first)


def _filed_before(row: Row, clash: Clash, days: dict[str, Day], as_of: dt.date | None) -> bool:
    """Whether it was filed before the event (of a loss by leaving or death: before the last day),
    where none of these days is doubted by itself."""
    event, filed, birth = days[clash.first], days[clash.second], days["birth"]
    if not (isinstance(event, dt.date) and isinstance(filed, dt.date)) or as_of is None:
        return False
    first = event
    if row.sheet == "loss" and choice(row, "cause") not in ON_THE_DAY:
        left = days["left"]
        if left is BAD:
            return False
        first = left if isinstance(left, dt.date) else event - dt.timedelta(1)
    far = as_of + dt.timedelta(FAR)
    if not isinstance(birth, dt.date) or birth > min(event, first) or max(event, first) > far:
        return False
    return filed <= as_of and filed < event and filed < first


def _holds(row: Row, condition: Condition) -> bool:
    if condition.values:
        return (choice(row, condition.key) in condition.values) != condition.unless
    return cell_faults.positive(row.cell(condition.key))


def choice(row: Row, key: str) -> str | None:
    """A drop-down's value exactly as typed (a formula compares without trimming)."""
    column = schema().sheets[row.sheet].columns[key]
    value = row.cell(key).value
    return schema().key_of(column.list, value) if isinstance(value, str) else None


def _trimmed(cell: Cell) -> str:
    """What TRIM makes of a text with its wide spaces as plain ones; of a number "", which is neither
    in a list nor a ditto mark."""
    return cell_faults.trimmed(cell.typed)


def _outside(spec: Sheet, key: str, cell: Cell) -> bool:
    if cell.kind != TEXT:
        return cell.value is not None
    text = _trimmed(cell)
    return bool(text) and text not in schema().lists[spec.columns[key].list].values()
