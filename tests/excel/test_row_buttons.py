"""The buttons for one row, and the one that takes the checks' colours away."""

import logging
import sys
from types import SimpleNamespace

import pytest
from shikaku import ribbon, ribbon_row
from shikaku.excel import dialogs
from shikaku.jobs import decide
from shikaku.jobs import letters as letter_jobs
from shikaku.letters.catalogue import KINDS
from shikaku.model.schema import schema
from shikaku.system import clock, error_report
from shikaku.workbook.closed_file import ClosedBook
from xlengine.compare import differences

LEDGER = schema().sheets["ledger"].name


@pytest.fixture(autouse=True)
def own_log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    monkeypatch.setattr(sys, "argv", ["-c"])
    monkeypatch.setattr(logging.getLogger("shikaku"), "handlers", [])
    error_report.logger()  # before pytest adds a handler of its own


def select(book, sheet: str, row: int) -> None:
    book.sheets[sheet].activate()
    book.sheets[sheet].range((row, 2)).select()


def last(excel) -> tuple[str, str | None]:
    message, _, mode = excel.app.alerts[-1]
    return message, mode


def test_the_colours_go_and_the_workbook_is_as_before(excel, path):
    book = excel.open(path)
    excel.app.answers = ["no"]
    ribbon.check()
    assert differences(path, book.impl.kept())
    ribbon.clear_marks()
    left = differences(path, book.impl.kept())
    name = schema().sheets["findings"].name
    assert [line for line in left if not line.startswith((f"{name}!", f"{name} "))] == []
    assert any(line.startswith(name) for line in left)
    assert book.impl.saves == []


def test_why_of_the_person_in_the_row(excel, path):
    book = excel.open(path)
    people = decide.decide(ClosedBook(path)).to_json()["people"]
    for person in (people[0], people[-1]):
        select(book, person["sheet"], person["row"])
        ribbon_row.row_decision()
        message, mode = last(excel)
        assert person["why"] in message and person["name"] in message and mode == "info"
    assert book.impl.saved is not False and excel.app.writes == 0


def test_why_of_a_row_of_the_list_of_decisions(excel, path):
    book = excel.open(path)
    excel.app.answers = ["no"]
    ribbon.decide()
    people = decide.decide(ClosedBook(path)).to_json()["people"]
    select(book, schema().sheets["decisions"].name, 4)
    ribbon_row.row_decision()
    assert people[2]["why"] in last(excel)[0]


def test_a_row_without_a_person_is_told(excel, path):
    book = excel.open(path)
    select(book, "設定", 3)
    ribbon_row.row_decision()
    assert last(excel)[1] == "critical"


@pytest.fixture
def made(monkeypatch):
    """What the letters' job is asked for; it is tested elsewhere."""
    asked = []

    def letters(session, out, *, kinds, people, places, progress):
        asked.append((kinds, list(people), list(places)))
        return SimpleNamespace(made={}, failed=[], lines=lambda: [""])

    monkeypatch.setattr(letter_jobs, "letters", letters)
    return asked


def somebody(path) -> tuple[int, list[str]]:
    """A row of 加入者台帳 whose person must apply first, and the kinds that are due."""
    book, sheet = ClosedBook(path), schema().sheets["members"].name
    row = next(
        person["row"]
        for person in decide.decide(book).to_json()["people"]
        if person["sheet"] == sheet and person["certificate"] == "apply"
    )
    kinds, _ = letter_jobs.due_kinds(book, places=[("members", row)])
    assert kinds
    return row, kinds


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_persons_letters_are_named_and_made_for_this_person_alone(excel, path, made, answer):
    book = excel.open(path)
    row, kinds = somebody(path)
    select(book, schema().sheets["members"].name, row)
    excel.app.answers = [answer]
    ribbon_row.row_letters()
    asked = next(text for text, _, _ in excel.app.alerts if KINDS[kinds[0]].title in text)
    assert all(KINDS[kind].title in asked for kind in kinds)
    assert made == ([(kinds, [], [("members", row)])] if answer == "yes" else [])


