"""The same workbook from every hand: other programs, other spellings, other names of parts."""

import re

import openpyxl
from bookparts import make, zips
from sample_rows import people
from shikaku.model.schema import schema
from shikaku.workbook.closed_file import ClosedBook

ACQUISITION = schema().sheets["acquisition"]


def _values(book):
    return [
        {key: cell.value for key, cell in row.cells.items() if not cell.formula}
        for row in book.tables["acquisition"]
    ]


def test_openpyxl_and_libreoffice_give_the_same_book(tmp_path):
    import office

    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(5)})
    expected = _values(ClosedBook(path).read())
    assert len(expected) == 5
    resaved = openpyxl.load_workbook(path)
    resaved.save(tmp_path / "o.xlsx")
    assert _values(ClosedBook(tmp_path / "o.xlsx").read()) == expected
    saved = office.convert(path, tmp_path / "lo")
    assert _values(ClosedBook(saved).read()) == expected


def test_inline_strings_without_a_shared_part(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(3)})
    expected = _values(ClosedBook(path).read())
    strings = re.findall(rb"<si>(.*?)</si>", zips.parts(path)["xl/sharedStrings.xml"], re.DOTALL)

    def inline(data):
        return re.sub(
            rb'(<c [^>]*?) t="s"><v>(\d+)</v></c>',
            lambda m: m[1] + b' t="inlineStr"><is>' + strings[int(m[2])] + b"</is></c>",
            data,
        )

    names = [zips.sheet_part(path, spec.name) for spec in schema().sheets.values()]
    zips.edit(path, {name: inline for name in names} | {"xl/sharedStrings.xml": None})
    zips.edit(
        path,
        {
            "[Content_Types].xml": lambda d: re.sub(
                rb'<Override PartName="/xl/sharedStrings.xml"[^>]*>', b"", d
            ),
            "xl/_rels/workbook.xml.rels": lambda d: re.sub(
                rb"<Relationship [^>]*sharedStrings[^>]*>", b"", d
            ),
        },
    )
    assert _values(ClosedBook(path).read()) == expected


def test_strict_prefixed_odd_and_unnumbered_xml_reads_the_same(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(3)})
    expected = _values(ClosedBook(path).read())
    sheet = zips.sheet_part(path, ACQUISITION.name)
    original = zips.parts(path)

    def prefixed(data):
        data = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", data)
        return data.replace(b"xmlns=", b"xmlns:x=")

    strict = (
        (
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ),
        (
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        ),
    )

    def as_strict(data):
        for old, new in strict:
            data = data.replace(old, new)
        return data

    def odd(data):
        data = data.replace(b' r="D2"', b"\n  r = 'D2'", 1)
        data = data.replace(b"<sheetData>", b"<!-- a > b --><?note x?><sheetData>", 1)
        return data.replace(b"<v>", b"<v><![CDATA[", 3).replace(b"</v>", b"]]></v >", 3)

    def spaced(data):  # around numbers and indexes of shared strings it is none
        return re.sub(rb"<v>(\d+)</v>", rb"<v>\n \1 </v>", data)

    def unnumbered(data):
        return re.sub(rb'<(row|c) r="[A-Z]*\d+"', rb"<\1", data)

    every = [n for n in original if n.startswith("xl/worksheets/sheet")]
    variants = {
        "prefixed": {n: prefixed for n in [*every, "xl/sharedStrings.xml", "xl/styles.xml"]},
        "strict": {n: as_strict for n in original if n.endswith((".xml", ".rels"))},
        "odd": {sheet: odd},
        "spaced": {sheet: spaced},
        "utf-16": {
            sheet: lambda d: (
                d.decode().replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
            )
        },
        "bom": {sheet: lambda d: b"\xef\xbb\xbf" + d},
    }
    for name, changes in variants.items():
        path.write_bytes(zips.packed(original))
        zips.edit(path, changes)
        assert _values(ClosedBook(path).read()) == expected, name
    # Without addresses cells count on from the left, as the format says; the template has no gaps.
    path.write_bytes(zips.packed(original))
    zips.edit(path, {sheet: unnumbered})
    assert _values(ClosedBook(path).read()) == expected


def test_part_names_in_other_case_and_with_backslashes(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(2)})
    expected = _values(ClosedBook(path).read())
    renamed = {
        name.replace("xl/", "xl\\")
        if name.startswith("xl/sheets")
        else name.upper()
        if name == "xl/styles.xml"
        else name: data
        for name, data in zips.parts(path).items()
    }
    path.write_bytes(zips.packed(renamed))
    assert _values(ClosedBook(path).read()) == expected


def test_a_macro_workbook_reads_like_any(tmp_path):
    path = make.book(tmp_path / "b.xlsx", {"acquisition": people(2)})
    expected = _values(ClosedBook(path).read())
    contents = zips.parts(path)
    contents["[Content_Types].xml"] = contents["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    contents["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0 not read"
    path.with_suffix(".xlsm").write_bytes(zips.packed(contents))
    assert _values(ClosedBook(path.with_suffix(".xlsm")).read()) == expected
