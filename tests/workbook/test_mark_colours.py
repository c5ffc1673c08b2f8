"""Marks: set, found again, and taken back without a trace, whatever happened in between."""

import re
from copy import copy

import office
import openpyxl
import pytest
from bookparts import make, rich, zips
from findings import finding
from sample_rows import people
from shikaku.jobs.output_rows import write_findings
from shikaku.model.schema import schema
from shikaku.workbook import mark_colours
from shikaku.workbook.closed_file import ClosedBook

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")

SHEET = schema().sheets["acquisition"].name
COLOURS = {severity: mark_colours.colour(severity, 0) for severity in ("error", "warning", "info")}


def write(path, findings):
    session = ClosedBook(path)
    session.read()
    write_findings(session, findings)
    session.commit()


def fills(path, sheet=SHEET):
    """Cell → its fill as openpyxl understands it, of every cell that has one."""
    found = {}
    for row in openpyxl.load_workbook(path)[sheet].iter_rows():
        for cell in row:
            fill = cell.fill
            if fill.fill_type in ("linear", "path"):
                found[cell.coordinate] = (fill.fill_type, str([stop.color for stop in fill.stop]))
            elif fill.fill_type:
                colour = fill.fgColor
                key = colour.rgb if colour.type == "rgb" else (colour.type, colour.value)
                found[cell.coordinate] = (fill.fill_type, key)
    return found


def marked(path, sheet=SHEET):
    """Cell → severity of the marked cells."""
    names = {}
    for place, (kind, colour) in fills(path, sheet).items():
        code = mark_colours.code_of(colour) if isinstance(colour, str) else None
        if kind == "solid" and code is not None:
            rgb = f"{int(colour[-6:], 16) & ~0x1F:06X}"
            names[place] = next(s for s, c in COLOURS.items() if c == rgb)
    return names


@pytest.fixture
def book(tmp_path):
    """People on 資格取得届; G2 yellow, G3 hatched (rich.py), G4 in a theme colour, G5 a gradient."""
    path = rich.book(tmp_path / "b.xlsx")
    styles = zips.parts(path)["xl/styles.xml"]
    count = int(re.search(rb'<fills count="(\d+)"', styles)[1])
    entries = int(re.search(rb'<cellXfs count="(\d+)"', styles)[1])
    more = (
        b'<fill><patternFill patternType="solid"><fgColor theme="4" tint="0.79998168889431442"/>'
        b'<bgColor indexed="64"/></patternFill></fill><fill><gradientFill degree="90">'
        b'<stop position="0"><color rgb="FFFFFFFF"/></stop><stop position="1"><color theme="5"/>'
        b"</stop></gradientFill></fill>"
    )
    xf = b'<xf numFmtId="49" fontId="0" fillId="%d" borderId="0" xfId="0" applyFill="1"/>'

    def restyled(data):
        data = data.replace(b'<fills count="%d"' % count, b'<fills count="%d"' % (count + 2))
        data = data.replace(b"</fills>", more + b"</fills>")
        data = data.replace(
            b'<cellXfs count="%d"' % entries, b'<cellXfs count="%d"' % (entries + 2)
        )
        return data.replace(b"</cellXfs>", xf % count + xf % (count + 1) + b"</cellXfs>")

    def cells(data):
        for place, style in ((b"G4", entries), (b"G5", entries + 1)):
            data, done = re.subn(rb'(<c r="%s" s=")\d+' % place, rb"\g<1>%d" % style, data)
            assert done == 1
        return data

    zips.edit(path, {"xl/styles.xml": restyled, zips.sheet_part(path, SHEET): cells})
    return path


EVERY = [
    *(finding("acquisition", row, "sex", "error") for row in (2, 3, 4, 5, 6)),
    finding("acquisition", 2, "name", "warning"),
    finding("acquisition", 2, "no_number_reason", "info"),  # an empty cell
    finding("acquisition", 6, "", "warning"),
    finding("settings", 10, "as_of", "error"),
]


def test_cells_are_marked_by_the_worst_of_their_findings(book):
    write(
        book,
        [
            *EVERY,
            finding("acquisition", 2, "name", "error"),
            finding("acquisition", 2, "name", "info"),
        ],
    )
    assert marked(book) == {
        "H2": "error", "H3": "error", "H4": "error", "H5": "error", "H6": "error",
        "D2": "error", "K2": "info", "D6": "warning",
    }  # fmt: skip
    assert marked(book, "設定") == {"B10": "error"}
    assert office.validate(book) == ""


def test_a_second_run_without_findings_restores_every_look(book):
    before, old = fills(book), zips.parts(book)[zips.sheet_part(book, SHEET)]
    assert before["G2"] == ("solid", "FFFFF200") and before["G4"] == ("solid", ("theme", 4))
    write(book, EVERY)
    assert fills(book) != before
    write(book, [])
    assert fills(book) == before
    new = zips.parts(book)[zips.sheet_part(book, SHEET)]
    # Even the style numbers are the old ones; only an empty cell that was made may stay.
    assert new == old
    names = re.findall(rb"_shikaku_fill_\d+", zips.parts(book)["xl/workbook.xml"])
    assert names == []


def test_new_findings_replace_old_marks(book):
    write(book, EVERY)
    write(book, [finding("acquisition", 3, "birth", "info")])
    assert marked(book) == {"G3": "info"}
    write(book, EVERY)
    first = book.read_bytes()
    write(book, EVERY)
    assert book.read_bytes() == first


