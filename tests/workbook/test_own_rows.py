"""Notes that somebody typed below, in or beside the results: they stay, or the write is refused."""

import datetime as dt

import openpyxl
import pytest
from bookparts import make
from bookparts.content import decision
from findings import finding
from openpyxl.worksheet.table import Table
from shikaku.excel.session import OpenBook
from shikaku.jobs import run
from shikaku.jobs.output_rows import write_decisions, write_findings
from shikaku.ooxml import limits
from shikaku.system.errors import BookError
from shikaku.workbook.closed_file import ClosedBook
from xlengine.engine import Played

NOTE = "山田 4/5 電話で確認済み"
TABS = {"findings": "検証結果", "decisions": "資格確認書判定"}


@pytest.fixture(params=["closed", "open"])
def write(request):
    """A function that writes so many results into a file, closed or open in Excel, and gives the sheet as it
    then is."""

    def results(path, count, key="findings"):
        with Played() as excel:
            if request.param == "closed":
                put(ClosedBook(path), count, key)
            else:
                book = excel.open(path)
                put(OpenBook(book, path), count, key)
                book.impl.write_to(path)
        return openpyxl.load_workbook(path)[TABS[key]]

    return results


def put(session, count, key):
    session.read()
    if key == "findings":
        write_findings(session, [finding("members", 2 + n, "name") for n in range(count)])
    else:
        write_decisions(session, [decision(2 + n) for n in range(count)])
    session.commit()


@pytest.fixture
def path(tmp_path):
    return make.small(tmp_path)


def change(path, key, how, *, table=True):
    """Change a sheet as its user would. table: whether it stays one."""
    book = openpyxl.load_workbook(path)
    sheet = book[TABS[key]]
    if not table:
        sheet.tables.clear()
    how(sheet)
    book.save(path)


def resized(sheet, end):
    """The table of a sheet down to a row, as Excel takes in what is typed right below it."""
    (table,) = sheet.tables.values()
    sheet.tables.clear()
    left, right = table.ref.split(":")
    new = Table(displayName=table.displayName, ref=f"{left}:{right.rstrip('0123456789')}{end}")
    new._initialise_columns()
    for item, old in zip(new.tableColumns, table.tableColumns, strict=True):
        item.name = old.name
    sheet.add_table(new)


def codes(sheet):
    label = next(c.column for c in sheet[1] if c.value in ("コード", "資格確認書"))
    return [row[label - 1].value for row in sheet.iter_rows(min_row=2) if row[label - 1].value]


@pytest.mark.parametrize("table", [True, False], ids=["a table", "a range"])
@pytest.mark.parametrize("key", TABS)
def test_a_note_below_stays_while_the_results_need_not_its_place(path, write, key, table):
    write(path, 3, key)
    change(path, key, lambda sheet: sheet.__setitem__("B7", NOTE), table=table)
    for count in (5, 2, 0, 4):
        sheet = write(path, count, key)
        assert sheet["B7"].value == NOTE
        assert len(codes(sheet)) == count + (key == "findings")  # B is コード there
    if table:
        (own,) = sheet.tables.values()
        assert own.ref.endswith("5")


@pytest.mark.parametrize("way", ["closed", "open"])
@pytest.mark.parametrize("key", TABS)
def test_a_run_is_refused_before_it_makes_letters(path, tmp_path, key, way):
    change(path, key, lambda sheet: sheet.__setitem__("A2", NOTE), table=False)
    before, out = path.read_bytes(), tmp_path / "out"
    with Played() as excel, pytest.raises(BookError, match="2行目"):
        session = ClosedBook(path) if way == "closed" else OpenBook(excel.open(path), path)
        run.run(session, out, as_of=dt.date(2026, 4, 15), formats=("docx",), quiet=True)
    assert path.read_bytes() == before and not list(out.glob("*/*"))


@pytest.mark.parametrize("table", [True, False], ids=["a table", "a range"])
@pytest.mark.parametrize("key", TABS)
def test_results_that_need_the_place_of_a_note_are_refused(path, write, key, table):
    write(path, 3, key)
    change(path, key, lambda sheet: sheet.__setitem__("B7", NOTE), table=table)
    before = path.read_bytes()
    with pytest.raises(BookError) as caught:
        write(path, 6, key)
    assert TABS[key] in caught.value.message and "7行目" in caught.value.message
    assert path.read_bytes() == before


