"""Every button on a workbook that is open in the played Excel, by the real xlwings objects."""

import io
import logging
import os
import re
import shutil
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest
from lxml import etree
from shikaku import install, ribbon, ribbon_help
from shikaku.excel import dialogs, host, status_bar
from shikaku.jobs import check, decide, tidy
from shikaku.jobs import letters as letter_jobs
from shikaku.jobs import returns as returns_jobs
from shikaku.letters.catalogue import KINDS
from shikaku.letters.contexts import due
from shikaku.returns import issued
from shikaku.system import error_report
from shikaku.template import builder
from shikaku.workbook.closed_file import ClosedBook
from xlengine.compare import differences
from xlengine.engine import Played

SPACE = "{http://schemas.microsoft.com/office/2009/07/customui}"
XML = etree.fromstring(install.sources.ribbon())
(TAB,) = XML.iter(f"{SPACE}tab")


@pytest.fixture(scope="session")
def sample(tmp_path_factory):
    path = tmp_path_factory.mktemp("sample") / "見本.xlsx"
    builder.build(path, sample=True)
    return path


@pytest.fixture(autouse=True)
def own_log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    monkeypatch.setenv("SHIKAKU_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(sys, "argv", ["-c"])
    monkeypatch.setattr(logging.getLogger("shikaku"), "handlers", [])
    error_report.logger()  # before pytest adds a handler of its own


@pytest.fixture
def opened(monkeypatch):
    """What the system was asked to open."""
    found = []
    monkeypatch.setattr(dialogs, "open_in_system", found.append)
    return found


@pytest.fixture
def excel():
    with Played() as played:
        yield played


@pytest.fixture
def path(sample, tmp_path):
    return Path(shutil.copy(sample, tmp_path / "届出=A&B 'x'.xlsx"))


@pytest.fixture
def book(excel, path):
    found = excel.open(path)
    found.impl.saved = True
    return found


def last(excel):
    return excel.app.alerts[-1][0]


def log():
    return error_report.path().read_text("utf-8") if error_report.path().exists() else ""


# ------------------------------------------------------------------ the ribbon's definition


def test_the_menu_has_the_kinds_of_the_catalogue_in_their_order():
    (menu,) = (m for m in TAB.iter(f"{SPACE}menu") if m.get("id") == "shikakuLetters")
    assert tuple(button.get("tag") for button in menu) == tuple(KINDS)


def test_groups_and_buttons_are_those_agreed_on():
    found = {
        group.get("label"): [item.get("label") or item.get("tag") for item in group]
        for group in XML.iter(f"{SPACE}group")
    }
    assert found == {
        "届出": ["新規ブック", "一覧の取込", "検証", "表記統一", "元に戻す", "提出用保存"],
        "指摘": ["次の指摘", "前の指摘", "この行の指摘", "指摘の一覧", "印を消す"],
        "判定": ["資格確認書の判定"],
        "通知書": ["通知書", "一括作成"],
        "返納": ["台帳更新", "督促状", "最終通知"],
        "補助": ["設定", "出力フォルダを開く", "ヘルプ", "バージョン情報"],
    }
    assert TAB.get("label") == "資格確認"


def test_a_right_click_offers_the_same_in_a_table_and_outside_one():
    menus = {
        menu.get("idMso"): [
            (b.get("label"), b.get("onAction")) for b in menu.iter(f"{SPACE}button")
        ]
        for menu in XML.iter(f"{SPACE}contextMenu")
    }
    assert set(menus) == {"ContextMenuCell", "ContextMenuListRange"}
    first, second = menus.values()
    assert first == second and len(first) == 4
    ids = [item.get("id") for item in XML.iter() if isinstance(item.tag, str) and item.get("id")]
    assert len(set(ids)) == len(ids)


def test_every_control_is_explained_reachable_and_unique():
    ids, keys = [], {}
    for item in TAB.iter(f"{SPACE}button", f"{SPACE}menu"):
        ids.append(item.get("id"))
        parent = item.getparent()
        scope = parent.get("id") if parent.tag == f"{SPACE}menu" else "tab"
        keys.setdefault(scope, []).append(item.get("keytip"))
        assert item.get("supertip") and len(item.get("supertip")) <= 1024
        assert item.get("screentip") or parent.tag == f"{SPACE}menu"
        assert re.fullmatch("[A-Z0-9]{1,3}", item.get("keytip"))
        assert item.get("imageMso") or parent.tag == f"{SPACE}menu"
    assert len(set(ids)) == len(ids)
    for found in keys.values():
        assert len(set(found)) == len(found)


def test_the_pictures_are_ones_that_excel_has():
    """Names from Microsoft's lists of Excel's controls, 2013 to 365."""
    known = {
        "FileNew",
        "ErrorChecking",
        "ReplaceDialog",
        "Lock",
        "FunctionsLogicalInsertGallery",
        "FileSendAsAttachment",
        "FileSaveAsPdfOrXps",
        "RefreshAll",
        "ReviewNewComment",
        "SignatureLineInsert",
        "ControlProperties",
        "FileOpen",
        "Help",
        "FileProperties",
        "ReviewNextComment",
        "ReviewPreviousComment",
        "ReviewShowAllComments",
        "ClearFormats",
        "ReviewShowOrHideComment",
        "Undo",
        "GetExternalDataFromText",
    }
    used = {item.get("imageMso") for item in XML.iter() if item.get("imageMso")}
    assert used <= known


def test_the_ribbon_can_be_drawn_from_its_definition(tmp_path):
    pytest.importorskip("PIL", reason="Pillow が入っていないため、図を描けません。")
    from draw_ribbon import ROOT, draw
    from PIL import Image

    with Image.open(draw(ROOT / "addin" / "ribbon.xml", tmp_path / "ribbon.png")) as picture:
        colours = picture.convert("RGB").getcolors(1 << 24)
    assert len(colours) > 50  # something is on it


# ------------------------------------------------------------------ buttons and commands do the same


@pytest.mark.parametrize(
    ("button", "job"),
    [
        (ribbon.check, lambda session: check.check(session, write=True)),
        (ribbon.decide, lambda session: decide.decide(session, write=True)),
        (ribbon.returns, lambda session: returns_jobs.returns(session, write=True)),
        (ribbon.tidy, lambda session: tidy.tidy(session, write=True)),
    ],
    ids=["check", "decide", "returns", "tidy"],
)
def test_a_button_leaves_the_workbook_as_the_command_does(excel, book, path, button, job):
    closed = Path(shutil.copy(path, path.with_name("closed.xlsx")))
    done = job(ClosedBook(closed))
    excel.app.answers = ["yes"]
    button()
    assert differences(closed, book.impl.write_to(path.with_name("open.xlsx"))) == []
    first = done.summary().split("。")[0]
    assert any(first in text for text, _, _ in excel.app.alerts)
    assert book.impl.saves == [] and excel.app.status_bar is False


def test_check_twice_says_and_writes_the_same(excel, book, path):
    excel.app.answers = ["no", "no"]
    ribbon.check()
    one = book.impl.write_to(path.with_name("one.xlsx"))
    ribbon.check()
    two = book.impl.write_to(path.with_name("two.xlsx"))
    assert differences(one, two) == []
    assert excel.app.alerts[0] == excel.app.alerts[1]


def test_the_results_sheet_comes_up_only_when_asked_for(excel, book):
    excel.app.answers = ["no", "yes"]
    before = book.sheets.active.name
    ribbon.check()
    assert book.sheets.active.name == before
    ribbon.check()
    assert book.sheets.active.name == "検証結果"


def test_tidy_asks_first(excel, book, path):
    excel.app.answers = ["no"]
    ribbon.tidy()
    assert "よろしいですか" in last(excel)
    assert differences(path, book.impl.content) == []
    excel.app.answers = ["yes"]
    ribbon.tidy()
    assert "統一しました" in last(excel)
    excel.app.alerts.clear()
    ribbon.tidy()
    assert "ありませんでした" in last(excel)


# ------------------------------------------------------------------ lists of other systems


@pytest.fixture
def listed(tmp_path):
    file = tmp_path / "一覧.csv"
    file.write_text("氏名,生年月日,記号,番号\n新井 一,1990/04/01,1234,0099\n", "utf-8")
    return file


def test_the_sheets_of_the_menu_are_those_that_take_rows():
    from shikaku.desk.import_mapping import SHEETS

    text = install.sources.standard_modules()["ShikakuButtons"]
    assert sorted(re.findall(r"import_list\('(\w+)'\)", text)) == sorted(SHEETS)
    (menu,) = (m for m in TAB.iter(f"{SPACE}menu") if m.get("id") == "shikakuImport")
    assert len(menu) == len(SHEETS)


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_list_is_shown_first_and_taken_over_after_a_yes(excel, book, path, listed, answer):
    excel.app.replies = [str(listed)]
    excel.app.answers = [answer, "no"]
    ribbon.import_list("acquisition")
    assert "新井" in excel.app.alerts[0][0]
    out = ClosedBook(book.impl.write_to(path.with_name("out.xlsx"))).read()
    names = [row.text("name") for row in out.tables["acquisition"].rows]
    assert ("新井　一" in names or "新井 一" in names) == (answer == "yes")
    if answer == "yes":
        excel.app.answers = ["yes"]
        ribbon.undo()
        back = ClosedBook(book.impl.write_to(path.with_name("back.xlsx"))).read()
        sheets = ClosedBook(path).read().tables
        assert {k: t.last_row for k, t in back.tables.items()} == {
            k: t.last_row for k, t in sheets.items()
        }
    assert book.impl.saves == []


@pytest.mark.parametrize("reply", [False, "https://d.docs.live.net/a/一覧.csv", "none.csv"])
def test_no_list_writes_nothing(excel, book, reply):
    excel.app.replies = [reply]
    ribbon.import_list("loss")
    assert excel.app.writes == 0
    assert [mode for _, _, mode in excel.app.alerts] == (["critical"] if reply else [])


# ------------------------------------------------------------------ letters


@dataclass
class Letters:
    """What a button looks at in a result of the letters' job."""

    made: Counter
    failed: list

    @property
    def exit_status(self):
        return 1 if self.failed else 0

    def lines(self):
        return [*map(str, self.failed), f"通知書を {sum(self.made.values())}通 作りました"]


@pytest.fixture
def letter_calls(monkeypatch):
    """The letters themselves are made elsewhere: here only what the button asks for."""
    calls = []

    def played(session, out, *, kinds=None, as_of=None, **options):
        calls.append((session, out, kinds))
        return Letters(Counter(notice=2), [])

    monkeypatch.setattr(letter_jobs, "letters", played)
    return calls


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


@pytest.mark.slow
def test_a_letter_is_really_made_and_recorded_in_the_open_workbook(excel, book, path, opened):
    excel.app.answers = ["yes"]
    ribbon.letters("late-filing")
    out = path.with_name(f"{path.stem}_通知書")
    assert list(out.glob("late-filing/*.docx")) and list(out.glob("late-filing/*.pdf"))
    assert opened == [out]
    history = book.sheets["発行履歴"].used_range.options(ndim=2).value
    assert any("late-filing" in [str(v) for v in row] for row in history)
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


# ------------------------------------------------------------------ 提出用保存

SECRET = "ひみつの言葉2026"


def test_a_copy_under_a_password_is_made_beside_the_saved_workbook(excel, book, path):
    before = path.read_bytes()
    excel.app.replies, excel.app.answers = [SECRET, SECRET], ["yes"]
    ribbon.submit()
    out = path.with_name(f"{path.stem}_提出用.xlsx")
    with out.open("rb") as file:
        import msoffcrypto

        sealed = msoffcrypto.OfficeFile(file)
        assert sealed.is_encrypted()
        sealed.load_key(password=SECRET, verify_password=True)
    assert path.read_bytes() == before and book.impl.saves == []
    assert "エラーが" in excel.app.alerts[0][0] and str(out) in last(excel)
    for text in (
        *excel.app.questions,
        *map(str, excel.app.alerts),
        *map(str, excel.app.bars),
        log(),
    ):
        assert SECRET not in text


def test_errors_stop_the_copy_unless_the_user_wants_it(excel, book, path):
    excel.app.replies, excel.app.answers = [SECRET, SECRET], ["no"]
    ribbon.submit()
    assert list(path.parent.glob("*提出用*")) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [([False], None), ([SECRET, False], None), (["short"], "短く"), ([SECRET, "other"], "同じ")],
)
def test_a_password_is_long_and_typed_twice(excel, book, path, typed, said):
    excel.app.replies = typed
    ribbon.submit()
    assert list(path.parent.glob("*提出用*")) == []
    assert (not excel.app.alerts) if said is None else (said in last(excel))


