"""Two days of a row that can't both be right: what 入力チェック says, and that ``check`` says so, too."""

import datetime as dt

import pytest
from shikaku.live import columns, row_faults
from shikaku.model.schema import schema
from shikaku.model.tables import DATE, TEXT, Cell, Row

DAY = dt.date
LISTS = schema().lists
LOSS = {"cause": LISTS["loss_cause"]["leaving"], "birth": DAY(1980, 1, 2)}
OLD = {"cause": LISTS["loss_cause"]["age_75"]}


def said(sheet: str, **values: object) -> bool:
    """Whether 入力チェック names a clash in a row with these cells."""
    cells = {k: Cell(v, DATE if isinstance(v, dt.date) else TEXT) for k, v in values.items()}
    spec = schema().sheets[sheet]
    text = columns.input_check(Row(sheet, 2, cells))
    words = {row_faults.clash_text(spec, clash) for clash in row_faults.clashes(sheet)}
    return bool(words & set(text.split("、")))


@pytest.mark.parametrize(
    ("sheet", "values", "clash"),
    [
        ("loss", LOSS | {"left": DAY(2026, 3, 31), "lost": DAY(2026, 4, 1)}, False),
        ("loss", LOSS | {"left": DAY(2026, 3, 31), "lost": DAY(2026, 3, 31)}, True),
        ("loss", LOSS | {"left": DAY(2026, 3, 31), "lost": DAY(2026, 4, 2)}, True),
        ("loss", LOSS | {"left": "R8.3.31", "lost": DAY(2026, 3, 31)}, True),
        ("loss", LOSS | {"left": "R8.3.31", "lost": DAY(2026, 4, 1)}, False),
        ("loss", OLD | {"birth": DAY(1951, 4, 1), "lost": DAY(2026, 4, 1)}, False),
        ("loss", OLD | {"birth": DAY(1951, 4, 1), "lost": DAY(2026, 4, 2)}, True),
        ("loss", OLD | {"birth": DAY(1952, 2, 29), "lost": DAY(2027, 3, 1)}, False),
        ("loss", LOSS | {"birth": DAY(2026, 5, 1), "lost": DAY(2026, 4, 1)}, True),
        ("acquisition", {"birth": DAY(2026, 4, 1), "acquired": DAY(2026, 4, 1)}, False),
        ("acquisition", {"birth": DAY(2026, 4, 2), "acquired": DAY(2026, 4, 1)}, True),
        ("dependants", {"birth": DAY(2026, 4, 1), "event_date": DAY(2026, 4, 1)}, False),
        ("dependants", {"birth": DAY(2026, 4, 9), "event_date": DAY(2026, 4, 1)}, True),
    ],
)
def test_days_that_clash_are_named(sheet, values, clash):
    assert said(sheet, **values) is clash


@pytest.mark.parametrize(("birth", "named"), [(DAY(2026, 4, 15), False), (DAY(2026, 4, 16), True)])
def test_nobody_is_born_after_the_day_of_judgement(birth, named):
    text = columns.input_check(
        Row("acquisition", 2, {"birth": Cell(birth, DATE)}), DAY(2026, 4, 15)
    )
    words = row_faults.future_birth(schema().sheets["acquisition"])
    assert (words in text.split("、")) is named
