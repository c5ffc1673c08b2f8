"""The way back out of a write, kept as data for a later click."""

import json

import openpyxl
from bookparts.make import small
from shikaku.excel.undo import UndoSteps


def test_an_amount_of_money_can_be_kept(excel, tmp_path):
    """COM has a type of its own for it, which JSON doesn't know."""
    path = small(tmp_path)
    book = openpyxl.load_workbook(path)
    cell = book["加入者台帳"]["X2"]
    cell.value, cell.number_format = 1234.5, '"¥"#,##0'
    book.save(path)
    steps = UndoSteps()
    steps.note_cells(excel.open(path).sheets["加入者台帳"].range("X2:X3"))
    kept = json.loads(json.dumps(steps.cells()["加入者台帳", 2, 24]))
    assert kept == ["1234.5", 1234.5, '"¥"#,##0']
