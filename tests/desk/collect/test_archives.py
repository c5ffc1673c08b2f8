"""Books in a .zip and in other formats: read like any other, else named in 受付一覧."""

import io
import shutil
import subprocess
import zipfile

import office
import pytest
from desk_books import DAY, PASSWORD, book, clean, put, read, receipts
from shikaku.desk.collect import archives
from shikaku.desk.collect.inbox import scan
from shikaku.jobs import collect
from shikaku.system import usage_log
from shikaku.system.errors import BookError, UsageError


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def packed(**files):
    """A .zip; names may be bytes of cp932, as Windows writes them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 4, 14, 10, 0, 0)), data)
    return out.getvalue()


def run(inbox, tmp_path, **more):
    return collect.collect(inbox, tmp_path / "BOOK.xlsx", as_of=DAY, **more)


def states(tmp_path):
    return {name: one["状態"] for name, one in receipts(tmp_path / "BOOK.xlsx").items()}


def test_a_zip_of_many_is_read_through_once(inbox, monkeypatch):
    """Before, it was for each of its members: 160 of them took a third more than twice the time of 80."""
    asked = []
    real = usage_log.fingerprint
    monkeypatch.setattr(usage_log, "fingerprint", lambda path: asked.append(path) or real(path))
    put(inbox / "a.zip", packed(**{f"{n}.xlsx": b"%d" % n for n in range(20)}))
    first = [one.fingerprint for one in scan(inbox).books]
    assert len(set(first)) == 20 and len(asked) == 1
    put(inbox / "a.zip", packed(**{f"{n}.xlsx": b"%d" % (n + 1) for n in range(20)}))
    again = [one.fingerprint for one in scan(inbox).books]
    assert len(asked) == 2 and not set(first) & set(again)


def test_the_books_of_a_zip_are_taken(inbox, tmp_path):
    """Before, a .zip was only named on the screen."""
    inner = {
        "甲社/届出.xlsx": book("甲社", "1", acquisition=clean(2)),
        "../../乙社.xlsx": book("乙社", "2", acquisition=clean(1, seed=2)),
        "メモ.txt": b"hello",
        "__MACOSX/._x.xlsx": b"debris",
        "もう一つ.zip": packed(a=b"a"),
    }
    put(inbox / "まとめ.zip", packed(**inner))
    result = run(inbox, tmp_path)
    assert result.counts["taken"] == 2
    assert states(tmp_path) == {
        "まとめ.zip/甲社/届出.xlsx": "取込済",
        "まとめ.zip/乙社.xlsx": "取込済",
        "まとめ.zip/メモ.txt": "対象外",
        "まとめ.zip/もう一つ.zip": "対象外",
    }
    rows = list(read(tmp_path / "BOOK.xlsx").rows("acquisition"))
    assert len(rows) == 3 and not list(tmp_path.glob("*.xlsx.*"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["BOOK.xlsx", "inbox", "log"]
    again = run(inbox, tmp_path)
    assert not again.receipts and again.known == 2


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_not_taken(inbox, tmp_path):
    """The last one was read twice, the first never. Who unpacks it gets one of them, too."""
    out = io.BytesIO(packed(**{"甲社/届出.xlsx": book("甲社", "1", acquisition=clean(2))}))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("甲社/届出.xlsx", book("乙社", "2", acquisition=clean(1, seed=2)))
        archive.writestr("甲社/別の届出.xlsx", book("丙社", "3", acquisition=clean(1, seed=3)))
        archive.writestr("メモ.txt", b"a")
        archive.writestr("メモ.txt", b"b")
    put(inbox / "まとめ.zip", out.getvalue())
    result = run(inbox, tmp_path)
    assert result.counts["taken"] == 1 and result.counts["skipped"] == 2
    assert states(tmp_path) == {
        "まとめ.zip/甲社/届出.xlsx": "対象外",
        "まとめ.zip/甲社/別の届出.xlsx": "取込済",
        "まとめ.zip/メモ.txt": "対象外",
    }
    books = [one for one in scan(inbox).others if one.name.endswith("届出.xlsx")]
    assert len(books) == 2 and all("同じ名前" in one.reason for one in books)
    out = io.BytesIO(packed(**{"届出.xlsx": b"a"}))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("届出.xlsx", b"b")  # and nothing else
    put(inbox / "まとめ.zip", out.getvalue())
    assert all("同じ名前" in one.reason for one in scan(inbox).others)


def test_a_name_that_windows_wrote(inbox, tmp_path):
    """Names in Shift_JIS without the mark of UTF-8."""
    data = packed(**{"TODOKE.xlsx": book(acquisition=clean(1))})
    name = "届出書.xlsx".encode("cp932")
    assert len(name) == len(b"TODOKE.xlsx")
    put(inbox / "a.zip", data.replace(b"TODOKE.xlsx", name))
    run(inbox, tmp_path)
    assert states(tmp_path) == {"a.zip/届出書.xlsx": "取込済"}


def test_a_zip_without_a_book_is_named(inbox, tmp_path):
    put(inbox / "a.xlsx", book(acquisition=clean(1)))
    put(inbox / "b.zip", packed(**{"photo.jpg": b"x"}))
    put(inbox / "c.zip", b"PK broken")
    run(inbox, tmp_path)
    assert states(tmp_path) == {"a.xlsx": "取込済", "b.zip": "対象外", "c.zip": "対象外"}


def test_a_zip_under_a_password(inbox, tmp_path):
    secret = tmp_path / "pw.txt"
    secret.write_text(f"wrong-one\n{PASSWORD}\n", "utf-8")
    source = put(tmp_path / "x" / "b.xlsx", book(acquisition=clean(1)))
    target = inbox / "a.zip"
    if shutil.which("zip") is None:
        office.missing("zip")
    subprocess.run(["zip", "-q", "-j", "-P", PASSWORD, target, source], check=True)
    with pytest.raises(BookError):
        archives.content(target, "b.xlsx", ["wrong-one"], "b.xlsx")
    assert run(inbox, tmp_path).counts["unreadable"] == 1
    result = run(inbox, tmp_path, password_file=secret)
    assert result.counts["taken"] == 1 and states(tmp_path) == {"a.zip/b.xlsx": "取込済"}


def test_limits(inbox, monkeypatch):
    path = put(inbox / "a.zip", packed(**{f"{n}.xlsx": b"0" * 50 for n in range(5)}))
    monkeypatch.setattr(archives, "MAX_FILE", 49)
    with pytest.raises(BookError):
        archives.content(path, "0.xlsx", [], "0.xlsx")
    monkeypatch.setattr(archives, "MOST_MEMBERS", 4)
    with pytest.raises(BookError):
        archives.members(path)
    with pytest.raises(BookError):
        archives.content(path, "gone.xlsx", [], "gone.xlsx")
    with pytest.raises(UsageError):
        collect.collect(inbox, inbox.with_name("BOOK.xlsx"))


def test_the_same_book_inside_and_beside_a_zip_is_a_copy(inbox, tmp_path):
    data = book(acquisition=clean(1))
    put(inbox / "a.xlsx", data)
    put(inbox / "b.zip", packed(**{"a.xlsx": data}), hour=11)
    assert run(inbox, tmp_path).counts["duplicate"] == 1


@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_another_format_holds_the_same(inbox, tmp_path, ending):
    people = clean(3, address="東京都架空区1-2")
    source = put(tmp_path / "x" / "a.xlsx", book(acquisition=people))
    made = office.convert(source, tmp_path / "y", ending)
    put(inbox / f"a.{ending}", made.read_bytes())
    result = run(inbox, tmp_path)
    assert result.counts["taken"] == 1 and result.receipts[0].employer == "株式会社みほん"
    rows = list(read(tmp_path / "BOOK.xlsx").rows("acquisition"))
    assert [r.text("name") for r in rows] == [p["name"] for p in people]
    assert [r.text("individual_number") for r in rows] == [p["individual_number"] for p in people]
    assert [r.date("birth") for r in rows] == [p["birth"] for p in people]
    assert [r.text("number") for r in rows] == [p["number"] for p in people]


def test_what_is_no_workbook_is_named(inbox, tmp_path):
    put(inbox / "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    put(inbox / "b.ods", b"PK nothing")
    put(inbox / "c.xlsx", book(acquisition=clean(1)))
    result = run(inbox, tmp_path)
    assert (result.counts["unreadable"], result.counts["taken"]) == (2, 1)


@pytest.mark.parametrize(
    "packing",
    [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA],
    ids=["deflate", "bzip2", "lzma"],
)
def test_a_damaged_packing_costs_its_file_alone(packing, inbox, tmp_path):
    good, whole = book(acquisition=clean(1)), io.BytesIO()
    with zipfile.ZipFile(whole, "w", packing) as archive:
        archive.writestr("a.xlsx", good)
    places = {"head": 0, "start": 60, "middle": 3000}
    for name, at in places.items():
        data = bytearray(whole.getvalue())
        start = 30 + len("a.xlsx") + at
        data[start : start + 40] = b"\xff" * 40
        put(inbox / f"{name}.zip", bytes(data))
    put(inbox / "whole.xlsx", good)
    run(inbox, tmp_path)
    found = states(tmp_path)
    assert found["whole.xlsx"] == "取込済"
    assert all(found[f"{name}.zip/a.xlsx"] != "取込済" for name in places)
