"""A workbook full of what programs lose on saving: furigana, drawings, x14, controls, comments."""

import io
import re
import struct
import zlib
from pathlib import Path

import sample_rows
import xlsxwriter
from shikaku.model.schema import schema

from bookparts import make, zips

OWN_SHEET = "総務メモ"


def png() -> bytes:
    """A picture of one red point."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixel = zlib.compress(b"\0\xff\0\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixel) + chunk(b"IEND", b"")


def book(path: Path, people: int = 6) -> Path:
    """The workbook. 資格取得届: D2 with furigana, E3 in rich text, G2 yellow, G3 hatched, row 4
    hidden, shared formulas of the user's own in AC2:AC7 right of the table."""
    target = xlsxwriter.Workbook(str(path))
    rows = sample_rows.people(people)
    sheets = make.fill(
        target, {"acquisition": rows, "members": rows[:3]}, {"employer_name": "架空"}
    )
    sheet = sheets["acquisition"]
    bold, plain = target.add_format({"bold": True}), target.add_format({"italic": True})
    yellow = target.add_format({"bg_color": "#FFF200", "num_format": "@"})
    hatched = target.add_format({"pattern": 4, "fg_color": "#00AA00", "bg_color": "#EEEEEE"})
    sheet.write_rich_string("E3", bold, "架空", plain, " 二郎")
    sheet.write_string("G2", "男", yellow)
    sheet.write_string("G3", "男", hatched)
    sheet.write_comment("D2", "確認しました", {"author": "総務"})
    sheet.insert_textbox("Z2", "提出前に上司の確認を受けること", {"width": 200, "height": 60})
    sheet.insert_image("Z8", "mark.png", {"image_data": io.BytesIO(png())})
    sheet.insert_button("Z12", {"macro": "x", "caption": "印刷"})
    sheet.conditional_format("H2:H7", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("A2:A7", {"type": "icon_set", "icon_style": "3_arrows"})
    sheet.add_sparkline("AB2", {"range": f"'{OWN_SHEET}'!A1:E1"})
    sheet.data_validation("G2:G7", {"validate": "list", "source": ["男", "女"]})
    sheet.set_row(3, None, None, {"hidden": True})
    chart = target.add_chart({"type": "column"})
    own = target.add_worksheet(OWN_SHEET)
    own.write_row("A1", [1, 2, 3, 5, 8])
    own.write_formula("A2", "=SUM(A1:E1)", None, 19)
    chart.add_series({"values": f"='{OWN_SHEET}'!$A$1:$E$1"})
    own.insert_chart("B4", chart)
    own.autofilter("A1:E2")
    own.insert_checkbox("G1", True)
    target.define_name("担当課", f"='{OWN_SHEET}'!$A$1")
    target.set_custom_property("文書番号", "総-12")
    target.close()
    _by_hand(path)
    return path


def _by_hand(path: Path) -> None:
    """What XlsxWriter doesn't write: furigana, a calculation chain, unknown attributes and parts,
    validations of Excel 2010, and a column of shared formulas."""
    sheet = zips.sheet_part(path, schema().sheets["acquisition"].name)
    ledger = zips.sheet_part(path, schema().sheets["ledger"].name)
    own = zips.sheet_part(path, OWN_SHEET)

    def furigana(data: bytes) -> bytes:
        name = "架空 1号".encode()
        reading = (
            '<rPh sb="0" eb="2"><t>カクウ</t></rPh><phoneticPr fontId="0" type="Hiragana"/>'
        ).encode()
        assert b"<t>%s</t>" % name in data
        return data.replace(b"<t>%s</t>" % name, b"<t>%s</t>%s" % (name, reading))

    def rows(data: bytes) -> bytes:
        assert b"</sheetData>" in data
        assert b'mc:Ignorable="x14ac"' in data
        known = b'mc:Ignorable="x14ac z" xmlns:z="urn:someone"'
        data = data.replace(b'mc:Ignorable="x14ac"', known, 1)
        data = data.replace(b'<row r="2" ', b'<row r="2" z:own="1" ', 1)
        for number in range(2, 8):  # AC: the user's own formulas, shared as Excel writes them
            shared = (
                b'<f t="shared" si="0"/>'
                if number > 2
                else (b'<f t="shared" ref="AC2:AC7" si="0">LEN(D2)&amp;"["</f>')
            )
            cell = b'<c r="AC%d" t="str">%s<v>5[</v></c>' % (number, shared)
            data = re.sub(
                rb'(<row r="%d" .*?)(</row>)' % number,
                rb"\1" + cell.replace(b"\\", b"") + rb"\2",
                data,
                count=1,
                flags=re.DOTALL,
            )
        data = re.sub(rb'<dimension ref="A1:[A-Z]+', b'<dimension ref="A1:AC', data)
        return data.replace(b"</sheetData>", b'</sheetData><phoneticPr fontId="1"/>', 1)

    def validations(data: bytes) -> bytes:
        extension = (
            b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
            b'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main">'
            b'<x14:dataValidations xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main" '
            b'count="1"><x14:dataValidation type="list" allowBlank="1" showErrorMessage="1">'
            b"<x14:formula1><xm:f>'%s'!$A$1:$E$1</xm:f></x14:formula1><xm:sqref>B2:B2</xm:sqref>"
            b"</x14:dataValidation></x14:dataValidations></ext></extLst></worksheet>"
        ) % OWN_SHEET.encode()
        return data.replace(b"</worksheet>", extension)

    chain = (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<calcChain xmlns="http://schemas'
        b'.openxmlformats.org/spreadsheetml/2006/main"><c r="A2" i="12"/></calcChain>'
    )
    zips.edit(
        path,
        {
            "xl/sharedStrings.xml": furigana,
            sheet: rows,
            ledger: validations,
            own: lambda data: data.replace(b"<sheetData>", b"<!-- by hand --><sheetData>", 1),
            "xl/_rels/workbook.xml.rels": lambda data: data.replace(
                b"</Relationships>",
                b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/'
                b'2006/relationships/calcChain" Target="calcChain.xml"/></Relationships>',
            ),
            "[Content_Types].xml": lambda data: data.replace(
                b"</Types>",
                b'<Override PartName="/xl/calcChain.xml" ContentType="application/vnd.openxml'
                b'formats-officedocument.spreadsheetml.calcChain+xml"/></Types>',
            ),
        },
    )
    contents = zips.parts(path)
    contents["xl/calcChain.xml"] = chain
    path.write_bytes(zips.packed(contents))
