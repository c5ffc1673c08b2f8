"""``collect`` from end to end: every cell, every kind of file, day after day, nothing lost."""

import datetime as dt
import json
import os
import shutil
import unicodedata
import zipfile
from pathlib import Path

import office
import openpyxl
import pytest
from bookparts import hands
from bookparts.plan import grid
from case_files import by_name, cases
from desk_books import (
    DAY,
    PASSWORD,
    PEOPLE,
    book,
    by_hand,
    clean,
    number,
    numbers_in,
    put,
    read,
    receipts,
    seal,
)
from shikaku import cli
from shikaku.desk.collect import results
from shikaku.jobs import collect
from shikaku.jobs.case import Case
from shikaku.jobs.new import new
from shikaku.jobs.output_rows import append_history
from shikaku.letters.contexts import due
from shikaku.model.employers import fold_symbol
from shikaku.model.schema import schema
from shikaku.returns.ledger import update
from shikaku.system import masking
from shikaku.system.errors import BookError, UsageError
from shikaku.workbook.closed_file import ClosedBook

CELLS = cases("desk/collect/cells")


@pytest.fixture
def passwords(tmp_path):
    path = tmp_path / "passwords.txt"
    path.write_text(f"another-one\n\n{PASSWORD}\n", "utf-8-sig")
    return path


def origin(row):
    keys = ("source_file", "source_sheet", "source_row", "received", "employer", "employer_symbol")
    return tuple(row.text(key) for key in keys)


def state_of(result, name):
    return next(r.state for r in result.receipts if r.file == name)


# ------------------------------------------------------------------ one file, cell by cell


def test_every_cell_arrives_as_it_was_typed(inbox, tmp_path):
    people = clean(3)
    data = book(members=people[:1], acquisition=people, loss=people[2:])
    put(inbox / "a.xlsx", data)
    before = read(inbox / "a.xlsx")
    result = collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    after = read(tmp_path / "BOOK.xlsx")
    for sheet in PEOPLE:
        formulas = {c.key for c in schema().sheets[sheet].columns.values() if c.type == "formula"}
        sent, got = list(before.rows(sheet)), list(after.rows(sheet))
        assert len(sent) == len(got) == result.rows[sheet]
        for one, other in zip(sent, got, strict=True):
            expected = {k: (c.kind, c.value) for k, c in one.cells.items() if k not in formulas}
            assert {k: (other.cell(k).kind, other.cell(k).value) for k in expected} == expected
            name = schema().sheets[sheet].name
            assert origin(other) == (
                *("a.xlsx", name, str(one.number)),
                *("2026-04-15", "株式会社みほん", "1201"),
            )
    assert result.exit_status == 0 and state_of(result, "a.xlsx") == "taken"
    assert not list(tmp_path.glob(".shikaku*")) and not list(inbox.glob(".shikaku*"))


@pytest.mark.parametrize("case", CELLS, ids=by_name)
def test_cell(case, inbox, tmp_path):
    keys = ["name", "kana", "number", "acquired", "individual_number", "remarks"]
    heads = [schema().sheets["acquisition"].label(key) for key in keys]
    values = ["見本 太郎", "ミホン タロウ", *[None] * 4]
    at = keys.index(case["column"])
    values[at] = case["value"]
    formats = {(2, at + 1): case["format"]} if "format" in case else {}
    plan = [grid("資格取得届", [heads, values], formats)]
    hands.save(plan, inbox / "a.xlsx", hands.Openpyxl())
    collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    (row,) = read(tmp_path / "BOOK.xlsx").rows("acquisition")
    found = row.cell(case["column"])
    assert (found.kind, found.value) == (case["kind"], case["value"])
    assert found.text == case.get("shown", str(case["value"]))
    assert not found.formula


