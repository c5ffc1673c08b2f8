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

pytestmark = pytest.mark.filterwarnings("ignore:Print area:UserWarning")

ACQUIRED = dt.date(2026, 4, 13)
ROWS = [
    {"name": "架空 太郎", "acquired": ACQUIRED, "remarks": "あ" * 200},
    {"name": "架空 花子", "acquired": ACQUIRED, "remarks": True},
    {"name": "架空 次郎", "acquired": ACQUIRED, "remarks": "短い"},
]


@pytest.fixture(scope="module")
def made() -> bytes:
    content = Content(
        {"acquisition": ROWS}, {"as_of": dt.date(2026, 4, 15)}, {"acquisition": [0, 2]}
    )
    return builder.render(content, prepared=4)


@pytest.fixture(scope="module")
def rows(made) -> dict[int, dict[str, str]]:
    """Row of 資格取得届 → what its tag says."""
    place = list(schema().sheets).index("acquisition") + 1
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        xml = package.read(f"xl/worksheets/sheet{place}.xml").decode("utf-8")
    tags = re.findall(r"<row ([^>]*)>", xml)
    said = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) for tag in tags]
    return {int(values["r"]): values for values in said}


def test_a_row_out_of_sight_stays_so_however_long_its_texts(rows):
    assert [rows[number].get("hidden") for number in (2, 3, 4, 5)] == ["1", None, "1", None]


def test_a_row_is_as_high_as_its_words(rows):
    heights = [float(rows[number].get("ht", 0)) for number in (3, 5)]
    assert heights[0] > heights[1]


def test_values_keep_their_kind(made):
    sheet = openpyxl.load_workbook(io.BytesIO(made), data_only=True)["資格取得届"]
    places = {key: n for n, key in enumerate(schema().sheets["acquisition"].columns, 1)}
    assert sheet.cell(3, places["remarks"]).value is True
    assert sheet.cell(3, places["acquired"]).value == dt.datetime(2026, 4, 13)
    limit = sheet.cell(3, places["limit"])
    assert limit.data_type == "d" and limit.value == dt.datetime(2026, 4, 20)


@pytest.mark.parametrize(
    "key", [key for key, sheet in schema().sheets.items() if sheet.columns and sheet.table]
)
def test_paper_with_individual_numbers_says_so(made, key):
    sheet = schema().sheets[key]
    secret = any(column.type == "individual_number" for column in sheet.columns.values())
    header = openpyxl.load_workbook(io.BytesIO(made))[sheet.name].oddHeader
    assert ("取扱注意" in (header.right.text or "")) == secret
