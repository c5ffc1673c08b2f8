"""What a session in Excel leaves alone, and how it goes back when Excel refuses."""

import datetime as dt
import re
import shutil

import openpyxl
import pytest
from bookparts.hands import solid_fill
from bookparts.make import small
from findings import finding
from refusal import refused
from sample_rows import ledger_row
from shikaku.excel.session import OpenBook
from shikaku.jobs.output_rows import append_history, write_findings, write_ledger
from shikaku.system.errors import BookError
from shikaku.workbook import book_id
from shikaku.workbook.closed_file import ClosedBook
from shikaku.workbook.session import Link, OutRow
from xlengine.areas import Interrupted
from xlengine.compare import differences
from xlengine.engine import Played

DAY = dt.date


@pytest.fixture
def path(tmp_path):
    return small(tmp_path)


@pytest.fixture
def excel():
    with Played() as played:
        yield played


def test_nothing_is_written_before_commit_and_nothing_saved_at_all(excel, path):
    book = excel.open(path)
    session = OpenBook(book)
    session.read()
    write_findings(session, [finding("members", 2, "name")])
    assert excel.app.writes == 0
    session.commit()
    assert excel.app.writes > 0
    assert book.impl.saves == [] and book.impl.saved is False


def test_every_read_says_how_many_dimensions_it_wants(excel, path, monkeypatch):
    """Else one row or one cell comes as another shape than the rest."""
    from xlwings.main import Range

    book = openpyxl.load_workbook(path)
    book["加入者台帳"]["X2"] = "#N/A"
    book.save(path)
    reads = []
    value = Range.value

    def get(self):
        reads.append(self._options.get("ndim"))
        return value.fget(self)

    monkeypatch.setattr(Range, "value", property(get, value.fset))
    session = OpenBook(excel.open(path))
    session.read()
    write_findings(session, [finding("members", 2, "name"), finding("members", 3, "name")])
    append_history(session, [{"issued": DAY(2026, 4, 15), "title": "x"}])
    session.set_cells([("members", 2, "remarks", "x")])
    session.commit()
    assert len(reads) > 10 and set(reads) == {2}


def test_excel_is_left_as_it_was(excel, path):
    app = excel.app
    app.calculation, app.enable_events = "semiautomatic", False
    book = excel.open(path)
    book.sheets["資格取得届"].activate()
    book.sheets["資格取得届"].range("C5").select()
    seen = []
    original = type(app).wrote

    def watch(self):
        seen.append((app.screen_updating, app.calculation, app.display_alerts))
        original(self)

    type(app).wrote = watch
    try:
        session = OpenBook(book)
        session.read()
        write_findings(session, [finding("members", 2, "name")])
        session.commit()
    finally:
        type(app).wrote = original
    assert set(seen) == {(False, "manual", False)}
    assert (app.screen_updating, app.calculation, app.display_alerts) == (
        True,
        "semiautomatic",
        True,
    )
    assert app.enable_events is False
    assert book.sheets.active.name == "資格取得届"
    assert app.selected.address == "$C$5"
    assert app.status_bar is False
    assert any("検証結果" in str(text) for text in app.bars)


def test_a_refusal_at_any_moment_takes_everything_back(excel, path):
    book = openpyxl.load_workbook(path)
    solid_fill(book["加入者台帳"], "E3", "FFFF00")
    book.save(path)

    class Plan:
        changes = [(2, "reminders", 3)]
        rows = [{"row": None, **ledger_row(3)}]

    def work(session):
        session.read()
        write_findings(
            session,
            [
                finding("members", 2, "name"),
                finding("members", 3, "name"),
                finding("members", 4, "name", "warning"),
            ],
        )
        write_ledger(session, Plan)
        append_history(session, [{"issued": DAY(2026, 4, 15), "title": "=x", "symbol": "0012"}])
        session.commit()

    app = excel.app
    first = excel.open(path)
    work(OpenBook(first))
    path = first.impl.write_to(path.with_name("first.xlsx"))
    app.writes = 0
    work(OpenBook(excel.open(path)))
    total = app.writes
    assert total > 30
    for moment in range(total):
        opened = excel.open(path)
        app.writes, app.fail_after = 0, moment
        original = type(app).wrote

        def once(self, original=original):
            try:
                original(self)
            finally:
                if self.writes > (self.fail_after or 0):
                    self.fail_after = None  # Excel refuses once; the way back is open

        type(app).wrote = once
        try:
            with pytest.raises(Interrupted):
                work(OpenBook(opened))
        finally:
            type(app).wrote = original
            app.fail_after = None
        assert app.screen_updating and app.calculation == "automatic" and app.status_bar is False
        assert differences(path, opened.impl.kept(), formats=True) == [], moment


