"""DT: days that can't be read, can't be, or stand in the wrong order.

A day that can't be read is reported here once; the other checks of days stay silent on that cell.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.context import FILLED_IN, PEOPLE, Context
from shikaku.fields import era_date
from shikaku.fields.errors import ImpossibleEra, NoSuchDay, OutOfRange
from shikaku.law import parameters
from shikaku.model.people import Person
from shikaku.model.schema import schema
from shikaku.model.tables import DATE, ERROR, TEXT, Cell, Row, without_cells

_SHEETS = (*FILLED_IN, "history")


def date_keys(sheet: str) -> list[str]:
    """The keys of a sheet's date columns."""
    return [c.key for c in schema().sheets[sheet].columns.values() if c.type == "date"]


def faults(context: Context) -> list[tuple[Row, str, str]]:
    """(row, key, kind) of the date cells with a fault. kind: not_a_date | no_such_day | era |
    range | outdated (平成 written for a day of 令和: it is read, and reported)."""
    found = []
    for sheet in _SHEETS:
        for key in date_keys(sheet):
            column = context.column(sheet, key)
            if without_cells(column):
                continue
            if any(map(_fault, context.cells(sheet, key))):  # nearly never
                found += [(row, key, fault) for row, fault in context.each(sheet, key, _fault)]
    return found


def _fault(cell: Cell) -> str | None:
    if cell.kind == DATE and cell.day:  # nearly every one
        return None
    if cell.kind == ERROR or cell.blank:
        return None
    if cell.day is None:
        return _kind(cell.value)
    return "outdated" if cell.kind == TEXT and _outdated(cell.typed) else None


def _kind(value: object) -> str:
    try:
        era_date.from_cell(value)
    except ImpossibleEra:
        return "era"
    except OutOfRange:
        return "range"
    except NoSuchDay:
        return "no_such_day"
    except ValueError:
        pass
    return "not_a_date"


def _outdated(text: str) -> bool:
    # Only 平成 can be outdated; ISO text, the usual kind, needs no second reading.
    return not text[:1].isdigit() and era_date.parse(text).outdated_era


@check(
    "DT01",
    "error",
    columns=("birth", "acquired", "lost", "event_date", "left", "filed", "status_checked"),
    title="日付として読めない",
    message="「{column}」が日付として読めません。",
    hint="2026-04-01、R8.4.1、令和8年4月1日 などの形で入力してください。年は4桁か元号で書きます。",
    source="様式の記入方法",
    no_such_day="「{column}」は暦にない日付です。",
)
def not_a_date(context: Context) -> Hits:
    """Something else than a day, or a day that the calendar has not (2月30日)."""
    for row, key, kind in context.once(faults):
        if kind in ("not_a_date", "no_such_day"):
            variant = kind if kind == "no_such_day" else ""
            yield Hit(row.sheet, row.number, key, variant=variant)


@check(
    "DT02",
    "error",
    columns=("birth", "acquired", "lost", "event_date", "left", "filed", "status_checked"),
    title="元号にない日付",
    message="「{column}」は、その元号にない日付です。",
    hint="昭和は64年1月7日まで、平成は31年4月30日まで、令和は元年5月1日からです。元号と年を確かめてください。",
    source="元号法、元号を改める政令",
    outdated="「{column}」が、改元後の日付なのに平成で書かれています(令和の日付として読みました)。",
    hint_outdated="令和の年に書き直してください(平成31年5月1日以後は令和元年5月1日以後です)。",
)
def impossible_era(context: Context) -> Hits:
    """S64.1.8 and R0.1.1 never were; H31.5.1 can be read and is a warning."""
    for row, key, kind in context.once(faults):
        if kind == "era":
            yield Hit(row.sheet, row.number, key)
        elif kind == "outdated":
            yield Hit(row.sheet, row.number, key, severity="warning", variant="outdated")


@check(
    "DT03",
    "error",
    columns=("birth", "acquired", "lost", "event_date", "left", "filed", "status_checked"),
    title="ありえない年の日付",
    message="「{column}」が、ありえない年の日付です({first}年より前、または{last}年より後)。",
    hint="年を確かめてください。日付のセルに年だけや日数を入力すると、1900年代の日付になります。",
    source="様式の記入方法",
)
def out_of_range(context: Context) -> Hits:
    """Days outside of any sane range, as a count in a date cell makes them."""
    values = {"first": era_date.FIRST.year, "last": era_date.LAST.year}
    for row, key, kind in context.once(faults):
        if kind == "range":
            yield Hit(row.sheet, row.number, key, values)