def test_a_note_that_excel_took_into_the_table_stays(path, write):
    """What is typed right below a table becomes its last row."""
    write(path, 3)

    def type_below(sheet):
        sheet["A5"], sheet["G5"] = NOTE, "二行目"
        resized(sheet, 5)

    change(path, "findings", type_below)
    for count in (3, 1):
        sheet = write(path, count)
        assert (sheet["A5"].value, sheet["G5"].value) == (NOTE, "二行目")
        assert next(iter(sheet.tables.values())).ref.endswith(f"{count + 1}")
    with pytest.raises(BookError, match="5行目"):
        write(path, 4)


def test_rows_in_the_table_that_are_ours_go_whatever_was_typed_into_them(path, write):
    write(path, 4)
    change(path, "findings", lambda sheet: sheet.__setitem__("A5", "対応済"))
    sheet = write(path, 1)
    assert [sheet.cell(row, 1).value for row in (3, 4, 5)] == [None] * 3


@pytest.mark.parametrize("key", TABS)
def test_old_rows_of_a_range_go(path, write, key):
    write(path, 9, key)
    change(path, key, lambda sheet: None, table=False)
    for count in (12, 3):
        assert len(codes(write(path, count, key))) == count


def test_a_note_among_old_rows_of_a_range_stays(path, write):
    write(path, 9)

    def put(sheet):
        for cell in sheet[6]:
            cell.value = None
        sheet["G6"], sheet["G6"].hyperlink = NOTE, "https://example.jp/"
        sheet.merge_cells("G6:H6")

    change(path, "findings", put, table=False)
    sheet = write(path, 3)
    assert len(codes(sheet)) == 3 and sheet["G6"].value == NOTE
    assert sheet["G6"].hyperlink and [f"{area}" for area in sheet.merged_cells.ranges] == ["G6:H6"]
    with pytest.raises(BookError, match="6行目"):
        write(path, 5)


def test_what_stands_beside_a_range_stays(path, write):
    """A column without a heading, or one behind it, is no column of the results."""
    write(path, 3)

    def put(sheet):
        sheet["K3"] = "見出しなしのメモ"
        sheet["N1"], sheet["N4"], sheet["N30"] = "担当者", "佐藤", "鈴木"

    change(path, "findings", put, table=False)
    sheet = write(path, 40)
    assert [sheet[place].value for place in ("K3", "N4", "N30")] == [
        "見出しなしのメモ",
        "佐藤",
        "鈴木",
    ]


def test_a_formula_filled_down_in_a_column_beside_is_no_note(path, write):
    write(path, 3)

    def put(sheet):
        sheet["J1"] = "社内番号"
        for row in range(2, 30):
            sheet[f"J{row}"] = f"=LEN(G{row})"

    change(path, "findings", put, table=False)
    assert len(codes(write(path, 8))) == 8


def test_looks_alone_are_no_note(path, write):
    write(path, 2)

    def put(sheet):
        sheet["A9"].fill = openpyxl.styles.PatternFill("solid", "FFFF00")
        sheet.row_dimensions[9].height = 40

    change(path, "findings", put)
    assert len(codes(write(path, 12))) == 12


def test_the_line_about_links_is_ours(path, write, monkeypatch):
    monkeypatch.setattr(limits, "LINKS", 3)
    for count in (5, 7, 2):
        assert len(codes(write(path, count))) == count


def test_a_note_below_the_totals_of_the_table_stays(path, write):
    write(path, 3)

    def put(sheet):
        (table,) = sheet.tables.values()
        resized(sheet, 5)
        (table,) = sheet.tables.values()
        table.totalsRowCount = 1
        sheet["A5"] = "集計"
        sheet["A8"] = NOTE

    change(path, "findings", put)
    sheet = write(path, 6)
    assert len(codes(sheet)) == 6 and sheet["A8"].value == NOTE
