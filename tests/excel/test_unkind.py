"""What the real Excel refuses or does by itself, and what becomes of our writes then."""

import shutil
import sys
from pathlib import Path

import pytest
from bookparts.make import by_openpyxl
from findings import finding
from openpyxl.workbook.protection import WorkbookProtection
from sample_rows import person
from shikaku import ribbon
from shikaku.excel import host
from shikaku.excel.hidden_names import hidden_names, set_hidden_names
from shikaku.excel.session import OpenBook, still
from shikaku.jobs.output_rows import write_findings
from shikaku.model.schema import schema
from shikaku.system.errors import BookError
from shikaku.template import builder
from shikaku.workbook import mark_colours
from xlengine.compare import differences
from xlengine.engine import Played

FINDINGS = schema().sheets["findings"].name
MEMBERS = schema().sheets["members"].name


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    path = tmp_path_factory.mktemp("sample") / "見本.xlsx"
    builder.build(path, sample=True)
    return path


@pytest.fixture
def excel(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    monkeypatch.setattr(sys, "argv", ["-c"])
    with Played() as played:
        yield played


@pytest.fixture
def plain(tmp_path):
    return by_openpyxl(tmp_path / "b.xlsx", {"members": [person(n) for n in range(1, 6)]})


# ------------------------------------------------------------------ sheets that can't be added


def fixed(excel, path):
    """Open a workbook without a list of findings, its structure protected."""
    book = excel.open(path)
    if FINDINGS in [sheet.name for sheet in book.sheets]:
        book.sheets[FINDINGS].delete()
    book.impl.content.security = WorkbookProtection(lockStructure=True)
    return book


def test_a_protected_structure_is_told_with_the_way_out(excel, plain):
    book = fixed(excel, plain)
    session = OpenBook(book, plain)
    session.read()
    write_findings(session, [finding("members", 2, "name")])
    with pytest.raises(BookError) as stop:
        session.commit()
    assert FINDINGS in stop.value.message and stop.value.hint
    assert session.state == "untouched"


def test_with_all_its_sheets_a_protected_structure_is_no_hindrance(excel, sample, tmp_path):
    path = Path(shutil.copy(sample, tmp_path / "届出.xlsx"))
    book = excel.open(path)
    book.impl.content.security = WorkbookProtection(lockStructure=True)
    before = book.impl.write_to(path.with_name("before.xlsx"))
    excel.app.answers = ["no", "yes"]
    ribbon.check()
    ribbon.undo()
    assert [mode for _, _, mode in excel.app.alerts] == [None, None, "info"]
    assert differences(before, book.impl.write_to(path.with_name("after.xlsx"))) == []


# ------------------------------------------------------------------ tables that fill their columns


def column_of_a_table(excel, path):
    """A column of an Excel table, all blank, on 加入者台帳; its first row."""
    book = excel.open(path)
    sheet = book.sheets[MEMBERS]
    (found,) = sheet.tables
    area = found.range
    return book, sheet, area.row + 1, area.column + area.shape[1] - 1


def test_a_formula_alone_fills_the_column_of_its_table(excel, plain):
    _, sheet, row, column = column_of_a_table(excel, plain)
    sheet.range((row + 1, column)).formula = f"=ROW(A{row + 1})"
    assert sheet.range((row, column)).formula == f"=ROW(A{row})"


def test_while_we_write_it_fills_nothing(excel, plain):
    book, sheet, row, column = column_of_a_table(excel, plain)
    with still(book):
        sheet.range((row + 1, column)).formula = f"=ROW(A{row + 1})"
    assert sheet.range((row, column)).formula == ""
    assert excel.app.api.AutoCorrect.AutoFillFormulasInLists is True


# ------------------------------------------------------------------ texts in names


def test_a_name_takes_no_long_text_and_ours_are_short_enough(excel, plain):
    book = excel.open(plain)
    with pytest.raises(Exception, match="too long"):
        book.names.add("x", f'="{"a" * 256}"')
    under = mark_colours.Underneath()
    theme = (
        "<fgColor theme='9' tint='-0.249977111117893'/><bgColor theme='4' tint='0.39997558519'/>"
    )
    long = f"<fill><patternFill patternType='lightTrellis'>{theme * 4}</patternFill></fill>"
    assert len(long) > 255 and under.code(long) is not None
    wanted = {name: f"={formula}" for name, formula in under.names().items()}
    set_hidden_names(book, wanted)
    kept = {name: text.removeprefix("=") for name, text in hidden_names(book).items()}
    assert mark_colours.kept(kept) == {under.code(long): long}


# ------------------------------------------------------------------ an Excel that doesn't answer


class Refused(Exception):
    """pywin32's ``com_error`` (hresult) and appscript's (errornumber), as far as we ask them."""

    def __init__(self, **numbers):
        super().__init__("refused")
        vars(self).update(numbers)


BUSY = [{"hresult": -2147418111}, {"hresult": -2147417846}, {"errornumber": -1712}]
GONE = [{"hresult": -2147023174}, {"hresult": -2147417848}, {"errornumber": -600}]
FORBIDDEN = [{"errornumber": -1743}]


def test_what_excel_says_is_told_as_what_it_is():
    told = [
        {host.refusal(Refused(**numbers)).message for numbers in kind}
        for kind in (BUSY, GONE, FORBIDDEN)
    ]
    assert [len(kind) for kind in told] == [1, 1, 1] and len(set.union(*told)) == 3
    for other in (Refused(), Refused(hresult=-2147352567), ValueError("x")):
        assert host.refusal(other) is None


@pytest.mark.parametrize("numbers", [BUSY[0], GONE[0]])
def test_a_button_says_so_and_what_has_become_of_the_workbook(
    excel, plain, monkeypatch, capsys, numbers
):
    excel.open(plain)

    def refuse(*_):
        raise Refused(**numbers)

    monkeypatch.setattr("shikaku.excel.session.read_book", refuse)
    with pytest.raises(SystemExit):  # no box on this system: the macro tells it
        ribbon.check()
    said = capsys.readouterr().err
    assert host.refusal(Refused(**numbers)).message in said and "変わっていません" in said
