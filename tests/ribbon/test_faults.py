"""Which Excel and which workbook a button takes, and what it says when something goes wrong."""

import io
import os
import re
import sys
from collections import Counter
from pathlib import Path

import pytest
from ribbon_kit import Letters, last, log
from shikaku import ribbon
from shikaku.excel import dialogs, host
from shikaku.jobs import check
from shikaku.jobs import letters as letter_jobs
from shikaku.system import error_report
from xlengine.compare import differences

SECRET = "ひみつの言葉2026"


# ------------------------------------------------------------------ which Excel, which workbook


def test_without_a_workbook_or_an_excel(excel, capsys):
    """The add-in's macro asks first; xlwings finds no Excel without a workbook's window."""
    for button in (ribbon.check, ribbon.letters, ribbon.settings, ribbon.submit):
        with pytest.raises(SystemExit) as stop:
            button()
        assert stop.value.code == 1
        assert "Excelが開かれていません" in capsys.readouterr().err
    assert excel.app.alerts == []


def test_the_excel_whose_button_was_pressed_is_taken(excel, path, monkeypatch):
    from xlengine.engine import App, Book

    other = App(excel.engine, 2)
    excel.engine.apps.running.append(other)
    other.books.show(Book(other, path))
    monkeypatch.setattr(sys, "argv", ["-c", "--wb=shikaku", f"--hwnd={other.hwnd}"])
    other.answers = ["no"]
    ribbon.check()
    assert other.alerts and not excel.app.alerts


# ------------------------------------------------------------------ when something goes wrong

NUMBER = "000000123456"


@pytest.mark.parametrize("stage", ["read", "write", "alert"])
def test_an_unforeseen_error_is_reported_logged_and_undone(
    excel, book, path, monkeypatch, stage, capsys
):
    def broken(*_args, **_kwargs):
        raise RuntimeError(f"番号 {NUMBER} 山田 花子")

    target = {
        "read": ("shikaku.excel.session.read_book", broken),
        "write": ("shikaku.excel.writing.Writer.mark", broken),
        "alert": ("shikaku.excel.dialogs.confirm", broken),
    }[stage]
    monkeypatch.setattr(*target)
    ribbon.check()
    text, _, mode = excel.app.alerts[-1]
    assert mode == "critical" and str(error_report.path()) in text
    assert "RuntimeError" in log() and "ribbon.py" in log()
    for place in (text, log(), capsys.readouterr().err, str(excel.app.bars)):
        assert NUMBER not in place and "花子" not in place and NUMBER[-4:] not in place
    assert excel.app.screen_updating and excel.app.status_bar is False
    same = differences(path, book.impl.content) == []
    assert same is (stage != "alert") is ("ブックは変わっていません" in text)
    assert ("書き込みは済んでいます" in text) is (stage == "alert")


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left"),
        PermissionError(13, "C:\\Users\\花子\\000000123456.xlsx"),
        MemoryError(),
        UnicodeEncodeError("cp932", "𠮷", 0, 1, "花子"),
        RecursionError("x"),
        KeyError("花子"),
        host.BookError("止まりました。", "直してください。"),
        KeyboardInterrupt(),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize(
    ("button", "place"),
    [
        (ribbon.check, "shikaku.jobs.check.check"),
        (ribbon.tidy, "shikaku.jobs.tidy.tidy"),
        (ribbon.decide, "shikaku.jobs.decide.decide"),
        (ribbon.letters, "shikaku.jobs.letters.letters"),
        (lambda: ribbon.remind("return-final"), "shikaku.jobs.letters.letters"),
        (ribbon.returns, "shikaku.jobs.returns.returns"),
        (ribbon.submit, "shikaku.jobs.submit.submit"),
        (ribbon.settings, "shikaku.excel.button.Front.show"),
        (ribbon.output_folder, "shikaku.excel.host.output_folder"),
        (ribbon.new_book, "shikaku.jobs.new.new"),
        (ribbon.help_page, "shikaku.ribbon_help.write"),
        (ribbon.version, "shikaku.install.status"),
    ],
    ids=lambda value: value.rpartition(".")[2] if isinstance(value, str) else "",
)
def test_every_exception_is_a_japanese_message_and_an_entry(
    excel, book, path, monkeypatch, button, place, error, capsys
):
    def broken(*_args, **_kwargs):
        raise error

    monkeypatch.setattr(place, broken)
    new = str(path.with_name("新規.xlsx"))
    excel.app.replies = [new] if button is ribbon.new_book else [SECRET, SECRET]
    button()
    ((text, title, mode),) = excel.app.alerts
    assert title == "資格確認" and mode == "critical" and re.search("[ぁ-ん]", text)
    assert type(error).__name__ in log() and "ribbon.py" in log()
    if not isinstance(error, (host.BookError, MemoryError, KeyboardInterrupt)):
        assert str(error_report.path()) in text
    for told in (text.replace(str(error_report.path()), ""), log(), capsys.readouterr().err):
        assert "花子" not in told and "123456" not in told and "Traceback" not in told
    assert excel.app.status_bar is False and excel.app.screen_updating
    assert book.impl.saves == []


