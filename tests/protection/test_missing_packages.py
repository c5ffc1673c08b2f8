"""A package that is gone (from the machine, or one day from PyPI) costs what needs it, nothing else.

Each is hidden from a process of its own. The young packages of one person each (rdocx, the fonts)
are those without which letters still come out as PDF where LibreOffice is.
"""

import os
import shutil
import subprocess
import sys

import pytest
from office import soffice
from paths import PRODUCT

HIDING = """
import importlib.util, os, sys
hidden = set(os.environ["HIDDEN"].split(","))

class Hidden:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hidden())
found = importlib.util.find_spec
importlib.util.find_spec = lambda name, package=None: (
    None if name.partition(".")[0] in hidden else found(name, package)
)
"""
"""A ``sitecustomize``: every process of the run has it, the workers as well."""

YOUNG = ("rdocx", "noto_cjk_sans_jp_regular", "noto_cjk_sans_jp_bold", "manimgx_fonts")
NEEDED = {
    "docxtpl": ("letters", "templates"),
    "pikepdf": ("letters",),
    "msoffcrypto": ("submit",),
    "pyopenvba": ("addin",),
}
"""Package → the commands that can't do without it; ``check`` can do without any of them."""


@pytest.fixture
def run(sample, tmp_path):
    book = shutil.copy(sample, tmp_path / "b.xlsx")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(HIDING, "utf-8")
    (tmp_path / "password").write_text("long-and-unusual-9\n", "utf-8")
    words = {
        "check": [book],
        "letters": [book, "--out", tmp_path / "out", "--kind", "late-filing"],
        "submit": [book, "--out", tmp_path / "s.xlsx", "--password-file", tmp_path / "password"],
        "addin": ["build", "--out", tmp_path / "a.xlam"],
        "templates": ["check"],
    }
    path = os.pathsep.join((str(tmp_path / "site"), str(PRODUCT)))
    env = {**os.environ, "PYTHONPATH": path, "SHIKAKU_LOG_DIR": str(tmp_path / "log")}

    def started(hidden, command):
        options = [*map(str, words[command]), *(["--allow-errors"] if command == "submit" else [])]
        return subprocess.run(
            [sys.executable, "-m", "shikaku", command, *options],
            env=env | {"HIDDEN": hidden},
            capture_output=True,
            text=True,
            timeout=120,
        )

    return started


@pytest.mark.parametrize("package", YOUNG)
def test_letters_come_out_without_a_young_package(package, run, tmp_path):
    soffice()  # the other way to a PDF
    done = run(package, "letters")
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "out").rglob("*.pdf")) and list((tmp_path / "out").rglob("*.docx"))


@pytest.mark.parametrize(
    ("package", "command"), [(name, command) for name, all_ in NEEDED.items() for command in all_]
)
def test_what_needs_it_says_its_name_and_the_way_out(package, command, run):
    done = run(package, command)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert package in done.stderr and "pip install" in done.stderr


def test_checking_needs_none_of_them(run):
    done = run(",".join((*YOUNG, *NEEDED)), "check")
    assert done.returncode == 1, done.stderr  # the sample's errors
