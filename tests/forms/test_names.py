"""The names of an upgraded workbook: each sheet's own belong to it, wherever its tab stands."""

import re
from functools import cache

import pytest
from bookparts import zips
from former_forms import short
from shikaku.forms.upgrade import upgraded
from shikaku.model.schema import schema
from shikaku.ooxml import workbook_part


@cache
def present() -> bytes:
    """The short sample in the present form."""
    return upgraded(short("sample"), "b.xlsx").data


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
    plain = names(present())
    found = names(upgraded(behind_a_chart(short("sample")), "b.xlsx").data)
    assert any(place is not None for _, place in plain)
    assert found == {
        (name, place if place is None else place + 1): formula
        for (name, place), formula in plain.items()
    }


def test_paper_that_somebody_has_cut_out_stays():
    """A print area of the user's own, and the rows that he has printed on each page."""
    own = {
        "_xlnm.Print_Area": "資格取得届!$A$1:$F$60",
        "_xlnm.Print_Titles": "資格取得届!$1:$2",
    }
    parts = zips.parts(short("sample"))
    main = parts["xl/workbook.xml"]
    place = list(schema().sheets).index("acquisition")
    known = workbook_part.defined(main)
    assert all((name, place) in known for name in own)
    parts["xl/workbook.xml"] = workbook_part.redefined(
        main, {(name, place): formula for name, formula in own.items()}
    )
    found = names(upgraded(zips.packed(parts), "b.xlsx").data)
    assert {name: found[name, place] for name in own} == own
    assert found["_xlnm.Print_Area", place + 1] == names(present())["_xlnm.Print_Area", place + 1]


@pytest.mark.parametrize("own", [True, False])
def test_the_days_that_somebody_calls_closed_stay(own):
    """Where he has put the name 休業日 on another range; the form's own is that of now."""
    parts = zips.parts(short("sample"))
    main = parts["xl/workbook.xml"]
    if own:
        main = workbook_part.redefined(main, {("休業日", None): "休日!$A$2:$A$50"})
    parts["xl/workbook.xml"] = main
    found = names(upgraded(zips.packed(parts), "b.xlsx").data)["休業日", None]
    assert found == ("休日!$A$2:$A$50" if own else workbook_part.defined(main)["休業日", None])
