"""What a console of another encoding gets: programs UTF-8, people no 「?」 (issue: Japanese Windows)."""

import json
import os
import subprocess
import sys

import pytest
from bookparts import make
from sample_rows import ACQUISITION

ENV = {**os.environ, "PYTHONUTF8": "0", "PYTHONPATH": os.pathsep.join(sys.path)}
NAME = "𠮷田 太郎"


def said(*words: object, encoding: str) -> bytes:
    done = subprocess.run(
        [sys.executable, "-m", "shikaku", *map(str, words)],
        env={**ENV, "PYTHONIOENCODING": encoding},
        capture_output=True,
        timeout=120,
    )
    assert done.returncode in (0, 1), done.stderr.decode(encoding, "replace")
    return done.stdout


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("console") / "b.xlsx"
    return make.book(path, {"acquisition": [ACQUISITION | {"name": NAME}]})


@pytest.mark.parametrize("encoding", ["cp932", "ascii", "latin-1"])
def test_json_is_utf_8_whatever_the_console(book, encoding):
    told = json.loads(said("decide", book, "--json", encoding=encoding).decode("utf-8"))
    assert told["people"][0]["name"] == NAME
    json.loads(said("schema", "check", encoding=encoding).decode("utf-8"))


def test_a_glyph_that_the_console_lacks_is_written_otherwise(book):
    text = said("decide", book, encoding="cp932").decode("cp932")
    assert "吉田" in text
    assert "?" not in text


@pytest.mark.parametrize(
    ("text", "printed"),
    [("𠮷田", "吉田"), ("髙橋 ①", "髙橋 ①"), ("한", "〓"), ("葛\U000e0100城", "葛城")],
)
def test_other_forms(text, printed):
    code = (
        "from shikaku.system import streams, terminal\n"
        f"with streams.tolerant(): terminal.say([{text!r}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**ENV, "PYTHONIOENCODING": "cp932"},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.decode("cp932").strip() == printed
