"""設定: what it works out, what it lets in, and how it looks on screen and paper."""

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest
from case_files import by_name, cases
from office import convert_all
from shikaku.model.schema import schema
from shikaku.template import builder, code_lists, settings_sheet
from shikaku.template.builder import Content

pytestmark = pytest.mark.filterwarnings("ignore:Print area:UserWarning")

CASES = cases("template/settings_sheet")
AS_OF = dt.date(2026, 4, 15)
NAME = schema().sheets["settings"].name


def content(case: dict) -> Content:
    closed = [{"date": day, "name": name} for day, name in builder.closed_days().items()]
    if case.get("odd_closed"):
        closed.append({"date": "R8.4.30", "name": "創立記念日"})
    return Content({"closed_days": closed}, {"as_of": AS_OF, **case["settings"]})


def derived(path) -> list:
    """The calculated lines of a workbook, in their order."""
    book = openpyxl.load_workbook(path, data_only=True)
    found = []
    for item in settings_sheet.derived({}):
        (_, place) = book.defined_names[item.name].attr_text.split("!")
        value = book[NAME][place.replace("$", "")].value
        found.append(value.date() if isinstance(value, dt.datetime) else value)
    return found


@pytest.fixture(scope="module")
def worked_out(tmp_path_factory) -> dict[str, tuple[list, list]]:
    """Case → the calculated lines as the file is made, and by LibreOffice."""
    folder = tmp_path_factory.mktemp("settings")
    paths = [folder / f"{number}.xlsx" for number in range(len(CASES))]
    for case, path in zip(CASES, paths, strict=True):
        path.write_bytes(builder.render(content(case), prepared=1))
    done = convert_all(paths, folder / "out")
    return {
        case["name"]: (derived(path), derived(after))
        for case, path, after in zip(CASES, paths, done, strict=True)
    }


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_the_lines_are_worked_out(case, worked_out):
    cached, calculated = worked_out[case["name"]]
    assert calculated == case["derived"]
    assert (cached == calculated) == case["cached"]


CHOSEN = {"saturday": "開庁日とする", "renewal_days": 30, "give_up_days": 40}


@pytest.fixture(scope="module")
def made() -> bytes:
    return builder.render(Content(settings={"as_of": AS_OF, **CHOSEN}), prepared=1)


@pytest.fixture(scope="module")
def sheet(made):
    return openpyxl.load_workbook(io.BytesIO(made))[NAME]


@pytest.fixture(scope="module")
def rows(sheet) -> dict[str, int]:
    """Setting → its row."""
    labels = {row[0].value: row[0].row for row in sheet.iter_rows(min_row=2)}
    return {key: labels[setting.label] for key, setting in schema().settings.items()}


def test_only_optional_lines_that_nobody_has_changed_are_folded_away(sheet, rows):
    """What somebody has set must be seen."""
    folded = {key for key, row in rows.items() if sheet.row_dimensions[row].hidden}
    optional = {key for key, setting in schema().settings.items() if setting.optional}
    assert folded == optional - {"saturday", "give_up_days"}
    assert {sheet.row_dimensions[rows[key]].outlineLevel for key in folded} == {1}
    assert not sheet.sheet_properties.outlinePr.summaryBelow  # the button stands at the heading


def test_each_line_lets_in_its_kind(sheet, rows):
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    names = code_lists.names()
    for key, setting in schema().settings.items():
        rule = rules.pop(f"B{rows[key]}", None)
        if setting.list:
            assert (rule.type, rule.formula1) == ("list", names[setting.list])
        elif setting.type == "date":
            assert rule.type == "custom" and f"B{rows[key]}" in rule.formula1
        elif setting.type == "count":
            assert (rule.type, rule.formula1) == ("whole", "0")
    assert not rules


def test_digits_and_texts_stay_as_they_are_typed_and_days_show_both_calendars(sheet, rows):
    wanted = {"digits": "@", "text": "@", "postal": "@", "count": "0", "choice": "General"}
    for key, setting in schema().settings.items():
        code = sheet.cell(rows[key], 2).number_format
        assert code == wanted.get(setting.type, '[$-411]ggge"年"m"月"d"日"(yyyy)'), key
    day = next(cell for cell in sheet["B"] if str(cell.value).startswith("=IF(IFERROR("))
    assert day.number_format == '[$-411]ggge"年"m"月"d"日"(yyyy)'


def test_screen_and_paper(sheet, rows):
    assert sheet.freeze_panes == "A2" and sheet.print_title_rows == "$1:$1"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage and sheet.page_setup.fitToHeight == 0
    assert sheet.page_setup.paperSize == 9 and sheet.page_setup.orientation == "landscape"
    for key, setting in schema().settings.items():
        lines = -(-2 * len(setting.note) // int(sheet.column_dimensions["C"].width))
        assert sheet.row_dimensions[rows[key]].height >= 12 * lines, key


def test_the_input_mode_is_off_where_digits_are_typed(made, rows):
    number = list(schema().sheets).index("settings") + 1
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        xml = package.read(f"xl/worksheets/sheet{number}.xml").decode("utf-8")
    tags = (
        dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in re.findall("<dataV[^>]*sq[^>]*>", xml)
    )
    modes = {tag["sqref"]: tag.get("imeMode") for tag in tags}
    for key, setting in schema().settings.items():
        if f"B{rows[key]}" in modes:
            off = setting.type in ("digits", "date", "count")
            assert modes[f"B{rows[key]}"] == ("off" if off else "hiragana"), key
