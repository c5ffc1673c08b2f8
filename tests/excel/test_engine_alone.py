"""A click's process: xlwings is there, pandas is not, and can be had afterwards."""

import json
import subprocess
import sys

import pytest

LOADED = "import sys, json; print(json.dumps([m in sys.modules for m in ('xlwings', 'pandas')]))"


def loaded(code: str) -> list[bool]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{LOADED}"], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "code",
    [
        "from shikaku.excel import engine; engine.xlwings()",
        "import contextlib; from shikaku.excel import host\n"
        "with contextlib.suppress(Exception): host.active_app()\n",
    ],
    ids=["load", "a button"],
)
def test_pandas_stays_out(code):
    assert loaded(code) == [True, False]


def test_pandas_comes_when_asked():
    code = "from shikaku.excel import engine; engine.xlwings(); import pandas, numpy, PIL"
    assert loaded(code) == [True, True]


def test_what_is_loaded_already_stays():
    assert loaded("import pandas; from shikaku.excel import engine; engine.xlwings()") == [
        True,
        True,
    ]
