"""The add-in's VBA run without Excel: from a ribbon button to the command line it starts.

The VBA comes out of the built file. pyOpenVBA's interpreter runs it;
only the shell, the disk and AppleScript are played (tests/xlengine/vba.py).
"""

import ast
import importlib
import inspect
import os
import re
import shlex
import subprocess
import sys
import time

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
ELEMENTS = [e for e in RIBBON.iter() if isinstance(e.tag, str)]
CALLBACKS = sorted({e.get("onAction") for e in ELEMENTS if e.get("onAction")})
ASKED = ("getLabel", "getEnabled")
MACROS = {path.stem: path.read_text("ascii") for path in sources.folder("macros").glob("*.bas")}
COMMANDS = {
    sub: f"import shikaku.{part}; shikaku.{part}.{button}({kind and repr(kind)})"
    for sub, part, button, kind in re.findall(
        r'Public Sub (\w+)\(\)\n    Run\w+ "(\w+)", "(\w+)"(?:, "([\w-]+)")?\nEnd Sub',
        MACROS["ShikakuButtons"],
    )
}
SUBS = sorted(COMMANDS)
OWN = {
    "NextFinding",
    "PreviousFinding",
    "RowFindings",
    "ShowFindings",
}  # what the macros do by themselves
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
    text = MACROS["ShikakuRibbon"]
    declared = re.findall(r"Public Sub (\w+)\(control As IRibbonControl\)", text)
    assert sorted(declared) == CALLBACKS
    asked = re.findall(r"Public Sub (\w+)\(control As IRibbonControl, ByRef returnedVal\)", text)
    assert sorted(asked) == sorted({e.get(name) for e in ELEMENTS for name in ASKED} - {None})
    (loaded,) = re.findall(r"Public Sub (\w+)\(ribbon As IRibbonUI\)", text)
    assert loaded == RIBBON.get("onLoad")
    assert len(declared) + len(asked) + 1 == text.count("End Sub")


def test_a_callback_is_one_line_over_a_sub_without_arguments():
    lines = re.findall(
        r"(?m)^Public Sub On(\w+)\(control As IRibbonControl\): Call (\w+): End Sub$",
        MACROS["ShikakuRibbon"],
    )
    assert [called for _, called in lines] == [name for name, _ in lines]
    assert sorted(called for _, called in lines) == sorted({*COMMANDS, *OWN})


@pytest.mark.parametrize("sub", SUBS)
def test_every_sub_names_a_python_function_that_is_there(sub):
    imported, call = ast.parse(COMMANDS[sub]).body
    (name,) = (alias.name for alias in imported.names)
    assert name in ("shikaku.ribbon", "shikaku.ribbon_row")
    assert ast.unparse(call.value.func).rpartition(".")[0] == name and not call.value.keywords
    function = getattr(importlib.import_module(name), call.value.func.attr)
    assert function.__module__ == name
    arguments = [argument.value for argument in call.value.args]
    inspect.signature(function).bind(*arguments)


@pytest.mark.parametrize("sub", SUBS)
def test_windows_command_line(windows, sub):
    windows.open_book("届出.xlsx")
    windows.run(sub)
    (command,) = windows.shell.commands
    folder = WINDOWS_PYTHON.rpartition("\\")[0]
    log = "C:\\Temp\\shikaku-rad1A2B3.tmp.log"
    assert command == (
        f'cmd.exe /C C: & cd "{folder}" & "{WINDOWS_PYTHON}" -B -c "{COMMANDS[sub]}"'
        f' --hwnd=4711 2> "{log}"'
    )
    assert windows.messages == [] and windows.disk.deleted == [log]
    assert windows.app.application.status_bar is False


