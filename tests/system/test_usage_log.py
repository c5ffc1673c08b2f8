"""``shikaku log``: who, when, what, how many, which workbook, in plain words; nobody's data."""

import json
import os
import re
import sys
from dataclasses import replace

import pytest
from desk_books import PASSWORD, book, clean, content, numbers_in, put, rendered
from paths import PACKAGE
from shikaku import cli
from shikaku.jobs import doctor, log
from shikaku.system import usage_log

DAY = ("--as-of", "2026-04-15")


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    monkeypatch.chdir(tmp_path)
    people = clean(3)
    people[0]["filed"] = "R2.4.1"
    put(tmp_path / "b.xlsx", book(acquisition=people, loss=people[1:2]))
    put(tmp_path / "inbox" / "b.xlsx", book(acquisition=people))
    (tmp_path / "pw.txt").write_text(PASSWORD, "utf-8")
    (tmp_path / "s.csv").write_text("記号,番号,生年月日,登録状況\n1,2,H2.1.2,解除\n", "utf-8-sig")
    return tmp_path


COMMANDS = {
    "check": ("check", "b.xlsx"),
    "tidy": ("tidy", "b.xlsx"),
    "decide": ("decide", "b.xlsx"),
    "letters": ("letters", "b.xlsx", "--out", "o", "--format", "docx"),
    "returns": ("returns", "b.xlsx", "--write"),
    "remind": ("remind", "b.xlsx", "--out", "o", "--format", "docx"),
    "run": ("run", "b.xlsx", "--out", "o", "--format", "docx"),
    "submit": ("submit", "b.xlsx", "--out", "c.xlsx", "--password-file", "pw.txt"),
    "collect": ("collect", "inbox", "--out", "w.xlsx"),
    "status-import": ("status-import", "b.xlsx", "s.csv"),
    "export": ("export", "b.xlsx", "--out", "e"),
    "purge": ("purge", "b.xlsx", "--write"),
}


def test_every_command_leaves_a_line_that_anybody_can_read(place, capsys):
    for words in COMMANDS.values():
        assert cli.main([*words, *DAY]) in (0, 1), words
    capsys.readouterr()
    assert cli.main(["log"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(COMMANDS)
    for (name, words), line in zip(COMMANDS.items(), lines, strict=True):
        assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d  ", line) and f"({name})" in line, words
        assert line.endswith(("完了", "中止")) and re.search(r"指紋 [0-9a-f]{12}  ", line), line
        assert not re.search(r"[a-z_]+ \d", line.replace("指紋", "")), (
            line
        )  # no key of ours is left
    text = "\n".join(lines) + (place / "log" / "audit.jsonl").read_text("utf-8")
    people = clean(3)
    assert not numbers_in(text) and not [p for p in people if p["name"] in text]
    assert cli.main(["log", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)["entries"]
    assert [e["what"] for e in entries] == list(COMMANDS)


@pytest.mark.parametrize(
    "line",
    ['{"what": ["x"], "counts": 5, "outcome": [], "when": {}}', "{}", '{"when": "gestern"}', "[1]"],
)
def test_a_line_that_somebody_has_spoilt(tmp_path, monkeypatch, line):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path))
    (tmp_path / "audit.jsonl").write_text(line + "\n", "utf-8")
    usage_log.write("check", tmp_path / "none.xlsx", {"error": 2})
    assert "エラー 2" in log.log().lines()[-1]


def test_an_empty_log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path))
    assert log.log().lines() == ["利用記録はまだありません。"] and log.log().to_json() == {
        "entries": [],
        "groups": [],
    }


def test_sums_by_clerk_and_book(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path))
    for who, name, count in (("佐藤", "a.xlsx", 2), ("田中", "a.xlsx", 3), ("佐藤", "b.xlsx", 5)):
        monkeypatch.setattr(usage_log, "_user", lambda who=who: who)
        usage_log.write("check", tmp_path / name, {"error": count})
    assert [(g["name"], g["runs"], g["counts"]) for g in log.log("clerk").groups()] == [
        ("佐藤", 2, {"error": 7}),
        ("田中", 1, {"error": 3}),
    ]
    assert [(g["name"], g["runs"]) for g in log.log("book").groups()] == [
        ("a.xlsx", 2),
        ("b.xlsx", 1),
    ]
    assert "エラー 7" in log.log("clerk").lines()[0]
    assert log.log("clerk", tmp_path).groups() == log.log("clerk").groups()


def test_doctor_says_when_nothing_can_be_logged(place, monkeypatch):
    def told():
        return next(item for item in doctor.examine().items if item[1] == "利用記録")

    assert told()[0] == "ok" and not list(usage_log.entries())
    (place / "file").write_text("")
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(place / "file"))
    assert told()[0] == "bad"
    assert cli.main(["check", "b.xlsx", *DAY]) == 1  # the work itself goes on


