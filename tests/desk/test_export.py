"""``export``: every value as the mapping wants it, nothing changed in silence, no number in plain text."""

import csv
import io
import json

import openpyxl
import pytest
from case_files import by_name, cases
from desk_books import DAY, PASSWORD, book, clean, number, numbers_in, put, rendered
from hypothesis import given
from hypothesis import strategies as st
from shikaku import cli
from shikaku.desk import csv_writing, export, export_mapping
from shikaku.fields.text import guarded
from shikaku.jobs import collect
from shikaku.jobs import export as export_job
from shikaku.model.tables import Book
from shikaku.system import encryption
from shikaku.system.errors import BookError, UsageError
from shikaku.template.builder import Content
from shikaku.workbook.closed_file import ClosedBook, read_bytes


@pytest.fixture(autouse=True)
def log(tmp_path, monkeypatch):
    monkeypatch.setenv("SHIKAKU_LOG_DIR", str(tmp_path / "log"))


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "pw.txt"
    path.write_text(PASSWORD, "utf-8")
    return path


@pytest.mark.parametrize("case", cases("desk/export", "row"), ids=by_name)
def test_case(case):
    sheet, encoding = case.get("sheet", "acquisition"), case.get("encoding", "utf-8")
    made = Content({sheet: [case["row"]]}, {"employer_symbol": "1201"})
    column = export_mapping.ColumnMap(**case["column"])
    file_map = export_mapping.FileMap(sheet, "a.csv", (column,), **case.get("options", {}))
    filled = export.Filler(file_map, read_bytes(rendered(made, 1), "b.xlsx"), encoding).fill()
    assert [note.kind for note in filled.problems] == case.get("stops", [])
    assert [note.kind for note in filled.changes] == case.get("changes", [])
    assert {note.row for note in [*filled.problems, *filled.changes]} <= {2}
    if "detail" in case:
        assert [*filled.problems, *filled.changes][0].detail == case["detail"]
    if "value" in case:
        assert filled.rows[1] == [case["value"]]
        data = csv_writing.encoded(filled.rows, csv_writing.Dialect(encoding, file_map.quote))
        text = data.decode("utf-8-sig" if encoding == "utf-8" else "cp932")
        assert list(csv.reader(io.StringIO(text, newline="")))[1] == (
            [case["value"]] if case["value"] else [""]
        )


def test_a_collected_row_names_its_own_employer(tmp_path):
    """The insurer's worklist has no 事業所 in its 設定; each row has the one that sent it."""
    inbox = tmp_path / "inbox"
    put(inbox / "a.xlsx", book("株式会社みほん", "1201", acquisition=clean(1)))
    put(inbox / "b.xlsx", book("有限会社べつ", "1300", acquisition=clean(1, seed=2)))
    # The worklist calls these by names of its own, for the letters: they aren't registered ones.
    put(inbox / "c.xlsx", book("有限会社べつ", "1400", acquisition=clean(1, seed=3)))
    put(inbox / "d.xlsx", book("", "1500", acquisition=clean(1, seed=4)))
    put(inbox / "e.xlsx", book("", "", acquisition=clean(1, seed=5, symbol="")))
    collect.collect(inbox, tmp_path / "w.xlsx", as_of=DAY)
    columns = tuple(
        export_mapping.ColumnMap(key, setting=key)
        for key in ("employer_symbol", "employer_name", "insurer_name")
    )
    file_map = export_mapping.FileMap("acquisition", "a.csv", columns)
    filled = export.Filler(file_map, ClosedBook(tmp_path / "w.xlsx").read(), "utf-8").fill()
    insurer = "ひかり産業健康保険組合"
    assert filled.rows[1:] == [
        ["1201", "株式会社みほん", insurer],
        ["1300", "有限会社べつ", insurer],
        ["1400", "有限会社べつ", insurer],
        ["1500", "", insurer],
        ["", "", insurer],
    ]


def test_an_export_with_numbers_is_written_over_no_workbook(tmp_path, secret):
    mapping = tmp_path / "own.toml"
    mapping.write_text(
        '[acquisition]\nfile = "b.csv"\n'
        'columns = [{ heading = "個人番号", key = "individual_number" }]\n',
        "utf-8",
    )
    path = put(tmp_path / "b.xlsx", book(acquisition=clean(1)))
    before = path.read_bytes()
    with pytest.raises(BookError):
        export_job.export(ClosedBook(path), tmp_path, mapping=mapping, password_file=secret)
    assert path.read_bytes() == before
    for _ in range(2):  # an older export gives way
        export_job.export(ClosedBook(path), tmp_path / "out", mapping=mapping, password_file=secret)
    assert encryption.is_sealed((tmp_path / "out" / "b.xlsx").read_bytes())


