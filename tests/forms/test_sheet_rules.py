"""The form's rules on a sheet whose headings stand further down."""

import io
import re

import openpyxl
from bookparts import zips
from former_forms import short
from shikaku.forms.upgrade import upgraded
from shikaku.ooxml.formula_shift import moved_down
from shikaku.workbook.closed_file import read_bytes

TAB, TABLE = "資格喪失届", "資格喪失届表"
ROWS = 2


def lower(address: str) -> str:
    """A range that stands so many rows further down."""
    return re.sub(r"([A-Z]+)(\d+)", lambda m: f"{m[1]}{int(m[2]) + ROWS}", address)


def below_a_title(data: bytes) -> bytes:
    """The workbook with two rows above the headings of 資格喪失届."""
    parts = zips.parts(data)
    tab = zips.sheet_part(data, TAB)
    table = next(name for name, xml in parts.items() if f'displayName="{TABLE}"'.encode() in xml)
    parts[table] = re.sub(
        r'(?<= ref=")[^"]*', lambda m: lower(m[0]), parts[table].decode()
    ).encode()
    xml = parts[tab].decode()
    xml = re.sub(r'(<row [^>]*?\br=")(\d+)', lambda m: f"{m[1]}{int(m[2]) + ROWS}", xml)
    xml = re.sub(r'(?<=<c r=")[A-Z]+\d+|(?<=ref=")[^"]*', lambda m: lower(m[0]), xml)
    for name in ("formula", "formula1"):
        xml = re.sub(
            rf"(?<=<{name}>)[^<]*",
            lambda m: moved_down(m[0].replace("&amp;", "&"), ROWS).replace("&", "&amp;"),
            xml,
        )
    title = '<row r="1"><c r="A1" t="inlineStr"><is><t>TITLE</t></is></c></row>'
    parts[tab] = xml.replace("<sheetData>", "<sheetData>" + title).encode()
    return zips.packed(parts)


def rules(data: bytes) -> list[tuple]:
    """Place, formula and look or message of what catches the eye and of what may be typed."""
    sheet = openpyxl.load_workbook(io.BytesIO(data))[TAB]
    found = [
        (str(rule.sqref), rule.type, rule.formula1 or "", rule.errorTitle)
        for rule in sheet.data_validations.dataValidation
    ]
    for area, listed in sheet.conditional_formatting._cf_rules.items():
        found += [
            (
                str(area.sqref),
                r.formula[0],
                r.stopIfTrue,
                r.dxf.fill.bgColor.rgb if r.dxf.fill else None,
            )
            for r in listed
        ]
    return found


def test_below_a_title_they_speak_of_their_own_rows():
    plain, moved = (
        upgraded(data, "b.xlsx").data for data in (short("sample"), below_a_title(short("sample")))
    )
    rows = [[row.number for row in read_bytes(d, "b").tables["loss"].rows] for d in (plain, moved)]
    assert rows[1] == [number + ROWS for number in rows[0]] != []
    wanted = []
    for place, *rest in rules(plain):
        shifted = [
            moved_down(part, ROWS) if isinstance(part, str) and "2" in part else part
            for part in rest
        ]
        wanted.append((lower(place), *shifted))
    assert rules(moved) == wanted
