"""``collect`` day after day into one worklist: nothing twice, nothing lost."""

import datetime as dt
import shutil
import zipfile
from pathlib import Path

import pytest
from desk_books import (
    DAY,
    book,
    by_hand,
    clean,
    put,
    read,
    receipts,
    seal,
)
from shikaku.jobs import collect
from shikaku.jobs.new import new
from shikaku.jobs.output_rows import append_history
from shikaku.system.errors import BookError
from shikaku.workbook.closed_file import ClosedBook


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
