"""The live columns' Python twin, case by case (tests/cases/live/columns.toml)."""

import datetime as dt

import pytest
from case_files import by_name, cases
from hypothesis import given
from hypothesis.strategies import dates as days
from hypothesis.strategies import sampled_from
from shikaku.fields import era_date
from shikaku.law.closed_days import ClosedDays
from shikaku.live import columns, typed_days
from shikaku.model.settings import Settings
from shikaku.model.tables import Row
from shikaku.template import builder
from shikaku.template.content import cell

AS_OF = dt.date(2026, 4, 15)


def row(sheet: str, values: dict) -> Row:
    return Row(sheet, 2, {key: cell(value) for key, value in values.items()})


def values(sheet: str, given: dict, **settings) -> dict:
    closed = ClosedDays(
        builder.closed_days(), saturday_closed=settings.get("saturday", "closed") == "closed"
    )
    return columns.values(row(sheet, given), Settings(**settings), closed, AS_OF)


@pytest.mark.parametrize("case", cases("live/columns", "limit"), ids=by_name)
def test_limit(case):
    found = values(case["sheet"], case["row"], **case.get("settings", {}))
    assert {key: found[key] for key in case["expect"]} == case["expect"]


@pytest.mark.parametrize("case", cases("live/columns", "number"), ids=by_name)
def test_number_check(case):
    given = {"name": "x"}
    if "number" in case:
        given["individual_number"] = case["number"]
    if "erased" in case:
        given["number_erased"] = case["erased"]
    if "reason" in case:
        given["no_number_reason"] = case["reason"]
    found = values(case.get("sheet", "acquisition"), given)["number_check"]
    assert found == case["expect"]


@pytest.mark.parametrize("case", cases("live/columns", "input"), ids=by_name)
def test_input_check(case):
    assert values(case["sheet"], case["row"])["input_check"] == case["expect"]


@pytest.mark.parametrize("case", cases("live/columns", "ledger"), ids=by_name)
def test_ledger_state(case):
    assert columns.ledger_state(row("ledger", case["row"]), AS_OF) == case["expect"]


@given(days(dt.date(1912, 8, 1), era_date.LAST), sampled_from(range(13)))
def test_a_day_in_text_is_the_day_that_check_reads(day, form):
    era, year = era_date.era_of(day)
    first = "元" if year == 1 else year
    spelled = (
        f"{era.letter}{year}.{day.month}.{day.day}",
        f"{era.letter.lower()}{year:02}/{day.month:02}/{day.day:02}",
        f"{era.name}{first}年{day.month}月{day.day}日",
        f" {era.letter}{first}－{day.month}－{day.day}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month:02}月{day.day:02}日 ",
        f"{day.year}．{day.month}．{day.day}",
        day.isoformat(),
        f"{day:%Y%m%d}",
        int(f"{day:%Y%m%d}"),
        typed_days.serial(day) + 0.25,
        day,
        dt.datetime.combine(day, dt.time(23, 59)),
    )[form]
    if isinstance(spelled, str) and day.day % 2:
        spelled = spelled.translate(
            dict(zip(map(ord, typed_days.DIGITS[:10]), typed_days.DIGITS[10:], strict=True))
        )
    assert typed_days.day(cell(spelled)) == day == era_date.from_cell(spelled)


def test_every_word_has_its_case():
    said = {case["expect"] for case in cases("live/columns", "number")}
    assert said == set(columns.NUMBER_WORDS.values())


def test_no_word_carries_a_digit_of_a_number():
    number = "000000990019"
    found = values("acquisition", {"name": "x", "individual_number": number})
    assert number not in repr(found) and number[-4:] not in repr(found)


def test_every_dummy_fits_and_is_refused():
    for number in columns.dummies():
        found = values("acquisition", {"name": "x", "individual_number": number})
        assert found["number_check"] == columns.NUMBER_WORDS["dummy"]
    assert {"000000000000", "111122223333", "123456789018"} <= set(columns.dummies())
