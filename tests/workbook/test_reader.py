"""Reading a workbook: its tables, headers, cells and settings, whatever people do to them."""

import datetime as dt
import io

import pytest
import xlsxwriter
from bookparts import hands, make
from bookparts.plan import grid
from sample_rows import people
from shikaku.model.schema import schema
from shikaku.model.tables import BOOL, DATE, EMPTY, ERROR, NUMBER, TEXT
from shikaku.ooxml.cell_values import unescaped
from shikaku.system.errors import BookError
from shikaku.workbook.closed_file import ClosedBook, read_bytes

ACQUISITION = schema().sheets["acquisition"]
MEMBERS = schema().sheets["members"]
LIVE = list(ACQUISITION.columns).index("limit_state")
NAME = list(ACQUISITION.columns).index("name")


def sheet_of(write, name=ACQUISITION.name, **options):
    """The table of one sheet that ``write(worksheet, workbook)`` has filled."""
    buffer = io.BytesIO()
    target = xlsxwriter.Workbook(buffer, options)
    write(target.add_worksheet(name), target)
    target.close()
    book = read_bytes(buffer.getvalue(), "試験.xlsx")
    return next(table for table in book.tables.values() if table.spec.name == name)


def header(sheet, row=0, labels=None, column=0):
    for number, label in enumerate(labels or [c.label for c in ACQUISITION.columns.values()]):
        sheet.write_string(row, column + number, label)


# ---------------------------------------------------------------- the model


def test_a_book_made_from_the_schema_reads_back(tmp_path):
    rows = people(3)
    path = make.book(
        tmp_path / "b.xlsx", {"acquisition": rows}, settings={"employer_name": "架空商事"}
    )
    book = ClosedBook(path).read()
    assert book.missing_sheets == []
    table = book.tables["acquisition"]
    assert [row.number for row in table] == [2, 3, 4]
    assert [row.text("name") for row in table] == [row["name"] for row in rows]
    assert table.rows[0].cell("birth").value == dt.date(1990, 1, 2)
    assert table.rows[0].cell("symbol").value == "0012"
    assert book.settings["employer_name"].value == "架空商事"
    assert book.path == str(path)


def test_missing_sheets_are_named_by_key_and_only_those_that_must_be_there(tmp_path):
    gone = ("loss", "settings", "findings", "codes")
    book = ClosedBook(make.book(tmp_path / "b.xlsx", leave_out=gone)).read()
    assert book.missing_sheets == ["settings", "loss"]
    assert "findings" not in book.tables


def test_an_empty_template_has_no_rows(tmp_path):
    book = ClosedBook(make.book(tmp_path / "b.xlsx", prepare=40)).read()
    assert all(not table.rows for table in book.tables.values())
    assert book.tables["acquisition"].last_row == 1


def test_rows_are_those_up_to_the_last_filled_one_and_blank_ones_are_left_out():
    def write(sheet, target):
        header(sheet)
        sheet.write_string(3, NAME, "架空 太郎")
        sheet.write_string(4, NAME, "  \u3000")
        sheet.write_blank(5, NAME, None, target.add_format({"bold": True}))
        sheet.write_string(9, NAME, "架空 花子")
        sheet.write_formula(400, LIVE, "=1", None, 1)

    table = sheet_of(write)
    assert [row.number for row in table] == [4, 10]
    assert table.last_row == 10


def test_a_live_column_alone_makes_no_row_and_is_read_in_a_filled_one():
    def write(sheet, target):
        header(sheet)
        sheet.write_string(1, NAME, "架空 太郎")
        sheet.write_formula(1, LIVE, "=1", None, "期限内")
        sheet.write_formula(2, LIVE, "=1", None, "期限内")

    table = sheet_of(write)
    assert [row.number for row in table] == [2]
    assert table.rows[0].text("limit_state") == "期限内"
    assert table.rows[0].cell("limit_state").formula


# ---------------------------------------------------------------- the header


def test_columns_are_found_wherever_the_user_put_them():
    labels = ["メモ", "氏名", "生年月日", "社員番号", "氏名カナ"]

    def write(sheet, target):
        sheet.write_string(0, 0, "令和8年4月 提出分")
        header(sheet, 4, labels, column=2)
        sheet.write_row(5, 2, ["入社", "架空 太郎", "H2.1.2", "E-7", "カクウ タロウ"])

    table = sheet_of(write)
    assert table.header_row == 5
    assert table.columns == {"name": 4, "birth": 5, "kana": 7}
    assert table.unknown_labels == {"メモ": 3, "社員番号": 6}
    assert table.rows[0].text("name") == "架空 太郎"
    assert table.rows[0].number == 6


