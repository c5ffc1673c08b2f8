"""A workbook open in Excel and the same one closed: read alike, written alike.

Excel is played by tests/xlengine: real xlwings objects over openpyxl, with Excel's habit of
reading typed text as numbers, days and formulas.
"""

import datetime as dt
import shutil

import openpyxl
import pytest
from bookparts.hands import solid_fill
from bookparts.make import by_openpyxl, small
from books import ERA
from findings import finding
from openpyxl.styles import PatternFill
from openpyxl.styles.colors import Color
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from sample_rows import ledger_row, person
from shikaku.excel import reading
from shikaku.excel.session import OpenBook
from shikaku.jobs.output_rows import append_history, write_findings, write_ledger
from shikaku.model.schema import schema
from shikaku.system.errors import BookError
from shikaku.workbook import reader
from shikaku.workbook.closed_file import ClosedBook
from xlengine.coerce import written
from xlengine.compare import differences
from xlengine.engine import Played

DAY = dt.date
DANGEROUS = [
    "=cmd|' /C calc'!A1",
    "+819012345678",
    "-1",
    "@SUM(A1)",
    "012345678901",
    "１２３４",
    "1-2",
    "1/2",
    "R8.4.1",
    "令和8年4月1日",
    "1E5",
    "TRUE",
    "#N/A",
    "12:30",
    "5%",
    "¥100",
    "(5)",
    "'quoted",
    "''",
    "two\nlines",
]


@pytest.fixture
def path(tmp_path):
    return small(tmp_path)


@pytest.fixture
def excel():
    with Played() as played:
        yield played


def side_by_side(excel, path, work):
    """Run ``work(session)`` on a closed copy and on the open workbook; the differences."""
    closed = path.with_name("closed.xlsx")
    shutil.copy(path, closed)
    work(ClosedBook(closed))
    book = excel.open(path)
    work(OpenBook(book, path))
    return differences(closed, book.impl.write_to(path.with_name("open.xlsx")))


def cells_of(book):
    """Everything a Book knows, in a form that compares and names the place."""
    return {
        (key, row.number, column): (cell.value, cell.kind, cell.formula)
        for key, table in book.tables.items()
        for row in table
        for column, cell in row.cells.items()
    }


# ------------------------------------------------------------------ reading


def test_a_workbook_reads_the_same_open_and_closed(excel, tmp_path):
    odd = [
        person(1, individual_number=123456789012),
        person(2, acquired=20260401, birth="S64.1.8"),
        person(3, name="=cmd", remarks=5.5, address="#N/A"),
        {},
        person(5, lost=True, symbol=12),
    ]
    path = by_openpyxl(tmp_path / "odd.xlsx", {"members": odd, "ledger": [ledger_row(1)]})
    book = openpyxl.load_workbook(path)
    sheet = book["加入者台帳"]
    sheet["A6"].number_format = "0000"
    sheet.row_dimensions[3].hidden = True
    sheet.merge_cells("W3:W4")
    sheet["V3"] = "=1+1"
    sheet["V4"] = "#DIV/0!"
    sheet["V4"].data_type = "e"
    book["資格取得届"].insert_rows(1, 2)
    book["資格取得届"]["A1"] = "資格取得届の記入シート"
    book.save(path)
    closed, opened = ClosedBook(path).read(), OpenBook(excel.open(path), path).read()
    assert cells_of(closed) == cells_of(opened)
    for key, table in closed.tables.items():
        twin = opened.tables[key]
        for name in ("header_row", "columns", "last_row", "merged", "unknown_labels"):
            assert getattr(twin, name) == getattr(table, name), (key, name)
        assert [row.hidden for row in twin] == [row.hidden for row in table], key
    assert opened.tables["members"].rows[-1].text("symbol") == "0012"
    assert opened.path == str(path)
    assert {k: c.value for k, c in opened.settings.items()} == {
        k: c.value for k, c in closed.settings.items()
    }


