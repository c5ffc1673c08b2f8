"""Erased digits that can still be read somewhere in the file: every placement in every spelling."""

import gzip
import io
import struct
import zipfile

import pytest
from shikaku.desk.leftovers import leftovers

NUMBER = "000000037370"
SPELT = ["{n}", "0000-0003-7370", "000000-037370", "0000　0003　7370", "０００００００３７３７０", "20260415{n}", "0,0,0,0,0,0,0,3,7,3,7,0"]  # fmt: skip


def packed(parts: dict[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", kind) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def xml(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><r><t>{text}</t></r>'.encode()


def halves(text: str) -> bytes:
    cut = len(text) // 2
    return f"<r><t>{text[:cut]}</t></r><r><t>{text[cut:]}</t></r>".encode()


def compound(name: str, stream: bytes) -> bytes:
    """A compound file (CFB, 512-byte sectors) with one stream."""
    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    end, free, sectors = 0xFFFFFFFE, 0xFFFFFFFF, len(stream) // 512
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack(
        "<HHHHH6xLLLLLLLLLL", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0, 0
    )
    chain = [0xFFFFFFFD, end, *range(3, sectors + 2), end]
    fat = struct.pack("<128L", *chain, *[free] * (128 - len(chain)))

    def entry(title: str, kind: int, child: int, first: int, size: int) -> bytes:
        raw = title.encode("utf-16-le")
        links = struct.pack("<BBLLL36xLQ", kind, 1, free, free, child, first, size)
        return raw.ljust(64, b"\0") + struct.pack("<H", len(raw) + 2) + links

    directory = entry("Root Entry", 5, 1, end, 0) + entry(name, 2, free, 2, len(stream))
    return (head + struct.pack("<L", free) * 108).ljust(512, b"\xff") + fat + directory.ljust(512, b"\0") + stream  # fmt: skip


PLACES = {
    "a comment": ("xl/comments1.xml", xml),
    "a text box": ("xl/drawings/drawing1.xml", xml),
    "a pivot's copy": ("xl/pivotCache/pivotCacheRecords1.xml", lambda t: f'<r><s v="{t}"/></r>'.encode()),
    "a chart's copy": ("xl/charts/chart1.xml", xml),
    "another sheet": ("xl/worksheets/sheet9.xml", xml),
    "a header": ("xl/worksheets/sheet1.xml", lambda t: b"<h>" + xml(t) + b"</h>"),
    "the document's properties": ("docProps/core.xml", xml),
    "pieces of formatted text": ("xl/sharedStrings.xml", halves),
    "references for characters": ("xl/sharedStrings.xml", lambda t: xml("".join(f"&#{ord(c)};" for c in t))),
    "UTF-16": ("customXml/item1.xml", lambda t: f"<r>{t}</r>".encode("utf-16")),
    "an old office file": ("xl/embeddings/oleObject1.bin", lambda t: b"\xd0\xcf\x11" + t.encode("utf-16-le")),
    "a workbook inside": ("xl/embeddings/book.xlsx", lambda t: packed({"xl/sharedStrings.xml": xml(t)})),
    "CDATA": ("xl/comments1.xml", lambda t: xml(f"{t[:5]}<![CDATA[{t[5:7]}]]>{t[7:]}")),
    "a comment in a text": ("xl/comments1.xml", lambda t: xml(f"{t[:5]}<!-- a > b -->{t[5:]}")),
    "an empty element with a sign": ("xl/comments1.xml", lambda t: xml(f"{t[:5]}<i k='>'/>{t[5:]}")),
    "a package in an object": (
        "xl/embeddings/oleObject1.bin",
        lambda t: compound("Package", packed({"xl/sharedStrings.xml": xml(t)})),
    ),
    "a stream of an object": ("xl/embeddings/oleObject1.bin", lambda t: compound("Contents", t.encode("utf-16-le"))),
    "a packed picture": ("xl/media/image1.emz", lambda t: gzip.compress(b"EMF " + t.encode("utf-16-le"))),
    "a workbook in a document inside": (
        "xl/embeddings/paper.docx",
        lambda t: packed({"word/embeddings/b.xlsx": packed({"xl/comments1.xml": xml(t)})}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("spelt", SPELT)
@pytest.mark.parametrize("place", PLACES)
def test_every_placement(place, spelt):
    name, made = PLACES[place]
    text = spelt.format(n=NUMBER)
    found = leftovers(packed({"xl/workbook.xml": b"<w/>", name: made(text)}), {NUMBER})
    assert [(one.place.split(" ＞ ")[0], one.readable) for one in found] == [(name, True)]
    assert NUMBER not in found[0].sentence()
    assert leftovers(packed({name: made("0000-0003-7371")}), {NUMBER}) == []


@pytest.mark.parametrize("place", PLACES)
def test_a_part_is_looked_at_in_pieces(place, monkeypatch):
    monkeypatch.setattr("shikaku.desk.leftovers._AT_ONCE", 1)
    name, made = PLACES[place]
    cells = b"<c><f>A1&amp;1</f><v>7</v></c>" * 3
    data = made("0000　0003　7370")
    if data.startswith(b"<") and data.endswith(b"</r>"):
        data = data.replace(b"<r>", b"<r>" + cells, 1)[: -len(b"</r>")] + cells + b"</r>"
    assert [one.readable for one in leftovers(packed({name: data}), {NUMBER})] == [True]


def test_a_large_sheet_is_read_without_a_parser(monkeypatch):
    monkeypatch.setattr("shikaku.desk.leftovers._PARSED", 0)
    cells = [f'<c r="A{n}"><f>0000&amp;{n}</f><v>{NUMBER[n:]}</v></c>' for n in range(1, 9)]
    sheet = "<row>{}</row><row><c><is><r><t>0000000</t></r><r><t>{}</t></r></is></c></row>"
    last = ["37370", "3737", "37371"]
    parts = [sheet.format("".join(cells), text).encode() for text in last]
    found = [leftovers(packed({"xl/worksheets/sheet1.xml": part}), {NUMBER}) for part in parts]
    assert [len(one) for one in found] == [1, 0, 0]


def test_a_name_of_a_part():
    (found,) = leftovers(packed({f"xl/media/{NUMBER}.png": b"x"}), {NUMBER})
    assert NUMBER not in found.place + found.sentence()


def test_a_kind_of_packing_that_no_office_program_writes():
    data = packed({"docProps/thumbnail.jpeg": f"x{NUMBER}x".encode()}, zipfile.ZIP_BZIP2)
    assert [one.readable for one in leftovers(data, {NUMBER})] == [True]


def test_what_cannot_be_unpacked_is_named():
    whole = packed({"xl/media/image1.png": b"picture" * 40}, zipfile.ZIP_STORED)
    broken = whole.replace(b"picture", b"pictures"[1:], 1)  # its checksum is wrong now
    (found,) = leftovers(broken, {NUMBER})
    assert not found.readable and "image1.png" in found.sentence()


def test_what_is_encrypted_or_a_pdf_is_named():
    inside = {
        "xl/embeddings/a.bin": compound("EncryptedPackage", b"x"),
        "xl/embeddings/b.pdf": b"%PDF-1.7",
    }
    assert [one.readable for one in leftovers(packed(inside), {NUMBER})] == [False, False]


@pytest.mark.parametrize(
    "part",
    [
        ("xl/sharedStrings.xml", b"<sst><si><t>000000</t></si><si><t>037370</t></si></sst>"),
        ("xl/sharedStrings.xml", b'<x:sst xmlns:x="s"><x:si><x:t>000000</x:t></x:si><x:si>037370</x:si></x:sst>'),
        ("xl/worksheets/sheet1.xml", b"<row><c><v>000000</v></c><c><v>037370</v></c></row>"),
        ("xl/pivotCache/r.xml", b'<r><s v="000000"/><s v="037370"/></r>'),
    ],
    ids=["shared texts", "with a prefix", "cells", "a pivot's values"],
)  # fmt: skip
def test_the_ends_of_two_cells_are_no_number(part):
    assert leftovers(packed(dict([part])), {NUMBER}) == []
