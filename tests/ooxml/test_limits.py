"""Excel's limits: what we add to a workbook stays within them."""

import time

import pytest
from shikaku.ooxml import limits
from shikaku.ooxml.styles import Styles
from shikaku.workbook.mark_styles import Marking

_START = (
    b'<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<fonts count="1"><font><sz val="11"/></font></fonts><fills count="1"><fill/></fills>'
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