@pytest.mark.parametrize("sub", SUBS)
def test_mac_script_call(mac, sub):
    mac.open_book("届出.xlsx")
    mac.run(sub)
    ((file, handler, parameter),) = mac.apple.tasks
    assert (file, handler) == (sources.SCRIPT, "VbaHandler")
    command = f"from shikaku.excel import engine; engine.xlwings(); {COMMANDS[sub]}"
    assert parameter.split("|") == [MAC_PYTHON, command, "/Users/yamada/shikaku.log"]
    assert mac.messages == []


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_of_a_workbook_reaches_a_command_line(windows, mac, name):
    for excel in (windows, mac):
        excel.open_book("届出.xlsx")
        excel.run("CheckBook")
        excel.open_book(name)
        excel.run("CheckBook")
        assert excel.messages == []

    assert len(set(windows.shell.commands)) == len(set(mac.apple.tasks)) == 1


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


def test_a_python_that_stops_is_reported_in_japanese_too(windows):
    windows.shell.exit_code = 1
    windows.open_book("届出.xlsx")
    windows.run("CheckBook")
    assert windows.messages == [TEXTS["python_failed"] + "\r\n\r\nTraceback"]
    assert windows.app.application.status_bar is False


def test_what_a_killed_python_left_behind_is_put_right(windows):
    windows.open_book("届出.xlsx")
    application = windows.app.application
    before = (application.calculation, application.enable_events)

    def killed_in_the_middle():
        application.screen_updating = application.enable_events = False
        application.display_alerts = False
        application.auto_correct.grow = application.auto_correct.fill = False
        application.calculation = -4135  # manual
        windows.shell.exit_code = 1

    windows.shell.meanwhile = killed_in_the_middle
    windows.run("CheckBook")
    assert (application.calculation, application.enable_events) == before
    assert application.screen_updating and application.display_alerts
    assert application.auto_correct.grow and application.auto_correct.fill
    assert application.status_bar is False


def test_esc_is_for_python_while_python_works(windows):
    windows.open_book("届出.xlsx")
    seen = []
    windows.shell.meanwhile = lambda: seen.append(windows.app.application.cancel_key)
    windows.run("CheckBook")
    assert seen == [0]  # xlDisabled


def test_calculation_that_the_user_has_set_to_manual_stays_so(windows):
    windows.open_book("届出.xlsx")
    windows.app.application.calculation = -4135
    windows.app.application.enable_events = False
    windows.shell.exit_code = 1
    windows.run("CheckBook")
    assert windows.app.application.calculation == -4135
    assert windows.app.application.enable_events is False


def test_the_end_of_a_long_error_is_shown(windows, monkeypatch):
    from xlengine.vba import Disk

    monkeypatch.setattr(windows.disk, "said", "x" * 5000 + "理由")
    assert Disk is type(windows.disk)
    windows.shell.exit_code = 1
    windows.open_book("届出.xlsx")
    windows.run("CheckBook")
    (text,) = windows.messages
    assert text.endswith("理由") and len(text) < 1000


@pytest.mark.parametrize("path", ["C:\\Users\\𠮷野\\python.exe", "C:\\Users\\김\\python.exe"])
def test_an_interpreter_beyond_the_code_page_is_found(tmp_path, path):
    excel = Excel(build(tmp_path / "shikaku.xlam", path))
    excel.disk.files.add(path)
    excel.open_book("届出.xlsx")
    excel.run("CheckBook")
    assert excel.messages == [] and f'"{path}" -B' in excel.shell.commands[0]


def test_a_mac_without_the_script_shows_how_to_get_it(mac, monkeypatch):
    from pyopenvba.interpreter._values import error

    def refused(*_):
        raise error(5, "Invalid procedure call or argument")

    monkeypatch.setattr(mac.apple, "refuses", refused)
    mac.open_book("届出.xlsx")
    mac.run("CheckBook")
    assert mac.messages == [TEXTS["no_script"]]


