"""The icon and the set-up files: what they start, and that they are what each system reads."""

import importlib.util
import os
import re
import shlex
import stat
import subprocess
import sys

import pytest
from paths import PRODUCT
from shikaku import cli
from shikaku.app import shortcut

PATHS = ("/opt/py thon/bin/python3", "/home/山田/100%/py$x/bin/python", "/a/`b`/python")


@pytest.mark.parametrize("python", PATHS)
def test_the_macs_icon_starts_this_python_and_no_other_word(python):
    name, content = shortcut.text("darwin", python)
    assert name.endswith(".command")
    first, second, *rest = content.decode().splitlines()
    words = shlex.split(second)
    assert (first, words[:5], rest) == (
        "#!/bin/sh",
        ["exec", python, "-m", "shikaku", "app"],
        [],
    )


@pytest.mark.parametrize("python", PATHS)
def test_linux_reads_the_entry_back_as_this_python(python):
    """Exec is quoted twice, as the Desktop Entry Specification has it: as a value, as a word."""
    name, content = shortcut.text("linux", python)
    assert name.endswith(".desktop")
    line = next(x for x in content.decode().splitlines() if x.startswith("Exec="))
    value = line.removeprefix("Exec=").replace("\\\\", "\\")
    assert value.startswith('"') and "%f" in value
    word = value[1 : value.index('" -m')]
    plain = word.replace("%%", "%")
    for sign in '"`$\\':
        plain = plain.replace(f"\\{sign}", sign)
    assert plain == python


def test_windows_starts_it_without_a_console_and_with_what_is_dropped():
    name, content = shortcut.text("win32", r"C:\Users\山田\50%\Scripts\python.exe")
    assert name.endswith(".cmd") and content.count(b"\r\n") == content.count(b"\n") == 3
    assert b"chcp 65001" in content
    assert r'"C:\Users\山田\50%%\Scripts\pythonw.exe" -m shikaku app %*' in content.decode()


@pytest.mark.skipif(sys.platform == "win32", reason="no run bit on Windows")
def test_the_command_puts_it_on_the_desktop(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(shortcut, "desktop", lambda: tmp_path / "Desktop")
    assert cli.main(["app", "--shortcut"]) == 0
    (made,) = (tmp_path / "Desktop").iterdir()
    assert made.stat().st_mode & stat.S_IXUSR and str(made) in capsys.readouterr().out


def test_a_desktop_that_takes_nothing_is_reported(tmp_path, monkeypatch, capsys):
    (tmp_path / "Desktop").write_text("a file")
    monkeypatch.setattr(shortcut, "desktop", lambda: tmp_path / "Desktop")
    assert cli.main(["app", "--shortcut"]) == 2
    assert "デスクトップ" in capsys.readouterr().err


# ---------------------------------------------------------------- set-up by a double click


def test_the_set_up_for_windows_is_what_cmd_reads():
    data = (PRODUCT / "setup-windows.cmd").read_bytes()
    text = data.decode("cp932")
    assert data.count(b"\n") == data.count(b"\r\n") > 20 and not data.startswith(b"\xef\xbb")
    steps = [text.index(x) for x in ("-m venv", "pip install", '".[app,fonts]"', "app --shortcut")]
    assert steps == sorted(steps)


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script")
@pytest.mark.parametrize(("answer", "status"), [(0, 0), (1, 2)], ids=["works", "fails"])
def test_the_set_up_makes_the_environment_and_the_icon(tmp_path, answer, status):
    """Run by the shell with a Python that notes what it is asked for."""
    notes = tmp_path / "asked"
    home = tmp_path / "home"
    fake = f"""#!/bin/sh
echo "$@" >> {notes}
case "$*" in
  *venv*) for last; do :; done; mkdir -p "$last/bin"; cp "$0" "$last/bin/python" ;;
  *shortcut*) exit {answer} ;;
esac
"""
    (tmp_path / "bin").mkdir()
    script = PRODUCT / "setup-mac-linux.command"
    for name in re.findall(r"\bpython3[.\d]*", script.read_text("utf-8")):
        (tmp_path / "bin" / name).write_text(fake)
        (tmp_path / "bin" / name).chmod(0o755)
    env = {"PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin", "HOME": str(home), "LC_ALL": "C.UTF-8"}
    assert os.access(script, os.X_OK)
    done = subprocess.run([script], env=env, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == status, done.stderr
    asked = notes.read_text().splitlines()[1:]
    assert [x.split()[:4][-1] for x in asked[1:]] == ["--quiet", "--shortcut"]
    assert ".[app,fonts]" in asked[1] and asked[0].startswith("-m venv")
    assert ("できました" in done.stdout) is (status == 0)


def test_what_pypi_has_lost_is_left_out(monkeypatch, capsys):
    """pip refuses the young packages; everything else is installed, and the product is."""
    spec = importlib.util.spec_from_file_location("setup_without", PRODUCT / "setup_without.py")
    setup = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(setup)
    asked = []

    def pip(*words):
        asked.append(words)
        return not any(word.startswith(tuple(setup.YOUNG)) for word in words)

    monkeypatch.setattr(setup, "install", pip)
    assert setup.main() == 0
    assert asked[1] == ("--no-deps", ".") and len(asked) == 2 + len(setup.YOUNG)
    assert any(word.startswith("lxml") for word in asked[0])
    said = capsys.readouterr().out
    assert all(name in said for name in setup.YOUNG)
