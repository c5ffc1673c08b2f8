"""A cell's value as text, as Excel shows it."""

import datetime as dt
import pickle

import pytest
from shikaku.model.tables import BOOL, DATE, NUMBER, TEXT, Cell


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (Cell(True, BOOL), "TRUE"),
        (Cell(False, BOOL), "FALSE"),
        (Cell(12.0, NUMBER), "12"),
        (Cell(1.5, NUMBER), "1.5"),
        (Cell(" 健保　太郎 ", TEXT), "健保　太郎"),
        (Cell(dt.date(2026, 4, 1), DATE), "2026-04-01"),
        (Cell(), ""),
    ],
)
def test_text(cell, text):
    assert cell.text == text


def test_a_cell_that_was_sent_is_the_cell_that_it_was():
    cell = Cell(" 令和8年4月1日", TEXT, True, "@")
    asked = (hash(cell), cell.day, cell.safe)
    sent = pickle.loads(pickle.dumps(cell))
    assert sent == cell and asked == (hash(sent), sent.day, sent.safe)
    assert sent != Cell(" 令和8年4月1日", TEXT) and {cell} == {sent}
