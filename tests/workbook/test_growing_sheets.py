"""The sheets that grow: 返納管理 and 発行履歴, row by row."""

import datetime as dt
import re

import office
import xlsxwriter
from bookparts import make, rich, zips
from bookparts.content import plan, planned_row
from bookparts.ours import NAMES, cell, read, table, xml
from findings import finding
from shikaku.jobs.output_rows import append_history, write_findings, write_ledger
from shikaku.model.schema import schema
from shikaku.workbook import reader
from shikaku.workbook.closed_file import ClosedBook


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


def test_they_may_have_more_rows_than_people_may_type(tmp_path, monkeypatch):
    """What only grows is never too long to be read again."""
    monkeypatch.setattr(reader, "MAX_ROWS", 4)
    path = prepared(tmp_path / "b.xlsx", filled=6, prepare=0)
    for _ in range(3):
        session = ClosedBook(path)
        session.read()
        append_history(session, [{"control_no": "K-0001", "name": "架空 太郎"}] * 3)
        write_ledger(session, plan([planned_row(7)]))
        session.commit()
    assert len(read(path, "history")) == 9 and len(read(path, "ledger")) == 9


def test_results_that_come_with_their_rows_outlive_a_new_setting(tmp_path):
    """A setting makes what formulas gave before untrue, not what was worked out for the new rows."""
    path = prepared(tmp_path / "b.xlsx", settings={"insurer_name": "架空健康保険組合"})
    session = ClosedBook(path)
    places = session.read().setting_rows
    session.set_cells([("settings", places["insurer_name"], "", "別の健康保険組合")])
    write_ledger(session, plan([planned_row(3)]))
    session.commit()
    rows = read(path, "ledger")
    assert [row.text("state") for row in rows] == ["", "", "返納待ち"]
    assert all(row.cell("state").formula for row in rows)


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