def test_pasted_headings_and_totals_are_not_taken(inbox, tmp_path):
    """Said in 受付一覧, and a note stays with its people."""
    asides = [
        {"name": "合計", "symbol": "3名"},
        {"name": "氏名", "kana": "氏名カナ"},
        {"remarks": "※注"},
    ]
    put(inbox / "a.xlsx", book(acquisition=[*clean(3), *asides]))
    result = collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    names = [row.text("name") for row in read(tmp_path / "BOOK.xlsx").rows("acquisition")]
    assert len(names) == 4 and {"合計", "氏名"}.isdisjoint(names)
    assert sum("取り込みません" in note for note in result.receipts[0].notes) == 2


def test_live_columns_go_on(inbox, tmp_path):
    """The rows' formulas are there with the values that Python computes, the table holds the rows."""
    put(inbox / "a.xlsx", book(acquisition=clean(7)))
    collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    for row in read(tmp_path / "BOOK.xlsx").rows("acquisition"):
        for key in ("limit", "limit_state", "input_check"):
            assert row.cell(key).formula and row.cell(key).text, (row.number, key)
    sheet = openpyxl.load_workbook(tmp_path / "BOOK.xlsx")["資格取得届"]
    (table,) = sheet.tables.values()
    labels = [column.name for column in table.tableColumns]
    extra = [c.label for c in schema().sheets["acquisition"].extra.values()]
    assert labels[-len(extra) :] == extra
    last = sheet[table.ref][-1][-1]
    assert last.row >= 8 and last.column == len(labels)
    assert [cell.value for cell in sheet[1]][: len(labels)] == labels


def test_other_programs_agree(inbox, tmp_path):
    """The Open XML SDK finds no fault; LibreOffice computes what Python has stored."""
    out = tmp_path / "BOOK.xlsx"
    put(inbox / "b.xlsx", book("乙社", "2", acquisition=clean(3, seed=2)))
    collect.collect(inbox, out, as_of=DAY)
    put(inbox / "a.xlsx", book("甲社", "1", acquisition=clean(30), loss=clean(2, seed=3)))
    own = ClosedBook(out)
    own.set_cells([("settings", own.read().setting_rows["as_of"], "", DAY)])
    own.commit()
    collect.collect(inbox, out, as_of=DAY)
    mine = read(out)
    theirs = read(office.convert(out, tmp_path / "lo"))
    for sheet in ("acquisition", "loss"):
        keys = [c.key for c in schema().sheets[sheet].columns.values() if c.type == "formula"]
        for one, other in zip(mine.rows(sheet), theirs.rows(sheet), strict=True):
            stored = {k: one.text(k) for k in keys}
            there = {k: other.text(k) for k in keys}
            assert there["input_check"]
            # 基準日 was set after the first workbook: what its formulas had given is gone.
            assert stored == there or one.number < 5 and not any(stored.values())
            assert other.text("employer") == one.text("employer") != ""
    assert office.validate(out) == ""


# ------------------------------------------------------------------ kinds of files


