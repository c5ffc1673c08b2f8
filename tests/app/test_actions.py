"""The window's buttons without a window: the same jobs as the commands, and nothing that goes up."""

import json
import shutil

import openpyxl
import pytest
from bookparts import make
from shikaku import cli
from shikaku.app import actions
from shikaku.system import commits
from shikaku.system.errors import BookError
from shikaku.workbook.closed_file import ClosedBook


@pytest.fixture
def book(sample, tmp_path):
    return shutil.copy(sample, tmp_path / "届出.xlsx")


def test_the_list_is_what_the_command_says(book, capsys):
    assert cli.main(["check", str(book), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)["findings"]
    rows = actions.check(book).findings
    assert sorted((r.code, r.message, r.hint) for r in rows) == sorted(
        (f["code"], f["message"], f["hint"]) for f in said
    )


def test_every_row_of_a_sheet_has_its_cell(book):
    tables = ClosedBook(book).read().tables
    letters = {t.spec.name: t for t in tables.values()}
    for row in actions.check(book).findings:
        sheet, _, cell = row.place.partition("!")
        if cell and sheet in letters and row.item:
            assert cell.isalnum() and cell.isascii() and not cell.isdigit()


def test_writing_marks_the_workbook(book):
    before = book.read_bytes()
    done = actions.check(book, write=True)
    assert book.read_bytes() != before and done.folder == book and not done.bad
    assert ClosedBook(book).read().tables["findings"].rows


def test_errors_stop_the_copy_until_allowed(book):
    out = actions.submission_path(book)
    stopped = actions.submit(book, out, "long-and-unusual-9")
    assert stopped.bad and stopped.folder is None and not stopped.lines and not out.exists()
    made = actions.submit(book, out, "long-and-unusual-9", allow_errors=True)
    assert out.exists() and made.folder == out and not made.bad


@pytest.mark.parametrize(
    ("first", "second", "good"),
    [
        ("long-and-unusual-9", "long-and-unusual-9", True),
        ("long-and-unusual-9", "long-and-unusual-8", False),
        ("short", "short", False),
        ("", "", False),
    ],
)
def test_a_password_is_typed_twice_the_same(first, second, good):
    assert (actions.password_fault(first, second) == "") is good


@pytest.mark.parametrize("name", ["名簿.xls", "a.csv", "folder"])
def test_what_can_be_no_workbook_is_refused_by_name(tmp_path, name):
    path = tmp_path / name
    path.mkdir() if name == "folder" else path.write_text("x")
    assert actions.refuse_kind(path).bad


@pytest.mark.parametrize(
    "error", [BookError("読めません。", "直してください。"), KeyError("x"), OSError(28, "x")]
)
def test_nothing_goes_up(error, tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path))

    def fail():
        raise error

    done = actions.guarded(fail)
    assert done.bad and done.text and "Error" not in done.text.replace(type(error).__name__, "")


def test_a_new_workbook_never_goes_over_another(tmp_path):
    path = tmp_path / "a.xlsx"
    assert not actions.new_book(path).bad
    data = path.read_bytes()
    assert actions.guarded(lambda: actions.new_book(path)).bad and path.read_bytes() == data


def test_what_is_said_beside_the_result_is_said_in_the_window_too(tmp_path):
    path = make.small(tmp_path)
    assert not actions.guarded(lambda: actions.check(path, write=True)).lines
    book = openpyxl.load_workbook(path)
    book["検証結果"].row_dimensions[2].hidden = True
    book.save(path)
    (said,) = actions.guarded(lambda: actions.check(path, write=True)).lines
    assert "検証結果" in said and not commits.remarks()