@pytest.mark.parametrize("how", ["nothing", "rows", "column", "all rows"])
@pytest.mark.parametrize("protected", [False, True])
def test_only_rows_that_are_hidden_are_taken_for_hidden(excel, path, how, protected):
    """Excel has no cell in sight in a hidden column, and says nothing on a protected sheet."""
    book = openpyxl.load_workbook(path)
    sheet = book["加入者台帳"]
    sheet.protection.sheet = protected
    sheet.column_dimensions["A"].hidden = how == "column"
    for row in {"rows": (3, 4, 7), "all rows": range(1, 8)}.get(how, ()):
        sheet.row_dimensions[row].hidden = True
    book.save(path)
    closed, opened = ClosedBook(path).read(), OpenBook(excel.open(path)).read()
    hidden = [
        [row.number for row in book.tables["members"] if row.hidden] for book in (closed, opened)
    ]
    assert hidden[0] == hidden[1]


def test_a_day_that_no_calendar_has_stops_nothing(excel, path):
    """Excel refuses a whole block for one such cell (xlwings#2003)."""
    book = openpyxl.load_workbook(path)
    sheet = book["加入者台帳"]
    for place, value in (("G3", -693555), ("O6", 20260401), ("G7", 99999999)):
        sheet[place] = value
        sheet[place].number_format = "yyyy/m/d"
    book.save(path)
    closed, opened = ClosedBook(path).read(), OpenBook(excel.open(path), path).read()
    assert cells_of(closed) == cells_of(opened)
    session = OpenBook(excel.open(path))
    session.read()
    session.set_cells([("members", row, "birth", "x") for row in range(2, 8)])
    session.commit()


@pytest.mark.parametrize("text", ["#SPILL!", "#CALC!"])
def test_errors_that_xlwings_does_not_know_are_errors(excel, path, text):
    opened = excel.open(path)
    opened.impl.content["加入者台帳"]["X3"] = "=Y1:Y9"
    opened.impl.values["加入者台帳", 3, 24] = text
    (row,) = [row for row in OpenBook(opened).read().tables["members"] if row.number == 3]
    assert (row.cells["remarks"].value, row.cells["remarks"].kind) == (text, "error")


def test_missing_sheets_and_moved_columns_are_seen(excel, tmp_path):
    path = by_openpyxl(
        tmp_path / "b.xlsx", {"members": [person(1)]}, leave_out=["ledger", "history"]
    )
    book = openpyxl.load_workbook(path)
    sheet = book["加入者台帳"]
    sheet.insert_cols(1)
    sheet["A1"] = "社内番号"
    book.save(path)
    read = OpenBook(excel.open(path)).read()
    assert read.missing_sheets == ["ledger", "history"]
    assert read.tables["members"].columns["symbol"] == 2
    assert read.tables["members"].unknown_labels == {"社内番号": 1}


def test_every_table_is_read_in_a_handful_of_questions(excel, tmp_path):
    """A cell at a time would take minutes in the real Excel."""
    path = by_openpyxl(tmp_path / "many.xlsx", {"members": [person(n) for n in range(1, 400)]})
    book = excel.open(path)
    asked = []
    impl = type(book.sheets["加入者台帳"].range("A1").impl)
    original = impl.raw_value.fget
    try:
        impl.raw_value = property(
            lambda self: asked.append(self.address) or original(self), impl.raw_value.fset
        )
        OpenBook(book).read()
    finally:
        impl.raw_value = property(original, impl.raw_value.fset)
    assert len(asked) == len(book.sheets) - 1  # コード表 is not read


def test_a_bare_number_in_a_book_that_counts_from_1904(excel, path):
    """Four years off, and nothing to see it by: it is read as the closed file is."""
    book = openpyxl.load_workbook(path)
    book.epoch = CALENDAR_MAC_1904
    sheet = book["加入者台帳"]
    column = next(c.column for c in sheet[1] if c.value == "生年月日")
    sheet.cell(2, column, 31000).number_format = "General"
    book.save(path)
    closed = ClosedBook(path).read().tables["members"].rows[0]
    opened = OpenBook(excel.open(path)).read().tables["members"].rows[0]
    assert closed.date("birth") == opened.date("birth") == DAY(1988, 11, 15)