def test_files_of_every_kind(inbox, tmp_path, passwords):
    people = {n: clean(1, seed=n) for n in range(1, 9)}
    put(inbox / "01 plain.xlsx", book("一社", "1", acquisition=people[1]))
    put(inbox / "02 sealed.xlsx", seal(book("二社", "2", acquisition=people[2])))
    put(inbox / "sub" / "03 macro.XLSM", _macro(book("三社", "3", acquisition=people[3])))
    put(
        inbox / "04 moved.xlsx",
        by_hand({"acquisition": people[4]}, employer_name="四社", employer_symbol="4"),
    )
    old = {
        "資格取得届": "取得届",
        "氏名カナ": "フリガナ",
        "個人番号": "マイナンバー",
        "資格取得年月日": "取得日",
    }
    put(
        inbox / "05 old.xlsx",
        by_hand({"acquisition": people[5]}, old, employer_name="五社", employer_symbol="5"),
    )
    put(inbox / "06 copy.xlsx", (inbox / "01 plain.xlsx").read_bytes(), hour=10)
    put(inbox / "07 sealed copy.xlsx", seal(book("一社", "1", acquisition=people[1])), hour=11)
    put(inbox / "08 other password.xlsx", seal(book("八社", "8"), "nobody-knows"))
    put(inbox / "09 broken.xlsx", book("九社", "9")[:9000])
    put(inbox / "10 words.xlsx", "これはブックではありません".encode())
    put(inbox / "11 sum.xlsx", _plain_workbook())
    for name in ("~$01 plain.xlsx", ".DS_Store", ".~lock.02 sealed.xlsx#", "Thumbs.db"):
        put(inbox / name, b"x")
    put(inbox / "__MACOSX" / "._01 plain.xlsx", b"x")
    for name in ("12 scan.pdf", "13 all.zip", "14 old.xls"):
        put(inbox / name, b"x")
    result = collect.collect(inbox, tmp_path / "BOOK.xlsx", passwords, as_of=DAY)
    assert {r.file: r.state for r in result.receipts} == {
        "01 plain.xlsx": "taken",
        "02 sealed.xlsx": "taken",
        "sub/03 macro.XLSM": "taken",
        "04 moved.xlsx": "taken",
        "05 old.xlsx": "taken",
        "06 copy.xlsx": "duplicate",
        "07 sealed copy.xlsx": "duplicate",
        "08 other password.xlsx": "unreadable",
        "09 broken.xlsx": "unreadable",
        "10 words.xlsx": "unreadable",
        "11 sum.xlsx": "unreadable",
        **dict.fromkeys(("12 scan.pdf", "13 all.zip"), "skipped"),
        "14 old.xls": "unreadable",
    }
    assert result.debris == 5 and result.exit_status == 1
    rows = {row.text("employer"): row for row in read(tmp_path / "BOOK.xlsx").rows("acquisition")}
    assert sorted(rows) == ["一社", "三社", "二社", "五社", "四社"]
    for index, name in enumerate(("一社", "二社", "三社", "四社", "五社"), 1):
        assert rows[name].text("name") == people[index][0]["name"]
        assert rows[name].text("individual_number") == people[index][0]["individual_number"]
        assert rows[name].date("acquired") == people[index][0]["acquired"]
        assert rows[name].text("kana") == people[index][0]["kana"]
    listed = receipts(tmp_path / "BOOK.xlsx")
    assert listed["08 other password.xlsx"]["状態"] == "読めません"
    assert listed["05 old.xlsx"]["説明"].count("フリガナ") == 1
    assert {item["状態"] for item in listed.values()} == {"取込済", "重複", "読めません", "対象外"}


def _macro(data):
    """The workbook as a macro-enabled one: another content type of the main part."""
    import io

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as target:
        for name in old.namelist():
            part = old.read(name)
            if name == "[Content_Types].xml":
                part = part.replace(
                    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
                    b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
                )
            target.writestr(name, part)
    return out.getvalue()


def _plain_workbook():
    return hands.written([grid("Sheet", [["売上", 1]])], hands.Openpyxl())


def test_in_workers_and_alone_give_the_same(inbox, tmp_path, passwords, monkeypatch):
    for index in range(8):
        data = book(f"第{index}社", str(index), acquisition=clean(2, seed=index + 1))
        put(inbox / f"{index}.xlsx", seal(data) if index % 2 else data)
    put(inbox / "bad.xlsx", b"PK\3\4 not a zip")
    together = collect.collect(inbox, tmp_path / "A.xlsx", passwords, as_of=DAY)
    monkeypatch.setattr(results, "FEW", 100)
    alone = collect.collect(inbox, tmp_path / "B.xlsx", passwords, as_of=DAY)
    assert together.to_json()["files"] == alone.to_json()["files"]
    assert together.counts["taken"] == 8 and together.counts["unreadable"] == 1
    assert (tmp_path / "A.xlsx").read_bytes() == (tmp_path / "B.xlsx").read_bytes()


def test_a_worker_that_dies_costs_one_file(inbox, tmp_path, monkeypatch):
    """The file that kills its worker is told; the others are taken."""
    for index in range(8):
        put(inbox / f"{index}.xlsx", book(f"第{index}社", str(index)))
    monkeypatch.setattr(results, "Reader", _Dying)
    result = collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    assert state_of(result, "3.xlsx") == "unreadable"
    assert result.counts["taken"] == 7


