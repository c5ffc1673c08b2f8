"""ShikakuFindings.bas run by pyOpenVBA's interpreter: from finding to finding of a list."""

import pytest
from findings_list import FILING, LABELS, STOPS, fill, here, with_findings
from pyopenvba.apps.excel._model import Range
from pyopenvba.interpreter._values import error
from shikaku.install import build
from shikaku.install.texts import TEXTS
from xlengine.vba import Excel


@pytest.fixture
def excel(tmp_path) -> Excel:
    return with_findings(tmp_path)


def stops(excel: Excel, sub: str, count: int) -> list[tuple[str, str]]:
    found = []
    for _ in range(count):
        excel.run(sub)
        found.append(here(excel))
    return found


def test_from_the_top_through_all_and_around(excel):
    """A sheet that has gone is passed over; headings may stand anywhere in the first rows."""
    assert stops(excel, "NextFinding", 7) == [*STOPS, *STOPS[:2]]
    assert excel.messages == []
    bar = excel.app.application.status_bar
    assert "2/6" in bar and "NM03" not in bar and "空白がありません。" in bar


def test_and_back_again(excel):
    stops(excel, "NextFinding", 3)
    assert stops(excel, "PreviousFinding", 3) == [STOPS[1], STOPS[0], STOPS[4]]


def test_from_wherever_the_cursor_stands(excel):
    excel.app.evaluate(f'Worksheets("{FILING.name}").Activate')
    excel.app.evaluate('Range("B5").Select')
    excel.run("NextFinding")
    assert here(excel) == STOPS[2]
    excel.app.evaluate('Range("B5").Select')
    excel.run("PreviousFinding")
    assert here(excel) == STOPS[1]


def test_a_row_says_all_that_is_found_in_it(excel):
    excel.app.evaluate('Range("B3").Select')
    excel.run("RowFindings")
    (text,) = excel.messages
    assert "日付ではありません。" in text and "空白がありません。" in text and "空欄" not in text
    excel.app.evaluate('Range("B4").Select')
    excel.run("RowFindings")
    assert excel.messages[1:] == [TEXTS["no_finding_here"]]


def test_the_status_bar_is_excels_again_when_another_cell_is_selected(excel):
    """Excel keeps a text there until it is told otherwise, over whatever it has to say itself."""
    application = excel.app.application
    excel.run("NextFinding")
    assert "1/6" in application.status_bar
    excel.run("LeaveFinding")
    assert application.status_bar is False
    application.status_bar = "somebody else's"
    excel.run("LeaveFinding")
    assert application.status_bar == "somebody else's"


def test_a_row_with_more_than_a_box_shows_says_where_the_rest_is(excel):
    """A message box cuts what is too long, and says nothing."""
    book = excel.app.application.active_book
    sheet = next(sheet for sheet in book.sheets_ if sheet.name == "検証結果")
    fill(sheet, [LABELS, *[["エラー", "X", FILING.name, 3, "氏名", "", "長い" * 90, "直す"]] * 3])
    excel.app.evaluate('Range("B3").Select')
    excel.run("RowFindings")
    (text,) = excel.messages
    assert len(text) < 560 and text.endswith(TEXTS["more_in_list"])


@pytest.mark.parametrize("sub", ["NextFinding", "PreviousFinding", "RowFindings"])
def test_without_a_list_it_says_what_to_press(tmp_path, sub):
    excel = Excel(build(tmp_path / "shikaku.xlam", r"C:\python.exe"))
    excel.run(sub)
    book = excel.open_book("届出.xlsx")
    excel.run(sub)
    fill(book.add_sheet("検証結果"), [LABELS])
    excel.run(sub)
    assert excel.messages == [TEXTS["no_workbook"], *[TEXTS["no_findings"]] * 2]


def test_with_a_chart_in_front_the_first_finding_comes(excel):
    """A window that shows no worksheet has no active cell, only an error."""
    application = excel.app.application
    application.chart = application.active_book.add_sheet("グラフ1")
    excel.app.evaluate('Worksheets("グラフ1").Activate')
    excel.run("RowFindings")
    assert excel.messages == [TEXTS["no_finding_here"]]
    excel.run("NextFinding")
    assert here(excel) == STOPS[0] and len(excel.messages) == 1


def test_a_sheet_where_nothing_may_be_selected_is_passed_over(excel, monkeypatch):
    """A protection may forbid to select cells (EnableSelection)."""
    passed = STOPS[0][0]

    def refuse(area):
        if area.sheet.name == passed:
            raise error(1004, "Select method of Range class failed")
        select(area)

    select = Range.select_as_excel_does
    monkeypatch.setattr(Range, "select_as_excel_does", refuse)
    excel.run("NextFinding")
    assert here(excel)[0] != passed
