"""The small pieces under reader and writer, each on the edges that the big tests don't reach."""

import datetime as dt
import io
import zipfile

import pytest
from findings import finding
from shikaku.jobs.output_rows import write_decisions, write_findings
from shikaku.ooxml import number_formats, plain_form, sheet_tail, workbook_part, xml_bytes
from shikaku.ooxml.formula_shift import moved_down
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.ooxml.styles import Styles
from shikaku.ooxml.table_part import TablePart
from shikaku.ooxml.workbook_part import names, with_names
from shikaku.ooxml.zip_entries import Archive

# ---------------------------------------------------------------- formulas


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("A1+$B$1+C$1+$D1", "A4+$B$1+C$1+$D4"),
        ("SUM(A1:B2,A:A,3:4,$5:$6)", "SUM(A4:B5,A:A,6:7,$5:$6)"),
        ('IF(A1="A1","B2""C3",D4)', 'IF(A4="A1","B2""C3",D7)'),
        ("'表 A1'!B2+設定!$B$3+設定!B3", "'表 A1'!B5+設定!$B$3+設定!B6"),
        ("'it''s A1'!B2", "'it''s A1'!B5"),
        ("返納管理表[[#This Row],[A1]]&A1", "返納管理表[[#This Row],[A1]]&A4"),
        ("表[a'[b']A1]&A1", "表[a'[b']A1]&A4"),
        ("[1]台帳!A1", "[1]台帳!A4"),
        ("LOG10(A1)+ATAN2(B1,C1)", "LOG10(A4)+ATAN2(B4,C4)"),
        ("休日1+祝日A1+x.A1+A1x", "休日1+祝日A1+x.A1+A1x"),
        ("1.5E3+A1*2", "1.5E3+A4*2"),
        ("A1048576", "#REF!"),
        ('"開いたまま', '"開いたまま'),
        ("表[[開いたまま", "表[[開いたまま"),
        ("", ""),
    ],
)
def test_a_formula_moves_down_as_excel_moves_it(formula, expected):
    assert moved_down(formula, 3) == expected
    assert moved_down(formula, 0) == formula


# ---------------------------------------------------------------- days


def test_every_day_goes_to_its_number_and_back():
    day = dt.date(1900, 1, 1)
    while day < dt.date(1900, 4, 1):
        assert number_formats.from_serial(number_formats.to_serial(day)) == day
        day += dt.timedelta(1)
    for system in (False, True):
        for day in (dt.date(1904, 1, 2), dt.date(2026, 4, 1), dt.date(9999, 12, 31)):
            assert number_formats.from_serial(number_formats.to_serial(day, system), system) == day
    assert number_formats.from_serial(2958466) is None
    assert number_formats.from_serial(2958465, True) is None


@pytest.mark.parametrize(
    "code",
    [
        "yyyy",
        "ge.m.d",
        "[$-ja-JP]d",
        "[$-ja-JP-x-gannen]ggge年m月d日",
        "mmm-yy",
        "[Red]m/d",
        "aaaa",
        "[DBNum3]m月d日",
    ],
)
def test_formats_that_show_a_day(code):
    assert number_formats.is_date(code)


@pytest.mark.parametrize(
    "code",
    [
        "",
        "0",
        "h:mm:ss",
        "mm:ss",
        "[mm]",
        "[h]",
        "General",
        "0;yyyy",
        '"year"0',
        "\\d0",
        "0.0E+0",
        "##0.0e-0",
        "[Red]0",
        "@",
        "_y0",
    ],
)
def test_formats_that_show_none(code):
    assert not number_formats.is_date(code)


# ---------------------------------------------------------------- tails, names, styles


def test_only_rules_that_reach_the_tables_end_grow():
    tail = (
        b'<conditionalFormatting sqref="A2:B9 C2:C5 Z2:Z9 A1:A9"/><dataValidation sqref="B9"/>'
        b'<x14:dataValidation t="1"><xm:sqref>A2:A12</xm:sqref></x14:dataValidation>'
        b"<x14:sparkline><xm:sqref>B9</xm:sqref></x14:sparkline>"
    )
    assert sheet_tail.extended(tail, b"", (1, 2, 3, 9), 15) == (
        b'<conditionalFormatting sqref="A2:B15 C2:C5 Z2:Z9 A1:A15"/><dataValidation sqref="B9:B15"/>'
        b'<x14:dataValidation t="1"><xm:sqref>A2:A15</xm:sqref></x14:dataValidation>'
        b"<x14:sparkline><xm:sqref>B9</xm:sqref></x14:sparkline>"
    )


