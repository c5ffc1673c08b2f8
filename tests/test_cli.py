"""The command line: input that is none, words that aren't known, help, JSON of every command."""

import argparse
import json
import os
import re
import subprocess
import sys

import openpyxl
import pytest
from bookparts import make, zips
from case_files import by_name, cases
from shikaku import cli
from shikaku.letters.catalogue import KINDS
from shikaku.system import resources


@pytest.fixture(autouse=True)
def _letters_here(letters_here):
    return letters_here


def test_what_the_machine_refused_is_said_in_words(tmp_path, here):
    book = make.by_openpyxl(tmp_path / "b.xlsx", {}, {"as_of": "R8.4.15"})
    (tmp_path / "file").write_text("")
    for words in (
        ["submit", book, "--out", "x.xlsx", "--password-file", "nowhere.txt"],
        ["letters", book, "--out", "file"],
        ["export", book, "--out", "file"],
        ["demo", "--out", "file"],
        ["check", "い" * 300],
        ["new", f"{'い' * 300}.xlsx"],
    ):
        done = here(*words, cwd=tmp_path)
        assert done.returncode == 2 and "→" in done.stderr
        assert not re.search("[A-Z][a-z]+Error|too long", done.stderr), done.stderr
        assert re.search(
            "見つかりません|同じ名前のファイル|名前が長すぎます|フォルダーではありません|ファイルです",
            done.stderr,
        )


@pytest.mark.parametrize("rows", [0, 1])
def test_check_says_when_there_is_no_filing_to_check(tmp_path, rows, here):
    book = make.by_openpyxl(
        tmp_path / "b.xlsx", {"acquisition": [{"name": "架空 太郎"}] * rows}, {"as_of": "R8.4.15"}
    )
    told = here("check", book, cwd=tmp_path).stdout.splitlines()[-1]
    assert ("まだ1行も入力がありません" in told) == (rows == 0)
    plain = here("check", book, "--json", cwd=tmp_path)
    assert set(json.loads(plain.stdout)) == {"book", "as_of", "counts", "findings"}


BAD = cases("cli")


@pytest.mark.parametrize("case", BAD, ids=by_name)
def test_bad_input_gets_a_message_and_status_2(case, tmp_path, here):
    path = tmp_path / case["file"]
    if "text" in case:
        path.write_text(case["text"], "utf-8")
    elif "bytes" in case:
        path.write_bytes(bytes.fromhex(case["bytes"]))
    elif "remove_sheet" in case or "remove_column" in case or case.get("blank"):
        if case.get("blank"):
            openpyxl.Workbook().save(path)
        else:
            assert here("new", path, cwd=tmp_path).returncode == 0
            book = openpyxl.load_workbook(path)
            if "remove_sheet" in case:
                del book[case["remove_sheet"]]
            else:
                sheet, label = case["remove_column"]
                cell = next(c for row in book[sheet].iter_rows() for c in row if c.value == label)
                cell.value = "べつの見出し"
                for table in list(book[sheet].tables):
                    del book[sheet].tables[table]
            book.save(path)
    commands = [
        ["check", path],
        ["run", path, "--out", tmp_path / "out"],
        ["decide", path, "--json"],
    ]
    for words in commands:
        done = here(*words, cwd=tmp_path)
        assert done.returncode == 2, (words, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr + done.stdout
        assert "→" in done.stderr
        for word in case["words"]:
            assert word in done.stderr, (word, done.stderr)
    assert not (tmp_path / "out").exists()


def test_missing_sheet_is_also_a_finding(tmp_path, here):
    assert here("new", "b.xlsx", cwd=tmp_path).returncode == 0
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    del book["資格喪失届"]
    book.save(tmp_path / "b.xlsx")
    done = here("check", "b.xlsx", "--json", cwd=tmp_path)
    assert done.returncode == 2
    found = json.loads(done.stdout)["findings"]
    assert [(f["code"], f["sheet"]) for f in found] == [("ST01", "資格喪失届")]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nonsense"],
        ["check"],
        ["check", "x.xlsx", "--as-of", "昨日"],
        ["new", "x.xlsx", "--as-of", "昨日"],  # no use for the day, but no day either
        ["new", "x.xlsx", "--samp"],
        ["letters", "x.xlsx"],
    ],
)
def test_wrong_command_line(words, tmp_path, here):
    done = here(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr and re.search(r"[ぁ-ん]", done.stderr)
    assert not done.stdout and not (tmp_path / "x.xlsx").exists()


@pytest.mark.parametrize("words", [[], ["addin"], ["submit"]])
def test_the_help_is_japanese(words, tmp_path, here):
    told = here(*words, "--help", cwd=tmp_path).stdout
    assert not re.search(r"\b(the|show|exit|usage|options)\b", told), told


def test_ctrl_c_before_the_work_has_begun(monkeypatch, capsys):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "parser", interrupted)
    assert cli.main(["check", "x.xlsx"]) == 2
    assert "中断" in capsys.readouterr().err


