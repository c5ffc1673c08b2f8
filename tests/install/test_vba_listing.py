"""The window with the findings (ShikakuListing.bas), run by pyOpenVBA's interpreter."""

import pytest
from findings_list import FINDINGS, STOPS, fill, here, listed, with_findings
from shikaku.install import build
from shikaku.install.texts import TEXTS
from shikaku.model.schema import schema
from xlengine.vba import Excel

SEVERITIES = list(schema().lists["severity"].values())


@pytest.fixture
def excel(tmp_path) -> Excel:
    return with_findings(tmp_path)


def lines(excel: Excel) -> list[tuple[str, str]]:
    """Severity and place of the lines that the window shows."""
    return [(str(line[0]), str(line[1])) for line in excel.window.found.lines]


def choose(excel: Excel, line: int) -> None:
    excel.window.found.index = line


WHOLE = [(row[0], f"{row[2]} {row[3] or ''}") for row in FINDINGS]


def test_the_window_lists_every_finding(excel):
    excel.run("ShowFindings")
    assert lines(excel) == WHOLE
    assert [line[0] for line in excel.window.severity.lines] == [TEXTS["severity_all"], *SEVERITIES]
    widths = excel.window.found.look["ColumnWidths"].split(";")
    assert len(widths) == excel.window.found.look["ColumnCount"] == 4 and widths[3] == "0 pt"
    assert excel.messages == []


@pytest.mark.parametrize("severity", SEVERITIES)
def test_it_shows_one_severity_alone(excel, severity):
    excel.run("ShowFindings")
    excel.window.severity.vba_set("ListIndex", 1 + SEVERITIES.index(severity))
    assert lines(excel) == [line for line in WHOLE if line[0] == severity]


def test_a_line_leads_to_its_cell(excel):
    excel.run("ShowFindings")
    places = []
    for line in (0, 1, 2, 4, 5):  # the fourth is of a sheet that has gone
        choose(excel, line)
        excel.app.run("GoToListed", excel.window)
        places.append(here(excel))
    assert places == STOPS and excel.messages == []
    choose(excel, 3)
    excel.app.run("GoToListed", excel.window)
    assert excel.messages == [TEXTS["no_such_cell"]]


def test_a_line_tells_what_to_do(excel):
    excel.run("ShowFindings")
    choose(excel, 2)
    excel.app.run("DescribeListed", excel.window)
    assert FINDINGS[2][5] in excel.window.detail.caption
    assert FINDINGS[2][6] in excel.window.detail.caption


def test_a_sorted_list_is_read_anew_and_leads_nowhere_wrong(excel):
    excel.run("ShowFindings")
    sheet = excel.app.application.active_book.sheets_[-1]
    fill(sheet, [listed(FINDINGS[2]), listed(FINDINGS[0])], top=3)
    before = here(excel)
    choose(excel, 0)
    excel.app.run("GoToListed", excel.window)
    assert here(excel) == before and lines(excel)[:2] == [WHOLE[2], WHOLE[0]]


def test_a_check_fills_the_open_window_anew_and_asks_nothing(excel):
    excel.run("ShowFindings")
    sheet = excel.app.application.active_book.sheets_[-1]
    for row in range(3, 3 + len(FINDINGS)):
        for column in "ABCDEFGH":
            excel.app.evaluate(f'Worksheets("{sheet.name}").Range("{column}{row}").ClearContents')
    excel.app.run("Written", "届出.xlsx", True, False, False)
    assert lines(excel) == [] and excel.messages == []


def test_a_check_after_the_window_was_closed_asks_nothing_of_it(excel):
    excel.run("ShowFindings")
    excel.window.close()
    excel.app.run("Written", "届出.xlsx", True, False, False)
    assert excel.messages == []


def test_another_workbook_in_front_is_left_for_the_lists_own(excel):
    own = excel.app.application.active_book
    excel.run("ShowFindings")
    excel.open_book("ほか.xlsx")
    choose(excel, 4)
    excel.app.run("GoToListed", excel.window)
    assert excel.app.application.active_book is own and here(excel) == STOPS[3]


def test_a_list_whose_workbook_has_gone_is_emptied(excel):
    excel.run("ShowFindings")
    excel.app.application.active_book.name = "改名.xlsx"
    choose(excel, 0)
    excel.app.run("GoToListed", excel.window)
    assert lines(excel) == []


def test_where_excel_has_no_window_the_sheet_comes_up(excel):
    excel.window.refuses = True
    excel.run("ShowFindings")
    assert here(excel)[0] == "検証結果" and excel.messages == []


def test_without_a_list_it_says_what_to_press(tmp_path):
    excel = Excel(build(tmp_path / "shikaku.xlam", r"C:\python.exe"))
    excel.run("ShowFindings")
    excel.open_book("届出.xlsx")
    excel.run("ShowFindings")
    assert excel.messages == [TEXTS["no_workbook"], TEXTS["no_findings"]]
