"""An individual number in a wrong cell, in every spelling, goes through the whole job and shows up
nowhere: not in file names, Word files, lists, the screen or a log."""

import io
import re
import zipfile
from contextlib import redirect_stderr, redirect_stdout

import openpyxl
import pytest
from desk_books import book, clean, put
from shikaku import cli

NUMBER = "000000037370"
SPELT = {
    "six and six": "000000-037370",
    "three, four, five": "000-0000-37370",
    "digit by digit": "0-0-0-0-0-0-0-3-7-3-7-0",
    "two spaces": "0000  0003  7370",
    "soft hyphens": "0000\u00ad0003\u00ad7370",
    "thousands": "000,000,037,370",
    "a day before it": "20260415000000037370",
    "Unicode's own digits": "𝟎𝟎𝟎𝟎𝟎𝟎𝟎𝟑𝟕𝟑𝟕𝟎",
}
CELL = 60000000011  # a number cell: its zero is lost


def run(*words: str) -> str:
    out = io.StringIO()
    with redirect_stdout(out), redirect_stderr(out):
        status = cli.main(list(words))
    assert status in (0, 1) and "思いがけない" not in out.getvalue()
    return out.getvalue()


def digits(text: str) -> str:
    return re.sub("[^0-9]", "", text)


def texts(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = (archive.read(n).decode("utf-8", "replace") for n in archive.namelist())
        return "\n".join(re.sub("<[^>]*>", "", part) for part in parts)


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))
    monkeypatch.chdir(tmp_path)


def assert_silent(folder, said: str, number: str) -> None:
    assert number not in digits(said)
    for path in folder.rglob("*"):
        assert number not in digits(path.name)
        if path.suffix == ".docx":
            assert number not in digits(texts(path.read_bytes())), path.name
        elif path.suffix in (".csv", ".json") and path.is_file():
            assert not any(
                number in digits(line) for line in path.read_text("utf-8-sig").splitlines()
            )


@pytest.mark.parametrize("name", SPELT)
def test_in_a_name_a_department_a_remark(name, tmp_path):
    people = clean(3)
    for key, row in zip(("name", "department", "remarks"), people, strict=True):
        row[key] = f"見本 {SPELT[name]}"
        row |= {"myna_status": "利用登録なし", "status_checked": "2026-04-01"}
    path = put(tmp_path / "b.xlsx", book(members=people))
    findings = run("check", "b.xlsx", "--json", "--as-of", "2026-04-15")
    assert findings.count('"MN17"') == 3
    said = findings + run(
        "run", "b.xlsx", "--out", "o", "--format", "docx", "--as-of", "2026-04-15"
    )
    said += run("tidy", "b.xlsx") + run("decide", "b.xlsx", "--json")
    assert_silent(tmp_path / "o", said, NUMBER)
    written = openpyxl.load_workbook(path)
    for sheet in ("発行履歴", "返納管理", "資格確認書判定", "検証結果"):
        cells = (str(c.value) for row in written[sheet].iter_rows() for c in row if c.value)
        assert not any(NUMBER in digits(text) for text in cells), sheet


def test_a_number_cell_that_lost_its_zero(tmp_path):
    people = clean(1)
    people[0] |= {"number": CELL, "myna_status": "利用登録なし", "status_checked": "2026-04-01"}
    put(tmp_path / "b.xlsx", book(members=people))
    said = run("run", "b.xlsx", "--out", "o", "--format", "docx", "--as-of", "2026-04-15")
    said += run("decide", "b.xlsx", "--json")
    assert_silent(tmp_path / "o", said, str(CELL))
    assert run("check", "b.xlsx", "--json").count('"MN17"') == 1


@pytest.mark.parametrize("name", ["届出_000000037370.xlsx", "0000-0003-7370.xlsx", "２０２６０４１５000000037370.xlsx"])  # fmt: skip
def test_in_the_name_of_a_file_without_a_sheet(name, tmp_path, capsys):
    put(tmp_path / "b.xlsx", book(members=clean(1)))
    broken = openpyxl.load_workbook(tmp_path / "b.xlsx")
    del broken["資格喪失届"]
    broken.save(tmp_path / name)
    for words in (["check", name, "--json"], ["check", name], ["decide", name], ["letters", name, "--out", "o"]):  # fmt: skip
        assert cli.main(words) == 2
        said = "".join(capsys.readouterr())
        assert said and NUMBER not in digits(said)


@pytest.mark.parametrize("char", ["\x1b[31m", "\x07", "\x9b2J"], ids=ascii)
def test_what_drives_a_terminal_is_seen(char, tmp_path, capsys):
    people = clean(1)
    people[0] |= {"address": f"東京都千代田区{char}1-1"}
    name = f"b{char}.xlsx"
    put(tmp_path / name, book(members=clean(1)))
    cli.main(["decide", name])
    cli.main(["check", f"not there{char}.xlsx"])
    cli.main(["check", "--json", name])
    assert not re.search("[\x07\x1b\x9b]", "".join(capsys.readouterr()))
