"""Plain new workbooks: text stays text, links lead to cells, the same rows give the same bytes."""

import datetime as dt
import io
import json
import time
from urllib.parse import unquote

import office
import openpyxl
import pytest
from desk_books import DAY, book, clean, number, numbers_in, put
from shikaku import cli
from shikaku.desk import plain_workbook
from shikaku.desk.plain_workbook import PlainSheet, build

TEXTS = ["0012", "=1+1", "+81", "#N/A", "1E5", "true", "a\x0bb", "'0012", " 二 ", "=HYPERLINK(1)"]


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


def opened(data):
    return openpyxl.load_workbook(io.BytesIO(data))


def test_values_are_what_they_were():
    rows = [[text, 12, dt.date(2026, 4, 1), None] for text in TEXTS]
    sheet = opened(build([PlainSheet("一覧", ["a", "b", "c", "d"], rows)])).active
    cells = list(sheet.iter_rows(min_row=2))
    assert [row[0].value for row in cells] == [text.replace("\x0b", "") for text in TEXTS]
    assert {row[0].data_type for row in cells} == {"s"}
    assert [row[1].value for row in cells] == [12] * len(TEXTS)
    assert cells[0][2].value == dt.datetime(2026, 4, 1) and sheet.freeze_panes == "A2"


def test_the_open_xml_sdk_has_nothing_against_it(tmp_path):
    links = {(0, 0): ("b 1.xlsx", "'資格取得届'!E5"), (1, 0): ("", "'一覧'!A1")}
    rows = [[text, 12, dt.date(2026, 4, 1), None] for text in TEXTS]
    sheets = [PlainSheet("一覧", ["a", "b", "c", "d"], rows, links), PlainSheet("空", [], [])]
    path = tmp_path / "plain.xlsx"
    path.write_bytes(build(sheets))
    assert office.validate(path) == ""


def test_the_same_rows_give_the_same_bytes():
    sheets = [PlainSheet("一覧", ["a"], [["x"]], {(0, 0): ("b.xlsx", "'S'!A1")})]
    first = build(sheets)
    time.sleep(2.1)  # a zip's clock has steps of two seconds
    assert build(sheets) == first
    assert plain_workbook.is_plain(first) and not plain_workbook.is_plain(book())
    assert not plain_workbook.is_plain(b"PK")


def test_links():
    links = {(0, 0): ("届出 #1.xlsx", "'資格取得届'!E5"), (1, 0): ("", "'一覧'!A1")}
    sheet = opened(build([PlainSheet("一覧", ["行"], [[5], [6]], links)])).active
    assert unquote(sheet["A2"].hyperlink.target) == "届出 #1.xlsx"
    assert "#" not in sheet["A2"].hyperlink.target
    assert sheet["A2"].hyperlink.location == "'資格取得届'!E5"
    assert sheet["A3"].hyperlink.location == "'一覧'!A1" and not sheet["A3"].hyperlink.target


def run(*words):
    return cli.main([*map(str, words), "--as-of", DAY.isoformat()])


def test_export_as_a_workbook(tmp_path, capsys):
    row = clean(1)[0] | {"symbol": "0012", "department": "=1+1", "remarks": "髙"}
    path = put(tmp_path / "b.xlsx", book(acquisition=[row]))
    for _ in range(2):  # an older export gives way
        assert run("export", path, "--out", tmp_path / "out", "--format", "xlsx", "--json") == 0
        said = json.loads(capsys.readouterr().out)
    assert said["format"] == "xlsx" and said["notes"] == []
    names = {item["file"] for item in said["files"]}
    assert names == {"資格取得届.xlsx", "被扶養者異動届.xlsx", "資格喪失届.xlsx"}
    sheet = openpyxl.load_workbook(tmp_path / "out/資格取得届.xlsx").active
    cells = dict(zip([c.value for c in sheet[1]], sheet[2], strict=True))
    assert cells["記号"].value == "0012" and cells["記号"].data_type == "s"
    assert "個人番号" not in cells
    before = put(tmp_path / "out/資格取得届.xlsx", book()).read_bytes()
    assert run("export", path, "--out", tmp_path / "out", "--format", "xlsx") == 2
    assert (tmp_path / "out/資格取得届.xlsx").read_bytes() == before


@pytest.mark.parametrize("command", ["check", "run"])
def test_findings_lead_to_their_cells(tmp_path, capsys, command):
    rows = clean(2)
    rows[1] |= {"kana": "かな", "name": f"見本 {number(5)}"}
    path = put(tmp_path / "届出 1.xlsx", book(acquisition=rows))
    report = tmp_path / "findings.xlsx"
    more = ["--out", tmp_path / "out", "--format", "docx"] if command == "run" else ["--json"]
    for _ in range(2):  # an older report gives way
        assert run(command, path, "--report", report, *more) == 1
    sheet = openpyxl.load_workbook(report).active
    labels = [c.value for c in sheet[1]]
    found = [dict(zip(labels, row, strict=True)) for row in sheet.iter_rows(min_row=2)]
    kana = next(item for item in found if item["コード"].value == "NM01")
    assert (kana["シート"].value, kana["行"].value) == ("資格取得届", 3)
    link = kana["行"].hyperlink
    assert unquote(link.target) == path.name
    name, _, cell = link.location.rpartition("!")
    target = openpyxl.load_workbook(path)[name.strip("'")]
    assert target[cell].value == "かな"
    text = "".join(str(c.value) for row in sheet.iter_rows() for c in row)
    assert not numbers_in(text)
    assert run(command, path, "--report", path, *more) == 2
    assert run(command, path, "--report", tmp_path / "f.csv", *more) == 2


def test_a_collected_row_leads_to_its_senders_file(tmp_path, capsys):
    rows = clean(2)
    rows[1] |= {"kana": "かな"}
    put(tmp_path / "inbox/甲社.xlsx", book(acquisition=rows))
    assert run("collect", tmp_path / "inbox", "--out", tmp_path / "all.xlsx") in (0, 1)
    assert run("check", tmp_path / "all.xlsx", "--report", tmp_path / "f.xlsx") == 1
    sheet = openpyxl.load_workbook(tmp_path / "f.xlsx").active
    labels = [c.value for c in sheet[1]]
    found = [dict(zip(labels, row, strict=True)) for row in sheet.iter_rows(min_row=2)]
    kana = next(item for item in found if item["コード"].value == "NM01")
    assert kana["元ファイル"].value == "甲社.xlsx" and kana["元の行"].value == 3
    assert kana["行"].hyperlink.target == "甲社.xlsx"
    assert kana["行"].hyperlink.location.startswith("'資格取得届'!")
