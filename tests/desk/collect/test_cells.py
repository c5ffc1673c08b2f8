"""``collect``: every cell arrives as it was typed."""

import office
import openpyxl
import pytest
from bookparts import hands
from bookparts.plan import grid
from case_files import by_name, cases
from desk_books import (
    DAY,
    PEOPLE,
    book,
    clean,
    put,
    read,
    state_of,
)
from shikaku.jobs import collect
from shikaku.model.schema import schema
from shikaku.workbook.closed_file import ClosedBook

CELLS = cases("desk/collect/cells")


def origin(row):
    keys = ("source_file", "source_sheet", "source_row", "received", "employer", "employer_symbol")
    return tuple(row.text(key) for key in keys)


def test_every_cell_arrives_as_it_was_typed(inbox, tmp_path):
    people = clean(3)
    data = book(members=people[:1], acquisition=people, loss=people[2:])
    put(inbox / "a.xlsx", data)
    before = read(inbox / "a.xlsx")
    result = collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    after = read(tmp_path / "BOOK.xlsx")
    for sheet in PEOPLE:
        formulas = {c.key for c in schema().sheets[sheet].columns.values() if c.type == "formula"}
        sent, got = list(before.rows(sheet)), list(after.rows(sheet))
        assert len(sent) == len(got) == result.rows[sheet]
        for one, other in zip(sent, got, strict=True):
            expected = {k: (c.kind, c.value) for k, c in one.cells.items() if k not in formulas}
            assert {k: (other.cell(k).kind, other.cell(k).value) for k in expected} == expected
            name = schema().sheets[sheet].name
            assert origin(other) == (
                *("a.xlsx", name, str(one.number)),
                *("2026-04-15", "株式会社みほん", "1201"),
            )
    assert result.exit_status == 0 and state_of(result, "a.xlsx") == "taken"
    assert not list(tmp_path.glob(".shikaku*")) and not list(inbox.glob(".shikaku*"))


@pytest.mark.parametrize("case", CELLS, ids=by_name)
def test_cell(case, inbox, tmp_path):
    keys = ["name", "kana", "number", "acquired", "individual_number", "remarks"]
    heads = [schema().sheets["acquisition"].label(key) for key in keys]
    values = ["見本 太郎", "ミホン タロウ", *[None] * 4]
    at = keys.index(case["column"])
    values[at] = case["value"]
    formats = {(2, at + 1): case["format"]} if "format" in case else {}
    plan = [grid("資格取得届", [heads, values], formats)]
    hands.save(plan, inbox / "a.xlsx", hands.Openpyxl())
    collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    (row,) = read(tmp_path / "BOOK.xlsx").rows("acquisition")
    found = row.cell(case["column"])
    assert (found.kind, found.value) == (case["kind"], case["value"])
    assert found.text == case.get("shown", str(case["value"]))
    assert not found.formula


def _formatted(path, label, value, code):
    """Give a cell of the first row of 資格取得届 a value under a number format."""
    target = openpyxl.load_workbook(path)
    sheet = target["資格取得届"]
    column = next(cell.column for cell in sheet[1] if cell.value == label)
    sheet.cell(2, column).value = value
    sheet.cell(2, column).number_format = code
    target.save(path)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [("General", "000000", "000123"), ("000000", "General", "123"), ("000000", "0-0", "12-3")],
)
def test_a_number_sent_again_looks_as_it_was_sent_last(inbox, tmp_path, before, after, shown):
    out = tmp_path / "BOOK.xlsx"
    for name, code, time in (("a.xlsx", before, DAY), ("b.xlsx", after, DAY.replace(day=20))):
        put(inbox / name, book(acquisition=clean(1)), time)
        _formatted(inbox / name, "番号", 123, code)
        put(inbox / name, (inbox / name).read_bytes(), time)
        collect.collect(inbox, out, as_of=time)
    (row,) = read(out).rows("acquisition")
    assert row.text("number") == shown and row.text("source_file") == "b.xlsx"


def test_pasted_headings_and_totals_are_not_taken(inbox, tmp_path):
    """Said in 受付一覧, and a note stays with its people."""
    asides = [
        {"name": "合計", "symbol": "3名"},
        {"name": "氏名", "kana": "氏名カナ"},
        {"remarks": "※注"},
    ]
    put(inbox / "a.xlsx", book(acquisition=[*clean(3), *asides]))
    result = collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    names = [row.text("name") for row in read(tmp_path / "BOOK.xlsx").rows("acquisition")]
    assert len(names) == 4 and {"合計", "氏名"}.isdisjoint(names)
    assert sum("取り込みません" in note for note in result.receipts[0].notes) == 2


def test_live_columns_go_on(inbox, tmp_path):
    """The rows' formulas are there with the values that Python computes, the table holds the rows."""
    put(inbox / "a.xlsx", book(acquisition=clean(7)))
    collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    for row in read(tmp_path / "BOOK.xlsx").rows("acquisition"):
        for key in ("limit", "limit_state", "input_check"):
            assert row.cell(key).formula and row.cell(key).text, (row.number, key)
    sheet = openpyxl.load_workbook(tmp_path / "BOOK.xlsx")["資格取得届"]
    (table,) = sheet.tables.values()
    labels = [column.name for column in table.tableColumns]
    extra = [c.label for c in schema().sheets["acquisition"].extra.values()]
    assert labels[-len(extra) :] == extra
    last = sheet[table.ref][-1][-1]
    assert last.row >= 8 and last.column == len(labels)
    assert [cell.value for cell in sheet[1]][: len(labels)] == labels


def test_other_programs_agree(inbox, tmp_path):
    """The Open XML SDK finds no fault; LibreOffice computes what Python has stored."""
    out = tmp_path / "BOOK.xlsx"
    put(inbox / "b.xlsx", book("乙社", "2", acquisition=clean(3, seed=2)))
    collect.collect(inbox, out, as_of=DAY)
    put(inbox / "a.xlsx", book("甲社", "1", acquisition=clean(30), loss=clean(2, seed=3)))
    own = ClosedBook(out)
    own.set_cells([("settings", own.read().setting_rows["as_of"], "", DAY)])
    own.commit()
    collect.collect(inbox, out, as_of=DAY)
    mine = read(out)
    theirs = read(office.convert(out, tmp_path / "lo"))
    for sheet in ("acquisition", "loss"):
        keys = [c.key for c in schema().sheets[sheet].columns.values() if c.type == "formula"]
        for one, other in zip(mine.rows(sheet), theirs.rows(sheet), strict=True):
            stored = {k: one.text(k) for k in keys}
            there = {k: other.text(k) for k in keys}
            assert there["input_check"]
            # 基準日 was set after the first workbook: what its formulas had given is gone.
            assert stored == there or one.number < 5 and not any(stored.values())
            assert other.text("employer") == one.text("employer") != ""
    assert office.validate(out) == ""