@pytest.mark.parametrize(
    "label",
    ["氏名カナ＊", "氏名カナ *", "氏名ｶﾅ", " 氏名\nカナ ", "氏名　カナ(※)"[:-3], "氏名カナ※"],
)
def test_a_label_is_known_through_widths_spaces_breaks_and_a_required_mark(label):
    table = sheet_of(lambda sheet, target: header(sheet, 0, ["氏名*", label, "生年月日"]))
    assert table.columns == {"name": 1, "kana": 2, "birth": 3}


def test_a_label_that_stands_twice_is_reported_and_the_first_column_is_read():
    def write(sheet, target):
        header(sheet, 0, ["氏名", "生年月日", "氏名＊", "メモ", "メモ"])
        sheet.write_row(1, 0, ["架空 太郎", "H2.1.2", "架空 次郎"])

    table = sheet_of(write)
    assert table.duplicate_columns == ["name"]
    assert table.rows[0].text("name") == "架空 太郎"


def test_the_header_is_the_row_with_most_labels_not_one_that_mentions_some():
    def write(sheet, target):
        sheet.write_row(0, 0, ["記入例", "氏名", "生年月日"])
        header(sheet, 2)

    assert sheet_of(write).header_row == 3


def test_without_a_header_there_are_no_columns():
    table = sheet_of(lambda sheet, target: sheet.write_row(0, 0, ["架空 太郎", "男"]))
    assert (table.columns, table.rows) == ({}, [])


def test_a_column_beyond_the_schema_is_read_where_the_schema_knows_it():
    def write(sheet, target):
        header(sheet, 0, ["記号", "番号", "氏名", "負担割合"])
        sheet.write_row(1, 0, ["0012", "1", "架空 太郎", "3割"])

    table = sheet_of(write, MEMBERS.name)
    assert table.rows[0].choice("burden_share") == "three"


def test_sheets_are_found_through_width_and_spaces():
    assert sheet_of(lambda s, t: header(s), "資格取得届").columns
    book = read_bytes(_renamed("資格取得届 "), "b.xlsx")
    assert "acquisition" in book.tables


def _renamed(name):
    buffer = io.BytesIO()
    target = xlsxwriter.Workbook(buffer)
    header(target.add_worksheet(name))
    target.close()
    return buffer.getvalue()


# ---------------------------------------------------------------- cells


def cell_of(write_value, key="remarks", **options):
    """The cell that ``write_value(sheet, target, row, column)`` has put into a filled row."""
    column = list(ACQUISITION.columns).index(key)

    def write(sheet, target):
        header(sheet)
        sheet.write_string(1, NAME, "架空 太郎")
        write_value(sheet, target, 1, column)

    return sheet_of(write, **options).rows[0].cell(key)


def number(value, code=None):
    def write(sheet, target, row, column):
        style = target.add_format({"num_format": code}) if code else None
        sheet.write_number(row, column, value, style)

    return write


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        ("yyyy/m/d", 46113, dt.date(2026, 4, 1)),
        ('[$-411]ggge"年"m"月"d"日"', 46113, dt.date(2026, 4, 1)),
        ("[$-411]ge.m.d;@", 46113, dt.date(2026, 4, 1)),
        ("yyyy/m/d h:mm", 46113.75, dt.date(2026, 4, 1)),
        ("m/d", 46113, dt.date(2026, 4, 1)),
        ("aaa", 46113, dt.date(2026, 4, 1)),
        (14, 46113, dt.date(2026, 4, 1)),
        (58, 46113, dt.date(2026, 4, 1)),
        ("yyyy/m/d", 59, dt.date(1900, 2, 28)),
        ("yyyy/m/d", 61, dt.date(1900, 3, 1)),
    ],
)
def test_a_number_under_a_date_format_is_a_day_without_time(code, value, expected):
    cell = cell_of(number(value, code))
    assert (cell.kind, cell.value, type(cell.value)) == (DATE, expected, dt.date)


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("h:mm", 0.5),
        ("[h]:mm", 30),
        ("0", 46113),
        ("0.00E+00", 46113),
        ('0"個"', 3),
        ('0"日"', 3),
        ("#,##0;[Red]-#,##0", 12),
        ("@", 12),
        ("yyyy/m/d", 60),  # 29 February 1900 never was
        ("yyyy/m/d", 20260401),  # typed as eight digits into a date cell
        ("yyyy/m/d", -3),
    ],
)
def test_other_numbers_stay_numbers_with_their_format(code, value):
    cell = cell_of(number(value, code))
    assert (cell.kind, cell.value, cell.number_format) == (NUMBER, value, code)


