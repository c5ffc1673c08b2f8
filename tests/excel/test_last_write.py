"""元に戻す: the last write of a button, taken back by a later click."""

import sys

import pytest
from bookparts.make import by_openpyxl
from findings import finding
from sample_rows import ledger_row, person
from shikaku import ribbon
from shikaku.excel.last_write import LastWrite
from shikaku.excel.session import OpenBook
from shikaku.jobs.output_rows import write_findings
from shikaku.model.schema import schema
from shikaku.system import clock, snapshots
from xlengine.compare import differences

MEMBERS, LEDGER = schema().sheets["members"], schema().sheets["ledger"]
ACTION = list(LEDGER.columns).index("next_action") + 1
NUMBER = "000000000019"


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    monkeypatch.setattr(sys, "argv", ["-c"])


def cell(book, key: str):
    """A cell of the second row of 加入者台帳."""
    column = list(MEMBERS.columns).index(key) + 1
    return book.sheets[MEMBERS.name].range((2, column))


@pytest.mark.parametrize(
    ("button", "answers"),
    [(ribbon.check, ["no"]), (ribbon.decide, ["no"]), (ribbon.returns, ["no"])],
    ids=["check", "decide", "returns"],
)
def test_what_a_button_wrote_goes_back(excel, path, button, answers):
    book = excel.open(path)
    book.sheets[LEDGER.name].range((2, ACTION)).value = "窓口で受け取る"  # the rest is up to date
    before = book.impl.kept()
    excel.app.answers = list(answers)
    button()
    assert differences(before, book.impl.kept())
    excel.app.answers = ["yes"]
    ribbon.undo()
    assert differences(before, book.impl.kept()) == []
    assert excel.app.alerts[-1][2] == "info" and book.impl.saves == []
    ribbon.undo()  # one step
    assert excel.app.alerts[-1][2] == "critical"


def test_the_second_check_goes_back_to_the_first(excel, path):
    book = excel.open(path)
    excel.app.answers = ["no", "no"]
    ribbon.check()
    first = book.impl.kept()
    cell(book, "name").value = ""
    edited = book.impl.kept()
    ribbon.check()
    assert differences(first, book.impl.kept())
    excel.app.answers = ["yes"]
    ribbon.undo()
    assert differences(edited, book.impl.kept()) == []


def test_a_no_leaves_everything(excel, path):
    book = excel.open(path)
    excel.app.answers = ["no", "no"]
    ribbon.check()
    written, writes = book.impl.kept(), excel.app.writes
    ribbon.undo()
    assert excel.app.writes == writes
    assert differences(written, book.impl.kept()) == []


@pytest.fixture
def untidy(tmp_path):
    """A member with spellings to unify, an individual number among them."""
    spelt = person(1) | {
        "name": "山田 花子",
        "kana": "ﾔﾏﾀﾞ ﾊﾅｺ",
        "individual_number": "００００　００００　００１９",
        "remarks": f"番号は {NUMBER} です 　",
    }
    return by_openpyxl(tmp_path / "b.xlsx", {"members": [spelt]})


def test_unified_spellings_go_back_but_no_individual_number_was_kept(excel, untidy):
    book = excel.open(untidy)
    keys = ("name", "kana", "individual_number", "remarks")
    before = {key: cell(book, key).value for key in keys}
    excel.app.answers = ["yes"]
    ribbon.tidy()
    tidied = {key: cell(book, key).value for key in keys}
    assert tidied["kana"] != before["kana"] and tidied["individual_number"] == NUMBER
    kept = snapshots.step(untidy)
    assert kept is not None
    for text in (NUMBER, "００００", "0019", "００１９"):
        assert text not in kept.decode()
    write = LastWrite.of_bytes(kept)
    assert write.left_out >= 1
    excel.app.answers = ["yes"]
    ribbon.undo()
    after = {key: cell(book, key).value for key in keys}
    assert after["kana"] == before["kana"] and after["name"] == before["name"]
    assert after["individual_number"] == NUMBER  # said so, and right as it is
    assert f"個人番号にかかわる{write.left_out}か所" in excel.app.alerts[-1][0]
    assert book.impl.saves == []


def test_what_was_typed_since_stays(excel, untidy):
    book = excel.open(untidy)
    before = cell(book, "name").value
    excel.app.answers = ["yes", "yes"]
    ribbon.tidy()
    cell(book, "kana").value = "ヤマモト　ハナコ"
    ribbon.undo()
    assert cell(book, "kana").value == "ヤマモト　ハナコ"
    assert cell(book, "name").value == before
    assert "変わった1か所" in excel.app.alerts[-1][0]  # another line is of individual numbers


@pytest.fixture
def two(tmp_path):
    """Two returns still out; the second one's day is recorded, the first one's is there."""
    today = clock.today()
    rows = [ledger_row(1, returned=today, name="甲"), ledger_row(2, name="乙")]
    return by_openpyxl(tmp_path / "b.xlsx", {"ledger": rows})


def record(excel, path):
    """Record the return of the second row, as the button does."""
    book = excel.open(path)
    session = OpenBook(book, path, "返納を記録")
    session.set_cells([("ledger", 3, "returned", clock.today())])
    session.commit()
    return book, session


def days(book) -> dict[str, object]:
    """Name → 返納日, of the two rows."""
    columns = list(schema().sheets["ledger"].columns)
    sheet = book.sheets[schema().sheets["ledger"].name]
    return {
        sheet.range((row, columns.index("name") + 1)).value: sheet.range(
            (row, columns.index("returned") + 1)
        ).value
        for row in (2, 3)
    }


