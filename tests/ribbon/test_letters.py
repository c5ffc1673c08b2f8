"""The buttons that make letters, and their count in the status bar."""

import re
from collections import Counter
from types import SimpleNamespace

import pytest
from ribbon_kit import Letters, last, log
from shikaku import ribbon
from shikaku.excel import host, status_bar
from shikaku.jobs import letters as letter_jobs
from shikaku.letters.catalogue import KINDS
from shikaku.letters.contexts import due
from shikaku.returns import issued
from xlengine.compare import differences

# ------------------------------------------------------------------ letters


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_asked_for_by_its_name_and_lands_beside_the_workbook(
    excel, book, path, letter_calls, opened, kind
):
    excel.app.answers = ["yes"]
    ribbon.letters(kind)
    ((session, out, kinds),) = letter_calls
    assert kinds == [kind] and session.target == book
    assert out == path.with_name(f"{path.stem}_通知書")
    assert opened == [out]
    assert "保存してください" in last(excel)


@pytest.mark.parametrize("kind", ["return-reminder", "return-final"])
def test_reminders_are_letters_of_one_kind(excel, book, letter_calls, opened, kind):
    excel.app.answers = ["no"]
    ribbon.remind(kind)
    assert letter_calls[0][2] == [kind] and opened == []


def test_all_letters_leave_the_kinds_to_the_job(excel, book, letter_calls, opened):
    excel.app.answers = ["no"]
    ribbon.letters()
    assert letter_calls[0][2] is None


def test_no_letter_is_made_that_can_not_be_recorded(excel, book, path):
    """A sheet under a password refuses the record: said before the letters are made, not after."""
    protection = book.impl.content["発行履歴"].protection
    protection.sheet, protection.password = True, "x"
    ribbon.letters("late-filing")
    assert "「発行履歴」は保護されている" in last(excel)
    assert not path.with_name(f"{path.stem}_通知書").exists()


def test_letters_that_failed_are_reported_as_such(excel, book, monkeypatch, opened):
    def played(session, out, **_):
        failed = [("notice", f"架空 {n}", "理由") for n in range(40)]
        return Letters(Counter(), failed)

    monkeypatch.setattr(letter_jobs, "letters", played)
    ribbon.letters("notice")
    text, _, mode = excel.app.alerts[-1]
    assert mode == "critical" and "ほか" in text and len(text) < 1600


def test_cards_that_wait_for_a_number_are_named_when_there_is_nothing_else(
    excel, book, monkeypatch
):
    class Held(Letters):
        def lines(self):
            return ["  「番号」の記入を待って保留: 架空 太郎(1通)", "最後の行"]

    monkeypatch.setattr(letter_jobs, "letters", lambda *_, **__: Held(Counter(), []))
    ribbon.letters()
    assert "架空 太郎" in last(excel) and "ありませんでした" in last(excel)


def test_a_letter_is_really_made_and_recorded_in_the_open_workbook(excel, book, path, opened):
    excel.app.answers = ["yes"]
    ribbon.letters("late-filing")
    out = path.with_name(f"{path.stem}_通知書")
    assert list(out.glob("late-filing/*.docx")) and list(out.glob("late-filing/*.pdf"))
    assert opened == [out]
    history = book.sheets["発行履歴"].used_range.options(ndim=2).value
    titles = ("late-filing", KINDS["late-filing"].title)  # whatever the form shows
    assert any(title in [str(v) for v in row] for row in history for title in titles)
    assert book.impl.saves == []
    assert any(re.search(r"作成中… 0 / [1-9]", str(text)) for text in excel.app.bars)
    assert any("(仕上げています)" in str(text) for text in excel.app.bars)
    assert excel.app.status_bar is False
    ribbon.letters("late-filing")
    assert "ありませんでした" in last(excel)


# ------------------------------------------------------------------ the count in the status bar