class _Dying(results.Reader):
    def work(self, attachment):
        if attachment.name == "3.xlsx":
            os._exit(9)
        return super().work(attachment)


def test_mac_names_and_days_of_folders(inbox, tmp_path):
    mac = unicodedata.normalize("NFD", "ガス会社.xlsx")
    put(inbox / "2026-04-03" / mac, book("ガス会社", "1", acquisition=clean(1)))
    put(inbox / "R8.4.2" / "5月分" / "b.xlsx", book("別会社", "2", acquisition=clean(1, seed=2)))
    result = collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    assert {r.file: r.received for r in result.receipts} == {
        "2026-04-03/ガス会社.xlsx": dt.date(2026, 4, 3),
        "R8.4.2/5月分/b.xlsx": dt.date(2026, 4, 2),
    }
    rows = list(read(tmp_path / "BOOK.xlsx").rows("acquisition"))
    assert [row.text("received") for row in rows] == ["2026-04-02", "2026-04-03"]


def test_an_older_form_is_checked_as_far_as_it_goes(inbox, tmp_path):
    """It has neither 返納管理 nor 休日, and 異動届 lacks its columns: the filings are checked all the
    same, and the clerk reads in one line a sheet what is missing."""
    people = clean(2)
    people[0]["birth"] = "いつか"
    put(inbox / "old.xlsx", by_hand({"acquisition": people}, employer_name="みほん"))
    (receipt,) = collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY).receipts
    lacking = [note for note in receipt.notes if "必須の列" in note]
    assert [note.partition("に")[0] for note in lacking] == [
        "加入者台帳",
        "被扶養者異動届",
        "資格喪失届",
    ]
    assert "「異動の別」「記号」" in lacking[1] and not any("返納管理" in n for n in receipt.notes)
    columns = sum(note.count("「") for note in lacking)
    assert receipt.errors == columns + 1  # and the day of birth


@pytest.mark.parametrize(
    ("first", "second", "apart"),
    [
        ("届出.xlsx", "届出(訂正).xlsx", 0),
        ("届出.xlsx", "届出 (2).xlsx", 0),
        ("b 初回.xlsx", "a 訂正.xlsx", 1000),  # written one after the other by a program
        ("b 初回.xlsx", "a 訂正.xlsx", 10**9),
    ],
)
def test_which_of_two_files_is_the_correction(inbox, tmp_path, first, second, apart):
    """Nanoseconds apart on the disk; in one and the same moment the longer name."""
    old = clean(2)
    new = [old[0] | {"address": "東京都港区1-1"}, old[1]]
    for name, people, late in ((first, old, 0), (second, new, apart)):
        path = put(inbox / name, book("みほん", "1", acquisition=people))
        moment = path.stat().st_mtime_ns + late
        os.utime(path, ns=(moment, moment))
    result = collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    assert {r.file: r.state for r in result.receipts} == {first: "replaced", second: "taken"}
    rows = list(read(tmp_path / "BOOK.xlsx").rows("acquisition"))
    assert [row.text("address") for row in rows] == [p["address"] for p in new]
    assert receipts(tmp_path / "BOOK.xlsx")[first]["更新日時"] == "2026-04-15 09:00:00"


def test_a_number_in_a_file_name_is_not_shown(inbox, tmp_path):
    put(inbox / f"{number(3)}.xlsx", book(acquisition=clean(1)))
    result = collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    said = json.dumps(result.to_json(), ensure_ascii=False) + "\n".join(result.lines())
    assert not numbers_in(said) and "************.xlsx" in said
    assert masking.bare("20260415123456.xlsx") == "20260415123456.xlsx"


# ------------------------------------------------------------------ day after day


