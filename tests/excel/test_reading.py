"""What COM gives of cells, and that the workbook reads as the closed file does."""

from copy import copy

import openpyxl
import pytest
from bookparts import zips
from bookparts.make import by_openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from sample_rows import person
from shikaku.excel.session import OpenBook
from shikaku.model.schema import schema
from shikaku.workbook.closed_file import ClosedBook

MEMBERS = schema().sheets["members"].name


@pytest.fixture
def five(tmp_path):
    return by_openpyxl(tmp_path / "b.xlsx", {"members": [person(n) for n in range(1, 6)]})


def column(sheet, label: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == label)


def edited(path, edit):
    book = openpyxl.load_workbook(path)
    edit(book)
    book.save(path)
    return path


def both(excel, path):
    """加入者台帳 as the closed file has it, and as Excel has it."""
    return [
        session.read().tables["members"]
        for session in (ClosedBook(path), OpenBook(excel.open(path)))
    ]


# ------------------------------------------------------------------ numbers and days


@pytest.mark.parametrize("code", ['"¥"#,##0', "[$¥-411]#,##0.00", "$#,##0"])
@pytest.mark.parametrize("value", [21, 1234.56789])
def test_an_amount_of_money_is_its_number(excel, five, code, value):
    """COM has a type for money, with four decimals; pywin32 makes a Decimal of it."""

    def edit(book):
        cell = book[MEMBERS].cell(2, column(book[MEMBERS], "番号"))
        cell.value, cell.number_format = value, code

    closed, opened = both(excel, edited(five, edit))
    assert opened.rows[0].cells["number"] == closed.rows[0].cells["number"]
    assert opened.rows[0].cells["number"].value == value


def test_an_amount_that_a_formula_gives_is_its_number_too(excel, five):
    def edit(book):
        cell = book[MEMBERS].cell(2, column(book[MEMBERS], "番号"))
        cell.value, cell.number_format = 21.5, '"¥"#,##0'

    part = zips.sheet_part(edited(five, edit), MEMBERS)
    zips.edit(five, {part: lambda data: data.replace(b"<v>21.5</v>", b"<f>20+1.5</f><v>21.5</v>")})
    closed, opened = (table.rows[0].cells["number"] for table in both(excel, five))
    assert closed.formula and opened.formula and closed.value == opened.value == 21.5


DAYS = [1, 59, 60, 61, 46113, 46112.99999999, 46113.75, 0.5]
"""The first of Excel's days, both sides of its 29 February 1900, a hair below midnight, a time."""


@pytest.mark.parametrize("since_1904", [False, True])
def test_days_are_those_of_the_closed_file(excel, tmp_path, since_1904):
    path = by_openpyxl(tmp_path / "b.xlsx", {"members": [person(n + 1) for n in range(len(DAYS))]})

    def edit(book):
        sheet = book[MEMBERS]
        for row, serial in enumerate(DAYS, 2):
            cell = sheet.cell(row, column(sheet, "生年月日"))
            cell.value, cell.number_format = serial, "yyyy/m/d"
        if since_1904:
            book.epoch = CALENDAR_MAC_1904

    closed, opened = both(excel, edited(path, edit))
    for one, other in zip(closed.rows, opened.rows, strict=True):
        a, b = one.cells["birth"], other.cells["birth"]
        assert (a.kind, a.value) == (b.kind, b.value), one.number


# ------------------------------------------------------------------ struck through


def strike(sheet, row: int, columns) -> None:
    for number in columns:
        font = copy(sheet.cell(row, number).font)
        font.strike = True
        sheet.cell(row, number).font = font


@pytest.mark.parametrize("loaded", [True, False], ids=["macros", "without"])
def test_struck_rows_are_seen(excel, five, loaded):
    def edit(book):
        sheet = book[MEMBERS]
        strike(sheet, 3, [column(sheet, "氏名")])
        strike(sheet, 5, range(1, sheet.max_column + 1))
        strike(sheet, 6, [column(sheet, "住所")])  # an address alone says nothing of the person

    excel.app.api.Run.loaded = loaded
    for table in both(excel, edited(five, edit)):
        assert [row.number for row in table.rows if row.struck] == [3, 5]


def test_a_workbook_without_any_is_asked_once_a_sheet(excel, five):
    OpenBook(excel.open(five)).read()
    assert excel.app.trips <= len(schema().sheets)


def test_one_struck_row_of_many_takes_few_questions(excel, tmp_path):
    path = by_openpyxl(tmp_path / "b.xlsx", {"members": [person(n + 1) for n in range(300)]})

    def edit(book):
        strike(book[MEMBERS], 211, range(1, 20))

    opened = excel.open(edited(path, edit))
    trips = []
    for loaded in (True, False):
        excel.app.api.Run.loaded, excel.app.trips = loaded, 0
        (row,) = [row for row in OpenBook(opened).read().tables["members"].rows if row.struck]
        assert row.number == 211
        trips.append(excel.app.trips)
    assert trips[0] <= len(schema().sheets) + 2 and trips[1] <= len(schema().sheets) + 60


def test_a_text_struck_in_part_is_none(excel, five, monkeypatch):
    """Excel has no answer for such a cell (Null)."""
    impl = type(excel.open(five).sheets[MEMBERS].range("A1").impl)
    monkeypatch.setattr(impl, "struck", property(lambda self: None if len(self) < 4 else False))
    assert not any(row.struck for row in both(excel, five)[1].rows)


# ------------------------------------------------------------------ copies known by their headings


def copy_of_members(book, name: str, top: int = 1, rows: int = 2):
    source, target = book[MEMBERS], book.create_sheet(name)
    for row in range(1, rows + 1):
        for number in range(1, source.max_column + 1):
            target.cell(top + row - 1, number, source.cell(row, number).value)


@pytest.mark.parametrize(("top", "rows", "seen"), [(1, 2, True), (5, 2, True), (1, 1, False)])
def test_a_copied_sheet_is_known_by_its_headings(excel, five, top, rows, seen):
    def edit(book):
        copy_of_members(book, "四月分", top, rows)
        book.create_sheet("メモ")["B3"] = "何でもない"

    wanted = [("members", "四月分")] if seen else []
    path = edited(five, edit)
    assert ClosedBook(path).read().unread == wanted
    assert OpenBook(excel.open(path)).read().unread == wanted


def test_of_a_large_sheet_of_somebody_elses_the_top_is_read(excel, five, monkeypatch):
    def edit(book):
        sheet = book.create_sheet("売上")
        for row in range(1, 600):
            sheet.cell(row, 1, row)

    opened = excel.open(edited(five, edit))
    impl = type(opened.sheets[0].range("A1").impl)
    original, rows = impl.raw_value.fget, []
    monkeypatch.setattr(
        impl,
        "raw_value",
        property(
            lambda self: (
                rows.append(self.shape[0]) if self.sheet.name == "売上" else None,
                original(self),
            )[1]
        ),
    )
    OpenBook(opened).read()
    assert sum(rows) < 500


def test_a_sheet_that_excel_does_not_hand_out_stops_nothing(excel, five, monkeypatch):
    path = edited(five, lambda book: copy_of_members(book, "四月分"))
    opened = excel.open(path)
    impl = type(opened.sheets[0].range("A1").impl)
    original = impl.raw_value.fget

    def refusing(self):
        if self.sheet.name == "四月分":
            raise RuntimeError("not now")
        return original(self)

    monkeypatch.setattr(impl, "raw_value", property(refusing))
    found = OpenBook(opened).read()
    assert found.unread == [] and len(found.tables["members"].rows) == 5