def test_a_way_back_that_excel_bars_is_reported(excel, book, monkeypatch):
    from shikaku.excel.writing import Writer

    def broken(*_):
        excel.app.writes, excel.app.fail_after = 0, 0  # from here on Excel takes nothing
        raise host.BookError("止まりました。", "直してください。")

    monkeypatch.setattr(Writer, "mark", broken)
    ribbon.check()
    assert "止まりました" in last(excel) and "保存せずに閉じて" in last(excel)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((-2147418111, "Call was rejected by callee.", None, None), "入力を終え"),
        ((-2147352567, "例外", (0, None, None, None, 0, -2146777998), None), "入力を終え"),
        (
            (
                -2147352567,
                "例外",
                (0, "Microsoft Excel", "共有できません。", "", 0, -2146827284),
                None,
            ),
            "Excelの説明: 共有できません。",
        ),
    ],
    ids=["rejected", "editing", "refused"],
)
def test_an_excel_that_is_busy_or_refuses_is_reported_as_that(
    excel, book, monkeypatch, arguments, said
):
    com_error = type("com_error", (Exception,), {})  # what pywin32 raises

    def refuse(*_):
        raise com_error(*arguments)

    monkeypatch.setattr("shikaku.excel.session.read_book", refuse)
    ribbon.check()
    assert said in last(excel) and str(error_report.path()) in last(excel)
    assert ("Excelが応答しません" in last(excel)) == ("説明" not in said)


def test_an_excel_that_can_not_even_speak_leaves_it_to_the_macro(excel, book, monkeypatch, capsys):
    def mute(*_args, **_kwargs):
        raise RuntimeError

    monkeypatch.setattr(type(excel.app), "alert", mute)
    with pytest.raises(SystemExit) as stop:
        ribbon.check()
    assert stop.value.code == 1
    assert "記録" in capsys.readouterr().err


def test_what_the_macro_shows_is_in_the_systems_code_page(excel, book, monkeypatch):
    class Mbcs(io.TextIOWrapper):
        """A stand-in that takes Windows' name for its code page, here the Japanese one."""

        def reconfigure(self, *, encoding, errors):
            assert encoding == "mbcs"
            super().reconfigure(encoding="cp932", errors=errors)

    told = io.BytesIO()
    monkeypatch.setattr(ribbon.sys, "stderr", Mbcs(told, encoding="utf-8"))
    monkeypatch.setattr(ribbon.sys, "platform", "win32")
    monkeypatch.setattr(type(excel.app), "alert", lambda *_, **__: 1 / 0)
    with pytest.raises(SystemExit):
        ribbon.output_folder()
    ribbon.sys.stderr.flush()
    assert "まだ通知書のフォルダがありません" in told.getvalue().decode("cp932")


