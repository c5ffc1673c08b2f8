"""Workbooks of version 0.1 in the present form: all that people typed is there, and the form is new."""

import datetime as dt
import io
import json
import re
from functools import cache
from pathlib import Path

import openpyxl
import pytest
from former_forms import FILES, former, short
from office import convert, validate
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from shikaku import cli
from shikaku.forms.upgrade import Upgraded, upgraded
from shikaku.live import columns as live
from shikaku.model import settings
from shikaku.model.calendar import closed_days
from shikaku.model.schema import FILINGS, schema
from shikaku.model.tables import Book
from shikaku.ooxml.package import Package
from shikaku.system.errors import BookError
from shikaku.template import builder
from shikaku.workbook.closed_file import ClosedBook, read_bytes

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:openpyxl")


@cache
def present(name: str) -> Upgraded:
    """One of the short files in the present form. Its name is not in it: the command's test has another."""
    return upgraded(short(name), f"{name}.xlsx")


def typed(book: Book) -> list:
    """Everything that people typed: places and values."""
    found = []
    for key, table in sorted(book.tables.items()):
        formulas = {k for k, c in table.spec.columns.items() if c.type == "formula"}
        for row in table.rows:
            cells = {k: c.value for k, c in row.cells.items() if k not in formulas}
            found.append((key, row.number, sorted(cells.items(), key=lambda item: item[0])))
    return found


@pytest.mark.parametrize("name", FILES)
def test_rows_settings_and_history_stay(name):
    """The sample as it was, to the last of its 500 rows; of the others the prepared rows are like it."""
    whole = name == "sample"
    before = read_bytes(former(name) if whole else short(name), name)
    result = upgraded(former(name), name) if whole else present(name)
    after = read_bytes(result.data, name)
    assert before.form == result.former == "0.1" and after.form == schema().form
    assert typed(after) == typed(before)
    assert {k: after.settings[k].value for k in before.settings} == {
        k: cell.value for k, cell in before.settings.items()
    }
    assert set(after.settings) == set(schema().settings)


@pytest.mark.parametrize("name", FILES)
def test_a_second_time_changes_nothing(name):
    once = present(name).data
    again = upgraded(once, name)
    assert again.data == once and not again.changed


