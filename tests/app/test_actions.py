"""The window's buttons without a window: the same jobs as the commands, and nothing that goes up."""

import datetime as dt
import json
import shutil
from collections import Counter

import openpyxl
import pytest
from bookparts import make
from shikaku import cli
from shikaku.app import actions
from shikaku.jobs import letters as letters_job
from shikaku.model.schema import schema
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


def test_a_workbook_without_its_sheets_is_no_checked_one(tmp_path):
    """The list says what lacks; a green line would say that there is nothing to do."""
    path = make.book(tmp_path / "b.xlsx", leave_out=("loss",))
    done = actions.check(path)
    assert done.bad and [row.code for row in done.findings] == ["ST01"]
    assert done.findings[0].place == schema().sheets["loss"].name


def test_a_list_without_anything_new_is_told_so(book, tmp_path):
    table = ClosedBook(book).read().tables["acquisition"]
    known, labels = table.rows[0], table.spec.columns
    keys = ("name", "kana", "birth", "sex", "acquired")
    listed = tmp_path / "list.csv"
    lines = (",".join(labels[key].label for key in keys), ",".join(known.text(key) for key in keys))
    listed.write_text("\n".join(lines) + "\n", "utf-8")
    done = actions.import_rows(book, listed, "acquisition")
    assert done.bad and done.folder is None


def test_the_present_form_is_not_upgraded(book):
    before = book.read_bytes()
    done = actions.upgrade(book)
    assert not done.bad and done.folder is None and book.read_bytes() == before


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


@pytest.mark.parametrize("name", ["名簿.xls", "a.csv", "folder", "folder.xlsx"])
def test_what_can_be_no_workbook_is_refused_by_name(tmp_path, name):
    path = tmp_path / name
    path.mkdir() if name.startswith("folder") else path.write_text("x")
    assert actions.refuse_kind(path).bad


@pytest.mark.parametrize("name", ["届出.xlsx", "届出.XLSX", "TODOKE.XLSM"])
def test_a_workbook_is_known_by_its_ending_in_any_letters(tmp_path, name):
    assert actions.refuse_kind(tmp_path / name) is None


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


@pytest.mark.parametrize("failed", [[], [("notice", "見本 太郎", "字形がありません")]])
def test_letters_that_could_not_be_made_are_no_success(book, monkeypatch, failed):
    """And no folder is shown that isn't there."""
    out = actions.letters_folder(book)
    day = dt.date(2026, 4, 15)
    result = letters_job.LettersResult("届出.xlsx", day, out, Counter(), failed, "", None, [])
    monkeypatch.setattr(letters_job, "letters", lambda *_, **__: result)
    done = actions.letters(book)
    assert done.bad == bool(failed) and done.folder is None
    assert any("見本 太郎" in line for line in done.lines) == bool(failed)
    out.mkdir()
    assert actions.letters(book).folder == out
