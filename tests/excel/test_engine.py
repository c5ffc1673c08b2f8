"""No button ends an Excel: xlwings' real Windows module over a pywin32 that is played."""

import ast
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import forked_workers
import paths
import pytest
import shikaku

_BEFORE = """
import atexit, json, sys
sys.path[:0] = {path!r}
import shikaku.ribbon, shikaku.ribbon_help, shikaku.install, shikaku.jobs.new, shikaku.jobs.check
import played_pywin32 as windows
from shikaku.excel import dialogs
opened = []
dialogs.open_in_system = opened.append
atexit.register(lambda: print(json.dumps([windows.ENDED, windows.ALERTS, len(opened)])))
windows.EXCELS.update({excels!r})
windows.play()
sys.argv[1:] = ["--hwnd={window}"]
"""

# process → its windows → whether there is a workbook in it
BARE = {100: {11: False}}  # nothing open: not in xlwings' list
PROTECTED = {100: {11: True}, 200: {21: False}}  # a Protected View runs in a process of its own


@pytest.fixture(scope="module", autouse=True)
def started() -> None:
    forked_workers.anew(
        "shikaku.ribbon", "shikaku.ribbon_help", "shikaku.install", "shikaku.jobs.new", "shikaku.jobs.check"
    )  # fmt: skip


def run(excels: dict, code: str, window: int = 11, before: str = _BEFORE):
    """(what was ended, messages, pages opened) by the time a Python with this code has ended. It begins
    with shikaku, as a button's: forked from a process that has it. With another ``before`` it is new."""
    path = [str(paths.PRODUCT), str(paths.KITS)]
    script = before.format(path=path, excels=excels, window=window) + code
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "HOME": home, "SHIKAKU_DATA_DIR": home}
        if before is _BEFORE and hasattr(os, "fork"):
            status, out, err = forked_workers.python(script, environment, Path(home))
        else:
            words = [sys.executable, "-c", script]
            done = subprocess.run(
                words, capture_output=True, text=True, timeout=120, env=environment
            )
            status, out, err = done.returncode, done.stdout, done.stderr
    assert out and not status, err[-3000:]
    return json.loads(out.splitlines()[-1])


def test_xlwings_by_itself_would_end_them():
    """The tests below can fail."""
    for excels, ended in ((BARE, ["taskkill /PID 100 /F"]), (PROTECTED, ["taskkill /PID 200 /F"])):
        assert run(excels, "import xlwings")[0] == ended


@pytest.mark.parametrize("excels", [BARE, PROTECTED], ids=["bare", "protected"])
@pytest.mark.parametrize("button", ["new_book()", "help_page()", "version()", "check()"])
def test_no_button_ends_an_excel(excels, button):
    ended, messages, pages = run(excels, f"shikaku.ribbon.{button}")
    assert ended == []
    assert pages == (button == "help_page()")
    assert button == "help_page()" or messages or excels is PROTECTED


def test_help_and_version_need_no_excel_that_can_be_reached():
    assert run(BARE, "shikaku.ribbon.help_page()") == [[], [], 1]
    ended, (text,), _ = run(BARE, "shikaku.ribbon.version()")
    assert ended == [] and shikaku.__version__ in text


def test_an_import_that_breaks_off_ends_nothing():
    broken = "import types; sys.modules['win32gui'] = None\n"
    ended, messages, _ = run(PROTECTED, broken + "shikaku.ribbon.check()")
    assert ended == [] and messages


def test_a_broken_shikaku_ends_nothing(tmp_path):
    """What the button's command line imports first is shikaku, not xlwings."""
    (tmp_path / "shikaku").mkdir()
    (tmp_path / "shikaku" / "__init__.py").write_text("raise ImportError('broken')")
    before = (
        "import atexit, json, sys\nsys.path[:0] = {path!r}\nimport played_pywin32 as windows\n"
        "atexit.register(lambda: print(json.dumps([windows.ENDED, windows.ALERTS, 0])))\n"
        "windows.EXCELS.update({excels!r})\nwindows.play()\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
    )
    macros = (paths.ROOT / "macros" / "ShikakuRun.bas").read_text("ascii")
    assert 'CommandOf = "import shikaku." & Part & "; shikaku."' in macros
    command = "import shikaku.ribbon; shikaku.ribbon.check()"
    code = f"try:\n    exec({command!r})\nexcept ImportError:\n    pass\n"
    assert run(BARE, code, before=before)[0] == []


def test_the_excel_whose_button_was_pressed_is_told_by_its_process():
    """The window in front changes while an Excel runs: its number is another one by then."""
    excels = {100: {11: True, 12: True}, 200: {21: True}}
    code = (
        "from shikaku.excel import host\n"
        "found = host.active_app()\nwindows.ALERTS.append(str(found.pid))\n"
    )
    for window, process in ((11, "100"), (12, "100"), (21, "200")):
        assert run(excels, code, window)[:2] == [[], [process]]


def test_two_excels_and_a_window_that_has_gone_are_not_guessed_at():
    excels = {100: {11: True}, 200: {21: True}}
    code = (
        "from shikaku.excel import host\nfrom shikaku.system.errors import BookError\n"
        "host._process_of = lambda _: None\n"
        "try:\n    host.active_app()\nexcept BookError:\n    windows.ALERTS.append('no')\n"
    )
    assert run(excels, code, 99)[:2] == [[], ["no"]]


PATIENCE = """
from shikaku.excel import engine, host
engine._PAUSE, engine._ATTEMPTS = 0, 5
windows.BUSY[0] = {busy}
from xlwings._xlwindows import COMRetryObjectWrapper
app = COMRetryObjectWrapper(windows.Application(100))
engine.xlwings()
try:
    windows.ALERTS.append(app.Path)
except windows.ComError as error:
    windows.ALERTS.append(host.refusal(error).message)
windows.ALERTS.append(windows.BUSY[0])
"""


def test_a_busy_excel_is_waited_for_but_not_for_ever():
    """xlwings by itself would make the call again until Excel takes it."""
    _, (found, left), _ = run(PROTECTED, PATIENCE.format(busy=3))
    assert (found, left) == ("here", 0)
    _, (said, left), _ = run(PROTECTED, PATIENCE.format(busy=1_000))
    assert said != "here" and left == 995


def test_only_one_module_imports_xlwings_when_it_runs():
    package = Path(shikaku.__file__).parent
    found = set()
    for path in package.rglob("*.py"):
        text = path.read_text("utf-8")
        if "xlwings" not in text:
            continue
        tree = ast.parse(text)
        typing_only = {
            id(node)
            for branch in ast.walk(tree)
            if isinstance(branch, ast.If) and ast.unparse(branch.test) == "TYPE_CHECKING"
            for node in ast.walk(branch)
        }
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if "xlwings" in names and id(node) not in typing_only:
                found.add(path.relative_to(package).as_posix())
    assert found == {"excel/engine.py"}
