"""``--members``: 加入者台帳 from a file gives what the sheet gives, with the file's lines as rows."""

import json

import openpyxl
import pytest
from desk_books import DAY, book, clean, number, numbers_in, put
from member_files import as_csv, as_parquet
from shikaku import cli
from shikaku.model.schema import schema
from shikaku.workbook.closed_file import ClosedBook

MEMBERS = schema().sheets["members"].name


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


@pytest.fixture
def places(tmp_path):
    """The workbook with the register, one without it, the register as CSV and as Parquet."""
    members = clean(8)
    members[1]["name"] = ""  # RQ01
    members[2]["individual_number"] = number(100)  # MN08, with the first
    members[3]["postal_code"] = "12"  # AD01
    filings = {"acquisition": clean(3, 2), "loss": [members[0]]}
    whole = put(tmp_path / "whole.xlsx", book(members=members, **filings))
    bare = put(tmp_path / "bare.xlsx", book(**filings))
    tables = ClosedBook(whole).read()
    return whole, bare, as_csv(tables, tmp_path / "m.csv"), as_parquet(tables, tmp_path / "m.parquet")  # fmt: skip


def command(capsys, *words):
    status = cli.main([*map(str, words), "--as-of", DAY.isoformat(), "--json"])
    said = capsys.readouterr()
    assert numbers_in(said.out + said.err) == []
    return status, json.loads(said.out), said.err


def same_but_name(one, other):
    return {**one, "book": ""} == {**other, "book": ""}


@pytest.mark.parametrize("name", ["check", "decide"])
def test_the_same_as_from_the_sheet(name, places, capsys):
    whole, bare, as_list, parquet = places
    status, wanted, _ = command(capsys, name, whole)
    assert any(item["sheet"] == MEMBERS for item in wanted.get("findings", wanted.get("people")))
    for file in (as_list, parquet):
        found, data, _ = command(capsys, name, bare, "--members", file)
        assert found == status and same_but_name(data, wanted), file.name


def test_letters_and_run(places, tmp_path, capsys):
    whole, bare, as_list, parquet = places
    command(capsys, "letters", whole, "--out", tmp_path / "a", "--format", "docx")
    command(capsys, "letters", bare, "--out", tmp_path / "b", "--format", "docx", "--members", as_list)  # fmt: skip
    files = {p.relative_to(tmp_path / "a"): p.read_bytes() for p in (tmp_path / "a").rglob("*.docx")}  # fmt: skip
    assert files == {
        p.relative_to(tmp_path / "b"): p.read_bytes() for p in (tmp_path / "b").rglob("*.docx")
    }
    assert files
    issued = [len(ClosedBook(path).read().tables["history"].rows) for path in (whole, bare)]
    assert issued[0] == issued[1] > 0
    words = ("run", bare, "--out", tmp_path / "b", "--format", "docx", "--members", parquet)
    _, data, _ = command(capsys, *words)
    assert data["letters"] == {}  # 発行履歴 knows them by 記号・番号・枝番


def test_nothing_is_marked_or_linked_where_the_rows_are_not(places, capsys):
    _, bare, as_list, _ = places
    command(capsys, "check", bare, "--members", as_list, "--write")
    command(capsys, "decide", bare, "--members", as_list, "--write")
    target = openpyxl.load_workbook(bare)
    for key in ("findings", "decisions"):
        sheet = target[schema().sheets[key].name]
        rows = {row[0].row: [c.value for c in row] for row in sheet.iter_rows(min_row=2)}
        there = {number for number, row in rows.items() if MEMBERS in row}
        linked = {c.row for row in sheet.iter_rows(min_row=2) for c in row if c.hyperlink}
        assert there and linked and not there & linked
    assert target[MEMBERS].max_row < 8 or not any(
        row[4].value for row in target[MEMBERS].iter_rows(min_row=2)
    )


def test_a_book_without_the_sheet(places, capsys, tmp_path):
    whole, _, as_list, _ = places
    target = openpyxl.load_workbook(whole)
    del target[MEMBERS]
    target.save(tmp_path / "without.xlsx")
    assert command(capsys, "check", tmp_path / "without.xlsx")[0] == 2
    status, data, _ = command(capsys, "check", tmp_path / "without.xlsx", "--members", as_list)
    assert status == 1 and {item["sheet"] for item in data["findings"]} >= {MEMBERS}


@pytest.mark.parametrize("name", ["check", "decide", "letters", "run"])
def test_a_bad_file(name, places, tmp_path, capsys):
    bad = tmp_path / "bad.csv"
    bad.write_text("記号,番号\n101,1\n", "utf-8")
    more = ["--out", str(tmp_path / "out")] if name in ("letters", "run") else []
    before = places[1].read_bytes()
    assert cli.main([name, str(places[1]), *more, "--members", str(bad)]) == 2
    said = capsys.readouterr()
    assert said.out == "" and "bad.csv" in said.err and "→" in said.err
    assert places[1].read_bytes() == before


def decisions_csv(path):
    import csv

    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_decisions_as_a_table(places, tmp_path, capsys):
    import pyarrow.parquet

    _, bare, as_list, _ = places
    found = {}
    for ending in ("csv", "parquet"):
        out = tmp_path / f"decisions.{ending}"
        _, data, _ = command(capsys, "decide", bare, "--members", as_list, "--out", out)
        found[ending] = out
    header, *rows = decisions_csv(found["csv"])
    assert header == [c.label for c in schema().sheets["decisions"].columns.values()]
    assert [int(row[1]) for row in rows] == [item["row"] for item in data["people"]]
    table = pyarrow.parquet.read_table(found["parquet"])
    assert table.column_names == header and table.column(1).to_pylist() == [int(r[1]) for r in rows]
    texts = [["" if v is None else str(v) for v in row.values()] for row in table.to_pylist()]
    assert texts == rows


@pytest.mark.parametrize("out", ["decisions.xlsx", "m.csv", "bare.xlsx"])
def test_a_table_never_takes_the_place_of_its_source(out, places, tmp_path, capsys):
    _, bare, as_list, _ = places
    before = as_list.read_bytes(), bare.read_bytes()
    words = ["decide", str(bare), "--members", str(as_list), "--out", str(tmp_path / out)]
    assert cli.main(words) == 2 and (as_list.read_bytes(), bare.read_bytes()) == before
