"""Equal XML in any spelling gives equal tables, equal findings and equal writes.

Each draw rewrites every part of a workbook; openpyxl and calamine, which read XML with parsers of
their own, say what its cells are.
"""

import datetime as dt
import io
import random
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
from bookparts import make
from python_calamine import CalamineWorkbook
from sample_rows import ACQUISITION
from shikaku.model.tables import Book
from shikaku.ooxml import plain_form
from shikaku.ooxml.cell_values import Values, unescaped
from shikaku.ooxml.sheet_data import SheetXml
from shikaku.ooxml.xml_bytes import BadMarkup
from shikaku.system.errors import BookError
from shikaku.workbook.closed_file import ClosedBook, read_bytes
from xml_spellings import LIBERTIES, respelt, rewritten

ROWS = [
    ACQUISITION
    | {"number": f"{n:06d}", "name": name, "remarks": remarks, "acquired": dt.date(2026, 4, n)}
    for n, (name, remarks) in enumerate(
        (
            ("架空 太郎", "a<b & \"c\" 'd'"),
            ("𠮷田 花子", "一行目\n二行目"),
            ("架空 次郎", " 前と後ろ "),
            ("髙橋 三郎", None),
            ("架空 四郎", "]] _x4F50_ _xD842__xDFB7_"),
        ),
        1,
    )
]


@pytest.fixture(scope="module")
def source(tmp_path_factory) -> Path:
    """The workbook that the tests spell in other ways. It stays as it is."""
    folder = tmp_path_factory.mktemp("source")
    path = make.book(folder / "b.xlsx", {"acquisition": ROWS, "members": []}, prepare=8)
    book = openpyxl.load_workbook(path)
    sheet = book["資格取得届"]
    sheet["A3"].value = 12  # a number among texts, a boolean, an error
    sheet["A4"].value = True
    sheet["A5"].value = "#N/A"
    sheet["A5"].data_type = "e"
    sheet.merge_cells("A30:B31")
    shared = folder / "shared.xlsx"
    book.save(shared)
    return shared


@pytest.fixture(scope="module")
def seen(source, tmp_path_factory) -> list[tuple]:
    """What three readers see in that workbook, before our write and after it."""
    path = Path(shutil.copy(source, tmp_path_factory.mktemp("seen")))
    before = _seen(path.read_bytes(), path.read_bytes())
    _write(path)
    return [before, _seen(path.read_bytes(), path.read_bytes())]


def _seen(data: bytes, plain: bytes) -> tuple:
    """What ours reads in a workbook, and the others in its plain form."""
    return _content(read_bytes(data, "b.xlsx")), _calamine(plain), _openpyxl(plain)


def _content(book: Book) -> dict:
    return {
        key: (
            table.header_row,
            table.columns,
            table.last_row,
            table.merged,
            [(row.number, row.hidden, row.cells) for row in table.rows],
        )
        for key, table in book.tables.items()
    }


def _openpyxl(data: bytes) -> dict:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {
        sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book
    }


def _calamine(data: bytes) -> dict:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {
        name: book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        for name in book.sheet_names
    }


def _write(path) -> None:
    session = ClosedBook(path)
    session.read()
    session.set_cells(
        [("acquisition", 3, "name", "架空 改名"), ("acquisition", 4, "remarks", None)]
    )
    session.append_rows("acquisition", [{"symbol": "12", "name": "架空 新人"}])
    session.commit()


@pytest.mark.parametrize("seed", range(len(LIBERTIES) + 10))
def test_a_spelling_changes_nothing(source, seen, tmp_path, seed):
    draw = random.Random(seed)
    chosen = set(draw.sample(LIBERTIES, draw.randrange(1, 9)))
    if seed < len(LIBERTIES):
        chosen = {LIBERTIES[seed]}
    variant = rewritten(
        source, tmp_path / "v.xlsx", lambda name, data: respelt(data, draw, _fit(name, chosen))
    )
    assert _seen(variant.read_bytes(), _plainly(variant)) == seen[0]
    _write(variant)
    assert _seen(variant.read_bytes(), _plainly(variant)) == seen[1]


def _plainly(path) -> bytes:
    """A workbook's parts as our reader takes them: other libraries stop at some of the spellings."""
    target = path.with_suffix(".plain")
    return rewritten(path, target, lambda name, data: plain_form.checked(data)).read_bytes()


@pytest.mark.parametrize("chosen", ["quotes", "lines", "expanded", "order", "bom", "no_addresses"])
def test_other_libraries_read_the_same_from_the_odd_spelling(source, tmp_path, chosen):
    draw = random.Random(chosen)
    variant = rewritten(
        source, tmp_path / "v.xlsx", lambda name, data: respelt(data, draw, _fit(name, {chosen}))
    )
    theirs = _openpyxl(variant.read_bytes())
    for key, table in read_bytes(variant.read_bytes(), "b.xlsx").tables.items():
        sheet = theirs[table.spec.name]
        for row in table.rows:
            for name, cell in row.cells.items():
                value = sheet[row.number - 1][table.columns[name] - 1]
                value = value.date() if isinstance(value, dt.datetime) else value
                value = unescaped(value) if isinstance(value, str) else value
                assert cell.formula or value == cell.value, (key, row.number, name)


