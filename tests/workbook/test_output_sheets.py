"""The sheets that are written whole: 検証結果 and 資格確認書判定, however their users left them."""

import re

import office
import pytest
import xlsxwriter
from bookparts import make, zips
from bookparts.content import decision
from bookparts.ours import NAMES, cell, links, read, table, xml
from findings import finding
from sample_rows import people
from shikaku.jobs.output_rows import write_decisions, write_findings
from shikaku.model.schema import schema
from shikaku.ooxml import limits
from shikaku.ooxml.addresses import column_letters
from shikaku.system.errors import BookError
from shikaku.workbook import reader
from shikaku.workbook.closed_file import ClosedBook
from shikaku.workbook.session import Link, OutRow


def test_findings_fill_their_sheet_and_link_to_their_cells(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(3)}, prepare=30)
    session = ClosedBook(path)
    session.read()
    write_findings(
        session,
        [
            finding("acquisition", 2, "birth", "error", "DT01"),
            finding("acquisition", 3, "", "warning", "RF02"),
            finding("settings", 10, "as_of", "error", "SE01"),
            finding("loss", 0, "", "error", "ST01"),
        ],
    )
    session.commit()
    rows = read(path, "findings")
    assert [row.number for row in rows] == [2, 3, 4, 5]
    assert [row.choice("severity") for row in rows] == ["error", "error", "error", "warning"]
    assert [row.text("code") for row in rows] == ["DT01", "SE01", "ST01", "RF02"]
    assert [row.count("row") for row in rows] == [2, 10, None, 3]
    assert rows[0].text("message") == "「生年月日」を確認 <&\"'>"
    found = links(path, "findings")
    assert list(found.values()) == [
        "'資格取得届'!G2",
        "'設定'!B10",
        "'資格喪失届'!C1",  # no row, no link on an empty cell
        "'資格取得届'!D3",  # the whole row: its 氏名
    ]
    assert len(found) == 4
    assert table(path, "findings").end == 5
    assert office.validate(path) == ""


def test_fewer_findings_leave_nothing_of_the_old_ones(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(3)})
    for count in (40, 3, 0, 5):
        session = ClosedBook(path)
        session.read()
        write_findings(session, [finding("acquisition", 2, "name")] * count)
        session.commit()
        assert len(read(path, "findings")) == count
        assert table(path, "findings").end == max(count, 1) + 1
        assert len(links(path, "findings")) == count
        assert office.validate(path) == ""
    assert b"inlineStr" not in b"".join(
        re.findall(rb'<row r="(?:[7-9]|\d\d)".*?</row>', xml(path, "findings"))
    )


def test_more_rows_than_excel_bears_links_lose_theirs_and_say_so(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "LINKS", 3)
    monkeypatch.setattr(limits, "ROWS", 10_006)
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(3)})
    for count, linked, written in ((3, 3, 3), (5, 3, 6), (8, 3, 7)):
        session = ClosedBook(path)
        session.read()
        write_findings(session, [finding("acquisition", 2, "name")] * count)
        session.commit()
        rows = read(path, "findings")
        assert len(links(path, "findings")) == linked and len(rows) == written
        assert (rows[-1].text("code") == "") == (count > 3)
        assert not rows[-1].text("severity") or count <= 3


def test_rows_without_links_are_as_many_as_a_sheet_holds(tmp_path, monkeypatch):
    """Of people who stand in another file no row has a link; the last of the others that may have one has it."""
    monkeypatch.setattr(limits, "LINKS", 3)
    path = make.book(tmp_path / "b.xlsx", {})
    for linked, alone, written, kept in ((0, 7, 7, 0), (3, 4, 7, 3), (4, 3, 8, 3)):
        session = ClosedBook(path)
        session.read()
        values = {"sheet": "資格取得届", "row": 2, "name": "架空 太郎", "certificate": "不要"}
        ties = [None] * alone + [Link("acquisition", 2, "name")] * linked
        session.replace_rows("decisions", [OutRow(values, tie) for tie in ties])
        session.commit()
        rows = read(path, "decisions")
        assert (len(rows), len(links(path, "decisions"))) == (written, kept)


def test_more_results_than_rows_that_people_may_type_are_written_and_replaced(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(reader, "MAX_ROWS", 4)
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(3)})
    for count in (9, 6, 30):
        session = ClosedBook(path)
        session.read()
        write_findings(session, [finding("acquisition", 2, "name")] * count)
        session.commit()
        assert len(read(path, "findings")) == count


