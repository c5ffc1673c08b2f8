"""表紙: its counts and totals, its way to every sheet, what it warns of, its one page."""

import datetime as dt
import io
import re
from collections.abc import Mapping

import openpyxl
import pytest
from cover_counts import cover_counts
from office import convert
from openpyxl.utils import range_boundaries
from shikaku.model.schema import schema
from shikaku.template import builder, cover_sheet
from shikaku.template.builder import Content
from shikaku.template.count_formulas import COUNTED, LABELS, LEGEND

pytestmark = pytest.mark.filterwarnings("ignore:Print area:UserWarning")

AS_OF = dt.date(2026, 4, 15)
NAME = schema().sheets["cover"].name


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The sample: it has something to count in every place."""
    path = tmp_path_factory.mktemp("cover") / "sample.xlsx"
    builder.build(path, sample=True, rows=1)
    return path


@pytest.fixture(scope="module")
def cover(made):
    return openpyxl.load_workbook(made)[NAME]


def texts(cover) -> dict[str, tuple[int, int]]:
    """Text → row and column, of the cells that are no formula."""
    return {
        cell.value: (cell.row, cell.column)
        for row in cover.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and not cell.value.startswith("=")
    }


def totals(path) -> dict[str, int]:
    """The row 合計 of a workbook that was calculated."""
    sheet = openpyxl.load_workbook(path, data_only=True)[NAME]
    row, column = texts(sheet)["合計"]
    return {count: sheet.cell(row, column + n).value for n, count in enumerate(LABELS, 1)}


def added(counts: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    return {count: sum(of.get(count, 0) for of in counts.values()) for count in LABELS}


def test_the_totals_are_those_of_all_sheets(made, tmp_path):
    """As the file is made, and as LibreOffice works them out."""
    after = convert(made, tmp_path / "out")
    assert totals(made) == added(cover_counts(made)) == totals(after) == added(cover_counts(after))
    assert all(totals(made).values())


def test_every_sheet_is_a_click_away(cover):
    """Those to be filled in at their step, each that is counted, all of them in the guide."""
    links = [cell for row in cover.iter_rows() for cell in row if cell.hyperlink]
    assert [cell.hyperlink.location for cell in links] == [f"'{cell.value}'!A1" for cell in links]
    found = [cell.value for cell in links]
    sheets = {sheet.name for key, sheet in schema().sheets.items() if key != "cover"}
    counted = {schema().sheets[key].name for key in COUNTED}
    steps = {schema().sheets[key].name for _, _, keys in cover_sheet.STEPS for key in keys}
    assert {*found} == sheets
    assert len(found) == len(sheets) + len(counted) + len(steps)
    filled = {
        s.name for k, s in schema().sheets.items() if k in ("acquisition", "dependants", "loss")
    }
    assert filled <= steps


def test_counts_that_call_for_something_catch_the_eye(cover):
    """Each count of each sheet and the total, and nothing of 件数."""
    first, last = texts(cover)["件数"][0] + 1, texts(cover)["合計"][0]
    assert last - first == len(COUNTED)
    seen = {}
    for area, rules in cover.conditional_formatting._cf_rules.items():
        left, top, right, bottom = range_boundaries(str(area.sqref))
        seen[left, right] = top, bottom, rules[0].formula[0], rules[0].dxf.fill.bgColor.rgb
    column = {count: number for number, count in enumerate(LABELS, 3)}
    for count in LABELS:
        if count == "rows":
            assert (column[count], column[count]) not in seen
            continue
        top, bottom, formula, colour = seen[column[count], column[count]]
        letter = openpyxl.utils.get_column_letter(column[count])
        assert (top, bottom) == (first, last)
        assert formula == f"AND(ISNUMBER({letter}{first}),{letter}{first}>0)"
        assert colour == ("FFFBE4D5" if count in ("overdue", "faults") else "FFFFF1C9")


def test_rows_that_are_not_counted_are_named_in_red(cover):
    row = texts(cover)["合計"][0] + 1
    assert LEGEND in cover.cell(row, 2).value
    rules = {str(k.sqref): v[0] for k, v in cover.conditional_formatting._cf_rules.items()}
    assert rules[f"B{row}:H{row}"].formula == [f'LEFT($B${row})="▲"']


NAMELESS = "事業所と健保組合の名前は「設定」に入力します"


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({}, NAMELESS),
        ({"employer_name": "株式会社みほん"}, "株式会社みほん　"),
        ({"insurer_name": "架空健康保険組合"}, "　架空健康保険組合"),
        (
            {"employer_name": "株式会社みほん", "insurer_name": "架空健康保険組合"},
            "株式会社みほん　架空健康保険組合",
        ),
    ],
)
def test_whose_workbook_it_is_and_of_which_day(settings, shown):
    """In programs, too, that calculate nothing."""
    made = io.BytesIO(builder.render(Content(settings={"as_of": AS_OF, **settings}), prepared=1))
    sheet = openpyxl.load_workbook(made, data_only=True)[NAME]
    assert sheet["B3"].value == shown
    assert sheet["G3"].value == dt.datetime(2026, 4, 15)


def test_names_and_day_are_those_of_the_settings(cover):
    assert cover["G3"].value == "=判定日"
    assert re.findall(r"設定_\w+", cover["B3"].value)[-2:] == ["設定_事業所名称", "設定_保険者名"]


def test_what_everybody_must_read_is_on_its_one_page(cover):
    found = texts(cover)
    for text in (cover_sheet.MORE_ROWS, cover_sheet.PASSWORD, cover_sheet.OLDER):
        assert text in found
    assert any(text.startswith("【取扱注意】") for text in found)
    _, _, right, bottom = range_boundaries(cover.print_area.split("!")[-1].replace("$", ""))
    assert bottom == cover.max_row and right >= max(column for _, column in found.values())
    assert cover.sheet_properties.pageSetUpPr.fitToPage  # on one page, where no other number stands
    assert {cover.page_setup.fitToHeight, cover.page_setup.fitToWidth} == {None}
