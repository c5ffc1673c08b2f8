"""Cells and rows of the sheets with tables, as they go into the file."""

import datetime as dt
import io
import re
import zipfile

import openpyxl
import pytest
from shikaku.model.schema import schema
from shikaku.template import builder
from shikaku.template.builder import Content
from shikaku.template.conditional_formats import marks
from shikaku.template.content import ERROR_TEXTS

pytestmark = pytest.mark.filterwarnings("ignore:Print area:UserWarning")

ACQUIRED = dt.date(2026, 4, 13)
ROWS = [
    {"name": "架空 太郎", "acquired": ACQUIRED, "remarks": "あ" * 200},
    {"name": "架空 花子", "acquired": ACQUIRED, "remarks": True},
    {"name": "架空 次郎", "acquired": ACQUIRED, "remarks": "短い"},
    *({"name": text} for text in ERROR_TEXTS),
]
LOSS = {
    key: 1 if column.type == "count" else "x"
    for key, column in schema().sheets["loss"].columns.items()
    if column.type != "formula"
}
TABLES = [key for key, sheet in schema().sheets.items() if sheet.table]


@pytest.fixture(scope="module")
def made() -> bytes:
    content = Content(
        {"acquisition": ROWS, "loss": [LOSS]},
        {"as_of": dt.date(2026, 4, 15)},
        {"acquisition": [0, 2]},
    )
    return builder.render(content, prepared=12)


def part(made: bytes, key: str) -> str:
    """The XML of a sheet."""
    number = list(schema().sheets).index(key) + 1
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        return package.read(f"xl/worksheets/sheet{number}.xml").decode("utf-8")


@pytest.fixture(scope="module")
def rows(made) -> dict[int, dict[str, str]]:
    """Row of 資格取得届 → what its tag says."""
    xml = part(made, "acquisition")
    tags = re.findall(r"<row ([^>]*)>", xml)
    said = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in tags]
    return {int(values["r"]): values for values in said}


def test_a_row_out_of_sight_stays_so_however_long_its_texts(rows):
    assert [rows[number].get("hidden") for number in (2, 3, 4, 5)] == ["1", None, "1", None]


def test_a_row_is_as_high_as_its_words(rows):
    heights = [float(rows[number].get("ht", 0)) for number in (3, 13)]
    assert heights[0] > heights[1]


def test_values_keep_their_kind(made):
    sheet = openpyxl.load_workbook(io.BytesIO(made), data_only=True)["資格取得届"]
    places = {key: n for n, key in enumerate(schema().sheets["acquisition"].columns, 1)}
    assert sheet.cell(3, places["remarks"]).value is True
    assert sheet.cell(3, places["acquired"]).value == dt.datetime(2026, 4, 13)
    limit = sheet.cell(3, places["limit"])
    assert limit.data_type == "d" and limit.value == dt.datetime(2026, 4, 20)


@pytest.fixture(scope="module")
def book(made):
    return openpyxl.load_workbook(io.BytesIO(made))


def labels(key: str) -> list[str]:
    return [column.label for column in schema().sheets[key].columns.values()]


def test_errors_stay_errors(made):
    sheet = openpyxl.load_workbook(io.BytesIO(made), data_only=True)["資格取得届"]
    column = labels("acquisition").index("氏名") + 1
    found = [sheet.cell(row, column) for row in range(5, 5 + len(ERROR_TEXTS))]
    assert [(cell.data_type, cell.value) for cell in found] == [("e", text) for text in ERROR_TEXTS]


@pytest.mark.parametrize(("saturday", "limit"), [("休業日とする", 13), ("開庁日とする", 11)])
def test_a_limit_is_there_by_the_settings_before_anything_is_calculated(saturday, limit):
    """The fifth day is a Saturday."""
    rows = [{"name": "架空 太郎", "acquired": dt.date(2026, 4, 6)}]
    chosen = {"as_of": dt.date(2026, 4, 15), "saturday": saturday}
    made = builder.render(Content({"acquisition": rows}, chosen), prepared=1)
    sheet = openpyxl.load_workbook(io.BytesIO(made), data_only=True)["資格取得届"]
    cell = sheet.cell(2, labels("acquisition").index("提出期限") + 1)
    assert cell.value == dt.datetime(2026, 4, limit)


FROZEN = {
    "members": "氏名",
    "acquisition": "行の状態",
    "dependants": "行の状態",
    "loss": "行の状態",
    "findings": "コード",
    "decisions": "氏名",
    "ledger": "氏名",
    "history": "種類",
    "closed_days": None,
}