def test_the_1904_system_counts_from_another_day():
    cell = cell_of(number(44651, "yyyy/m/d"), date_1904=True)
    assert cell.value == dt.date(2026, 4, 1)


def test_a_bare_number_for_a_day_is_the_1904_systems_own():
    assert cell_of(number(44651), "birth", date_1904=True).value == 46113
    assert cell_of(number(44651), "remarks", date_1904=True).value == 44651


def test_a_bare_number_for_a_day_of_the_settings_is_the_1904_systems_own():
    buffer = io.BytesIO()
    target = xlsxwriter.Workbook(buffer, {"date_1904": True})
    target.add_worksheet("設定").write_row(0, 0, ["基準日", 44651])
    target.close()
    settings = read_bytes(buffer.getvalue(), "b.xlsx").settings
    assert settings["as_of"].value == 46113  # 2026-04-01 where days count from 1900


def test_half_a_character_in_excels_own_spelling_is_that_half():
    escaped = cell_of(lambda s, t, r, c: s.write_string(r, c, "_xD842_"))
    assert escaped.value == "_xD842_"
    assert unescaped("a_xD842_b") == "a\ud842b"


def test_zeros_format_shows_the_zeros_a_number_has_lost():
    cell = cell_of(number(21498320257, "0" * 12), "individual_number")
    assert (cell.kind, cell.text) == (NUMBER, "021498320257")
    whole = cell_of(number(123456789018.0), "individual_number")
    assert (type(whole.value), whole.text) == (int, "123456789018")


def test_text_is_kept_as_typed():
    for text in (
        "令和8年4月1日",
        " 000000000019 ",
        "=1+1",
        "_x0041_",
        "𠮷田\n髙﨑",
        "'a",
        "００１２",
    ):
        cell = cell_of(lambda s, t, r, c, text=text: s.write_string(r, c, text))
        assert (cell.kind, cell.value) == (TEXT, text)


def test_rich_text_is_joined_and_furigana_left_out(tmp_path):
    from bookparts import rich

    table = ClosedBook(rich.book(tmp_path / "b.xlsx")).read().tables["acquisition"]
    assert table.rows[0].cell("name").value == "架空 1号"
    assert table.rows[1].cell("name").value == "架空 二郎"
    assert [row.hidden for row in table] == [False, False, True, False, False, False]


@pytest.mark.parametrize("text", ["#N/A", "#DIV/0!", "#REF!", "#NAME?", "#VALUE!"])
def test_an_error_is_no_empty_cell(text):
    cell = cell_of(lambda s, t, r, c: s.write_formula(r, c, "=1/0", None, text))
    assert (cell.kind, cell.value, cell.text, cell.formula) == (ERROR, text, "", True)


def test_booleans_and_formulas():
    assert cell_of(lambda s, t, r, c: s.write_boolean(r, c, True)).kind == BOOL
    text = cell_of(lambda s, t, r, c: s.write_formula(r, c, "=A1", None, "架空"))
    assert (text.kind, text.value, text.formula) == (TEXT, "架空", True)
    number_cell = cell_of(lambda s, t, r, c: s.write_formula(r, c, "=1+1", None, 2))
    assert (number_cell.kind, number_cell.value, number_cell.formula) == (NUMBER, 2, True)


@pytest.mark.parametrize("count", [1, 60])  # a row like no others, rows taken apart together
@pytest.mark.parametrize(
    ("write", "computed"),
    [
        (lambda s, r: s.write_string(r, NAME, "架空"), False),
        (lambda s, r: s.write_number(r, NAME, 7), False),
        (lambda s, r: s.write_formula(r, NAME, "=1+6", None, 7), True),
        (lambda s, r: s.write_formula(r, NAME, "=A1", None, "架空"), True),
        (lambda s, r: s.write_formula(r, NAME, "=1/0", None, "#DIV/0!"), True),
    ],
    ids=range(5),
)
def test_a_table_knows_whether_anything_in_it_is_computed(write, computed, count):
    def fill(sheet, _):
        header(sheet)
        for row in range(1, count + 1):
            write(sheet, row)

    table = sheet_of(fill)
    assert table.computed is computed and len(table.rows) == count