def test_day_after_day(inbox, tmp_path):
    """Ledger, history, settings, memo and the clerk's own columns outlive a correction."""
    out = tmp_path / "BOOK.xlsx"
    people = clean(2)
    put(inbox / "first.xlsx", book(acquisition=people, members=clean(1, seed=5)))
    collect.collect(inbox, out, as_of=DAY)
    clerk = ClosedBook(out)
    clerk.read()
    clerk.append_rows("ledger", [{"control_no": "K00001", "symbol": "1201", "name": "返納 太郎"}])
    append_history(clerk, [{"issued": DAY, "letter": "notice", "name": "返納 太郎"}])
    clerk.set_cells(
        [
            ("acquisition", 2, "memo", "電話で確認済み"),
            ("acquisition", 2, "number", "000777"),
            ("settings", clerk._editor.book.setting_rows["insurer_phone"], "", "00-0000-0000"),
        ]
    )
    clerk.commit()
    before = {
        name: _part(out, name) for name in ("xl/worksheets/sheet11.xml", "xl/theme/theme1.xml")
    }
    people[0] |= {"address": "東京都青葉区架空町9-9", "number": ""}
    put(inbox / "second.xlsx", book(acquisition=people[:1]), DAY + dt.timedelta(1))
    put(inbox / "third.xlsx", book("第三社", "3", acquisition=clean(1, seed=3)))
    result = collect.collect(inbox, out, as_of=DAY + dt.timedelta(1))
    assert {r.file: r.state for r in result.receipts} == {
        "second.xlsx": "taken",
        "third.xlsx": "taken",
    }
    assert [(r.file, r.state) for r in result.altered] == [("first.xlsx", "taken")]
    assert result.known == 1
    found = read(out)
    (entry,) = found.rows("ledger")
    assert (entry.text("control_no"), entry.text("name")) == ("K00001", "返納 太郎")
    (issued,) = found.rows("history")
    assert issued.word("letter") == "notice"
    assert found.settings["insurer_phone"].text == "00-0000-0000"
    rows = {row.number: row for row in found.rows("acquisition")}
    assert rows[2].text("address") == "東京都青葉区架空町9-9"
    assert rows[2].text("memo") == "電話で確認済み"
    assert rows[2].text("number") == "000777"  # the clerk's; the employer's is blank now
    assert rows[2].text("source_file") == "second.xlsx"
    assert rows[3].text("source_file") == "first.xlsx"  # not sent again, not withdrawn
    assert result.unsettled == 1 and result.exit_status == 1
    assert rows[4].text("employer") == "第三社"
    assert [r.text("source_file") for r in found.rows("members")] == ["first.xlsx"]
    assert before == {name: _part(out, name) for name in before}
    listed = receipts(out)
    assert "3行目" in listed["first.xlsx"]["説明"]
    again = collect.collect(inbox, out, as_of=DAY + dt.timedelta(1))
    assert again.known == 3 and not again.receipts
    assert result.rows == again.rows
    assert len(list(read(out).rows("acquisition"))) == again.rows["acquisition"] == 3


def _part(path, name):
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def test_a_second_run_writes_nothing(inbox, tmp_path):
    out = tmp_path / "BOOK.xlsx"
    put(inbox / "a.xlsx", book(acquisition=clean(1)))
    collect.collect(inbox, out, as_of=DAY)
    before = out.read_bytes()
    collect.collect(inbox, out, as_of=DAY)
    assert out.read_bytes() == before and not out.with_name("BOOK.xlsx.bak").exists()


def test_a_mended_file_settles_its_old_line(inbox, tmp_path):
    """Before, the line 読めません stayed beside that of the mended file."""
    out = tmp_path / "BOOK.xlsx"
    put(inbox / "a.xlsx", b"broken")
    put(inbox / "b.xlsx", b"broken, too")
    assert collect.collect(inbox, out, as_of=DAY).counts["unreadable"] == 2
    put(inbox / "a.xlsx", book(acquisition=clean(1)), hour=11)
    result = collect.collect(inbox, out, as_of=DAY)
    assert (result.counts["taken"], result.counts["unreadable"]) == (1, 1)
    found = receipts(out)
    assert (found["a.xlsx"]["状態"], found["a.xlsx"]["受付番号"]) == ("取込済", "R00001")
    assert len(found) == 2


