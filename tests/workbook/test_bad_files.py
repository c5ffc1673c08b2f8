"""Files that are no workbooks, damaged ones and hostile ones: a word in Japanese, never a traceback."""

import io
import os
import struct
import subprocess
import sys
import textwrap
import time
import zipfile
from pathlib import Path

import msoffcrypto.format.ooxml
import pytest
from bookparts import fuzz, make, zips
from paths import PRODUCT
from sample_rows import people
from shikaku.model.schema import schema
from shikaku.system.errors import BookError
from shikaku.workbook.closed_file import ClosedBook, read_bytes

SHEET = schema().sheets["acquisition"].name


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A workbook that can be read, as bytes."""
    path = tmp_path_factory.mktemp("good") / "b.xlsx"
    return make.book(path, {"acquisition": people(3)}).read_bytes()


def complaint(data: bytes, name: str = "提出.xlsx") -> BookError:
    """What is said about a file; it names the file and a way out."""
    with pytest.raises(BookError) as caught:
        read_bytes(data, name)
    assert name in caught.value.message
    assert caught.value.hint.endswith("。")
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return caught.value


def changed(data: bytes, **changes) -> bytes:
    """A workbook with parts replaced; ``/`` and ``.`` of names as in the keys of ``parts``."""
    contents = zips.parts(data)
    for name, change in changes.items():
        if change is None:
            del contents[name]
        else:
            contents[name] = change(contents[name]) if callable(change) else change
    return zips.packed(contents)


def part_of(data: bytes) -> str:
    return zips.sheet_part(data, SHEET)


# ---------------------------------------------------------------- not a workbook


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "空"),
        ("氏名,生年月日\n架空 太郎,H2.1.2\n".encode("cp932"), "CSV"),
        ("氏名,生年月日\n".encode("utf-8-sig"), "CSV"),
        (b"<html><body><table><tr><td>x</td></tr></table></body></html>", "HTML"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "XML"),
        (b"%PDF-1.7\n\0\1\2", "ブックではありません"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "ブックではありません"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".xls"),
        (b"PK\x03\x04 and then nothing", "壊れて"),
        (os.urandom(4096), "提出.xlsx"),
    ],
    ids=["empty", "csv-sjis", "csv-utf8", "html", "xml", "pdf", "png", "xls", "half-zip", "noise"],
)
def test_a_file_that_is_something_else(data, word):
    assert word in complaint(data).message


def test_other_packages():
    def package(**contents):
        return zips.packed({name.replace("__", "/"): data for name, data in contents.items()})

    assert "ブックではありません" in complaint(package(**{"a.txt": b"x"})).message
    ods = package(
        mimetype=b"application/vnd.oasis.opendocument.spreadsheet", **{"content.xml": b""}
    )
    assert ".ods" in complaint(ods, "提出.ods").message
    rels = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/officeDocument" Target="%s"/></Relationships>'
    )
    types = {"[Content_Types].xml": b"<Types/>"}
    word = package(
        **types, **{"_rels/.rels": rels % b"word/document.xml", "word/document.xml": b"<document/>"}
    )
    assert "ブックではありません" in complaint(word, "手紙.docx").message
    binary = package(
        **types, **{"_rels/.rels": rels % b"xl/workbook.bin", "xl/workbook.bin": b"\x83\1"}
    )
    assert ".xlsb" in complaint(binary, "提出.xlsb").message


def test_an_encrypted_workbook_says_so(good):
    out = io.BytesIO()
    msoffcrypto.format.ooxml.OOXMLFile(io.BytesIO(good)).encrypt("架空のパスワード", out)
    problem = complaint(out.getvalue())
    assert "パスワード" in problem.message


def test_a_zip_with_a_password_says_so(good):
    data = bytearray(good)
    at = 0
    while (at := data.find(b"PK\1\2", at)) >= 0:  # set the flag in every directory entry
        data[at + 8] |= 1
        at += 4
    assert "パスワード" in complaint(bytes(data)).message


# ---------------------------------------------------------------- places on disk


def test_places_that_cannot_be_read(tmp_path, monkeypatch):
    def told(path):
        with pytest.raises(BookError) as caught:
            ClosedBook(path).read()
        return caught.value.message

    assert "見つかりません" in told(tmp_path / "ない.xlsx")
    assert "フォルダー" in told(tmp_path)
    assert "見つかりません" in told(tmp_path / "ない" / "b.xlsx")
    name = tmp_path / ("長" * 300 + ".xlsx")
    assert "読めません" in told(name) or "見つかりません" in told(name)
    broken = tmp_path / "link.xlsx"
    broken.symlink_to(tmp_path / "gone.xlsx")
    assert "見つかりません" in told(broken)
    pipe = tmp_path / "pipe.xlsx"
    os.mkfifo(pipe)
    assert "普通のファイル" in told(pipe)  # and doesn't wait for someone to write into it

    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "b.xlsx"
    path.write_bytes(b"x")
    monkeypatch.setattr(Path, "open", refuse)
    assert "権限" in told(path)


# ---------------------------------------------------------------- damaged


def test_a_wrong_checksum_is_damage(good):
    sheet = part_of(good)
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        info = archive.getinfo(sheet)
    data = bytearray(good)
    data[info.header_offset + 60 + len(sheet)] ^= 0xFF
    assert "壊れて" in complaint(bytes(data)).message


@pytest.mark.parametrize("length", [10, 100, 1000, -1, -30, -1000])
def test_a_cut_off_file_is_damage(good, length):
    complaint(good[:length])


@pytest.mark.parametrize(
    "name",
    [
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "_rels/.rels",
        "[Content_Types].xml",
        "xl/worksheets/sheet4.xml",
        "xl/tables/table2.xml",
    ],
)
def test_a_missing_part_is_damage(good, name):
    complaint(changed(good, **{name: None}))


@pytest.mark.parametrize(
    "name",
    ["xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet4.xml"],
)
@pytest.mark.parametrize(
    "content",
    [b"", b"<", b"<a/>", b"\0\0\0\0", b"<?xml version='1.0' encoding='x-none'?><a/>"],
    ids=["empty", "cut", "other", "zeros", "encoding"],
)
def test_a_part_that_is_no_part_is_damage(good, name, content):
    assert part_of(good) == "xl/worksheets/sheet4.xml"
    complaint(changed(good, **{name: content}))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<row r="2"', b'<row r="0"'),
        (b'<row r="2"', b'<row r="9999999"'),
        (b'<row r="3"', b'<row r="2"'),
        (b'<row r="3"', b'<row r="1"'),
        (b"</sheetData>", b"</sheetdata>"),
        (b'<c r="D2" s="1" t="s"><v>', b'<c r="D2" s="1" t="s"><v>99999'),
        (b'<c r="D2" s="1" t="s"><v>', b'<c r="D2" s="1" t="s"><v>-'),
        (b'<c r="G2" s="3"><v>', b'<c r="G2" s="3"><v>x'),
        (b'<c r="G2" s="3"><v>', b'<c r="G2" s="3"><v>1e999'),
    ],
    ids=range(9),
)
def test_cells_and_rows_that_make_no_sense_name_the_sheet(good, old, new):
    def damage(data):
        assert old in data
        return data.replace(old, new, 1)

    problem = complaint(changed(good, **{part_of(good): damage}))
    assert "壊れて" in problem.message


def test_a_style_that_is_not_there_does_not_matter(good):
    data = changed(
        good, **{part_of(good): lambda d: d.replace(b'<c r="D2" s="1"', b'<c r="D2" s="999"', 1)}
    )
    assert read_bytes(data, "b.xlsx").tables["acquisition"].rows[0].text("name") == "架空 1号"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "name", ["xl/workbook.xml", "XL/Workbook.xml", "/xl/workbook.xml", "xl\\workbook.xml"]
)
def test_a_double_entry_is_damage(good, name):
    """Excel declares it damaged; which of the two is meant is anybody's guess. Names of parts are one however
    they are cased (OPC, ISO/IEC 29500-2)."""
    buffer = io.BytesIO(good)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(name, archive.read("xl/workbook.xml"))
    complaint(buffer.getvalue())


# ---------------------------------------------------------------- hostile


@pytest.mark.parametrize(
    "name", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet4.xml", "_rels/.rels"]
)
@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>',
    ],
    ids=["laughs", "file", "parameter"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused(good, name, doctype, encoding):
    def insert(data):
        at = data.index(b"?>") + 2
        text = (data[:at] + doctype + data[at:]).decode()
        return text.replace("UTF-8", encoding.upper()).encode(encoding)

    assert "DTD" in complaint(changed(good, **{name: insert})).message


def test_deep_nesting_is_refused(good):
    deep = b"<a>" * 400_000 + b"</a>" * 400_000
    start = time.monotonic()
    for name in (part_of(good), "xl/sharedStrings.xml", "xl/styles.xml"):
        complaint(
            changed(good, **{name: lambda d: d[: d.rindex(b"</")] + deep + d[d.rindex(b"</") :]})
        )
    assert time.monotonic() - start < 5


def bomb(good: bytes, name: str, size: int) -> bytes:
    """A workbook one part of which unpacks to ``size`` MB of spaces."""
    contents = zips.parts(good)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in contents.items():
            if part != name:
                archive.writestr(part, data)
        with archive.open(name, "w") as entry:
            entry.write(contents[name])
            for _ in range(size):
                entry.write(b" " * (1 << 20))
    return buffer.getvalue()


def test_a_zip_bomb_is_refused_without_unpacking_it(good):
    for name, size in ((part_of(good), 300), ("xl/workbook.xml", 30)):
        data = bomb(good, name, size)
        assert len(data) < 1 << 20
        begun = time.monotonic()
        assert "大き" in complaint(data).message
        assert time.monotonic() - begun < 3


def test_a_lie_about_the_size_is_found(good):
    sheet = part_of(good)
    data = bytearray(good)
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        size = archive.getinfo(sheet).file_size
    at = data.find(b"PK\1\2")
    while data[at + 46 : at + 46 + len(sheet)] != sheet.encode():
        at = data.find(b"PK\1\2", at + 4)
    struct.pack_into("<L", data, at + 24, size - 1)
    complaint(bytes(data))


def test_memory_stays_under_one_gigabyte_for_the_worst_that_is_accepted(tmp_path, good):
    """A sheet near the limit of a part, in a process that may not take more."""
    path = tmp_path / "big.xlsx"
    contents = zips.parts(good)
    name = part_of(good)
    row = b"".join(
        b'<c r="%s{0}" t="inlineStr"><is><t>%d{0}</t></is></c>' % (letter, n)
        for n, letter in enumerate([b"A", b"B", b"D", b"E", b"J", b"K", b"L", b"S"])
    ).decode()
    rows = "".join(
        f'<row r="{n}">' + row.replace("{0}", str(n)) + "</row>" for n in range(5, 49_000)
    )
    contents[name] = contents[name].replace(b"</sheetData>", rows.encode() + b"</sheetData>")
    path.write_bytes(zips.packed(contents))
    code = f"""
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        from shikaku.workbook.closed_file import ClosedBook
        print(len(ClosedBook({str(path)!r}).read().tables["acquisition"].rows))
    """
    package = PRODUCT
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(package)},
    )
    assert done.stdout.strip() == "48998", done.stderr


def test_a_name_that_climbs_out_of_the_package_goes_nowhere(good, tmp_path):
    secret = tmp_path / "secret.xml"
    secret.write_text("<worksheet/>")

    def climb(data):
        return data.replace(b"worksheets/sheet4.xml", b"../../../../.." + bytes(secret))

    complaint(changed(good, **{"xl/_rels/workbook.xml.rels": climb}))


def test_external_links_are_not_followed(good):
    def outside(data):
        return data.replace(
            b'Target="worksheets/sheet4.xml"',
            b'Target="http://127.0.0.1:9/sheet.xml" TargetMode="External"',
        )

    complaint(changed(good, **{"xl/_rels/workbook.xml.rels": outside}))


def test_no_message_repeats_a_cell(good):
    data = changed(
        good,
        **{part_of(good): lambda d: d.replace(b'<c r="H2" s="1" t="s">', b'<c r="H2" s="1">', 1)},
    )
    book = read_bytes(data, "b.xlsx")  # a shared string's index read as a number: nothing to hide
    assert book.tables["acquisition"].rows
    for new in (b"<v>000000000019", b"<v>x000000000019"):
        damaged = changed(
            good,
            **{
                part_of(good): lambda d, new=new: d.replace(
                    b'<c r="H2" s="1" t="s"><v>', b'<c r="H2" s="1" t="s">' + new
                )
            },
        )
        assert "0000" not in str(complaint(damaged))


# ---------------------------------------------------------------- anything at all


@pytest.mark.parametrize("seed", range(4))
def test_mutated_workbooks_are_read_and_written_or_refused(good, seed, tmp_path):
    """40 mutations each: zip, XML and cell level. The long run: ``python tests/kits/bookparts/fuzz.py``."""
    outcomes = set()
    for data in fuzz.mutations(good, seed, 40):
        begun = time.monotonic()
        outcomes.add(fuzz.try_one(data, tmp_path))
        assert time.monotonic() - begun < 10
    assert {"refused", "written"} <= outcomes  # or nothing was tried
