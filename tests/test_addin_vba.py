"""The add-in's VBA run without Excel: from a ribbon button to the command line it starts.

The VBA comes out of the built file. pyOpenVBA's interpreter runs our modules and xlwings' own;
only the shell, the disk and AppleScript are played (tests/xlengine/vba.py).
"""

import ast
import inspect
import os
import re
import subprocess
import sys

import pytest
from lxml import etree
from shikaku.install import build, sources
from shikaku.install.texts import TEXTS
from xlengine.vba import Excel

WINDOWS_PYTHON = r"C:\社内 ツール\A&B 'x'\python.exe"
MAC_PYTHON = "/Users/山田 花子/it's/venv/bin/python"

# Names that a workbook may have and that a shell would read as something else.
HOSTILE = [
    "A=B.xlsx",
    "届出 令和8年4月 ①㈱髙﨑.xlsx",
    "x^&calc.exe^&.xlsx",
    "%TEMP%.xlsx",
    "it's.xlsx",
    "a;b.xlsx",
    '$(touch x)`id`"|.xlsx',
]

RIBBON = etree.fromstring(sources.ribbon())
CALLBACKS = [
    e.get("onAction") for e in RIBBON.iter() if isinstance(e.tag, str) and e.get("onAction")
]
SUBS = [name.removeprefix("On") for name in CALLBACKS]
MACROS = {path.stem: path.read_text("ascii") for path in sources.folder("macros").glob("*.bas")}
COMMANDS = dict(
    re.findall(r'Public Sub (\w+)\(\)\n    RunO?n?\w+ "([^"]+)"\nEnd Sub', MACROS["ShikakuButtons"])
)
WITHOUT_BOOK = {"NewBook", "ShowHelp", "ShowVersion"}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("addin")
    return {
        "windows": build(folder / "windows.xlam", WINDOWS_PYTHON),
        "mac": build(folder / "mac.xlam", MAC_PYTHON),
    }


@pytest.fixture
def windows(files) -> Excel:
    excel = Excel(files["windows"])
    excel.disk.files.add(WINDOWS_PYTHON)
    return excel


@pytest.fixture
def mac(files) -> Excel:
    return Excel(files["mac"], mac=True)


def test_every_button_has_its_callback_and_every_callback_its_button():
    declared = re.findall(r"Public Sub (\w+)\(control As IRibbonControl\)", MACROS["ShikakuRibbon"])
    assert sorted(declared) == sorted(CALLBACKS)
    assert len(set(CALLBACKS)) == len(CALLBACKS)


def test_a_callback_is_one_line_over_a_sub_without_arguments():
    lines = re.findall(
        r"(?m)^Public Sub On(\w+)\(control As IRibbonControl\): Call (\w+): End Sub$",
        MACROS["ShikakuRibbon"],
    )
    assert [called for _, called in lines] == [name for name, _ in lines]
    assert sorted(called for _, called in lines) == sorted(COMMANDS)


@pytest.mark.parametrize("sub", SUBS)
def test_every_sub_names_a_python_function_that_is_there(sub):
    from shikaku import ribbon

    imported, call = ast.parse(COMMANDS[sub]).body
    assert [alias.name for alias in imported.names] == ["shikaku.ribbon"]
    function = getattr(ribbon, call.value.func.attr)
    assert function.__module__ == "shikaku.ribbon" and not call.value.keywords
    arguments = [argument.value for argument in call.value.args]
    inspect.signature(function).bind(*arguments)


@pytest.mark.parametrize("sub", SUBS)
def test_windows_command_line(windows, sub):
    windows.open_book("届出.xlsx")
    windows.run(sub)
    (command,) = windows.shell.commands
    log = re.search(r"xlwings-[0-9A-F-]{36}\.log", command)[0]
    folder = WINDOWS_PYTHON.rpartition("\\")[0]
    assert command == (
        f'cmd.exe /C C: & cd "{folder}" & "{WINDOWS_PYTHON}" -B -c '
        '"import xlwings.utils;xlwings.utils.prepare_sys_path(\\"false;;;;;;\\"); '
        f'{COMMANDS[sub]}"  --wb="shikaku" --from_xl=1'
        ' --app="C:\\Program Files\\Microsoft Office\\root\\Office16\\Microsoft Excel"'
        f' --hwnd="4711" 2> "C:\\Temp\\{log}" '
    )
    assert windows.messages == [] and windows.shell.popups == []
    assert windows.app.application.status_bar is False


