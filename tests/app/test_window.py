"""The window on a virtual screen: chosen, checked, written, sent, made, stopped, closed.

``python tests/app/test_window.py FOLDER`` takes pictures of it (ImageMagick's ``import``).
"""

import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import former_forms
import pytest
from desk_books import rendered
from paths import PICTURES
from sample_rows import short_sample
from screen import screen
from shikaku import cli
from shikaku.app.actions import Outcome, letters_folder, submission_path
from shikaku.template import builder

tkinter = pytest.importorskip("tkinter")

from shikaku.app import dialog_words, password, window  # noqa: E402

PASSWORD = "long-and-unusual-9"


@pytest.fixture(scope="module")
def display():
    with screen() as name:
        yield name


@pytest.mark.skipif(sys.platform != "linux", reason="Windows and Mac show dialogs of the system")
def test_the_dialogs_of_tk_speak_japanese(display, monkeypatch):
    """Every word that Tk's own dialogs ask its catalogue for is given in Japanese."""
    monkeypatch.setenv("DISPLAY", display)
    top = window.root()
    try:
        library = Path(str(top.tk.call("set", "tk_library")))
        asked = set()
        for name in ("tkfbox.tcl", "msgbox.tcl"):
            source = re.sub(r"\\\n\s*", " ", (library / name).read_text("utf-8"))
            asked |= set(re.findall(r'\[mc\s+"((?:[^"\\]|\\.)+)"', source))
            asked |= set(re.findall(r"\[mc ([^\]\s$]+)\]", source)) & {"&Yes", "&No"}
        assert {"&Save", "&Cancel"} <= asked
        for word in asked:
            plain = word.replace('\\"', '"').replace("\\$", "$").replace("\\n", "\n")
            assert plain in dialog_words.WORDS, plain
            told = top.tk.call("namespace", "eval", "::tk", f"::msgcat::mc {{{plain}}} x")
            assert plain == "&OK" or any(c > "\u3000" for c in str(told)), plain
    finally:
        top.destroy()


class Desk:
    """The window and what its questions are answered with; asked: their texts."""

    def __init__(self):
        self.asked, self.opened, self.yes = [], [], True
        self.top = window.root()
        self.window = window.Window(self.top)
        self.window._agreed = self._agree
        self.window._open = self.opened.append

    def _agree(self, text):
        self.asked.append(text)
        return self.yes

    def settle(self, seconds=120.0):
        """Let the window work until no job runs any more."""
        end = time.monotonic() + seconds
        for _ in range(4):
            self.top.update()
            while self.window.worker.busy:
                assert time.monotonic() < end, "the job did not end"
                self.top.update()
                time.sleep(0.02)
            self.top.update()

    def status(self):
        return str(self.window.view.status.cget("text"))

    def active(self):
        return [b.cget("text") for b in self.window.view.buttons if b.instate(["!disabled"])]

    def rows(self):
        view = self.window.view.list
        return [view.item(name, "values") for name in view.get_children()]


@pytest.fixture
def desk(display, monkeypatch, tmp_path):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    if display:
        monkeypatch.setenv("DISPLAY", display)
    one = Desk()
    yield one
    one.window.worker.wait()
    one.top.destroy()


@pytest.fixture
def book(sample, tmp_path):
    return Path(shutil.copy(sample, tmp_path / "届出.xlsx"))


@pytest.fixture
def short_book(tmp_path):
    """Enough letters to be stopped among them."""
    return beginning_of_the_sample(tmp_path, 10)


def beginning_of_the_sample(folder, rows):
    path = folder / "届出.xlsx"
    path.write_bytes(rendered(short_sample(rows)))
    return path


def test_without_a_workbook_nothing_but_choosing(desk):
    desk.settle()
    assert desk.active() == [] and desk.rows() == []


def test_chosen_it_is_checked_and_errors_come_first(desk, book, monkeypatch):
    monkeypatch.setattr(window.filedialog, "askopenfilename", lambda **_: str(book))
    desk.window.choose()
    desk.settle()
    severities = [row[0] for row in desk.rows()]
    assert severities[0] == "エラー" and severities == sorted(
        severities, key=["エラー", "警告", "情報"].index
    )
    assert len(desk.active()) == 7 and "検証しました" in desk.status()
    desk.window.view.shown.set("情報")
    desk.window.view.fill()
    assert {row[0] for row in desk.rows()} == {"情報"}