def test_links_go_before_the_elements_that_follow_them():
    tail = b"<mergeCells/><pageMargins/><drawing/>"
    linked = sheet_tail.linked(tail, b"", (1, 2, 2, 9), [sheet_tail.RowLink("A3", "'A & B'!C", 1)])
    assert linked.startswith(
        b'<mergeCells/><hyperlinks><hyperlink ref="A3" location="\'A &amp; B\'!C1"'
    )
    assert linked.endswith(b"</hyperlinks><pageMargins/><drawing/>")
    own = b'<hyperlinks><hyperlink ref="A3"/><hyperlink ref="D3" r:id="rId1"/></hyperlinks>'
    assert sheet_tail.linked(own, b"", (1, 2, 2, 9), []) == own.replace(
        b'<hyperlink ref="A3"/>', b""
    )


def test_hidden_names_come_and_go_beside_the_users():
    start = b'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/>'
    data = start + b"<calcPr/></workbook>"
    with_two = with_names(data, "_x_", {"_x_1": '"a<b"', "_x_2": '"c"'})
    assert names(with_two) == {"_x_1": '"a<b"', "_x_2": '"c"'}
    assert with_two.index(b"definedNames") < with_two.index(b"calcPr")
    assert with_names(with_two, "_x_", {}) == data
    own = data.replace(
        b"<calcPr",
        b'<definedNames><definedName name="q">A!$A$1</definedName></definedNames><calcPr',
    )
    assert with_names(with_names(own, "_x_", {"_x_1": '"a"'}), "_x_", {}) == own
    assert names(own.replace(b"<definedName ", b'<definedName localSheetId="0" ')) == {}
    empty = data.replace(b"<calcPr", b"<definedNames/><calcPr")  # openpyxl's, when there are none
    assert with_names(empty, "_x_", {"_x_1": '"a"'}) == with_names(data, "_x_", {"_x_1": '"a"'})


def test_a_tab_finds_its_relationship_under_any_prefix():
    relations = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    sheets = b'<sheets><sheet name="A" sheetId="1" %s:id="rId7"/></sheets>'
    for prefix in (b"r", b"rel"):
        space = b' xmlns="%s" xmlns:%s="%s"' % (xml_bytes.MAIN[0], prefix, relations)
        data = b"<workbook%s>%s</workbook>" % (space, sheets % prefix)
        assert workbook_part.sheets(data) == [workbook_part.Tab("A", "rId7")]


def test_the_type_of_a_part_goes_however_its_name_is_written():
    override = b'<Override PartName="/xl/%s.xml" ContentType="a"/>'
    types = b'<Types xmlns="urn:t">%s</Types>'
    both = types % (override % b"CalcChain" + override % b"styles")
    assert workbook_part.without_type(both, "xl/calcChain.xml") == types % (override % b"styles")


@pytest.mark.parametrize(
    ("said", "wraps"), [("1", True), ("true", True), ("0", False), ("false", False)]
)
def test_yes_is_spelt_in_two_ways(said, wraps):
    entry = b'<xf numFmtId="0"><alignment wrapText="%s"/></xf>' % said.encode()
    data = b'<styleSheet xmlns="%s"><cellXfs count="1">%s</cellXfs></styleSheet>'
    assert Styles(data % (xml_bytes.MAIN[0], entry)).wraps(0) == wraps


def test_a_number_format_of_its_own_is_known_at_once():
    styles = Styles(None)
    assert styles.codes() == [""]
    new = styles.with_format(0, "0000")
    assert styles.code(new) == "0000" and styles.codes()[new] == "0000"


def test_strings_are_in_use_whatever_space_is_around_their_index():
    cells = b'<c r="A1" t="s"><v> 3 </v></c><c r="B1" t="s"><v>5</v></c><c r="C1"><v>7</v></c>'
    sheet = b'<worksheet xmlns="%s"><sheetData><row r="1">%s</row></sheetData></worksheet>'
    xml = SheetXml(plain_form.checked(sheet % (xml_bytes.MAIN[0], cells)))
    assert xml.strings_used() == {3, 5}


