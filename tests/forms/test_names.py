"""The names of an upgraded workbook: each sheet's own belong to it, wherever its tab stands."""

import re

from bookparts import zips
from former_forms import short
from shikaku.forms.upgrade import upgraded
from shikaku.ooxml import workbook_part


def behind_a_chart(data: bytes) -> bytes:
    """The workbook with a tab in front that is a chart."""
    parts = zips.parts(data)
    main, rels, types = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
    added = {
        main: (b"<sheets>", b'<sheets><sheet name="CHART" sheetId="99" r:id="rId99"/>'),
        rels: (
            b"</Relationships>",
            b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
            b'relationships/chartsheet" Target="chartsheets/sheet1.xml"/></Relationships>',
        ),
        types: (
            b"</Types>",
            b'<Override PartName="/xl/chartsheets/sheet1.xml" ContentType="application/vnd.'
            b'openxmlformats-officedocument.spreadsheetml.chartsheet+xml"/></Types>',
        ),
    }
    for part, (old, new) in added.items():
        assert parts[part].count(old) == 1
        parts[part] = parts[part].replace(old, new)
    parts[main] = re.sub(
        rb'localSheetId="(\d+)"', lambda m: b'localSheetId="%d"' % (int(m[1]) + 1), parts[main]
    )
    parts["xl/chartsheets/sheet1.xml"] = (
        b'<chartsheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetViews>'
        b'<sheetView workbookViewId="0"/></sheetViews></chartsheet>'
    )
    return zips.packed(parts)


def names(data: bytes) -> dict[tuple[str, int | None], str]:
    """The names of a workbook with the place of the tab that each belongs to."""
    return workbook_part.defined(zips.parts(data)["xl/workbook.xml"])


def test_names_belong_to_their_sheet_behind_a_chart():
    plain = names(upgraded(short("sample"), "b.xlsx").data)
    found = names(upgraded(behind_a_chart(short("sample")), "b.xlsx").data)
    assert any(place is not None for _, place in plain)
    assert found == {
        (name, place if place is None else place + 1): formula
        for (name, place), formula in plain.items()
    }
