"""ShikakuFindings.bas run by pyOpenVBA's interpreter: from finding to finding of a list."""

import pytest
from pyopenvba.apps.excel import SheetView
from shikaku.install import build
from shikaku.install.texts import TEXTS
from shikaku.model.schema import Sheet, schema
from shikaku.ooxml.addresses import column_letters
from xlengine.vba import Excel

LABELS = [column.label for column in schema().sheets["findings"].columns.values()]
FILING, LOSS = (schema().sheets[key] for key in ("acquisition", "loss"))

# severity, code, sheet, row, item, message, hint, source
FINDINGS = [
    ("エラー", "DT01", FILING.name, 3, "生年月日", "日付ではありません。", "直してください。", ""),
    ("警告", "NM03", FILING.name, 3, "氏名", "空白がありません。", "空けてください。", ""),
    ("エラー", "RQ01", FILING.name, 9, "住所", "空欄です。", "記入してください。", ""),
    ("エラー", "ST01", "なくなったシート", None, "", "シートがありません。", "", ""),
    (
        "エラー",
        "LS01",
        LOSS.name,
        2,
        "資格喪失年月日",
        "翌日ではありません。",
        "直してください。",
        "",
    ),
    ("エラー", "SE01", "設定", 5, "事業所記号", "空欄です。", "記入してください。", ""),
]


def letter(spec: Sheet, label: str) -> str:
    """The column of a heading on a sheet as the form has it."""
    return column_letters([column.label for column in spec.columns.values()].index(label) + 1)


def fill(sheet, rows: list[list], top: int = 1) -> None:
    view = SheetView(sheet)
    for row, values in enumerate(rows, top):
        for column, value in enumerate(values):
            if value not in (None, ""):
                view.set_value(f"{chr(65 + column)}{row}", value)


@pytest.fixture
def excel(tmp_path) -> Excel:
    found = Excel(build(tmp_path / "shikaku.xlam", r"C:\python.exe"))
    book = found.open_book("届出.xlsx")
    book.sheets_[0].name = FILING.name
    fill(book.sheets_[0], [[column.label for column in FILING.columns.values()]])
    fill(book.add_sheet(LOSS.name), [[], [column.label for column in LOSS.columns.values()]])
    fill(book.add_sheet("設定"), [["項目", "値"], [], [], [], ["事業所記号"]])
    fill(book.add_sheet("検証結果"), [["検証の結果"], LABELS, *map(list, FINDINGS)])
    return found


def here(excel: Excel) -> tuple[str, str]:
    application = excel.app.application
    sheet = application.active_book.active_sheet
    cell = application.vba_get("ActiveCell").vba_get("Address", [False, False])
    return sheet.name, str(cell)


STOPS = [
    (FILING.name, f"{letter(FILING, '生年月日')}3"),
    (FILING.name, f"{letter(FILING, '氏名')}3"),
    (FILING.name, f"{letter(FILING, '住所')}9"),
    (LOSS.name, f"{letter(LOSS, '資格喪失年月日')}2"),
    ("設定", "B5"),
]


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


@pytest.mark.parametrize("sub", ["NextFinding", "PreviousFinding", "RowFindings"])
def test_without_a_list_it_says_what_to_press(tmp_path, sub):
    excel = Excel(build(tmp_path / "shikaku.xlam", r"C:\python.exe"))
    excel.run(sub)
    book = excel.open_book("届出.xlsx")
    excel.run(sub)
    fill(book.add_sheet("検証結果"), [LABELS])
    excel.run(sub)
    assert excel.messages == [TEXTS["no_workbook"], *[TEXTS["no_findings"]] * 2]