@pytest.fixture
def constants(monkeypatch):
    """Whatever is asked for constants has some."""

    def has(opened):
        impl = type(opened.sheets[0].range("A1").impl)
        before = impl.get_special_cells
        monkeypatch.setattr(
            impl,
            "get_special_cells",
            lambda self, kind, which: [self] if kind == "constants" else before(self, kind, which),
        )
        return opened

    return has


def test_too_many_rows_are_refused(excel, path, constants):
    book = openpyxl.load_workbook(path)
    book["加入者台帳"]["A60000"] = "1"
    book.save(path)
    with pytest.raises(BookError) as stop:
        OpenBook(constants(excel.open(path))).read()
    assert "加入者台帳" in stop.value.message and "50,000" in stop.value.message


def _results(session, count: int) -> None:
    write_findings(session, [finding("acquisition", 2, "name")] * count)


def _letters(session, count: int) -> None:
    append_history(session, [{"control_no": "K-0001", "name": "架空 太郎"}] * count)


@pytest.mark.parametrize(
    ("key", "write", "left"),
    [("findings", _results, [180, 2]), ("history", _letters, [180, 182])],
    ids=["results, written over", "what only grows"],
)
def test_any_number_of_rows_of_ours_is_read(excel, path, constants, monkeypatch, key, write, left):
    for module in (reading, reader):
        monkeypatch.setattr(module, "MAX_ROWS", 30)
    opened = constants(excel.open(path))
    for count, rows in zip((180, 2), left, strict=True):
        session = OpenBook(opened)
        session.read()
        write(session, count)
        session.commit()
        assert len(OpenBook(opened).read().tables[key].rows) == rows


# ------------------------------------------------------------------ writing


def test_findings_marks_and_links_are_the_same(excel, path):
    book = openpyxl.load_workbook(path)
    solid_fill(book["加入者台帳"], "E3", "FFFF00")
    book.save(path)

    def work(session):
        session.read()
        write_findings(
            session,
            [
                finding("members", 2, "name"),
                finding("members", 3, "name", "warning"),
                finding("members", 3, "kana", "info"),
                finding("settings", 0, "insurer_name"),
                finding("members", 4, ""),
                *(finding("members", 5, "name", message=text) for text in DANGEROUS),
            ],
        )
        session.commit()

    assert side_by_side(excel, path, work) == []


@pytest.mark.parametrize(
    "look",
    [
        PatternFill("solid", start_color=Color(theme=4, tint=0.75)),
        PatternFill("solid", start_color="FF00FF00"),
        PatternFill("lightUp", start_color="FFFF0000", end_color="FF0000FF"),
        PatternFill("gray125"),
    ],
    ids=["theme", "rgb", "hatch", "grey"],
)
def test_every_kind_of_fill_comes_back(excel, path, look):
    book = openpyxl.load_workbook(path)
    book["加入者台帳"]["E3"].fill = look
    book.save(path)
    opened = excel.open(path)
    for rows in ((3,), ()):
        session = OpenBook(opened)
        session.read()
        write_findings(session, [finding("members", row, "name") for row in rows])
        session.commit()
        out = openpyxl.load_workbook(opened.impl.write_to(path.with_name("open.xlsx")))
        now = out["加入者台帳"]["E3"].fill
        if rows:
            assert now.start_color.rgb == "FFFFC2C1"  # a mark over fill no. 1
    assert now.fill_type == look.fill_type
    if look.fill_type == "solid":
        assert (now.start_color.type, now.start_color.value) == (
            look.start_color.type,
            look.start_color.value,
        )
        assert now.start_color.tint == look.start_color.tint
    elif look.fill_type == "lightUp":
        assert now.start_color.rgb == "FFFF0000" and now.end_color.rgb == "FF0000FF"


