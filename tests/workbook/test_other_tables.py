"""Tables of the user's own on sheets of ours: no row of ours goes missing by them, and they stay."""

import openpyxl
import pytest
from bookparts import make, zips
from findings import finding
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.table import Table
from sample_rows import ledger_row
from shikaku.excel.session import OpenBook
from shikaku.jobs.output_rows import write_findings
from shikaku.system.errors import BookError
from shikaku.workbook.closed_file import ClosedBook
from xlengine.engine import Played

OWN = "自社表"
LINES = [["部署", "人数"], ["総務部", 1], ["経理部", 2], ["営業部", 3], ["集計", 6]]


@pytest.fixture
def path(tmp_path):
    return make.small(tmp_path)


@pytest.fixture(params=["closed", "open"])
def opened(request):
    """A function that gives the session of a file, closed or open in Excel."""
    if request.param == "closed":
        yield ClosedBook
        return
    with Played() as excel:
        yield lambda path: OpenBook(excel.open(path), path)


def add_table(path, name, column, row, *, totals=False, first=False):
    """Put a table of the user's own on a sheet, its upper left cell there; gives its area."""
    book = openpyxl.load_workbook(path)
    sheet = book[name]
    for down, line in enumerate(LINES):
        for right, value in enumerate(line):
            sheet.cell(row + down, column + right).value = value
    left, end = get_column_letter(column), get_column_letter(column + 1)
    area = f"{left}{row}:{end}{row + len(LINES) - 1}"
    table = Table(displayName=OWN, ref=area, totalsRowCount=int(totals) or None)
    table._initialise_columns()
    for item, label in zip(table.tableColumns, LINES[0], strict=True):
        item.name = label
    theirs = list(sheet.tables.values())
    sheet.tables.clear()
    for one in [table, *theirs] if first else [*theirs, table]:
        sheet.add_table(one)
    book.save(path)
    return area


def lines_in(path, name, area):
    sheet = openpyxl.load_workbook(path)[name]
    return sheet.tables[OWN].ref, [[cell.value for cell in row] for row in sheet[area]]


def test_the_totals_of_a_table_beside_are_no_totals_of_ours(path, opened):
    before = [row.number for row in opened(path).read().tables["members"]]
    add_table(path, "加入者台帳", 40, 1, totals=True)
    assert [row.number for row in opened(path).read().tables["members"]] == before


def test_a_table_beside_whose_headings_stand_in_the_same_row_is_not_ours(path):
    area = add_table(path, "検証結果", 20, 1, first=True)
    session = ClosedBook(path)
    session.read()
    write_findings(session, [finding("members", n, "name") for n in (2, 3)])
    session.commit()
    assert lines_in(path, "検証結果", area) == (area, LINES)
    tables = openpyxl.load_workbook(path)["検証結果"].tables.values()
    ours = next(table for table in tables if table.displayName != OWN)
    assert ours.ref.startswith("A1:") and ours.ref.endswith("3")


def test_a_table_between_our_columns_is_in_nobodys_way(path):
    """A column of ours that was gone came back right of all that stands there."""
    book = openpyxl.load_workbook(path)
    sheet = book["検証結果"]
    (ours,) = sheet.tables.values()
    right = len(ours.tableColumns)
    ours.ref = ours.ref.replace(get_column_letter(right), get_column_letter(right - 1))
    ours.autoFilter, ours.tableColumns = None, ours.tableColumns[:-1]
    sheet.cell(1, 30).value = sheet.cell(1, right).value
    sheet.cell(1, right).value = None
    book.save(path)
    area = add_table(path, "検証結果", 20, 3)
    session = ClosedBook(path)
    session.read()
    write_findings(session, [finding("members", n, "name") for n in range(2, 8)])
    session.commit()
    assert lines_in(path, "検証結果", area) == (area, LINES)


@pytest.mark.parametrize("column", [1, 2])
def test_results_are_not_written_into_a_table_below(path, opened, column):
    area = add_table(path, "検証結果", column, 20)
    before = path.read_bytes()
    session = opened(path)
    session.read()
    with pytest.raises(BookError) as caught:
        write_findings(session, [finding("members", 2, "name")])
        session.commit()
    assert OWN in caught.value.message and "検証結果" in caught.value.message
    assert path.read_bytes() == before and lines_in(path, "検証結果", area)[1] == LINES


def test_the_ledger_grows_as_far_as_a_table_below(path, opened):
    add_table(path, "返納管理", 40, 1)  # beside: never in the way
    session = opened(path)
    end = session.read().tables["ledger"].last_row
    session.append_rows("ledger", [ledger_row(9)])
    session.commit()
    area = add_table_below(path, end + 4)
    session = opened(path)
    session.read()
    with pytest.raises(BookError):
        session.append_rows("ledger", [ledger_row(n) for n in range(10, 14)])
        session.commit()
    assert lines_in(path, "返納管理", area)[1] == LINES


def add_table_below(path, row):
    book = openpyxl.load_workbook(path)
    del book["返納管理"].tables[OWN]
    book.save(path)
    return add_table(path, "返納管理", 3, row)


def test_results_are_not_written_into_a_pivot_table(path):
    name = "検証結果"
    part = zips.sheet_part(path, name)
    rels = part.replace("worksheets/", "worksheets/_rels/") + ".rels"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/pivotTable"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    new = f'<Relationship Id="rId99" Type="{kind}" Target="/xl/pivotTables/pivotTable1.xml"/>'
    parts = zips.parts(path)
    parts[rels] = parts[rels].replace(b"</Relationships>", new.encode() + b"</Relationships>")
    parts["xl/pivotTables/pivotTable1.xml"] = (
        f'<pivotTableDefinition xmlns="{main}" name="集計表">'
        '<location ref="B30:D40" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"/>'
        "</pivotTableDefinition>"
    ).encode()
    path.write_bytes(zips.packed(parts))
    session = ClosedBook(path)
    session.read()
    with pytest.raises(BookError) as caught:
        write_findings(session, [finding("members", 2, "name")])
    assert "集計表" in caught.value.message
