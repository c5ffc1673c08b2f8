"""Lists of other systems: read as they stand, with Excel's row numbers, or refused by name."""

import datetime as dt
import io
import zipfile

import pytest
from bookparts import hands
from bookparts.plan import grid
from case_files import by_name, cases
from desk_books import seal
from paths import CASES as FOLDER
from shikaku.desk import list_reading
from shikaku.system.errors import BookError

CASES = cases("desk/list_reading")
KNOWN = ("記号", "番号", "枝番", "生年月日")
LISTS = FOLDER / "desk/lists"


def put(tmp_path, data, name="list.csv"):
    (tmp_path / name).write_bytes(data)
    return tmp_path / name


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_text(case, tmp_path):
    path = put(tmp_path, case["text"].encode(case.get("encoding", "utf-8")))
    if "refused" in case:
        with pytest.raises(BookError) as caught:
            list_reading.read(path, KNOWN)
        assert caught.value.hint
        assert ("行目" in caught.value.message) == bool(case["refused"])
        assert not case["refused"] or f"{case['refused']}行目" in caught.value.message
        return
    found = list_reading.read(path, KNOWN)
    assert found.header_line == case["header"]
    assert ["|".join((str(r.line), *r.values)) for r in found.records] == case["lines"]


def workbook(rows, formats=None):
    return hands.written([grid("一覧", rows, formats)], hands.Openpyxl())


def test_a_workbook_shows_what_its_cells_show(tmp_path):
    """0012 under 0000 is 0012; a bare 12 is 12, and its column is named for what may be lost."""
    rows = [["一覧"], ["記号", "番号", "枝番", "生年月日"], [12, 12, "00", dt.date(1990, 1, 2)]]
    path = put(tmp_path, workbook(rows, {(3, 1): "0000"}), "list.xlsx")
    found = list_reading.read(path, KNOWN)
    assert (found.form, found.tab, found.header_line) == ("xlsx", "一覧", 2)
    assert found.records[0].values == ("0012", "12", "00", "1990-01-02")
    assert found.numbers == {1}


@pytest.mark.parametrize(
    ("code", "shown", "lost"),
    [("00000_ ", "00012", set()), ("0000-0000", "0000-0012", set()), ("0", "12", {0})],
)
def test_zeros_may_be_lost_where_a_format_shows_none(tmp_path, code, shown, lost):
    path = put(tmp_path, workbook([["記号", "番号"], [12, "1"]], {(2, 1): code}), "list.xlsx")
    found = list_reading.read(path, KNOWN)
    assert found.records[0].values == (shown, "1") and found.numbers == lost


def test_an_error_is_no_blank(tmp_path):
    path = put(tmp_path, workbook([["記号", "番号"], ["12", {"error": "#N/A"}]]), "list.xlsx")
    assert list_reading.read(path, KNOWN).records[0].values == ("12", "#N/A")


@pytest.mark.parametrize("form", ["xls", "ods"])
def test_other_formats(form):
    """Made by LibreOffice: a sheet of text before the list, a title, a blank row between."""
    found = list_reading.read(LISTS / f"list.{form}", KNOWN)
    assert (found.form, found.tab, found.header_line) == (form, "一覧", 3)
    assert [r.line for r in found.records] == [4, 5, 7, 8]
    assert [r.values[:4] for r in found.records] == [
        ("0012", "0001", "00", "1980-01-03"),
        ("0012", "2", "00", "1981-02-04"),
        ("0012", "0003", "00", "S57.3.5"),
        ("0012", "0004", "00", "1983-04-06"),
    ]
    assert 1 in found.numbers and 0 not in found.numbers


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_list_with_two_parts_of_one_name_is_not_read(tmp_path):
    data = io.BytesIO((LISTS / "list.ods").read_bytes())
    with zipfile.ZipFile(data, "a") as package:
        package.writestr("content.xml", package.read("content.xml"))
    with pytest.raises(BookError) as caught:
        list_reading.read(put(tmp_path, data.getvalue(), "list.ods"), KNOWN)
    assert caught.value.hint


@pytest.mark.parametrize(
    "data",
    [
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"PK\x03\x04" + bytes(60),
        "記号,番号\n".encode("cp932") + b"\x81\xff,1\n",
        b"%PDF-1.7\n\xff\xfe\xff\x81\n",
        workbook([]),
        workbook([["記号", "番号"]]),
        seal(workbook([["記号", "番号"], ["1", "2"]])),
    ],
    ids=["no xls", "no zip", "no text", "pdf", "empty", "headings only", "password"],
)
def test_refused(data, tmp_path):
    for name in ("list.csv", "list.xls"):
        with pytest.raises(BookError) as caught:
            list_reading.read(put(tmp_path, data, name), KNOWN)
        assert caught.value.hint


def test_windows_characters_in_euc(tmp_path):
    """髙 is row 92 of CP51932, ① row 13: Python's own euc_jp has neither."""
    data = "記号,氏名\n12,".encode("euc_jp") + b"\xfc\xe2\xad\xa1\n"
    assert list_reading.read(put(tmp_path, data), KNOWN).records[0].values[1] == "髙①"


def test_lines_without_headings(tmp_path):
    found = list_reading.read_lines(put(tmp_path, b'\n="0001"\n0002,2026-04-01\n'))
    assert [(r.line, r.values) for r in found.lines] == [
        (2, ("0001",)),
        (3, ("0002", "2026-04-01")),
    ]
    with pytest.raises(BookError):
        list_reading.read_lines(put(tmp_path, workbook([]), "list.xlsx"))


def test_no_value_in_a_repr(tmp_path):
    found = list_reading.read_lines(put(tmp_path, b"000000000019,1\n"))
    assert "000000000019" not in repr(found)