def test_changes_that_are_not_saved_are_the_users_to_save(excel, book, path):
    book.sheets["加入者台帳"].range("W2").value = "x"
    ribbon.submit()
    assert "保存していない変更" in last(excel) and excel.app.questions == []
    assert book.impl.saves == [] and list(path.parent.glob("*提出用*")) == []


# ------------------------------------------------------------------ where things lie


def test_a_workbook_never_saved_is_checked_but_gets_no_folder(excel, path, letter_calls):
    book = excel.open(path, "ブック1")
    excel.app.answers = ["no"]
    ribbon.check()
    assert "検証しました" in last(excel)
    for button in (ribbon.letters, ribbon.output_folder, ribbon.submit):
        button()
        assert "まだ一度も保存されていません" in last(excel)
    assert letter_calls == [] and book.impl.saves == []


def test_a_onedrive_address_leads_to_the_file_on_this_disk(excel, path, letter_calls, monkeypatch):
    monkeypatch.setenv("OneDriveCommercial", str(path.parent.parent))
    url = f"https://kakuu-my.sharepoint.com/personal/a_b/Documents/{path.parent.name}/{path.name}"
    excel.open(path, url)
    excel.app.answers = ["no"]
    ribbon.letters("notice")
    assert letter_calls[0][1] == path.with_name(f"{path.stem}_通知書")