# ------------------------------------------------------------------ a log that an office shares


def with_log(folder: str) -> bytes:
    made = content("株式会社みほん", "1201", acquisition=clean(1))
    return rendered(replace(made, settings=made.settings | {"log_folder": folder}), prepared=3)


def lines_of(folder) -> list[dict]:
    return [json.loads(line) for line in (folder / "audit.jsonl").read_text("utf-8").splitlines()]


def test_the_setting_names_a_folder_where_every_line_goes_too(place, capsys):
    shared = place / "記録"
    shared.mkdir(mode=0o770)
    shared.chmod(0o770)
    put(place / "b.xlsx", with_log(str(shared)))
    assert cli.main(["check", "b.xlsx", *DAY]) in (0, 1)
    assert lines_of(shared) == lines_of(place / "log")
    mode = (shared / "audit.jsonl").stat().st_mode & 0o777
    assert mode & 0o007 == 0 and mode & 0o600 == 0o600
    assert not capsys.readouterr().err


def test_a_folder_beside_the_workbook_may_be_named_without_its_path(place):
    (place / "共有").mkdir()
    put(place / "b.xlsx", with_log("共有"))
    assert cli.main(["decide", "b.xlsx", *DAY]) == 0
    assert [e["what"] for e in lines_of(place / "共有")] == ["decide"]


def test_the_environment_names_one_for_workbooks_that_name_none(place, monkeypatch):
    (place / "部").mkdir()
    monkeypatch.setenv("SHIKAKU_SHARED_LOG", str(place / "部"))
    assert cli.main(["check", "b.xlsx", *DAY]) in (0, 1)
    assert [e["what"] for e in lines_of(place / "部")] == ["check"]


def test_a_workbook_leads_to_no_server_but_its_own(place, monkeypatch, capsys):
    """Windows logs on where a path leads; the environment, which the office sets, may name any."""
    put(place / "b.xlsx", with_log(r"\\elsewhere\log"))
    assert cli.main(["check", "b.xlsx", *DAY]) in (0, 1)
    assert "SHIKAKU_SHARED_LOG" in capsys.readouterr().err
    (place / "office").mkdir()
    monkeypatch.setenv("SHIKAKU_SHARED_LOG", str(place / "office"))
    assert cli.main(["check", "b.xlsx", *DAY]) in (0, 1)
    assert "SHIKAKU_SHARED_LOG" not in capsys.readouterr().err
    assert len(lines_of(place / "office")) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own there")
@pytest.mark.parametrize("file", ["link", "pipe"])
def test_what_somebody_has_put_in_the_logs_place_is_not_written_to(place, monkeypatch, file):
    """In a folder for all: a link would lead the line into another file, a pipe hold the work up."""
    shared, other = place / "office", place / "other"
    shared.mkdir()
    other.write_text("")
    if file == "link":
        (shared / "audit.jsonl").symlink_to(other)
    else:
        os.mkfifo(shared / "audit.jsonl")
    monkeypatch.setenv("SHIKAKU_SHARED_LOG", str(shared))
    usage_log.write("check", place / "b.xlsx", {"error": 2})
    assert other.read_text() == "" and list(usage_log.entries())


def test_a_shared_folder_that_is_not_there_is_said_and_stops_nothing(place, capsys):
    put(place / "b.xlsx", with_log("どこにもない"))
    assert cli.main(["decide", "b.xlsx", *DAY]) == 0
    assert "どこにもない" in capsys.readouterr().err
    assert not (place / "どこにもない").exists()
    assert [e["what"] for e in lines_of(place / "log")] == ["decide"]


def test_the_log_follows_a_workbook_by_its_id(place):
    assert cli.main(["check", "b.xlsx", "--write", *DAY]) in (0, 1)
    (place / "b.xlsx").rename(place / "c.xlsx")
    assert cli.main(["check", "c.xlsx", "--write", *DAY]) in (0, 1)
    assert cli.main(["decide", "c.xlsx", *DAY]) == 0
    first, second, third = lines_of(place / "log")
    assert first["book"] == "" and second["book"] == third["book"] != ""
    assert len({e["workbook"] for e in (first, second)}) == 2


def test_every_command_that_is_logged_has_a_word():
    """``print`` and ``labels`` stood in a clerk's list by their English names."""
    sources = [path.read_text("utf-8") for path in PACKAGE.rglob("*.py")]
    logged = {
        name for text in sources for name in re.findall(r'usage_log\.write\(\s*"([a-z-]+)"', text)
    }
    assert len(logged) > 20 and logged <= set(log._COMMANDS)
