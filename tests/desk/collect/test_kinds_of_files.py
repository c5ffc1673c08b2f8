"""``collect``: attachments of every kind, which of two is the correction, what is refused."""

import datetime as dt
import json
import os
import shutil
import unicodedata
import zipfile
from pathlib import Path

import pytest
from desk_books import (
    DAY,
    book,
    by_hand,
    clean,
    number,
    numbers_in,
    plain_workbook,
    put,
    read,
    receipts,
    seal,
    state_of,
)
from shikaku.desk.collect import results
from shikaku.jobs import collect
from shikaku.system import masking
from shikaku.system.errors import UsageError


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
    put(inbox / "11 sum.xlsx", plain_workbook())
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