def test_without_a_console(tmp_path, here):
    """A scheduled task has no stdout and stderr at all."""
    assert here("new", "b.xlsx", cwd=tmp_path).returncode == 0
    words = [sys.executable, "-c", NO_CONSOLE, "check", "b.xlsx", "--json"]
    env = {**os.environ, "SHIKAKU_LOG_DIR": str(tmp_path / "log")}
    assert subprocess.run(words, cwd=tmp_path, env=env, check=False).returncode == 0


NO_CONSOLE = (
    "import sys; sys.stdout = sys.stderr = None; from shikaku import cli; sys.exit(cli.main())"
)


def test_nothing_is_written_over(tmp_path, here):
    (tmp_path / "b.xlsx").write_text("mine")
    assert here("new", "b.xlsx", cwd=tmp_path).returncode == 2
    assert (tmp_path / "b.xlsx").read_text() == "mine"


def _parsers(parser, name: str = "shikaku"):
    """(command, its parser) of every command that does something."""
    inner = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    if not inner:
        yield name, parser
    for action in inner:
        for word, one in action.choices.items():
            yield from _parsers(one, f"{name} {word}")


def test_every_command_takes_the_day_and_json():
    """contract §3: all take --as-of; a script may ask any of them for JSON."""
    found = dict(_parsers(cli.parser()))
    assert len(found) >= 20
    for name, parser in found.items():
        assert {"--as-of", "--json"} <= parser._option_string_actions.keys(), name


TOOLS = {"templates list": "kinds", "templates check": "checked", "doctor": "items",
         "log": "entries", "check --list": "checks"}  # fmt: skip


@pytest.mark.parametrize("words", TOOLS)
def test_the_tools_answer_in_json(words, tmp_path, here):
    done = here(*words.split(), "--json", "--as-of", "2026-04-15", cwd=tmp_path)
    assert done.returncode == 0 and TOOLS[words] in json.loads(done.stdout)


def test_templates_check_names_file_and_place_of_each_fault_and_nothing_else(tmp_path, here):
    done = here("templates", "check", "--json", cwd=tmp_path)
    assert json.loads(done.stdout) == {"checked": len(KINDS), "problems": []}
    parts = zips.parts(resources.folder("templates") / "notice.docx")
    body = parts["word/document.xml"].replace(b"{{ to_name", b"{{ to_nam", 1)
    (tmp_path / "own").mkdir()
    own = zips.packed(parts | {"word/document.xml": body})
    (tmp_path / "own" / "notice.docx").write_bytes(own)
    done = here("templates", "check", "--templates", "own", "--json", cwd=tmp_path)
    (problem,) = json.loads(done.stdout)["problems"]
    assert done.returncode == 1
    assert (problem["template"], problem["severity"]) == ("notice.docx", "error")
    assert "to_nam" in problem["paragraph"] and "to_name" in problem["hint"]
