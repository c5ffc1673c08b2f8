"""What catches the eye in a row, worked out by LibreOffice: each rule as a formula beside its row."""

import re
import zipfile
from collections.abc import Mapping
from xml.sax.saxutils import escape

import openpyxl
import pytest
from case_files import by_name, cases, load
from office import convert
from shikaku.model.schema import schema
from shikaku.ooxml.formula_shift import moved_down
from shikaku.template import builder, conditional_formats
from shikaku.template.builder import Content
from shikaku.template.conditional_formats import Mark
from shikaku.template.formats import FIRST_YEAR_DATE, MUTED
from xlsxwriter.utility import xl_col_to_name

CASES = cases("template/conditional_formats")
BASE = load("template/conditional_formats")["base"]
pytestmark = pytest.mark.filterwarnings("ignore:Print area:UserWarning")

LOOKS = {
    "▲": conditional_formats.STOP_SIGN,
    "●": conditional_formats.SOON_SIGN,
    "▽": conditional_formats.LATE_SIGN,
    "○": conditional_formats.DONE_SIGN,
    "waits": conditional_formats.SOON_SIGN | {"bold": False},
    "day": conditional_formats.STOP | {"num_format": conditional_formats.signed("▲")},
    "over": conditional_formats.STOP,
    "soon": conditional_formats.SOON,
    "empty": {"bg_color": conditional_formats.SOON_FILL},
    "元年": {"num_format": FIRST_YEAR_DATE},
    "yyyymmdd": {"num_format": '0000"/"00"/"00'},
    "steps back": {"font_color": MUTED},
}
FAR = 200
"""The first column of the rules: beside all of ours."""


def look_of(mark: Mark) -> str:
    """The word of the case file for a look, or for its colours where the cell's format has the sign."""
    exact = [word for word, look in LOOKS.items() if look == mark.look]
    plain = [
        word
        for word, look in LOOKS.items()
        if {k: v for k, v in look.items() if k != "num_format"} == mark.look
    ]
    return [*exact, *plain][0]


def rows_of(sheet: str) -> list[dict]:
    """The rows of the sheet's cases: what each changes in the usual row, without its blank cells."""
    found = []
    for case in CASES:
        if case["sheet"] == sheet:
            values = {**BASE.get(sheet, {}), **case["row"]}
            found.append({key: value for key, value in values.items() if value != ""})
    return found


def beside(number: int, marks: list[Mark]) -> str:
    """The cells with the rules of one row."""
    return "".join(
        f'<c r="{xl_col_to_name(FAR + place)}{number}">'
        f"<f>{escape(moved_down(mark.formula, number - 2))}</f></c>"
        for place, mark in enumerate(marks)
    )


@pytest.fixture(scope="module")
def seen(tmp_path_factory) -> dict[str, dict[str, list[str]]]:
    """Case → column → the looks whose rules hold, those of the file's first rules first."""
    sheets = {case["sheet"]: schema().sheets[case["sheet"]] for case in CASES}
    marks = {key: list(conditional_formats.marks(sheet)) for key, sheet in sheets.items()}
    rows = {key: rows_of(key) for key in sheets}
    path = tmp_path_factory.mktemp("rules") / "rules.xlsx"
    path.write_bytes(builder.render(Content(rows, {"as_of": BASE["as_of"]}), prepared=1))
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for number, key in enumerate(schema().sheets, 1):
        if key not in sheets:
            continue
        name = f"xl/worksheets/sheet{number}.xml"

        def with_rules(match: re.Match[str], rules: list[Mark] = marks[key]) -> str:
            at = int(match[2])
            return match[1] + (beside(at, rules) if at > 1 else "") + "</row>"

        text = parts[name].decode("utf-8")
        text = re.sub(r"(<dimension ref=\")[^\"]*", r"\g<1>A1:XFD1000", text)
        text = re.sub(r'(<row r="(\d+)".*?)</row>', with_rules, text, flags=re.DOTALL)
        parts[name] = text.encode("utf-8")
    with zipfile.ZipFile(path, "w") as package:
        for name, data in parts.items():
            package.writestr(name, data)
    book = openpyxl.load_workbook(convert(path, path.parent / "out"), data_only=True)
    found: dict[str, dict[str, list[str]]] = {}
    for key, sheet in sheets.items():
        cells = book[sheet.name]
        for number, case in enumerate((c for c in CASES if c["sheet"] == key), 2):
            holds = found.setdefault(case["name"], {})
            for place, mark in enumerate(marks[key]):
                if cells.cell(number, FAR + place + 1).value in (True, 1):
                    holds.setdefault(mark.key, []).append(look_of(mark))
    return found


def on_top(holds: Mapping[str, list[str]]) -> dict[str, str]:
    """Column → the look that is seen, where one is: the first; a row that steps back is said once."""
    first = {key: looks[0] for key, looks in holds.items()}
    steps = {key for key, look in first.items() if look == "steps back"}
    shown = {key: look for key, look in first.items() if key not in steps}
    return shown | ({"name": "steps back"} if "name" in steps else {})


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_the_eye_is_caught_by_this_and_nothing_else(case, seen):
    assert on_top(seen[case["name"]]) == case["marks"]


def test_a_rule_that_stops_comes_first():
    """Excel leaves out what comes behind it, LibreOffice always does."""
    for sheet in schema().sheets.values():
        marks = list(conditional_formats.marks(sheet))
        for key in {mark.key for mark in marks}:
            stops = [mark.stop for mark in marks if mark.key == key]
            assert stops == sorted(stops, reverse=True)
