"""ST08–ST11: rows and columns that have slipped — a cell inserted, a part sorted, a cell dragged."""

import datetime as dt
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise, takewhile
from typing import TypeVar

from shikaku.checks.catalogue import Hit, Hits, check
from shikaku.checks.context import PEOPLE, Context, is_blank
from shikaku.checks.dates import faults
from shikaku.checks.doubles import counterparts
from shikaku.checks.numbers import Numbers
from shikaku.checks.required import bad_choices
from shikaku.fields import era_date, kana, postal_code, prefecture
from shikaku.identity.register import Register
from shikaku.model.people import Person
from shikaku.model.schema import Column, schema
from shikaku.model.tables import ERROR, Row, Table

T = TypeVar("T")
Place = tuple[str, int]

_SHAPES = ("date", "choice", "kana", "postal", "individual_number")


def _misfit(row: Row, column: Column, wrong_numbers: set[Place]) -> bool:
    """Whether a cell holds something else than its column's type."""
    key = column.key
    cell = row.cells.get(key)
    if cell is None or cell.kind == ERROR or is_blank(row, key):
        return False
    if column.type == "date":
        return row.date(key) is None
    if column.type == "choice":
        return row.choice(key) is None
    if column.type == "kana":
        return not kana.is_kana(cell.text)
    if column.type == "postal":
        return not postal_code.is_valid(cell.text)
    return (row.sheet, row.number) in wrong_numbers


def _fits(row: Row, key: str, column: Column) -> bool:
    """Whether what stands in the cell ``key`` would fit another column."""
    cell = row.cells[key]
    if column.type == "date":
        return era_date.is_valid(cell.value)
    if column.type == "choice":
        return schema().key_of(column.list, cell.text) is not None
    if column.type == "kana":
        return kana.is_kana(cell.text)
    if column.type == "postal":
        return postal_code.is_valid(cell.text)
    if column.type == "address":
        return prefecture.starts_with_prefecture(cell.text)
    return column.type == "individual_number" and len("".join(filter(str.isdigit, cell.text))) == 12


@check(
    "ST08",
    "error",
    columns=("kana", "birth", "sex", "individual_number", "postal_code", "address"),
    title="行の内容が列からずれている",
    message="この行は「{column}」のあたりから、内容が{side}に{count}列ずれています。",
    hint="セルの挿入や削除でずれたと思われます。元の資料と見比べて、正しい列に戻してください。"
    "ここから右の項目は、戻した後に検証します。",
    source="R43(正確に記入)",
)
def shifted_cells(context: Context) -> Hits:
    """Two cells or more of a row that fit the column one or two places to the same side. What is
    wrong from there on is reported by this alone: it can only be judged once the cells are back."""
    wrong = {
        (row.sheet, row.number)
        for row, examined in context.once(Numbers).found
        if examined.problem in ("length", "not_digits")
    }
    suspects = _suspects(context)
    for sheet in PEOPLE:
        table = context.book.tables.get(sheet)
        if table is None:
            continue
        spec, places = table.spec.columns, _typed_places(table)
        typed = [spec[key] for key in places if spec.get(key) and spec[key].type in _SHAPES]
        at = {number: spec[key] for key, number in places.items() if key in spec}
        for row in context.rows(sheet):
            if (sheet, row.number) not in suspects:
                continue
            misfits = [c for c in typed if _misfit(row, c, wrong)]
            if len(misfits) > 1:
                yield from _shift(places, at, row, misfits)


def _suspects(context: Context) -> set[tuple[str, int]]:
    """(sheet, row) of the rows in which anything may have slipped: nearly half of the columns are days
    and drop-downs, so that it leaves a trace in them."""
    found = {(row.sheet, row.number) for row, _, _ in context.once(faults)}
    return found | {(row.sheet, row.number) for row, _ in context.once(bad_choices)}


