"""What 入力チェック says of a cell by its look, and that ``check`` finds an error in that row, too."""

import datetime as dt

import pytest
from books import DAY, closed_days
from rough_rows import rows
from shikaku.checks.catalogue import run
from shikaku.checks.context import Context
from shikaku.fields import person_name
from shikaku.fields.text import DITTO, INVISIBLE
from shikaku.live import cell_faults, row_faults
from shikaku.model.schema import FILINGS, schema
from shikaku.model.settings import Settings
from shikaku.model.tables import Book, Row, Table
from shikaku.template.content import Content, cell

CODES = {"kana": "NM01", "name": "NM04", "postal": "AD01", "count": "RQ03"}
CLASHES = {"filed": "DL05", "joins": "AG02", "stays": "LS06"}


def people(sheet: str) -> list[Row]:
    content = Content({sheet: list(rows(sheet, 300, seed=17))})
    return content.read(sheet)


def errors(sheet: str, found: list[Row]) -> set[tuple[int, str, str]]:
    """(row, column, code) of the errors of ``check`` in a book with these rows alone."""
    tables = {key: Table(spec) for key, spec in schema().sheets.items() if spec.columns}
    for key, column in enumerate(schema().sheets[sheet].columns):
        tables[sheet].columns[column] = key + 1
    tables[sheet].rows = found
    context = Context(Book("book.xlsx", tables), Settings(), DAY, closed_days())
    codes = {*CODES.values(), *CLASHES.values(), "DT04", "DT05", "DT06"}
    return {(f.row, f.column, f.code) for f in run(context, codes) if f.severity == "error"}


@pytest.mark.parametrize("sheet", FILINGS)
def test_check_refuses_what_a_formula_calls_wrong(sheet):
    found = people(sheet)
    wrong = errors(sheet, found)
    spec, seen = schema().sheets[sheet], set()
    clashes = [c for c in row_faults.clashes(sheet) if c.kind in CLASHES]
    for row in found:
        said = row_faults.row_faults(row, DAY).split("、")
        for key, type_ in cell_faults.judged(sheet):
            if cell_faults.fault_text(spec, key) in said:
                assert (row.number, key, CODES[type_]) in wrong
                seen.add(CODES[type_])
        for clash in clashes:
            if row_faults.clash_text(spec, clash) in said:
                assert (row.number, clash.second, CLASHES[clash.kind]) in wrong
                seen.add(CLASHES[clash.kind])
    expected = {CODES[type_] for _, type_ in cell_faults.judged(sheet)}
    assert seen == expected | {CLASHES[clash.kind] for clash in clashes}


def test_no_sign_is_in_any_name_and_none_is_a_ditto_mark():
    for sign in cell_faults.SIGNS:
        for name in (f"山{sign}田", f"ア{sign}ア", f"A{sign}B", f"{sign}", f"A{sign} B"):
            assert not person_name.is_name(name)
    assert not set(cell_faults.SIGNS) & set("".join(DITTO))


def test_a_text_in_a_formula_may_have_255_characters():
    """Excel's limit for a text constant."""
    for text in (cell_faults.KANA, cell_faults.POSTAL, cell_faults.SIGNS):
        assert len(text.replace('"', '""')) <= 255


def test_the_invisible_characters_are_those_that_check_sees_through():
    import re

    assert all(re.fullmatch(f"[{INVISIBLE}]", c) for c in cell_faults.INVISIBLE)


@pytest.mark.parametrize(
    ("value", "some"),
    [(0, False), (1, True), (1.5, False), ("1", True), ("１", True), ("０", False), ("2枚", False),
     (True, True), (" ", False), ("", False), (dt.date(2026, 4, 1), True)],
)  # fmt: skip
def test_a_count_above_0(value, some):
    assert cell_faults.positive(cell(value)) is some