@pytest.fixture
def clock(monkeypatch):
    """A clock that only a test moves."""
    now = [100.0]
    monkeypatch.setattr(status_bar, "time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def steps(count, kept=0, stop=None, tick=None):
    """A stand-in for the letters' engine that makes so many, and may stop in the middle."""
    from shikaku.letters.bulk import produce as bulk_produce
    from shikaku.letters.bulk.journal import LetterResult

    def produce(letters, out, *, on_done=None, **_):
        report = bulk_produce.RunReport(out)
        for number in range(count):
            if stop is not None and number == count // 2:
                raise stop
            if tick:
                tick()
            state = "kept" if number < kept else "done"
            result = LetterResult(str(number), "late-filing", "", (), (), "", {}, None, state)
            report.results.append(result)
            if on_done is not None:
                on_done(result)
        return report

    return produce


def only(excel):
    """The texts of the bar, without repeats."""
    return list(dict.fromkeys(excel.app.bars))


@pytest.fixture
def many(monkeypatch):
    """Ninety-three letters are wanted, whoever is in the workbook."""
    wanted = due.DueLetters(ready=[None] * 93)
    monkeypatch.setattr("shikaku.letters.contexts.due.due", lambda *_, **__: wanted)
    monkeypatch.setattr(
        "shikaku.returns.issued.record", lambda _made, plan, *_: issued.IssueRecord(plan)
    )


def test_the_bar_counts_the_letters_and_shows_the_time_left(excel, book, many, monkeypatch, clock):
    def tick():
        clock[0] += 0.25

    monkeypatch.setattr("shikaku.letters.bulk.produce.produce", steps(93, tick=tick))
    excel.app.answers = ["no"]
    ribbon.letters()
    counted = [text for text in only(excel) if "件" in str(text)]
    assert counted[0] == "資格確認: 通知書を作成中… 0 / 93件(Escで中止)"
    assert "資格確認: 通知書を作成中… 8 / 93件(Escで中止)" in counted  # too soon to tell the speed
    assert "資格確認: 通知書を作成中… 10 / 93件(残り約25秒、Escで中止)" in counted
    assert not any("11 / 93" in text for text in counted)  # too soon after the last text
    assert counted[-1] == "資格確認: 通知書を作成中… 93 / 93件(仕上げています)"
    assert len(counted) == 48  # a text for every second letter: a few a second
    assert excel.app.bars[-1] is False


def test_a_fast_run_is_not_slowed_down_by_reporting_it(excel, book, many, monkeypatch, clock):
    monkeypatch.setattr("shikaku.letters.bulk.produce.produce", steps(93))
    excel.app.answers = ["no"]
    ribbon.letters()
    assert sum("件" in str(text) for text in only(excel)) == 2  # the first and the last


def test_what_a_broken_run_had_left_says_nothing_of_the_speed(
    excel, book, many, monkeypatch, clock
):
    times = iter([0.0] * 60 + [1.0] * 33)

    def tick():
        clock[0] += next(times)

    monkeypatch.setattr("shikaku.letters.bulk.produce.produce", steps(93, kept=60, tick=tick))
    excel.app.answers = ["no"]
    ribbon.letters()
    assert "資格確認: 通知書を作成中… 62 / 93件(Escで中止)" in excel.app.bars
    assert "資格確認: 通知書を作成中… 63 / 93件(残り約30秒、Escで中止)" in excel.app.bars


def test_getting_ready_says_nothing_of_the_speed(excel, book, many, monkeypatch, clock):
    times = iter([60.0, *[0.0] * 9, *[1.0] * 83])

    def tick():
        clock[0] += next(times)

    monkeypatch.setattr("shikaku.letters.bulk.produce.produce", steps(93, tick=tick))
    excel.app.answers = ["no"]
    ribbon.letters()
    assert "資格確認: 通知書を作成中… 1 / 93件(Escで中止)" in excel.app.bars
    assert (
        "資格確認: 通知書を作成中… 13 / 93件(残り約2分、Escで中止)" in excel.app.bars
    )  # 80 seconds
    assert "資格確認: 通知書を作成中… 43 / 93件(残り約50秒、Escで中止)" in excel.app.bars


@pytest.mark.parametrize(
    ("stop", "said"),
    [
        (RuntimeError("番号 000000123456"), "RuntimeError"),
        (host.BookError("止まりました。", "直してください。"), "止まりました"),
        (KeyboardInterrupt(), "中止しました"),
    ],
    ids=["unforeseen", "foreseen", "cancelled"],
)
def test_the_bar_is_given_back_when_a_run_stops_in_the_middle(
    excel, book, path, many, monkeypatch, stop, said
):
    monkeypatch.setattr("shikaku.letters.bulk.produce.produce", steps(93, stop=stop))
    ribbon.letters()
    assert any("0 / 93件" in str(text) for text in excel.app.bars)
    assert excel.app.status_bar is False
    text, _, mode = excel.app.alerts[-1]
    assert said in text and mode == "critical" and "123456" not in text + log()
    assert differences(path, book.impl.content) == []


def test_a_bar_that_can_not_be_written_stops_no_letter(excel, book, letter_calls, monkeypatch):
    original = type(excel.app).__setattr__

    def busy(self, name, value):
        if name == "status_bar":
            raise RuntimeError
        original(self, name, value)

    monkeypatch.setattr(type(excel.app), "__setattr__", busy)
    excel.app.answers = ["no"]
    ribbon.letters("notice")
    assert len(letter_calls) == 1 and "作りました" in last(excel)


def test_a_jobs_own_text_gives_way_to_the_buttons_again(excel):
    excel.blank()
    app = host.active_app()
    with status_bar.quiet(app, "外") as bar:
        bar.say("外2")
        with status_bar.quiet(app, "内"):
            pass
        assert excel.app.status_bar == "資格確認: 外2"
        with status_bar.quiet(app):
            assert excel.app.status_bar == "資格確認: 外2"
    assert excel.app.bars == [
        "資格確認: 外", "資格確認: 外2", "資格確認: 内", "資格確認: 外2", "資格確認: 外2", False
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rest", "done", "seconds", "text"),
    [
        (10, 0, 9.0, "(Escで中止)"),
        (9, 1, 1.9, "(Escで中止)"),
        (0, 0, 9.0, "(仕上げています)"),
        (1, 9, 9.0, "(残り約5秒、Escで中止)"),
        (90, 10, 6.0, "(残り約55秒、Escで中止)"),
        (90, 10, 7.0, "(残り約2分、Escで中止)"),
        (9_999, 1, 3.0, "(残り約500分、Escで中止)"),
    ],
)
def test_the_time_left(rest, done, seconds, text):
    assert status_bar._left(rest, done, seconds) == text