@pytest.mark.parametrize("sub", SUBS)
def test_mac_script_call(mac, sub):
    mac.open_book("届出.xlsx")
    mac.run(sub)
    ((file, handler, parameter),) = mac.apple.tasks
    assert (file, handler) == (sources.script_name(), "VbaHandler")
    fields = parameter.split("|")
    path = MAC_PYTHON.replace("'", "'")
    assert fields[:4] == ["false;;;;;;;", path, COMMANDS[sub], "shikaku"]
    assert len(fields) == 6
    assert mac.messages == []


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_of_a_workbook_reaches_a_command_line(windows, mac, name):
    for excel in (windows, mac):
        excel.open_book("届出.xlsx")
        excel.run("CheckBook")
        excel.open_book(name)
        excel.run("CheckBook")
        assert excel.messages == []

    def same(texts):
        first, second = (re.sub(r"xlwings-[0-9A-F-]{36}", "", str(text)) for text in texts)
        return first == second

    assert same(windows.shell.commands)
    assert same(mac.apple.tasks)


@pytest.mark.parametrize("sub", SUBS)
def test_without_a_workbook(windows, mac, sub):
    for excel, started in ((windows, windows.shell.commands), (mac, mac.apple.tasks)):
        excel.run(sub)
        if sub in WITHOUT_BOOK:
            assert len(started) == 1 and excel.messages == []
        else:
            assert not started and excel.messages == [TEXTS["no_workbook"]]


def test_protected_view_says_what_to_press(windows):
    windows.app.application.protected_view = windows.shell  # any object that isn't Nothing
    windows.run("CheckBook")
    assert windows.messages == [TEXTS["protected_view"]]
    assert not windows.shell.commands


def test_an_interpreter_that_has_gone_is_named(windows):
    windows.disk.files.clear()
    windows.open_book("届出.xlsx")
    windows.run("CheckBook")
    assert windows.messages == [TEXTS["no_interpreter"]]
    assert not windows.shell.commands


def test_a_rule_that_forbids_to_start_programs_is_explained(windows):
    windows.shell.exit_code = None
    windows.open_book("届出.xlsx")
    windows.run("CheckBook")
    assert windows.messages == [TEXTS["not_started"] + " (70)"]
    assert windows.app.application.status_bar is False


def test_a_python_that_stops_is_told_in_japanese_too(windows):
    windows.shell.exit_code = 1
    windows.open_book("届出.xlsx")
    windows.run("CheckBook")
    assert windows.shell.popups and windows.messages == [TEXTS["python_failed"]]
    assert windows.app.application.status_bar is False


@pytest.mark.skipif(
    sys.platform != "linux", reason="where xlwings finds an Excel, it would be used"
)
def test_python_takes_the_command_line_as_it_is_written(windows):
    windows.open_book("届出.xlsx")
    windows.run("CheckBook")
    (command,) = windows.shell.commands
    code = re.search(r'-c "(.*?)"  --wb', command)[1].replace('\\"', '"')
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, "--wb=shikaku", "--from_xl=1", "--hwnd=4711"],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert done.returncode == 1  # there is no Excel: the add-in's macro will say so
    assert "Excelが開かれていません" in done.stderr and "Traceback" not in done.stderr


def test_a_workbook_can_not_choose_the_interpreter(windows):
    book = windows.open_book("届出.xlsx")
    sheet = book.sheets_[0]
    sheet.name = "shikaku.conf"
    from pyopenvba.apps.excel import SheetView

    view = SheetView(sheet)
    view.set_value("A1", "INTERPRETER_WIN")
    view.set_value("B1", r"C:\evil.exe")
    windows.disk.files |= {r"C:\evil.exe", r"\shikaku.conf"}
    windows.run("CheckBook")
    (command,) = windows.shell.commands
    assert "evil" not in command


def test_a_workbook_with_a_python_sheet_does_not_divert_the_command(windows):
    windows.open_book("届出.xlsx").sheets_[0].name = "main.py"
    windows.run("CheckBook")
    (command,) = windows.shell.commands
    assert COMMANDS["CheckBook"] in command and "embedded" not in command


def test_xlwings_unedited_would_let_the_workbook_choose(files, monkeypatch, tmp_path):
    """The test above can fail: without the edit, the workbook's sheet wins."""
    keep = ("the add-in's own name", "the add-in's settings also", "no server")
    kept = tuple(edit for edit in sources.EDITS if edit[0].startswith(keep))
    assert len(kept) == len(keep)
    monkeypatch.setattr(sources, "EDITS", kept)
    excel = Excel(build(tmp_path / "unsafe.xlam", WINDOWS_PYTHON))
    sheet = excel.open_book("届出.xlsx").sheets_[0]
    sheet.name = "shikaku.conf"
    from pyopenvba.apps.excel import SheetView

    view = SheetView(sheet)
    view.set_value("A1", "INTERPRETER_WIN")
    view.set_value("B1", r"C:\evil.exe")
    excel.disk.files.add(r"C:\evil.exe")
    excel.run("CheckBook")
    assert any("evil" in command for command in excel.shell.commands)
