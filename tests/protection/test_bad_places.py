"""What is no file, or none that can be read, in each place of the command line: exit status 2 with the
way out, at once."""

import io
import os
import signal
from contextlib import redirect_stderr, redirect_stdout

import pytest
from bookparts import make
from sample_rows import people
from shikaku import cli
from shikaku.desk.collect import inbox
from shikaku.system import reading

PLACES = {
    "check": ("check", "{}"),
    "check the members": ("check", "b.xlsx", "--members", "{}"),
    "decide": ("decide", "{}", "--write"),
    "restore": ("restore", "{}", "--to", "1"),
    "purge": ("purge", "{}", "--write"),
    "received": ("received", "b.xlsx", "{}"),
    "import": ("import", "b.xlsx", "{}", "--sheet", "資格取得届"),
    "import by a mapping": (
        "import",
        "b.xlsx",
        "l.csv",
        "--sheet",
        "資格取得届",
        "--mapping",
        "{}",
    ),
    "submit's password": ("submit", "b.xlsx", "--out", "s.xlsx", "--password-file", "{}"),
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    monkeypatch.chdir(tmp_path)
    make.book(tmp_path / "b.xlsx", {"acquisition": people(1)})
    (tmp_path / "l.csv").write_text("記号,番号\n1,2\n", "utf-8")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "deep").write_text("a = " + "[" * 20_000, "utf-8")
    if os.name != "nt":
        os.mkfifo(tmp_path / "pipe")
        os.symlink(tmp_path / "ring", tmp_path / "ring")
    return tmp_path


@pytest.fixture
def no_hang():
    """A pipe that is opened waits for ever: the alarm ends the test instead."""
    if os.name != "nt":
        signal.alarm(30)
    yield
    if os.name != "nt":
        signal.alarm(0)


NAMES = ["missing", "empty", "deep", "", ".", "/", "a\0b", "x" * 300]
if os.name != "nt":
    NAMES += ["pipe", "ring", "/dev/zero", "/dev/null"]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_it_is_refused_in_words(folder, no_hang, name):
    before = (folder / "b.xlsx").read_bytes()
    for place, words in PLACES.items():
        if (name, place) == ("deep", "received"):  # a list with one line
            continue
        out = io.StringIO()
        with redirect_stdout(out), redirect_stderr(out):
            status = cli.main([word.format(name) for word in words])
        said = out.getvalue()
        assert status == 2 and "→" in said, (place, said)
        assert "思いがけない" not in said and "Error)" not in said, (place, said)
    assert (folder / "b.xlsx").read_bytes() == before


def test_a_file_that_is_refused_for_its_size_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr(inbox, "MAX_FILE", 10)
    monkeypatch.setattr(inbox.usage_log, "fingerprint", lambda path: path.name)
    for name, size in (("small.xlsx", 10), ("large.xlsx", 11)):
        (tmp_path / name).write_bytes(b"x" * size)
    marks = {item.name: item.fingerprint for item in inbox.scan(tmp_path).books}
    assert marks["small.xlsx"] == "small.xlsx" and len(marks["large.xlsx"]) == 64


def test_a_device_and_too_much_are_errors_of_the_system(tmp_path):
    (tmp_path / "f").write_bytes(b"12345")
    assert reading.bounded(tmp_path / "f", 5) == b"12345"
    for path, most in ((tmp_path / "f", 4), (tmp_path, 9), (tmp_path / "a\0b", 9)):
        with pytest.raises(OSError):
            reading.bounded(path, most)