def test_every_kind_has_a_case():
    stops = {kind for case in cases("desk/export", "row") for kind in case.get("stops", [])}
    changes = {kind for case in cases("desk/export", "row") for kind in case.get("changes", [])}
    # Half a character can't be written in a case file: tests/protection/test_injection.py.
    assert stops == set(export.PROBLEMS) - {"half"}
    assert changes == set(export.CHANGES) - {"no_number"}  # see test_numbers_go_under_a_password


@pytest.mark.parametrize("case", cases("desk/export", "wrong"), ids=by_name)
def test_wrong_mapping(case, tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(case["text"], "utf-8")
    with pytest.raises(UsageError) as caught:
        export_mapping.load(path)
    assert "own.toml" in caught.value.message and caught.value.hint


def test_the_shipped_mapping(tmp_path):
    people = clean(3)
    path = put(tmp_path / "b.xlsx", book(acquisition=people, loss=people[:1]))
    result = export_job.export(ClosedBook(path), tmp_path / "out", as_of=DAY)
    assert [(p.name, n) for p, n in result.files] == [
        ("資格取得届.csv", 3),
        ("被扶養者異動届.csv", 0),
        ("資格喪失届.csv", 1),
    ]
    data = (tmp_path / "out" / "資格取得届.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.count(b"\r\n") == data.count(b"\n") == 4
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert [row["氏名"] for row in rows] == [p["name"] for p in people]
    assert rows[0]["資格取得年月日"] == "2026-04-01" and rows[0]["番号"] == "00001"
    assert "個人番号" not in rows[0] and not numbers_in(data.decode("utf-8-sig"))
    assert "KPFD" in result.summary() and not list((tmp_path / "out").glob(".shikaku*"))


def test_the_dependants_filing_is_exported(tmp_path):
    """Before, 被扶養者異動届 was left out, and a mapping that named it was refused."""
    row = clean(1, branch="01", event="該当", insured_name="見本 太郎", relationship="子")[0]
    path = put(tmp_path / "b.xlsx", book(dependants=[row | {"living": "同居"}]))
    export_job.export(ClosedBook(path), tmp_path / "out", as_of=DAY)
    text = (tmp_path / "out" / "被扶養者異動届.csv").read_text("utf-8-sig")
    found = next(csv.DictReader(io.StringIO(text)))
    assert (found["異動の別"], found["枝番"], found["同居別居"]) == ("1", "01", "1")
    assert (found["氏名"], found["異動年月日"]) == (row["name"], "2026-04-01")


def test_shift_jis_file(tmp_path):
    people = [p | {"name": "見本 花子", "address": "東京都みほん町１－２～３"} for p in clean(2)]
    path = put(tmp_path / "b.xlsx", book(acquisition=people))
    export_job.export(ClosedBook(path), tmp_path, encoding="shift_jis", as_of=DAY)
    data = (tmp_path / "資格取得届.csv").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert "東京都みほん町１－２～３" in data.decode("cp932")
    for lead in data.decode("cp932"):  # nothing of NEC's and IBM's rows
        assert lead.encode("cp932")[:1] < b"\x87" or lead.encode("cp932")[:1] >= b"\x88"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_is_written_or_reported(text):
    """Whatever stands in a cell: it fits into Shift_JIS after what was done to it, or it stops."""
    filler = export.Filler(export_mapping.FileMap("loss", "a.csv", ()), Book("b"), "shift_jis")
    value = filler._fit(text)
    if not filler.result.problems:
        csv_writing.encoded([[value]], csv_writing.Dialect("shift_jis"))
        assert value == text or filler.result.changes


def test_a_stopped_file_is_not_written_and_the_other_is(tmp_path):
    people = clean(2)
    people[1]["name"] = "髙橋 𛀁"
    people[0]["name"] = people[0]["insured_name"] = "見本 太郎"
    path = put(tmp_path / "b.xlsx", book(acquisition=people, loss=people[:1]))
    old = put(tmp_path / "資格取得届.csv", b"old")
    result = export_job.export(ClosedBook(path), tmp_path, encoding="shift_jis", as_of=DAY)
    note = result.filled[0].problems[0]
    assert (note.row, note.heading, note.kind, note.detail) == (
        *(3, "氏名", "encoding"),
        "髙 → 高、𛀁(置き換えの例なし)",
    )
    assert old.read_bytes() == b"old" and result.exit_status == 1
    assert any("以前のもの" in line for line in result.lines())
    result.form = "xlsx"
    assert not any("資格取得届.csv" in line for line in result.lines())
    assert [p.name for p, _ in result.files] == ["被扶養者異動届.csv", "資格喪失届.csv"]


def test_numbers_go_under_a_password(tmp_path, secret):
    own = tmp_path / "own.toml"
    own.write_text(
        "[acquisition]\nfile = 'n.csv'\ncolumns = [{ heading = '氏名', key = 'name' },"
        " { heading = '個人番号', key = 'individual_number' }]",
        "utf-8",
    )
    people = clean(3)
    people[1]["individual_number"] = "後日提出"
    people[2]["individual_number"] = "000000000001"
    path = put(tmp_path / "b.xlsx", book(acquisition=people))
    with pytest.raises(UsageError):
        export_job.export(ClosedBook(path), tmp_path / "out", mapping=own, as_of=DAY)
    assert not (tmp_path / "out").exists()
    result = export_job.export(
        ClosedBook(path), tmp_path / "out", mapping=own, password_file=secret, as_of=DAY
    )
    (made,) = (tmp_path / "out").iterdir()
    assert made.name == "n.xlsx" and encryption.is_sealed(made.read_bytes())
    assert [(n.row, n.kind) for n in result.filled[0].changes] == [(4, "no_number")]
    plain, _ = encryption.unseal(made.read_bytes(), [PASSWORD], "n.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(plain)).active
    assert [c.value for c in sheet["B"]] == ["個人番号", number(100), None, None]
    assert sheet["B2"].data_type == "s" and sheet["B2"].number_format == "@"
    assert not numbers_in(json.dumps(result.to_json()) + "\n".join(result.lines()))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12))
def test_no_value_runs(text):
    """Whatever is in a cell: the value that a spreadsheet gets never begins like a formula."""
    data = csv_writing.encoded([[guarded(text), "x"]], csv_writing.Dialect())
    (row,) = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    assert row[1] == "x" and row[0].removeprefix("'") == text.removeprefix("'")
    assert not row[0].lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert not row[0].startswith(("\t", "\r", "\n"))


@given(st.text(max_size=8))
def test_half_kana_changes_kana_only(text):
    other = export.half_kana(text)
    assert [c for c in other if ord(c) < 0x3000 and c != " "] == [
        c for c in text if ord(c) < 0x3000 and c != " "
    ]


def test_the_command(tmp_path, capsys, secret):
    path = put(tmp_path / "b.xlsx", book(acquisition=clean(1)))
    words = ["export", str(path), "--out", str(tmp_path / "o"), "--as-of", "2026-04-15"]
    assert cli.main([*words, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["files"][0] == {"file": "資格取得届.csv", "rows": 1}
    assert cli.main([*words, "--encoding", "shift_jis", "--password-file", str(secret)]) == 0
    with pytest.raises(SystemExit):
        cli.main(["export", "--help"])
    assert "KPFD" in capsys.readouterr().out


def test_a_password_that_no_file_uses_is_told(tmp_path):
    secret = tmp_path / "pw.txt"
    secret.write_text("kumiai-himitsu-2026\n", "utf-8")
    path = put(tmp_path / "b.xlsx", book(acquisition=clean(1)))
    result = export_job.export(ClosedBook(path), tmp_path / "e", password_file=secret)
    assert result.to_json()["plain"] == [
        "資格取得届.csv",
        "被扶養者異動届.csv",
        "資格喪失届.csv",
    ]
    assert export_job.export(ClosedBook(path), tmp_path / "e").plain == []


def test_of_two_files_the_one_without_numbers_is_told(tmp_path, secret):
    """It goes without the password that was given; nobody may think otherwise."""
    own = tmp_path / "own.toml"
    numbers = "{ heading = '個人番号', key = 'individual_number' }"
    name = "{ heading = '氏名', key = 'name' }"
    own.write_text(
        f"[acquisition]\nfile = 'n.csv'\ncolumns = [{name}, {numbers}]\n"
        f"[loss]\nfile = 'p.csv'\ncolumns = [{name}]\n",
        "utf-8",
    )
    path = put(tmp_path / "b.xlsx", book(acquisition=clean(1), loss=clean(1)))
    result = export_job.export(
        ClosedBook(path), tmp_path / "out", mapping=own, password_file=secret, as_of=DAY
    )
    assert sorted(path.name for path, _ in result.files) == ["n.xlsx", "p.csv"]
    assert result.plain == ["p.csv"]