def test_an_address_without_a_file_gets_a_folder_in_the_documents(
    excel, path, letter_calls, monkeypatch, tmp_path
):
    monkeypatch.setattr("platformdirs.user_documents_dir", lambda: str(tmp_path / "Documents"))
    excel.open(path, "https://kakuu.sharepoint.com/sites/x/Shared Documents/届出.xlsx")
    excel.app.answers = ["no"]
    ribbon.letters("notice")
    assert letter_calls[0][1] == tmp_path / "Documents" / "届出_通知書"
    ribbon.submit()
    assert "OneDrive" in last(excel)


def test_an_address_with_escapes_gives_the_name_that_people_know(
    excel, path, letter_calls, monkeypatch, tmp_path
):
    monkeypatch.setattr("platformdirs.user_documents_dir", lambda: str(tmp_path / "Documents"))
    monkeypatch.setenv("OneDrive", str(tmp_path / "od"))
    url = "https://d.docs.live.net/0123abcd/%E5%B1%8A%E5%87%BA%20a.xlsx"
    excel.open(path, url)
    excel.app.answers = ["no", "no"]
    ribbon.letters("notice")
    (tmp_path / "od").mkdir()
    shutil.copy(path, tmp_path / "od" / "届出 a.xlsx")
    ribbon.letters("notice")
    folders = [tmp_path / "Documents" / "届出 a_通知書", tmp_path / "od" / "届出 a_通知書"]
    assert [call[1] for call in letter_calls] == folders


