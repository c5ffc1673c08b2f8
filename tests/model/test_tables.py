"""A cell's value as text, as Excel shows it."""

import datetime as dt
import pickle

import pytest
from shikaku.fields import era_date
from shikaku.model.tables import BOOL, DATE, NUMBER, TEXT, Cell


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ((True, BOOL), "TRUE"),
        ((False, BOOL), "FALSE"),
        ((12.0, NUMBER), "12"),
        ((1.5, NUMBER), "1.5"),
        ((7, NUMBER, False, "00"), "07"),
        ((" 健保　太郎 ", TEXT), "健保　太郎"),
        ((dt.date(2026, 4, 1), DATE), "2026-04-01"),
        ((dt.datetime(2026, 4, 1, 9), DATE), "2026-04-01"),
        ((), ""),
    ],
)
def test_text(given, text):
    assert Cell(*given).text == text


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ((dt.date(2026, 4, 1), DATE), dt.date(2026, 4, 1)),
        ((dt.datetime(2026, 4, 1, 9), DATE), dt.date(2026, 4, 1)),
        (("令和8年4月1日", TEXT), dt.date(2026, 4, 1)),
        (("きのう", TEXT), None),
        ((dt.date(1066, 10, 14), DATE), None),
        ((era_date.FIRST, DATE), era_date.FIRST),
        ((era_date.LAST, DATE), era_date.LAST),
        ((), None),
    ],
)
def test_day(given, day):
    assert Cell(*given).day == day


@pytest.mark.parametrize(
    ("text", "count"),
    [("２", 2), ("0", 0), ("12345678", 12345678), ("123456789", None), ("二", None), ("", None)],
)
def test_count(text, count):
    assert Cell(text, TEXT).count == count


def test_a_cell_that_was_sent_is_the_cell_that_it_was():
    cell = Cell(" 令和8年4月1日", TEXT, True, "@")
    asked = (hash(cell), cell.day, cell.safe)
    sent = pickle.loads(pickle.dumps(cell))
    assert sent == cell and asked == (hash(sent), sent.day, sent.safe)
    assert sent != Cell(" 令和8年4月1日", TEXT) and {cell} == {sent}


def test_a_cell_is_no_formula_and_without_a_format_unless_it_says_so():
    assert Cell(1, NUMBER).formula is False and Cell(1, NUMBER).number_format == ""
    assert Cell(" 健　太郎 ", TEXT).safe == "健　太郎"