def test_a_row_of_the_list_of_decisions_is_the_person_that_it_names(excel, path, made):
    book = excel.open(path)
    excel.app.answers = ["no", "yes"]
    ribbon.decide()
    row, kinds = somebody(path)
    people = decide.decide(ClosedBook(path)).to_json()["people"]
    members = schema().sheets["members"].name
    place = next(
        n for n, one in enumerate(people, 2) if (one["sheet"], one["row"]) == (members, row)
    )
    select(book, schema().sheets["decisions"].name, place)
    ribbon_row.row_letters()
    assert made == [(kinds, [], [("members", row)])]


@pytest.mark.parametrize("kinds", [[], ["notice"]])
def test_letters_that_wait_for_something_are_named(excel, path, made, monkeypatch, kinds):
    """Whether or not others are due."""
    held = [("certificate", ("有効期限", "住所"))]
    monkeypatch.setattr(letter_jobs, "due_kinds", lambda *_, **__: (kinds, held))
    book = excel.open(path)
    select(book, schema().sheets["members"].name, 2)
    excel.app.answers = ["no"]
    ribbon_row.row_letters()
    text = last(excel)[0]
    assert KINDS["certificate"].title in text and "「有効期限」「住所」" in text and made == []
    assert all(KINDS[kind].title in text for kind in kinds)


def test_a_row_of_the_return_ledger_is_a_person_by_record(excel, path, made):
    book = excel.open(path)
    row = ClosedBook(path).read().tables["ledger"].rows[0]
    record = "-".join(row.text(key) for key in ("symbol", "number", "branch"))
    select(book, LEDGER, row.number)
    excel.app.answers = ["yes"]
    ribbon_row.row_letters()
    assert [people for _, people, _ in made] in ([], [[record]])
    assert last(excel)[1] != "critical"


def test_letters_need_a_row_with_a_person(excel, path, made):
    book = excel.open(path)
    for sheet, row in (("設定", 3), (schema().sheets["members"].name, 9_999)):
        select(book, sheet, row)
        ribbon_row.row_letters()
        assert last(excel)[1] == "critical"
    assert made == [] and excel.app.writes == 0


def test_letters_are_really_made_for_this_person_alone(excel, path, monkeypatch):
    """From the click to the files: one person's, and their record."""
    monkeypatch.setattr(dialogs, "open_in_system", lambda _: None)
    book = excel.open(path)
    row, kinds = somebody(path)
    select(book, schema().sheets["members"].name, row)
    excel.app.answers = ["yes", "no"]
    ribbon_row.row_letters()
    files = list((path.parent / f"{path.stem}_通知書").rglob("*.docx"))
    assert {file.parent.name for file in files} == set(kinds) and len(files) == len(kinds)


@pytest.fixture
def waiting(path):
    """The first row of the ledger whose document hasn't come back."""
    rows = ClosedBook(path).read().tables["ledger"].rows
    return next(row for row in rows if row.text("returned") == "")


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_return_is_recorded_by_a_persons_yes_alone(excel, path, waiting, answer):
    book = excel.open(path)
    select(book, LEDGER, waiting.number)
    excel.app.answers = [answer]
    ribbon_row.record_return()
    assert waiting.text("control_no") in last(excel)[0]
    out = book.impl.write_to(path.with_name("out.xlsx"))
    row = next(
        r for r in ClosedBook(out).read().tables["ledger"].rows if r.number == waiting.number
    )
    assert row.date("returned") == (clock.today() if answer == "yes" else None)
    if answer == "yes":
        before = excel.app.writes
        excel.app.answers = ["yes"]
        ribbon_row.record_return()  # a second time nothing is asked, nothing overwritten
        assert last(excel)[1] == "critical" and excel.app.writes == before
        assert excel.app.answers == ["yes"]


def test_a_return_is_recorded_on_the_ledger_only(excel, path, waiting):
    book = excel.open(path)
    excel.app.answers = ["yes"]
    for sheet, row in (("加入者台帳", waiting.number), (LEDGER, 9_999)):
        select(book, sheet, row)
        ribbon_row.record_return()
        assert last(excel)[1] == "critical" and excel.app.writes == 0
    assert excel.app.answers == ["yes"]


def test_no_selection_is_told(excel, path, monkeypatch):
    excel.open(path)
    monkeypatch.setattr(dialogs, "confirm", lambda *_: pytest.fail("asked"))
    ribbon_row.record_return()
    ribbon_row.row_decision()
    assert [mode for _, _, mode in excel.app.alerts] == ["critical"] * 2