def test_a_table_whose_next_row_was_a_blank_one_has_that_row_now():
    tag = b'<table xmlns="%s" id="1" name="T" displayName="T" ref="A1:B2"%s>'
    rest = b'<autoFilter ref="A1:B2"/></table>'
    blank = b' insertRow="1" insertRowShift="1"'
    table = TablePart("t.xml", tag % (xml_bytes.MAIN[0], blank) + rest)
    table.resize(2)
    assert table.data == tag % (xml_bytes.MAIN[0], b"") + rest


def test_the_order_of_old_rows_is_none_of_the_new_ones():
    order = b'<sortState ref="A2:C9"><sortCondition ref="B2:B9"/></sortState>'
    column = b'<filterColumn colId="0"><filters><filter val="x"/></filters></filterColumn>'
    tail = b'<autoFilter ref="A1:C9">%s</autoFilter>%s<pageMargins/>'
    new = sheet_tail.refiltered(tail % (column, order), b"", 1, 1, 3, 4)
    assert new == b'<autoFilter ref="A1:C4"/><pageMargins/>'


def test_a_look_that_is_there_is_taken_again():
    styles = Styles(None)
    fill = "<fill><patternFill patternType='solid'><fgColor rgb='FF112233'/></patternFill></fill>"
    one = styles.with_fill(0, fill)
    assert styles.with_fill(0, fill) == one != 0
    assert styles.fill(one) == fill and styles.solid_colour(one) == "FF112233"
    assert styles.with_fill(one, None) == 0
    assert styles.fill(0) is None
    dated = styles.with_format(one, 'ggge"年"')
    assert styles.codes()[dated] == 'ggge"年"' and styles.codes()[one] == ""
    assert Styles(styles.result()).codes() == styles.codes()  # numFmts was not there before


def test_an_archive_without_changes_is_written_as_it_was():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        target.writestr("a.xml", b"x" * 1000, zipfile.ZIP_STORED)
        target.writestr("名前.xml", b"y" * 1000, zipfile.ZIP_DEFLATED)
    data = buffer.getvalue()
    assert Archive(data).written({}, {}, ()) == data
    changed = Archive(data).written({"a.xml": b"z"}, {"b.xml": b"q"}, ["名前.xml"])
    with zipfile.ZipFile(io.BytesIO(changed)) as source:
        assert {n: source.read(n) for n in source.namelist()} == {"a.xml": b"z", "b.xml": b"q"}
        assert source.getinfo("a.xml").compress_type == zipfile.ZIP_STORED


def test_entries_that_say_their_size_behind_them_say_it_before():
    """As programs write them that can't go back in their file."""

    class Stream(io.BytesIO):
        def seek(self, *_):
            raise OSError

    stream = Stream()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name in ("a.xml", "b.xml"):
            target.writestr(name, b"x" * 1000)
    data = Archive(stream.getvalue()).written({"b.xml": b"z"}, {"名前.xml": b"q"}, ())
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        found = {info.filename: source.read(info) for info in source.infolist()}
        assert not any(info.flag_bits & 0x8 for info in source.infolist())
    assert found == {"a.xml": b"x" * 1000, "b.xml": b"z", "名前.xml": b"q"}


# ---------------------------------------------------------------- files that Excel itself has written


def test_a_workbook_by_excel_with_macros_takes_our_sheets(tmp_path):
    """xlwings ships one that Excel for Mac saved."""
    import importlib.util
    from pathlib import Path

    from bookparts import zips
    from bookparts.content import decision
    from shikaku.workbook.closed_file import ClosedBook

    source = Path(importlib.util.find_spec("xlwings").origin).with_name("quickstart.xlsm")
    path = tmp_path / "macro.xlsm"
    path.write_bytes(source.read_bytes())
    writer = ClosedBook(path)
    writer.read()
    write_findings(writer, [finding("acquisition", 2, "name")])
    write_decisions(writer, [decision(2)])
    writer.commit()
    old, new = zips.parts(source), zips.parts(path)
    changed = {name for name in old if old[name] != new[name]}
    assert changed == {
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "[Content_Types].xml",
    }
    assert old["xl/vbaProject.bin"] == new["xl/vbaProject.bin"]
    book = ClosedBook(path).read()
    assert [row.text("code") for row in book.tables["findings"]] == ["RQ01"]
