"""ShikakuMarks.bas run by pyOpenVBA's interpreter: fills read, set and found again."""

import pytest
from pyopenvba.apps.excel import SheetView
from shikaku.excel.fills import fill_numbers, fill_of, mark_fill
from shikaku.install import build
from xlengine.vba import Excel

RED, PLAIN = 0xC0C2FF, (-4142, 0, 0, 0, 0, 0, 0)


@pytest.fixture
def excel(tmp_path) -> Excel:
    found = Excel(build(tmp_path / "shikaku.xlam", r"C:\python.exe"))
    sheet = SheetView(found.open_book("届出.xlsx").sheets_[0])
    for place in ("A1", "E9"):  # the interpreter's used range leaves out cells with a fill alone
        sheet.set_value(place, "x")
    return found


def run(excel: Excel, macro: str, *arguments):
    return excel.call(macro, *(("届出.xlsx", "Sheet1", *arguments) if arguments else ()))


def test_python_reaches_the_module(excel):
    assert run(excel, "Ready") is True


def test_what_is_painted_is_found_and_taken_away_again(excel):
    mark = fill_numbers(mark_fill("FFC2C0"))
    run(excel, "PaintCells", ((2, 3, 5, *mark), (9, 9, 1, *mark)))
    fills = run(excel, "FillsOf", ((2, 5), (3, 5), (4, 5)))
    assert [row[:3] for row in fills] == [[1, RED, 0], [1, RED, 0], [-4142, 0, 0]]
    found = run(excel, "MarkedCells", (RED, 0x123456))
    assert found == f"9 1 {RED};2 5 {RED};3 5 {RED}"
    run(excel, "PaintCells", ((2, 3, 5, *PLAIN),))
    assert run(excel, "MarkedCells", (RED,)) == f"9 1 {RED}"


def test_nothing_found_is_an_empty_text(excel):
    assert run(excel, "MarkedCells", (RED,)) == ""


def test_what_is_struck_through_is_found(excel):
    assert run(excel, "StruckAreas", "A1:E9") == ""
    for place in ("B3:E3", "C7"):
        excel.app.evaluate(f'Range("{place}").Font').vba_set("Strikethrough", True)
    found = set()
    for part in run(excel, "StruckAreas", "A1:E9").split(";"):
        top, left, bottom, right = map(int, part.split())
        rows, columns = range(top, bottom + 1), range(left, right + 1)
        found |= {(row, column) for row in rows for column in columns}
    assert found == {(3, 2), (3, 3), (3, 4), (3, 5), (7, 3)}


@pytest.mark.parametrize(
    "fill",
    [
        None,
        mark_fill("FFFF00"),
        "<fill><patternFill patternType='solid'><fgColor theme='4' tint='0.5'/></patternFill></fill>",
        "<fill><patternFill patternType='lightUp'><fgColor rgb='FF112233'/><bgColor rgb='FF445566'/>"
        "</patternFill></fill>",
    ],
)
def test_the_numbers_of_a_fill_say_all_of_it(fill):
    assert fill_of(fill_numbers(fill)) == fill