def _typed_places(table: Table) -> dict[str, int]:
    """Column key → its place among the columns that people fill in: a calculated one between them is
    no step of what slips."""
    spec = table.spec.columns
    calculated = sorted(
        number
        for key, number in table.columns.items()
        if key in spec and spec[key].type == "formula"
    )
    return {
        key: number - bisect_left(calculated, number)
        for key, number in table.columns.items()
        if number not in calculated
    }


def _shift(columns: dict[str, int], at: dict[int, Column], row: Row, misfits: list[Column]) -> Hits:
    """The slip that explains most of the cells, the nearest and then the right one first."""
    best: list[Column] = []
    moved = 0
    for steps in (1, -1, 2, -2):
        slipped = [
            c
            for c in misfits
            if (home := at.get(columns[c.key] - steps)) is not None and _fits(row, c.key, home)
        ]
        if len(slipped) > max(len(best), 1):
            best, moved = slipped, steps
    if best:
        first = min(best, key=lambda c: columns[c.key])
        start = _gap(columns[first.key], moved, at, row)
        spoilt = tuple(key for key, number in columns.items() if number >= start)
        values = {"side": "右" if moved > 0 else "左", "count": abs(moved)}
        yield Hit(row.sheet, row.number, first.key, values, covers=spoilt)


def _gap(first: int, moved: int, at: dict[int, Column], row: Row) -> int:
    """The column in which a slip to the right begins: the empty cells before the first misfit, if
    what stands between may have come from its left, too."""

    def blank(number: int) -> bool:
        return number in at and is_blank(row, at[number].key)

    number = first - 1
    while moved > 0 and number in at and not blank(number):
        home = at.get(number - moved)
        typed = home is not None and home.type in (*_SHAPES, "address")
        if home is None or (typed and not _fits(row, at[number].key, home)):
            return first
        number -= 1
    gap = takewhile(blank, range(number, number - moved, -1))
    return min(gap, default=first)


_PERMUTED = 3
"""So many rows must have each other's values; two are a mix-up of two people (RF04)."""


@check(
    "ST09",
    "error",
    columns=("name", "kana", "birth", "individual_number"),
    title="一部の列だけ並べ替えた",
    message="「{column}」が、{count}行で加入者台帳のほかの人のものと入れ替わっています(最初は{row}行目)。"
    "一部の列だけを並べ替えたと思われます。",
    hint="「元に戻す」か保存前のブックに戻し、表の全部の列を選んでから並べ替えてください。",
    source="R43(正確に記入)",
    to_employer={
        "": "「{column}」が、{count}行でほかの人のものと入れ替わっています。一部の列だけを並べ替えたと思われます。",
    },
)
def partly_sorted(context: Context) -> Hits:
    """Three rows or more of a filing whose value in one column is that of other rows of 加入者台帳 that
    differ too, and every such row: somebody sorted one column only. One finding a column."""
    register, prints = context.register, context.once(Numbers).prints
    sides: dict[tuple[str, str], list[tuple[int, object, object]]] = defaultdict(list)
    for person, member in context.once(counterparts):
        here, there = (person.sheet, person.row), (member.sheet, member.row)
        values = {
            "name": (register.names[here], register.names[there]),
            "kana": (register.kana[here], register.kana[there]),
            "birth": (person.birth, member.birth),
            "individual_number": (prints.get(here), prints.get(there)),
        }
        for key, (mine, theirs) in values.items():
            if mine and theirs and mine != theirs:
                sides[person.sheet, key].append((person.row, mine, theirs))
    for (sheet, key), rows in sides.items():
        others = {theirs for _, _, theirs in rows}
        moved = [row for row, mine, _ in rows if mine in others]
        if len(moved) >= _PERMUTED and len(moved) == len(rows):
            first, *rest = sorted(moved)
            yield Hit(sheet, first, key, {"count": len(moved)}, also=tuple(rest))


_DATE_RUNS = {"birth": 3, "acquired": 5, "lost": 5, "event_date": 5, "left": 5}
"""From how many rows on days that rise by one are no chance."""

_SORTED = 0.9


V = TypeVar("V", str, dt.date)


