"""What the real Excel refuses or does by itself, and what becomes of our writes then."""

import shutil
import sys
from pathlib import Path

import pytest
from bookparts.make import by_openpyxl
from findings import finding
from openpyxl.workbook.protection import WorkbookProtection
from sample_rows import person
from shikaku import ribbon, ribbon_row
from shikaku.excel import host
from shikaku.excel.hidden_names import hidden_names, set_hidden_names
from shikaku.excel.hidden_rows import special
from shikaku.excel.session import OpenBook, still
from shikaku.jobs.output_rows import write_findings
from shikaku.model.schema import schema
from shikaku.system.errors import BookError
from shikaku.workbook import mark_colours
from shikaku.workbook.session import OutRow
from xlengine.areas import Interrupted
from xlengine.compare import differences
from xlengine.engine import Played

FINDINGS = schema().sheets["findings"].name
MEMBERS = schema().sheets["members"].name


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
    before = book.impl.kept()
    excel.app.answers = ["no", "yes"]
    ribbon.check()
    ribbon.undo()
    assert [mode for _, _, mode in excel.app.alerts] == [None, None, "info"]
    assert differences(before, book.impl.kept()) == []


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
    start, end = "<fill><patternFill patternType='solid'>", "</patternFill></fill>"
    fits, too_long = (f"{start}{'x' * (n - len(start + end))}{end}" for n in (250, 256))
    assert under.code(too_long) is None  # such a cell isn't marked
    code = under.code(fits)
    wanted = {name: f"={formula}" for name, formula in under.names().items()}
    set_hidden_names(book, wanted)
    kept = {name: text.removeprefix("=") for name, text in hidden_names(book).items()}
    assert mark_colours.kept(kept) == {code: fits}


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


# ------------------------------------------------------------------ AutoSave that stays on


def test_where_autosave_can_not_be_switched_off_nothing_is_written(excel, plain):
    """Every write would be saved at once, and nobody has said so."""
    book = excel.open(plain)
    book.impl.auto_save = book.impl.auto_save_stays = True
    session = OpenBook(book, plain)
    session.read()
    write_findings(session, [finding("members", 2, "name")])
    with pytest.raises(BookError) as stop:
        session.commit()
    assert stop.value.hint and session.state == "untouched"
    assert book.impl.saves == [] and not session.autosave_stopped


# ------------------------------------------------------------------ charts, namesakes, hidden sheets


def test_with_a_chart_in_front_a_check_is_made_and_the_chart_stays(excel, plain):
    book = excel.open(plain)
    book.impl.chart_in_front = "グラフ1"
    excel.app.answers = ["no"]
    ribbon.check()
    ((_, _, mode),) = excel.app.alerts
    assert mode is None and book.sheets[FINDINGS].range("A2").value is not None
    assert book.sheets.active.name == "グラフ1"


def test_a_button_for_a_row_says_so_where_a_chart_is_in_front(excel, plain):
    excel.open(plain).impl.chart_in_front = "グラフ1"
    ribbon_row.row_decision()
    ((_, _, mode),) = excel.app.alerts
    assert mode == "critical"


def test_no_second_workbook_of_a_name_is_made(excel, plain, tmp_path):
    """Excel opens no two of one name."""
    excel.open(plain)
    other = tmp_path / "ほか" / plain.name.upper().replace("XLSX", "xlsx")
    other.parent.mkdir()
    excel.app.replies = [str(other)]
    ribbon.new_book()
    ((text, _, mode),) = excel.app.alerts
    assert mode == "critical" and other.name in text and not other.exists()


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_told_with_its_way_out(excel, plain, state):
    book = excel.open(plain)
    book.impl.content["設定"].sheet_state = state
    ribbon.settings()
    ((text, _, mode),) = excel.app.alerts
    assert mode == "critical" and ("xlSheetVeryHidden" in text) == (state == "veryHidden")


@pytest.mark.parametrize("name", ["the last sheet is very hidden", "a chart has the name"])
def test_a_new_sheet_is_made_or_none_is_left(excel, plain, name):
    book = excel.open(plain)
    if FINDINGS in [sheet.name for sheet in book.sheets]:
        book.sheets[FINDINGS].delete()
    last = book.impl.content.worksheets[-1]
    before = book.impl.content.sheetnames
    session = OpenBook(book, plain)
    session.read()
    write_findings(session, [finding("members", 2, "name")])
    if name == "a chart has the name":
        book.impl.chart_in_front = FINDINGS
        with pytest.raises(Interrupted):
            session.commit()
        assert session.state == "untouched" and book.impl.content.sheetnames == before
    else:
        last.sheet_state = "veryHidden"
        session.commit()
        assert book.impl.content.sheetnames == [*before, FINDINGS]
        assert last.sheet_state == "veryHidden"


@pytest.mark.parametrize("said", ["Final", "MultiUserEditing"])
def test_a_workbook_that_takes_no_write_back_is_refused_before_anything_is_done(excel, plain, said):
    """Marked as final; shared as Excel did before OneDrive, where most changes are forbidden."""
    book = excel.open(plain)
    book.impl.said.add(said)
    ribbon.check()
    ((text, _, mode),) = excel.app.alerts
    assert mode == "critical" and plain.name in text and excel.app.writes == 0


def test_one_cell_is_not_asked_what_excel_answers_for_the_whole_sheet(excel, plain):
    """``SpecialCells`` of one cell is that of the sheet."""
    cell = excel.open(plain).sheets[MEMBERS].range("A1")
    assert special(cell, "constants") == special(cell, "visible") == []


# ------------------------------------------------------------------ links that are formulas


@pytest.mark.parametrize("text", ["=1+1", "'=1+1", "012", "あ" * 300])
def test_what_a_list_says_without_a_link_stays_the_text_it_is(excel, plain, text):
    """The links of a row are a column of formulas: a text among them is written as a constant."""
    session = OpenBook(excel.open(plain), plain)
    session.read()
    rows = [OutRow({"sheet": text, "row": 2, "message": "x"})]
    rows.append(OutRow({"sheet": text, "row": 2, "message": "x"}, link=("members", 2, "name")))
    session.replace_rows("findings", rows[: 2 if len(text) > 255 else 1])
    session.commit()
    sheet = session.target.sheets[FINDINGS]
    column = sheet.range("A1:H1").value.index("シート") + 1
    for row in range(2, 2 + (2 if len(text) > 255 else 1)):
        assert sheet.range((row, column)).value == text.removeprefix("'") or text
        assert sheet.range((row, column)).formula == text