def test_marks_survive_sorting_and_copying(book):
    before = fills(book)
    write(book, EVERY)
    target = openpyxl.load_workbook(book)
    sheet = target[SHEET]
    for column in range(1, 20):  # swap rows 2 and 6 with their looks, copy row 4 to row 20
        one, other, copied = (sheet.cell(row, column) for row in (2, 6, 4))
        one.value, other.value = other.value, one.value
        one._style, other._style = copy(other._style), copy(one._style)
        sheet.cell(20, column)._style = copy(copied._style)
    target.save(book)
    write(book, [])
    after = fills(book)
    swap = {"G2": "G6", "G6": "G2"}
    expected = {swap.get(place, place): fill for place, fill in before.items()}
    assert {p: f for p, f in after.items() if p != "G20"} == expected
    assert after["G20"] == before["G4"]
    assert marked(book) == {}


@pytest.mark.parametrize("program", ["openpyxl", "LibreOffice"])
def test_marks_survive_saving_by_another_program(book, tmp_path, program):
    def resaved(path):
        if program == "openpyxl":
            openpyxl.load_workbook(path).save(path)
            return path
        return office.convert(path, tmp_path / "lo")

    unmarked = tmp_path / "plain.xlsx"
    unmarked.write_bytes(book.read_bytes())
    expected = fills(resaved(unmarked))
    write(book, EVERY)
    saved = resaved(book)
    assert len(marked(saved)) == 8
    write(saved, [])
    after = fills(saved)
    assert marked(saved) == {}
    for place in ("G2", "G6", "D2", "I2", "D6", "A2"):
        assert after.get(place) == expected.get(place), place
    if program == "openpyxl":  # LibreOffice turns theme colours into RGB as it saves
        assert after == expected


def test_a_mark_whose_memory_is_lost_is_taken_off(book):
    write(book, [finding("acquisition", 2, "sex")])
    zips.edit(
        book,
        {
            "xl/workbook.xml": lambda d: re.sub(
                rb"<definedName name=\"_shikaku.*?</definedName>", b"", d
            )
        },
    )
    write(book, [])
    assert "H2" not in fills(book)


def test_a_colour_of_the_user_is_never_taken_for_a_mark(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(2)})
    target = openpyxl.load_workbook(path)
    near = ["FFFFC7CE", "FFFFEB9C", "FFFFFFFF", "FFFF0000", "FFFFC1C0", "FFFFC2E0", "FFFFE880"]
    for column, rgb in enumerate(near, 1):
        target[SHEET].cell(2, column).fill = openpyxl.styles.PatternFill("solid", fgColor=rgb)
    target[SHEET]["A3"].fill = openpyxl.styles.PatternFill(
        "lightGrid", fgColor=mark_colours.colour("error", 0)
    )
    target.save(path)
    before = fills(path)
    write(path, [finding("acquisition", 3, "name")])
    write(path, [])
    assert fills(path) == before


def test_rows_and_columns_formatted_with_a_mark_are_cleared_too(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(2)})
    write(path, [finding("acquisition", 2, "name")])
    part = zips.sheet_part(path, SHEET)
    data = zips.parts(path)[part]
    style = re.search(rb'<c r="D2" s="(\d+)"', data)[1]
    cols = b'<cols><col min="30" max="40" width="9" style="%s"/></cols><sheetData>' % style
    spread = data.replace(b"<sheetData>", cols, 1) if b"<cols>" not in data else data
    row = b'<row r="9" s="%s" customFormat="1"/></sheetData>' % style
    zips.edit(path, {part: spread.replace(b"</sheetData>", row, 1)})
    assert office.validate(path) == ""
    write(path, [])
    after = zips.parts(path)[part]
    assert not re.search(rb'(?:s|style)="%s"' % style, after)
    assert office.validate(path) == ""


def test_more_fills_than_codes_leave_the_rest_unmarked(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(40)})
    target = openpyxl.load_workbook(path)
    for row in range(2, 42):
        colour = f"FF00{row:02X}80"
        target[SHEET].cell(row, 4).fill = openpyxl.styles.PatternFill("solid", fgColor=colour)
    target.save(path)
    before = fills(path)
    write(path, [finding("acquisition", row, "name") for row in range(2, 42)])
    assert len(marked(path)) == 31
    write(path, [])
    assert fills(path) == before


def test_a_fill_too_long_for_a_name_is_left_as_it_is(tmp_path):
    """A text in a formula has 255 characters at most, and what was under a mark stands in one."""
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(2)})
    target = openpyxl.load_workbook(path)
    stops = [openpyxl.styles.Color(f"FF00{n:02X}80") for n in range(9)]
    target[SHEET]["D2"].fill = openpyxl.styles.GradientFill(stop=stops)
    target.save(path)
    before = fills(path)
    write(path, [finding("acquisition", row, "name") for row in (2, 3)])
    assert list(marked(path)) == ["D3"] and fills(path)["D2"] == before["D2"]
    names = re.findall(rb"<definedName[^>]*>([^<]*)", zips.parts(path)["xl/workbook.xml"])
    assert max(map(len, names)) <= 255


def test_only_our_sheets_are_marked_and_unmarked(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(2)})
    write(path, [finding("acquisition", 2, "name")])
    target = openpyxl.load_workbook(path)
    own = target.create_sheet("控え")
    own["A1"]._style = copy(target[SHEET]["D2"]._style)
    target.save(path)
    part = zips.sheet_part(path, "控え")
    old = zips.parts(path)[part]
    write(path, [])
    assert zips.parts(path)[part] == old


def test_severity_and_code_are_read_back_from_every_colour():
    for severity in COLOURS:
        for code in range(32):
            assert mark_colours.code_of("FF" + mark_colours.colour(severity, code)) == code
            assert mark_colours.code_of(mark_colours.colour(severity, code).lower()) == code
    assert len({mark_colours.colour(s, c) for s in COLOURS for c in range(32)}) == 96
