"""Texts that no cell uses any more go, and those of sheets that aren't ours stay."""

import re

import pytest
from bookparts import make, zips
from shikaku.workbook.closed_file import ClosedBook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"
KINDS = "http://schemas.microsoft.com/office/2006/relationships/"
MACROS = {
    "as Excel writes it": (
        f'<xm:macrosheet xmlns="{MAIN}" xmlns:xm="{XM}"><sheetData><row r="1">'
        '<c r="A1" t="s"><v>{0}</v></c><c r="B1"><v>{1}</v></c></row></sheetData></xm:macrosheet>'
    ),
    "with a prefix": (
        f'<xm:macrosheet xmlns:x="{MAIN}" xmlns:xm="{XM}"><x:sheetData><x:row r="1">'
        '<x:c r="A1" s="0" t="s"><x:f>A2</x:f><x:v>{0}</x:v></x:c><x:c r="B1"><x:v>{1}</x:v></x:c>'
        "</x:row></x:sheetData></xm:macrosheet>"
    ),
}


def strings(path) -> list[str]:
    data = zips.parts(path)["xl/sharedStrings.xml"].decode()
    return [re.sub("<[^>]*>", "", one) for one in re.findall(r"<si\b.*?(?:</si>|/>)", data)]


def with_macro_sheet(path, sheet, kind):
    """Put a sheet of Excel 4's macros into a workbook, and two texts that no other sheet has."""
    parts = zips.parts(path)
    count = len(strings(path))
    new = "<si><t>マクロの文字</t></si><si><t>消した文字</t></si></sst>".encode()
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace(b"</sst>", new)
    parts["xl/macrosheets/sheet1.xml"] = sheet.format(count, count + 1).encode()
    rels = "xl/_rels/workbook.xml.rels"
    one = f'<Relationship Id="rM1" Type="{KINDS}{kind}" Target="macrosheets/sheet1.xml"/>'
    parts[rels] = parts[rels].replace(b"</Relationships>", f"{one}</Relationships>".encode())
    tab = b'<sheet name="Macro1" sheetId="99" r:id="rM1"/></sheets>'
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"</sheets>", tab)
    path.write_bytes(zips.packed(parts))


@pytest.mark.parametrize("kind", ["xlMacrosheet", "xlIntlMacrosheet"])
@pytest.mark.parametrize("sheet", MACROS)
def test_texts_of_a_macro_sheet_stay(tmp_path, sheet, kind):
    path = make.book(tmp_path / "b.xlsx", {"members": [{"name": "架空 太郎"}]})
    with_macro_sheet(path, MACROS[sheet], kind)
    session = ClosedBook(path)
    session.read()
    session.set_cells([("members", 2, "name", None)])
    session.commit(keep_old=False)
    left = strings(path)
    assert left[-2:] == ["マクロの文字", ""] and "架空 太郎" not in left
    ClosedBook(path).read()