def test_what_jobs_tell_the_terminal_is_not_shown_as_an_error(excel, book, monkeypatch, capsys):
    def chatty(session, write, progress):
        print("進み具合", file=sys.stderr)
        raise host.BookError("止まりました。", "直してください。")

    monkeypatch.setattr(check, "check", chatty)
    ribbon.check()
    assert capsys.readouterr().err == ""
    assert "止まりました" in last(excel)


def test_the_log_turns_over(monkeypatch):
    for _ in range(3):
        error_report.logger().error("x" * 300_000)
    assert len(list(error_report.path().parent.glob("shikaku.log*"))) > 1


@pytest.mark.parametrize(("system", "runs"), [("darwin", 1), ("win32", 2)])
def test_on_the_mac_a_second_click_waits_for_the_first(
    excel, book, opened, monkeypatch, system, runs
):
    """There Excel stays usable while Python works. On Windows it is Excel that waits."""
    calls = []

    def slow(session, out, **_):
        calls.append(session)
        if len(calls) == 1:
            with monkeypatch.context() as patch:
                patch.setattr(host.sys, "platform", system)
                ribbon.letters()  # as another process would: a lock is the handle's own
        return Letters(Counter(), [])

    told = []
    monkeypatch.setattr(dialogs, "_mac_alert", lambda text, *_, **__: told.append(text))
    monkeypatch.setattr(letter_jobs, "letters", slow)
    monkeypatch.setattr(host.sys, "platform", system)
    ribbon.letters()
    assert len(calls) == runs
    assert any("まだ続いています" in text for text in told) == (system == "darwin")


@pytest.mark.parametrize(("pressed", "yes"), [("はい\n", True), ("いいえ\n", False)])
def test_the_macs_messages_wait_as_long_as_it_takes(monkeypatch, pressed, yes):
    """Excel's own would be given up after a minute: an answer to Apple events has that long."""
    calls = []

    def run(command, **_):
        calls.append(command)
        return type("Done", (), {"returncode": 0, "stdout": pressed})

    monkeypatch.setattr(host.sys, "platform", "darwin")
    monkeypatch.setattr(dialogs.subprocess, "run", run)
    text = 'a" & (do shell script "x") & "\n二行目'
    dialogs.tell(None, text, bad=True)
    assert dialogs.confirm(None, text) is yes
    for command, kind in zip(calls, ("critical", "informational"), strict=True):
        assert command[:2] == ["osascript", "-e"] and command[3:] == [text, "資格確認"]
        assert f"as {kind} buttons" in command[2] and "do shell" not in command[2]


def test_a_mac_that_shows_no_message_leaves_it_to_the_macro(excel, book, monkeypatch, capsys):
    failed = type("Done", (), {"returncode": 1, "stdout": ""})
    monkeypatch.setattr(host.sys, "platform", "darwin")
    monkeypatch.setattr(dialogs.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(SystemExit):
        ribbon.output_folder()
    assert "まだ通知書のフォルダがありません" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="the Mac's dialogs can't be played on Windows")
def test_texts_go_to_the_macs_dialogs_as_arguments_only(monkeypatch):
    calls = []

    def run(command, **_):
        calls.append(command)
        return type("Done", (), {"returncode": 0, "stdout": "秘密のパスワード\n"})

    monkeypatch.setattr(host.sys, "platform", "darwin")
    monkeypatch.setattr(dialogs.subprocess, "run", run)
    prompt = 'a" & (do shell script "x") & "'
    assert dialogs.ask_secret(None, prompt) == "秘密のパスワード"
    assert dialogs.ask_save_path(None, prompt, "b.xlsx") == Path("秘密のパスワード")
    for command in calls:
        assert prompt not in command[2] and prompt in command[3:]
    assert "hidden answer" in calls[0][2]