def test_the_missing_password_comes_later(inbox, tmp_path, passwords):
    out = tmp_path / "BOOK.xlsx"
    put(inbox / "a.xlsx", seal(book(acquisition=clean(1))))
    assert collect.collect(inbox, out, as_of=DAY).counts["unreadable"] == 1
    result = collect.collect(inbox, out, passwords, as_of=DAY)
    assert result.counts["taken"] == 1
    (item,) = receipts(out).values()
    assert (item["状態"], item["受付番号"]) == ("取込済", "R00001")


def test_the_worklist_may_lie_in_the_folder(inbox, passwords):
    put(inbox / "a.xlsx", book(acquisition=clean(1)))
    mine = shutil.copy(passwords, inbox / "passwords.txt")
    first = collect.collect(inbox, inbox / "BOOK.xlsx", Path(mine), as_of=DAY)
    again = collect.collect(inbox, inbox / "BOOK.xlsx", Path(mine), as_of=DAY)
    assert len(first.receipts) == 1 and not again.receipts


def test_onto_a_workbook_with_settings(inbox, tmp_path):
    """The insurer's own new workbook becomes the worklist; its settings stay."""
    out = tmp_path / "BOOK.xlsx"
    new(out)
    own = ClosedBook(out)
    row = own.read().setting_rows["insurer_name"]
    own.set_cells([("settings", row, "", "みらい健康保険組合")])
    own.commit()
    put(inbox / "a.xlsx", book(acquisition=clean(1)))
    collect.collect(inbox, out, as_of=DAY)
    found = read(out)
    assert found.settings["insurer_name"].text == "みらい健康保険組合"
    assert [r.text("employer") for r in found.rows("acquisition")] == ["株式会社みほん"]


def test_settings_come_from_the_files_only_where_they_agree(inbox, tmp_path):
    put(
        inbox / "a.xlsx",
        by_hand({"acquisition": clean(1)}, insurer_name="甲組合", insurer_number="1"),
    )
    put(
        inbox / "b.xlsx",
        by_hand({"loss": clean(1, seed=2)}, insurer_name="甲組合", insurer_number="2"),
    )
    collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    settings = read(tmp_path / "BOOK.xlsx").settings
    assert settings["insurer_name"].text == "甲組合" and settings["insurer_number"].text == ""
    assert settings["employer_name"].text == ""


# ------------------------------------------------------------------ refusals


def test_refusals(inbox, tmp_path):
    out = tmp_path / "BOOK.xlsx"
    with pytest.raises(UsageError):
        collect.collect(tmp_path / "nowhere", out)
    with pytest.raises(UsageError):
        collect.collect(inbox, out)
    put(inbox / "a.xlsx", book(acquisition=clean(1)))
    with pytest.raises(BookError):
        collect.collect(inbox, tmp_path / "BOOK.xls")
    employer = put(tmp_path / "employer.xlsx", book(acquisition=clean(1)))
    before = employer.read_bytes()
    with pytest.raises(BookError):  # somebody's own workbook is never filled with others' rows
        collect.collect(inbox, employer)
    assert employer.read_bytes() == before
    other = put(tmp_path / "other.xlsx", _plain_workbook())
    with pytest.raises(BookError):
        collect.collect(inbox, other)
    collect.collect(inbox, out, as_of=DAY)
    put(inbox / "b.xlsx", book("別会社", "2", loss=clean(1, seed=2)))
    (tmp_path / "~$BOOK.xlsx").write_bytes(b"x")
    before = out.read_bytes()
    with pytest.raises(BookError):
        collect.collect(inbox, out, as_of=DAY)
    assert out.read_bytes() == before


