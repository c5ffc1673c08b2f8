"""What both sessions share: rows by schema key, places and addresses, values as their cells take them."""

import datetime as dt

import pytest
from bookparts.content import plan, planned_row
from findings import finding
from shikaku.jobs import output_rows
from shikaku.model.schema import schema
from shikaku.model.tables import Book, Table
from shikaku.ooxml import addresses
from shikaku.system.masking import masked
from shikaku.workbook import session
from shikaku.workbook.session import OutRow


@pytest.fixture
def book():
    table = Table(
        schema().sheets["members"],
        columns={"symbol": 1, "name": 30, "birth": 3},
        unknown_labels={"メモ": 2},
    )
    return Book("b.xlsx", {"members": table}, setting_rows={"as_of": 7})


def test_a_place_is_marked_by_its_worst_finding(book):
    cells = output_rows.marks(
        [
            finding("members", 5, "birth", "info"),
            finding("members", 5, "birth", "error"),
            finding("members", 5, "birth", "warning"),
            finding("members", 6, "", "warning"),  # the row: its 氏名
            finding("members", 1, "birth"),  # the header
            finding("members", 0),
            finding("loss", 5, "lost"),  # a sheet that isn't there
            finding("settings", 7, "as_of"),
            finding("settings", 0, "roll"),
        ],
    )
    assert session.mark_places(book, cells) == {
        ("members", 5, 3): "error",
        ("members", 6, 30): "warning",
        ("settings", 7, 2): "error",
    }


@pytest.mark.parametrize(
    ("column", "expected"),
    [("birth", "C"), ("", "AD"), ("address", "AD")],
)
def test_an_address_leads_to_the_column_or_the_name(book, column, expected):
    assert session.address(book, session.Link("members", 9, column)) == f"'加入者台帳'!{expected}9"


def test_addresses_on_sheets_that_are_not_read(book):
    assert session.address(book, session.Link("loss", 1)) == "'資格喪失届'!A1"
    assert session.address(book, session.Link("settings", 7, "as_of")) == "'設定'!B7"


def test_values_become_what_their_cell_takes():
    value = session.cell_value
    assert value("ledger", "document", "certificate") == "資格確認書"
    assert value("ledger", "document", "資格確認書") == "資格確認書"
    assert value("ledger", "number", 12) == "12"
    assert value("ledger", "reminders", 0) == 0
    assert value("ledger", "due", dt.datetime(2026, 4, 1, 9)) == dt.date(2026, 4, 1)
    assert value("ledger", "remarks", "") is None and value("ledger", "due", None) is None
    assert value("members", "burden_share", "three") == "3割"


def test_a_ledger_plan_sets_the_cells_of_old_rows_and_adds_the_new_ones():
    class Session:
        def set_cells(self, cells):
            self.cells = list(cells)

        def append_rows(self, sheet, rows):
            self.rows = (sheet, rows)

    changes = [
        (2, "state", "期限超過"),
        (2, "due", dt.date(2026, 4, 1)),
        (None, "due", dt.date(2026, 5, 1)),
    ]
    taken = Session()
    output_rows.write_ledger(taken, plan([planned_row(1, row=2), planned_row(2)], changes))
    assert taken.cells == [
        ("ledger", 2, "state", "期限超過"),
        ("ledger", 2, "due", dt.date(2026, 4, 1)),
    ]
    sheet, (new,) = taken.rows
    assert sheet == "ledger" and new["row"] is None


def test_rows_keep_formulas_out_unless_they_are_computed():
    row = planned_row(2)
    plain, computed = (session.row_values("ledger", [row], computed=c)[0] for c in (False, True))
    assert "state" not in plain and "row" not in plain
    assert computed["state"] == "返納待ち"


def test_numbers_of_columns_and_letters():
    assert [addresses.column_letters(n) for n in (1, 26, 27, 702, 703, 16384)] == [
        "A",
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "XFD",
    ]


def test_both_sessions_have_what_the_protocol_asks_for():
    from shikaku.workbook.closed_file import ClosedBook

    asked = {name for name in vars(session.Session) if not name.startswith("_")}
    assert asked == {
        "read", "ask_room", "replace_rows", "mark", "append_rows", "set_cells", "commit",
    }  # fmt: skip
    assert asked <= set(dir(ClosedBook))


class _Text(str):
    """A text of another kind, as a program may hand one over."""


@pytest.mark.parametrize("kind", [str, _Text])
def test_a_row_of_ours_names_no_number(kind):
    row = OutRow({"row": 5, "name": kind("架空 太郎 000000000019"), "why": None})
    assert "000000000019" not in str(row.values["name"]) and "架空 太郎" in row.values["name"]
    assert row.values["row"] == 5 and row.values["why"] is None


def test_what_holds_no_text_stays_the_same_object():
    values = {
        "row": 5,
        "name": masked("架空 太郎"),
        "day": dt.date(2026, 4, 15),
        "sum": 1.5,
        "out": True,
        "why": None,
    }
    assert OutRow(values).values is values