@pytest.mark.parametrize("shown_as", ["General", "@", "mixed"])
def test_whatever_stood_in_the_cells_comes_back_as_it_was(excel, path, shown_as):
    """Written back just as it reads, a text would become a number, a number a text."""
    old = [
        "012345678901", "1-2", "=1+1", "+81", "R8.4.1", "TRUE", "#N/A", "'quoted", "12:30",
        "two\nlines", 123456789012, 0.5, True, dt.datetime(2026, 4, 1), "#N/A!", "formula", None,
    ]  # fmt: skip
    book = openpyxl.load_workbook(path)
    sheet = book["加入者台帳"]
    for row, value in enumerate(old, 2):
        cell = sheet.cell(row, 23, value)
        for column in range(1, 23):
            sheet.cell(row, column, sheet.cell(2, column).value)
        formats = {"General": "General", "@": "@", "mixed": ("@", "General", "0.00")[row % 3]}
        if isinstance(value, str):
            cell.data_type = "s"
        if value == "formula":
            cell.value = "=1+1"
        if value == "#N/A!":
            cell.value = "#N/A"  # an error, the one before is a text
            cell.data_type = "e"
        cell.number_format = formats[shown_as] if value != old[13] else "yyyy/m/d"
    book.save(path)
    opened = excel.open(path)
    session = OpenBook(opened)
    session.read()
    session.set_cells([("members", row, "remarks", "x") for row in range(2, len(old) + 2)])
    session.append_rows("closed_days", [{"date": DAY(2026, 5, 1), "name": "x"}])
    refused(session)
    out = opened.impl.write_to(path.with_name("open.xlsx"))
    assert differences(path, out, formats=True) == []


def test_a_way_back_that_is_barred_is_known(excel, path):
    opened = excel.open(path)
    session = OpenBook(opened)
    session.read()
    session.set_cells([("members", 2, "remarks", "x"), ("members", 4, "remarks", "y")])
    excel.app.writes, excel.app.fail_after = 0, 1
    with pytest.raises(Interrupted):
        session.commit()
    assert session.state == "torn"
    excel.app.fail_after = None
    session.read()
    session.set_cells([("members", 2, "remarks", "x")])
    session.commit()
    assert session.state == "torn"  # once torn, it is for the user to look at


def test_a_read_only_workbook_is_refused_before_anything_is_done(excel, path):
    opened = excel.open(path)
    opened.impl.read_only = True
    session = OpenBook(opened)
    session.read()
    with pytest.raises(BookError) as stop:
        write_findings(session, [finding("members", 2, "name")])
    assert "読み取り専用" in stop.value.message


def test_a_filter_on_the_users_sheet_stays(excel, path):
    book = openpyxl.load_workbook(path)
    sheet = book["加入者台帳"]
    for row in (3, 4):
        sheet.row_dimensions[row].hidden = True
    book.save(path)
    opened = excel.open(path)
    session = OpenBook(opened)
    session.read()
    write_findings(session, [finding("members", 3, "name")])
    session.set_cells([("members", 4, "remarks", "x")])
    session.commit()
    hidden = opened.impl.content["加入者台帳"].row_dimensions
    assert hidden[3].hidden and hidden[4].hidden
    assert opened.impl.content["加入者台帳"]["X4"].value == "x"


def hide(path, sheet, rows):
    book = openpyxl.load_workbook(path)
    for row in rows:
        book[sheet].row_dimensions[row].hidden = True
    book.save(path)


def test_every_cell_gets_its_own_value_across_a_filter(excel, path):
    """Excel itself would give the first one to all the rows in sight (xlwings#747)."""
    hide(path, "加入者台帳", (3, 4, 6))
    opened = excel.open(path)
    opened.sheets["加入者台帳"].range("X2:X5").value = [["a"], ["b"], ["c"], ["d"]]
    column = [c.value for (c,) in opened.impl.content["加入者台帳"]["X2:X5"]]
    assert column == ["a", None, None, "a"]
    session = OpenBook(opened)
    session.read()
    session.set_cells([("members", row, "remarks", f"00{row}") for row in range(2, 8)])
    session.set_cells([("members", row, "acquired", DAY(2026, 4, row)) for row in range(2, 8)])
    session.set_cells([("members", row, "branch", None) for row in range(2, 8)])
    write_findings(session, [finding("members", row, "name") for row in range(2, 8)])
    session.commit()
    sheet = opened.impl.content["加入者台帳"]
    assert [sheet.cell(row, 24).value for row in range(2, 8)] == [f"00{n}" for n in range(2, 8)]
    assert [sheet.cell(row, 3).value for row in range(2, 8)] == [None] * 6
    days = [opened.sheets["加入者台帳"].range((row, 16)).value for row in range(2, 8)]
    assert [day.date() for day in days] == [DAY(2026, 4, row) for row in range(2, 8)]
    assert all(sheet.cell(row, 5).fill.fill_type == "solid" for row in range(2, 8))
    assert [row for row in range(2, 8) if sheet.row_dimensions[row].hidden] == [3, 4, 6]
    write_findings(session, [])
    session.commit()
    assert all(sheet.cell(row, 5).fill.fill_type is None for row in range(2, 8))


