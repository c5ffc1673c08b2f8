"""Who is known already: what is looked up by keys is what comparing all with all would find."""

import datetime as dt
import random
from dataclasses import replace
from itertools import product

import pytest
from shikaku.desk.first_rows import MOST
from shikaku.desk.import_mapping import SHEETS
from shikaku.desk.known_people import KnownPeople
from shikaku.identity import person_keys
from shikaku.identity.matching import fold_name, fold_number, same_person
from shikaku.model.people import person
from shikaku.model.schema import EVENT, schema
from shikaku.model.tables import DATE, TEXT, Book, Cell, Row, Table

DAYS = [None, *(dt.date(2026, month, 1) for month in (1, 2, 3, 4))]


def some_row(dice, sheet, number, several=2):
    """A row that agrees with others in this and that."""
    kinds = {"members": ("被保険者", "被扶養者")}.get(sheet, ("被保険者",))
    events = ("該当", "非該当", "変更")
    texts = {
        "symbol": dice.choice(["101", "0101", "", "102"][:several]),
        "number": dice.choice(["1", "", "２", "3"][:several]),
        "branch": dice.choice(["", "01", "02"]),
        "kind": dice.choice(kinds),
        "event": dice.choice(events),
        "name": dice.choice(["見本 花子", "見本　花子", "例 花子", "見本 次郎"]),
        "address": dice.choice(["甲", "乙"]),
    }
    days = {
        "birth": dice.choice([None, dt.date(1990, 1, 1), dt.date(1991, 1, 1)]),
        **{key: dice.choice(DAYS) for key in ("acquired", "lost", "event_date")},
    }
    cells = {key: Cell(text, TEXT) for key, text in texts.items() if text}
    cells |= {key: Cell(day, DATE) for key, day in days.items() if day}
    columns = schema().sheets[sheet].columns
    return Row(sheet, number, {key: cell for key, cell in cells.items() if key in columns})


def book_of(rows):
    """A workbook with these rows on their sheets."""
    tables = {
        key: Table(schema().sheets[key], rows=[row for row in rows if row.sheet == key])
        for key in SHEETS
    }
    return replace(Book("b.xlsx"), tables=tables)


def alike(one, other):
    """What ``known_people`` takes for worth a look, said of two people."""
    parts = ((one.symbol, other.symbol), (one.number, other.number))
    apart = any(a and b and fold_number(a) != fold_number(b) for a, b in parts)
    named = fold_name(one.name) == fold_name(other.name) and one.birth == other.birth
    return (named and not apart) or same_person(one, other)


def same_event(one, other, everybody):
    """Whether two rows say the same event of the same person. everybody: all rows there are."""
    a, b = person(one), person(other)
    if a.event != b.event or not alike(a, b):
        return False
    days = [row.date(EVENT.get(row.sheet, "acquired")) for row in (one, other)]
    if None in days or days[0] == days[1]:
        return True
    if a.event == "changed":
        return False
    first, last = sorted(days)
    ends = one.sheet == "loss" or a.event == "removed"
    return not any(
        (day := x.acquired if ends else x.lost) and first < day <= last and alike(x, a)
        for x in map(person, everybody)
    )


@pytest.mark.parametrize(("sheet", "seed"), [*product(SHEETS, range(12))])
def test_as_comparing_all_with_all(sheet, seed):
    dice = random.Random(seed)
    there = [some_row(dice, key, n, seed % 4 + 1) for key in SHEETS for n in range(2, 2 + 4)]
    listed = [some_row(dice, sheet, n, seed % 4 + 1) for n in range(2, 2 + 8)]
    texts = [frozenset((k, str(c.value)) for k, c in row.cells.items()) for row in listed]
    known = KnownPeople(book_of(there), sheet, list(zip(listed, texts, strict=True)))
    for row, text in zip(listed, texts, strict=True):
        rows = [
            o.number for o in there if o.sheet == sheet and same_event(o, row, [*there, *listed])
        ]
        assert list(known.on_sheet(row.number)) == rows
        others = [
            (other.number, other_text)
            for other, other_text in zip(listed, texts, strict=True)
            if other is not row and same_event(other, row, [*there, *listed])
        ]
        lines, differ = known.in_list(row.number)
        assert list(lines) == [number for number, _ in others] and not lines.more
        assert differ is any(other_text != text for _, other_text in others)


@pytest.mark.parametrize("seed", range(20))
def test_keys_say_what_same_person_says(seed):
    dice = random.Random(seed)
    people = [person(some_row(dice, "members", n, seed % 4 + 1)) for n in range(2, 40)]
    for one, other in product(people, repeat=2):
        keys = {*person_keys.stored(other)}
        assert same_person(one, other) is not keys.isdisjoint(person_keys.wanted(one))


def test_of_many_the_first_are_named():
    row = some_row(random.Random(1), "members", 2)
    there = [Row("members", n, row.cells) for n in range(2, 40)]
    listed = [(Row("members", n, row.cells), frozenset({("name", "a")})) for n in range(2, 40)]
    known = KnownPeople(book_of(there), "members", listed)
    first = tuple(range(2, 2 + MOST))
    assert known.on_sheet(39).rows == first and known.on_sheet(39).more
    lines, differ = known.in_list(39)
    assert (lines.rows, lines.more, differ) == (first, True, False)
    assert known.in_list(2)[0].rows == tuple(n + 1 for n in first)


def test_names_of_one_birth_and_record_are_alike_and_differ():
    """As many groups as rows: the first ones are enough to say so."""
    names = [Cell(f"見本 {n}郎", TEXT) for n in range(30)]
    base = {"symbol": Cell("101", TEXT), "number": Cell("1", TEXT), "kind": Cell("被保険者", TEXT)}
    base |= {"birth": Cell(dt.date(1990, 1, 1), DATE)}
    rows = [Row("members", n, base | {"name": name}) for n, name in enumerate(names, 2)]
    listed = [(row, frozenset({("name", str(row.number))})) for row in rows]
    known = KnownPeople(book_of([]), "members", listed)
    lines, differ = known.in_list(31)
    assert (lines.rows[0], lines.more, differ) == (2, True, True)