@pytest.mark.skipif(os.name == "nt", reason="there is no /bin/sh on Windows")
def test_the_macs_script_starts_an_interpreter_wherever_it_lies(mac, tmp_path):
    """The script's own line, worked out by a reader for the little AppleScript in it."""
    python = tmp_path / "山田 花子" / "it's $HOME `id`" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nfor word; do echo "[$word]"; done > "$0.said"\n')
    python.chmod(0o755)
    mac.open_book("届出.xlsx")
    mac.run("CheckBook")
    parameter = mac.apple.tasks[0][2].split("|")
    parameter[0], parameter[2] = str(python), str(tmp_path / "it's a.log")
    text = sources.script().decode()
    names = re.search(r"set \{(.*?)\} to SplitString", text)[1].split(", ")
    known = dict(zip(names, parameter, strict=True))
    line = re.search(r"set ShellCommand to (.*)", text)[1]
    command = ""
    for quoted, inner, name in re.findall(
        r'"((?:[^"\\]|\\.)*)"|\(quoted form of (\w+)\)|(\w+)', line
    ):
        command += (
            shlex.quote(known[inner])
            if inner
            else known[name]
            if name
            else re.sub(r"\\(.)", r"\1", quoted)
        )
    subprocess.run(["/bin/sh", "-c", command], check=True, timeout=30)
    said = python.with_name("python.said")
    for _ in range(100):  # the command goes to the background
        if said.exists() and "check()" in said.read_text():
            break
        time.sleep(0.1)
    words = said.read_text("utf-8")
    assert f"engine.xlwings(); {COMMANDS['CheckBook']}]" in words and "[-c]" in words


@pytest.mark.skipif(
    sys.platform != "linux", reason="where xlwings finds an Excel, it would be used"
)
def test_python_takes_the_command_line_as_it_is_written(windows):
    windows.open_book("届出.xlsx")
    windows.run("CheckBook")
    (command,) = windows.shell.commands
    code = re.search(r'-c "(.*?)" --hwnd', command)[1]
    done = subprocess.run(
        [sys.executable, "-B", "-c", code, "--hwnd=4711"],
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


@pytest.mark.parametrize("sub", sorted(WITHOUT_BOOK))
def test_a_button_without_a_workbook_has_a_window_and_leaves_none(windows, sub):
    """xlwings finds an Excel by the window of a workbook, and no other way."""
    books = windows.app.application.workbooks_.books
    before, seen = len(books), []
    windows.shell.meanwhile = lambda: seen.append(len(books))
    windows.run(sub)
    assert seen == [before + 1] and len(books) == before


def test_a_workbook_that_is_open_is_window_enough(windows):
    windows.open_book("届出.xlsx")
    books = windows.app.application.workbooks_.books
    before, seen = len(books), []
    windows.shell.meanwhile = lambda: seen.append(len(books))
    windows.run("ShowHelp")
    assert seen == [before] and len(books) == before


def test_a_formula_starts_nothing(windows):
    windows.open_book("届出.xlsx")
    application = windows.app.application
    application.caller = application.vba_get("Range", ["A1"])
    windows.run("CheckBook")
    windows.run("NewBook")
    assert windows.shell.commands == [] and windows.messages == []


@pytest.mark.parametrize("macro", ["RunOnBook", "RunAnywhere"])
@pytest.mark.parametrize(
    "words",
    [
        ("ribbon", "check(); import os; os.system('calc')"),
        ("ribbon", "check", "x'); import os; os.system('calc"),
        ("ribbon; import os", "check"),
        ("os", "abort"),
        ("ribbon", 'check" & calc & "'),
        ("ribbon", "check\nimport os"),
        ("ribbon", ""),
        ("Ribbon", "check"),
    ],
)
def test_a_picture_with_a_macro_of_ours_starts_no_program_of_its_own(windows, macro, words):
    """A click on a picture of any workbook runs the macro that it names, with arguments, private
    module or not: it can press our buttons, and nothing else."""
    windows.open_book("届出.xlsx")
    windows.call(macro, *words)
    assert windows.shell.commands == [] and windows.messages == []


@pytest.mark.parametrize("name", sorted(MACROS))
def test_nothing_public_can_be_called_from_a_cell(name):
    """A cell calls public functions of standard modules, of an add-in too."""
    text = MACROS[name]
    assert not re.search(r"(?im)^\s*(?:Public |Friend |Static )*(?:Function|Property)\b", text)
    assert ("Option Private Module\n" in text) == (name != "ShikakuRibbon")
