"""Formulas that a workbook brings: continued and put back, none means something else afterwards."""

import openpyxl
import pytest
from bookparts.make import small
from findings import finding
from openpyxl.worksheet.formula import ArrayFormula
from refusal import refused
from sample_rows import ledger_row
from shikaku.excel.formulas import formulas_of, put_formulas
from shikaku.excel.session import OpenBook
from shikaku.jobs.output_rows import write_findings
from xlengine.areas import Interrupted
from xlengine.compare import differences
from xlengine.engine import Played

OWN = 9
"""A column of the user's on 検証結果."""
MAX_IF = '=MAX(IF($A$2:$A$9="x",$B$2:$B$9))'


@pytest.fixture
def path(tmp_path):
    return small(tmp_path)


@pytest.fixture(params=[True, False], ids=["dynamic arrays", "older"])
def excel(request):
    with Played() as played:
        played.app.dynamic_arrays = request.param
        yield played


def with_own_column(path, content) -> None:
    """Give 検証結果 three rows and a column of the user's, the same in each row."""
    with Played() as played:
        opened = played.open(path)
        session = OpenBook(opened)
        session.read()
        write_findings(session, [finding("members", row, "name") for row in (2, 3, 4)])
        session.commit()
        sheet = opened.impl.content["検証結果"]
        sheet.cell(1, OWN, "メモ")
        assert sheet.cell(2, OWN).number_format == "@"  # makes text of what is written anew
        for row in (2, 3, 4):
            place = f"I{row}"
            sheet[place] = content if content is not ArrayFormula else ArrayFormula(place, MAX_IF)
        opened.impl.write_to(path)


def test_what_is_written_by_formula_is_worked_out_for_one_cell(excel, path):
    """In an Excel of today the same letters then give something else."""
    cell = excel.open(path).sheets["設定"].range("H2")
    cell.formula_array = MAX_IF
    assert cell.formula == MAX_IF
    cell.formula = MAX_IF
    if excel.app.dynamic_arrays:
        assert cell.formula2 == MAX_IF.replace("IF($A", "IF(@$A")
        cell.formula2 = MAX_IF
        assert cell.formula2 == MAX_IF
    else:
        assert cell.impl.has_array is False


def test_a_column_of_arrays_goes_on_as_arrays(excel, path):
    with_own_column(path, ArrayFormula)
    opened = excel.open(path)
    session = OpenBook(opened)
    session.read()
    write_findings(session, [finding("members", row, "name") for row in range(2, 7)])
    session.commit()
    cells = [opened.impl.content["検証結果"].cell(row, OWN).value for row in range(2, 7)]
    assert all(isinstance(cell, ArrayFormula) and cell.text == MAX_IF for cell in cells)


@pytest.mark.parametrize("content", [ArrayFormula, "=$A$2:$A$9", '=IF($A$2:$A$9="x",1,0)'])
def test_formulas_come_back_as_what_they_were(excel, path, content):
    with_own_column(path, content)
    opened = excel.open(path)
    session = OpenBook(opened)
    session.read()
    write_findings(session, [finding("members", 2, "name")])
    refused(session)
    assert differences(path, opened.impl.write_to(path.with_name("open.xlsx"))) == []


def test_a_later_click_takes_arrays_back_too(excel, path):
    with_own_column(path, ArrayFormula)
    opened = excel.open(path)
    session = OpenBook(opened, path, "検証")
    session.read()
    write_findings(session, [finding("members", 2, "name")])
    session.commit()
    taken = session.take_back(session.last_write())
    assert taken.left == 0
    cells = [opened.impl.content["検証結果"].cell(row, OWN).value for row in (2, 3, 4)]
    assert all(isinstance(cell, ArrayFormula) and cell.text == MAX_IF for cell in cells)


@pytest.mark.parametrize("text", ["=1+1", "{=1+1}", '=HYPERLINK("http://x")'])
def test_a_text_that_looks_like_a_formula_is_carried_into_no_other_row(excel, path, text):
    """It is somebody's text: in a new row it would be a formula, and nobody has written it there."""
    book = openpyxl.load_workbook(path)
    sheet = book["返納管理"]
    remarks = next(cell.column for cell in sheet[1] if cell.value == "備考")
    for row in (2, 3):
        cell = sheet.cell(row, remarks)
        cell._value, cell.data_type, cell.number_format = text, "s", "General"
    book.save(path)
    opened = excel.open(path)
    session = OpenBook(opened)
    session.read()
    rows = [ledger_row(3), ledger_row(4)]
    for row in rows:
        row.pop("remarks", None)
    session.append_rows("ledger", rows)
    session.commit()
    sheet = opened.impl.content["返納管理"]
    assert [sheet.cell(row, remarks).value for row in range(2, 6)] == [text, text, None, None]


@pytest.mark.parametrize("length", [8_191, 8_192, 8_203, 8_204, 32_767])
def test_a_text_of_any_length_comes_back(excel, path, length):
    """In a block, and as a formula, Excel takes no long one."""
    book = openpyxl.load_workbook(path)
    book["加入者台帳"]["X3"] = "あ" * length
    book.save(path)
    opened = excel.open(path)
    session = OpenBook(opened, path, "表記統一")
    for undo in (True, False):
        session.read()
        session.set_cells([("members", row, "remarks", f"x{row}") for row in (2, 3, 4)])
        if undo:
            refused(session)
        else:
            session.commit()
            assert session.take_back(session.last_write()).left == 0
        assert differences(path, opened.impl.write_to(path.with_name("open.xlsx"))) == []


def test_merged_cells_are_emptied_too(excel, path):
    """Excel clears no part of them; that they are merged is a finding of its own."""
    book = openpyxl.load_workbook(path)
    sheet = book["加入者台帳"]
    sheet["X3"] = "x"
    sheet.merge_cells("X3:Y3")
    book.save(path)
    opened = excel.open(path)
    session = OpenBook(opened)
    session.read()
    session.set_cells([("members", row, "remarks", None) for row in (2, 3)])
    session.commit()
    assert [opened.impl.content["加入者台帳"][f"X{row}"].value for row in (2, 3)] == [None, None]


def test_a_part_of_an_array_of_several_cells_is_not_written(excel, path):
    book = openpyxl.load_workbook(path)
    sheet = book["加入者台帳"]
    sheet["X2"] = ArrayFormula("X2:X4", "=A2:A4")
    book.save(path)
    opened = excel.open(path)
    session = OpenBook(opened)
    session.read()
    session.set_cells([("members", 3, "remarks", "x")])
    with pytest.raises(Interrupted, match="array"):
        session.commit()
    assert session.state == "untouched"
    assert differences(path, opened.impl.write_to(path.with_name("open.xlsx"))) == []


def test_an_outdated_cache_of_types_is_not_asked_for_what_it_does_not_know(excel, path):
    """xlwings takes such an error for a call that Excel rejects, and asks for a minute."""
    from shikaku.excel.native_windows import Com

    cached = type("Range", (), {"_prop_map_get_": {"Formula": ()}})
    area = type("Area", (), {"api": type("Wrapper", (), {"_inner": cached()})()})()
    assert Com().has_dynamic_arrays(area) is False
    cached._prop_map_get_["Formula2"] = ()
    assert Com().has_dynamic_arrays(area) is True
    cell = excel.open(path).sheets["設定"].range("H2:H3")
    put_formulas(cell, ["=1+1", "'=1+1"])
    assert formulas_of(cell) == [["=1+1"], ["=1+1"]] and cell.value[1] == "=1+1"
