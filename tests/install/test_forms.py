"""The add-in's windows from text: what is written is what other readers of such files find."""

import re
import zipfile

import pytest
from oletools.olevba import VBA_Parser
from shikaku.install import build, forms, sources
from shikaku.system.errors import ShikakuError

(FORM,) = sources.windows()
TEXT = (sources.folder("macros") / "FindingList.frm").read_text("ascii")
CLASSES = {"ComboBox": 25, "ListBox": 24, "Label": 21}  # [MS-OFORMS] 2.4.5


@pytest.fixture(scope="module")
def addin(tmp_path_factory):
    return build(tmp_path_factory.mktemp("addin") / "shikaku.xlam", r"C:\python.exe")


def test_a_reader_that_did_not_write_it_finds_the_controls(addin):
    """oletools' own reader of [MS-OFORMS]."""
    parser = VBA_Parser(str(addin))
    found = [item for _, name, item in parser.extract_form_strings_extended() if name == FORM.name]
    parser.close()
    assert [(item["name"].decode(), item["ClsidCacheIndex"]) for item in found] == [
        (control.name, CLASSES[control.kind]) for control in FORM.controls
    ]


def test_sizes_arrive(addin):
    from pyopenvba import ExcelFile
    from pyopenvba.forms import himetric_to_points

    with ExcelFile(addin) as file:
        (form,) = file.forms()
        for control, wanted in zip(form.controls, FORM.controls, strict=True):
            size = control.record.sizes["Size"]
            points = [round(himetric_to_points(n)) for n in (size.width, size.height)]
            assert points == [wanted.width, wanted.height], control.name
    with zipfile.ZipFile(addin) as package:
        design = package.read("xl/vbaProject.bin")
    twips = {b"ClientWidth": FORM.width * 20, b"ClientHeight": FORM.height * 20}
    for name, number in twips.items():
        assert re.search(name + rb"\s*=\s*%d\r\n" % number, design)


def test_every_control_lies_inside_and_on_no_other():
    places = [(c.left, c.top, c.left + c.width, c.top + c.height) for c in FORM.controls]
    for left, top, right, bottom in places:
        assert left >= 0 and top >= 0 and right <= FORM.width and bottom <= FORM.height
    for one, other in zip(places, places[1:], strict=False):
        assert one[3] <= other[1]


def test_each_handler_is_a_line_over_a_sub_of_the_macros():
    handlers = re.findall(r"Private Sub \w+\(.*\)\n    (\w+)(?: Me)?\nEnd Sub", FORM.code)
    assert len(handlers) == FORM.code.count("End Sub")
    listing = sources.standard_modules()["ShikakuListing"]
    for called in handlers:
        assert f"Public Sub {called}(" in listing
    used = {name for name in re.findall(r"Form\.(\w+)\.", listing)}
    assert used == {control.name for control in FORM.controls}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ClientWidth  = 480\n", ""),
        ("      Top    = 240\n", ""),
        ("      Top    = 240\n", "      Top    = 240\n      Colour = 3\n"),
        ("      Top    = 240\n", "      Top    = up\n"),
        ("Attribute VB_Name", "Attribute VBName"),
        ("Begin {", "Start {"),
    ],
)
def test_a_definition_that_is_not_right_stops_the_build(old, new):
    assert old in TEXT
    with pytest.raises(ShikakuError):
        forms.parse(TEXT.replace(old, new, 1))