def _fit(name: str, chosen: set[str]) -> set[str]:
    # calamine looks for the words of these two where they usually stand.
    package = name.endswith(".rels") or name.startswith("[")
    return chosen - {"utf16", "prefix", "own_prefix"} if package else chosen


@pytest.mark.parametrize("seed", range(12))
def test_the_plain_form_is_left_alone_and_is_what_every_spelling_becomes(source, seed):
    draw = random.Random(1000 + seed)
    with zipfile.ZipFile(source) as archive:
        parts = [archive.read(n) for n in archive.namelist() if n.endswith((".xml", ".rels"))]
    for part in parts:
        odd = plain_form.checked(respelt(part, draw, set(draw.sample(LIBERTIES, 6))))
        assert plain_form.checked(odd) == odd


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'r="B3"', b'r="$B$3"'),
        (b'r="B3"', b'r="B"'),
        (b'r="B3"', b'r="3"'),
        (b'r="B3"', b'r="B4"'),
        (b'r="B3"', b'r="A3"'),
        (b'r="B3"', b'r="XFE3"'),
        (b'<row r="3"', b'<row r="C"'),
        (b'<row r="3"', b'<row r="1048577"'),
        (b'<c r="B3"', b'nothing<c r="B3"'),
    ],
    ids=range(9),
)
def test_what_could_be_read_two_ways_is_refused_with_its_sheet(source, tmp_path, old, new):
    def change(name: str, data: bytes) -> bytes:
        return data.replace(old, new, 1) if name.endswith("sheet4.xml") else data

    variant = rewritten(source, tmp_path / "v.xlsx", change)
    assert variant.read_bytes() != source.read_bytes()
    with pytest.raises(BookError):
        read_bytes(variant.read_bytes(), "b.xlsx")


@pytest.mark.parametrize(
    "content",
    [
        b'<c r="A1" t="s"><v>0<b/></v></c>',
        b'<c r="A1"><v>1</v><v>2</v></c>',
        b'<c r="A1" s="x"><v>1</v></c>',
        b'<c r="A1"><v>1</v></c><c r="A1"><v>2</v></c>',
        b'<c r="A1"><v>1</v></c></row><row r="1"><c r="A1"><v>2</v></c>',
        b'<c xmlns="urn:other" r="A1"><c xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/></c><c><v>1</v><v>1</v></c>',
    ],
    ids=range(6),
)
def test_a_cell_that_says_two_things_is_refused(content):
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rows = b'<sheetData><row r="1">%s</row></sheetData>' % content
    sheet = b'<worksheet xmlns="%s">%s</worksheet>' % (main, rows)
    with pytest.raises(BadMarkup):
        list(SheetXml(plain_form.checked(sheet)).rows())


@pytest.mark.parametrize("row", [0, 1048577])
def test_a_row_that_no_sheet_has_is_refused(row):
    """Also with cells that give no address, and so none that a sheet hasn't."""
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rows = b'<sheetData><row r="%d"><c><v>1</v></c></row></sheetData>' % row
    with pytest.raises(BadMarkup):
        plain_form.checked(b'<worksheet xmlns="%s">%s</worksheet>' % (main, rows))


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("&#20304;", "佐"), ("&#131083;", "𠀋"), ("&#65313;", "Ａ"), ("&#63744;", "\uf900"),
        ("&#55295;", "\ud7ff"), ("&#57344;", "\ue000"), ("&#65533;", "\ufffd"), ("&#1114111;", "\U0010ffff"),
        ("&#x4F50;", "佐"), ("&#00020304;", "佐"), ("&#65;", "A"), ("&#0065;", "A"), ("&#128;", "\x80"),
        ("&#55296;", None), ("&#57343;", None), ("&#65534;", None), ("&#65535;", None),
        ("&#1114112;", None), ("&#9999999;", None), ("&#0;", None), ("&#27;", None), ("&#x110000;", None),
    ],
)  # fmt: skip
def test_a_number_for_a_character_is_that_character_or_refused(reference, text):
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cell = f'<c r="A1" t="inlineStr"><is><t>{reference}</t></is></c>'
    sheet = f'<worksheet xmlns="{main}"><sheetData><row r="1">{cell}</row></sheetData></worksheet>'
    if text is None:
        with pytest.raises(BadMarkup):
            plain_form.checked(sheet.encode())
        return
    xml = SheetXml(plain_form.checked(sheet.encode()))
    ((_, attributes, content),) = next(xml.rows()).cells
    assert Values([], [], False, xml.p).cell(attributes, content).value == text
