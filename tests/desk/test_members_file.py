"""加入者台帳 from CSV and Parquet: the lines that are people, and files that are refused by name."""

import datetime as dt
import decimal

import pyarrow
import pyarrow.parquet
import pytest
from case_files import by_name, cases
from desk_books import number
from shikaku.desk import members_file
from shikaku.model.schema import schema
from shikaku.system import extras
from shikaku.system.errors import BookError, UsageError

CASES = cases("desk/members_file")
REQUIRED = [c.label for c in schema().sheets["members"].columns.values() if c.required]
PERSON = {
    "記号": "101",
    "番号": "1",
    "区分": "被保険者",
    "氏名": "見本 一郎",
    "氏名カナ": "ミホン イチロウ",
    "生年月日": dt.date(1990, 1, 2),
    "性別": "男",
    "資格取得年月日": dt.date(2025, 4, 1),
}


def csv_of(case, tmp_path):
    head = [label for label in REQUIRED if label not in case.get("without", ())]
    lines = [",".join([*head, *case.get("more", ())]), *case["rows"]]
    path = tmp_path / "members.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def parquet_of(tmp_path, **columns):
    """A file with one column a keyword on top of one person's."""
    path = tmp_path / "members.parquet"
    whole = {label: [value] for label, value in PERSON.items()} | columns
    pyarrow.parquet.write_table(pyarrow.table(whole), path)
    return path


def refused(path, kind=BookError):
    with pytest.raises(kind) as caught:
        members_file.read(path)
    assert caught.value.hint
    return caught.value.message


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_csv(case, tmp_path):
    path = csv_of(case, tmp_path)
    if "refused" in case:
        message = refused(path)
        assert [word for word in (path.name, *case["refused"]) if word not in message] == []
        return
    table = members_file.read(path)
    assert [row.number for row in table] == case["lines"] and table.header_row == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_texts_stay_texts(encoding, tmp_path):
    path = tmp_path / "m.csv"
    row = ["0012", "0001", *[""] * (len(REQUIRED) - 2), number(7)]
    path.write_text(",".join([*REQUIRED, "個人番号"]) + "\n" + ",".join(row) + "\n", encoding)
    (found,) = members_file.read(path).rows
    assert (found.text("symbol"), found.text("number")) == ("0012", "0001")
    assert found.cell("individual_number").value == number(7)


def test_parquet_keeps_days_and_numbers(tmp_path):
    moment = dt.datetime(2030, 1, 2, tzinfo=dt.UTC)
    path = parquet_of(tmp_path, 枝番=[decimal.Decimal(7)], 電子証明書有効期限=[moment], 備考=[" "])
    (found,) = members_file.read(path).rows
    assert found.number == 2 and found.date("birth") == dt.date(1990, 1, 2)
    assert found.date("e_certificate_expiry") == dt.date(2030, 1, 2)
    assert found.text("branch") == "7" and "remarks" not in found.cells


def test_parquet_with_words_of_a_list(tmp_path):
    words = pyarrow.array(["被保険者"]).dictionary_encode()
    (found,) = members_file.read(parquet_of(tmp_path, 区分=words)).rows
    assert found.choice("kind") == "insured"


@pytest.mark.parametrize("values", [[["東京都"]], [b"x"], [dt.time(1)]], ids=["list", "bytes", "time"])  # fmt: skip
def test_parquet_with_what_no_cell_holds(values, tmp_path):
    path = parquet_of(tmp_path, 住所=values)
    message = refused(path)
    assert path.name in message and "「住所」" in message
    assert members_file.read(parquet_of(tmp_path, メモ=values)).rows  # nobody's column


def test_parquet_cut_off(tmp_path):
    path = parquet_of(tmp_path)
    path.write_bytes(path.read_bytes()[:-20])
    assert path.name in refused(path)


def test_parquet_without_its_library(tmp_path, monkeypatch):
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    path = parquet_of(tmp_path)
    with pytest.raises(UsageError) as caught:
        members_file.read(path)
    assert "pyarrow" in caught.value.message and "shikaku[cluster]" in caught.value.hint


def test_too_many(tmp_path, monkeypatch):
    monkeypatch.setattr(members_file, "MAX_PEOPLE", 1)
    assert "members.csv" in refused(csv_of(CASES[0], tmp_path))


@pytest.mark.parametrize("name", ["nowhere.csv", "nowhere.parquet", "."])
def test_no_file(name, tmp_path):
    refused(tmp_path / name)