def test_the_insurers_own_register_becomes_the_worklist(inbox, tmp_path):
    """``new``, ``import`` of the core system's list, then ``collect``; an employer's register never."""
    put(inbox / "a.xlsx", book(acquisition=clean(1)))
    people = clean(2, seed=5, lost="")
    theirs = put(tmp_path / "theirs.xlsx", book(members=people))
    with pytest.raises(BookError):
        collect.collect(inbox, theirs, as_of=DAY)
    out = put(tmp_path / "ours.xlsx", book("", "", members=people))
    for _ in range(2):
        collect.collect(inbox, out, as_of=DAY)
        found = read(out)
        assert [row.text("name") for row in found.rows("members")] == [p["name"] for p in people]
        assert len(list(found.rows("acquisition"))) == 1


def test_without_an_insurers_number_no_book_is_known_as_anothers(inbox, tmp_path):
    """設定 of ``new`` is blank: that nobody is told apart is said until it isn't."""
    put(inbox / "a.xlsx", book(acquisition=clean(1)))
    new(out := tmp_path / "ours.xlsx")
    assert len(collect.collect(inbox, out, as_of=DAY).notes) == 1
    ours = put(tmp_path / "named.xlsx", book("", ""))
    assert collect.collect(inbox, ours, as_of=DAY).notes == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no pipes in folders")
def test_a_pipe_among_the_attachments_keeps_nobody_waiting(inbox, tmp_path):
    put(inbox / "a.xlsx", book(acquisition=clean(1)))
    os.mkfifo(inbox / "pipe.xlsx")
    result = collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    assert state_of(result, "pipe.xlsx") == "skipped"
    assert state_of(result, "a.xlsx") == "taken"


def test_a_folder_that_cannot_be_looked_into_stops_nothing(inbox, tmp_path, monkeypatch):
    put(inbox / "a.xlsx", book(acquisition=clean(1)))
    put(inbox / "locked" / "b.xlsx", book("別会社", "2", acquisition=clean(1, seed=2)))
    scandir = os.scandir

    def refusing(place):
        if Path(place).name == "locked":
            raise PermissionError(13, "", str(place))
        return scandir(place)

    monkeypatch.setattr(os, "scandir", refusing)
    result = collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    assert state_of(result, "a.xlsx") == "taken" and result.exit_status == 1
    assert [item.name for item in result.closed] == ["locked"]
    assert "locked" in str(result.lines()) and "locked" in str(result.to_json())
    with pytest.raises(UsageError):
        collect.collect(inbox / "locked", tmp_path / "OTHER.xlsx", as_of=DAY)


def test_a_worklist_among_the_attachments_is_refused(inbox, tmp_path):
    put(inbox / "a.xlsx", book(acquisition=clean(1)))
    collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    shutil.copy(tmp_path / "BOOK.xlsx", inbox / "list.xlsx")
    result = collect.collect(inbox, tmp_path / "OTHER.xlsx", as_of=DAY)
    assert state_of(result, "list.xlsx") == "unreadable" and state_of(result, "a.xlsx") == "taken"


def test_more_rows_than_a_sheet_holds(inbox, tmp_path, monkeypatch):
    from shikaku.desk.collect import worklist

    monkeypatch.setattr(worklist, "MAX_ROWS", 3)
    put(inbox / "a.xlsx", book(acquisition=clean(2)))
    put(inbox / "b.xlsx", book("別会社", "2", acquisition=clean(2, seed=2)))
    with pytest.raises(BookError):
        collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    assert not (tmp_path / "BOOK.xlsx").exists() and not list(tmp_path.glob(".shikaku*"))


# ------------------------------------------------------------------ what comes after


