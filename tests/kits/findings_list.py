"""A workbook with a list of findings, for the macros that go through it."""

from pathlib import Path

from openpyxl.utils import get_column_letter
from pyopenvba.apps.excel import SheetView
from shikaku.install import build
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


def listed(row: tuple) -> list:
    """A finding as the sheet has it: the person's 氏名 before the message."""
    return [*row[:5], "", *row[5:]]


def letter(spec: Sheet, label: str) -> str:
    """The column of a heading on a sheet as the form has it."""
    return column_letters([column.label for column in spec.columns.values()].index(label) + 1)


def fill(sheet, rows: list[list], top: int = 1) -> None:
    view = SheetView(sheet)
    for row, values in enumerate(rows, top):
        for column, value in enumerate(values):
            if value not in (None, ""):
                view.set_value(f"{get_column_letter(column + 1)}{row}", value)


def with_findings(tmp_path: Path) -> Excel:
    """An Excel with the add-in and the workbook."""
    found = Excel(build(tmp_path / "shikaku.xlam", r"C:\python.exe"))
    book = found.open_book("届出.xlsx")
    book.sheets_[0].name = FILING.name
    fill(book.sheets_[0], [[column.label for column in FILING.columns.values()]])
    fill(book.add_sheet(LOSS.name), [[], [column.label for column in LOSS.columns.values()]])
    fill(book.add_sheet("設定"), [["項目", "値"], [], [], [], ["事業所記号"]])
    fill(book.add_sheet("検証結果"), [["検証の結果"], LABELS, *map(listed, FINDINGS)])
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
