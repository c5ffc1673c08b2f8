"""Tidy: the case file, no second round, nothing shown that could be an individual number."""

import datetime as dt
import json

import pytest
from case_files import cases
from hypothesis import given
from hypothesis import strategies as st
from shikaku import tidy
from shikaku.fields import individual_number, kana
from shikaku.fields.text import visible, without_spaces
from shikaku.model.schema import schema
from shikaku.model.tables import BLANK, BOOL, DATE, ERROR, NUMBER, TEXT, Book, Cell, Row, Table

CASES = cases("tidy")


def cell(value):
    """A cell as a reader gives it."""
    if isinstance(value, str):
        return Cell(value, TEXT)
    if isinstance(value, (dt.date, dt.datetime)):
        return Cell(value, DATE)
    return Cell(value, NUMBER)


def book(sheet, *rows):
    """A book of one sheet with rows of cells by key, from Excel's row 2 on."""
    table = Table(schema().sheets[sheet])
    table.rows = [Row(sheet, number, cells) for number, cells in enumerate(rows, 2)]
    return Book("試験.xlsx", {sheet: table})


def apply(target):
    """Write the changes into the book itself, as a session would."""
    for proposal in tidy.proposals(target):
        if proposal.changes:
            row = next(r for r in target.rows(proposal.sheet) if r.number == proposal.row)
            value = proposal.write_value()
            row.cells[proposal.key] = BLANK if value is None else cell(value)


@pytest.mark.parametrize("case", [pytest.param(c, id=c["name"]) for c in CASES])
def test_cell(case):
    sheet = case.get("sheet", "dependants")
    target = book(sheet, {case["key"]: cell(case["value"])})
    found = tidy.proposals(target)
    changes = [p for p in found if p.changes]
    told = [p for p in found if not p.changes]
    assert [(p.sheet, p.row, p.key) for p in found] == [(sheet, 2, case["key"])] * len(found)
    expected = [(case["kind"], case["after"])] if "after" in case else []
    assert [
        (p.kind, "" if p.write_value() is None else p.write_value()) for p in changes
    ] == expected
    assert [p.after for p in told] == ([case["filing"]] if "filing" in case else [])
    apply(target)
    assert not [p for p in tidy.proposals(target) if p.changes]


def test_every_kind_has_a_case():
    kinds = {case["kind"] for case in CASES if "kind" in case}
    assert kinds == set(tidy.NOTES) - {"filing_name", "filing_kana"}
    assert {bool(case["filing"]) for case in CASES if "filing" in case} == {True, False}


def test_a_number_is_never_shown():
    target = book("dependants", {"individual_number": cell("０000-0000-0019")})
    (proposal,) = tidy.proposals(target)
    shown = f"{proposal!r}{proposal}{json.dumps(proposal.to_json(), ensure_ascii=False)}"
    assert "0019" not in shown and "0000" not in shown and "００００" not in shown
    assert (proposal.before, proposal.after) == (tidy.MASK, tidy.MASK)
    assert proposal.write_value() == "000000000019"


@pytest.mark.parametrize("key", ["number", "address", "remarks", "name", "kana", "event_date"])
def test_a_number_out_of_place_is_not_shown_either(key):
    """After a partial sort a column may hold its neighbour's cells."""
    for spelled in ("0000－0000－0019 ", " 0000 0000 0019", "０００００００００００１９"):
        target = book("dependants", {key: cell(spelled)})
        for proposal in tidy.proposals(target):
            shown = f"{proposal!r}{json.dumps(proposal.to_json(), ensure_ascii=False)}"
            assert "0019" not in shown and "００１９" not in shown


def test_formulas_errors_and_our_own_columns_are_left_alone():
    wide = "１０１"
    target = book(
        "dependants",
        {
            "symbol": Cell(wide, TEXT, formula=True),
            "number": Cell("#N/A", ERROR),
            "event": Cell(True, BOOL),
            "limit": cell("令和8年4月1日"),
            "input_check": cell("OK "),
        },
    )
    assert tidy.proposals(target) == []


def test_sheets():
    """People's sheets, the ledger and the closed days; not what we write ourselves."""
    assert [p.key for p in tidy.proposals(book("closed_days", {"date": cell("R8.5.7")}))] == [
        "date"
    ]
    assert [p.key for p in tidy.proposals(book("ledger", {"returned": cell("R8.4.7")}))] == [
        "returned"
    ]
    for sheet, key in (("history", "name"), ("findings", "message"), ("decisions", "name")):
        assert tidy.proposals(book(sheet, {key: cell(" 山田 花子 ")})) == []