def _is_sorted(values: list[V]) -> bool:
    """Whether a column is in order, so that neighbours are alike by that."""
    steps = len(values) - 1
    if steps < 20:
        return False
    up = sum(a <= b for a, b in pairwise(values))
    down = sum(a >= b for a, b in pairwise(values))
    return max(up, down) >= _SORTED * steps


def _runs(rows: list[T], belongs: Callable[[T, T], bool]) -> Iterator[tuple[int, int]]:
    """(start, end) of the stretches in which every row belongs to the one before it."""
    start = 0
    for i in range(1, len(rows) + 1):
        if i == len(rows) or not belongs(rows[i - 1], rows[i]):
            if i - start > 1:
                yield start, i
            start = i


def _rise(days: Iterable[dt.date | None], least: int) -> bool:
    """Whether so many days on end rise by one, looked at at a glance."""
    numbers = [day.toordinal() for day in days if day]
    steps = bytes([after - before == 1 for before, after in pairwise(numbers)])
    return bytes((1,)) * (least - 1) in steps


def _next_day(before: tuple[Row, dt.date], after: tuple[Row, dt.date]) -> bool:
    return after[1] - before[1] == dt.timedelta(1)


@check(
    "ST10",
    "warning",
    columns=tuple(_DATE_RUNS),
    title="日付が1日ずつ増えている",
    message="「{column}」が{row}行目から{count}行、1日ずつ増えています。"
    "セルの右下をドラッグして連続した日付が入ったと思われます。",
    hint="同じ日付を入れるつもりなら、1つ上の日付をコピーして貼り付け直してください。",
    source="Excelのオートフィル、R43",
)
def date_series(context: Context) -> Hits:
    """Days that rise by one from row to row, as the fill handle makes them: 3 rows of 生年月日, 5 of
    another day. At the second row, the first that was filled. A sorted column is left alone."""
    for sheet in PEOPLE:
        for key, least in _DATE_RUNS.items():
            if not context.has(sheet, key):
                continue
            days = context.days(sheet, key)
            if not _rise(days, least) or _is_sorted([day for day in days if day]):
                continue
            rows = [(row, day) for row, day in zip(context.rows(sheet), days, strict=True) if day]
            for start, end in _runs(rows, _next_day):
                if end - start >= least:
                    yield Hit(sheet, rows[start + 1][0].number, key, {"count": end - start - 1})


@check(
    "ST11",
    "warning",
    columns=("name", "kana", "birth"),
    title="別の人に同じ生年月日・氏名カナが続く",
    message="「{column}」が、{above}行目から{count}行、別の人なのに同じです。上の行をコピーしたと思われます。",
    hint="それぞれの人の「{column}」を確かめて、入力し直してください。",
    source="Excelのオートフィル、R43",
)
def copied_down(context: Context) -> Hits:
    """Three rows or more in a row with different names and one 生年月日 or 氏名カナ. Triplets of one
    household and a sorted column are left alone."""
    register = context.register
    for sheet in PEOPLE:
        people = [person for _, person in context.with_people(sheet)]
        births = [person.birth or dt.date.min for person in people]
        for start, end in _repeats(births):
            homes = {register.home(p) for p in people[start:end]}
            if births[start] != dt.date.min and (len(homes) > 1 or None in homes):
                yield from _copied(register, people[start:end], "birth")
        for start, end in _repeats([register.kana[p.sheet, p.row] for p in people]):
            yield from _copied(register, people[start:end], "kana")


def _repeats(column: list[V]) -> Iterator[tuple[int, int]]:
    """(start, end) of three rows or more with one value, in a column that isn't sorted."""
    same = bytes(a == b for a, b in pairwise(column))
    if bytes((1, 1)) in same and not _is_sorted(column):
        for start, end in _runs(column, lambda a, b: bool(a) and a == b):
            if end - start > 2:
                yield start, end


def _copied(register: Register, group: list[Person], key: str) -> Hits:
    if len({register.name(person) for person in group}) == len(group):
        run = {"above": group[0].row, "count": len(group)}
        yield Hit(group[1].sheet, group[1].row, key, run)
