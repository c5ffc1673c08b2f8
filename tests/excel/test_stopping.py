"""Esc while a button works: where it ends the work, and what the workbook is then."""

import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import pytest
from shikaku import ribbon
from shikaku.excel import host, stopping
from shikaku.excel.writing import Writer
from shikaku.jobs import check as check_job
from shikaku.jobs import letters as letter_jobs
from xlengine.compare import differences
from xlengine.engine import Played


@pytest.fixture(autouse=True)
def _interrupts():
    """Ctrl-C counts, also where the tests were started in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def key(monkeypatch):
    """The key: down as soon as ``set``."""
    pressed = threading.Event()
    monkeypatch.setattr(stopping, "_key", lambda _app: pressed.is_set)
    return pressed


@pytest.fixture
def excel(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    monkeypatch.setattr(sys, "argv", ["-c"])
    with Played() as played:
        yield played


@pytest.fixture
def book(excel, sample, tmp_path):
    return excel.open(Path(shutil.copy(sample, tmp_path / "届出.xlsx")))


def wait_for(seconds: float = 5.0) -> None:
    """Python's work, until it is interrupted."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.01)
    pytest.fail("was not interrupted")


def test_the_work_ends_where_it_is(excel, key):
    key.set()
    with pytest.raises(KeyboardInterrupt), stopping.watched(excel.app):
        wait_for()
    stopping.check()  # the next work begins without it


def test_without_the_key_nothing_ends(excel, key):
    with stopping.watched(excel.app):
        time.sleep(0.15)
        stopping.check()


def test_a_shielded_part_ends_only_where_it_asks(excel, key):
    steps = []
    with pytest.raises(KeyboardInterrupt), stopping.watched(excel.app), stopping.shielded():
        key.set()
        time.sleep(0.3)
        steps.append("written")
        stopping.check()
        steps.append("never")
    assert steps == ["written"]


def test_esc_that_came_before_a_shield_goes_before_it(excel, key):
    """Nothing of what is shielded has begun then."""
    key.set()
    with pytest.raises(KeyboardInterrupt), stopping.watched(excel.app):
        time.sleep(0.3)
        with stopping.shielded():
            pytest.fail("had begun")
    with stopping.shielded():
        pass


def test_a_check_stopped_while_it_looks_changes_nothing(excel, book, key, monkeypatch):
    before = book.impl.kept()

    def looks(session, **options):
        session.read()
        key.set()
        wait_for()

    monkeypatch.setattr(check_job, "check", looks)
    ribbon.check()
    message, _, mode = excel.app.alerts[-1]
    assert "中止しました" in message and mode == "critical" and excel.app.writes == 0
    assert differences(before, book.impl.content) == []
    assert excel.app.status_bar is False


def test_a_check_stopped_while_it_writes_is_taken_back(excel, book, key, monkeypatch):
    before = book.impl.kept()
    replace = Writer.replace_rows

    def writes(self, name, rows):
        replace(self, name, rows)
        key.set()
        time.sleep(0.3)

    monkeypatch.setattr(Writer, "replace_rows", writes)
    ribbon.check()
    assert "中止しました" in excel.app.alerts[-1][0] and excel.app.writes > 0
    after = book.impl.kept()
    assert differences(before, after) == []
    assert excel.app.enable_events and excel.app.screen_updating
    assert excel.app.calculation == "automatic" and excel.app.status_bar is False


def test_a_check_tells_how_far_it_is(excel, book, key):
    excel.app.answers = ["no"]
    ribbon.check()
    counted = [str(text) for text in excel.app.bars if "種の検査" in str(text)]
    assert " 0 / " in counted[0] and stopping.HINT in counted[0]
    assert any(stopping.HINT in str(text) and "印を付けて" in str(text) for text in excel.app.bars)


def test_letters_stopped_in_the_middle_go_on_at_the_next_press(excel, book, key, monkeypatch):
    """The count that each letter moves is where they end; what is made is kept by the journal."""
    told = []

    def makes(session, out, *, kinds=None, progress=None, **_):
        for done in range(1, 100):
            progress(done, 100, 0)
            told.append(done)
            if done == 7:
                key.set()
                with stopping.shielded():
                    time.sleep(0.3)

    monkeypatch.setattr(letter_jobs, "letters", makes)
    ribbon.letters()
    assert told[-1] == 7 and "できたところから続けます" in excel.app.alerts[-1][0]


def test_a_question_is_not_watched(excel, book, key, monkeypatch):
    """Esc answers a question with no: that must not stop what comes after."""
    excel.app.answers = ["no"]
    alert = type(excel.app).alert

    def asked(self, *arguments):
        key.set()
        time.sleep(0.2)
        key.clear()
        return alert(self, *arguments)

    monkeypatch.setattr(type(excel.app), "alert", asked)
    ribbon.check()
    assert len(excel.app.alerts) == 1 and excel.app.alerts[0][2] != "critical"


def test_between_two_windows_the_key_is_nobodys(monkeypatch):
    """Windows then names no window in front, and pywin32 has an error for it."""
    from types import SimpleNamespace

    processes = {7: (1, 100), 8: (1, 200)}
    front = iter([0, 8, 7])
    user32 = SimpleNamespace(
        GetAsyncKeyState=lambda _key: -0x8000, GetForegroundWindow=lambda: next(front)
    )
    asked = SimpleNamespace(GetWindowThreadProcessId=processes.__getitem__)
    monkeypatch.setattr("ctypes.windll", SimpleNamespace(user32=user32), raising=False)
    monkeypatch.setitem(sys.modules, "win32process", asked)
    down = stopping._windows_key(SimpleNamespace(pid=100))
    assert [down() for _ in range(3)] == [False, False, True]


def test_a_window_that_has_gone_belongs_to_no_process(monkeypatch):
    """What is left then is told by the number of Excels."""
    from types import SimpleNamespace

    asked = SimpleNamespace(GetWindowThreadProcessId={7: (1, 100)}.__getitem__)
    monkeypatch.setitem(sys.modules, "win32process", asked)
    monkeypatch.setattr(host.sys, "platform", "win32")
    assert [host._process_of(window) for window in (7, 8)] == [100, None]