def test_a_mark_made_in_excel_is_taken_back_in_the_closed_file(excel, path):
    book = openpyxl.load_workbook(path)
    book["加入者台帳"]["E3"].fill = PatternFill("solid", start_color=Color(theme=4, tint=0.75))
    book.save(path)
    opened = excel.open(path)
    session = OpenBook(opened)
    session.read()
    write_findings(session, [finding("members", 2, "name"), finding("members", 3, "name")])
    session.commit()
    saved = opened.impl.write_to(path.with_name("saved.xlsx"))
    closed = ClosedBook(saved)
    closed.read()
    write_findings(closed, [])
    closed.commit()
    sheet = openpyxl.load_workbook(saved)["加入者台帳"]
    assert sheet["E2"].fill.fill_type is None
    assert (sheet["E3"].fill.start_color.theme, sheet["E3"].fill.start_color.tint) == (4, 0.75)


def test_a_second_check_takes_back_the_marks_of_the_first(excel, path):
    before = path.with_name("before.xlsx")
    shutil.copy(path, before)
    book = openpyxl.load_workbook(path)
    solid_fill(book["加入者台帳"], "E3", "FFFF00")
    book.save(path)

    def work(session):
        session.read()
        write_findings(session, [finding("members", row, "name") for row in range(2, 8)])
        session.commit()
        session.read()
        write_findings(session, [finding("members", 6, "name")])
        session.commit()

    assert side_by_side(excel, path, work) == []
    sheet = openpyxl.load_workbook(path.with_name("open.xlsx"))["加入者台帳"]
    assert sheet["E3"].fill.start_color.rgb == "FFFFFF00"
    assert sheet["E2"].fill.fill_type is None
    assert sheet["E6"].fill.fill_type == "solid"


def test_fewer_findings_shrink_the_table_and_none_leave_one_empty_row(excel, path):
    def work(session):
        for count in (5, 2, 0):
            session.read()
            write_findings(session, [finding("members", 2 + i, "name") for i in range(count)])
            session.commit()

    assert side_by_side(excel, path, work) == []
    table = openpyxl.load_workbook(path.with_name("open.xlsx"))["検証結果"].tables["検証結果表"]
    last = get_column_letter(len(schema().sheets["findings"].columns))
    assert table.ref == f"A1:{last}2"


def test_rows_are_added_at_the_end_with_formulas_and_formats(excel, path):
    rows = [
        {
            "issued": DAY(2026, 4, 15),
            "letter": "notice",
            "title": text,
            "symbol": "0012",
            "number": "0001",
            "name": "架空 太郎",
            "file": "012",
        }
        for text in DANGEROUS
    ]

    class Plan:
        changes = [(2, "reminders", 3), (3, "next_action", "=1+1"), (None, "due", None)]
        rows = [
            {"row": 2, **ledger_row(1)},
            {"row": 3, **ledger_row(2)},
            {"row": None, **ledger_row(3), "due": DAY(2026, 5, 1), "control_no": "0003"},
            {"row": None, **ledger_row(4), "due": None, "next_action": "1-2"},
        ]

    def work(session):
        session.read()
        append_history(session, rows)
        write_ledger(session, Plan)
        session.commit()

    assert side_by_side(excel, path, work) == []
    sheet = openpyxl.load_workbook(path.with_name("open.xlsx"))["返納管理"]
    assert sheet["O5"].value == '=IF(N5<>"","返納済","")'
    assert sheet["M4"].number_format == ERA
    last = get_column_letter(len(schema().sheets["ledger"].columns))
    assert sheet.tables["返納管理表"].ref == f"A1:{last}5"


def test_a_marked_last_row_hands_its_mark_to_no_new_row(excel, path):
    def work(session):
        session.read()
        write_findings(session, [finding("ledger", 3, "name")])
        session.commit()
        session.read()
        write_ledger(
            session, type("Plan", (), {"changes": [], "rows": [{"row": None, **ledger_row(3)}]})
        )
        session.commit()

    assert side_by_side(excel, path, work) == []


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_stays_text(excel, path, text):
    def work(session):
        session.read()
        session.set_cells([("members", 3, "remarks", text), ("settings", 2, "", text)])
        session.commit()

    assert side_by_side(excel, path, work) == []
    cell = openpyxl.load_workbook(path.with_name("open.xlsx"))["加入者台帳"]["X3"]
    assert (cell.value, cell.data_type) == (text, "s")