def test_order_and_json():
    first = {"name": cell("山田 花子"), "kana": cell("ﾔﾏﾀﾞ ﾊﾅｺ")}
    target = book("dependants", first, {}, {"birth": cell("R8.4.1")})
    found = tidy.proposals(target)
    assert [(p.row, p.key) for p in found] == [(2, "name"), (2, "kana"), (4, "birth")]
    assert found[2].to_json() == {
        "sheet": "被扶養者異動届",
        "row": 4,
        "column": "生年月日",
        "before": "R8.4.1",
        "after": "令和8年4月1日(2026/4/1)",
        "kind": "date",
        "changes": True,
        "note": tidy.NOTES["date"],
    }


SPELLINGS = "0123456789０１２３-－ー‐−ーｰ一 　\u00a0\u200b\n"
ALPHABETS = {
    "date": SPELLINGS + "令和平成RSH年月日./(水)元",
    "individual_number": SPELLINGS + "マイナンバー:後日E+.",
    "postal": SPELLINGS + "〒",
    "digits": SPELLINGS + "ABｱァア東",
    "name": " 　\u00a0\u200b山田花子髙﨑𠮷邉\ufa19\U000e0100ｱｶﾞﾊﾟカ\u3099-ーABＡ",
    "kana": " 　\u200bアカガーｰ-－‐ｱｶﾞﾊﾟ゛\u3099ッ・･あ山A",
    "address": SPELLINGS + "東京都千代田区髙ハイツｱﾊﾟｰﾄABＡ",
    "choice": " 　\u200b該当非ｶｰﾄﾞカードなし・･紛失更新中添付",
    "count": SPELLINGS + "枚",
    "text": SPELLINGS + "備考ｱﾊﾟ髙",
}


def columns():
    for sheet in ("members", "acquisition", "dependants", "loss", "ledger"):
        for column in schema().sheets[sheet].columns.values():
            if column.type != "formula":
                yield sheet, column


COLUMNS = list(columns())


@st.composite
def cells(draw):
    """A column and a cell that somebody might have typed there."""
    sheet, column = draw(st.sampled_from(COLUMNS))
    text = st.text(ALPHABETS[column.type], min_size=1, max_size=20)
    number = st.one_of(st.integers(0, 10**13), st.floats(0, 1e13), st.integers(19000101, 21001231))
    listed = list(schema().lists[column.list].values()) if column.list else ["12"]
    value = draw(st.one_of(text, text, number, st.sampled_from(listed), st.dates()))
    return sheet, column, cell(value)


@given(cells())
def test_nothing_is_left_to_do(drawn):
    sheet, column, typed = drawn
    target = book(sheet, {column.key: typed})
    apply(target)
    assert not [p for p in tidy.proposals(target) if p.changes]


@given(cells())
def test_what_the_cell_means_stays(drawn):
    sheet, column, typed = drawn
    target = book(sheet, {column.key: typed})
    (row,) = target.rows(sheet)
    before = Row(sheet, 2, dict(row.cells))
    apply(target)
    if column.type == "date":
        assert row.date(column.key) == before.date(column.key)
    elif column.type == "count":
        assert row.count(column.key) in (before.count(column.key), row.cell(column.key).value)
        if before.count(column.key) is not None:
            assert row.count(column.key) == before.count(column.key)
    elif column.type == "choice":
        assert before.choice(column.key) in (row.choice(column.key), None)
    elif column.type == "individual_number":
        was = individual_number.examine(before.cell(column.key).value)
        now = individual_number.examine(row.cell(column.key).value)
        assert (was.ok, was.respelled) == (now.ok, now.respelled)
        assert now.ok is False or now.canonical == was.canonical
    elif column.type == "name" and typed.kind == TEXT:
        kept = str(row.cell(column.key).value or "")
        assert glyphs(kept) == glyphs(typed.value)


def glyphs(name):
    """A name's characters, without spaces; half-width kana count as the same letter."""
    return without_spaces(kana.full_width(visible(name)))


def test_the_alphabets_cover_every_type():
    assert {column.type for _, column in COLUMNS} == set(ALPHABETS)