_ORDERS = {
    "members": (("birth", "acquired"), ("acquired", "lost"), ("birth", "lost")),
    "acquisition": (("birth", "acquired"),),
    "dependants": (("birth", "event_date"),),
    "loss": (("birth", "left"), ("birth", "lost")),
    "ledger": (("issued", "returned"),),
}


@check(
    "DT04",
    "error",
    columns=("birth", "acquired", "lost", "event_date", "left", "issued", "returned"),
    follows=("DT05", "DT06"),
    title="日付の順序が逆",
    message="「{column}」({later})が「{earlier_label}」({earlier})より前になっています。",
    hint="生年月日 ≦ 資格取得年月日 ≦ 資格喪失年月日 の順になるように、間違っているほうを直してください。",
    source="健保法35条・36条",
)
def wrong_order(context: Context) -> Hits:
    """birth ≤ acquisition or event ≤ loss; the same day is in order. One finding a cell,
    and one for a birth that is after several days."""
    yield from context.once(_disorders)


def disordered(context: Context) -> set[tuple[str, int]]:
    """(sheet, row) of the rows in which DT04 doubts two days: what is counted from them is void."""
    return {(hit.sheet, hit.row) for hit in context.once(_disorders) if len(hit.doubts) > 1}


def _disorders(context: Context) -> list[Hit]:
    return [*_within_rows(context), *_lost_before_register(context)]


def _within_rows(context: Context) -> Hits:
    for sheet, pairs in _ORDERS.items():
        pairs = tuple(pair for pair in pairs if all(_has_day(context, sheet, key) for key in pair))
        for row in _rows_in_disorder(context, sheet, pairs):
            yield from _within_row(row, pairs)


def _within_row(row: Row, pairs: tuple[tuple[str, str], ...]) -> Hits:
    spec = schema().sheets[row.sheet]
    reported: set[str] = set()
    for first, second in pairs:
        earlier, later = row.date(first), row.date(second)
        if earlier is None or later is None or earlier <= later:
            continue
        if second in reported:
            continue
        others = [k for f, k in pairs if f == first and _before(row, k, earlier)]
        reported |= {first, *others}
        values = {
            "earlier_label": spec.label(first),
            "earlier": era_date.both(earlier),
            "later": era_date.both(later),
        }
        doubts = ("birth",) if _birth_filed(row) else (first, *others)
        yield Hit(row.sheet, row.number, second, values, doubts=doubts)


def _before(row: Row, key: str, day: dt.date) -> bool:
    found = row.date(key)
    return found is not None and found < day


def _rows_in_disorder(
    context: Context, sheet: str, pairs: Iterable[tuple[str, str]]
) -> Iterator[Row]:
    """The rows with a pair of days in the wrong order, in their order."""
    wrong: set[int] = set()
    for pair in pairs:
        days = zip(*(context.days(sheet, key) for key in pair), strict=True)
        wrong |= {
            i for i, (first, second) in enumerate(days) if first and second and first > second
        }
    return (row for i, row in enumerate(context.rows(sheet)) if i in wrong) if wrong else iter(())


def _has_day(context: Context, sheet: str, key: str) -> bool:
    return any(context.days(sheet, key))


def _birth_filed(row: Row) -> bool:
    """Whether the row is the filing of a birth (出生), whose limit runs from 異動年月日 all the same."""
    return row.sheet == "dependants" and "出生" in row.text("event_reason")


def _lost_before_register(context: Context) -> Hits:
    """資格喪失届 or 非該当 before the acquisition in 加入者台帳 under the same 記号・番号."""
    label = schema().sheets["members"].label("acquired")
    for person in context.people.values():
        removed = person.event == "removed"
        if person.lost is None or not (removed or person.sheet == "loss"):
            continue
        start = _registered_start(context, person)
        if start is not None and person.lost < start:
            values = {
                "earlier_label": label,
                "earlier": era_date.both(start),
                "later": era_date.both(person.lost),
            }
            key = "event_date" if removed else "lost"
            yield Hit(person.sheet, person.row, key, values)