def test_the_played_excel_would_have_changed_every_one_of_them():
    """The test above can fail: without the text format each of these becomes something else."""
    harmless = {"two\nlines"}
    for text in DANGEROUS:
        outcome = written(text, "General")
        assert (outcome.kind, outcome.value) != ("text", text) or text in harmless, text


def test_days_and_counts_are_no_text(excel, path):
    def work(session):
        session.read()
        session.set_cells(
            [
                ("members", 2, "lost", DAY(2026, 3, 31)),
                ("members", 3, "remarks", DAY(2026, 3, 31)),
                ("ledger", 2, "reminders", 2),
                ("members", 4, "name", None),
            ]
        )
        session.commit()

    assert side_by_side(excel, path, work) == []
    sheet = openpyxl.load_workbook(path.with_name("open.xlsx"))["加入者台帳"]
    assert sheet["Q2"].value == dt.datetime(2026, 3, 31) and sheet["Q2"].number_format == ERA


def test_a_sheet_of_ours_that_is_gone_is_made(excel, tmp_path):
    path = by_openpyxl(tmp_path / "b.xlsx", {"members": [person(1)]}, leave_out=["findings"])
    book = excel.open(path)
    session = OpenBook(book)
    session.read()
    write_findings(session, [finding("members", 2, "name")])
    session.commit()
    sheet = book.sheets["検証結果"]
    assert sheet.range("A1:H1").value[:3] == ["重大度", "コード", "シート"]
    assert sheet.range("A2").value == "エラー"
    assert book.sheets.active.name == "表紙"  # Excel shows a new sheet; the user's comes back


def test_a_totals_row_stays_below_new_rows(excel, path):
    book = openpyxl.load_workbook(path)
    sheet = book["返納管理"]
    sheet.tables["返納管理表"].totalsRowCount = 1
    sheet.tables["返納管理表"].ref = "A1:S4"
    sheet["A4"] = "集計"
    sheet["A4"].data_type = "s"
    book.save(path)
    opened = excel.open(path)
    session = OpenBook(opened)
    assert len(session.read().tables["ledger"].rows) == 2
    session.append_rows("ledger", [ledger_row(3)])
    session.commit()
    out = openpyxl.load_workbook(opened.impl.write_to(path.with_name("open.xlsx")))["返納管理"]
    assert [out[f"A{row}"].value for row in (4, 5)] == ["K0003", "集計"]
    assert out.tables["返納管理表"].ref == "A1:S5"


def test_the_ribbon_hears_what_was_written(tmp_path):
    """The list anew; cells that a check reads; a sheet of ours alone; nothing after a refusal."""
    path = by_openpyxl(tmp_path / "b.xlsx", {"members": [person(1)]})
    with Played() as excel:
        session = OpenBook(excel.open(path))
        session.read()
        write_findings(session, [finding("members", 2, "name")])
        session.commit()
        session.set_cells([("members", 2, "remarks", "済")])
        session.commit()
        session.replace_rows("decisions", [])
        session.commit()
        session.set_cells([("members", 2, "remarks", "未")])
        excel.app.fail_after = excel.app.writes
        with pytest.raises(Exception, match="busy"):
            session.commit()
        told = [facts[1:3] for facts in excel.app.api.Run.told]
    assert told == [(True, False), (False, True), (False, False)]


def test_a_workbook_has_the_same_id_open_and_closed(tmp_path):
    path = by_openpyxl(tmp_path / "b.xlsx", {"members": [person(1)]})
    closed = ClosedBook(path)
    closed.read()
    closed.set_cells([("members", 2, "remarks", "済")])
    closed.commit()  # our first write gives the id
    kept = ClosedBook(path).read().id
    with Played() as excel:
        assert OpenBook(excel.open(path)).read().id == kept and len(kept) == 32
        new = by_openpyxl(tmp_path / "new.xlsx", {"members": [person(1)]})
        assert OpenBook(excel.open(new)).read().id == ""