def test_a_formula_without_a_stored_value_is_empty_but_known_as_a_formula():
    values = ["架空 太郎", "カクウ", {"formula": True}]
    sheet = grid(ACQUISITION.name, [["氏名", "氏名カナ", "備考"], values])
    row = (
        read_bytes(hands.written([sheet], hands.Openpyxl()), "b.xlsx").tables["acquisition"].rows[0]
    )
    assert (row.cell("remarks").kind, row.cell("remarks").formula) == (EMPTY, True)


def test_merged_ranges_below_the_header_are_listed():
    def write(sheet, target):
        sheet.merge_range("A1:C1", "題")
        header(sheet, 1)
        sheet.merge_range("D3:D5", "架空 太郎")

    table = sheet_of(write)
    assert table.merged == ["D3:D5"]
    assert [row.number for row in table] == [3]


def test_the_row_of_totals_is_no_person():
    def write(sheet, target):
        header(sheet, 0, ["氏名", "氏名カナ", "備考"])
        sheet.add_table(
            0,
            0,
            3,
            2,
            {
                "total_row": True,
                "columns": [
                    {"header": "氏名", "total_string": "集計"},
                    {"header": "氏名カナ"},
                    {"header": "備考"},
                ],
            },
        )
        sheet.write_row(1, 0, ["架空 太郎", "カクウ"])

    table = sheet_of(write)
    assert [row.number for row in table] == [2]


# ---------------------------------------------------------------- settings


def test_settings_are_found_where_the_user_moved_them():
    def write(sheet, target):
        sheet.write_string(0, 0, "設定の表")
        sheet.write_row(6, 0, ["基準日 ", "令和8年4月15日"])
        sheet.write_row(9, 0, ["届出期限日数", 7])
        sheet.write_row(12, 0, ["担当者"])

    buffer = io.BytesIO()
    target = xlsxwriter.Workbook(buffer)
    write(target.add_worksheet("設定"), target)
    target.close()
    book = read_bytes(buffer.getvalue(), "b.xlsx")
    assert book.setting_rows == {"as_of": 7, "filing_days": 10, "employer_contact": 13}
    assert book.settings["as_of"].value == "令和8年4月15日"
    assert book.settings["filing_days"].value == 7
    assert book.settings["employer_contact"].kind == EMPTY


def test_a_setting_that_stands_twice_has_the_first_value_and_says_so_when_they_differ():
    def write(sheet, target):
        for row, item in enumerate(
            [
                ("届出期限日数", 5),
                ("担当者", "甲"),
                ("届出期限日数", "5"),
                ("基準日", 1),
                ("担当者", "乙"),
                ("基準日",),
            ]
        ):
            sheet.write_row(row, 0, item)

    buffer = io.BytesIO()
    target = xlsxwriter.Workbook(buffer)
    write(target.add_worksheet("設定"), target)
    target.close()
    book = read_bytes(buffer.getvalue(), "b.xlsx")
    assert book.setting_rows == {"filing_days": 1, "employer_contact": 2, "as_of": 4}
    assert book.settings["employer_contact"].value == "甲"
    assert book.double_settings == {"employer_contact": 5}


# ---------------------------------------------------------------- size and secrecy


def test_too_many_rows_or_columns_name_the_sheet(monkeypatch):
    from shikaku.workbook import reader

    monkeypatch.setattr(reader, "MAX_ROWS", 20)

    def rows(count):
        def write(sheet, target):
            header(sheet)
            for row in range(1, count + 1):
                sheet.write_string(row, NAME, "架空 太郎")

        return write

    assert len(sheet_of(rows(20)).rows) == 20
    with pytest.raises(BookError, match=ACQUISITION.name):
        sheet_of(rows(21))
    labels = [c.label for c in ACQUISITION.columns.values()]
    wide = [*labels, *(f"列{n}" for n in range(reader.MAX_COLUMNS - len(labels)))]
    assert sheet_of(lambda s, t: header(s, 0, wide)).columns
    with pytest.raises(BookError, match=ACQUISITION.name):
        sheet_of(lambda s, t: header(s, 0, [*wide, "一つ多い"]))


def test_the_real_limit_is_fifty_thousand_rows():
    from shikaku.workbook import reader

    assert reader.MAX_ROWS == 50_000


def test_nothing_that_is_shown_holds_a_number(tmp_path):
    book = ClosedBook(make.book(tmp_path / "b.xlsx", {"acquisition": people(1)})).read()
    row = book.tables["acquisition"].rows[0]
    assert row.text("individual_number") == "000000000019"
    assert "000000000019" not in repr(row) + repr(row.cells) + repr(book)
