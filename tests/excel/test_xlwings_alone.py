"""A click's process: xlwings is there, pandas is not, and can be had afterwards."""

import json
import subprocess
import sys

import pytest
from shikaku.install import sources

LOADED = "import sys, json; print(json.dumps([m in sys.modules for m in ('xlwings', 'pandas')]))"


def loaded(code: str) -> list[bool]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{LOADED}"], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "code",
    [
        "from shikaku.excel import xlwings_alone as a; a.load()",
        "import shikaku.excel.xlwings_alone as alone;alone.load();import xlwings.utils;"
        "xlwings.utils.prepare_sys_path('false;;;;;;'); import shikaku.ribbon",
        "import contextlib; from shikaku.excel import host\n"
        "with contextlib.suppress(Exception): host.active_app()\n",
    ],
    ids=["load", "the add-in's command line", "a function of ours first"],
)
def test_pandas_stays_out(code):
    assert loaded(code) == [True, False]


def test_pandas_comes_when_asked():
    code = "from shikaku.excel import xlwings_alone as a; a.load(); import pandas, numpy, PIL"
    assert loaded(code) == [True, True]


def test_what_is_loaded_already_stays():
    assert loaded("import pandas; from shikaku.excel import xlwings_alone as a; a.load()") == [
        True,
        True,
    ]


def test_both_systems_start_that_way():
    start = "import shikaku.excel.xlwings_alone as alone;alone.load();import xlwings.utils;"
    assert any(start in new for _, _, new in sources.EDITS)
    assert any(start in new for _, _, new in sources.SCRIPT_EDITS)