def test_replies_by_employer(inbox, tmp_path):
    """The letters of the collected workbook are grouped by the employers' names."""
    for index, name in enumerate(("甲社", "乙社")):
        rows = clean(2, seed=index + 1)
        del rows[0]["individual_number"]
        rows[1]["filed"] = dt.date(2026, 4, 14)
        sheets = {"acquisition": rows, "loss": [clean(1, seed=index + 5)[0] | {"filed": ""}]}
        put(inbox / f"{index}.xlsx", book(name, str(index + 1), **sheets))
    out = tmp_path / "BOOK.xlsx"
    collect.collect(inbox, out, as_of=DAY)
    case = Case.load(ClosedBook(out), DAY)
    plan = update(case.book, case.settings, case.as_of, case.closed)
    source = due.LetterSource(
        case.book, case.settings, case.as_of, case.closed, case.decisions, case.findings, plan, ()
    )
    for kind in ("mynumber-request", "late-filing"):
        letters = due.letters_for(kind, source, "employer")
        assert sorted(letter.group for letter in letters) == ["乙社", "甲社"], kind
        if kind == "mynumber-request":  # the employer is told the row of the workbook that it has
            places = {row["place"] for letter in letters for row in letter.context["rows"]}
            assert places == {"資格取得届 2行目"}


def test_nobody_gets_the_people_of_a_namesake(inbox, tmp_path):
    """Letters go out by the employer's name: two of one name, or of none, are kept apart."""
    for index, (name, symbol) in enumerate(
        [("同名商事", "1"), ("同名商事", "２"), ("", "3"), ("", "4"), ("", ""), ("同名商事", "1")],
        1,
    ):
        people = [row | {"individual_number": "", "symbol": symbol} for row in clean(1, seed=index)]
        put(inbox / f"{index}.xlsx", book(name, symbol, acquisition=people), hour=index)
    out = tmp_path / "BOOK.xlsx"
    collect.collect(inbox, out, as_of=DAY)
    names = [row.text("employer") for row in read(out).rows("acquisition")]
    assert names[0] == names[5] == "同名商事" and len(set(names)) == 5
    assert "2" in names[1] and "R00005" in names[4]
    put(inbox / "7.xlsx", book("同名商事", "2", acquisition=clean(1, seed=7)), hour=7)
    collect.collect(inbox, out, as_of=DAY)
    assert [row.text("employer") for row in read(out).rows("acquisition")][-1] == names[1]


@pytest.mark.parametrize(
    ("symbols", "more", "symbol"),
    [
        (("２0", "20"), {}, "20"),
        (("20", "21"), {}, ""),
        (("", ""), {}, ""),
        (("20", "21"), {"kind": "任意継続被保険者"}, "20"),
        (("20", "20"), {"employer": "甲社"}, ""),
    ],
    ids=["all rows agree", "two", "none", "another of 任意継続", "the file has a name"],
)
def test_a_file_that_names_no_employer_is_of_the_symbol_of_its_rows(
    inbox, tmp_path, symbols, more, symbol
):
    people = [row | {"symbol": s} for row, s in zip(clean(2), symbols, strict=True)]
    people[1] |= {"kind": more.get("kind", people[1].get("kind", ""))}
    put(inbox / "a.xlsx", book(more.get("employer", ""), "", acquisition=people))
    result = collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY)
    assert fold_symbol(result.receipts[0].symbol) == symbol
    rows = list(read(tmp_path / "BOOK.xlsx").rows("acquisition"))
    assert {fold_symbol(row.text("employer_symbol")) for row in rows} == {symbol}


def test_the_command(inbox, tmp_path, capsys, passwords):
    people = clean(2)
    put(inbox / "a.xlsx", seal(book(acquisition=people)))
    words = ["collect", str(inbox), "--out", str(tmp_path / "BOOK.xlsx"), "--json"]
    words += ["--password-file", str(passwords), "--as-of", "2026-04-15"]
    assert cli.main(words) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["counts"]["taken"] == 1
    assert cli.main(["check", str(tmp_path / "BOOK.xlsx"), "--as-of", "2026-04-15"]) == 0
    assert cli.main(["log", "--json"]) == 0
    logged = capsys.readouterr().out
    text = said.out + said.err + logged + (tmp_path / "log" / "audit.jsonl").read_text("utf-8")
    assert PASSWORD not in text and not numbers_in(text) and people[0]["name"] not in logged