def test_an_older_form_becomes_the_present_one_after_a_yes(desk, tmp_path, monkeypatch):
    old = tmp_path / "届出.xlsx"
    old.write_bytes(former_forms.short("sample"))
    before = old.read_bytes()
    monkeypatch.setattr(window.filedialog, "askopenfilename", lambda **_: str(old))
    desk.window.choose()
    desk.settle()
    desk.yes = False
    desk.window.upgrade()
    desk.settle()
    assert old.read_bytes() == before
    desk.yes = True
    desk.window.upgrade()
    desk.settle()
    assert old.read_bytes() != before and len(desk.asked) == 2
    assert "検証しました" in desk.status()  # checked anew
    upgraded = old.read_bytes()
    desk.window.upgrade()  # nothing more to change
    desk.settle()
    assert old.read_bytes() == upgraded


@pytest.mark.parametrize("yes", [True, False])
def test_a_list_is_shown_first_and_taken_over_after_a_yes(desk, book, tmp_path, monkeypatch, yes):
    (tmp_path / "一覧.csv").write_text(
        "氏名,生年月日,記号,番号\n新井 一,1990/04/01,1234,99\n", "utf-8"
    )
    names = iter([str(book), str(tmp_path / "一覧.csv")])
    monkeypatch.setattr(window.filedialog, "askopenfilename", lambda **_: next(names))
    monkeypatch.setattr(window, "ask_choice", lambda *_: "acquisition")
    desk.window.choose()
    desk.settle()
    before, desk.yes = book.read_bytes(), yes
    desk.window.import_list()
    desk.settle()
    assert len(desk.asked) == 1 and "1行" in desk.asked[0]
    assert (book.read_bytes() != before) == yes
    details = desk.window.view.detail.get("1.0", "end")
    assert "新井" in details


def test_a_list_that_is_none_is_told_and_asked_nothing(desk, book, tmp_path, monkeypatch):
    (tmp_path / "空.csv").write_text("", "utf-8")
    names = iter([str(book), str(tmp_path / "空.csv"), ""])
    monkeypatch.setattr(window.filedialog, "askopenfilename", lambda **_: next(names))
    monkeypatch.setattr(window, "ask_choice", lambda *_: "acquisition")
    desk.window.choose()
    desk.settle()
    before = book.read_bytes()
    for _ in range(2):  # the second time no file is chosen
        desk.window.import_list()
        desk.settle()
    assert desk.asked == [] and book.read_bytes() == before


def test_the_question_which_sheet(display, desk):
    from shikaku.app.actions import import_targets
    from shikaku.app.choice import ChoiceDialog

    dialog = ChoiceDialog(desk.top, "一覧", "どのシートに", import_targets())
    dialog.chosen.set("loss")
    dialog.accept()
    given_up = ChoiceDialog(desk.top, "一覧", "どのシートに", import_targets())
    given_up.top.destroy()
    assert (dialog.value, given_up.value) == ("loss", None)


def test_dropped_it_is_taken_as_well(desk, book):
    event = type("Drop", (), {"data": "{" + str(book) + "}"})
    desk.window._dropped(event)
    desk.settle()
    assert desk.rows() and desk.window.path == book


def test_nothing_is_taken_while_a_job_runs(desk, book, tmp_path):
    """What the job finds would stand under the other workbook's name."""
    other = tmp_path / "別の届出.xlsx"
    shutil.copy(book, other)
    desk.window.open(book)
    assert desk.window.worker.busy
    desk.window._dropped(type("Drop", (), {"data": "{" + str(other) + "}"}))
    assert desk.window.path == book and book.name in desk.top.title()
    desk.settle()


def test_a_file_of_another_kind_changes_nothing(desk, book, tmp_path):
    desk.window.open(book)
    desk.settle()
    before = desk.rows()
    (tmp_path / "a.csv").write_text("x")
    desk.window.open(tmp_path / "a.csv")
    desk.settle()
    assert desk.rows() == before and desk.window.path == book and "a.csv" in desk.status()


def test_a_broken_workbook_is_a_sentence(desk, tmp_path):
    path = tmp_path / "壊れた.xlsx"
    path.write_bytes(b"PK\3\4")
    desk.window.open(path)
    desk.settle()
    assert "壊れた.xlsx" in desk.status() and desk.rows() == []