def test_output_columns_that_the_user_moved_are_filled_where_they_are(tmp_path):
    path = tmp_path / "b.xlsx"
    target = xlsxwriter.Workbook(str(path))
    make.fill(target, {"acquisition": people(1)}, {}, leave_out=("findings",))
    sheet = target.add_worksheet(NAMES["findings"])
    sheet.write_string("A1", "検証の結果")
    sheet.write_row("B3", ["内容", "担当", "行", "シート", "コード"])
    sheet.write_row("B4", ["古い指摘", "山田", 9, "資格取得届", "XX99"])
    sheet.write_string("H4", "表の外のメモ")
    sheet.autofilter("B3:F4")
    target.close()
    session = ClosedBook(path)
    session.read()
    write_findings(session, [finding("acquisition", 2, "name")] * 2)
    session.commit()
    rows = read(path, "findings")
    assert [(r.number, r.text("code"), r.count("row")) for r in rows] == [
        (4, "RQ01", 2),
        (5, "RQ01", 2),
    ]
    assert b"\xe5\xb1\xb1\xe7\x94\xb0" not in cell(
        path, "findings", "C4"
    )  # 山田 was on the old row
    assert cell(path, "findings", "H4") != b""
    assert b'<autoFilter ref="B3:F5"/>' in xml(path, "findings")
    assert office.validate(path) == ""


def test_an_old_filter_and_hidden_rows_hide_no_new_finding(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"findings": [{"code": "XX01"}, {"code": "XX02"}]})
    part, sheet = table(path, "findings"), zips.sheet_part(path, NAMES["findings"])
    filtered = b'><filterColumn colId="1"><filters><filter val="XX01"/></filters></filterColumn></autoFilter>'

    def filter_table(data):
        assert b"<autoFilter" in data
        return re.sub(rb"(<autoFilter [^>]*?)/>", lambda m: m[1] + filtered, data, count=1)

    zips.edit(
        path,
        {
            part.part: filter_table,
            sheet: lambda d: d.replace(b'<row r="3"', b'<row r="3" hidden="1"', 1),
        },
    )
    assert office.validate(path) == ""
    session = ClosedBook(path)
    assert session.read().tables["findings"].rows[1].hidden
    write_findings(session, [finding("acquisition", 1, "name")] * 4)
    session.commit()
    assert not any(row.hidden for row in read(path, "findings"))
    assert b"filterColumn" not in table(path, "findings").data
    assert office.validate(path) == ""


def test_old_rows_that_a_filter_hid_are_seen_again_once_they_are_empty(tmp_path):
    """Below fewer new ones: what somebody writes there next would be out of sight."""
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(3)})
    for count in (6, 2):
        session = ClosedBook(path)
        session.read()
        write_findings(session, [finding("acquisition", 2, "name")] * count)
        session.commit()
        if count == 6:
            for row in (3, 6, 7):
                old, new = (b'<row r="%d"%s' % (row, more) for more in (b"", b' hidden="1"'))
                zips.changed_sheet(path, NAMES["findings"], old, new)
    assert b"hidden=" not in xml(path, "findings")
    assert [row.number for row in read(path, "findings")] == [2, 3]


@pytest.mark.parametrize("merged", ["A2:B3", "A9:B10"], ids=["in the table", "below its end"])
def test_merged_cells_in_the_output_area_are_undone(tmp_path, merged):
    path = make.book(tmp_path / "b.xlsx")
    sheet = zips.sheet_part(path, NAMES["findings"])
    both = "".join(f'<mergeCell ref="{place}"/>' for place in (merged, "M1:N1"))
    merges = f'</sheetData><mergeCells count="2">{both}</mergeCells>'.encode()
    zips.edit(path, {sheet: lambda d: d.replace(b"</sheetData>", merges, 1)})
    session = ClosedBook(path)
    session.read()
    write_findings(session, [finding("acquisition", n, "name") for n in range(1, 11)])
    session.commit()
    assert re.findall(rb'mergeCells? (?:count|ref)="([^"]*)"', xml(path, "findings")) == [
        b"1",
        b"M1:N1",
    ]
    assert office.validate(path) == ""


