"""Excel's limits: what we add to a workbook stays within them."""

import html
import re
import time
import zipfile

import paths
import pytest
from bookparts.make import small
from findings import finding
from shikaku.jobs.output_rows import write_findings
from shikaku.ooxml import cell_xml, limits
from shikaku.ooxml.styles import Styles
from shikaku.workbook.closed_file import ClosedBook
from shikaku.workbook.mark_styles import Marking

_FONTS = b'<fonts count="1"><font><sz val="11"/></font></fonts>'
_START = (
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'%s<fills count="1"><fill/></fills>' % _FONTS
)


def styles(count: int) -> Styles:
    """A styles part with so many different cell formats."""
    entries = b"".join(
        b'<xf numFmtId="0" fontId="0" fillId="0" borderId="%d" xfId="0"/>' % n for n in range(count)
    )
    xfs = b'<cellXfs count="%d">%s</cellXfs></styleSheet>' % (count, entries)
    return Styles(_START + xfs)


@pytest.mark.parametrize("text", ["a" * 32_767, "漢" * 32_767, "𠮷" * 16_383 + "a"])
def test_a_text_of_just_the_limit_stays_whole(text):
    assert limits.cell_text(text) == text and limits.units(text) == limits.CELL_TEXT


@pytest.mark.parametrize("text", ["a" * 32_768, "𠮷" * 16_384, "あ" * 100_000])
def test_a_longer_text_ends_with_a_word_about_it(text):
    cut = limits.cell_text(text)
    assert limits.units(cut) in (limits.CELL_TEXT, limits.CELL_TEXT - 1)
    assert text.startswith(cut.partition("…")[0]) and cut.endswith(")")


def test_a_workbook_full_of_formats_gets_no_format_too_many():
    found = styles(limits.CELL_FORMATS - 20)
    marking = Marking(found, {})
    looks = [marking.marked(style, "error") for style in range(50)]
    assert found.count() == limits.CELL_FORMATS
    # What finds no place keeps its look, and none gets another's.
    assert looks[:20] != list(range(20)) and looks[20:] == list(range(20, 50))
    assert Styles(found.result()).count() == limits.CELL_FORMATS


def test_marks_over_many_formats_take_no_longer_each():
    found = styles(33_000)
    marking = Marking(found, {})
    began = time.perf_counter()
    for style in range(5_000):
        for _ in range(5):
            marking.marked(style, "warning")
    assert found.count() == 38_000
    assert time.perf_counter() - began < 20  # a list that was searched took minutes


@pytest.mark.parametrize("text", ["a" * 40_000, "𠮷" * 20_000, "_x000D_" * 10_000])
def test_no_cell_of_a_file_gets_a_longer_text(text):
    for kind, data in (cell_xml.content_of(text, b"", False), cell_xml.stored(text, b"", False)):
        found = html.unescape(re.sub("<[^>]*>", "", data.decode())).replace("_x005F_", "_")
        assert kind and limits.CELL_TEXT - 1 <= limits.units(found) <= limits.CELL_TEXT


def full_of(section: str, item: str, count: int) -> Styles:
    """A styles part with so many different elements of a section before its one entry."""
    items = "".join(item % n for n in range(1, count + 1))
    start = _START.replace(_FONTS, b"") if section == "fonts" else _START
    before, mark, rest = start.partition(b'main">')
    xml = f"<{section}>{items}</{section}>".encode()
    xf = b'<cellXfs><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
    return Styles(before + mark + xml + rest + xf + b"</styleSheet>")


@pytest.mark.parametrize("free", [0, 1, 2])
def test_a_workbook_full_of_fonts_gets_none_too_many(free):
    found = full_of("fonts", '<font><sz val="%d"/></font>', limits.FONTS - free)
    found.with_link_font(0)
    found.heading()
    assert found.result().count(b"<font>") == limits.FONTS