def test_rows_are_added_below_a_hidden_last_row(excel, path):
    hide(path, "返納管理", (2, 3))
    opened = excel.open(path)
    session = OpenBook(opened)
    session.read()
    session.append_rows("ledger", [ledger_row(3, due=DAY(2026, 5, 1)), ledger_row(4)])
    session.commit()
    sheet = opened.impl.content["返納管理"]
    labels = {cell.value: cell.column for cell in sheet[1]}
    for row, number in ((4, "K0003"), (5, "K0004")):
        assert sheet.cell(row, labels["管理番号"]).value == number
        for name in ("返納期限", "状況", "記号"):
            formats = [sheet.cell(n, labels[name]).number_format for n in (3, row)]
            assert formats[0] == formats[1], name
        assert str(row) in sheet.cell(row, labels["状況"]).value  # the formula moved along
    assert sheet.tables["返納管理表"].ref.endswith("5")


def test_a_table_keeps_the_rows_prepared_in_it(excel, path):
    def end(book) -> int:
        return int(re.search(r"\d+$", book["返納管理"].tables["返納管理表"].ref)[0])

    book = openpyxl.load_workbook(path)
    table = book["返納管理"].tables["返納管理表"]
    table.ref = re.sub(r"\d+$", str(end(book) + 5), table.ref)
    book.save(path)
    opened = excel.open(path)
    session = OpenBook(opened)
    session.read()
    session.append_rows("ledger", [ledger_row(3)])
    session.commit()
    assert end(opened.impl.content) == end(book)


def test_a_refusal_under_a_filter_takes_everything_back(excel, path):
    hide(path, "加入者台帳", (3, 5, 6))
    opened = excel.open(path)
    session = OpenBook(opened)
    session.read()
    session.set_cells([("members", row, "number", f"9{row}") for row in range(2, 8)])
    write_findings(session, [finding("members", row, "number") for row in range(2, 8)])
    session._later("", lambda writer: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        session.commit()
    assert session.state == "untouched"
    assert differences(path, opened.impl.write_to(path.with_name("open.xlsx"))) == []


def test_old_links_go_with_the_old_rows(excel, path):
    opened = excel.open(path)
    for count in (3, 1):
        session = OpenBook(opened)
        session.read()
        write_findings(session, [finding("members", 2 + i, "name") for i in range(count)])
        session.commit()
    out = openpyxl.load_workbook(opened.impl.write_to(path.with_name("open.xlsx")))["検証結果"]
    linked = {cell.coordinate for row in out.iter_rows() for cell in row if cell.hyperlink}
    assert linked == {"C2"}
    assert out["C2"].hyperlink.location == "'加入者台帳'!E2"


def test_a_link_shows_its_text_whatever_marks_are_in_it(excel, path):
    book = excel.open(path)
    session = OpenBook(book)
    session.read()
    session.replace_rows("findings", [OutRow({"sheet": 'a"b\x0b'}, Link("members", 2, "name"))])
    session.commit()
    sheet = book.impl.content["検証結果"]
    column = next(cell.column for cell in sheet[1] if cell.value == "シート")
    assert sheet.cell(2, column).value.endswith(',"a""b")')


def test_marks_on_the_mac_go_by_colour(excel, path, monkeypatch):
    """AppleScript itself is not played: this is what our part for the Mac makes of colours."""
    from shikaku.excel import marks, writing
    from shikaku.excel.native_mac import Mac

    monkeypatch.setattr(marks, "native", Mac)
    monkeypatch.setattr(writing, "native", Mac)
    book = openpyxl.load_workbook(path)
    solid_fill(book["加入者台帳"], "E3", "FFFF00")
    solid_fill(book["加入者台帳"], "A7", "00FF00")
    book.save(path)
    closed = path.with_name("closed.xlsx")
    shutil.copy(path, closed)
    opened = excel.open(path)
    for session in (ClosedBook(closed), OpenBook(opened)):
        for rows in ((2, 3, 4), (3, 6)):
            session.read()
            write_findings(session, [finding("members", row, "name") for row in rows])
            session.commit()
    found = openpyxl.load_workbook(opened.impl.write_to(path.with_name("open.xlsx")))
    wanted = openpyxl.load_workbook(closed)
    for place in ("E2", "E3", "E4", "E6", "A7"):
        one, other = (b["加入者台帳"][place].fill for b in (found, wanted))
        assert one.fill_type == other.fill_type
        assert one.start_color.rgb == other.start_color.rgb, place
    names = [
        {k: v.attr_text for k, v in b.defined_names.items() if k != book_id.NAME}
        for b in (found, wanted)
    ]
    assert names[0] == names[1] and names[0]
    rows = [[c.value for c in row] for row in found["検証結果"].iter_rows()]
    assert rows == [[c.value for c in row] for row in wanted["検証結果"].iter_rows()]


def test_autosave_saves_nothing_of_ours(excel, path):
    opened = excel.open(path)
    opened.impl.auto_save = True
    session = OpenBook(opened)
    session.read()
    write_findings(session, [finding("members", 2, "name")])
    session.commit()
    assert opened.impl.saves == [] and opened.impl.auto_save is False
    assert session.autosave_stopped


def test_autosave_is_on_again_when_nothing_was_written(excel, path):
    opened = excel.open(path)
    opened.impl.auto_save = True
    session = OpenBook(opened)
    session.read()
    session.set_cells([("members", 2, "remarks", "x")])
    refused(session)
    assert opened.impl.auto_save is True and not session.autosave_stopped
