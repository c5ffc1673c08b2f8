"""Writing into a closed workbook: ours filled, everything else byte for byte as it was."""

import datetime as dt
import html
import re

import office
import openpyxl
import pytest
import xlsxwriter
from bookparts import make, rich, zips
from bookparts.content import decision, plan, planned_row
from findings import finding
from sample_rows import people
from shikaku.jobs.output_rows import append_history, write_decisions, write_findings, write_ledger
from shikaku.model.schema import schema
from shikaku.ooxml import limits
from shikaku.ooxml.table_part import TablePart
from shikaku.system.errors import BookError
from shikaku.workbook.closed_file import ClosedBook

NAMES = {key: spec.name for key, spec in schema().sheets.items()}


def xml(path, key) -> bytes:
    """The XML of one of our sheets."""
    return zips.parts(path)[zips.sheet_part(path, NAMES[key])]


def cell(path, key, place) -> bytes:
    """One ``<c>`` element."""
    found = re.search(
        rb'<c r="%s"[^>]*?(?:/>|>.*?</c>)' % place.encode(), xml(path, key), re.DOTALL
    )
    return found[0] if found else b""


def table(path, key) -> TablePart:
    """The Excel table of one of our sheets."""
    name = schema().sheets[key].table.encode()
    for part, data in zips.parts(path).items():
        if part.startswith("xl/tables/") and b'name="%s"' % name in data:
            return TablePart(part, data)
    raise AssertionError(f"no table on {key}")


def links(path, key) -> dict[str, str]:
    """Cell → where its link leads."""
    found = re.findall(rb'<hyperlink ref="([A-Z0-9:]+)" location="([^"]*)"', xml(path, key))
    return {ref.decode(): html.unescape(place.decode()) for ref, place in found}


def read(path, key):
    """The rows of one of our sheets."""
    return ClosedBook(path).read().tables[key].rows


def everything(session) -> None:
    """All writes of the session at once."""
    session.read()
    write_findings(session, [finding("acquisition", 2, "name"), finding("acquisition", 3, "sex")])
    write_decisions(session, [decision(2), decision(3)])
    write_ledger(session, plan([planned_row(1), planned_row(2)]))
    append_history(
        session, [{"issued": dt.date(2026, 4, 15), "letter": "notice", "symbol": "0012"}]
    )
    session.set_cells([("acquisition", 4, "remarks", "確認済")])
    session.commit()


