"""What fails after the workbook was written changes neither the outcome nor what is said of it."""

import json
import os
import subprocess
import sys

import pytest
from desk_books import book, clean, put
from paths import PRODUCT
from shikaku import cli
from shikaku.desk import leftovers
from shikaku.returns import report_sheet as report
from shikaku.system.errors import BookError
from shikaku.workbook.closed_file import ClosedBook

DAY = ("--as-of", "2026-04-15")


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    return put(tmp_path / "b.xlsx", book(acquisition=clean(3)))


def logged(tmp_path) -> list[str]:
    lines = (tmp_path / "log" / "audit.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["what"] for line in lines]


def history(path) -> int:
    return len(ClosedBook(path).read().tables["history"].rows)


def command(*words, **streams) -> int:
    environment = {**os.environ, "PYTHONPATH": str(PRODUCT)}
    line = [sys.executable, "-m", "shikaku", *map(str, words)]
    return subprocess.run(line, env=environment, timeout=120, check=False, **streams).returncode


def test_a_summary_in_the_way_costs_neither_record_nor_status(place, tmp_path, capsys):
    (tmp_path / "out" / "summary.json").mkdir(parents=True)
    words = ("letters", place, "--out", tmp_path / "out", "--format", "docx", *DAY)
    # 1: kinds for which 設定 says too little are no letters that could not be recorded.
    assert cli.main([str(word) for word in words]) in (0, 1)
    assert history(place) and logged(tmp_path) == ["letters"]
    assert "summary.json" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["letters", "remind"])
def test_a_reader_that_is_gone_costs_neither_record_nor_status(place, tmp_path, name):
    read, write = os.pipe()
    os.close(read)
    words = (name, place, "--out", tmp_path / "out", "--format", "docx", *DAY)
    assert command(*words, stdout=write, stderr=write) in (0, 1)
    os.close(write)
    assert logged(tmp_path) == [name] and (name == "remind" or history(place))


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="Linux の /dev/full がありません。")
@pytest.mark.parametrize("words", [("--json",), ()])
def test_a_full_output_keeps_the_jobs_status(place, words):
    clean_status = command("check", place, *DAY, stdout=subprocess.DEVNULL)
    with open("/dev/full", "w") as full:
        assert command("check", place, *words, *DAY, stdout=full) == clean_status
        assert command("check", place, *words, *DAY, stdout=full, stderr=full) == clean_status
        assert command("check", place.with_name("none.xlsx"), stderr=full) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="ほかの系では名前が UTF-8 に限られます。")
def test_names_that_are_no_utf8(place, tmp_path):
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.xlsx")
    os.rename(place, odd)
    out = os.fsdecode(os.fsencode(tmp_path) + b"/out\xff")
    status = command("run", odd, "--out", out, "--format", "docx", *DAY)
    assert status in (0, 1) and logged(tmp_path) == ["run"]


def test_a_report_that_cannot_be_made_leaves_the_workbook(place, tmp_path, monkeypatch, capsys):
    def fail(*_):
        raise BookError("書けません。")

    monkeypatch.setattr(report, "build", fail)
    old = place.read_bytes()
    words = ("returns", place, "--write", "--report", tmp_path / "r.xlsx", *DAY)
    assert cli.main([str(word) for word in words]) == 2
    assert place.read_bytes() == old and "終わっています" not in capsys.readouterr().err


@pytest.mark.parametrize("error", [BookError("読めません。"), OSError(5, "x")], ids=["book", "os"])
def test_an_erasure_is_said_and_logged_though_the_rest_cannot_be_searched(
    place, tmp_path, monkeypatch, capsys, error
):
    people = clean(3)
    people[0]["filed"] = "H29.4.1"
    people[0]["acquired"] = "H29.3.28"
    put(place, book(acquisition=people))

    def fail(*_):
        raise error

    monkeypatch.setattr(leftovers, "leftovers", fail)
    assert cli.main(["purge", str(place), "--write", *DAY]) == 0
    assert logged(tmp_path) == ["purge"] and history(place) == 1
    assert "確かめられません" in capsys.readouterr().out


def test_an_error_after_the_commit_never_says_unchanged(place, tmp_path, monkeypatch, capsys):
    from shikaku.system import usage_log

    def fail(*_):
        raise MemoryError

    monkeypatch.setattr(usage_log, "write", fail)
    assert cli.main(["check", str(place), "--write", *DAY]) == 2
    said = capsys.readouterr().err
    assert "変わっていません" not in said and "終わっています" in said
