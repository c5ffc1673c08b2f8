"""``shikaku import`` as a user runs it: rows at the end of the sheet, all else as it was."""

import datetime as dt
import json

import pytest
from books import row
from desk_books import DAY, book, clean, number, numbers_in, put, read, rendered
from paths import WORKBOOKS
from shikaku import cli
from shikaku.desk.row_import import NewRow, Unwritten
from shikaku.jobs.import_rows import ImportResult
from shikaku.model.schema import schema
from shikaku.template.builder import Content

HEADER = "記号,番号,氏名,氏名カナ,生年月日,性別,個人番号,郵便番号,住所,資格取得年月日"


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


@pytest.fixture
def files(tmp_path):
    put(tmp_path / "b.xlsx", rendered(Content({}, {"as_of": DAY}), 5))
    lines = [
        f"0012,{n:04d},見本 太{'一二三'[n]},ミホン タ,199{n}/1/2,男,{number(n)},0600001,北海道札幌市,R8.4.1"
        for n in range(3)
    ]
    path = tmp_path / "list.csv"
    path.write_text("\n".join([HEADER, *lines, lines[0]]) + "\n", "cp932")
    return tmp_path / "b.xlsx", path


def run(*words):
    return cli.main(["import", *map(str, words), "--as-of", "2026-04-15"])


