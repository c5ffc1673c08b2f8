"""``shikaku new --protect``: the formulas are locked and nothing else; every command works on it."""

import json
import re
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from office import convert, validate
from shikaku import cli
from shikaku.jobs.case import Case
from shikaku.jobs.new import new
from shikaku.model.schema import FILINGS, schema
from shikaku.system import encryption
from shikaku.template import builder
from shikaku.template.protection import COST
from shikaku.workbook.closed_file import ClosedBook

pytestmark = pytest.mark.filterwarnings("ignore:Print area:UserWarning")

LOCKED = (*FILINGS, "ledger")
ALWAYS = ("cover", "settings", "codes")


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


ROWS = 60
"""Prepared rows: more than the sample fills, fewer than the 500 that a user gets."""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    target = tmp_path_factory.mktemp("made") / "届出.xlsx"
    new(target, sample=True, protect=True, rows=ROWS)
    return target


@pytest.fixture
def path(made, tmp_path):
    return Path(shutil.copy(made, tmp_path))


def parts(path) -> dict[str, str]:
    """The styles, and the XML of every sheet by its key."""
    with zipfile.ZipFile(path) as package:
        found = {
            key: package.read(f"xl/worksheets/sheet{number}.xml").decode("utf-8")
            for number, key in enumerate(schema().sheets, 1)
        }
        return found | {"styles": package.read("xl/styles.xml").decode("utf-8")}


def protections(path) -> dict[str, str]:
    """Sheet key → its <sheetProtection> as it stands in the file."""
    tags = {key: re.search(r"<sheetProtection[^>]*>", xml) for key, xml in parts(path).items()}
    return {key: tag[0] for key, tag in tags.items() if tag}


def locks(path) -> list[str]:
    """Cells of the sheets with formulas that are locked and shouldn't be, or the other way round:
    one by one where they are in the file, by column where they aren't (that is all the rest,
    down to the sheet's last row)."""
    found = parts(path)
    cells = re.search(r"<cellXfs.*?</cellXfs>", found["styles"], re.S)[0]
    locked = [
        not re.search('locked="(0|false)"', tag)
        for tag in re.findall(r"<xf [^>]*/>|<xf .*?</xf>", cells, re.S)
    ]
    wrong = []
    for key in LOCKED:
        formulas = [column.type == "formula" for column in schema().sheets[key].columns.values()]
        seen = re.findall(r'<c r="([A-Z]+)(\d+)"(?: s="(\d+)")?', found[key])
        assert len(seen) > 5 * ROWS
        for letters, row, style in seen:
            number = openpyxl.utils.column_index_from_string(letters)
            if locked[int(style or 0)] != (row == "1" or formulas[number - 1]):
                wrong.append(f"{key} {letters}{row}")
        for number, wanted in enumerate([*formulas, False], 1):
            if locked[_column_style(found[key], number)] != wanted:
                wrong.append(f"{key} column {number}")
    return wrong


def _column_style(xml: str, number: int) -> int:
    for tag in re.findall(r"<col [^>]*/>", xml):
        values = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if int(values["min"]) <= number <= int(values["max"]):
            return int(values.get("style", 0))
    return 0


def test_formulas_and_headings_are_locked_and_nothing_else(path):
    assert locks(path) == []


def test_everything_that_can_be_allowed_is_and_no_password_is_needed(path):
    found = protections(path)
    assert set(found) == {*LOCKED, *ALWAYS}
    for key in LOCKED:
        values = dict(re.findall(r'(\w+)="([^"]*)"', found[key]))
        assert values.pop("sheet") == "1"
        assert set(values.values()) == {"0"}
        assert set(values) == {
            *("formatCells", "formatColumns", "formatRows", "insertColumns", "insertRows"),
            *("insertHyperlinks", "deleteColumns", "deleteRows", "sort", "autoFilter"),
            "pivotTables",
        }
    assert not re.search("password|hashValue|algorithmName", "".join(found.values()))


def test_the_default_stays_open(tmp_path):
    new(tmp_path / "open.xlsx")
    assert set(protections(tmp_path / "open.xlsx")) == set(ALWAYS)
    assert "シートの保護" not in _cover(tmp_path / "open.xlsx")


def _cover(path) -> str:
    sheet = openpyxl.load_workbook(path)[schema().sheets["cover"].name]
    return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)


def test_what_it_costs_is_said_where_people_look(tmp_path, capsys):
    target = tmp_path / "b.xlsx"
    assert cli.main(["new", str(target), "--protect", "--rows", "5"]) == 0
    assert COST in capsys.readouterr().out
    assert COST in _cover(target)
    for word in ("パスワードなし", "下へ表が伸びず", "並べ替え", "校閲", "シート保護の解除"):
        assert word in COST
    with pytest.raises(SystemExit):
        cli.main(["new", "--help"])
    told = re.sub(r"\s", "", capsys.readouterr().out)
    assert "--protect" in told and "シート保護の解除" in told and "並べ替え" in told