@pytest.mark.parametrize("free", [0, 1])
def test_a_workbook_full_of_number_formats_gets_none_too_many(free):
    """Then a day looks like Excel's own short date, a number like a number."""
    item = '<numFmt numFmtId="1%03d" formatCode="0.0%%"/>'
    found = full_of("numFmts", item, limits.NUMBER_FORMATS - free)
    given = [found.format_number(code) for code in ("yyyy/m/d(aaa)", '0"通"')]
    assert given == ([1200, 0] if free else [14, 0])


# ------------------------------------------------------------------ what we write, measured


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The form itself, and a small workbook with a list of findings, part by part."""
    path = small(tmp_path_factory.mktemp("limits"))
    session = ClosedBook(path)
    session.read()
    write_findings(session, [finding("members", row, "name") for row in (2, 3, 4)])
    session.commit()
    found = []
    for file in (path, paths.ROOT / "workbooks" / "submission.xlsx"):
        with zipfile.ZipFile(file) as package:
            found += [package.read(n).decode() for n in package.namelist() if n.endswith(".xml")]
    return found


def depth(formula: str) -> int:
    """How deep the parentheses of a formula stand in one another."""
    now = most = 0
    for mark in re.sub('"[^"]*"', "", formula):
        now += (mark == "(") - (mark == ")")
        most = max(most, now)
    return most


def _texts(pattern: str):
    return lambda part: [limits.units(html.unescape(t)) for t in re.findall(pattern, part, re.S)]


def _numbers(pattern: str):
    return lambda part: [float(number) for number in re.findall(pattern, part)]


def _count(pattern: str):
    return lambda part: [len(re.findall(pattern, part))]


def _formulas(part: str) -> list[str]:
    tags = "f|formula|formula1|formula2|definedName|calculatedColumnFormula|xm:f"
    return [html.unescape(t) for t in re.findall(rf"<(?:{tags})(?: [^>]*)?>([^<]*)<", part)]


def _quoted(part: str) -> list[int]:
    """Texts in formulas, and what the boxes of a validation say."""
    found = [text for formula in _formulas(part) for text in re.findall('"([^"]*)"', formula)]
    found += re.findall('(?:prompt|error)="([^"]*)"', part)
    return [limits.units(html.unescape(text)) for text in found]


MEASURES = {
    "ROWS": _numbers(r'<row r="(\d+)"'),
    "COLUMNS": _numbers(r'<col min="\d+" max="(\d+)"'),
    "CELL_TEXT": _texts("<t[^>]*>(.*?)</t>"),
    "LINKS": _count("<hyperlink "),
    "CELL_FORMATS": _count("<xf "),
    "FONTS": _count("<font>"),
    "NUMBER_FORMATS": _count("<numFmt "),
    "ROW_HEIGHT": _numbers(r' ht="([\d.]+)"'),
    "COLUMN_WIDTH": _numbers(r'<col [^>]*width="([\d.]+)"'),
    "SHEET_NAME": _texts('<sheet name="([^"]*)"'),
    "FORMULA": lambda part: [len(formula) for formula in _formulas(part)],
    "NESTING": lambda part: [depth(formula) for formula in _formulas(part)],
    "FORMULA_TEXT": _quoted,
    "LINK": _texts('(?:location|Target)="([^"]*)"'),
    "VALIDATION_TITLE": _texts('(?:promptTitle|errorTitle)="([^"]*)"'),
    "HEADER_FOOTER": _texts("<odd(?:Header|Footer)>([^<]*)<"),
}
ELSEWHERE = {"BLOCK_TEXT"}
"""Of calls into Excel, not of files: ``excel/test_formulas.py``."""


def test_every_limit_is_measured():
    assert {n for n in vars(limits) if n.isupper() and n[0] != "_"} == MEASURES.keys() | ELSEWHERE


@pytest.mark.parametrize("name", MEASURES)
def test_what_we_write_is_within_the_limit(written, name):
    found = [number for part in written for number in MEASURES[name](part)]
    assert 0 < max(found) <= getattr(limits, name)