def test_rows_are_added_and_found_again(files, capsys):
    workbook, path = files
    assert run(workbook, path, "--sheet", "資格取得届", "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert said["written"] and said["lines"] == 4
    assert [(r["line"], r["row"]) for r in said["rows"]] == [(2, 2), (3, 3), (4, 4)]
    assert [(u["line"], u["reason"], u["lines"]) for u in said["unwritten"]] == [(5, "double", [2])]
    rows = list(read(workbook).rows("acquisition"))
    assert [r.number for r in rows] == [2, 3, 4]
    assert [rows[0].text(k) for k in ("symbol", "number", "postal_code", "individual_number")] == [
        "0012",
        "0000",
        "0600001",
        number(0),
    ]
    assert rows[0].cell("acquired").value == dt.date(2026, 4, 1)
    assert rows[0].date("limit") == dt.date(2026, 4, 6)  # stored beside the formula
    assert run(workbook, path, "--sheet", "acquisition", "--json") == 1
    again = json.loads(capsys.readouterr().out)
    assert again["rows"] == [] and not again["written"]
    assert {u["reason"] for u in again["unwritten"]} == {"there"}
    assert len(list(read(workbook).rows("acquisition"))) == 3


def test_of_many_rows_the_first_are_shown_and_json_has_all():
    new = [NewRow(n, {}, row("acquisition", n, {"name": f"見本 {n}号"})) for n in range(2, 14)]
    left = [Unwritten(n, "there") for n in range(14, 29)]
    result = ImportResult(
        "b.xlsx", DAY, "a.csv", "acquisition", 27, new, left, [], [], [], first_row=2, written=True
    )
    lines = result.lines()
    assert sum(line.startswith("  ") for line in lines) == 10 + 1
    assert sum(line.startswith("×") for line in lines) == 15  # these must be settled
    assert len(result.to_json()["rows"]) == 12 and len(result.to_json()["unwritten"]) == 15


def test_a_preview_writes_nothing(files, capsys):
    workbook, path = files
    before = workbook.read_bytes()
    assert run(workbook, path, "--sheet", "資格取得届", "--preview", "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert len(said["rows"]) == 3 and not said["written"]
    assert workbook.read_bytes() == before


def test_what_is_there_stays(tmp_path):
    """Rows in every other sheet, and those above, are the same cells afterwards."""
    people = {key: clean(2, n) for n, key in enumerate(("acquisition", "loss", "members"), 1)}
    workbook = put(tmp_path / "b.xlsx", book(**people))
    before = read(workbook)
    (tmp_path / "l.csv").write_text("氏名,生年月日\n新規 一郎,1999-01-01\n", "utf-8")
    assert run(workbook, tmp_path / "l.csv", "--sheet", "資格取得届") == 0
    after = read(workbook)
    for key in ("loss", "members", "dependants", "ledger"):
        assert [r.cells for r in after.rows(key)] == [r.cells for r in before.rows(key)]
    inputs = [k for k, c in schema().sheets["acquisition"].columns.items() if c.type != "formula"]
    assert [[r.cell(k) for k in inputs] for r in after.rows("acquisition")][:2] == [
        [r.cell(k) for k in inputs] for r in before.rows("acquisition")
    ]


@pytest.mark.parametrize(
    ("mapping", "header", "line"),
    [
        (
            "import-smarthr.toml",
            "社員番号,姓,名,姓(ヨミガナ),名(ヨミガナ),生年月日,戸籍上の性別,住所(郵便番号),住所(都道府県),"
            "住所(市区町村),住所(丁目・番地),住所(建物名・部屋番号),健康保険の資格取得年月日",
            "1,見本,太郎,ミホン,タロウ,1990/01/01,男性,060-0001,北海道,札幌市,北1条,,2026/04/01",
        ),
        (
            "import-freee.toml",
            "従業員番号,姓,名,姓カナ,名カナ,生年月日,性別,郵便番号,都道府県,市区町村・番地,建物名,"
            "健康保険の資格取得日",
            "1,見本,太郎,ミホン,タロウ,1990-01-01,男性,060-0001,北海道,札幌市北1条,,2026-04-01",
        ),
    ],
)
def test_the_shipped_examples(files, tmp_path, mapping, header, line, capsys):
    workbook, _ = files
    (tmp_path / "hr.csv").write_text(f"{header}\n{line}\n", "utf-8")
    words = ["--sheet", "資格取得届", "--mapping", WORKBOOKS / mapping, "--json"]
    assert run(workbook, tmp_path / "hr.csv", *words) == 0
    said = json.loads(capsys.readouterr().out)["headings"]
    assert len(said["unknown"]) == 1 and said["missing"] == []
    (row,) = read(workbook).rows("acquisition")
    assert row.text("name") == "見本 太郎" and row.text("kana") == "ミホン タロウ"
    assert row.text("address") == "北海道札幌市北1条" and row.choice("sex") == "male"


@pytest.mark.parametrize("sheet", ["検証結果", "返納管理", "無いシート"])
def test_other_sheets_take_no_list(files, sheet, capsys):
    workbook, path = files
    before = workbook.read_bytes()
    assert run(workbook, path, "--sheet", sheet) == 2
    assert workbook.read_bytes() == before
    assert "Traceback" not in capsys.readouterr().err


def test_a_column_that_is_gone_stops_the_import(files, capsys):
    import openpyxl

    workbook, path = files
    target = openpyxl.load_workbook(workbook)
    sheet = target["資格取得届"]
    (cell,) = [c for c in sheet[1] if c.value == "個人番号"]
    cell.value = "別の列"
    target.save(workbook)
    assert run(workbook, path, "--sheet", "資格取得届") == 2


def test_no_number_is_said(files, capsys):
    workbook, _ = files
    secret = number(4)
    path = workbook.with_name("n.csv")
    lines = [f"{secret},{secret},{secret} 太郎,{secret},1990-01-01,{secret},{secret},,{secret},",
             f"1201,7,見本 太郎,ミホン,{secret},男,{secret},,,"]  # fmt: skip
    path.write_text("\n".join([HEADER + f",{secret}", *lines]) + "\n", "utf-8")
    for words in ([], ["--json"], ["--preview"]):
        assert run(workbook, path, "--sheet", "資格取得届", *words) in (1, 2)
    said = capsys.readouterr()
    assert not numbers_in(said.out + said.err) and secret[-6:] not in said.out + said.err


def test_nothing_is_written_that_could_not_be_read_again(files, monkeypatch, capsys):
    """Thousands of rows with their formulas: refused before the file is touched."""
    workbook, path = files
    before = workbook.read_bytes()
    for place in ("shikaku.ooxml.package.MAX_PART", "shikaku.workbook.editor.MAX_PART"):
        with monkeypatch.context() as patch:
            patch.setattr(place, 20_000)
            assert run(workbook, path, "--sheet", "資格取得届") == 2
        assert workbook.read_bytes() == before and "Traceback" not in capsys.readouterr().err
    assert run(workbook, path, "--sheet", "資格取得届") in (0, 1)