@pytest.mark.parametrize("name", FILES)
def test_the_file_is_sound(name, tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(present(name).data)
    assert validate(path) == ""


def complaints(path: Path) -> set[str]:
    """What the validator has against a file; openpyxl's own styles are among it."""
    said = validate(path)
    return {e["description"] for e in json.loads(said)["errors"]} if said else set()


@pytest.mark.parametrize("name", ["empty", "sample"])
def test_formulas_rules_and_sheets_are_those_of_a_new_workbook(name):
    package = Package(present(name).data, name)
    new = Package(builder.render(builder.Content()), "new")
    for key in ("資格取得届", "被扶養者異動届", "資格喪失届", "返納管理", "加入者台帳"):
        assert table_formulas(package, key) == table_formulas(new, key)
    assert b"colBreaks" not in b"".join(
        package.read(part) for part in package.archive.infos if "/worksheets/sheet" in part
    )


def table_formulas(package: Package, sheet: str) -> dict[str, str]:
    from shikaku.ooxml import xml_bytes
    from shikaku.ooxml.table_part import tables_of
    from shikaku.workbook.common_parts import Workbook

    tab = Workbook(package).find(sheet)
    part = tables_of(package, tab.part)[0]
    names = [xml_bytes.plain(name) for name in names_of(part.data)]
    return {name: part.columns[part.first + n] for n, name in enumerate(names)}


def names_of(data: bytes) -> list[bytes]:
    return re.findall(rb"<tableColumn [^>]*name=\"([^\"]*)\"", data)


def test_live_columns_say_what_python_says(tmp_path):
    path = tmp_path / "book.xlsx"
    path.write_bytes(present("sample").data)
    after = ClosedBook(convert(path, tmp_path / "out")).read()
    chosen = settings.read(after)
    closed = closed_days(after, chosen)
    rows = [row for key in FILINGS for row in after.tables[key].rows]
    before = read_bytes(short("sample"), "x")
    assert len(rows) == sum(len(before.tables[key].rows) for key in FILINGS)
    for row in rows:
        for key, value in live.values(row, chosen, closed, chosen.as_of).items():
            got = row.cell(key).value
            got = got.date() if isinstance(got, dt.datetime) else got
            assert ("" if got is None else got) == value, (row, key)


@pytest.fixture(scope="module")
def foreign(tmp_path_factory) -> tuple[Path, Upgraded]:
    """The 0.1 sample as people have it (columns moved and added, a sheet, comments, colours, rules), and
    what becomes of it."""
    path = tmp_path_factory.mktemp("foreign") / "own.xlsx"
    path.write_bytes(short("sample"))
    book = openpyxl.load_workbook(path)
    sheet = book["資格取得届"]
    sheet["E3"].comment = Comment("確かめた", "人事")
    sheet["E4"].fill = PatternFill("solid", fgColor="00FF00")
    sheet["E4"].font = Font(size=14)
    sheet.conditional_formatting.add(
        "D2:D50", CellIsRule("equal", ["1"], fill=PatternFill("solid", bgColor="00FFFF"))
    )
    rule = DataValidation(type="list", formula1='"総務,人事"')
    rule.add("L2:L60")
    validations = sheet.data_validations.dataValidation
    validations[:] = [v for v in validations if "L2" not in str(v.sqref)]
    sheet.add_data_validation(rule)
    own = book.create_sheet("社内メモ", 3)
    own["A1"] = "=資格取得届!D2"
    own["B1"] = "社外秘"
    book["設定"]["E3"] = "組合に電話で確認"
    book["設定"]["B3"].comment = Comment("確認ずみ", "人事")
    book.save(path)
    return path, upgraded(path.read_bytes(), path.name)


def test_what_is_somebodys_own_stays(foreign, tmp_path):
    before, result = foreign
    path = tmp_path / "after.xlsx"
    path.write_bytes(result.data)
    book = openpyxl.load_workbook(path)
    sheet = book["資格取得届"]
    assert sheet["E3"].comment.text == "確かめた"
    assert sheet["E4"].fill.fgColor.rgb == "0000FF00" and sheet["E4"].font.size == 14
    assert any(
        rule.type == "cellIs" for rules in sheet.conditional_formatting for rule in rules.rules
    )
    lists = [v for v in sheet.data_validations.dataValidation if "L2" in str(v.sqref)]
    assert [v.formula1 for v in lists] == ['"総務,人事"']
    own = book["社内メモ"]
    assert own["A1"].value == "=資格取得届!D2" and own["B1"].value == "社外秘"
    assert book.sheetnames.index("社内メモ") == 3
    assert book["設定"]["E3"].value == "組合に電話で確認"
    assert book["設定"]["B3"].comment.text == "確認ずみ"
    assert upgraded(result.data, path.name).data == result.data
    assert complaints(path) <= complaints(before)


def test_parts_of_other_kinds_stay_byte_for_byte(foreign):
    path, result = foreign
    before, after = Package(path.read_bytes(), "a"), Package(result.data, "a")
    kept = [p for p in before.archive.infos if "comment" in p or "drawing" in p or "theme" in p]
    assert kept
    for part in kept:
        assert after.read(part) == before.read(part)
    assert set(before.archive.infos) <= set(after.archive.infos) | {"xl/calcChain.xml"}


DRAWING = (
    '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor><xdr:from>'
    "<xdr:col>3</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>5</xdr:row><xdr:rowOff>0</xdr:rowOff>"
    "</xdr:from><xdr:to><xdr:col>5</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>9</xdr:row>"
    '<xdr:rowOff>0</xdr:rowOff></xdr:to><xdr:sp macro="" textlink=""><xdr:nvSpPr>'
    '<xdr:cNvPr id="2" name="箱"/><xdr:cNvSpPr txBox="1"/></xdr:nvSpPr><xdr:spPr>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr><xdr:txBody><a:bodyPr/><a:p><a:r>'
    "<a:t>4月分はここまで</a:t></a:r></a:p></xdr:txBody></xdr:sp><xdr:clientData/>"
    "</xdr:twoCellAnchor></xdr:wsDr>"
)
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/drawing"


def with_text_box_and_furigana(data: bytes) -> bytes:
    """The sample with a text box on 資格取得届 and the reading of a name in the table of strings."""
    package = Package(data, "x")
    sheet, rels = "xl/worksheets/sheet4.xml", "xl/worksheets/_rels/sheet4.xml.rels"
    types, strings = "[Content_Types].xml", "xl/sharedStrings.xml"
    parts = {name: package.read(name) for name in (sheet, rels, types, strings)}
    parts[sheet] = parts[sheet].replace(b"<tableParts", b'<drawing r:id="rId9"/><tableParts', 1)
    relation = f'<Relationship Id="rId9" Type="{RELATION}" Target="../drawings/drawing1.xml"/>'
    parts[rels] = parts[rels].replace(b"</Relationships>", relation.encode() + b"</Relationships>")
    override = (
        b'<Override PartName="/xl/drawings/drawing1.xml" '
        b'ContentType="application/vnd.openxmlformats-officedocument.drawing+xml"/></Types>'
    )
    parts[types] = parts[types].replace(b"</Types>", override)
    name = "青木　一郎".encode()
    spoken = name + b"</t>" + '<rPh sb="0" eb="2"><t>アオキ</t></rPh>'.encode()
    assert name + b"</t>" in parts[strings]
    parts[strings] = parts[strings].replace(name + b"</t>", spoken, 1)
    return package.rewritten(parts, {"xl/drawings/drawing1.xml": DRAWING.encode()}, ())


def test_a_text_box_and_furigana_stay(tmp_path):
    before = with_text_box_and_furigana(short("sample"))
    result = upgraded(before, "x")
    after = Package(result.data, "x")
    assert after.read("xl/drawings/drawing1.xml") == DRAWING.encode()
    assert after.read("xl/sharedStrings.xml") == Package(before, "x").read("xl/sharedStrings.xml")
    assert b'<drawing r:id="rId9"/>' in after.read("xl/worksheets/sheet4.xml")
    assert typed(read_bytes(result.data, "x")) == typed(read_bytes(before, "x"))
    path = tmp_path / "book.xlsx"
    path.write_bytes(result.data)
    assert validate(path) == ""


@pytest.fixture(scope="module")
def written_over(tmp_path_factory) -> tuple[Path, Upgraded, Path, openpyxl.Workbook]:
    """The empty 0.1 file with a value over a formula and a note on the cover, what becomes of it, and
    that as a file, and opened."""
    path = tmp_path_factory.mktemp("written") / "own.xlsx"
    path.write_bytes(short("empty"))
    book = openpyxl.load_workbook(path)
    book["資格取得届"]["D2"] = "青木　一郎"
    book["資格取得届"]["U2"] = "確認済"
    book["表紙"]["K3"] = "総務部の控え"
    book.save(path)
    result = upgraded(path.read_bytes(), path.name)
    after = path.with_name("after.xlsx")
    after.write_bytes(result.data)
    return path, result, after, openpyxl.load_workbook(after)


def test_a_typed_value_over_a_formula_stays_and_is_told(written_over):
    _, result, _, book = written_over
    assert len(result.notes) == 2  # this, and the cover
    assert book["資格取得届"]["U2"].value == "確認済"


def test_a_cover_with_something_of_the_users_is_kept_beside(written_over):
    before, _, after, book = written_over
    assert book.sheetnames[0] == "表紙" and book.sheetnames[-1].startswith("表紙")
    assert book[book.sheetnames[-1]]["K3"].value == "総務部の控え"
    assert book["表紙"]["K3"].value is None
    assert complaints(after) <= complaints(before)


def test_a_cover_with_nothing_but_a_comment_of_the_users_is_kept_beside_too(tmp_path):
    book = openpyxl.load_workbook(io.BytesIO(short("empty")))
    book["表紙"]["B2"].comment = Comment("社内の連絡", "総務")
    book.save(tmp_path / "own.xlsx")
    data = upgraded((tmp_path / "own.xlsx").read_bytes(), "own.xlsx").data
    after = openpyxl.load_workbook(io.BytesIO(data))
    kept = after[after.sheetnames[-1]]
    assert kept.title.startswith("表紙(") and kept["B2"].comment.text == "社内の連絡"
    assert after["表紙"]["B2"].comment is None


@pytest.mark.parametrize("tab", ["表紙", "資格取得届"])
def test_the_workbook_opens_where_it_did_with_one_tab_chosen(tmp_path, tab):
    """With two chosen Excel would write into both what is typed into one."""
    book = openpyxl.load_workbook(io.BytesIO(short("empty")))
    book.active = book[tab]
    for sheet in book:
        sheet.sheet_view.tabSelected = sheet.title == tab
    book.save(tmp_path / "own.xlsx")
    data = upgraded((tmp_path / "own.xlsx").read_bytes(), "own.xlsx").data
    after = openpyxl.load_workbook(io.BytesIO(data))
    assert [sheet.title for sheet in after if sheet.sheet_view.tabSelected] == [tab]
    assert after.active.title == tab


def test_a_column_of_somebodys_own_in_the_place_of_ours(tmp_path):
    """Somebody has made a column of his own of one of the table's."""
    path = tmp_path / "own.xlsx"
    path.write_bytes(short("sample"))
    before = read_bytes(path.read_bytes(), "x")
    book = openpyxl.load_workbook(path)
    sheet = book["資格喪失届"]
    table = sheet.tables["資格喪失届表"]
    table.tableColumns[12].name = "社員番号"
    sheet.cell(1, 13).value = "社員番号"
    book.save(path)
    after = read_bytes(upgraded(path.read_bytes(), "own.xlsx").data, "x")
    assert "社員番号" in after.tables["loss"].unknown_labels
    assert [row.number for row in after.tables["loss"].rows] == [
        row.number for row in before.tables["loss"].rows
    ]


def beside(tmp_path, place: str, *cells: str) -> bytes:
    """The form with a column of somebody's own beside the table of 資格取得届 (A to X)."""
    path = tmp_path / "beside.xlsx"
    path.write_bytes(short("empty"))
    book = openpyxl.load_workbook(path)
    sheet = book["資格取得届"]
    sheet.column_dimensions[place].width = 33
    for row, text in enumerate(cells, 1):
        sheet[f"{place}{row}"] = text or None
    book.save(path)
    return path.read_bytes()


@pytest.mark.parametrize("place", ["AB", "AZ"])
def test_a_column_beside_the_table_stays_where_it_is(tmp_path, place):
    """The form needs three more columns: from AB on there is room for somebody's own."""
    data = upgraded(beside(tmp_path, place, "社内メモ", "確認済"), "own.xlsx").data
    sheet = openpyxl.load_workbook(io.BytesIO(data))["資格取得届"]
    assert sheet.tables["資格取得届表"].ref.startswith("A1:AA")
    assert [sheet[f"{place}{row}"].value for row in (1, 2)] == ["社内メモ", "確認済"]
    assert sheet.column_dimensions[place].width == 33
    assert read_bytes(data, "x").tables["acquisition"].unknown_labels.keys() == {"社内メモ"}


@pytest.mark.parametrize(
    ("place", "cells"), [("Y", ("社内メモ",)), ("AA", ("社内メモ",)), ("Z", ("", "", "確認済"))]
)
def test_a_column_that_is_in_the_way_is_named_and_not_written_over(tmp_path, place, cells):
    data = beside(tmp_path, place, *cells)
    with pytest.raises(BookError, match="資格取得届") as refused:
        upgraded(data, "own.xlsx")
    assert "Y列" in refused.value.hint


def test_no_form_of_ours_is_refused(tmp_path):
    path = tmp_path / "other.xlsx"
    openpyxl.Workbook().save(path)
    with pytest.raises(BookError):
        upgraded(path.read_bytes(), path.name)
    assert cli.main(["upgrade", str(path)]) == 2


def test_the_command_keeps_the_old_file(tmp_path, capsys):
    path = tmp_path / "book.xlsx"
    path.write_bytes(short("sample"))
    old = path.read_bytes()
    out = tmp_path / "new.xlsx"
    assert cli.main(["upgrade", str(path), "--out", str(out), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["from"] == "0.1" and said["to"] == schema().form and said["upgraded"]
    assert path.read_bytes() == old
    assert cli.main(["upgrade", str(path)]) == 0
    # The same file gives the same bytes, whatever it is called.
    assert path.read_bytes() == out.read_bytes() == present("sample").data
    assert cli.main(["restore", str(path), "--to", "1"]) == 0
    assert path.read_bytes() == old
    assert cli.main(["upgrade", str(path), "--out", str(out)]) == 2  # it is there


def test_check_and_cover_name_an_older_form(tmp_path, capsys):
    path = tmp_path / "book.xlsx"
    path.write_bytes(short("sample"))
    cli.main(["check", str(path), "--json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [(f["sheet"], f["row"]) for f in found if f["code"] == "ST15"] == [("表紙", 0)]
    cli.main(["check", str(path), "--write"])
    assert "shikaku upgrade" in openpyxl.load_workbook(path, read_only=True)["表紙"]["B4"].value
    assert cli.main(["upgrade", str(path)]) == 0
    upgraded_book = openpyxl.load_workbook(path, read_only=True)
    assert upgraded_book["表紙"]["B4"].value is None
    assert (
        upgraded_book.sheetnames
        == openpyxl.load_workbook(io.BytesIO(short("sample")), read_only=True).sheetnames
    )
    capsys.readouterr()
    cli.main(["check", str(path), "--json"])
    assert "ST15" not in {f["code"] for f in json.loads(capsys.readouterr().out)["findings"]}


def test_collect_names_an_older_form(tmp_path, capsys):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "sample.xlsx").write_bytes(short("sample"))
    cli.main(["collect", str(inbox), "--out", str(tmp_path / "list.xlsx")])
    assert "shikaku upgrade" in capsys.readouterr().out