def test_the_folder_opens_once_it_is_there(excel, book, path, opened):
    ribbon.output_folder()
    assert "まだ通知書のフォルダがありません" in last(excel) and opened == []
    folder = path.with_name(f"{path.stem}_通知書")
    folder.mkdir()
    ribbon.output_folder()
    assert opened == [folder]


# ------------------------------------------------------------------ 新規ブック, 補助


def test_a_new_book_is_made_where_the_user_says_and_opened(excel, tmp_path):
    excel.blank()
    excel.app.replies = [str(tmp_path / "新しい届出")]
    ribbon.new_book()
    assert (tmp_path / "新しい届出.xlsx").exists()
    assert excel.app.books.active.name == "新しい届出.xlsx"
    assert "設定" in last(excel)


def test_a_new_book_needs_no_open_workbook_and_a_cancel_is_silent(excel):
    excel.blank()
    excel.app.replies = [False]
    ribbon.new_book()
    assert excel.app.alerts == [] and len(excel.app.books) == 1


def test_a_new_book_never_writes_over_another(excel, tmp_path):
    excel.blank()
    (tmp_path / "x.xlsx").write_bytes(b"mine")
    excel.app.replies = [str(tmp_path / "x.xlsx")]
    ribbon.new_book()
    assert (tmp_path / "x.xlsx").read_bytes() == b"mine"
    assert excel.app.alerts[-1][2] == "critical"


def test_a_new_book_is_not_put_on_the_web(excel, tmp_path, monkeypatch):
    excel.blank()
    monkeypatch.chdir(tmp_path)
    excel.app.replies = ["https://kakuu.sharepoint.com/sites/x/Shared Documents/新規.xlsx"]
    ribbon.new_book()
    assert "Web上の場所" in last(excel) and excel.app.alerts[-1][2] == "critical"
    assert not list(tmp_path.glob("http*"))


def test_a_hidden_sheet_is_named_as_that(excel, book):
    for state in ("hidden", "veryHidden"):
        book.impl.content["設定"].sheet_state = state
        ribbon.settings()
        assert "「設定」は非表示" in last(excel)


def test_settings_come_to_the_front(excel, book):
    ribbon.settings()
    assert book.sheets.active.name == "設定" and excel.app.alerts == []


def test_settings_of_somebody_elses_workbook(excel, tmp_path):
    import openpyxl

    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    excel.open(tmp_path / "other.xlsx")
    ribbon.settings()
    assert "シート「設定」がありません" in last(excel)
    ribbon.check()
    assert "資格取得届" in last(excel) and excel.app.alerts[-1][2] == "critical"


def test_help_is_made_from_the_ribbon(excel, opened):
    ribbon.help_page()
    (page,) = opened
    text = page.read_text("utf-8")
    for item in XML.iter(f"{SPACE}button"):
        assert (item.get("label") or item.get("tag")) in text
    assert text == ribbon_help.page()


def test_version_names_the_parts_and_the_log(excel):
    excel.blank()
    ribbon.version()
    text = last(excel)
    assert "xlwings 0.37.8" in text and "Excel 16.0" in text and str(error_report.path()) in text


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