# ---------------------------------------------------------------- what must stay


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The rich workbook before and after all writes."""
    folder = tmp_path_factory.mktemp("both")
    before = rich.book(folder / "before.xlsx")
    after = folder / "after.xlsx"
    after.write_bytes(before.read_bytes())
    everything(ClosedBook(after))
    return before, after


def test_parts_that_are_not_ours_stay_byte_for_byte(both):
    before, after = both
    old, new = zips.parts(before), zips.parts(after)
    written = ("acquisition", "findings", "decisions", "ledger", "history")
    ours = {zips.sheet_part(before, NAMES[key]) for key in written}
    ours |= {table(before, key).part for key in ("findings", "decisions", "ledger")}
    ours |= {"xl/styles.xml", "xl/workbook.xml"}
    ours |= {"xl/_rels/workbook.xml.rels", "[Content_Types].xml"}  # the calculation chain goes
    assert {name for name in new if old.get(name) != new[name]} <= ours
    assert set(old) - set(new) == {"xl/calcChain.xml"}
    assert set(new) <= set(old)
    kept = "drawings/ charts/ media/ comments1 sharedStrings theme featurePropertyBag docProps/"
    for word in kept.split():
        assert any(word in name and old[name] == new[name] for name in old), word
    own = zips.sheet_part(before, rich.OWN_SHEET)
    assert b"by hand" in old[own] and old[own] == new[own]


def test_entries_keep_their_order_and_their_compressed_bytes(both):
    import zipfile

    before, after = both
    with zipfile.ZipFile(before) as old, zipfile.ZipFile(after) as new:
        names = [n for n in old.namelist() if n != "xl/calcChain.xml"]
        assert new.namelist() == names
        assert new.testzip() is None
        for name in names:
            one, other = old.getinfo(name), new.getinfo(name)
            assert (one.date_time, one.compress_type) == (other.date_time, other.compress_type)
            if one.CRC == other.CRC:
                assert one.compress_size == other.compress_size


def tokens(data: bytes) -> list[bytes]:
    return re.split(rb"(?=<)", data)


def differences(old: bytes, new: bytes) -> list[tuple[bytes, bytes]]:
    """The tags that differ, in documents of the same shape."""
    one, other = tokens(old), tokens(new)
    assert len(one) == len(other)
    return [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]


def test_a_marked_sheet_changes_only_in_the_styles_of_the_marked_cells(tmp_path):
    before = rich.book(tmp_path / "before.xlsx")
    after = tmp_path / "after.xlsx"
    after.write_bytes(before.read_bytes())
    session = ClosedBook(after)
    session.read()
    write_findings(session, [finding("acquisition", 2, "name"), finding("acquisition", 7, "birth")])
    session.commit()
    changes = differences(xml(before, "acquisition"), xml(after, "acquisition"))
    assert [re.search(rb'r="(\w+)"', new)[1] for _, new in changes] == [b"D2", b"G7"]
    for old, new in changes:
        assert re.sub(rb' s="\d+"', b"", old) == re.sub(rb' s="\d+"', b"", new)
    assert b"rPh" in zips.parts(after)["xl/sharedStrings.xml"]
    for word in (
        b"phoneticPr",
        b"x14:",
        b'z:own="1"',
        b"legacyDrawing",
        b"sparkline",
        b'hidden="1"',
    ):
        assert word in xml(after, "acquisition"), word


def test_styles_only_grow(tmp_path):
    before = rich.book(tmp_path / "before.xlsx")
    after = tmp_path / "after.xlsx"
    after.write_bytes(before.read_bytes())
    everything(ClosedBook(after))
    old, new = zips.parts(before)["xl/styles.xml"], zips.parts(after)["xl/styles.xml"]
    for section in (b"fonts", b"fills", b"cellXfs"):
        one = re.search(rb"<%s[^>]*>(.*?)</%s>" % (section, section), old, re.DOTALL)[1]
        other = re.search(rb"<%s[^>]*>(.*?)</%s>" % (section, section), new, re.DOTALL)[1]
        assert other.startswith(one) and len(other) > len(one)
        count = int(re.search(rb'<%s count="(\d+)"' % section, new)[1])
        children = rb"<(?:font|fill)>" if section != b"cellXfs" else rb"<xf "
        assert len(re.findall(children, other)) == count
    rest = rb"<(?:fonts|fills|cellXfs).*?</(?:fonts|fills|cellXfs)>"
    assert re.sub(rest, b"", old, flags=re.DOTALL) == re.sub(rest, b"", new, flags=re.DOTALL)


def test_the_validator_has_nothing_against_it(both):
    before, after = both
    assert office.validate(before) == ""
    assert office.validate(after) == ""


def test_libreoffice_opens_it_and_sees_the_rows(both, tmp_path):
    saved = office.convert(both[1], tmp_path / "lo")
    assert [row.text("code") for row in read(saved, "findings")] == ["RQ01", "RQ01"]
    assert [row.text("state") for row in read(saved, "ledger")] == ["済", "済"]  # recalculated
    assert [row.text("remarks") for row in read(saved, "acquisition")][2] == "確認済"


def test_doing_it_twice_changes_nothing_more(tmp_path):
    path = rich.book(tmp_path / "b.xlsx")
    findings = [finding("acquisition", 2, "name"), finding("acquisition", 3, "sex", "warning")]
    for expected in (True, False):
        old = path.read_bytes()
        session = ClosedBook(path)
        session.read()
        write_findings(session, findings)
        write_decisions(session, [decision(2)])
        session.commit()
        assert (path.read_bytes() != old) is expected


def test_without_a_write_the_file_is_not_touched(tmp_path):
    path = rich.book(tmp_path / "b.xlsx")
    stat = path.stat()
    session = ClosedBook(path)
    session.read()
    session.commit()
    session.set_cells([])
    session.commit()
    assert path.stat().st_mtime_ns == stat.st_mtime_ns and path.stat().st_ino == stat.st_ino
    assert not list(tmp_path.glob("*.bak"))


# ---------------------------------------------------------------- output sheets


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


# ---------------------------------------------------------------- ledgers


def prepared(path, filled=2, prepare=4, **more):
    """A workbook with some rows of 返納管理 filled and some prepared."""
    rows = [
        planned_row(n) | {"document": "資格確認書", "kind": "被保険者", "required": "要"}
        for n in range(1, filled + 1)
    ]
    return make.book(path, {"ledger": rows, **more}, prepare=prepare)


def test_new_rows_follow_the_last_filled_one_inside_the_prepared_table(tmp_path):
    path = prepared(tmp_path / "b.xlsx")
    session = ClosedBook(path)
    session.read()
    write_ledger(session, plan([planned_row(1, row=2), planned_row(2, row=3), planned_row(3)]))
    session.commit()
    rows = read(path, "ledger")
    assert [(row.number, row.text("control_no")) for row in rows] == [
        (2, "K-0001"),
        (3, "K-0002"),
        (4, "K-0003"),
    ]
    assert rows[2].text("document") == "資格確認書"
    assert rows[2].cell("number").value == "000003"
    assert rows[2].cell("reminders").value == 0
    assert rows[2].text("state") == "返納待ち" and rows[2].cell("state").formula
    assert table(path, "ledger").end == 5
    assert office.validate(path) == ""


def test_beyond_the_prepared_rows_table_styles_formulas_and_rules_grow_along(tmp_path):
    path = rich.book(tmp_path / "b.xlsx")
    ledger = zips.sheet_part(path, NAMES["ledger"])
    rules = (
        b'<conditionalFormatting sqref="A2:S2 M2"><cfRule type="expression" priority="9">'
        b"<formula>$N2&lt;&gt;&quot;&quot;</formula></cfRule></conditionalFormatting>"
        b'<dataValidations count="2"><dataValidation type="list" allowBlank="1" sqref="B2">'
        b"<formula1>&quot;x,y&quot;</formula1></dataValidation>"
        b'<dataValidation type="list" allowBlank="1" sqref="G2:G900">'
        b"<formula1>&quot;x,y&quot;</formula1></dataValidation></dataValidations>"
    )
    zips.edit(path, {ledger: lambda d: d.replace(b"<pageMargins", rules + b"<pageMargins", 1)})
    session = ClosedBook(path)
    session.read()
    write_ledger(session, plan([planned_row(n) for n in range(1, 8)]))
    session.commit()
    assert table(path, "ledger").end == 8
    data = xml(path, "ledger")
    assert re.findall(rb'sqref="([^"]*)"', data) == [b"A2:S8 M2:M8", b"B2:B8", b"G2:G900"]
    assert b"<xm:sqref>B2:B8</xm:sqref>" in data
    formula = re.search(rb"<f>(.*?)</f>", cell(path, "ledger", "O8"))[1].decode()
    assert formula == schema().sheets["ledger"].table.join(
        ["IF(", '[[#This Row],[管理番号]]="","","済")']
    )
    assert [row.number for row in read(path, "ledger")] == list(range(2, 9))
    assert office.validate(path) == ""


def test_a_new_row_looks_like_the_row_above_without_its_mark(tmp_path):
    path = prepared(tmp_path / "b.xlsx", filled=1, prepare=0)
    session = ClosedBook(path)
    session.read()
    write_findings(session, [finding("ledger", 2, "name"), finding("ledger", 2, "issued")])
    session.commit()
    session.read()
    write_ledger(session, plan([planned_row(1, row=2), planned_row(2, issued=dt.date(2026, 4, 1))]))
    session.commit()

    def styles(row):
        found = re.search(rb'<row r="%d".*?</row>' % row, xml(path, "ledger"), re.DOTALL)[0]
        return dict(re.findall(rb'<c r="([A-Z]+)\d+"(?: s="(\d+)")?', found))

    above, below = styles(2), styles(3)
    assert set(above) == set(below)
    assert {c for c in above if above[c] != below[c]} == {b"F", b"I"}  # the two marked cells
    row = read(path, "ledger")[1]
    assert row.cell("issued").value == dt.date(2026, 4, 1)


def test_existing_rows_change_cell_by_cell_and_keep_the_rest(tmp_path):
    path = prepared(tmp_path / "b.xlsx", filled=3, prepare=3)
    before = xml(path, "ledger")
    session = ClosedBook(path)
    session.read()
    changes = [
        (3, "next_action", "督促状を出す"),
        (3, "due", dt.date(2026, 5, 1)),
        (3, "required", "no"),
        (3, "state", "期限超過"),
    ]
    write_ledger(session, plan([planned_row(n, row=n + 1) for n in (1, 2, 3)], changes))
    session.commit()
    row = read(path, "ledger")[1]
    assert (row.text("next_action"), row.cell("due").value) == ("督促状を出す", dt.date(2026, 5, 1))
    assert row.choice("required") == "no"
    assert row.text("state") == "期限超過" and row.cell("state").formula
    after = xml(path, "ledger")
    rows = lambda data: re.findall(rb"<row .*?</row>", data, re.DOTALL)  # noqa: E731
    changed = [i for i, (a, b) in enumerate(zip(rows(before), rows(after), strict=True)) if a != b]
    assert changed == [2]
    assert "返納待ち".encode() not in cell(path, "ledger", "O3")
    assert cell(path, "ledger", "O3").startswith(b'<c r="O3"') and b"<f>" in cell(
        path, "ledger", "O3"
    )


def test_history_is_only_ever_appended(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"history": [{"letter": "notice", "number": "000001"}]})
    for number in (2, 3):
        session = ClosedBook(path)
        session.read()
        rows = [
            {
                "issued": dt.date(2026, 4, number),
                "letter": "notice",
                "number": f"{number:06d}",
                "file": "a/b.pdf",
            }
        ]
        append_history(session, rows)
        append_history(session, rows)  # two calls before one commit
        session.commit()
    rows = read(path, "history")
    assert [row.text("number") for row in rows] == [
        "000001",
        "000002",
        "000002",
        "000003",
        "000003",
    ]
    assert [row.number for row in rows] == [2, 3, 4, 5, 6]
    assert rows[1].cell("issued").value == dt.date(2026, 4, 2)
    assert table(path, "history").end == 6


def test_rows_typed_below_the_table_are_followed_and_taken_in(tmp_path):
    path = prepared(tmp_path / "b.xlsx", filled=1, prepare=1)
    sheet = zips.sheet_part(path, NAMES["ledger"])
    typed = b'<row r="5"><c r="A5" t="inlineStr"><is><t>K-0099</t></is></c></row></sheetData>'
    zips.edit(path, {sheet: lambda d: d.replace(b"</sheetData>", typed, 1)})
    session = ClosedBook(path)
    session.read()
    write_ledger(session, plan([planned_row(100)]))
    session.commit()
    assert [(r.number, r.text("control_no")) for r in read(path, "ledger")] == [
        (2, "K-0001"),
        (5, "K-0099"),
        (6, "K-0100"),
    ]
    assert table(path, "ledger").end == 6


def test_the_row_of_totals_stays_at_the_foot(tmp_path):
    path = tmp_path / "b.xlsx"
    target = xlsxwriter.Workbook(str(path))
    make.fill(target, {}, {}, leave_out=("history",))
    spec = schema().sheets["history"]
    sheet = target.add_worksheet(spec.name)
    columns = [{"header": c.label} for c in spec.columns.values()]
    columns[0]["total_string"], columns[1]["total_function"] = "集計", "count"
    sheet.add_table(
        0, 0, 3, len(columns) - 1, {"name": spec.table, "columns": columns, "total_row": True}
    )
    sheet.write_row(1, 1, ["notice", "お知らせ"])
    sheet.write_row(2, 1, ["notice", "お知らせ"])
    target.close()
    session = ClosedBook(path)
    session.read()
    append_history(session, [{"letter": "certificate"}] * 3)
    session.commit()
    rows = read(path, "history")
    assert [(row.number, row.word("letter")) for row in rows] == [
        (2, "notice"),
        (3, "notice"),
        (4, "certificate"),
        (5, "certificate"),
        (6, "certificate"),
    ]
    assert "集計".encode() in b"".join(zips.parts(path).values())
    assert cell(path, "history", "A7").startswith(b'<c r="A7"') and b"<f>SUBTOTAL" in cell(
        path, "history", "B7"
    )
    assert (table(path, "history").end, table(path, "history").last_data_row()) == (7, 6)
    assert office.validate(path) == ""


def test_the_users_own_columns_and_order_are_kept(tmp_path):
    path = tmp_path / "b.xlsx"
    target = xlsxwriter.Workbook(str(path))
    make.fill(target, {}, {}, leave_out=("ledger",))
    sheet = target.add_worksheet(NAMES["ledger"])
    labels = ["氏名", "社内番号", "管理番号", "書類", "記号", "番号", "倍"]
    sheet.write_row(0, 0, labels)
    sheet.write_row(1, 0, ["架空 1号", "E-1", "K-0001", "資格確認書", "0012", "000001"])
    sheet.write_formula(1, 6, "=LEN(B2)&$B$1", None, "3社内番号")
    target.close()
    session = ClosedBook(path)
    session.read()
    write_ledger(session, plan([planned_row(1, row=2), planned_row(2)]))
    session.commit()
    assert cell(path, "ledger", "C3").endswith(b"<t>K-0002</t></is></c>")
    assert cell(path, "ledger", "B3") in (b'<c r="B3"/>', b"")
    assert b"<f>LEN(B3)&amp;$B$1</f>" in cell(path, "ledger", "G3")
    assert b"E-1" in cell(path, "ledger", "B2") or b't="s"' in cell(path, "ledger", "B2")


# ---------------------------------------------------------------- single cells


TEXTS = (
    "=1+1",
    "+81",
    "-5",
    "@SUM(A1)",
    "\tx",
    " 前後 ",
    "改\n行",
    "a\r\nb",
    "_x0041_",
    "<&>\"'",
    "𠮷髙﨑",
    "a\x00\x0b\ufffeb",
    "",
    "00012",
    "TRUE",
    "1E5",
)


def test_text_is_written_as_text_whatever_it_looks_like(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(len(TEXTS))})
    session = ClosedBook(path)
    session.read()
    session.set_cells([("acquisition", n, "remarks", text) for n, text in enumerate(TEXTS, 2)])
    session.commit()
    others = openpyxl.load_workbook(path)[NAMES["acquisition"]]
    for row, text in zip(read(path, "acquisition"), TEXTS, strict=True):
        found, place = row.cell("remarks"), f"U{row.number}"
        expected = text.replace("\r\n", "\n").translate(dict.fromkeys((0, 0x0B, 0xFFFE)))
        assert found.value == (expected or None), repr(text)
        assert not found.formula and b"<f" not in cell(path, "acquisition", place), repr(text)
        other = others[place]
        if text != "_x0041_":  # openpyxl leaves Excel's own escape as it stands
            assert (other.value or "") == expected, repr(text)
        assert other.data_type in ("s", "inlineStr", "n") and other.data_type != "f", repr(text)
    assert office.validate(path) == ""


def test_values_keep_the_cells_look_and_dates_get_one(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(3)})
    style = re.search(rb' s="(\d+)"', cell(path, "acquisition", "F2"))[1]
    session = ClosedBook(path)
    session.read()
    session.set_cells(
        [
            ("acquisition", 2, "birth", dt.date(2000, 2, 29)),
            ("acquisition", 3, "birth", dt.datetime(2000, 3, 1, 12)),
            ("acquisition", 2, "individual_number", None),
            ("acquisition", 2, "name", "架空 五郎"),
            ("acquisition", 3, "remarks", dt.date(2026, 4, 1)),
        ]
    )
    session.commit()
    rows = read(path, "acquisition")
    assert [row.cell("birth").value for row in rows[:2]] == [
        dt.date(2000, 2, 29),
        dt.date(2000, 3, 1),
    ]
    assert b's="%s"' % style in cell(path, "acquisition", "F2")
    assert rows[0].cell("individual_number").kind == "empty"
    assert cell(path, "acquisition", "H2").startswith(b'<c r="H2" s=')
    assert rows[0].text("name") == "架空 五郎"
    assert rows[1].cell("remarks").value == dt.date(2026, 4, 1)  # a text cell turned into a date


def test_choices_are_written_in_the_words_of_the_lists(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"members": [{"name": "架空 太郎", "symbol": "1"}]})
    session = ClosedBook(path)
    session.read()
    session.set_cells(
        [("members", 2, "myna_status", "no_card"), ("members", 2, "want", "希望する")]
    )
    session.commit()
    row = read(path, "members")[0]
    assert (row.text("myna_status"), row.choice("want")) == ("カードなし", "yes")


def test_settings_and_columns_that_are_not_there(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(1)})
    session = ClosedBook(path)
    row = session.read().setting_rows["as_of"]
    session.set_cells(
        [("settings", row, "as_of", dt.date(2026, 4, 15)), ("members", 2, "employer", "架空商事")]
    )
    session.commit()
    assert ClosedBook(path).read().settings["as_of"].value == dt.date(2026, 4, 15)


def test_overwriting_a_shared_formula_leaves_its_sharers_theirs(tmp_path):
    path = tmp_path / "b.xlsx"
    make.book(path, {"acquisition": people(4)}, tables=False)
    sheet = zips.sheet_part(path, NAMES["acquisition"])

    def shared(data):
        for number in range(2, 6):
            formula = (
                b'<f t="shared" ref="U2:U5" si="3">B2&amp;&quot;B2&quot;&amp;$B$1</f>'
                if number == 2
                else b'<f t="shared" si="3"/>'
            )
            data = re.sub(
                rb'<c r="U%d" s="(\d+)"/>' % number,
                rb'<c r="U%d" s="\1" t="str">%s<v>x</v></c>' % (number, formula),
                data,
            )
        return data

    zips.edit(path, {sheet: shared})
    assert b'si="3"' in cell(path, "acquisition", "U5")
    session = ClosedBook(path)
    session.read()
    session.set_cells([("acquisition", 2, "remarks", "書き換え")])
    session.commit()
    assert "書き換え".encode() in cell(path, "acquisition", "U2")
    for number in (3, 4, 5):
        assert b'<f>B%d&amp;"B2"&amp;$B$1</f><v>x</v>' % number in cell(
            path, "acquisition", f"U{number}"
        )
    assert office.validate(path) == ""


def test_formulas_are_calculated_anew_when_the_file_is_opened(tmp_path):
    path = rich.book(tmp_path / "b.xlsx")
    zips.edit(
        path,
        {"xl/workbook.xml": lambda d: re.sub(rb"<calcPr[^>]*>", b'<calcPr calcId="191029"/>', d)},
    )
    session = ClosedBook(path)
    session.read()
    session.set_cells([("acquisition", 2, "name", "架空 六郎")])
    session.commit()
    assert b'<calcPr calcId="191029" fullCalcOnLoad="1"/>' in zips.parts(path)["xl/workbook.xml"]
    assert "xl/calcChain.xml" in zips.parts(path)  # no formula came or went
    zips.edit(path, {"xl/workbook.xml": lambda d: re.sub(rb"<calcPr[^>]*>", b"", d)})
    session.read()
    write_ledger(session, plan([planned_row(1), planned_row(2)]))
    session.commit()
    assert b'<calcPr fullCalcOnLoad="1"/>' in zips.parts(path)["xl/workbook.xml"]
    parts = zips.parts(path)
    assert "xl/calcChain.xml" not in parts
    assert b"calcChain" not in parts["[Content_Types].xml"] + parts["xl/_rels/workbook.xml.rels"]
    assert office.validate(path) == ""


# ---------------------------------------------------------------- other hands


def test_all_writes_into_files_of_openpyxl_and_libreoffice(tmp_path):
    import openpyxl

    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(5)}, prepare=8)
    openpyxl.load_workbook(path).save(tmp_path / "o.xlsx")
    saved = office.convert(path, tmp_path / "lo")
    for file in (tmp_path / "o.xlsx", saved):
        everything(ClosedBook(file))
        book = ClosedBook(file).read()
        assert len(book.tables["findings"].rows) == len(book.tables["ledger"].rows) == 2
        assert len(book.tables["decisions"].rows) == 2
        assert len(book.tables["history"].rows) == 1
        assert book.tables["acquisition"].rows[2].text("remarks") == "確認済"
        again = openpyxl.load_workbook(file)
        assert again[NAMES["findings"]]["B2"].value == "RQ01"


def test_writes_into_prefixed_unnumbered_and_1904_xml(tmp_path):
    base = make.book(tmp_path / "b.xlsx", {"acquisition": people(3)}, tables=False)
    original = zips.parts(base)

    def prefixed(data):
        return re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", data).replace(b"xmlns=", b"xmlns:x=")

    main = ["xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"]
    sheets = [n for n in original if n.startswith("xl/worksheets/sheet")]
    variants = {
        "prefixed": {n: prefixed for n in sheets + main},
        "unnumbered": {n: lambda d: re.sub(rb'<(row|c) r="\w+"', rb"<\1", d) for n in sheets},
        "1904": {
            "xl/workbook.xml": lambda d: d.replace(b"<workbookPr", b'<workbookPr date1904="1"')
        },
        "no styles": {
            "xl/styles.xml": None,
            "[Content_Types].xml": lambda d: re.sub(
                rb'<Override PartName="/xl/styles[^>]*>', b"", d
            ),
            "xl/_rels/workbook.xml.rels": lambda d: re.sub(
                rb"<Relationship [^>]*/styles\"[^>]*>", b"", d
            ),
        },
    }
    for name, changes in variants.items():
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(zips.packed(original))
        zips.edit(path, changes)
        everything(ClosedBook(path))
        book = ClosedBook(path).read()
        assert [r.number for r in book.tables["findings"].rows] == [2, 3], name
        assert [r.text("control_no") for r in book.tables["ledger"].rows] == ["K-0001", "K-0002"], (
            name
        )
        assert book.tables["history"].rows[0].date("issued") == dt.date(2026, 4, 15), name
        assert book.tables["acquisition"].rows[2].text("remarks") == "確認済", name
        assert office.validate(path) == "", name


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
