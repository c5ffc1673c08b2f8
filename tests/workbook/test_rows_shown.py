"""Rows that a filter, or a hand, has put out of sight: results land in sight, and what was done to the filter
brings a remark. A filter of the user's own beside stays."""

import re

import openpyxl
import pytest
from bookparts import make
from findings import finding
from openpyxl.worksheet.filters import AutoFilter, FilterColumn, Filters
from sample_rows import ledger_row
from shikaku import ribbon
from shikaku.excel.session import OpenBook
from shikaku.jobs.output_rows import write_findings
from shikaku.system import commits
from shikaku.workbook.closed_file import ClosedBook
from xlengine.engine import Played

TAB = "検証結果"


@pytest.fixture(params=["closed", "open"])
def written(request):
    """A function that lets a session write into a file, closed or open in Excel; the remarks."""

    def write(path, work):
        commits.begin()
        with Played() as excel:
            if request.param == "closed":
                session = ClosedBook(path)
            else:
                book = excel.open(path)
                session = OpenBook(book, path)
            session.read()
            work(session)
            session.commit()
            if request.param == "closed":
                return commits.remarks()
            book.impl.write_to(path)
            return session.remarks

    return write


def findings(count):
    return lambda s: write_findings(s, [finding("members", 2 + n, "name") for n in range(count)])


@pytest.fixture
def path(tmp_path):
    return make.small(tmp_path)


def change(path, how, name=TAB):
    book = openpyxl.load_workbook(path)
    how(book[name])
    book.save(path)


def hide(sheet, *rows):
    for row in rows:
        sheet.row_dimensions[row].hidden = True


def criteria(area):
    column = FilterColumn(colId=1, filters=Filters(filter=["RQ99"]))
    return AutoFilter(ref=area, filterColumn=[column])


def hidden(path, name=TAB):
    rows = openpyxl.load_workbook(path)[name].row_dimensions
    return sorted(number for number, row in rows.items() if row.hidden)


def filter_table(sheet):
    (table,) = sheet.tables.values()
    table.autoFilter = criteria(table.ref)
    hide(sheet, 3, 5, 8, 9)


def filter_range(sheet):
    sheet.tables.clear()
    sheet.auto_filter = criteria("A1:I10")
    hide(sheet, 3, 5, 8, 9)


@pytest.mark.parametrize("how", [filter_table, filter_range])
@pytest.mark.parametrize("count", [2, 9, 12])
def test_a_filter_is_taken_off_and_said(path, written, how, count):
    assert written(path, findings(9)) == []
    change(path, how)
    (remark,) = written(path, findings(count))
    assert TAB in remark and "4行" in remark and "絞り込み" in remark
    assert hidden(path) == []
    sheet = openpyxl.load_workbook(path)[TAB]
    filters = [sheet.auto_filter, *(table.autoFilter for table in sheet.tables.values())]
    assert not any(one.filterColumn for one in filters if one is not None)
    assert written(path, findings(12)) == [] and hidden(path) == []


def test_rows_that_a_hand_hid_are_shown_and_said(path, written):
    written(path, findings(9))
    change(path, lambda sheet: hide(sheet, 2, 10))
    (remark,) = written(path, findings(3))
    assert TAB in remark and "2行" in remark and "絞り込み" not in remark
    assert hidden(path) == []


def test_hidden_rows_below_are_shown_where_results_come(path, written):
    written(path, findings(2))
    change(path, lambda sheet: hide(sheet, 5, 6, 20))
    assert written(path, findings(2)) == [] and hidden(path) == [5, 6, 20]
    (remark,) = written(path, findings(4))
    assert "1行" in remark and hidden(path) == [6, 20]


def test_a_filter_that_hides_nothing_is_said_too(path, written):
    written(path, findings(2))

    def put(sheet):
        (table,) = sheet.tables.values()
        table.autoFilter = criteria(table.ref)

    change(path, put)
    (remark,) = written(path, findings(3))
    assert TAB in remark and "絞り込み" in remark and "隠れて" not in remark


@pytest.mark.parametrize("table", [True, False])
def test_a_filter_beside_stays(path, written, table):
    """A sheet has one filter besides those of its tables."""
    written(path, findings(9))

    def put(sheet):
        if not table:
            sheet.tables.clear()
        for row in range(1, 10):
            sheet.cell(row, 13).value, sheet.cell(row, 14).value = f"m{row}", f"n{row}"
        sheet.auto_filter = criteria("M1:N9")
        hide(sheet, 4, 30)

    change(path, put)
    (remark,) = written(path, findings(5))
    assert "1行" in remark and "絞り込み" not in remark
    sheet = openpyxl.load_workbook(path)[TAB]
    assert sheet.auto_filter.ref == "M1:N9" and len(sheet.auto_filter.filterColumn) == 1
    assert hidden(path) == [30]


def test_rows_added_below_a_filter_are_in_sight(path, written):
    """The prepared rows of a table go out of sight with those that don't match."""

    def put(sheet):
        (table,) = sheet.tables.values()
        table.ref = re.sub(r"\d+$", "9", table.ref)
        table.autoFilter = criteria(table.ref)
        hide(sheet, 2, *range(4, 10))

    change(path, put, "返納管理")
    written(path, lambda s: s.append_rows("ledger", [ledger_row(3), ledger_row(4)]))
    assert hidden(path, "返納管理") == [2, 6, 7, 8, 9]
    (table,) = openpyxl.load_workbook(path)["返納管理"].tables.values()
    assert len(table.autoFilter.filterColumn) == 1


def test_a_button_says_it(path):
    change(path, lambda sheet: hide(sheet, 2))
    with Played() as excel:
        excel.open(path)
        excel.app.answers = ["no"]
        ribbon.check()
        assert any(TAB in text and "1行" in text for text, *_ in excel.app.alerts)