@pytest.mark.parametrize("key", TABLES)
def test_whose_row_it_is_stays_in_sight(book, key):
    """The headings, and the columns up to this one, while somebody scrolls."""
    pane = book[schema().sheets[key].name].sheet_view.pane
    columns = 0 if FROZEN[key] is None else labels(key).index(FROZEN[key]) + 1
    assert (int(pane.xSplit or 0), int(pane.ySplit)) == (columns, 1)


@pytest.mark.parametrize("key", TABLES)
def test_columns_are_as_wide_as_they_need_and_only_helpers_are_hidden(made, key):
    xml = part(made, key)
    found = {}
    for tag in re.findall("<col ([^>]*)/>", xml):
        said = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        found |= dict.fromkeys(range(int(said["min"]), int(said["max"]) + 1), said)
    for number, column in enumerate(schema().sheets[key].columns.values(), 1):
        said = found[number]
        assert ("hidden" in said) == column.hidden == (column.key in ("days", "number_erased"))
        assert column.width <= float(said["width"]) < column.width + 1, column.label


@pytest.mark.parametrize("key", TABLES)
def test_headings_are_whole(book, key):
    """A heading of several lines has their height."""
    sheet = book[schema().sheets[key].name]
    for column in schema().sheets[key].columns.values():
        lines = 1 if column.hidden else -(-2 * len(column.label) // int(column.width))
        assert sheet.row_dimensions[1].height >= 12 * lines, column.label


@pytest.mark.parametrize("key", ["findings", "decisions"])
def test_before_the_first_run_a_sheet_says_how_it_is_filled(book, key):
    sheet = book[schema().sheets[key].name]
    (text,) = [cell.value for cell in sheet[2] if cell.value]
    assert "資格確認" in text and sheet.row_dimensions[2].height >= 40


@pytest.mark.parametrize("key", TABLES)
def test_rules_reach_from_the_first_row_to_the_last(book, key):
    """Validations and what catches the eye, each in the order of the rules, and where one stops."""
    sheet = book[schema().sheets[key].name]
    areas = [str(rule.sqref) for rule in sheet.data_validations.dataValidation]
    found = []
    for area, rules in sheet.conditional_formatting._cf_rules.items():
        areas.append(str(area.sqref))
        found += [(r.priority, area.sqref, r.formula[0], bool(r.stopIfTrue)) for r in rules]
    assert all(re.fullmatch(r"([A-Z]+)2:(?:\1)2001", area) for area in areas)
    rules = [(mark.formula, mark.stop) for mark in marks(schema().sheets[key])]
    assert [(formula, stop) for _, _, formula, stop in sorted(found, key=lambda r: r[0])] == rules


@pytest.mark.parametrize("key", TABLES)
def test_no_green_corner_speaks_of_numbers_kept_as_text(made, key):
    xml = part(made, key)
    last = openpyxl.utils.get_column_letter(len(labels(key)))
    (tags,) = re.findall("<ignoredErrors>(.*?)</ignoredErrors>", xml)
    for word in ("numberStoredAsText", "unlockedFormula"):
        assert f'<ignoredError sqref="A2:{last}2001" {word}="1"/>' in tags


def test_days_left_are_told_from_days_gone_by_a_sign(book):
    sheet = book["資格取得届"]
    cell = sheet.cell(2, labels("acquisition").index("残日数") + 1)
    assert cell.number_format == '0"日";▲0"日";"当日"'


def test_inputs_wrap_and_counts_are_whole_numbers_in_the_middle(book):
    columns = list(schema().sheets["loss"].columns.values())
    for cell, column in zip(book["資格喪失届"][2], columns, strict=True):
        if column.type == "count":
            assert (cell.number_format, cell.alignment.horizontal) == ("0", "center")
        elif column.type != "formula":
            assert cell.alignment.wrap_text, column.label


def test_what_must_be_there_in_some_cases_is_underlined(book):
    """A heading says by its letters, not only by its colour, what is asked for."""
    underlined = {
        key: {cell.value for cell in book[schema().sheets[key].name][1] if cell.font.underline}
        for key in ("members", "acquisition", "dependants", "loss")
    }
    number = {"個人番号", "個人番号なしの理由"}
    assert underlined == {
        "members": number,
        "acquisition": number,
        "dependants": number | {"郵便番号", "住所", "備考"},
        "loss": {"退職等年月日", "返不能の理由"},
    }


@pytest.mark.parametrize("key", TABLES)
def test_paper_with_individual_numbers_says_so(made, key):
    sheet = schema().sheets[key]
    secret = any(column.type == "individual_number" for column in sheet.columns.values())
    header = openpyxl.load_workbook(io.BytesIO(made))[sheet.name].oddHeader
    assert ("取扱注意" in (header.right.text or "")) == secret