def test_json_says_that_it_is_protected(tmp_path, capsys):
    for name, words in (("a", []), ("b", ["--protect"])):
        words = [*words, "--rows", "5"]
        assert cli.main(["new", str(tmp_path / f"{name}.xlsx"), "--json", *words]) == 0
        assert json.loads(capsys.readouterr().out)["protected"] == ("--protect" in words)


def test_the_same_bytes_each_time_and_nothing_against_the_format(path, tmp_path):
    new(tmp_path / "again.xlsx", sample=True, protect=True, rows=ROWS)
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()
    new(tmp_path / "blank.xlsx", protect=True, rows=1)
    new(tmp_path / "whole.xlsx", sample=True, protect=True)
    assert (tmp_path / "whole.xlsx").stat().st_size < 400_000
    for name in ("blank", "again"):  # of the whole one the further rows are like these
        assert validate(tmp_path / f"{name}.xlsx") == ""


COMMANDS = ("check", "tidy", "decide", "returns", "purge")


def test_every_writing_command_writes_and_leaves_the_protection(path, tmp_path, capsys):
    """The same as on an open workbook, with the same locks afterwards, on new rows, too."""
    open_ = tmp_path / "open.xlsx"
    builder.build(open_, sample=True)
    before = protections(path)
    for command in COMMANDS:
        said = []
        for book in (path, open_):
            status = cli.main([command, str(book), "--write", "--json", "--as-of", "2026-05-20"])
            assert status in (0, 1), (command, capsys.readouterr().err)
            said.append(json.loads(capsys.readouterr().out) | {"book": ""})
        assert said[0] == said[1], command
        assert protections(path) == before, command
    assert locks(path) == []
    assert validate(path) == ""
    first, second = (ClosedBook(book).read() for book in (path, open_))
    for key, table in first.tables.items():
        rows = [[(row.number, row.cells) for row in t.rows] for t in (table, second.tables[key])]
        assert rows[0] == rows[1], key
    assert first.tables["findings"].rows and first.tables["decisions"].rows
    sample = Case.load(ClosedBook(open_)).book
    assert len(first.tables["ledger"].rows) == len(sample.tables["ledger"].rows)


def test_rows_past_the_prepared_ones_are_kept_and_their_inputs_stay_open(path):
    """Our own writes are no typing: the ledger grows on, with its formula locked."""
    session = ClosedBook(path)
    book = session.read()
    last = book.tables["ledger"].last_row
    row = {
        "control_no": "K9",
        "document": "資格確認書",
        "symbol": "1",
        "number": "2",
        "name": "甲 乙",
    }
    session.append_rows("ledger", [row] * 100)
    session.commit()
    assert locks(path) == [] and validate(path) == ""
    ws = openpyxl.load_workbook(path)[schema().sheets["ledger"].name]
    (table,) = ws.tables.values()
    assert table.ref.endswith(str(last + 100)) and last + 100 > ROWS + 2
    state = list(schema().sheets["ledger"].columns).index("state") + 1
    assert ws.cell(last + 100, state).value == ws.cell(2, state).value


def test_it_travels_to_the_insurer(path, tmp_path, capsys):
    secret = tmp_path / "pw.txt"
    secret.write_text("あおば-2026-kenpo\n", "utf-8")
    inbox = tmp_path / "in"
    words = ["submit", path, "--out", inbox / "送付.xlsx", "--password-file", secret]
    assert cli.main([*map(str, words), "--allow-errors"]) in (0, 1), capsys.readouterr().err
    plain, _ = encryption.unseal((inbox / "送付.xlsx").read_bytes(), ["あおば-2026-kenpo"], "x")
    assert plain == path.read_bytes()
    out = tmp_path / "まとめ.xlsx"
    words = ["collect", inbox, "--out", out, "--password-file", secret]
    assert cli.main([*map(str, words)]) in (0, 1), capsys.readouterr().err
    names = {row.text("name") for row in ClosedBook(path).read().tables["acquisition"].rows}
    assert {row.text("name") for row in ClosedBook(out).read().tables["acquisition"].rows} == names
    assert set(protections(out)) <= set(ALWAYS)


def test_libreoffice_opens_calculates_and_saves_it(path, tmp_path):
    before = Case.load(ClosedBook(path))
    after_path = convert(path, tmp_path / "saved")
    after = Case.load(ClosedBook(after_path))
    assert [f.to_json() for f in before.findings] == [f.to_json() for f in after.findings]
    assert set(protections(after_path)) == {*LOCKED, *ALWAYS}
    assert locks(after_path) == []
