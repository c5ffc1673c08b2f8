"""Parts that are well formed and spelt as no office program spells them: whose elements count, what
is refused, and that reading them takes no longer than a few times a plain one."""

import random
import time
import zipfile
from pathlib import Path

import pytest
from bookparts import make
from sample_rows import people
from shikaku.ooxml import plain_form, xml_bytes
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.ooxml.styles import Styles
from shikaku.system.errors import BookError
from shikaku.workbook.closed_file import read_bytes
from xml_spellings import respelt, rewritten

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
FOREIGN = b'<z:%s xmlns:z="urn:z" numFmtId="14" formatCode="yyyy" Id="rId1" name="x" sheetId="9"/>'


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return make.book(tmp_path_factory.mktemp("b") / "b.xlsx", {"acquisition": people(3)})


def changed(book, tmp_path, part, old, new):
    """The workbook's bytes with one part changed, which must have what is changed."""
    seen = []

    def change(name: str, data: bytes) -> bytes:
        if name != part:
            return data
        seen.append(old in data)
        return data.replace(old, new, 1)

    data = rewritten(book, tmp_path / "v.xlsx", change).read_bytes()
    assert seen == [True]
    return data


def cells(data: bytes) -> list:
    return [(row.number, row.cells) for row in read_bytes(data, "b.xlsx").rows("acquisition")]


@pytest.mark.parametrize(
    ("part", "before", "element"),
    [
        ("xl/styles.xml", b"<cellXfs", b"xf"),
        ("xl/styles.xml", b"<fonts", b"font"),
        ("xl/sharedStrings.xml", b"<sst", b"si"),
        ("xl/workbook.xml", b"<sheets", b"sheet"),
        ("xl/_rels/workbook.xml.rels", b"<Relationships", b"Relationship"),
    ],
    ids=["format", "font", "text", "tab", "relationship"],
)
def test_an_element_of_another_namespace_counts_nowhere(book, tmp_path, part, before, element):
    with zipfile.ZipFile(book) as archive:
        data = archive.read(part)
    end = data.index(b">", data.index(before)) + 1
    opening = data[data.index(before) : end]
    variant = changed(book, tmp_path, part, opening, opening + FOREIGN % element)
    assert cells(variant) == cells(book.read_bytes())


def test_the_relationship_of_a_tab_is_the_attribute_of_that_namespace(book, tmp_path):
    odd = b'<sheet xmlns:xr="urn:xr" xr:id="{1}" id="rId99" '
    assert cells(changed(book, tmp_path, "xl/workbook.xml", b"<sheet ", odd)) == cells(
        book.read_bytes()
    )


@pytest.mark.parametrize("said", [b"on", b"TRUE", b"2", b""], ids=range(4))
def test_a_word_on_1904_that_is_none_is_refused(book, tmp_path, said):
    new = b'<workbookPr date1904="%s" ' % said
    with pytest.raises(BookError):
        read_bytes(changed(book, tmp_path, "xl/workbook.xml", b"<workbookPr ", new), "b.xlsx")


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/styles.xml", b"</cellXfs>", b'</cellXfs><cellXfs><xf numFmtId="14"/></cellXfs>'),
        ("xl/worksheets/sheet4.xml", b' t="s"', b' t="S"'),
        ("xl/worksheets/sheet4.xml", b' t="s"', b' t="s" t="s"'),
    ],
    ids=range(3),
)
def test_what_could_be_read_two_ways_is_refused(book, tmp_path, part, old, new):
    with pytest.raises(BookError):
        read_bytes(changed(book, tmp_path, part, old, new), "b.xlsx")


@pytest.mark.parametrize(
    "cells",
    ['<c/><c r="3"><v>1</v></c>', '<c/><c r="$C$1"/>', '<c/><c r="A1"><v>1</v></c><c><v>2</v></c><c r="B1"><v>3</v></c>'],
    ids=["no letters", "signs", "one place twice"],
)  # fmt: skip
def test_addresses_between_cells_without_are_no_less_strict(cells):
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData><row>{cells}</row></sheetData></worksheet>'
    with pytest.raises(xml_bytes.BadMarkup):
        list(SheetXml(plain_form.checked(sheet.encode())).rows())
    with pytest.raises(xml_bytes.BadMarkup):
        odd = sheet.replace("<row>", '<row r="A5">')
        plain_form.checked(odd.encode())