def _registered_start(context: Context, person: Person) -> dt.date | None:
    """The first acquisition in 加入者台帳 under the row's 記号・番号. None for whoever acquires anew by a
    filing: that person has lost an earlier membership, which the register need not show any more."""
    register = context.register
    home = register.home(person)
    joined = register.same(person, "dependants" if person.event == "removed" else "acquisition")
    if home is None or any(p.event == "added" or p.sheet == "acquisition" for p in joined):
        return None
    members = [m for m in register.same(person, "members") if register.home(m) == home]
    return min((m.acquired for m in members if m.acquired), default=None)


_PAST = {
    "members": ("status_checked",),
    "acquisition": ("filed", "status_checked"),
    "dependants": ("filed", "status_checked"),
    "loss": ("filed",),
    "ledger": ("returned", "last_reminder"),
}


_NEAR = {
    "members": ("acquired",),
    "acquisition": ("acquired",),
    "dependants": ("event_date",),
    "loss": ("left", "lost"),
    "ledger": ("issued",),
}


@check(
    "DT05",
    "warning",
    columns=(
        "filed",
        "status_checked",
        "returned",
        "last_reminder",
        "acquired",
        "event_date",
        "left",
        "lost",
        "issued",
    ),
    title="先の日付",
    message="「{column}」({day})が基準日({as_of})より後になっています。",
    hint="年を確かめてください。届出日と返納日は予定ではなく、実際の日を入力します。",
    source="様式の記入方法",
    far="「{column}」({day})が基準日({as_of})から1年以上先になっています。",
    hint_far="年の打ち間違いと思われます。元の資料で年を確かめてください。",
)
def in_the_future(context: Context) -> Hits:
    """A day that must be over by the day of the check, and isn't; an event that is announced more
    than ``filing.far_days`` ahead, of whose limit nobody would be warned."""
    far = context.as_of + dt.timedelta(parameters.count("filing.far_days"))
    values = {"as_of": era_date.both(context.as_of)}
    for keys_of, last, variant in ((_PAST, context.as_of, ""), (_NEAR, far, "far")):
        for sheet, keys in keys_of.items():
            for key in keys:
                for row, day in _later_than(context, sheet, key, last):
                    params = {**values, "day": era_date.both(day)}
                    yield Hit(sheet, row.number, key, params, variant=variant)


def _later_than(
    context: Context, sheet: str, key: str, last: dt.date
) -> Iterator[tuple[Row, dt.date]]:
    """The rows of which a column holds a later day, with that day."""
    days = context.days(sheet, key)
    if any(day > last for day in days if day):
        for row, day in zip(context.rows(sheet), days, strict=True):
            if day and day > last:
                yield row, day


@check(
    "DT06",
    "error",
    columns=("birth",),
    title="生年月日が基準日より後",
    message="生年月日({day})が基準日({as_of})より後になっています。",
    hint="生年月日を住民票などで確かめて、入力し直してください。",
    source="様式の記入方法、健保法35条",
)
def not_born_yet(context: Context) -> Hits:
    """A birth after the day of the check."""
    for sheet in PEOPLE:
        for row, birth in _later_than(context, sheet, "birth", context.as_of):
            values = {"day": era_date.both(birth), "as_of": era_date.both(context.as_of)}
            yield Hit(sheet, row.number, "birth", values)


@check(
    "DT07",
    "error",
    columns=("birth", "event_date", "event_reason", "event"),
    title="出生なのに異動年月日が生年月日でない",
    message="異動理由が出生ですが、異動年月日({event})が生年月日({birth})と違います。",
    hint="出生による被扶養者の異動年月日は、生まれた日です。どちらの日付が正しいかを確かめてください。",
    source="健保法3条7項、被扶養者(異動)届の記入方法(出生は生年月日)",
    follows=("DT04", "DT06"),
)
def born_another_day(context: Context) -> Hits:
    """該当 for 出生 whose 異動年月日 is not the birth."""
    for row in context.rows("dependants"):
        birth, event = row.date("birth"), row.date("event_date")
        if row.choice("event") != "added" or not _birth_filed(row) or not birth or not event:
            continue
        if event != birth:
            values = {"event": era_date.both(event), "birth": era_date.both(birth)}
            yield Hit("dependants", row.number, "event_date", values)