def test_a_finding_is_explained_and_its_cell_is_at_hand(desk, book):
    desk.window.open(book)
    desk.settle()
    desk.window.view.list.selection_set("0")
    desk.top.update()
    assert "直し方" in desk.window.view.detail.get("1.0", "end")
    desk.window.go_to()
    assert desk.top.clipboard_get() == desk.rows()[0][1] and desk.opened == [book]


def test_it_writes_and_makes_letters_and_says_where(desk, tmp_path, letters_here):
    book = beginning_of_the_sample(tmp_path, 2)
    desk.window.open(book)
    desk.settle()
    before = book.read_bytes()
    desk.window.write()
    desk.settle()
    assert book.read_bytes() != before
    desk.window.letters()
    desk.settle(300)
    assert len(desk.asked) == 1 and list(letters_folder(book).rglob("*.pdf"))
    assert desk.window.folder == letters_folder(book)


def test_letters_are_made_by_consent_only(desk, book):
    desk.window.open(book)
    desk.settle()
    desk.yes = False
    desk.window.letters()
    desk.settle()
    assert not letters_folder(book).exists()


def test_stopped_the_rest_is_made_by_the_next_press(desk, short_book):
    desk.window.open(short_book)
    desk.settle()
    desk.window.letters()
    end = time.monotonic() + 120
    while "作成中" not in desk.status() and time.monotonic() < end:
        desk.top.update()
        time.sleep(0.01)
    desk.window.stop()
    desk.settle(120)
    assert "中止" in desk.status()
    desk.window.letters()
    desk.settle(300)
    assert "作りました" in desk.status()


@pytest.mark.parametrize("yes", [True, False])
def test_the_copy_asks_for_a_password_and_about_errors(desk, book, monkeypatch, yes):
    out = submission_path(book)
    monkeypatch.setattr(window, "ask_password", lambda _parent: PASSWORD)
    monkeypatch.setattr(window.filedialog, "asksaveasfilename", lambda **_: str(out))
    desk.window.open(book)
    desk.settle()
    desk.yes = yes
    desk.window.submit()
    desk.settle()
    assert len(desk.asked) == 1 and out.exists() is yes
    assert PASSWORD not in desk.status()


def test_the_password_dialog_hides_and_compares(desk):
    dialog = password.PasswordDialog(desk.top)
    desk.top.update()
    assert {entry.cget("show") for entry in dialog.entries} == {"●"}
    dialog.entries[0].insert(0, PASSWORD)
    dialog.accept()
    assert dialog.value is None and dialog.fault.cget("text")
    dialog.entries[1].insert(0, PASSWORD)
    dialog.accept()
    assert dialog.value == PASSWORD and not dialog.top.winfo_exists()


def test_a_job_that_breaks_leaves_a_window_that_works(desk, book, monkeypatch):
    monkeypatch.setattr("shikaku.jobs.check.check", lambda *_, **__: 1 / 0)
    desk.window.open(book)
    desk.settle()
    assert "ZeroDivisionError" in desk.status() and desk.active()


def test_closing_waits_for_the_job(desk, book):
    ended = []
    desk.window._run("x", lambda _told: (time.sleep(0.3), ended.append(1), Outcome(""))[2])
    desk.top.destroy, destroy = (lambda: None), desk.top.destroy
    desk.window.close()
    desk.top.destroy = destroy
    assert ended and desk.asked


def test_without_a_screen_it_says_so(monkeypatch, capsys):
    if sys.platform in ("win32", "darwin"):
        pytest.skip("these systems always have a screen")
    monkeypatch.setenv("DISPLAY", ":9999")
    assert cli.main(["app"]) == 2
    assert "画面" in capsys.readouterr().err


def take_pictures(folder: Path) -> None:
    """The window with the sample's findings."""
    import os

    with screen() as name:
        os.environ["DISPLAY"] = name
        path = folder / "健康保険届出.xlsx"
        builder.build(path, sample=True)
        one = Desk()
        one.window.open(path)
        one.settle()
        one.window.view.list.selection_set("4")
        one.settle()
        _picture(folder / "app.png")
        one.top.destroy()
        path.unlink()


def _picture(path: Path) -> None:
    command = ["import", "-window", "root", "-trim", "-colors", "64", f"png8:{path}"]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    take_pictures(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)