def test_a_missing_output_sheet_is_made(tmp_path):
    path = make.book(
        tmp_path / "b.xlsx", {"acquisition": people(2)}, leave_out=("findings", "decisions")
    )
    session = ClosedBook(path)
    assert "findings" not in session.read().tables
    write_findings(session, [finding("acquisition", 2, "name")])
    write_decisions(session, [decision(2)])
    session.commit()
    book = ClosedBook(path).read()
    assert [row.text("code") for row in book.tables["findings"]] == ["RQ01"]
    assert book.tables["findings"].columns == {
        key: n for n, key in enumerate(schema().sheets["findings"].columns, 1)
    }
    assert book.tables["decisions"].rows[0].text("reason") == "K1 マイナンバーカード未保有"
    assert office.validate(path) == ""
    old = path.read_bytes()
    session = ClosedBook(path)
    session.read()
    write_findings(session, [finding("acquisition", 2, "name")])
    write_decisions(session, [decision(2)])
    session.commit()
    assert path.read_bytes() == old


def test_an_emptied_output_sheet_gets_its_header_back_and_a_foreign_one_is_left_alone(tmp_path):
    path = tmp_path / "b.xlsx"
    for foreign in (False, True):
        target = xlsxwriter.Workbook(str(path))
        make.fill(target, {"acquisition": people(1)}, {}, leave_out=("findings",))
        sheet = target.add_worksheet(NAMES["findings"])
        if foreign:
            sheet.write_row(0, 0, ["社内の別の表", "大事な内容"])
        target.close()
        session = ClosedBook(path)
        session.read()
        if foreign:
            with pytest.raises(BookError, match=NAMES["findings"]):
                write_findings(session, [finding("acquisition", 2, "name")])
        else:
            write_findings(session, [finding("acquisition", 2, "name")])
            session.commit()
            assert [row.text("code") for row in read(path, "findings")] == ["RQ01"]


def test_decisions_are_written_in_words(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(2)})
    session = ClosedBook(path)
    session.read()
    write_decisions(
        session,
        [decision(2), decision(3, certificate="none", ground=None, reason=None, notice=None)],
    )
    session.commit()
    one, other = read(path, "decisions")
    lists = schema().lists
    assert one.text("certificate") == lists["certificate"]["issue"]
    assert (one.text("ground"), one.text("kind")) == (lists["ground"]["ex_officio"], "被保険者")
    assert (one.text("rules"), one.text("delivery")) == ("R22・R24", lists["delivery"]["employer"])
    assert (other.text("ground"), other.text("reason"), other.text("notice")) == ("", "", "")
    assert links(path, "decisions")["A2:B2"] == "'資格取得届'!D2"


def test_no_link_lies_on_an_empty_cell(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(1)})
    cells = [{"sheet": "a", "row": 2, "item": "b"}, {"sheet": "a", "row": 2}, {"sheet": "a"}, {}]
    session = ClosedBook(path)
    session.read()
    session.replace_rows("findings", [OutRow(row, Link("acquisition", 2, "name")) for row in cells])
    session.commit()
    first = schema().sheets["findings"].columns
    left, right = (column_letters([*first].index(key) + 1) for key in ("sheet", "item"))
    middle = column_letters([*first].index("row") + 1)
    assert list(links(path, "findings")) == [f"{left}2:{right}2", f"{left}3:{middle}3", f"{left}4"]


def test_no_row_is_higher_than_excel_bears(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(1)}, leave_out=["findings"])
    session = ClosedBook(path)
    session.read()
    session.replace_rows("findings", [OutRow({"message": "長い内容" * 5000})])
    session.commit()
    heights = re.findall(rb'<row [^>]*ht="([\d.]+)" customHeight', xml(path, "findings"))
    assert max(map(float, heights)) == limits.ROW_HEIGHT


def test_rows_with_long_texts_are_high_enough(tmp_path):
    path = tmp_path / "b.xlsx"
    target = xlsxwriter.Workbook(str(path))
    make.fill(target, {"acquisition": people(1)}, {}, leave_out=("findings",))
    sheet, wrapped = target.add_worksheet(NAMES["findings"]), target.add_format({"text_wrap": True})
    sheet.write_row(0, 0, ["コード", "内容", "直し方"])
    sheet.set_column(1, 1, 10, wrapped)
    target.close()
    session = ClosedBook(path)
    session.read()
    write_findings(session, [finding("acquisition", 2, "birth"), finding("acquisition", 2)])
    session.commit()
    data = xml(path, "findings")
    one = re.search(rb'<row r="2"[^>]* ht="([\d.]+)" customHeight="1"', data)
    assert 30 < float(one[1]) < 120  # 「生年月日」を確認 <&"'> in ten characters' width
    assert office.validate(path) == ""
