"""The ribbon's definition, and every button on a workbook that is open in the played Excel, by the
real xlwings objects."""

import re
import shutil
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from ribbon_kit import last
from shikaku import install, ribbon, ribbon_help
from shikaku.jobs import check, decide, tidy
from shikaku.jobs import returns as returns_jobs
from shikaku.letters.catalogue import KINDS
from shikaku.system import error_report
from shikaku.workbook.closed_file import ClosedBook
from xlengine.compare import differences

SPACE = "{http://schemas.microsoft.com/office/2009/07/customui}"
XML = etree.fromstring(install.sources.ribbon())
(TAB,) = XML.iter(f"{SPACE}tab")


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


def test_a_right_click_offers_the_same_on_a_cell_in_a_table_and_on_a_row():
    """In each view: Excel has a menu of its own where it shows pages."""
    menus = {
        menu.get("idMso"): [
            (b.get("label"), b.get("onAction")) for b in menu.iter(f"{SPACE}button")
        ]
        for menu in XML.iter(f"{SPACE}contextMenu")
    }
    kinds = {f"ContextMenu{kind}" for kind in ("Cell", "ListRange", "Row")}
    assert set(menus) == kinds | {f"{kind}Layout" for kind in kinds}
    first, *others = menus.values()
    assert len(first) == 4 and all(other == first for other in others)
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
    assert differences(closed, book.impl.kept()) == []
    first = done.summary().split("。")[0]
    assert any(first in text for text, _, _ in excel.app.alerts)
    assert book.impl.saves == [] and excel.app.status_bar is False


def test_check_twice_says_and_writes_the_same(excel, book, path):
    excel.app.answers = ["no", "no"]
    ribbon.check()
    one = book.impl.kept()
    ribbon.check()
    two = book.impl.kept()
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
    assert sorted(re.findall(r'"import_list", "(\w+)"', text)) == sorted(SHEETS)
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


def test_a_list_of_people_who_are_there_already_is_something_to_look_at(excel, book, path):
    """Nothing is asked: there is nothing to take over."""
    table = ClosedBook(path).read().tables["acquisition"]
    keys, row = ("name", "kana", "birth", "sex", "acquired"), table.rows[0]
    lines = [",".join(table.spec.columns[key].label for key in keys)]
    lines.append(",".join(row.text(key) for key in keys))
    file = path.with_name("list.csv")
    file.write_text("\n".join(lines) + "\n", "utf-8")
    excel.app.replies = [str(file)]
    ribbon.import_list("acquisition")
    ((text, _, mode),) = excel.app.alerts
    assert mode == "critical" and "2行目" in text and excel.app.writes == 0


@pytest.mark.parametrize(
    ("count", "last"), [(1, "0"), (16, "15"), (17, "… ほか1件"), (30, "… ほか14件")]
)
def test_of_a_long_list_it_is_said_how_many_are_not_shown(count, last):
    lines = ribbon.first_lines([str(number) for number in range(count)]).splitlines()
    assert lines[-1] == last and len(lines) == min(count, 17)


@pytest.mark.parametrize("reply", [False, "https://d.docs.live.net/a/一覧.csv", "none.csv"])
def test_no_list_writes_nothing(excel, book, reply):
    excel.app.replies = [reply]
    ribbon.import_list("loss")
    assert excel.app.writes == 0
    assert [mode for _, _, mode in excel.app.alerts] == (["critical"] if reply else [])


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


@pytest.mark.parametrize("name", ["todoke.xlsx", "TODOKE.XLSX"])
def test_a_new_book_is_not_called_like_one_that_is_open(excel, tmp_path, name):
    """Excel opens no second workbook of a name, however it is spelt, wherever it lies."""
    (tmp_path / "other").mkdir()
    openpyxl.Workbook().save(tmp_path / "other" / "Todoke.xlsx")
    excel.open(tmp_path / "other" / "Todoke.xlsx")
    excel.app.replies = [str(tmp_path / name)]
    ribbon.new_book()
    assert "同じ名前" in last(excel) and not (tmp_path / name).exists()


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