def test_a_number_with_white_space_around_is_that_number():
    entry = '<cellXfs><xf numFmtId=" 14 "/><xf numFmtId="0165"/></cellXfs>'
    own = '<numFmts><numFmt numFmtId=" 165 " formatCode="yyyy"/></numFmts>'
    styles = Styles(f'<styleSheet xmlns="{MAIN}">{own}{entry}</styleSheet>'.encode())
    assert styles.codes()[1] == "yyyy" and styles.codes()[0]
    with pytest.raises(xml_bytes.BadMarkup):
        Styles(
            entry.replace("0165", "x")
            .join((f'<styleSheet xmlns="{MAIN}">', "</styleSheet>"))
            .encode()
        ).codes()


def test_what_is_out_of_order_between_rows_is_seen():
    rows = '<row r="1"><c r="A1"><v>1</v></c></row>'
    for between in ("junk", '<row xmlns="urn:z" r="9"/>', "<z:a xmlns:z='urn:z'/>"):
        sheet = f"<worksheet xmlns='{MAIN}'><sheetData>{rows}{between}</sheetData></worksheet>"
        if between == "junk":
            with pytest.raises(xml_bytes.BadMarkup):
                plain_form.checked(sheet.encode())
        else:
            assert b"urn:z" in plain_form.checked(sheet.encode())


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> tuple[Path, float]:
    """A workbook of 400 people, and how long it takes to read."""
    path = make.book(tmp_path_factory.mktemp("many") / "b.xlsx", {"acquisition": people(400)})
    return path, seconds(path.read_bytes())


@pytest.mark.parametrize(
    "liberty", ["quotes", "order", "lines", "references", "small_letters", "no_addresses"]
)
def test_reading_it_takes_a_few_times_as_long_at_most(many, tmp_path, liberty):
    source, plainly = many
    draw = random.Random(liberty)

    def change(name: str, data: bytes) -> bytes:
        return respelt(data, draw, {liberty}) if name.startswith("xl/worksheets/") else data

    variant = rewritten(source, tmp_path / "v.xlsx", change).read_bytes()
    assert seconds(variant) < 6 * plainly  # 13 times when each element was spelt anew


def seconds(data: bytes) -> float:
    """Processor time of the faster of two readings."""
    times = []
    for _ in range(2):
        began = time.process_time()
        read_bytes(data, "b.xlsx")
        times.append(time.process_time() - began)
    return min(times)


def test_elements_and_their_places_are_a_parsers():
    data = b'<a xmlns:p="u"><p:b k="1"><c/></p:b>text<c x="2">&lt;c&gt;</c></a>'
    spans = list(xml_bytes.pieces(data, *xml_bytes.inside(data, xml_bytes.root(data))))
    assert [data[s.start : s.end] for s in spans] == [
        b'<p:b k="1"><c/></p:b>',
        b'<c x="2">&lt;c&gt;</c>',
    ]
    assert [s.full for s in xml_bytes.named(data, b"c")] == [b"c", b"c"]
    assert xml_bytes.prefixed(b"<a><b/></a>", b"x:") == b"<x:a><x:b/></x:a>"
    assert xml_bytes.without(data, b"c").count(b"<c") == 0
    with pytest.raises(xml_bytes.BadMarkup):
        list(xml_bytes.pieces(b"<a><b></a>", 0, 10))
    assert not xml_bytes.balanced(b"<a><b></a></b>", 0, 14)


def test_a_long_run_of_items_is_read_as_it_comes():
    items = b"<si><r><t>a</t></r></si>" * 20_000
    first = next(xml_bytes.pieces(items, 0, len(items)))
    assert (first.start, first.end) == (0, 24)
    assert sum(1 for _ in xml_bytes.pieces(items, 0, len(items))) == 20_000