def test_a_recorded_return_goes_back(excel, two):
    book, session = record(excel, two)
    assert None not in days(book).values()
    assert session.take_back(session.last_write()).left == 0
    assert days(book)["乙"] is None and days(book)["甲"] is not None


def test_rows_sorted_since_are_left_though_the_cells_look_the_same(excel, two):
    """The other person's day stands now where ours was written."""
    book, session = record(excel, two)
    sheet = book.impl.content[schema().sheets["ledger"].name]
    for column in range(1, sheet.max_column + 1):
        one, other = sheet.cell(2, column), sheet.cell(3, column)
        one.value, other.value = other.value, one.value
    assert session.take_back(session.last_write()).left == 1
    assert None not in days(book).values()


def test_a_row_put_in_above_moves_ours_and_nothing_is_written(excel, two):
    book, session = record(excel, two)
    sheet = book.impl.content[schema().sheets["ledger"].name]
    for column in range(1, sheet.max_column + 1):
        sheet.cell(4, column).value = sheet.cell(3, column).value
        sheet.cell(3, column).value = sheet.cell(2, column).value
    taken = session.take_back(session.last_write())
    assert taken.left == 1 and taken.cells == 0


def test_a_note_on_a_new_sheet_keeps_the_sheet(excel, tmp_path):
    path = by_openpyxl(tmp_path / "b.xlsx", {"members": [person(1)]})
    book = excel.open(path)
    name = schema().sheets["findings"].name
    if name in [sheet.name for sheet in book.sheets]:
        book.sheets[name].delete()
    session = OpenBook(book, path, "検証")
    session.read()
    write_findings(session, [finding("members", 2, "name")])
    session.commit()
    book.sheets[name].range((20, 12)).value = "控え"
    session.take_back(session.last_write())
    assert book.sheets[name].range((20, 12)).value == "控え"


def test_a_list_of_ours_that_was_edited_stays_whole(excel, path):
    book = excel.open(path)
    excel.app.answers = ["no", "yes"]
    ribbon.check()
    sheet = book.sheets[schema().sheets["findings"].name]
    written = [cell.value for cell in sheet.range((3, 1), (8, 8))]
    sheet.range((5, 6)).value = "済"
    ribbon.undo()
    left = [cell.value for cell in sheet.range((3, 1), (8, 8))]
    assert sum(a != b for a, b in zip(written, left, strict=True)) == 1


def test_a_save_ends_it(excel, untidy):
    excel.open(untidy)
    excel.app.answers = ["yes"]
    ribbon.tidy()
    untidy.write_bytes(untidy.read_bytes() + b"\0")
    ribbon.undo()
    assert excel.app.alerts[-1][2] == "critical"


def test_a_workbook_closed_without_saving_and_opened_again_is_left_alone(excel, untidy):
    excel.open(untidy)
    excel.app.answers = ["yes"]
    ribbon.tidy()
    excel.app.books.open_books.clear()
    book = excel.open(untidy)
    before = book.impl.kept()
    excel.app.answers = ["yes"]
    ribbon.undo()
    assert differences(before, book.impl.kept()) == []


def test_a_refusal_in_the_middle_leaves_the_write(excel, path):
    book = excel.open(path)
    excel.app.answers = ["no"]
    ribbon.check()
    written = book.impl.kept()
    excel.app.answers = ["yes"]
    wrote = type(excel.app).wrote
    limit = excel.app.writes + 20

    def refusing(self):
        if self.writes == limit:
            self.writes += 1
            raise RuntimeError("busy")
        wrote(self)

    try:
        type(excel.app).wrote = refusing
        ribbon.undo()
    finally:
        type(excel.app).wrote = wrote
    assert excel.app.alerts[-1][2] == "critical"
    assert differences(written, book.impl.kept()) == []


def test_a_new_sheet_and_the_marks_go_again(excel, tmp_path):
    """Where there was no list, none is left; a cell coloured since keeps its colour."""
    path = by_openpyxl(tmp_path / "b.xlsx", {"members": [person(n) for n in range(1, 6)]})
    book = excel.open(path)
    name = schema().sheets["findings"].name
    if name in [sheet.name for sheet in book.sheets]:
        book.sheets[name].delete()
    before = book.impl.kept()
    session = OpenBook(book, path, "検証")
    session.read()
    write_findings(session, [finding("members", row, "name") for row in (2, 3, 4)])
    session.commit()
    assert name in [sheet.name for sheet in book.sheets]
    write = session.last_write()
    assert write is not None and write.made == [name]
    assert session.take_back(write).left == 0
    assert differences(before, book.impl.kept()) == []


def test_the_ribbon_hears_whether_there_is_a_way_back(excel, path):
    book = excel.open(path)
    excel.app.answers = ["no", "yes"]
    ribbon.check()
    ribbon.undo()
    session = OpenBook(book, path)
    session.set_cells([("members", 2, "remarks", "済")])
    session.commit()
    assert [facts[3] for facts in excel.app.api.Run.told] == [True, False, False]


def test_another_write_takes_the_way_back_away(excel, path):
    book = excel.open(path)
    excel.app.answers = ["no"]
    ribbon.check()
    session = OpenBook(book, path)  # letters, say: their record stays
    session.set_cells([("members", 2, "remarks", "済")])
    session.commit()
    assert snapshots.step(path) is None


def test_purge_takes_the_record_along(path):
    snapshots.keep_step(path, b"{}")
    snapshots.forget(path)
    assert snapshots.step(path) is None


@pytest.mark.parametrize("data", ["", "[]", "{}", "\xff", '{"a": 1}'])
def test_a_broken_record_is_none(excel, path, data):
    book = excel.open(path)
    snapshots.keep_step(path, data.encode("latin-1"))
    assert OpenBook(book, path).last_write() is None
